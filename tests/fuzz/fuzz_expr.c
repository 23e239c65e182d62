/* Expressions and the lists made of them: parse, bind to known columns, evaluate over both storages of text, name the columns,
 * say it as Spark SQL. */
#include "fuzz.h"

#include "query/expr/expr.h"
#include "query/expr/spark/spark.h"

#include "weir/base/bounds.h"
#include "weir/base/time.h"

enum {
	ROWS = 70,                /* over a word of a bitmap */
	MEMORY_BYTES = 256 << 20, /* the fuzzer ends a target that takes much more */
};

static const struct {
	const char *name;
	enum weir_type type;
} columns[] = {{"a", WEIR_INT64}, {"f", WEIR_FLOAT64}, {"s", WEIR_STRING}, {"t", WEIR_TIMESTAMP},
	       {"b", WEIR_BOOL},  {"n", WEIR_NULL},    {"j", WEIR_STRING}, {"u.id", WEIR_INT64}};
enum { N_COLUMNS = sizeof columns / sizeof columns[0] };

static bool set_cell(struct weir_column *c, enum weir_type type, uint32_t row, struct weir_dict *dict, bool json)
{
	static const char *const texts[] = {
	    "", "x", "apple pie", "\xc3\xa9t\xc3\xa9", "17", "-0.5", "2026-11-22T10:00:00Z", "a,b,c"};
	static const char *const arrays[] = {"[]", "[1,\"b\",{\"c\":[null]}]", "[[1],[2]]", "no array"};
	static const int64_t numbers[] = {0, 1, -1, 7, INT64_MAX, INT64_MIN, 1000000, -86400000000};
	static const double floats[] = {0.0, -0.0, 1.5, -2.25, 1e300, 5e-324, 1795341600.5, 0.1};
	switch (type) {
	case WEIR_INT64:
		return weir_column_set_int64(c, row, numbers[row % 8]);
	case WEIR_FLOAT64:
		return weir_column_set_float64(c, row, floats[row % 8]);
	case WEIR_TIMESTAMP:
		return weir_column_set_timestamp(c, row, INT64_C(1795341600000000) + numbers[row % 4] * WEIR_US_PER_S);
	case WEIR_BOOL:
		return weir_column_set_bool(c, row, row & 1);
	case WEIR_STRING:
		return weir_column_set_string(c, row, weir_str_of(json ? arrays[row % 4] : texts[row % 8]), dict);
	case WEIR_NULL:
	case WEIR_TYPE_COUNT:
		break;
	}
	return weir_column_set_null(c, row);
}

/* The same rows, texts by code or plain. */
static struct weir_batch *known_rows(bool plain)
{
	struct weir_schema *schema = weir_schema_new();
	struct weir_batch *batch = weir_batch_new(ROWS);
	struct weir_dict *dict = weir_dict_new(NULL);
	FUZZ_CHECK(schema && batch && dict);
	for (int i = 0; i < N_COLUMNS; i++)
		FUZZ_CHECK(weir_schema_add(schema, weir_str_of(columns[i].name), columns[i].type) == i);
	FUZZ_CHECK(weir_batch_set_schema(batch, schema));
	for (uint32_t i = 0; i < N_COLUMNS; i++) {
		bool json = columns[i].name[0] == 'j';
		for (uint32_t row = 0; row < ROWS; row++) /* each fifth row lacks something */
			if ((row + i) % 5)
				FUZZ_CHECK(set_cell(&batch->columns[i], columns[i].type, row,
						    plain || json ? NULL : dict, json));
		FUZZ_CHECK(weir_column_finish(&batch->columns[i], ROWS));
	}
	batch->n_rows = ROWS;
	weir_dict_unref(dict);
	weir_schema_unref(schema);
	return batch;
}

/* What is valid UTF-8 stays so. False: the texts would be too long, which depends on how many rows have a text of their own. */
static bool evaluate(struct weir_bound *bound, const struct weir_batch *batch, bool valid_text, struct weir_buf *out)
{
	struct weir_error err = {0};
	struct weir_vec v;
	enum weir_status st = weir_bound_eval(bound, batch, 0, ROWS, NULL, &v, &err);
	FUZZ_CHECK(st == WEIR_OK || (st == WEIR_TOO_LARGE && err.what[0]));
	if (st)
		return false;
	FUZZ_CHECK(v.type == weir_bound_type(bound));
	for (uint32_t row = 0; row < ROWS; row++) {
		struct weir_value value = {.type = v.type};
		if (v.type == WEIR_NULL || (v.valid && !weir_bit_get(v.valid, row)))
			value.type = WEIR_NULL;
		else if (v.type == WEIR_STRING)
			value.s = v.s[row];
		else if (v.type == WEIR_BOOL)
			value.b = v.b[row];
		else if (v.type == WEIR_FLOAT64)
			value.f = v.f[row];
		else
			value.i = v.i[row];
		FUZZ_CHECK(value.type != WEIR_STRING || !valid_text || weir_utf8_valid(value.s));
		FUZZ_CHECK(value.type != WEIR_BOOL || v.b[row] <= 1);
		weir_value_text(&value, out);
		weir_buf_add_char(out, '\n');
	}
	return !out->failed;
}

