/* Time: the room that finds the event time of a stream and reads it. From a sample: which column it is, or which two are its
 * date and its time of day, and in which format, as --time says or by a guess from names and values. Then, for each record,
 * texts and numbers to microseconds by the format that is known. codec.c chooses the time when a stream is opened; the
 * builder in columns reads it. Thread: a struct belongs to one codec; the functions have no state of their own. */
#ifndef WEIR_CODEC_TIME_H
#define WEIR_CODEC_TIME_H

#include "weir/base/time.h"
#include "weir/codec/codec.h"

/* ---- format.c: times by a known format, parsed by position, the part that rarely changes (up to the minute) remembered ---- */

enum weir_timefmt_kind {
	WEIR_TIMEFMT_ISO,
	WEIR_TIMEFMT_S,
	WEIR_TIMEFMT_MS,
	WEIR_TIMEFMT_US,
	WEIR_TIMEFMT_NS,
	WEIR_TIMEFMT_PATTERN
};

enum { WEIR_TIMEFMT_OTHERS = WEIR_TIME_SHAPES - 1 };

/* Why the last value was no time. */
enum weir_timefmt_fault {
	WEIR_TIMEFMT_UNREAD,
	WEIR_TIMEFMT_RANGE, /* a number of seconds and so on that lies outside the years 1 to 9999 */
	WEIR_TIMEFMT_ORDER, /* it only reads with day and month in the other order: the guessed one is wrong */
};

struct weir_timefmt {
	enum weir_timefmt_kind kind;
	const char *pattern; /* borrowed; PATTERN only */
	bool
	    loose; /* by weir_timefmt_set_loose. Guessed: other forms that can mean only one thing are read as well; 0 and -1 are no times */
	bool no_year;      /* the pattern names none */
	int64_t newest_us; /* no time lies more than a day behind it: chooses the year where there is none */
	const char
	    *others[WEIR_TIMEFMT_OTHERS]; /* borrowed: the orders of day and month that the sample did not rule out */
	bool open;                        /* nor did a value since: each one that the format reads is tried with them */
	enum weir_timefmt_fault fault;
	int64_t low, high, unit_us; /* units of 1 µs and more: numbers in between are times at once */
	char minute_text[16];       /* "2026-11-22T10:00", the minute that was parsed last */
	int64_t minute_us;
	bool minute_known;
	char last_text[40]; /* PATTERN: the text that was parsed last; logs hold the same second many times in a row */
	size_t last_size;
	size_t
	    last_second_at; /* of its two digits; SIZE_MAX: it has none. Texts that differ there only are read by them */
	int last_second;
	int64_t last_us;
};

/* "iso" "s" "ms" "us" "ns" or a strptime pattern (borrowed). False: none of them (weir_time_check_pattern says why). */
bool weir_timefmt_init(struct weir_timefmt *t, const char *format);
void weir_timefmt_set_loose(struct weir_timefmt *t);
/* For times without a year. */
void weir_timefmt_set_newest(struct weir_timefmt *t, int64_t newest_us);
/* False: no time; t->fault says why. */
bool weir_timefmt_text(struct weir_timefmt *t, struct weir_str s, int64_t *us);
bool weir_timefmt_int64(struct weir_timefmt *t, int64_t v, int64_t *us);
bool weir_timefmt_float64(struct weir_timefmt *t, double v, int64_t *us);

/* ---- votes.c: which formats read the values of a column ---- */

/* How many of the values seen so far each format reads. */
struct weir_time_vote {
	char format[WEIR_TIME_PATTERN_BYTES];
	struct weir_timefmt reader; /* of `format` */
	uint32_t group;             /* formats that differ in the order of day, month and year only */
	uint32_t read, backwards;   /* values; how often one was before the one ahead of it */
	int64_t last_us, least_us, most_us;
	bool has_time; /* of day, in some value */
};

