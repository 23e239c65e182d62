#include "config.h"

#include "reading.h"

#include <jansson.h>

static int64_t fake_now_us;
static int64_t fake_mono(void *ctx)
{
	(void)ctx;
	return fake_now_us;
}
static int64_t fake_wall(void *ctx)
{
	(void)ctx;
	return fake_now_us + INT64_C(1700000000000000);
}
static const struct weir_clock fake_clock = {.mono_us = fake_mono, .wall_us = fake_wall};

static void read_finite(struct reading *r, const char *name, const char *count, const char *seed, const char *late)
{
	const char *params[] = {"start=2026-11-22T10:00:00Z", "rate=1000", count, seed ? seed : "seed=1", late, NULL};

	assert_int_equal(reading_open(r, "demo", name, params), WEIR_OK);
	assert_true(weir_source_finite(r->source));
	assert_int_equal(reading_all(r), WEIR_END);
}

/* A screen begins with minutes that have passed; it goes on as before. */
static void a_screen_begins_with_history(void **state)
{
	static const char *const columns[] = {"time", NULL};
	struct weir_chunk chunk = {0};
	struct weir_error err = {0};
	struct weir_source *source = NULL;
	struct weir_source_config config = {.clock = &fake_clock, .stdin_fd = -1, .live = true};
	struct reading all = {0};

	(void)state;
	(void)columns;
	assert_int_equal(weir_uri_parse(weir_str_of("demo:web?rate=1000&late=0s&seed=3"), false, &config.uri, &err),
			 WEIR_OK);
	fake_now_us = 5000000;
	assert_int_equal(weir_source_open(&config, &source, &err), WEIR_OK);
	uint64_t lines = 0;
	while (weir_source_poll(source, 0, &chunk, &err) == WEIR_OK && chunk.size) {
		for (size_t i = 0; i < chunk.size; i++)
			lines += chunk.bytes[i] == '\n';
		struct weir_chunk left = chunk;
		left.bytes += left.size;
		left.size = 0;
		weir_source_consume(source, &left);
	}
	assert_int_equal(lines, 400 * 1000 + 1); /* eleven minutes would be more than a screen waits for */
	weir_source_close(source);
	weir_uri_release(&config.uri);
	(void)all;
}

static void same_seed_same_bytes(void **state)
{
	struct reading a, b, c;

	(void)state;
	read_finite(&a, "orders", "count=20000", "seed=7", NULL);
	read_finite(&b, "orders", "count=20000", "seed=7", NULL);
	read_finite(&c, "orders", "count=20000", "seed=8", NULL);
	assert_int_equal(a.text.size, b.text.size);
	assert_memory_equal(a.text.data, b.text.data, a.text.size);
	assert_true(c.text.size != a.text.size || memcmp(c.text.data, a.text.data, a.text.size) != 0);
	reading_close(&a);
	reading_close(&b);
	reading_close(&c);
}

struct tally {
	size_t lines, bad, behind;
	int64_t furthest_us, first_us, last_us;
};

/* Parses every line and checks that `columns` are there. */
static struct tally tally(const struct reading *r, const char *const *columns)
{
	struct tally t = {.first_us = INT64_MAX};
	struct weir_str rest = {r->text.data, r->text.size};
	int64_t newest = 0, us;

	while (rest.size) {
		struct weir_str line = weir_str_cut(rest, '\n', &rest);
		json_t *o = json_loadb(line.data, line.size, 0, NULL);
		t.lines++;
		if (!o) {
			t.bad++;
			continue;
		}
		for (size_t i = 0; columns[i]; i++)
			assert_non_null(json_object_get(o, columns[i]));
		assert_true(weir_time_parse_iso(weir_str_of(json_string_value(json_object_get(o, "time"))), &us));
		t.behind += us < newest;
		t.furthest_us = newest - us > t.furthest_us ? newest - us : t.furthest_us;
		newest = us > newest ? us : newest;
		t.first_us = us < t.first_us ? us : t.first_us;
		t.last_us = us > t.last_us ? us : t.last_us;
		json_decref(o);
	}
	return t;
}

static void orders_are_as_described(void **state)
{
	static const char *const columns[] = {"time", "customer", "text", "item", "quantity", "price", "region", NULL};
	struct reading r;

	(void)state;
	read_finite(&r, "orders", "count=50000", NULL, NULL);
	struct tally t = tally(&r, columns);
	assert_int_equal(t.lines, 50000);
	assert_in_range(t.bad, 25, 100); /* one in a thousand */
	assert_in_range(t.behind, 1000, 8000);
	assert_in_range(t.furthest_us, 500000, 2000000);
	assert_in_range(t.last_us - t.first_us, 49000000, 52000000); /* 50,000 at 1,000/s */
	reading_close(&r);
}

