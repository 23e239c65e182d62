/* Numbers from text. Ours, not strtod alone: decoding spends much of its time here, the text is not NUL-terminated, and the
 * locale must not matter. What the short way cannot read exactly goes to strtod. */
#include "weir/base/memory.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

static const double powers[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
				  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* strtod wants the decimal point of the locale. */
static bool parse_slow(struct weir_str s, double *out)
{
	struct weir_str point = weir_str_of(localeconv()->decimal_point);
	char small[128];
	char *text = s.size + point.size < sizeof small ? small : weir_alloc(s.size + point.size + 1);
	if (!text)
		return false;
	size_t n = 0;
	for (size_t i = 0; i < s.size; i++) {
		if (s.data[i] == '.') {
			memcpy(text + n, point.data, point.size);
			n += point.size;
		} else {
			text[n++] = s.data[i];
		}
	}
	text[n] = 0;
	char *end;
	*out = strtod(text, &end);
	bool whole = end == text + n;
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
		digits += digits || mantissa;
	}
	size_t seen = (size_t)(p - first);
	if (p < end && *p == '.') {
		const char *point = ++p;
		for (; p < end && (unsigned char)(*p - '0') <= 9; p++) {
			mantissa = mantissa * 10 + (unsigned)(*p - '0');
			digits += digits || mantissa;
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
		if (rest.size && !weir_str_equal_nocase(rest, WEIR_STR("b")) &&
		    !(at && weir_str_equal_nocase(rest, WEIR_STR("ib"))))
			return false;
	}
	v *= scale;
	if (!(v >= 0 && v < 9.2e18))
		return false;
	*out = (uint64_t)v;
	return true;
}

double weir_float_number(float v)
{
	static const double steps[] = {1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
	char text[32];
	double wide = (double)v;
	if (!isfinite(v) || (fabs(wide) < 1e9 && wide == nearbyint(wide)))
		return wide;
	for (size_t i = 0; fabs(wide) < 1e9 && i < sizeof steps / sizeof *steps; i++) {
		double near = nearbyint(wide * steps[i]) / steps[i];
		if ((float)near == v)
			return near;
	}
	for (int digits = 6; digits <= 9; digits++) {
		double near = 0;
		snprintf(text, sizeof text, "%.*g", digits, wide);
		if (weir_parse_double(weir_str_of(text), &near) && (float)near == v)
			return near;
	}
	return wide;
}
