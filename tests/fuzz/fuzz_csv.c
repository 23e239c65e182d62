/* csv and tsv. */
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_codec(fuzz_knobs(data, size) & 64 ? "tsv" : "csv", data, size);
	return 0;
}
