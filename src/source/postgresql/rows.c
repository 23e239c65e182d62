/* Rows in the binary form of COPY: a count of fields, and for each its length (-1: NULL) and its bytes, most significant first. */
#include "postgresql.h"

enum { HEAD = 19, TRACK_FIELDS = 2 };

#define DAY_US (INT64_C(86400) * WEIR_US_PER_S)

int64_t weir_pg_number(const char *at, size_t size)
{
	uint64_t v = 0;

	for (size_t i = 0; i < size; i++)
		v = v << 8 | (unsigned char)at[i];
	unsigned unused = (unsigned)(8 * (8 - size));
	return (int64_t)(v << unused) >> unused;
}

bool weir_pg_next_field(struct weir_str *rest, struct weir_str *out, bool *is_null)
{
	if (rest->size < 4)
		return false;
	int64_t size = weir_pg_number(rest->data, 4);
	*rest = (struct weir_str){rest->data + 4, rest->size - 4};
	*is_null = size < 0;
	size = size < 0 ? 0 : size;
	if ((size_t)size > rest->size)
		return false;
	*out = (struct weir_str){rest->data, (size_t)size};
	*rest = (struct weir_str){rest->data + size, rest->size - (size_t)size};
	return true;
}

/* The server sends a value of this kind in so many bytes. */
static bool fits(enum weir_pg_kind kind, struct weir_str s)
{
	static const uint8_t sizes[] = {
	    [WEIR_PG_BOOL] = 1,    [WEIR_PG_INT16] = 2,   [WEIR_PG_INT32] = 4, [WEIR_PG_INT64] = 8,
	    [WEIR_PG_FLOAT32] = 4, [WEIR_PG_FLOAT64] = 8, [WEIR_PG_TIME] = 8,  [WEIR_PG_DATE] = 4,
	};

	return kind == WEIR_PG_TEXT || s.size == sizes[kind];
}

static double float_of(struct weir_str s)
{
	double wide;
	float narrow;
	uint64_t bits = (uint64_t)weir_pg_number(s.data, s.size);
	uint32_t half = (uint32_t)bits;

	if (s.size == sizeof narrow) {
		memcpy(&narrow, &half, sizeof narrow);
		return narrow;
	}
	memcpy(&wide, &bits, sizeof wide);
	return wide;
}

bool weir_pg_time_of(enum weir_pg_kind kind, struct weir_str s, int64_t *us)
{
	int64_t v = weir_pg_number(s.data, s.size);

	if (kind == WEIR_PG_DATE && (v == INT32_MIN || v == INT32_MAX))
		return false;
	if (kind == WEIR_PG_DATE)
		v *= DAY_US;
	if (v == INT64_MAX || v == INT64_MIN || v > WEIR_TIME_LAST_US)
		return false;
	*us = v + WEIR_POSTGRES_EPOCH_US;
	return weir_time_exists(*us);
}

/* The event time, where it was asked for in a column of another type. */
static bool read_asked_time(struct weir_pg_source *q, uint32_t field, struct weir_str s, int64_t *us)
{
	switch (q->kinds[field]) {
	case WEIR_PG_TEXT:
		return weir_time_read_iso(s, us);
	case WEIR_PG_FLOAT32:
	case WEIR_PG_FLOAT64:
		return weir_cells_read_number(&q->unit, float_of(s), us);
	case WEIR_PG_BOOL:
		return false;
	default:
		return weir_cells_read_number(&q->unit, (double)weir_pg_number(s.data, s.size), us);
	}
}

/* *us: the time that it is, where it is one. */
static bool put_cell(struct weir_pg_source *q, struct weir_batch *b, uint32_t field, uint32_t row, struct weir_str s,
		     int64_t *us)
{
	enum weir_pg_kind kind = q->kinds[field];
	struct weir_column *c = &b->columns[field];

	if (kind == WEIR_PG_TIME || kind == WEIR_PG_DATE)
		return weir_pg_time_of(kind, s, us) ? weir_column_set_timestamp(c, row, *us)
						    : weir_cells_put_no_time(b, field, row, q->came + 1);
	if (q->cells.all[field].type == WEIR_TIMESTAMP && read_asked_time(q, field, s, us))
		return weir_column_set_timestamp(c, row, *us);
	switch (kind) {
	case WEIR_PG_BOOL:
		return weir_column_set_bool(c, row, s.data[0]);
	case WEIR_PG_FLOAT32:
	case WEIR_PG_FLOAT64:
		return weir_cells_put_float(b, field, row, float_of(s), q->came + 1);
	case WEIR_PG_TEXT:
		return weir_cells_put_text(&q->cells, field, b, row, s);
	default:
		return weir_column_set_int64(c, row, weir_pg_number(s.data, s.size));
	}
}

