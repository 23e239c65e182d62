/* Columns as they are offered: what is known of their values, and the best to group by first. */
#include "tui/prompt/entries.h"

#include "weir/session/guess.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct weir_str weir_offer_text(struct weir_menu *l, const char *fmt, ...)
{
	char text[400];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return weir_arena_str(&l->memory, weir_str_of(text));
}

struct weir_menu_item *weir_offer(struct weir_menu *l, struct weir_str text, struct weir_str rest)
{
	struct weir_menu_item *item = weir_menu_add(l, text);
	if (item)
		item->rest = rest;
	return item;
}

void weir_offer_present(struct weir_menu *l, const char *text)
{
	struct weir_str parts[WEIR_MAX_MEASURES];
	size_t n = weir_view_list(weir_str_of(text), parts, WEIR_MAX_MEASURES);
	for (size_t i = 0; i < n; i++) {
		struct weir_menu_item *item = weir_menu_add(l, parts[i]);
		if (item)
			item->now = true;
	}
}

struct weir_menu_item *weir_offer_or_find(struct weir_menu *l, struct weir_str text)
{
	for (uint32_t i = 0; i < l->n && l->items[i].now; i++)
		if (weir_str_equal(l->items[i].text, text))
			return &l->items[i];
	return weir_menu_add(l, text);
}

static struct weir_column_traits traits_of(const struct weir_offered_column *c)
{
	const struct weir_profile_column *p = c->profile;
	return (struct weir_column_traits){.name = c->bare,
					   .type = c->type,
					   .is_time = c->is_time,
					   .n = c->n,
					   .n_distinct = c->n_distinct,
					   .many = !c->n_distinct,
					   .rising = p && p->rising && p->n > 3,
					   .mean_bytes = p ? p->mean_bytes : 0};
}

/* What is known since the stream began; a profile knows it of the rows that are held and pass. */
static void learn(struct weir_offered_column *c, const struct weir_result_field *f)
{
	c->type = weir_type_widen(c->type, f->type);
	c->is_time = c->is_time || f->is_time;
	for (int t = WEIR_NULL + 1; t < WEIR_TYPE_COUNT; t++)
		c->n += f->n_type[t];
	for (int t = 0; t < WEIR_TYPE_COUNT; t++)
		c->n_type[t] += f->n_type[t];
	c->n_null += f->n_type[WEIR_NULL];
	c->n_missing += f->n_missing;
	if (f->first_us != WEIR_TIME_NONE && (c->first_us == WEIR_TIME_NONE || f->first_us < c->first_us))
		c->first_us = f->first_us;
	c->streams |= UINT64_C(1) << (f->stream & 63);
	c->n_distinct = f->n_distinct > c->n_distinct ? f->n_distinct : c->n_distinct;
	if (f->example.type != WEIR_NULL)
		c->example = f->example;
}

static void weigh(struct weir_offered_column *c, const struct weir_profile *profile)
{
	/* Of one stream they stand in the same order. */
	bool same =
	    profile && c->place < profile->n_columns && weir_str_equal(profile->columns[c->place].name, c->bare);
	c->profile = same ? &profile->columns[c->place] : weir_profile_find(profile, c->bare);
	if (c->profile) {
		c->n = c->profile->n;
		c->n_null = c->profile->n_null;
		c->n_missing = c->profile->n_missing;
		c->n_distinct = c->profile->n_distinct;
	}
	struct weir_column_traits traits = traits_of(c);
	uint64_t all = c->n + c->n_null + c->n_missing;
	c->group_points = weir_guess_group(&traits);
	if (all && c->group_points) /* one that only some rows have tells less */
		c->group_points = 1 + (int)((double)c->group_points * (double)c->n / (double)all);
	traits.n_distinct = traits.n_distinct ? traits.n_distinct : c->n; /* not known of numbers at first */
	c->measure_points = weir_guess_measure(&traits, &c->form);
}

static int by_name(const void *a, const void *b)
{
	const struct weir_offered_column *one = a, *two = b;
	int order = weir_str_compare(one->bare, two->bare);
	return order ? order : (one->place > two->place) - (one->place < two->place);
}

static int by_place(const void *a, const void *b)
{
	const struct weir_offered_column *one = a, *two = b;
	return (one->place > two->place) - (one->place < two->place);
}

