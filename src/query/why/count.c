/* The first pass: how often each value of each column is there on both sides. A slice of rows at a time, so that the marks of its rows
 * stay in the cache for all columns. */
#include "query/why/why.h"

#include <stdlib.h>

enum {
	OWN_PART = 2,
	OWN_LEAST = 8192
}; /* texts without a code: when so many are one of a few rows each, nobody wants them */

/* A slice, and the marks of its rows. */
struct part {
	const struct weir_batch *batch;
	uint32_t from, n;
	const uint64_t *selected, *rest; /* bits of its rows */
	const uint8_t *marks;
};

/* ---- marks ---- */

/* Eight bits to eight bytes of 0 or 1, lowest first. */
static uint64_t spread(uint8_t bits)
{
	uint64_t each = (uint64_t)bits * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);
	return (each + UINT64_C(0x7f7f7f7f7f7f7f7f)) >> 7 & UINT64_C(0x0101010101010101);
}

static void mark(const uint64_t *selected, const uint64_t *rest, const uint64_t *valid, uint32_t n, uint8_t *marks)
{
	for (uint32_t i = 0; i < n; i += 8) {
		unsigned shift = i & 63;
		uint64_t known = valid ? valid[i / 64] : UINT64_MAX;
		uint8_t on = (uint8_t)(((selected[i / 64] | rest[i / 64]) & known) >> shift);
		uint8_t side = (uint8_t)((rest[i / 64] & known) >> shift);
		uint64_t eight = spread(on) << 1 | spread(side);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		eight = __builtin_bswap64(eight);
#endif
		memcpy(marks + i, &eight, sizeof eight);
	}
}

static void count_bits(const struct part *p, const uint64_t *valid, const uint64_t *missing, uint64_t *nulls,
		       uint64_t *absent)
{
	const uint64_t *sides[] = {p->selected, p->rest};
	for (int side = 0; side < WEIR_WHY_SIDES; side++)
		for (uint32_t i = 0; i < weir_bit_words(p->n); i++) {
			uint64_t none = sides[side][i] & (valid ? ~valid[i] : 0);
			uint64_t gone = missing ? none & missing[i] : 0;
			absent[side] += (uint64_t)__builtin_popcountll(gone);
			nulls[side] += (uint64_t)__builtin_popcountll(none & ~gone);
		}
}

static void count_missing(const struct part *p, struct weir_why_tally *t)
{
	static const uint64_t none[WEIR_VEC_ROWS / 64];
	uint64_t all[WEIR_VEC_ROWS / 64];
	memset(all, 0xff, sizeof all);
	count_bits(p, none, all, t->nulls, t->missing);
}

/* ---- counting by small numbers ---- */

#define COUNT(name, item)                                                                                              \
	static void name(const item *codes, uint32_t offset, const uint8_t *marks, uint32_t n, uint32_t *counts)       \
	{                                                                                                              \
		for (uint32_t i = 0; i < n; i++)                                                                       \
			counts[(codes[i] + offset) * WEIR_WHY_SIDES + (marks[i] & 1)] += marks[i] >> 1;                \
	}
COUNT(count_u8, uint8_t)
COUNT(count_u16, uint16_t)
COUNT(count_u32, uint32_t)

static void count_codes(const struct weir_column *c, uint32_t from, uint32_t offset, const uint8_t *marks, uint32_t n,
			uint32_t *counts)
{
	if (c->width == 1)
		count_u8((const uint8_t *)c->data + from, offset, marks, n, counts);
	else if (c->width == 2)
		count_u16((const uint16_t *)c->data + from, offset, marks, n, counts);
	else
		count_u32((const uint32_t *)c->data + from, offset, marks, n, counts);
}

/* ---- numbers ---- */

static uint32_t bin_of_int(const struct weir_why_scale *s, int64_t v)
{
	if (v < s->low)
		return 0;
	uint64_t at = (uint64_t)v - (uint64_t)s->low + 1;
	return at < s->n_bins ? (uint32_t)at : s->n_bins - 1;
}

