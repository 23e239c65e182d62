/* Conditions in the words of each server. */
#include "config.h"

#include "source/pushdown.h"
#ifdef WEIR_WITH_MYSQL
#include "source/mysql/mysql.h"
#endif
#ifdef WEIR_WITH_POSTGRESQL
#include "source/postgresql/postgresql.h"
#endif
#ifdef WEIR_WITH_CURL
#include "source/solr/solr.h"
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#define VALUE_I(n) ((struct weir_value){.type = WEIR_INT64, .i = (n)})
#define VALUE_F(n) ((struct weir_value){.type = WEIR_FLOAT64, .f = (n)})
#define VALUE_S(t) ((struct weir_value){.type = WEIR_STRING, .s = WEIR_STR(t)})
#define VALUE_T(n) ((struct weir_value){.type = WEIR_TIMESTAMP, .i = (n)})

enum { I, F, S, B, T, FIELDS };
static const enum weir_type types[FIELDS] = {WEIR_INT64, WEIR_FLOAT64, WEIR_STRING, WEIR_BOOL, WEIR_TIMESTAMP};

static void assert_leaf(weir_pushdown_leaf *print, void *ctx, enum weir_filter_kind kind, uint32_t field, uint32_t n,
			const struct weir_value *values, const char *expected)
{
	const struct weir_filter f = {
	    .kind = kind, .field = field, .type = types[field], .values = values, .n_values = n};
	struct weir_buf out = {0};
	const char *why = NULL;

	if (print(ctx, &f, &out, &why))
		assert_string_equal(out.data, expected);
	else
		assert_string_equal(why, expected);
	weir_buf_release(&out);
}
#define LEAF(kind, field, expected, ...)                                                                               \
	assert_leaf(print, &q, WEIR_FILTER_##kind, field,                                                              \
		    sizeof((struct weir_value[]){__VA_ARGS__}) / sizeof(struct weir_value),                            \
		    (struct weir_value[]){__VA_ARGS__}, expected)

#if defined WEIR_WITH_MYSQL || defined WEIR_WITH_POSTGRESQL
static void learn(struct weir_cells *cells, struct weir_schema **schema)
{
	static const char *const columns[FIELDS] = {"i", "f", "s", "b", "t"};

	*schema = weir_schema_new();
	for (int i = 0; i < FIELDS; i++)
		assert_true(weir_cells_add(cells, *schema, weir_str_of(columns[i]), weir_str_of(columns[i]), types[i]));
}
#endif

#ifdef WEIR_WITH_MYSQL
static void mysql(void **state)
{
	weir_pushdown_leaf *print = weir_my_leaf;
	enum weir_my_kind kinds[FIELDS] = {WEIR_MY_INT, WEIR_MY_FLOAT, WEIR_MY_TEXT, WEIR_MY_BOOL, WEIR_MY_TIME};
	enum weir_my_exact exact[FIELDS] = {WEIR_MY_EXACT, WEIR_MY_EXACT, WEIR_MY_EXACT, WEIR_MY_OPEN, WEIR_MY_EXACT};
	struct weir_my_source q = {.kinds = kinds, .exact = exact, .n_kinds = FIELDS};

	(void)state;
	learn(&q.cells, &q.schema);
	LEAF(GE, I, "`i` >= -9223372036854775808", VALUE_I(INT64_MIN));
	LEAF(EQ, F, "`f` = 1.00000000000000006e-01", VALUE_F(0.1));
	LEAF(EQ, F, "the server has no infinity", VALUE_F(1 / 0.0));
	LEAF(IN, S, "CAST(CONVERT(`s` USING utf8mb4) AS BINARY) IN (x'6120', x'')", VALUE_S("a "), VALUE_S(""));
	LEAF(
	    NOT_LIKE, S,
	    "CONVERT(`s` USING utf8mb4) COLLATE utf8mb4_bin NOT LIKE CONVERT(x'7c25257c7c' USING utf8mb4) COLLATE utf8mb4_bin ESCAPE '|'",
	    VALUE_S("\\%%|"));
	LEAF(LT, T, "`t` < TIMESTAMP'1970-01-01 00:00:00.000001'", VALUE_T(1));
	LEAF(LT, T, "the server has no such times", VALUE_T(-INT64_C(60000000000000000)));
	LEAF(EQ, B, "`b` = 1", (struct weir_value){.type = WEIR_BOOL, .b = true});
	assert_leaf(print, &q, WEIR_FILTER_IS_NULL, S, 0, NULL, "`s` IS NULL");
	exact[I] = WEIR_MY_INEXACT;
	LEAF(GE, I, "the server has the column in a type that weir has not", VALUE_I(1));
	weir_cells_release(&q.cells);
	weir_schema_unref(q.schema);
}
#endif

