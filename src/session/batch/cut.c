/* --every cuts a batch where the event time passes a moment of printing: parts of a batch as batches of their own. They are
 * copies, because whatever takes batches begins at their first row, and late rows leave them. */
#include "batch.h"

#include <math.h>

uint32_t weir_cut_find(const struct weir_batch *b, uint32_t from, int64_t boundary_us, int64_t skew_us)
{
	bool limited = skew_us >= 0 && b->arrival_us && skew_us < INT64_MAX - b->arrival_us;
	int64_t until_us = limited ? b->arrival_us + skew_us : INT64_MAX;

	if (!b->time_us)
		return b->n_rows;
	for (uint32_t i = from; i < b->n_rows; i++)
		if (b->time_us[i] != WEIR_TIME_NONE && b->time_us[i] >= boundary_us && b->time_us[i] <= until_us)
			return i;
	return b->n_rows;
}

/* Rows of a batch: n of them from `first` on, or those that `list` names. */
struct pick {
	uint32_t first, n;
	const uint32_t *list;
};

static uint32_t picked(const struct pick *p, uint32_t i)
{
	return p->list ? p->list[i] : p->first + i;
}

static bool copy_column(struct weir_column *to, const struct weir_column *from, const struct pick *p)
{
	if (from->encoding == WEIR_ENC_ABSENT)
		return true;
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t row = picked(p, i);
		if (from->encoding == WEIR_ENC_DICT && weir_column_valid(from, row)) {
			if (!weir_column_set_code(to, i, weir_column_code(from, row), from->dict))
				return false;
			continue;
		}
		struct weir_value v = weir_column_get(from, row);
		if (!weir_column_missing(from, row) && !weir_column_set_value(to, i, &v))
			return false;
		/* Whether a column of floats was filled with integers too decides how it reads once it becomes text. */
		if (v.type == WEIR_FLOAT64 && from->type_count[WEIR_INT64] && v.f == trunc(v.f)) {
			to->type_count[WEIR_FLOAT64]--;
			to->type_count[WEIR_INT64]++;
		}
	}
	return weir_column_finish(to, p->n);
}

static bool copy_heads(struct weir_batch *to, const struct weir_batch *from, const struct pick *p)
{
	if ((from->time_us && !weir_batch_add_time(to)) || (from->partition && !weir_batch_add_partition(to)) ||
	    (from->weight && !weir_batch_add_weight(to)))
		return false;
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t row = picked(p, i);
		to->position[i] = from->position[row];
		if (from->time_us)
			to->time_us[i] = from->time_us[row];
		if (from->partition)
			to->partition[i] = from->partition[row];
		if (from->weight)
			to->weight[i] = from->weight[row];
		if (!from->malformed || !weir_bit_get(from->malformed, row))
			continue;
		if (!to->malformed &&
		    !(to->malformed = weir_calloc(weir_bit_words(to->capacity), sizeof *to->malformed)))
			return false;
		weir_bit_set(to->malformed, i);
	}
	return true;
}

static bool copy_columns(struct weir_batch *to, const struct weir_batch *b, const struct pick *p)
{
	const struct weir_column *const extra[] = {&b->raw, &b->key, &b->headers, &b->stamp};
	struct weir_column *const extra_to[] = {&to->raw, &to->key, &to->headers, &to->stamp};
	bool good = (!b->schema || weir_batch_set_schema(to, b->schema)) && copy_heads(to, b, p);

	for (uint32_t c = 0; good && c < b->n_columns; c++)
		good = copy_column(&to->columns[c], &b->columns[c], p);
	for (int c = 0; good && c < 4; c++)
		good = copy_column(extra_to[c], extra[c], p);
	return good;
}

bool weir_cut_counts(const struct weir_batch *b)
{
	uint64_t noted = 0;

	for (int i = 0; i < WEIR_NOTE_COUNT; i++)
		noted += b->n_noted[i];
	return b->bytes || noted || weir_batch_malformed(b);
}

static void move_counts(struct weir_batch *to, struct weir_batch *from)
{
	to->bytes = from->bytes;
	to->first_malformed = from->first_malformed;
	memcpy(to->n_malformed, from->n_malformed, sizeof to->n_malformed);
	memcpy(to->n_noted, from->n_noted, sizeof to->n_noted);
	memcpy(to->first_noted, from->first_noted, sizeof to->first_noted);
	from->bytes = 0;
	from->first_malformed.code = WEIR_OK;
	memset(from->n_malformed, 0, sizeof from->n_malformed);
	memset(from->n_noted, 0, sizeof from->n_noted);
	memset(from->first_noted, 0, sizeof from->first_noted);
}

static struct weir_batch *copy_rows(struct weir_batch *b, const struct pick *p)
{
	struct weir_batch *s = weir_batch_new(p->n ? p->n : 1);

	if (!s)
		return NULL;
	s->stream = b->stream;
	s->arrival_us = b->arrival_us;
	weir_batch_set_partitions(s, b->partitions);
	if (!copy_columns(s, b, p)) {
		weir_batch_free(s);
		return NULL;
	}
	s->n_rows = p->n;
	move_counts(s, b);
	return s;
}

struct weir_batch *weir_cut_range(struct weir_batch *b, uint32_t from, uint32_t n)
{
	const struct pick p = {.first = from, .n = n};

	return copy_rows(b, &p);
}

struct weir_batch *weir_cut_list(struct weir_batch *b, const uint32_t *rows, uint32_t n)
{
	const struct pick p = {.list = rows, .n = n};

	return copy_rows(b, &p);
}
