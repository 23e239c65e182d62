/* A clone goes on between any two lines as the codec that it was made from does, and each is closed by itself; what opening tells
 * of the sample. */
#include "decode_text.h"

struct stream {
	struct weir_codec *codec;
	struct weir_chunk chunk;
};

static struct stream open_stream(const struct weir_codec_config *config, const char *text)
{
	struct stream s = {.chunk = {.bytes = text, .size = strlen(text), .at_end = true}};
	struct weir_error err = {0};
	if (weir_codec_open(config, weir_str_of(text), true, &s.codec, &err) != WEIR_OK)
		fail_msg("%s: %s", config->format, err.what);
	return s;
}

/* The rows of the next `lines` lines; the last batch is left in `b`. */
static void read_lines(struct stream *s, size_t lines, struct weir_batch *b, struct weir_buf *out)
{
	struct weir_chunk part = s->chunk;
	part.size = 0;
	for (; lines > 0 && part.size < s->chunk.size; lines--) {
		const char *feed = memchr(s->chunk.bytes + part.size, '\n', s->chunk.size - part.size);
		part.size = feed ? (size_t)(feed - s->chunk.bytes) + 1 : s->chunk.size;
	}
	part.at_end = part.size == s->chunk.size;
	part.idle = true; /* a record of several lines does not wait for more */
	s->chunk.bytes += part.size;
	s->chunk.size -= part.size;
	s->chunk.offset += part.size;
	do {
		size_t left = part.size;
		weir_batch_clear(b);
		assert_int_equal(weir_codec_decode(s->codec, &part, b, NULL), WEIR_OK);
		assert_true(part.size < left || !left);
		for (uint32_t row = 0; row < b->n_rows; row++) {
			weir_buf_addf(out, "%lld", b->time_us ? (long long)b->time_us[row] : 0);
			for (uint32_t i = 0; i < b->n_columns; i++)
				show_cell(b, i, row, out);
			weir_buf_add_char(out, '\n');
		}
	} while (part.size);
}

/* After each number of lines. */
static void goes_on(const char *format, const char *time, const char *text)
{
	const struct weir_codec_config config = {
	    .format = format, .time = time, .newest_us = INT64_C(1800000000000000), .want = {.all = true}};
	struct weir_batch *b = weir_batch_new(64);
	assert_non_null(b);
	for (size_t lines = 0, total = 0; lines <= total; lines++) {
		struct weir_buf before = {0}, own = {0}, cloned = {0};
		struct stream s = open_stream(&config, text), t = s;
		struct weir_error err = {0};
		read_lines(&s, lines, b, &before);
		t = s;
		if (weir_codec_clone(s.codec, &t.codec, &err) != WEIR_OK)
			fail_msg("%s: %s", format, err.what);
		read_lines(&s, SIZE_MAX, b, &own);
		weir_codec_close(s.codec);
		read_lines(&t, SIZE_MAX, b, &cloned);
		if (own.size != cloned.size || (own.size && memcmp(own.data, cloned.data, own.size) != 0))
			fail_msg("%s after %zu lines: the clone read\n%.*s\nand the codec\n%.*s", format, lines,
				 (int)cloned.size, cloned.data, (int)own.size, own.data);
		weir_codec_close(t.codec);
		for (size_t i = total = 0; text[i]; i++)
			total += text[i] == '\n';
		weir_buf_release(&before);
		weir_buf_release(&own);
		weir_buf_release(&cloned);
	}
	weir_batch_free(b);
}

static void every_format(void **state)
{
	(void)state;
	goes_on(
	    "json", "none",
	    "{\"a\":1,\"u\":{\"id\":7,\"n\":null}}\n{\"a.b\":1,\"a\":2}\n{\"u\":null,\"a\":3}\n{\"u\":{\"n\":\"x\"}}\n"
	    "{\"u.id\":9,\"u\":{\"id\":8}}\n{\"\\u0061\":4,\"l\":[{\"u\":1}]}\n{\"new\":1,\"u\":{\"new\":2}}\n");
	goes_on(
	    "json", "t",
	    "{\"t\":\"01/02/2026 10:00:00\"}\n{\"t\":\"03/02/2026 10:00:00\",\"b\":1}\n{\"t\":\"25/02/2026 10:00:00\"}\n");
	goes_on("csv", "none", "# a list\nid,\"the name\",v\n1,x,2\n2,\"y;z\",3\n\nid,the name,v\n3,caf\xe9,4\n4,,5\n");
	goes_on("csv", "d+t", "d,t,v\n01/02/2026,10:00:00,1\n02/02/2026,10:00:01,2\n26/02/2026,10:00:02,3\n");
	goes_on("tsv", "none", "1\tx\n2\ty\n3\tz\n");
	goes_on("logfmt", "none",
		"a=1 b=x\na=2 b=y\nb=z a=3\nc=\"q \\\"r\\\"\" a=4\na=5 b=u\na=6 b=v\nbroken\na=7 b=w d=9\n");
	goes_on("clf", "none",
		"1.2.3.4 - - [22/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 12\n"
		"1.2.3.4 - ann [22/Nov/2026:10:00:01 +0000] \"GET /\\\"a HTTP/1.1\" 404 - \"-\" \"x\" more\n"
		"shop.example:443 1.2.3.4 - - [22/Nov/2026:10:00:02 +0000] \"GET / HTTP/1.1\" 200 12\n");
	goes_on(
	    "syslog", "none",
	    "<34>1 2026-11-22T10:00:00Z host su 1 ID47 [a@1 x=\"1\" y=\"two\"] failed\n"
	    "<13>Nov 22 10:00:01 host cron[2]: done\n<34>1 2026-11-22T10:00:02Z host su x - [a@1 y=\"3\" z=\"4\"] ok\n");
	goes_on("regex:(?J)^(?<a>\\d+) (?<b>\\w+)?|^(?<b>\\w+)", "none", "1 x\nword\n2 y\n3.5 z\n4 z\n");
	goes_on("text", "none", "one\n\ntwo\nthree");
}

