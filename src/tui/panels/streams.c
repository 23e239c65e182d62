/* The streams with their partitions: rate, lag, watermark, and where each record went. */
#include "tui/panels/streams.h"

#include "weir/model/partitions.h"

#include <stdio.h>

extern const struct weir_panel weir_panel_streams;

enum {
	NAME,
	STATE,
	RATE,
	LAG,
	DELAY,
	WATERMARK,
	RECEIVED,
	MATCHED,
	FILTERED,
	MALFORMED,
	LATE,
	SHED,
	LOST,
	DUPLICATE,
	N_COLUMNS,
	GAP = 2
};

struct column {
	const char *head;
	int columns;
	bool right;
	int rank; /* when there is not enough room, those with the highest rank are dropped first */
};

/* In display order. Losses rank before what arrived. */
static const struct column columns[N_COLUMNS] = {
    [NAME] = {"stream", 14, false, 0},       [STATE] = {"state", 12, false, 0},
    [RATE] = {"records/s", 9, true, 3},      [LAG] = {"lag", 9, true, 4},
    [DELAY] = {"delay", 6, true, 6},         [LOST] = {"lost", 9, true, 1},
    [WATERMARK] = {"watermark", 9, true, 7}, [RECEIVED] = {"received", 12, true, 5},
    [MATCHED] = {"matched", 12, true, 9},    [FILTERED] = {"filtered", 11, true, 8},
    [MALFORMED] = {"malformed", 9, true, 2}, [LATE] = {"late", 9, true, 1},
    [SHED] = {"shed", 9, true, 1},           [DUPLICATE] = {"duplicate", 9, true, 10},
};

/* Which columns a panel of some width has room for. */
struct shown {
	bool column[N_COLUMNS];
	int name; /* columns of the name */
};

static int columns_of(const struct shown *s, int which)
{
	return which == NAME ? s->name : columns[which].columns;
}

/* What is read once and again, or ends by itself, has no delay that would tell anything. */
static bool has_delay(const struct weir_picture *pic, uint32_t stream)
{
	const struct weir_stream_info *s = &pic->info->streams[stream];
	const struct weir_result *r = pic->result;

	return !s->finite && !s->by_arrival && stream < r->n_streams &&
	       r->streams[stream].arrival_delay_us != WEIR_TIME_NONE;
}

/* Counters that are zero and an unknown lag are dropped first. */
static struct shown fit(const struct weir_picture *pic, int room)
{
	const struct weir_ledger *l = &pic->result->ledger;
	const uint64_t counts[N_COLUMNS] = {
	    [MALFORMED] = l->malformed, [LATE] = l->late,         [SHED] = l->shed,
	    [LOST] = l->lost,           [FILTERED] = l->filtered, [DUPLICATE] = l->duplicate};
	struct shown s = {.name = columns[NAME].columns};
	bool any_lag = false;
	for (int i = 0; i < N_COLUMNS; i++)
		s.column[i] = (i != DUPLICATE || l->duplicate) && (i != LOST || l->lost) && i != DELAY;
	for (uint32_t i = 0; i < pic->info->n_streams; i++) {
		int one = weir_text_columns(weir_str_of(pic->info->streams[i].name));
		s.name = one > s.name ? one : s.name;
		any_lag = any_lag || pic->info->streams[i].lag >= 0;
		s.column[DELAY] = s.column[DELAY] || has_delay(pic, i);
	}
	s.name = s.name > 24 ? 24 : s.name;
	for (;;) {
		int used = 1, worst = -1, worst_rank = 0;
		for (int i = 0; i < N_COLUMNS; i++) {
			bool counter =
			    i == MALFORMED || i == LATE || i == SHED || i == FILTERED || i == LOST || i == DUPLICATE;
			int rank = columns[i].rank + (counter && !counts[i] ? 5 : i == LAG && !any_lag ? 20 : 0);
			used += s.column[i] ? columns_of(&s, i) + GAP : 0;
			if (s.column[i] && rank > worst_rank) {
				worst = i;
				worst_rank = rank;
			}
		}
		if (used - GAP + 1 <= room || worst < 0)
			return s;
		s.column[worst] = false;
	}
}

