/* The table of sources: every row is complete, every name is found, and what is absent says why. */
#include "config.h"

#include "reading.h"

static void rows_are_complete(void **state)
{
	(void)state;
	for (size_t i = 0; weir_source_table[i]; i++) {
		const struct weir_source_ops *o = weir_source_table[i];
		assert_true(o->name && *o->name && o->schemes && *o->schemes && o->help && *o->help && o->example);
		if (o->absent) {
			assert_true(strlen(o->absent) > 10);
			continue;
		}
		assert_true(o->open && o->poll && o->consume && o->wake && o->status && o->finite && o->close &&
			    o->options);
		for (const struct weir_source_option *p = o->options; p->name; p++)
			assert_true(p->value && p->help);
	}
}

static void every_scheme_is_found_or_explained(void **state)
{
	static const char *const schemes[] = {"file",  "stdin", "demo", "kafka", "kinesis", "amqp",   "amqps",
					      "stomp", "mysql", "solr", "kudu",	 "mongodb", "sqlite", "capture"};

	(void)state;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		struct weir_error err = {0};
		const struct weir_source_ops *o = weir_source_find(schemes[i], &err);
		if (!o) {
			assert_int_equal(err.code, WEIR_UNSUPPORTED);
			assert_non_null(strstr(err.what, "not "));
		}
	}
	assert_non_null(weir_source_find("file", NULL));
	assert_non_null(weir_source_find("DEMO", NULL));
}

static void unknown_scheme_suggests(void **state)
{
	struct weir_error err = {0};

	(void)state;
	assert_null(weir_source_find("kafak", &err));
	assert_int_equal(err.code, WEIR_USAGE);
	assert_non_null(strstr(err.hint, "kafka"));
	assert_null(weir_source_find("gopher", &err));
	assert_non_null(strstr(err.hint, "--list sources"));
}

static void states_have_names(void **state)
{
	(void)state;
	assert_string_equal(weir_source_state_name(WEIR_SOURCE_CONNECTING), "CONNECTING");
	assert_string_equal(weir_source_state_name(WEIR_SOURCE_RECONNECTING), "RECONNECTING");
	assert_string_equal(weir_source_state_name(WEIR_SOURCE_FAILED), "FAILED");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_are_complete),
	    cmocka_unit_test(every_scheme_is_found_or_explained),
	    cmocka_unit_test(unknown_scheme_suggests),
	    cmocka_unit_test(states_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
