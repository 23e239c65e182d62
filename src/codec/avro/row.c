/* The steps of a plan carried out: one datum into the row that is being built. */
#include "codec/avro/avro.h"

#include <math.h>

struct run {
	struct avro_plan *plan;
	struct weir_builder *b;
	struct avro_in *in;
	struct avro_notes *notes;
};

static inline enum avro_outcome stored(bool ok)
{
	return ok ? AVRO_READ : AVRO_NO_MEMORY;
}

/* A column that holds this type already, and is not the event time: its values are stored without the builder. */
static inline bool is_plainly(const struct run *r, int column, enum weir_type type)
{
	const struct weir_builder_column *c = &r->b->columns[column];
	return c->type == type && !c->is_time;
}

/* A short text that its column has seen lately has a code, and is known to be UTF-8. Eight bytes may be read from its start. */
static inline bool known_code(const struct run *r, int column, struct weir_str s, uint32_t *code)
{
	const struct weir_builder_column *c = &r->b->columns[column];
	if (!c->dict || s.size > 16 || (const char *)r->in->end - s.data < 8)
		return false;
	struct weir_text_words w = weir_text_words_padded(s.data, s.size);
	struct weir_code_cache *slot = weir_code_cache_slot(c, w, s.size);
	if (!weir_code_cache_holds(slot, w, s.size)) {
		slot = weir_code_cache_other(c, slot);
		if (!weir_code_cache_holds(slot, w, s.size))
			return false;
	}
	*code = slot->code;
	return true;
}

/* A text that may hold bytes which are no UTF-8. */
static enum avro_outcome put_text(const struct run *r, int column, struct weir_str s)
{
	uint32_t code;
	if (is_plainly(r, column, WEIR_STRING) && known_code(r, column, s, &code)) {
		struct weir_builder_column *c = &r->b->columns[column];
		c->texts_batch++;
		return stored(weir_column_set_code(&r->b->batch->columns[column], r->b->row, code, c->dict));
	}
	if (weir_text_clean(s))
		return stored(weir_builder_text(r->b, column, s));
	struct weir_buf repaired = {0};
	weir_utf8_repair(s, &repaired);
	r->notes->undecoded++;
	bool ok = !repaired.failed && weir_builder_text(r->b, column, weir_buf_str(&repaired));
	weir_buf_release(&repaired);
	return stored(ok);
}

/* Behind what plan->text was filled. */
static enum avro_outcome put_scratch(const struct run *r, int column)
{
	return stored(!r->plan->text.failed && weir_builder_text(r->b, column, weir_buf_str(&r->plan->text)));
}

static enum avro_outcome put_int(const struct run *r, int column, int64_t v)
{
	if (is_plainly(r, column, WEIR_INT64))
		return stored(weir_column_set_int64(&r->b->batch->columns[column], r->b->row, v));
	if (!weir_builder_is_text(r->b, column))
		return stored(weir_builder_int64(r->b, column, v));
	char text[24] = "";
	return stored(
	    weir_builder_text_of(r->b, column, (struct weir_str){text, weir_format_int64(v, text)}, WEIR_INT64));
}

static enum avro_outcome put_double(const struct run *r, int column, double v)
{
	if (!isfinite(v)) {
		r->notes->no_numbers++;
		return stored(weir_builder_null(r->b, column));
	}
	if (is_plainly(r, column, WEIR_FLOAT64))
		return stored(weir_column_set_float64(&r->b->batch->columns[column], r->b->row, v));
	if (!weir_builder_is_text(r->b, column))
		return stored(weir_builder_float64(r->b, column, v));
	char text[32] = "";
	return stored(
	    weir_builder_text_of(r->b, column, (struct weir_str){text, weir_format_double(v, text)}, WEIR_FLOAT64));
}

static enum avro_outcome put_bool(const struct run *r, int column, bool v)
{
	if (!weir_builder_is_text(r->b, column))
		return stored(weir_builder_bool(r->b, column, v));
	return stored(weir_builder_text_of(r->b, column, v ? WEIR_STR("true") : WEIR_STR("false"), WEIR_BOOL));
}

