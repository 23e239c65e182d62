/* Captures that are cut, changed or made up, as sources: what is whole is handed out, what is missing is counted and said. */
#include "replaying.h"

enum { BLOCKS = 4, ALL = BLOCKS * RECORDS_A_BLOCK, PARTS = BLOCKS + 4 };

/* A description, and a schema before the first block and another before the last two; then the index. */
static struct weir_buf whole, other;
static struct {
	size_t end;
	enum weir_capture_kind kind;
	uint32_t schema;
} parts[PARTS];
static size_t n_parts;

static void ends_part(enum weir_capture_kind kind, uint32_t schema)
{
	parts[n_parts].end = whole.size;
	parts[n_parts].kind = kind;
	parts[n_parts++].schema = schema;
}

static int set_up(void **state)
{
	folder_make(state);
	put_stream(&whole, "log");
	ends_part(WEIR_CAPTURE_STREAM, 0);
	for (unsigned i = 0; i < BLOCKS; i++) {
		if (i % 2 == 0) {
			put_schema(&whole, 7 + i, "\"string\"");
			ends_part(WEIR_CAPTURE_SCHEMA, 7 + i);
		}
		put_lines(&whole, i, i % 2);
		ends_part(WEIR_CAPTURE_BYTES, 0);
	}
	put_end(&whole);
	ends_part(WEIR_CAPTURE_INDEX, 0);
	assert_int_equal(n_parts, PARTS);
	return 0;
}

static int tear_down(void **state)
{
	weir_buf_release(&whole);
	weir_buf_release(&other);
	return folder_remove(state);
}

/* All of it, and whether that schema is known. */
static void replay(struct replayed *r, struct weir_str file, const char *name, const char *value, uint32_t schema,
		   bool *known)
{
	struct weir_registry *registry = NULL;
	const struct weir_registry_schema *found = NULL;

	write_file(in_folder("a.weir"), file);
	assert_int_equal(weir_registry_open_offline(&weir_clock_system, NULL, &registry, NULL), WEIR_OK);
	assert_int_equal(start_with(r, in_folder("a.weir"), name, value, registry), WEIR_OK);
	assert_int_equal(read_on(r), WEIR_END);
	finish(r);
	if (known)
		*known = weir_registry_get(registry, schema, &found, NULL) == WEIR_OK;
	weir_registry_close(registry);
}

static size_t part_of(size_t n)
{
	size_t part = 0;

	while (parts[part].end <= n)
		part++;
	return part;
}

static void test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t n = parts[0].end; n < whole.size; n++) {
		struct replayed r;
		size_t part = part_of(n), over = n - parts[part - 1].end;
		unsigned blocks = 0;
		for (size_t i = 0; i < part; i++)
			blocks += parts[i].kind == WEIR_CAPTURE_BYTES;
		replay(&r, (struct weir_str){whole.data, n}, NULL, NULL, 0, NULL);
		assert_int_equal(r.lines, blocks * RECORDS_A_BLOCK);
		bool known = parts[part].kind == WEIR_CAPTURE_BYTES && over >= WEIR_CAPTURE_HEADER_BYTES;
		assert_int_equal(r.lost, known ? RECORDS_A_BLOCK : 0);
		assert_non_null(strstr(r.unread, over ? "no whole block" : "was not closed"));
	}
}

/* The index tells how much the last block had, although its header is gone. Of a damaged index nothing is missing. */
static void test_change_anywhere(void **state)
{
	(void)state;
	weir_buf_clear(&other);
	weir_buf_add_str(&other, weir_buf_str(&whole));
	for (size_t n = 0; n < whole.size; n++) {
		struct replayed r;
		size_t part = part_of(n);
		bool bytes = parts[part].kind == WEIR_CAPTURE_BYTES, index = parts[part].kind == WEIR_CAPTURE_INDEX;
		bool known;
		other.data[n] = (char)(whole.data[n] ^ 1 << n % 8);
		replay(&r, weir_buf_str(&other), NULL, NULL, parts[part].schema, &known);
		assert_int_equal(r.lines, bytes ? ALL - RECORDS_A_BLOCK : ALL);
		assert_int_equal(r.lost, bytes ? RECORDS_A_BLOCK : 0);
		if (parts[part].kind == WEIR_CAPTURE_SCHEMA)
			assert_false(known);
		if (!index)
			assert_non_null(strstr(r.unread, "is damaged in 1 place"));
		if (!bytes && !index)
			assert_true(strstr(r.unread, "description or schema of the stream is lost") ||
				    strstr(r.unread, "no record of the stream is missing"));
		other.data[n] = whole.data[n];
	}
}

