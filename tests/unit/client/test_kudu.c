/* What Kudu's servers send, and how rows find their tablets: frames that are cut off or lie about their lengths, blocks whose texts lie
 * outside, keys whose bytes compare as the values do, rows of several tablets in the order of their keys, the tablet of a key, and what a comment says of a column. */
#include "client/kudu/cursor.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void test_a_frame_is_read_or_refused(void **state)
{
	/* A head of call 7 with sidecars at 2 and 5, and a body of eight bytes. */
	static const char good[] = "\6\x08\7\x18\2\x18\5\x08"
				   "mmsssttt";
	const size_t size = sizeof good - 1;
	struct kudu_answer a;

	(void)state;
	assert_true(kudu_answer_read((struct weir_str){good, size}, &a));
	assert_int_equal(a.call, 7);
	assert_int_equal(a.n_sidecars, 2);
	assert_true(weir_str_equal(a.message, WEIR_STR("mm")));
	assert_true(weir_str_equal(a.sidecars[0], WEIR_STR("sss")));
	assert_true(weir_str_equal(a.sidecars[1], WEIR_STR("ttt")));
	for (size_t i = 0; i < size; i++) {
		char *cut = malloc(i + 1); /* so that a byte read beyond it is noticed */
		assert_non_null(cut);
		memcpy(cut, good, i);
		assert_false(kudu_answer_read((struct weir_str){cut, i}, &a));
		free(cut);
	}
	assert_false(kudu_answer_read(WEIR_STR("\6\x08\7\x18\5\x18\2\x08"
					       "mmsssttt"),
				      &a)); /* the second before the first */
	assert_false(kudu_answer_read(WEIR_STR("\4\x08\7\x18\x09\x08"
					       "mmsssttt"),
				      &a)); /* behind the end */
	assert_false(kudu_answer_read(WEIR_STR("\xff\xff\xff\xff\xff\xff"), &a));
}

static void test_a_frame_that_is_written_has_its_length(void **state)
{
	Kw__Asked head = KW__ASKED__INIT;
	Kw__Step step = KW__STEP__INIT;
	struct weir_buf out = {0};

	(void)state;
	head.call = 300;
	step.step = 1;
	kudu_frame_write(&head, &step.base, &out);
	assert_int_equal(out.size, 11);
	assert_memory_equal(out.data, "\0\0\0\7\3\x18\xac\2\2\x10\1", 11);
	weir_buf_release(&out);
}

static void test_a_block_is_checked(void **state)
{
	Kw__Column columns[2];
	struct kudu_layout l;
	struct weir_kudu_cell cells[2];
	char row[25] = {0};
	uint64_t at = 1, size = 3;
	int64_t number = -5;

	(void)state;
	kw__column__init(&columns[0]);
	kw__column__init(&columns[1]);
	columns[0].type = WEIR_KUDU_INT64;
	columns[1].type = WEIR_KUDU_STRING;
	columns[1].nullable = true;
	assert_true(kudu_layout_make(&l, columns, 2));
	assert_int_equal(l.row_bytes, sizeof row);
	memcpy(row, &number, 8);
	memcpy(row + 8, &at, 8);
	memcpy(row + 16, &size, 8);
	assert_true(kudu_block_check(&l, 1, (struct weir_str){row, sizeof row}, WEIR_STR("abcd")));
	kudu_block_row(&l, 0, (struct weir_str){row, sizeof row}, WEIR_STR("abcd"), cells);
	assert_true(cells[0].i == -5 && !cells[1].null && weir_str_equal(cells[1].s, WEIR_STR("bcd")));
	assert_false(kudu_block_check(&l, 1, (struct weir_str){row, sizeof row}, WEIR_STR("abc")));
	assert_false(kudu_block_check(&l, 2, (struct weir_str){row, sizeof row}, WEIR_STR("abcd")));
	at = UINT64_MAX; /* and its sum with the size is small again */
	memcpy(row + 8, &at, 8);
	assert_false(kudu_block_check(&l, 1, (struct weir_str){row, sizeof row}, WEIR_STR("abcd")));
	row[24] = 2; /* NULL: what stands there is nothing */
	assert_true(kudu_block_check(&l, 1, (struct weir_str){row, sizeof row}, WEIR_STR("abcd")));
	kudu_block_row(&l, 0, (struct weir_str){row, sizeof row}, WEIR_STR("abcd"), cells);
	assert_true(cells[1].null);
	kudu_layout_release(&l);
}

