/* The text of a cell, and what is recognised in it: levels, times, processes. */
#include "tui/panels/records.h"

#include "weir/query/levels.h"

#include <math.h>
#include <stdio.h>

bool weir_is_number(enum weir_type t)
{
	return t == WEIR_INT64 || t == WEIR_FLOAT64;
}

int weir_records_decimals(const struct weir_value *v)
{
	char text[32];
	if (v->type != WEIR_FLOAT64 || !isfinite(v->f) || fabs(v->f) >= 1e15)
		return 0;
	text[weir_format_double(v->f, text)] = '\0';
	const char *point = strchr(text, '.');
	int decimals = point && !strpbrk(text, "eE") ? (int)strlen(point + 1) : 0;
	if (decimals == 1 && point[1] == '0')
		decimals = 0;
	return decimals > 3 ? 3 : decimals;
}

static int count_lines(struct weir_str s)
{
	int n = 0;
	for (size_t i = 0; i < s.size; i++)
		n += s.data[i] == '\n';
	return n;
}

/* Years, identifiers and codes are harder to read with commas, so records show numbers without. */
void weir_records_cell_text(const struct weir_value *v, int decimals, bool as_is, struct weir_buf *out)
{
	if (v->type == WEIR_INT64) {
		weir_value_text(v, out);
		return;
	}
	if (v->type == WEIR_FLOAT64 && isfinite(v->f) && fabs(v->f) < 1e15) {
		weir_buf_addf(out, "%.*f", decimals, v->f);
		return;
	}
	const char *feed = v->type == WEIR_STRING && v->s.size ? memchr(v->s.data, '\n', v->s.size) : NULL;
	size_t first = feed ? (size_t)(feed - v->s.data) : 0;
	if (feed && first + 1 < v->s.size) { /* lines that belong together, such as a stack trace */
		int more = count_lines((struct weir_str){feed, v->s.size - first - 1});
		weir_buf_add(out, v->s.data, first);
		weir_buf_addf(out, " (+%s line%s)", WEIR_COUNT(more), more == 1 ? "" : "s");
	} else if (as_is && v->type == WEIR_STRING && v->s.size) {
		weir_buf_add_str(out, v->s);
	} else {
		weir_format_name(v, decimals, out);
	}
}

/* The last part of a dotted name. */
static struct weir_str last_part(struct weir_str name)
{
	const char *dot = name.size ? memrchr(name.data, '.', name.size) : NULL;
	return dot ? (struct weir_str){dot + 1, name.size - (size_t)(dot + 1 - name.data)} : name;
}

static const char level_names[] = "level lvl severity loglevel log_level levelname priority";

bool weir_records_is_code(struct weir_str column)
{
	struct weir_str name = last_part(column);
	return weir_str_among("status code status_code statuscode response_code http_status sc-status", name);
}

enum weir_records_role weir_records_role_of(struct weir_str column)
{
	struct weir_str name = last_part(column);
	if (weir_str_among(level_names, name))
		return WEIR_ROLE_LEVEL;
	if (weir_str_among("app process proc program procid pid _pid syslog_identifier appname logger", name))
		return WEIR_ROLE_PROCESS;
	if (weir_str_among("message msg line text", name))
		return WEIR_ROLE_MESSAGE;
	return WEIR_ROLE_PLAIN;
}

/* WEIR_INK_COUNT: it is no level. */
static enum weir_ink level_ink(enum weir_level level)
{
	static const enum weir_ink inks[] = {
	    [WEIR_LEVEL_NONE] = WEIR_INK_COUNT, [WEIR_LEVEL_DETAIL] = WEIR_INK_DIM,
	    [WEIR_LEVEL_PLAIN] = WEIR_INK_TEXT, [WEIR_LEVEL_WARNING] = WEIR_INK_WARN,
	    [WEIR_LEVEL_ERROR] = WEIR_INK_BAD,
	};
	return inks[level];
}

static enum weir_ink word_ink(struct weir_str word)
{
	return level_ink(weir_level_of_word(word));
}

static bool reads_number(const struct weir_value *v, int64_t *n)
{
	*n = v->type == WEIR_INT64 ? v->i : 0;
	return v->type == WEIR_INT64 ? !v->wide : v->type == WEIR_STRING && weir_parse_int64(v->s, true, n);
}

/* syslog counts from 0, the worst, to 7 (RFC 5424); bunyan and pino have 10 for details to 60. */
static enum weir_ink number_ink(int64_t n)
{
	if (n >= 0 && n <= 7)
		return n <= 3 ? WEIR_INK_BAD : n == 4 ? WEIR_INK_WARN : n == 7 ? WEIR_INK_DIM : WEIR_INK_TEXT;
	if (n % 10 == 0 && n >= 10 && n <= 60)
		return n >= 50 ? WEIR_INK_BAD : n == 40 ? WEIR_INK_WARN : n <= 20 ? WEIR_INK_DIM : WEIR_INK_TEXT;
	return WEIR_INK_TEXT;
}

