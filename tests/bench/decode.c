/* Decodes a file already in memory, in chunks as a source hands them out, and says how fast in processor time, so that
 * neighbours on the machine count less.
 *
 *   decode FORMAT FILE [COLUMN,...|all] [ROUNDS]   the columns wanted (all); the best of ROUNDS (3) is printed */
#include "weir/codec/codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CHUNK_BYTES = 1 << 20, MAX_NAMES = 32 };

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct weir_str read_file(const char *path)
{
	struct weir_buf text = {0};
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(1);
	}
	while (weir_buf_reserve(&text, CHUNK_BYTES)) {
		size_t n = fread(text.data + text.size, 1, CHUNK_BYTES, f);
		if (n == 0)
			break;
		text.size += n;
	}
	fclose(f);
	return weir_buf_str(&text);
}

static void stop_on(enum weir_status status, const struct weir_error *err)
{
	char line[800];
	if (status == WEIR_OK)
		return;
	fprintf(stderr, "%s\n", weir_error_line(err, line, sizeof line));
	exit(1);
}

/* One pass over the text; the rows decoded. */
static uint64_t pass(const struct weir_codec_config *config, struct weir_str text, struct weir_batch *batch,
		     uint64_t *bad)
{
	struct weir_error err = {0};
	struct weir_codec *codec;
	struct weir_str sample = {text.data, text.size < CHUNK_BYTES ? text.size : CHUNK_BYTES};
	stop_on(weir_codec_open(config, sample, sample.size == text.size, &codec, &err), &err);
	uint64_t rows = 0;
	size_t at = 0;
	*bad = 0;
	for (size_t have = 0; have < text.size;) {
		have = have + CHUNK_BYTES < text.size ? have + CHUNK_BYTES : text.size;
		struct weir_chunk chunk = {text.data + at, have - at, at, .at_end = have == text.size};
		size_t before;
		do {
			before = chunk.size;
			weir_batch_clear(batch);
			stop_on(weir_codec_decode(codec, &chunk, batch, &err), &err);
			rows += batch->n_rows;
			*bad += weir_batch_malformed(batch);
		} while (chunk.size && chunk.size < before);
		at = have - chunk.size;
	}
	weir_codec_close(codec);
	return rows;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: decode FORMAT FILE [COLUMN,...|all] [ROUNDS]\n", stderr);
		return 2;
	}
	struct weir_str names[MAX_NAMES], rest = weir_str_of(argc > 3 ? argv[3] : "all"), text = read_file(argv[2]);
	struct weir_codec_config config = {.format = argv[1]};
	config.want.all = weir_str_equal(rest, WEIR_STR("all"));
	while (rest.size && config.want.n_names < MAX_NAMES)
		names[config.want.n_names++] = weir_str_cut(rest, ',', &rest);
	config.want.names = names;
	struct weir_batch *batch = weir_batch_new(WEIR_BATCH_ROWS);
	double best = 1e9;
	uint64_t rows = 0, bad = 0;
	for (int round = argc > 4 ? atoi(argv[4]) : 3; batch && round > 0; round--) {
		double began = now_s();
		rows = pass(&config, text, batch, &bad);
		double took = now_s() - began;
		best = took < best ? took : best;
	}
	printf("%-7s %-16s %10llu rows %8llu malformed %7.2f M rows/s %8.0f MB/s\n", argv[1],
	       argc > 3 ? argv[3] : "all", (unsigned long long)rows, (unsigned long long)bad,
	       (double)rows / best * 1e-6, (double)text.size / best * 1e-6);
	weir_batch_free(batch);
	return 0;
}
