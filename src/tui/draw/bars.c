/* Bars, columns and sparklines, in eighths of a cell. */
#include "tui/draw/draw.h"

#include <math.h>

void weir_bar_draw(struct weir_canvas c, int x, int y, int columns, double fraction, struct weir_style style)
{
	if (!(fraction > 0) || columns <= 0)
		return;
	if (fraction > 1)
		fraction = 1;
	/* Heavy lines, not blocks: bars of neighbouring rows stay apart. The half sign ends the bar at half a column.
	 */
	int halves = (int)lround(fraction * columns * 2);
	for (int i = 0; i < halves / 2; i++)
		weir_cell_put_glyph(c, x + i, y, 0x2501, style);
	if (halves % 2 || halves == 0)
		weir_cell_put_glyph(c, x + halves / 2, y, 0x2578, style);
}

void weir_column_draw(struct weir_canvas c, int x, int bottom, int rows, double fraction, int cap,
		      struct weir_style style)
{
	if (!(fraction > 0))
		return;
	if (fraction > 1)
		fraction = 1;
	int eighths = (int)lround(fraction * (rows * 8 - cap));
	if (eighths < 1)
		eighths = 1; /* a small value must differ from none */
	for (int y = bottom; eighths > 0; y--, eighths -= 8)
		weir_cell_put_glyph(c, x, y, eighths >= 8 ? 0x2588 : 0x2580 + (uint32_t)eighths, style);
}

int weir_spark_values(const double *values, uint32_t n, int64_t first_bucket, int columns, double *out)
{
	if (n == 0 || columns <= 0)
		return 0;
	/* Both ends may be cut by a group's border: n buckets lie in at most n / per + 2 groups, rounded. */
	int64_t per = n <= (uint32_t)columns ? 1 : (n + (uint32_t)columns - 2) / ((uint32_t)columns - (columns > 1));
	int64_t groups = per == 1 ? n : (n + per - 1) / per + 1;
	if (groups > columns)
		groups = columns;
	/* The newest group may be short; the oldest that are left over are not shown, so that the width never changes.
	 */
	int64_t last = first_bucket + n - 1;
	int64_t newest = last >= 0 ? last / per : -((-last + per - 1) / per);
	for (int64_t g = 0; g < groups; g++) {
		int64_t from = (newest - groups + 1 + g) * per - first_bucket, to = from + per;
		double sum = 0;
		int in_sum = 0;
		for (int64_t i = from < 0 ? 0 : from; i < to && i < n; i++)
			if (!isnan(values[i])) {
				sum += values[i];
				in_sum++;
			}
		out[g] = in_sum ? sum / in_sum : NAN;
	}
	return (int)groups;
}

void weir_spark_draw(struct weir_canvas c, int x, int y, int columns, const double *values, uint32_t n,
		     int64_t first_bucket, struct weir_style style)
{
	double cells[512], low = INFINITY, high = -INFINITY;
	if (columns > (int)(sizeof(cells) / sizeof(cells[0])))
		columns = (int)(sizeof(cells) / sizeof(cells[0]));
	int filled = weir_spark_values(values, n, first_bucket, columns, cells);
	for (int i = 0; i < filled; i++)
		if (!isnan(cells[i])) {
			low = cells[i] < low ? cells[i] : low;
			high = cells[i] > high ? cells[i] : high;
		}
	/* From zero when zero is near, else from below the lowest value: a small movement must be seen. */
	int wide = filled > 0 && filled < columns ? columns / filled : 1; /* few values fill the width all the same */
	double floor_value = low < 0 || low > 0.5 * high ? low - (high - low) / 7 : 0;
	for (int i = 0; i < filled; i++) {
		if (isnan(cells[i]))
			continue;
		double range = high - floor_value;
		double fraction = range > 0 ? (cells[i] - floor_value) / range : 0.5;
		int level = (int)lround(fraction * 7);
		for (int k = 0; k < wide; k++)
			weir_cell_put_glyph(c, x + i * wide + k, y, level < 1 ? 0x2581 : 0x2580 + (uint32_t)level,
					    style);
	}
}
