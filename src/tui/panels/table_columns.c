/* Which columns the top-N table has room for. */
#include "tui/panels/panels.h"

#include <math.h>
#include <stdio.h>

static int number_columns(const struct weir_value *v, int decimals)
{
	struct weir_buf text = {0};
	weir_format_value(v, decimals, &text);
	int columns = weir_text_columns(weir_buf_str(&text));
	weir_buf_release(&text);
	return columns;
}

static int group_text_columns(const struct weir_value *v)
{
	struct weir_buf text = {0};
	weir_format_name(v, 3, &text);
	int columns = weir_text_columns(weir_buf_str(&text));
	weir_buf_release(&text);
	return columns;
}

char *weir_table_others_text(const struct weir_result *r, char *out)
{
	char count[WEIR_FORMAT_BYTES];
	snprintf(out, WEIR_FORMAT_BYTES, "others (%.20s)", weir_format_count(r->n_rows_total - r->seen_rows, count));
	return out;
}

int weir_table_rows(const struct weir_result *r, int body)
{
	return r->n_rows_total > (uint64_t)(body > 0 ? body : 0) && body > 1 ? body - 1 : body;
}

int weir_table_first(const struct weir_result *r, int body, int scroll)
{
	int last = (int)r->n_rows - weir_table_rows(r, body);
	scroll = scroll > last ? last : scroll;
	return scroll < 0 ? 0 : scroll;
}

bool weir_table_column_at(const struct weir_table *t, int x, int *which)
{
	int left = 1;
	for (uint32_t g = 0; g < t->r->n_groups && g < WEIR_MAX_GROUP_COLUMNS; g++) {
		*which = -1 - (int)g;
		left += t->group_columns[g] + WEIR_TABLE_GAP;
		if (x < left - WEIR_TABLE_GAP / 2)
			return true;
	}
	for (uint32_t m = 0; m < t->r->n_measures && m < WEIR_MAX_MEASURES; m++) {
		*which = (int)m;
		left += t->measure_columns[m] ? t->measure_columns[m] + WEIR_TABLE_GAP : 0;
		if (t->measure_columns[m] && x < left - WEIR_TABLE_GAP / 2)
			return true;
	}
	const int widths[WEIR_COMPARED_COLUMNS] = {t->before, t->delta, t->change ? WEIR_CHANGE_COLUMNS : 0};
	left += t->part ? t->part + WEIR_TABLE_GAP : 0;
	if (t->part && x < left - WEIR_TABLE_GAP / 2)
		return false;
	for (int i = 0; i < WEIR_COMPARED_COLUMNS; i++) {
		*which = WEIR_SORT_COMPARED * (1 + i) + (int)t->sort;
		left += widths[i] ? widths[i] + WEIR_TABLE_GAP : 0;
		if (widths[i] && x < left - WEIR_TABLE_GAP / 2)
			return true;
	}
	return false;
}

/* Widest text of a measure, and the decimals it is shown with. */
static int measure_text_columns(const struct weir_result *r, uint32_t m, int *decimals)
{
	double largest = 0;
	int columns = 1;
	for (uint32_t i = 0; i < r->n_rows; i++) {
		double v = fabs(weir_number_of(&r->rows[i].measures[m]));
		largest = v > largest ? v : largest;
	}
	*decimals = weir_format_decimals(largest);
	for (uint32_t i = 0; i < r->n_rows; i++) {
		int one = number_columns(&r->rows[i].measures[m], *decimals);
		columns = one > columns ? one : columns;
	}
	if (r->has_others && r->others.measures) {
		int one = number_columns(&r->others.measures[m], *decimals);
		columns = one > columns ? one : columns;
	}
	return columns;
}

struct weir_str weir_table_measure_name(const struct weir_table *t, uint32_t m)
{
	struct weir_str name = t->r->measures[m].name;
	return t->short_names ? weir_str_of(t->heads[m]) : name;
}

