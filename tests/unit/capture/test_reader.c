/* Reading captures that are whole, cut at each byte, changed at each byte, or made by somebody with bad intentions. */
#include "config.h"

#include "blocks.h"

#ifdef WEIR_WITH_ZSTD
#include <zstd.h>
#endif

enum { BLOCKS = 8 };

static struct weir_buf whole, other;
static size_t ends[BLOCKS + 1]; /* of the stream's description, and of each block */

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
	weir_buf_release(&other);
	return folder_remove(state);
}

static void test_crc(void **state)
{
	static unsigned char bytes[20000]; /* several times what the instruction takes at once, in three parts */
	char zeros[32] = {0};

	(void)state; /* RFC 3720, B.4 */
	assert_int_equal(weir_crc32c(0, "123456789", 9), 0xe3069283u);
	assert_int_equal(weir_crc32c(0, zeros, sizeof zeros), 0x8a9136aau);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)(i * 7 + (i >> 3));
	for (size_t from = 0; from < 16; from++)
		for (size_t size = 0; from + size <= sizeof bytes; size += size < 300 ? 13 : 701) {
			uint32_t once = weir_crc32c(0, bytes + from, size);
			assert_int_equal(once, weir_crc32c_portable(0, bytes + from, size));
			assert_int_equal(once, weir_crc32c(weir_crc32c(0, bytes + from, size / 3),
							   bytes + from + size / 3, size - size / 3));
		}
}

static void test_whole(void **state)
{
	struct seen s;

	(void)state;
	write_file(in_folder("a.weir"), weir_buf_str(&whole));
	see(in_folder("a.weir"), &s);
	assert_int_equal(s.opened, WEIR_OK);
	assert_int_equal(s.blocks, BLOCKS);
	assert_int_equal(s.lines, BLOCKS * RECORDS_A_BLOCK);
	assert_int_equal(s.damage.places + s.damage.tail_bytes + s.gaps, 0);
}

/* All blocks that are whole are read, and what is left over is said. */
static void test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t n = 0; n < whole.size; n++) {
		struct seen s;
		unsigned blocks = 0;
		while (blocks < BLOCKS && ends[blocks + 1] <= n)
			blocks++;
		write_file(in_folder("cut.weir"), (struct weir_str){whole.data, n});
		see(in_folder("cut.weir"), &s);
		if (n && n < ends[0]) {
			assert_int_equal(s.opened, WEIR_MALFORMED);
			continue;
		}
		assert_int_equal(s.opened, WEIR_OK);
		assert_int_equal(s.blocks, blocks);
		assert_int_equal(s.damage.places, 0);
		assert_int_equal(s.damage.tail_bytes, n ? n - ends[blocks] : 0);
		bool header = n && n - ends[blocks] >= WEIR_CAPTURE_HEADER_BYTES;
		assert_int_equal(s.damage.tail_records, header ? RECORDS_A_BLOCK : 0);
	}
}

/* Only the block with that byte is lost, and counted. */
static void test_change_anywhere(void **state)
{
	(void)state;
	weir_buf_clear(&other);
	weir_buf_add_str(&other, weir_buf_str(&whole));
	for (size_t n = 0; n < whole.size; n++) {
		struct seen s;
		unsigned block = 0;
		while (ends[block] <= n)
			block++;
		other.data[n] = (char)(whole.data[n] ^ 1 << n % 8);
		write_file(in_folder("bad.weir"), weir_buf_str(&other));
		see(in_folder("bad.weir"), &s);
		assert_int_equal(s.opened, WEIR_OK);
		assert_int_equal(s.blocks, block ? BLOCKS - 1 : BLOCKS);
		for (unsigned k = 1; k <= BLOCKS; k++)
			assert_int_equal(s.has[(k - 1) / 8] >> (k - 1) % 8 & 1, k != block);
		bool known = block < BLOCKS || s.bad; /* of the last block's header nothing is left that tells */
		assert_int_equal(s.gaps + s.bad, block && known ? RECORDS_A_BLOCK : 0);
		bool description = block == 0 && n >= WEIR_CAPTURE_HEADER_BYTES; /* nobody looked into it */
		assert_int_equal(s.damage.places + (s.damage.tail_bytes > 0), description ? 0 : 1);
		other.data[n] = whole.data[n];
	}
}

