/* Captures: any bytes as a file, read to the end, by its index and as a source; as they are, and with the sums of their blocks put right,
 * which no change of a byte would get past. */
#include "fuzz.h"

#include "weir/base/crc32c.h"
#include "weir/capture/reader.h"
#include "weir/client/registry.h"
#include "weir/source/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void read_blocks(struct weir_capture_reader *r)
{
	static struct weir_capture_frames frames;
	struct weir_capture_block b;
	struct weir_capture_piece piece;
	struct weir_capture_message message;
	struct weir_capture_stream stream;
	struct weir_capture_schema schema;
	struct weir_str name, one;
	struct weir_buf text = {0};
	uint64_t at = 0;

	while (weir_capture_reader_next(r, &b, NULL) == WEIR_OK) {
		FUZZ_CHECK(weir_capture_reader_at(r) >= at + WEIR_CAPTURE_HEADER_BYTES);
		at = weir_capture_reader_at(r);
		if (weir_capture_reader_payload(r, &text, NULL) != WEIR_OK)
			continue;
		FUZZ_CHECK(text.size == b.unpacked_bytes);
		weir_capture_stream_read(weir_buf_str(&text), &stream);
		if (weir_capture_schema_read(weir_buf_str(&text), &schema))
			for (uint32_t i = 0; i < schema.n_texts && weir_capture_schema_read_text(&schema, &name, &one);
			     i++)
				FUZZ_CHECK(name.size + one.size <= text.size);
		if (weir_capture_frames_open(&frames, WEIR_CAPTURE_BYTES, weir_buf_str(&text)))
			while (weir_capture_piece_next(&frames, &piece) == WEIR_OK)
				;
		if (weir_capture_frames_open(&frames, WEIR_CAPTURE_MESSAGES, weir_buf_str(&text)))
			while (weir_capture_message_next(&frames, &message) == WEIR_OK)
				FUZZ_CHECK(message.message.partition < frames.n_partitions);
	}
	weir_buf_release(&text);
}

/* As the pipeline does, but that it takes all at once, and sometimes nothing. */
static void replay(const char *path)
{
	struct weir_budget budget = {.limit_bytes = 32 << 20};
	struct weir_param params[] = {{(char *)(uintptr_t) "stream", (char *)(uintptr_t) "log"}};
	struct weir_source_config c = {.clock = &weir_clock_system, .stdin_fd = -1, .budget = &budget};
	struct weir_source *s = NULL;
	struct weir_registry *registry = NULL;
	const struct weir_registry_schema *schema = NULL;
	struct weir_chunk chunk;
	enum weir_status st;

	FUZZ_CHECK(weir_registry_open_offline(&weir_clock_system, NULL, &registry, NULL) == WEIR_OK);
	c.registry = registry;
	c.uri = (struct weir_uri){
	    .scheme = (char *)(uintptr_t) "file", .path = (char *)(uintptr_t)path, .params = params, .n_params = 1};
	if (weir_source_open(&c, &s, NULL) != WEIR_OK) {
		weir_registry_close(registry);
		return;
	}
	for (unsigned n = 0; ((st = weir_source_poll(s, 0, &chunk, NULL)) == WEIR_OK || st == WEIR_AGAIN) && n < 100000;
	     n++) {
		if (chunk.is_messages && n % 3) {
			chunk.messages += chunk.n_messages;
			chunk.n_messages = 0;
		} else if (n % 3) {
			chunk.bytes += chunk.size;
			chunk.size = 0;
		}
		weir_source_consume(s, &chunk);
	}
	weir_source_close(s);
	FUZZ_CHECK(budget.used_bytes == 0);
	for (uint32_t n = 0; (schema = weir_registry_known(registry, n)); n++)
		FUZZ_CHECK(schema->n > 0);
	weir_registry_close(registry);
}

static void put_sum(unsigned char *at, uint32_t sum)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (unsigned char)(sum >> 8 * i);
}

static void put_sums_right(unsigned char *bytes, size_t size)
{
	for (size_t at = 0; (at = weir_capture_block_find(bytes, size, at)) != SIZE_MAX; at++) {
		unsigned char *h = bytes + at;
		if (size - at < WEIR_CAPTURE_HEADER_BYTES)
			return;
		size_t stored = h[24] | (size_t)h[25] << 8 | (size_t)h[26] << 16 | (size_t)h[27] << 24;
		if (stored <= size - at - WEIR_CAPTURE_HEADER_BYTES)
			put_sum(h + 32, weir_crc32c(0, h + WEIR_CAPTURE_HEADER_BYTES, stored));
		put_sum(h + 8, weir_crc32c(0, h + 12, WEIR_CAPTURE_HEADER_BYTES - 12));
	}
}

static void read_all(const uint8_t *data, size_t size)
{
	char path[] = "/tmp/weir-fuzz-XXXXXX", named[40];
	int fd = mkstemp(path);
	struct weir_capture_reader *r = NULL;
	struct weir_capture_index index = {0};

	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
	snprintf(named, sizeof named, "%s.weir", path);
	FUZZ_CHECK(rename(path, named) == 0);
	if (weir_capture_reader_open(named, NULL, &r, NULL) == WEIR_OK) {
		if (weir_capture_index_load(r, &index, NULL) == WEIR_OK)
			FUZZ_CHECK(index.end <= size);
		weir_capture_index_release(&index);
		read_blocks(r);
	}
	weir_capture_reader_close(r);
	replay(named);
	unlink(named);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *right = malloc(size + 1);

	read_all(data, size);
	FUZZ_CHECK(right != NULL);
	memcpy(right, data, size);
	put_sums_right(right, size);
	read_all(right, size);
	free(right);
	return 0;
}
