/* Seals batches into one segment. */
#include "buffer/seal.h"

#include "buffer/pack.h"
#include "buffer/seal_column.h"

#include <stdlib.h>

static const struct weir_column absent = {.encoding = WEIR_ENC_ABSENT};

/* Column `index` of a part; a part from before the column existed has none. */
static const struct weir_column *part_column(const struct weir_batch *b, uint32_t index)
{
	return index < b->n_columns ? &b->columns[index] : &absent;
}

/* Time, position, partition, weight and marks of malformed rows. */
static bool seal_places(struct weir_batch *out, const struct weir_parts *p, bool by_arrival)
{
	bool time = by_arrival, partition = false, weight = false, malformed = false;
	for (uint32_t i = 0; i < p->n; i++) {
		time |= p->batches[i]->time_us != NULL;
		partition |= p->batches[i]->partition != NULL;
		weight |= p->batches[i]->weight != NULL;
		malformed |= p->batches[i]->malformed != NULL;
	}
	if ((time && !weir_batch_add_time(out)) || (partition && !weir_batch_add_partition(out)) ||
	    (weight && !weir_batch_add_weight(out)) ||
	    (malformed && !(out->malformed = weir_calloc(weir_bit_words(p->rows), 8))))
		return false;
	uint32_t at = 0;
	for (uint32_t i = 0; i < p->n; at += p->batches[i++]->n_rows) {
		const struct weir_batch *b = p->batches[i];
		for (uint32_t row = 0; row < b->n_rows; row++)
			out->position[at + row] = weir_batch_position(b, row);
		if (b->time_us)
			memcpy(out->time_us + at, b->time_us, b->n_rows * sizeof *b->time_us);
		for (uint32_t row = 0; by_arrival && !b->time_us && row < b->n_rows; row++)
			out->time_us[at + row] = b->arrival_us;
		if (b->partition)
			memcpy(out->partition + at, b->partition, b->n_rows * sizeof *b->partition);
		if (b->weight)
			memcpy(out->weight + at, b->weight, b->n_rows * sizeof *b->weight);
		if (b->malformed)
			weir_bits_append(out->malformed, at, b->malformed, false, b->n_rows);
	}
	return true;
}

/* When which rows came, where they did not come all at once. */
static bool seal_arrivals(struct weir_batch *out, const struct weir_parts *p)
{
	size_t n = 0;
	uint32_t at = 0;
	for (uint32_t i = 0; i < p->n; i++)
		n += p->batches[i]->arrivals ? p->batches[i]->n_arrivals : 1;
	if (n < 2)
		return true;
	if (!(out->arrivals = weir_alloc(n * sizeof *out->arrivals)))
		return false;
	for (uint32_t i = 0; i < p->n; at += p->batches[i++]->n_rows) {
		const struct weir_batch *b = p->batches[i];
		const struct weir_arrival one = {b->arrival_us, 0}, *from = b->arrivals ? b->arrivals : &one;
		for (uint32_t k = 0; k < (b->arrivals ? b->n_arrivals : 1); k++) {
			bool goes_on = out->n_arrivals && out->arrivals[out->n_arrivals - 1].us == from[k].us;
			if (!goes_on)
				out->arrivals[out->n_arrivals++] = (struct weir_arrival){from[k].us, at + from[k].from};
		}
	}
	return true;
}

static bool seal_extras(struct weir_batch *out, const struct weir_column **columns, const struct weir_parts *p)
{
	struct weir_column *extras[] = {&out->raw, &out->key, &out->headers, &out->stamp};
	for (int e = 0; e < 4; e++) {
		for (uint32_t i = 0; i < p->n; i++) {
			const struct weir_batch *b = p->batches[i];
			columns[i] = e == 0 ? &b->raw : e == 1 ? &b->key : e == 2 ? &b->headers : &b->stamp;
		}
		struct weir_zone none = {0};
		if (!weir_seal_column(extras[e], &none, columns, p))
			return false;
	}
	return true;
}

