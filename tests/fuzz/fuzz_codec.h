/* Decodes a text in one go and in pieces, and as messages, and checks what must hold whatever the text is. */
#ifndef WEIR_TESTS_FUZZ_CODEC_H
#define WEIR_TESTS_FUZZ_CODEC_H

#include "fuzz.h"

/* The first byte of the data, xor '0', chooses how: bits 0-1 what happens to malformed records, 2 with `raw`, 3 only the
 * column `a`, 4 event time guessed, 5 detection and guesses see only the front, 6 is the target's own. */
static inline unsigned fuzz_knobs(const uint8_t *data, size_t size)
{
	return size ? data[0] ^ '0' : 0u;
}
/* The rest is the text. */
void fuzz_codec(const char *format, const uint8_t *data, size_t size);

#endif
