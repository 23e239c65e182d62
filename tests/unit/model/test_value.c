/* Values: text, JSON, order. Schemas: versions that never change. */
#include "weir/base/memory.h"
#include "weir/model/schema.h"
#include "weir/model/value.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct weir_value int_of(int64_t i)
{
	return (struct weir_value){.type = WEIR_INT64, .i = i};
}
static struct weir_value wide_of(int64_t hi, uint64_t lo)
{
	return (struct weir_value){.type = WEIR_INT64, .i = (int64_t)lo, .hi = hi, .wide = true};
}
static struct weir_value float_of(double f)
{
	return (struct weir_value){.type = WEIR_FLOAT64, .f = f};
}
static struct weir_value text_of(const char *s)
{
	return (struct weir_value){.type = WEIR_STRING, .s = weir_str_of(s)};
}

static void check(struct weir_value v, const char *text, const char *json)
{
	struct weir_buf out = {0};
	weir_value_text(&v, &out);
	assert_string_equal(out.data ? out.data : "", text);
	weir_buf_clear(&out);
	weir_value_json(&v, &out);
	assert_string_equal(out.data, json);
	weir_buf_release(&out);
}

static void texts(void **state)
{
	(void)state;
	check((struct weir_value){.type = WEIR_NULL}, "", "null");
	check((struct weir_value){.type = WEIR_BOOL, .b = true}, "true", "true");
	check(int_of(INT64_MIN), "-9223372036854775808", "-9223372036854775808");
	check(wide_of(0, UINT64_MAX), "18446744073709551615", "18446744073709551615");
	check(wide_of(INT64_MAX, UINT64_MAX), "170141183460469231731687303715884105727",
	      "170141183460469231731687303715884105727");
	check(wide_of(INT64_MIN, 0), "-170141183460469231731687303715884105728",
	      "-170141183460469231731687303715884105728");
	check(wide_of(-1, UINT64_MAX), "-1", "-1");
	check(float_of(0.1), "0.1", "0.1");
	check(float_of(NAN), "NaN", "null");
	check(float_of(-INFINITY), "-Infinity", "null");
	check((struct weir_value){.type = WEIR_TIMESTAMP, .i = 0}, "1970-01-01T00:00:00Z", "\"1970-01-01T00:00:00Z\"");
	check(text_of("a\"b\\c\n\t\x01\x7f\xc3\xa4\xff"), "a\"b\\c\n\t\x01\x7f\xc3\xa4\xff",
	      "\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\xc3\xa4\xef\xbf\xbd\"");
	check(text_of(""), "", "\"\"");
}

/* Each is smaller than the next. */
static void order_is_total(void **state)
{
	(void)state;
	const struct weir_value rising[] = {
	    {.type = WEIR_BOOL, .b = false},
	    {.type = WEIR_BOOL, .b = true},
	    wide_of(-2, 0),
	    float_of(-1e19),
	    int_of(INT64_MIN),
	    int_of(INT64_MIN + 1),
	    float_of(-2.5),
	    int_of(-2),
	    float_of(-0.5),
	    int_of(0),
	    float_of(0.5),
	    int_of(1),
	    int_of(9007199254740992),
	    int_of(9007199254740993),
	    float_of(9007199254740994.0),
	    int_of(INT64_MAX),
	    float_of(9223372036854775808.0),
	    wide_of(0, UINT64_MAX),
	    wide_of(1, 0),
	    float_of(1e300),
	    float_of(INFINITY),
	    float_of(NAN),
	    {.type = WEIR_TIMESTAMP, .i = 5},
	    {.type = WEIR_TIMESTAMP, .i = 6},
	    text_of(""),
	    text_of("a"),
	    text_of("ab"),
	    text_of("b"),
	    text_of("\xff"),
	    {.type = WEIR_NULL},
	};
	enum { N = sizeof rising / sizeof *rising };
	for (int i = 0; i < N; i++)
		for (int k = 0; k < N; k++) {
			int c = weir_value_compare(&rising[i], &rising[k]);
			if ((c > 0) - (c < 0) != (i > k) - (i < k))
				print_message("%d against %d\n", i, k);
			assert_int_equal((c > 0) - (c < 0), (i > k) - (i < k));
		}
	struct weir_value one = int_of(1), same = float_of(1), zero = float_of(-0.0), none = int_of(0);
	assert_int_equal(weir_value_compare(&one, &same), 0);
	assert_int_equal(weir_value_compare(&zero, &none), 0);
}

