/* Guesses about a column, from what is known of its values and from the words in its name: how fit it is to group by, and
 * what to measure of it. The question that a screen begins with is made of them, and so is the order in which columns are
 * offered. Thread: plain functions. */
#ifndef WEIR_SESSION_GUESS_H
#define WEIR_SESSION_GUESS_H

#include "weir/model/value.h"

enum { WEIR_GUESS_VALUES = 128 }; /* a column with more distinct values is not one to group by */

struct weir_column_traits {
	struct weir_str name;
	enum weir_type type;
	bool is_time;        /* event time */
	uint64_t n;          /* values seen, without NULLs */
	uint64_t n_distinct; /* among them */
	bool many;           /* there are more than n_distinct */
	bool rising;         /* each number was larger than the one before */
	uint32_t mean_bytes; /* of text */
};

/* Points for grouping by it; 0: it is not fit. Text (or a small number) with few, repeating values, the better the more its
 * name says that it is a kind of something. */
int weir_guess_group(const struct weir_column_traits *c);
/* Points for measuring it; 0: it is a key, a time, or no number. *form: "p95" of a duration, "sum" of an amount, else "avg". */
int weir_guess_measure(const struct weir_column_traits *c, const char **form);

#endif
