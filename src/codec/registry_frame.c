/* Messages that a schema registry framed. */
#include "weir/codec/codec.h"

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
