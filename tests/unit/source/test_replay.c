/* Captures as sources: what is whole is handed out, run by run, what is missing is counted; following one that grows. */
#include "../capture/blocks.h"

#include "weir/client/registry.h"
#include "weir/source/source.h"

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
	return 0;
}

static int tear_down(void **state)
{
	weir_buf_release(&whole);
	return folder_remove(state);
}

struct replayed {
	struct weir_source *source;
	unsigned lines, chunks;
	int64_t first_us, last_us;
	uint64_t lost;
	char unread[200];
	struct weir_error err;
};

static enum weir_status start_with(struct replayed *r, const char *path, const char *name, const char *value,
				   struct weir_registry *registry)
{
	struct weir_param params[] = {{(char *)(uintptr_t)name, (char *)(uintptr_t)value}};
	struct weir_source_config c = {.clock = &weir_clock_system, .stdin_fd = -1, .registry = registry};

	*r = (struct replayed){0};
	c.uri = (struct weir_uri){.scheme = (char *)(uintptr_t) "file",
				  .path = (char *)(uintptr_t)path,
				  .params = params,
				  .n_params = name ? 1 : 0};
	return weir_source_open(&c, &r->source, &r->err);
}

static enum weir_status start(struct replayed *r, const char *path, const char *name, const char *value)
{
	return start_with(r, path, name, value, NULL);
}

/* As far as it goes now. */
static enum weir_status read_on(struct replayed *r)
{
	struct weir_chunk c;
	enum weir_status st;

	while ((st = weir_source_poll(r->source, 0, &c, &r->err)) == WEIR_OK) {
		assert_true(c.recorded && c.idle);
		for (size_t i = 0; i + LINE_BYTES <= c.size; i += LINE_BYTES)
			r->lines++;
		if (c.size && !r->chunks++)
			r->first_us = c.arrival_us;
		r->last_us = c.size ? c.arrival_us : r->last_us;
		c.bytes += c.size;
		c.offset += c.size;
		c.size = 0;
		weir_source_consume(r->source, &c);
	}
	return st;
}

static void finish(struct replayed *r)
{
	struct weir_source_status s;

	weir_source_status(r->source, &s);
	for (uint32_t i = 0; i < weir_partitions_count(s.partitions); i++)
		r->lost += weir_partitions_get(s.partitions, i)->lost;
	snprintf(r->unread, sizeof r->unread, "%s", s.unread);
	weir_source_close(r->source);
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

static void test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t n = ends[0]; n < whole.size; n++) {
		struct replayed r;
		unsigned blocks = 0;
		while (blocks < BLOCKS && ends[blocks + 1] <= n)
			blocks++;
		write_file(in_folder("cut.weir"), (struct weir_str){whole.data, n});
		assert_int_equal(start(&r, in_folder("cut.weir"), NULL, NULL), WEIR_OK);
		assert_int_equal(read_on(&r), WEIR_END);
		finish(&r);
		assert_int_equal(r.lines, blocks * RECORDS_A_BLOCK);
		assert_int_equal(r.lost, n - ends[blocks] >= WEIR_CAPTURE_HEADER_BYTES ? RECORDS_A_BLOCK : 0);
		assert_int_equal(r.unread[0] != 0, n > ends[blocks]);
	}
}

static void test_change_anywhere(void **state)
{
	struct weir_buf other = {0};

	(void)state;
	weir_buf_add_str(&other, weir_buf_str(&whole));
	for (size_t n = 0; n < whole.size; n++) {
		struct replayed r;
		unsigned block = 0;
		while (ends[block] <= n)
			block++;
		other.data[n] = (char)(whole.data[n] ^ 1 << n % 8);
		write_file(in_folder("bad.weir"), weir_buf_str(&other));
		assert_int_equal(start(&r, in_folder("bad.weir"), NULL, NULL), WEIR_OK);
		assert_int_equal(read_on(&r), WEIR_END);
		finish(&r);
		assert_int_equal(r.lines, block ? ALL - RECORDS_A_BLOCK : ALL);
		bool last_header = block == BLOCKS && n < ends[BLOCKS - 1] + WEIR_CAPTURE_HEADER_BYTES;
		assert_int_equal(r.lost, block && !last_header ? RECORDS_A_BLOCK : 0);
		if (block)
			assert_true(r.unread[0]);
		other.data[n] = whole.data[n];
	}
	weir_buf_release(&other);
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

static void put_schema(struct weir_buf *file, uint32_t id, const char *text)
{
	struct weir_buf payload = {0};

	weir_capture_schema_write(id, 1, 2, &payload);
	weir_capture_schema_write_text(WEIR_STR("other"), WEIR_STR("\"int\""), &payload);
	weir_capture_schema_write_text(WEIR_STR(""), weir_str_of(text), &payload);
	put_block(file, (struct weir_capture_block){.kind = WEIR_CAPTURE_SCHEMA, .stream = 1}, weir_buf_str(&payload),
		  false);
	weir_buf_release(&payload);
}

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
	    cmocka_unit_test(test_schemas),      cmocka_unit_test(test_runs_and_arrivals),
	    cmocka_unit_test(test_cut_anywhere), cmocka_unit_test(test_change_anywhere),
	    cmocka_unit_test(test_a_part),       cmocka_unit_test(test_follow),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