static void where_lines_depend(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"w3c", "#Fields: a b\n1 2\n"}, {"json", "[{\"a\":1},{\"a\":2}]"}, {"json:r", "{\"r\":[{\"a\":1}]}\n"}};
	for (size_t i = 0; i < 3; i++) {
		const struct weir_codec_config config = {.format = cases[i][0], .time = "none", .want = {.all = true}};
		struct stream s = open_stream(&config, cases[i][1]);
		struct weir_codec *clone;
		assert_int_equal(weir_codec_clone(s.codec, &clone, NULL), WEIR_UNSUPPORTED);
		assert_null(clone);
		weir_codec_close(s.codec);
	}
}

/* Both read other lines, and one adopts. */
static void adopted(void **state)
{
	(void)state;
	const struct weir_codec_config config = {.format = "json", .time = "none", .want = {.all = true}};
	struct stream s = open_stream(&config, "{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\n{\"b\":null,\"a\":3}\n{\"a\":4}\n"),
		      t;
	struct weir_batch *b = weir_batch_new(64);
	struct weir_buf out = {0};
	read_lines(&s, 2, b, &out);
	t = s;
	assert_int_equal(weir_codec_clone(s.codec, &t.codec, NULL), WEIR_OK);
	read_lines(&t, 1, b, &out);
	assert_true(weir_codec_can_adopt(s.codec, t.codec, b));
	assert_int_equal(weir_codec_adopt(s.codec, b, NULL), WEIR_OK);
	s.chunk = t.chunk;
	read_lines(&s, 1, b, &out);
	assert_string_equal(out.data, "0 1|x\n0 2|.\n0 3|-\n0 4|.\n");
	weir_codec_close(s.codec);
	weir_codec_close(t.codec);
	weir_batch_free(b);
	weir_buf_release(&out);
}

/* a_2 is stored for the sake of a_2_3, and a is not, by the codec and by a clone of a clone. */
static void same_columns(void **state)
{
	(void)state;
	const struct weir_str wanted = WEIR_STR("a_2_3");
	const struct weir_codec_config config = {
	    .format = "json", .time = "none", .want = {.names = &wanted, .n_names = 1}};
	struct stream s = open_stream(&config, "{\"b\":1}\n{\"a\":1,\"a_2\":2,\"a_2_3\":3}\n"), t, u;
	struct weir_batch *b = weir_batch_new(64);
	struct weir_buf own = {0}, cloned = {0};
	read_lines(&s, 1, b, &own);
	weir_buf_clear(&own);
	t = s;
	assert_int_equal(weir_codec_clone(s.codec, &t.codec, NULL), WEIR_OK);
	u = s;
	assert_int_equal(weir_codec_clone(t.codec, &u.codec, NULL), WEIR_OK);
	read_lines(&s, 1, b, &own);
	assert_string_equal(own.data, "0 2|3\n");
	read_lines(&t, 1, b, &cloned);
	assert_string_equal(cloned.data, own.data);
	weir_buf_clear(&cloned);
	read_lines(&u, 1, b, &cloned);
	assert_string_equal(cloned.data, own.data);
	weir_codec_close(s.codec);
	weir_codec_close(t.codec);
	weir_codec_close(u.codec);
	weir_batch_free(b);
	weir_buf_release(&own);
	weir_buf_release(&cloned);
}