static uint32_t bin_of_double(const struct weir_why_scale *s, double v)
{
	uint64_t key;
	v += 0.0; /* -0.0 is no other number than 0.0 */
	memcpy(&key, &v, sizeof key);
	key ^= (uint64_t)((int64_t)key >> 63) | UINT64_C(1) << 63;
	if (v != v)
		return s->n_bins - 1;
	if (key < s->key_low)
		return 0;
	uint64_t at = ((key - s->key_low) >> s->shift) + 1;
	return at < s->n_bins ? (uint32_t)at : s->n_bins - 1;
}

static void index_ints(const struct weir_why_scale *s, const int64_t *v, uint32_t n, uint32_t *out)
{
	for (uint32_t i = 0; s->exact && i < n; i++)
		out[i] = bin_of_int(s, v[i]);
	for (uint32_t i = 0; !s->exact && i < n; i++)
		out[i] = bin_of_double(s, (double)v[i]);
}

static void widen(const struct weir_column *c, uint32_t from, uint32_t n, int64_t *out)
{
	uint64_t base = (uint64_t)c->base;
	for (uint32_t i = 0; c->width == 1 && i < n; i++)
		out[i] = (int64_t)(base + ((const uint8_t *)c->data)[from + i]);
	for (uint32_t i = 0; c->width == 2 && i < n; i++)
		out[i] = (int64_t)(base + ((const uint16_t *)c->data)[from + i]);
	for (uint32_t i = 0; c->width == 4 && i < n; i++)
		out[i] = (int64_t)(base + ((const uint32_t *)c->data)[from + i]);
}

static void count_index(struct weir_why_share *share, const struct part *p, struct weir_why_tally *t)
{
	count_u32(share->index, 0, p->marks, p->n, t->bins);
}

/* Small items that have a bin each need not be made wide first. */
static bool has_bins(const struct weir_why_scale *s, const struct weir_column *c)
{
	int64_t last = s->exact && c->width <= 2 ? c->base + (c->width == 1 ? UINT8_MAX : UINT16_MAX) : 0;
	return s->exact && c->width <= 2 && c->base >= s->low && last - s->low + 1 < (int64_t)s->n_bins;
}

static void count_numbers(struct weir_why_share *share, const struct weir_why_input *in, const struct weir_column *c,
			  const struct part *p, struct weir_why_tally *t)
{
	const struct weir_why_scale *s = &in->scale;
	if (c->type == WEIR_FLOAT64) {
		for (uint32_t i = 0; i < p->n; i++)
			share->index[i] = bin_of_double(s, ((const double *)c->data)[p->from + i]);
	} else if (c->encoding == WEIR_ENC_WIDE) {
		index_ints(s, (const int64_t *)c->data + p->from, p->n, share->index);
	} else if (has_bins(s, c)) {
		count_codes(c, p->from, (uint32_t)(c->base - s->low + 1), p->marks, p->n, t->bins);
		return;
	} else {
		widen(c, p->from, p->n, share->ints);
		index_ints(s, share->ints, p->n, share->index);
	}
	count_index(share, p, t);
}

/* ---- texts ---- */

static struct weir_why_codes *codes_of(struct weir_why_tally *t, struct weir_dict *dict)
{
	size_t i = 0;
	while (i < t->n_codes && t->codes[i].dict != dict)
		i++;
	if (i == t->n_codes) {
		if (!weir_grow((void **)&t->codes, &t->codes_capacity, t->n_codes + 1, sizeof *t->codes))
			return NULL;
		t->codes[t->n_codes++] = (struct weir_why_codes){.dict = dict};
	}
	struct weir_why_codes *k = &t->codes[i];
	uint32_t need = weir_dict_count(dict) + 1; /* rows without a text have code 0 */
	if (k->room >= need)
		return k;
	uint32_t room = need > k->room * 2 ? need : k->room * 2;
	uint32_t *counts = weir_realloc(k->counts, (size_t)room * WEIR_WHY_SIDES * sizeof *counts);
	if (!counts)
		return NULL;
	memset(counts + (size_t)k->room * WEIR_WHY_SIDES, 0,
	       (size_t)(room - k->room) * WEIR_WHY_SIDES * sizeof *counts);
	k->counts = counts;
	k->room = room;
	return k;
}

