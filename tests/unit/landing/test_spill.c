/* What exceeds the memory of a queue waits on the disk: in order, with every type as it was, within its bound; and a disk that is full,
 * slow or damaged loses nothing silently. */
#include "rows.h"

#include "../../limit.h"

#include <errno.h>
#include <math.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* A disk of our own, in place of the C library's. */
static _Atomic bool disk_full, disk_stands, disk_lies;
static _Atomic int writes;

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
	while (disk_stands)
		weir_clock_system.sleep_us(NULL, 500);
	writes++;
	if (disk_full) {
		errno = ENOSPC;
		return -1;
	}
	return syscall(SYS_pwrite64, fd, bytes, size < 1000 ? size : 1000, at); /* in pieces */
}

ssize_t pread(int fd, void *bytes, size_t size, off_t at)
{
	ssize_t n = syscall(SYS_pread64, fd, bytes, size, at);

	if (n > 10 && disk_lies)
		((char *)bytes)[9] ^= 1;
	return n;
}

struct slow {
	struct weir_landing base;
	_Atomic bool may;
	uint64_t landed;
	int64_t next;
	void (*look)(const struct weir_batch *b, const uint64_t *rows);
};

static enum weir_status slow_write(struct weir_landing *l, const struct weir_batch *b, const uint64_t *rows,
				   struct weir_error *err)
{
	struct slow *s = (struct slow *)l;

	(void)err;
	while (!s->may)
		weir_clock_system.sleep_us(NULL, 500);
	for (uint32_t i = 0; i < b->n_rows; i++) {
		if (!weir_bit_get(rows, i))
			continue;
		if (!disk_lies)
			assert_int_equal(weir_batch_position(b, i), s->next);
		s->next++;
		s->landed++;
	}
	if (s->look)
		s->look(b, rows);
	return WEIR_OK;
}

static enum weir_status slow_flush(struct weir_landing *l, struct weir_error *err)
{
	(void)l;
	(void)err;
	return WEIR_OK;
}

static void slow_status(const struct weir_landing *l, struct weir_landing_status *out)
{
	out->landed = ((const struct slow *)l)->landed;
}

static enum weir_status slow_close(struct weir_landing *l, bool complete, struct weir_error *err)
{
	(void)complete;
	return slow_flush(l, err);
}

static void slow_release(struct weir_landing *l)
{
	(void)l;
}

static const struct weir_landing_ops slow_ops = {.name = "slow",
						 .write = slow_write,
						 .flush = slow_flush,
						 .status = slow_status,
						 .close = slow_close,
						 .release = slow_release};

static struct weir_budget budget;

static struct weir_landing_queue *start(struct slow *s, struct folder *f, const char *address)
{
	struct weir_landing_queue *q = NULL;
	struct weir_uri uri;

	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &uri, NULL), WEIR_OK);
	struct weir_landing_config config = {.uri = &uri,
					     .clock = &weir_clock_system,
					     .budget = &budget,
					     .queue_bytes = 16384, /* one batch and a part of another */
					     .spill_folder = f->path,
					     .spill_bytes = 1 << 20};
	s->base.ops = &slow_ops;
	assert_int_equal(weir_landing_queue_start(&s->base, &config, &q, NULL), WEIR_OK);
	weir_uri_release(&uri);
	return q;
}

static void give_batch(struct weir_landing_queue *q, struct weir_batch *b, uint64_t *rows)
{
	struct weir_landing_rows *r = weir_landing_rows_take(b, rows, &budget);

	assert_non_null(r);
	weir_landing_queue_give(q, r);
	weir_landing_rows_unref(r);
}

/* 100 rows each, as long as there is room within a while. Returns how many rows. */
static int64_t fill(struct weir_landing_queue *q, int64_t most)
{
	int64_t given = 0;

	for (int idle = 0; given < most && idle < 60; idle++) {
		if (!weir_landing_queue_has_room(q)) {
			weir_clock_system.sleep_us(NULL, 2000);
			continue;
		}
		give_batch(q, make_batch(given, 100, false), all_rows(100));
		given += 100;
		idle = 0;
	}
	return given;
}

static struct weir_landing_status status_of(struct weir_landing_queue *q)
{
	struct weir_landing_status s;

	weir_landing_queue_status(q, &s);
	return s;
}

