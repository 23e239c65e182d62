/* The option table and what is made of it. */
#include "session/options/options.h"

#include "weir/session/command.h"
#include "weir/source/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NOW INT64_C(1767225600000000) /* 2026-01-01T00:00:00Z */

static enum weir_status parse(struct weir_options *o, struct weir_error *err, int argc, const char *const *words)
{
	char *argv[16];
	char text[16][64];

	for (int i = 0; i < argc; i++) {
		snprintf(text[i], sizeof text[i], "%s", words[i]);
		argv[i] = text[i];
	}
	weir_options_init(o);
	*err = (struct weir_error){0};
	return weir_options_parse(argc, argv, NOW, o, err);
}
#define PARSE(o, err, ...)                                                                                             \
	parse(o, err, (int)(sizeof((const char *[]){"weir", __VA_ARGS__}) / sizeof(char *)),                           \
	      (const char *[]){"weir", __VA_ARGS__})

static void test_gnu_style(void **state)
{
	struct weir_options o;
	struct weir_error err;

	(void)state;
	assert_int_equal(PARSE(&o, &err, "-bo", "csv", "--group=service", "-mcount", "a.csv", "--", "-x", "-"),
			 WEIR_OK);
	assert_true(o.batch);
	assert_int_equal(o.output, WEIR_OUT_CSV);
	assert_string_equal(o.view.text[WEIR_VIEW_GROUP], "service");
	assert_string_equal(o.view.text[WEIR_VIEW_MEASURE], "count");
	assert_int_equal(o.n_sources, 3);
	assert_string_equal(o.sources[0], "a.csv");
	assert_string_equal(o.sources[1], "-x");
	assert_string_equal(o.sources[2], "-");
	weir_options_release(&o);
}

static void test_unknown_names_get_the_nearest(void **state)
{
	struct weir_options o;
	struct weir_error err;

	(void)state;
	assert_int_equal(PARSE(&o, &err, "--grup", "x"), WEIR_USAGE);
	assert_non_null(strstr(err.hint, "--group"));
	weir_options_release(&o);
	assert_int_equal(PARSE(&o, &err, "-Q"), WEIR_USAGE);
	weir_options_release(&o);
	assert_int_equal(PARSE(&o, &err, "--output=xml"), WEIR_USAGE);
	assert_non_null(strstr(err.hint, "ndjson"));
	weir_options_release(&o);
	assert_int_equal(PARSE(&o, &err, "--group"), WEIR_USAGE);
	assert_string_equal(err.origin, "--group");
	weir_options_release(&o);
}

static void test_absent_options_are_refused_with_the_reason(void **state)
{
	struct weir_options o;
	struct weir_error err;

	(void)state;
	for (const struct weir_option *row = weir_option_table; row->name; row++) {
		char text[64];
		if (!row->absent)
			continue;
		snprintf(text, sizeof text, "--%s=something", row->name);
		assert_int_equal(PARSE(&o, &err, text), WEIR_UNSUPPORTED);
		assert_string_equal(err.what, row->absent);
		assert_int_equal(weir_status_exit_code(WEIR_UNSUPPORTED), 2);
		weir_options_release(&o);
	}
	assert_int_equal(PARSE(&o, &err, "--fabric=local"), WEIR_OK);
	weir_options_release(&o);
	assert_int_equal(PARSE(&o, &err, "--window=session 30s"), WEIR_UNSUPPORTED);
	weir_options_release(&o);
}

static void test_every_option_is_kept_somewhere(void **state)
{
	(void)state;
	for (const struct weir_option *row = weir_option_table; row->name; row++) {
		if (!row->absent)
			assert_non_null(weir_slot_find(row->name));
		assert_true(row->kind == WEIR_OPT_FLAG || row->argument);
		for (const struct weir_option *other = row + 1; other->name; other++) {
			assert_string_not_equal(row->name, other->name);
			assert_true(!row->letter || row->letter != other->letter);
		}
	}
}

static void test_values_read_back(void **state)
{
	static const char *const values[][2] = {
	    {"memory", "67108864"},    {"for", "5m"},         {"every", "1m30s"},
	    {"speed", "60x"},          {"speed", "max"},      {"retain", "30m"},
	    {"retain", "100000 rows"}, {"output", "ndjson"},  {"top", "7"},
	    {"window", "tumbling 1m"}, {"late", "10s"},       {"batch", "yes"},
	    {"format", "csv"},         {"malformed", "keep"},
	};
	struct weir_error err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct weir_options o;
		struct weir_buf text = {0};
		weir_options_init(&o);
		assert_int_equal(weir_options_set(&o, values[i][0], values[i][1], NOW, &err), WEIR_OK);
		weir_options_get(&o, values[i][0], &text);
		assert_string_equal(text.data, values[i][1]);
		weir_buf_release(&text);
		weir_options_release(&o);
	}
}

static void test_speed(void **state)
{
	double x;

	(void)state;
	assert_true(weir_speed_parse(WEIR_STR("1/60x"), &x) && x > 0.0166 && x < 0.0167);
	assert_true(weir_speed_parse(WEIR_STR("max"), &x) && x == 0);
	assert_false(weir_speed_parse(WEIR_STR("fast"), &x));
	assert_false(weir_speed_parse(WEIR_STR("-1x"), &x));
	assert_false(weir_speed_parse(WEIR_STR(""), &x));
}

