/* Durations as people write them: `90s`, `1m30s`, `2 hours`. */
#include "weir/base/str.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

struct unit {
	const char *name;
	int64_t us;
};
static const struct unit units[] = {{"d", INT64_C(86400000000)},
				    {"h", INT64_C(3600000000)},
				    {"m", 60000000},
				    {"s", 1000000},
				    {"ms", 1000},
				    {"us", 1},
				    {"w", INT64_C(604800000000)},
				    {"min", 60000000},
				    {"mins", 60000000},
				    {"minute", 60000000},
				    {"minutes", 60000000},
				    {"sec", 1000000},
				    {"secs", 1000000},
				    {"second", 1000000},
				    {"seconds", 1000000},
				    {"hour", INT64_C(3600000000)},
				    {"hours", INT64_C(3600000000)},
				    {"hr", INT64_C(3600000000)},
				    {"day", INT64_C(86400000000)},
				    {"days", INT64_C(86400000000)},
				    {"week", INT64_C(604800000000)},
				    {"weeks", INT64_C(604800000000)},
				    {"millisecond", 1000},
				    {"milliseconds", 1000},
				    {"microsecond", 1},
				    {"microseconds", 1},
				    {"µs", 1}};

/* v units of `us`: exact for whole numbers, rounded for fractions. */
static bool add_duration(double v, int64_t us, int64_t *total)
{
	int64_t part;
	if (!(v * (double)us < 9.2e18))
		return false;
	if (v == floor(v) && v < 0x1p53)
		part = (int64_t)v * us;
	else
		part = llround(v * (double)us);
	return !__builtin_add_overflow(*total, part, total);
}

bool weir_parse_duration_us(struct weir_str s, int64_t *out)
{
	s = weir_str_trim(s);
	if (weir_str_equal(s, WEIR_STR("0"))) {
		*out = 0;
		return true;
	}
	int64_t total = 0;
	int parts = 0;
	bool zero = true; /* none that rounds to nothing */
	for (; s.size; parts++) {
		size_t n = 0;
		while (n < s.size && (s.data[n] == '.' || (s.data[n] >= '0' && s.data[n] <= '9')))
			n++;
		double v;
		if (n == 0 || !weir_parse_double((struct weir_str){s.data, n}, &v))
			return false;
		s = weir_str_trim((struct weir_str){s.data + n, s.size - n});
		n = 0;
		while (n < s.size && !(s.data[n] >= '0' && s.data[n] <= '9') && s.data[n] != ' ')
			n++;
		zero &= v == 0;
		size_t u = 0;
		while (u < sizeof units / sizeof units[0] &&
		       !weir_str_equal((struct weir_str){s.data, n}, weir_str_of(units[u].name)))
			u++;
		if (u == sizeof units / sizeof units[0] || !add_duration(v, units[u].us, &total))
			return false;
		s = weir_str_trim((struct weir_str){s.data + n, s.size - n});
	}
	*out = total;
	return parts > 0 && (total || zero);
}

size_t weir_format_duration_us(int64_t us, char out[40])
{
	size_t at = 0;
	if (us < 0) {
		out[at++] = '-';
		us = us == INT64_MIN ? INT64_MAX : -us;
	}
	if (us == 0)
		return (size_t)snprintf(out, 40, "0");
	for (size_t u = 0; u < 6 && us; u++) {
		int64_t n = us / units[u].us;
		us -= n * units[u].us;
		if (n)
			at += (size_t)snprintf(out + at, 40 - at, "%" PRId64 "%s", n, units[u].name);
	}
	return at;
}
