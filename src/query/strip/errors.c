/* Which rows are errors: a guess from the names of columns and the values in them. */
#include "weir/query/strip.h"
#include "weir/query/view.h"

#include <ctype.h>

enum { SAMPLE_ROWS = 2000, NAME_BYTES = 32 };

/* What is known of a column: how many of its values are of each kind. */
struct looks {
	const char *name; /* the last part, small letters only */
	bool text;
	uint32_t n, words, good_words, http, syslog, tens, otel;
	bool is_bool;
};

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

static const char *const level_names[] = {"level",     "severity",       "loglevel",    "lvl",
					  "levelname", "severitytext",   "logseverity", "priority",
					  "prio",      "severitynumber", NULL};
static const char *const status_names[] = {
    "status",       "statuscode", "httpstatus", "httpstatuscode", "responsestatus",
    "responsecode", "httpcode",   "scstatus",   "code",           NULL};
static const char *const outcome_names[] = {"status", "result", "outcome", "state", NULL};
static const char *const failed_names[] = {"error", "iserror", "haserror", "failed", "isfailed", "failure", NULL};
static const char *const passed_names[] = {"ok", "success", "successful", "succeeded", "passed", NULL};

static const char *const bad_levels[] = {"error", "err",   "fatal",     "critical", "crit", "severe", "alert",
					 "panic", "emerg", "emergency", "e",        "f",    "c",      NULL};
static const char *const other_levels[] = {
    "trace",  "debug", "verbose", "info", "information", "notice", "warn", "warning", "fine", "finer",   "finest",
    "config", "d",     "i",       "n",    "w",           "v",      "t",    "default", "none", "unknown", NULL};
static const char *const bad_outcomes[] = {"error", "failed", "failure", "fail", "fatal", "timeout", "crashed", NULL};
static const char *const good_outcomes[] = {"ok",        "success",  "succeeded", "successful", "passed", "done",
					    "completed", "finished", "running",   "pending",    "active", NULL};

/* The last part of a dotted name, without signs and capitals: "http.Status_Code" is "statuscode". */
static void shorten(struct weir_str name, char *out)
{
	size_t n = 0;
	for (size_t i = 0; i < name.size; i++) {
		unsigned char c = (unsigned char)name.data[i];
		if (c == '.')
			n = 0;
		else if (isalnum(c) && n + 1 < NAME_BYTES)
			out[n++] = (char)tolower(c);
	}
	out[n] = '\0';
}

static void look_at_number(struct looks *l, int64_t v)
{
	l->http += v >= 100 && v < 600;
	l->syslog += v >= 0 && v <= 7;
	l->tens += v >= 10 && v <= 60 && v % 10 == 0;
	l->otel += v >= 1 && v <= 24;
}

static void look_at_text(struct looks *l, struct weir_str text)
{
	char word[NAME_BYTES];
	int64_t number = 0;
	l->text = true;
	shorten(text, word);
	l->words += is_one_of(word, bad_levels) || is_one_of(word, other_levels);
	l->good_words += is_one_of(word, bad_outcomes) || is_one_of(word, good_outcomes);
	if (text.size && text.size <= 3 && weir_parse_int64(text, false, &number))
		look_at_number(l, number);
}

static struct looks look(const struct weir_column *c, const char *name, uint32_t n_rows)
{
	struct looks l = {.name = name};
	for (uint32_t row = 0; row < n_rows && row < SAMPLE_ROWS; row++) {
		struct weir_value v = weir_column_get(c, row);
		l.n += v.type != WEIR_NULL;
		l.is_bool = l.is_bool || v.type == WEIR_BOOL;
		if (v.type == WEIR_INT64)
			look_at_number(&l, v.i);
		else if (v.type == WEIR_FLOAT64 && v.f >= 0 && v.f < 1000 && v.f == (double)(int64_t)v.f)
			look_at_number(&l, (int64_t)v.f);
		else if (v.type == WEIR_STRING)
			look_at_text(&l, v.s);
	}
	return l;
}

