/* Bytes from a terminal, fed in pieces; the first byte says how large. */
#include "fuzz.h"

#include "tui/terminal/terminal.h"

static void drain(struct weir_input *in, bool waited)
{
	struct weir_event e;
	while (weir_input_next(in, waited, &e)) {
		if (e.kind == WEIR_EVENT_PASTE)
			continue; /* any bytes */
		FUZZ_CHECK(memchr(e.name, 0, sizeof e.name) && memchr(e.text, 0, sizeof e.text));
		FUZZ_CHECK(e.kind != WEIR_EVENT_KEY || (e.name[0] && weir_utf8_valid(weir_str_of(e.text))));
		FUZZ_CHECK(e.kind != WEIR_EVENT_MOUSE || (e.x >= 0 && e.y >= 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weir_input in = {0};
	size_t piece = size ? 1 + data[0] % 32 : 1;
	for (size_t at = size > 0; at < size;) {
		size_t n = size - at < piece ? size - at : piece;
		size_t took = weir_input_feed(&in, (const char *)data + at, n);
		FUZZ_CHECK(took <= n);
		drain(&in, took == 0);
		at += took;
	}
	drain(&in, true);
	weir_input_release(&in);
	return 0;
}
