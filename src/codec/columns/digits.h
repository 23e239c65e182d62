/* The digits of a plain number, taken apart: the part of reading a number that is worth doing fast. */
#ifndef WEIR_CODEC_DIGITS_H
#define WEIR_CODEC_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define WEIR_HAS_AVX2 1 /* of the compiler; whether the processor has it is asked when a codec is opened */
#define WEIR_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
static inline bool weir_cpu_has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
	       __builtin_cpu_supports("popcnt");
}
#endif

/* mantissa / 10^fraction. While the mantissa is below 2^53 this one division is rounded as the number itself would be.
 * Method: W. D. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990. */
struct weir_digits {
	uint64_t mantissa;
	unsigned fraction; /* digits behind the point; 0: an integer */
	bool negative;
};

extern const double weir_powers_of_ten[23];

/* A number at p of at most 16 digits, perhaps with a sign and a point, without an exponent: the byte behind it; NULL:
 * none. Reads no further than the first byte that belongs to no such number. */
static inline const char *weir_digits_read(const char *p, struct weir_digits *out)
{
	enum { MOST_DIGITS = 16 };
	out->negative = *p == '-';
	p += out->negative;
	const char *first = p, *point = NULL;
	uint64_t m = 0;
	unsigned digits = 0;
	for (; digits <= MOST_DIGITS; p++) {
		unsigned d = (unsigned char)*p - '0';
		if (d <= 9) {
			m = m * 10 + d;
			digits++;
		} else if (*p == '.' && !point && digits) {
			point = p;
		} else {
			break;
		}
	}
	out->mantissa = m;
	out->fraction = point ? (unsigned)(p - point) - 1 : 0;
	bool leading_zero = *first == '0' && (unsigned char)(first[1] - '0') <= 9;
	return digits == 0 || digits > MOST_DIGITS || leading_zero || (point && !out->fraction) ? NULL : p;
}

#endif
