/* The table of functions, and what is shown of it. */
#include "query/expr/functions/functions.h"

#include "query/aggregate/aggregate.h"

/* In the order they are listed in. */
#define FUNCTIONS(X)                                                                                                   \
	X(abs)                                                                                                         \
	X(floor)                                                                                                       \
	X(ceil)                                                                                                        \
	X(round)                                                                                                       \
	X(sqrt)                                                                                                        \
	X(ln)                                                                                                          \
	X(log10)                                                                                                       \
	X(exp)                                                                                                         \
	X(power)                                                                                                       \
	X(sign)                                                                                                        \
	X(greatest)                                                                                                    \
	X(least)                                                                                                       \
	X(coalesce)                                                                                                    \
	X(nullif)                                                                                                      \
	X(if)                                                                                                          \
	X(lower)                                                                                                       \
	X(upper)                                                                                                       \
	X(trim)                                                                                                        \
	X(length)                                                                                                      \
	X(substr)                                                                                                      \
	X(replace)                                                                                                     \
	X(concat)                                                                                                      \
	X(split_part)                                                                                                  \
	X(starts_with)                                                                                                 \
	X(contains)                                                                                                    \
	X(regexp_extract)                                                                                              \
	X(date_trunc)                                                                                                  \
	X(extract)                                                                                                     \
	X(hour)                                                                                                        \
	X(minute)                                                                                                      \
	X(dayofweek)                                                                                                   \
	X(to_timestamp)                                                                                                \
	X(unix_seconds)                                                                                                \
	X(json_value)                                                                                                  \
	X(size)                                                                                                        \
	X(bucket)                                                                                                      \
	X(log_bucket)

#define X(name) extern const struct weir_function weir_function_##name;
FUNCTIONS(X)
#undef X

static const struct weir_function *const functions[] = {
#define X(name) &weir_function_##name,
    FUNCTIONS(X)
#undef X
};
enum { N_FUNCTIONS = sizeof functions / sizeof functions[0] };

const struct weir_function_doc *weir_function_doc(size_t i)
{
	if (i < N_FUNCTIONS)
		return &functions[i]->doc;
	const struct weir_aggregate *a = weir_aggregate_at(i - N_FUNCTIONS);
	return a ? &a->doc : NULL;
}

const struct weir_function *weir_function_find(struct weir_str name)
{
	for (size_t i = 0; i < N_FUNCTIONS; i++)
		if (weir_str_equal_nocase(name, weir_str_of(functions[i]->doc.name)))
			return functions[i];
	return NULL;
}

const char *weir_function_nearest(struct weir_str name)
{
	struct weir_str names[N_FUNCTIONS + WEIR_MOST_AGGREGATES];
	const struct weir_function_doc *doc;
	size_t n = 0;

	for (; n < sizeof names / sizeof names[0] && (doc = weir_function_doc(n)); n++)
		names[n] = weir_str_of(doc->name);
	int i = weir_nearest(name, names, n);
	return i < 0 ? NULL : weir_function_doc((size_t)i)->name;
}
