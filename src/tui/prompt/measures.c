/* Measures that are ready to take, with their present values; what can be sorted by, and what an alert can be about. */
#include "tui/prompt/entries.h"

#include "weir/query/alert.h"

#include <math.h>
#include <stdlib.h>

static const struct {
	const char *name, *help;
} forms[] = {
    {"avg", "the average"},
    {"sum", "the sum"},
    {"p50", "half of the values are below"},
    {"p95", "95 of 100 values are below"},
    {"p99", "99 of 100 values are below"},
    {"max", "the largest"},
    {"min", "the smallest"},
    {"stddev", "how far values lie from the average"},
};
enum { N_FORMS = sizeof(forms) / sizeof(forms[0]) };

/* The value that the answer has of it over everything. */
static struct weir_str present_value(struct weir_menu *l, const struct weir_result *r, struct weir_str measure)
{
	struct weir_buf text = {0};
	struct weir_str copy = {0};
	for (uint32_t m = 0; r && r->total.measures && m < r->n_measures; m++) {
		if (!weir_str_equal(r->measures[m].name, measure))
			continue;
		double v = weir_number_of(&r->total.measures[m]);
		weir_format_value(&r->total.measures[m], isnan(v) ? 3 : weir_format_decimals(fabs(v)), &text);
		copy = weir_arena_str(&l->memory, weir_buf_str(&text));
	}
	weir_buf_release(&text);
	return copy;
}

/* As the result names a measure: without blanks outside quotes, or by its AS name. */
static struct weir_str result_name(struct weir_menu *l, struct weir_str text)
{
	struct weir_str without = weir_view_without_name(text);
	if (without.size < text.size) {
		const char *at = text.data + text.size;
		while (at > without.data + without.size && at[-1] != ' ')
			at--;
		return (struct weir_str){at, (size_t)(text.data + text.size - at)};
	}
	char *name = weir_arena_alloc(&l->memory, text.size + 1), quote = '\0';
	size_t n = 0;
	for (size_t i = 0; name && i < text.size; i++) {
		char c = text.data[i];
		quote = quote ? c == quote ? '\0' : quote : c == '\'' || c == '"' || c == '`' ? c : '\0';
		if (quote || c != ' ')
			name[n++] = c;
	}
	return (struct weir_str){name, name ? n : 0};
}

static void offer_measure(struct weir_menu *l, const struct weir_completion_source *from, struct weir_str text,
			  struct weir_str help)
{
	struct weir_menu_item *item = weir_offer_or_find(l, text);
	if (!item)
		return;
	item->rest = help;
	item->cells[0] = present_value(l, from->result, result_name(l, item->text));
}

static void offer_form(struct weir_menu *l, const struct weir_completion_source *from,
		       const struct weir_offered_column *c, const char *form, const char *help)
{
	struct weir_str text = weir_offer_text(l, "%s(" WEIR_STR_FMT ")", form, WEIR_STR_ARG(c->name));
	offer_measure(l, from, text, weir_str_of(help));
}

static const char *help_of(const char *form)
{
	for (size_t i = 0; i < N_FORMS; i++)
		if (strcmp(forms[i].name, form) == 0)
			return forms[i].help;
	return "";
}

static int by_points(const void *a, const void *b)
{
	const struct weir_offered_column *one = a, *two = b;
	if (one->measure_points != two->measure_points)
		return two->measure_points - one->measure_points;
	return (one->place > two->place) - (one->place < two->place);
}

static bool is_number(const struct weir_offered_column *c)
{
	return !c->is_time && (c->type == WEIR_INT64 || c->type == WEIR_FLOAT64);
}

static bool ends_in(struct weir_str name, const char *word)
{
	size_t n = strlen(word);
	return name.size >= n &&
	       weir_str_equal_nocase((struct weir_str){name.data + name.size - n, n}, weir_str_of(word));
}

/* The share of failures, where a column looks like the status of HTTP or like a level. */
static void offer_errors(struct weir_menu *l, const struct weir_completion_source *from,
			 const struct weir_offered_column *c)
{
	struct weir_str bad = {0};
	if (c->type == WEIR_INT64 && (ends_in(c->bare, "status") || ends_in(c->bare, "status_code")))
		bad = weir_offer_text(l, WEIR_STR_FMT " >= 500", WEIR_STR_ARG(c->name));
	else if (c->type == WEIR_STRING && (ends_in(c->bare, "level") || ends_in(c->bare, "severity")))
		bad = weir_offer_text(l, "lower(" WEIR_STR_FMT ") in ('error', 'err', 'fatal', 'critical', 'crit')",
				      WEIR_STR_ARG(c->name));
	if (!bad.size)
		return;
	offer_measure(l, from, weir_offer_text(l, "count where " WEIR_STR_FMT " as errors", WEIR_STR_ARG(bad)),
		      WEIR_STR("rows that failed"));
	offer_measure(l, from, weir_offer_text(l, "avg(if(" WEIR_STR_FMT ", 1, 0)) as error_share", WEIR_STR_ARG(bad)),
		      WEIR_STR("the part of the rows that failed, 0 to 1"));
}

