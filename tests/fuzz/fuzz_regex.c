/* regex: the first byte chooses how, the first line is the pattern, the rest the text. */
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *feed = size ? memchr(data, '\n', size) : NULL;
	if (!feed || feed == data || memchr(data, 0, (size_t)(feed - data)))
		return 0;
	struct weir_buf format = {0}, text = {0};
	weir_buf_add_c(&format, "regex:");
	weir_buf_add(&format, data + 1, (size_t)(feed - data) - 1);
	weir_buf_add_char(&text, (char)data[0]);
	weir_buf_add(&text, feed + 1, size - (size_t)(feed - data) - 1);
	FUZZ_CHECK(!format.failed && !text.failed);
	fuzz_codec(format.data, (const uint8_t *)text.data, text.size);
	weir_buf_release(&format);
	weir_buf_release(&text);
	return 0;
}