/* As after a power cut: the length is there, the bytes are not. */
static void test_zeros(void **state)
{
	char zeros[5000] = {0};
	struct seen s;

	(void)state;
	weir_buf_clear(&other);
	weir_buf_add_str(&other, weir_buf_str(&whole));
	memset(other.data + ends[BLOCKS - 1] + 20, 0, other.size - ends[BLOCKS - 1] - 20);
	weir_buf_add(&other, zeros, sizeof zeros);
	write_file(in_folder("zeros.weir"), weir_buf_str(&other));
	see(in_folder("zeros.weir"), &s);
	assert_int_equal(s.blocks, BLOCKS - 1);
	assert_int_equal(s.damage.tail_bytes, other.size - ends[BLOCKS - 1]);

	weir_buf_clear(&other); /* blocks that were appended behind a damaged tail are reached all the same */
	weir_buf_add(&other, whole.data, ends[4]);
	weir_buf_add(&other, zeros, sizeof zeros);
	weir_buf_add(&other, whole.data + ends[6], whole.size - ends[6]);
	write_file(in_folder("zeros.weir"), weir_buf_str(&other));
	see(in_folder("zeros.weir"), &s);
	assert_int_equal(s.blocks, BLOCKS - 2);
	assert_int_equal(s.gaps, 2 * RECORDS_A_BLOCK);
	assert_int_equal(s.damage.places, 1);
	assert_int_equal(s.damage.first_at, ends[4]);
	assert_int_equal(s.damage.bytes, sizeof zeros);
}

/* Marks and whole headers within the data, as in a capture of a capture, are not taken for blocks when a header before them is damaged. */
static void test_capture_within(void **state)
{
	struct weir_buf inner = {0}, frames = {0};
	struct seen s;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct weir_capture_block head = {
		    .kind = WEIR_CAPTURE_BYTES, .stream = 1, .records = 1000, .file_id = 99, .before = 5000};
		put_block(&inner, head, WEIR_STR("no frame"), false);
	}
	const struct weir_capture_piece p = {WEIR_RUN_BEGINS | WEIR_RUN_ENDS, 0, 1000, weir_buf_str(&inner)};
	weir_capture_piece_write(&p, &frames);
	weir_buf_clear(&other);
	weir_buf_add(&other, whole.data, ends[2]);
	size_t at = other.size;
	put_block(&other,
		  (struct weir_capture_block){.kind = WEIR_CAPTURE_MESSAGES, .stream = 2, .records = 1, .before = 0},
		  weir_buf_str(&frames), false);
	weir_buf_add(&other, whole.data + ends[2], whole.size - ends[2]);
	other.data[at + 24] ^= 1; /* its length */
	write_file(in_folder("within.weir"), weir_buf_str(&other));
	see(in_folder("within.weir"), &s);
	assert_int_equal(s.blocks, BLOCKS);
	assert_int_equal(s.gaps, 0);
	assert_int_equal(s.damage.places, 1);
	weir_buf_release(&inner);
	weir_buf_release(&frames);
}

static void test_later_version(void **state)
{
	unsigned char bytes[WEIR_CAPTURE_HEADER_BYTES];
	const struct weir_capture_block head = {.version = WEIR_CAPTURE_VERSION + 1, .file_id = FILE_ID};
	struct weir_capture_reader *r = NULL;
	struct weir_error err = {0};

	(void)state;
	weir_capture_block_write(&head, bytes);
	write_file(in_folder("later.weir"), (struct weir_str){(char *)bytes, sizeof bytes});
	assert_int_equal(weir_capture_reader_open(in_folder("later.weir"), NULL, &r, &err), WEIR_UNSUPPORTED);
	assert_non_null(strstr(err.what, "later version"));
}

