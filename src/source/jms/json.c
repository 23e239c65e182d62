/* Values of JMS as JSON text. */
#include "jms.h"

#include "weir/model/value.h"

#include <stdio.h>

void jms_json_bytes(struct weir_str bytes, struct weir_buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *b = (const unsigned char *)bytes.data;

	weir_buf_add_char(out, '"');
	for (size_t i = 0; i < bytes.size; i += 3) {
		size_t n = bytes.size - i;
		uint32_t bits = (uint32_t)b[i] << 16 | (n > 1 ? (uint32_t)b[i + 1] << 8 : 0) | (n > 2 ? b[i + 2] : 0);
		const char four[4] = {digits[bits >> 18], digits[bits >> 12 & 63], n > 1 ? digits[bits >> 6 & 63] : '=',
				      n > 2 ? digits[bits & 63] : '='};
		weir_buf_add(out, four, sizeof four);
	}
	weir_buf_add_char(out, '"');
}

void jms_json_double(double v, struct weir_buf *out)
{
	char text[32];

	weir_buf_add(out, text, weir_format_double(v, text));
}

/* With the digits that a float has: 0.1, and not 0.10000000149011612. */
void jms_json_float(float v, struct weir_buf *out)
{
	double shown = v, read;
	char text[32];

	for (int digits = 6; digits <= 9; digits++) {
		int n = snprintf(text, sizeof text, "%.*g", digits, (double)v);
		if (weir_parse_double((struct weir_str){text, (size_t)n}, &read) && (float)read == v) {
			shown = read;
			break;
		}
	}
	jms_json_double(shown, out);
}

void jms_json_object(struct weir_str bytes, struct weir_buf *out)
{
	/* The stream of a serialized object: a mark, version 5, "object", "class", and a name behind its length. */
	static const char mark[] = {'\xac', '\xed', 0, 5, 's', 'r'};
	enum { MARK_BYTES = sizeof mark, HEAD_BYTES = MARK_BYTES + 2 };
	struct weir_str name = {NULL, 0};

	if (bytes.size > HEAD_BYTES && memcmp(bytes.data, mark, MARK_BYTES) == 0) {
		size_t size =
		    (size_t)(unsigned char)bytes.data[MARK_BYTES] << 8 | (unsigned char)bytes.data[MARK_BYTES + 1];
		if (size <= bytes.size - HEAD_BYTES)
			name = (struct weir_str){bytes.data + HEAD_BYTES, size};
	}
	weir_buf_add_c(out, "{\"object\":");
	if (name.data)
		weir_json_quote(name, out);
	else
		weir_buf_add_c(out, "\"?\"");
	weir_buf_addf(out, ",\"object_bytes\":%zu}", bytes.size);
}

void jms_json_name(struct weir_str name, bool *first, struct weir_buf *out)
{
	if (!*first)
		weir_buf_add_char(out, ',');
	*first = false;
	weir_json_quote(name, out);
	weir_buf_add_char(out, ':');
}
