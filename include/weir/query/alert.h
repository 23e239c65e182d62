/* An alert: a bound that a measure of the answer passes, "p95(latency_ms) > 250 for 30s". Any row of an answer will do: one group
 * over the bound is enough. With `for` it must go on for so long by the time of the events; which row passes the bound may change
 * meanwhile. Thread: one at a time. */
#ifndef WEIR_QUERY_ALERT_H
#define WEIR_QUERY_ALERT_H

#include "weir/base/memory.h"
#include "weir/query/result.h"

enum weir_alert_sign {
	WEIR_ALERT_ABOVE,
	WEIR_ALERT_AT_LEAST,
	WEIR_ALERT_BELOW,
	WEIR_ALERT_AT_MOST,
	WEIR_ALERT_EQUAL,
	WEIR_ALERT_UNEQUAL,
};

struct weir_alert {
	char *text;    /* owned: as written; NULL: there is no alert */
	char *measure; /* owned: what the result calls it */
	char *asked;   /* owned: the same as it was written */
	char *test;    /* owned: the rest as it was written, "> 250 for 30s" */
	enum weir_alert_sign sign;
	double bound;
	int64_t for_us; /* 0: at once */
	/* Since when it is passed, by the time of the events; WEIR_TIME_NONE: it is not. */
	int64_t since_us;
	bool raised; /* for so long already */
	bool lacks;  /* the answer does not have the measure */
};

/* Reads it; an alert that was there before is replaced. EXPRESSION: what is wrong, and what to write; the old one stays. */
enum weir_status weir_alert_parse(struct weir_str text, struct weir_alert *out, struct weir_error *err) WEIR_MUST_USE;
void weir_alert_release(struct weir_alert *a);
/* The measures of a view, with that of the alert where they lack it. measures: as in the view, NULL: none. *adds: whether they
 * lack it. Appends. EXPRESSION: it is a name, and no measure of the view has it. */
enum weir_status weir_alert_measures(const struct weir_alert *a, const char *measures, bool *adds, struct weir_buf *out,
				     struct weir_error *err) WEIR_MUST_USE;
/* Looks at an answer; answers come in the order of time. True: now it is raised, and was not before; `what` says by which row and
 * value, what the bound is, since when, and how many rows more: "payments and 2 more of 8: p95(latency_ms) 748 > 250 for 30s, since
 * 10:15:00Z". Appends. */
bool weir_alert_judge(struct weir_alert *a, const struct weir_result *r, struct weir_buf *what);
/* This row passes the bound now. */
bool weir_alert_passes(const struct weir_alert *a, const struct weir_result *r, const struct weir_result_row *row);

#endif
