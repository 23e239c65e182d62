/* Rows of a table, which Spark's JDBC reader hands over with types of its own: their texts are read as those of any other record, so that a
 * value that does not fit is counted. */
#include "records.h"

static void add_text(struct weir_str name, enum weir_type type, struct weir_buf *out)
{
	struct weir_buf text = {0};

	weir_buf_add_c(&text, "CAST(");
	weir_spark_add_name(name, &text);
	weir_buf_add_c(&text, " AS STRING)");
	out->failed |= text.failed;
	if (type == WEIR_BOOL) /* MySQL has none: 0 and 1 */
		weir_buf_addf(out, "CASE %s WHEN '1' THEN 'true' WHEN '0' THEN 'false' ELSE %s END", text.data,
			      text.data);
	else if (type == WEIR_INT64) /* a decimal of the server's */
		weir_buf_addf(out, "regexp_replace(%s, '[.]0+$', '')", text.data);
	else
		weir_buf_add_str(out, weir_buf_str(&text));
	weir_buf_release(&text);
}

static void add(const struct weir_spark_stream *s, const struct weir_spark_chosen *c, struct weir_buf *out)
{
	weir_buf_add_c(out, "select ");
	for (uint32_t i = 0; i < c->n; i++) {
		const struct weir_field *f = &s->columns->fields[c->fields[i]];
		add_text(f->name, f->type, out);
		weir_buf_addf(out, " AS _t%u, ", i);
	}
	weir_buf_add_c(out, "false AS `_malformed`, CAST(NULL AS STRING) AS _raw, 0L AS `_partition`, 0L AS `_offset`, "
			    "CAST(NULL AS TIMESTAMP) AS `_timestamp` from source");
}

const struct weir_spark_records weir_spark_records_table = {
    .formats = "",
    .add = add,
};
