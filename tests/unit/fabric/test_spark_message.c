/* Messages of the job, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fabric/spark/message.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct weir_partial_column keys[] = {{.type = WEIR_TIMESTAMP, .role = WEIR_PARTIAL_PANE},
						  {.type = WEIR_BOOL, .role = WEIR_PARTIAL_EDGE},
						  {.type = WEIR_STRING, .role = WEIR_PARTIAL_GROUP}},
					values[] = {{.type = WEIR_INT64, .role = WEIR_PARTIAL_COUNT},
						    {.type = WEIR_INT64, .decimal = true, .role = WEIR_PARTIAL_VALUE},
						    {.type = WEIR_FLOAT64, .role = WEIR_PARTIAL_VALUE}};
static const struct weir_partial_layout layout = {1000000, 3, 3, keys, values};

static enum weir_status read(const char *key, const char *value, struct weir_spark_message *m)
{
	return weir_spark_message_read(weir_str_of(key), weir_str_of(value), m, NULL);
}

static void rows(void **state)
{
	(void)state;
	struct weir_spark_message m;
	struct weir_value k[3], v[3];
	assert_int_equal(
	    read("{\"g\":3,\"k\":[\"-1000000\",true,\"a \\\"b\\\"\"]}",
		 "{\"b\":7,\"v\":[\"9223372036854775807\",\"170141183460469231731687303715884105727\",\"NaN\"]}", &m),
	    WEIR_OK);
	assert_int_equal(m.kind, WEIR_SPARK_ROW);
	assert_int_equal(m.generation, 3);
	assert_int_equal(weir_spark_message_row(&m, &layout, k, v, NULL), WEIR_OK);
	assert_int_equal(k[0].i, -1000000);
	assert_true(k[1].b);
	assert_true(weir_str_equal(k[2].s, WEIR_STR("a \"b\"")));
	assert_true(v[0].i == INT64_MAX);
	assert_true(v[1].wide && v[1].hi == INT64_MAX && (uint64_t)v[1].i == UINT64_MAX);
	assert_true(isnan(v[2].f));
	weir_spark_message_release(&m);
	assert_int_equal(read("{\"g\":3,\"k\":[null,false,null]}", "{\"b\":7,\"v\":[1,\"2\",1.5]}", &m), WEIR_OK);
	assert_int_equal(weir_spark_message_row(&m, &layout, k, v, NULL), WEIR_OK);
	assert_int_equal(k[0].type, WEIR_NULL);
	assert_int_equal(k[2].type, WEIR_NULL);
	assert_true(v[2].f == 1.5);
	weir_spark_message_release(&m);
}

static void batches_and_states(void **state)
{
	(void)state;
	struct weir_spark_message m;
	struct weir_spark_metrics metrics;
	assert_int_equal(
	    read(
		"{\"g\": 2, \"batch\": 11}",
		"{\"batch\": 11, \"batch_ms\": 250, \"input_rate\": null, \"processed_rate\": 10.5, \"watermark_us\": null, "
		"\"streams\": {\"a\": {\"received\": 5, \"malformed\": \"1\", \"unfit\": -3, \"outside\": 2}}}",
		&m),
	    WEIR_OK);
	assert_int_equal(m.kind, WEIR_SPARK_BATCH);
	assert_int_equal(m.batch.id, 11);
	assert_int_equal(m.batch.batch_ms, 250);
	assert_true(isnan(m.batch.input_rate));
	assert_true(m.batch.processed_rate == 10.5);
	assert_true(m.batch.watermark_us == WEIR_TIME_NONE);
	assert_true(weir_spark_message_metrics(&m, WEIR_STR("a"), &metrics));
	assert_int_equal(metrics.received, 5);
	assert_int_equal(metrics.malformed, 1);
	assert_int_equal(metrics.unfit, 0);
	assert_int_equal(metrics.outside, 2);
	assert_false(weir_spark_message_metrics(&m, WEIR_STR("b"), &metrics));
	weir_spark_message_release(&m);
	assert_int_equal(read("{\"state\":1}",
			      "{\"state\": \"failed\", \"generation\": 2, \"error\": \"why\", \"application\": \"x\"}",
			      &m),
			 WEIR_OK);
	assert_int_equal(m.kind, WEIR_SPARK_STATE);
	assert_string_equal(m.state.name, "failed");
	assert_string_equal(m.state.error, "why");
	weir_spark_message_release(&m);
}

static void places_of(const char *sources, uint32_t n_sources, size_t wanted)
{
	struct weir_spark_message m;
	struct weir_spark_place *places;
	char value[400];
	snprintf(value, sizeof value, "{\"batch\": 1, \"sources\": %s}", sources);
	assert_int_equal(read("{\"g\": 2, \"batch\": 1}", value, &m), WEIR_OK);
	size_t n = weir_spark_message_places(&m, 0, n_sources, &places);
	if (n != wanted)
		fail_msg("%s: %zu places", sources, n);
	if (n) {
		assert_string_equal(places[0].topic, "t");
		assert_int_equal(places[0].partition, 0);
		assert_int_equal(places[0].offset, 7);
	}
	free(places);
	weir_spark_message_release(&m);
}

static void places(void **state)
{
	(void)state;
	places_of("[{\"endOffset\": {\"t\": {\"0\": 7, \"1\": 9}, \"u\": {\"3\": 0}}, \"startOffset\": null}]", 1, 3);
	places_of("[{\"endOffset\": {\"t\": {\"0\": 7}}}]", 2, 0); /* which of two it is, is not known */
	places_of("[{\"endOffset\": {\"t\": {\"0\": 7}}}, {\"endOffset\": null}]", 2, 1);
	places_of("[{\"endOffset\": null}]", 1, 0);
	places_of("[{\"endOffset\": {\"t\": {\"x\": 7}}}]", 1, 0);
	places_of("[{\"endOffset\": {\"t\": {\"0\": true}}}]", 1, 0);
	places_of("[{\"endOffset\": {\"t\": 5}}]", 1, 0);
	places_of("7", 1, 0);
}

