/* The round values that axes show, and the labels of times. */
#include "tui/draw/draw.h"

#include <math.h>
#include <stdio.h>

static const int64_t DAY_US = 86400 * WEIR_US_PER_S;

int weir_ticks_linear(double low, double high, int most, double *ticks)
{
	static const double steps[] = {1, 2, 5, 10};
	if (!(high > low) || most < 1 || isinf(low) || isinf(high))
		return 0;
	if (most > WEIR_TICKS)
		most = WEIR_TICKS;
	double power = pow(10, floor(log10((high - low) / most)));
	double step = power * 10;
	for (size_t i = 0; i < 4; i++)
		if ((high - low) / (power * steps[i]) <= most) {
			step = power * steps[i];
			break;
		}
	int n = 0;
	for (double k = ceil(low / step - 1e-9); n < most && k * step <= high + step * 1e-9; k++)
		ticks[n++] = k * step;
	return n;
}

int weir_ticks_log(double low, double high, int most, double *ticks)
{
	if (!(low > 0) || !(high > low) || most < 1)
		return 0;
	if (most > WEIR_TICKS)
		most = WEIR_TICKS;
	int from = (int)floor(log10(low)), to = (int)ceil(log10(high));
	int decades = to - from + 1;
	/* Three signs a decade when there is room, else every n-th decade. */
	bool fine = (int)(3 * log10(high / low)) + 1 <= most;
	int every = fine || decades <= most ? 1 : (decades + most - 1) / most;
	int n = 0;
	for (int e = from; e <= to && n < most; e++) {
		static const double inside[] = {1, 2, 5};
		if ((e - from) % every)
			continue;
		for (int k = 0; k < (fine ? 3 : 1) && n < most; k++) {
			double v = inside[k] * pow(10, e);
			if (v >= low * 0.999 && v <= high * 1.001)
				ticks[n++] = v;
		}
	}
	return n;
}

/* Months differ in length, so they are counted in the calendar. */
static int month_ticks(int64_t from_us, int64_t span_us, int months, int64_t *ticks)
{
	struct weir_civil c = weir_time_to_civil(from_us);
	int month = c.year * 12 + c.month - 1, n = 0;
	for (month -= month % months; n < WEIR_TICKS; month += months) {
		struct weir_civil at = {.year = month / 12, .month = month % 12 + 1, .day = 1};
		int64_t us = at.year < 1 ? from_us - 1 : at.year > 9999 ? from_us + span_us : weir_time_from_civil(&at);
		if (us >= from_us + span_us)
			break;
		if (us >= from_us)
			ticks[n++] = us;
	}
	return n;
}

int weir_ticks_time(int64_t from_us, int64_t span_us, int most, int64_t *ticks, int64_t *step_us)
{
	static const int64_t seconds[] = {1,   2,    5,    10,   15,    30,    60,    120,   300,    600,
					  900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800};
	static const int months[] = {1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 24000, 60000};
	most = most < 1 ? 1 : most > WEIR_TICKS ? WEIR_TICKS : most;
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		int64_t step = *step_us = seconds[i] * WEIR_US_PER_S, at = from_us / step * step;
		int n = 0;
		if (span_us / step > most)
			continue;
		for (at += at < from_us ? step : 0; at < from_us + span_us && n < WEIR_TICKS; at += step)
			ticks[n++] = at;
		return n;
	}
	size_t last = sizeof(months) / sizeof(months[0]) - 1, i = 0;
	while (i < last && span_us / (30 * months[i] * DAY_US) > most)
		i++;
	*step_us = 30 * months[i] * DAY_US;
	return month_ticks(from_us, span_us, months[i], ticks);
}

char *weir_tick_label(int64_t us, int64_t step_us, char *out)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct weir_civil c = weir_time_to_civil(us);
	if (step_us >= 360 * DAY_US)
		snprintf(out, WEIR_FORMAT_BYTES, "%04d", c.year);
	else if (step_us >= 30 * DAY_US)
		snprintf(out, WEIR_FORMAT_BYTES, "%.3s %04d", names + 3 * (c.month - 1), c.year);
	else if (step_us >= DAY_US || (step_us >= 60 * WEIR_US_PER_S && us % DAY_US == 0))
		return weir_format_day_of_year(us, out);
	else
		return weir_format_clock(us, step_us % (60 * WEIR_US_PER_S) ? 0 : -1, out);
	return out;
}