#ifdef WEIR_WITH_POSTGRESQL
static void postgresql(void **state)
{
	weir_pushdown_leaf *print = weir_pg_leaf;
	enum weir_pg_kind kinds[FIELDS] = {WEIR_PG_INT64, WEIR_PG_FLOAT64, WEIR_PG_TEXT, WEIR_PG_BOOL, WEIR_PG_TIME};
	const char *casts[FIELDS] = {"", "", "", "", ""};
	struct weir_pg_source q = {.kinds = kinds, .casts = casts, .n_kinds = FIELDS};

	(void)state;
	learn(&q.cells, &q.schema);
	LEAF(GE, I, "\"i\" >= int8 '-9223372036854775808'", VALUE_I(INT64_MIN));
	LEAF(NE, F, "\"f\" <> float8 '0.1'", VALUE_F(0.1));
	LEAF(LE, F, "\"f\" <= float8 '-Infinity'", VALUE_F(-1 / 0.0));
	LEAF(NOT_IN, I, "\"i\" NOT IN (int8 '1', int8 '2')", VALUE_I(1), VALUE_I(2));
	LEAF(GE, T, "\"t\" >= '1970-01-01T00:00:00.000001Z'", VALUE_T(1));
	LEAF(EQ, S, "the database has its texts in an encoding other than UTF-8",
	     VALUE_S("a")); /* no server has said */
	kinds[T] = WEIR_PG_DATE;
	LEAF(GE, T, "\"t\" >= '1970-01-01T00:00:00.000001Z'::timestamp", VALUE_T(1));
	casts[I] = "::int8";
	LEAF(GE, I, "the server has the column in a type that weir has not", VALUE_I(1));
	assert_leaf(print, &q, WEIR_FILTER_NOT_NULL, F, 0, NULL, "\"f\" IS NOT NULL");
	weir_cells_release(&q.cells);
	weir_schema_unref(q.schema);
}
#endif

#ifdef WEIR_WITH_CURL
static void solr(void **state)
{
	static const char *const fields[] = {"i_l", "f_d", "s_s", "b_b", "t_dt"};
	weir_pushdown_leaf *print = weir_solr_leaf;
	struct weir_solr_reader q = {.landed = true, .schema = weir_schema_new()};

	(void)state;
	for (int i = 0; i < FIELDS; i++)
		assert_non_null(weir_solr_reader_field(&q, fields[i]));
	LEAF(GE, I, "i_l:[\"-9223372036854775808\" TO *]", VALUE_I(INT64_MIN));
	LEAF(LT, I, "i_l:[* TO \"5\"}", VALUE_I(5));
	LEAF(GT, F, "f_d:{\"0.0\" TO *]", VALUE_F(-0.0)); /* Lucene has -0.0 before 0.0 */
	LEAF(GE, F, "f_d:[\"-0.0\" TO *]", VALUE_F(0.0));
	LEAF(EQ, F, "(f_d:[\"-0.0\" TO \"0.0\"])", VALUE_F(0.0));
	LEAF(NE, I, "(i_l:[* TO *] NOT (i_l:\"5\"))", VALUE_I(5));
	LEAF(IN, S, "(s_s:\"a \\\"b\\\\\" OR s_s:\"*\")", VALUE_S("a \"b\\"), VALUE_S("*"));
	LEAF(EQ, S, "Solr looks for no such text", VALUE_S(""));
	LEAF(LIKE, S, "s_s:a*\\*?\\ %", VALUE_S("a%*_ \\%")); /* a percent sign means nothing in Solr */
	LEAF(LT, T, "t_dt:[* TO \"1970-01-01T00:00:00.001Z\"]", VALUE_T(1001));
	LEAF(GT, T, "t_dt:[\"1969-12-31T23:59:59.999Z\" TO *]", VALUE_T(-1));
	LEAF(NE, T, "t_dt:[* TO *]", VALUE_T(-1));
	assert_leaf(print, &q, WEIR_FILTER_IS_NULL, S, 0, NULL, "(*:* NOT s_s:[* TO *])");
	assert_non_null(weir_solr_reader_field(&q, "i_s"));
	LEAF(GE, I, "the column's values are in more than one field, or in no index", VALUE_I(1));
	weir_solr_reader_release(&q);
}
#endif

static bool sides(void *ctx, const struct weir_filter *leaf, struct weir_buf *out, const char **why)
{
	(void)ctx;
	if (leaf->type != WEIR_INT64) {
		*why = "no ints";
		return false;
	}
	weir_buf_addf(out, "i %s %lld", weir_pushdown_sign(leaf->kind), (long long)leaf->values[0].i);
	return true;
}

/* A part goes whole or not at all, and what was printed of it is taken back. */
static void parts(void **state)
{
	const struct weir_value one = VALUE_I(1), text = VALUE_S("x");
	const struct weir_filter i = {.kind = WEIR_FILTER_GE, .type = WEIR_INT64, .values = &one, .n_values = 1},
				 s = {.kind = WEIR_FILTER_EQ, .type = WEIR_STRING, .values = &text, .n_values = 1};
	const struct weir_filter *const both[] = {&i, &s}, *const twice[] = {&i, &i};
	const struct weir_filter either = {.kind = WEIR_FILTER_OR, .args = both, .n_args = 2},
				 ors = {.kind = WEIR_FILTER_OR, .args = twice, .n_args = 2};
	struct weir_filter_part list[] = {{.filter = &either}, {.filter = &ors}, {.why = "weir's own"}};
	struct weir_source_config config = {0};
	struct weir_pushdown p;
	struct weir_buf out = {0};

	(void)state;
	weir_pushdown_init(&p, &config);
	p.list = (struct weir_filter_list){list, 3, WEIR_TIME_NONE, WEIR_TIME_NONE};
	p.said.from_us = 7;
	weir_pushdown_print(&p, 4, sides, NULL, &out);
	assert_string_equal(out.data, " AND (i >= 1 OR i >= 1)");
	assert_string_equal(list[0].why, "no ints");
	assert_null(list[1].why);
	assert_string_equal(list[2].why, "weir's own");
	assert_string_equal(p.said.times_why, "no ints");
	assert_true(p.said.leaves_out);
	weir_buf_release(&out);
	weir_pushdown_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts),
#ifdef WEIR_WITH_MYSQL
	    cmocka_unit_test(mysql),
#endif
#ifdef WEIR_WITH_POSTGRESQL
	    cmocka_unit_test(postgresql),
#endif
#ifdef WEIR_WITH_CURL
	    cmocka_unit_test(solr),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
