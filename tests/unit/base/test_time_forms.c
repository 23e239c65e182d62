/* The forms that logs and exports have: each text with its moment, and the texts that are none. */
#include "weir/base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define MOMENT INT64_C(1767582245000000) /* 2026-01-05 03:04:05 UTC, a Monday */

struct form {
	const char *text;
	int64_t us; /* after MOMENT */
};

#define H INT64_C(3600000000)

static const struct form forms[] = {
    /* ISO 8601 and its relatives */
    {"2026-01-05T03:04:05Z", 0},
    {"2026-01-05t03:04:05z", 0},
    {"2026-01-05 03:04:05", 0},
    {"  2026-01-05  03:04:05 ", 0},
    {"2026-01-05 03:04:05,123", 123000},
    {"2026-01-05 03:04:05.123456789", 123456},
    {"2026-01-05T03:04:05.1234567Z", 123456},
    {"2026-01-05T03:04:05.123456789012Z", 123456},
    {"2026-01-05T03:04", -5000000},
    {"2026-01-05 03:04Z", -5000000},
    {"2026-01-05", -3 * H - 245000000},
    {"2026-1-5 3:4:5", 0},
    {"20260105T030405", 0},
    {"20260105T030405Z", 0},
    {"20260105T030405.5Z", 500000},
    {"20260105T040405+0100", 0},
    {"20260105 030405", 0},
    {"20260105030405", 0},
    {"20260105030405123", 123000},
    {"2026-005T03:04:05Z", 0},
    {"2026-01-04T24:00:00Z", -3 * H - 245000000},
    {"2026-01-05T03:04:05+00", 0},
    {"2026-01-05 04:04:05+01", 0},
    {"2026-01-05 04:04:05+0100", 0},
    {"2026-01-05 04:04:05 +01:00", 0},
    {"2026-01-04 21:34:05-0530", 0},
    {"2026-01-05 03:04:05 UTC", 0},
    {"2026-01-05 03:04:05UTC", 0},
    {"2026-01-05 03:04:05.123 GMT", 123000},
    {"2026-01-05 04:04:05 CET", 0},
    {"2026-01-05 05:04:05 CEST", 0},
    {"2026-01-04 19:04:05 PST", 0},
    {"2026-01-04 20:04:05 PDT", 0},
    {"2026-01-05 04:04:05 GMT+1", 0},
    {"2026-01-05 04:04:05 UTC+01:00", 0},
    {"2026-01-05T04:04:05+01:00[Europe/Berlin]", 0},
    {"2026-01-05T04:04:05+01:00[Europe/Berlin][u-ca=iso8601]", 0},
    {"2026-01-05T03:04:05Z[UTC]", 0},
    {"2026-01-05 03:04:05.5 +0000 UTC", 500000},
    {"2026-01-05 03:04:05.5 +0000 UTC m=+0.000012", 500000},
    {"2026-01-05 03:04:05 AM", 0},
    {"2026-01-05 3:04:05 pm", 12 * H},
    {"2026-01-05 12:04:05 AM", -3 * H},
    {"2026-01-05 12:04:05 p.m.", 9 * H},
    {"2026/01/05 03:04:05", 0},
    {"2026/01/05 03:04", -5000000},
    {"2026.01.05 03:04:05.250", 250000},
    {"2026:01:05 03:04:05", 0},
    {"2026-01-05_03:04:05", 0},
    {"2026-01-05-03.04.05.123456", 123456},
    {"20260105-03:04:05.123", 123000},
    {"260105  3:04:05", 0},
    {"260105 030405", 0},
    /* RFC 1123, 2822, 850 and cookies */
    {"Mon, 05 Jan 2026 03:04:05 GMT", 0},
    {"Mon, 5 Jan 2026 04:04:05 +0100", 0},
    {"Mon, 5 Jan 2026 04:04:05 +0100 (CET)", 0},
    {"Mon, 5 Jan 2026 03:04 +0000", -5000000},
    {"Mon, 04 Jan 2026 22:04:05 EST", 0},
    {"Mon, 04 Jan 2026 21:04:05 CST", 0},
    {"5 Jan 2026 03:04:05 UT", 0},
    {"Monday, 05-Jan-26 03:04:05 GMT", 0},
    {"Mon, 05-Jan-2026 03:04:05 GMT", 0},
    /* ctime, date, JavaScript, httpd's error log */
    {"Mon Jan  5 03:04:05 2026", 0},
    {"Mon Jan 05 03:04:05.123456 2026", 123456},
    {"Mon Jan  5 03:04:05 UTC 2026", 0},
    {"Mon Jan  5 04:04:05 CET 2026", 0},
    {"Mon Jan  5 03:04:05 AM UTC 2026", 0},
    {"Mon  5 Jan 03:04:05 GMT 2026", 0},
    {"Mon 05 Jan 2026 03:04:05 AM UTC", 0},
    {"Mon Jan 05 03:04:05 +0000 2026", 0},
    {"Mon Jan 05 2026 04:04:05 GMT+0100 (Central European Standard Time)", 0},
    /* access logs, name servers, databases, spreadsheets */
    {"05/Jan/2026:03:04:05 +0000", 0},
    {"05/Jan/2026:04:04:05.123 +0100", 123000},
    {"[05/Jan/2026:03:04:05 +0000]", 0},
    {"05-Jan-2026 03:04:05.123", 123000},
    {"05-JAN-26 03.04.05.123456 AM", 123456},
    {"2026-Jan-05 03:04:05", 0},
    {"2026 Jan  5 03:04:05", 0},
    {"Jan  5 2026 03:04:05:123AM", 123000},
    {"Jan 5, 2026 3:04:05 AM", 0},
    {"January 5, 2026 at 3:04:05 PM", 12 * H},
    {"Jan 5, 2026, 3:04:05\xe2\x80\xaf"
     "AM",
     0},
    {"5 January 2026", -3 * H - 245000000},
    /* numbers since 1970 */
    {"1767582245", 0},
    {"1767582245.5", 500000},
    {"1767582245.123456789", 123456},
    {"1767582245123", 123000},
    {"1767582245123.456", 123456},
    {"1767582245123456", 123456},
    {"1767582245123456789", 123456},
    {"/Date(1767582245123)/", 123000},
    {"/Date(1767582245123-0500)/", 123000},
};