static void put_column(const struct shown *s, struct weir_canvas c, int y, int which, const char *text,
		       struct weir_style style)
{
	int x = 1;
	for (int i = 0; i < which; i++)
		x += s->column[i] ? columns_of(s, i) + GAP : 0;
	if (s->column[which])
		weir_cell_put_text(c, x, y, columns_of(s, which), weir_str_of(text), style,
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
	return state == WEIR_STREAM_LIVE           ? WEIR_INK_GOOD
	       : state == WEIR_STREAM_FAILED       ? WEIR_INK_BAD
	       : state == WEIR_STREAM_RECONNECTING ? WEIR_INK_WARN
						   : WEIR_INK_TEXT;
}

static void put_counter(const struct shown *s, struct weir_canvas c, int y, int which, uint64_t n,
			enum weir_ink when_any)
{
	char text[WEIR_FORMAT_BYTES];
	put_column(s, c, y, which, weir_format_count(n, text), weir_style(n ? when_any : WEIR_INK_FAINT));
}

static void put_delay(const struct shown *s, struct weir_canvas c, int y, int64_t delay_us)
{
	char text[WEIR_FORMAT_BYTES];

	if (delay_us != WEIR_TIME_NONE) /* clocks differ a little */
		put_column(s, c, y, DELAY, weir_format_span(delay_us > 0 ? delay_us : 0, text),
			   weir_style(WEIR_INK_TEXT));
}

static void put_ledger(const struct shown *s, const struct weir_picture *pic, struct weir_canvas c, int y,
		       const struct weir_ledger *l)
{
	char text[WEIR_FORMAT_BYTES];
	if (l->watermark_us != WEIR_TIME_NONE) {
		bool same_day = weir_same_day(l->watermark_us, weir_picture_day_us(pic));
		put_column(s, c, y, WATERMARK,
			   same_day ? weir_format_clock(l->watermark_us, 0, text)
				    : weir_format_day_of_year(l->watermark_us, text),
			   weir_style(WEIR_INK_TEXT));
	}
	put_counter(s, c, y, RECEIVED, l->received, WEIR_INK_TEXT);
	put_counter(s, c, y, MATCHED, l->matched, WEIR_INK_TEXT);
	put_counter(s, c, y, FILTERED, l->filtered, WEIR_INK_TEXT);
	put_counter(s, c, y, MALFORMED, l->malformed, WEIR_INK_WARN);
	put_counter(s, c, y, LATE, l->late, WEIR_INK_WARN);
	put_counter(s, c, y, SHED, l->shed, WEIR_INK_BAD);
	put_counter(s, c, y, LOST, l->lost, WEIR_INK_BAD);
	put_counter(s, c, y, DUPLICATE, l->duplicate, WEIR_INK_TEXT);
}

static void put_rate_and_lag(const struct shown *s, struct weir_canvas c, int y, double rate, int64_t lag,
			     enum weir_ink ink)
{
	char text[WEIR_FORMAT_BYTES];
	put_column(s, c, y, RATE, weir_format_fixed(rate, rate < 10 && rate > 0 ? 1 : 0, text), weir_style(ink));
	put_column(s, c, y, LAG, lag < 0 ? "-" : weir_format_count((uint64_t)lag, text), weir_style(ink));
}

static int draw_stream(const struct shown *shown, const struct weir_picture *pic, struct weir_canvas c, int y,
		       uint32_t i)
{
	const struct weir_stream_info *s = &pic->info->streams[i];
	const struct weir_result *r = pic->result;
	const struct weir_ledger *l = i < r->n_streams ? &r->streams[i] : NULL;
	put_column(shown, c, y, NAME, s->name, weir_style(WEIR_INK_BRIGHT));
	put_column(shown, c, y, STATE, state_text(s->state), weir_style(state_ink(s->state)));
	put_rate_and_lag(shown, c, y, s->records_per_s, s->lag, WEIR_INK_TEXT);
	if (l)
		put_ledger(shown, pic, c, y, l);
	if (l && has_delay(pic, i))
		put_delay(shown, c, y, l->arrival_delay_us);
	y++;
	weir_streams_put_remark(c, &y, "", s->detail, WEIR_INK_WARN);
	weir_streams_put_remark(c, &y, "read as", s->guess, WEIR_INK_TEXT);
	if (l)
		weir_streams_put_malformed(c, &y, l);
	weir_streams_put_remark(c, &y, "for example", s->malformed_last, WEIR_INK_WARN);
	weir_streams_put_warnings(pic, c, &y, s);
	for (uint32_t p = 0; p < s->n_partitions && s->n_partitions > 1; p++) {
		const struct weir_partition_info *part = &s->partitions[p];
		char name[96];
		snprintf(name, sizeof(name), "  %s", part->name);
		put_column(shown, c, y, NAME, name, weir_style(WEIR_INK_DIM));
		put_rate_and_lag(shown, c, y, part->records_per_s, part->lag, WEIR_INK_DIM);
		if (l && r->partitions && p < r->n_partitions[i])
			put_ledger(shown, pic, c, y, &r->partitions[i][p]);
		if (l && r->partitions && p < r->n_partitions[i] && has_delay(pic, i))
			put_delay(shown, c, y, r->partitions[i][p].arrival_delay_us);
		y++;
	}
	return y;
}

static int draw_streams(const struct shown *shown, const struct weir_picture *pic, struct weir_canvas c, int y)
{
	for (uint32_t i = 0; i < pic->info->n_streams; i++)
		y = draw_stream(shown, pic, c, y, i);
	weir_streams_put_fabric(pic, c, &y);
	for (uint32_t i = 0; i < pic->info->n_landings; i++)
		weir_streams_put_landing(c, &y, &pic->info->landings[i]);
	if (pic->info->capturing)
		weir_streams_put_capture(c, &y, &pic->info->capture);
	return y;
}

/* The lines that it would fill, without title and heads. */
static int rows(const struct weir_picture *pic)
{
	struct shown shown = {0};
	return draw_streams(&shown, pic, (struct weir_canvas){0}, 0);
}

/* ---- the cursor: on a stream, or on one of its partitions ---- */

struct item {
	uint32_t stream;
	int partition, y; /* y: its line, from the first one on */
};

static int n_listed(const struct weir_stream_info *s)
{
	return s->n_partitions > 1 ? (int)s->n_partitions : 0;
}

/* The item of that number; false: there are not so many, and `out` is the last. */
static bool find_item(const struct weir_picture *pic, int number, struct item *out)
{
	const struct shown nothing = {0};
	int y = 0;
	*out = (struct item){0, -1, 0};
	for (uint32_t i = 0; i < pic->info->n_streams; i++) {
		int listed = n_listed(&pic->info->streams[i]), from = y;
		y = draw_stream(&nothing, pic, (struct weir_canvas){0}, y, i);
		if (number <= listed) {
			*out =
			    number ? (struct item){i, number - 1, y - listed + number - 1} : (struct item){i, -1, from};
			return true;
		}
		*out = listed ? (struct item){i, listed - 1, y - 1} : (struct item){i, -1, from};
		number -= listed + 1;
	}
	return false;
}

static int number_of(const struct weir_picture *pic)
{
	const struct weir_streams_state *at = &pic->state->streams;
	int number = 0;
	for (uint32_t i = 0; i < at->stream && i < pic->info->n_streams; i++)
		number += 1 + n_listed(&pic->info->streams[i]);
	return number + at->partition;
}

static struct item current(const struct weir_picture *pic)
{
	struct item item;
	(void)find_item(pic, number_of(pic), &item);
	return item;
}

static int *scroll_of(const struct weir_picture *pic, struct weir_screen_state *state)
{
	int i = 0;
	while (pic->panels[i] && pic->panels[i] != &weir_panel_streams)
		i++;
	return &state->scroll[i];
}

/* The cursor goes on; at either end the lines do, so that all remarks can be read. */
static void select_item(const struct weir_picture *pic, struct weir_screen_state *state, int by)
{
	int number = number_of(pic), *scroll = scroll_of(pic, state);
	int body = weir_panel_body_rows(weir_picture_rect(pic, &weir_panel_streams).rows), end = rows(pic) - body;
	struct item item;
	int to = number + by < 0 ? 0 : number + by;
	if (!find_item(pic, to, &item) && by > 0 && item.y == current(pic).y)
		*scroll += by;
	else if (to == 0)
		*scroll = 0;
	else if (body > 0)
		*scroll = item.y < *scroll ? item.y : item.y >= *scroll + body ? item.y - body + 1 : *scroll;
	*scroll = *scroll > end ? end : *scroll;
	*scroll = *scroll < 0 ? 0 : *scroll;
	state->streams = (struct weir_streams_state){item.stream, item.partition + 1};
}

static void click(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect area,
		  struct weir_click *at)
{
	struct item item;
	int y = at->y - 2 + *scroll_of(pic, state);
	(void)area;
	if (at->kind != WEIR_CLICK_PRESS || at->y < 2)
		return;
	/* A remark belongs to the stream above it. */
	for (int i = 0; find_item(pic, i, &item) && item.y <= y; i++)
		state->streams = (struct weir_streams_state){item.stream, item.partition + 1};
}

static void draw(const struct weir_picture *pic, const struct weir_area *area)
{
	struct weir_canvas c = area->canvas;
	char remark[96], text[WEIR_FORMAT_BYTES];
	struct shown shown = fit(pic, c.columns);
	int lines = rows(pic), body = weir_panel_body_rows(c.rows), from = area->scroll;
	from = from > lines - body ? lines - body : from;
	from = from < 0 ? 0 : from;
	int n = snprintf(remark, sizeof(remark), "%u stream%s, %s read", pic->info->n_streams,
			 pic->info->n_streams == 1 ? "" : "s", weir_format_size(pic->result->ledger.bytes, text));
	if (from + body < lines)
		snprintf(remark + n, sizeof(remark) - (size_t)n, ", %s lines below", WEIR_COUNT(lines - from - body));
	weir_title_draw(c, WEIR_STR("streams"), weir_str_of(remark), area->focus);
	for (int i = 0; i < N_COLUMNS; i++)
		put_column(&shown, c, 1, i, columns[i].head, weir_style(WEIR_INK_DIM));
	/* The lines scroll under the heads: what lies above the canvas is clipped. */
	struct weir_canvas under = weir_canvas_cut(c, 0, 2, c.columns, c.rows - 2);
	draw_streams(&shown, pic, under, -from);
	if (area->focus && pic->info->n_streams)
		weir_cell_repaper(under, 0, current(pic).y - from, under.columns, WEIR_PAPER_SELECT, WEIR_INK_BRIGHT);
}

/* ---- what Enter, x and y do ---- */

static bool has_item(const struct weir_picture *pic)
{
	return pic->info->n_streams > 0;
}

static void add_equal(const char *column, const struct weir_value *v, bool exclude, struct weir_buf *out)
{
	weir_buf_add_c(out, !out->size ? "" : exclude ? " or " : " and ");
	weir_condition_text(weir_str_of(column), v, exclude, out);
}

/* The condition that its rows meet, or all others: the stream where there are several, the topic, the partition. */
static void add_condition(const struct weir_picture *pic, bool exclude, struct weir_buf *out)
{
	struct item item = current(pic);
	const struct weir_stream_info *s = &pic->info->streams[item.stream];
	const struct weir_partition *p =
	    item.partition >= 0 && s->all && (uint32_t)item.partition < weir_partitions_count(s->all)
		? weir_partitions_get(s->all, (uint32_t)item.partition)
		: NULL;
	if (!p || pic->info->n_streams > 1)
		add_equal("_stream", &(struct weir_value){.type = WEIR_STRING, .s = weir_str_of(s->name)}, exclude,
			  out);
	if (p && p->topic.size)
		add_equal("_topic", &(struct weir_value){.type = WEIR_STRING, .s = p->topic}, exclude, out);
	if (p)
		add_equal("_partition", &(struct weir_value){.type = WEIR_INT64, .i = p->number}, exclude, out);
}

static void keep(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)state;
	wish->kind = WEIR_WISH_FILTER;
	wish->what = "kept";
	add_condition(pic, false, &wish->text);
}

