/* Choosing a shape for the records that come, and settling what its runs stored. */
#include "codec/json/json.h"

#include <stdlib.h>

enum {
	COLD_AFTER = 64, /* strangers in a row after which shapes are tried only now and then */
	COLD_ONE_IN = 16,
};

bool json_shapes_init(struct json_shapes *s)
{
	s->shapes = weir_calloc(JSON_SHAPES, sizeof *s->shapes);
	s->patience = 1;
	s->run = json_run_portable;
#ifdef WEIR_HAS_AVX2
	if (weir_cpu_has_avx2())
		s->run = json_run_avx2;
#endif
	return s->shapes != NULL;
}

void json_shapes_release(struct json_shapes *s)
{
	for (uint32_t i = 0; s->shapes && i < JSON_SHAPES; i++)
		weir_buf_release(&s->shapes[i].text);
	free(s->shapes);
	weir_buf_release(&s->padded);
}

static bool holds(const struct weir_column *c, enum weir_type type, enum weir_encoding encoding)
{
	return c->type == type && c->encoding == encoding;
}

/* What the step does, given what its column holds so far in this batch. -1: the full parser has to change the column
 * first. */
static int action_of(const struct weir_builder *b, const struct json_step *step)
{
	const struct weir_column *c = step->out;
	bool text = step->kind == JSON_VALUE_TEXT;
	if (step->kind == JSON_VALUE_NULL)
		return JSON_TAKE_NULL;
	if (step->state->is_time) {
		if (!holds(c, WEIR_TIMESTAMP, WEIR_ENC_WIDE) || !b->batch->time_us)
			return -1;
		return text ? JSON_TAKE_TIME : step->kind == JSON_VALUE_NUMBER ? JSON_TAKE_TIME_NUMBER : -1;
	}
	bool number = step->kind == JSON_VALUE_NUMBER;
	if (number && holds(c, WEIR_INT64, WEIR_ENC_WIDE))
		return JSON_TAKE_INT;
	if (number && holds(c, WEIR_FLOAT64, WEIR_ENC_WIDE))
		return JSON_TAKE_FLOAT;
	if (step->kind == JSON_VALUE_BOOL)
		return holds(c, WEIR_BOOL, WEIR_ENC_BYTE) ? JSON_TAKE_BOOL : -1;
	if (holds(c, WEIR_STRING, WEIR_ENC_DICT) && c->dict == step->state->dict)
		return text ? JSON_TAKE_CODE : number ? JSON_TAKE_NUMBER_TEXT : JSON_TAKE_NESTED;
	if (holds(c, WEIR_STRING, WEIR_ENC_PLAIN) && step->state->plain)
		return text ? JSON_TAKE_PLAIN : number ? JSON_TAKE_NUMBER_TEXT : JSON_TAKE_NESTED;
	return -1;
}

static int skipping(uint8_t kind)
{
	switch ((enum json_value_kind)kind) {
	case JSON_VALUE_TEXT:
		return JSON_SKIP_TEXT;
	case JSON_VALUE_NUMBER:
		return JSON_SKIP_NUMBER;
	case JSON_VALUE_BOOL:
		return JSON_SKIP_BOOL;
	case JSON_VALUE_NULL:
		return JSON_TAKE_NULL;
	case JSON_VALUE_NESTED:
		break;
	}
	return JSON_SKIP_NESTED;
}

/* Makes the steps ready to store rows from `row` on. */
static bool bind(struct weir_builder *b, struct json_shape *shape, struct json_waiting_ring *waiting, uint32_t row)
{
	for (uint32_t i = 0; i < shape->n_steps; i++) {
		struct json_step *step = &shape->steps[i];
		step->n_int = step->last_int = step->n_float = step->last_float = 0;
		if (step->column < 0) {
			step->action = (uint8_t)skipping(step->kind);
			continue;
		}
		step->out = &b->batch->columns[step->column];
		step->state = &b->columns[step->column];
		int action = action_of(b, step);
		if (action < 0)
			return false;
		if (action != JSON_TAKE_NULL && !weir_column_catch_up(step->out, row))
			return false;
		step->action = (uint8_t)action;
		step->data = step->out->data;
		step->waiting = waiting;
	}
	return true;
}

