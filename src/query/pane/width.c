/* How wide panes and buckets are: lengths that a person would choose, so that what comes at a steady pace looks steady. */
#include "query/pane/range.h"

static const int64_t steps[] = {10000,      20000,      50000,       100000,      200000,      500000,
				1000000,    2000000,    5000000,     10000000,    15000000,    30000000,
				60000000,   120000000,  300000000,   600000000,   900000000,   1800000000,
				3600000000, 7200000000, 10800000000, 21600000000, 43200000000, 86400000000};
enum { N_STEPS = sizeof steps / sizeof *steps, SPREAD = 200 };

/* The longest round pane that divides `unit` and of which `whole` has at least `wanted`. */
int64_t weir_pane_width(int64_t unit, int64_t whole, int64_t wanted)
{
	int64_t width = 0;
	for (size_t i = 0; i < N_STEPS; i++)
		if (unit % steps[i] == 0 && (whole / steps[i] >= wanted || (!width && whole / steps[i] > 1)))
			width = steps[i];
	/* An odd length has no round part of about that size: then any whole part. */
	int64_t units = whole / unit > 1 ? whole / unit : 1;
	for (int64_t n = (wanted + units - 1) / units;
	     (!width || whole / width > 3 * wanted) && n * units <= 2 * wanted; n++)
		if (unit % n == 0 && unit / n >= WEIR_PANE_MIN_US)
			width = unit / n;
	return width ? width : unit;
}

int64_t weir_round_length(int64_t least_us, int64_t unit_us)
{
	for (size_t i = 0; i < N_STEPS; i++)
		if (steps[i] >= least_us && steps[i] % unit_us == 0)
			return steps[i];
	for (int64_t days = steps[N_STEPS - 1], times = 2; days <= INT64_MAX / 5;
	     days *= times, times = times == 2 ? 5 : 2)
		if (days >= least_us && days % unit_us == 0) /* 1, 2, 10, 20, 100 days and so on */
			return days;
	return 0;
}

int64_t weir_pane_width_next(int64_t width, int64_t full)
{
	for (size_t i = 0; i < N_STEPS; i++)
		if (steps[i] > width && steps[i] < full && steps[i] % width == 0 && full % steps[i] == 0)
			return steps[i];
	return full;
}

int64_t weir_pane_width_for(int64_t full, int64_t width_us, int64_t span_us)
{
	int64_t width = width_us;
	if (!width)
		width = full > WEIR_PANE_MIN_US && full % WEIR_PANE_MIN_US == 0 ? WEIR_PANE_MIN_US : full;
	while (width < full && span_us / width > SPREAD)
		width = weir_pane_width_next(width, full);
	return width;
}
