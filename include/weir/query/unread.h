/* A text that a condition or an expression needed as a number, a time or a truth value, and that is none: it counts as NULL.
 * Such texts are no errors, but an answer that some of them are missing from has to say so. */
#ifndef WEIR_QUERY_UNREAD_H
#define WEIR_QUERY_UNREAD_H

#include "weir/model/value.h"

enum { WEIR_UNREAD_BYTES = 64 };

/* The first of them. Only rows that matter are looked at, and a blank text is as good as none. */
struct weir_unread {
	bool any;
	enum weir_type as;            /* what was needed */
	char text[WEIR_UNREAD_BYTES]; /* cut where it is longer */
};

#endif
