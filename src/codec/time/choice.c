/* --time against a sample: its names, its format, and what the sample leaves open. */
#include "codec/time/time.h"

#include "weir/base/bounds.h"

#include <stdio.h>
#include <stdlib.h>

/* --time taken apart. */
struct asked {
	struct weir_buf date, time; /* names; time.size 0: one column */
	struct weir_str format;     /* borrowed; size 0: none given */
};

static void asked_release(struct asked *a)
{
	weir_buf_release(&a->date);
	weir_buf_release(&a->time);
}

/* The column of that name, or the only one that differs in case; -1: none. */
static int find(const struct weir_batch *b, struct weir_str name)
{
	int found = b->schema ? weir_schema_find(b->schema, name) : -1;
	for (uint32_t i = 0; found < 0 && b->schema && i < b->n_columns; i++)
		if (weir_str_equal_nocase(b->schema->fields[i].name, name)) {
			for (uint32_t k = i + 1; k < b->n_columns; k++)
				if (weir_str_equal_nocase(b->schema->fields[k].name, name))
					return -1;
			return (int)i;
		}
	return found;
}

/* A name in quotes at the front of *s; the quote itself is written twice in it. False: it does not end. */
static bool quoted_name(struct weir_str *s, struct weir_buf *name)
{
	char quote = *s->data;
	for (size_t i = 1; i < s->size; i++) {
		if (s->data[i] == quote && i + 1 < s->size && s->data[i + 1] == quote) {
			i++;
		} else if (s->data[i] == quote) {
			*s = (struct weir_str){s->data + i + 1, s->size - i - 1};
			return true;
		}
		weir_buf_add_char(name, s->data[i]);
	}
	return false;
}

static bool is_quote(struct weir_str s)
{
	return s.size && (*s.data == '"' || *s.data == '`');
}

static enum weir_status quoted(struct weir_str s, struct asked *out, struct weir_error *err)
{
	bool ok = quoted_name(&s, &out->date);
	if (ok && s.size > 1 && *s.data == '+') {
		s = (struct weir_str){s.data + 1, s.size - 1};
		if (is_quote(s)) {
			ok = quoted_name(&s, &out->time);
		} else {
			const char *colon = memchr(s.data, ':', s.size);
			size_t n = colon ? (size_t)(colon - s.data) : s.size;
			weir_buf_add(&out->time, s.data, n);
			s = (struct weir_str){s.data + n, s.size - n};
		}
	}
	if (!ok || (s.size && *s.data != ':'))
		return weir_fail(err, WEIR_USAGE, "time",
				 "a quoted name is followed by +COLUMN, by :FORMAT or by nothing");
	if (s.size)
		out->format = (struct weir_str){s.data + 1, s.size - 1};
	return WEIR_OK;
}

/* The names in `s` as columns that exist: it is one whole, or two with a plus between them. */
static bool existing(const struct weir_batch *b, struct weir_str s, struct asked *out)
{
	weir_buf_clear(&out->date);
	weir_buf_clear(&out->time);
	if (find(b, s) >= 0) {
		weir_buf_add_str(&out->date, s);
		return true;
	}
	for (size_t i = 0; i < s.size; i++) {
		struct weir_str date = {s.data, i}, time = {s.data + i + 1, s.size - i - 1};
		if (s.data[i] != '+' || find(b, date) < 0 || find(b, time) < 0)
			continue;
		weir_buf_add_str(&out->date, date);
		weir_buf_add_str(&out->time, time);
		return true;
	}
	return false;
}

/* Names may hold colons and pluses: the longest that exist are meant. */
static enum weir_status take_apart(const struct weir_batch *b, struct weir_str s, struct asked *out,
				   struct weir_error *err)
{
	*out = (struct asked){0};
	if (is_quote(s))
		return quoted(s, out, err);
	for (size_t n = s.size + 1; n-- > 0;) {
		if (n < s.size && s.data[n] != ':')
			continue;
		if (existing(b, (struct weir_str){s.data, n}, out)) {
			if (n < s.size)
				out->format = (struct weir_str){s.data + n + 1, s.size - n - 1};
			return WEIR_OK;
		}
	}
	struct weir_str names = weir_str_cut(s, ':', &out->format), time, date = weir_str_cut(names, '+', &time);
	weir_buf_clear(&out->date);
	weir_buf_clear(&out->time);
	weir_buf_add_str(&out->date, time.size ? date : names);
	weir_buf_add_str(&out->time, time);
	return WEIR_OK;
}

enum weir_status weir_time_unknown_column(const struct weir_schema *schema, struct weir_str name,
					  struct weir_error *err)
{
	size_t n = schema ? schema->n_fields : 0;
	struct weir_str *names = weir_alloc((n + 1) * sizeof *names);
	for (size_t i = 0; names && i < n; i++)
		names[i] = schema->fields[i].name;
	weir_fail(err, WEIR_USAGE, "time", "no column \"" WEIR_STR_FMT "\"", WEIR_STR_ARG(name));
	int nearest = names ? weir_nearest(name, names, n) : -1;
	if (nearest >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(names[nearest]));
	free(names);
	return WEIR_USAGE;
}

