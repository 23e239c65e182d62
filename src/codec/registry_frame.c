/* Messages that a schema registry framed, and those of Avro's single-object encoding. */
#include "weir/codec/codec.h"

#include <inttypes.h>
#include <stdio.h>

enum { FRAME_BYTES = 5 };

bool weir_frame_cut(struct weir_str *payload, uint32_t *schema)
{
	const unsigned char *p = (const unsigned char *)payload->data;

	if (payload->size < FRAME_BYTES || p[0] != 0)
		return false;
	*schema = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
	payload->data += FRAME_BYTES;
	payload->size -= FRAME_BYTES;
	return true;
}

/* Avro 1.11, "Single-object encoding": two bytes, and the fingerprint of the schema, least byte first. */
bool weir_single_object_say(struct weir_str payload, char *out, size_t size)
{
	const unsigned char *p = (const unsigned char *)payload.data;
	uint64_t fingerprint = 0;

	if (payload.size < 10 || p[0] != 0xc3 || p[1] != 0x01)
		return false;
	for (int i = 9; i >= 2; i--)
		fingerprint = fingerprint << 8 | p[i];
	snprintf(out, size,
		 "Avro's single-object encoding, which is not read: its schema has fingerprint %016" PRIx64
		 ", and no number",
		 fingerprint);
	return true;
}
