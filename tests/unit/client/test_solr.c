/* Names of fields in a Solr collection, both ways, and what an address of one may be. */
#include "weir/client/solr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void there_and_back(struct weir_str column, const char *field)
{
	enum weir_solr_field kind = WEIR_SOLR_FIELD_COUNT;
	struct weir_buf name = {0}, back = {0};

	weir_solr_field_name(column, WEIR_SOLR_TEXT, &name);
	assert_string_equal(name.data, field);
	assert_true(weir_solr_column_of(weir_buf_str(&name), &kind, &back));
	assert_int_equal(kind, WEIR_SOLR_TEXT);
	assert_true(weir_str_equal(weir_buf_str(&back), column));
	weir_buf_release(&name);
	weir_buf_release(&back);
}

static void names(void **state)
{
	(void)state;
	there_and_back(WEIR_STR("status"), "status_s");
	there_and_back(WEIR_STR("a_dt"), "a_dt_s");
	there_and_back(WEIR_STR("_version_"), "_version__s");
	there_and_back(WEIR_STR("5xx"), "_x35_xx_s");
	there_and_back(WEIR_STR("a.b c"), "a_x2e_b_x20_c_s");
	there_and_back(WEIR_STR("\xc5\xbc"), "_xc5__xbc__s");
	there_and_back(WEIR_STR("a\0b"), "a_x00_b_s");
	there_and_back(WEIR_STR(""), "_s");
	/* What looks like an escape is one itself. */
	there_and_back(WEIR_STR("_x41_"), "_x5f_x41__s");
	there_and_back(WEIR_STR("_x41"), "_x5f_x41_s");
	there_and_back(WEIR_STR("_x41\xc5"), "_x5f_x41_xc5__s");
	there_and_back(WEIR_STR("__x4_x"), "__x4_x_s");
}

static void not_ours(void **state)
{
	static const char *const others[] = {"id", "_version_", "_stream", "price_i", "", "s"};
	enum weir_solr_field kind;
	struct weir_buf name = {0};

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(weir_solr_column_of(weir_str_of(others[i]), &kind, &name));
	assert_int_equal(name.size, 0);
}

static enum weir_status open_at(const char *address, struct weir_solr *out, struct weir_error *err)
{
	struct weir_uri uri;

	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &uri, err), WEIR_OK);
	enum weir_status st = weir_solr_open(&uri, 1000000, out, err);
	weir_uri_release(&uri);
	return st;
}

static void becomes(const char *address, const char *base, const char *name)
{
	struct weir_error err = {0};
	struct weir_solr s;

	assert_int_equal(open_at(address, &s, &err), WEIR_OK);
	assert_string_equal(s.base, base);
	assert_string_equal(s.name, name);
	weir_solr_close(&s);
}

static void addresses(void **state)
{
	static const char *const wrong[] = {"solr://h/",         "solr://a,b/c",        "solr://h/a?tls=maybe",
					    "solr://h/a%20b",    "solr://u@h/c?user=v", "solr://h/c/",
					    "solr://:secret@h/c"};
	struct weir_error err = {0};
	struct weir_solr s;

	(void)state;
	becomes("solr://h/orders", "http://h:8983/solr/orders", "h/orders");
	becomes("solr://u:secret@h:1/orders?tls=yes", "https://h:1/solr/orders", "h:1/orders");
	becomes("solr://h/deep/down/orders", "http://h:8983/deep/down/orders", "h/orders");
	becomes("solr://[::1]/orders", "http://[::1]:8983/solr/orders", "[::1]/orders");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(open_at(wrong[i], &s, &err), WEIR_USAGE);
		assert_null(strstr(err.what, "secret"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(not_ours),
					   cmocka_unit_test(addresses)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
