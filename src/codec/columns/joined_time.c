/* Values of the time column that are no time; a date and a time of day in two columns. */
#include "codec/columns/columns.h"

void weir_builder_no_time(struct weir_builder *b, struct weir_str near)
{
	b->batch->time_us[b->row] = WEIR_TIME_NONE;
	b->time_failed = near.size > 0;
	b->time_fault = b->time.fault;
	b->time_near_size = near.size < sizeof b->time_near ? near.size : sizeof b->time_near;
	if (near.size)
		memcpy(b->time_near, near.data, b->time_near_size);
}

void weir_builder_note_time(struct weir_builder *b, int64_t position, const struct weir_message *message)
{
	static const enum weir_note kinds[] = {
	    [WEIR_TIMEFMT_UNREAD] = WEIR_NOTE_TIME_UNREAD,
	    [WEIR_TIMEFMT_RANGE] = WEIR_NOTE_TIME_RANGE,
	    [WEIR_TIMEFMT_ORDER] = WEIR_NOTE_TIME_ORDER,
	};
	b->time_failed = false;
	weir_builder_note(b, kinds[b->time_fault], position, (struct weir_str){b->time_near, b->time_near_size},
			  message);
}

/* After the columns have ended: the rows have their positions, but no numbers any more. */
static void note_joined(struct weir_builder *b, struct weir_str text)
{
	const bool part = b->part;
	weir_builder_no_time(b, text);
	b->part = true;
	weir_builder_note_time(b, b->batch->position[b->row], NULL);
	b->part = part;
}

void weir_builder_join_times(struct weir_builder *b)
{
	struct weir_batch *batch = b->batch;
	int date = weir_schema_find(b->schema, weir_str_of(b->time_name));
	int clock = weir_schema_find(b->schema, weir_str_of(b->clock_name));
	const uint32_t rows = b->row;
	for (b->row = 0; b->row < rows; b->row++) {
		char text[128];
		struct weir_str s = {NULL, 0};
		int64_t us = WEIR_TIME_NONE;
		batch->time_us[b->row] = WEIR_TIME_NONE;
		if (date >= 0 && clock >= 0 && (uint32_t)date < batch->n_columns &&
		    (uint32_t)clock < batch->n_columns) {
			struct weir_value first = weir_column_get(&batch->columns[date], b->row);
			struct weir_value second = weir_column_get(&batch->columns[clock], b->row);
			s = weir_time_join(&first, &second, b->clock_digits, text);
		}
		if (s.size && weir_timefmt_text(&b->time, s, &us)) {
			batch->time_us[b->row] = us;
			b->any_time = true;
		} else if (s.size) {
			note_joined(b, s);
		}
	}
	b->row = rows;
}