static enum avro_outcome put_time(const struct run *r, int column, int64_t us, bool exists)
{
	if (!exists || !weir_time_exists(us)) {
		r->notes->out_of_range++;
		return stored(weir_builder_null(r->b, column));
	}
	return stored(weir_builder_timestamp(r->b, column, us));
}

static enum avro_outcome put_integer(const struct run *r, const struct avro_step *s)
{
	int64_t v, us = 0;
	if (!(s->node->kind == AVRO_INT ? avro_int(r->in, &v) : avro_long(r->in, &v)))
		return AVRO_BAD;
	if (s->node->logical == AVRO_PLAIN)
		return put_int(r, s->column, v);
	bool exists = avro_time_us(s->node->logical, v, &us);
	if (s->node->logical != AVRO_TIME_MS && s->node->logical != AVRO_TIME_US)
		return put_time(r, s->column, us, exists);
	weir_buf_clear(&r->plan->text);
	avro_text_of_time(us, &r->plan->text);
	return put_scratch(r, s->column);
}

static enum avro_outcome put_decimal(const struct run *r, const struct avro_step *s, struct weir_str bytes)
{
	int64_t unscaled = 0;
	enum weir_type type = avro_unscaled(bytes, &unscaled) ? avro_decimal_type(s->node) : WEIR_STRING;
	if (type == WEIR_INT64)
		return put_int(r, s->column, unscaled);
	if (type == WEIR_FLOAT64)
		return put_double(r, s->column, avro_decimal_number(unscaled, s->node->scale));
	weir_buf_clear(&r->plan->text);
	avro_text_of_decimal(bytes, s->node->scale, &r->plan->text);
	return put_scratch(r, s->column);
}

static enum avro_outcome put_bytes(const struct run *r, const struct avro_step *s)
{
	struct weir_buf *text = &r->plan->text;
	struct weir_str bytes = {NULL, 0};
	if (!avro_bytes(r->in, s->node, &bytes))
		return AVRO_BAD;
	if (s->node->kind == AVRO_STRING)
		return put_text(r, s->column, bytes);
	if (s->node->logical == AVRO_DECIMAL)
		return put_decimal(r, s, bytes);
	weir_buf_clear(text);
	if (s->node->logical == AVRO_UUID)
		avro_text_of_fixed_uuid(bytes, text);
	else if (s->node->logical == AVRO_DURATION)
		avro_text_of_duration(bytes, text);
	else
		avro_text_of_bytes(bytes, text);
	return put_scratch(r, s->column);
}

static enum avro_outcome put_value(const struct run *r, const struct avro_step *s)
{
	uint32_t symbol = 0;
	double number = 0;
	bool truth = false;
	switch (s->node->kind) {
	case AVRO_NULL:
		return stored(weir_builder_null(r->b, s->column));
	case AVRO_BOOLEAN:
		return avro_boolean(r->in, &truth) ? put_bool(r, s->column, truth) : AVRO_BAD;
	case AVRO_INT:
	case AVRO_LONG:
		return put_integer(r, s);
	case AVRO_FLOAT:
		return avro_float(r->in, &number) ? put_double(r, s->column, number) : AVRO_BAD;
	case AVRO_DOUBLE:
		return avro_double(r->in, &number) ? put_double(r, s->column, number) : AVRO_BAD;
	case AVRO_ENUM:
		return avro_index(r->in, s->node->n, &symbol) ? put_text(r, s->column, s->node->names[symbol])
							      : AVRO_BAD;
	default:
		return put_bytes(r, s);
	}
}

/* As JSON: into a column of its own, or, beyond the last one, into what is left over. */
static enum avro_outcome put_json(const struct run *r, const struct avro_step *s)
{
	struct weir_buf *text = &r->plan->text;
	weir_buf_clear(text);
	if (!avro_json(r->in, s->node, 0, text))
		return text->failed ? AVRO_NO_MEMORY : AVRO_BAD;
	if (s->column == WEIR_COLUMN_MORE)
		return stored(!text->failed && weir_builder_more(r->b, s->name, weir_buf_str(text)));
	return put_scratch(r, s->column);
}