enum { WEIR_TIME_VOTES = 12 };
struct weir_time_votes {
	struct weir_time_vote items[WEIR_TIME_VOTES];
	uint32_t n, groups;
	uint32_t rows, values; /* values: without NULL, "", "-", "n/a" and the like */
	uint32_t read;         /* values that some format reads */
	uint32_t clock_digits; /* of the largest whole number in the column with the time of day; 0: none */
	int64_t newest_us;     /* as of weir_timefmt; WEIR_TIME_NONE: unknown */
	char unread[48];       /* the first value that no format reads, cut; "": none */
	uint32_t unread_row;
};

/* `format`: a named one that the values are tried with; NULL: any. */
void weir_time_votes_init(struct weir_time_votes *v, int64_t newest_us, const char *format);
/* The rows of a column, or of a date and the time of day (NULL: one column). `most`: no more than so many rows. */
void weir_time_votes_add(struct weir_time_votes *v, const struct weir_column *date, const struct weir_column *time,
			 uint32_t rows, uint32_t most);

/* The outcome. */
struct weir_time_pick {
	const struct weir_time_vote *vote;                        /* NULL: no format reads a value */
	const struct weir_time_vote *others[WEIR_TIMEFMT_OTHERS]; /* read as many values in another order; NULL: none */
};
struct weir_time_pick weir_time_votes_pick(const struct weir_time_votes *v);

/* "DATE TIME" of two values; size 0: one of them is NULL or blank. A whole number lost the zeros before it: 405 is 000405 where
 * the largest has more digits than an hour and a minute, `clock_digits`. */
struct weir_str weir_time_join(const struct weir_value *date, const struct weir_value *time, uint32_t clock_digits,
			       char out[128]);

/* ---- guess.c: which column, or which two ---- */

struct weir_time_columns {
	int date, time; /* -1: none. One column, or the time of day in another */
};
/* What is known from earlier rows of the same columns. One that had values so often and was no time is not looked at again. */
struct weir_time_looks {
	uint8_t *looks; /* owned, n of them: how often the column had values */
	size_t n;
	uint64_t votes; /* taken so far */
};
/* `votes` is those of the columns that were chosen. */
struct weir_time_columns weir_time_columns_guess(const struct weir_batch *sample, int64_t newest_us,
						 struct weir_time_looks *looks, struct weir_time_votes *votes);

/* ---- choice.c: what --time says, checked against the sample, or a guess ---- */

struct weir_time_choice {
	char *date;                        /* owned: the column; NULL: no event time */
	char *time;                        /* owned: the column with the time of day; NULL: none */
	char *format;                      /* owned: as of weir_timefmt */
	char *others[WEIR_TIMEFMT_OTHERS]; /* owned: other orders of day and month that read the sample as well */
	uint32_t clock_digits;             /* as of weir_time_votes */
	bool loose;                        /* the format is a guess */
	bool guessed;                      /* the column is */
	char doubt[240];                   /* as of weir_guess; "": none */
};

/* Sets *batch to the next rows of the sample. False: there are none, and *batch is as it was. */
typedef bool (*weir_time_more_fn)(void *ctx, struct weir_batch **batch);

struct weir_time_sample {
	struct weir_batch *batch; /* the first rows, all columns */
	weir_time_more_fn more;
	void *ctx;
	bool complete;     /* it is all there is */
	bool fixed;        /* no other columns will come, or so much was seen that none is expected */
	int64_t newest_us; /* as of weir_timefmt */
};

/* `asked`: as --time, NULL: guess. USAGE: no such column, no such format. MALFORMED: the column holds no times. */
enum weir_status weir_time_choose(const char *asked, struct weir_time_sample *sample, struct weir_time_choice *out,
				  struct weir_error *err);
/* USAGE, with the nearest name. */
enum weir_status weir_time_unknown_column(const struct weir_schema *schema, struct weir_str name,
					  struct weir_error *err);
void weir_time_choice_release(struct weir_time_choice *c);

#endif
