#include "weir/base/memory.h"

#include <locale.h>
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

/* printf("%.*e") whatever the locale thinks of decimal points: the digits without a point, their number and the exponent. */
struct decimal {
	char digits[20];
	int n, exponent;
};

static struct decimal round_to(double v, int n_digits)
{
	char text[64];
	struct decimal d = {.n = 0};
	snprintf(text, sizeof text, "%.*e", n_digits - 1, v);
	const char *p = text;
	for (; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9' && d.n < (int)sizeof d.digits)
			d.digits[d.n++] = *p;
	d.exponent = *p ? atoi(p + 1) : 0;
	while (d.n > 1 && d.digits[d.n - 1] == '0')
		d.n--;
	return d;
}

/* Plain from 1e-4 to below 1e16, else with an exponent of at least two digits. */
static size_t write_decimal(const struct decimal *d, bool negative, bool plain, char out[32])
{
	size_t at = 0;
	if (negative)
		out[at++] = '-';
	if (!plain) {
		out[at++] = d->digits[0];
		if (d->n > 1)
			out[at++] = '.';
		memcpy(out + at, d->digits + 1, (size_t)d->n - 1);
		at += (size_t)d->n - 1;
		return at + (size_t)snprintf(out + at, 32 - at, "e%c%02d", d->exponent < 0 ? '-' : '+', abs(d->exponent));
	}
	if (d->exponent < 0) {
		memcpy(out + at, "0.00000", 7);
		at += 1 - (size_t)d->exponent;
	}
	for (int i = 0; i < d->n || i <= d->exponent; i++) {
		if (i == d->exponent + 1 && i > 0)
			out[at++] = '.';
		out[at++] = i < d->n ? d->digits[i] : '0';
	}
	if (d->n <= d->exponent + 1) {
		memcpy(out + at, ".0", 2);
		at += 2;
	}
	out[at] = 0;
	return at;
}

static bool reads_back(const struct decimal *d, double v)
{
	char text[32];
	double back;
	size_t n = write_decimal(d, false, false, text);
	return weir_parse_double((struct weir_str){text, n}, &back) && back == v;
}

/* Below a power of two doubles lie twice as dense as above it, so the shortest text may be the upper neighbour of the one
 * that is nearest at its length. */
static bool step_up(struct decimal *d)
{
	int i = d->n - 1;
	if (d->digits[i] == '9')
		return false;
	d->digits[i]++;
	return true;
}

/* Numbers of up to six decimals, which is most of what data holds. r / 10^k is the shortest decimal that reads back as v for
 * the smallest k where the quotient, which is correctly rounded because both numbers are exact, is v. 0: none such. */
static size_t format_short_decimal(double v, char out[32])
{
	static const double scales[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
	double a = fabs(v);
	if (a > 0 && a < 1e-4) /* written with an exponent */
		return 0;
	for (int k = 0; k < 7 && a * scales[k] < 9e15; k++) {
		uint64_t r = (uint64_t)(a * scales[k] + 0.5), whole = r / (uint64_t)scales[k], part = r % (uint64_t)scales[k];
		if ((double)r / scales[k] != a)
			continue;
		size_t n = 0, decimals = k ? (size_t)k : 1;
		if (signbit(v))
			out[n++] = '-';
		n += weir_format_int64((int64_t)whole, out + n);
		out[n++] = '.';
		for (size_t i = decimals; i-- > 0; part /= 10)
			out[n + i] = (char)('0' + part % 10);
		out[n += decimals] = 0;
		return n;
	}
	return 0;
}

size_t weir_format_double(double v, char out[32])
{
	size_t quick = format_short_decimal(v, out);
	if (quick)
		return quick;
	if (isnan(v))
		return (size_t)snprintf(out, 32, "NaN");
	if (isinf(v))
		return (size_t)snprintf(out, 32, "%sInfinity", v < 0 ? "-" : "");
	double size = fabs(v);
	struct decimal d = {.digits = "0", .n = 1};
	/* 15 digits hold every text of up to 15 digits, but not where doubles run out of bits. */
	for (int digits = size < 2.3e-308 ? 1 : 15; size > 0 && digits <= 17; digits++) {
		d = round_to(size, digits);
		if (reads_back(&d, size))
			break;
		struct decimal up = d;
		if (d.n == digits && step_up(&up) && reads_back(&up, size)) {
			d = up;
			break;
		}
	}
	return write_decimal(&d, signbit(v), d.exponent >= -4 && d.exponent < 16, out);
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
		if (rest.size && !weir_str_equal_nocase(rest, WEIR_STR("b")) && !(at && weir_str_equal_nocase(rest, WEIR_STR("ib"))))
			return false;
	}
	v *= scale;
	if (!(v >= 0 && v < 9.2e18))
		return false;
	*out = (uint64_t)v;
	return true;
}