void weir_fill_measures(struct weir_prompt *p, const struct weir_completion_source *from)
{
	struct weir_menu *l = &p->menu;
	uint32_t n;
	const char *now = from->view->text[WEIR_VIEW_MEASURE];
	l->heads = (struct weir_menu_heads){.text = {"measure", WEIR_LEFT, 0},
					    .cells = {{"now", WEIR_RIGHT, 1}},
					    .rest = {"what it is", WEIR_LEFT, 0},
					    .long_texts = true};
	weir_offer_present(l, now ? now : "count");
	offer_measure(l, from, WEIR_STR("count"), WEIR_STR("rows"));
	offer_measure(l, from, WEIR_STR("rate"), WEIR_STR("rows a second"));
	struct weir_offered_column *c = weir_offered_columns(l, from->result, from->profile, &n);
	for (uint32_t i = 0; i < n; i++)
		offer_errors(l, from, &c[i]);
	if (c)
		qsort(c, n, sizeof(*c), by_points);
	for (uint32_t i = 0; i < n; i++)
		if (c[i].measure_points)
			offer_form(l, from, &c[i], c[i].form, help_of(c[i].form));
	for (uint32_t i = 0; i < n; i++)
		for (size_t k = 0; k < N_FORMS && is_number(&c[i]); k++)
			if (!c[i].measure_points || strcmp(forms[k].name, c[i].form) != 0)
				offer_form(l, from, &c[i], forms[k].name, forms[k].help);
	for (uint32_t i = 0; i < n; i++)
		if (c[i].type == WEIR_STRING)
			offer_form(l, from, &c[i], "distinct", "how many different values");
	for (uint32_t i = 0; i < l->n; i++) /* what the question has and none of these is */
		if (l->items[i].now && !l->items[i].cells[0].size)
			l->items[i].cells[0] = present_value(l, from->result, result_name(l, l->items[i].text));
}

bool weir_whole_measure(struct weir_str text, const struct weir_completion_source *from)
{
	return weir_is_whole(WEIR_VIEW_MEASURE, text, from);
}

/* Both directions of a key, the usual one first. */
static void offer_key(struct weir_menu *l, struct weir_str key, bool descends, const char *down, const char *up)
{
	for (int i = 0; i < 2; i++) {
		bool desc = descends == (i == 0);
		struct weir_menu_item *item = weir_offer_or_find(
		    l, weir_offer_text(l, WEIR_STR_FMT " %s", WEIR_STR_ARG(key), desc ? "desc" : "asc"));
		if (item)
			item->rest = weir_str_of(desc ? down : up);
	}
}

static struct weir_str key_text(struct weir_menu *l, struct weir_str name)
{
	struct weir_buf key = {0};
	weir_view_quote_key(name, &key);
	struct weir_str copy = weir_arena_str(&l->memory, weir_buf_str(&key));
	weir_buf_release(&key);
	return copy;
}

/* What sorts now, as an entry writes it. */
static void offer_present_sort(struct weir_menu *l, const struct weir_completion_source *from)
{
	const struct weir_result *r = from->result;
	const char *text = from->view->text[WEIR_VIEW_SORT];
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_view_key *keys = NULL;
	size_t n = 0;
	bool known = text && weir_view_sort_keys(from->view, &arena, &keys, &n, NULL) == WEIR_OK;
	struct weir_str first = !text && r && r->n_measures ? r->measures[0].name : (struct weir_str){0};
	for (size_t i = 0; known && i < n; i++) {
		struct weir_menu_item *item =
		    weir_menu_add(l, weir_offer_text(l, WEIR_STR_FMT " %s", WEIR_STR_ARG(key_text(l, keys[i].name)),
						     keys[i].descending ? "desc" : "asc"));
		if (item)
			item->now = true;
	}
	if (first.size) {
		struct weir_menu_item *item =
		    weir_menu_add(l, weir_offer_text(l, WEIR_STR_FMT " desc", WEIR_STR_ARG(key_text(l, first))));
		if (item)
			item->now = true;
	}
	weir_arena_release(&arena);
}

