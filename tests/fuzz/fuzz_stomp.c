/* Frames of STOMP, one behind the other, and what is read of each as a message. */
#include "fuzz.h"

#include "source/jms/jms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_text(data, size);
	struct weir_str rest = {bytes, size};
	struct weir_arena arena = {0};
	struct jms_texts texts = {.arena = &arena};
	struct stomp_frame f;
	struct jms_content c;
	size_t used;
	while (rest.size && jms_read_frame(rest, &f, &used) == JMS_READ) {
		FUZZ_CHECK(used && used <= rest.size && !rest.data[used - 1]);
		FUZZ_CHECK(jms_read_stomp(&f, &texts, &c) == JMS_READ);
		FUZZ_CHECK(weir_utf8_valid(c.headers) && c.headers.size >= 2);
		FUZZ_CHECK(c.time_us == WEIR_TIME_NONE || weir_time_exists(c.time_us));
		rest.data += used;
		rest.size -= used;
	}
	weir_buf_release(&texts.body);
	weir_buf_release(&texts.headers);
	weir_arena_release(&arena);
	free(bytes);
	return 0;
}