static struct weir_landing_status finish(struct weir_landing_queue *q)
{
	weir_landing_queue_end(q, true);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	struct weir_landing_status now = status_of(q);
	assert_int_equal(now.waiting, 0);
	weir_landing_queue_close(q);
	assert_int_equal(weir_budget_used(&budget), 0);
	return now;
}

static void assert_nothing_lies_there(struct folder *f)
{
	assert_int_equal(rmdir(f->path), 0); /* it has no name, so that nothing stays, whatever happens */
	assert_int_equal(mkdir(f->path, 0700), 0);
}

static void test_what_exceeds_memory(void **state)
{
	struct folder *f = *state;
	struct slow s = {0};
	struct weir_landing_queue *q = start(&s, f, "slow.ndjson");
	int64_t given = fill(q, 20000);

	assert_int_equal(given, 20000); /* the landing took none of it */
	assert_in_range(status_of(q).spilled, 15000, 20000);
	assert_in_range(weir_budget_used(&budget), 1, 30000);
	assert_nothing_lies_there(f);
	s.may = true;
	struct weir_landing_status now = finish(q);
	assert_int_equal(now.landed, given);
	assert_int_equal(now.refused + now.shed, 0);
	assert_string_equal(now.spill_trouble, "");
}

static void test_its_bound(void **state)
{
	struct folder *f = *state;
	struct slow s = {0};
	struct weir_landing_queue *q = start(&s, f, "slow.ndjson?spill-bytes=20000");
	int64_t given = fill(q, 100000);

	assert_in_range(given, 500, 3000);
	assert_false(weir_landing_queue_has_room(q));
	assert_in_range(status_of(q).spilled, 300, given);
	s.may = true;
	wait_for_room(q); /* what was read again makes room */
	assert_int_equal(finish(q).landed, given);
}

static void test_none(void **state)
{
	struct folder *f = *state;
	struct slow s = {0};
	struct weir_landing_queue *q = start(&s, f, "slow.ndjson?spill-bytes=0");
	int64_t given = fill(q, 100000);

	assert_in_range(given, 100, 1500);
	assert_int_equal(status_of(q).spilled, 0);
	s.may = true;
	assert_int_equal(finish(q).landed, given);
}

static void test_a_full_disk(void **state)
{
	struct folder *f = *state;
	struct slow s = {0};
	struct weir_landing_queue *q = start(&s, f, "slow.ndjson");

	disk_full = true;
	int64_t given = fill(q, 100000);
	assert_in_range(given, 100, 1500);
	assert_string_equal(status_of(q).spill_trouble, "No space left on device");
	assert_int_equal(status_of(q).spilled, 0);
	disk_full = false; /* somebody made room: it is tried again */
	for (int64_t i = given; i < given + 1000; i += 100) {
		wait_for_room(q);
		give_batch(q, make_batch(i, 100, false), all_rows(100));
	}
	assert_true(status_of(q).spilled > 0);
	assert_string_equal(status_of(q).spill_trouble, "");
	s.may = true;
	assert_int_equal(finish(q).landed, given + 1000);
}

/* Neither the caller nor the landing waits for it. */
static void test_a_slow_disk(void **state)
{
	struct folder *f = *state;
	struct slow s = {0};
	struct weir_landing_queue *q = start(&s, f, "slow.ndjson");

	disk_stands = true;
	int64_t given = fill(q, 100000);
	assert_in_range(given, 100, 1500);
	s.may = true;
	weir_landing_queue_end(q, true);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	assert_int_equal(status_of(q).landed, given);
	disk_stands = false;
	assert_int_equal(finish(q).landed, given);
}

static void test_a_damaged_disk(void **state)
{
	struct folder *f = *state;
	struct slow s = {0};
	struct weir_landing_queue *q = start(&s, f, "slow.ndjson");
	int64_t given = fill(q, 5000);

	disk_lies = true;
	s.may = true;
	struct weir_landing_status now = finish(q);
	disk_lies = false;
	assert_int_equal(now.landed + now.refused, given);
	/* the landing may hold one that it read before */
	assert_true(now.refused > 0 && (now.refused == now.spilled || now.refused + 100 == now.spilled));
	assert_string_equal(now.reason, "it could not be read from the temporary file again");
	assert_int_equal(now.loss.code, WEIR_IO); /* a batch ends with it */
}

