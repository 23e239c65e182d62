/* One batch of known rows, and what an expression makes of them, as text. */
#ifndef WEIR_TEST_EXPR_FIXTURE_H
#define WEIR_TEST_EXPR_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "query/expr/expr.h"

#include "weir/base/time.h"

#include <stdio.h>

#include <stdlib.h>

struct fixture {
	struct weir_schema *schema;
	struct weir_batch *batch;
	struct weir_dict *dict;
	struct weir_arena arena;
};

struct fixture_field {
	const char *name;
	enum weir_type type;
	const char *text; /* value of the one row; NULL: null */
};

static inline void fixture_open(struct fixture *f, const struct fixture_field *fields, size_t n)
{
	*f = (struct fixture){.schema = weir_schema_new(), .batch = weir_batch_new(64), .dict = weir_dict_new(NULL)};
	for (size_t i = 0; i < n; i++)
		assert_int_equal(weir_schema_add(f->schema, weir_str_of(fields[i].name), fields[i].type), i);
	assert_true(weir_batch_set_schema(f->batch, f->schema));
	for (size_t i = 0; i < n; i++) {
		struct weir_column *c = &f->batch->columns[i];
		struct weir_str s = weir_str_of(fields[i].text);
		int64_t v;
		double d;
		if (!s.data) {
			assert_true(weir_column_set_null(c, 0));
		} else if (fields[i].type == WEIR_INT64) {
			assert_true(weir_parse_int64(s, false, &v) && weir_column_set_int64(c, 0, v));
		} else if (fields[i].type == WEIR_FLOAT64) {
			assert_true(weir_parse_double(s, &d) && weir_column_set_float64(c, 0, d));
		} else if (fields[i].type == WEIR_TIMESTAMP) {
			assert_true(weir_time_parse_iso(s, &v) && weir_column_set_timestamp(c, 0, v));
		} else if (fields[i].type == WEIR_BOOL) {
			assert_true(weir_column_set_bool(c, 0, s.data[0] == 't'));
		} else {
			assert_true(weir_column_set_string(c, 0, s, f->dict));
		}
		assert_true(weir_column_finish(c, 1));
	}
	f->batch->n_rows = 1;
}

static inline void fixture_close(struct fixture *f)
{
	weir_batch_free(f->batch);
	weir_schema_unref(f->schema);
	weir_dict_unref(f->dict);
	weir_arena_release(&f->arena);
}

static inline struct weir_scope fixture_scope(const struct fixture *f)
{
	return (struct weir_scope){
	    .schema = f->schema, .common = f->schema, .complete = true, .stream_name = WEIR_STR("web")};
}

static inline struct weir_value vec_value(const struct weir_vec *v, uint32_t i)
{
	struct weir_value out = {.type = v->type};

	if (v->valid && !weir_bit_get(v->valid, i))
		out.type = WEIR_NULL;
	else if (v->type == WEIR_BOOL)
		out.b = v->b[i];
	else if (v->type == WEIR_STRING)
		out.s = v->s[i];
	else if (v->type == WEIR_FLOAT64)
		out.f = v->f[i];
	else if (v->type != WEIR_NULL)
		out.i = v->i[i];
	return out;
}

/* "type value" of the first row, "type NULL", or "error: what" into out. */
static inline void fixture_eval(const struct fixture *f, const char *text, char *out, size_t out_bytes)
{
	struct weir_scope scope = fixture_scope(f);
	struct weir_arena arena = {0};
	struct weir_error err = {0};
	struct weir_bound *bound = NULL;
	struct weir_expr *e;

	if (weir_expr_parse(weir_str_of(text), &arena, &e, &err) || weir_expr_bind(e, &scope, &bound, &err)) {
		snprintf(out, out_bytes, "error: %s", err.what);
	} else {
		struct weir_buf b = {0};
		struct weir_vec v;
		assert_int_equal(weir_bound_eval(bound, f->batch, 0, 1, NULL, &v, &err), WEIR_OK);
		assert_int_equal(v.type, weir_bound_type(bound));
		struct weir_value value = vec_value(&v, 0);
		weir_value_text(&value, &b);
		snprintf(out, out_bytes, "%s %s", weir_type_name(v.type),
			 value.type == WEIR_NULL ? "NULL"
			 : b.data                ? b.data
						 : "");
		weir_buf_release(&b);
	}
	weir_bound_free(bound);
	weir_arena_release(&arena);
}

#endif
