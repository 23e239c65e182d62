/* Little-endian numbers, and a reader of fields that never goes beyond its end. */
#ifndef WEIR_CAPTURE_BYTES_IO_H
#define WEIR_CAPTURE_BYTES_IO_H

#include "weir/base/str.h"

static inline void put_le(unsigned char *out, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		out[i] = (unsigned char)(v >> 8 * i);
}
static inline uint64_t get_le(const unsigned char *in, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v |= (uint64_t)in[i] << 8 * i;
	return v;
}
/* Appends. */
static inline void add_le(struct weir_buf *out, uint64_t v, unsigned bytes)
{
	unsigned char text[8];

	put_le(text, v, bytes);
	weir_buf_add(out, text, bytes);
}

struct fields {
	const unsigned char *at, *end;
	bool bad; /* it wanted more than there is; what it gave then is 0 */
};

static inline struct fields fields_of(struct weir_str s)
{
	const unsigned char *at = (const unsigned char *)s.data;

	return (struct fields){at, at ? at + s.size : at, false};
}
static inline struct weir_str take_bytes(struct fields *f, size_t size)
{
	if (f->bad || (size_t)(f->end - f->at) < size) {
		f->bad = true;
		return (struct weir_str){NULL, 0};
	}
	struct weir_str s = {(const char *)f->at, size};
	f->at += size;
	return s;
}
static inline uint64_t take_le(struct fields *f, unsigned bytes)
{
	struct weir_str s = take_bytes(f, bytes);

	return s.data ? get_le((const unsigned char *)s.data, bytes) : 0;
}

#endif
