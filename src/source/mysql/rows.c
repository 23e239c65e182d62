/* Rows, whose cells come as texts. */
#include "mysql.h"

void weir_my_select(struct weir_my_source *q, struct weir_buf *sql)
{
	int time = weir_schema_time_field(q->schema), n = 0;

	weir_buf_add_c(sql, q->tracked ? "SELECT " WEIR_MYSQL_ID : "SELECT 0");
	for (uint32_t i = 0; i < q->cells.n; i++) {
		bool read = (int)i == time || weir_pushdown_reads(&q->pushdown, q->schema->fields[i].name);
		q->cells.all[i].at = read ? ++n : -1;
		if (!read)
			continue;
		weir_buf_add_c(sql, q->narrow[i] ? ", 0e0 + " : ", ");
		weir_mysql_quote(weir_str_of(q->cells.all[i].col), sql);
	}
	if (q->has_nulls)
		weir_buf_add_c(sql, ", " WEIR_MYSQL_NULLS);
	weir_buf_add_c(sql, " FROM ");
	if (q->query)
		weir_buf_addf(sql, "(%s\n) AS weir", q->query);
	else
		weir_mysql_quote(weir_str_of(q->table), sql);
}

static bool read_asked_time(struct weir_my_source *q, uint32_t field, struct weir_str s, int64_t *us)
{
	double v;

	if (q->kinds[field] == WEIR_MY_INT || q->kinds[field] == WEIR_MY_FLOAT)
		return weir_parse_double(s, &v) && weir_cells_read_number(&q->unit, v, us);
	return weir_time_read_iso(s, us);
}

/* *us: the time that it is, where it is one. */
static bool put_cell(struct weir_my_source *q, struct weir_batch *b, uint32_t field, uint32_t row, struct weir_str s,
		     int64_t *us)
{
	enum weir_my_kind kind = q->kinds[field];
	struct weir_column *c = &b->columns[field];
	int64_t whole;
	double v;

	if (kind == WEIR_MY_TIME)
		return weir_time_parse_iso(s, us) ? weir_column_set_timestamp(c, row, *us)
						  : weir_cells_put_no_time(b, field, row, q->came + 1);
	if (q->cells.all[field].type == WEIR_TIMESTAMP && read_asked_time(q, field, s, us))
		return weir_column_set_timestamp(c, row, *us);
	if (kind == WEIR_MY_BOOL && s.size == 1 && (s.data[0] == '0' || s.data[0] == '1'))
		return weir_column_set_bool(c, row, s.data[0] == '1');
	if ((kind == WEIR_MY_INT || kind == WEIR_MY_BOOL) && weir_parse_int64(s, false, &whole))
		return weir_column_set_int64(c, row, whole);
	if (kind == WEIR_MY_FLOAT && weir_parse_double(s, &v))
		return weir_cells_put_float(b, field, row, v, q->came + 1);
	return weir_cells_put_bytes(&q->cells, field, b, row, s); /* a BIGINT UNSIGNED beyond 63 bits among them */
}

/* Rows before from= and after until=, where these are times, are passed over. */
static bool is_wanted(const struct weir_my_source *q, int64_t us)
{
	if (q->from.kind != WEIR_PLACE_TIME && q->until.kind != WEIR_PLACE_TIME)
		return true;
	return us != WEIR_TIME_NONE && (q->from.kind != WEIR_PLACE_TIME || us >= q->from.value) &&
	       (q->until.kind != WEIR_PLACE_TIME || us < q->until.value);
}

enum weir_status weir_my_read_row(struct weir_my_source *q, MYSQL_RES *rows, MYSQL_ROW cells, struct weir_batch *b,
				  uint32_t row, bool *wanted, struct weir_error *err)
{
	const unsigned long *sizes = mysql_fetch_lengths(rows);
	unsigned last = mysql_num_fields(rows) - 1;
	struct weir_str nulls = {0};
	struct weir_buf quoted = {0};
	int time = weir_schema_time_field(q->schema);
	int64_t us = WEIR_TIME_NONE, event_us = WEIR_TIME_NONE;
	bool good = true;

	if (q->has_nulls && cells[last])
		nulls = (struct weir_str){cells[last], sizes[last]};
	b->position[row] = q->came;
	if (q->tracked)
		(void)!weir_parse_int64((struct weir_str){cells[0], sizes[0]}, false, &b->position[row]);
	for (uint32_t i = 0; i < q->cells.n && good; i++, us = WEIR_TIME_NONE) {
		int at = q->cells.all[i].at;
		if (at < 0)
			continue; /* it was not asked for */
		struct weir_str cell = {cells[at], sizes[at]};
		b->bytes += cell.size;
		if (cell.data)
			good = put_cell(q, b, i, row, cell, &us);
		else if (!q->has_nulls || weir_cells_is_named(nulls, q->schema->fields[i].name, &quoted))
			good = weir_column_set_null(&b->columns[i], row);
		if ((int)i == time)
			event_us = us;
	}
	if (b->time_us)
		b->time_us[row] = event_us;
	weir_buf_release(&quoted);
	q->came++;
	*wanted = is_wanted(q, event_us);
	if (!*wanted)
		for (uint32_t i = 0; i < b->n_columns; i++)
			weir_column_truncate(&b->columns[i], row);
	return good ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "mysql", "out of memory");
}
