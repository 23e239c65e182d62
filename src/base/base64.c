/* Base64 (RFC 4648), both ways: sixty lines, and no library that we have anyway has both. */
#include "weir/base/str.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void weir_base64_encode(struct weir_str bytes, struct weir_buf *out)
{
	const unsigned char *b = (const unsigned char *)bytes.data;

	for (size_t i = 0; i < bytes.size; i += 3) {
		size_t n = bytes.size - i;
		uint32_t bits = (uint32_t)b[i] << 16 | (n > 1 ? (uint32_t)b[i + 1] << 8 : 0) | (n > 2 ? b[i + 2] : 0);
		const char four[4] = {digits[bits >> 18], digits[bits >> 12 & 63], n > 1 ? digits[bits >> 6 & 63] : '=',
				      n > 2 ? digits[bits & 63] : '='};
		weir_buf_add(out, four, sizeof four);
	}
}

static int value_of(char c)
{
	return c >= 'A' && c <= 'Z'   ? c - 'A'
	       : c >= 'a' && c <= 'z' ? c - 'a' + 26
	       : c >= '0' && c <= '9' ? c - '0' + 52
	       : c == '+'             ? 62
	       : c == '/'             ? 63
				      : -1;
}

bool weir_base64_decode(struct weir_str text, struct weir_buf *out)
{
	uint32_t bits = 0;
	unsigned n = 0;

	while (text.size && text.data[text.size - 1] == '=')
		text.size--;
	if (!weir_buf_reserve(out, text.size / 4 * 3 + 3))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		int v = value_of(text.data[i]);
		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		if (++n == 4) {
			const char three[3] = {(char)(bits >> 16), (char)(bits >> 8), (char)bits};
			weir_buf_add(out, three, 3);
			bits = n = 0;
		}
	}
	if (n == 2)
		weir_buf_add_char(out, (char)(bits >> 4));
	else if (n == 3)
		weir_buf_add(out, (char[]){(char)(bits >> 10), (char)(bits >> 2)}, 2);
	return n != 1 && !out->failed;
}
