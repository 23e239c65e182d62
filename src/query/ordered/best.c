/* The rows that come first, in a heap whose top is the last of them. */
#include "query/ordered/ordered.h"

#include <math.h>
#include <stdlib.h>

void weir_best_release(struct weir_best *b)
{
	free(b->items);
	*b = (struct weir_best){0};
}

uint64_t weir_best_of_int(int64_t v)
{
	return (uint64_t)v ^ UINT64_C(1) << 63;
}

uint64_t weir_best_of_float(double v)
{
	uint64_t bits;
	if (isnan(v))
		return UINT64_MAX;
	v += 0.0; /* -0.0 becomes 0.0 */
	memcpy(&bits, &v, sizeof bits);
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static int compare_texts(struct weir_str a, struct weir_str b)
{
	size_t n = a.size < b.size ? a.size : b.size;
	int order = n ? memcmp(a.data, b.data, n) : 0;
	return order ? order : (a.size > b.size) - (a.size < b.size);
}

int weir_best_compare(const struct weir_best *b, const struct weir_best_item *x, const struct weir_best_item *y)
{
	const struct weir_best_key *k = &x->key, *l = &y->key;
	int order = k->null - l->null;
	if (!order && k->text.data && l->text.data) {
		order = compare_texts(k->text, l->text);
		order = b->descending ? -order : order;
	} else if (!order) {
		order = (k->number > l->number) - (k->number < l->number);
	}
	return order ? order : weir_row_place_compare(&y->row.place, &x->row.place);
}

static void sift_down(struct weir_best *b, uint32_t i, uint32_t n)
{
	struct weir_best_item item = b->items[i];
	for (uint32_t child; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && weir_best_compare(b, &b->items[child + 1], &b->items[child]) > 0)
			child++;
		if (weir_best_compare(b, &b->items[child], &item) <= 0)
			break;
		b->items[i] = b->items[child];
	}
	b->items[i] = item;
}

static void make_heap(struct weir_best *b)
{
	for (uint32_t i = b->n / 2; i-- > 0;)
		sift_down(b, i, b->n);
}

bool weir_best_wants(const struct weir_best *b, const struct weir_best_item *item)
{
	return b->n < b->most || (b->most && weir_best_compare(b, item, &b->items[0]) < 0);
}

bool weir_best_add(struct weir_best *b, const struct weir_best_item *item)
{
	void *items = b->items;
	if (b->n == b->most) {
		b->items[0] = *item;
		sift_down(b, 0, b->n);
		return true;
	}
	if (!weir_grow(&items, &b->capacity, b->n + (size_t)1, sizeof *b->items))
		return false;
	b->items = items;
	b->items[b->n++] = *item;
	if (b->n == b->most)
		make_heap(b);
	return true;
}

void weir_best_sort(struct weir_best *b)
{
	make_heap(b);
	for (uint32_t n = b->n; n > 1;) {
		struct weir_best_item last = b->items[--n];
		b->items[n] = b->items[0];
		b->items[0] = last;
		sift_down(b, 0, n);
	}
}