static enum weir_status check_format(const char *format, struct weir_error *err)
{
	static const char *const names[] = {"iso", "s", "ms", "us", "ns"};
	const char *at = "";
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(format, names[i]) == 0)
			return WEIR_OK;
	bool pattern = strchr(format, '%') != NULL;
	enum weir_time_pattern_fault fault = pattern ? weir_time_check_pattern(format, &at) : WEIR_TIME_PATTERN_OK;
	if (pattern && fault == WEIR_TIME_PATTERN_OK)
		return WEIR_OK;
	if (fault == WEIR_TIME_PATTERN_DIRECTIVE) {
		size_t n = at[1] ? 1 : 0;
		while (n && ((unsigned char)at[n + 1] & 0xc0) == 0x80)
			n++;
		weir_fail(err, WEIR_USAGE, "time", "%.*s is not a directive of a time pattern", (int)(n + 1), at);
		weir_error_hint(
		    err,
		    "%%Y %%m %%d %%H %%M %%S, %%f for a fraction, %%z for a zone, %%b, %%a, %%p, %%j, %%s; %%%% is a percent sign");
	} else if (fault == WEIR_TIME_PATTERN_NO_DATE) {
		weir_fail(err, WEIR_USAGE, "time", "the pattern \"%s\" names no date", format);
		weir_error_hint(err, "for a date and a time of day in two columns, use --time DATE+TIME");
	} else {
		weir_fail(err, WEIR_USAGE, "time", "unknown time format \"%s\"", format);
		weir_error_hint(err, "iso, s, ms, us, ns, or a pattern such as %%d/%%b/%%Y:%%H:%%M:%%S %%z");
	}
	return WEIR_USAGE;
}

/* The next rows of the sample. */
static bool more(struct weir_time_sample *s)
{
	return s->more && s->more(s->ctx, &s->batch);
}

/* Finds both names, in later rows if need be. False: *missing is not there, and none of its name is expected. */
static bool find_both(struct weir_time_sample *s, const struct asked *a, struct weir_time_columns *c,
		      struct weir_str *missing)
{
	for (;;) {
		c->date = find(s->batch, weir_buf_str(&a->date));
		c->time = a->time.size ? find(s->batch, weir_buf_str(&a->time)) : -1;
		if (c->date >= 0 && (c->time >= 0 || !a->time.size))
			return true;
		if (!more(s))
			break;
	}
	*missing = weir_buf_str(c->date < 0 ? &a->date : &a->time);
	return false;
}

static void add_votes(const struct weir_time_sample *s, struct weir_time_columns c, uint32_t most,
		      struct weir_time_votes *votes)
{
	const struct weir_batch *b = s->batch;
	if (c.date < (int)b->n_columns && c.time < (int)b->n_columns)
		weir_time_votes_add(votes, &b->columns[c.date], c.time < 0 ? NULL : &b->columns[c.time], b->n_rows,
				    most);
}

/* Reads on while the order of day and month is open, or nothing was seen yet. */
static void settle(struct weir_time_sample *s, struct weir_time_columns c, struct weir_time_votes *votes)
{
	struct weir_time_pick pick;
	while (pick = weir_time_votes_pick(votes), (pick.others[0] || votes->values == 0) && more(s))
		add_votes(s, c, UINT32_MAX, votes);
}

static void copy_name(char **to, const struct weir_batch *b, int column, bool *ok)
{
	*to = weir_str_dup(b->schema->fields[column].name);
	*ok = *ok && *to;
}

static void say_doubt(struct weir_time_choice *out, const struct weir_time_pick *pick)
{
	if (pick->others[0])
		snprintf(
		    out->doubt, sizeof out->doubt,
		    "the first records do not show whether day or month comes first in the dates of %.50s; they are read as %.50s",
		    out->date, out->format);
	else if (pick->vote->reader.no_year)
		snprintf(out->doubt, sizeof out->doubt,
			 "the times in %.50s have no year; each is placed in the latest year that is not in the future",
			 out->date);
}

/* Column names and format of what the votes came to. */
static enum weir_status conclude(const struct weir_time_sample *s, struct weir_time_columns c,
				 const struct weir_time_votes *votes, const char *format, struct weir_time_choice *out,
				 struct weir_error *err)
{
	struct weir_time_pick pick = weir_time_votes_pick(votes);
	bool ok = true;
	copy_name(&out->date, s->batch, c.date, &ok);
	if (c.time >= 0)
		copy_name(&out->time, s->batch, c.time, &ok);
	out->clock_digits = votes->clock_digits;
	out->loose = format == NULL;
	out->format = weir_str_dup(weir_str_of(format ? format : pick.vote ? pick.vote->format : "iso"));
	ok = ok && out->format;
	for (size_t i = 0; ok && !format && i < WEIR_TIMEFMT_OTHERS && pick.others[i]; i++)
		ok = (out->others[i] = weir_str_dup(weir_str_of(pick.others[i]->format))) != NULL;
	if (!ok)
		return weir_fail(err, WEIR_NO_MEMORY, "time", "out of memory");
	if (pick.vote && !format)
		say_doubt(out, &pick);
	return WEIR_OK;
}

