/* What the shares have counted of a column, put together. */
#include "query/why/why.h"

#include <stdlib.h>

enum { NAMES_PART = 2, NAMES_LEAST = 20 }; /* values that so many rows have each, on average, name them */

static bool merge_truth(const struct weir_why_study *w, uint32_t input, struct weir_why_items *out)
{
	struct weir_why_item items[2] = {{.b = false}, {.b = true}};
	for (uint32_t s = 0; s < w->n_shares; s++)
		for (int i = 0; i < 2 * WEIR_WHY_SIDES; i++)
			items[i / WEIR_WHY_SIDES].n[i % WEIR_WHY_SIDES] += w->shares[s].tallies[input].truths[i];
	return weir_why_add_item(out, items[0]) && weir_why_add_item(out, items[1]);
}

/* Whole numbers that are so few that each is a value of its own. */
static bool are_few(const struct weir_why_scale *s, const uint32_t *bins)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->n_bins; i++)
		n += bins[i * WEIR_WHY_SIDES] || bins[i * WEIR_WHY_SIDES + 1];
	return s->exact && n <= WEIR_WHY_FEW_NUMBERS && !bins[0] && !bins[1] &&
	       !bins[(s->n_bins - 1) * WEIR_WHY_SIDES] && !bins[(s->n_bins - 1) * WEIR_WHY_SIDES + 1];
}

static bool merge_numbers(const struct weir_why_study *w, uint32_t input, struct weir_why_items *out)
{
	const struct weir_why_input *in = &w->inputs[input];
	uint32_t *bins = w->shares[0].tallies[input].bins;
	for (uint32_t s = 1; s < w->n_shares; s++)
		for (uint32_t i = 0; i < in->scale.n_bins * WEIR_WHY_SIDES; i++)
			bins[i] += w->shares[s].tallies[input].bins[i];
	if (!are_few(&in->scale, bins)) {
		out->ranges = true;
		return weir_why_make_ranges(in, bins, out);
	}
	bool ok = true;
	for (uint32_t i = 1; ok && i + 1 < in->scale.n_bins; i++)
		ok = weir_why_add_item(
		    out, (struct weir_why_item){.n = {bins[i * WEIR_WHY_SIDES], bins[i * WEIR_WHY_SIDES + 1]},
						.i = in->scale.low + (int64_t)i - 1});
	return ok;
}

/* ---- texts ---- */

/* The usual case: all rows have codes of one dictionary. NULL: they have not. */
static struct weir_dict *only_dictionary(const struct weir_why_study *w, uint32_t input)
{
	struct weir_dict *only = NULL;
	for (uint32_t s = 0; s < w->n_shares; s++) {
		const struct weir_why_tally *t = &w->shares[s].tallies[input];
		if (t->texts.n || t->n_codes > 1 || (t->n_codes && only && t->codes[0].dict != only))
			return NULL;
		only = t->n_codes ? t->codes[0].dict : only;
	}
	return only;
}

static bool merge_codes(const struct weir_why_study *w, uint32_t input, struct weir_dict *dict,
			struct weir_why_items *out)
{
	bool ok = true;
	uint32_t room = 0;
	for (uint32_t s = 0; s < w->n_shares; s++) {
		const struct weir_why_tally *t = &w->shares[s].tallies[input];
		room = t->n_codes && t->codes[0].room > room ? t->codes[0].room : room;
	}
	for (uint32_t code = 0; ok && code < room; code++) {
		struct weir_why_item item = {.n = {0}};
		for (uint32_t s = 0; s < w->n_shares; s++) {
			const struct weir_why_tally *t = &w->shares[s].tallies[input];
			for (int side = 0; t->n_codes && code < t->codes[0].room && side < WEIR_WHY_SIDES; side++)
				item.n[side] += t->codes[0].counts[code * WEIR_WHY_SIDES + (uint32_t)side];
		}
		if (item.n[0] || item.n[1])
			item.s = weir_dict_get(dict, code);
		ok = weir_why_add_item(out, item);
	}
	return ok;
}

static bool add_codes(struct weir_why_texts *to, const struct weir_why_codes *k)
{
	bool full, ok = true;
	for (uint32_t code = 0; ok && code < k->room; code++) {
		const uint32_t *n = k->counts + (size_t)code * WEIR_WHY_SIDES;
		const uint64_t counts[] = {n[0], n[1]};
		if (n[0] || n[1])
			ok = weir_why_texts_add(to, weir_dict_get(k->dict, code), weir_dict_hash(k->dict, code), false,
						SIZE_MAX, counts, &full);
	}
	return ok;
}

static bool merge_texts(const struct weir_why_study *w, uint32_t input, struct weir_why_items *out)
{
	struct weir_why_texts *all = &w->shares[0].tallies[input].texts;
	bool full, ok = true;
	for (uint32_t s = 0; s < w->n_shares; s++) {
		const struct weir_why_tally *t = &w->shares[s].tallies[input];
		for (size_t i = 0; ok && s > 0 && i < t->texts.n; i++)
			ok = weir_why_texts_add(all, t->texts.items[i].text, t->texts.items[i].hash, false, SIZE_MAX,
						t->texts.items[i].counts, &full);
		for (size_t i = 0; ok && i < t->n_codes; i++)
			ok = add_codes(all, &t->codes[i]);
		out->too_many |= t->too_many;
	}
	for (size_t i = 0; ok && i < all->n; i++)
		ok = weir_why_add_item(out,
				       (struct weir_why_item){.n = {all->items[i].counts[0], all->items[i].counts[1]},
							      .s = all->items[i].text});
	return ok;
}

static bool merge_text_column(const struct weir_why_study *w, uint32_t input, struct weir_why_items *out)
{
	struct weir_dict *only = only_dictionary(w, input);
	if (!(only ? merge_codes(w, input, only, out) : merge_texts(w, input, out)))
		return false;
	uint64_t rows = 0;
	for (size_t i = 0; i < out->n; i++)
		rows += out->items[i].n[0] + out->items[i].n[1];
	out->names = rows >= NAMES_LEAST && out->n > rows / NAMES_PART;
	return true;
}

enum weir_status weir_why_merge(struct weir_why_study *w, uint32_t input, struct weir_why_items *out,
				struct weir_error *err)
{
	struct weir_why_item nulls = {.kind = WEIR_WHY_NULL}, missing = {.kind = WEIR_WHY_MISSING};
	bool ok = true;
	*out = (struct weir_why_items){0};
	for (uint32_t s = 0; s < w->n_shares; s++)
		for (int side = 0; side < WEIR_WHY_SIDES; side++) {
			nulls.n[side] += w->shares[s].tallies[input].nulls[side];
			missing.n[side] += w->shares[s].tallies[input].missing[side];
		}
	if (w->inputs[input].way == WEIR_WHY_BY_TRUTH)
		ok = merge_truth(w, input, out);
	else if (w->inputs[input].way == WEIR_WHY_BY_NUMBER)
		ok = merge_numbers(w, input, out);
	else
		ok = merge_text_column(w, input, out);
	if (ok && weir_why_add_item(out, nulls) && weir_why_add_item(out, missing))
		return WEIR_OK;
	free(out->items);
	*out = (struct weir_why_items){0};
	return weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
}
