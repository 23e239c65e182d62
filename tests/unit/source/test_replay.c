/* Captures as sources: what is whole is handed out, run by run; parts of one; following one that grows. */
#include "replaying.h"

enum { BLOCKS = 6, ALL = BLOCKS * RECORDS_A_BLOCK };

static struct weir_buf whole;
static size_t ends[BLOCKS + 1];

static int set_up(void **state)
{
	folder_make(state);
	put_stream(&whole, "log");
	ends[0] = whole.size;
	for (unsigned i = 0; i < BLOCKS; i++) {
		put_lines(&whole, i, i % 2);
		ends[i + 1] = whole.size;
	}
	put_end(&whole);
	return 0;
}

static int tear_down(void **state)
{
	weir_buf_release(&whole);
	return folder_remove(state);
}

static void test_runs_and_arrivals(void **state)
{
	struct replayed r;

	(void)state;
	write_file(in_folder("a.weir"), weir_buf_str(&whole));
	assert_int_equal(start(&r, in_folder("a.weir"), NULL, NULL), WEIR_OK);
	assert_string_equal(r.source->recorded->format, "text");
	assert_int_equal(read_on(&r), WEIR_END);
	finish(&r);
	assert_int_equal(r.lines, ALL);
	assert_int_equal(r.chunks, ALL); /* each was a run */
	assert_int_equal(r.first_us, 1000);
	assert_int_equal(r.last_us, 1000 + ALL - 1);
	assert_int_equal(r.lost, 0);
	assert_string_equal(r.unread, "");
}

static void test_a_part(void **state)
{
	struct replayed r;

	(void)state;
	write_file(in_folder("a.weir"), weir_buf_str(&whole));
	assert_int_equal(start(&r, in_folder("a.weir"), "from", "1970-01-01T00:00:00.001008Z"), WEIR_OK);
	assert_int_equal(read_on(&r), WEIR_END);
	finish(&r);
	assert_int_equal(r.lines, ALL - 8);
	assert_int_equal(r.first_us, 1008);
	assert_int_equal(r.lost, 0);
	assert_int_equal(start(&r, in_folder("a.weir"), "until", "1970-01-01T00:00:00.001008Z"), WEIR_OK);
	assert_int_equal(read_on(&r), WEIR_END);
	finish(&r);
	assert_int_equal(r.lines, 8);
	assert_string_equal(r.unread, "");
}

/* By offsets in the stream: what is cut in the middle is handed out as it is, as from a file. */
static void test_a_part_by_offset(void **state)
{
	static const struct {
		const char *name, *value;
		unsigned lines;
		int64_t first_us, last_us;
	} cases[] = {{"from", "0", ALL, 1000, 1000 + ALL - 1},
		     {"from", "45", ALL - 5, 1005, 1000 + ALL - 1},
		     {"from", "46", ALL - 6, 1005, 1000 + ALL - 1},
		     {"from", "9999", 0, 0, 0},
		     {"until", "45", 5, 1000, 1004},
		     {"until", "53", 5, 1000, 1005},
		     {"until", "0", 0, 0, 0},
		     {"until", "9999", ALL, 1000, 1000 + ALL - 1}};
	struct replayed r;

	(void)state;
	write_file(in_folder("a.weir"), weir_buf_str(&whole));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(start(&r, in_folder("a.weir"), cases[i].name, cases[i].value), WEIR_OK);
		assert_int_equal(read_on(&r), WEIR_END);
		finish(&r);
		assert_int_equal(r.lines, cases[i].lines);
		assert_int_equal(r.first_us, cases[i].first_us);
		assert_int_equal(r.last_us, cases[i].last_us);
		assert_int_equal(r.lost, 0);
		assert_string_equal(r.unread, "");
	}
	assert_int_equal(start(&r, in_folder("a.weir"), "until", "earliest"), WEIR_OK);
	assert_int_equal(read_on(&r), WEIR_END);
	finish(&r);
	assert_int_equal(r.lines, 0);
	assert_string_equal(r.unread, "");
}

