/* The figures on top: each measure over all that matches, with its change against the window before and its course. */
#include "tui/times.h"

#include "tui/format.h"
#include "tui/widget.h"

#include <math.h>

enum { MAX_FIGURES = 8, FIGURE_COLUMNS = 24 };

struct figure {
	struct weir_str name;
	struct weir_value value;
	struct weir_change change;
	const double *spark;
};

static int collect(const struct weir_frame *f, struct figure *out)
{
	const struct weir_result *r = f->result;
	int n = 0;
	for (uint32_t m = 0; m < r->n_measures && n < MAX_FIGURES - 2 && r->total.measures; m++)
		out[n++] = (struct figure){r->measures[m].name, r->total.measures[m],
					   weir_change_of(r->measures[m].name, &r->total.measures[m],
							  r->total.previous ? &r->total.previous[m] : NULL),
					   r->total_spark ? r->total_spark[m] : NULL};
	if (r->n_groups)
		out[n++] =
		    (struct figure){WEIR_STR("groups"), {.type = WEIR_INT64, .i = (int64_t)r->n_rows_total}, {0}, NULL};
	bool counts = r->n_measures && weir_str_equal(r->measures[0].name, WEIR_STR("count"));
	if (!counts)
		out[n++] =
		    (struct figure){WEIR_STR("rows"), {.type = WEIR_INT64, .i = (int64_t)r->total.rows}, {0}, NULL};
	return n;
}

static void figure_text(const struct figure *g, struct weir_buf *out)
{
	double v = weir_number_of(&g->value);
	if (g->value.type == WEIR_NULL)
		weir_buf_add_c(out, "-");
	else
		weir_format_value(&g->value, isnan(v) ? 0 : weir_format_decimals(v), out);
}

/* One line: name, value, change, side by side. */
static void draw_line(const struct weir_frame *f, struct weir_canvas c, const struct figure *figures, int n)
{
	int x = 1;
	for (int i = 0; i < n; i++) {
		struct weir_buf text = {0};
		figure_text(&figures[i], &text);
		int name = weir_text_columns(figures[i].name), value = weir_text_columns(weir_buf_str(&text));
		int change = figures[i].change.known ? 10 : 0;
		bool fits = x + name + 1 + value + change <= c.columns - 1;
		if (fits) {
			x +=
			    weir_cell_put_text(c, x, 0, name, figures[i].name, weir_style(WEIR_INK_DIM), WEIR_LEFT) + 1;
			x += weir_cell_put_text(c, x, 0, value, weir_buf_str(&text), weir_style_bold(WEIR_INK_BRIGHT),
						WEIR_LEFT) +
			     1;
			x += weir_change_draw(c, x, 0, 0, figures[i].change, weir_style(figures[i].change.ink)) + 2;
		}
		weir_buf_release(&text);
		if (!fits)
			break;
	}
	(void)f;
}

void weir_kpi_draw(const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_result *r = f->result;
	struct figure figures[MAX_FIGURES];
	struct weir_times t = weir_times_of(r, f->ui->data_from_us);
	int n = collect(f, figures);
	if (c.rows < 3) {
		draw_line(f, c, figures, n);
		return;
	}
	int fit = (c.columns - 1) / FIGURE_COLUMNS;
	n = n > fit ? fit : n;
	int step = n ? (c.columns - 1) / n : 0;
	step = step > 32 ? 32 : step;
	for (int i = 0; i < n; i++) {
		int x = 1 + i * step, room = step - 4;
		struct weir_buf text = {0};
		figure_text(&figures[i], &text);
		weir_cell_put_text(c, x, 0, room, figures[i].name, weir_style(WEIR_INK_DIM), WEIR_LEFT);
		int used =
		    weir_cell_put_text(c, x, 1, room, weir_buf_str(&text), weir_style_bold(WEIR_INK_BRIGHT), WEIR_LEFT);
		if (used + 11 <= room + 2)
			weir_change_draw(c, x + used + 1, 1, 0, figures[i].change, weir_style(figures[i].change.ink));
		if (figures[i].spark && r->n_buckets > 1)
			weir_spark_draw(c, x, 2, room > 24 ? 24 : room, figures[i].spark + t.from, t.n,
					t.bucket_us ? t.start_us / t.bucket_us : 0, weir_style(WEIR_INK_SOFT));
		weir_buf_release(&text);
	}
}
