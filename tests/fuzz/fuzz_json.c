/* json: objects one a line, back to back, in an array. */
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_codec(fuzz_knobs(data, size) & 64 ? "json:a.b" : "json", data, size);
	return 0;
}