static void forms_with_one_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		int64_t us = 0;
		if (!weir_time_read(weir_str_of(forms[i].text), &us) || us != MOMENT + forms[i].us)
			fail_msg("%s: %lld, not %lld", forms[i].text, (long long)us, (long long)(MOMENT + forms[i].us));
	}
}

/* Cut anywhere, a text is read to its end and no further, and what is still a time is one within the calendar. */
static void no_byte_behind_the_end(void **state)
{
	(void)state;
	char patterns[WEIR_TIME_SHAPES][WEIR_TIME_PATTERN_BYTES];
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		for (size_t n = 0; n < strlen(forms[i].text); n++) {
			char *exact = malloc(n ? n : 1);
			int64_t us = 0;
			assert_non_null(exact);
			memcpy(exact, forms[i].text, n);
			if (weir_time_read((struct weir_str){exact, n}, &us))
				assert_true(weir_time_exists(us));
			weir_time_shapes((struct weir_str){exact, n}, patterns);
			free(exact);
		}
}

/* Texts on which other programs were reported to fail, or to be wrong without a word. */
static void what_others_stumbled_over(void **state)
{
	(void)state;
	static const struct {
		const char *text, *pattern, *is; /* pattern NULL: it has one meaning without */
	} cases[] = {
	    {"2023-12-30T00:01:54.918769+00:00", NULL, "2023-12-30T00:01:54.918769Z"}, /* fractions come and go */
	    {"2023-12-30T00:01:54+00:00", NULL, "2023-12-30T00:01:54Z"},
	    {"2020-06-19T07:16:17.2Z", NULL, "2020-06-19T07:16:17.200Z"},
	    {"2017-06-22T11:36:59.810694666+09:00", NULL, "2017-06-22T02:36:59.810694Z"},
	    {"2018-03-01 17:46:03,781", NULL, "2018-03-01T17:46:03.781Z"},
	    {"2018-04-11  10:30:00", NULL, "2018-04-11T10:30:00Z"},
	    {"2022-01-27 06:06:07.6405", NULL, "2022-01-27T06:06:07.640500Z"},
	    {"2022-04-03 17:38:20. UTC", NULL, "2022-04-03T17:38:20Z"},
	    {"2020.05.02 13:51:10 922 +0000", NULL, "2020-05-02T13:51:10.922Z"},
	    {"Tue Oct 09 07:17:53.139742 2018", NULL, "2018-10-09T07:17:53.139742Z"},
	    {"Mon Feb 04 00:08:48 EST 2019", NULL, "2019-02-04T05:08:48Z"},
	    {"5 Sep 2014 00:45:45 EEST", NULL, "2014-09-04T21:45:45Z"},
	    {"31-OCT-2023", NULL, "2023-10-31T00:00:00Z"},
	    {"24-May-2022 08:23:07", NULL, "2022-05-24T08:23:07Z"},
	    {"01-Jun-2022 00:00:00", NULL, "2022-06-01T00:00:00Z"},
	    {"Dec 8, 2022", NULL, "2022-12-08T00:00:00Z"},
	    {"May 18, 2018 12:00:53 PM PDT", NULL, "2018-05-18T19:00:53Z"}, /* noon, not midnight */
	    {"May 18, 2018 12:00:53 AM PDT", NULL, "2018-05-18T07:00:53Z"},
	    {"1721314113467.654123", NULL, "2024-07-18T14:48:33.467654Z"},
	    {"1604948142953141464", NULL, "2020-11-09T18:55:42.953141Z"},
	    {"7/15/2021 2:07:27 PM-0600", "%m/%d/%Y %I:%M:%S %p%z", "2021-07-15T20:07:27Z"},
	    {"05/29/2020 11:58:21:127 AM UTC", "%m/%d/%Y %I:%M:%S:%f %p %Z", "2020-05-29T11:58:21.127Z"},
	    {"[1/13/22 23:50:04:362 EDT]", "[%m/%d/%y %H:%M:%S:%f %Z]", "2022-01-14T03:50:04.362Z"},
	    {"15.04.2017 02:40", "%d.%m.%Y %H:%M", "2017-04-15T02:40:00Z"},
	    {"15-01-2019 00:37", "%d-%m-%Y %H:%M", "2019-01-15T00:37:00Z"},
	    {"1/13/2023, 3:04:05\xe2\x80\xafPM", "%m/%d/%Y, %I:%M:%S %p", "2023-01-13T15:04:05Z"},
	    {"13/1/2020, 3:04:05 p.\xc2\xa0m.", "%d/%m/%Y, %I:%M:%S %p", "2020-01-13T15:04:05Z"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char patterns[WEIR_TIME_SHAPES][WEIR_TIME_PATTERN_BYTES], iso[40] = "";
		struct weir_str s = weir_str_of(cases[i].text);
		int64_t us;
		if (cases[i].pattern) {
			assert_int_equal(weir_time_shapes(s, patterns), 1);
			assert_string_equal(patterns[0], cases[i].pattern);
			assert_true(weir_time_parse_format(s, patterns[0], &us));
		} else if (!weir_time_read(s, &us)) {
			fail_msg("%s is not read", cases[i].text);
		}
		weir_time_format_iso(us, iso);
		assert_string_equal(iso, cases[i].is);
	}
	int64_t us;
	assert_false(weir_time_read(WEIR_STR("41_10_1"), &us));
	assert_true(weir_time_parse_format(WEIR_STR("363 2021"), "%j %Y", &us));
	assert_int_equal(us, INT64_C(1640736000000000));
	/* A year that the clock of another zone has reached already, and one that it has left. */
	int64_t newest;
	assert_true(weir_time_parse_iso(WEIR_STR("2023-12-31T20:00:00Z"), &newest));
	assert_true(weir_time_parse_pattern(WEIR_STR("Jan  1 04:00:00"), "%b %d %H:%M:%S", newest, &us));
	assert_int_equal(us, newest + 8 * H);
	assert_true(weir_time_parse_iso(WEIR_STR("2022-01-01T00:00:01Z"), &newest));
	assert_true(weir_time_parse_pattern(WEIR_STR("Dec 31 23:59:59"), "%b %d %H:%M:%S", newest, &us));
	assert_int_equal(us, newest - 2 * WEIR_US_PER_S);
}

static void texts_that_are_no_time(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "",
	    " ",
	    "-",
	    "n/a",
	    "null",
	    "0",
	    "-1",
	    "hello",
	    "2026",
	    "2026-01",
	    "12345",
	    "1.2.3.4",
	    "10.0.0.1:80",
	    "03:04:05",
	    "12:30",
	    "2026-13-05",
	    "2026-02-30 00:00:00",
	    "2026-01-05 25:00:00",
	    "2026-01-05T03:04.5",
	    "2026-01-05T",
	    "2026-366",
	    "10000-01-01",
	    "0000-01-01",
	    "2026-01-05T03:04:05X",
	    "2026-01-05 13:04:05 AM",
	    "2026-01-05 03:04:05 XM",
	    /* a name that means several zones, a zone without its offset */
	    "2026-01-05 03:04:05 CST",
	    "2026-01-05 03:04:05 IST",
	    "2026-01-05 03:04:05 BST",
	    "2026-01-05T03:04:05[Europe/Berlin]",
	    /* day or month first, and no year */
	    "01/05/2026 03:04:05",
	    "13/05/2026 03:04:05",
	    "05.01.2026",
	    "01/05/26",
	    "Jan  5 03:04:05",
	    /* numbers of no time of ours, and identifiers */
	    "20991399",
	    "10101010",
	    "4102444801",
	    "99999999999999999999",
	    "00501",
	    "/Date(1767582245123",
	    "/Date(x)/",
	    "Mon, 32 Jan 2026 03:04:05 GMT",
	    "05/Foo/2026:03:04:05 +0000",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t us = 0;
		if (weir_time_read(weir_str_of(bad[i]), &us))
			fail_msg("%s is read as %lld", bad[i], (long long)us);
	}
}

