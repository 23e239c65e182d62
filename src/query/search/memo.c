/* Memories of a search: one byte for each text of a dictionary. */
#include "query/search/memo.h"

#include <stdlib.h>

static void release(struct weir_memo_dict *d)
{
	weir_dict_unref(d->dict);
	free(d->states);
	*d = (struct weir_memo_dict){0};
}

void weir_memos_release(struct weir_memos *m)
{
	for (uint32_t i = 0; i < WEIR_MEMO_DICTS; i++)
		release(m->dicts + i);
}

static struct weir_memo_dict *find(struct weir_memos *m, struct weir_dict *dict)
{
	struct weir_memo_dict *free_one = NULL;
	for (uint32_t i = 0; i < WEIR_MEMO_DICTS; i++) {
		if (m->dicts[i].dict == dict)
			return m->dicts + i;
		if (!m->dicts[i].dict && !free_one)
			free_one = m->dicts + i;
	}
	if (!free_one) {
		free_one = m->dicts + m->next++ % WEIR_MEMO_DICTS;
		release(free_one);
	}
	free_one->dict = weir_dict_ref(dict);
	return free_one;
}

struct weir_memo_dict *weir_memo_dict(struct weir_memos *m, struct weir_dict *dict)
{
	struct weir_memo_dict *d = find(m, dict);
	uint32_t n = weir_dict_count(dict);
	if (n <= d->n && d->states)
		return d;
	uint8_t *states = weir_realloc(d->states, n + (size_t)1);
	if (!states)
		return NULL;
	memset(states + d->n, WEIR_MEMO_UNKNOWN, n - d->n + (size_t)1);
	d->states = states;
	d->n = n;
	return d;
}
