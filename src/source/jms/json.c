/* Values of JMS as JSON text. */
#include "jms.h"

#include "weir/model/value.h"

void jms_json_bytes(struct weir_str bytes, struct weir_buf *out)
{
	weir_buf_add_char(out, '"');
	weir_base64_encode(bytes, out);
	weir_buf_add_char(out, '"');
}

void jms_json_double(double v, struct weir_buf *out)
{
	char text[32];

	weir_buf_add(out, text, weir_format_double(v, text));
}

void jms_json_float(float v, struct weir_buf *out)
{
	jms_json_double(weir_float_number(v), out);
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