/* Sizes that no block may have; frames that claim more than there is; a block that unpacks to more than its header says. */
static void test_hostile(void **state)
{
	static struct weir_capture_frames frames;
	unsigned char bytes[WEIR_CAPTURE_HEADER_BYTES];
	struct weir_capture_block head = {
	    .version = 1, .kind = WEIR_CAPTURE_BYTES, .stored_bytes = UINT32_MAX, .file_id = 1};
	struct weir_capture_message m;
	struct weir_capture_piece p;

	(void)state;
	weir_capture_block_write(&head, bytes);
	assert_false(weir_capture_block_read(bytes, &head));
	weir_capture_frames_open(&frames, WEIR_CAPTURE_BYTES, WEIR_STR("\xff\xff\xff\xff________________________"));
	assert_int_equal(weir_capture_piece_next(&frames, &p), WEIR_MALFORMED);
	assert_false(weir_capture_frames_open(&frames, WEIR_CAPTURE_MESSAGES, WEIR_STR("\xff\xff\xff\x7f")));
	assert_false(weir_capture_frames_open(&frames, WEIR_CAPTURE_MESSAGES, WEIR_STR("\xff\xff\x00\x00\x00\x00")));
	/* a schema that has no text, and one that claims more of them than there are bytes */
	struct weir_capture_schema schema;
	assert_false(weir_capture_schema_read((struct weir_str){"\1\0\0\0\1\0\0\0\0\0", 10}, &schema));
	assert_false(weir_capture_schema_read((struct weir_str){"\1\0\0\0\1\0\2\0\0\0________", 18}, &schema));
	/* a table of no partitions, and a message of partition 7 */
	char text[46] = {[12] = 7, [40] = 0, [42] = 40};
	assert_true(weir_capture_frames_open(&frames, WEIR_CAPTURE_MESSAGES, (struct weir_str){text, sizeof text}));
	assert_int_equal(weir_capture_message_next(&frames, &m), WEIR_MALFORMED);
#ifdef WEIR_WITH_ZSTD
	size_t large = 50 << 20;
	char *zeros = calloc(1, large), packed[8192];
	size_t n = ZSTD_compress(packed, sizeof packed, zeros, large, 1);
	struct weir_buf out = {0};
	assert_false(ZSTD_isError(n));
	head = (struct weir_capture_block){.packing = WEIR_CAPTURE_ZSTD, .unpacked_bytes = 1000};
	assert_int_equal(weir_capture_unpack(&head, (struct weir_str){packed, n}, &out, NULL), WEIR_MALFORMED);
	assert_true(out.capacity < 10000);
	weir_buf_release(&out);
	free(zeros);
#endif
}

static void test_too_large_for_memory(void **state)
{
	struct weir_budget budget = {.limit_bytes = 380};
	struct weir_capture_reader *r = NULL;
	struct weir_capture_block b;
	struct weir_buf text = {0};

	(void)state;
	write_file(in_folder("a.weir"), weir_buf_str(&whole));
	assert_int_equal(weir_capture_reader_open(in_folder("a.weir"), &budget, &r, NULL), WEIR_OK);
	do
		assert_int_equal(weir_capture_reader_next(r, &b, NULL), WEIR_OK);
	while (b.kind != WEIR_CAPTURE_BYTES || b.unpacked_bytes <= 95);
	assert_int_equal(weir_capture_reader_payload(r, &text, NULL), WEIR_MALFORMED);
	assert_non_null(strstr(weir_capture_reader_damage(r)->why, "--memory"));
	weir_buf_release(&text);
	weir_capture_reader_close(r);
}

static void test_no_captures(void **state)
{
	static const struct {
		const char *text;
		enum weir_status status;
	} cases[] = {{"", WEIR_OK},
		     {"\n", WEIR_MALFORMED},
		     {"{\"a\":1}\n", WEIR_MALFORMED},
		     {"\x8cWEIR\r\n\x1a", WEIR_MALFORMED}};
	struct weir_capture_reader *r;
	struct weir_error err;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		r = NULL;
		write_file(in_folder("no.weir"), weir_str_of(cases[i].text));
		assert_int_equal(weir_capture_reader_open(in_folder("no.weir"), NULL, &r, &err), cases[i].status);
		weir_capture_reader_close(r);
	}
	r = NULL;
	assert_int_equal(weir_capture_reader_open(in_folder("none.weir"), NULL, &r, &err), WEIR_NOT_FOUND);
	assert_int_equal(weir_capture_reader_open(folder, NULL, &r, &err), WEIR_USAGE);
}

/* What is added later is seen by a reader that is at the end, wherever the first part of it ended. */
static void test_read_while_written(void **state)
{
	(void)state;
	for (size_t n = ends[0]; n < whole.size; n += 7) {
		struct weir_capture_reader *r = NULL;
		struct weir_capture_block b;
		unsigned blocks = 0;
		write_file(in_folder("grows.weir"), (struct weir_str){whole.data, n});
		assert_int_equal(weir_capture_reader_open(in_folder("grows.weir"), NULL, &r, NULL), WEIR_OK);
		while (weir_capture_reader_next(r, &b, NULL) == WEIR_OK)
			blocks += b.kind == WEIR_CAPTURE_BYTES;
		FILE *f = fopen(in_folder("grows.weir"), "ab");
		assert_int_equal(fwrite(whole.data + n, 1, whole.size - n, f), whole.size - n);
		fclose(f);
		while (weir_capture_reader_next(r, &b, NULL) == WEIR_OK)
			blocks += b.kind == WEIR_CAPTURE_BYTES;
		assert_int_equal(blocks, BLOCKS);
		assert_int_equal(weir_capture_reader_damage(r)->places, 0);
		weir_capture_reader_close(r);
	}
}