static int settle(struct weir_builder *b, struct json_shape *shape, uint32_t from, uint32_t to)
{
	for (uint32_t i = 0; i < shape->n_steps; i++) {
		struct json_step *step = &shape->steps[i];
		if (step->column < 0)
			continue;
		if (step->action == JSON_TAKE_NULL) {
			for (uint32_t row = from; row < to; row++)
				if (!weir_column_set_null(step->out, row))
					return JSON_NO_MEMORY;
			continue;
		}
		weir_column_settle_rows(step->out, to, step->n_int, step->n_float);
		b->any_time = b->any_time || step->state->is_time;
		if (step->action == JSON_TAKE_CODE || step->action == JSON_TAKE_NESTED ||
		    step->action == JSON_TAKE_NUMBER_TEXT)
			step->state->texts_batch += to - from;
	}
	shape->rows += to - from;
	return JSON_OK;
}

/* *n rows from the records at *p, as far as they are of one known shape; 0: of none. JSON_OK, JSON_NO_MEMORY. */
static int run(struct json_codec *j, const char **p, uint32_t last, struct json_shape **of, uint32_t *n)
{
	struct json_shapes *s = &j->shapes;
	struct weir_builder *b = &j->codec.builder;
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t which = (s->current + i) % s->n;
		struct json_shape *shape = &s->shapes[which];
		const struct json_step *first = shape->steps;
		if ((size_t)(j->end - *p) < shape->margin ||
		    memcmp(*p, first->lead, first->lead_bytes < 8 ? first->lead_bytes : 8) != 0 ||
		    !bind(b, shape, &s->waiting, b->row))
			continue;
		uint32_t row = s->run(j, shape, p, b->row, last);
		if (!json_run_settle_codes(&s->waiting, row))
			return JSON_NO_MEMORY;
		if (b->batch->time_us && row < last)
			b->batch->time_us[row] = WEIR_TIME_NONE; /* of a record that broke off */
		if (row > b->row) {
			s->current = which;
			s->strangers = 0;
			*of = shape;
			*n = row - b->row;
			return JSON_OK;
		}
	}
	*n = 0;
	return JSON_OK;
}

int json_shapes_read(struct json_codec *j, const char **p, uint64_t offset)
{
	struct json_shapes *s = &j->shapes;
	struct weir_builder *b = &j->codec.builder;
	struct json_shape *shape;
	s->start = *p;
	s->offset = offset;
	while (!weir_builder_full(b) && !(s->strangers > COLD_AFTER && s->strangers % COLD_ONE_IN)) {
		const char *record = *p;
		uint32_t last = b->want.raw ? b->row + 1 : b->rows_most;
		uint32_t n;
		if (run(j, p, last, &shape, &n) != JSON_OK)
			return JSON_NO_MEMORY;
		if (!n)
			break;
		if (settle(b, shape, b->row, b->row + n) != JSON_OK)
			return JSON_NO_MEMORY;
		if (!b->want.raw) {
			b->row += n;
			b->records += n;
			continue;
		}
		struct weir_str raw = {record, (size_t)(*p - record)};
		while (raw.size && raw.data[raw.size - 1] != '}')
			raw.size--;
		if (!weir_builder_commit(b, b->batch->position[b->row], raw, NULL))
			return JSON_NO_MEMORY;
	}
	return JSON_OK;
}

int json_shapes_message(struct json_codec *j, struct weir_str payload, bool *read)
{
	enum { LONGEST = 16384 }; /* longer ones are not worth the copy */
	struct json_shapes *s = &j->shapes;
	struct weir_builder *b = &j->codec.builder;
	struct json_shape *shape;
	*read = false;
	if (!s->n || payload.size > LONGEST || (s->strangers > COLD_AFTER && s->strangers % COLD_ONE_IN))
		return JSON_OK;
	size_t room = JSON_LEAD_MOST + 2 * JSON_VALUE_MARGIN;
	weir_buf_clear(&s->padded);
	if (!weir_buf_reserve(&s->padded, payload.size + room))
		return JSON_NO_MEMORY;
	memcpy(s->padded.data, payload.data, payload.size);
	memset(s->padded.data + payload.size, 0, room);
	const char *p = s->padded.data, *end = p + payload.size;
	s->start = p;
	s->offset = 0;
	j->end = end + room;
	uint32_t n;
	if (run(j, &p, b->row + 1, &shape, &n) != JSON_OK)
		return JSON_NO_MEMORY;
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	if (!n || p != end) {
		if (b->batch->time_us)
			b->batch->time_us[b->row] = WEIR_TIME_NONE;
		return JSON_OK;
	}
	*read = true;
	return settle(b, shape, b->row, b->row + 1);
}
