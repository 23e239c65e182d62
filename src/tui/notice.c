/* What stands where the answer would: still connecting, nothing yet, nothing that passes, or why a question cannot be
 * answered. */
#include "tui/frame.h"

#include "tui/format.h"

#include <stdio.h>

static uint64_t records_seen(const struct weir_session_info *info)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < info->n_streams; i++)
		n += info->streams[i].records;
	return n;
}

bool weir_notice_none(const struct weir_frame *f)
{
	const struct weir_result *r = f->result;
	/* Every record that came in is in the ledger; a picture of nothing but a ledger is worth showing when it has
	 * lines. */
	return r && r->error.code == WEIR_OK && r->ledger.received > 0 &&
	       (r->ledger.matched > 0 || r->ledger.filtered == 0);
}

static void put_line(struct weir_canvas c, int y, const char *text, struct weir_style style)
{
	weir_cell_put_text(c, 2, y, c.columns - 4, weir_str_of(text), style, WEIR_CENTRE);
}

/* The question as it was written, and a caret below the place. */
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

static void draw_nothing_passes(const struct weir_frame *f, struct weir_canvas c, int y)
{
	struct weir_str entries[8];
	char text[120], count[WEIR_FORMAT_BYTES];
	size_t n = weir_view_entries(&f->info->view, WEIR_VIEW_WHERE, entries, 8);
	put_line(c, y, "no record passes the filter", weir_style_bold(WEIR_INK_BRIGHT));
	for (size_t i = 0; i < n && i < 8; i++)
		weir_cell_put_text(c, 2, y + 2 + (int)i, c.columns - 4, entries[i], weir_style(WEIR_INK_WARN),
				   WEIR_CENTRE);
	snprintf(text, sizeof(text), "%s records were left out; Esc takes the last condition away, / changes it",
		 weir_format_count(f->result->ledger.filtered, count));
	put_line(c, y + 3 + (int)n, text, weir_style(WEIR_INK_DIM));
}

static void draw_waiting(const struct weir_session_info *info, struct weir_canvas c, int y)
{
	const struct weir_stream_info *s = info->n_streams ? &info->streams[0] : NULL;
	bool seen = records_seen(info) > 0;
	const char *what = seen					      ? "reading"
			   : s && s->state == WEIR_STREAM_FAILED      ? "the source failed"
			   : info->ended			      ? "the input is empty"
			   : !s || s->state == WEIR_STREAM_CONNECTING ? "connecting"
			   : s->state == WEIR_STREAM_RECONNECTING     ? "reconnecting"
								      : "waiting for the first record";
	put_line(c, y, what, weir_style_bold(WEIR_INK_BRIGHT));
	if (!s)
		return;
	put_line(c, y + 1, s->address, weir_style(WEIR_INK_DIM));
	put_line(c, y + 3, s->detail, weir_style(WEIR_INK_WARN));
}

void weir_notice_draw(const struct weir_frame *f, struct weir_canvas c)
{
	int y = c.rows / 3;
	if (f->result && f->result->error.code != WEIR_OK)
		draw_error(&f->result->error, c, y);
	else if (f->result && f->result->ledger.received > 0)
		draw_nothing_passes(f, c, y);
	else
		draw_waiting(f->info, c, y);
}
