/* Names of fields in a Solr collection: letters of ASCII, digits and underscores, and no digit at the beginning. */
#include "weir/client/solr.h"

#include <string.h>

static const char *const suffixes[WEIR_SOLR_FIELD_COUNT] = {
#define X(name, suffix, class) suffix,
    WEIR_SOLR_FIELDS(X)
#undef X
};

enum { ESCAPE_BYTES = 5 }; /* _xHH_ */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_plain(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
}

static int hex(char c)
{
	return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* It begins as an escape does, so its underscore must be escaped. */
static bool looks_escaped(struct weir_str s, size_t at)
{
	return s.size - at >= ESCAPE_BYTES - 1 && s.data[at] == '_' && s.data[at + 1] == 'x' &&
	       hex(s.data[at + 2]) >= 0 && hex(s.data[at + 3]) >= 0;
}

void weir_solr_field_name(struct weir_str column, enum weir_solr_field field, struct weir_buf *out)
{
	for (size_t i = 0; i < column.size; i++) {
		char c = column.data[i];
		if (is_plain(c) && !(i == 0 && is_digit(c)) && !looks_escaped(column, i))
			weir_buf_add_char(out, c);
		else
			weir_buf_addf(out, "_x%02x_", (unsigned char)c);
	}
	weir_buf_addf(out, "_%s", suffixes[field]);
}

bool weir_solr_column_of(struct weir_str field, enum weir_solr_field *kind, struct weir_buf *column)
{
	const char *last = field.size ? memrchr(field.data, '_', field.size) : NULL;
	int found = -1;

	if (!last)
		return false;
	struct weir_str name = {field.data, (size_t)(last - field.data)},
			suffix = {last + 1, field.size - name.size - 1};
	for (int i = 0; i < WEIR_SOLR_FIELD_COUNT; i++)
		if (weir_str_equal(suffix, weir_str_of(suffixes[i])))
			found = i;
	if (found < 0)
		return false;
	*kind = (enum weir_solr_field)found;
	for (size_t i = 0; i < name.size; i++) {
		bool escaped = looks_escaped(name, i) && name.size - i >= ESCAPE_BYTES && name.data[i + 4] == '_';
		weir_buf_add_char(column,
				  escaped ? (char)(hex(name.data[i + 2]) << 4 | hex(name.data[i + 3])) : name.data[i]);
		i += escaped ? ESCAPE_BYTES - 1 : 0;
	}
	return true;
}
