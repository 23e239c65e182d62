/* A node that reads one text column only is evaluated once for each text of the column's dictionary. What came out is
 * kept by code, as long as batches bring the same dictionary; rows then cost one look-up each. */
#include "query/expr/eval/eval.h"

#include <stdlib.h>

#define KERNEL_TYPE uint8_t
#define KERNEL(name) name##_u8
#include "kernel_codes_tmpl.h"
#define KERNEL_TYPE uint16_t
#define KERNEL(name) name##_u16
#include "kernel_codes_tmpl.h"
#define KERNEL_TYPE uint32_t
#define KERNEL(name) name##_u32
#include "kernel_codes_tmpl.h"

/* Calls the kernel for the width of a column's codes. */
#define BY_WIDTH(width, data, from, kernel, ...)                                                                       \
	((width) == 1   ? kernel##_u8((const uint8_t *)(data) + (from), __VA_ARGS__)                                   \
	 : (width) == 2 ? kernel##_u16((const uint16_t *)(data) + (from), __VA_ARGS__)                                 \
			: kernel##_u32((const uint32_t *)(data) + (from), __VA_ARGS__))

/* State of a code; 0: false, or a value of another type. UNREAD: a cast could not read it. */
enum { IS_TRUE = 1, IS_NULL = 2, UNKNOWN = 4, TROUBLE = 8, UNREAD = 16 };

struct weir_codes {
	struct weir_dict *dict; /* one reference: codes mean texts of this one */
	uint32_t capacity;
	uint8_t *state; /* by code */
	char *values;   /* by code; not for BOOL */
	size_t item_bytes;
	struct weir_arena strings; /* texts among the values */
	enum weir_type unread_as;  /* of codes that are UNREAD */
	uint8_t null_state;        /* what NULL gives, UNKNOWN at first */
	char null_value[sizeof(struct weir_str)];
	uint32_t fresh[WEIR_VEC_ROWS]; /* not known yet */
	struct weir_str texts[WEIR_VEC_ROWS];
	uint8_t states[WEIR_VEC_ROWS]; /* of the slice's rows */
};

void weir_codes_free(struct weir_codes *codes)
{
	if (!codes)
		return;
	weir_dict_unref(codes->dict);
	weir_arena_release(&codes->strings);
	free(codes->state);
	free(codes->values);
	free(codes);
}

static void forget(struct weir_codes *c)
{
	if (c->state)
		memset(c->state, UNKNOWN, c->capacity);
	weir_arena_reset(&c->strings);
	c->null_state = UNKNOWN;
}

/* The node's table for `dict`; empty when the last batch had another one. NULL: no memory. */
static struct weir_codes *codes_of(struct weir_bnode *b, struct weir_dict *dict)
{
	struct weir_codes *c = b->codes;

	if (!c)
		c = b->codes = weir_calloc(1, sizeof *c);
	if (!c || c->dict == dict)
		return c;
	weir_dict_unref(c->dict);
	c->dict = weir_dict_ref(dict);
	forget(c);
	c->item_bytes = b->type == WEIR_BOOL ? 0 : b->type == WEIR_STRING ? sizeof(struct weir_str) : 8;
	return c;
}

static bool codes_reserve(struct weir_codes *c, uint32_t need)
{
	uint64_t capacity = c->capacity ? c->capacity : 64;

	if (need <= c->capacity)
		return true;
	while (capacity < need)
		capacity *= 2;
	uint8_t *state = weir_realloc(c->state, capacity);
	if (!state)
		return false;
	c->state = state;
	if (c->item_bytes) {
		char *values = weir_realloc(c->values, capacity * c->item_bytes);
		if (!values)
			return false;
		c->values = values;
	}
	memset(c->state + c->capacity, UNKNOWN, capacity - c->capacity);
	c->capacity = (uint32_t)(capacity > UINT32_MAX ? UINT32_MAX : capacity);
	return true;
}

static bool keep_value(struct weir_codes *c, const struct weir_bvec *v, uint32_t row, uint8_t *state, char *value)
{
	if (v->valid && !weir_bit_get(v->valid, row)) {
		*state = IS_NULL;
		if (c->item_bytes == sizeof(struct weir_str))
			memcpy(value, &WEIR_STR(""), sizeof(struct weir_str));
		else if (c->item_bytes)
			memset(value, 0, c->item_bytes);
		return true;
	}
	*state = 0;
	if (v->type == WEIR_BOOL) {
		*state = weir_bit_get(v->bits, row) ? IS_TRUE : 0;
	} else if (v->type == WEIR_STRING) {
		struct weir_str s = weir_arena_str(&c->strings, v->s[row]);
		if (!s.data)
			return false;
		memcpy(value, &s, sizeof s);
	} else {
		memcpy(value, &v->i[row], 8);
	}
	return true;
}

/* Evaluates n of c->fresh. */
static bool resolve(struct weir_bnode *b, struct weir_eval *e, struct weir_codes *c, const uint32_t *fresh, uint32_t n)
{
	uint64_t unread[WEIR_VEC_WORDS] = {0};
	struct weir_eval texts = {
	    .bound = e->bound, .n = n, .id = ++e->bound->last_id, .level = 1, .texts = c->texts, .unread = unread};
	struct weir_bvec v;

	for (uint32_t i = 0; i < n; i++)
		c->texts[i] = weir_dict_get(c->dict, fresh[i]);
	if (!b->eval(b, &texts, &v))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		if (!keep_value(c, &v, i, &c->state[fresh[i]], c->values + fresh[i] * c->item_bytes))
			return false;
		if (!weir_bit_get(unread, i))
			continue;
		c->state[fresh[i]] |= UNREAD;
		c->unread_as = texts.unread_as;
	}
	return true;
}

