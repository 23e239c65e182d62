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
		assert_true(o->poll_batch || (o->poll && o->consume));
		assert_true(o->open && o->wake && o->status && o->finite && o->close && o->options);
		for (const struct weir_uri_option *p = o->options; p->name; p++)
			assert_true(p->value && p->help);
	}
}

static void every_scheme_is_found_or_explained(void **state)
{
	static const char *const schemes[] = {"tcp",     "tcp-listen", "udp-listen", "unix",  "exec",  "http",
					      "https",   "file",       "stdin",      "demo",  "kafka", "kinesis",
					      "amqp",    "amqps",      "stomp",      "mysql", "solr",  "kudu",
					      "mongodb", "postgresql", "sqlite",     "replay"};

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

/* Each allocation in turn fails: an error that says so, and nothing leaks (run under the address sanitizer). */
static void memory_may_run_out_anywhere(void **state)
{
	static const char *const count[] = {"count=500", "start=2026-01-01", NULL};
	static const struct {
		const char *scheme, *path;
		const char *const *params;
	} cases[] = {{"file", "lines.gz", NULL}, {"file", "lines", NULL}, {"demo", "orders", count}};

	(void)state;
	folder_make();
	assert_int_equal(chdir(folder), 0);
	write_file("lines", "a\nb\n", 4);
	assert_int_equal(system("gzip -c lines > lines.gz"), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum weir_status st = WEIR_NO_MEMORY;
		int n;
		for (n = 1; st == WEIR_NO_MEMORY && n < 50; n++) {
			struct reading r;
			weir_alloc_fail_at((uint64_t)n, false);
			st = reading_open(&r, cases[i].scheme, cases[i].path, cases[i].params);
			while (st == WEIR_OK) {
				struct weir_chunk c;
				st = weir_source_poll(r.source, 0, &c, &r.err);
				c.bytes += c.size;
				c.size = 0;
				if (st == WEIR_OK)
					weir_source_consume(r.source, &c);
			}
			weir_alloc_fail_at(0, false);
			reading_close(&r);
		}
		assert_int_equal(st, WEIR_END);
		assert_in_range(n, 3, 30);
	}
	assert_int_equal(chdir(".."), 0);
	folder_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_are_complete),           cmocka_unit_test(every_scheme_is_found_or_explained),
	    cmocka_unit_test(unknown_scheme_suggests),     cmocka_unit_test(states_have_names),
	    cmocka_unit_test(memory_may_run_out_anywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