static void test_saved_view_comes_back(void **state)
{
	struct weir_options o, back;
	struct weir_error err;
	char path[] = "/tmp/weir-view-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(
	    PARSE(&o, &err, "-w", "a > 1", "-w", "b = 'x'", "-d", "c=a+1", "-g", "b", "-n", "5", "-f", "csv"), WEIR_OK);
	assert_int_equal(weir_view_save(&o, path, &err), WEIR_OK);
	weir_options_init(&back);
	assert_int_equal(weir_view_load(&back, path, NOW, &err), WEIR_OK);
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++) {
		if (!o.view.text[i])
			assert_null(back.view.text[i]);
		else
			assert_string_equal(o.view.text[i], back.view.text[i]);
	}
	assert_string_equal(back.format, "csv");
	weir_options_release(&o);
	weir_options_release(&back);
	unlink(path);
}

static void load_text(const char *text, enum weir_status want)
{
	struct weir_options o;
	struct weir_error err = {0};
	char path[] = "/tmp/weir-view-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	weir_options_init(&o);
	assert_int_equal(weir_view_load(&o, path, NOW, &err), want);
	weir_options_release(&o);
	unlink(path);
}

static void test_bad_saved_views(void **state)
{
	(void)state;
	load_text("{}", WEIR_OK);
	load_text("[]", WEIR_USAGE);
	load_text("{\"group\": 1.5}", WEIR_USAGE);
	load_text("{\"memory\": \"1G\"}", WEIR_USAGE);
	load_text("{\"grop\": \"a\"}", WEIR_USAGE);
	load_text("{\"group\": [\"a\"]}", WEIR_USAGE);
	load_text("{\"where\": [\"a > 1\", \"b\"], \"top\": 5}", WEIR_OK);
	load_text("{\"where\": \"a >\"}", WEIR_EXPRESSION);
	load_text("{\"where\": \"a\", ", WEIR_USAGE);
}

static void test_help_fits_eighty_columns(void **state)
{
	struct weir_buf text = {0};
	struct weir_str rest;

	(void)state;
	weir_help_text(&text);
	rest = weir_buf_str(&text);
	while (rest.size) {
		struct weir_str line = weir_str_cut(rest, '\n', &rest);
		if (line.size > 80)
			fail_msg("%zu columns: " WEIR_STR_FMT, line.size, WEIR_STR_ARG(line));
	}
	for (const struct weir_option *row = weir_option_table; row->name; row++)
		assert_non_null(strstr(text.data, row->name));
	/* Each kind of source, also a capture, which has no address of its own. */
	assert_non_null(strstr(text.data, "\n  FILE.weir "));
	for (size_t i = 0; weir_source_table[i]; i++)
		if (!weir_source_table[i]->absent && strchr(weir_source_table[i]->example, ':'))
			assert_non_null(strstr(text.data, weir_source_table[i]->example));
	weir_buf_release(&text);
}

static void test_keys_name_commands_once(void **state)
{
	(void)state;
	for (const struct weir_key *k = weir_key_table; k->key; k++) {
		assert_in_range(k->command, 0, WEIR_CMD_COUNT - 1);
		for (const struct weir_key *other = k + 1; other->key; other++)
			assert_false(k->context == other->context && strcmp(k->key, other->key) == 0);
	}
}

static void test_lists(void **state)
{
	struct weir_error err = {0};

	(void)state;
	for (const char *const *what =
		 (const char *const[]){"sources", "formats", "functions", "themes", "keys", "landings", NULL};
	     *what; what++) {
		struct weir_buf text = {0};
		assert_int_equal(weir_list_text(*what, &(struct weir_options){0}, &text, &err), WEIR_OK);
		assert_true(text.size > 20);
		weir_buf_release(&text);
	}
	struct weir_buf text = {0};
	assert_int_equal(weir_list_text("nothing", &(struct weir_options){0}, &text, &err), WEIR_USAGE);
	weir_buf_release(&text);
}

static void test_a_source_is_read_from_another_place(void **state)
{
	static const char *const addresses[][2] = {
	    {"kafka://b:1/t", "kafka://b:1/t?from=earliest"},
	    {"web=kafka://b:1/t?from=-15m&client.id=x&position=0=1", "web=kafka://b:1/t?from=earliest&client.id=x"},
	    {"kafka://b:1/t?until=latest&from=latest", "kafka://b:1/t?from=earliest&until=latest"},
	};
	struct weir_options o;
	struct weir_error err;

	(void)state;
	assert_int_equal(PARSE(&o, &err, addresses[0][0], addresses[1][0], addresses[2][0]), WEIR_OK);
	for (size_t i = 0; i < 3; i++) {
		assert_true(weir_options_read_from(&o, i, "earliest"));
		assert_string_equal(o.sources[i], addresses[i][1]);
	}
	weir_options_release(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_gnu_style),
	    cmocka_unit_test(test_a_source_is_read_from_another_place),
	    cmocka_unit_test(test_unknown_names_get_the_nearest),
	    cmocka_unit_test(test_absent_options_are_refused_with_the_reason),
	    cmocka_unit_test(test_every_option_is_kept_somewhere),
	    cmocka_unit_test(test_values_read_back),
	    cmocka_unit_test(test_speed),
	    cmocka_unit_test(test_saved_view_comes_back),
	    cmocka_unit_test(test_bad_saved_views),
	    cmocka_unit_test(test_help_fits_eighty_columns),
	    cmocka_unit_test(test_keys_name_commands_once),
	    cmocka_unit_test(test_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
