/* Values one behind another: a byte for the type, then eight or sixteen bytes, or the length of a text and the text. */
#include "query/partial/partial.h"

enum { WIDE = 0x80 };

void weir_packed_add(const struct weir_value *v, struct weir_buf *out)
{
	bool wide = v->type == WEIR_INT64 && v->wide;
	uint32_t size = v->type == WEIR_STRING ? (uint32_t)v->s.size : 0;
	double f = v->type == WEIR_FLOAT64 ? v->f + 0.0 : 0; /* -0.0 is 0.0 */
	weir_buf_add_char(out, (char)((uint8_t)v->type | (wide ? WIDE : 0)));
	switch (v->type) {
	case WEIR_NULL:
		break;
	case WEIR_BOOL:
		weir_buf_add_char(out, v->b);
		break;
	case WEIR_STRING:
		weir_buf_add(out, (const char *)&size, sizeof size);
		weir_buf_add_str(out, v->s);
		break;
	case WEIR_FLOAT64:
		weir_buf_add(out, (const char *)&f, sizeof f);
		break;
	default:
		weir_buf_add(out, (const char *)&v->i, sizeof v->i);
		if (wide)
			weir_buf_add(out, (const char *)&v->hi, sizeof v->hi);
	}
}

static const uint8_t *read_one(const uint8_t *at, struct weir_value *v)
{
	uint32_t size;
	bool wide = *at & WIDE;
	*v = (struct weir_value){.type = (enum weir_type)(*at++ & ~WIDE), .wide = wide};
	switch (v->type) {
	case WEIR_NULL:
		return at;
	case WEIR_BOOL:
		v->b = *at;
		return at + 1;
	case WEIR_STRING:
		memcpy(&size, at, sizeof size);
		v->s = (struct weir_str){(const char *)at + sizeof size, size};
		return at + sizeof size + size;
	default: /* doubles are copied by their bits */
		memcpy(&v->i, at, sizeof v->i);
		at += sizeof v->i;
		if (!wide)
			return at;
		memcpy(&v->hi, at, sizeof v->hi);
		return at + sizeof v->hi;
	}
}

void weir_packed_read(const uint8_t *from, struct weir_value *out, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		from = read_one(from, out + i);
}
