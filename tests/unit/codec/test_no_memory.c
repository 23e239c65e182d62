/* Allocation n fails, for every n: what was decoded is right to the last cell, or the codec says NO_MEMORY. */
#include "decode_text.h"

#include "weir/base/memory.h"

enum { N_MOST = 4000 };

/* Opens and decodes, the last line by a clone, while allocation n fails. False: no memory was said. */
static bool decode_once(const struct weir_codec_config *config, struct weir_str text, uint64_t n, bool sticky,
			struct weir_buf *out)
{
	struct weir_codec *codec = NULL, *clone = NULL;
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS), *last = weir_batch_new(WEIR_BATCH_ROWS);
	struct weir_error err = {0};
	const char *feed = memrchr(text.data, '\n', text.size - 1);
	struct weir_chunk chunk = {.bytes = text.data, .size = (size_t)(feed - text.data) + 1},
			  rest = {.bytes = feed + 1, .size = text.size - chunk.size, .at_end = true};
	assert_non_null(b);
	assert_non_null(last);
	weir_alloc_fail_at(n, sticky);
	enum weir_status st = weir_codec_open(config, text, true, &codec, &err);
	if (st == WEIR_OK)
		st = weir_codec_decode(codec, &chunk, b, &err);
	if (st == WEIR_OK)
		st = weir_codec_clone(codec, &clone, &err);
	if (st == WEIR_OK)
		st = weir_codec_decode(clone, &rest, last, &err);
	weir_alloc_fail_at(0, false);
	if (st == WEIR_OK) {
		show_batch(b, out);
		show_batch(last, out);
	} else {
		assert_int_equal(st, WEIR_NO_MEMORY);
	}
	weir_codec_close(codec);
	weir_codec_close(clone);
	weir_batch_free(b);
	weir_batch_free(last);
	return st == WEIR_OK;
}

static void check_all(const char *format, struct weir_str text)
{
	const struct weir_codec_config config = {.format = format, .want = {.all = true, .raw = true}};
	struct weir_buf right = {0}, got = {0};
	unsigned refused = 0, in_row = 0;
	assert_true(decode_once(&config, text, 0, false, &right));
	/* Until the call is made so seldom that nothing fails any more. */
	for (uint64_t n = 1; n <= N_MOST && in_row < 100; n++)
		for (int sticky = 0; sticky < 2; sticky++) {
			weir_buf_clear(&got);
			if (!decode_once(&config, text, n, sticky, &got)) {
				refused++;
				in_row = 0;
				continue;
			}
			in_row++;
			if (!weir_str_equal(weir_buf_str(&got), weir_buf_str(&right)))
				fail_msg("%s, allocation %llu fails%s: got\n%s\nnot\n%s", format, (unsigned long long)n,
					 sticky ? " and all after it" : "", got.data, right.data);
		}
	assert_true(refused > 10);
	weir_buf_release(&right);
	weir_buf_release(&got);
}

static void json(void **state)
{
	(void)state;
	static const char text[] =
	    "{\"ts\":\"2026-01-01T00:00:00Z\",\"a\":1,\"b\":\"x\",\"n\":{\"c\":true}}\n"
	    "{\"ts\":\"2026-01-01T00:00:01Z\",\"a\":2.5,\"b\":\"a text of more than sixteen bytes\",\"l\":[1,2]}\n"
	    "{\"ts\":\"2026-01-01T00:00:02Z\",\"a\":\"three\",\"b\":null,\"tw\\u006f\":\"es\\tcaped\"}\nnot json\n";
	check_all("auto", WEIR_STR(text));
	check_all("json", WEIR_STR(text));
}

static void separated(void **state)
{
	(void)state;
	static const char csv[] =
	    "ts,a,b,c\n2026-01-01T00:00:00Z,1,\"x\"\"y\",2.5\n2026-01-01T00:00:01Z,2,\"z\nz\",true\n"
	    "2026-01-01T00:00:02Z,,a text of more than sixteen bytes,no\n1,2,3,4,5,6,7\n";
	static const char tsv[] = "a\tb\tc\n1\tx\t2\n2\ty\t3\n3\tz\tword\n";
	check_all("auto", WEIR_STR(csv));
	check_all("auto", WEIR_STR(tsv));
	check_all("csv", WEIR_STR(csv));
}

static void lines(void **state)
{
	(void)state;
	static const char logfmt[] =
	    "ts=2026-01-01T00:00:00Z level=info ms=1 msg=\"a \\\"b\\\"\"\nts=2026-01-01T00:00:01Z level=warn ms=2.5 new=1\n"
	    "ts=2026-01-01T00:00:02Z level=warn ms=x msg=y\n";
	static const char clf[] =
	    "10.0.0.1 - - [01/Jan/2026:00:00:00 +0000] \"GET /a HTTP/1.1\" 200 512 \"-\" \"curl/8\"\n"
	    "10.0.0.2 - bob [01/Jan/2026:00:00:01 +0000] \"GET /b?c=d HTTP/1.1\" 404 - \"http://x/\" \"a browser of a long name\"\n";
	check_all("auto", WEIR_STR(logfmt));
	check_all("auto", WEIR_STR(clf));
	check_all("text", WEIR_STR(logfmt));
	static const char syslog[] =
	    "<34>1 2026-11-22T10:00:00Z host su 1 ID47 [a@1 x=\"1\" y=\"two\"] failed\n"
	    "<34>1 2026-11-22T10:00:02Z host su x - [a@1 y=\"3\" z=\"a text of more than sixteen bytes\"] ok\n";
	check_all("syslog", WEIR_STR(syslog));
	check_all("regex:level=(?<level>\\w+) ms=(?<ms>\\S+)", WEIR_STR(logfmt));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json),
	    cmocka_unit_test(separated),
	    cmocka_unit_test(lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