/* The change of another measure than the first, which has the short names. */
static void offer_change(struct weir_menu *l, struct weir_str measure)
{
	static const enum weir_compared_column columns[] = {WEIR_COMPARED_CHANGE, WEIR_COMPARED_PCT};
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		struct weir_buf name = {0};
		weir_compared_name(measure, columns[i], &name);
		if (!name.failed)
			offer_key(l, key_text(l, weir_buf_str(&name)), true, i ? "by per cent" : "what rose most",
				  i ? "by per cent" : "what fell most");
		weir_buf_release(&name);
	}
}

static bool is_change(const struct weir_result *r, struct weir_str name)
{
	bool found = weir_str_equal(name, WEIR_STR("change")) || weir_str_equal(name, WEIR_STR("change_pct"));
	for (uint32_t i = 0; r && !found && i < r->n_measures * WEIR_COMPARED_COLUMNS; i++) {
		struct weir_buf one = {0};
		weir_compared_name(r->measures[i / WEIR_COMPARED_COLUMNS].name,
				   (enum weir_compared_column)(i % WEIR_COMPARED_COLUMNS), &one);
		found = weir_str_equal(weir_buf_str(&one), name);
		weir_buf_release(&one);
	}
	return found;
}

void weir_fill_sorts(struct weir_prompt *p, const struct weir_completion_source *from)
{
	struct weir_menu *l = &p->menu;
	const struct weir_result *r = from->result;
	l->heads =
	    (struct weir_menu_heads){.text = {"order", WEIR_LEFT, 0}, .rest = {"what comes first", WEIR_LEFT, 0}};
	offer_present_sort(l, from);
	for (uint32_t i = 0; r && i < r->n_measures; i++)
		offer_key(l, key_text(l, r->measures[i].name), true, "the largest first", "the smallest first");
	if (r && r->n_measures)
		offer_key(l, WEIR_STR("change"), true, "what rose most since the compared period",
			  "what fell most since the compared period");
	if (r && r->n_measures)
		offer_key(l, WEIR_STR("change_pct"), true, "what rose by the most per cent",
			  "what fell by the most per cent");
	for (uint32_t i = 1; r && i < r->n_measures; i++)
		offer_change(l, r->measures[i].name);
	for (uint32_t i = 0; r && i < r->n_groups; i++)
		offer_key(l, key_text(l, r->groups[i].name), false, "in falling order", "in rising order");
}

bool weir_whole_sort(struct weir_str text, const struct weir_completion_source *from)
{
	const struct weir_result *r = from->result;
	struct weir_view view;
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_view_key *keys = NULL;
	size_t n = 0;
	char *copy = weir_str_dup(text);
	weir_view_init(&view);
	bool whole = copy && weir_view_set(&view, WEIR_VIEW_SORT, copy, from->now_us, NULL) == WEIR_OK &&
		     weir_view_sort_keys(&view, &arena, &keys, &n, NULL) == WEIR_OK;
	for (size_t i = 0; whole && i < n; i++) {
		bool known = is_change(r, keys[i].name) || weir_str_equal(keys[i].name, WEIR_STR("window_start"));
		for (uint32_t m = 0; r && m < r->n_measures; m++)
			known = known || weir_str_equal(r->measures[m].name, keys[i].name);
		for (uint32_t g = 0; r && g < r->n_groups; g++)
			known = known || weir_str_equal(r->groups[g].name, keys[i].name);
		whole = known;
	}
	weir_view_release(&view);
	weir_arena_release(&arena);
	free(copy);
	return whole;
}

/* The beginnings of alerts: a number is to be typed behind them. */
void weir_fill_alerts(struct weir_prompt *p, const struct weir_completion_source *from)
{
	const struct weir_result *r = from->result;
	struct weir_menu *l = &p->menu;
	l->heads = (struct weir_menu_heads){.text = {"alert when", WEIR_LEFT, 0},
					    .cells = {{"now", WEIR_RIGHT, 1}},
					    .rest = {"such as p95(latency_ms) > 250 for 30s", WEIR_LEFT, 0},
					    .long_texts = true};
	for (uint32_t m = 0; r && m < r->n_measures; m++) {
		struct weir_str name = r->measures[m].name;
		struct weir_menu_item *item = weir_offer(l, weir_offer_text(l, WEIR_STR_FMT " > ", WEIR_STR_ARG(name)),
							 WEIR_STR("then a number, and \"for 30s\" if it must last"));
		if (!item)
			continue;
		item->goes_on = true;
		item->cells[0] = present_value(l, r, name);
	}
	weir_offer(l, WEIR_STR("none"), WEIR_STR("no alert"));
}

bool weir_whole_alert(struct weir_str text, const struct weir_completion_source *from)
{
	struct weir_alert alert = {0};
	struct weir_error ignored = {0};
	bool whole = weir_alert_parse(text, &alert, &ignored) == WEIR_OK;
	(void)from;
	weir_alert_release(&alert);
	return whole;
}
