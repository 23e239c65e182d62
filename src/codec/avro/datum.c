/* Bytes read by a schema: numbers, lengths and blocks, bounded; values skipped, or written as JSON. */
#include "codec/avro/avro.h"

#include "weir/base/bounds.h"
#include "weir/model/value.h"

#include <math.h>

/* Items without bytes (null, an empty record) that one datum may have. */
enum { MOST_EMPTIES = 1 << 16 };

bool avro_bad(struct avro_in *in, enum weir_malformed why, const char *detail)
{
	if (!in->detail) {
		in->why = why;
		in->detail = detail;
	}
	return false;
}

bool avro_cut_off(struct avro_in *in)
{
	return avro_bad(in, WEIR_BAD_TRUNCATED, "the record ends before its schema does");
}

bool avro_long_slow(struct avro_in *in, int64_t *out)
{
	uint64_t u = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (in->p >= in->end)
			return avro_cut_off(in);
		uint64_t byte = *in->p++;
		if (shift == 63 && byte > 1)
			break;
		u |= (byte & 0x7f) << shift;
		if (byte < 0x80) {
			*out = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
			return true;
		}
	}
	return avro_bad(in, WEIR_BAD_SYNTAX, "a number of more than 64 bits");
}

bool avro_float(struct avro_in *in, double *out)
{
	struct weir_str s = {NULL, 0};
	float v;
	if (!avro_take(in, sizeof v, &s))
		return false;
	const unsigned char *b = (const unsigned char *)s.data;
	uint32_t bits = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
	memcpy(&v, &bits, sizeof v);
	*out = weir_float_number(v);
	return true;
}

bool avro_block(struct avro_in *in, uint64_t *count)
{
	int64_t n = 0, bytes = 0;
	if (!avro_long(in, &n))
		return false;
	if (n < 0) { /* its size in bytes stands behind */
		if (n == INT64_MIN || !avro_long(in, &bytes))
			return avro_bad(in, WEIR_BAD_SYNTAX, "a block of an impossible size");
		n = -n;
	}
	*count = (uint64_t)n;
	return true;
}

/* One more item; `before`: where it began. */
static bool count_item(struct avro_in *in, const unsigned char *before)
{
	if (in->p == before && ++in->empties > MOST_EMPTIES)
		return avro_bad(in, WEIR_BAD_TOO_LONG, "too many items without bytes");
	return true;
}

static bool too_deep(struct avro_in *in)
{
	return avro_bad(in, WEIR_BAD_TOO_DEEP, "more than 256 levels");
}

/* ---- skipping ---- */

static bool skip_items(struct avro_in *in, const struct avro_node *node, unsigned depth)
{
	static const struct avro_node key = {.kind = AVRO_STRING};
	struct weir_str s = {NULL, 0};
	uint64_t count = 0;
	for (;;) {
		if (!avro_block(in, &count))
			return false;
		if (!count)
			return true;
		for (uint64_t i = 0; i < count; i++) {
			const unsigned char *before = in->p;
			if ((node->kind == AVRO_MAP && !avro_bytes(in, &key, &s)) ||
			    !avro_skip(in, node->items[0], depth + 1) || !count_item(in, before))
				return false;
		}
	}
}

static bool skip_nested(struct avro_in *in, const struct avro_node *node, unsigned depth)
{
	uint32_t branch = 0;
	if (depth > WEIR_MAX_JSON_DEPTH)
		return too_deep(in);
	if (node->kind == AVRO_UNION)
		return avro_index(in, node->n, &branch) && avro_skip(in, node->items[branch], depth + 1);
	if (node->kind != AVRO_RECORD)
		return skip_items(in, node, depth);
	for (uint32_t i = 0; i < node->n; i++)
		if (!avro_skip(in, node->items[i], depth + 1))
			return false;
	return true;
}

bool avro_skip(struct avro_in *in, const struct avro_node *node, unsigned depth)
{
	struct weir_str s = {NULL, 0};
	int64_t number = 0;
	uint32_t index = 0;
	bool truth = false;
	switch (node->kind) {
	case AVRO_NULL:
		return true;
	case AVRO_BOOLEAN:
		return avro_boolean(in, &truth);
	case AVRO_INT:
		return avro_int(in, &number);
	case AVRO_LONG:
		return avro_long(in, &number);
	case AVRO_FLOAT:
		return avro_take(in, 4, &s);
	case AVRO_DOUBLE:
		return avro_take(in, 8, &s);
	case AVRO_BYTES:
	case AVRO_STRING:
	case AVRO_FIXED:
		return avro_bytes(in, node, &s);
	case AVRO_ENUM:
		return avro_index(in, node->n, &index);
	default:
		return skip_nested(in, node, depth);
	}
}

/* ---- JSON ---- */

static void add_number(double v, struct weir_buf *out)
{
	char text[32];
	if (isfinite(v))
		weir_buf_add(out, text, weir_format_double(v, text));
	else
		weir_buf_add_c(out, "null");
}

static void add_quoted(const struct weir_buf *text, struct weir_buf *out)
{
	weir_json_quote(weir_buf_str(text), out);
	out->failed |= text->failed;
}

