/* What the tests of captures share: blocks made by hand, a folder, and reading all of a file. */
#ifndef TESTS_UNIT_CAPTURE_BLOCKS_H
#define TESTS_UNIT_CAPTURE_BLOCKS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "weir/base/crc32c.h"
#include "weir/capture/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_ID = 4711, RECORDS_A_BLOCK = 3, LINE_BYTES = 9 };

static char folder[64];

static inline int folder_make(void **state)
{
	(void)state;
	strcpy(folder, "weir-capture-XXXXXX");
	assert_non_null(mkdtemp(folder));
	return 0;
}
static inline int folder_remove(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
	return 0;
}
static inline const char *in_folder(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}
static inline void write_file(const char *path, struct weir_str text)
{
	unlink(path); /* some file systems bring what is written over to the disk at once */
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text.data, 1, text.size, f), text.size);
	assert_int_equal(fclose(f), 0);
}
static inline void read_file(const char *path, struct weir_buf *out)
{
	FILE *f = fopen(path, "rb");
	char piece[4096];
	size_t n;

	assert_non_null(f);
	weir_buf_clear(out);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		weir_buf_add(out, piece, n);
	fclose(f);
}

/* Sizes and sum as they should be. */
static inline void put_block(struct weir_buf *file, struct weir_capture_block head, struct weir_str payload, bool pack)
{
	unsigned char bytes[WEIR_CAPTURE_HEADER_BYTES];
	struct weir_buf packed = {0};
	struct weir_str stored = payload;

	if (pack && weir_capture_pack(payload, &packed)) {
		stored = weir_buf_str(&packed);
		head.packing = WEIR_CAPTURE_ZSTD;
	}
	head.version = WEIR_CAPTURE_VERSION;
	head.file_id = head.file_id ? head.file_id : FILE_ID;
	head.stored_bytes = (uint32_t)stored.size;
	head.unpacked_bytes = (uint32_t)payload.size;
	head.stored_crc = weir_crc32c(0, stored.data, stored.size);
	weir_capture_block_write(&head, bytes);
	weir_buf_add(file, bytes, sizeof bytes);
	weir_buf_add_str(file, stored);
	weir_buf_release(&packed);
}

static inline void put_stream(struct weir_buf *file, const char *name)
{
	const struct weir_capture_stream is = {.name = weir_str_of(name), .format = WEIR_STR("text")};
	struct weir_buf text = {0};

	weir_capture_stream_write(&is, &text);
	put_block(file, (struct weir_capture_block){.kind = WEIR_CAPTURE_STREAM, .stream = 1}, weir_buf_str(&text),
		  false);
	weir_buf_release(&text);
}

/* A block of three lines, "line 0000" and so on, each a run of its own. */
static inline void put_lines(struct weir_buf *file, unsigned block, bool pack)
{
	struct weir_buf frames = {0};
	char line[16];

	for (unsigned i = block * RECORDS_A_BLOCK; i < (block + 1) * RECORDS_A_BLOCK; i++) {
		snprintf(line, sizeof line, "line%04u\n", i % 10000);
		const struct weir_capture_piece p = {WEIR_RUN_BEGINS | WEIR_RUN_ENDS, (uint64_t)i * LINE_BYTES,
						     1000 + (int64_t)i, weir_str_of(line)};
		weir_capture_piece_write(&p, &frames);
	}
	put_block(file,
		  (struct weir_capture_block){.kind = WEIR_CAPTURE_BYTES,
					      .stream = 1,
					      .records = RECORDS_A_BLOCK,
					      .before = (uint64_t)block * RECORDS_A_BLOCK,
					      .first_us = 1000 + (int64_t)block * RECORDS_A_BLOCK,
					      .last_us = 1000 + (int64_t)block * RECORDS_A_BLOCK + RECORDS_A_BLOCK - 1},
		  weir_buf_str(&frames), pack);
	weir_buf_release(&frames);
}

