/* Binding: errors with their place, names, derived columns, batches of another shape than the schema, dictionaries. */
#include "expr_fixture.h"

#include "weir/query/view.h"

static const struct fixture_field fields[] = {
    {"latency", WEIR_INT64, "12"},
    {"service", WEIR_STRING, "api"},
    {"time", WEIR_TIMESTAMP, "2026-11-22T10:00:00Z"},
    {"price", WEIR_FLOAT64, "2.5"},
    {"ok", WEIR_BOOL, "true"},
    {"delta", WEIR_INT64, "-3"},
    {"host", WEIR_STRING, "h1"},
    {"status", WEIR_INT64, "200"},
    {"path", WEIR_STRING, "/api"},
    {"tags", WEIR_STRING, "[{\"name\":\"x\"}]"},
    {"Twin", WEIR_INT64, "1"},
    {"tWin", WEIR_INT64, "2"},
};
enum { N_FIELDS = sizeof fields / sizeof fields[0] };

/* The text with the place marked: "a + <b>". */
static void errors(void **state)
{
	static const struct {
		const char *expr, *what, *marked, *hint;
	} rows[] = {
	    {"latncy > 3", "unknown column latncy", "<latncy> > 3", "did you mean latency?"},
	    {"1 + Servise", "unknown column Servise", "1 + <Servise>", "did you mean service?"},
	    {"a and zzzzzzzz", "unknown column a", "<a> and zzzzzzzz", "the columns are latency, service, "},
	    {"twin", "column twin could be any of 2 that differ in case", "<twin>", ""},
	    {"latency and ok", "latency is int64, not a condition", "<latency> and ok", ""},
	    {"not service", "service is string, not a condition", "not <service>", ""},
	    {"time + 5", "no such operation between timestamp and int64", "<time + 5>",
	     "add an interval: interval '5' minute"},
	    {"time > 5", "cannot compare timestamp with int64", "<time > 5>", "write timestamp '"},
	    {"time > 'noon'", "not a time", "time > <'noon'>", "write it as '2026-11-22T10:00:00Z'"},
	    {"lowr(service)", "unknown function lowr", "<lowr>(service)", "did you mean lower?"},
	    {"sum(latency)", "unknown function sum", "<sum>(latency)",
	     "sum is a measure, it stands in a list of measures"},
	    {"substr(service)", "substr takes more arguments than 1", "<substr(service)>",
	     "substr(text, start[, length])"},
	    {"abs(ok)", "ok is bool, not a number", "abs(<ok>)", "abs(number)"},
	    {"hour(latency)", "latency is int64, not a timestamp", "hour(<latency>)", "hour(timestamp)"},
	    {"date_trunc('hours', time)", "unknown unit hours", "date_trunc(<'hours'>, time)", "did you mean hour?"},
	    {"service rlike '('", "wrong pattern, at byte 2: missing closing parenthesis", "service rlike <'('>", ""},
	    {"json_value(tags, 'x')", "not a path: x", "json_value(tags, <'x'>)", "write it as '$.items[0].name'"},
	    {"regexp_extract(path, 'a', 1)", "the group is a number from 0 to 0", "regexp_extract(path, 'a', <1>)", ""},
	    {"cast(ok as timestamp)", "cannot cast bool to timestamp", "<cast(ok as timestamp)>", ""},
	    {"latency >", "expected a value at the end", "latency ><>", ""},
	    {"latency 3", "expected an operator before 3", "latency <3>", ""},
	    {"'abc", "no closing '", "<'abc>", ""},
	    {"a # b", "unexpected character #", "a <#> b", ""},
	    {"", "expected a value at the end", "<>", ""},
	    {"x between 1 or 3", "expected and before or", "x between 1 <or> 3", ""},
	    {"case when ok then 1", "expected when, else or end at the end", "case when ok then 1<>", ""},
	    {"cast(latency as blob)", "expected a type before blob", "cast(latency as <blob>)", "bool, int, double"},
	    {"interval '1' year > interval '1' day", "unknown unit year", "interval '1' <year> > interval '1' day",
	     "microsecond"},
	};
	struct fixture f;

	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = fixture_scope(&f);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct weir_error err = {0};
		struct weir_bound *bound = NULL;
		struct weir_expr *e;
		char marked[500];
		enum weir_status st = weir_expr_parse(weir_str_of(rows[i].expr), &f.arena, &e, &err);
		if (!st)
			st = weir_expr_bind(e, &scope, &bound, &err);
		assert_int_equal(st, WEIR_EXPRESSION);
		assert_int_equal(err.code, WEIR_EXPRESSION);
		assert_true(err.caret_from <= err.caret_to && err.caret_to <= strlen(err.text));
		snprintf(marked, sizeof marked, "%.*s<%.*s>%s", (int)err.caret_from, err.text,
			 (int)(err.caret_to - err.caret_from), err.text + err.caret_from, err.text + err.caret_to);
		assert_string_equal(err.what, rows[i].what);
		assert_string_equal(marked, rows[i].marked);
		assert_memory_equal(err.hint, rows[i].hint, strlen(rows[i].hint));
	}
	fixture_close(&f);
}