static void order_is_left_open(void **state)
{
	(void)state;
	static const struct {
		const char *text, *first, *second, *third;
	} open[] = {
	    {"01/05/2026 03:04:05", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", NULL},
	    {"13/05/2026 03:04:05", "%d/%m/%Y %H:%M:%S", NULL, NULL},
	    {"05/13/2026 3:04 PM", "%m/%d/%Y %I:%M %p", NULL, NULL},
	    {"05.01.2026 03:04", "%d.%m.%Y %H:%M", "%m.%d.%Y %H:%M", NULL},
	    {"05-01-2026", "%d-%m-%Y", "%m-%d-%Y", NULL},
	    {"1/5/2026, 3:04:05\xe2\x80\xafPM", "%m/%d/%Y, %I:%M:%S %p", "%d/%m/%Y, %I:%M:%S %p", NULL},
	    {"26/01/05 03:04:05", "%d/%m/%y %H:%M:%S", "%y/%m/%d %H:%M:%S", NULL},
	    {"01/02/03", "%m/%d/%y", "%d/%m/%y", "%y/%m/%d"},
	    {"2026/01/05", "%Y/%m/%d", NULL, NULL},
	    {"Jan  5 03:04:05", "%b %d %H:%M:%S", NULL, NULL},
	    {"05/Jan/2026:03:04:05 +0000", "%d/%b/%Y:%H:%M:%S %z", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
		char patterns[WEIR_TIME_SHAPES][WEIR_TIME_PATTERN_BYTES];
		const char *wanted[] = {open[i].first, open[i].second, open[i].third};
		size_t n = weir_time_shapes(weir_str_of(open[i].text), patterns);
		for (size_t k = 0; k < 3; k++)
			assert_string_equal(k < n ? patterns[k] : "", wanted[k] ? wanted[k] : "");
	}
}

static int64_t instant(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	/* 1990 to 2068: two digits of a year are enough, and a number is a time */
	return INT64_C(631152000000000) + (int64_t)(*seed % UINT64_C(2460000000000000));
}

/* Formats by strftime are what the C library and weir both know: written by one, read by the other. */
static void random_instants_come_back(void **state)
{
	(void)state;
	static const char *const formats[] = {
	    "%Y-%m-%dT%H:%M:%SZ",
	    "%Y-%m-%d %H:%M:%S",
	    "%Y-%m-%d %H:%M:%S UTC",
	    "%Y%m%dT%H%M%S",
	    "%Y%m%d%H%M%S",
	    "%Y/%m/%d %H:%M:%S",
	    "%Y.%m.%d %H:%M:%S",
	    "%Y-%jT%H:%M:%SZ",
	    "%a, %d %b %Y %H:%M:%S GMT",
	    "%A, %d-%b-%y %H:%M:%S GMT",
	    "%a %b %e %H:%M:%S %Y",
	    "%a %b %e %H:%M:%S UTC %Y",
	    "%d/%b/%Y:%H:%M:%S +0000",
	    "%d %b %Y %H:%M:%S",
	    "%b %d, %Y %I:%M:%S %p",
	    "%Y-%m-%d %I:%M:%S %p",
	    "%d-%b-%y %I.%M.%S %p",
	    "%B %e, %Y at %I:%M:%S %p",
	    "%Y-%m-%dT%H:%M:%S+00:00[Europe/London]",
	    "%s",
	};
	uint64_t seed = 4711;
	for (int round = 0; round < 20000; round++) {
		int64_t us = instant(&seed), back = 0;
		time_t s = (time_t)(us / WEIR_US_PER_S);
		struct tm tm;
		char text[100], iso[40];
		const char *format = formats[round % (int)(sizeof formats / sizeof *formats)];
		gmtime_r(&s, &tm);
		if (strcmp(format, "%s") == 0)
			snprintf(text, sizeof text, "%lld", (long long)s);
		else
			strftime(text, sizeof text, format, &tm);
		if (!weir_time_read(weir_str_of(text), &back) || back != (int64_t)s * WEIR_US_PER_S)
			fail_msg("%s by %s: %lld, not %lld", text, format, (long long)back, (long long)s * 1000000);
		weir_time_format_iso(us, iso);
		assert_true(weir_time_read(weir_str_of(iso), &back));
		assert_int_equal(back, us);
		weir_time_format_sql(us, iso);
		assert_true(weir_time_read(weir_str_of(iso), &back));
		assert_int_equal(back, us);
		static const int64_t unit[] = {1000000, 1000, 1, 1};
		for (int u = 0; u < 4; u++) {
			snprintf(text, sizeof text, "%lld%s", (long long)(us / unit[u]),
				 u == WEIR_TIME_NS ? "000" : "");
			assert_true(weir_time_read(weir_str_of(text), &back));
			assert_int_equal(back, us / unit[u] * unit[u]);
		}
	}
}

/* What a shape proposes reads the text, and is a pattern that --time takes. */
static void shapes_are_patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		char patterns[WEIR_TIME_SHAPES][WEIR_TIME_PATTERN_BYTES];
		struct weir_str s = weir_str_trim(weir_str_of(forms[i].text));
		size_t n = weir_time_shapes(s, patterns);
		for (size_t k = 0; k < n; k++) {
			const char *at;
			int64_t us;
			assert_int_equal(weir_time_check_pattern(patterns[k], &at), WEIR_TIME_PATTERN_OK);
			assert_true(weir_time_parse_pattern(s, patterns[k], MOMENT, &us));
			if (n == 1 && weir_time_pattern_has_year(patterns[k]))
				assert_int_equal(us, MOMENT + forms[i].us);
		}
	}
}