static void assert_before(int type, struct weir_kudu_cell a, struct weir_kudu_cell b)
{
	struct weir_buf x = {0}, y = {0};

	kudu_key_add(type, &a, false, &x);
	kudu_key_add(type, &b, false, &y);
	weir_buf_add_c(&x, "zz"); /* whatever follows */
	assert_true(weir_str_compare(weir_buf_str(&x), weir_buf_str(&y)) < 0);
	weir_buf_release(&x);
	weir_buf_release(&y);
}

static void test_bytes_of_keys_compare_as_values(void **state)
{
	static const int64_t numbers[] = {INT64_MIN, -1000, -1, 0, 1, 255, 256, INT64_MAX};
	static const struct weir_str texts[] = {{"", 0},   {"\0", 1}, {"\0\0", 2}, {"\0\1", 2},
						{"\1", 1}, {"a", 1},  {"a\0", 2},  {"ab", 2}};

	(void)state;
	for (size_t i = 0; i + 1 < 8; i++) {
		assert_before(WEIR_KUDU_INT64, (struct weir_kudu_cell){.i = numbers[i]},
			      (struct weir_kudu_cell){.i = numbers[i + 1]});
		assert_before(WEIR_KUDU_STRING, (struct weir_kudu_cell){.s = texts[i]},
			      (struct weir_kudu_cell){.s = texts[i + 1]});
	}
}

/* 128 bits, the lowest byte first. */
static void test_great_numbers_compare_as_values(void **state)
{
	static const int64_t high[] = {INT64_MIN, -2, -1, -1, 0, 0, 1, INT64_MAX};
	static const uint64_t low[] = {0, 5, 0, UINT64_MAX, 0, 1, 0, UINT64_MAX};
	char bytes[8][16];

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		memcpy(bytes[i], &low[i], 8);
		memcpy(bytes[i] + 8, &high[i], 8);
	}
	for (size_t i = 0; i + 1 < 8; i++) {
		struct weir_kudu_cell a = {.s = {bytes[i], 16}}, b = {.s = {bytes[i + 1], 16}};
		assert_before(WEIR_KUDU_DECIMAL128, a, b);
		assert_true(kudu_key_compare(WEIR_KUDU_DECIMAL128, &a, &b) < 0);
		assert_true(kudu_key_compare(WEIR_KUDU_DECIMAL128, &b, &a) > 0);
		assert_true(kudu_key_compare(WEIR_KUDU_DECIMAL128, &b, &b) == 0);
	}
}

enum { TABLETS = 5, ROWS = 40, ROW_BYTES = 8 + 16 + 8 + 1 };

/* Rows of a tablet as a server sends them: two columns of the key, a number, and whether the row is gone. */
struct tablet {
	char cells[ROWS * ROW_BYTES], texts[ROWS * 2];
};

static void fill_tablet(struct tablet *t, unsigned *random, int at)
{
	int64_t first = 0;

	for (uint64_t i = 0; i < ROWS; i++) {
		char *row = t->cells + i * ROW_BYTES;
		uint64_t place = 2 * i, size = 2;
		int64_t number = (int64_t)i;
		*random = *random * 1103515245 + 12345;
		first += *random >> 16 & 3; /* often the same: then the text decides */
		t->texts[2 * i] = (char)('A' + i);
		t->texts[2 * i + 1] = (char)('a' + at);
		memcpy(row, &first, 8);
		memcpy(row + 8, &place, 8);
		memcpy(row + 16, &size, 8);
		memcpy(row + 24, &number, 8);
		row[32] = i % 7 == 6; /* gone, the last of a block among them */
	}
}

static void give_block(struct kudu_cursor *c, const struct tablet *t)
{
	c->cells = (struct weir_str){t->cells, sizeof t->cells};
	c->texts = (struct weir_str){t->texts, sizeof t->texts};
	c->n_rows = ROWS;
	c->over = true;
}

