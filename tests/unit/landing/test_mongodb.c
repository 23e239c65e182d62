/* Rows as documents: BSON that is valid, with the types of the values, and the key that makes each row one. */
#include "rows.h"

#include "landing/mongodb/mongodb.h"

#include <math.h>

static struct weir_landing_status counts;
static uint32_t n_kept, kept_row;

static void keep_refused(void *ctx, const struct weir_batch *batch, uint32_t row, const char *reason)
{
	assert_ptr_equal(batch, ctx);
	assert_non_null(reason);
	n_kept++;
	kept_row = row;
}

/* The rows of the batch, as documents. */
static void must_add(struct weir_mongodb_rows *r, struct weir_batch *b, struct weir_mongodb_documents *d)
{
	struct weir_error err = {0};
	uint64_t *rows = all_rows(b->n_rows);

	struct weir_landing landing = {.refused = keep_refused, .refused_ctx = b};

	n_kept = 0;
	counts = (struct weir_landing_status){.refused_position = -1};
	assert_int_equal(weir_mongodb_rows_add(&landing, r, b, rows, d, &counts, &err), WEIR_OK);
	free(rows);
	weir_batch_free(b);
}

static void document(const struct weir_mongodb_documents *d, size_t i, bson_t *out)
{
	assert_true(i < d->n);
	assert_true(bson_init_static(out, (const uint8_t *)d->bytes.data + d->list[i].from, d->list[i].size));
	assert_true(bson_validate(out, BSON_VALIDATE_UTF8 | BSON_VALIDATE_UTF8_ALLOW_NULL, NULL));
}

static void find(const bson_t *d, const char *path, bson_iter_t *out)
{
	bson_iter_t at;

	assert_true(bson_iter_init(&at, d) && bson_iter_find_descendant(&at, path, out));
}

/* One row with a value of each kind. */
static struct weir_batch *one_of_each(void)
{
	static const char *const names[] = {"b", "i", "f", "t", "s", "raw", "none", "gone", "_id"};
	static const enum weir_type types[] = {WEIR_BOOL,   WEIR_INT64,  WEIR_FLOAT64, WEIR_TIMESTAMP, WEIR_STRING,
					       WEIR_STRING, WEIR_STRING, WEIR_STRING,  WEIR_INT64};
	struct weir_batch *b = weir_batch_new(1);
	struct weir_schema *s = weir_schema_new();

	assert_non_null(b);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(weir_schema_add(s, weir_str_of(names[i]), types[i]), (int)i);
	weir_schema_set_time(s, 3);
	assert_true(weir_batch_set_schema(b, s));
	weir_schema_unref(s);
	b->position[0] = 4711;
	assert_true(weir_column_set_bool(&b->columns[0], 0, true));
	assert_true(weir_column_set_int64(&b->columns[1], 0, INT64_MIN));
	assert_true(weir_column_set_float64(&b->columns[2], 0, -0.0));
	assert_true(weir_column_set_timestamp(&b->columns[3], 0, -1)); /* a microsecond before 1970 */
	assert_true(weir_column_set_string(&b->columns[4], 0, WEIR_STR("a\0ż"), NULL));
	assert_true(weir_column_set_string(&b->columns[5], 0, WEIR_STR("a\xff"), NULL));
	assert_true(weir_column_set_null(&b->columns[6], 0));
	assert_true(weir_column_set_int64(&b->columns[8], 0, 7));
	for (uint32_t i = 0; i < b->n_columns; i++)
		assert_true(weir_column_finish(&b->columns[i], 1));
	b->n_rows = 1;
	return b;
}

static void each_type_is_itself(void **state)
{
	struct weir_mongodb_rows r = {.fields = {.stream = WEIR_STR("web"), .run = 3}};
	struct weir_mongodb_documents docs = {0};
	bson_iter_t at;
	bson_t d;
	uint32_t size;
	const uint8_t *bytes;
	bson_subtype_t kind;

	(void)state;
	must_add(&r, one_of_each(), &docs);
	document(&docs, 0, &d);
	find(&d, "b", &at);
	assert_true(BSON_ITER_HOLDS_BOOL(&at) && bson_iter_bool(&at));
	find(&d, "i", &at);
	assert_true(BSON_ITER_HOLDS_INT64(&at) && bson_iter_int64(&at) == INT64_MIN);
	find(&d, "f", &at);
	assert_true(BSON_ITER_HOLDS_DOUBLE(&at) && signbit(bson_iter_double(&at)) && bson_iter_double(&at) == 0);
	find(&d, "t", &at);
	assert_true(BSON_ITER_HOLDS_DATE_TIME(&at) && bson_iter_date_time(&at) == -1);
	find(&d, "_weir.us.t", &at);
	assert_int_equal(bson_iter_int32(&at), 999);
	find(&d, "s", &at);
	assert_true(weir_str_equal(WEIR_STR("a\0ż"), (struct weir_str){bson_iter_utf8(&at, &size), 4}));
	assert_int_equal(size, 4);
	find(&d, "raw", &at);
	bson_iter_binary(&at, &kind, &size, &bytes);
	assert_true(size == 2 && kind == BSON_SUBTYPE_BINARY && memcmp(bytes, "a\xff", 2) == 0);
	find(&d, "none", &at);
	assert_true(BSON_ITER_HOLDS_NULL(&at));
	assert_false(bson_iter_init_find(&at, &d, "gone"));
	find(&d, "_x5f_id", &at);
	assert_int_equal(bson_iter_int64(&at), 7);
	find(&d, "_id.offset", &at);
	assert_int_equal(bson_iter_int64(&at), 4711);
	find(&d, "_id.run", &at);
	assert_int_equal(bson_iter_int64(&at), 3);
	find(&d, "_id.stream", &at);
	assert_string_equal(bson_iter_utf8(&at, NULL), "web");
	find(&d, "_weir.time", &at);
	assert_string_equal(bson_iter_utf8(&at, NULL), "t");
	weir_mongodb_rows_release(&r);
	weir_mongodb_documents_release(&docs);
}

