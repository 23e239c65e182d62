/* Which column tells errors: by its name and by what is in it. */
#include "weir/query/strip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 40 };

/* Columns "name=value,value,…": each row has the next of the values; numbers and true or false are such. */
static void set(struct weir_column *c, uint32_t row, struct weir_str text)
{
	int64_t number;
	bool ok;
	if (weir_str_equal(text, WEIR_STR("true")) || weir_str_equal(text, WEIR_STR("false")))
		ok = weir_column_set_bool(c, row, text.size == 4);
	else if (weir_parse_int64(text, true, &number))
		ok = weir_column_set_int64(c, row, number);
	else if (text.size > 1 && text.data[0] == '\'')
		ok = weir_column_set_string(c, row, (struct weir_str){text.data + 1, text.size - 2}, NULL);
	else
		ok = weir_column_set_string(c, row, text, NULL);
	assert_true(ok);
}

static void check(const char *columns, const char *condition, const char *words)
{
	struct weir_schema *schema = weir_schema_new();
	struct weir_batch *b = weir_batch_new(ROWS);
	struct weir_str rest = weir_str_of(columns), all[8];
	struct weir_buf out = {0}, said = {0};
	int n = 0;
	while (rest.size) {
		struct weir_str tail = {0}, one = weir_str_cut(rest, ' ', &tail), values = {0};
		assert_int_equal(weir_schema_add(schema, weir_str_cut(one, '=', &values), WEIR_NULL), n);
		all[n++] = values;
		rest = tail;
	}
	assert_true(b && weir_batch_set_schema(b, schema));
	for (int c = 0; c < n; c++) {
		struct weir_str left = all[c];
		for (uint32_t row = 0; row < ROWS; row++) {
			struct weir_str tail = {0};
			left = left.size ? left : all[c];
			set(&b->columns[c], row, weir_str_cut(left, ',', &tail));
			left = tail;
		}
	}
	b->n_rows = ROWS;
	bool found = weir_strip_guess_errors(b, &out, &said);
	if (found != (condition != NULL))
		fail_msg("%s: %s", columns, found ? out.data : "nothing was found");
	if (found) {
		assert_string_equal(said.data, words ? words : condition);
		assert_memory_equal(out.data, condition, strlen(condition));
	}
	weir_buf_release(&out);
	weir_buf_release(&said);
	weir_batch_free(b);
	weir_schema_unref(schema);
}

static void test_status(void **state)
{
	(void)state;
	check("path=/a,/b status=200,404,500 latency=1,2,3", "status >= 500", NULL);
	check("http.status_code=200,200", "http.status_code >= 500", NULL);
	check("sc-status='200','503'", "\"sc-status\" like '5__'", NULL);
	check("code=200,301 level=info,warn", "lower(level) in ('error'", "level error or worse");
	check("status=1,2,3", NULL, NULL); /* of something else */
	check("status=ok,failed", "lower(status) in ('error'", "status failed");
	check("status=alpha,beta", NULL, NULL);
	check("response=200,500", NULL, NULL); /* may be milliseconds */
}

static void test_levels(void **state)
{
	(void)state;
	check("level=INFO,INFO,WARN msg=a", "lower(level) in ('error', 'err', 'fatal'", "level error or worse");
	check("log.severity=Info,Critical", "lower(log.severity) in (", "log.severity error or worse");
	check("PRIORITY='6','4','3'", "PRIORITY in ('0', '1', '2', '3')", NULL);
	check("PRIORITY=6,3", "PRIORITY <= 3", NULL);
	check("level=30,50,60", "level >= 50", NULL);
	check("severity_number=9,17", "severity_number >= 17", NULL);
	check("level=low,high", NULL, NULL);
	check("lvl=I,E,W", "lower(lvl) in (", "lvl error or worse");
}

static void test_flags(void **state)
{
	(void)state;
	check("user=a failed=true,false", "failed = true", NULL);
	check("success=true,false", "success = false", NULL);
	check("error=disk,net", NULL, NULL); /* a text says what it was */
	check("a=1 b=x", NULL, NULL);
}

/* One value in twenty of another kind does not hide the kind of the rest. */
static void test_most(void **state)
{
	(void)state;
	check("status=200,200,200,200,200,200,200,200,200,200,200,200,200,200,200,200,200,200,200,0", "status >= 500",
	      NULL);
	check("status=200,0,200,0", NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_status),
	    cmocka_unit_test(test_levels),
	    cmocka_unit_test(test_flags),
	    cmocka_unit_test(test_most),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