static void garbage(void **state)
{
	(void)state;
	static const char *const bad[][2] = {
	    {"", ""},
	    {"{", "{}"},
	    {"[]", "{}"},
	    {"{}", "{}"},
	    {"{\"g\":1}", "{}"},
	    {"{\"g\":-1,\"k\":[]}", "{\"v\":[]}"},
	    {"{\"g\":1,\"k\":{}}", "{\"v\":[]}"},
	    {"{\"g\":1,\"k\":[]}", "{\"v\":1}"},
	    {"{\"g\":1,\"batch\":\"x\"}", "{}"},
	    {"{\"g\":1,\"batch\":1}", "[]"},
	    {"{\"state\":1}", "{\"state\":5}"},
	    {"\xff\xfe", "\x00"},
	};
	static const char *const no_rows[][2] = {
	    {"[1,true]", "[1,1,1]"},    {"[1,true,\"a\"]", "[1,1]"},      {"[1,1,\"a\"]", "[1,1,1]"},
	    {"[1,true,5]", "[1,1,1]"},  {"[1,true,\"a\"]", "[1.5,1,1]"},  {"[\"x\",true,\"a\"]", "[1,1,1]"},
	    {"[1,true,[]]", "[1,1,1]"}, {"[1,true,\"a\"]", "[true,1,1]"}, {"[1,true,\"a\"]", "[1,1,\"1x\"]"},
	};
	struct weir_spark_message m;
	struct weir_value k[3], v[3];
	char key[100], value[100];
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (read(bad[i][0], bad[i][1], &m) != WEIR_MALFORMED)
			fail_msg("%s %s was taken", bad[i][0], bad[i][1]);
		weir_spark_message_release(&m);
	}
	for (size_t i = 0; i < sizeof no_rows / sizeof *no_rows; i++) {
		snprintf(key, sizeof key, "{\"g\":1,\"k\":%s}", no_rows[i][0]);
		snprintf(value, sizeof value, "{\"b\":1,\"v\":%s}", no_rows[i][1]);
		assert_int_equal(read(key, value, &m), WEIR_OK);
		if (weir_spark_message_row(&m, &layout, k, v, NULL) != WEIR_MALFORMED)
			fail_msg("%s %s was taken", key, value);
		weir_spark_message_release(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(batches_and_states),
					   cmocka_unit_test(places), cmocka_unit_test(garbage)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
