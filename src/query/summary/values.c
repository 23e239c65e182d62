/* Sums and buckets of a column of numbers, by block. */
#include "query/summary/make.h"

#include <math.h>
#include <stdlib.h>

enum { CHUNK = 1024, LANES = 4 };

/* Of some of the column's rows. */
struct chunk {
	uint32_t n;
	bool summed, bucketed; /* so far, all rows could be */
	int64_t ints[CHUNK];
	double doubles[CHUNK];
	struct weir_halves halves[CHUNK];
	uint32_t buckets[CHUNK];
	uint32_t no_slots[CHUNK];
	uint16_t *counts; /* owned: WEIR_TALLY_BUCKETS a block, before those that are not used are left out */
};

typedef int64_t pair __attribute__((vector_size(16)));

static void load(const struct weir_column *c, uint32_t from, const struct weir_tally_vector *vector, struct chunk *k)
{
	const uint64_t most = UINT64_C(1) << 46;
	const char *data = (const char *)c->data + (size_t)from * c->width;
	if (c->type == WEIR_FLOAT64) {
		memcpy(k->doubles, data, k->n * sizeof *k->doubles);
		k->summed = k->summed && vector->halves(k->doubles, k->n, k->halves);
		return;
	}
	vector->ints(data, c->width, c->encoding == WEIR_ENC_NARROW ? c->base : 0, k->n, k->ints);
	k->bucketed = k->bucketed && vector->doubles(k->ints, k->n, k->doubles);
	for (uint32_t i = 0; i < k->n; i++) {
		k->summed &= (uint64_t)k->ints[i] + most < 2 * most;
		k->halves[i] = (struct weir_halves){.high = k->ints[i]};
	}
}

static inline pair sum_of(const struct weir_halves *a)
{
	pair v;
	memcpy(&v, a, sizeof v);
	return v;
}

/* In lanes: rows of one code often follow one another, and would wait for each other's sum. */
static void add_sums(const struct chunk *k, const uint8_t *ids, uint32_t n_codes, struct weir_halves *sums)
{
	pair lanes[LANES][WEIR_SUMMARY_CODES];
	memset(lanes, 0, sizeof lanes);
	for (uint32_t i = 0; i < k->n; i++)
		lanes[i % LANES][ids[i]] += sum_of(&k->halves[i]);
	for (uint32_t c = 0; c < n_codes; c++) {
		pair sum = sum_of(&sums[c]) + lanes[0][c] + lanes[1][c] + lanes[2][c] + lanes[3][c];
		memcpy(&sums[c], &sum, sizeof sum);
	}
}

static void add_all(const struct chunk *k, struct weir_halves *sums)
{
	pair sum = sum_of(sums);
	for (uint32_t i = 0; i < k->n; i++)
		sum += sum_of(&k->halves[i]);
	memcpy(sums, &sum, sizeof sum);
}

static void add_buckets(const struct chunk *k, uint16_t *counts, struct weir_summary_range *range)
{
	double least = range->least, most = range->most;
	for (uint32_t i = 0; i < k->n; i++) {
		counts[k->buckets[i]]++;
		least = k->doubles[i] < least ? k->doubles[i] : least;
		most = k->doubles[i] > most ? k->doubles[i] : most;
	}
	range->least = least;
	range->most = most;
}

static void add_chunk(struct weir_summary_maker *m, struct weir_summary_value *v, const struct weir_column *c,
		      uint32_t from, struct chunk *k)
{
	const struct weir_tally_vector *vector = weir_tally_vector();
	uint32_t block = from / m->s->block_rows;
	load(c, from, vector, k);
	if (k->summed && v->sums[0])
		add_all(k, v->sums[0] + block);
	for (uint32_t i = 1; k->summed && i < m->s->n_keys; i++)
		if (v->sums[i])
			add_sums(k, m->ids[i] + from, m->s->keys[i].n, v->sums[i] + (size_t)block * m->s->keys[i].n);
	k->bucketed = k->bucketed && vector->buckets(k->doubles, k->no_slots, k->n, v->low_octave, k->buckets);
	if (k->bucketed)
		add_buckets(k, k->counts + (size_t)block * WEIR_TALLY_BUCKETS, &v->ranges[block]);
}

