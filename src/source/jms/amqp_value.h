/* Values of AMQP 1.0, by the published encoding: each says of itself what it is. The bytes are a stranger's: every function
 * that returns a bool returns false where they are malformed. */
#ifndef WEIR_SOURCE_JMS_AMQP_VALUE_H
#define WEIR_SOURCE_JMS_AMQP_VALUE_H

#include "weir/base/str.h"

/* Codes of types; those that are not here follow from their upper half (amqp_take_body). */
enum {
	DESCRIBED = 0x00,
	NOTHING = 0x40,
	TRUE_ = 0x41,
	FALSE_ = 0x42,
	UINT_0 = 0x43,
	ULONG_0 = 0x44,
	LIST_0 = 0x45,
	UBYTE = 0x50,
	BYTE = 0x51,
	SMALL_UINT = 0x52,
	SMALL_ULONG = 0x53,
	SMALL_INT = 0x54,
	SMALL_LONG = 0x55,
	BOOLEAN = 0x56,
	USHORT = 0x60,
	SHORT = 0x61,
	UINT = 0x70,
	INT = 0x71,
	FLOAT = 0x72,
	CHAR = 0x73,
	ULONG = 0x80,
	LONG = 0x81,
	DOUBLE = 0x82,
	TIMESTAMP = 0x83,
	UUID = 0x98,
	BINARY_8 = 0xa0,
	STRING_8 = 0xa1,
	SYMBOL_8 = 0xa3,
	BINARY_32 = 0xb0,
	STRING_32 = 0xb1,
	SYMBOL_32 = 0xb3,
	LIST_8 = 0xc0,
	MAP_8 = 0xc1,
	LIST_32 = 0xd0,
	MAP_32 = 0xd1,
	ARRAY_8 = 0xe0,
	ARRAY_32 = 0xf0,
};

struct amqp_value {
	unsigned char type;
	struct weir_str bytes; /* its own; of a list, map or array: the items */
	uint64_t n;            /* items of a list, map or array */
};

/* Of numbers, big end first. */
uint64_t amqp_number(struct weir_str bytes);
int64_t amqp_signed(struct weir_str bytes);
/* The next `size` bytes. */
bool amqp_cut(struct weir_str *from, uint64_t size, struct weir_str *out);
/* A value whose type is known. */
bool amqp_take_body(struct weir_str *from, unsigned char type, struct amqp_value *out);
/* The next value; a description before it is passed over. */
bool amqp_take_value(struct weir_str *from, struct amqp_value *out);
bool amqp_is_text(const struct amqp_value *v); /* or a symbol */
bool amqp_is_binary(const struct amqp_value *v);
bool amqp_is_map(const struct amqp_value *v);
bool amqp_is_list(const struct amqp_value *v);
bool amqp_is_true(const struct amqp_value *v);
/* Appends it as JSON; `depth` 0. */
bool amqp_put(const struct amqp_value *v, int depth, struct weir_buf *out);
/* The members of a map alone; `first` as in jms_json_name. */
bool amqp_put_members(const struct amqp_value *v, int depth, bool *first, struct weir_buf *out);

#endif
