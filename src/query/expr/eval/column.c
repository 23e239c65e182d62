/* Columns of a batch as vectors. A slice begins at a multiple of 64 rows, so validity words need no shifting. */
#include "query/expr/eval/eval.h"

static void widen_narrow(const struct weir_column *c, uint32_t from, uint32_t n, int64_t *restrict out)
{
	uint64_t base = (uint64_t)c->base; /* unsigned: the sum fits, but may pass through the sign */

	if (c->width == 1) {
		const uint8_t *restrict d = (const uint8_t *)c->data + from;
		for (uint32_t i = 0; i < n; i++)
			out[i] = (int64_t)(base + d[i]);
	} else if (c->width == 2) {
		const uint16_t *restrict d = (const uint16_t *)c->data + from;
		for (uint32_t i = 0; i < n; i++)
			out[i] = (int64_t)(base + d[i]);
	} else if (c->width == 4) {
		const uint32_t *restrict d = (const uint32_t *)c->data + from;
		for (uint32_t i = 0; i < n; i++)
			out[i] = (int64_t)(base + d[i]);
	} else {
		const uint64_t *restrict d = (const uint64_t *)c->data + from;
		for (uint32_t i = 0; i < n; i++)
			out[i] = (int64_t)(base + d[i]);
	}
}

static void load_bytes(const struct weir_column *c, uint32_t from, uint32_t n, uint64_t *bits)
{
	const uint8_t *d = (const uint8_t *)c->data + from;
	uint8_t block[64] = {0};

	for (uint32_t i = 0; i < n; i += 64) {
		uint32_t rows = n - i < 64 ? n - i : 64;
		memcpy(block, d + i, rows);
		bits[i / 64] = weir_pack64(block);
	}
}

static void load_text(const struct weir_column *c, uint32_t from, uint32_t n, struct weir_str *out)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t row = from + i;
		if (!weir_column_valid(c, row))
			out[i] = WEIR_STR("");
		else if (c->encoding == WEIR_ENC_DICT)
			out[i] = weir_dict_get(c->dict, weir_column_code(c, row));
		else
			out[i] = weir_column_plain(c, row);
	}
}

static void load_null(enum weir_type type, uint32_t n, struct weir_slot *slot, struct weir_bvec *out)
{
	memset(slot->valid, 0, weir_bit_words(n) * sizeof(uint64_t));
	if (type == WEIR_STRING)
		for (uint32_t i = 0; i < n; i++)
			slot->s[i] = WEIR_STR("");
	else if (type == WEIR_BOOL)
		memset(slot->bits, 0, weir_bit_words(n) * sizeof(uint64_t));
	else
		memset(slot->data, 0, n * sizeof(int64_t));
	*out = (struct weir_bvec){.type = type, .valid = slot->valid, .bits = slot->bits};
}

bool weir_column_load(struct weir_eval *e, const struct weir_column *c, struct weir_slot *slot, struct weir_bvec *out)
{
	*out =
	    (struct weir_bvec){.type = c->type, .valid = c->valid ? c->valid + e->from / 64 : NULL, .bits = slot->bits};
	switch (c->encoding) {
	case WEIR_ENC_ABSENT:
		load_null(c->type, e->n, slot, out);
		break;
	case WEIR_ENC_WIDE:
		out->i = (const int64_t *)c->data + e->from;
		break;
	case WEIR_ENC_NARROW:
		widen_narrow(c, e->from, e->n, slot->i);
		break;
	case WEIR_ENC_BYTE:
		load_bytes(c, e->from, e->n, slot->bits);
		break;
	case WEIR_ENC_DICT:
	case WEIR_ENC_PLAIN:
		load_text(c, e->from, e->n, slot->s);
		break;
	}
	return true;
}

static bool load_as_text(struct weir_eval *e, const struct weir_column *c, struct weir_slot *slot,
			 struct weir_bvec *out)
{
	struct weir_buf text = {0};
	bool ok = true;

	*out = (struct weir_bvec){
	    .type = WEIR_STRING, .valid = c->valid ? c->valid + e->from / 64 : NULL, .bits = slot->bits};
	for (uint32_t i = 0; i < e->n && ok; i++) {
		weir_buf_clear(&text);
		weir_column_text(c, e->from + i, &text);
		slot->s[i] = weir_arena_str(&e->bound->strings, weir_buf_str(&text));
		ok = !text.failed && slot->s[i].data;
	}
	weir_buf_release(&text);
	return ok;
}