/* Which row it is. False: it came before the connection broke. */
static bool take_number(struct weir_pg_source *q, uint64_t xid, int32_t n)
{
	bool same = xid == q->xid && n == q->n;

	q->same = same ? q->same + 1 : 1;
	q->xid = xid;
	q->n = n;
	if (same && q->skip) {
		q->skip--;
		return false;
	}
	q->skip = 0;
	return true;
}

/* The last field but for the columns says which NULLs are values. */
static struct weir_str find_nulls(const struct weir_pg_source *q, struct weir_str rest, bool *good)
{
	struct weir_str field = {0};
	bool is_null;

	for (uint32_t i = 0; i < q->cells.n && *good; i++)
		*good = q->cells.all[i].at < 0 || weir_pg_next_field(&rest, &field, &is_null);
	*good = *good && weir_pg_next_field(&rest, &field, &is_null);
	return field;
}

static enum weir_status not_a_row(const struct weir_pg_source *q, struct weir_error *err)
{
	return weir_fail(err, WEIR_MALFORMED, q->server.name, "the server sent what is no row");
}

/* The columns, which are all of `rest`. *event_us: the event time. */
static enum weir_status read_cells(struct weir_pg_source *q, struct weir_str rest, struct weir_str nulls,
				   struct weir_batch *b, uint32_t row, int64_t *event_us, struct weir_error *err)
{
	struct weir_str field = {0};
	struct weir_buf quoted = {0};
	int time = weir_schema_time_field(q->schema);
	bool good = true, kept = true, is_null = false;
	int64_t us = WEIR_TIME_NONE;

	for (uint32_t i = 0; i < q->cells.n && good && kept; i++, us = WEIR_TIME_NONE) {
		if (q->cells.all[i].at < 0)
			continue; /* it was not asked for */
		good = weir_pg_next_field(&rest, &field, &is_null) && (is_null || fits(q->kinds[i], field));
		b->bytes += field.size;
		if (!good ||
		    (is_null && q->has_nulls && !weir_cells_is_named(nulls, q->schema->fields[i].name, &quoted)))
			continue; /* its key was not there */
		kept = is_null ? weir_column_set_null(&b->columns[i], row) : put_cell(q, b, i, row, field, &us);
		if ((int)i == time)
			*event_us = us;
	}
	kept = kept && !quoted.failed;
	weir_buf_release(&quoted);
	return !good  ? not_a_row(q, err)
	       : kept ? WEIR_OK
		      : weir_fail(err, WEIR_NO_MEMORY, "postgresql", "out of memory");
}

bool weir_pg_begin_row(struct weir_str bytes, struct weir_str *rest)
{
	*rest = bytes;
	if (rest->size >= HEAD && memcmp(rest->data, "PGCOPY\n", 7) == 0)
		*rest = (struct weir_str){rest->data + HEAD, rest->size - HEAD};
	if (rest->size < 2 || weir_pg_number(rest->data, 2) < 0) /* the head alone, or the end */
		return false;
	*rest = (struct weir_str){rest->data + 2, rest->size - 2};
	return true;
}

enum weir_status weir_pg_read_row(struct weir_pg_source *q, struct weir_str bytes, struct weir_batch *b, uint32_t row,
				  bool *used, struct weir_error *err)
{
	struct weir_str rest, field = {0}, nulls = {0};
	bool good = true, is_null;

	*used = false;
	if (!weir_pg_begin_row(bytes, &rest))
		return WEIR_OK;
	b->position[row] = q->came;
	if (q->tracked) {
		struct weir_str n = {0};
		good = weir_pg_next_field(&rest, &field, &is_null) && field.size == 8 &&
		       weir_pg_next_field(&rest, &n, &is_null) && n.size == 4;
		if (good &&
		    !take_number(q, (uint64_t)weir_pg_number(field.data, 8), (int32_t)weir_pg_number(n.data, 4)))
			return WEIR_OK;
		b->position[row] =
		    (int64_t)(q->xid << 24) + q->n; /* as unique as the two, and the same whenever it is read */
	}
	if (good && q->has_nulls)
		nulls = find_nulls(q, rest, &good);
	int64_t event_us = WEIR_TIME_NONE;
	enum weir_status st = good ? read_cells(q, rest, nulls, b, row, &event_us, err) : not_a_row(q, err);
	if (b->time_us)
		b->time_us[row] = event_us;
	q->came += st == WEIR_OK;
	*used = st == WEIR_OK;
	return st;
}
