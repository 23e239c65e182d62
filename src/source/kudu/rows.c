/* Rows, whose cells have the types of their columns. */
#include "kudu.h"

enum { OFFSET = 3 };

#define US_PER_DAY (INT64_C(86400) * WEIR_US_PER_S)

/* The digits of 128 bits, and their sign. */
static void write_digits(const struct weir_kudu_cell *cell, enum weir_kd_kind kind, bool *negative, char digits[40])
{
	unsigned char bytes[16] = {0};
	char turned[40];
	int n = 0;

	if (kind == WEIR_KD_GREAT)
		memcpy(bytes, cell->s.data, sizeof bytes);
	else
		memcpy(bytes, &cell->i, sizeof cell->i);
	*negative = kind == WEIR_KD_GREAT ? bytes[15] & 0x80 : cell->i < 0;
	for (int i = 0, carry = 1; *negative && i < (kind == WEIR_KD_GREAT ? 16 : 8); i++) {
		int byte = (unsigned char)~bytes[i] + carry;
		bytes[i] = (unsigned char)byte;
		carry = byte >> 8;
	}
	for (bool more = true; more; n++) {
		unsigned rest = 0;
		more = false;
		for (int i = 16; i--;) {
			unsigned v = rest << 8 | bytes[i];
			bytes[i] = (unsigned char)(v / 10);
			rest = v % 10;
			more = more || bytes[i];
		}
		turned[n] = (char)('0' + rest);
	}
	for (int i = 0; i < n; i++)
		digits[i] = turned[n - 1 - i];
	digits[n] = '\0';
}

void weir_kd_decimal(const struct weir_kudu_cell *cell, enum weir_kd_kind kind, int scale, struct weir_buf *out)
{
	char digits[40];
	bool negative;

	write_digits(cell, kind, &negative, digits);
	int n = (int)strlen(digits), whole = n - scale;
	weir_buf_add_c(out, negative ? "-" : "");
	if (whole > 0)
		weir_buf_add(out, digits, (size_t)whole);
	else
		weir_buf_add_char(out, '0');
	if (scale > 0)
		weir_buf_add_char(out, '.');
	for (int i = whole; i < n && scale > 0; i++)
		weir_buf_add_char(out, i < 0 ? '0' : digits[i]);
}

static bool put_decimal(struct weir_kd_source *q, const struct weir_kd_column *how, const struct weir_kudu_cell *cell,
			struct weir_batch *b, uint32_t row)
{
	uint32_t field = (uint32_t)how->field;
	struct weir_buf text = {0};
	int64_t whole;
	double v;

	weir_kd_decimal(cell, how->kind, how->scale, &text);
	bool good = !text.failed;
	if (good && q->cells.all[field].type == WEIR_INT64 && weir_parse_int64(weir_buf_str(&text), false, &whole))
		good = weir_column_set_int64(&b->columns[field], row, whole);
	else if (good && q->cells.all[field].type == WEIR_FLOAT64 && weir_parse_double(weir_buf_str(&text), &v))
		good = weir_column_set_float64(&b->columns[field], row, v);
	else if (good)
		good = weir_cells_put_text(&q->cells, field, b, row, weir_buf_str(&text));
	weir_buf_release(&text);
	return good;
}

/* A column that was named as the time, though it is none to Kudu. */
static bool read_asked_time(struct weir_kd_source *q, const struct weir_kd_column *how,
			    const struct weir_kudu_cell *cell, int64_t *us)
{
	switch (how->kind) {
	case WEIR_KD_INT:
		return weir_cells_read_number(&q->unit, (double)cell->i, us);
	case WEIR_KD_FLOAT:
		return weir_cells_read_number(&q->unit, cell->f, us);
	case WEIR_KD_TEXT:
	case WEIR_KD_BYTES:
		return weir_time_read_iso(cell->s, us);
	default:
		return false;
	}
}

/* *us: the time that it is, where it is one. */
static bool put_cell(struct weir_kd_source *q, const struct weir_kd_column *how, const struct weir_kudu_cell *cell,
		     struct weir_batch *b, uint32_t row, int64_t *us)
{
	uint32_t field = (uint32_t)how->field;
	struct weir_column *c = &b->columns[field];