/* The first row that matters of those whose text a cast could not read. */
static void find_unread(const struct weir_codes *c, const struct weir_column *column, const struct weir_eval *e,
			const uint64_t *valid)
{
	for (uint32_t i = 0; i < e->n; i++)
		if (c->states[i] & UNREAD && (!valid || weir_bit_get(valid, i)) &&
		    (!e->wanted || weir_bit_get(e->wanted, i))) {
			uint32_t code = weir_column_code(column, e->from + i);
			weir_unread_note(e->bound, weir_dict_get(c->dict, code), c->unread_as);
			return;
		}
}

/* A row of the slice that matters and has the code; e->n: there is none. */
static uint32_t wanted_row(const struct weir_eval *e, const struct weir_column *column, const uint64_t *valid,
			   uint32_t code)
{
	uint32_t i = 0;

	while (i < e->n && (weir_column_code(column, e->from + i) != code || (valid && !weir_bit_get(valid, i)) ||
			    (e->wanted && !weir_bit_get(e->wanted, i))))
		i++;
	return i;
}

/* One of them has no value that could be told: finds out which. Only a row that matters is a reason to fail. */
static bool resolve_singly(struct weir_bnode *b, struct weir_eval *e, struct weir_codes *c,
			   const struct weir_column *column, const uint64_t *valid, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		e->bound->trouble.code = WEIR_OK;
		if (resolve(b, e, c, c->fresh + i, 1))
			continue;
		uint32_t row = wanted_row(e, column, valid, c->fresh[i]);
		e->bound->trouble_row = e->from + row;
		if (!e->bound->trouble.code || row < e->n)
			return false;
		const struct weir_bvec null = {.type = b->type, .valid = (const uint64_t[]){0}};
		if (!keep_value(c, &null, 0, &c->state[c->fresh[i]], c->values + c->fresh[i] * c->item_bytes))
			return false;
		c->state[c->fresh[i]] |= TROUBLE;
	}
	e->bound->trouble.code = WEIR_OK;
	return true;
}

static bool resolve_null(struct weir_bnode *b, struct weir_eval *e, struct weir_codes *c)
{
	const uint64_t invalid[WEIR_VEC_WORDS] = {0};
	struct weir_eval texts = {.bound = e->bound,
				  .n = 1,
				  .id = ++e->bound->last_id,
				  .level = 1,
				  .texts = c->texts,
				  .texts_valid = invalid};
	struct weir_bvec v;

	c->texts[0] = WEIR_STR("");
	return b->eval(b, &texts, &v) && keep_value(c, &v, 0, &c->null_state, c->null_value);
}

/* Makes sure that every code of a valid row is known. */
static bool resolve_slice(struct weir_bnode *b, struct weir_eval *e, const struct weir_column *column,
			  const uint64_t *valid)
{
	struct weir_codes *c = b->codes;
	uint32_t n = 0;

	for (uint32_t i = 0; i < e->n; i++) {
		uint32_t code = weir_column_code(column, e->from + i);
		if (c->state[code] != UNKNOWN || (valid && !weir_bit_get(valid, i)))
			continue;
		c->state[code] = IS_NULL; /* so that it is asked for once */
		c->fresh[n++] = code;
	}
	if (!n || resolve(b, e, c, c->fresh, n) ||
	    (e->bound->trouble.code && resolve_singly(b, e, c, column, valid, n)))
		return true;
	for (uint32_t i = 0; i < n; i++)
		c->state[c->fresh[i]] = UNKNOWN;
	return false;
}

