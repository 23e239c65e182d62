/* Which format a first look finds. */
#include "weir/codec/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
	const char *format, *time;
	const char *text;
} cases[] = {
    {"json", "time",
     "{\"time\":\"2026-11-22T10:00:00Z\",\"a\":1,\"b\":2}\n{\"time\":\"2026-11-22T10:00:01Z\",\"a\":1,\"b\":2}\n"},
    {"json", NULL, "[{\"a\":1,\"b\":2},\n{\"a\":1,\"b\":2}]\n"},
    {"json", "__REALTIME_TIMESTAMP", "{\"MESSAGE\":\"a\",\"__REALTIME_TIMESTAMP\":\"1795341600000000\"}\n"},
    {"json", "ts", "{\"n\":1795341600,\"ts\":1795341600.25}\n{\"n\":1795341601,\"ts\":1795341601}\n"},
    {"json", "when.date", "{\"b\":\"x\",\"when\":{\"date\":\"2026-11-22T10:00:00+01:00\"}}\n"},
    {"json", "b", "{\"a\":17,\"b\":\"2026-11-22T10:00:00Z\",\"c\":\"2026-11-22T10:00:00Z\"}\n"},
    {"json", "b", "{\"time\":17,\"b\":\"2026-11-22T10:00:00Z\"}\n{\"time\":18,\"b\":\"2026-11-22T10:00:00Z\"}\n"},
    {"json", NULL, "{\"time\":\"soon\",\"n\":1795341600}\n"},
    {"csv", "time", "time,a,b\n2026-11-22T10:00:00Z,1,2\n2026-11-22T10:00:01Z,1,2\n"},
    {"csv", "date", "date;x\n2026-11-22 10:00:00;1,5\n2026-11-22 10:00:01;2,5\n"},
    {"csv", "ts", "id,ts,v\n1,1795341600,0.5\n2,1795341601,0.7\n"},
    {"tsv", NULL, "a\tb\n1\tx, y, z\n2\tx, y, z\n"},
    {"logfmt", "ts",
     "ts=2026-11-22T10:00:00Z level=info msg=\"a, b\"\nts=2026-11-22T10:00:01Z level=info msg=\"c, d\"\n"},
    {"clf", "time", "::1 - - [10/Oct/2000:13:55:36 -0700] \"GET /a,b HTTP/1.0\" 200 2326\n"},
    {"text", NULL, "2026-11-22 10:00:00,123 INFO started, all well\n2026-11-22 10:00:01,456 INFO stopped\n"},
    {"syslog", NULL, "Nov 22 10:00:00 host sshd[1]: accepted a=b\nNov 22 10:00:01 host cron[2]: done\n"},
    {"syslog", NULL, "<34>1 2026-11-22T10:00:00Z host su - ID47 - failed\n<13>Nov 22 10:00:01 host cron[2]: done\n"},
    {"text", NULL, "Nov 22 10:00:00 something happened\nNov 22 10:00:01 something else\n"},
    {"w3c", NULL, "#Version: 1.0\n#Fields: date time sc-status\n2026-11-22 10:00:00 200\n"},
    {"text", NULL, "Dear all,\nthis is a letter, with commas, some of them\nmany, many, many\nbye\n"},
    {"text", NULL, "10:00 x | y\n10:01 z | w\n"},
    {"text", NULL, "one word\n"},
    {"text", NULL,
     "\x7f"
     "ELF\x02\x01\x01\n\x03\x04,\x05\n"},
    {"text", NULL, ""},
};

static void formats_and_time_columns(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct weir_codec_config config = {.want = {.all = true}};
		struct weir_codec *codec = NULL;
		struct weir_error err = {0};
		assert_int_equal(weir_codec_open(&config, weir_str_of(cases[i].text), true, &codec, &err), WEIR_OK);
		const struct weir_guess *g = weir_codec_guess(codec);
		if (strcmp(g->format, cases[i].format) != 0)
			fail_msg("%s, not %s: %s", g->format, cases[i].format, cases[i].text);
		if (cases[i].time && (!g->time_column || strcmp(g->time_column, cases[i].time) != 0))
			fail_msg("time is %s, not %s: %s", g->time_column ? g->time_column : "not found", cases[i].time,
				 cases[i].text);
		weir_codec_close(codec);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(formats_and_time_columns)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
