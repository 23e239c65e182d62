/* Texts of windows and moments. */
#include "weir/query/view.h"

#include "weir/base/bounds.h"

#include <stdio.h>

enum { MAX_WINDOWS_A_ROW = 10000 }; /* a row of a hopping window is in size / hop of them */

/* "10:00" or "10:00:30": the newest such moment that is not to come yet. */
static bool clock_parse(struct weir_str s, int64_t now_us, int64_t *us)
{
	char dated[32];
	int64_t of_day;

	if (!(s.size >= 4 && s.size <= 8) || !memchr(s.data, ':', s.size))
		return false;
	int n = snprintf(dated, sizeof dated, "1970-01-01 " WEIR_STR_FMT, WEIR_STR_ARG(s));
	if (!weir_time_read_iso((struct weir_str){dated, (size_t)n}, &of_day))
		return false;
	struct weir_civil clock = weir_time_to_civil(of_day), day = weir_time_to_civil(now_us);
	clock.year = day.year;
	clock.month = day.month;
	clock.day = day.day;
	*us = weir_time_from_civil(&clock);
	if (*us > now_us)
		*us -= 86400 * WEIR_US_PER_S;
	return true;
}

/* A time in any form, "now", a duration before now ("-15m"), or a time of the day */
enum weir_status weir_moment_parse(struct weir_str text, int64_t now_us, int64_t *us, struct weir_error *err)
{
	struct weir_str s = weir_str_trim(text);
	int64_t back;

	if (weir_str_equal_nocase(s, WEIR_STR("now"))) {
		*us = now_us;
		return WEIR_OK;
	}
	if (s.size > 1 && s.data[0] == '-' &&
	    weir_parse_duration_us((struct weir_str){s.data + 1, s.size - 1}, &back)) {
		if (!__builtin_sub_overflow(now_us, back, us) && weir_time_exists(*us))
			return WEIR_OK;
	} else if (weir_time_read(s, us) || clock_parse(s, now_us, us))
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "time", "not a time: " WEIR_STR_FMT, WEIR_STR_ARG(s));
	weir_error_hint(err, "write it as 2026-11-22T10:00:00Z, 10:00, -15m or now");
	return WEIR_USAGE;
}

static enum weir_status window_error(struct weir_str text, struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, "window", "not a window: " WEIR_STR_FMT, WEIR_STR_ARG(text));
	weir_error_hint(err, "5m, tumbling 1m, hopping 5m by 1m, session 30s, since TIME, rows 100000 or all");
	return WEIR_USAGE;
}

static bool cut_word(struct weir_str *s, struct weir_str *word)
{
	struct weir_str rest;

	*word = weir_str_cut(*s, ' ', &rest);
	*s = weir_str_trim(rest);
	return word->size > 0;
}

static bool size_parse(struct weir_str s, int64_t *us)
{
	return weir_parse_duration_us(s, us) && *us > 0 && *us <= WEIR_MAX_WINDOW_US;
}

/* hopping = size [ "," ] "by" hop; "5m by 1m" */
static bool hopping_parse(struct weir_str s, struct weir_window *w)
{
	for (size_t i = 1; i + 2 < s.size; i++) {
		if (s.data[i - 1] != ' ' || !weir_str_equal_nocase((struct weir_str){s.data + i, 2}, WEIR_STR("by")) ||
		    s.data[i + 2] != ' ')
			continue;
		return size_parse(weir_str_trim((struct weir_str){s.data, i - 1}), &w->size_us) &&
		       size_parse(weir_str_trim((struct weir_str){s.data + i + 3, s.size - i - 3}), &w->hop_us) &&
		       w->hop_us <= w->size_us && w->size_us / w->hop_us <= MAX_WINDOWS_A_ROW;
	}
	return false;
}

static bool rows_parse(struct weir_str s, struct weir_window *w)
{
	int64_t n;

	w->kind = WEIR_WINDOW_ROWS;
	if (!weir_parse_int64(s, false, &n) || n < 1)
		return false;
	w->rows = (uint64_t)n;
	return true;
}