/* A caret far into a long text still points at its word. */
static void long_text_is_cut_around_the_place(void **state)
{
	struct weir_arena arena = {0};
	struct weir_buf text = {0};
	struct weir_error err = {0};
	struct weir_expr *e;

	(void)state;
	for (int i = 0; i < 300; i++)
		weir_buf_addf(&text, "column_%d = 1 and ", i);
	weir_buf_add_c(&text, "oops oops2");
	assert_int_equal(weir_expr_parse(weir_buf_str(&text), &arena, &e, &err), WEIR_EXPRESSION);
	assert_memory_equal(err.text + err.caret_from, "oops2", 5);
	assert_int_equal(err.caret_to - err.caret_from, 5);
	weir_buf_release(&text);
	weir_arena_release(&arena);
}

static void depth_and_size_are_bounded(void **state)
{
	struct weir_arena arena = {0};
	struct weir_buf text = {0};
	struct weir_expr *e;

	(void)state;
	for (int i = 0; i < 100000; i++)
		weir_buf_add_c(&text, "(");
	assert_int_equal(weir_expr_parse(weir_buf_str(&text), &arena, &e, NULL), WEIR_EXPRESSION);
	weir_buf_clear(&text);
	for (int i = 0; i < 10000; i++)
		weir_buf_add_c(&text, "- ");
	assert_int_equal(weir_expr_parse(weir_buf_str(&text), &arena, &e, NULL), WEIR_EXPRESSION);
	weir_buf_clear(&text);
	weir_buf_add_c(&text, "1");
	for (int i = 0; i < 10000; i++)
		weir_buf_add_c(&text, "+1");
	assert_int_equal(weir_expr_parse(weir_buf_str(&text), &arena, &e, NULL), WEIR_EXPRESSION);
	weir_buf_clear(&text);
	weir_buf_add_c(&text, "a=1");
	for (int i = 0; i < 5000; i++) /* a long chain is not deep */
		weir_buf_add_c(&text, " and a=1");
	assert_int_equal(weir_expr_parse(weir_buf_str(&text), &arena, &e, NULL), WEIR_OK);
	for (int i = 0; i < 5000; i++)
		weir_buf_add_c(&text, " and abcde=1");
	assert_int_equal(weir_expr_parse(weir_buf_str(&text), &arena, &e, NULL), WEIR_EXPRESSION);
	weir_buf_release(&text);
	weir_arena_release(&arena);
}

static void examples_parse_and_bind(void **state)
{
	struct fixture f;
	size_t n = 0;

	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = fixture_scope(&f);
	const struct weir_function_doc *d;
	for (; (d = weir_function_doc(n)); n++) {
		struct weir_error err = {0};
		struct weir_measure_ast *measures;
		struct weir_bound *bound;
		struct weir_expr *e = NULL;
		size_t n_measures;
		assert_true(strlen(d->help) > 0 && strstr(d->signature, d->aggregate ? "" : d->name));
		if (d->aggregate) {
			if (weir_measures_parse(weir_str_of(d->example), &f.arena, &measures, &n_measures, &err))
				fail_msg("%s: %s", d->example, err.what);
			e = measures[0].argument;
		} else if (weir_expr_parse(weir_str_of(d->example), &f.arena, &e, &err)) {
			fail_msg("%s: %s", d->example, err.what);
		}
		if (!e)
			continue;
		if (weir_expr_bind(e, &scope, &bound, &err))
			fail_msg("%s: %s", d->example, err.what);
		weir_bound_free(bound);
	}
	assert_true(n > 40);
	fixture_close(&f);
}

static struct weir_bound *bind(struct fixture *f, const struct weir_scope *scope, const char *text)
{
	struct weir_error err = {0};
	struct weir_bound *bound = NULL;
	struct weir_expr *e;