/* Nearly each row has a text of its own, or they are too many to be told apart. */
static void look_at_texts(struct weir_why_tally *t, bool full)
{
	uint64_t rows = 0;
	if (!full && t->texts.n < OWN_LEAST)
		return;
	for (size_t i = 0; i < t->texts.n; i++)
		rows += t->texts.items[i].counts[0] + t->texts.items[i].counts[1];
	t->too_many = full || t->texts.n > rows / OWN_PART;
}

static bool add_text(struct weir_why_tally *t, struct weir_str text, bool copy, uint8_t mark_of_row, bool *full)
{
	uint64_t counts[WEIR_WHY_SIDES] = {0};
	if (!(mark_of_row >> 1))
		return true;
	counts[mark_of_row & 1] = 1;
	return weir_why_texts_add(&t->texts, text, weir_hash(text.data, text.size), copy, WEIR_WHY_MOST_TEXTS, counts,
				  full);
}

static bool count_plain(struct weir_why_share *share, const struct weir_column *c, const struct part *p,
			struct weir_why_tally *t)
{
	bool full = false, ok = true;
	for (uint32_t i = 0; ok && i < p->n; i++) {
		if (!(p->marks[i] >> 1))
			continue;
		if (c->encoding == WEIR_ENC_PLAIN) {
			ok = add_text(t, weir_column_plain(c, p->from + i), false, p->marks[i], &full);
			continue;
		}
		weir_buf_clear(&share->text);
		weir_column_text(c, p->from + i, &share->text);
		ok = !share->text.failed && add_text(t, weir_buf_str(&share->text), true, p->marks[i], &full);
	}
	look_at_texts(t, full);
	return ok;
}

static bool count_texts(struct weir_why_share *share, const struct weir_column *c, const struct part *p,
			struct weir_why_tally *t)
{
	if (c->type != WEIR_STRING || c->encoding != WEIR_ENC_DICT)
		return t->too_many || count_plain(share, c, p, t);
	struct weir_why_codes *k = codes_of(t, c->dict);
	if (!k)
		return false;
	count_codes(c, p->from, 0, p->marks, p->n, k->counts);
	return true;
}

/* ---- truth ---- */

static void count_truth(const uint8_t *truth, const struct part *p, struct weir_why_tally *t)
{
	uint32_t counts[2 * WEIR_WHY_SIDES] = {0};
	count_u8(truth, 0, p->marks, p->n, counts);
	for (int i = 0; i < 2 * WEIR_WHY_SIDES; i++)
		t->truths[i] += counts[i];
}

/* ---- a column in a slice ---- */

static bool count_stored(struct weir_why_share *share, const struct weir_why_input *in, const struct weir_segment *seg,
			 struct part p, struct weir_why_tally *t)
{
	int32_t at = in->fields[p.batch->stream];
	const struct weir_column *c = at >= 0 && (uint32_t)at < p.batch->n_columns ? &p.batch->columns[at] : NULL;
	if (!c || c->encoding == WEIR_ENC_ABSENT) {
		count_missing(&p, t);
		return true;
	}
	if (c->valid) {
		uint32_t word = p.from / 64;
		count_bits(&p, c->valid + word, c->missing ? c->missing + word : NULL, t->nulls, t->missing);
		if (!seg->zones[at].n_valid)
			return true;
		mark(p.selected, p.rest, c->valid + word, p.n, share->own_marks);
		p.marks = share->own_marks;
	}
	if (in->way == WEIR_WHY_BY_NUMBER)
		count_numbers(share, in, c, &p, t);
	else if (in->way == WEIR_WHY_BY_TRUTH)
		count_truth((const uint8_t *)c->data + p.from, &p, t);
	else
		return count_texts(share, c, &p, t);
	return true;
}

static bool count_made_texts(const struct weir_vec *v, const struct part *p, struct weir_why_tally *t)
{
	bool full = false, ok = true;
	for (uint32_t i = 0; ok && i < p->n; i++)
		ok = add_text(t, v->s[i], true, p->marks[i], &full);
	look_at_texts(t, full);
	return ok;
}

