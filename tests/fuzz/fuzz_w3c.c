/* w3c. */
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_codec("w3c", data, size);
	return 0;
}
