/* The figures on top: each measure over all matching rows, its change since the compared period, and its course; and in the space
 * they leave, the groups that changed most. */
#include "tui/panels/compared.h"
#include "tui/picture/picture.h"

#include <math.h>
#include <stdio.h>

enum {
	MAX_FIGURES = 8,
	FIGURE_COLUMNS = 24, /* at least; */
	FIGURE_MOST = 32,
	MOVER_COLUMNS = 26,        /* of one that stands alone */
	MOVERS_FROM_COLUMNS = 100, /* of the screen: then figures leave room for them */
	MOVER_LEAST = 16,          /* on one line with the figures */
};

struct figure {
	struct weir_str name;
	char head[WEIR_HEAD_BYTES]; /* in place of a name that there is no room for */
	struct weir_value value;
	struct weir_change change;
	const double *spark;
	enum weir_spot_kind click; /* with the measure, or the key */
	const char *key;           /* NULL with KEY: it does nothing */
};

#define NO_CHANGE ((struct weir_change){.known_from_us = WEIR_TIME_NONE})

static int collect(const struct weir_picture *pic, struct figure *out)
{
	const struct weir_result *r = pic->result;
	int n = 0;
	for (uint32_t m = 0; m < r->n_measures && n < MAX_FIGURES - 2 && r->total.measures; m++) {
		struct figure *g = &out[n++];
		*g = (struct figure){.name = r->measures[m].name,
				     .value = r->total.measures[m],
				     .change = weir_change_of(r, &r->total, m),
				     .spark = r->total_spark ? r->total_spark[m] : NULL,
				     .click = WEIR_SPOT_MEASURE};
		if (weir_text_columns(g->name) > FIGURE_COLUMNS - 4) {
			weir_measure_head(r, m, g->head);
			g->name = weir_str_of(g->head);
		}
	}
	if (r->n_groups)
		out[n++] = (struct figure){.name = WEIR_STR("groups"),
					   .value = {.type = WEIR_INT64, .i = (int64_t)(r->n_rows_total - r->n_gone)},
					   .change = NO_CHANGE,
					   .click = WEIR_SPOT_KEY,
					   .key = "g"};
	/* All figures wait for the same moment, so only the first shows it. */
	if (r->n_measures && r->compared_us == 0 && r->comparable_at_us != WEIR_TIME_NONE)
		out[0].change.known_from_us = r->comparable_at_us;
	if (!r->n_measures || !r->measures[0].is_rows)
		out[n++] = (struct figure){.name = WEIR_STR("rows"),
					   .value = {.type = WEIR_INT64, .i = (int64_t)r->total.rows},
					   .change = NO_CHANGE,
					   .click = WEIR_SPOT_KEY};
	return n;
}

/* The measures come first, so that a figure's place is its measure's number. */
static void put_spot(const struct figure *g, struct weir_canvas c, int x, int y, int columns, int which)
{
	if (g->click == WEIR_SPOT_MEASURE || g->key)
		weir_spot_put(c, x, y, columns, (int)g->click, which, g->key);
}

static void figure_text(const struct figure *g, struct weir_buf *out)
{
	double v = weir_number_of(&g->value);
	if (g->value.type == WEIR_NULL)
		weir_buf_add_c(out, "-");
	else
		weir_format_value(&g->value, isnan(v) ? 0 : weir_format_decimals(v), out);
}

/* The change, or when it will be available, as far as there is room. */
static void change_text(const struct weir_picture *pic, int room, struct weir_change change, char *out, size_t bytes)
{
	char percent[WEIR_FORMAT_BYTES], moment[WEIR_FORMAT_BYTES];
	*out = '\0';
	if (change.known) {
		snprintf(out, bytes, "%s", change.word ? change.word : weir_format_percent(change.fraction, percent));
		return;
	}
	if (change.known_from_us == WEIR_TIME_NONE)
		return;
	weir_format_moment(change.known_from_us, weir_picture_day_us(pic), 0, moment);
	snprintf(out, bytes, "change n/a until %s", moment);
	if ((int)strlen(out) > room)
		snprintf(out, bytes, "n/a until %s", moment);
	if ((int)strlen(out) > room)
		*out = '\0';
}