/* Room left after the columns that are set; negative when they do not fit. */
static int room_left(const struct weir_table *t, int columns)
{
	int left = columns - 2 + WEIR_TABLE_GAP; /* one blank at either end */
	for (uint32_t g = 0; g < t->r->n_groups && g < WEIR_MAX_GROUP_COLUMNS; g++)
		left -= t->group_columns[g] + WEIR_TABLE_GAP;
	for (uint32_t m = 0; m < t->r->n_measures && m < WEIR_MAX_MEASURES; m++)
		left -= t->measure_columns[m] ? t->measure_columns[m] + WEIR_TABLE_GAP : 0;
	left -= t->change ? WEIR_CHANGE_COLUMNS + WEIR_TABLE_GAP : 0;
	left -= t->part ? t->part + WEIR_TABLE_GAP : 0;
	left -= t->before ? t->before + WEIR_TABLE_GAP : 0;
	left -= t->delta ? t->delta + WEIR_TABLE_GAP : 0;
	left -= t->share ? t->share + WEIR_TABLE_GAP : 0;
	left -= t->bar ? t->bar + WEIR_TABLE_GAP : 0;
	left -= t->spark ? t->spark + WEIR_TABLE_GAP : 0;
	return left;
}

static void measure_texts(struct weir_table *t)
{
	const struct weir_result *r = t->r;
	for (uint32_t m = 0; m < r->n_measures && m < WEIR_MAX_MEASURES; m++) {
		int wide = measure_text_columns(r, m, &t->decimals[m]);
		/* Two more for the sort sign. */
		bool sorts = m == r->sort_measure && r->sort_compared < 0;
		int head = weir_text_columns(weir_table_measure_name(t, m)) + (sorts ? 2 : 0);
		t->measure_columns[m] = wide > head ? wide : head;
	}
}

/* Long names first lose their parentheses, then the last measures are dropped, then the groups shrink. */
static void fit_needed(struct weir_table *t, int columns, int least)
{
	measure_texts(t);
	if (room_left(t, columns) < (t->r->n_measures > 1 ? 22 : 0)) {
		t->short_names = true;
		for (uint32_t m = 0; m < t->r->n_measures && m < WEIR_MAX_MEASURES; m++)
			weir_measure_head(t->r, m, t->heads[m]);
		measure_texts(t);
	}
	for (uint32_t m = t->r->n_measures < WEIR_MAX_MEASURES ? t->r->n_measures : WEIR_MAX_MEASURES;
	     m-- > 0 && room_left(t, columns) < 0;)
		if (m != t->sort)
			t->measure_columns[m] = 0;
	for (bool shrunk = true; shrunk && room_left(t, columns) < 0;) {
		shrunk = false;
		for (uint32_t g = 0; g < t->r->n_groups && g < WEIR_MAX_GROUP_COLUMNS && room_left(t, columns) < 0; g++)
			if (t->group_columns[g] > least) {
				t->group_columns[g]--;
				shrunk = true;
			}
	}
}

static bool any_previous(const struct weir_result *r, uint32_t m)
{
	for (uint32_t i = 0; i < r->n_rows; i++)
		if (r->rows[i].previous && r->rows[i].previous[m].type != WEIR_NULL)
			return true;
	return false;
}

/* Widest text of a column of the comparison, and its head with the sort sign. */
static int compared_columns(const struct weir_table *t, enum weir_compared_column which, int head)
{
	const struct weir_result *r = t->r;
	int columns = head + 2;
	for (uint32_t i = 0; i < r->n_rows; i++) {
		struct weir_value v = weir_result_compared(&r->rows[i], t->sort, which);
		int one = number_columns(&v, t->decimals[t->sort]) + (which == WEIR_COMPARED_CHANGE);
		columns = one > columns ? one : columns;
	}
	return columns;
}

bool weir_table_compares_part(const struct weir_result *r)
{
	bool bounded = r->window_start_us != WEIR_TIME_NONE && r->window_end_us != WEIR_TIME_NONE;
	return r->compared_us && bounded && r->window_end_us - r->window_start_us != r->compared_us;
}

char *weir_table_part_text(const struct weir_result *r, char *out)
{
	char span[WEIR_FORMAT_BYTES];
	int64_t us = r->compared_us;
	if (us >= 10 * WEIR_US_PER_S)
		weir_format_length(us - us % WEIR_US_PER_S, span);
	else
		weir_format_span(us, span);
	snprintf(out, WEIR_FORMAT_BYTES, "first %.20s", span);
	return out;
}

/* The measure over the part of the window that is over; 0: that is all of it. */
static int part_columns(const struct weir_table *t)
{
	const struct weir_result *r = t->r;
	char head[WEIR_FORMAT_BYTES];
	if (!weir_table_compares_part(r))
		return 0;
	int columns = weir_text_columns(weir_str_of(weir_table_part_text(r, head)));
	for (uint32_t i = 0; i < r->n_rows; i++) {
		int one = r->rows[i].compared ? number_columns(&r->rows[i].compared[t->sort], t->decimals[t->sort]) : 0;
		columns = one > columns ? one : columns;
	}
	return columns;
}

