/* Civil time against the C library's, ISO 8601 and strptime patterns. */
#include "weir/base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static void as_gmtime_does(void **state)
{
	(void)state;
	for (int64_t s = INT64_C(-62135596800); s < INT64_C(253402300800); s += INT64_C(123456789)) {
		time_t t = (time_t)s;
		struct tm tm;
		gmtime_r(&t, &tm);
		struct weir_civil c = weir_time_to_civil(s * WEIR_US_PER_S + 7);
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.hour, tm.tm_hour);
		assert_int_equal(c.minute, tm.tm_min);
		assert_int_equal(c.second, tm.tm_sec);
		assert_int_equal(c.weekday, tm.tm_wday + 1);
		assert_int_equal(c.us, 7);
		assert_int_equal(weir_time_from_civil(&c), s * WEIR_US_PER_S + 7);
	}
}

static void iso_texts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t us;
		const char *shown;
	} good[] = {
	    {"1970-01-01", 0, "1970-01-01T00:00:00Z"},
	    {"2026-11-22T10:00:00Z", INT64_C(1795341600000000), "2026-11-22T10:00:00Z"},
	    {"2026-11-22 10:00", INT64_C(1795341600000000), "2026-11-22T10:00:00Z"},
	    {"2026-11-22T12:00:00+02:00", INT64_C(1795341600000000), "2026-11-22T10:00:00Z"},
	    {"2026-11-22T04:30:00-0530", INT64_C(1795341600000000), "2026-11-22T10:00:00Z"},
	    {"2026-11-22T10:00:00.5Z", INT64_C(1795341600500000), "2026-11-22T10:00:00.500Z"},
	    {"2026-11-22t10:00:00.123456789z", INT64_C(1795341600123456), "2026-11-22T10:00:00.123456Z"},
	    {"1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"},
	    {"2024-02-29T00:00:00Z", INT64_C(1709164800000000), "2024-02-29T00:00:00Z"},
	    {"0001-01-01T00:00:00Z", INT64_C(-62135596800000000), "0001-01-01T00:00:00Z"},
	};
	char out[40];
	int64_t us;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(weir_time_parse_iso(weir_str_of(good[i].text), &us));
		assert_int_equal(us, good[i].us);
		assert_int_equal(weir_time_format_iso(us, out), strlen(good[i].shown));
		assert_string_equal(out, good[i].shown);
	}
	static const char *const bad[] = {"",
					  "2026",
					  "2026-11",
					  "2026-13-01",
					  "2026-02-29",
					  "2026-11-22T",
					  "2026-11-22T25:00:00",
					  "2026-11-22T10:61",
					  "2026-11-22T10:00:00.",
					  "2026-11-22T10:00:00.1234567890Z",
					  "2026-11-22T10:00:00X",
					  "2026-11-22T10:00:00+",
					  "2026-11-22T10:00:00+1",
					  "2026-11-22T10:00:00Z ",
					  " 2026-11-22",
					  "0000-01-01",
					  "2026/11/22",
					  "2026-11-22T10:00:00+99:00"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(weir_time_parse_iso(weir_str_of(bad[i]), &us));
	/* No byte behind the end is read. */
	const char *whole = "2026-11-22T10:00:00.5+02:00";
	for (size_t n = 0; n < strlen(whole); n++) {
		char *exact = malloc(n ? n : 1);
		memcpy(exact, whole, n);
		weir_time_parse_iso((struct weir_str){exact, n}, &us);
		free(exact);
	}
}

static void patterns(void **state)
{
	(void)state;
	static const struct {
		const char *text, *format;
		int64_t us;
	} good[] = {
	    {"22/Nov/2026:10:00:00 +0000", "%d/%b/%Y:%H:%M:%S %z", INT64_C(1795341600000000)},
	    {"22/Nov/2026:12:00:00 +0200", "%d/%b/%Y:%H:%M:%S %z", INT64_C(1795341600000000)},
	    {"Sun Nov 22 10:00:00 2026", "%a %b %e %T %Y", INT64_C(1795341600000000)},
	    {"Sunday, 22 November 2026 10:00 AM", "%A, %d %B %Y %I:%M %p", INT64_C(1795341600000000)},
	    {"12:00 AM 2026-11-22", "%I:%M %p %F", INT64_C(1795305600000000)},
	    {"12:30 pm 11/22/26", "%I:%M %p %D", INT64_C(1795350600000000)},
	    {"1795341600.25", "%s.%f", INT64_C(1795341600250000)},
	    {"2026-326", "%Y-%j", INT64_C(1795305600000000)},
	    {"20261122T100000Z", "%Y%m%dT%H%M%S%z", INT64_C(1795341600000000)},
	    {"100% 2026-11-22 10:00 GMT", "100%% %F %R %Z", INT64_C(1795341600000000)},
	    {"69-01-01", "%y-%m-%d", INT64_C(-31536000000000)},
	};
	int64_t us;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(weir_time_parse_format(weir_str_of(good[i].text), good[i].format, &us));
		assert_int_equal(us, good[i].us);
	}
	assert_false(weir_time_parse_format(WEIR_STR("2026-11-22x"), "%F", &us));
	assert_false(weir_time_parse_format(WEIR_STR("2026-11-2"), "%F %T", &us));
	assert_false(weir_time_parse_format(WEIR_STR("2026-02-30"), "%F", &us));
	assert_false(weir_time_parse_format(WEIR_STR("22/Nvo/2026"), "%d/%b/%Y", &us));
	assert_false(weir_time_parse_format(WEIR_STR("CEST"), "%Z", &us));
	assert_false(weir_time_parse_format(WEIR_STR("x"), "%Q", &us));
	assert_false(weir_time_parse_format((struct weir_str){NULL, 0}, "%Y", &us));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_gmtime_does),
	    cmocka_unit_test(iso_texts),
	    cmocka_unit_test(patterns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