static bool json_integer(struct avro_in *in, const struct avro_node *node, struct weir_buf *out)
{
	struct weir_buf text = {0};
	char iso[40];
	int64_t v = 0, us = 0;
	if (!(node->kind == AVRO_INT ? avro_int(in, &v) : avro_long(in, &v)))
		return false;
	if (node->logical == AVRO_PLAIN || !avro_time_us(node->logical, v, &us)) {
		weir_buf_addf(out, "%lld", (long long)v);
		return true;
	}
	if (node->logical == AVRO_TIME_MS || node->logical == AVRO_TIME_US)
		avro_text_of_time(us, &text);
	else if (weir_time_exists(us))
		weir_buf_add(&text, iso, weir_time_format_iso(us, iso));
	if (text.size)
		add_quoted(&text, out);
	else
		weir_buf_add_c(out, "null");
	weir_buf_release(&text);
	return true;
}

static bool json_bytes(struct avro_in *in, const struct avro_node *node, struct weir_buf *out)
{
	struct weir_str s = {NULL, 0};
	struct weir_buf text = {0};
	if (!avro_bytes(in, node, &s))
		return false;
	if (node->logical == AVRO_DECIMAL)
		avro_text_of_decimal(s, node->scale, out);
	else if (node->logical == AVRO_UUID)
		avro_text_of_fixed_uuid(s, &text);
	else if (node->logical == AVRO_DURATION)
		avro_text_of_duration(s, &text);
	else if (node->kind == AVRO_STRING)
		weir_json_quote(s, out);
	else
		avro_text_of_bytes(s, &text);
	if (node->logical != AVRO_DECIMAL && node->kind != AVRO_STRING)
		add_quoted(&text, out);
	weir_buf_release(&text);
	return true;
}

static bool json_items(struct avro_in *in, const struct avro_node *node, unsigned depth, struct weir_buf *out)
{
	static const struct avro_node key = {.kind = AVRO_STRING};
	bool map = node->kind == AVRO_MAP, any = false;
	uint64_t count = 0;
	struct weir_str s = {NULL, 0};
	weir_buf_add_char(out, map ? '{' : '[');
	for (;;) {
		if (!avro_block(in, &count))
			return false;
		if (!count)
			break;
		for (uint64_t i = 0; i < count; i++, any = true) {
			const unsigned char *before = in->p;
			if (any)
				weir_buf_add_char(out, ',');
			if (map) {
				if (!avro_bytes(in, &key, &s))
					return false;
				weir_json_quote(s, out);
				weir_buf_add_char(out, ':');
			}
			if (!avro_json(in, node->items[0], depth + 1, out) || !count_item(in, before))
				return false;
			if (out->failed)
				return true;
		}
	}
	weir_buf_add_char(out, map ? '}' : ']');
	return true;
}

static bool json_record(struct avro_in *in, const struct avro_node *node, unsigned depth, struct weir_buf *out)
{
	weir_buf_add_char(out, '{');
	for (uint32_t i = 0; i < node->n; i++) {
		if (i)
			weir_buf_add_char(out, ',');
		weir_json_quote(node->names[i], out);
		weir_buf_add_char(out, ':');
		if (!avro_json(in, node->items[i], depth + 1, out))
			return false;
		if (out->failed)
			return true;
	}
	weir_buf_add_char(out, '}');
	return true;
}

static bool json_nested(struct avro_in *in, const struct avro_node *node, unsigned depth, struct weir_buf *out)
{
	uint32_t branch = 0;
	if (depth > WEIR_MAX_JSON_DEPTH)
		return too_deep(in);
	if (node->kind == AVRO_UNION)
		return avro_index(in, node->n, &branch) && avro_json(in, node->items[branch], depth + 1, out);
	return node->kind == AVRO_RECORD ? json_record(in, node, depth, out) : json_items(in, node, depth, out);
}

bool avro_json(struct avro_in *in, const struct avro_node *node, unsigned depth, struct weir_buf *out)
{
	uint32_t symbol = 0;
	double number = 0;
	bool truth = false;
	switch (node->kind) {
	case AVRO_NULL:
		weir_buf_add_c(out, "null");
		return true;
	case AVRO_BOOLEAN:
		if (!avro_boolean(in, &truth))
			return false;
		weir_buf_add_c(out, truth ? "true" : "false");
		return true;
	case AVRO_INT:
	case AVRO_LONG:
		return json_integer(in, node, out);
	case AVRO_FLOAT:
	case AVRO_DOUBLE:
		if (!(node->kind == AVRO_FLOAT ? avro_float(in, &number) : avro_double(in, &number)))
			return false;
		add_number(number, out);
		return true;
	case AVRO_BYTES:
	case AVRO_STRING:
	case AVRO_FIXED:
		return json_bytes(in, node, out);
	case AVRO_ENUM:
		if (!avro_index(in, node->n, &symbol))
			return false;
		weir_json_quote(node->names[symbol], out);
		return true;
	default:
		return json_nested(in, node, depth, out);
	}
}
