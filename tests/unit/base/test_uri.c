/* The SOURCE argument taken apart. */
#include "weir/base/memory.h"
#include "weir/base/uri.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void same(const char *got, const char *wanted)
{
	if (wanted)
		assert_string_equal(got, wanted);
	else
		assert_null(got);
}

static void addresses(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool plain;
		const char *scheme, *user, *password, *hosts, *path, *shown;
		size_t n_params;
	} cases[] = {
	    {"-", false, "stdin", NULL, NULL, NULL, "", "-", 0},
	    {"-?format=json", false, "stdin", NULL, NULL, NULL, "", "-", 1},
	    {"a/b.csv", false, "file", NULL, NULL, NULL, "a/b.csv", "a/b.csv", 0},
	    {"a.csv?from=latest&x=1", false, "file", NULL, NULL, NULL, "a.csv", "a.csv?from=latest&x=1", 2},
	    {"odd?name=1", true, "file", NULL, NULL, NULL, "odd?name=1", "odd?name=1", 0},
	    {"100%25.csv", false, "file", NULL, NULL, NULL, "100%25.csv", "100%25.csv", 0},
	    {"c:file", false, "file", NULL, NULL, NULL, "c:file", "c:file", 0},
	    {"kafka://a:9092,b:9092/orders,web", false, "kafka", NULL, NULL, "a:9092,b:9092", "orders,web",
	     "kafka://a:9092,b:9092/orders,web", 0},
	    {"KAFKA://h/t?security.protocol=SSL&ssl.key.password=hid", false, "kafka", NULL, NULL, "h", "t",
	     "kafka://h/t?security.protocol=SSL", 2},
	    {"mysql://me:p%40ss@db:3306/shop/orders", false, "mysql", "me", "p@ss", "db:3306", "shop/orders",
	     "mysql://me@db:3306/shop/orders", 0},
	    {"amqp://u%3Ax@h", false, "amqp", "u:x", NULL, "h", "", "amqp://u%3Ax@h/", 0},
	    {"demo:web?rate=5&seed=2", false, "demo", NULL, NULL, NULL, "web", "demo:web?rate=5&seed=2", 2},
	    {"sqlite:/data/x.db", false, "sqlite", NULL, NULL, NULL, "/data/x.db", "sqlite:/data/x.db", 0},
	    {"kafka://u:a@b=c&d@h:1/t", false, "kafka", "u", "a@b=c&d", "h:1", "t", "kafka://u@h:1/t", 0},
	    {"kafka://u%40x:p@[::1]:9092,h/t", false, "kafka", "u@x", "p", "[::1]:9092,h", "t",
	     "kafka://u%40x@[::1]:9092,h/t", 0},
	    {"kafka://u:a%2Fb%3F@h/t?client.id=a@b", false, "kafka", "u", "a/b?", "h", "t",
	     "kafka://u@h/t?client.id=a@b", 1},
	    {"kafka://${HOSTS}/t", false, "kafka", NULL, NULL, "${HOSTS}", "t", "kafka://${HOSTS}/t", 0},
	    {"a%00b.csv", false, "file", NULL, NULL, NULL, "a%00b.csv", "a%00b.csv", 0},
	    {"-", true, "stdin", NULL, NULL, NULL, "", "-", 0},
	    {"kafka://h/^or%2Fders", false, "kafka", NULL, NULL, "h", "^or/ders", "kafka://h/^or/ders", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct weir_uri u;
		struct weir_buf out = {0};
		assert_int_equal(weir_uri_parse(weir_str_of(cases[i].text), cases[i].plain, &u, NULL), WEIR_OK);
		same(u.scheme, cases[i].scheme);
		same(u.user, cases[i].user);
		same(u.password, cases[i].password);
		same(u.hosts, cases[i].hosts);
		same(u.path, cases[i].path);
		assert_int_equal(u.n_params, cases[i].n_params);
		weir_uri_show(&u, &out);
		assert_string_equal(out.data, cases[i].shown);
		weir_buf_release(&out);
		weir_uri_release(&u);
	}
}

