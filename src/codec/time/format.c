/* Reading times by a known format. */
#include "codec/time/time.h"

#include <math.h>

static const int64_t units_us[] = {[WEIR_TIMEFMT_S] = 1000000, [WEIR_TIMEFMT_MS] = 1000, [WEIR_TIMEFMT_US] = 1};

bool weir_timefmt_init(struct weir_timefmt *t, const char *format)
{
	static const char *const names[] = {"iso", "s", "ms", "us", "ns"};
	const char *at;
	*t = (struct weir_timefmt){
	    .kind = WEIR_TIMEFMT_PATTERN, .pattern = format, .newest_us = WEIR_TIME_NONE, .high = -1};
	for (int i = 0; i < 5; i++)
		if (strcmp(format, names[i]) == 0)
			t->kind = (enum weir_timefmt_kind)i;
	if (t->kind == WEIR_TIMEFMT_S || t->kind == WEIR_TIMEFMT_MS || t->kind == WEIR_TIMEFMT_US) {
		t->unit_us = units_us[t->kind];
		t->low = WEIR_TIME_FIRST_US / t->unit_us;
		t->high = WEIR_TIME_LAST_US / t->unit_us;
	}
	if (t->kind != WEIR_TIMEFMT_PATTERN)
		return true;
	t->no_year = !weir_time_pattern_has_year(format);
	return weir_time_check_pattern(format, &at) == WEIR_TIME_PATTERN_OK;
}

/* 1990 to 2100, in seconds. */
static const int64_t epoch_low = 631152000, epoch_high = 4102444800;

void weir_timefmt_set_loose(struct weir_timefmt *t)
{
	t->loose = true;
	if (!t->unit_us)
		return;
	t->low = epoch_low * (WEIR_US_PER_S / t->unit_us);
	t->high = epoch_high * (WEIR_US_PER_S / t->unit_us);
}

void weir_timefmt_set_newest(struct weir_timefmt *t, int64_t newest_us)
{
	t->newest_us = newest_us;
	if (t->no_year)
		t->last_size = 0;
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
		return weir_time_read_iso(s, us);
	/* a leap second belongs to the minute after the one that is written */
	if (s.size >= 20 && s.data[s.size - 1] == 'Z' && s.data[16] == ':' && s.data[17] != '6') {
		memcpy(t->minute_text, s.data, 16);
		int64_t in_minute = *us % (60 * WEIR_US_PER_S);
		t->minute_us = *us - in_minute - (in_minute < 0 ? 60 * WEIR_US_PER_S : 0);
		t->minute_known = true;
	}
	return true;
}

/* The text that was parsed last, or one that differs in its seconds only. */
static bool pattern_known(const struct weir_timefmt *t, struct weir_str s, int64_t *us)
{
	if (s.size == 0 || s.size != t->last_size)
		return false;
	size_t at = t->last_second_at;
	if (at >= s.size) {
		*us = t->last_us;
		return memcmp(s.data, t->last_text, s.size) == 0;
	}
	if (memcmp(s.data, t->last_text, at) != 0 ||
	    memcmp(s.data + at + 2, t->last_text + at + 2, s.size - at - 2) != 0)
		return false;
	int second = two_digits(s.data + at);
	*us = t->last_us + (second - t->last_second) * WEIR_US_PER_S;
	return second >= 0 && second <= 59;
}

/* Whether each of the other orders has failed on a value that the format reads. */
static void rule_out(struct weir_timefmt *t, struct weir_str s)
{
	int64_t us;
	t->open = false;
	for (int i = 0; i < WEIR_TIMEFMT_OTHERS; i++)
		if (t->others[i] && !weir_time_parse_pattern(s, t->others[i], t->newest_us, &us))
			t->others[i] = NULL;
		else
			t->open |= t->others[i] != NULL;
}

static bool parse_pattern(struct weir_timefmt *t, struct weir_str s, int64_t *us)
{
	size_t second_at = SIZE_MAX;
	if (pattern_known(t, s, us))
		return true;
	if (!weir_time_parse_pattern_at(s, t->pattern, t->newest_us, us, &second_at)) {
		struct weir_str bare = weir_str_trim(s);
		return bare.size != s.size && weir_time_parse_pattern(bare, t->pattern, t->newest_us, us);
	}
	if (t->open)
		rule_out(t, s);
	if (s.size == 0 || s.size > sizeof t->last_text)
		return true;
	int second = second_at < s.size - 1 && !t->no_year ? two_digits(s.data + second_at) : -1;
	memcpy(t->last_text, s.data, s.size);
	t->last_size = s.size;
	t->last_second_at = second >= 0 && second <= 59 ? second_at : SIZE_MAX;
	t->last_second = second;
	t->last_us = *us;
	return true;
}

/* No time by the format itself. */
static bool other_text(struct weir_timefmt *t, struct weir_str s, int64_t *us)
{
	if (t->loose && weir_time_read(s, us))
		return true;
	t->fault = WEIR_TIMEFMT_UNREAD;
	for (int i = 0; i < WEIR_TIMEFMT_OTHERS; i++)
		if (t->others[i] && weir_time_parse_pattern(weir_str_trim(s), t->others[i], t->newest_us, us))
			t->fault = WEIR_TIMEFMT_ORDER;
	return false;
}