static void exclude(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)state;
	wish->kind = WEIR_WISH_FILTER;
	wish->what = "excluded";
	add_condition(pic, true, &wish->text);
}

/* The name, where it comes from or how far it is, and where its records went. */
static void copy(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	struct item item = current(pic);
	const struct weir_result *r = pic->result;
	const struct weir_stream_info *s = &pic->info->streams[item.stream];
	const struct weir_ledger *l = item.stream < r->n_streams ? &r->streams[item.stream] : NULL;
	struct weir_buf *out = &wish->text;
	(void)state;
	weir_copy_cell(weir_str_of(s->name), out);
	weir_buf_add_char(out, '\t');
	if (item.partition < 0) {
		weir_copy_cell(weir_str_of(s->address), out);
	} else {
		weir_copy_cell(weir_str_of(s->partitions[item.partition].name), out);
		bool known = l && r->partitions && (uint32_t)item.partition < r->n_partitions[item.stream];
		l = known ? &r->partitions[item.stream][item.partition] : NULL;
	}
	if (l)
		weir_buf_addf(out, "\treceived %llu\tmatched %llu\tfiltered %llu\tmalformed %llu\tlate %llu\tshed %llu",
			      (unsigned long long)l->received, (unsigned long long)l->matched,
			      (unsigned long long)l->filtered, (unsigned long long)l->malformed,
			      (unsigned long long)l->late, (unsigned long long)l->shed);
	weir_buf_add_char(out, '\n');
	wish->kind = WEIR_WISH_COPY;
	wish->what = item.partition < 0 ? "copied the stream" : "copied the partition";
}