static void test_follow(void **state)
{
	struct replayed r;

	(void)state;
	write_file(in_folder("grows.weir"), (struct weir_str){whole.data, ends[2] + 30});
	assert_int_equal(start(&r, in_folder("grows.weir"), "follow", "yes"), WEIR_OK);
	assert_false(weir_source_finite(r.source));
	assert_int_equal(read_on(&r), WEIR_AGAIN);
	assert_int_equal(r.lines, 2 * RECORDS_A_BLOCK);
	FILE *f = fopen(in_folder("grows.weir"), "ab");
	assert_int_equal(fwrite(whole.data + ends[2] + 30, 1, whole.size - ends[2] - 30, f), whole.size - ends[2] - 30);
	fclose(f);
	assert_int_equal(read_on(&r), WEIR_AGAIN);
	assert_int_equal(r.lines, ALL);
	finish(&r);
	assert_int_equal(r.lost, 0);
}

/* ---- schemas ---- */

static void expect_schema(struct weir_registry *registry, uint32_t id, const char *text)
{
	const struct weir_registry_schema *schema = NULL;

	assert_int_equal(weir_registry_get(registry, id, &schema, NULL), WEIR_OK);
	assert_int_equal(schema->kind, WEIR_SCHEMA_AVRO);
	assert_int_equal(schema->n, 2);
	assert_string_equal(schema->texts[0].name, "other");
	assert_true(weir_str_equal(schema->texts[1].text, weir_str_of(text)));
}

/* Those of the whole file are known from the start, those that are written later when they are met. */
static void test_schemas(void **state)
{
	struct weir_buf file = {0}, more = {0};
	struct weir_registry *registry = NULL;
	const struct weir_registry_schema *schema = NULL;
	struct replayed r;
	struct weir_error err = {0};

	(void)state;
	put_stream(&file, "log");
	put_schema(&file, 7, "\"string\"");
	put_schema(&file, 8, "\"long\"");
	put_schema(&file, 8, "\"long\"");
	put_lines(&file, 0, false);
	put_schema(&file, 9, "\"long\"");
	put_schema(&file, 9, "\"bytes\"");
	put_schema(&more, 10, "\"double\"");
	write_file(in_folder("s.weir"), weir_buf_str(&file));
	assert_int_equal(weir_registry_open_offline(&weir_clock_system, NULL, &registry, NULL), WEIR_OK);
	assert_int_equal(start_with(&r, in_folder("s.weir"), "follow", "yes", registry), WEIR_OK);
	expect_schema(registry, 7, "\"string\"");
	expect_schema(registry, 8, "\"long\"");
	assert_int_equal(weir_registry_known(registry, 0)->id, 7);
	assert_null(weir_registry_known(registry, 3));
	assert_int_equal(weir_registry_get(registry, 9, &schema, &err), WEIR_MALFORMED);
	assert_non_null(strstr(err.what, "two schemas of this number"));
	assert_int_equal(weir_registry_get(registry, 10, &schema, &err), WEIR_NOT_FOUND);
	assert_non_null(strstr(err.what, "registry=URL"));
	assert_int_equal(read_on(&r), WEIR_AGAIN);
	FILE *f = fopen(in_folder("s.weir"), "ab");
	assert_int_equal(fwrite(more.data, 1, more.size, f), more.size);
	fclose(f);
	assert_int_equal(read_on(&r), WEIR_AGAIN);
	expect_schema(registry, 10, "\"double\"");
	finish(&r);
	assert_int_equal(r.lines, RECORDS_A_BLOCK);
	assert_int_equal(r.lost, 0);
	weir_registry_close(registry);
	weir_buf_release(&file);
	weir_buf_release(&more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_schemas), cmocka_unit_test(test_runs_and_arrivals),
	    cmocka_unit_test(test_a_part),  cmocka_unit_test(test_a_part_by_offset),
	    cmocka_unit_test(test_follow),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
