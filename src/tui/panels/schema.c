/* The columns as a list: type, NULLs, distinct values, the range and what is frequent, since when there is one. */
#include "tui/panels/panels.h"

#include "tui/prompt/columns.h"

#include <stdio.h>

extern const struct weir_panel weir_panel_schema;

enum { TYPE, NULLS, MISSING, DISTINCT, FIRST, STREAMS };

static bool is_shown(const struct weir_picture *pic)
{
	const struct weir_panel *const *panels = pic->panels;
	return panels[pic->state->focus] == &weir_panel_schema || panels[pic->state->lower] == &weir_panel_schema;
}

static struct weir_str share(struct weir_menu *l, uint64_t n, uint64_t all)
{
	char text[WEIR_FORMAT_BYTES];
	if (!all)
		return (struct weir_str){0};
	return n ? weir_offer_text(l, "%s", weir_format_percent((double)n / (double)all, text)) : WEIR_STR("0 %");
}

/* The streams that have a column which not all of them have. */
static struct weir_str streams_of(struct weir_menu *l, const struct weir_session_info *info, uint64_t streams)
{
	struct weir_buf text = {0};
	uint32_t n = 0;
	for (uint32_t i = 0; i < info->n_streams && i < 64; i++)
		if (streams >> i & 1) {
			weir_buf_addf(&text, "%s%s", n ? " " : "", info->streams[i].name);
			n++;
		}
	struct weir_str copy = n == info->n_streams ? WEIR_STR("all") : weir_arena_str(&l->memory, weir_buf_str(&text));
	weir_buf_release(&text);
	return copy;
}

static bool is_grouped_by(const struct weir_picture *pic, struct weir_str name)
{
	for (uint32_t g = 0; g < pic->result->n_groups; g++)
		if (weir_str_equal(weir_bare_name(pic->result->groups[g].name), weir_bare_name(name)))
			return true;
	return false;
}

static void fill(const struct weir_picture *pic, struct weir_menu *l)
{
	uint32_t n;
	const struct weir_offered_column *c = weir_offered_columns(l, pic->result, pic->profile, &n);
	bool several = pic->info->n_streams > 1;
	l->heads = (struct weir_menu_heads){
	    .text = {"column", WEIR_LEFT, 0},
	    .cells = {[TYPE] = {"type", WEIR_LEFT, 2},
		      [NULLS] = {"null", WEIR_RIGHT, 4},
		      [MISSING] = {"missing", WEIR_RIGHT, 5},
		      [DISTINCT] = {"distinct", WEIR_RIGHT, 1},
		      [FIRST] = {"first seen", WEIR_LEFT, 6},
		      [STREAMS] = {several ? "streams" : NULL, WEIR_LEFT, 3}},
	    .rest = {"range, frequent values", WEIR_LEFT, 0},
	};
	for (uint32_t i = 0; i < n; i++) {
		char moment[WEIR_FORMAT_BYTES];
		struct weir_menu_item *item = weir_offer_column(l, &c[i]);
		if (!item)
			return;
		uint64_t all = c[i].n + c[i].n_null + c[i].n_missing;
		item->cells[NULLS] = share(l, c[i].n_null + c[i].n_missing, all);
		item->cells[MISSING] = share(l, c[i].n_missing, all);
		item->cells[DISTINCT] = (struct weir_str){0};
		if (c[i].n_distinct)
			item->cells[DISTINCT] =
			    weir_offer_text(l, "%s%s", c[i].profile && c[i].profile->estimated ? "~" : "",
					    weir_format_count(c[i].n_distinct, moment));
		if (c[i].first_us != WEIR_TIME_NONE)
			item->cells[FIRST] = weir_offer_text(
			    l, "%s", weir_format_moment(c[i].first_us, weir_picture_day_us(pic), 0, moment));
		item->cells[STREAMS] = several ? streams_of(l, pic->info, c[i].streams) : (struct weir_str){0};
		item->marked = is_grouped_by(pic, c[i].bare);
	}
}

/* The list is made anew where a result or a profile says something else, but not for each of thousands of columns thirty
 * times a second. */
static void see(const struct weir_picture *pic, struct weir_screen_state *state)
{
	enum { MANY_COLUMNS = 200 };
	struct weir_schema_state *s = &state->schema;
	const struct weir_result *r = pic->result;
	if (!is_shown(pic))
		return;
	uint64_t profile = pic->profile ? pic->profile->answer.number : 0;
	bool same = s->n_fields == r->n_fields && s->profile == profile && s->generation == r->view_generation;
	if (!same || (r->n_fields < MANY_COLUMNS && s->received != r->ledger.received)) {
		struct weir_buf at = {0};
		const struct weir_menu_item *item = weir_menu_current(&s->menu);
		int first = s->menu.first;
		weir_buf_add_str(&at, item ? item->text : (struct weir_str){0});
		weir_menu_clear(&s->menu);
		fill(pic, &s->menu);
		weir_menu_filter(&s->menu, (struct weir_str){0}, weir_buf_str(&at));
		s->menu.first = first;
		weir_buf_release(&at);
		s->n_fields = r->n_fields;
		s->profile = profile;
		s->generation = r->view_generation;
		s->received = r->ledger.received;
	}
}