static void order_text_repeats_its_columns(void **state)
{
	struct reading r;
	char said[64];

	(void)state;
	read_finite(&r, "orders", "count=500", NULL, NULL);
	struct weir_str rest = {r.text.data, r.text.size};
	while (rest.size) {
		struct weir_str line = weir_str_cut(rest, '\n', &rest);
		json_t *o = json_loadb(line.data, line.size, 0, NULL);
		if (!o)
			continue;
		snprintf(said, sizeof said, "%s %d", json_string_value(json_object_get(o, "item")),
			 (int)json_integer_value(json_object_get(o, "quantity")));
		assert_string_equal(said, json_string_value(json_object_get(o, "text")));
		json_decref(o);
	}
	reading_close(&r);
}

static void web_and_sensors_are_well_formed(void **state)
{
	static const char *const web[] = {"time", "service", "status", "latency_ms", "region",
					  "user", "method",  "bytes",  "path",       NULL};
	static const char *const sensors[] = {"time",     "sensor",   "site",    "temperature",
					      "humidity", "pressure", "battery", NULL};
	struct reading r;

	(void)state;
	read_finite(&r, "web", "count=20000", NULL, "late=0");
	struct tally t = tally(&r, web);
	assert_int_equal(t.lines, 20000);
	assert_int_equal(t.bad, 0);
	assert_int_equal(t.behind, 0); /* late=0: in order */
	assert_in_range(r.text.size / 20000, 160, 210);
	reading_close(&r);
	read_finite(&r, "sensors", "count=20000", NULL, "late=10s");
	t = tally(&r, sensors);
	assert_int_equal(t.bad, 0);
	assert_in_range(t.furthest_us, 5000000, 10000000);
	reading_close(&r);
}

static size_t lines_now(struct weir_source *s)
{
	struct weir_chunk c;
	struct weir_error err;
	size_t n = 0;

	while (weir_source_poll(s, 0, &c, &err) == WEIR_OK) {
		for (size_t i = 0; i < c.size; i++)
			n += c.bytes[i] == '\n';
		c.bytes += c.size;
		c.size = 0;
		weir_source_consume(s, &c);
	}
	return n;
}

static void rate_follows_the_clock(void **state)
{
	struct weir_param params[] = {{(char *)(uintptr_t) "rate", (char *)(uintptr_t) "1000000"}};
	struct weir_source_config config = {.clock = &fake_clock};
	struct weir_source *s;
	struct weir_error err;

	(void)state;
	config.uri = (struct weir_uri){
	    .scheme = (char *)(uintptr_t) "demo", .path = (char *)(uintptr_t) "web", .params = params, .n_params = 1};
	assert_int_equal(weir_source_open(&config, &s, &err), WEIR_OK);
	assert_false(weir_source_finite(s));
	assert_int_equal(lines_now(s), 1);
	fake_now_us += 20000;
	assert_int_equal(lines_now(s), 20000);
	assert_int_equal(lines_now(s), 0);
	fake_now_us += 7;
	assert_int_equal(lines_now(s), 7);
	weir_source_close(s);
}

static void wrong_calls_are_told(void **state)
{
	static const char *const wrong[][2] = {
	    {"rate=0", NULL}, {"rate=fast", NULL}, {"late=soon", NULL}, {"start=now", NULL}, {"ratte=5", NULL}};
	struct reading r;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(reading_open(&r, "demo", "web", wrong[i]), WEIR_USAGE);
	assert_non_null(strstr(r.err.hint, "rate=?"));
	assert_int_equal(reading_open(&r, "demo", "order", NULL), WEIR_USAGE);
	assert_non_null(strstr(r.err.hint, "demo:orders"));
	assert_int_equal(reading_open(&r, "demo", "zebra", NULL), WEIR_USAGE);
	assert_non_null(strstr(r.err.hint, "demo:sensors"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_seed_same_bytes),
	    cmocka_unit_test(a_screen_begins_with_history),
	    cmocka_unit_test(orders_are_as_described),
	    cmocka_unit_test(order_text_repeats_its_columns),
	    cmocka_unit_test(web_and_sensors_are_well_formed),
	    cmocka_unit_test(rate_follows_the_clock),
	    cmocka_unit_test(wrong_calls_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