static void numbers_are_exact(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum weir_time_unit unit;
		int64_t us;
	} good[] = {
	    {"0", WEIR_TIME_S, 0},
	    {"-1.5", WEIR_TIME_S, -1500000},
	    {"-1.0000005", WEIR_TIME_S, -1000001},
	    {"1767582245.9999999", WEIR_TIME_S, MOMENT + 999999},
	    {"1767582245123.4567", WEIR_TIME_MS, MOMENT + 123456},
	    {"-1", WEIR_TIME_NS, -1},
	    {"-1000", WEIR_TIME_NS, -1},
	    {"253402300799.999999", WEIR_TIME_S, WEIR_TIME_LAST_US},
	    {"-62135596800", WEIR_TIME_S, WEIR_TIME_FIRST_US},
	};
	int64_t us;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(weir_time_read_epoch(weir_str_of(good[i].text), good[i].unit, &us));
		assert_int_equal(us, good[i].us);
	}
	static const char *const bad[] = {"",
					  "-",
					  ".",
					  "1.",
					  "x",
					  "1x",
					  "253402300800",
					  "-62135596801",
					  "9223372036854775807",
					  "99999999999999999999",
					  "1e9",
					  "/Date(1)/"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(weir_time_read_epoch(weir_str_of(bad[i]), WEIR_TIME_S, &us));
}

