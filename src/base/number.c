#include "weir/base/str.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

size_t weir_format_int64(int64_t v, char out[24])
{
	char digits[24];
	size_t n = 0, at = 0;
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do
		digits[n++] = (char)('0' + u % 10);
	while (u /= 10);
	if (v < 0)
		out[at++] = '-';
	while (n)
		out[at++] = digits[--n];
	out[at] = 0;
	return at;
}

size_t weir_format_double(double v, char out[32])
{
	if (isnan(v))
		return (size_t)snprintf(out, 32, "NaN");
	if (isinf(v))
		return (size_t)snprintf(out, 32, "%sInfinity", v < 0 ? "-" : "");
	int n = 0;
	/* 15 digits always survive, but subnormal numbers hold fewer. */
	for (int digits = fabs(v) < 2.3e-308 ? 1 : 15; digits <= 17; digits++) {
		n = snprintf(out, 32, "%.*g", digits, v);
		for (int i = 0; i < n; i++) /* whatever the locale thinks of decimal points */
			if (out[i] == ',')
				out[i] = '.';
		double back;
		if (weir_parse_double((struct weir_str){out, (size_t)n}, &back) && back == v)
			break;
	}
	/* Integers up to 2^53 that %g would write with an exponent are written out. */
	if (fabs(v) < 9007199254740992.0 && v == floor(v))
		n = snprintf(out, 32, "%.0f", v);
	if (!memchr(out, '.', (size_t)n) && !memchr(out, 'e', (size_t)n)) {
		memcpy(out + n, ".0", 3);
		n += 2;
	}
	return (size_t)n;
}