/* The states of the slice's rows; what lies between the last row and its word's end is 0. Returns all or-ed together.
 */
static uint8_t gather_states(struct weir_codes *c, const struct weir_column *column, const struct weir_eval *e)
{
	uint8_t any = BY_WIDTH(column->width, column->data, e->from, states, e->n, c->state, c->states);

	memset(c->states + e->n, 0, weir_bit_words(e->n) * 64 - e->n);
	return any;
}

static void pack_states(const struct weir_codes *c, uint32_t n, uint8_t bit, bool negate, uint64_t *out)
{
	uint8_t block[64];

	for (uint32_t i = 0; i < n; i += 64) {
		for (uint32_t j = 0; j < 64; j++)
			block[j] = (c->states[i + j] & bit) != 0;
		out[i / 64] = negate ? ~weir_pack64(block) : weir_pack64(block);
	}
}

/* A code that is not known belongs to rows without a text, which are patched below; its value may be anything. */
static void gather_values(const struct weir_codes *c, const struct weir_column *column, const struct weir_eval *e,
			  struct weir_slot *slot)
{
	if (c->item_bytes == sizeof(struct weir_str))
		BY_WIDTH(column->width, column->data, e->from, texts, e->n,
			 (const struct weir_str *)(const void *)c->values, slot->s);
	else
		BY_WIDTH(column->width, column->data, e->from, numbers, e->n, (const int64_t *)(const void *)c->values,
			 slot->i);
}

/* Rows whose text is NULL get what the node makes of NULL. */
static void patch_nulls(struct weir_codes *c, const uint64_t *valid, uint32_t n, struct weir_slot *slot,
			struct weir_bvec *out)
{
	uint32_t words = weir_bit_words(n);

	weir_valid_own(slot, out, n);
	for (uint32_t w = 0; w < words; w++)
		slot->valid[w] = c->null_state == IS_NULL ? slot->valid[w] & valid[w] : slot->valid[w] | ~valid[w];
	if (out->type == WEIR_BOOL) {
		for (uint32_t w = 0; w < words; w++)
			slot->bits[w] = c->null_state == IS_TRUE ? slot->bits[w] | ~valid[w] : slot->bits[w] & valid[w];
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		if (!weir_bit_get(valid, i))
			memcpy((char *)slot->data + i * c->item_bytes, c->null_value, c->item_bytes);
}

/* A text that failed while no row with it mattered is evaluated again when one does. Returns all states or-ed together. */
static uint8_t ask_again(struct weir_codes *c, const struct weir_column *column, const struct weir_eval *e,
			 const uint64_t *valid)
{
	uint8_t any = 0;

	for (uint32_t i = 0; i < e->n; i++) {
		uint32_t code = weir_column_code(column, e->from + i);
		if (c->state[code] & TROUBLE && wanted_row(e, column, valid, code) < e->n)
			c->state[code] = UNKNOWN;
		any |= c->state[code];
	}
	return any;
}

bool weir_eval_codes(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	const struct weir_column *column = weir_batch_column(e->batch, b->text_column);
	const uint64_t *valid = column->valid ? column->valid + e->from / 64 : NULL;
	struct weir_slot *slot = weir_slot_get(b, e);
	struct weir_codes *c = codes_of(b, column->dict);

	if (!slot || !c || !codes_reserve(c, BY_WIDTH(column->width, column->data, e->from, most, e->n) + 1))
		return false;
	uint8_t any = gather_states(c, column, e);
	if (any & TROUBLE)
		any = ask_again(c, column, e, valid);
	if (any & UNKNOWN) {
		if (c->strings.total_bytes > e->bound->strings_limit)
			forget(c);
		if (!resolve_slice(b, e, column, valid))
			return false;
		any = gather_states(c, column, e);
	}
	if (any & UNREAD && !e->bound->unread.any)
		find_unread(c, column, e, valid);
	*out = (struct weir_bvec){.type = b->type, .bits = slot->bits};
	if (b->type != WEIR_BOOL)
		gather_values(c, column, e, slot);
	else if (any & ~IS_TRUE)
		pack_states(c, e->n, IS_TRUE, false, slot->bits);
	else
		for (uint32_t i = 0; i < e->n; i += 64)
			slot->bits[i / 64] = weir_pack64(c->states + i);
	if (any & IS_NULL) {
		pack_states(c, e->n, IS_NULL, true, slot->valid);
		out->valid = slot->valid;
	}
	if (!valid)
		return true;
	if (c->null_state == UNKNOWN && !resolve_null(b, e, c))
		return false;
	patch_nulls(c, valid, e->n, slot, out);
	return true;
}