static void parameters(void **state)
{
	(void)state;
	struct weir_uri u;
	assert_int_equal(weir_uri_parse(WEIR_STR("demo:web?a=1&b=x%20y&a=2&flag&c=${HOME}&d=a=b"), false, &u, NULL),
			 WEIR_OK);
	assert_string_equal(weir_uri_param(&u, "a"), "2");
	assert_string_equal(weir_uri_param(&u, "b"), "x y");
	assert_string_equal(weir_uri_param(&u, "flag"), "");
	assert_string_equal(weir_uri_param(&u, "c"), "${HOME}");
	assert_string_equal(weir_uri_param(&u, "d"), "a=b");
	assert_null(weir_uri_param(&u, "e"));
	weir_uri_release(&u);
}

/* Of a parameter that comes twice only one value could be meant; who takes what is passed on may know better. */
static void a_parameter_comes_once(void **state)
{
	static const struct weir_uri_option own[] = {{.name = "rate"}, {NULL}};
	static const struct {
		const char *address;
		bool passes_on, passes_twice, good;
	} cases[] = {
	    {"demo:web?rate=1", false, false, true},        {"demo:web?rate=1&rate=1", false, false, false},
	    {"demo:web?rate=1&a=1&b=1", true, false, true}, {"demo:web?a=1&rate=1&a=2", true, false, false},
	    {"demo:web?a=1&rate=1&a=2", true, true, true},  {"demo:web?rate=1&a=1&rate=2", true, true, false},
	    {"demo:web?rate=1&a=1", false, false, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct weir_uri_allowed allowed = {.options = own,
							 .origin = "demo",
							 .list = "sources",
							 .kind = "demo",
							 .passes_on = cases[i].passes_on,
							 .passes_twice = cases[i].passes_twice};
		struct weir_uri u;
		assert_int_equal(weir_uri_parse(weir_str_of(cases[i].address), false, &u, NULL), WEIR_OK);
		assert_int_equal(weir_uri_check_options(&u, &allowed, NULL), cases[i].good ? WEIR_OK : WEIR_USAGE);
		weir_uri_release(&u);
	}
}

/* A file that is not there is told at the start, and not at each try to reach a server. */
static void a_file_can_be_read(void **state)
{
	static const struct weir_uri_option own[] = {
	    {"ca", "FILE", "certificates"}, {"name", "NAME", "no file"}, {NULL}};
	const struct weir_uri_allowed allowed = {.options = own, .origin = "demo", .list = "sources", .kind = "demo"};
	struct weir_error err = {0};
	struct weir_uri u;

	(void)state;
	assert_int_equal(weir_uri_parse(WEIR_STR("demo:web?ca=/dev/null&name=/nowhere/at/all"), false, &u, NULL),
			 WEIR_OK);
	assert_int_equal(weir_uri_check_options(&u, &allowed, &err), WEIR_OK);
	weir_uri_release(&u);
	assert_int_equal(weir_uri_parse(WEIR_STR("demo:web?ca=/nowhere/at/all"), false, &u, NULL), WEIR_OK);
	assert_int_equal(weir_uri_check_options(&u, &allowed, &err), WEIR_USAGE);
	assert_string_equal(err.origin, "ca");
	assert_non_null(strstr(err.what, "/nowhere/at/all: "));
	weir_uri_release(&u);
}

static void refused(void **state)
{
	(void)state;
	struct weir_uri u;
	struct weir_error err;
	assert_int_equal(weir_uri_parse(WEIR_STR(""), false, &u, &err), WEIR_USAGE);
	assert_int_equal(weir_uri_parse(WEIR_STR("kafka:///topic"), false, &u, &err), WEIR_USAGE);
	assert_int_equal(weir_uri_parse(WEIR_STR("a\0b"), false, &u, &err), WEIR_USAGE);
	assert_int_equal(weir_uri_parse(WEIR_STR("demo:a%00b"), false, &u, &err), WEIR_USAGE);
	assert_true(strlen(err.what) > 0);
}

/* What can be read in two ways is refused, and nothing of it repeated. */
static void a_password_is_never_taken_for_something_else(void **state)
{
	static const char *const addresses[] = {
	    "kafka://u:abc/HUNTER2@h/t", "kafka://u:12/HUNTER2@h/t",  "kafka://u:HUNTER2?x@h/t",
	    "kafka://u:1?HUNTER2@h/t",   "kafka://u:1?x=HUNTER2@h/t", "kafka://u:a@b/HUNTER2@h/t",
	    "kafka://u:HUNTER2/t",       "kafka:u:HUNTER2@h/t",       "kafka:/u:HUNTER2@h/t",
	    "kafka://u:a%00HUNTER2@h/t", "kafka:///u:HUNTER2@h/t",    "kafka://u:a@b?x=HUNTER2@h/t",
	    "mysql://u:?HUNTER2@h/d",    "kafka://h/t?HUNTER2@x",
	};
	(void)state;
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		struct weir_uri u;
		struct weir_error err = {0};
		char line[1024];
		if (weir_uri_parse(weir_str_of(addresses[i]), false, &u, &err) != WEIR_USAGE)
			fail_msg("%s was taken", addresses[i]);
		assert_null(strstr(weir_error_line(&err, line, sizeof line), "HUNTER2"));
	}
}

