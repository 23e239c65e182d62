/* The streams with their partitions: rate, lag, watermark, and where each record went. */
#include "tui/frame.h"

#include "tui/format.h"

#include <stdio.h>

struct column {
	const char *head;
	int columns;
	bool right;
};
enum { NAME, STATE, RATE, LAG, WATERMARK, RECEIVED, MATCHED, FILTERED, MALFORMED, LATE, SHED, N_COLUMNS, GAP = 2 };

/* In the order in which they stand; what does not fit at the right end is left out. */
static const struct column columns[N_COLUMNS] = {
    [NAME] = {"stream", 18, false},    [STATE] = {"state", 12, false},	     [RATE] = {"records/s", 9, true},
    [LAG] = {"lag", 9, true},	       [WATERMARK] = {"watermark", 9, true}, [RECEIVED] = {"received", 12, true},
    [MATCHED] = {"matched", 12, true}, [FILTERED] = {"filtered", 11, true},  [MALFORMED] = {"malformed", 9, true},
    [LATE] = {"late", 7, true},	       [SHED] = {"shed", 6, true},
};

static void put_column(struct weir_canvas c, int y, int which, const char *text, struct weir_style style)
{
	int x = 1;
	for (int i = 0; i < which; i++)
		x += columns[i].columns + GAP;
	if (x + columns[which].columns <= c.columns)
		weir_cell_put_text(c, x, y, columns[which].columns, weir_str_of(text), style,
				   columns[which].right ? WEIR_RIGHT : WEIR_LEFT);
}

static const char *state_text(enum weir_stream_state state)
{
	switch (state) {
	case WEIR_STREAM_CONNECTING:
		return "connecting";
	case WEIR_STREAM_LIVE:
		return "live";
	case WEIR_STREAM_RECONNECTING:
		return "reconnecting";
	case WEIR_STREAM_REPLAY:
		return "replay";
	case WEIR_STREAM_END:
		return "end";
	case WEIR_STREAM_FAILED:
		return "failed";
	}
	return "";
}

static enum weir_ink state_ink(enum weir_stream_state state)
{
	return state == WEIR_STREAM_LIVE	   ? WEIR_INK_GOOD
	       : state == WEIR_STREAM_FAILED	   ? WEIR_INK_BAD
	       : state == WEIR_STREAM_RECONNECTING ? WEIR_INK_WARN
						   : WEIR_INK_TEXT;
}

static void put_counter(struct weir_canvas c, int y, int which, uint64_t n, enum weir_ink when_any)
{
	char text[WEIR_FORMAT_BYTES];
	put_column(c, y, which, weir_format_count(n, text), weir_style(n ? when_any : WEIR_INK_FAINT));
}

static void put_ledger(struct weir_canvas c, int y, const struct weir_ledger *l)
{
	char text[WEIR_FORMAT_BYTES];
	if (l->watermark_us != WEIR_TIME_NONE)
		put_column(c, y, WATERMARK, weir_format_clock(l->watermark_us, 0, text), weir_style(WEIR_INK_TEXT));
	put_counter(c, y, RECEIVED, l->received, WEIR_INK_TEXT);
	put_counter(c, y, MATCHED, l->matched, WEIR_INK_TEXT);
	put_counter(c, y, FILTERED, l->filtered, WEIR_INK_TEXT);
	put_counter(c, y, MALFORMED, l->malformed, WEIR_INK_WARN);
	put_counter(c, y, LATE, l->late, WEIR_INK_WARN);
	put_counter(c, y, SHED, l->shed, WEIR_INK_BAD);
}

static void put_rate_and_lag(struct weir_canvas c, int y, double rate, int64_t lag, enum weir_ink ink)
{
	char text[WEIR_FORMAT_BYTES];
	put_column(c, y, RATE, weir_format_fixed(rate, rate < 10 && rate > 0 ? 1 : 0, text), weir_style(ink));
	put_column(c, y, LAG, lag < 0 ? "-" : weir_format_count((uint64_t)lag, text), weir_style(ink));
}

