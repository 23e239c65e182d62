/* Numbers, sizes and durations as text: against strtod, and back again. */
#include "fuzz.h"

#include "codec/columns/columns.h"

#include <math.h>

static bool same_double(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

static void check_double(struct weir_str s)
{
	double v, cell, again;
	char text[32], *end;
	bool ok = weir_parse_double(s, &v);
	if (weir_text_float64(s, &cell))
		FUZZ_CHECK(isfinite(cell) && ok && same_double(cell, v));
	if (!ok)
		return;
	double theirs = strtod(s.data, &end); /* the C locale: nobody called setlocale */
	FUZZ_CHECK(isnan(v) ? isnan(theirs) : same_double(v, theirs));
	FUZZ_CHECK(end == s.data + s.size);
	size_t n = weir_format_double(v, text);
	if (!isfinite(v)) /* shown, but no number to be read */
		return;
	FUZZ_CHECK(n < sizeof text && weir_parse_double((struct weir_str){text, n}, &again));
	FUZZ_CHECK(same_double(v, again));
}

static void check_int64(struct weir_str s)
{
	int64_t v, canonical, cell;
	char text[24];
	bool ok = weir_parse_int64(s, false, &v);
	if (weir_parse_int64(s, true, &canonical)) {
		FUZZ_CHECK(ok && v == canonical);
		size_t n = weir_format_int64(v, text);
		FUZZ_CHECK(n < sizeof text && weir_str_equal(s, (struct weir_str){text, n}));
	}
	if (weir_text_int64(s, &cell))
		FUZZ_CHECK(ok && v == cell);
}

static void check_units(struct weir_str s)
{
	int64_t us, again;
	uint64_t bytes;
	char text[40];
	if (weir_parse_duration_us(s, &us)) {
		FUZZ_CHECK(us >= 0);
		size_t n = weir_format_duration_us(us, text);
		FUZZ_CHECK(n < sizeof text && weir_parse_duration_us((struct weir_str){text, n}, &again) &&
			   again == us);
	}
	weir_parse_bytes(s, &bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	for (struct weir_str rest = {text, size}; rest.size;) {
		struct weir_str part = weir_str_cut(rest, '\n', &rest);
		char *exact = weir_str_dup(part);
		FUZZ_CHECK(exact);
		struct weir_str s = {exact, part.size};
		check_double(s);
		check_int64(s);
		check_units(s);
		free(exact);
	}
	free(text);
	return 0;
}
