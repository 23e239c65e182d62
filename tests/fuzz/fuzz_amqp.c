/* A message of AMQP 1.0: what is read of it is text, JSON where weir makes it, and borrowed from the message elsewhere. */
#include "fuzz.h"

#include "source/jms/jms.h"

#include <jansson.h>

static void check_json(struct weir_str text)
{
	json_error_t where;
	if (memmem(text.data, text.size, "NaN", 3) || memmem(text.data, text.size, "Infinity", 8))
		return; /* weir reads them, jansson does not */
	json_t *o = json_loadb(text.data, text.size, JSON_DECODE_INT_AS_REAL, &where);
	/* A text may have \u0000, which jansson refuses in names and without a flag. */
	FUZZ_CHECK(o || memmem(text.data, text.size, "\\u0000", 6) || strstr(where.text, "overflow"));
	json_decref(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_text(data, size);
	struct weir_arena arena = {0};
	struct jms_texts texts = {.arena = &arena};
	struct jms_content c;
	enum jms_reading got = jms_read_amqp((struct weir_str){bytes, size}, &texts, &c);
	FUZZ_CHECK(got != JMS_NO_MEMORY);
	if (got == JMS_READ) {
		FUZZ_CHECK(weir_utf8_valid(c.headers));
		check_json(c.headers);
		if (texts.body.size && texts.body.data[0] == '{' && c.payload.data < bytes)
			FUZZ_CHECK(c.payload.size == texts.body.size);
		FUZZ_CHECK(c.time_us == WEIR_TIME_NONE || weir_time_exists(c.time_us));
		FUZZ_CHECK(!c.id.size || (c.id.data >= bytes && c.id.data + c.id.size <= bytes + size));
	}
	weir_buf_release(&texts.body);
	weir_buf_release(&texts.headers);
	weir_arena_release(&arena);
	free(bytes);
	return 0;
}