static const struct weir_panel_act acts[] = {
    {WEIR_CMD_KEEP, "keep", "keep only the rows of the stream or partition at the cursor", has_item, keep},
    {WEIR_CMD_EXCLUDE, "exclude", "leave out the rows of the stream or partition at the cursor", has_item, exclude},
    {WEIR_CMD_COPY, "copy", "copy the line at the cursor with its counts", has_item, copy},
    {.help = NULL},
};

static int wish_rows(const struct weir_picture *pic)
{
	int n = 0;
	for (uint32_t i = 0; i < pic->info->n_streams; i++)
		n += 2 + (int)pic->info->streams[i].n_partitions;
	for (uint32_t i = 0; i < pic->info->n_landings; i++)
		n += 1 + (pic->info->landings[i].state != WEIR_LANDING_WORKING) + (pic->info->landings[i].refused > 0) +
		     (pic->info->landings[i].kept > 0) + (pic->info->landings[i].keep_trouble[0] != 0) +
		     (pic->info->landings[i].spill_trouble[0] != 0);
	return n + pic->info->capturing;
}

static const struct weir_help_line moves[] = {
    {"Up  Down", "go through the streams and their partitions"},
    {NULL, NULL},
};
static const struct weir_help_line mouse[] = {
    {"click a line", "go to it"},
    {NULL, NULL},
};
static const struct weir_help_line signs[] = {
    {"lag", "records that the source has and weir has not read yet; - where that is unknown"},
    {"delay", "how long after its own time the newest record arrived, of streams that do not end"},
    {"lost", "records that the server discarded before they were read"},
    {"watermark", "no earlier row is expected any more; those that come all the same are late"},
    {"received = \xe2\x80\xa6", "matched + filtered + malformed + duplicate + late + shed, for each stream"},
    {NULL, NULL},
};

const struct weir_panel weir_panel_streams = {
    .name = "streams",
    .help = "sources, partitions and where each record went",
    .acts = acts,
    .moves = moves,
    .mouse = mouse,
    .signs = signs,
    .place = WEIR_PLACE_SIDE,
    .weight = 55,
    .most_rows = 9,
    .from_columns = 160,
    .from_rows = 55,
    .wish_rows = wish_rows,
    .rows = rows,
    .select = select_item,
    .click = click,
    .draw = draw,
};
