/* Documents as rows, the sets that keep what was read, and places as texts. */
#include "source/mongodb/mongodb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

static bson_t *json(const char *text)
{
	bson_t *d = bson_new_from_json((const uint8_t *)text, -1, NULL);

	assert_non_null(d);
	return d;
}

/* The documents as a batch. */
static struct weir_batch *read_all(struct weir_mg_reader *r, const char *const *texts, uint32_t n)
{
	struct weir_batch *b = weir_batch_new(n);
	struct weir_error err = {0};
	bson_t *docs[8];

	for (uint32_t i = 0; i < n; i++)
		docs[i] = json(texts[i]);
	assert_true(weir_mg_learn(r, docs[0]));
	assert_int_equal(weir_mg_choose_time(r, &err), WEIR_OK);
	assert_true(weir_batch_set_schema(b, r->schema) && weir_batch_add_time(b));
	for (b->n_rows = 0; b->n_rows < n; b->n_rows++)
		assert_true(weir_mg_read_row(r, docs[b->n_rows], b, b->n_rows));
	assert_true(weir_cells_finish(&r->cells, &r->schema, b));
	for (uint32_t i = 0; i < b->n_columns; i++)
		assert_true(weir_column_finish(&b->columns[i], n));
	for (uint32_t i = 0; i < n; i++)
		bson_destroy(docs[i]);
	return b;
}

/* What the cell says, as JSON; "missing" where it is. */
static void assert_cell(const struct weir_batch *b, const char *column, uint32_t row, const char *expected)
{
	int field = weir_schema_find(b->schema, weir_str_of(column));
	struct weir_buf text = {0};

	assert_true(field >= 0);
	struct weir_value v = weir_column_get(&b->columns[field], row);
	if (weir_column_missing(&b->columns[field], row))
		weir_buf_add_c(&text, "missing");
	else
		weir_value_json(&v, &text);
	assert_string_equal(text.data, expected);
	weir_buf_release(&text);
}

static void documents_of_others(void **state)
{
	static const char *const texts[] = {
	    "{\"_id\":{\"$oid\":\"65f000000000000000000001\"},\"n\":{\"$numberInt\":\"7\"},\"d\":{\"$numberDecimal\":\"12.5\"},"
	    "\"in\":{\"a\":{\"b\":true},\"list\":[1,\"x\"]},\"at\":{\"$date\":\"2026-01-02T03:04:05.678Z\"},\"u\":"
	    "{\"$binary\":{\"base64\":\"AAECAwQFBgcICQoLDA0ODw==\",\"subType\":\"04\"}},\"t\":{\"$timestamp\":{\"t\":1,\"i\":2}}}",
	    "{\"n\":{\"$numberDouble\":\"NaN\"},\"d\":{\"$numberDecimal\":\"1234567890123456789012.5\"},\"in\":null,\"new\":1.5,"
	    "\"at\":{\"$date\":{\"$numberLong\":\"9223372036854775807\"}},\"u\":{\"$binary\":{\"base64\":\"/w==\",\"subType\":\"00\"}}}",
	    "{\"n\":\"text\",\"re\":{\"$regularExpression\":{\"pattern\":\"a\",\"options\":\"\"}}}",
	};
	struct weir_mg_reader r = {0};

	(void)state;
	struct weir_batch *b = read_all(&r, texts, 3);
	assert_cell(b, "_id", 0, "\"65f000000000000000000001\"");
	assert_cell(b, "_id", 1, "missing");
	assert_cell(b, "n", 0, "\"7\""); /* the column became text */
	assert_cell(b, "n", 1, "null");
	assert_int_equal(b->n_noted[WEIR_NOTE_NOT_A_NUMBER], 1);
	assert_cell(b, "d", 0, "\"12.5\"");
	assert_cell(b, "d", 1, "\"1234567890123456789012.5\"");
	assert_cell(b, "in.a.b", 0, "true");
	assert_cell(b, "in.list", 0, "\"[1,\\\"x\\\"]\"");
	assert_cell(b, "in", 1, "null");
	assert_cell(b, "new", 1, "1.5");
	assert_cell(b, "at", 0, "\"2026-01-02T03:04:05.678Z\"");
	assert_cell(b, "at", 1, "null");
	assert_int_equal(b->n_noted[WEIR_NOTE_TIME_RANGE], 1);
	assert_int_equal(b->time_us[0], INT64_C(1767323045678000));
	assert_int_equal(b->time_us[2], WEIR_TIME_NONE);
	assert_cell(b, "u", 0, "\"00010203-0405-0607-0809-0a0b0c0d0e0f\"");
	assert_cell(b, "u", 1, "\"x'ff'\"");
	assert_cell(b, "t", 0, "\"1970-01-01T00:00:01Z\"");
	assert_cell(b, "re", 2,
		    "\"{\\\"$regularExpression\\\":{\\\"pattern\\\":\\\"a\\\",\\\"options\\\":\\\"\\\"}}\"");
	weir_batch_free(b);
	weir_mg_reader_release(&r);
}