static void select_column(const struct weir_picture *pic, struct weir_screen_state *state, int by)
{
	weir_menu_see(&state->schema.menu, weir_panel_body_rows(weir_picture_rect(pic, &weir_panel_schema).rows));
	weir_menu_move(&state->schema.menu, by);
}

static void click(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect area,
		  struct weir_click *at)
{
	struct weir_menu *l = &state->schema.menu;
	(void)pic;
	weir_menu_see(l, weir_panel_body_rows(area.rows));
	int row = weir_menu_at(l, at->y - 1);
	if (at->kind == WEIR_CLICK_PRESS && row >= 0)
		weir_menu_move(l, row - l->cursor);
}

static const struct weir_menu_item *current(const struct weir_picture *pic)
{
	return weir_menu_current(&pic->state->schema.menu);
}

static bool has_column(const struct weir_picture *pic)
{
	return current(pic) != NULL;
}

static void group(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)state;
	wish->kind = WEIR_WISH_GROUP;
	weir_buf_add_str(&wish->text, current(pic)->text);
}

static void keep_values(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)state;
	wish->kind = WEIR_WISH_FILTER;
	wish->what = "left out rows without a value";
	weir_buf_add_str(&wish->text, current(pic)->text);
	weir_buf_add_c(&wish->text, " is not null");
}

static void copy_name(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)state;
	wish->kind = WEIR_WISH_COPY;
	wish->what = "copied the name of the column";
	weir_buf_add_str(&wish->text, current(pic)->text);
}

static void measure(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	struct weir_menu scratch = {.cursor = -1};
	uint32_t n;
	const struct weir_offered_column *c = weir_offered_columns(&scratch, pic->result, pic->profile, &n);
	(void)state;
	wish->kind = WEIR_WISH_MEASURE;
	weir_buf_add_c(&wish->text, "count, ");
	for (uint32_t i = 0; i < n; i++)
		if (weir_str_equal(c[i].name, current(pic)->text))
			weir_buf_add_str(&wish->text, weir_offered_measure(&scratch, &c[i]));
	wish->text.failed = wish->text.failed || !c;
	weir_menu_release(&scratch);
}

/* Of what the values are. */
static void draw_title(const struct weir_picture *pic, const struct weir_area *area)
{
	const struct weir_profile *p = pic->profile;
	char remark[160], columns[WEIR_FORMAT_BYTES], rows[WEIR_FORMAT_BYTES];
	uint32_t n = pic->state->schema.menu.n;
	int used = snprintf(remark, sizeof(remark), "%s column%s", weir_format_count(n, columns), n == 1 ? "" : "s");
	if (p && used > 0)
		snprintf(remark + used, sizeof(remark) - (size_t)used, ", values of %s%s row%s%s",
			 p->answer.whole ? "" : "the newest ", weir_format_count(p->n_rows, rows),
			 p->n_rows == 1 ? "" : "s", pic->info->view.text[WEIR_VIEW_WHERE] ? " that pass" : "");
	weir_title_draw(area->canvas, WEIR_STR("schema"), weir_str_of(remark), area->focus);
}

static void draw(const struct weir_picture *pic, const struct weir_area *area)
{
	struct weir_canvas c = area->canvas;
	struct weir_menu seen = pic->state->schema.menu; /* scrolled for the rows that there are now */
	weir_menu_see(&seen, weir_panel_body_rows(c.rows));
	draw_title(pic, area);
	weir_menu_draw(&seen, (struct weir_str){0}, area->focus, WEIR_PAPER_BASE,
		       weir_canvas_cut(c, 0, 1, c.columns, c.rows - 1));
}

static const struct weir_panel_act acts[] = {
    {WEIR_CMD_KEEP, "group by it", "group by the column at the cursor", has_column, group},
    {WEIR_CMD_EXCLUDE, "drop NULLs", "leave out the rows that have no value in the column", has_column, keep_values},
    {WEIR_CMD_PROMPT_MEASURE, "measure it", "measure the column at the cursor", has_column, measure},
    {WEIR_CMD_COPY, "copy", "copy the name of the column", has_column, copy_name},
    {0},
};
static const struct weir_help_line moves[] = {
    {"Up  Down", "go through the columns"},
    {NULL, NULL},
};
static const struct weir_help_line mouse[] = {
    {"click a column", "go to it"},
    {NULL, NULL},
};
static const struct weir_help_line signs[] = {
    {"\xe2\x97\x8f", "the rows are grouped by this column"},
    {"null", "the part of the rows that have no value in the column"},
    {"missing", "the part of the rows that do not even have the key"},
    {"distinct  ~", "how many different values there are; with ~ it is estimated, within about 2 %"},
    {"range", "the smallest and the largest number or time"},
    {"gateway \xe2\x94\x81\xe2\x94\x81 39 %", "a frequent value, and the part of the values that it is"},
    {"int64 93.0 %, \xe2\x80\xa6", "the column met values of several types; this is how many there were of each"},
    {NULL, NULL},
};

const struct weir_panel weir_panel_schema = {
    .name = "schema",
    .help = "columns, their types and values",
    .acts = acts,
    .moves = moves,
    .mouse = mouse,
    .signs = signs,
    .extras = "fields",
    .place = WEIR_PLACE_SIDE,
    .weight = 50,
    .most_rows = 9,
    .profile = true,
    .select = select_column,
    .click = click,
    .see = see,
    .draw = draw,
};