/* A damaged schema that lies before the part that is read is told all the same, and one whose sums are right. */
static void test_schemas_that_are_none(void **state)
{
	struct replayed r;
	bool known;

	(void)state;
	weir_buf_clear(&other);
	weir_buf_add_str(&other, weir_buf_str(&whole));
	other.data[parts[1].end - 1] ^= 1;
	replay(&r, weir_buf_str(&other), "from", "1970-01-01T00:00:00.001009Z", 7, &known);
	assert_int_equal(r.lines, RECORDS_A_BLOCK);
	assert_false(known);
	assert_non_null(strstr(r.unread, "is damaged in 1 place"));
	assert_non_null(strstr(r.unread, "schema of the stream is lost"));

	static const char none[10] = {7, 0, 0, 0, 1}, half[18] = {7, 0, 0, 0, 1, 0, 1, 0, 0, 0, 100};
	const struct weir_str payloads[] = {{none, sizeof none}, {half, sizeof half}};
	for (size_t i = 0; i < 2; i++) {
		const struct weir_capture_block head = {.kind = WEIR_CAPTURE_SCHEMA, .stream = 1};
		weir_buf_clear(&other);
		put_stream(&other, "log");
		put_block(&other, head, payloads[i], false);
		put_lines(&other, 0, false);
		put_end(&other);
		replay(&r, weir_buf_str(&other), NULL, NULL, 7, &known);
		assert_int_equal(r.lines, RECORDS_A_BLOCK);
		assert_false(known);
		assert_non_null(strstr(r.unread, "does not hold what it should; a description or schema"));
	}
}

static void put_numbers(struct weir_buf *file, uint64_t before, uint32_t records)
{
	put_block(file,
		  (struct weir_capture_block){.kind = WEIR_CAPTURE_BYTES,
					      .stream = 1,
					      .records = records,
					      .before = before,
					      .first_us = 2000,
					      .last_us = 2000},
		  WEIR_STR("no frame"), false);
}

/* Headers whose sums are right and whose numbers cannot be: they are not counted by. */
static void test_impossible_numbers(void **state)
{
	static const struct {
		uint64_t before;
		uint32_t records;
		uint64_t lost;
		bool known;
	} cases[] = {{RECORDS_A_BLOCK, 2, 2, true},
		     {INT64_MAX, 2, 2, false},
		     {UINT64_MAX, 2, 2, false},
		     {1, 2, 2, false},
		     {RECORDS_A_BLOCK, UINT32_MAX, 0, false}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct replayed r;
		weir_buf_clear(&other);
		put_stream(&other, "log");
		put_lines(&other, 0, false);
		put_numbers(&other, cases[i].before, cases[i].records);
		other.data[other.size - 1] ^= 1;
		replay(&r, weir_buf_str(&other), NULL, NULL, 0, NULL);
		assert_int_equal(r.lines, RECORDS_A_BLOCK);
		assert_int_equal(r.lost, cases[i].lost);
		assert_int_equal(strstr(r.unread, "how many records are missing is not known") == NULL, cases[i].known);
	}
}

/* Sums that are right, and frames that are none. */
static void test_no_frames(void **state)
{
	struct replayed r;

	(void)state;
	weir_buf_clear(&other);
	put_stream(&other, "log");
	put_numbers(&other, 0, 2);
	put_end(&other);
	replay(&r, weir_buf_str(&other), NULL, NULL, 0, NULL);
	assert_int_equal(r.lines, 0);
	assert_non_null(strstr(r.unread, "does not hold what it should; how many records are missing is not known"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cut_anywhere),
	    cmocka_unit_test(test_change_anywhere),
	    cmocka_unit_test(test_schemas_that_are_none),
	    cmocka_unit_test(test_impossible_numbers),
	    cmocka_unit_test(test_no_frames),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