/* What a measure was stands beside what it is over the same part: the two and the change between them add up. */
static void fit_before(struct weir_table *t)
{
	t->before = compared_columns(t, WEIR_COMPARED_BEFORE, 6);
	t->part = part_columns(t);
}

/* The column that sorts is shown, whatever else is not. */
static void fit_sorting(struct weir_table *t)
{
	const struct weir_result *r = t->r;
	if (r->sort_compared < 0 || !any_previous(r, t->sort))
		return;
	measure_texts(t);
	if (r->sort_compared == WEIR_COMPARED_BEFORE)
		fit_before(t);
	else if (r->sort_compared == WEIR_COMPARED_CHANGE)
		t->delta = compared_columns(t, WEIR_COMPARED_CHANGE, 3);
	else
		t->change = true;
}

/* The change; and, where somebody chose what to compare with, what it is made of. */
static void fit_compared(struct weir_table *t, int columns, bool at_length)
{
	const struct weir_result *r = t->r;
	if (!r->n_measures || !any_previous(r, t->sort))
		return;
	if (!t->change)
		t->change = room_left(t, columns) >= WEIR_CHANGE_COLUMNS + WEIR_TABLE_GAP;
	if (!t->change || !at_length)
		return;
	int delta = t->delta ? 0 : compared_columns(t, WEIR_COMPARED_CHANGE, 3);
	if (delta && room_left(t, columns) >= delta + WEIR_TABLE_GAP)
		t->delta = delta;
	if (t->before || !t->delta)
		return;
	fit_before(t);
	if (room_left(t, columns) < 0)
		t->before = t->part = 0;
}

static void fit_optional(struct weir_table *t, int columns, bool timed)
{
	const struct weir_result *r = t->r;
	bool has_spark = timed && r->n_rows && r->rows[0].spark && r->n_buckets > 1;
	if (has_spark && room_left(t, columns) >= 10 + WEIR_TABLE_GAP)
		t->spark = 10;
	if (room_left(t, columns) >= WEIR_SHARE_COLUMNS + WEIR_TABLE_GAP)
		t->share = WEIR_SHARE_COLUMNS;
	if (room_left(t, columns) >= 8 + WEIR_TABLE_GAP)
		t->bar = 8;
	int left = room_left(t, columns);
	int more = t->spark ? (left < 14 ? left : 14) : 0;
	t->spark += more;
	left -= more;
	if (t->bar) {
		more = left < 16 ? left : 16;
		t->bar += more;
		left -= more;
	}
	for (uint32_t g = 0; g < r->n_groups && g < WEIR_MAX_GROUP_COLUMNS && left > 0; g++) {
		more = left < 8 ? left : 8;
		t->group_columns[g] += more;
		left -= more;
	}
	if (t->spark)
		t->spark += left > 0 ? left : 0;
}

void weir_table_fit(struct weir_table *t, const struct weir_result *r, int columns, bool at_length, bool timed)
{
	int least = 6;
	*t = (struct weir_table){.r = r, .sort = r->sort_measure < r->n_measures ? r->sort_measure : 0};
	for (uint32_t g = 0; g < r->n_groups && g < WEIR_MAX_GROUP_COLUMNS; g++) {
		int wide = weir_text_columns(r->groups[g].name) + (r->sort_measure >= r->n_measures ? 2 : 0);
		for (uint32_t i = 0; i < r->n_rows; i++) {
			int one = group_text_columns(&r->rows[i].groups[g]);
			wide = one > wide ? one : wide;
		}
		if (g == 0 && r->n_groups == 1 && r->n_rows_total > 1) { /* the number must not be cut off */
			char text[WEIR_FORMAT_BYTES];
			int others = weir_text_columns(weir_str_of(weir_table_others_text(r, text)));
			wide = others > wide ? others : wide;
			least = others;
		}
		t->group_columns[g] = wide > 40 ? 40 : wide < 12 ? 12 : wide;
	}
	fit_sorting(t);
	fit_needed(t, columns, least);
	fit_compared(t, columns, at_length);
	fit_optional(t, columns, timed);
	for (uint32_t i = 0; i < r->n_rows && r->n_measures; i++) {
		double v = weir_number_of(&r->rows[i].measures[t->sort]);
		t->largest = v > t->largest ? v : t->largest;
	}
}