/* Columns of one name in several streams become one. */
static uint32_t join_names(struct weir_offered_column *c, const struct weir_result_field *fields, uint32_t n)
{
	uint32_t kept = 0;
	qsort(c, n, sizeof(*c), by_name);
	for (uint32_t i = 0; i < n; i++) {
		if (!kept || !weir_str_equal(c[kept - 1].bare, c[i].bare))
			c[kept++] = c[i];
		learn(&c[kept - 1], &fields[c[i].place]);
	}
	qsort(c, kept, sizeof(*c), by_place);
	return kept;
}

struct weir_offered_column *weir_offered_columns(struct weir_menu *l, const struct weir_result *r,
						 const struct weir_profile *profile, uint32_t *n)
{
	struct weir_buf key = {0};
	uint32_t n_fields = r ? r->n_fields : 0;
	struct weir_offered_column *c = weir_arena_zalloc(&l->memory, (n_fields + (size_t)1) * sizeof(*c));
	*n = 0;
	if (!c) {
		l->failed = true;
		return NULL;
	}
	for (uint32_t i = 0; i < n_fields; i++)
		c[i] = (struct weir_offered_column){.bare = r->fields[i].name, .place = i, .first_us = WEIR_TIME_NONE};
	*n = n_fields ? join_names(c, r->fields, n_fields) : 0;
	for (uint32_t i = 0; i < *n; i++) {
		weir_buf_clear(&key);
		weir_view_quote(c[i].bare, &key);
		c[i].name = key.failed ? (struct weir_str){0} : weir_arena_str(&l->memory, weir_buf_str(&key));
		c[i].bare = weir_arena_str(&l->memory, c[i].bare);
		weigh(&c[i], profile);
	}
	weir_buf_release(&key);
	return c;
}

static struct weir_str value_text(struct weir_menu *l, const struct weir_value *v)
{
	struct weir_buf text = {0};
	double number = weir_number_of(v);
	weir_format_name(v, isnan(number) ? 3 : weir_format_decimals(fabs(number)), &text);
	struct weir_str copy = weir_arena_str(&l->memory, weir_buf_str(&text));
	weir_buf_release(&text);
	return copy;
}

/* "10:00:00 to 10:19:14" with the day in front; numbers as they are. */
static struct weir_str range_text(struct weir_menu *l, const struct weir_value *low, const struct weir_value *high)
{
	char day[WEIR_FORMAT_BYTES], from[WEIR_FORMAT_BYTES], to[WEIR_FORMAT_BYTES];
	if (low->type != WEIR_TIMESTAMP) {
		struct weir_str a = value_text(l, low), b = value_text(l, high);
		return weir_offer_text(l, WEIR_STR_FMT " to " WEIR_STR_FMT, WEIR_STR_ARG(a), WEIR_STR_ARG(b));
	}
	return weir_offer_text(l, "%s %s to %s", weir_format_day(low->i, day), weir_format_clock(low->i, 0, from),
			       weir_format_moment(high->i, low->i, 0, to));
}

/* Of numbers and times with many values the range says more than a few of them. */
static bool has_range(const struct weir_profile_column *p)
{
	bool frequent = p->n_top && p->top[0].rows * 50 >= p->n;
	return p->min.type != WEIR_NULL && (p->is_time || p->type == WEIR_TIMESTAMP || !frequent);
}

static void describe(struct weir_menu *l, struct weir_menu_item *item, const struct weir_profile_column *p)
{
	struct weir_menu_bar *bars =
	    has_range(p) || !p->n_top ? NULL : weir_arena_alloc(&l->memory, p->n_top * sizeof(*bars));
	if (p->min.type != WEIR_NULL)
		item->rest = range_text(l, &p->min, &p->max);
	for (uint32_t i = 0; bars && i < p->n_top; i++)
		bars[i] = (struct weir_menu_bar){value_text(l, &p->top[i].value),
						 p->n ? (double)p->top[i].rows / (double)p->n : 0};
	item->bars = bars;
	item->n_bars = bars ? p->n_top : 0;
}

