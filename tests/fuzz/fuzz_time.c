/* Times: the first line is a format, each line after it a text in that format. What was learned from the lines before must
 * not change what a line means. */
#include "fuzz.h"

#include "codec/time/time.h"

static void check_iso(struct weir_str s)
{
	int64_t us, again;
	char text[40];
	if (!weir_time_parse_iso(s, &us))
		return;
	FUZZ_CHECK(us != WEIR_TIME_NONE);
	size_t n = weir_time_format_iso(us, text);
	FUZZ_CHECK(n < sizeof text && weir_time_parse_iso((struct weir_str){text, n}, &again) && again == us);
	struct weir_civil civil = weir_time_to_civil(us);
	FUZZ_CHECK(weir_time_from_civil(&civil) == us);
}

static void check_number(struct weir_timefmt *t, struct weir_str s)
{
	int64_t i, us;
	double f;
	if (weir_parse_int64(s, false, &i) && weir_timefmt_int64(t, i, &us))
		FUZZ_CHECK(weir_time_exists(us));
	if (weir_parse_double(s, &f) && weir_timefmt_float64(t, f, &us))
		FUZZ_CHECK(weir_time_exists(us));
}

/* Whatever the forms of logs are: a time lies within the calendar, and a proposed pattern is one that reads the text. */
static void check_forms(struct weir_str s)
{
	char patterns[WEIR_TIME_SHAPES][WEIR_TIME_PATTERN_BYTES];
	int64_t us, again;
	char text[40];
	if (weir_time_read(s, &us)) {
		FUZZ_CHECK(weir_time_exists(us));
		size_t n = weir_time_format_sql(us, text);
		FUZZ_CHECK(n < sizeof text && weir_time_read((struct weir_str){text, n}, &again) && again == us);
	}
	for (enum weir_time_unit unit = WEIR_TIME_S; unit <= WEIR_TIME_NS; unit++)
		if (weir_time_read_epoch(s, unit, &us))
			FUZZ_CHECK(weir_time_exists(us));
	const int64_t newest_us = INT64_C(1735600000000000);
	for (size_t n = weir_time_shapes(s, patterns); n-- > 0;) {
		const char *at;
		FUZZ_CHECK(weir_time_check_pattern(patterns[n], &at) == WEIR_TIME_PATTERN_OK);
		FUZZ_CHECK(weir_time_parse_pattern(weir_str_trim(s), patterns[n], newest_us, &us) &&
			   weir_time_exists(us));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *format;
	struct weir_str rest, first = weir_str_cut((struct weir_str){text, size}, '\n', &rest);
	struct weir_timefmt learned, fresh;
	format = weir_str_dup(first);
	FUZZ_CHECK(format);
	if (weir_timefmt_init(&learned, format)) {
		while (rest.size) {
			struct weir_str line = weir_str_cut(rest, '\n', &rest);
			int64_t us = 0, fresh_us = 0;
			FUZZ_CHECK(weir_timefmt_init(&fresh, format));
			bool ok = weir_timefmt_text(&learned, line, &us);
			FUZZ_CHECK(ok == weir_timefmt_text(&fresh, line, &fresh_us) && (!ok || us == fresh_us));
			FUZZ_CHECK(!ok || weir_time_exists(us));
			check_number(&fresh, line);
			check_iso(line);
			check_forms(line);
		}
	}
	free(format);
	free(text);
	return 0;
}