static enum weir_status not_a_time(const struct weir_time_votes *votes, const struct asked *a, const char *format,
				   struct weir_error *err)
{
	weir_fail(err, WEIR_MALFORMED, "time",
		  "the column \"%.*s%s%.*s\" cannot be read as a time%s%s: record %u has \"%s\"", (int)a->date.size,
		  a->date.data, a->time.size ? "+" : "", (int)a->time.size, a->time.size ? a->time.data : "",
		  format ? " with the format " : "", format ? format : "", votes->unread_row + 1, votes->unread);
	weir_error_hint(
	    err,
	    "--time names another column, or its format: iso, s, ms, us, ns, or a pattern such as %%d/%%m/%%Y %%H:%%M:%%S");
	return WEIR_MALFORMED;
}

/* A column that has not come yet, in a stream that may bring it. */
static enum weir_status expect(const struct asked *a, const char *format, struct weir_time_choice *out,
			       struct weir_error *err)
{
	out->date = weir_str_dup(weir_buf_str(&a->date));
	out->time = a->time.size ? weir_str_dup(weir_buf_str(&a->time)) : NULL;
	out->format = weir_str_dup(weir_str_of(format ? format : "iso"));
	out->loose = format == NULL;
	if (!out->date || !out->format || (a->time.size && !out->time))
		return weir_fail(err, WEIR_NO_MEMORY, "time", "out of memory");
	return WEIR_OK;
}

/* In a sample that may go on, this many values tell what a column holds. */
enum { ENOUGH_VALUES = 10 };

static enum weir_status named(const struct asked *a, struct weir_time_sample *s, struct weir_time_choice *out,
			      struct weir_error *err)
{
	const char *format = a->format.size ? a->format.data : NULL;
	enum weir_status st = format ? check_format(format, err) : WEIR_OK;
	struct weir_time_columns c;
	struct weir_str missing;
	if (st != WEIR_OK)
		return st;
	bool any = s->batch->n_rows > 0;
	if (!find_both(s, a, &c, &missing))
		return any && s->fixed ? weir_time_unknown_column(s->batch->schema, missing, err)
				       : expect(a, format, out, err);
	struct weir_time_votes *votes = weir_alloc(sizeof *votes);
	if (!votes)
		return weir_fail(err, WEIR_NO_MEMORY, "time", "out of memory");
	weir_time_votes_init(votes, s->newest_us, format);
	add_votes(s, c, UINT32_MAX, votes);
	settle(s, c, votes);
	if (weir_time_votes_pick(votes).vote || votes->values < (s->complete ? 1 : ENOUGH_VALUES))
		st = conclude(s, c, votes, format, out, err);
	else
		st = not_a_time(votes, a, format, err);
	free(votes);
	return st;
}

static enum weir_status guess(struct weir_time_sample *s, struct weir_time_choice *out, struct weir_error *err)
{
	struct weir_time_votes *votes = weir_alloc(sizeof *votes);
	struct weir_time_looks looks = {.looks = weir_calloc(WEIR_MAX_FIELDS, sizeof *looks.looks),
					.n = WEIR_MAX_FIELDS};
	enum weir_status st = WEIR_OK;
	if (!votes || !looks.looks) {
		free(votes);
		free(looks.looks);
		return weir_fail(err, WEIR_NO_MEMORY, "time", "out of memory");
	}
	do {
		struct weir_time_columns c = {-1, -1};
		if (s->batch->schema)
			c = weir_time_columns_guess(s->batch, s->newest_us, &looks, votes);
		if (c.date < 0)
			continue;
		settle(s, c, votes);
		st = conclude(s, c, votes, NULL, out, err);
		out->guessed = true;
		break;
	} while (more(s));
	free(votes);
	free(looks.looks);
	return st;
}

enum weir_status weir_time_choose(const char *text, struct weir_time_sample *sample, struct weir_time_choice *out,
				  struct weir_error *err)
{
	struct asked a;
	*out = (struct weir_time_choice){0};
	enum weir_status st;
	if (text) {
		st = take_apart(sample->batch, weir_str_of(text), &a, err);
		if (st == WEIR_OK && (a.date.failed || a.time.failed))
			st = weir_fail(err, WEIR_NO_MEMORY, "time", "out of memory");
		if (st == WEIR_OK)
			st = named(&a, sample, out, err);
		asked_release(&a);
	} else {
		st = guess(sample, out, err);
	}
	if (st != WEIR_OK)
		weir_time_choice_release(out);
	return st;
}

void weir_time_choice_release(struct weir_time_choice *c)
{
	free(c->date);
	free(c->time);
	free(c->format);
	for (size_t i = 0; i < WEIR_TIMEFMT_OTHERS; i++)
		free(c->others[i]);
	*c = (struct weir_time_choice){0};
}