static void test_rows_of_all_tablets_come_in_the_order_of_their_keys(void **state)
{
	struct weir_kudu_column columns[] = {{.name = (char *)"a", .type = WEIR_KUDU_INT64, .key = true},
					     {.name = (char *)"b", .type = WEIR_KUDU_STRING, .key = true},
					     {.name = (char *)"deleted", .type = WEIR_KUDU_INT64}};
	struct weir_kudu_tablet tablets[TABLETS] = {{.address = NULL}};
	struct weir_kudu_table t = {.name = (char *)"t",
				    .columns = columns,
				    .n_columns = 3,
				    .n_keys = 2,
				    .tablets = tablets,
				    .n_tablets = TABLETS};
	const uint32_t asked[] = {0, 1, 2}, without_key[] = {0, 2};
	struct weir_kudu_scan_config config = {
	    .columns = asked, .n_columns = 3, .ordered = true, .from = 1, .to = 2, .block_bytes = 1};
	struct tablet *data = calloc(TABLETS, sizeof *data);
	struct weir_buf before = {0}, key = {0};
	struct weir_error err = {0};
	struct weir_kudu_scan *s;
	const struct weir_kudu_cell *cells;
	unsigned random = 7, n = 0;

	(void)state;
	assert_non_null(data);
	assert_int_equal(weir_kudu_scan_new(&t, &config, &s, &err), WEIR_OK);
	assert_string_equal(s->deleted_name, "deleted_"); /* the table has a column of that name */
	for (int i = 0; i < TABLETS; i++) {
		fill_tablet(&data[i], &random, i);
		give_block(s->cursors[i], &data[i]);
	}
	weir_kudu_scan_key(s, &key);
	assert_int_equal(key.size, 0);
	while (weir_kudu_scan_next(s, &cells, &err) == WEIR_OK) {
		assert_true(cells[2].i % 7 != 6);
		weir_buf_clear(&key);
		weir_kudu_scan_key(s, &key);
		assert_true(weir_str_compare(weir_buf_str(&before), weir_buf_str(&key)) < 0);
		weir_buf_clear(&before);
		weir_buf_add_str(&before, weir_buf_str(&key));
		n++;
	}
	assert_int_equal(n, TABLETS * (ROWS - ROWS / 7));
	weir_buf_clear(&key);
	weir_kudu_scan_key(s, &key); /* of the last one, also now */
	assert_true(weir_str_equal(weir_buf_str(&before), weir_buf_str(&key)));
	weir_kudu_scan_free(s);
	config.columns = without_key;
	config.n_columns = 2;
	assert_int_not_equal(weir_kudu_scan_new(&t, &config, &s, &err), WEIR_OK);
	weir_buf_release(&before);
	weir_buf_release(&key);
	free(data);
}

/* Two ranges of one column with a gap between them. */
static void test_a_key_finds_its_tablet_or_none(void **state)
{
	struct weir_kudu_column column = {.name = (char *)"a", .type = WEIR_KUDU_STRING, .key = true};
	uint32_t range[] = {0};
	struct weir_kudu_division d = {.range = range, .n_range = 1};
	struct weir_kudu_tablet tablets[2] = {{.to = {.data = (char *)"c", .size = 1}},
					      {.from = {.data = (char *)"f", .size = 1}}};
	struct weir_kudu_table t = {
	    .columns = &column, .n_columns = 1, .n_keys = 1, .tablets = tablets, .n_tablets = 2, .division = &d};
	static const struct {
		struct weir_str key;
		int at;
	} cases[] = {{{"", 0}, 0}, {{"bzz", 3}, 0}, {{"c", 1}, -1}, {{"ezz", 3}, -1}, {{"f", 1}, 1}, {{"zz", 2}, 1}};
	struct weir_buf key = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(kudu_division_find(&t, &(struct weir_kudu_cell){.s = cases[i].key}, &key),
				 cases[i].at);
	weir_buf_release(&key);
}

