/* One drawn case of the property test: schemas, rows, question, and what it is checked with. */
#ifndef WEIR_TEST_PROPERTY_H
#define WEIR_TEST_PROPERTY_H

#include "reference.h"

#include "weir/query/plan.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MAX_ROWS = 600, MAX_STREAMS = 3, MAX_PARTITIONS = 3 };

struct test_case {
	uint64_t seed;
	struct ref_row rows[MAX_ROWS]; /* in order of arrival */
	size_t n_rows;
	unsigned n_streams;
	bool has_partitions, has_time;
	bool has_weights;           /* of rows */
	const struct ref_row *came; /* the rows in order of arrival where `rows` are those that remain; else NULL */
	size_t n_came;
	bool evolves;                                 /* columns come and widen as a decoder finds them */
	enum weir_type widest;                        /* that column MIX will get */
	enum weir_type mix_type;                      /* that it has now */
	bool spares_mix;                              /* a question must not compare values of it */
	uint16_t column_of[MAX_STREAMS][REF_COLUMNS]; /* UINT16_MAX: the stream does not have it */
	struct weir_schema *schemas[MAX_STREAMS];
	struct weir_dict *dicts[MAX_STREAMS][REF_COLUMNS]; /* NULL: texts are kept as they are */
	size_t batch_rows[MAX_ROWS], n_batch_rows;         /* what the last batch held */
	struct ref_question question;
	struct weir_view view;
	struct weir_ledger ledgers[MAX_STREAMS][MAX_PARTITIONS];
	struct weir_ledger *ledger_rows[MAX_STREAMS][MAX_PARTITIONS];
	struct weir_ledger *const *ledger_streams[MAX_STREAMS];
	struct weir_budget budget; /* a small one makes panes wider */
};

extern struct test_case now;

/* A case that fails is run again and again with less of it, until nothing more can be left out. */
#define CHECK(condition, ...)                                                                                          \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			case_failed(__VA_ARGS__);                                                                      \
	} while (0)

/* property_shrink.c */
struct shrinking {
	bool gone[MAX_ROWS]; /* rows left out, by number before they were shuffled */
	bool no_where, no_conditions;
	unsigned most_keys, most_measures;
};
extern struct shrinking less;
void case_failed(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* Runs cases of the seeds; prints the first that fails, made small, and fails the test. */
void run_cases(void (*run)(uint64_t seed), uint64_t usual);

/* property_draw.c */
uint64_t draw(uint64_t below);
bool chance(unsigned percent);
void draw_case(uint64_t seed, bool evolves);
void release_case(void);
void draw_question(void);
const char *draw_duration(int64_t *us);
void draw_comparison(void); /* for the window that the view has; often the default */
/* property_plan.c. A plan of the drawn question, and its window. */
struct weir_plan *bind_plan(bool live);
void set_window(const char *text);
/* property_batch.c. The next rows of one stream as a batch; *at moves on; NULL: no more. Rows of other streams stay for
 * later batches: the order of arrival between streams does not matter to anybody. */
struct weir_batch *next_batch(size_t *at, bool *taken);

void add_column(struct weir_schema *schema, unsigned s, unsigned c, enum weir_type type);

struct bounds { /* of a window, on time, or on the order of rows */
	int64_t after_us, until_us;
	bool no_time;
	const struct ref_row *from;
	const bool *fed;
};

struct store { /* snapshots of the test's own making */
	struct weir_snapshot snapshots[MAX_STREAMS];
	struct weir_snapshot *pointers[MAX_STREAMS];
	struct weir_relation_snapshot relation;
	struct weir_segment *segments[MAX_STREAMS][MAX_ROWS];
};
void fill_store(struct store *store);
void empty_store(struct store *store);

/* property_check.c */
bool in_bounds(const void *ctx, const struct ref_row *r);
double span_seconds(const struct bounds *bounds); /* of event times, in a window without a length */
int64_t newest_time(const bool *fed);
/* Rows [from, from + n) of the result against one window. */
void check_window(const struct weir_result *r, uint32_t from, uint32_t n, const struct bounds *bounds);
struct seen {                    /* by the plan */
	int64_t covered_from_us; /* every row from that event time on */
	int64_t newest_us;       /* and none later */
};
/* What a screen shows besides: the total, bars, and for a window with a length the change; seen NULL: it has none. */
void check_screen(const struct weir_result *r, const struct bounds *bounds, const struct seen *seen);
/* Batch, with something to compare with: what rows [from, from + n) say of `before`, and of `part`, what is compared with it of
 * their own window; seconds: of both. before NULL: they say nothing. */
void check_compared(const struct weir_result *r, uint32_t from, uint32_t n, const struct bounds *part,
		    const struct bounds *before, double seconds);
/* The figures of one of the two stretches that a screen compares. */
void check_stretch(const struct weir_result *r, const struct bounds *bounds, bool before);
/* Where the period begins that the window from `start` on is compared with: at the earliest and at the latest. */
void earlier_period(int64_t start, int64_t *first, int64_t *last);
bool compares(void); /* the question says what with */
/* A result of at most `most` rows of the same moment as a whole one. */
void check_first(const struct weir_result *whole, const struct weir_result *first, uint32_t most,
		 const struct bounds *bounds);
void check_ledgers(const struct bounds *bounds);

#endif
