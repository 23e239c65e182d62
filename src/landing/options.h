/* What the addresses of landings in tables have alike: parsed in one place. Thread: plain data. */
#ifndef WEIR_LANDING_OPTIONS_H
#define WEIR_LANDING_OPTIONS_H

#include "weir/landing/landing.h"

struct weir_landing_options {
	bool create;
	char *table, *columns; /* owned; NULL: the stream's name; all */
	int64_t batch_rows;    /* of a transaction or a request, about */
	int64_t every_us;      /* rows are held back no longer */
	int64_t timeout_us;    /* of a call to the server */
};

/* The rows of a table of options that tables have. */
#define WEIR_LANDING_TABLE_OPTIONS                                                                                     \
	{"table", "NAME", "the table (that of each stream has the stream's name)"},                                    \
	    {"create", "yes|no",                                                                                       \
	     "make the table where there is none, and add and widen columns as rows need them (no)"},                  \
	    {"columns", "A,B", "land these columns alone (all)"},                                                      \
	    {"batch", "N", "rows of one transaction, about (10,000)"},                                                 \
	{                                                                                                              \
		"every", "DURATION", "a transaction takes no longer (1s)"                                              \
	}

/* timeout= is at least so long. Release also after a failure. */
enum weir_status weir_landing_options_read(struct weir_landing_options *o, const struct weir_uri *uri,
					   int64_t least_timeout_us, struct weir_error *err) WEIR_MUST_USE;
void weir_landing_options_release(struct weir_landing_options *o);
/* Whether columns= ("a,b"; empty: all) has the name. */
bool weir_landing_wants(struct weir_str columns, struct weir_str name);

#endif
