/* Where rows are missing. */
#include "weir/query/strip.h"

#include <stdlib.h>

/* By chance alone, of rows that come independently, less than one stretch in a hundred thousand would be empty: e^-12. */
enum { EXPECTED_ROWS = 12 };

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static uint64_t median(const struct weir_strip *s)
{
	uint64_t rows[WEIR_STRIP_BUCKETS] = {0};
	for (uint32_t i = 0; i < s->n_buckets; i++)
		rows[i] = s->buckets[i].rows;
	qsort(rows, s->n_buckets, sizeof *rows, compare);
	return rows[s->n_buckets / 2];
}

void weir_strip_find_gaps(struct weir_strip *s)
{
	uint64_t usual = s->n_buckets > 2 ? median(s) : 0;
	for (uint32_t i = 0, end; usual && i + 1 < s->n_buckets; i = end) {
		for (end = i; end + 1 < s->n_buckets && !s->buckets[end].rows;)
			end++;
		bool gap = (end - i) * usual >= EXPECTED_ROWS;
		for (uint32_t k = i; gap && k < end; k++)
			s->buckets[k].gap = true;
		end += end == i;
	}
}
