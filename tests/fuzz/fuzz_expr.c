/* Any bytes as text of the expression language. The first byte chooses what they are taken for. What must hold: an
 * error has its place inside the text it shows; what parses as an expression prints, binds or says why, and gives as
 * many rows as it was asked for, the same in both storages of text. */
#include "query/expr/expr.h"
#include "weir/base/time.h"
#include "weir/query/view.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROWS = 3 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

static struct weir_schema *make_schema(void)
{
	struct weir_schema *s = weir_schema_new();
	static const struct {
		const char *name;
		enum weir_type type;
	} fields[] = {
	    {"i", WEIR_INT64}, {"f", WEIR_FLOAT64}, {"s", WEIR_STRING}, {"t", WEIR_TIMESTAMP}, {"b", WEIR_BOOL}};

	must(s != NULL);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		must(weir_schema_add(s, weir_str_of(fields[i].name), fields[i].type) >= 0);
	return s;
}

static struct weir_batch *make_batch(const struct weir_schema *schema, struct weir_dict *dict)
{
	struct weir_batch *b = weir_batch_new(64);

	must(b && weir_batch_set_schema(b, schema));
	for (uint32_t r = 0; r < ROWS - 1; r++) /* the last row is missing everywhere */
		must(weir_column_set_int64(&b->columns[0], r, r ? INT64_MIN : 7) &&
		     weir_column_set_float64(&b->columns[1], r, r ? 1e300 : -2.5) &&
		     weir_column_set_string(&b->columns[2], r,
					    r ? WEIR_STR("[1,{\"a\":\"\\u00e9\"}]") : WEIR_STR("Ab\xff c"), dict) &&
		     weir_column_set_timestamp(&b->columns[3], r, r ? INT64_MAX : 0) &&
		     weir_column_set_bool(&b->columns[4], r, r));
	for (uint32_t c = 0; c < b->n_columns; c++)
		must(weir_column_finish(&b->columns[c], ROWS));
	b->n_rows = ROWS;
	return b;
}

static void check_error(const struct weir_error *err)
{
	must(err->code != WEIR_OK && err->what[0]);
	must(err->caret_from <= err->caret_to && err->caret_to <= strlen(err->text));
}

static void show(struct weir_bound *bound, const struct weir_batch *batch, struct weir_buf *out)
{
	struct weir_vec v;

	must(weir_bound_eval(bound, batch, 0, ROWS, &v, NULL) == WEIR_OK && v.type == weir_bound_type(bound));
	for (uint32_t i = 0; i < ROWS; i++) {
		struct weir_value value = {.type = v.type};
		if (v.valid && !weir_bit_get(v.valid, i))
			value.type = WEIR_NULL;
		else if (v.type == WEIR_BOOL)
			value.b = v.b[i];
		else if (v.type == WEIR_STRING)
			value.s = v.s[i];
		else if (v.type != WEIR_NULL)
			value.i = v.i[i]; /* float64 travels as its bits */
		weir_value_json(&value, out);
		weir_buf_add_char(out, '\n');
	}
}

static void evaluate(const struct weir_expr *e)
{
	struct weir_schema *schema = make_schema();
	struct weir_dict *dict = weir_dict_new(NULL);
	struct weir_batch *coded = make_batch(schema, dict), *plain = make_batch(schema, NULL);
	struct weir_scope scope = {.schema = schema, .common = schema, .complete = true, .stream_name = WEIR_STR("x")};
	struct weir_buf once = {0}, again = {0};
	struct weir_bound *bound = NULL;
	struct weir_error err = {0};

	if (weir_expr_bind(e, &scope, &bound, &err)) {
		check_error(&err);
	} else {
		show(bound, coded, &once);
		show(bound, plain, &again);
		must(weir_str_equal(weir_buf_str(&once), weir_buf_str(&again)));
	}
	weir_bound_free(bound);
	weir_buf_release(&once);
	weir_buf_release(&again);
	weir_batch_free(coded);
	weir_batch_free(plain);
	weir_dict_unref(dict);
	weir_schema_unref(schema);
}

static void take_expression(struct weir_str text)
{
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_error err = {0};
	struct weir_buf spark = {0};
	struct weir_expr *e;

	if (weir_expr_parse(text, &arena, &e, &err)) {
		check_error(&err);
	} else {
		weir_expr_spark(e, &spark);
		must(spark.size > 0);
		evaluate(e);
	}
	weir_buf_release(&spark);
	weir_arena_release(&arena);
}

static void take_view_text(enum weir_view_text which, struct weir_str text)
{
	struct weir_error err = {0};
	struct weir_buf shown = {0};
	struct weir_view v;
	char *copy = weir_str_dup(text);

	must(copy != NULL);
	weir_view_init(&v);
	if (weir_view_set(&v, which, copy, 0, &err)) {
		check_error(&err);
	} else {
		weir_window_show(&v.window, &shown);
		must(shown.size > 0);
	}
	weir_buf_release(&shown);
	weir_view_release(&v);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	struct weir_str text = {(const char *)data + 1, size - 1};
	unsigned kind = data[0] % (WEIR_VIEW_TEXT_COUNT + 1);

	if (kind == WEIR_VIEW_TEXT_COUNT)
		take_expression(text);
	else
		take_view_text((enum weir_view_text)kind, text);
	return 0;
}
