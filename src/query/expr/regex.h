/* One compiled pattern of rlike or regexp_extract (PCRE2, UTF). Private to src/query/expr. */
#ifndef WEIR_QUERY_EXPR_REGEX_H
#define WEIR_QUERY_EXPR_REGEX_H

#include "weir/base/str.h"

struct weir_regex;

/* NULL: wrong pattern (then `why` and *at, a byte in it, say what) or no memory (then why is empty). */
struct weir_regex *weir_regex_new(struct weir_str pattern, char why[160], size_t *at);
void weir_regex_free(struct weir_regex *r); /* NULL allowed */
uint32_t weir_regex_groups(const struct weir_regex *r);
/* 1: found, *group is what group number `n` matched (empty when it took no part); 0: not found; -1: gave up (a pattern
 * that runs wild), or no memory. */
int weir_regex_find(struct weir_regex *r, struct weir_str s, uint32_t n, struct weir_str *group);

#endif