static int64_t number(const struct weir_mongodb_documents *docs, size_t i, const char *path)
{
	bson_iter_t at;
	bson_t d;

	document(docs, i, &d);
	find(&d, path, &at);
	return bson_iter_int64(&at);
}

static void documents_are_numbered_upwards(void **state)
{
	struct weir_mongodb_rows r = {.fields = {.stream = WEIR_STR("web")}};
	struct weir_mongodb_documents docs = {0};
	int64_t last = 0;

	(void)state;
	must_add(&r, make_batch(5, 3, true), &docs);
	weir_mongodb_documents_number(&docs, 1000, &last);
	assert_int_equal(number(&docs, 0, "_weir.at"), 1000);
	assert_int_equal(number(&docs, 2, "_weir.at"), 1002);
	weir_mongodb_documents_number(&docs, 500, &last); /* the clock was set back */
	assert_int_equal(number(&docs, 0, "_weir.at"), 1003);
	assert_int_equal(last, 1005);
	weir_mongodb_rows_release(&r);
	weir_mongodb_documents_release(&docs);
}

/* The same row is the same document, whatever columns came since; another one at the same place is not. */
static void the_key_has_a_hash_of_the_row(void **state)
{
	struct weir_mongodb_rows r = {.fields = {.stream = WEIR_STR("web"), .columns = WEIR_STR("i,s")}};
	struct weir_mongodb_documents docs = {0};
	struct weir_batch *other = make_batch(1, 1, false);

	(void)state;
	must_add(&r, make_batch(0, 1, false), &docs);
	must_add(&r, make_batch(0, 1, true), &docs);
	other->position[0] = 0;
	must_add(&r, other, &docs);
	assert_int_equal(docs.n, 3);
	assert_int_equal(number(&docs, 0, "_id.hash"), number(&docs, 1, "_id.hash"));
	assert_int_not_equal(number(&docs, 0, "_id.hash"), number(&docs, 2, "_id.hash"));
	assert_int_equal(number(&docs, 2, "_id.offset"), 0);
	weir_mongodb_rows_release(&r);
	weir_mongodb_documents_release(&docs);
}

static void what_is_too_large_is_refused(void **state)
{
	struct weir_mongodb_rows r = {.fields = {.stream = WEIR_STR("web")}};
	struct weir_mongodb_documents docs = {0};
	struct weir_batch *b = weir_batch_new(2);
	struct weir_schema *s = weir_schema_new();
	char *text = calloc(WEIR_MONGODB_MOST_BYTES, 1);

	(void)state;
	assert_true(text && weir_schema_add(s, WEIR_STR("s"), WEIR_STRING) == 0 && weir_batch_set_schema(b, s));
	weir_schema_unref(s);
	b->position[0] = 10;
	b->position[1] = 20;
	assert_true(weir_column_set_string(&b->columns[0], 0, (struct weir_str){text, WEIR_MONGODB_MOST_BYTES}, NULL) &&
		    weir_column_set_string(&b->columns[0], 1, WEIR_STR("small"), NULL) &&
		    weir_column_finish(&b->columns[0], 2));
	b->n_rows = 2;
	must_add(&r, b, &docs);
	free(text);
	assert_int_equal(docs.n, 1);
	assert_int_equal(number(&docs, 0, "_id.offset"), 20);
	assert_int_equal(counts.refused, 1);
	assert_int_equal(counts.refused_position, 10);
	assert_int_equal(n_kept, 1);
	assert_int_equal(kept_row, 0);
	assert_non_null(strstr(counts.reason, "16 MiB"));
	weir_mongodb_rows_release(&r);
	weir_mongodb_documents_release(&docs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_type_is_itself),
	    cmocka_unit_test(documents_are_numbered_upwards),
	    cmocka_unit_test(the_key_has_a_hash_of_the_row),
	    cmocka_unit_test(what_is_too_large_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