/* The stored rows, cast where a batch has an older type than the one that was bound. Level 1 of this node is never
 * asked for rows, so its scratch holds the rows before the cast. */
static bool load_as(struct weir_bnode *b, struct weir_eval *e, const struct weir_column *c, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_at(e->bound, b, 0);
	struct weir_bvec raw;

	if (!slot)
		return false;
	if (!c || c->encoding == WEIR_ENC_ABSENT || c->type == WEIR_NULL) {
		load_null(b->type, e->n, slot, out);
		return true;
	}
	if (c->type == b->type)
		return weir_column_load(e, c, slot, out);
	if (b->type == WEIR_STRING)
		return load_as_text(e, c, slot, out);
	struct weir_slot *before = weir_slot_at(e->bound, b, 1);
	return before && weir_column_load(e, c, before, &raw) &&
	       weir_cast_vec(&e->bound->strings, &raw, b->type, e->n, slot, out);
}

bool weir_eval_column(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	if (e->level == 0)
		return load_as(b, e, weir_batch_column(e->batch, b->column), out);
	*out = (struct weir_bvec){.type = WEIR_STRING, .valid = e->texts_valid, .s = e->texts};
	return true;
}

/* The server's own numbers; the bare indices where the batch does not know them. */
static void load_partitions(const struct weir_eval *e, struct weir_slot *slot)
{
	const struct weir_batch *batch = e->batch;

	for (uint32_t i = 0; i < e->n; i++) {
		uint32_t at = batch->partition ? batch->partition[e->from + i] : 0;
		slot->i[i] = batch->partitions ? weir_partitions_get(batch->partitions, at)->number : (int64_t)at;
	}
}

/* False: the stream has no topics. */
static bool load_topics(const struct weir_eval *e, struct weir_slot *slot)
{
	const struct weir_batch *batch = e->batch;

	for (uint32_t i = 0; batch->partitions && i < e->n; i++)
		slot->s[i] =
		    weir_partitions_get(batch->partitions, batch->partition ? batch->partition[e->from + i] : 0)->topic;
	return batch->partitions != NULL;
}

bool weir_eval_virtual(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	const struct weir_batch *batch = e->batch;
	struct weir_slot *slot = weir_slot_get(b, e);

	if (!slot)
		return false;
	*out = (struct weir_bvec){.type = b->type, .bits = slot->bits};
	switch ((enum weir_virtual)b->op) {
	case WEIR_VIRTUAL_PARTITION:
		load_partitions(e, slot);
		return true;
	case WEIR_VIRTUAL_OFFSET:
		if (batch->position)
			out->i = batch->position + e->from;
		else if (!batch->along.rest)
			load_null(b->type, e->n, slot, out);
		for (uint32_t i = 0; batch->along.rest && i < e->n; i++)
			slot->i[i] = weir_batch_position(batch, e->from + i);
		return true;
	case WEIR_VIRTUAL_ARRIVAL:
		for (uint32_t i = 0; i < e->n; i++)
			slot->i[i] = weir_batch_arrival(batch, e->from + i);
		return true;
	case WEIR_VIRTUAL_MALFORMED:
		if (batch->malformed)
			out->bits = batch->malformed + e->from / 64;
		else
			memset(slot->bits, 0, WEIR_VEC_WORDS * sizeof(uint64_t));
		return true;
	case WEIR_VIRTUAL_TOPIC:
		if (!load_topics(e, slot))
			load_null(b->type, e->n, slot, out);
		return true;
	case WEIR_VIRTUAL_STAMP:
		return load_as(b, e, &batch->stamp, out);
	case WEIR_VIRTUAL_KEY:
		return load_as(b, e, &batch->key, out);
	case WEIR_VIRTUAL_HEADERS:
		return load_as(b, e, &batch->headers, out);
	case WEIR_VIRTUAL_RAW:
		return load_as(b, e, &batch->raw, out);
	case WEIR_VIRTUAL_STREAM: /* never evaluated */
		break;
	}
	return false;
}
