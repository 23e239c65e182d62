/* The strip: all rows that are held, counted over time in as many buckets as one line of the screen has columns. It is of
 * the buffers, not of the question: no filter and no window takes anything away from it.
 *
 * Counting is incremental: rows are added when they have come and taken away when they leave, so a strip costs what came
 * since the last one. The buckets lie in a ring; as the range grows they are put together in whole numbers, so that no count
 * is ever split or guessed. A row costs about five nanoseconds once, with the test of errors; a strip to which nothing came, 30
 * microseconds over ten million rows.
 *
 * Thread: the engine's; a struct weir_strip is a plain value. */
#ifndef WEIR_QUERY_STRIP_H
#define WEIR_QUERY_STRIP_H

#include "weir/buffer/buffer.h"

enum { WEIR_STRIP_BUCKETS = 320 }; /* as many as the widest screen has columns, and more */

struct weir_strip_bucket {
	uint64_t rows, errors; /* errors: rows among them that the test names */
	uint32_t late;         /* came too late, and are not held */
	uint32_t lost;         /* shed, or lost before they were read, while this was the newest time */
	bool gap;              /* no rows, where a dozen or more would be expected (a strip only) */
};

struct weir_strip {
	uint32_t n_buckets;          /* 0: nothing is held that has a time */
	int64_t start_us, bucket_us; /* a round length, at its multiples */
	int64_t oldest_us,
	    newest_us; /* event times of the rows, but for those from the future and those that are older */
	/* A few rows (at most a thousandth) of so long ago that all others would be a quarter of the strip or less: they are in no
	 * bucket, and in the sums below. older_us: the first of all. */
	uint64_t n_older;
	int64_t older_us;
	uint64_t n_rows, n_errors; /* sums */
	char errors[120]; /* what counts as an error, in words, or why that cannot be told; "": nothing is known to */
	bool errors_known, errors_guessed;
	struct weir_strip_bucket buckets[WEIR_STRIP_BUCKETS];
};

struct weir_strip_counts;

/* Counts the rows of those buffers, which are borrowed until free. NULL: no memory. */
struct weir_strip_counts *weir_strip_counts_new(struct weir_buffer *const *buffers, uint32_t n_buffers,
						struct weir_budget *budget) WEIR_MUST_USE;
void weir_strip_counts_free(struct weir_strip_counts *c); /* NULL allowed */
/* A segment of buffers[buffer] is about to be dropped. */
void weir_strip_counts_drop(struct weir_strip_counts *c, uint32_t buffer, const struct weir_segment *segment);
/* Sets bit i of `errors` (weir_bit_words(n_rows) words, all 0) for row i that is an error; the same whenever it is asked about
 * the same rows. False: it cannot tell. */
typedef bool weir_strip_test(void *ctx, const struct weir_batch *rows, uint64_t *errors);
/* From now on that decides what is an error, for the rows that are counted already, too. NULL: nothing is. */
void weir_strip_counts_set_test(struct weir_strip_counts *c, weir_strip_test *test, void *ctx);
/* A row of that event time came too late to be held; so many rows were shed or lost. They stand at the nearest time that is
 * held, and go with it. */
void weir_strip_counts_late(struct weir_strip_counts *c, int64_t us);
void weir_strip_counts_lost(struct weir_strip_counts *c, int64_t us, uint64_t rows);
/* Adds the late rows to those of n buckets of another width. False: there are none in them. */
bool weir_strip_counts_late_rows(const struct weir_strip_counts *c, int64_t start_us, int64_t bucket_us, uint32_t n,
				 uint64_t *rows);
/* The strip in at most so many buckets (2 to WEIR_STRIP_BUCKETS), from the oldest row to until_us, or to the newest row where
 * that is later. */
void weir_strip_counts_read(struct weir_strip_counts *c, int64_t until_us, uint32_t most_buckets,
			    struct weir_strip *out);
/* Marks the gaps of a strip: stretches of empty buckets before the last one, so long that a dozen rows would be expected there
 * by the median of all buckets. */
void weir_strip_find_gaps(struct weir_strip *s);

/* A condition that tells errors, guessed from the names and values of columns: a level of ERROR or worse, a status of 500 or
 * more, a flag; and the same in words. Appends; false: there is no such column (or no memory). */
bool weir_strip_guess_errors(const struct weir_batch *rows, struct weir_buf *condition, struct weir_buf *words);
/* Where no column tells: whether the lines of plain text in one do, by the level in them (weir/query/levels.h), in words. */
bool weir_strip_guess_text(const struct weir_batch *rows, struct weir_buf *words);
/* Sets the bits of the rows whose text has a level of ERROR or worse. */
void weir_strip_text_errors(const struct weir_batch *rows, uint64_t *errors);

#endif
