/* Names of fields in a Solr collection: letters of ASCII, digits and underscores, and no digit at the beginning. */
#include "weir/client/solr.h"

#include "weir/client/escaped.h"

#include <string.h>

static const char *const suffixes[WEIR_SOLR_FIELD_COUNT] = {
#define X(name, suffix, class) suffix,
    WEIR_SOLR_FIELDS(X)
#undef X
};

static bool is_plain(struct weir_str name, size_t at)
{
	char c = name.data[at];
	bool digit = c >= '0' && c <= '9';

	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (digit && at) || c == '_';
}

void weir_solr_field_name(struct weir_str column, enum weir_solr_field field, struct weir_buf *out)
{
	weir_escaped_add(column, is_plain, out);
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
	weir_escaped_read(name, column);
	return true;
}