static void test_a_comment_says_what_a_column_is(void **state)
{
	static const char *const texts[] = {"weir: float64", "weir: timestamp, time", "weir: null, of a, of b",
					    "weir: int64, time, of x"};
	struct weir_kudu_description d;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct weir_buf out = {0};
		assert_true(weir_kudu_description_read(texts[i], &d));
		weir_kudu_description_write(&d, &out);
		assert_string_equal(out.data, texts[i]);
		weir_buf_release(&out);
	}
	assert_true(weir_kudu_description_read("weir: null, of a, of b", &d));
	assert_true(weir_str_equal(d.name, WEIR_STR("a, of b")) && !d.time);
	assert_false(weir_kudu_description_read("the price", &d));
	assert_false(weir_kudu_description_read("weir: ", &d));
	assert_false(weir_kudu_description_read("weir: int64, in cents", &d));
}

static void test_addresses_of_masters(void **state)
{
	static const char *const good[] = {"a", "a:7051", "a,b:1,c", "[::1]", "[::1]:7051"};
	static const char *const bad[] = {"", ":1", "a:", "a:0", "a:65536", "a:x", "a,,b", "[::1]:"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good + sizeof bad / sizeof *bad; i++) {
		bool is_good = i < sizeof good / sizeof *good;
		const struct weir_kudu_config c = {.masters = is_good ? good[i] : bad[i - sizeof good / sizeof *good],
						   .clock = &weir_clock_system};
		struct weir_kudu *k = NULL;
		struct weir_error err = {0};
		assert_int_equal(weir_kudu_new(&c, &k, &err), is_good ? WEIR_OK : WEIR_USAGE);
		weir_kudu_free(k);
	}
}

struct silent {
	int listening, fds[2], n;
	struct weir_wake wake;
};

/* Lets two in, says nothing, and interrupts them. */
static void *let_in(void *ctx)
{
	struct silent *s = ctx;

	for (; s->n < 2 && (s->fds[s->n] = accept(s->listening, NULL, NULL)) >= 0; s->n++)
		weir_wake_signal(&s->wake);
	return NULL;
}

/* What is interrupted in the middle of a greeting begins anew: nobody goes on behind half of one. */
static void test_half_a_greeting_is_not_used(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	struct silent s = {.listening = socket(AF_INET, SOCK_STREAM, 0)};
	struct weir_kudu_table *t = NULL;
	struct weir_kudu *k = NULL;
	struct weir_error err = {0};
	char address[40];
	pthread_t thread;

	(void)state;
	assert_int_equal(weir_wake_init(&s.wake, &err), WEIR_OK);
	assert_true(bind(s.listening, (struct sockaddr *)&at, size) == 0 && listen(s.listening, 8) == 0 &&
		    getsockname(s.listening, (struct sockaddr *)&at, &size) == 0);
	snprintf(address, sizeof address, "127.0.0.1:%d", ntohs(at.sin_port));
	const struct weir_kudu_config c = {
	    .masters = address, .timeout_us = INT64_C(5000000), .clock = &weir_clock_system, .wake = &s.wake};
	assert_int_equal(weir_kudu_new(&c, &k, &err), WEIR_OK);
	assert_int_equal(pthread_create(&thread, NULL, let_in, &s), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(weir_kudu_table_open(k, "t", &t, &err), WEIR_CANCELLED);
	pthread_join(thread, NULL);
	weir_kudu_free(k);
	assert_int_equal(s.n, 2);
	while (s.n > 0)
		close(s.fds[--s.n]);
	close(s.listening);
	weir_wake_release(&s.wake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_addresses_of_masters),
	    cmocka_unit_test(test_half_a_greeting_is_not_used),
	    cmocka_unit_test(test_a_frame_is_read_or_refused),
	    cmocka_unit_test(test_a_frame_that_is_written_has_its_length),
	    cmocka_unit_test(test_a_block_is_checked),
	    cmocka_unit_test(test_bytes_of_keys_compare_as_values),
	    cmocka_unit_test(test_great_numbers_compare_as_values),
	    cmocka_unit_test(test_rows_of_all_tablets_come_in_the_order_of_their_keys),
	    cmocka_unit_test(test_a_key_finds_its_tablet_or_none),
	    cmocka_unit_test(test_a_comment_says_what_a_column_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