bool weir_parse_int64(struct weir_str s, bool canonical, int64_t *out)
{
	size_t i = 0;
	bool negative = false;
	if (i < s.size && (s.data[i] == '-' || (s.data[i] == '+' && !canonical)))
		negative = s.data[i++] == '-';
	size_t n = s.size - i;
	if (n == 0 || (canonical && s.data[i] == '0' && (n > 1 || negative)))
		return false;
	uint64_t v = 0;
	for (; i < s.size; i++) {
		unsigned d = (unsigned char)s.data[i] - '0';
		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	if (v > (uint64_t)INT64_MAX + negative)
		return false;
	*out = negative ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

static const double powers[23] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
	1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool parse_slow(struct weir_str s, double *out)
{
	char small[128];
	char *text = s.size < sizeof small ? small : weir_str_dup(s);
	if (!text)
		return false;
	if (text == small) {
		memcpy(small, s.data, s.size);
		small[s.size] = 0;
	}
	char *end;
	*out = strtod(text, &end);
	bool whole = end == text + s.size;
	if (text != small)
		free(text);
	return whole;
}

/* Fast path: W. D. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990: a mantissa below 2^53 and a power of
 * ten up to 10^22 are both exact, so one operation rounds correctly. */
bool weir_parse_double(struct weir_str s, double *out)
{
	const char *p = s.data, *end = s.data + s.size;
	bool negative = false;
	if (p < end && (*p == '-' || *p == '+'))
		negative = *p++ == '-';
	uint64_t mantissa = 0;
	int digits = 0, exponent = 0;
	const char *first = p;
	for (; p < end && (unsigned char)(*p - '0') <= 9; p++) {
		mantissa = mantissa * 10 + (unsigned)(*p - '0');
		digits += mantissa != 0;
	}
	size_t seen = (size_t)(p - first);
	if (p < end && *p == '.') {
		const char *point = ++p;
		for (; p < end && (unsigned char)(*p - '0') <= 9; p++) {
			mantissa = mantissa * 10 + (unsigned)(*p - '0');
			digits += mantissa != 0;
		}
		exponent -= (int)(p - point);
		seen += (size_t)(p - point);
	}
	if (seen == 0)
		return false;
	if (p < end && (*p == 'e' || *p == 'E')) {
		bool down = false;
		int e = 0;
		if (++p < end && (*p == '-' || *p == '+'))
			down = *p++ == '-';
		if (p == end)
			return false;
		for (; p < end && (unsigned char)(*p - '0') <= 9; p++)
			e = e < 100000 ? e * 10 + (*p - '0') : e;
		exponent += down ? -e : e;
	}
	if (p != end)
		return false;
	if (digits > 19 || mantissa >= (UINT64_C(1) << 53) || exponent < -22 || exponent > 22)
		return parse_slow(s, out);
	double v = (double)mantissa;
	v = exponent < 0 ? v / powers[-exponent] : v * powers[exponent];
	*out = negative ? -v : v;
	return true;
}

bool weir_parse_bytes(struct weir_str s, uint64_t *out)
{
	s = weir_str_trim(s);
	size_t n = 0;
	while (n < s.size && (s.data[n] == '.' || (s.data[n] >= '0' && s.data[n] <= '9')))
		n++;
	double v;
	if (!weir_parse_double((struct weir_str){s.data, n}, &v))
		return false;
	struct weir_str unit = weir_str_trim((struct weir_str){s.data + n, s.size - n});
	static const char letters[] = "KMGTP";
	double scale = 1;
	if (unit.size) {
		char c = unit.data[0] >= 'a' ? (char)(unit.data[0] - 32) : unit.data[0];
		const char *at = c ? strchr(letters, c) : NULL;
		if (at)
			scale = ldexp(1, 10 * (int)(at - letters + 1));
		struct weir_str rest = at ? (struct weir_str){unit.data + 1, unit.size - 1} : unit;
		if (rest.size && !weir_str_equal_nocase(rest, WEIR_STR("b")) && !(at && weir_str_equal_nocase(rest, WEIR_STR("ib"))))
			return false;
	}
	v *= scale;
	if (!(v >= 0 && v < 9.2e18))
		return false;
	*out = (uint64_t)v;
	return true;
}

struct unit {
	const char *name;
	int64_t us;
};
static const struct unit units[] = {{"d", INT64_C(86400000000)}, {"h", INT64_C(3600000000)}, {"m", 60000000},
	{"s", 1000000}, {"ms", 1000}, {"us", 1}, {"w", INT64_C(604800000000)}, {"min", 60000000}, {"mins", 60000000},
	{"minute", 60000000}, {"minutes", 60000000}, {"sec", 1000000}, {"secs", 1000000}, {"second", 1000000},
	{"seconds", 1000000}, {"hour", INT64_C(3600000000)}, {"hours", INT64_C(3600000000)}, {"hr", INT64_C(3600000000)},
	{"day", INT64_C(86400000000)}, {"days", INT64_C(86400000000)}, {"week", INT64_C(604800000000)},
	{"weeks", INT64_C(604800000000)}, {"millisecond", 1000}, {"milliseconds", 1000}, {"microsecond", 1},
	{"microseconds", 1}, {"µs", 1}};

bool weir_parse_duration_us(struct weir_str s, int64_t *out)
{
	s = weir_str_trim(s);
	if (weir_str_equal(s, WEIR_STR("0"))) {
		*out = 0;
		return true;
	}
	double total = 0;
	bool any = false;
	while (s.size) {
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
		size_t u = 0;
		while (u < sizeof units / sizeof units[0] &&
		       !weir_str_equal((struct weir_str){s.data, n}, weir_str_of(units[u].name)))
			u++;
		if (u == sizeof units / sizeof units[0])
			return false;
		total += v * (double)units[u].us;
		any = true;
		s = weir_str_trim((struct weir_str){s.data + n, s.size - n});
	}
	if (!any || !(total < 9.2e18) || llround(total) == 0)
		return false;
	*out = llround(total);
	return true;
}

size_t weir_format_duration_us(int64_t us, char out[40])
{
	size_t at = 0;
	if (us < 0) {
		out[at++] = '-';
		us = us == INT64_MIN ? INT64_MAX : -us;
	}
	if (us == 0)
		return (size_t)snprintf(out, 40, "0s");
	for (size_t u = 0; u < 6 && us; u++) {
		int64_t n = us / units[u].us;
		us -= n * units[u].us;
		if (n)
			at += (size_t)snprintf(out + at, 40 - at, "%" PRId64 "%s", n, units[u].name);
	}
	return at;
}
