#include "codec/timefmt.h"

#include <math.h>

bool weir_timefmt_init(struct weir_timefmt *t, const char *format)
{
	static const char *const names[] = {"iso", "s", "ms", "us", "ns"};
	*t = (struct weir_timefmt){.kind = WEIR_TIMEFMT_PATTERN, .pattern = format};
	for (int i = 0; i < 5; i++)
		if (strcmp(format, names[i]) == 0)
			t->kind = (enum weir_timefmt_kind)i;
	return t->kind != WEIR_TIMEFMT_PATTERN || strchr(format, '%');
}

static int two_digits(const char *p)
{
	unsigned a = (unsigned char)p[0] - '0', b = (unsigned char)p[1] - '0';
	return a > 9 || b > 9 ? -1 : (int)(a * 10 + b);
}

/* "YYYY-MM-DDTHH:MM:SS[.f…]Z" whose minute is the one of the text before: only seconds and fraction are read. */
static bool iso_same_minute(const struct weir_timefmt *t, struct weir_str s, int64_t *us)
{
	if (!t->minute_known || s.size < 20 || memcmp(s.data, t->minute_text, 16) != 0 || s.data[16] != ':' ||
	    s.data[s.size - 1] != 'Z')
		return false;
	int second = two_digits(s.data + 17);
	if (second < 0 || second > 59)
		return false;
	int64_t fraction = 0, scale = 100000;
	if (s.size > 20) {
		if (s.data[19] != '.' || s.size < 22 || s.size > 30)
			return false;
		for (size_t i = 20; i < s.size - 1; i++) {
			unsigned d = (unsigned char)s.data[i] - '0';
			if (d > 9)
				return false;
			fraction += d * scale;
			scale /= 10;
		}
	}
	*us = t->minute_us + second * WEIR_US_PER_S + fraction;
	return true;
}

static bool parse_iso(struct weir_timefmt *t, struct weir_str s, int64_t *us)
{
	if (iso_same_minute(t, s, us))
		return true;
	if (!weir_time_parse_iso(s, us))
		return false;
	/* a leap second belongs to the minute after the one that is written */
	if (s.size >= 20 && s.data[s.size - 1] == 'Z' && s.data[16] == ':' && s.data[17] != '6') {
		memcpy(t->minute_text, s.data, 16);
		int64_t in_minute = *us % (60 * WEIR_US_PER_S);
		t->minute_us = *us - in_minute - (in_minute < 0 ? 60 * WEIR_US_PER_S : 0);
		t->minute_known = true;
	}
	return true;
}

static bool parse_pattern(struct weir_timefmt *t, struct weir_str s, int64_t *us)
{
	if (s.size && s.size == t->last_size && memcmp(s.data, t->last_text, s.size) == 0) {
		*us = t->last_us;
		return true;
	}
	if (!weir_time_parse_format(s, t->pattern, us))
		return false;
	if (s.size && s.size <= sizeof t->last_text) {
		memcpy(t->last_text, s.data, s.size);
		t->last_size = s.size;
		t->last_us = *us;
	}
	return true;
}

bool weir_timefmt_text(struct weir_timefmt *t, struct weir_str s, int64_t *us)
{
	if (t->kind == WEIR_TIMEFMT_ISO)
		return parse_iso(t, s, us);
	if (t->kind == WEIR_TIMEFMT_PATTERN)
		return parse_pattern(t, s, us);
	int64_t i;
	double f;
	if (weir_parse_int64(s, false, &i))
		return weir_timefmt_int64(t, i, us);
	return weir_parse_double(s, &f) && weir_timefmt_float64(t, f, us);
}

bool weir_timefmt_int64(const struct weir_timefmt *t, int64_t v, int64_t *us)
{
	switch (t->kind) {
	case WEIR_TIMEFMT_S: return !__builtin_mul_overflow(v, WEIR_US_PER_S, us);
	case WEIR_TIMEFMT_MS: return !__builtin_mul_overflow(v, INT64_C(1000), us);
	case WEIR_TIMEFMT_US: *us = v; return v != WEIR_TIME_NONE;
	case WEIR_TIMEFMT_NS: *us = v / 1000 - (v % 1000 < 0); return true;
	case WEIR_TIMEFMT_ISO:
	case WEIR_TIMEFMT_PATTERN: break;
	}
	return false;
}

bool weir_timefmt_float64(const struct weir_timefmt *t, double v, int64_t *us)
{
	static const double scale[] = {[WEIR_TIMEFMT_S] = 1e6, [WEIR_TIMEFMT_MS] = 1e3, [WEIR_TIMEFMT_US] = 1, [WEIR_TIMEFMT_NS] = 1e-3};
	if (t->kind == WEIR_TIMEFMT_ISO || t->kind == WEIR_TIMEFMT_PATTERN)
		return false;
	double r = round(v * scale[t->kind]);
	if (!(fabs(r) < 9.2e18))
		return false;
	*us = (int64_t)r;
	return true;
}
