/* How Spark is told to read a stream, where no broker or file is needed to say so: tests/integration/spark compares what comes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fabric/spark/land.h"

#include <stdio.h>

static struct weir_uri uri;
static struct weir_schema *columns;

static int set_up(void **state)
{
	(void)state;
	columns = weir_schema_new();
	assert_non_null(columns);
	assert_int_equal(weir_schema_add(columns, WEIR_STR("k"), WEIR_STRING), 0);
	assert_int_equal(weir_schema_add(columns, WEIR_STR("n"), WEIR_INT64), 1);
	return weir_uri_parse(WEIR_STR("kafka://b:1/t"), false, &uri, NULL) != WEIR_OK;
}

static int tear_down(void **state)
{
	(void)state;
	weir_schema_unref(columns);
	weir_uri_release(&uri);
	return 0;
}

static struct weir_spark_stream stream_of(const char *format, bool header)
{
	return (struct weir_spark_stream){.name = WEIR_STR("t"),
					  .uri = &uri,
					  .format = (char *)(uintptr_t)format,
					  .columns = columns,
					  .record = columns,
					  .separator = ';',
					  .header = header};
}

/* The select, or why there is none. */
static char text[8000];
static const char *select_of(const struct weir_spark_stream *s)
{
	const struct weir_spark_wanted all = {.all = true, .n_streams = 1};
	struct weir_buf out = {0};
	struct weir_error err = {0};
	bool good = weir_spark_stream_select(s, &all, &out, &err) == WEIR_OK;
	snprintf(text, sizeof text, "%s", good ? out.data : err.what);
	weir_buf_release(&out);
	return text;
}

static void csv_in_messages(void **state)
{
	(void)state;
	struct weir_spark_stream s = stream_of("csv", true);
	const char *sql = select_of(&s);
	assert_non_null(
	    strstr(sql, "from_csv(trim(BOTH '\\r\\n' FROM _raw), '`_c0` STRING, `_c1` STRING, `_x0` STRING"));
	assert_non_null(strstr(sql, "'sep', ';')"));
	assert_non_null(strstr(sql, "CASE WHEN NOT v.`_c0` IN ('') THEN v.`_c0` END AS _t0"));
	/* what is no record of one message is malformed, and the header no record */
	assert_non_null(strstr(sql, "coalesce(v.`_x0`, v.`_x1`, v.`_x2`, v.`_x3`) IS NOT NULL"));
	assert_non_null(strstr(sql, "RLIKE '[\\r\\n]', false) AS `_malformed`"));
	assert_non_null(strstr(sql, "where NOT (coalesce(trim(v.`_c0`), '') IN ('k') AND"));
	s = stream_of("csv", false);
	assert_null(strstr(select_of(&s), "where NOT ("));
	s.asked_nulls = ",NA";
	assert_non_null(strstr(select_of(&s), "IN ('', 'NA')"));
}

static void what_cannot_be_read(void **state)
{
	(void)state;
	struct weir_spark_stream s = stream_of("logfmt", false);
	assert_string_equal(select_of(&s), "t is logfmt, which Spark is not told how to read");
	s = stream_of("csv", true);
	s.asked_nulls = "NA";
	assert_string_equal(select_of(&s), "Spark's reader takes an empty field for NULL");
	s = stream_of("tsv", true);
	s.lines_above = true;
	assert_string_equal(select_of(&s),
			    "t: it has lines above its first record, which Spark's reader would take for records");
	s = stream_of("json", false);
	s.asked_encoding = "latin1";
	assert_string_equal(select_of(&s), "text in latin1 is not read there");
	s.asked_encoding = "UTF-8";
	assert_non_null(strstr(select_of(&s), "from_json("));
}

/* Why there is no reader for an address. */
static const char *reader_of(const char *address, bool finite)
{
	struct weir_uri at;
	struct weir_error err = {0};
	json_t *out = json_object();
	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &at, NULL), WEIR_OK);
	const struct weir_spark_stream s = {.name = WEIR_STR("t"), .uri = &at, .columns = columns};
	enum weir_status st = weir_spark_stream_reader(&s, finite, 0, out, &err);
	snprintf(text, sizeof text, "%s", st == WEIR_OK ? "" : err.what);
	json_decref(out);
	weir_uri_release(&at);
	return text;
}

static void sources_that_cannot_be_read(void **state)
{
	(void)state;
	assert_string_equal(
	    reader_of("kinesis://eu-west-1/orders", false),
	    "Spark has no Structured Streaming reader for Kinesis: its own is one of RDDs, which answers no SQL");
	assert_string_equal(reader_of("solr://h:1/c", true), "Spark has no reader for this source");
	assert_string_equal(reader_of("postgresql://h/d?table=t", false),
			    "Spark reads a table once, and does not follow it");
	assert_string_equal(reader_of("postgresql://h/d", true), "Spark must be told which table");
	assert_string_equal(reader_of("mysql://h/d?table=t&from=-15m", true),
			    "Spark reads a table as a whole, not from= or until=");
	assert_string_equal(reader_of("mysql://h/d?table=t&position=7", true),
			    "position= has no meaning for Spark's JDBC reader");
}

static struct weir_spark_landings landings;
static struct weir_spark_passwords passwords;
static const char *landing_of(const char *address, const char *fabric)
{
	static struct weir_error err;
	struct weir_spark_master m;
	assert_int_equal(weir_spark_master_parse(fabric, &m, NULL), WEIR_OK);
	err = (struct weir_error){0};
	enum weir_status st = weir_spark_landing_add(&landings, address, &m, NULL, &passwords, &err);
	assert_int_equal(st, err.what[0] ? WEIR_UNSUPPORTED : WEIR_OK);
	weir_spark_master_release(&m);
	return err.what;
}

static void landings_that_spark_writes(void **state)
{
	(void)state;
	static const char with[] = "yarn?packages=org.postgresql:postgresql:42.7.4";
	assert_string_equal(landing_of("x.ndjson", with), "Spark reads the sources itself, and has no writer for file");
	assert_string_equal(landing_of("postgresql://h/d?table=t&create=yes", with),
			    "Spark makes no table: table= names one that weir has made");
	assert_string_equal(landing_of("postgresql://h/d?table=t&batch=5", with),
			    "batch= has no meaning for Spark's JDBC writer");
	assert_string_equal(landing_of("mysql://h/d?table=t", with),
			    "Spark has no JDBC driver for mysql:// on its class path");
	assert_string_equal(landing_of("postgresql://u:p@h/d?table=t",
				       "yarn?deploy-mode=cluster&packages=org.postgresql:postgresql:42"),
			    "the password cannot be handed to a driver that runs elsewhere (deploy-mode=cluster)");
	assert_false(weir_spark_landings_any(&landings));
	assert_string_equal(landing_of("postgresql://u:p@h/d?table=t", with), "");
	assert_int_equal(passwords.n, 1);
	assert_string_equal(passwords.items[0], "WEIR_PASSWORD_1000=p");
	assert_true(weir_spark_landings_any(&landings));
	weir_spark_landings_release(&landings);
	weir_spark_passwords_release(&passwords);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(csv_in_messages), cmocka_unit_test(what_cannot_be_read),
					   cmocka_unit_test(sources_that_cannot_be_read),
					   cmocka_unit_test(landings_that_spark_writes)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