static bool make_room(struct weir_summary_maker *m, struct weir_summary_value *v, struct chunk *k)
{
	struct weir_summary *s = m->s;
	for (uint32_t i = 0; i < s->n_keys; i++) {
		bool kept =
		    s->keys[i].column != WEIR_SUMMARY_PARTITION && m->n_sums + s->keys[i].n <= WEIR_SUMMARY_SUMS;
		if (!kept)
			continue;
		m->n_sums += s->keys[i].n;
		if (!(v->sums[i] = weir_summary_room(s, (size_t)s->n_blocks * s->keys[i].n, sizeof *v->sums[i])))
			return false;
	}
	k->counts = weir_calloc((size_t)s->n_blocks * WEIR_TALLY_BUCKETS, sizeof *k->counts);
	v->ranges = weir_summary_room(s, s->n_blocks, sizeof *v->ranges);
	for (uint32_t b = 0; v->ranges && b < s->n_blocks; b++)
		v->ranges[b] = (struct weir_summary_range){.least = INFINITY, .most = -INFINITY};
	return k->counts && v->ranges;
}

static void drop_sums(struct weir_summary_maker *m, struct weir_summary_value *v)
{
	for (uint32_t i = 0; i < m->s->n_keys; i++) {
		if (!v->sums[i])
			continue;
		m->n_sums -= m->s->keys[i].n;
		m->s->bytes -= ((size_t)m->s->n_blocks * m->s->keys[i].n + 1) * sizeof *v->sums[i];
		free(v->sums[i]);
		v->sums[i] = NULL;
	}
}

/* The buckets between the first and the last that any block uses, in as few bytes as they need. */
static bool pack_buckets(struct weir_summary *s, struct weir_summary_value *v, const uint16_t *counts)
{
	uint32_t first = WEIR_TALLY_BUCKETS, last = 0, most = 0;
	for (uint32_t block = 0; block < s->n_blocks; block++) {
		const uint16_t *of = counts + (size_t)block * WEIR_TALLY_BUCKETS;
		v->ranges[block].zeros = of[0];
		for (uint32_t i = 1; i < WEIR_TALLY_BUCKETS; i++) {
			if (!of[i])
				continue;
			first = i < first ? i : first;
			last = i > last ? i : last;
			most = of[i] > most ? of[i] : most;
		}
	}
	v->first = first;
	v->n = last >= first ? last - first + 1 : 0;
	v->width = most > UINT8_MAX ? 2 : 1;
	if (!(v->buckets = weir_summary_room(s, (size_t)s->n_blocks * v->n, v->width)))
		return false;
	for (uint32_t block = 0; block < s->n_blocks; block++)
		for (uint32_t i = 0; i < v->n; i++) {
			uint16_t n = counts[(size_t)block * WEIR_TALLY_BUCKETS + first + i];
			size_t at = (size_t)block * v->n + i;
			if (v->width == 1)
				((uint8_t *)v->buckets)[at] = (uint8_t)n;
			else
				((uint16_t *)v->buckets)[at] = n;
		}
	return true;
}

static void fill(struct weir_summary_maker *m, struct weir_summary_value *v, const struct weir_column *c,
		 struct chunk *k)
{
	for (uint32_t from = 0; from < m->s->n_rows && (k->summed || k->bucketed); from += k->n) {
		uint32_t left = m->s->block_rows - from % m->s->block_rows, rest = m->s->n_rows - from;
		k->n = left < CHUNK ? left : CHUNK;
		k->n = rest < k->n ? rest : k->n;
		add_chunk(m, v, c, from, k);
	}
}

bool weir_summary_make_value(struct weir_summary_maker *m, uint32_t column, const struct weir_zone *zone)
{
	struct weir_summary_value *v = &m->s->values[m->s->n_values];
	struct chunk *k = weir_calloc(1, sizeof *k);
	if (!k)
		return false;
	*v = (struct weir_summary_value){.column = column};
	m->s->n_values++;
	k->summed = true;
	k->bucketed = zone->known && zone->min >= 0 && zone->max < INFINITY;
	int high = zone->max > 0 ? (int)(weir_double_bits(zone->max) >> 52) : 1023;
	v->low_octave = high >= WEIR_TALLY_OCTAVES ? high - WEIR_TALLY_OCTAVES + 1 : 1;
	bool ok = make_room(m, v, k);
	if (ok) {
		fill(m, v, &m->rows->columns[column], k);
		if (!k->summed)
			drop_sums(m, v);
		ok = !k->bucketed || pack_buckets(m->s, v, k->counts);
	}
	free(k->counts);
	free(k);
	return ok;
}
