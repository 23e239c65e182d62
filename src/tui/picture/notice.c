/* Shown in place of the answer: still connecting, nothing yet, nothing passes the filter, or why the question cannot be
 * answered. */
#include "tui/picture/picture.h"

#include <stdio.h>

static uint64_t records_seen(const struct weir_session_info *info)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < info->n_streams; i++)
		n += info->streams[i].records;
	return n;
}

bool weir_notice_none(const struct weir_picture *pic)
{
	const struct weir_result *r = pic->result;
	const struct weir_panel *focus = pic->panels[pic->state->focus];
	return r && r->error.code == WEIR_OK &&
	       (r->ledger.matched > 0 || (focus->always && weir_panel_has_data(focus, r)));
}

static void put_line(struct weir_canvas c, int y, const char *text, struct weir_style style)
{
	weir_cell_put_text(c, 2, y, c.columns - 4, weir_str_of(text), style, WEIR_CENTRE);
}

/* The question as it was written, with a caret below the place of the error. */
static void draw_place(const struct weir_error *e, struct weir_canvas c, int y)
{
	struct weir_str text = weir_str_of(e->text);
	size_t from = e->caret_from < text.size ? e->caret_from : text.size,
	       to = e->caret_to < text.size ? e->caret_to : text.size;
	int columns = weir_text_columns(text), x = 2 + (c.columns - 4 - columns) / 2;
	if (columns > c.columns - 4) {
		put_line(c, y, e->text, weir_style(WEIR_INK_TEXT));
		return;
	}
	weir_cell_put_text(c, x, y, columns, text, weir_style(WEIR_INK_TEXT), WEIR_LEFT);
	int start = weir_text_columns((struct weir_str){text.data, from}),
	    end = weir_text_columns((struct weir_str){text.data, to});
	for (int i = start; i < (end > start ? end : start + 1); i++)
		weir_cell_put_glyph(c, x + i, y + 1, '^', weir_style_bold(WEIR_INK_BAD));
}

static void draw_error(const struct weir_error *e, struct weir_canvas c, int y)
{
	put_line(c, y, e->what, weir_style_bold(WEIR_INK_BAD));
	put_line(c, y + 1, e->hint, weir_style(WEIR_INK_DIM));
	if (e->text[0])
		draw_place(e, c, y + 3);
}

static int draw_conditions(const struct weir_picture *pic, struct weir_canvas c, int y)
{
	struct weir_str entries[8];
	size_t n = weir_view_entries(&pic->info->view, WEIR_VIEW_WHERE, entries, 8);
	for (size_t i = 0; i < n && i < 8; i++)
		weir_cell_put_text(c, 2, y + (int)i, c.columns - 4, entries[i], weir_style(WEIR_INK_WARN), WEIR_CENTRE);
	return y + (int)n;
}

static void draw_nothing_passes(const struct weir_picture *pic, struct weir_canvas c, int y)
{
	char text[120], count[WEIR_FORMAT_BYTES];
	uint64_t n = pic->result->ledger.filtered;
	put_line(c, y, "no record passes the filter", weir_style_bold(WEIR_INK_BRIGHT));
	y = draw_conditions(pic, c, y + 2);
	snprintf(text, sizeof(text), "%s record%s left out; Esc removes the last condition, / edits it",
		 weir_format_count(n, count), n == 1 ? " was" : "s were");
	put_line(c, y + 1, text, weir_style(WEIR_INK_DIM));
}

/* No record came through, but not because of the filter: what happened to the records, and what to do. */
static void draw_nothing_read(const struct weir_picture *pic, struct weir_canvas c, int y)
{
	const struct weir_ledger *l = &pic->result->ledger;
	char text[400], n[WEIR_FORMAT_BYTES], all[WEIR_FORMAT_BYTES];
	bool malformed = l->malformed >= l->late && l->malformed >= l->shed;
	uint64_t lost = malformed ? l->malformed : l->late >= l->shed ? l->late : l->shed;
	snprintf(text, sizeof(text), "%s of %s record%s %s %s", weir_format_count(lost, n),
		 weir_format_count(l->received, all), l->received == 1 ? "" : "s", lost == 1 ? "is" : "are",
		 malformed            ? "malformed"
		 : l->late >= l->shed ? "late"
				      : "shed");
	put_line(c, y++, malformed ? "no record could be read" : "no record came through",
		 weir_style_bold(WEIR_INK_BAD));
	put_line(c, y++, text, weir_style(WEIR_INK_TEXT));
	y++;
	for (uint32_t i = 0; i < pic->info->n_streams && malformed; i++) {
		const struct weir_stream_info *s = &pic->info->streams[i];
		if (!s->malformed_last[0])
			continue;
		put_line(c, y++, s->malformed_last, weir_style(WEIR_INK_WARN));
		if (s->guess[0]) {
			snprintf(text, sizeof(text), "%s is read as %s; --format names another format", s->name,
				 s->guess);
			put_line(c, y++, text, weir_style(WEIR_INK_DIM));
		}
	}
	put_line(c, ++y, "M shows these records, one by one", weir_style(WEIR_INK_DIM));
	y++;
	if (!malformed && l->late >= l->shed)
		put_line(c, y,
			 "they arrived after their window had closed: --late and --grace keep windows open longer",
			 weir_style(WEIR_INK_DIM));
}

/* What counts elsewhere has no answer yet. */
static void draw_starting(const struct weir_fabric_status *f, struct weir_canvas c, int y)
{
	bool starting = strcmp(f->state, "starting") == 0;
	put_line(c, y, starting ? "Spark is starting" : "Spark counts its first batch",
		 weir_style_bold(WEIR_INK_BRIGHT));
	put_line(c, y + 1, f->where, weir_style(WEIR_INK_DIM));
	put_line(c, y + 3, f->detail, weir_style(WEIR_INK_WARN));
	put_line(c, y + 5, "the first answer takes half a minute, or more where the machine is busy",
		 weir_style(WEIR_INK_DIM));
}

static void draw_waiting(const struct weir_session_info *info, struct weir_canvas c, int y)
{
	const struct weir_stream_info *s = info->n_streams ? &info->streams[0] : NULL;
	bool seen = records_seen(info) > 0;
	const char *what = seen                                       ? "reading"
			   : s && s->state == WEIR_STREAM_FAILED      ? "the source failed"
			   : info->ended && s && s->none_why          ? s->none_why
			   : info->ended                              ? "the input is empty"
			   : !s || s->state == WEIR_STREAM_CONNECTING ? "connecting"
			   : s->state == WEIR_STREAM_RECONNECTING     ? "reconnecting"
								      : "waiting for the first record";
	put_line(c, y, what, weir_style_bold(WEIR_INK_BRIGHT));
	if (!s)
		return;
	put_line(c, y + 1, s->address, weir_style(WEIR_INK_DIM));
	put_line(c, y + 3, s->detail, weir_style(WEIR_INK_WARN));
}

void weir_notice_draw(const struct weir_picture *pic, struct weir_canvas c)
{
	int y = c.rows / 3;
	if (pic->result && pic->result->error.code != WEIR_OK)
		draw_error(&pic->result->error, c, y);
	else if (pic->result && pic->result->ledger.filtered > 0)
		draw_nothing_passes(pic, c, y);
	else if (pic->result && pic->result->ledger.malformed + pic->result->ledger.late + pic->result->ledger.shed > 0)
		draw_nothing_read(pic, c, y);
	else if (pic->info->fabric.is_elsewhere && !pic->info->fabric.answered && !pic->info->ended)
		draw_starting(&pic->info->fabric, c, y);
	else
		draw_waiting(pic->info, c, y);
}