	if (weir_expr_parse(weir_str_of(text), &f->arena, &e, &err) || weir_expr_bind(e, scope, &bound, &err))
		fail_msg("%s: %s", text, err.what);
	return bound;
}

static void expect(struct weir_bound *b, const struct weir_batch *batch, uint32_t row, const char *expected)
{
	struct weir_buf text = {0};
	struct weir_vec v;

	assert_int_equal(weir_bound_eval(b, batch, 0, batch->n_rows, NULL, &v, NULL), WEIR_OK);
	struct weir_value value = vec_value(&v, row);
	if (value.type == WEIR_NULL)
		weir_buf_add_c(&text, "NULL");
	weir_value_text(&value, &text);
	assert_string_equal(text.data ? text.data : "", expected);
	weir_buf_release(&text);
}

static void derived_columns(void **state)
{
	static const char *const texts[] = {"double=latency * 2", "price=price + 1",
					    "wait=time - timestamp '2026-11-22T09:59:00Z'", "both=double + price"};
	struct weir_named_ast derived[4];
	struct fixture f;

	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = fixture_scope(&f);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(weir_derive_parse(weir_str_of(texts[i]), &f.arena, &derived[i], NULL), WEIR_OK);
	scope.derived = derived;
	scope.n_derived = 4;
	static const char *const rows[][2] = {
	    {"both", "27.5"}, {"wait > 59", "true"}, {"double + double", "48"}, {"price", "3.5"}, {"DOUBLE", "24"}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct weir_bound *b = bind(&f, &scope, rows[i][0]);
		expect(b, f.batch, 0, rows[i][1]);
		weir_bound_free(b);
	}
	struct weir_expr *e;
	struct weir_error err;
	struct weir_bound *b;
	scope.n_derived = 0; /* a derived column sees only those before it */
	assert_int_equal(weir_expr_parse(WEIR_STR("both"), &f.arena, &e, NULL), WEIR_OK);
	assert_int_equal(weir_expr_bind(e, &scope, &b, &err), WEIR_EXPRESSION);
	scope.n_derived = 1;
	assert_int_equal(weir_expr_bind(derived[3].expr, &scope, &b, &err), WEIR_OK);
	expect(b, f.batch, 0, "26.5");
	weir_bound_free(b);
	fixture_close(&f);
}

/* d0 = a + a, d1 = d0 + d0, …: each is bound and evaluated once. */
static void derived_chain_is_not_exponential(void **state)
{
	struct weir_named_ast derived[40];
	struct fixture f;
	char text[64];

	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = fixture_scope(&f);
	for (int i = 0; i < 40; i++) {
		snprintf(text, sizeof text, i ? "d%d=d%d + d%d" : "d0=latency + 0.0", i, i - 1, i - 1);
		assert_int_equal(
		    weir_derive_parse(weir_arena_str(&f.arena, weir_str_of(text)), &f.arena, &derived[i], NULL),
		    WEIR_OK);
	}
	scope.derived = derived;
	scope.n_derived = 40;
	struct weir_bound *b = bind(&f, &scope, "cast(d39 as bigint)");
	expect(b, f.batch, 0, "6597069766656");
	weir_bound_free(b);
	fixture_close(&f);
}

static void derived_depth_is_bounded(void **state)
{
	enum { N = 900 };
	static struct weir_named_ast derived[N];
	struct fixture f;
	char text[64];

	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = fixture_scope(&f);
	for (int i = 0; i < N; i++) {
		snprintf(text, sizeof text, i ? "d%d=- d%d" : "d0=latency", i, i - 1);
		assert_int_equal(
		    weir_derive_parse(weir_arena_str(&f.arena, weir_str_of(text)), &f.arena, &derived[i], NULL),
		    WEIR_OK);
	}
	scope.derived = derived;
	scope.n_derived = N;
	struct weir_bound *b = bind(&f, &scope, "d400");
	expect(b, f.batch, 0, "12");
	weir_bound_free(b);
	struct weir_error err;
	struct weir_expr *e;
	assert_int_equal(weir_expr_parse(WEIR_STR("d899"), &f.arena, &e, NULL), WEIR_OK);
	assert_int_equal(weir_expr_bind(e, &scope, &b, &err), WEIR_EXPRESSION);
	fixture_close(&f);
}

