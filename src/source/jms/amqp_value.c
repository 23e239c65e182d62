/* Values of AMQP 1.0: taken from their bytes, and put as JSON. */
#include "amqp_value.h"

#include "jms.h"

#include "weir/model/value.h"

enum { DEEPEST = 32 };

uint64_t amqp_number(struct weir_str bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes.size; i++)
		v = v << 8 | (unsigned char)bytes.data[i];
	return v;
}

int64_t amqp_signed(struct weir_str bytes)
{
	uint64_t v = amqp_number(bytes);

	if (bytes.size == 0 || bytes.size > 8)
		return 0;
	unsigned shift = 64 - 8 * (unsigned)bytes.size;
	return (int64_t)(v << shift) >> shift;
}

bool amqp_cut(struct weir_str *from, uint64_t size, struct weir_str *out)
{
	if (size > from->size)
		return false;
	*out = (struct weir_str){from->data, (size_t)size};
	from->data += size;
	from->size -= (size_t)size;
	return true;
}

/* The bytes of a value whose type is known. The upper half of the code says how its size is told. */
bool amqp_take_body(struct weir_str *from, unsigned char type, struct amqp_value *out)
{
	static const unsigned char fixed[16] = {[5] = 1, [6] = 2, [7] = 4, [8] = 8, [9] = 16};
	unsigned kind = type >> 4;
	struct weir_str size;

	*out = (struct amqp_value){.type = type};
	if (kind >= 4 && kind <= 9)
		return amqp_cut(from, fixed[kind], &out->bytes);
	if (kind < 10)
		return false;
	size_t width = kind % 2 == 0 ? 1 : 4;
	if (!amqp_cut(from, width, &size) || !amqp_cut(from, amqp_number(size), &out->bytes))
		return false;
	if (kind < 12)
		return true;
	if (!amqp_cut(&out->bytes, width, &size))
		return false;
	out->n = amqp_number(size);
	return true;
}

/* The next value; a description before it is passed over. */
bool amqp_take_value(struct weir_str *from, struct amqp_value *out)
{
	struct weir_str type;

	for (int depth = 0; depth < DEEPEST; depth++) {
		if (!amqp_cut(from, 1, &type))
			return false;
		if ((unsigned char)type.data[0] != DESCRIBED)
			return amqp_take_body(from, (unsigned char)type.data[0], out);
		struct amqp_value description;
		if (!amqp_cut(from, 1, &type) || !amqp_take_body(from, (unsigned char)type.data[0], &description))
			return false;
	}
	return false;
}

bool amqp_is_text(const struct amqp_value *v)
{
	return v->type == STRING_8 || v->type == STRING_32 || v->type == SYMBOL_8 || v->type == SYMBOL_32;
}
bool amqp_is_binary(const struct amqp_value *v)
{
	return v->type == BINARY_8 || v->type == BINARY_32;
}
bool amqp_is_map(const struct amqp_value *v)
{
	return v->type == MAP_8 || v->type == MAP_32;
}
bool amqp_is_list(const struct amqp_value *v)
{
	return v->type == LIST_0 || v->type == LIST_8 || v->type == LIST_32;
}
static bool is_array(const struct amqp_value *v)
{
	return v->type == ARRAY_8 || v->type == ARRAY_32;
}
bool amqp_is_true(const struct amqp_value *v)
{
	return v->type == TRUE_ || (v->type == BOOLEAN && v->bytes.data[0]);
}

bool amqp_put_members(const struct amqp_value *v, int depth, bool *first, struct weir_buf *out)
{
	struct weir_str rest = v->bytes;
	struct amqp_value name, item;

	for (uint64_t i = 0; i < v->n / 2; i++) {
		if (!amqp_take_value(&rest, &name) || !amqp_take_value(&rest, &item))
			return false;
		if (amqp_is_text(&name)) {
			jms_json_name(name.bytes, first, out);
		} else { /* no name that JSON has: its text */
			struct weir_buf text = {0};
			bool good = amqp_put(&name, depth + 1, &text) && !text.failed;
			if (good)
				jms_json_name(weir_buf_str(&text), first, out);
			weir_buf_release(&text);
			if (!good)
				return false;
		}
		if (!amqp_put(&item, depth + 1, out))
			return false;
	}
	return true;
}