static int change_columns(const struct weir_picture *pic, int room, struct weir_change change)
{
	char text[2 * WEIR_FORMAT_BYTES];
	change_text(pic, room, change, text, sizeof(text));
	return (int)strlen(text) + (change.known ? 2 : 0);
}

static void draw_change(const struct weir_picture *pic, struct weir_canvas c, int x, int y, int room,
			struct weir_change change)
{
	char text[2 * WEIR_FORMAT_BYTES];
	change_text(pic, room, change, text, sizeof(text));
	if (change.known)
		weir_change_draw(c, x, y, 0, change, weir_style(change.ink));
	else
		weir_cell_put(c, x, y, text, weir_style(WEIR_INK_DIM));
}

/* ---- what moved most ---- */

static int mover_columns(const struct weir_result *r, const struct weir_mover *m)
{
	char percent[WEIR_FORMAT_BYTES];
	struct weir_change change = weir_mover_change(r, m);
	struct weir_buf name = {0};
	weir_mover_name(r, m, &name);
	int columns = 2 + weir_text_columns(weir_buf_str(&name)) + 1 +
		      (int)strlen(change.word ? change.word : weir_format_percent(change.fraction, percent));
	weir_buf_release(&name);
	return columns;
}

/* "▲ payments p95 141 %", the name cut where it must be. */
static void draw_mover(const struct weir_picture *pic, const struct weir_mover *m, struct weir_canvas c,
		       struct weir_rect at)
{
	const struct weir_result *r = pic->result;
	char percent[WEIR_FORMAT_BYTES];
	struct weir_change change = weir_mover_change(r, m);
	struct weir_str amount = weir_str_of(change.word ? change.word : weir_format_percent(change.fraction, percent));
	struct weir_buf name = {0};
	weir_mover_name(r, m, &name);
	weir_cell_put_glyph(c, at.x, at.y, change.direction > 0 ? 0x25b2 : 0x25bc, weir_style(change.ink));
	int used = weir_cell_put_text(c, at.x + 2, at.y, at.columns - 3 - (int)amount.size, weir_buf_str(&name),
				      weir_style(WEIR_INK_TEXT), WEIR_LEFT);
	weir_cell_put_text(c, at.x + 3 + used, at.y, (int)amount.size, amount, weir_style(change.ink), WEIR_LEFT);
	weir_buf_release(&name);
}

/* Where they stand, from x on; returns how many have room. Those on one line take what they need. */
static int place_movers(const struct weir_picture *pic, int columns, int rows, int x,
			struct weir_rect out[WEIR_MOST_MOVERS])
{
	const struct weir_movers *movers = weir_movers_of(pic);
	int n = 0, room = columns - 1 - x, across = rows < 3 ? 0 : room / MOVER_COLUMNS;
	for (uint32_t i = 0; rows < 3 && i < movers->n; i++) {
		int one = mover_columns(pic->result, &movers->items[i]);
		one = one > MOVER_COLUMNS ? MOVER_COLUMNS : one;
		if (x + one > columns - 1)
			break;
		out[n++] = (struct weir_rect){x, 0, one, 1};
		x += one + 2;
	}
	across = rows >= 3 && !across && room >= MOVER_LEAST ? 1 : across;
	for (uint32_t i = 0; rows >= 3 && across && i < movers->n && n < 2 * across; i++, n++)
		out[n] = (struct weir_rect){x + n / 2 * (room / across), 1 + n % 2, room / across - 2, 1};
	return n;
}

static void draw_movers(const struct weir_picture *pic, struct weir_canvas c, int x)
{
	const struct weir_movers *movers = weir_movers_of(pic);
	struct weir_rect places[WEIR_MOST_MOVERS];
	int n = place_movers(pic, c.columns, c.rows, x, places);
	bool headed = c.rows >= 3 && pic->result->n_groups && pic->result->compared_us;
	if (headed && c.columns - 1 - x >= MOVER_LEAST)
		weir_cell_put(c, x, 0, "moved most", weir_style(WEIR_INK_DIM));
	if (headed && !movers->n && c.columns - 1 - x >= MOVER_LEAST)
		weir_cell_put_text(c, x, 1, c.columns - 1 - x, WEIR_STR("none beyond chance"), weir_style(WEIR_INK_DIM),
				   WEIR_LEFT);
	for (int i = 0; i < n; i++) {
		draw_mover(pic, &movers->items[i], c, places[i]);
		weir_spot_put(c, places[i].x, places[i].y, places[i].columns, WEIR_SPOT_MOVER, i, NULL);
	}
}