static void unknown_names_are_null_while_incomplete(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = fixture_scope(&f);
	scope.complete = false;
	struct weir_bound *b = bind(&f, &scope, "coming is null and latency = 12 and not (coming > 3) is not null");
	expect(b, f.batch, 0, "true");
	weir_bound_free(b);
	b = bind(&f, &scope, "coming");
	assert_int_equal(weir_bound_type(b), WEIR_NULL);
	weir_bound_free(b);
	fixture_close(&f);
}

static void fast_paths_are_told(void **state)
{
	struct fixture f;
	struct weir_value v;

	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = fixture_scope(&f);
	struct weir_bound *b = bind(&f, &scope, "(SERVICE)");
	assert_int_equal(weir_bound_column(b), 1);
	assert_false(weir_bound_constant(b, &v));
	weir_bound_free(b);
	b = bind(&f, &scope, "upper('a') || 1 + 2");
	assert_int_equal(weir_bound_column(b), -1);
	assert_true(weir_bound_constant(b, &v));
	assert_memory_equal(v.s.data, "A3", 2);
	weir_bound_free(b);
	fixture_close(&f);
}

static void conditions_must_be_truth_values(void **state)
{
	struct weir_error err = {0};
	struct weir_bound *b = NULL;
	struct weir_expr *e;
	struct fixture f;

	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = fixture_scope(&f);
	assert_int_equal(weir_expr_parse(WEIR_STR("latency + 1"), &f.arena, &e, NULL), WEIR_OK);
	assert_int_equal(weir_condition_bind(e, &scope, &b, &err), WEIR_EXPRESSION);
	assert_string_equal(err.what, "latency + 1 is int64, not a condition");
	assert_int_equal(weir_expr_parse(WEIR_STR("ok"), &f.arena, &e, NULL), WEIR_OK);
	assert_int_equal(weir_condition_bind(e, &scope, &b, &err), WEIR_OK);
	weir_bound_free(b);
	fixture_close(&f);
}

/* Other streams hold the column as another type, and this stream's older batches have it narrower, or not at all. */
static void batches_of_older_types(void **state)
{
	struct weir_schema *old = weir_schema_new(), *now = weir_schema_new(), *common = weir_schema_new();
	struct weir_batch *batch = weir_batch_new(64);

	(void)state;
	weir_schema_add(old, WEIR_STR("n"), WEIR_INT64);
	weir_schema_add(old, WEIR_STR("m"), WEIR_INT64);
	weir_schema_add(now, WEIR_STR("n"), WEIR_FLOAT64);
	weir_schema_add(now, WEIR_STR("m"), WEIR_STRING);
	weir_schema_add(now, WEIR_STR("new"), WEIR_INT64);
	weir_schema_add(common, WEIR_STR("new"), WEIR_FLOAT64);
	weir_schema_add(common, WEIR_STR("m"), WEIR_STRING);
	weir_schema_add(common, WEIR_STR("n"), WEIR_FLOAT64);
	weir_schema_add(common, WEIR_STR("elsewhere"), WEIR_STRING);
	assert_true(weir_batch_set_schema(batch, old));
	for (uint32_t r = 0; r < 3; r++) {
		assert_true(r == 1 ? weir_column_set_null(&batch->columns[0], r)
				   : weir_column_set_int64(&batch->columns[0], r, 5 + r));
		assert_true(weir_column_set_int64(&batch->columns[1], r, 7 * r));
	}
	for (int c = 0; c < 2; c++)
		assert_true(weir_column_finish(&batch->columns[c], 3));
	batch->n_rows = 3;
	struct fixture f = {0};
	struct weir_scope scope = {.schema = now, .common = common, .complete = true};
	static const char *const rows[][3] = {{"n", "5.0", "7.0"},
					      {"n + 0.5", "5.5", "7.5"},
					      {"m", "0", "14"},
					      {"m || '!'", "0!", "14!"},
					      {"m = '14'", "false", "true"},
					      {"m in ('0', '7')", "true", "false"},
					      {"n > 6", "false", "true"},
					      {"coalesce(new, -1)", "-1.0", "-1.0"},
					      {"coalesce(elsewhere, 'x')", "x", "x"},
					      {"new", "NULL", "NULL"},
					      {"m like '1_'", "false", "true"}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct weir_bound *b = bind(&f, &scope, rows[i][0]);
		assert_int_equal(weir_bound_column(b), i == 0 ? 0 : i == 2 ? 1 : -1);
		expect(b, batch, 0, rows[i][1]);
		expect(b, batch, 2, rows[i][2]);
		weir_bound_free(b);
	}
	struct weir_bound *b = bind(&f, &scope, "n is null");
	expect(b, batch, 1, "true");
	weir_bound_free(b);
	weir_arena_release(&f.arena);
	weir_batch_free(batch);
	weir_schema_unref(old);
	weir_schema_unref(now);
	weir_schema_unref(common);
}