/* "5m", "sliding 5m" or "5m sliding" */
static bool sliding_parse(struct weir_str s, struct weir_window *w)
{
	struct weir_str tail = WEIR_STR(" sliding");

	w->kind = WEIR_WINDOW_SLIDING;
	if (s.size > tail.size &&
	    weir_str_equal_nocase((struct weir_str){s.data + s.size - tail.size, tail.size}, tail))
		s = weir_str_trim((struct weir_str){s.data, s.size - tail.size});
	return size_parse(s, &w->size_us);
}

enum weir_status weir_window_parse(struct weir_str text, int64_t now_us, struct weir_window *out,
				   struct weir_error *err)
{
	struct weir_window w = {0};
	struct weir_str s = weir_str_trim(text), rest = s, word;
	bool ok;

	cut_word(&rest, &word);
	if (weir_str_equal_nocase(word, WEIR_STR("all"))) {
		w.kind = WEIR_WINDOW_ALL;
		ok = !rest.size;
	} else if (weir_str_equal_nocase(word, WEIR_STR("sliding"))) {
		ok = sliding_parse(rest, &w);
	} else if (weir_str_equal_nocase(word, WEIR_STR("tumbling"))) {
		w.kind = WEIR_WINDOW_TUMBLING;
		ok = size_parse(rest, &w.size_us);
		w.hop_us = w.size_us;
	} else if (weir_str_equal_nocase(word, WEIR_STR("hopping"))) {
		w.kind = WEIR_WINDOW_HOPPING;
		ok = hopping_parse(rest, &w);
	} else if (weir_str_equal_nocase(word, WEIR_STR("session"))) {
		w.kind = WEIR_WINDOW_SESSION;
		ok = size_parse(rest, &w.size_us);
	} else if (weir_str_equal_nocase(word, WEIR_STR("rows"))) {
		ok = rows_parse(rest, &w);
	} else if (weir_str_equal_nocase(word, WEIR_STR("since"))) {
		w.kind = WEIR_WINDOW_SINCE;
		enum weir_status st = weir_moment_parse(rest, now_us, &w.since_us, err);
		if (st)
			return st;
		ok = true;
	} else {
		ok = sliding_parse(s, &w);
	}
	if (!ok)
		return window_error(text, err);
	*out = w;
	return WEIR_OK;
}

static void add_duration(int64_t us, struct weir_buf *out)
{
	char text[40];

	weir_buf_add(out, text, weir_format_duration_us(us, text));
}

void weir_window_show(const struct weir_window *w, struct weir_buf *out)
{
	char text[40];

	switch (w->kind) {
	case WEIR_WINDOW_DEFAULT:
		weir_buf_add_c(out, "default");
		break;
	case WEIR_WINDOW_SLIDING:
		add_duration(w->size_us, out);
		weir_buf_add_c(out, " sliding");
		break;
	case WEIR_WINDOW_TUMBLING:
		weir_buf_add_c(out, "tumbling ");
		add_duration(w->size_us, out);
		break;
	case WEIR_WINDOW_HOPPING:
		weir_buf_add_c(out, "hopping ");
		add_duration(w->size_us, out);
		weir_buf_add_c(out, " by ");
		add_duration(w->hop_us, out);
		break;
	case WEIR_WINDOW_SESSION:
		weir_buf_add_c(out, "session ");
		add_duration(w->size_us, out);
		break;
	case WEIR_WINDOW_SINCE:
		weir_buf_add_c(out, "since ");
		weir_buf_add(out, text, weir_time_format_iso(w->since_us, text));
		break;
	case WEIR_WINDOW_ROWS:
		weir_buf_addf(out, "rows %llu", (unsigned long long)w->rows);
		break;
	case WEIR_WINDOW_ALL:
		weir_buf_add_c(out, "all");
		break;
	}
}
