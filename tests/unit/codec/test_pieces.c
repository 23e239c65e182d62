/* What is printed of a row depends on the bytes of the stream alone, not on how they came: every format, cut into pieces of every
 * size, gives the same rows as when it is read at once, printed alike. */
#include "decode_text.h"

#include <stdlib.h>

/* The cell as its column's type by now, as rows are printed. */
static void show_by_now(const struct weir_batch *b, uint32_t i, uint32_t row, struct weir_buf *out)
{
	const struct weir_column *c = &b->columns[i];
	struct weir_value v = weir_column_get(c, row);
	enum weir_type type = b->schema->fields[i].type;
	if (weir_column_missing(c, row))
		return;
	weir_buf_addf(out, " " WEIR_STR_FMT "=", WEIR_STR_ARG(b->schema->fields[i].name));
	if (v.type == WEIR_INT64 && type == WEIR_FLOAT64)
		v = (struct weir_value){.type = WEIR_FLOAT64, .f = (double)v.i};
	if (v.type != WEIR_NULL && type == WEIR_STRING)
		weir_column_text(c, row, out);
	else
		weir_value_json(&v, out);
}

/* What a batch says of records that do not parse. */
static void show_left_out(const struct weir_batch *b, struct weir_buf *out)
{
	for (uint32_t i = 0; b->left && i < weir_left_list_count(b->left); i++) {
		const struct weir_left_out *r = weir_left_list_at(b->left, i);
		assert_int_equal(r->kind, WEIR_LEFT_MALFORMED);
		assert_int_equal(r->time_us, WEIR_TIME_NONE);
		/* Of a bad record the end may be still to come when it is left out. */
		weir_buf_addf(out, "record %llu at %lld: " WEIR_STR_FMT ", %.1s\n", (unsigned long long)r->record,
			      (long long)r->position, WEIR_STR_ARG(r->reason), r->text.size ? r->text.data : "-");
	}
}

static const char *join; /* of --join-lines */

static char *read_in_pieces(const char *format, enum weir_on_malformed bad_records, struct weir_str text, size_t sample,
			    size_t piece, uint32_t rows)
{
	struct weir_codec_config config = {.format = format,
					   .time = "none",
					   .on_malformed = bad_records,
					   .want = {.all = true, .left_out = true},
					   .join = join};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	if (weir_codec_open(&config, (struct weir_str){text.data, sample}, sample == text.size, &codec, &err) !=
	    WEIR_OK)
		fail_msg("%s: %s", format, err.what);
	struct weir_batch *b = weir_batch_new(rows);
	struct weir_buf out = {0}, left = {0};
	uint64_t bad = 0;
	for (size_t have = 0, taken = 0; have < text.size;) {
		have = have + piece < text.size ? have + piece : text.size;
		struct weir_chunk chunk = {
		    .bytes = text.data + taken, .size = have - taken, .offset = taken, .at_end = have == text.size};
		size_t before;
		do {
			before = chunk.size;
			weir_batch_clear(b);
			assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
			bad += weir_batch_malformed(b);
			show_left_out(b, &left);
			for (uint32_t row = 0; row < b->n_rows; row++) {
				weir_buf_addf(&out, "%lld", (long long)b->position[row]);
				for (uint32_t i = 0; i < b->n_columns; i++)
					show_by_now(b, i, row, &out);
				bool kept = b->malformed && weir_bit_get(b->malformed, row);
				weir_buf_add_c(&out, kept ? " bad\n" : "\n");
			}
		} while (chunk.size && (chunk.size < before || b->n_rows));
		taken = have - chunk.size;
	}
	weir_buf_addf(&out, "bad %llu\n", (unsigned long long)bad);
	weir_buf_add_str(&out, weir_buf_str(&left));
	weir_buf_release(&left);
	weir_batch_free(b);
	weir_codec_close(codec);
	return out.data;
}

