/* Any text: format and time column are guessed, then it is decoded. */
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_codec("auto", data, size);
	return 0;
}
