/* A bound that a measure passes (weir/query/alert.h). */
#include "weir/query/alert.h"

#include "query/result/result.h"

#include <math.h>
#include <stdlib.h>

/* ---- reading ---- */

static const struct sign {
	const char *text;
	enum weir_alert_sign sign;
} signs[] = {/* longer ones first */
	     {">=", WEIR_ALERT_AT_LEAST}, {"<=", WEIR_ALERT_AT_MOST}, {"<>", WEIR_ALERT_UNEQUAL},
	     {"!=", WEIR_ALERT_UNEQUAL},  {">", WEIR_ALERT_ABOVE},    {"<", WEIR_ALERT_BELOW},
	     {"=", WEIR_ALERT_EQUAL}};
enum { N_SIGNS = sizeof signs / sizeof *signs };

static const struct sign *sign_at(struct weir_str text, size_t at)
{
	for (int i = 0; i < N_SIGNS; i++) {
		size_t n = strlen(signs[i].text);
		if (at + n <= text.size && memcmp(text.data + at, signs[i].text, n) == 0)
			return signs + i;
	}
	return NULL;
}

/* The last comparison outside parentheses and quotes: a measure may have one in its WHERE. NULL: there is none. */
static const struct sign *find_sign(struct weir_str text, size_t *at)
{
	const struct sign *found = NULL;
	int depth = 0;
	char quote = 0;
	for (size_t i = 0; i < text.size; i++) {
		char c = text.data[i];
		const struct sign *s = quote || depth ? NULL : sign_at(text, i);
		if (s) {
			found = s;
			*at = i;
			i += strlen(s->text) - 1;
		} else if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '\'' || c == '"' || c == '`') {
			quote = c;
		} else {
			depth += (c == '(') - (c == ')');
		}
	}
	return found;
}

/* Takes " for 30s" off the end. False: what follows is no duration. */
static bool cut_for(struct weir_str *text, int64_t *for_us)
{
	size_t at = 0;
	char quote = 0;
	*for_us = 0;
	for (size_t i = 0; i < text->size; i++) {
		char c = text->data[i];
		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '\'' || c == '"' || c == '`')
			quote = c;
		else if (i + 5 <= text->size &&
			 weir_str_equal_nocase((struct weir_str){text->data + i, 5}, WEIR_STR(" for ")))
			at = i;
	}
	if (!at)
		return true;
	struct weir_str length = weir_str_trim((struct weir_str){text->data + at + 5, text->size - at - 5});
	text->size = at;
	return weir_parse_duration_us(length, for_us);
}

/* What a result calls the measure; a word that is none is the name of one. */
static enum weir_status find_name(struct weir_str text, struct weir_arena *arena, bool *is_name, struct weir_str *name,
				  struct weir_error *err)
{
	struct weir_measure_ast *asts;
	struct weir_error why = {0};
	size_t n = 0;
	*is_name = false;
	if (weir_measures_parse(text, arena, &asts, &n, &why) == WEIR_OK && n == 1) {
		*name = asts[0].name;
		return WEIR_OK;
	}
	bool quoted =
	    text.size > 2 && (*text.data == '"' || *text.data == '`') && text.data[text.size - 1] == *text.data;
	*is_name = text.size > 0;
	for (size_t i = 0; i < text.size && !quoted; i++)
		*is_name = *is_name && (unsigned char)text.data[i] > ' ' && !strchr("(),;", text.data[i]);
	*name = quoted ? (struct weir_str){text.data + 1, text.size - 2} : text;
	if (*is_name)
		return WEIR_OK;
	if (why.code != WEIR_OK && err)
		*err = why;
	return why.code != WEIR_OK ? why.code : weir_fail(err, WEIR_EXPRESSION, "alert", "one measure, not %zu", n);
}

static enum weir_status refuse(struct weir_error *err, const char *what)
{
	weir_fail(err, WEIR_EXPRESSION, "alert", "%s", what);
	weir_error_hint(err, "a measure, a comparison and a number, such as p95(latency_ms) > 250 for 30s");
	return WEIR_EXPRESSION;
}

