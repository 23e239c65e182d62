/* A set of hashes, and the registers it becomes when it grows too large (distinct.h). */
#include "query/aggregate/distinct.h"

#include <math.h>
#include <stdlib.h>

enum { REGISTERS = 1 << WEIR_DISTINCT_BITS };

static void registers_add(uint8_t *registers, uint64_t hash)
{
	uint32_t at = (uint32_t)(hash >> (64 - WEIR_DISTINCT_BITS));
	uint64_t rest = hash << WEIR_DISTINCT_BITS | UINT64_C(1) << (WEIR_DISTINCT_BITS - 1);
	uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
	if (rank > registers[at])
		registers[at] = rank;
}

static size_t table_bytes(uint32_t mask)
{
	return mask ? ((size_t)mask + 1) * (sizeof(uint64_t) + sizeof(int32_t)) : 0;
}

static void drop_table(struct weir_distinct *d, struct weir_budget *budget)
{
	weir_budget_charge(budget, -(int64_t)table_bytes(d->mask));
	free(d->hashes);
	free(d->counts);
	d->hashes = NULL;
	d->counts = NULL;
	d->mask = 0;
	d->n = d->n_below = 0;
}

bool weir_distinct_estimate(struct weir_distinct *d, struct weir_budget *budget)
{
	if (d->registers)
		return true;
	d->registers = weir_calloc(1, REGISTERS);
	if (!d->registers)
		return false;
	weir_budget_charge(budget, REGISTERS);
	for (uint32_t i = 0; d->mask && i <= d->mask; i++)
		if (d->hashes[i] && d->counts[i] > 0)
			registers_add(d->registers, d->hashes[i]);
	drop_table(d, budget);
	return true;
}

static uint32_t place_of(const struct weir_distinct *d, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & d->mask;
	while (d->hashes[i] && d->hashes[i] != hash)
		i = (i + 1) & d->mask;
	return i;
}

static bool grow(struct weir_distinct *d, struct weir_budget *budget)
{
	uint32_t size = d->mask ? (d->mask + 1) * 2 : 8, mask = size - 1;
	uint64_t *hashes = weir_calloc(size, sizeof *hashes);
	int32_t *counts = weir_calloc(size, sizeof *counts);
	if (!hashes || !counts) {
		free(hashes);
		free(counts);
		return false;
	}
	for (uint32_t i = 0; d->mask && i <= d->mask; i++) {
		uint32_t at = (uint32_t)d->hashes[i] & mask;
		if (!d->hashes[i])
			continue;
		while (hashes[at])
			at = (at + 1) & mask;
		hashes[at] = d->hashes[i];
		counts[at] = d->counts[i];
	}
	weir_budget_charge(budget, (int64_t)table_bytes(mask) - (int64_t)table_bytes(d->mask));
	free(d->hashes);
	free(d->counts);
	d->hashes = hashes;
	d->counts = counts;
	d->mask = mask;
	return true;
}

static void erase(struct weir_distinct *d, uint32_t hole) /* closes the gap, so that no marks are needed */
{
	for (uint32_t i = (hole + 1) & d->mask; d->hashes[i]; i = (i + 1) & d->mask) {
		uint32_t home = (uint32_t)d->hashes[i] & d->mask;
		if (((i - home) & d->mask) >= ((i - hole) & d->mask)) {
			d->hashes[hole] = d->hashes[i];
			d->counts[hole] = d->counts[i];
			hole = i;
		}
	}
	d->hashes[hole] = 0;
	d->counts[hole] = 0;
	d->n--;
}

/* Keeps what is known to be beyond counting: what saturates is never 0 again. */
static void change_count(struct weir_distinct *d, uint32_t at, int32_t rows)
{
	int32_t was = d->counts[at], is;
	if (was == INT32_MAX || __builtin_add_overflow(was, rows, &is))
		is = INT32_MAX;
	d->counts[at] = is;
	d->n_below += (uint32_t)(is < 0) - (uint32_t)(was < 0);
	if (!is)
		erase(d, at);
}

bool weir_distinct_add(struct weir_distinct *d, uint64_t hash, int32_t rows, bool *lost, struct weir_budget *budget)
{
	hash += !hash;
	if (d->registers) {
		if (rows < 0)
			*lost = true;
		else
			registers_add(d->registers, hash);
		return true;
	}
	if ((uint64_t)d->n * 4 >= (uint64_t)d->mask * 3 && !grow(d, budget))
		return false;
	uint32_t at = place_of(d, hash);
	if (!d->hashes[at]) {
		if (d->n == WEIR_DISTINCT_EXACT) {
			if (!weir_distinct_estimate(d, budget))
				return false;
			return weir_distinct_add(d, hash, rows, lost, budget);
		}
		d->hashes[at] = hash;
		d->n++;
	}
	change_count(d, at, rows);
	return true;
}

bool weir_distinct_merge(struct weir_distinct *into, const struct weir_distinct *from, struct weir_budget *budget)
{
	bool lost = false;
	if (from->registers) {
		if (!into->registers && !weir_distinct_estimate(into, budget))
			return false;
		for (int i = 0; i < REGISTERS; i++)
			if (from->registers[i] > into->registers[i])
				into->registers[i] = from->registers[i];
		return true;
	}
	for (uint32_t i = 0; from->mask && i <= from->mask; i++)
		if (from->hashes[i] && !weir_distinct_add(into, from->hashes[i], from->counts[i], &lost, budget))
			return false;
	return true;
}

bool weir_distinct_subtract(struct weir_distinct *into, const struct weir_distinct *from, bool *stale,
			    struct weir_budget *budget)
{
	*stale = into->registers || from->registers;
	for (uint32_t i = 0; !*stale && from->mask && i <= from->mask; i++) {
		if (!from->hashes[i])
			continue;
		*stale = from->counts[i] == INT32_MAX ||
			 (into->mask && into->counts[place_of(into, from->hashes[i])] == INT32_MAX);
		if (!*stale && !weir_distinct_add(into, from->hashes[i], -from->counts[i], stale, budget))
			return false;
	}
	return true;
}

static double sigma(double x)
{
	double y = 1, z = x, before;
	if (x == 1)
		return INFINITY;
	do {
		before = z;
		x *= x;
		z += x * y;
		y += y;
	} while (z != before);
	return z;
}

static double tau(double x)
{
	double y = 1, z = 1 - x, before;
	if (x == 0 || x == 1)
		return 0;
	do {
		before = z;
		x = sqrt(x);
		y /= 2;
		z -= (1 - x) * (1 - x) * y;
	} while (z != before);
	return z / 3;
}

uint64_t weir_distinct_value(const struct weir_distinct *d)
{
	enum { RANKS = 64 - WEIR_DISTINCT_BITS };
	uint32_t with[RANKS + 2] = {0}; /* registers by rank */
	double m = REGISTERS, z;
	if (!d->registers)
		return d->n - d->n_below;
	for (int i = 0; i < REGISTERS; i++)
		with[d->registers[i]]++;
	z = m * tau(1 - with[RANKS + 1] / m);
	for (int k = RANKS; k >= 1; k--)
		z = (z + with[k]) / 2;
	z += m * sigma(with[0] / m);
	return (uint64_t)llround(m * m / (2 * log(2) * z));
}

void weir_distinct_release(struct weir_distinct *d, struct weir_budget *budget)
{
	drop_table(d, budget);
	if (d->registers) {
		weir_budget_charge(budget, -(int64_t)REGISTERS);
		free(d->registers);
		d->registers = NULL;
	}
}