/* Nine in ten, as a value or two may be something else. */
static bool most(uint32_t part, uint32_t all)
{
	return all && (uint64_t)part * 10 >= (uint64_t)all * 9;
}

/* A condition and the same in words. */
struct telling {
	struct weir_buf condition, words;
};

static void tell_list(struct weir_str column, const char *const *list, const char *words, struct telling *out)
{
	weir_buf_add_c(&out->condition, "lower(");
	weir_view_quote(column, &out->condition);
	weir_buf_add_c(&out->condition, ") in (");
	for (size_t i = 0; list[i]; i++)
		weir_buf_addf(&out->condition, "%s'%s'", i ? ", " : "", list[i]);
	weir_buf_add_char(&out->condition, ')');
	weir_view_quote(column, &out->words);
	weir_buf_add_c(&out->words, words);
}

static void tell_test(struct weir_str column, const char *test, struct telling *out)
{
	weir_view_quote(column, &out->condition);
	weir_buf_add_c(&out->condition, test);
	weir_view_quote(column, &out->words);
	weir_buf_add_c(&out->words, test);
}

static void clear(struct telling *t)
{
	weir_buf_clear(&t->condition);
	weir_buf_clear(&t->words);
}

static void release(struct telling *t)
{
	weir_buf_release(&t->condition);
	weir_buf_release(&t->words);
}

/* The condition for a column that looks so. The surest kinds have the least rank; 0: it tells nothing. */
static int test_of(const struct looks *l, struct weir_str column, struct telling *out)
{
	bool level = is_one_of(l->name, level_names);
	if (level && l->text && most(l->words, l->n)) {
		tell_list(column, bad_levels, " error or worse", out);
		return 1;
	}
	if (level && most(l->syslog, l->n)) {
		tell_test(column, l->text ? " in ('0', '1', '2', '3')" : " <= 3", out);
		return 2;
	}
	if (level && !l->text && most(l->tens, l->n)) {
		tell_test(column, " >= 50", out);
		return 2;
	}
	if (strcmp(l->name, "severitynumber") == 0 && !l->text && most(l->otel, l->n)) {
		tell_test(column, " >= 17", out);
		return 2;
	}
	if (is_one_of(l->name, status_names) && most(l->http, l->n)) {
		tell_test(column, l->text ? " like '5__'" : " >= 500", out);
		return strcmp(l->name, "code") == 0 ? 4 : 3;
	}
	if (is_one_of(l->name, outcome_names) && l->text && most(l->good_words, l->n)) {
		tell_list(column, bad_outcomes, " failed", out);
		return 5;
	}
	if (l->is_bool && (is_one_of(l->name, failed_names) || is_one_of(l->name, passed_names))) {
		tell_test(column, is_one_of(l->name, passed_names) ? " = false" : " = true", out);
		return 6;
	}
	return 0;
}

bool weir_strip_guess_errors(const struct weir_batch *rows, struct weir_buf *condition, struct weir_buf *words)
{
	struct telling best = {0}, one = {0};
	int best_rank = 0;
	for (uint32_t c = 0; rows->schema && c < rows->n_columns && c < rows->schema->n_fields; c++) {
		char name[NAME_BYTES];
		shorten(rows->schema->fields[c].name, name);
		if (!is_one_of(name, level_names) && !is_one_of(name, status_names) &&
		    !is_one_of(name, outcome_names) && !is_one_of(name, failed_names) && !is_one_of(name, passed_names))
			continue;
		struct looks l = look(&rows->columns[c], name, rows->n_rows);
		clear(&one);
		int rank = test_of(&l, rows->schema->fields[c].name, &one);
		if (!rank || (best_rank && rank >= best_rank))
			continue;
		struct telling swap = best;
		best = one;
		one = swap;
		best_rank = rank;
	}
	bool found = best_rank && !best.condition.failed && !best.words.failed;
	if (found) {
		weir_buf_add_str(condition, weir_buf_str(&best.condition));
		weir_buf_add_str(words, weir_buf_str(&best.words));
	}
	release(&best);
	release(&one);
	return found && !condition->failed && !words->failed;
}
