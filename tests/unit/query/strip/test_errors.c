/* Which column tells errors: by its name and by what is in it. */
#include "weir/query/levels.h"
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

static void check_level(const char *line, enum weir_level level, const char *word)
{
	size_t from = 0, to = 0;
	struct weir_str text = weir_str_of(line);
	if (weir_level_find(text, 0, &from, &to) != level)
		fail_msg("%s", line);
	if (word)
		assert_true(weir_str_equal((struct weir_str){line + from, to - from}, weir_str_of(word)));
}

static void test_levels_of_lines(void **state)
{
	(void)state;
	check_level("2026-11-22 10:00:00,123 ERROR [main] c.a.Shop - no stock", WEIR_LEVEL_ERROR, "ERROR");
	check_level("[Sun Nov 22 10:00:00 2026] [error] [client ::1] denied", WEIR_LEVEL_ERROR, "error");
	check_level("[core:error] AH00126", WEIR_LEVEL_ERROR, "error");
	check_level("ts=1 level=fatal msg=x", WEIR_LEVEL_ERROR, "fatal");
	check_level("error: no such file", WEIR_LEVEL_ERROR, "error");
	check_level("INFO retried after ERROR 5", WEIR_LEVEL_PLAIN, "INFO"); /* the first tells */
	check_level("an error occurred, a warning was given", WEIR_LEVEL_NONE, NULL);
	check_level("TERRORS and ERRORS", WEIR_LEVEL_NONE, NULL);
	check_level("<warn> low", WEIR_LEVEL_WARNING, "warn");
	check_level("", WEIR_LEVEL_NONE, NULL);
}

/* Rows whose column `line` has the lines in turn. */
static struct weir_batch *lines_of(const char *const *lines, const char *name)
{
	struct weir_schema *schema = weir_schema_new();
	struct weir_batch *b = weir_batch_new(ROWS);
	assert_int_equal(weir_schema_add(schema, weir_str_of(name), WEIR_NULL), 0);
	assert_true(b && weir_batch_set_schema(b, schema));
	for (uint32_t row = 0, i = 0; row < ROWS; row++, i = lines[i + 1] ? i + 1 : 0)
		assert_true(weir_column_set_string(&b->columns[0], row, weir_str_of(lines[i]), NULL));
	b->n_rows = ROWS;
	weir_schema_unref(schema);
	return b;
}

static void test_lines_of_text(void **state)
{
	static const char *const log[] = {"INFO a", "DEBUG b", "[error] c", "d", "FATAL e", NULL};
	static const char *const plain[] = {"once upon a time", "the end", NULL};
	static const char *const calm[] = {"INFO a", "b", "WARN c", NULL};
	(void)state;
	struct weir_buf said = {0};
	uint64_t bits = 0;
	struct weir_batch *b = lines_of(log, "line");
	assert_true(weir_strip_guess_text(b, &said));
	assert_string_equal(said.data, "ERROR or worse in line");
	weir_strip_text_errors(b, &bits);
	for (uint32_t row = 0; row < ROWS; row++)
		assert_int_equal(bits >> row & 1, row % 5 == 2 || row % 5 == 4);
	weir_batch_free(b);
	b = lines_of(plain, "line");
	assert_false(weir_strip_guess_text(b, &said));
	weir_batch_free(b);
	b = lines_of(log, "path"); /* of something else */
	assert_false(weir_strip_guess_text(b, &said));
	weir_batch_free(b);
	b = lines_of(calm, "message"); /* none yet, but they would tell */
	assert_true(weir_strip_guess_text(b, &said));
	weir_batch_free(b);
	weir_buf_release(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_status), cmocka_unit_test(test_levels),          cmocka_unit_test(test_flags),
	    cmocka_unit_test(test_most),   cmocka_unit_test(test_levels_of_lines), cmocka_unit_test(test_lines_of_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