static void hidden_is(const char *text, const char *want)
{
	struct weir_buf out = {0};
	assert_int_equal(weir_uri_hide(weir_str_of(text), &out), strstr(want, "***") != NULL);
	assert_string_equal(out.data, want);
	weir_buf_release(&out);
}

static void a_mistyped_address_is_hidden(void **state)
{
	(void)state;
	hidden_is("kafka//u:HUNTER2@h/t", "kafka//***@h/t");
	hidden_is(" kafka://u:HUN@TER2@h/t?sasl.password=HUNTER2", " kafka://***@h/t");
	hidden_is("kaf_ka://u:abc//HUNTER2@h/t", "kaf_ka://***@h/t");
	hidden_is("u:HUNTER2@h:9092/t", "***@h:9092/t");
	hidden_is("//TOKEN@h/t", "//***@h/t");
	hidden_is("kafka//u:HUNTER2?x@h/t", "kafka//***");
	hidden_is("notes@home.csv", "notes@home.csv");
	hidden_is("a:b.csv", "a:b.csv");
}

static void a_copy_is_changed_alone(void **state)
{
	struct weir_uri first, copy;
	(void)state;
	assert_int_equal(weir_uri_parse(WEIR_STR("http://me:secret@h/p?header=a&header=b&from=1"), false, &first, NULL),
			 WEIR_OK);
	assert_true(weir_uri_copy(&first, &copy));
	weir_uri_drop(&copy, "from");
	assert_true(weir_uri_set(&copy, "until", WEIR_STR("7")));
	assert_true(weir_uri_set(&copy, "until", WEIR_STR("8")));
	assert_int_equal(copy.n_params, 3);
	same(weir_uri_param(&copy, "header"), "b");
	same(copy.params[0].value, "a"); /* what came twice stays twice */
	same(weir_uri_param(&copy, "until"), "8");
	same(weir_uri_param(&copy, "from"), NULL);
	same(copy.password, "secret");
	same(weir_uri_param(&first, "from"), "1");
	same(weir_uri_param(&first, "until"), NULL);
	weir_uri_release(&copy);
	weir_uri_release(&first);
}

static void out_of_memory_leaks_nothing(void **state)
{
	(void)state;
	int failures = 0;
	for (uint64_t n = 1; n < 40; n++) {
		struct weir_uri u;
		weir_alloc_fail_at(n, true);
		enum weir_status st = weir_uri_parse(WEIR_STR("kafka://u:p@h/t?a=1&b=2"), false, &u, NULL);
		weir_alloc_fail_at(0, false);
		failures += st != WEIR_OK;
		if (st == WEIR_OK)
			weir_uri_release(&u);
		else
			assert_null(u.scheme);
	}
	assert_true(failures >= 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(parameters),
	    cmocka_unit_test(a_parameter_comes_once),
	    cmocka_unit_test(a_file_can_be_read),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(a_password_is_never_taken_for_something_else),
	    cmocka_unit_test(a_mistyped_address_is_hidden),
	    cmocka_unit_test(a_copy_is_changed_alone),
	    cmocka_unit_test(out_of_memory_leaks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