enum weir_status weir_alert_parse(struct weir_str text, struct weir_alert *out, struct weir_error *err)
{
	struct weir_alert a = {.since_us = WEIR_TIME_NONE};
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_str all = weir_str_trim(text), rest = all, name = {0};
	size_t at = 0;
	bool is_name;
	if (!cut_for(&rest, &a.for_us) || a.for_us < 0)
		return refuse(err, "what follows \"for\" is no duration");
	const struct sign *sign = find_sign(rest, &at);
	if (!sign)
		return refuse(err, "there is no comparison");
	size_t behind = at + strlen(sign->text);
	if (!weir_parse_double(weir_str_trim((struct weir_str){rest.data + behind, rest.size - behind}), &a.bound) ||
	    !isfinite(a.bound)) /* no measure would ever pass it, or each */
		return refuse(err, "what it is compared with is no number");
	a.sign = sign->sign;
	struct weir_str asked = weir_str_trim((struct weir_str){rest.data, at});
	enum weir_status st = find_name(asked, &arena, &is_name, &name, err);
	if (st == WEIR_OK) {
		a.text = weir_str_dup(all);
		a.measure = weir_str_dup(name);
		a.asked = weir_str_dup(asked);
		a.test = weir_str_dup((struct weir_str){all.data + at, all.size - at});
		if (!a.text || !a.measure || !a.asked || !a.test)
			st = weir_fail(err, WEIR_NO_MEMORY, "alert", "out of memory");
	}
	weir_arena_release(&arena);
	weir_alert_release(st == WEIR_OK ? out : &a);
	if (st == WEIR_OK)
		*out = a;
	return st;
}

void weir_alert_release(struct weir_alert *a)
{
	free(a->text);
	free(a->measure);
	free(a->asked);
	free(a->test);
	*a = (struct weir_alert){.since_us = WEIR_TIME_NONE};
}

enum weir_status weir_alert_measures(const struct weir_alert *a, const char *measures, bool *adds, struct weir_buf *out,
				     struct weir_error *err)
{
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_measure_ast *asts = NULL;
	struct weir_str name, list = weir_str_of(measures && *measures ? measures : "count");
	size_t n = 0;
	bool is_name;
	enum weir_status st = weir_measures_parse(list, &arena, &asts, &n, err);
	*adds = true;
	for (size_t i = 0; st == WEIR_OK && i < n; i++)
		*adds = *adds && !weir_str_equal(asts[i].name, weir_str_of(a->measure));
	weir_buf_add_str(out, list);
	if (st == WEIR_OK && *adds) {
		st = find_name(weir_str_of(a->asked), &arena, &is_name, &name, err);
		if (st == WEIR_OK && is_name) {
			st = weir_fail(err, WEIR_EXPRESSION, "alert", "no measure is named %s", a->measure);
			weir_error_hint(err, "measure it, or write the measure itself, such as avg(x)");
		}
		weir_buf_addf(out, ",%s", a->asked);
	}
	weir_arena_release(&arena);
	return st;
}

/* ---- judging ---- */

static bool passes(const struct weir_alert *a, double v)
{
	switch (a->sign) {
	case WEIR_ALERT_ABOVE:
		return v > a->bound;
	case WEIR_ALERT_AT_LEAST:
		return v >= a->bound;
	case WEIR_ALERT_BELOW:
		return v < a->bound;
	case WEIR_ALERT_AT_MOST:
		return v <= a->bound;
	case WEIR_ALERT_EQUAL:
		return v == a->bound;
	case WEIR_ALERT_UNEQUAL:
		return v != a->bound && !isnan(v);
	}
	return false;
}

/* A time of the day where that is enough. */
static void tell_since(int64_t since_us, int64_t moment_us, struct weir_buf *what)
{
	char since[40], moment[40];
	if (since_us == WEIR_TIME_NONE)
		return;
	weir_time_format_iso(since_us - since_us % WEIR_US_PER_S, since);
	bool same = moment_us != WEIR_TIME_NONE && weir_time_format_iso(moment_us, moment) &&
		    strncmp(since, moment, sizeof "2026-11-22T" - 1) == 0;
	weir_buf_addf(what, ", since %s", same ? since + sizeof "2026-11-22T" - 1 : since);
}