/* "int64 93.0 %, string 7.0 %" when a column met more than one type; nothing else. */
static struct weir_str mixed_types(struct weir_menu *l, const struct weir_offered_column *c)
{
	struct weir_buf text = {0};
	char percent[WEIR_FORMAT_BYTES];
	uint64_t total = 0;
	int kinds = 0;
	for (int t = WEIR_NULL + 1; t < WEIR_TYPE_COUNT; t++) {
		total += c->n_type[t];
		kinds += c->n_type[t] > 0;
	}
	for (int t = WEIR_NULL + 1; t < WEIR_TYPE_COUNT && kinds > 1; t++)
		if (c->n_type[t])
			weir_buf_addf(&text, "%s%s %s", text.size ? ", " : "", weir_type_name((enum weir_type)t),
				      weir_format_percent((double)c->n_type[t] / (double)total, percent));
	struct weir_str copy = text.size ? weir_arena_str(&l->memory, weir_buf_str(&text)) : (struct weir_str){0};
	weir_buf_release(&text);
	return copy;
}

struct weir_menu_item *weir_offer_column(struct weir_menu *l, const struct weir_offered_column *c)
{
	char text[WEIR_FORMAT_BYTES];
	struct weir_menu_item *item = weir_offer_or_find(l, c->name);
	if (!item)
		return NULL;
	uint64_t none = c->n_null + c->n_missing, all = c->n + none;
	item->cells[0] = weir_str_of(weir_type_name(c->type));
	if (all)
		item->cells[1] = !none
				     ? WEIR_STR("0 %")
				     : weir_offer_text(l, "%s", weir_format_percent((double)none / (double)all, text));
	if (c->n_distinct)
		item->cells[2] = weir_offer_text(l, "%s%s", c->profile && c->profile->estimated ? "~" : "",
						 weir_format_count(c->n_distinct, text));
	item->warning = mixed_types(l, c);
	if (c->profile)
		describe(l, item, c->profile);
	if (!item->n_bars && !item->rest.size && c->example.type != WEIR_NULL) {
		struct weir_str example = value_text(l, &c->example);
		item->rest = weir_offer_text(l, "such as " WEIR_STR_FMT, WEIR_STR_ARG(example));
	}
	return item;
}

void weir_offer_column_heads(struct weir_menu *l, const char *first)
{
	l->heads = (struct weir_menu_heads){
	    .text = {first, WEIR_LEFT, 0},
	    .cells = {{"type", WEIR_LEFT, 1}, {"null", WEIR_RIGHT, 2}, {"distinct", WEIR_RIGHT, 0}},
	    .rest = {"frequent values, or the range", WEIR_LEFT, 0},
	};
}

static int group_class(const struct weir_offered_column *c)
{
	bool text = c->type == WEIR_STRING || c->type == WEIR_BOOL, same = c->profile && c->n_distinct < 2;
	bool sparse = (c->n_null + c->n_missing) / 9 > c->n; /* more than nine rows of ten have none */
	if (c->group_points && !sparse)
		return 0;
	if (c->is_time || c->type == WEIR_TIMESTAMP)
		return 5;
	if (same || sparse || !c->n)
		return 4;
	return text ? 1 : c->type == WEIR_INT64 && c->n_distinct && c->n_distinct <= WEIR_GUESS_VALUES ? 2 : 3;
}

int weir_offered_by_worth(const void *a, const void *b)
{
	const struct weir_offered_column *one = a, *two = b;
	int first = group_class(one), second = group_class(two);
	if (first != second)
		return first - second;
	if (one->group_points != two->group_points)
		return two->group_points - one->group_points;
	uint64_t few = one->n_distinct ? one->n_distinct : UINT64_MAX,
		 many = two->n_distinct ? two->n_distinct : UINT64_MAX;
	return few != many ? (few > many) - (few < many) : by_place(one, two);
}

bool weir_offered_is_worth(const struct weir_offered_column *c)
{
	return c->profile && group_class(c) <= 2 && c->n_distinct > 1 && c->n_distinct * 2 <= c->n;
}

struct weir_str weir_offered_measure(struct weir_menu *l, const struct weir_offered_column *c)
{
	bool number = !c->is_time && (c->type == WEIR_INT64 || c->type == WEIR_FLOAT64);
	const char *form = !number ? "distinct" : c->form ? c->form : "avg";
	return weir_offer_text(l, "%s(" WEIR_STR_FMT ")", form, WEIR_STR_ARG(c->name));
}
