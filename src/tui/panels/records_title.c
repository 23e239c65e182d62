/* The title of the list: what orders it, where one is, what was found, and what is not shown. */
#include "tui/panels/panels.h"

#include <stdio.h>

/* The remark at the right: what is added later stands further left, as long as there is room. */
struct remark {
	char text[240];
	size_t room;
};

static void add(struct remark *m, const char *piece)
{
	size_t n = strlen(piece), have = strlen(m->text);
	if (!n || n + have + 2 > m->room)
		return;
	memmove(m->text + n + (have ? 2 : 0), m->text, have + 1);
	memcpy(m->text, piece, n);
	if (have)
		memcpy(m->text + n, ", ", 2);
}

/* In the order of time: following, or at a time with so many newer rows. In that of a column: which row it is. */
static void add_place(struct remark *m, const struct weir_picture *pic, const struct weir_records_rows *rows,
		      const struct weir_records_view *view)
{
	const struct weir_records_state *s = &pic->state->records;
	char piece[120], time[WEIR_FORMAT_BYTES], count[WEIR_FORMAT_BYTES], all[WEIR_FORMAT_BYTES];
	uint64_t before = (uint64_t)(view->cursor > 0 ? view->cursor : 0) + rows->before;
	if (rows->ordered) {
		int n = snprintf(piece, sizeof(piece), "%s of %s%s", weir_format_count(before + (rows->n > 0), count),
				 rows->beyond ? "the first " : "", weir_format_count(rows->total, all));
		if (rows->beyond)
			snprintf(piece + n, sizeof(piece) - (size_t)n, " that memory can order");
	} else if (!s->held || view->cursor < 0) {
		snprintf(piece, sizeof(piece), "%s",
			 pic->info->paused  ? "paused"
			 : pic->info->ended ? "the last"
					    : "following");
	} else {
		int64_t us = rows->records[view->cursor].time_us;
		int n = us == WEIR_TIME_NONE
			    ? 0
			    : snprintf(piece, sizeof(piece), "at %s, ", weir_format_clock(us, 0, time));
		if (!before)
			snprintf(piece + n, sizeof(piece) - (size_t)n, "the newest");
		else
			snprintf(piece + n, sizeof(piece) - (size_t)n, "%s%s newer", weir_format_count(before, count),
				 rows->exact ? "" : " or more");
	}
	add(m, piece);
}

/* "3 of 214 matches", or how far the search is. */
static void add_found(struct remark *m, const struct weir_picture *pic, const struct weir_records_rows *rows,
		      const struct weir_records_view *view)
{
	const struct weir_records_state *s = &pic->state->records;
	const struct weir_records_studies *studies = pic->studies;
	char piece[160], count[WEIR_FORMAT_BYTES], at[WEIR_FORMAT_BYTES];
	uint64_t index;
	if (!s->sought.size || !studies)
		return;
	const struct weir_search_answer *a = studies->found;
	if (studies->searching >= 0 && (!a || !a->base.whole)) {
		snprintf(piece, sizeof(piece), "searching %.0f %%", 100 * studies->searching);
		add(m, piece);
	}
	if (!a)
		return;
	const struct weir_row_place *place = view->cursor >= 0 ? &rows->records[view->cursor].place : NULL;
	bool on = place && a->base.whole && weir_search_holds(a, place, &index);
	weir_format_count(a->n_matches, count);
	if (on)
		snprintf(piece, sizeof(piece), "match %s of %s", weir_format_count(index + 1, at), count);
	else
		snprintf(piece, sizeof(piece), "%s match%s%s", count, a->n_matches == 1 ? "" : "es",
			 a->base.whole ? "" : " so far");
	add(m, piece);
	if (a->n_undecided) {
		snprintf(piece, sizeof(piece), "%s texts not decided", weir_format_count(a->n_undecided, count));
		add(m, piece);
	}
}

static void add_day(struct remark *m, const struct weir_records_state *s, const struct weir_records_rows *rows,
		    const struct weir_records_view *view)
{
	char piece[40], day[WEIR_FORMAT_BYTES];
	uint32_t row = view->cursor >= 0 ? (uint32_t)view->cursor : 0;
	if (!s->timed || s->days == WEIR_MANY_YEARS || !rows->n || rows->records[row].time_us == WEIR_TIME_NONE)
		return;
	weir_format_day(rows->records[row].time_us, day);
	snprintf(piece, sizeof(piece), "%.*s UTC", s->days == WEIR_ONE_DAY ? 10 : 4, day);
	add(m, piece);
}

static void add_columns(struct remark *m, const struct weir_records_fit *fit)
{
	char piece[60];
	int more = fit->before + fit->beyond;
	if (more) {
		snprintf(piece, sizeof(piece), "%s more column%s", WEIR_COUNT(more), more == 1 ? "" : "s");
		add(m, piece);
	}
	if (fit->n_hidden) {
		snprintf(piece, sizeof(piece), "%s hidden", WEIR_COUNT(fit->n_hidden));
		add(m, piece);
	}
	if (fit->n_empty) {
		snprintf(piece, sizeof(piece), "+%s empty column%s", WEIR_COUNT(fit->n_empty),
			 fit->n_empty == 1 ? "" : "s");
		add(m, piece);
	}
}

/* "records by latency_ms, largest first". While the order is being found out, the rows stand by time. */
static void order_text(const struct weir_picture *pic, const struct weir_records_rows *rows, struct weir_buf *out)
{
	const struct weir_records_state *s = &pic->state->records;
	weir_buf_add_c(out, "records");
	if (!s->by.size)
		return;
	weir_buf_addf(out, " by " WEIR_STR_FMT ", %s first", WEIR_STR_ARG(weir_buf_str(&s->by)),
		      s->ascending ? "smallest" : "largest");
	if (!rows->ordered && pic->studies && pic->studies->ordering >= 0)
		weir_buf_addf(out, ": %.0f %%", 100 * pic->studies->ordering);
}

void weir_records_title(const struct weir_picture *pic, const struct weir_area *area,
			const struct weir_records_rows *rows, const struct weir_records_fit *fit,
			const struct weir_records_view *view)
{
	struct weir_buf title = {0};
	struct remark m = {.text = ""};
	order_text(pic, rows, &title);
	int room = area->canvas.columns - weir_text_columns(weir_buf_str(&title)) - 10;
	m.room = room < 0 ? 0 : (size_t)room < sizeof(m.text) ? (size_t)room : sizeof(m.text);
	add_place(&m, pic, rows, view);
	add_found(&m, pic, rows, view);
	add_day(&m, &pic->state->records, rows, view);
	add_columns(&m, fit);
	weir_title_draw(area->canvas, weir_buf_str(&title), weir_str_of(m.text), area->focus);
	weir_buf_release(&title);
}