static bool put_items(const struct amqp_value *v, int depth, struct weir_buf *out)
{
	struct weir_str rest = v->bytes, type = {NULL, 0};
	struct amqp_value item;

	/* Items of an array may have no bytes of their own, and then be as many as a number can say. */
	if (v->n > v->bytes.size)
		return false;
	if (is_array(v) && (!amqp_cut(&rest, 1, &type) || (unsigned char)type.data[0] == DESCRIBED))
		return false;
	weir_buf_add_char(out, '[');
	for (uint64_t i = 0; i < v->n; i++) {
		if (!(type.data ? amqp_take_body(&rest, (unsigned char)type.data[0], &item)
				: amqp_take_value(&rest, &item)))
			return false;
		if (i)
			weir_buf_add_char(out, ',');
		if (!amqp_put(&item, depth + 1, out))
			return false;
	}
	weir_buf_add_char(out, ']');
	return true;
}

static void put_time(int64_t ms, struct weir_buf *out)
{
	char text[40];

	if (ms < WEIR_TIME_FIRST_US / 1000 || ms > WEIR_TIME_LAST_US / 1000) {
		weir_buf_addf(out, "%lld", (long long)ms);
		return;
	}
	size_t n = weir_time_format_iso(ms * 1000, text);
	weir_buf_addf(out, "\"%.*s\"", (int)n, text);
}

static void put_hex(struct weir_str bytes, bool uuid, struct weir_buf *out)
{
	weir_buf_add_c(out, uuid ? "\"" : "\"0x");
	for (size_t i = 0; i < bytes.size; i++)
		weir_buf_addf(out, "%s%02x", uuid && (i == 4 || i == 6 || i == 8 || i == 10) ? "-" : "",
			      (unsigned char)bytes.data[i]);
	weir_buf_add_char(out, '"');
}

static void put_number(const struct amqp_value *v, struct weir_buf *out)
{
	uint64_t bits = amqp_number(v->bytes);
	uint32_t low = (uint32_t)bits;
	char utf8[4];
	float single;
	double wide;

	switch (v->type) {
	case FLOAT:
		memcpy(&single, &low, sizeof single);
		jms_json_float(single, out);
		break;
	case DOUBLE:
		memcpy(&wide, &bits, sizeof wide);
		jms_json_double(wide, out);
		break;
	case CHAR:
		weir_json_quote((struct weir_str){utf8, weir_utf8_encode(low, utf8)}, out);
		break;
	case TIMESTAMP:
		put_time(amqp_signed(v->bytes), out);
		break;
	case BYTE:
	case SMALL_INT:
	case SMALL_LONG:
	case SHORT:
	case INT:
	case LONG:
		weir_buf_addf(out, "%lld", (long long)amqp_signed(v->bytes));
		break;
	case UBYTE:
	case SMALL_UINT:
	case SMALL_ULONG:
	case USHORT:
	case UINT:
	case ULONG:
	case UINT_0:
	case ULONG_0:
		weir_buf_addf(out, "%llu", (unsigned long long)bits);
		break;
	default: /* decimals, which JMS does not have */
		put_hex(v->bytes, v->type == UUID, out);
	}
}

/* False: it is malformed. */
bool amqp_put(const struct amqp_value *v, int depth, struct weir_buf *out)
{
	bool first = true;

	if (depth > DEEPEST)
		return false;
	if (amqp_is_text(v)) {
		weir_json_quote(v->bytes, out);
	} else if (amqp_is_binary(v)) {
		jms_json_bytes(v->bytes, out);
	} else if (amqp_is_map(v)) {
		weir_buf_add_char(out, '{');
		if (!amqp_put_members(v, depth, &first, out))
			return false;
		weir_buf_add_char(out, '}');
	} else if (amqp_is_list(v) || is_array(v)) {
		return put_items(v, depth, out);
	} else if (v->type == NOTHING) {
		weir_buf_add_c(out, "null");
	} else if (v->type == TRUE_ || v->type == FALSE_ || v->type == BOOLEAN) {
		weir_buf_add_c(out, amqp_is_true(v) ? "true" : "false");
	} else {
		put_number(v, out);
	}
	return true;
}
