/* Numbers are compared by ranges: a few that hold as much of both sides each; and the stretch of them that stands out becomes one
 * range whose bounds can be read. */
#include "query/why/why.h"

#include "weir/base/time.h"

#include <math.h>
#include <stdlib.h>

enum { LOOSE = 4 }; /* a bound may move by this part of a range to where it reads better */

struct weigher {
	const uint32_t *bins;
	double rows[WEIR_WHY_SIDES];
};

static struct weigher weigher_of(const struct weir_why_scale *s, const uint32_t *bins)
{
	struct weigher w = {.bins = bins};
	for (uint32_t i = 0; i < s->n_bins * WEIR_WHY_SIDES; i++)
		w.rows[i % WEIR_WHY_SIDES] += bins[i];
	return w;
}

/* What a bin has of both sides, each of which weighs one half. */
static double weight(const struct weigher *w, uint32_t bin)
{
	double sum = 0;
	for (uint32_t side = 0; side < WEIR_WHY_SIDES; side++)
		sum += w->rows[side] > 0 ? w->bins[bin * WEIR_WHY_SIDES + side] / w->rows[side] / WEIR_WHY_SIDES : 0;
	return sum;
}

static bool close_range(const uint32_t *bins, uint32_t from, uint32_t to, struct weir_why_items *out)
{
	struct weir_why_item item = {.kind = WEIR_WHY_RANGE, .bins = {from, to}};
	for (uint32_t i = from * WEIR_WHY_SIDES; i < to * WEIR_WHY_SIDES; i++)
		item.n[i % WEIR_WHY_SIDES] += bins[i];
	return weir_why_add_item(out, item);
}

/* A bin that is as heavy as a range is one of its own. */
bool weir_why_make_ranges(const struct weir_why_input *in, const uint32_t *bins, struct weir_why_items *out)
{
	const struct weir_why_scale *s = &in->scale;
	const double full = 1.0 / WEIR_WHY_RANGES;
	struct weigher w = weigher_of(s, bins);
	uint32_t from = 0;
	double held = 0;
	for (uint32_t i = 0; i < s->n_bins; i++) {
		double more = weight(&w, i);
		if (more >= full && held > 0) {
			if (!close_range(bins, from, i, out))
				return false;
			from = i;
			held = 0;
		}
		held += more;
		if (held < full - 1e-9)
			continue;
		if (!close_range(bins, from, i + 1, out))
			return false;
		from = i + 1;
		held = 0;
	}
	return held <= 0 || close_range(bins, from, s->n_bins, out);
}

/* ---- bounds ---- */

static double nearest_multiple(double low, double high, double at, double step)
{
	double first = ceil(low / step), last = floor(high / step), k = round(at / step);
	return first > last ? NAN : k < first ? first : k > last ? last : k;
}

static double round_time(double low, double high, double at)
{
	static const double steps_us[] = {86400e6, 21600e6, 3600e6, 600e6, 300e6, 60e6, 30e6, 10e6,
					  5e6,     1e6,     100e3,  10e3,  1e3,   100,  10,   1};
	for (size_t i = 0; i < sizeof steps_us / sizeof *steps_us; i++) {
		double k = nearest_multiple(low, high, at, steps_us[i]);
		if (k == k)
			return k * steps_us[i];
	}
	return at;
}

double weir_why_round(double low, double high, double at, bool time)
{
	enum { DIGITS = 15 };
	if (low <= 0 && high >= 0)
		return 0;
	if (!isfinite(low) || !isfinite(high))
		return at;
	if (time)
		return round_time(low, high, at);
	int e = (int)floor(log10(fmax(fabs(low), fabs(high))));
	for (int digits = 0; digits <= DIGITS; digits++, e--) {
		double step = pow(10, abs(e));
		double k = e >= 0 ? nearest_multiple(low, high, at, step)
				  : nearest_multiple(low * step, high * step, at * step, 1);
		if (k == k)
			return e >= 0 ? k * step : k / step;
	}
	return at;
}

