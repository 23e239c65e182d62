/* Writes down rows that are left out, while they are still there. */
#include "buffer/left_out.h"

/* The row as JSON, until that is longer than what is kept. */
static void row_text(const struct weir_batch *b, uint32_t row, struct weir_buf *out)
{
	weir_buf_add_char(out, '{');
	for (uint32_t i = 0; i < b->n_columns && out->size <= WEIR_MAX_LEFT_BYTES; i++) {
		struct weir_value v = weir_column_get(b->columns + i, row);
		if (weir_column_missing(b->columns + i, row))
			continue;
		if (out->size > 1)
			weir_buf_add_char(out, ',');
		weir_json_quote(b->schema->fields[i].name, out);
		weir_buf_add_char(out, ':');
		weir_value_json(&v, out);
	}
	weir_buf_add_char(out, '}');
}

static void leave_out(struct weir_batch *b, uint32_t row, enum weir_left_kind kind, int64_t by_us,
		      struct weir_str reason, struct weir_buf *text)
{
	struct weir_value raw = weir_column_get(&b->raw, row);
	uint32_t partition = b->partition ? b->partition[row] : 0;
	struct weir_left_out record = {.kind = kind,
				       .time_us = b->time_us[row],
				       .position = weir_batch_position(b, row),
				       .partition = (int32_t)partition,
				       .by_us = by_us,
				       .reason = reason,
				       .text = raw.s,
				       .rebuilt = raw.type != WEIR_STRING};
	if (record.rebuilt) {
		weir_buf_clear(text);
		row_text(b, row, text);
		record.text = weir_buf_str(text);
	}
	if (text->failed)
		return;
	if (b->partitions && partition < weir_partitions_count(b->partitions)) {
		record.partition = weir_partitions_get(b->partitions, partition)->number;
		record.topic = weir_partitions_get(b->partitions, partition)->topic;
	}
	weir_batch_leave_out(b, &record);
}

void weir_batch_add_late(struct weir_batch *b, const struct weir_late_rows *rows)
{
	struct weir_buf text = {0};
	uint64_t first = rows->n > WEIR_MAX_LEFT_OF_BATCH ? rows->n - WEIR_MAX_LEFT_OF_BATCH : 0;
	for (uint64_t i = first; i < rows->n; i++)
		leave_out(b, rows->last[i % WEIR_MAX_LEFT_OF_BATCH].row, WEIR_LEFT_LATE,
			  rows->last[i % WEIR_MAX_LEFT_OF_BATCH].by_us, WEIR_STR("its window was over when it came"),
			  &text);
	weir_buf_release(&text);
}

void weir_batch_add_future(struct weir_batch *b, int64_t until_us)
{
	struct weir_buf text = {0};
	uint32_t from = b->n_rows, n = 0;
	while (from > 0 && n < WEIR_MAX_LEFT_OF_BATCH)
		n += b->time_us[--from] > until_us;
	for (uint32_t row = from; row < b->n_rows; row++)
		if (b->time_us[row] > until_us)
			leave_out(b, row, WEIR_LEFT_FUTURE, b->time_us[row] - b->arrival_us,
				  WEIR_STR("its time lies ahead of the time when it came"), &text);
	weir_buf_release(&text);
}