static void types_widen(void **state)
{
	(void)state;
	for (int a = 0; a < WEIR_TYPE_COUNT; a++)
		for (int b = 0; b < WEIR_TYPE_COUNT; b++) {
			enum weir_type w = weir_type_widen((enum weir_type)a, (enum weir_type)b);
			assert_int_equal(w, weir_type_widen((enum weir_type)b, (enum weir_type)a));
			assert_int_equal(weir_type_widen(w, (enum weir_type)a), w);
		}
	assert_int_equal(weir_type_widen(WEIR_INT64, WEIR_FLOAT64), WEIR_FLOAT64);
	assert_int_equal(weir_type_widen(WEIR_INT64, WEIR_TIMESTAMP), WEIR_STRING);
	assert_int_equal(weir_type_widen(WEIR_NULL, WEIR_BOOL), WEIR_BOOL);
	assert_string_equal(weir_type_name(WEIR_FLOAT64), "float64");
}

static void schemas(void **state)
{
	(void)state;
	struct weir_schema *s = weir_schema_new();
	char name[32];
	assert_int_equal(weir_schema_find(s, WEIR_STR("x")), -1);
	for (int i = 0; i < WEIR_MAX_FIELDS; i++) {
		snprintf(name, sizeof name, "column.%d", i);
		assert_int_equal(weir_schema_add(s, weir_str_of(name), WEIR_INT64), i);
	}
	assert_int_equal(weir_schema_add(s, WEIR_STR("more"), WEIR_INT64), -1);
	weir_schema_set_time(s, 7);
	struct weir_schema *next = weir_schema_next(s);
	weir_schema_set_type(next, 3, WEIR_STRING);
	weir_schema_set_time(next, -1);
	assert_int_equal(next->version, s->version + 1);
	assert_int_equal(s->fields[3].type, WEIR_INT64);
	assert_int_equal(weir_schema_time_field(s), 7);
	assert_int_equal(weir_schema_time_field(next), -1);
	for (int i = 0; i < WEIR_MAX_FIELDS; i++) {
		snprintf(name, sizeof name, "column.%d", i);
		assert_int_equal(weir_schema_find(next, weir_str_of(name)), i);
	}
	assert_int_equal(weir_schema_find(next, WEIR_STR("column.4097")), -1);
	weir_schema_unref(weir_schema_ref(s));
	weir_schema_unref(s);
	assert_int_equal(next->fields[3].type, WEIR_STRING);
	weir_schema_unref(next);
	weir_schema_unref(NULL);
}

static void schemas_without_memory(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 40; n++) {
		struct weir_schema *s = weir_schema_new(), *next;
		char name[32];
		uint32_t added = 0;
		weir_alloc_fail_at(n, true);
		for (int i = 0; i < 40; i++) {
			snprintf(name, sizeof name, "c%d", i);
			if (weir_schema_add(s, weir_str_of(name), WEIR_BOOL) < 0)
				break;
			added++;
		}
		next = weir_schema_next(s);
		weir_alloc_fail_at(0, false);
		assert_int_equal(s->n_fields, added);
		for (uint32_t i = 0; i < added; i++) {
			snprintf(name, sizeof name, "c%u", i);
			assert_int_equal(weir_schema_find(s, weir_str_of(name)), i);
		}
		weir_schema_unref(next);
		weir_schema_unref(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts),   cmocka_unit_test(order_is_total),         cmocka_unit_test(types_widen),
	    cmocka_unit_test(schemas), cmocka_unit_test(schemas_without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
