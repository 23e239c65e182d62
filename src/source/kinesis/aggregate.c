/* Records within records, as the Kinesis Producer Library packs them: four bytes of a mark, a message of Protocol Buffers (a
 * table of keys in field 1, of hash keys in field 2, records in field 3), and sixteen bytes of a digest. */
#include "kinesis.h"

static const char mark[] = "\xf3\x89\x9a\xc2";
enum { MARK_BYTES = 4, DIGEST_BYTES = 16, KEYS = 1, RECORDS = 3, KEY_INDEX = 1, DATA = 3, VARINT = 0, BYTES = 2 };

struct field {
	uint64_t number, value; /* the value of a number */
	unsigned type;
	struct weir_str bytes;
};

static bool take_varint(struct weir_str *from, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; shift < 64 && from->size; shift += 7) {
		unsigned char c = (unsigned char)*from->data;
		from->data++;
		from->size--;
		*out |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return true;
	}
	return false;
}

/* False: it is malformed. */
static bool take_field(struct weir_str *from, struct field *out)
{
	uint64_t tag;

	if (!take_varint(from, &tag))
		return false;
	*out = (struct field){.number = tag >> 3, .type = (unsigned)(tag & 7)};
	if (!take_varint(from, &out->value))
		return false;
	if (out->type == VARINT)
		return true;
	if (out->type != BYTES || out->value > from->size)
		return false;
	out->bytes = (struct weir_str){from->data, (size_t)out->value};
	from->data += out->value;
	from->size -= (size_t)out->value;
	return true;
}

static struct weir_str message_of(struct weir_str data)
{
	return (struct weir_str){data.data + MARK_BYTES, data.size - MARK_BYTES - DIGEST_BYTES};
}

static bool record_is_whole(struct weir_str bytes)
{
	struct field f;
	bool has_data = false;

	while (bytes.size) {
		if (!take_field(&bytes, &f))
			return false;
		has_data |= f.number == DATA && f.type == BYTES;
	}
	return has_data;
}

bool kinesis_is_aggregated(struct weir_str data)
{
	struct field f;
	bool any = false;

	if (data.size <= MARK_BYTES + DIGEST_BYTES || memcmp(data.data, mark, MARK_BYTES) != 0)
		return false;
	for (struct weir_str rest = message_of(data); rest.size;) {
		if (!take_field(&rest, &f) || f.number > RECORDS || f.type != BYTES ||
		    (f.number == RECORDS && !record_is_whole(f.bytes)))
			return false;
		any |= f.number == RECORDS;
	}
	return any;
}

static struct weir_str key_at(struct weir_str message, uint64_t index)
{
	struct field f;

	while (message.size && take_field(&message, &f))
		if (f.number == KEYS && index-- == 0)
			return f.bytes;
	return (struct weir_str){NULL, 0};
}

bool kinesis_disaggregate(struct weir_str data, kinesis_take *take, void *ctx)
{
	struct field f, part;

	for (struct weir_str rest = message_of(data); rest.size && take_field(&rest, &f);) {
		struct weir_str inner = f.bytes, payload = {"", 0};
		uint64_t key = 0;
		if (f.number != RECORDS)
			continue;
		while (inner.size && take_field(&inner, &part)) {
			if (part.number == KEY_INDEX)
				key = part.value;
			else if (part.number == DATA)
				payload = part.bytes;
		}
		if (!take(ctx, payload, key_at(message_of(data), key)))
			return false;
	}
	return true;
}
