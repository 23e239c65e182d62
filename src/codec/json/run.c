/* Runs over records of a shape: the portable one, and what all share. */
#include "codec/json/json.h"

#include <math.h>

static bool store_code(struct json_step *step, uint32_t row, uint32_t code)
{
	((uint32_t *)step->data)[row] = code;
	return code != WEIR_DICT_NONE; /* no memory */
}

static bool resolve(struct json_waiting_ring *ring, const struct json_waiting *w)
{
	ring->failed |= !store_code(w->step, w->row, weir_code_cache_find(w->step->state, w->slot, w->words, w->text));
	return !ring->failed;
}

static bool wait_for_code(struct json_step *step, uint32_t row, struct json_waiting w)
{
	struct json_waiting_ring *ring = step->waiting;
	struct json_waiting *place = &ring->items[ring->n++ % JSON_WAITING];
	bool ok = ring->n <= JSON_WAITING || resolve(ring, place);
	w.step = step;
	w.row = row;
	*place = w;
	__builtin_prefetch(w.slot);
	return ok;
}

bool json_run_code(struct json_step *step, uint32_t row, const char *text, size_t size)
{
	struct weir_builder_column *c = step->state;
	struct json_waiting w = {.text = {text, size}};
	if (size > 16)
		return store_code(step, row, weir_dict_add(c->dict, w.text));
	w.words = weir_text_words_padded(text, size);
	w.slot = weir_code_cache_slot(c, w.words, size);
	if (c->cache_bits >= JSON_WAIT_BITS)
		return wait_for_code(step, row, w);
	return store_code(step, row, weir_code_cache_find(c, w.slot, w.words, w.text));
}

bool json_run_settle_codes(struct json_waiting_ring *ring, uint32_t end)
{
	for (uint32_t n = ring->n < JSON_WAITING ? ring->n : JSON_WAITING; n > 0 && !ring->failed; n--) {
		const struct json_waiting *w = &ring->items[(ring->n - n) % JSON_WAITING];
		if (w->row < end)
			(void)resolve(ring, w);
	}
	bool ok = !ring->failed;
	ring->n = 0;
	ring->failed = false;
	return ok;
}

bool json_run_plain(struct json_step *step, uint32_t row, const char *text, size_t size)
{
	struct weir_column *c = step->out;
	size_t at = c->offsets[row];
	if (at + size > UINT32_MAX ||
	    (at + size > c->bytes_capacity && !weir_grow((void **)&c->bytes, &c->bytes_capacity, at + size, 1)))
		return false;
	memcpy(c->bytes + at, text, size);
	c->offsets[row + 1] = (uint32_t)(at + size);
	return true;
}

bool json_run_time(struct json_codec *j, struct json_step *step, uint32_t row, const char *text, size_t size)
{
	struct weir_builder *b = &j->codec.builder;
	int64_t us;
	if (!weir_timefmt_text(&b->time, (struct weir_str){text, size}, &us))
		return false;
	b->batch->time_us[row] = us;
	((int64_t *)step->data)[row] = us;
	return true;
}

/* 0: an integer, 1: a double, -1: neither. Numbers out of range are left to the full parser. */
static int read_number(const char *from, const char *to, int64_t *i, double *f)
{
	struct weir_str text = {from, (size_t)(to - from)};
	bool whole = true;
	for (const char *p = from; p < to; p++)
		whole = whole && *p != '.' && *p != 'e' && *p != 'E';
	if (whole)
		return weir_parse_int64(text, false, i) ? 0 : -1;
	return weir_parse_double(text, f) && isfinite(*f) ? 1 : -1;
}

const char *json_run_number(struct json_codec *j, struct json_step *step, const char *p, uint32_t row)
{
	const char *to = p;
	int64_t i = 0;
	double f = 0;
	if ((*p != '-' && (unsigned char)(*p - '0') > 9) || json_skip(j, &to, 1) != JSON_OK)
		return NULL;
	if (step->action == JSON_SKIP_NUMBER)
		return to;
	int kind = read_number(p, to, &i, &f);
	if (kind < 0 || (kind == 1 && step->action == JSON_TAKE_INT))
		return NULL;
	if (step->action == JSON_TAKE_INT) {
		((int64_t *)step->data)[row] = i;
		return to;
	}
	((double *)step->data)[row] = kind ? f : (double)i;
	step->last_int = kind == 0;
	step->n_int += step->last_int;
	return to;
}

