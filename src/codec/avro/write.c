/* Rows as Avro, for landings. */
#include "weir/codec/avro_write.h"

static const char *const types[WEIR_TYPE_COUNT] = {
    [WEIR_NULL] = "\"null\"",
    [WEIR_BOOL] = "[\"null\",\"boolean\"]",
    [WEIR_INT64] = "[\"null\",\"long\"]",
    [WEIR_FLOAT64] = "[\"null\",\"double\"]",
    [WEIR_TIMESTAMP] = "[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}]",
    [WEIR_STRING] = "[\"null\",\"string\"]",
};

/* ---- names ---- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static void add_name(struct weir_str name, struct weir_buf *out)
{
	if (!name.size || !is_letter(name.data[0]))
		weir_buf_add_char(out, '_');
	for (size_t i = 0; i < name.size; i++)
		weir_buf_add_char(
		    out, is_letter(name.data[i]) || (name.data[i] >= '0' && name.data[i] <= '9') ? name.data[i] : '_');
}

static bool is_taken(const struct weir_str *names, uint32_t n, struct weir_str name)
{
	for (uint32_t i = 0; i < n; i++)
		if (weir_str_equal(names[i], name))
			return true;
	return false;
}

/* The name of field i, which no field before it has. False: no memory. */
static bool choose_name(const struct weir_schema *columns, uint32_t i, struct weir_str *names, struct weir_arena *arena,
			struct weir_buf *word)
{
	for (uint32_t n = 1;; n++) {
		weir_buf_clear(word);
		add_name(columns->fields[i].name, word);
		if (n > 1)
			weir_buf_addf(word, "_%u", n);
		if (word->failed)
			return false;
		if (is_taken(names, i, weir_buf_str(word)))
			continue;
		names[i] = weir_arena_str(arena, weir_buf_str(word));
		return names[i].data != NULL;
	}
}

void weir_avro_write_schema(const struct weir_schema *columns, struct weir_str record, struct weir_buf *out)
{
	struct weir_arena arena = {0};
	struct weir_buf word = {0};
	struct weir_str *names = weir_arena_zalloc(&arena, (columns->n_fields + (size_t)1) * sizeof *names);

	weir_buf_add_c(out, "{\"type\":\"record\",\"name\":\"");
	add_name(record, out);
	weir_buf_add_c(out, "\",\"fields\":[");
	for (uint32_t i = 0; i < columns->n_fields && !out->failed; i++) {
		const struct weir_field *f = &columns->fields[i];
		if (!names || !choose_name(columns, i, names, &arena, &word)) {
			out->failed = true;
			break;
		}
		weir_buf_addf(out, "%s{\"name\":\"" WEIR_STR_FMT "\",\"type\":%s,\"default\":null", i ? "," : "",
			      WEIR_STR_ARG(names[i]), types[f->type]);
		if (!weir_str_equal(names[i], f->name)) {
			weir_buf_add_c(out, ",\"doc\":");
			weir_json_quote(f->name, out);
		}
		weir_buf_add_char(out, '}');
	}
	weir_buf_add_c(out, "]}");
	weir_buf_release(&word);
	weir_arena_release(&arena);
}

/* ---- values ---- */

static void add_long(int64_t n, struct weir_buf *out)
{
	uint64_t z = ((uint64_t)n << 1) ^ (uint64_t)(n >> 63);

	for (; z > 0x7f; z >>= 7)
		weir_buf_add_char(out, (char)(z | 0x80));
	weir_buf_add_char(out, (char)z);
}

static void add_double(double f, struct weir_buf *out)
{
	uint64_t bits;

	memcpy(&bits, &f, sizeof bits);
	for (int i = 0; i < 8; i++)
		weir_buf_add_char(out, (char)(bits >> 8 * i));
}

static void add_text(const struct weir_column *c, uint32_t row, const struct weir_value *v, struct weir_buf *out)
{
	struct weir_buf text = {0};

	if (v->type == WEIR_STRING) {
		add_long((int64_t)v->s.size, out);
		weir_buf_add_str(out, v->s);
		return;
	}
	weir_column_text(c, row, &text);
	add_long((int64_t)text.size, out);
	weir_buf_add_str(out, weir_buf_str(&text));
	out->failed = out->failed || text.failed;
	weir_buf_release(&text);
}

void weir_avro_write_row(const struct weir_batch *batch, uint32_t row, const struct weir_schema *columns,
			 struct weir_buf *out)
{
	for (uint32_t i = 0; i < columns->n_fields; i++) {
		enum weir_type type = columns->fields[i].type;
		struct weir_value v = {.type = WEIR_NULL};
		if (i < batch->n_columns)
			v = weir_column_get(&batch->columns[i], row);
		if (type == WEIR_NULL)
			continue;
		add_long(v.type != WEIR_NULL, out);
		if (v.type == WEIR_NULL)
			continue;
		if (type == WEIR_BOOL)
			weir_buf_add_char(out, v.b);
		else if (type == WEIR_FLOAT64)
			add_double(v.type == WEIR_INT64 ? (double)v.i : v.f, out);
		else if (type == WEIR_STRING)
			add_text(&batch->columns[i], row, &v, out);
		else
			add_long(v.i, out);
	}
}