enum weir_ink weir_records_level(struct weir_str column, const struct weir_value *v)
{
	int64_t n;
	if (!weir_str_among(level_names, last_part(column)))
		return WEIR_INK_TEXT;
	if (reads_number(v, &n))
		return number_ink(n);
	if (v->type != WEIR_STRING)
		return WEIR_INK_TEXT;
	if (v->s.size == 1) /* glog and logcat */
		return strchr("EFAefa", v->s.data[0])   ? WEIR_INK_BAD
		       : strchr("Ww", v->s.data[0])     ? WEIR_INK_WARN
		       : strchr("DTVdtv", v->s.data[0]) ? WEIR_INK_DIM
							: WEIR_INK_TEXT;
	enum weir_ink ink = word_ink(weir_str_trim(v->s));
	return ink == WEIR_INK_COUNT ? WEIR_INK_TEXT : ink;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of the time that a line begins with, with what stands around it: "Nov 28 23:28:36", "2026-11-22T10:00:00.123Z",
 * "[22/Nov/2026:09:00:00 +0000]". 0: none. */
static size_t time_bytes(struct weir_str s)
{
	size_t at = 0, digits = 0, colons = 0, letters = 0, end = 0;
	bool bracket = s.size && s.data[0] == '[';
	for (at = bracket; at < s.size && at < 40; at++) {
		char c = s.data[at];
		if (is_digit(c))
			digits++;
		else if (c == ':')
			colons++;
		else if (is_letter(c))
			letters++;
		else if (!strchr("-/.,+ ", c))
			break;
		/* After the clock only its fraction and zone may follow. */
		if (c == ' ' && colons >= 2 && !bracket)
			break;
		if (letters > 4 || (is_letter(c) && colons >= 2 && c != 'Z' && !bracket))
			break;
		end = at + 1;
	}
	if (digits < 6 || colons < 2 || (bracket && (end >= s.size || s.data[end] != ']')))
		return 0;
	return end + bracket;
}

/* "sshd[1066]:" or "kernel:" after a time and, in syslog, the host. */
static bool find_process(struct weir_str s, size_t at, size_t *from, size_t *to)
{
	for (int word = 0; word < 2; word++) {
		while (at < s.size && s.data[at] == ' ')
			at++;
		*from = at;
		while (at < s.size && s.data[at] != ' ' && s.data[at] != ':')
			at++;
		*to = at;
		if (at < s.size && s.data[at] == ':' && at > *from && is_letter(s.data[*from]) &&
		    (at + 1 == s.size || s.data[at + 1] == ' '))
			return true;
	}
	return false;
}

int weir_records_scan(struct weir_str line, struct weir_records_mark marks[WEIR_RECORDS_MARKS], enum weir_ink *level)
{
	int n = 0;
	size_t at = time_bytes(line), from, to;
	*level = WEIR_INK_TEXT;
	if (at)
		marks[n++] = (struct weir_records_mark){0, at, WEIR_INK_DIM};
	if (at && find_process(line, at, &from, &to) &&
	    word_ink((struct weir_str){line.data + from, to - from}) == WEIR_INK_COUNT) {
		marks[n++] = (struct weir_records_mark){from, to, WEIR_INK_SOFT};
		at = to;
	}
	enum weir_ink ink = level_ink(weir_level_find(line, at, &from, &to));
	if (ink != WEIR_INK_COUNT) {
		marks[n++] = (struct weir_records_mark){from, to, ink};
		*level = ink;
	}
	return n;
}

enum weir_ink weir_records_record_level(const struct weir_records_state *s, const struct weir_records_rows *rows,
					const struct weir_result_record *record)
{
	enum weir_ink from_text = WEIR_INK_TEXT;
	struct weir_records_mark ignored[WEIR_RECORDS_MARKS];
	for (size_t i = 0; i < s->n_columns; i++) {
		const struct weir_records_column *c = &s->columns[i];
		if (c->column >= rows->n_columns)
			continue;
		const struct weir_value *v = &record->cells[c->column];
		if (c->role == WEIR_ROLE_LEVEL && v->type != WEIR_NULL)
			return weir_records_level(weir_str_of(c->name), v);
		if (c->role == WEIR_ROLE_MESSAGE && v->type == WEIR_STRING)
			weir_records_scan(v->s, ignored, &from_text);
	}
	return from_text;
}

/* Every match in a text that was drawn at x, in so many columns of which it took `used`. */
static void light(struct weir_finder *finder, struct weir_canvas c, int x, int y, int columns, struct weir_str text)
{
	size_t from = 0, at, size;
	while (from <= text.size && weir_finder_find(finder, text, from, &at, &size, NULL)) {
		int left = weir_text_columns((struct weir_str){text.data, at}),
		    right = weir_text_columns((struct weir_str){text.data, at + size});
		right = right < columns ? right : columns;
		weir_cell_repaper(c, x + left, y, right - left, WEIR_PAPER_CHIP, WEIR_INK_WARN);
		from = at + (size ? size : 1);
		if (left >= columns)
			break;
	}
}

void weir_records_light(struct weir_finder *finder, struct weir_canvas c, int x, int y, int columns,
			struct weir_str text)
{
	if (finder && text.size)
		light(finder, c, x, y, columns, text);
}
