/* How a table's rows are divided among its tablets: by hashes of some columns of the key, and then by ranges of some. A tablet has
 * the partition keys from one to another; that of a row is the number of its bucket in each hash, and its range columns, in a form
 * whose bytes compare as the values do (Kudu's key encoding: whole numbers with their sign turned, highest byte first; texts that are
 * followed by another column end with two zero bytes, and a zero byte within them is followed by a one). */
#include "kudu.h"

#include <stdlib.h>

void kudu_division_free(struct weir_kudu_division *d)
{
	if (!d)
		return;
	for (uint32_t i = 0; i < d->n_hashes; i++)
		free(d->hashes[i].columns);
	free(d->hashes);
	free(d->range);
	free(d);
}

static int find_column(const Kw__Schema *s, const Kw__Which *w)
{
	for (size_t i = 0; i < s->n_columns; i++)
		if (w->has_id ? s->columns[i]->has_id && (int32_t)s->columns[i]->id == w->id
			      : w->name && strcmp(s->columns[i]->name, w->name) == 0)
			return (int)i;
	return -1;
}

static enum weir_status find_columns(const Kw__Schema *s, Kw__Which *const *w, size_t n, uint32_t **out,
				     struct weir_error *err)
{
	*out = weir_calloc(n + 1, sizeof **out);
	if (!*out)
		return kudu_out_of_memory(err);
	for (size_t i = 0; i < n; i++) {
		int at = find_column(s, w[i]);
		if (at < 0 || !s->columns[at]->key)
			return weir_fail(err, WEIR_MALFORMED, "kudu", "a table is divided by a column that it lacks");
		(*out)[i] = (uint32_t)at;
	}
	return WEIR_OK;
}

static enum weir_status read_hash(const Kw__Hash *from, const Kw__Schema *schema, struct kudu_hash *out,
				  struct weir_error *err)
{
	if (from->buckets < 1)
		return weir_fail(err, WEIR_MALFORMED, "kudu", "a table is divided into %d buckets", from->buckets);
	out->buckets = (uint32_t)from->buckets;
	out->seed = from->has_seed ? from->seed : 0;
	out->n = (uint32_t)from->n_columns;
	return find_columns(schema, from->columns, from->n_columns, &out->columns, err);
}

enum weir_status kudu_division_read(const Kw__Division *from, const Kw__Schema *schema, struct weir_kudu_division **out,
				    struct weir_error *err)
{
	struct weir_kudu_division *d = weir_calloc(1, sizeof *d);
	enum weir_status st = WEIR_OK;

	*out = NULL;
	if (!d || !(d->hashes = weir_calloc(from->n_hashes + 1, sizeof *d->hashes))) {
		kudu_division_free(d);
		return kudu_out_of_memory(err);
	}
	d->mixed = from->n_others > 0;
	for (size_t i = 0; i < from->n_hashes && st == WEIR_OK; i++)
		st = read_hash(from->hashes[i], schema, &d->hashes[d->n_hashes++], err);
	if (st == WEIR_OK && from->range) {
		d->n_range = (uint32_t)from->range->n_columns;
		st = find_columns(schema, from->range->columns, from->range->n_columns, &d->range, err);
	}
	if (st == WEIR_OK)
		*out = d;
	else
		kudu_division_free(d);
	return st;
}

static void add_number(uint64_t v, unsigned bytes, struct weir_buf *out)
{
	while (bytes--)
		weir_buf_add_char(out, (char)(v >> (8 * bytes)));
}

void kudu_key_add(int type, const struct weir_kudu_cell *cell, bool last, struct weir_buf *out)
{
	uint32_t bytes = kudu_width(type);

	if (bytes < 16) {
		add_number((uint64_t)cell->i ^ UINT64_C(1) << (8 * bytes - 1), bytes, out);
	} else if (type == WEIR_KUDU_DECIMAL128) {
		for (size_t i = cell->s.size; i--;)
			weir_buf_add_char(out, (char)(cell->s.data[i] ^ (i + 1 == cell->s.size ? 0x80 : 0)));
	} else if (last) {
		weir_buf_add_str(out, cell->s);
	} else {
		for (size_t i = 0; i < cell->s.size; i++)
			weir_buf_add(out, cell->s.data[i] ? &cell->s.data[i] : "\0\1", cell->s.data[i] ? 1 : 2);
		weir_buf_add(out, "\0\0", 2);
	}
}

int kudu_key_compare(int type, const struct weir_kudu_cell *a, const struct weir_kudu_cell *b)
{
	if (kudu_width(type) < 16)
		return (a->i > b->i) - (a->i < b->i);
	if (type != WEIR_KUDU_DECIMAL128)
		return weir_str_compare(a->s, b->s);
	for (size_t i = 16; i--;) {
		int sign = i == 15 ? 0x80 : 0, x = (uint8_t)a->s.data[i] ^ sign, y = (uint8_t)b->s.data[i] ^ sign;
		if (x != y)
			return x - y;
	}
	return 0;
}

/* MurmurHash2 with 64 bits, as Austin Appleby published it. */
static uint64_t murmur2(const char *data, size_t size, uint64_t seed)
{
	const uint64_t m = UINT64_C(0xc6a4a7935bd1e995);
	uint64_t h = seed ^ (size * m), k;

	for (; size >= 8; data += 8, size -= 8) {
		memcpy(&k, data, 8);
		k *= m;
		k ^= k >> 47;
		h = (h ^ k * m) * m;
	}
	if (size) {
		k = 0;
		memcpy(&k, data, size);
		h = (h ^ k) * m;
	}
	h = (h ^ h >> 47) * m;
	return h ^ h >> 47;
}

static void add_columns(const struct weir_kudu_table *t, const struct weir_kudu_cell *keys, const uint32_t *columns,
			uint32_t n, struct weir_buf *out)
{
	for (uint32_t i = 0; i < n; i++)
		kudu_key_add(t->columns[columns[i]].type, &keys[columns[i]], i + 1 == n, out);
}

int kudu_division_find(const struct weir_kudu_table *t, const struct weir_kudu_cell *keys, struct weir_buf *key)
{
	const struct weir_kudu_division *d = t->division;
	uint32_t low = 0, high = t->n_tablets;

	weir_buf_clear(key);
	for (uint32_t i = 0; i < d->n_hashes; i++) {
		const struct kudu_hash *h = &d->hashes[i];
		size_t at = key->size;
		add_columns(t, keys, h->columns, h->n, key);
		if (key->failed)
			return -1;
		uint64_t bucket = murmur2(key->data + at, key->size - at, h->seed) % h->buckets;
		key->size = at;
		add_number(bucket, 4, key);
	}
	add_columns(t, keys, d->range, d->n_range, key);
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (weir_str_compare(weir_buf_str(&t->tablets[middle].from), weir_buf_str(key)) <= 0)
			low = middle;
		else
			high = middle;
	}
	if (!t->n_tablets || key->failed)
		return -1;
	const struct weir_kudu_tablet *tablet = &t->tablets[low];
	bool in = weir_str_compare(weir_buf_str(&tablet->from), weir_buf_str(key)) <= 0 &&
		  (!tablet->to.size || weir_str_compare(weir_buf_str(key), weir_buf_str(&tablet->to)) < 0);
	return in ? (int)low : -1;
}