/* ---- the index ---- */

static void assert_same(const struct weir_capture_index *a, const struct weir_capture_index *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_int_equal(a->items[i].at, b->items[i].at);
		assert_int_equal(a->items[i].before, b->items[i].before);
		assert_int_equal(a->items[i].records, b->items[i].records);
		assert_int_equal(a->items[i].first_us, b->items[i].first_us);
		assert_int_equal(a->items[i].kind, b->items[i].kind);
	}
}

/* In the file, in two parts; and made anew when the file is cut or changed anywhere within it. */
static void test_index(void **state)
{
	struct weir_capture_index made = {0}, read = {0};

	(void)state;
	write_file(in_folder("a.weir"), weir_buf_str(&whole));
	load_index(in_folder("a.weir"), &made);
	assert_true(made.rebuilt && !made.closed);
	assert_int_equal(made.n, BLOCKS + 1);
	assert_int_equal(made.end, whole.size);

	weir_buf_clear(&other);
	weir_buf_add(&other, whole.data, ends[3]);
	struct weir_capture_index part = {.items = made.items, .n = 4};
	uint64_t first = other.size;
	put_index(&other, &part, 0, 0);
	size_t moved = other.size - ends[3];
	weir_buf_add(&other, whole.data + ends[3], whole.size - ends[3]);
	for (size_t i = 4; i < made.n; i++)
		made.items[i].at += moved;
	size_t last = other.size;
	put_index(&other, &made, 4, first);
	write_file(in_folder("i.weir"), weir_buf_str(&other));
	load_index(in_folder("i.weir"), &read);
	assert_true(!read.rebuilt && read.closed);
	assert_int_equal(read.last_at, last);
	assert_same(&made, &read);
	weir_capture_index_release(&read);
	for (size_t n = last; n < other.size; n++) {
		other.data[n] ^= 4;
		write_file(in_folder("i.weir"), weir_buf_str(&other));
		load_index(in_folder("i.weir"), &read);
		assert_true(read.rebuilt);
		assert_same(&made, &read);
		weir_capture_index_release(&read);
		other.data[n] ^= 4;
		write_file(in_folder("i.weir"), (struct weir_str){other.data, n});
		load_index(in_folder("i.weir"), &read);
		assert_true(read.rebuilt);
		assert_same(&made, &read);
		weir_capture_index_release(&read);
	}
	weir_capture_index_release(&made);
}

/* One that was made for another file, names itself as the one before it, or claims more records than a file can have. */
static void test_wrong_index(void **state)
{
	struct weir_capture_index made = {0}, read = {0};

	(void)state;
	write_file(in_folder("a.weir"), weir_buf_str(&whole));
	load_index(in_folder("a.weir"), &made);
	for (int kind = 0; kind < 4; kind++) {
		struct weir_capture_index wrong = {0};
		for (size_t i = 0; i < made.n; i++)
			assert_true(weir_capture_index_add(&wrong, &made.items[i]));
		if (kind == 0)
			wrong.items[2].at = wrong.items[1].at;
		if (kind == 1)
			wrong.items[made.n - 1].stored_bytes = UINT32_MAX;
		if (kind == 3)
			wrong.items[2].before = UINT64_MAX;
		weir_buf_clear(&other);
		weir_buf_add_str(&other, weir_buf_str(&whole));
		put_index(&other, &wrong, 0, kind == 2 ? other.size : 0);
		write_file(in_folder("w.weir"), weir_buf_str(&other));
		load_index(in_folder("w.weir"), &read);
		assert_true(read.rebuilt);
		assert_same(&made, &read);
		weir_capture_index_release(&read);
		weir_capture_index_release(&wrong);
	}
	weir_capture_index_release(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_crc),
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_cut_anywhere),
	    cmocka_unit_test(test_change_anywhere),
	    cmocka_unit_test(test_zeros),
	    cmocka_unit_test(test_capture_within),
	    cmocka_unit_test(test_later_version),
	    cmocka_unit_test(test_hostile),
	    cmocka_unit_test(test_too_large_for_memory),
	    cmocka_unit_test(test_no_captures),
	    cmocka_unit_test(test_read_while_written),
	    cmocka_unit_test(test_index),
	    cmocka_unit_test(test_wrong_index),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
