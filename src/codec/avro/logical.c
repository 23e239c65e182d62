/* What values mean: decimals, times, identifiers, bytes as text. */
#include "codec/avro/avro.h"

#include <stdlib.h>

enum {
	FLOAT_DIGITS = 15, /* that any float64 keeps */
	INT_DIGITS = 18,   /* that any int64 holds */
};

void avro_text_of_bytes(struct weir_str bytes, struct weir_buf *out)
{
	static const char digits[] = "0123456789abcdef";
	if (weir_text_clean(bytes)) {
		weir_buf_add_str(out, bytes);
		return;
	}
	weir_buf_add_c(out, "0x");
	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char c = (unsigned char)bytes.data[i];
		weir_buf_add_char(out, digits[c >> 4]);
		weir_buf_add_char(out, digits[c & 15]);
	}
}

bool avro_unscaled(struct weir_str bytes, int64_t *out)
{
	const unsigned char *b = (const unsigned char *)bytes.data;
	size_t n = bytes.size;
	bool negative = n && b[0] >= 0x80;
	while (n > 8 && b[0] == (negative ? 0xff : 0)) { /* signs that fill */
		b++;
		n--;
	}
	if (n > 8 || (n == 8 && (b[0] >= 0x80) != negative))
		return false;
	uint64_t u = negative ? UINT64_MAX : 0;
	for (size_t i = 0; i < n; i++)
		u = u << 8 | b[i];
	*out = (int64_t)u;
	return true;
}

/* Decimal digits of the magnitude, in base 10^9 from the back. False: no memory. */
static bool magnitude_digits(struct weir_str bytes, bool negative, struct weir_buf *digits)
{
	enum { BASE = 1000000000 };
	size_t n_words = bytes.size / 3 + 2, used = 1; /* 3 bytes are less than 9 digits */
	uint32_t *words = weir_calloc(n_words, sizeof *words);
	if (!words)
		return false;
	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char byte = (unsigned char)bytes.data[i];
		uint64_t carry = negative ? (unsigned char)~byte : byte;
		for (size_t w = 0; w < used; w++) {
			carry += (uint64_t)words[w] << 8;
			words[w] = (uint32_t)(carry % BASE);
			carry /= BASE;
		}
		if (carry)
			words[used++] = (uint32_t)carry;
	}
	for (size_t w = 0; negative && w < n_words; w++) { /* -x is ~x + 1 */
		words[w] = (words[w] + 1) % BASE;
		used = w + 1 > used ? w + 1 : used;
		if (words[w])
			break;
	}
	weir_buf_addf(digits, "%u", words[used - 1]);
	for (size_t w = used - 1; w-- > 0;)
		weir_buf_addf(digits, "%09u", words[w]);
	free(words);
	return !digits->failed;
}

enum { MOST_DECIMAL_BYTES = 4200 }; /* of the 10,000 digits that a schema may ask for */

void avro_text_of_decimal(struct weir_str bytes, uint32_t scale, struct weir_buf *out)
{
	bool negative = bytes.size && (unsigned char)bytes.data[0] >= 0x80;
	struct weir_buf digits = {0};
	if (bytes.size > MOST_DECIMAL_BYTES) { /* its digits would take for ever */
		weir_buf_add_c(out, "null");
		return;
	}
	if (!magnitude_digits(bytes, negative, &digits)) {
		out->failed = true;
		weir_buf_release(&digits);
		return;
	}
	if (negative)
		weir_buf_add_char(out, '-');
	if (digits.size <= scale) {
		weir_buf_add_c(out, "0.");
		for (size_t i = digits.size; i < scale; i++)
			weir_buf_add_char(out, '0');
		weir_buf_add_str(out, weir_buf_str(&digits));
	} else {
		weir_buf_add(out, digits.data, digits.size - scale);
		if (scale) {
			weir_buf_add_char(out, '.');
			weir_buf_add(out, digits.data + digits.size - scale, scale);
		}
	}
	weir_buf_release(&digits);
}

enum weir_type avro_decimal_type(const struct avro_node *node)
{
	if (!node->scale && node->precision <= INT_DIGITS)
		return WEIR_INT64;
	return node->precision <= FLOAT_DIGITS ? WEIR_FLOAT64 : WEIR_STRING;
}

double avro_decimal_number(int64_t unscaled, uint32_t scale)
{
	static const double powers[FLOAT_DIGITS + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
							1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	return (double)unscaled / powers[scale]; /* both exact, so rounded once */
}

void avro_text_of_time(int64_t us, struct weir_buf *out)
{
	const int64_t second = 1000000, minute = 60 * second, hour = 60 * minute;
	if (us < 0) {
		weir_buf_add_char(out, '-');
		us = us == INT64_MIN ? INT64_MAX : -us;
	}
	weir_buf_addf(out, "%02lld:%02d:%02d", (long long)(us / hour), (int)(us % hour / minute),
		      (int)(us % minute / second));
	if (us % second)
		weir_buf_addf(out, us % 1000 ? ".%06d" : ".%03d", (int)(us % second / (us % 1000 ? 1 : 1000)));
}

void avro_text_of_fixed_uuid(struct weir_str bytes, struct weir_buf *out)
{
	for (size_t i = 0; i < bytes.size; i++)
		weir_buf_addf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			      (unsigned char)bytes.data[i]);
}

static uint32_t little_endian(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

void avro_text_of_duration(struct weir_str bytes, struct weir_buf *out)
{
	uint32_t months = little_endian(bytes.data), days = little_endian(bytes.data + 4),
		 ms = little_endian(bytes.data + 8);
	weir_buf_add_char(out, 'P');
	if (months)
		weir_buf_addf(out, "%uM", months);
	if (days)
		weir_buf_addf(out, "%uD", days);
	if (ms % 1000)
		weir_buf_addf(out, "T%u.%03uS", ms / 1000, ms % 1000);
	else if (ms || (!months && !days))
		weir_buf_addf(out, "T%uS", ms / 1000);
}

bool avro_time_us(enum avro_logical logical, int64_t value, int64_t *us)
{
	const int64_t day = INT64_C(86400000000);
	switch (logical) {
	case AVRO_DATE:
		return !__builtin_mul_overflow(value, day, us);
	case AVRO_TIME_MS:
	case AVRO_TIMESTAMP_MS:
		return !__builtin_mul_overflow(value, 1000, us);
	case AVRO_TIMESTAMP_NS:
		*us = value / 1000 - (value % 1000 < 0);
		return true;
	default:
		*us = value;
		return true;
	}
}
