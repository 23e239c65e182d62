/* The function table of the expression language: one row each. Private to src/query/expr.
 *
 * X(name, min args, max args, signature, help, example). The binder of a row is weir_bind_<name>; a new function is one
 * row here, its binder, and its line in the Spark printer when Spark spells it another way. */
#ifndef WEIR_QUERY_EXPR_FUNCTIONS_H
#define WEIR_QUERY_EXPR_FUNCTIONS_H

#include "weir/base/str.h"

enum { WEIR_MANY_ARGS = 255 };

#define WEIR_FUNCTION_LIST(X)                                                                                          \
	X(abs, 1, 1, "abs(number)", "the number without its sign", "abs(delta)")                                       \
	X(floor, 1, 1, "floor(number)", "the greatest integer not above it", "floor(price)")                           \
	X(ceil, 1, 1, "ceil(number)", "the least integer not below it", "ceil(price)")                                 \
	X(round, 1, 2, "round(number[, digits])", "rounded, halves away from zero", "round(price, 1)")                 \
	X(sqrt, 1, 1, "sqrt(number)", "square root; NULL below zero", "sqrt(price)")                                   \
	X(ln, 1, 1, "ln(number)", "natural logarithm; NULL unless above zero", "ln(price)")                            \
	X(log10, 1, 1, "log10(number)", "decimal logarithm; NULL unless above zero", "log10(price)")                   \
	X(exp, 1, 1, "exp(number)", "e to that power", "exp(price)")                                                   \
	X(power, 2, 2, "power(number, exponent)", "number to that power", "power(price, 2)")                           \
	X(sign, 1, 1, "sign(number)", "-1.0, 0.0 or 1.0", "sign(delta)")                                               \
	X(greatest, 2, WEIR_MANY_ARGS, "greatest(a, b, ...)", "the greatest that is not NULL", "greatest(delta, 0)")   \
	X(least, 2, WEIR_MANY_ARGS, "least(a, b, ...)", "the least that is not NULL", "least(delta, 100)")             \
	X(coalesce, 1, WEIR_MANY_ARGS, "coalesce(a, b, ...)", "the first that is not NULL", "coalesce(host, '-')")     \
	X(nullif, 2, 2, "nullif(a, b)", "NULL where a = b, else a", "nullif(host, '-')")                               \
	X(if, 3, 3, "if(condition, a, b)", "a where the condition is true, else b", "if(status >= 500, 'bad', 'ok')")  \
	X(lower, 1, 1, "lower(text)", "in lower case", "lower(host)")                                                  \
	X(upper, 1, 1, "upper(text)", "in upper case", "upper(host)")                                                  \
	X(trim, 1, 1, "trim(text)", "without blanks at both ends", "trim(host)")                                       \
	X(length, 1, 1, "length(text)", "its code points", "length(host)")                                             \
	X(substr, 2, 3, "substr(text, start[, length])", "a part; start counts from 1, below 0 from the end",          \
	  "substr(host, 1, 3)")                                                                                        \
	X(replace, 3, 3, "replace(text, what, by)", "every `what` replaced", "replace(host, '.', '-')")                \
	X(concat, 1, WEIR_MANY_ARGS, "concat(a, b, ...)", "joined as text; NULL when one is NULL",                     \
	  "concat(host, ':', status)")                                                                                 \
	X(split_part, 3, 3, "split_part(text, delimiter, n)", "the n-th part from 1, below 0 from the end",            \
	  "split_part(path, '/', 2)")                                                                                  \
	X(starts_with, 2, 2, "starts_with(text, prefix)", "does it begin so", "starts_with(path, '/api')")             \
	X(contains, 2, 2, "contains(text, part)", "does it hold that", "contains(path, 'admin')")                      \
	X(regexp_extract, 2, 3, "regexp_extract(text, 'pattern'[, group])",                                            \
	  "what the pattern's group (1 if it has one) matched, else ''", "regexp_extract(path, '^/([a-z]+)', 1)")      \
	X(date_trunc, 2, 2, "date_trunc('unit', timestamp)",                                                           \
	  "start of its microsecond, millisecond, second, minute, hour, day, week, month, quarter or year",            \
	  "date_trunc('hour', time)")                                                                                  \
	X(extract, 2, 2, "extract(unit from timestamp)",                                                               \
	  "year, quarter, month, week, day, dayofweek, doy, hour, minute or second (with fraction)",                   \
	  "extract(hour from time)")                                                                                   \
	X(hour, 1, 1, "hour(timestamp)", "0 to 23, UTC", "hour(time)")                                                 \
	X(minute, 1, 1, "minute(timestamp)", "0 to 59", "minute(time)")                                                \
	X(dayofweek, 1, 1, "dayofweek(timestamp)", "1 = Sunday to 7 = Saturday", "dayofweek(time)")                    \
	X(to_timestamp, 1, 1, "to_timestamp(text or seconds)", "ISO 8601 text, or seconds since 1970, as a timestamp", \
	  "to_timestamp(delta)")                                                                                       \
	X(unix_seconds, 1, 1, "unix_seconds(timestamp)", "whole seconds since 1970", "unix_seconds(time)")             \
	X(json_value, 2, 2, "json_value(text, '$.path[0]')", "what a path leads to in JSON text, as text",             \
	  "json_value(tags, '$[0].name')")                                                                             \
	X(size, 1, 1, "size(json)", "number of items of a JSON array or object", "size(tags)")                         \
	X(bucket, 2, 2, "bucket(x, width)", "floor(x / width) * width; x may be a timestamp, width an interval",       \
	  "bucket(price, 10)")                                                                                         \
	X(log_bucket, 1, 1, "log_bucket(number)", "the next of 1, 2, 5, 10, 20, 50, ... toward zero",                  \
	  "log_bucket(price)")

/* X(name, signature, help, example) */
#define WEIR_AGGREGATE_LIST(X)                                                                                         \
	X("count", "count or count(x)", "rows; with x: rows where it is not NULL", "count(host)")                      \
	X("sum", "sum(x)", "exact for integers", "sum(price)")                                                         \
	X("avg", "avg(x)", "arithmetic mean", "avg(price)")                                                            \
	X("min", "min(x)", "the least value", "min(price)")                                                            \
	X("max", "max(x)", "the greatest value", "max(price)")                                                         \
	X("stddev", "stddev(x)", "sample standard deviation", "stddev(price)")                                         \
	X("pNN", "p50(x) ... p99.9(x)", "quantile by nearest rank, at most 1 % off", "p95(price)")                     \
	X("distinct", "distinct(x)", "how many different values", "distinct(host)")                                    \
	X("rate", "rate or rate(x)", "rows, or the sum of x, per second", "rate")                                      \
	X("first", "first(x)", "the value of the earliest row", "first(host)")                                         \
	X("last", "last(x)", "the value of the latest row", "last(host)")

enum weir_function_id {
#define X(name, min, max, signature, help, example) WEIR_FN_##name,
	WEIR_FUNCTION_LIST(X)
#undef X
	    WEIR_FN_COUNT
};

struct weir_function {
	const char *name, *signature;
	enum weir_function_id id;
	uint8_t min_args, max_args; /* WEIR_MANY_ARGS: any number */
};

extern const struct weir_function weir_functions[WEIR_FN_COUNT];

/* Row of a name in any case; NULL when there is none. */
const struct weir_function *weir_function_find(struct weir_str name);
/* The nearest function or aggregate name, for "did you mean"; NULL. */
const char *weir_function_nearest(struct weir_str name);

#endif
