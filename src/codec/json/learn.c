/* A shape from a record that the full parser read. */
#include "codec/json/json.h"

enum { PATIENCE_MOST = 4096, ROWS_WORTH = 16 };

static uint8_t kind_of(char first)
{
	switch (first) {
	case '"':
		return JSON_VALUE_TEXT;
	case '[':
	case '{':
		return JSON_VALUE_NESTED;
	case 't':
	case 'f':
		return JSON_VALUE_BOOL;
	case 'n':
		return JSON_VALUE_NULL;
	default:
		return JSON_VALUE_NUMBER;
	}
}

static bool add_lead(struct json_shape *shape, struct json_step *step, const char *from, const char *to)
{
	size_t size = (size_t)(to - from);
	if (size > JSON_LEAD_MOST)
		return false;
	size_t at_once = size < JSON_LEAD_VECTOR ? size : JSON_LEAD_VECTOR;
	memcpy(step->lead, from, at_once);
	step->lead_bytes = (uint32_t)size;
	step->lead_mask = at_once == 32 ? UINT32_MAX : (1u << at_once) - 1;
	weir_buf_add(&shape->text, from, size);
	if (shape->margin < size + JSON_VALUE_MARGIN)
		shape->margin = (uint32_t)size + JSON_VALUE_MARGIN;
	return true;
}

static bool column_repeats(const struct json_trace *t, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (t->values[k].column >= 0 && t->values[k].column == t->values[i].column)
			return true;
	return false;
}

/* The record as a shape; its texts are in the shape's own buffer. False: it has none. */
static bool draw(const struct json_trace *t, const char *from, const char *to, struct json_shape *shape)
{
	const char *literal = from;
	for (uint32_t i = 0; i < t->n; i++) {
		struct json_step *step = &shape->steps[i];
		bool text = *t->values[i].from == '"';
		step->kind = kind_of(*t->values[i].from);
		step->column = t->values[i].column;
		if (column_repeats(t, i) || !add_lead(shape, step, literal, t->values[i].from + text))
			return false;
		/* a closing quote and a null belong to the lead that follows */
		literal = step->kind == JSON_VALUE_NULL ? t->values[i].from : t->values[i].to - text;
	}
	struct json_step *end = &shape->steps[t->n];
	end->action = JSON_END;
	end->column = -1;
	shape->n_steps = t->n;
	return add_lead(shape, end, literal, to) && !shape->text.failed;
}

static void point_leads(struct json_shape *shape)
{
	const char *lead = shape->text.data;
	for (uint32_t i = 0; i <= shape->n_steps; i++) {
		shape->steps[i].whole_lead = lead;
		lead += shape->steps[i].lead_bytes;
	}
}

static bool same(const struct json_shape *a, const struct json_shape *b)
{
	if (a->n_steps != b->n_steps || !weir_str_equal(weir_buf_str(&a->text), weir_buf_str(&b->text)))
		return false;
	for (uint32_t i = 0; i < a->n_steps; i++)
		if (a->steps[i].kind != b->steps[i].kind || a->steps[i].lead_bytes != b->steps[i].lead_bytes)
			return false;
	return true;
}

/* The place of a new shape: a free one, or that of the shape which read least since it was last passed over. */
static struct json_shape *place_for(struct json_shapes *s)
{
	struct json_shape *least = s->shapes;
	if (s->n < JSON_SHAPES)
		return &s->shapes[s->n++];
	for (uint32_t i = 1; i < JSON_SHAPES; i++)
		if (s->shapes[i].rows < least->rows)
			least = &s->shapes[i];
	/* Where nothing repeats, learning costs more than it brings. */
	s->patience = least->rows >= ROWS_WORTH ? 1 : s->patience < PATIENCE_MOST ? s->patience * 2 : PATIENCE_MOST;
	for (uint32_t i = 0; i < JSON_SHAPES; i++)
		s->shapes[i].rows /= 2;
	return least;
}

void json_shapes_learn(struct json_codec *j, const char *from, const char *to)
{
	struct json_shapes *s = &j->shapes;
	const struct json_trace *t = &s->trace;
	struct json_shape fresh = {0};
	if (++s->strangers % s->patience || t->failed || !t->n)
		return;
	bool known = !draw(t, from, to, &fresh);
	for (uint32_t i = 0; i < s->n && !known; i++)
		known = same(&fresh, &s->shapes[i]);
	if (known) {
		weir_buf_release(&fresh.text);
		return;
	}
	struct json_shape *place = place_for(s);
	weir_buf_release(&place->text);
	*place = fresh;
	point_leads(place);
}