static void a_year_that_is_not_written(void **state)
{
	(void)state;
	static const struct {
		const char *text, *newest, *is;
	} cases[] = {
	    {"Dec 31 23:59:59", "2026-01-02T00:00:00Z", "2025-12-31T23:59:59Z"},
	    {"Jan  1 00:00:00", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"},
	    {"Jan  3 00:00:00", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"}, /* a zone ahead of UTC */
	    {"Jan  3 00:00:01", "2026-01-02T00:00:00Z", "2025-01-03T00:00:01Z"},
	    {"Jan  1 00:30:00", "2025-12-31T23:59:00Z", "2026-01-01T00:30:00Z"},
	    {"Feb 29 12:00:00", "2026-01-02T00:00:00Z", "2024-02-29T12:00:00Z"},
	    {"Feb 29 12:00:00", "2103-01-02T00:00:00Z", "2096-02-29T12:00:00Z"},
	};
	int64_t us, newest, is;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(weir_time_parse_iso(weir_str_of(cases[i].newest), &newest));
		assert_true(weir_time_parse_iso(weir_str_of(cases[i].is), &is));
		assert_true(weir_time_parse_pattern(weir_str_of(cases[i].text), "%b %d %H:%M:%S", newest, &us));
		assert_int_equal(us, is);
		assert_false(weir_time_parse_format(weir_str_of(cases[i].text), "%b %d %H:%M:%S", &us));
	}
}

static void patterns_read_what_they_do_not_name(void **state)
{
	(void)state;
	static const struct {
		const char *text, *pattern;
		int64_t us;
	} good[] = {
	    {"2026-01-05 03:04:05.25", "%Y-%m-%d %H:%M:%S", 250000},
	    {"2026-01-05 03:04:05,25 +0000", "%Y-%m-%d %H:%M:%S", 250000},
	    {"2026-01-05 04:04:05+01:00", "%Y-%m-%d %H:%M:%S", 0},
	    {"2026-01-05T03:04:05", "%Y-%m-%dT%H:%M:%S.%f", 0},
	    {"2026-01-05T03:04:05.5", "%FT%T.%f", 500000},
	    {"2026-01-05 03:04:05 PM", "%Y-%m-%d %H:%M:%S %p", 12 * H},
	    {"2026-01-05  3:04:05 AM", "%Y-%m-%d %l:%M:%S %p", 0},
	    {"Mon Jan  5 03:04:05 2026", "%c", 0},
	    {"005/2026 03:04:05", "%j/%Y %T", 0},
	    {"1767582245.5", "%s.%f", 500000},
	    {"05Jan2026 03h04 05", "%d%b%Y %Hh%M %S", 0},
	    {"100% 2026-01-05 03:04:05", "100%% %F %T", 0},
	};
	int64_t us;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (!weir_time_parse_format(weir_str_of(good[i].text), good[i].pattern, &us) ||
		    us != MOMENT + good[i].us)
			fail_msg("%s by %s", good[i].text, good[i].pattern);
	}
	assert_false(weir_time_parse_format(WEIR_STR("2026-366"), "%Y-%j", &us)); /* not in a common year */
	assert_true(weir_time_parse_format(WEIR_STR("-1.5"), "%s.%f", &us));
	assert_int_equal(us, -1500000);
	assert_false(weir_time_parse_format(WEIR_STR("999999999999"), "%s", &us));
	const char *at = NULL;
	assert_int_equal(weir_time_check_pattern("%Y-%m-%d %Q", &at), WEIR_TIME_PATTERN_DIRECTIVE);
	assert_string_equal(at, "%Q");
	assert_int_equal(weir_time_check_pattern("%Y-%m-%d %", &at), WEIR_TIME_PATTERN_DIRECTIVE);
	assert_int_equal(weir_time_check_pattern("%H:%M:%S", &at), WEIR_TIME_PATTERN_NO_DATE);
	assert_int_equal(weir_time_check_pattern("%b %d %T", &at), WEIR_TIME_PATTERN_OK);
}