/* A dictionary grows between batches, and is replaced: what was kept by code must follow. */
static void dictionaries_grow_and_change(void **state)
{
	struct weir_schema *schema = weir_schema_new();
	struct weir_dict *dicts[2] = {weir_dict_new(NULL), weir_dict_new(NULL)};
	struct fixture f = {0};
	char text[32];

	(void)state;
	weir_schema_add(schema, WEIR_STR("s"), WEIR_STRING);
	struct weir_scope scope = {.schema = schema, .common = schema, .complete = true};
	struct weir_bound *matches = bind(&f, &scope, "s like '%7' or s is null"),
			  *upper = bind(&f, &scope, "upper(s)");
	for (uint32_t round = 0; round < 40; round++) {
		struct weir_batch *batch = weir_batch_new(1024);
		assert_true(weir_batch_set_schema(batch, schema));
		for (uint32_t r = 0; r < 300; r++) {
			snprintf(text, sizeof text, "k%u", (round * 13 + r * (round + 1)) % 5000);
			assert_true(r % 10 == 9 ? weir_column_set_null(&batch->columns[0], r)
						: weir_column_set_string(&batch->columns[0], r, weir_str_of(text),
									 dicts[round / 5 % 2]));
		}
		assert_true(weir_column_finish(&batch->columns[0], 300));
		batch->n_rows = 300;
		for (uint32_t r = 0; r < 300; r++) {
			uint32_t k = (round * 13 + r * (round + 1)) % 5000;
			snprintf(text, sizeof text, "K%u", k);
			if (r % 29 && r % 10 != 9)
				continue;
			expect(matches, batch, r, r % 10 == 9 || k % 10 == 7 ? "true" : "false");
			expect(upper, batch, r, r % 10 == 9 ? "NULL" : text);
		}
		weir_batch_free(batch);
	}
	weir_bound_free(matches);
	weir_bound_free(upper);
	weir_arena_release(&f.arena);
	weir_schema_unref(schema);
	weir_dict_unref(dicts[0]);
	weir_dict_unref(dicts[1]);
}

/* A number stored as base + small offset, next to constants at and beyond the ends of what it can hold. */
static void narrow_columns_at_their_ends(void **state)
{
	static const char *const ops[] = {"=", "<>", "<", "<=", ">", ">="};
	struct weir_schema *schema = weir_schema_new();
	struct fixture f = {0};

	(void)state;
	weir_schema_add(schema, WEIR_STR("n"), WEIR_INT64);
	struct weir_scope scope = {.schema = schema, .common = schema, .complete = true};
	for (int width = 1; width <= 4; width *= 2) {
		int64_t most = (INT64_C(1) << (8 * width)) - 1, bases[] = {-5, INT64_MIN, INT64_MAX - most};
		for (int b = 0; b < 3; b++) {
			int64_t base = bases[b], rows[] = {base, base + 1, base + most - 1, base + most};
			struct weir_batch *batch = weir_batch_new(64);
			assert_true(weir_batch_set_schema(batch, schema));
			for (uint32_t r = 0; r < 4; r++)
				assert_true(weir_column_set_int64(&batch->columns[0], r, rows[r]));
			assert_true(weir_column_finish(&batch->columns[0], 4));
			batch->n_rows = 4;
			struct weir_column *c = &batch->columns[0];
			for (uint32_t r = 0; r < 4; r++) {
				uint64_t rest = (uint64_t)rows[r] - (uint64_t)base;
				memcpy((char *)c->data + r * (uint32_t)width, &rest, (size_t)width);
			}
			c->encoding = WEIR_ENC_NARROW;
			c->width = (uint8_t)width;
			c->base = base;
			for (int k = 0; k < 7; k++) {
				int64_t ends[] = {base > INT64_MIN ? base - 1 : base,
						  base,
						  base + most,
						  base + most < INT64_MAX ? base + most + 1 : INT64_MAX,
						  INT64_MIN,
						  INT64_MAX,
						  0};
				for (int o = 0; o < 6; o++) {
					char text[64];
					uint64_t keep;
					uint32_t n_true;
					snprintf(text, sizeof text, "n %s %lld", ops[o], (long long)ends[k]);
					struct weir_bound *bound = bind(&f, &scope, text);
					assert_int_equal(
					    weir_bound_filter(bound, batch, 0, 4, NULL, &keep, &n_true, NULL), WEIR_OK);
					for (uint32_t r = 0; r < 4; r++) {
						int64_t x = rows[r], y = ends[k];
						bool want[] = {x == y, x != y, x<y, x <= y, x> y, x >= y};
						if ((keep >> r & 1) != want[o])
							fail_msg("%s for %lld, width %d", text, (long long)x, width);
					}
					weir_bound_free(bound);
				}
			}
			weir_batch_free(batch);
		}
	}
	weir_arena_release(&f.arena);
	weir_schema_unref(schema);
}

