/* What is known of texts and numbers that come again: each is tried once. Private to src/query/search. */
#ifndef WEIR_QUERY_SEARCH_MEMO_H
#define WEIR_QUERY_SEARCH_MEMO_H

#include "weir/base/dict.h"
#include "weir/query/search.h"

enum { WEIR_MEMO_DICTS = 64, WEIR_MEMO_NUMBERS = 16384 };
enum weir_memo { WEIR_MEMO_UNKNOWN, WEIR_MEMO_NO, WEIR_MEMO_YES };

struct weir_memo_dict {
	struct weir_dict *dict; /* one reference; NULL: none */
	uint8_t *states;        /* owned: enum weir_memo by code */
	uint32_t n, n_known, n_yes;
};

struct weir_memo_number {
	int64_t v;
	uint8_t state;
};

struct weir_memos {
	struct weir_memo_dict dicts[WEIR_MEMO_DICTS];
	uint32_t next; /* to be given up for another */
	struct weir_memo_number numbers[WEIR_MEMO_NUMBERS];
};

void weir_memos_release(struct weir_memos *m);
/* With room for all codes that the dictionary has by now. NULL: no memory. */
struct weir_memo_dict *weir_memo_dict(struct weir_memos *m, struct weir_dict *dict);

/* The place of an integer; its state is UNKNOWN unless it was this one's already. */
static inline struct weir_memo_number *weir_memo_number(struct weir_memos *m, int64_t v)
{
	struct weir_memo_number *n = m->numbers + ((uint64_t)v * 0x9e3779b97f4a7c15ull >> 50);
	if (n->v != v)
		*n = (struct weir_memo_number){v, WEIR_MEMO_UNKNOWN};
	return n;
}

#endif
