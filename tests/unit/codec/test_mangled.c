/* Text formats on input that was damaged: all of it is taken, the same rows come out however it is cut into pieces,
 * memory that runs out anywhere ends the call and nothing else. Run under the sanitizers, it is the replay of a small
 * fuzzer. */
#include "weir/codec/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
	const char *format;
	const char *text;
} seeds[] = {
    {"csv", "time,name,n,x\r\n2026-11-22T10:00:00Z,\"a, "
	    "\"\"b\"\"\",1,2.50\r\n2026-11-22T10:00:01Z,c,00501,\r\n,\"two\nlines\",3,1e5\r\n"},
    {"tsv", "id\tname\n1\tpear\n2\t\"a\tb\"\n3\t\xc3\xa9t\xc3\xa9\n"},
    {"logfmt", "ts=2026-11-22T10:00:00Z level=info msg=\"say \\\"hi\\\" \\u00e9\" n=1 ok\nlevel=warn msg=x "
	       "url=http://h/?a=b empty=\n"},
    {"clf", "h - u [22/Nov/2026:10:00:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"r\" \"a \\\"b\\\"\"\n"
	    "h - - [22/Nov/2026:10:00:01 +0000] \"\\x16\\x03\" 400 - \"-\" \"-\"\n"},
    {"regex:^(?<a>\\w+) (?<n>-?\\d+)(?: (?<rest>.*))?", "one 1\ntwo -2 more of it\nthree 3\n"},
    {"syslog",
     "<34>1 2026-11-22T10:00:00Z h a 12 m [i@1 k=\"v\\\"\" n=\"1\"] text\n<13>Nov 22 10:00:00 h su[7]: x\n<5>y\n"},
    {"w3c", "#Fields: date time n s\n2026-11-22 10:00:00 1 \"a b\"\n2026-11-22 10:00:01 - x\n#Fields: n s\n2.5 y\n"},
    {"auto", "a|b|c\n1|2|3\n4|5|6\n"},
};
enum { N_SEEDS = sizeof seeds / sizeof seeds[0] };

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* The seed text some times over, with bytes changed, left out, or put in. */
static void mangle(const char *seed, uint64_t *random, struct weir_buf *out)
{
	static const char bytes[] = "\"\"\n\r,\t\\=|[] 0-\xff\xc3\xa9";
	weir_buf_clear(out);
	size_t size = strlen(seed);
	for (unsigned copy = 0; copy < 3; copy++) {
		for (size_t i = 0; i < size; i++) {
			uint64_t dice = next_random(random);
			if (dice % 40 == 0)
				weir_buf_add_char(out, bytes[(dice >> 8) % sizeof bytes]); /* its NUL too */
			if (dice % 41 != 0)
				weir_buf_add_char(out, dice % 43 ? seed[i] : bytes[(dice >> 16) % sizeof bytes]);
		}
	}
}

/* A sum over all rows that does not depend on how they were cut into batches. */
static void add_rows(const struct weir_batch *b, struct weir_buf *out)
{
	for (uint32_t row = 0; row < b->n_rows; row++) {
		weir_buf_addf(out, "%lld", (long long)b->position[row]);
		for (uint32_t i = 0; i < b->n_columns; i++) {
			struct weir_value v = weir_column_get(&b->columns[i], row);
			if (v.type == WEIR_STRING && v.s.size)
				weir_buf_addf(out, "|" WEIR_STR_FMT "=" WEIR_STR_FMT,
					      WEIR_STR_ARG(b->schema->fields[i].name), WEIR_STR_ARG(v.s));
		}
		weir_buf_add_char(out, '\n');
	}
}

/* Decodes with `sample` known at the open, in pieces of `piece` bytes. The rows go to `out`; OK, or what stopped it. */
static enum weir_status run(const char *format, struct weir_str text, size_t piece, struct weir_buf *out,
			    uint64_t *records)
{
	struct weir_codec_config config = {.format = format, .time = "none", .want = {.all = true, .raw = true}};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	struct weir_batch *b = weir_batch_new(16);
	enum weir_status st = b ? weir_codec_open(&config, text, true, &codec, &err) : WEIR_NO_MEMORY;
	size_t taken = 0, have = 0;
	*records = 0;
	while (st == WEIR_OK && taken < text.size) {
		have = have + piece < text.size ? have + piece : text.size;
		struct weir_chunk chunk = {text.data + taken, have - taken, taken, .at_end = have == text.size};
		size_t before;
		do {
			before = chunk.size;
			weir_batch_clear(b);
			st = weir_codec_decode(codec, &chunk, b, &err);
			if (st != WEIR_OK)
				break;
			assert_int_equal(b->bytes, before - chunk.size);
			*records += b->n_rows + weir_batch_malformed(b);
			add_rows(b, out);
		} while (chunk.size && chunk.size < before);
		taken = have - chunk.size;
		if (st == WEIR_OK && have == text.size)
			assert_int_equal(taken, text.size);
	}
	weir_codec_close(codec);
	weir_batch_free(b);
	return st;
}

static void any_pieces_give_the_same_rows(void **state)
{
	(void)state;
	uint64_t random = 0xfeed, n_whole, n_pieces;
	struct weir_buf text = {0}, whole = {0}, pieces = {0};
	for (unsigned round = 0; round < 3000; round++) {
		const char *format = seeds[round % N_SEEDS].format;
		mangle(seeds[round % N_SEEDS].text, &random, &text);
		char *exact = malloc(text.size);
		memcpy(exact, text.data, text.size);
		struct weir_str s = {exact, text.size};
		weir_buf_clear(&whole);
		weir_buf_clear(&pieces);
		assert_int_equal(run(format, s, s.size, &whole, &n_whole), WEIR_OK);
		assert_int_equal(run(format, s, next_random(&random) % 60 + 1, &pieces, &n_pieces), WEIR_OK);
		if (n_whole != n_pieces || !weir_str_equal(weir_buf_str(&whole), weir_buf_str(&pieces)))
			fail_msg("round %u, %s: %d records, in pieces %d\n%s--\n%s--\n%.*s", round, format,
				 (int)n_whole, (int)n_pieces, whole.data, pieces.data, (int)s.size, s.data);
		free(exact);
	}
	weir_buf_release(&text);
	weir_buf_release(&whole);
	weir_buf_release(&pieces);
}

static void no_memory_anywhere(void **state)
{
	(void)state;
	for (int i = 0; i < N_SEEDS; i++) {
		enum weir_status st = WEIR_NO_MEMORY;
		uint64_t n, at;
		for (at = 1; st != WEIR_OK && at < 2000; at++) {
			struct weir_buf out = {0};
			weir_alloc_fail_at(at, true);
			st = run(seeds[i].format, weir_str_of(seeds[i].text), 50, &out, &n);
			weir_alloc_fail_at(0, false);
			weir_buf_release(&out);
			if (st != WEIR_OK && st != WEIR_NO_MEMORY)
				fail_msg("%s, allocation %d: status %s", seeds[i].format, (int)at,
					 weir_status_name(st));
		}
		assert_true(at > 10 && at < 2000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_pieces_give_the_same_rows),
	    cmocka_unit_test(no_memory_anywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