	switch (how->kind) {
	case WEIR_KD_TIME:
	case WEIR_KD_DATE:
		if (how->kind == WEIR_KD_TIME)
			*us = cell->i;
		else if (__builtin_mul_overflow(cell->i, US_PER_DAY, us))
			*us = WEIR_TIME_NONE;
		if (weir_time_exists(*us))
			return weir_column_set_timestamp(c, row, *us);
		*us = WEIR_TIME_NONE;
		return weir_cells_put_no_time(b, field, row, q->came + 1);
	default:
		break;
	}
	if (q->cells.all[field].type == WEIR_TIMESTAMP && read_asked_time(q, how, cell, us))
		return weir_column_set_timestamp(c, row, *us);
	switch (how->kind) {
	case WEIR_KD_BOOL:
		return weir_column_set_bool(c, row, cell->i != 0);
	case WEIR_KD_INT:
		return weir_column_set_int64(c, row, cell->i);
	case WEIR_KD_FLOAT:
		return weir_cells_put_float(b, field, row, cell->f, q->came + 1);
	case WEIR_KD_TEXT:
		return weir_cells_put_text(&q->cells, field, b, row, cell->s);
	case WEIR_KD_BYTES:
		return weir_cells_put_bytes(&q->cells, field, b, row, cell->s);
	default:
		return put_decimal(q, how, cell, b, row);
	}
}

/* What has no value is NULL, or the row did not have it. */
static bool put_nulls(struct weir_kd_source *q, const struct weir_kudu_cell *cells, struct weir_batch *b, uint32_t row)
{
	struct weir_str nulls = q->nulls >= 0 && !cells[q->nulls].null ? cells[q->nulls].s : WEIR_STR("");
	struct weir_buf quoted = {0};
	bool good = true;

	if (q->nulls >= 0 && !nulls.size)
		return true;
	for (uint32_t i = 0; i < q->cells.n && good; i++)
		if (b->columns[i].filled <= row &&
		    (q->nulls < 0 || weir_cells_is_named(nulls, q->schema->fields[i].name, &quoted)))
			good = weir_column_set_null(&b->columns[i], row);
	good = good && !quoted.failed;
	weir_buf_release(&quoted);
	return good;
}

static bool is_wanted(const struct weir_kd_source *q, int64_t us)
{
	if (q->from.kind != WEIR_PLACE_TIME && q->until.kind != WEIR_PLACE_TIME)
		return true;
	return us != WEIR_TIME_NONE && (q->from.kind != WEIR_PLACE_TIME || us >= q->from.value) &&
	       (q->until.kind != WEIR_PLACE_TIME || us < q->until.value);
}

enum weir_status weir_kd_read_row(struct weir_kd_source *q, const struct weir_kudu_cell *cells, struct weir_batch *b,
				  uint32_t row, bool *wanted, struct weir_error *err)
{
	int time = weir_schema_time_field(q->schema);
	int64_t event_us = WEIR_TIME_NONE;
	bool good = true;

	b->position[row] = q->landed ? cells[q->place[OFFSET]].i : q->came;
	for (uint32_t i = 0; i < q->n_columns && good; i++) {
		const struct weir_kd_column *how = &q->columns[i];
		int64_t us = WEIR_TIME_NONE;
		if (how->field < 0 || cells[i].null)
			continue;
		b->bytes += how->kind == WEIR_KD_TEXT || how->kind == WEIR_KD_BYTES ? cells[i].s.size : 8;
		good = put_cell(q, how, &cells[i], b, row, &us);
		if (how->field == time)
			event_us = us;
	}
	good = good && put_nulls(q, cells, b, row);
	if (b->time_us)
		b->time_us[row] = event_us;
	q->came++;
	*wanted = is_wanted(q, event_us);
	enum weir_status st = good ? WEIR_OK : weir_kd_out_of_memory(err);
	if (st == WEIR_OK && *wanted && q->landed)
		st = weir_kd_origin_find(q, cells, &b->partition[row], err);
	if (!*wanted)
		for (uint32_t i = 0; i < b->n_columns; i++)
			weir_column_truncate(&b->columns[i], row);
	return st;
}
