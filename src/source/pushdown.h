/* What a source of a table has its server leave out: the question of a batch (weir_source_question), and from= and until= where they
 * are times, as conditions in the server's own words. The kind brings one function, which prints a leaf; what it cannot print exactly
 * stays with weir, which applies all conditions again anyway.
 *
 *     weir_pushdown_init         open: `base.pushed` is p->said from then on
 *     weir_pushdown_reads        for each column
 *     weir_pushdown_learn        once the columns are known for good
 *     weir_pushdown_print        " AND (…)" for each part that the server takes
 *
 * Thread: the source's. */
#ifndef WEIR_SOURCE_PUSHDOWN_H
#define WEIR_SOURCE_PUSHDOWN_H

#include "uri_params.h"

struct weir_pushdown {
	struct weir_source_pushed said;
	const struct weir_source_question *question; /* borrowed; may be NULL */
	struct weir_arena arena;
	struct weir_filter_list list;
	struct weir_grouping
	    grouping;              /* once it has learnt: what is to be counted, where `said` does not say why not */
	int64_t from_us, until_us; /* of the address; WEIR_TIME_NONE: no end */
	bool learnt;
	bool loose; /* a leaf that was printed may hold where weir's does not: a leaf function sets it */
};

void weir_pushdown_init(struct weir_pushdown *p, const struct weir_source_config *config);
void weir_pushdown_release(struct weir_pushdown *p);
static inline bool weir_pushdown_reads(const struct weir_pushdown *p, struct weir_str column)
{
	return weir_source_reads(p->question, column);
}
/* The ends of from= and until= that are times. Before it learns. */
static inline void weir_pushdown_span(struct weir_pushdown *p, const struct weir_place *from,
				      const struct weir_place *until)
{
	if (from->kind == WEIR_PLACE_TIME)
		p->from_us = from->value;
	if (until->kind == WEIR_PLACE_TIME)
		p->until_us = until->value;
}
/* Asks for the conditions. Fields keep these types to the end, whatever rows come. Does nothing the second time. */
enum weir_status weir_pushdown_learn(struct weir_pushdown *p, const struct weir_schema *schema,
				     struct weir_error *err) WEIR_MUST_USE;
/* No row is left out, for that reason (static, a clause); columns still may. After learn. */
void weir_pushdown_refuse(struct weir_pushdown *p, const char *why);
void weir_pushdown_refuse_parts(struct weir_pushdown *p, const char *why); /* the times still may be looked at */
/* A server that looks for few rows among many says nothing for a long time: so many times as long as it may otherwise. */
enum { WEIR_PUSHDOWN_PATIENCE = 20 };
/* Whether there is anything to print. After learn. */
bool weir_pushdown_any(const struct weir_pushdown *p);

/* Appends the leaf in words of the server that hold wherever the leaf holds, as one operand. False: there are none, and *why (static, a
 * clause) says why; what was appended is taken back. */
typedef bool weir_pushdown_leaf(void *ctx, const struct weir_filter *leaf, struct weir_buf *out, const char **why);
/* Appends " AND (…)" for each part, and for the times, that the server takes; `said` says which. time: the field of the event time, -1:
 * none. For servers that speak SQL; others go through p->list themselves, and set `why` of what they leave. */
void weir_pushdown_print(struct weir_pushdown *p, int time, weir_pushdown_leaf *leaf, void *ctx, struct weir_buf *out);
/* After print. Whether the server may count in place of weir: `said` has no reason against it, and all conditions are looked at, exactly. */
bool weir_pushdown_groups(struct weir_pushdown *p);
/* Weir counts, for that reason (static, a clause), unless there was another before. */
void weir_pushdown_ungroup(struct weir_pushdown *p, const char *why);
/* Whether weir sees a value of the leaf's column as the server does; else *why, a static clause. */
typedef bool weir_pushdown_fit(const void *source, const struct weir_filter *leaf, const char **why);
/* The server counts, as weir_pushdown_groups allows, if all columns of the grouping fit. */
void weir_pushdown_count(struct weir_pushdown *p, const struct weir_schema *schema, weir_pushdown_fit *is_fit,
			 const void *source);
/* The two ends of the event times as leaves on that field, in out[0] and out[1]; returns how many there are. `values` are borrowed by
 * them. */
uint32_t weir_pushdown_times(const struct weir_pushdown *p, int time, struct weir_value values[2],
			     struct weir_filter out[2]);
/* The sign of a comparison in SQL; NULL: the leaf is none. */
const char *weir_pushdown_sign(enum weir_filter_kind kind);

#endif