/* As the landing writes them: _id and _weir are no columns, names are as they were, and microseconds come back. */
static void documents_of_weir(void **state)
{
	static const char *const texts[] = {
	    "{\"_id\":{\"stream\":\"web\"},\"a_x2e_b\":1,\"_x5f_id\":\"mine\",\"e\":{\"$date\":{\"$numberLong\":\"-1\"}},\"f\":null,\"t\":"
	    "{\"$date\":{\"$numberLong\":\"1000\"}},\"_weir\":{\"at\":{\"$numberLong\":\"5\"},\"time\":\"t\",\"us\":{\"e\":999,\"t\":1}}}",
	    "{\"_id\":{\"stream\":\"web\"},\"raw\":{\"$binary\":{\"base64\":\"Yf8=\",\"subType\":\"00\"}},\"_weir\":{\"at\":{\"$numberLong\":\"6\"}}}",
	    "{\"_id\":3,\"_weir\":{\"at\":\"no number\"}}",
	};
	struct weir_mg_reader r = {0};
	struct weir_str raw = WEIR_STR("a\xff");

	(void)state;
	struct weir_batch *b = read_all(&r, texts, 3);
	assert_cell(b, "a.b", 0, "1");
	assert_cell(b, "_id", 0, "\"mine\"");
	assert_cell(b, "_id", 2, "\"3\"");
	assert_cell(b, "_weir.at", 2, "\"no number\"");
	assert_cell(b, "e", 0, "\"1969-12-31T23:59:59.999999Z\"");
	assert_cell(b, "t", 0, "\"1970-01-01T00:00:01.000001Z\"");
	assert_cell(b, "f", 0, "null");
	assert_cell(b, "f", 1, "missing");
	assert_int_equal(b->time_us[0], 1000001);
	int field = weir_schema_find(b->schema, WEIR_STR("raw"));
	assert_true(field >= 0 && weir_str_equal(weir_column_get(&b->columns[field], 1).s, raw));
	assert_int_equal(weir_schema_find(b->schema, WEIR_STR("_weir")), -1);
	weir_batch_free(b);
	weir_mg_reader_release(&r);
}

static void sets_keep_hashes_and_marks(void **state)
{
	struct weir_mg_set s = {0};

	(void)state;
	assert_false(weir_mg_set_has(&s, 4) || weir_mg_set_is_marked(&s, 4));
	for (uint64_t i = 0; i < 10000; i++)
		assert_true(weir_mg_set_add(&s, i << 20));
	assert_int_equal(s.n, 10000);
	weir_mg_set_mark(&s, 7 << 20);
	weir_mg_set_mark(&s, 5); /* is not in there */
	assert_true(weir_mg_set_add(&s, 7 << 20) && s.n == 10000);
	assert_true(weir_mg_set_is_marked(&s, 7 << 20) && !weir_mg_set_is_marked(&s, 8 << 20));
	assert_true(weir_mg_set_has(&s, 0) && !weir_mg_set_has(&s, 5));
	weir_mg_set_release(&s);
}

static void what_was_seen_is_forgotten_in_time(void **state)
{
	struct weir_mg_seen s = {0};
	bool fresh;

	(void)state;
	for (int64_t i = 0; i < 1000; i++)
		assert_true(weir_mg_seen_add(&s, i, 100, (uint64_t)(i + 1) << 8, &fresh) && fresh);
	for (int64_t i = 900; i < 1000; i++)
		assert_true(weir_mg_seen_add(&s, i, 100, (uint64_t)(i + 1) << 8, &fresh) && !fresh);
	assert_true(s.younger.n + s.older.n <= 300);
	weir_mg_seen_release(&s);
}

static void places_are_texts(void **state)
{
	static const char *const good[] = {"change-82AB00", "at-1796057535084342", "date--5",
					   "id-65f000000000000000000001"};
	static const char *const bad[] = {"", "change-", "change-xyz", "at-", "id-12", "5"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct weir_mg_source q = {0};
		struct weir_buf text = {0};
		assert_int_equal(weir_mg_position_read(&q, good[i], NULL), WEIR_OK);
		q.has_changes = q.place != NULL;
		q.phase = WEIR_MG_CHANGES;
		assert_int_equal(weir_mg_position_write(&q, &text), WEIR_OK);
		assert_string_equal(text.data, good[i]);
		weir_buf_release(&text);
		if (q.place)
			bson_destroy(q.place);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct weir_mg_source q = {0};
		struct weir_error err = {0};
		assert_int_equal(weir_mg_position_read(&q, bad[i], &err), WEIR_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(documents_of_others),        cmocka_unit_test(documents_of_weir),
	    cmocka_unit_test(sets_keep_hashes_and_marks), cmocka_unit_test(what_was_seen_is_forgotten_in_time),
	    cmocka_unit_test(places_are_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