static enum weir_time_unit unit_of(const struct weir_timefmt *t)
{
	return (enum weir_time_unit)(t->kind - WEIR_TIMEFMT_S);
}

/* What is no whole number, or has something around it. */
static bool odd_number(struct weir_timefmt *t, struct weir_str s, int64_t *us)
{
	struct weir_str bare = weir_str_trim(s);
	int64_t i;
	double f;
	if (bare.size != s.size && weir_parse_int64(bare, false, &i))
		return weir_timefmt_int64(t, i, us);
	if (!weir_parse_double(bare, &f))
		return weir_time_read_epoch(bare, unit_of(t), us) || other_text(t, s, us);
	bool ours = !t->loose || weir_time_unit_of(f) == unit_of(t);
	return (ours && weir_time_read_epoch(bare, unit_of(t), us)) || weir_timefmt_float64(t, f, us);
}

bool weir_timefmt_text(struct weir_timefmt *t, struct weir_str s, int64_t *us)
{
	int64_t i;
	if (t->kind == WEIR_TIMEFMT_ISO)
		return parse_iso(t, s, us) || other_text(t, s, us);
	if (t->kind == WEIR_TIMEFMT_PATTERN)
		return parse_pattern(t, s, us) || other_text(t, s, us);
	if (weir_parse_int64(s, false, &i))
		return weir_timefmt_int64(t, i, us);
	return odd_number(t, s, us);
}

/* `v` units of so many microseconds. */
static inline bool scaled(struct weir_timefmt *t, int64_t v, int64_t unit_us, int64_t *us)
{
	if (v >= WEIR_TIME_FIRST_US / unit_us && v <= WEIR_TIME_LAST_US / unit_us) {
		*us = v * unit_us;
		return true;
	}
	t->fault = WEIR_TIMEFMT_RANGE;
	return false;
}

/* A number among dates written with digits (20260105), or in another unit than the guessed one. */
static bool number_as_text(struct weir_timefmt *t, int64_t v, int64_t *us)
{
	char digits[24];
	struct weir_str s = {digits, weir_format_int64(v, digits)};
	if (t->kind == WEIR_TIMEFMT_PATTERN)
		return parse_pattern(t, s, us) || other_text(t, s, us);
	return (t->kind == WEIR_TIMEFMT_ISO && weir_time_read_iso(s, us)) || other_text(t, s, us);
}

static bool by_unit(struct weir_timefmt *t, enum weir_timefmt_kind unit, int64_t v, int64_t *us)
{
	switch (unit) {
	case WEIR_TIMEFMT_S:
		return scaled(t, v, WEIR_US_PER_S, us);
	case WEIR_TIMEFMT_MS:
		return scaled(t, v, 1000, us);
	case WEIR_TIMEFMT_US:
		return scaled(t, v, 1, us);
	case WEIR_TIMEFMT_NS:
		return scaled(t, v / 1000 - (v % 1000 < 0), 1, us);
	case WEIR_TIMEFMT_ISO:
	case WEIR_TIMEFMT_PATTERN:
		break;
	}
	return false;
}

bool weir_timefmt_int64(struct weir_timefmt *t, int64_t v, int64_t *us)
{
	if (v >= t->low && v <= t->high) {
		*us = v * t->unit_us;
		return true;
	}
	if (t->kind == WEIR_TIMEFMT_ISO || t->kind == WEIR_TIMEFMT_PATTERN)
		return number_as_text(t, v, us);
	if (!t->loose)
		return by_unit(t, t->kind, v, us);
	enum weir_time_unit unit = weir_time_unit_of((double)v);
	if (unit != WEIR_TIME_NO_UNIT)
		return by_unit(t, (enum weir_timefmt_kind)(WEIR_TIMEFMT_S + (int)unit), v, us);
	t->fault = WEIR_TIMEFMT_UNREAD;
	return v != 0 && v != -1 && by_unit(t, t->kind, v, us);
}

bool weir_timefmt_float64(struct weir_timefmt *t, double v, int64_t *us)
{
	static const double scale[] = {
	    [WEIR_TIMEFMT_S] = 1e6, [WEIR_TIMEFMT_MS] = 1e3, [WEIR_TIMEFMT_US] = 1, [WEIR_TIMEFMT_NS] = 1e-3};
	enum weir_timefmt_kind kind = t->kind;
	t->fault = WEIR_TIMEFMT_UNREAD;
	if (t->loose) {
		enum weir_time_unit unit = weir_time_unit_of(v);
		if (unit != WEIR_TIME_NO_UNIT)
			kind = (enum weir_timefmt_kind)(WEIR_TIMEFMT_S + (int)unit);
		else if (v == 0 || v == -1)
			return false;
	}
	if (kind == WEIR_TIMEFMT_ISO || kind == WEIR_TIMEFMT_PATTERN)
		return false;
	double r = round(v * scale[kind]);
	if (isnan(r))
		return false;
	return scaled(t, fabs(r) < 9.2e18 ? (int64_t)r : INT64_MAX, 1, us);
}