static void years_of_any_length_are_printed(void **state)
{
	(void)state;
	char text[40];
	weir_time_format_iso(INT64_MAX, text);
	assert_string_equal(text, "294247-01-10T04:00:54.775807Z");
	weir_time_format_iso(INT64_MIN + 1, text);
	assert_string_equal(text, "-290308-12-21T19:59:05.224193Z");
	weir_time_format_iso(INT64_C(253402300800) * 1000000, text);
	assert_string_equal(text, "10000-01-01T00:00:00Z");
	weir_time_format_sql(MOMENT + 500000, text);
	assert_string_equal(text, "2026-01-05 03:04:05.5");
	weir_time_format_sql(MOMENT, text);
	assert_string_equal(text, "2026-01-05 03:04:05");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms_with_one_meaning),
	    cmocka_unit_test(what_others_stumbled_over),
	    cmocka_unit_test(no_byte_behind_the_end),
	    cmocka_unit_test(texts_that_are_no_time),
	    cmocka_unit_test(order_is_left_open),
	    cmocka_unit_test(random_instants_come_back),
	    cmocka_unit_test(shapes_are_patterns),
	    cmocka_unit_test(numbers_are_exact),
	    cmocka_unit_test(a_year_that_is_not_written),
	    cmocka_unit_test(patterns_read_what_they_do_not_name),
	    cmocka_unit_test(years_of_any_length_are_printed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
