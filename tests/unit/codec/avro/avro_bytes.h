/* Avro's binary encoding, written by hand: numbers, texts and container files without compression. */
#ifndef WEIR_TESTS_AVRO_BYTES_H
#define WEIR_TESTS_AVRO_BYTES_H

#include "weir/base/str.h"

#define AVRO_MARK "0123456789abcdef"

static inline void put_long(struct weir_buf *out, int64_t v)
{
	uint64_t u = (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
	for (; u > 0x7f; u >>= 7)
		weir_buf_add_char(out, (char)(u & 0x7f) | (char)0x80);
	weir_buf_add_char(out, (char)u);
}

static inline void put_blob(struct weir_buf *out, struct weir_str s)
{
	put_long(out, (int64_t)s.size);
	weir_buf_add_str(out, s);
}

static inline void put_text(struct weir_buf *out, const char *s)
{
	put_blob(out, weir_str_of(s));
}

static inline void put_header(struct weir_buf *out, const char *schema)
{
	weir_buf_add(out, "Obj\1", 4);
	put_long(out, 1);
	put_text(out, "avro.schema");
	put_text(out, schema);
	put_long(out, 0);
	weir_buf_add_c(out, AVRO_MARK);
}

static inline void put_block(struct weir_buf *out, int64_t records, struct weir_str data)
{
	put_long(out, records);
	put_blob(out, data);
	weir_buf_add_c(out, AVRO_MARK);
}

#endif