/* Rows without a text hold code 0, whose own answer must not become theirs. */
static void code_zero_is_not_null(void **state)
{
	static const char *const rows[][3] = {{"if(s is null, 1, cast(s as int))", "NULL", "1"},
					      {"if(s is null, 'none', nullif(s, 'a'))", "NULL", "none"},
					      {"s is null or nullif(s, 'a') = 'b'", "NULL", "true"},
					      {"upper(s)", "A", "NULL"},
					      {"s = 'a'", "true", "NULL"}};
	struct weir_schema *schema = weir_schema_new();
	struct weir_dict *dict = weir_dict_new(NULL);
	struct weir_batch *batch = weir_batch_new(64);
	struct fixture f = {0};

	(void)state;
	weir_schema_add(schema, WEIR_STR("s"), WEIR_STRING);
	assert_true(weir_batch_set_schema(batch, schema));
	assert_true(weir_column_set_string(&batch->columns[0], 0, WEIR_STR("a"), dict));
	assert_true(weir_column_set_null(&batch->columns[0], 1));
	assert_true(weir_column_finish(&batch->columns[0], 2));
	batch->n_rows = 2;
	struct weir_scope scope = {.schema = schema, .common = schema, .complete = true};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct weir_bound *b = bind(&f, &scope, rows[i][0]);
		expect(b, batch, 0, rows[i][1]);
		expect(b, batch, 1, rows[i][2]);
		weir_bound_free(b);
	}
	weir_batch_free(batch);
	weir_arena_release(&f.arena);
	weir_schema_unref(schema);
	weir_dict_unref(dict);
}

/* Whichever allocation fails, the answer is NO_MEMORY, and nothing leaks or is left half made. */
static void failing_allocations(void **state)
{
	static const char *const texts[] = {
	    "lower(service) like 'a%' and latency in (1, 12) and service rlike 'p.$'",
	    "case service when 'api' then concat(host, path) else coalesce(tags, 'x') end"};
	struct fixture f;

	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = fixture_scope(&f);
	for (size_t i = 0; i < 2; i++) {
		bool done = false;
		for (uint64_t n = 1; !done; n++) {
			struct weir_arena arena = {0};
			struct weir_bound *b = NULL;
			struct weir_expr *e;
			struct weir_vec v;
			weir_alloc_fail_at(n, true);
			enum weir_status st = weir_expr_parse(weir_str_of(texts[i]), &arena, &e, NULL);
			if (!st)
				st = weir_expr_bind(e, &scope, &b, NULL);
			if (!st)
				st = weir_bound_eval(b, f.batch, 0, 1, NULL, &v, NULL);
			weir_alloc_fail_at(0, false);
			assert_true(st == WEIR_OK || st == WEIR_NO_MEMORY);
			done = st == WEIR_OK;
			weir_bound_free(b);
			weir_arena_release(&arena);
		}
	}
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(errors),
	    cmocka_unit_test(long_text_is_cut_around_the_place),
	    cmocka_unit_test(depth_and_size_are_bounded),
	    cmocka_unit_test(examples_parse_and_bind),
	    cmocka_unit_test(derived_columns),
	    cmocka_unit_test(derived_chain_is_not_exponential),
	    cmocka_unit_test(derived_depth_is_bounded),
	    cmocka_unit_test(unknown_names_are_null_while_incomplete),
	    cmocka_unit_test(fast_paths_are_told),
	    cmocka_unit_test(conditions_must_be_truth_values),
	    cmocka_unit_test(batches_of_older_types),
	    cmocka_unit_test(dictionaries_grow_and_change),
	    cmocka_unit_test(narrow_columns_at_their_ends),
	    cmocka_unit_test(code_zero_is_not_null),
	    cmocka_unit_test(failing_allocations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