/* Columns of every type; where the types mix, missing and null differ. */
static struct weir_batch *make_odd(void)
{
	static const char *const names[] = {"b", "i", "f", "t", "s", "mixed", "missing"};
	static const enum weir_type types[] = {WEIR_BOOL,   WEIR_INT64,  WEIR_FLOAT64, WEIR_TIMESTAMP,
					       WEIR_STRING, WEIR_STRING, WEIR_INT64};
	struct weir_batch *b = weir_batch_new(4);
	struct weir_schema *schema = weir_schema_new();

	for (size_t i = 0; i < 7; i++)
		assert_int_equal(weir_schema_add(schema, weir_str_of(names[i]), types[i]), i);
	assert_true(weir_batch_set_schema(b, schema));
	weir_schema_unref(schema);
	struct weir_column *c = b->columns;
	for (uint32_t row = 0; row < 4; row++) {
		b->position[row] = row;
		assert_true(weir_column_set_bool(&c[0], row, row % 2));
		assert_true(weir_column_set_int64(&c[1], row, INT64_MIN + row));
		assert_true(weir_column_set_float64(&c[2], row, row == 1 ? -0.0 : 0x1.fffffffffffffp-1022));
		assert_true(weir_column_set_timestamp(&c[3], row, 1234567890123456 + row));
		assert_true(weir_column_set_string(&c[4], row, WEIR_STR("a\0b\xff"), NULL));
		assert_true(row == 1 ? weir_column_set_float64(&c[5], row, 2.5) : weir_column_set_int64(&c[5], row, 7));
		if (row != 1)
			assert_true(weir_column_set_null(&c[6], row));
	}
	for (size_t i = 0; i < 7; i++)
		assert_true(weir_column_finish(&c[i], 4));
	b->n_rows = 4;
	b->arrival_us = 77;
	return b;
}

static _Atomic int looked;

static void look(const struct weir_batch *b, const uint64_t *rows)
{
	struct weir_buf text = {0};
	const struct weir_column *c = b->columns;
	uint32_t row = 0;

	if (b->n_columns != 7)
		return;
	while (!weir_bit_get(rows, row) || weir_batch_position(b, row) % 4 != 1)
		row++;
	looked++;
	assert_int_equal(b->arrival_us, 77);
	assert_true(weir_column_get(&c[0], row).b);
	assert_int_equal(weir_column_get(&c[1], row).i, INT64_MIN + 1);
	assert_true(signbit(weir_column_get(&c[2], row).f));
	assert_int_equal(weir_column_get(&c[3], row).type, WEIR_TIMESTAMP);
	assert_int_equal(weir_column_get(&c[3], row).i, 1234567890123457);
	assert_true(weir_str_equal(weir_column_get(&c[4], row).s, WEIR_STR("a\0b\xff")));
	assert_true(weir_column_missing(&c[6], row));
	weir_column_text(&c[5], row, &text);
	weir_buf_add_char(&text, ' ');
	weir_column_text(&c[5], row + 1, &text); /* 7, as the source had it */
	assert_string_equal(text.data, "2.5 7");
	assert_false(weir_column_missing(&c[6], row + 1) || weir_column_valid(&c[6], row + 1));
	weir_buf_release(&text);
}

static void test_every_type(void **state)
{
	struct folder *f = *state;
	struct slow s = {.look = look};
	struct weir_landing_queue *q = start(&s, f, "slow.ndjson");

	for (int64_t i = 0; i < 40; i++) {
		struct weir_batch *b = make_odd();
		uint64_t *rows = all_rows(4);
		for (uint32_t row = 0; row < 4; row++)
			b->position[row] = 4 * i + row;
		wait_for_room(q);
		give_batch(q, b, rows);
	}
	for (int tries = 0; !status_of(q).spilled && tries < 2000; tries++)
		weir_clock_system.sleep_us(NULL, 1000);
	assert_true(status_of(q).spilled > 0);
	s.may = true;
	assert_int_equal(finish(q).landed, 160);
	assert_int_equal(looked, 40);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
	    TEST(test_what_exceeds_memory), TEST(test_its_bound),      TEST(test_none),       TEST(test_a_full_disk),
	    TEST(test_a_slow_disk),         TEST(test_a_damaged_disk), TEST(test_every_type),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