/* One row that passes the bound, and how many more of how many do. */
struct found {
	int64_t row; /* -1: none */
	uint32_t passed, all;
};

static void tell(const struct weir_alert *a, const struct weir_result *r, const struct found *f, uint32_t measure,
		 struct weir_buf *what)
{
	const struct weir_result_row *row = r->rows + f->row;
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_buf_add_c(what, g ? ", " : "");
		if (row->groups[g].type == WEIR_NULL)
			weir_buf_add_c(what, "null");
		else
			weir_value_text(row->groups + g, what);
	}
	if (f->passed > 1)
		weir_buf_addf(what, " and %u more of %u", f->passed - 1, f->all);
	weir_buf_addf(what, "%s%s ", r->n_groups ? ": " : "", a->measure);
	weir_value_text(row->measures + measure, what);
	weir_buf_addf(what, " %s", a->test);
	tell_since(a->since_us, r->moment_us, what);
}

/* The rows from `from` on that are of the same window; the first that passes the bound. */
static struct found look(const struct weir_alert *a, const struct weir_result *r, uint32_t measure, uint32_t from,
			 uint32_t *to)
{
	struct found f = {.row = -1};
	uint32_t i = from;
	for (; i < r->n_rows && r->rows[i].window_start_us == r->rows[from].window_start_us; i++, f.all++) {
		if (!passes(a, weir_value_number(r->rows[i].measures + measure)))
			continue;
		f.row = f.row < 0 ? i : f.row;
		f.passed++;
	}
	*to = i;
	return f;
}

/* One answer, or one window of it, of the time from..until. True: raised by it. */
static bool go_on(struct weir_alert *a, bool passed, int64_t from_us, int64_t until_us)
{
	bool before = a->raised;
	if (!passed) {
		a->since_us = WEIR_TIME_NONE;
		a->raised = false;
		return false;
	}
	if (a->since_us == WEIR_TIME_NONE || a->since_us > until_us) /* or time went back */
		a->since_us = from_us;
	a->raised = !a->for_us || (a->since_us != WEIR_TIME_NONE && until_us - a->since_us >= a->for_us);
	return a->raised && !before;
}

static uint32_t find_measure(const struct weir_alert *a, const struct weir_result *r)
{
	uint32_t measure = 0;
	while (measure < r->n_measures && !weir_str_equal(r->measures[measure].name, weir_str_of(a->measure)))
		measure++;
	return measure;
}

bool weir_alert_passes(const struct weir_alert *a, const struct weir_result *r, const struct weir_result_row *row)
{
	uint32_t measure = find_measure(a, r);
	return measure < r->n_measures && row->measures && passes(a, weir_value_number(row->measures + measure));
}

bool weir_alert_judge(struct weir_alert *a, const struct weir_result *r, struct weir_buf *what)
{
	uint32_t measure = find_measure(a, r), next = 0;
	bool news = false;
	a->lacks = measure == r->n_measures && r->error.code == WEIR_OK;
	if (measure == r->n_measures || r->error.code != WEIR_OK)
		return false;
	if (!r->n_rows)
		(void)go_on(a, false, r->moment_us, r->moment_us);
	for (uint32_t i = 0; i < r->n_rows; i = next) {
		const struct weir_result_row *row = r->rows + i;
		bool window = row->window_start_us != WEIR_TIME_NONE;
		int64_t until = window && (r->moment_us == WEIR_TIME_NONE || row->window_end_us < r->moment_us)
				    ? row->window_end_us
				    : r->moment_us;
		struct found found = look(a, r, measure, i, &next);
		if (!go_on(a, found.row >= 0, window ? row->window_start_us : until, until))
			continue;
		if (!news)
			tell(a, r, &found, measure, what);
		news = true;
	}
	return news;
}
