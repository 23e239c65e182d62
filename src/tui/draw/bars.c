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

int weir_spark_values(const struct weir_spark *spark, const double *values, int columns, double *out)
{
	if (spark->n == 0 || columns <= 0)
		return 0;
	/* The newest group has one bucket at least, so that n buckets always fill n / per groups. */
	int64_t per = spark->n / ((uint32_t)columns + 1) + 1, groups = spark->n / per;
	int64_t last = spark->first_bucket + spark->n - 1;
	int64_t newest = last >= 0 ? last / per : -((-last + per - 1) / per);
	for (int64_t g = 0; g < groups; g++) {
		int64_t from = (newest - groups + 1 + g) * per - spark->first_bucket, to = from + per;
		double sum = 0;
		int in_sum = 0;
		for (int64_t i = from < spark->skip ? spark->skip : from; i < to && i < spark->n; i++)
			if (!isnan(values[spark->from + i])) {
				sum += values[spark->from + i];
				in_sum++;
			}
		out[g] = in_sum ? sum / in_sum : NAN;
	}
	return (int)groups;
}

/* What stands at the foot: zero when zero is near, else below the lowest value, for a small movement must be seen; but the
 * chance in a number that stays where it is must not look like one. Where the lowest passes half the highest, nothing jumps. */
static double foot_of(double low, double high)
{
	double twice_as_far = 2 * low - high, most = 0.75 * high;
	if (low < 0)
		return low - (high - low) / 7;
	return twice_as_far <= 0 ? 0 : twice_as_far < most ? twice_as_far : most;
}

void weir_spark_draw(struct weir_canvas c, int x, int y, int columns, const struct weir_spark *spark,
		     const double *values, struct weir_style style)
{
	double cells[512], low = INFINITY, high = -INFINITY;
	if (columns > (int)(sizeof(cells) / sizeof(cells[0])))
		columns = (int)(sizeof(cells) / sizeof(cells[0]));
	int filled = weir_spark_values(spark, values, columns, cells);
	for (int i = 0; i < filled; i++)
		if (!isnan(cells[i])) {
			low = cells[i] < low ? cells[i] : low;
			high = cells[i] > high ? cells[i] : high;
		}
	int wide = filled > 0 && filled < columns ? columns / filled : 1; /* few values fill the width all the same */
	double foot = foot_of(low, high), range = high - foot;
	for (int i = 0; i < filled; i++) {
		if (isnan(cells[i]))
			continue;
		int level = (int)lround((range > 0 ? (cells[i] - foot) / range : 0.5) * 7);
		for (int k = 0; k < wide; k++)
			weir_cell_put_glyph(c, x + i * wide + k, y, level < 1 ? 0x2581 : 0x2580 + (uint32_t)level,
					    style);
	}
}
