/* A compiled pattern: PCRE2, for rlike, regexp_extract and format regex.
 *
 * A search is bounded. What backtracks too long is tried in another way where that gives the same answer, then with more
 * patience; when that does not do either, it says so and never guesses. Thread: an object belongs to one thread. */
#ifndef WEIR_BASE_PATTERN_H
#define WEIR_BASE_PATTERN_H

#include "weir/base/str.h"

struct weir_pattern; /* owned; weir_pattern_free */

/* NULL: a wrong pattern (then `why` and *at, a byte in it, say what is wrong) or no memory (then `why` is empty). */
struct weir_pattern *weir_pattern_new(struct weir_str pattern, char why[160], size_t *at) WEIR_MUST_USE;
void weir_pattern_free(struct weir_pattern *p); /* NULL allowed */

uint32_t weir_pattern_groups(const struct weir_pattern *p);
/* Calls f for each named group, in the order of their names; a name lives as long as the pattern. */
void weir_pattern_names(const struct weir_pattern *p, void (*f)(void *ctx, struct weir_str name, uint32_t group),
			void *ctx);

enum weir_found {
	WEIR_FOUND_NOT,
	WEIR_FOUND,
	WEIR_FOUND_TOO_LONG, /* it takes too many steps or too deep a stack: nothing is known */
	WEIR_FOUND_NO_MEMORY,
};
/* Is it anywhere in the text? Any bytes will do; those that are no UTF-8 match nothing. */
enum weir_found weir_pattern_test(struct weir_pattern *p, struct weir_str text);
/* The same, and then weir_pattern_group tells what the groups matched, until the next search. */
enum weir_found weir_pattern_find(struct weir_pattern *p, struct weir_str text);
/* The same for the first that begins at byte `from`, at most text.size, or behind: what comes before it is still the text's,
 * so ^ does not match there. */
enum weir_found weir_pattern_find_from(struct weir_pattern *p, struct weir_str text, size_t from);
/* Of the text found last. 0 is the whole match; data NULL: the group took no part. */
struct weir_str weir_pattern_group(const struct weir_pattern *p, struct weir_str text, uint32_t group);

#endif
