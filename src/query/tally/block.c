/* Buckets that were counted before, by block, into the one row of buckets of an input that is single. */
#include "query/tally/tally.h"

/* The number here of the block's first bucket; 1 … WEIR_TALLY_BUCKETS - 1 when there is room. */
static int64_t first_here(const struct weir_tally_input *in, const struct weir_tally_block *b)
{
	return (int64_t)b->first + ((int64_t)b->low_octave - in->low_octave) * 64;
}

bool weir_tally_block_fits(struct weir_tally *t, uint32_t input, const struct weir_tally_block *b)
{
	struct weir_tally_input *in = &t->inputs[input];
	if (!b->n)
		return in->low_octave >= 0 || t->n_rows == 0;
	if (in->low_octave < 0 || t->n_rows == 0) {
		int low = b->low_octave + (int)(b->first - 1) / 64,
		    high = b->low_octave + (int)(b->first + b->n - 2) / 64;
		in->low_octave = weir_tally_low_octave(low, high);
	}
	int64_t first = first_here(in, b);
	return first >= 1 && first + b->n <= WEIR_TALLY_BUCKETS;
}

static void reach(struct weir_tally_cell *c, uint64_t bits)
{
	bool first = c->least == UINT64_MAX;
	uint64_t high = first || bits > c->least + c->span ? bits : c->least + c->span;
	c->least = bits < c->least ? bits : c->least;
	c->span = high - c->least;
}

/* From now on only the buckets of its values are kept. */
static void close_list(struct weir_tally_input *in)
{
	for (uint32_t i = 0; i < in->whole.listed && in->whole.listed < WEIR_QUANTILE_LIST; i++)
		reach(&in->whole, weir_double_bits(in->list[i]));
	in->whole.listed = WEIR_QUANTILE_LIST;
}

void weir_tally_add_block(struct weir_tally *t, uint32_t input, const struct weir_tally_block *b)
{
	struct weir_tally_input *in = &t->inputs[input];
	uint16_t *to = in->buckets + first_here(in, b);
	const uint8_t *bytes = b->buckets;
	const uint16_t *words = b->buckets;
	close_list(in);
	reach(&in->whole, weir_double_bits(b->least));
	reach(&in->whole, weir_double_bits(b->most));
	in->buckets[0] = (uint16_t)(in->buckets[0] + b->zeros);
	for (uint32_t i = 0; b->width == 1 && i < b->n; i++)
		to[i] = (uint16_t)(to[i] + bytes[i]);
	for (uint32_t i = 0; b->width == 2 && i < b->n; i++)
		to[i] = (uint16_t)(to[i] + words[i]);
}