/* A remark of a stream on a line of its own. */
static void put_remark(struct weir_canvas c, int *y, const char *label, const char *text, enum weir_ink ink)
{
	if (!text[0] || *y >= c.rows)
		return;
	int x = 3 + weir_cell_put(c, 3, *y, label, weir_style(WEIR_INK_DIM)) + 1;
	weir_cell_put_text(c, x, *y, c.columns - x - 1, weir_str_of(text), weir_style(ink), WEIR_LEFT);
	++*y;
}

static void put_malformed(struct weir_canvas c, int *y, const struct weir_ledger *l)
{
	struct weir_buf text = {0};
	char count[WEIR_FORMAT_BYTES];
	for (int why = 0; why < WEIR_BAD_COUNT; why++)
		if (l->malformed_by[why])
			weir_buf_addf(&text, "%s%s %s", text.size ? ", " : "",
				      weir_malformed_text((enum weir_malformed)why),
				      weir_format_count(l->malformed_by[why], count));
	if (text.data)
		put_remark(c, y, "malformed", text.data, WEIR_INK_WARN);
	weir_buf_release(&text);
}

static int draw_stream(const struct weir_frame *f, struct weir_canvas c, int y, uint32_t i)
{
	const struct weir_stream_info *s = &f->info->streams[i];
	const struct weir_result *r = f->result;
	const struct weir_ledger *l = i < r->n_streams ? &r->streams[i] : NULL;
	put_column(c, y, NAME, s->name, weir_style(WEIR_INK_BRIGHT));
	put_column(c, y, STATE, state_text(s->state), weir_style(state_ink(s->state)));
	put_rate_and_lag(c, y, s->records_per_s, s->lag, WEIR_INK_TEXT);
	if (l)
		put_ledger(c, y, l);
	y++;
	put_remark(c, &y, "", s->detail, WEIR_INK_WARN);
	put_remark(c, &y, "read as", s->guess, WEIR_INK_TEXT);
	if (l)
		put_malformed(c, &y, l);
	put_remark(c, &y, "last malformed", s->malformed_last, WEIR_INK_WARN);
	for (uint32_t p = 0; p < s->n_partitions && s->n_partitions > 1; p++) {
		const struct weir_partition_info *part = &s->partitions[p];
		char name[96];
		snprintf(name, sizeof(name), "  %s", part->name);
		put_column(c, y, NAME, name, weir_style(WEIR_INK_DIM));
		put_rate_and_lag(c, y, part->records_per_s, part->lag, WEIR_INK_DIM);
		if (l && r->partitions && p < r->n_partitions[i])
			put_ledger(c, y, &r->partitions[i][p]);
		y++;
	}
	return y;
}

void weir_panel_streams_draw(const struct weir_frame *f, struct weir_canvas c)
{
	char remark[96], text[WEIR_FORMAT_BYTES];
	snprintf(remark, sizeof(remark), "%u stream%s, %s read", f->info->n_streams, f->info->n_streams == 1 ? "" : "s",
		 weir_format_size(f->result->ledger.bytes, text));
	weir_title_draw(c, WEIR_STR("streams"), weir_str_of(remark), f->ui->focus == WEIR_PANEL_STREAMS);
	for (int i = 0; i < N_COLUMNS; i++)
		put_column(c, 1, i, columns[i].head, weir_style(WEIR_INK_DIM));
	/* The lines scroll under the heads: drawn on a canvas that starts higher, clipped by drawing only what is
	 * inside. */
	struct weir_canvas body = weir_canvas_cut(c, 0, 2, c.columns, c.rows - 2);
	int y = -f->ui->scroll[WEIR_PANEL_STREAMS];
	for (uint32_t i = 0; i < f->info->n_streams; i++)
		y = draw_stream(f, body, y, i);
}