/* The cut before a bin, where it reads best among the places that move little of both sides. */
static double readable_cut(const struct weir_why_input *in, const uint32_t *bins, uint32_t bin)
{
	const struct weir_why_scale *s = &in->scale;
	const double loose = 1.0 / WEIR_WHY_RANGES / LOOSE;
	struct weigher w = weigher_of(s, bins);
	uint32_t low = bin, high = bin;
	for (double moved = 0; low > 1 && (moved += weight(&w, low - 1)) <= loose;)
		low--;
	for (double moved = 0; high + 1 < s->n_bins && (moved += weight(&w, high)) <= loose;)
		high++;
	double at = weir_why_bin_from(s, bin), from = weir_why_bin_from(s, low), to = weir_why_bin_from(s, high);
	if (in->type == WEIR_FLOAT64)
		return weir_why_round(from, to, at, false);
	return ceil(weir_why_round(ceil(from), fmax(ceil(from), floor(to)), ceil(at), in->type == WEIR_TIMESTAMP));
}

static struct weir_value bound(const struct weir_why_input *in, double v)
{
	bool whole = v == floor(v) && fabs(v) < 9e15;
	if (in->type == WEIR_TIMESTAMP)
		return (struct weir_value){.type = WEIR_TIMESTAMP, .i = (int64_t)v};
	if (whole)
		return (struct weir_value){.type = WEIR_INT64, .i = (int64_t)v};
	return (struct weir_value){.type = WEIR_FLOAT64, .f = v};
}

/* Bin 0 has no lower bound, and the last one no upper. */
static bool bounded(const struct weir_why_scale *s, uint32_t bin)
{
	return bin > 0 && bin < s->n_bins;
}

struct weir_why_cell weir_why_range_cell(const struct weir_why_input *in, const struct weir_why_item *item)
{
	struct weir_why_cell c = {.kind = WEIR_WHY_RANGE, .selected = item->n[0], .rest = item->n[1]};
	for (int i = 0; i < 2; i++) {
		double at = bounded(&in->scale, item->bins[i]) ? weir_why_bin_from(&in->scale, item->bins[i]) : NAN;
		if (at == at)
			*(i ? &c.high : &c.low) = bound(in, in->type == WEIR_FLOAT64 ? at : ceil(at));
	}
	return c;
}

bool weir_why_best_range(const struct weir_why_study *w, const struct weir_why_input *in, const uint32_t *bins,
			 const struct weir_why_items *list, struct weir_why_cell *out)
{
	size_t n = 0, from = 0, best_from = 0, best_to = 0;
	double sum = 0, best = 0;
	while (n < list->n && list->items[n].kind == WEIR_WHY_RANGE)
		n++;
	for (size_t i = 0; i < n; i++) {
		const uint64_t *c = list->items[i].n;
		if (sum <= 0) {
			sum = 0;
			from = i;
		}
		sum += (double)c[WEIR_WHY_SELECTED] / (double)w->counted[WEIR_WHY_SELECTED] -
		       (double)c[WEIR_WHY_REST] / (double)w->counted[WEIR_WHY_REST];
		if (sum <= best)
			continue;
		best = sum;
		best_from = from;
		best_to = i + 1;
	}
	if (best_to == 0 || (best_from == 0 && best_to == n))
		return false;
	*out = (struct weir_why_cell){.kind = WEIR_WHY_RANGE};
	for (size_t i = best_from; i < best_to; i++) {
		out->selected += list->items[i].n[WEIR_WHY_SELECTED];
		out->rest += list->items[i].n[WEIR_WHY_REST];
	}
	if (best_from > 0)
		out->low = bound(in, readable_cut(in, bins, list->items[best_from].bins[0]));
	if (best_to < n)
		out->high = bound(in, readable_cut(in, bins, list->items[best_to - 1].bins[1]));
	return true;
}
