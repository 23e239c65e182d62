/* Numbers as text. */
#include "weir/base/memory.h"

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

char *weir_format_thousands(const char *text, char *out, size_t bytes)
{
	size_t at = 0;
	if (*text == '-')
		out[at++] = *text++;
	size_t digits = strspn(text, "0123456789");
	for (size_t i = 0; *text && at + 2 < bytes; i++) {
		if (i && i < digits && (digits - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = *text++;
	}
	out[at] = 0;
	return out;
}

char *weir_format_count(uint64_t n, char out[32])
{
	char plain[32];
	snprintf(plain, sizeof plain, "%llu", (unsigned long long)n);
	return weir_format_thousands(plain, out, 32);
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
		return at +
		       (size_t)snprintf(out + at, 32 - at, "e%c%02d", d->exponent < 0 ? '-' : '+', abs(d->exponent));
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

/* Numbers of up to six decimals and fifteen digits, which is most of what data holds. r / 10^k is the shortest decimal that reads back as v for
 * the smallest k where the quotient, which is correctly rounded because both numbers are exact, is v. 0: none such. */
static size_t format_short_decimal(double v, char out[32])
{
	static const double scales[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
	double a = fabs(v);
	if (a > 0 && a < 1e-4) /* written with an exponent */
		return 0;
	for (int k = 0; k < 7 && a * scales[k] < 1e15; k++) {
		uint64_t r = (uint64_t)(a * scales[k] + 0.5), whole = r / (uint64_t)scales[k],
			 part = r % (uint64_t)scales[k];
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

__extension__ typedef unsigned __int128 uint128;

static uint128 power_of_ten(int n)
{
	uint128 p = 1;
	while (n-- > 0)
		p *= 10;
	return p;
}

/* A double from 1e-4 to below 9e15 as digits before the point: v * 10^scale = scaled / 2^shift, exactly. */
struct exact {
	uint128 scaled, half_gap; /* half_gap: half of the distance to the next double, in the same units, doubled */
	int shift, scale;
	bool even, power; /* the mantissa is even; is a power of two, so that doubles below lie twice as dense */
};

static struct exact scale_by(double v, int scale)
{
	int exponent;
	uint64_t mantissa = (uint64_t)ldexp(frexp(v, &exponent), 53);
	uint128 factor = power_of_ten(scale);
	return (struct exact){.scaled = mantissa * factor,
			      .half_gap = factor,
			      .shift = 53 - exponent,
			      .scale = scale,
			      .even = !(mantissa & 1),
			      .power = mantissa == UINT64_C(1) << 52};
}

/* So that the whole part has 17 digits; the logarithm may be one off. */
static struct exact scale_up(double v)
{
	int scale = 16 - (int)floor(log10(v));
	struct exact x = scale_by(v, scale);
	uint128 whole = x.scaled >> x.shift;
	return whole < power_of_ten(16)    ? scale_by(v, scale + 1)
	       : whole >= power_of_ten(17) ? scale_by(v, scale - 1)
					   : x;
}

/* Whether d * unit is nearer to the number than to any other double, or halfway where ties go to it. */
static bool is_read_as(const struct exact *x, uint64_t d, uint64_t unit)
{
	uint128 there = (uint128)d * unit << x->shift;
	bool below = there < x->scaled;
	uint128 twice = (below ? x->scaled - there : there - x->scaled) * (below && x->power ? 4 : 2);
	return twice < x->half_gap || (twice == x->half_gap && x->even);
}

/* The shortest digits that read back, of those the nearest: what trying printf("%.*e") with 15, 16 and 17 digits gives, in exact
 * integers. False: v is not between 1e-4 and 9e15. */
static bool round_exactly(double v, struct decimal *out)
{
	static const uint64_t units[] = {100, 10, 1};
	if (!(v >= 1e-4 && v < 9e15))
		return false;
	struct exact x = scale_up(v);
	uint64_t d = 0;
	for (int i = 0; i < 3; i++) {
		uint128 unit = (uint128)units[i] << x.shift;
		uint128 rest = x.scaled % unit;
		d = (uint64_t)(x.scaled / unit);
		d += rest * 2 > unit || (rest * 2 == unit && d % 2);
		if (!is_read_as(&x, d, units[i]) && i < 2 && d % 10 != 0 && d % 10 != 9 &&
		    is_read_as(&x, d + 1, units[i]))
			d++;
		if (i == 2 || is_read_as(&x, d, units[i])) {
			d *= units[i];
			break;
		}
	}
	char digits[24];
	size_t n = weir_format_int64((int64_t)d, digits);
	out->exponent = (int)n - 1 - x.scale;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	out->n = (int)n;
	memcpy(out->digits, digits, n);
	return true;
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
	bool done = round_exactly(size, &d);
	for (int digits = size < 2.3e-308 ? 1 : 15; !done && size > 0 && digits <= 17; digits++) {
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