static void filter(const struct weir_expr *e, const struct weir_scope *scope, const struct weir_batch *batch)
{
	struct weir_error err = {0};
	struct weir_bound *bound = NULL;
	enum weir_status st = weir_condition_bind(e, scope, &bound, &err);
	fuzz_check_error(st, &err);
	if (st == WEIR_OK) {
		uint64_t keep[(ROWS + 63) / 64] = {0};
		uint32_t n_true = 0, counted = 0;
		st = weir_bound_filter(bound, batch, 0, ROWS, NULL, keep, &n_true, &err);
		FUZZ_CHECK(st == WEIR_OK || (st == WEIR_TOO_LARGE && err.what[0]));
		for (uint32_t row = 0; !st && row < ROWS; row++)
			counted += weir_bit_get(keep, row);
		FUZZ_CHECK(st || counted == n_true);
	}
	weir_bound_free(bound);
}

static void count_mention(void *ctx, struct weir_str name)
{
	FUZZ_CHECK(name.data);
	++*(unsigned *)ctx;
}

static void evaluate_both(struct weir_bound *bound, const struct weir_batch *coded, bool valid_text)
{
	struct weir_batch *plain = known_rows(true);
	struct weir_buf once = {0}, again = {0};
	bool both = evaluate(bound, coded, valid_text, &once) && evaluate(bound, plain, valid_text, &again);
	FUZZ_CHECK(!both || weir_str_equal(weir_buf_str(&once), weir_buf_str(&again)));
	weir_buf_release(&once);
	weir_buf_release(&again);
	weir_batch_free(plain);
}

/* What can be bound can be printed. */
static void print(const struct weir_expr *e, const struct weir_scope *scope)
{
	struct weir_scope printed = *scope;
	struct weir_spark_notes notes = {0};
	struct weir_bound *bound = NULL;
	struct weir_buf sql = {0};
	printed.printed = true;
	if (weir_expr_bind(e, &printed, &bound, NULL) == WEIR_OK) {
		weir_bound_spark(bound, &notes, &sql);
		FUZZ_CHECK(sql.size > 0);
	}
	weir_buf_release(&sql);
	weir_bound_free(bound);
}

static void check_expression(const struct weir_expr *e, struct weir_str text, const struct weir_batch *batch)
{
	struct weir_scope scope = {.schema = batch->schema,
				   .common = batch->schema,
				   .complete = true,
				   .stream_name = WEIR_STR("web"),
				   .text = text,
				   .memory_bytes = MEMORY_BYTES};
	struct weir_error err = {0};
	struct weir_bound *bound = NULL;
	unsigned mentions = 0;
	weir_expr_columns(e, count_mention, &mentions);
	enum weir_status st = weir_expr_bind(e, &scope, &bound, &err);
	fuzz_check_error(st, &err);
	if (st == WEIR_OK)
		evaluate_both(bound, batch, weir_utf8_valid(text));
	weir_bound_free(bound);
	if (st == WEIR_OK)
		print(e, &scope);
	filter(e, &scope, batch);
}

static void lists(struct weir_str text, struct weir_arena *arena)
{
	struct weir_measure_ast *measures;
	struct weir_named_ast *groups, derived;
	struct weir_sort_ast *keys;
	size_t n;
	struct weir_error err = {0};
	enum weir_status st = weir_measures_parse(text, arena, &measures, &n, &err);
	fuzz_check_error(st, &err);
	err = (struct weir_error){0};
	st = weir_groups_parse(text, arena, &groups, &n, &err);
	fuzz_check_error(st, &err);
	FUZZ_CHECK(st != WEIR_OK || n <= WEIR_MAX_GROUP_COLUMNS);
	err = (struct weir_error){0};
	fuzz_check_error(weir_derive_parse(text, arena, &derived, &err), &err);
	err = (struct weir_error){0};
	fuzz_check_error(weir_sort_parse(text, arena, &keys, &n, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_text(data, size);
	struct weir_str text = {bytes, size};
	struct weir_arena arena = {0};
	struct weir_error err = {0};
	struct weir_expr *e = NULL;
	enum weir_status st = weir_expr_parse(text, &arena, &e, &err);
	fuzz_check_error(st, &err);
	if (st == WEIR_OK) {
		struct weir_batch *batch = known_rows(false);
		check_expression(e, text, batch);
		weir_batch_free(batch);
	}
	lists(text, &arena);
	weir_arena_release(&arena);
	free(bytes);
	return 0;
}
