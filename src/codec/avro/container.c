/* Where things stand in a container file: the header with the schema, and blocks, each behind a marker that the header names. */
#include "codec/avro/avro.h"

#include "weir/base/bounds.h"

static const char magic[] = {'O', 'b', 'j', 1};

bool avro_has_magic(struct weir_str bytes)
{
	return bytes.size >= sizeof magic && memcmp(bytes.data, magic, sizeof magic) == 0;
}

/* One pair of the header's map, if it is one that counts. */
static enum weir_status take_pair(struct weir_str key, struct weir_str value, struct avro_header *out,
				  struct weir_error *err)
{
	if (weir_str_equal(key, WEIR_STR("avro.schema")))
		out->schema = value;
	if (weir_str_equal(key, WEIR_STR("avro.codec")) && value.size)
		return avro_compression_of(value, &out->compression, err);
	return WEIR_OK;
}

static enum weir_status read_map(struct avro_in *in, struct avro_header *out, struct weir_error *err)
{
	static const struct avro_node key = {.kind = AVRO_STRING}, value = {.kind = AVRO_BYTES};
	uint64_t count = 0;
	for (;;) {
		if (!avro_block(in, &count))
			return WEIR_AGAIN;
		if (!count)
			return WEIR_OK;
		for (uint64_t i = 0; i < count; i++) {
			struct weir_str k = {NULL, 0}, v = {NULL, 0};
			if (!avro_bytes(in, &key, &k) || !avro_bytes(in, &value, &v))
				return WEIR_AGAIN;
			enum weir_status st = take_pair(k, v, out, err);
			if (st != WEIR_OK)
				return st;
		}
	}
}

enum weir_status avro_header_read(struct weir_str bytes, struct avro_header *out, struct weir_error *err)
{
	struct avro_in in = {.p = (const unsigned char *)bytes.data,
			     .end = (const unsigned char *)bytes.data + bytes.size};
	struct weir_str sync = {NULL, 0};
	*out = (struct avro_header){.compression = AVRO_STORED};
	if (bytes.size < sizeof magic && memcmp(bytes.data, magic, bytes.size) == 0)
		return WEIR_AGAIN;
	if (!avro_has_magic(bytes))
		return weir_fail(err, WEIR_MALFORMED, "",
				 "is no Avro container file: it does not begin with \"Obj\" and a byte 1");
	in.p += sizeof magic;
	enum weir_status st = read_map(&in, out, err);
	if (st == WEIR_AGAIN && in.why != WEIR_BAD_TRUNCATED)
		return weir_fail(err, WEIR_MALFORMED, "", "its Avro header is damaged: %s",
				 in.detail ? in.detail : "its map");
	if (st != WEIR_OK)
		return st;
	if (!avro_take(&in, AVRO_SYNC_BYTES, &sync))
		return WEIR_AGAIN;
	if (!out->schema.data)
		return weir_fail(err, WEIR_MALFORMED, "", "its Avro header has no schema");
	memcpy(out->sync, sync.data, sizeof out->sync);
	out->bytes = (size_t)((const char *)in.p - bytes.data);
	return WEIR_OK;
}

enum weir_status avro_block_find(struct weir_str bytes, const char sync[AVRO_SYNC_BYTES], struct avro_block_place *out,
				 const char **detail)
{
	struct avro_in in = {.p = (const unsigned char *)bytes.data,
			     .end = (const unsigned char *)bytes.data + bytes.size};
	int64_t records = 0, size = 0;
	*out = (struct avro_block_place){0};
	*detail = "a damaged block, up to the next marker: its size is impossible";
	if (!avro_long(&in, &records) || !avro_long(&in, &size))
		return in.why == WEIR_BAD_TRUNCATED ? WEIR_AGAIN : WEIR_MALFORMED;
	if (records < 0 || size < 0 || size > WEIR_MAX_RECORD_BYTES)
		return WEIR_MALFORMED;
	out->records = (uint64_t)records;
	out->data = (size_t)((const char *)in.p - bytes.data);
	out->data_bytes = (size_t)size;
	out->bytes = out->data + out->data_bytes + AVRO_SYNC_BYTES;
	if (out->bytes > bytes.size)
		return WEIR_AGAIN;
	*detail = "a damaged block, up to the next marker: its own is missing";
	bool marked = memcmp(bytes.data + out->data + out->data_bytes, sync, AVRO_SYNC_BYTES) == 0;
	return marked ? WEIR_OK : WEIR_MALFORMED;
}
