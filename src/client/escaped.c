/* Names with _xHH_ for what cannot stand there. */
#include "weir/client/escaped.h"

enum { ESCAPE_BYTES = 5 }; /* _xHH_ */

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* It begins as an escape does, so its underscore must be escaped. */
static bool looks_escaped(struct weir_str s, size_t at)
{
	return s.size - at >= ESCAPE_BYTES - 1 && s.data[at] == '_' && s.data[at + 1] == 'x' &&
	       hex(s.data[at + 2]) >= 0 && hex(s.data[at + 3]) >= 0;
}

void weir_escaped_add(struct weir_str name, bool (*is_plain)(struct weir_str name, size_t at), struct weir_buf *out)
{
	for (size_t i = 0; i < name.size; i++)
		if (is_plain(name, i) && !looks_escaped(name, i))
			weir_buf_add_char(out, name.data[i]);
		else
			weir_buf_addf(out, "_x%02x_", (unsigned char)name.data[i]);
}

void weir_escaped_read(struct weir_str text, struct weir_buf *out)
{
	for (size_t i = 0; i < text.size; i++) {
		bool escaped = looks_escaped(text, i) && text.size - i >= ESCAPE_BYTES && text.data[i + 4] == '_';
		weir_buf_add_char(out,
				  escaped ? (char)(hex(text.data[i + 2]) << 4 | hex(text.data[i + 3])) : text.data[i]);
		i += escaped ? ESCAPE_BYTES - 1 : 0;
	}
}