/* NULL in every column below a union. */
static enum avro_outcome put_nulls(const struct run *r, uint32_t from, uint32_t to)
{
	int last = WEIR_COLUMN_UNWANTED;
	for (uint32_t i = from; i < to; i++) {
		const struct avro_step *s = &r->plan->steps[i];
		if (s->op == AVRO_BRANCHES || s->column < 0 || s->column == last)
			continue;
		last = s->column;
		if (!weir_builder_null(r->b, s->column))
			return AVRO_NO_MEMORY;
	}
	return AVRO_READ;
}

/* What nobody wants. */
static inline bool pass_over(struct avro_in *in, const struct avro_node *node)
{
	struct weir_str s;
	int64_t number;
	uint32_t index;
	switch (node->kind) {
	case AVRO_INT:
		return avro_int(in, &number);
	case AVRO_LONG:
		return avro_long(in, &number);
	case AVRO_DOUBLE:
		return avro_take(in, sizeof(double), &s);
	case AVRO_BYTES:
	case AVRO_STRING:
		return avro_bytes(in, node, &s);
	case AVRO_ENUM:
		return avro_index(in, node->n, &index);
	default:
		return avro_skip(in, node, 0);
	}
}

static enum avro_outcome run_steps(const struct run *r, uint32_t from, uint32_t to);

static enum avro_outcome run_branch(const struct run *r, uint32_t at)
{
	const struct avro_step *s = &r->plan->steps[at];
	const uint32_t *starts = &r->plan->starts[s->first];
	uint32_t branch = 0;
	if (!avro_index(r->in, s->node->n, &branch))
		return AVRO_BAD;
	if (s->node->items[branch]->kind == AVRO_NULL)
		return put_nulls(r, at + 1, s->next);
	return run_steps(r, starts[branch], starts[branch + 1]);
}

static enum avro_outcome run_steps(const struct run *r, uint32_t from, uint32_t to)
{
	enum avro_outcome outcome = AVRO_READ;
	for (uint32_t i = from; i < to && outcome == AVRO_READ; i = r->plan->steps[i].next) {
		const struct avro_step *s = &r->plan->steps[i];
		if (s->op == AVRO_BRANCHES)
			outcome = run_branch(r, i);
		else if (s->column == WEIR_COLUMN_UNWANTED)
			outcome = pass_over(r->in, s->node) ? AVRO_READ : AVRO_BAD;
		else if (s->op == AVRO_JSON || s->column == WEIR_COLUMN_MORE)
			outcome = put_json(r, s);
		else
			outcome = put_value(r, s);
	}
	return outcome;
}

/* The columns of the plan: they come with the schema, whatever its first records hold. */
static void bind(struct avro_plan *plan, struct weir_builder *b)
{
	for (uint32_t i = 0; i < plan->n; i++)
		if (plan->steps[i].op != AVRO_BRANCHES)
			plan->steps[i].column = weir_builder_column(b, plan->steps[i].name);
	plan->bound = true;
}

enum avro_outcome avro_row(struct avro_plan *plan, struct weir_builder *b, struct avro_in *in, struct avro_notes *notes)
{
	const struct run r = {plan, b, in, notes};
	*notes = (struct avro_notes){0};
	if (!plan->bound)
		bind(plan, b);
	return run_steps(&r, 0, plan->n);
}

void avro_row_notes(struct weir_builder *b, const struct avro_notes *notes, int64_t position, struct weir_str raw,
		    const struct weir_message *message)
{
	if (notes->undecoded)
		weir_builder_note(b, WEIR_NOTE_UNDECODED, position, raw, message);
	for (uint32_t i = 0; i < notes->no_numbers; i++)
		weir_builder_note(b, WEIR_NOTE_NOT_A_NUMBER, position, raw, message);
	if (notes->repeated)
		weir_builder_note(b, WEIR_NOTE_REPEATED_KEY, position, raw, message);
	if (notes->out_of_range)
		weir_builder_note(b, WEIR_NOTE_TIME_RANGE, position, raw, message);
}
