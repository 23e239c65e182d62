#include "weir/codec/codec.h"

void weir_text_csv_field(struct weir_str s, struct weir_buf *out)
{
	bool quoted = false;
	for (size_t i = 0; i < s.size && !quoted; i++)
		quoted = s.data[i] == ',' || s.data[i] == '"' || s.data[i] == '\n' || s.data[i] == '\r';
	if (!quoted) {
		weir_buf_add_str(out, s);
		return;
	}
	weir_buf_add_char(out, '"');
	for (const char *from = s.data, *end = s.data + s.size; from < end;) {
		const char *quote = memchr(from, '"', (size_t)(end - from));
		const char *stop = quote ? quote + 1 : end;
		weir_buf_add(out, from, (size_t)(stop - from));
		if (quote)
			weir_buf_add_char(out, '"');
		from = stop;
	}
	weir_buf_add_char(out, '"');
}