static const char *time_number(struct json_codec *j, struct json_step *step, const char *p, uint32_t row)
{
	struct weir_builder *b = &j->codec.builder;
	const char *to = p;
	int64_t i, us;
	double f;
	if ((*p != '-' && (unsigned char)(*p - '0') > 9) || json_skip(j, &to, 1) != JSON_OK)
		return NULL;
	int kind = read_number(p, to, &i, &f);
	if (kind < 0 || !(kind ? weir_timefmt_float64(&b->time, f, &us) : weir_timefmt_int64(&b->time, i, &us)))
		return NULL;
	b->batch->time_us[row] = us;
	((int64_t *)step->data)[row] = us;
	return to;
}

static bool take_text(struct json_step *step, uint32_t row, const char *p, size_t size)
{
	bool coded = step->out->encoding == WEIR_ENC_DICT;
	return coded ? json_run_code(step, row, p, size) : json_run_plain(step, row, p, size);
}

static const char *number_text(struct json_codec *j, struct json_step *step, const char *p, uint32_t row)
{
	const char *to = p;
	if ((*p != '-' && (unsigned char)(*p - '0') > 9) || json_skip(j, &to, 1) != JSON_OK ||
	    (unsigned char)(to[-1] - '0') > 9)
		return NULL;
	bool whole = true;
	for (const char *q = p; q < to; q++)
		whole = whole && *q != '.' && *q != 'e' && *q != 'E';
	if (!take_text(step, row, p, (size_t)(to - p)))
		return NULL;
	step->last_int = whole;
	step->last_float = !whole;
	step->n_int += step->last_int;
	step->n_float += step->last_float;
	return to;
}

static const char *nested(struct json_codec *j, struct json_step *step, const char *p, uint32_t row)
{
	const char *to = p;
	uint64_t undecoded = j->n_undecoded;
	if ((*p != '[' && *p != '{') || (*p == '{' && step->column >= 0) || json_skip(j, &to, 1) != JSON_OK)
		return NULL;
	if (j->n_undecoded != undecoded)
		return NULL;
	if (step->action == JSON_SKIP_NESTED)
		return to;
	return take_text(step, row, p, (size_t)(to - p)) ? to : NULL;
}

const char *json_run_other(struct json_codec *j, struct json_step *step, const char *p, uint32_t row)
{
	switch ((enum json_action)step->action) {
	case JSON_SKIP_BOOL:
	case JSON_TAKE_BOOL: {
		bool yes = memcmp(p, "true", 4) == 0;
		if (!yes && memcmp(p, "false", 5) != 0)
			return NULL;
		if (step->action == JSON_TAKE_BOOL)
			((uint8_t *)step->data)[row] = yes;
		return p + (yes ? 4 : 5);
	}
	case JSON_TAKE_TIME_NUMBER:
		return time_number(j, step, p, row);
	case JSON_TAKE_NUMBER_TEXT:
		return number_text(j, step, p, row);
	case JSON_SKIP_NESTED:
	case JSON_TAKE_NESTED:
		return nested(j, step, p, row);
	default:
		return NULL;
	}
}

void json_run_undo(struct json_shape *shape, const struct json_step *step)
{
	for (struct json_step *s = shape->steps; s < step; s++) {
		if (s->action == JSON_TAKE_FLOAT || s->action == JSON_TAKE_NUMBER_TEXT)
			s->n_int -= s->last_int;
		if (s->action == JSON_TAKE_NUMBER_TEXT)
			s->n_float -= s->last_float;
	}
}

static inline bool run_lead(const struct json_step *step, const char *p)
{
	return memcmp(p, step->whole_lead, step->lead_bytes) == 0;
}

static inline const char *run_text(const char *p, const char *end, bool *high)
{
	p = json_plain_run(p, end, high);
	return p < end ? p : NULL;
}

static inline const char *run_number(const char *p, struct weir_digits *out)
{
	return weir_digits_read(p, out);
}

#define JSON_RUN json_run_portable
#define JSON_TARGET
#include "codec/json/run_tmpl.h"