static void same_in_pieces(const char *format, const char *text)
{
	struct weir_str s = weir_str_of(text);
	const char *feed = strchr(text, '\n');
	const size_t samples[] = {s.size, feed ? (size_t)(feed - text) + 1 : s.size};
	for (int k = 0; k < 4; k++) {
		enum weir_on_malformed bad = k & 1 ? WEIR_MALFORMED_KEEP : WEIR_MALFORMED_DROP;
		char *whole = read_in_pieces(format, bad, s, samples[k / 2], s.size, 64);
		for (size_t piece = 1; piece <= s.size; piece++) {
			char *parts =
			    read_in_pieces(format, bad, s, samples[k / 2], piece, 1 + piece % 7 * (piece % 7));
			if (strcmp(parts, whole) != 0)
				fail_msg("%s in pieces of %zu, sample of %zu:\n%s\nand whole:\n%s", format, piece,
					 samples[k / 2], parts, whole);
			free(parts);
		}
		if (bad == WEIR_MALFORMED_KEEP)
			assert_non_null(strstr(whole, "bad 0\n"));
		else
			assert_int_equal(!strstr(whole, "bad 0\n"), strstr(whole, "\nrecord ") != NULL);
		free(whole);
	}
}

static void json(void **state)
{
	(void)state;
	same_in_pieces(
	    "json",
	    "{\"a\":1,\"b\":2}\n{\"a\":2.5,\"b\":7}\n{\"a\":3}\n{\"b\":99999999999999999999}\n{\"a\":true,\"b\":null}\n{\"a\":1e400}\n");
	same_in_pieces(
	    "json",
	    "{\"a\":1}\n{\"a\":\"x\",\"b\":oops}\n{\"a\":2}\n{\"a\":1.5,\n{\"a\":3}\n{\"a.b\":1}\n{\"a\":{\"b\":2}}\n{\"a\":NaN,\"a\":4}");
	same_in_pieces("json", "[{\"a\":1},{\"a\":2.5},{\"a\":\"caf\xe9\"},7,{\"a\":4}");
	same_in_pieces(
	    "json:r.s",
	    "{\"r\":[{\"s\":[{\"a\":1}]},{\"x\":[2],\"s\":{\"a\":2.5}},{\"s\":null}],\"z\":\"]\"}\n{\"r\":{\"s\":[{\"a\":3},9]},\"y\":1}\n{\"q\":1}\n{\"r\":[{\"s\":[{\"a\":4}");
}

static void text_formats(void **state)
{
	(void)state;
	same_in_pieces("csv", "a,b,c\n1,2,x\n2.5,3,y\n3,007,z\n4,5,\"q\nr\"\n,6,caf\xe9\ntrue,7,z\n");
	same_in_pieces("logfmt", "a=1 b=2\na=2.5 b=3\na=3 b=x\nbroken=\"\nb=5 c=1\na=6 c=true\n");
	same_in_pieces("regex:^(?<a>\\S+) (?<b>-?\\d+)?(?<c>.*)$", "1 2x\n2.5 3\nno\n3 x\ncaf\xe9 -4 y\ntrue 5\n");
	same_in_pieces("text", "1\n2\ncaf\xe9\n\nlast");
	same_in_pieces("clf", "1.2.3.4 - - [22/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 12\nno\n"
			      "1.2.3.4 - ann [22/Nov/2026:10:00:01 +0000] \"GET /\xe9 HTTP/1.1\" 404 -\n");
}

static void joined_lines(void **state)
{
	(void)state;
	static const char trace[] = "start\n  at a\n\n\tat b\r\nend\n\nnext\n more\n\n";
	join = "^\\s";
	same_in_pieces("text", trace);
	same_in_pieces("text", " begins\n with\n\n\nblanks\n ");
	same_in_pieces("syslog",
		       "<1>Nov 22 10:00:00 h a[1]: one\n two\n\tthree\nno time\n<2>Nov 22 10:00:01 h a: x\n y");
	same_in_pieces("regex:(?s)^(?<a>\\w+)(?<b>.*)$", "one\n two\n three\n!\nfour\n \n");
	join = "auto";
	same_in_pieces("text",
		       "2026-11-22 10:00:00 x\n\tat a.b(c)\n\n2026-11-22 10:00:01 y\nCaused by: z\n\n2026-11-22 z\n");
	join = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(json), cmocka_unit_test(text_formats),
					   cmocka_unit_test(joined_lines)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