static enum weir_status count_computed(struct weir_why_share *share, const struct weir_why_input *in, struct part p,
				       struct weir_why_tally *t, struct weir_error *err)
{
	struct weir_plan *plan = share->plan;
	struct weir_bound *bound = plan->row_derived[p.batch->stream * plan->derived_stride + (size_t)in->computed];
	struct weir_vec v;
	uint64_t wanted[WEIR_VEC_ROWS / 64];
	for (uint32_t i = 0; i < weir_bit_words(p.n); i++)
		wanted[i] = p.selected[i] | p.rest[i];
	enum weir_status st = weir_bound_eval(bound, p.batch, p.from, p.n, wanted, &v, err);
	if (st != WEIR_OK)
		return st;
	count_bits(&p, v.valid, NULL, t->nulls, t->missing);
	mark(p.selected, p.rest, v.valid, p.n, share->own_marks);
	p.marks = share->own_marks;
	for (uint32_t i = 0; v.type == WEIR_FLOAT64 && i < p.n; i++)
		share->index[i] = bin_of_double(&in->scale, v.f[i]);
	if (v.type == WEIR_INT64 || v.type == WEIR_TIMESTAMP)
		index_ints(&in->scale, v.i, p.n, share->index);
	if (in->way == WEIR_WHY_BY_NUMBER)
		count_index(share, &p, t);
	else if (in->way == WEIR_WHY_BY_TRUTH)
		count_truth(v.b, &p, t);
	else if (!t->too_many && !count_made_texts(&v, &p, t))
		return weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	return WEIR_OK;
}

static bool count_place(const struct weir_why_study *w, struct weir_why_share *share, const struct weir_why_input *in,
			const struct part *p, struct weir_why_tally *t)
{
	static const uint64_t none[WEIR_VEC_ROWS / 64];
	struct weir_str name = w->rows->schema->names[p->batch->stream];
	uint64_t counts[WEIR_WHY_SIDES] = {0}, absent[WEIR_WHY_SIDES] = {0};
	bool full;
	if (in->place == WEIR_WHY_STREAM) {
		count_bits(p, none, NULL, counts, absent);
		return weir_why_texts_add(&t->texts, name, weir_hash(name.data, name.size), false, SIZE_MAX, counts,
					  &full);
	}
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t at = p->batch->partition ? p->batch->partition[p->from + i] : 0;
		share->ints[i] = p->batch->partitions ? weir_partitions_get(p->batch->partitions, at)->number : 0;
	}
	index_ints(&in->scale, share->ints, p->n, share->index);
	count_index(share, p, t);
	return true;
}

static enum weir_status count_slice(const struct weir_why_study *w, struct weir_why_share *share,
				    const struct weir_segment *segment, const struct part *p, struct weir_error *err)
{
	for (uint32_t i = 0; i < w->n_inputs; i++) {
		const struct weir_why_input *in = &w->inputs[i];
		struct weir_why_tally *t = &share->tallies[i];
		enum weir_status st = WEIR_OK;
		if (in->aside || in->way == WEIR_WHY_BY_NOTHING)
			continue;
		if (in->computed >= 0)
			st = count_computed(share, in, *p, t, err);
		else if (in->place ? !count_place(w, share, in, p, t) : !count_stored(share, in, segment, *p, t))
			st = weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
		if (st != WEIR_OK)
			return st;
	}
	return WEIR_OK;
}

enum weir_status weir_why_count(const struct weir_why_study *w, struct weir_why_share *share,
				const struct weir_segment *segment, const struct weir_why_bits *bits,
				struct weir_error *err)
{
	const struct weir_batch *b = segment->rows;
	for (uint32_t from = 0; bits->words && from < b->n_rows; from += WEIR_VEC_ROWS) {
		struct part p = {.batch = b,
				 .from = from,
				 .n = b->n_rows - from < WEIR_VEC_ROWS ? b->n_rows - from : WEIR_VEC_ROWS,
				 .selected = bits->words + from / 64,
				 .rest = bits->words + bits->n_words + from / 64,
				 .marks = share->marks};
		uint64_t any = 0;
		for (uint32_t i = 0; i < weir_bit_words(p.n); i++)
			any |= p.selected[i] | p.rest[i];
		if (!any)
			continue;
		mark(p.selected, p.rest, NULL, p.n, share->marks);
		enum weir_status st = count_slice(w, share, segment, &p, err);
		if (st != WEIR_OK)
			return st;
	}
	return WEIR_OK;
}
