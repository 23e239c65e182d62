/* The table of the kinds of measures. */
#include "query/aggregate/aggregate.h"

/* In the order they are listed in. */
#define AGGREGATES(X)                                                                                                  \
	X(count)                                                                                                       \
	X(sum)                                                                                                         \
	X(avg)                                                                                                         \
	X(min)                                                                                                         \
	X(max)                                                                                                         \
	X(stddev)                                                                                                      \
	X(variance)                                                                                                    \
	X(quantile)                                                                                                    \
	X(median)                                                                                                      \
	X(mode)                                                                                                        \
	X(distinct)                                                                                                    \
	X(rate)                                                                                                        \
	X(first)                                                                                                       \
	X(last)

#define X(name) extern const struct weir_aggregate weir_aggregate_##name;
AGGREGATES(X)
#undef X

static const struct weir_aggregate *const aggregates[] = {
#define X(name) &weir_aggregate_##name,
    AGGREGATES(X)
#undef X
};

const struct weir_aggregate *weir_aggregate_at(size_t i)
{
	return i < sizeof aggregates / sizeof aggregates[0] ? aggregates[i] : NULL;
}

const struct weir_aggregate *weir_aggregate_find(struct weir_str word, double *parameter, const char **wrong)
{
	*wrong = NULL;
	for (size_t i = 0; i < sizeof aggregates / sizeof aggregates[0]; i++) {
		const struct weir_aggregate *a = aggregates[i];
		*parameter = a->parameter;
		if (a->match ? a->match(word, parameter, wrong) : weir_str_equal_nocase(word, weir_str_of(a->doc.name)))
			return a;
	}
	return NULL;
}