/* ---- the figures ---- */

/* One line: name, value, change, side by side. Returns where they end. */
static int put_line(const struct weir_picture *pic, struct weir_canvas c, const struct figure *figures, int n)
{
	int x = 1;
	for (int i = 0; i < n; i++) {
		struct weir_buf text = {0};
		figure_text(&figures[i], &text);
		int name = weir_text_columns(figures[i].name), value = weir_text_columns(weir_buf_str(&text));
		int change = figures[i].change.known ? 10 : 0, after = x + name + 1 + value + 1;
		bool fits = after - 1 + change <= c.columns - 1;
		if (fits) {
			weir_cell_put_text(c, x, 0, name, figures[i].name, weir_style(WEIR_INK_DIM), WEIR_LEFT);
			weir_cell_put_text(c, x + name + 1, 0, value, weir_buf_str(&text),
					   weir_style_bold(WEIR_INK_BRIGHT), WEIR_LEFT);
			draw_change(pic, c, after, 0, c.columns - after, figures[i].change);
			put_spot(&figures[i], c, x, 0, after - 1 + change - x, i);
		}
		weir_buf_release(&text);
		if (!fits)
			break;
		x = after + change_columns(pic, c.columns - after, figures[i].change) + 2;
	}
	return x;
}

/* How many figures stand side by side on three lines, and how wide each is. The space for movers does not come and go with them. */
static int fit_figures(const struct weir_picture *pic, int columns, int n, int *step)
{
	const struct weir_result *r = pic->result;
	bool movers = r->n_groups && r->compare.kind != WEIR_COMPARISON_NONE && columns >= MOVERS_FROM_COLUMNS;
	int room = columns - 1 - (movers ? MOVER_COLUMNS : 0), fit = room / FIGURE_COLUMNS;
	n = n > fit ? fit : n;
	*step = n ? room / n : 0;
	*step = *step > FIGURE_MOST ? FIGURE_MOST : *step;
	return n;
}

static void draw_figures(const struct weir_picture *pic, struct weir_canvas c, const struct figure *figures, int n,
			 int step)
{
	const struct weir_result *r = pic->result;
	struct weir_times t = weir_times_of(r, pic->state->data_from_us);
	struct weir_spark drawn = weir_times_spark(pic, &t);
	for (int i = 0; i < n; i++) {
		int x = 1 + i * step, room = step - 4;
		struct weir_buf text = {0};
		figure_text(&figures[i], &text);
		weir_cell_put_text(c, x, 0, room, figures[i].name, weir_style(WEIR_INK_DIM), WEIR_LEFT);
		int used =
		    weir_cell_put_text(c, x, 1, room, weir_buf_str(&text), weir_style_bold(WEIR_INK_BRIGHT), WEIR_LEFT);
		if (used + 11 <= room + 2)
			draw_change(pic, c, x + used + 1, 1, figures[i].change.known ? room + 2 - used : room - used,
				    figures[i].change);
		if (figures[i].spark && r->n_buckets > 1 && weir_picture_has_time(pic))
			weir_spark_draw(c, x, 2, room > 24 ? 24 : room, &drawn, figures[i].spark,
					weir_style(WEIR_INK_SOFT));
		for (int y = 0; y < 3; y++)
			put_spot(&figures[i], c, x, y, room, i);
		weir_buf_release(&text);
	}
}

void weir_kpi_draw(const struct weir_picture *pic, struct weir_canvas c)
{
	struct figure figures[MAX_FIGURES];
	int n = collect(pic, figures), step;
	if (c.rows < 3) {
		draw_movers(pic, c, put_line(pic, c, figures, n));
		return;
	}
	n = fit_figures(pic, c.columns, n, &step);
	draw_figures(pic, c, figures, n, step);
	draw_movers(pic, c, 1 + n * step);
}