static bool fill(struct weir_segment *s, const struct weir_parts *p, bool by_arrival, const _Atomic bool *hurry,
		 const struct weir_column **columns)
{
	const struct weir_batch *last = p->batches[p->n - 1];
	struct weir_batch *out = s->rows = weir_batch_new(p->rows);
	if (!out || !weir_batch_set_schema(out, last->schema))
		return false;
	s->zones = weir_calloc(out->n_columns, sizeof *s->zones);
	if (!s->zones)
		return false;
	out->stream = last->stream;
	out->arrival_us = last->arrival_us;
	weir_batch_set_partitions(out, last->partitions);
	out->n_rows = p->rows;
	for (uint32_t c = 0; c < out->n_columns; c++) {
		if (weir_in_hurry(hurry))
			return false;
		for (uint32_t i = 0; i < p->n; i++)
			columns[i] = part_column(p->batches[i], c);
		if (!weir_seal_column(&out->columns[c], &s->zones[c], columns, p))
			return false;
	}
	return seal_places(out, p, by_arrival) && seal_arrivals(out, p) && seal_extras(out, columns, p);
}

static uint32_t n_spans(const struct weir_segment *s)
{
	return (s->rows->n_rows + WEIR_SPAN_ROWS - 1) / WEIR_SPAN_ROWS;
}

static bool find_spans(struct weir_segment *s)
{
	const int64_t *t = s->rows->time_us;
	s->time_min_us = INT64_MAX;
	s->time_max_us = s->newest_us = INT64_MIN;
	if (!t)
		return true;
	if (!(s->spans = weir_calloc(n_spans(s), sizeof *s->spans)))
		return false;
	for (uint32_t from = 0; from < s->rows->n_rows; from += WEIR_SPAN_ROWS) {
		struct weir_span *span = &s->spans[from / WEIR_SPAN_ROWS];
		uint32_t to = s->rows->n_rows - from < WEIR_SPAN_ROWS ? s->rows->n_rows : from + WEIR_SPAN_ROWS;
		*span = (struct weir_span){INT64_MAX, WEIR_TIME_NONE, true};
		for (uint32_t row = from; row < to; row++) {
			int64_t known = t[row] == WEIR_TIME_NONE ? INT64_MAX : t[row];
			span->first_us = known < span->first_us ? known : span->first_us;
			span->last_us = t[row] > span->last_us ? t[row] : span->last_us; /* NONE is the least */
			span->all_timed &= t[row] != WEIR_TIME_NONE;
		}
		s->time_min_us = span->first_us < s->time_min_us ? span->first_us : s->time_min_us;
		s->time_max_us = span->last_us > s->time_max_us ? span->last_us : s->time_max_us;
	}
	s->newest_us = s->time_max_us;
	return true;
}

struct weir_segment *weir_segment_seal(const struct weir_batch *const *batches, uint32_t n_parts, uint64_t first_row,
				       bool by_arrival, const _Atomic bool *hurry, struct weir_budget *budget)
{
	struct weir_parts p = {batches, n_parts, 0};
	for (uint32_t i = 0; i < n_parts; i++)
		p.rows += batches[i]->n_rows;
	struct weir_segment *s = weir_calloc(1, sizeof *s);
	const struct weir_column **columns = weir_alloc(n_parts * sizeof(const struct weir_column *));
	if (!s || !columns) {
		free(s);
		free(columns);
		return NULL;
	}
	atomic_store(&s->refs, 1);
	s->first_row = first_row;
	bool ok = fill(s, &p, by_arrival, hurry, columns) && find_spans(s);
	free(columns);
	if (!ok) {
		weir_segment_unref(s);
		return NULL;
	}
	s->budget = budget;
	weir_segment_pack(s);
	s->charged_bytes = sizeof *s + weir_batch_bytes(s->rows) + s->rows->n_columns * sizeof *s->zones +
			   (s->spans ? n_spans(s) * sizeof *s->spans : 0);
	weir_budget_charge(budget, (int64_t)s->charged_bytes);
	return s;
}

struct weir_segment *weir_segment_ref(struct weir_segment *s)
{
	atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
	return s;
}

void weir_segment_unref(struct weir_segment *s)
{
	if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
		return;
	weir_budget_charge(s->budget, -(int64_t)s->charged_bytes);
	weir_segment_unpack(s);
	if (s->summary)
		s->summary_ops->free(s->summary);
	free(s->zones);
	free(s->spans);
	free(s);
}