static inline void load_index(const char *path, struct weir_capture_index *index)
{
	struct weir_capture_reader *r = NULL;

	assert_int_equal(weir_capture_reader_open(path, NULL, &r, NULL), WEIR_OK);
	assert_int_equal(weir_capture_index_load(r, index, NULL), WEIR_OK);
	weir_capture_reader_close(r);
}

static inline void put_index(struct weir_buf *file, const struct weir_capture_index *index, size_t from,
			     uint64_t previous)
{
	struct weir_buf text = {0};

	weir_capture_index_write(index, from, previous, file->size, &text);
	put_block(file, (struct weir_capture_block){.kind = WEIR_CAPTURE_INDEX}, weir_buf_str(&text), false);
	weir_buf_release(&text);
}
/* As a writer that ends. */
static inline void put_end(struct weir_buf *file)
{
	struct weir_capture_index index = {0};

	write_file(in_folder("open.weir"), weir_buf_str(file));
	load_index(in_folder("open.weir"), &index);
	put_index(file, &index, 0, 0);
	weir_capture_index_release(&index);
}

/* A schema of two texts. */
static inline void put_schema(struct weir_buf *file, uint32_t id, const char *text)
{
	struct weir_buf payload = {0};

	weir_capture_schema_write(id, 1, 2, &payload);
	weir_capture_schema_write_text(WEIR_STR("other"), WEIR_STR("\"int\""), &payload);
	weir_capture_schema_write_text(WEIR_STR(""), weir_str_of(text), &payload);
	put_block(file, (struct weir_capture_block){.kind = WEIR_CAPTURE_SCHEMA, .stream = 1}, weir_buf_str(&payload),
		  false);
	weir_buf_release(&payload);
}

/* All that can be read of stream 1. */
struct seen {
	enum weir_status opened;
	struct weir_error err;
	unsigned blocks, lines, streams;
	uint64_t gaps;         /* records that the headers of later blocks show to be missing */
	uint64_t bad;          /* records of blocks whose payload is damaged */
	unsigned char has[64]; /* bit k of byte k / 8: block k was whole */
	struct weir_capture_damage damage;
};

static inline void see(const char *path, struct seen *out)
{
	static struct weir_capture_frames frames;
	struct weir_capture_reader *r = NULL;
	struct weir_capture_block b;
	struct weir_capture_piece p;
	struct weir_buf text = {0};
	uint64_t expected = 0;
	enum weir_status st;

	*out = (struct seen){0};
	out->opened = weir_capture_reader_open(path, NULL, &r, &out->err);
	if (out->opened != WEIR_OK)
		return;
	while ((st = weir_capture_reader_next(r, &b, &out->err)) == WEIR_OK) {
		out->streams += b.kind == WEIR_CAPTURE_STREAM;
		if (b.kind != WEIR_CAPTURE_BYTES)
			continue;
		out->gaps += b.before > expected ? b.before - expected : 0;
		expected = b.before + b.records;
		st = weir_capture_reader_payload(r, &text, &out->err);
		if (st == WEIR_MALFORMED) {
			out->bad += b.records;
			continue;
		}
		assert_int_equal(st, WEIR_OK);
		out->blocks++;
		out->has[b.before / RECORDS_A_BLOCK / 8] |= (unsigned char)(1 << b.before / RECORDS_A_BLOCK % 8);
		assert_true(weir_capture_frames_open(&frames, WEIR_CAPTURE_BYTES, weir_buf_str(&text)));
		for (unsigned i = 0; (st = weir_capture_piece_next(&frames, &p)) == WEIR_OK; i++) {
			char line[16];
			snprintf(line, sizeof line, "line%04u\n", (unsigned)(b.before + i));
			assert_int_equal(p.offset, (b.before + i) * LINE_BYTES);
			assert_true(weir_str_equal(p.bytes, weir_str_of(line)));
			out->lines++;
		}
		assert_int_equal(st, WEIR_AGAIN);
	}
	assert_int_equal(st, WEIR_AGAIN);
	out->damage = *weir_capture_reader_damage(r);
	weir_buf_release(&text);
	weir_capture_reader_close(r);
}

#endif