/* The order of day and month, which the sample leaves open, is settled where the date stands that tells it. */
static void order_of_day_and_month(void **state)
{
	(void)state;
	static const char text[] = "{\"t\":\"01/02/2026 10:00:00\"}\n{\"t\":\"02/25/2026 10:00:00\"}\n";
	const struct weir_codec_config config = {.format = "json", .want = {.all = true}};
	struct weir_batch *b = weir_batch_new(64);
	struct weir_buf out = {0};
	struct stream s = {.chunk = {.bytes = text, .size = sizeof text - 1, .at_end = true}}, t;
	const struct weir_str first = {text, (size_t)(strchr(text, '\n') + 1 - text)};
	assert_int_equal(weir_codec_open(&config, first, false, &s.codec, NULL), WEIR_OK);
	read_lines(&s, 1, b, &out);
	t = s;
	assert_int_equal(weir_codec_clone(s.codec, &t.codec, NULL), WEIR_OK);
	read_lines(&t, 1, b, &out);
	assert_true(weir_codec_order_settled(t.codec));
	assert_false(weir_codec_order_settled(s.codec));
	weir_codec_close(s.codec);
	weir_codec_close(t.codec);
	weir_batch_free(b);
	weir_buf_release(&out);
}

static void assert_sample(const struct weir_codec_config *config, const char *text, const char *expected)
{
	struct stream s = open_stream(config, text);
	const struct weir_schema *schema = weir_codec_sample_schema(s.codec);
	struct weir_buf out = {0};
	weir_buf_addf(&out, "%s%s", weir_codec_guess(s.codec)->format,
		      weir_codec_columns_fixed(s.codec) ? " fixed" : "");
	for (uint32_t i = 0; i < schema->n_fields; i++)
		weir_buf_addf(&out, " " WEIR_STR_FMT ":%s%s", WEIR_STR_ARG(schema->fields[i].name),
			      weir_type_name(schema->fields[i].type), schema->fields[i].is_time ? "*" : "");
	assert_string_equal(out.data, expected);
	weir_buf_release(&out);
	weir_codec_close(s.codec);
}

static void sample(void **state)
{
	(void)state;
	static const char json[] =
	    "{\"ts\":1795341600,\"a\":1}\n{\"ts\":1795341601,\"a\":2.5,\"b\":\"x\"}\n{\"ts\":1795341602,\"c\":null}\n";
	const struct weir_str wanted = WEIR_STR("a");
	struct weir_codec_config config = {.want = {.names = &wanted, .n_names = 1}};
	assert_sample(&config, json, "json ts:timestamp* a:float64 b:string c:null");
	config.time = "none";
	assert_sample(&config, json, "json ts:int64 a:float64 b:string c:null");
	assert_sample(&config, "a,b\n1,2\n", "csv fixed a:int64 b:int64");
	assert_sample(&config, "#Fields: a b\n1 -\n", "w3c a:int64 b:null");
	config.time = NULL;
	assert_sample(&config, "date,time,v\n2026-11-22,10:00:00,x\n", "csv fixed date:string time:string v:string");
	assert_sample(&config, "", "text fixed");
}

/* A table of one column looks like any text. */
static void path(void **state)
{
	(void)state;
	struct weir_codec_config config = {.path = WEIR_STR("a/b.CSV"), .want = {.all = true}};
	assert_sample(&config, "n\n1\n2\n", "csv fixed n:int64");
	config.path = WEIR_STR("b.tsv");
	assert_sample(&config, "n\n1\n2\n", "tsv fixed n:int64");
	config.path = WEIR_STR(".csv");
	assert_sample(&config, "n\n1\n2\n", "text fixed line:string");
	config.path = WEIR_STR("b.csv");
	assert_sample(&config, "{\"n\":1}\n", "json n:int64");
	config.format = "text";
	assert_sample(&config, "n\n1\n2\n", "text fixed line:string");
}

/* What JSON cannot decide of its records does not hide what the time cannot. */
static void doubts(void **state)
{
	(void)state;
	const struct weir_codec_config config = {.want = {.all = true}};
	struct stream s = open_stream(&config, "{\"t\":\"01/02/2026 10:00:00\",\"v\":1}\n");
	assert_non_null(strstr(weir_codec_guess(s.codec)->doubt, "whether day or month comes first in the dates of t"));
	weir_codec_close(s.codec);
	s = open_stream(&config, "{\"t\":\"01/02/2026 10:00:00\",\"v\":1,\"l\":[{\"a\":1}]}\n");
	assert_non_null(strstr(weir_codec_guess(s.codec)->doubt, "-f json:l reads the records"));
	assert_non_null(strstr(weir_codec_guess(s.codec)->doubt,
			       "; the first records do not show whether day or month comes first in the dates of t"));
	weir_codec_close(s.codec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_format), cmocka_unit_test(where_lines_depend),
	    cmocka_unit_test(adopted),      cmocka_unit_test(order_of_day_and_month),
	    cmocka_unit_test(sample),       cmocka_unit_test(path),
	    cmocka_unit_test(doubts),       cmocka_unit_test(same_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
