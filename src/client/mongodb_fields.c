/* Names of fields in documents that weir lands. */
#include "weir/client/mongodb.h"

#include "weir/client/escaped.h"

static bool is_plain(struct weir_str name, size_t at)
{
	char c = name.data[at];

	if (at == 0 && (c == '$' || weir_str_equal(name, WEIR_STR(WEIR_MONGODB_ID)) ||
			weir_str_equal(name, WEIR_STR(WEIR_MONGODB_OWN))))
		return false;
	return c && c != '.';
}

/* Names are UTF-8 there. */
static bool is_plain_ascii(struct weir_str name, size_t at)
{
	return is_plain(name, at) && (unsigned char)name.data[at] < 0x80;
}

void weir_mongodb_field_name(struct weir_str column, struct weir_buf *out)
{
	weir_escaped_add(column, weir_utf8_valid(column) ? is_plain : is_plain_ascii, out);
}

void weir_mongodb_column_of(struct weir_str field, struct weir_buf *out)
{
	weir_escaped_read(field, out);
}
