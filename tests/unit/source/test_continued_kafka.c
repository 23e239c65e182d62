/* Where a topic goes on behind its capture: at its offsets, whatever its producers put into their headers. */
#include "../capture/blocks.h"

#include "weir/source/continued.h"

static void put_messages(struct weir_buf *file, const char *headers)
{
	const struct weir_capture_partition web = {WEIR_STR("web"), 0};
	const struct weir_capture_stream is = {.name = WEIR_STR("web"), .source = WEIR_STR("kafka://127.0.0.1:1/web")};
	struct weir_buf text = {0};

	weir_capture_stream_write(&is, &text);
	put_block(file, (struct weir_capture_block){.kind = WEIR_CAPTURE_STREAM, .stream = 1}, weir_buf_str(&text),
		  false);
	weir_buf_clear(&text);
	for (int i = 0; i < 2; i++) {
		const struct weir_capture_message m = {
		    .flags = WEIR_RUN_BEGINS | WEIR_RUN_ENDS,
		    .arrival_us = 1000,
		    .message = {
			.payload = WEIR_STR("{}"), .headers = weir_str_of(headers), .offset = 40 + i, .time_us = 1000}};
		weir_capture_message_write(&m, &text);
	}
	weir_capture_table_write(&web, 1, &text);
	put_block(file,
		  (struct weir_capture_block){
		      .kind = WEIR_CAPTURE_MESSAGES, .stream = 1, .records = 2, .first_us = 1000, .last_us = 1000},
		  weir_buf_str(&text), false);
	put_end(file);
	weir_buf_release(&text);
}

/* The history is read; then the topic is opened at the position behind it, which an address must be able to take. */
static void test_header_named_position(void **state)
{
	static const char *const headers[] = {"{\"position\":\"nonsense\"}", "{\"position\":\"7,web/0=9\"}",
					      "{\"a\":\"b\"}"};

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		struct weir_param continues = {(char *)(uintptr_t) "continue", (char *)(uintptr_t)in_folder("k.weir")};
		struct weir_source_config config = {.clock = &weir_clock_system, .stdin_fd = -1, .live = true};
		struct weir_source *source = NULL;
		struct weir_buf file = {0};
		struct weir_error err = {0};
		struct weir_chunk chunk;
		enum weir_status st;
		size_t n = 0;
		put_messages(&file, headers[i]);
		write_file(in_folder("k.weir"), weir_buf_str(&file));
		config.uri = (struct weir_uri){.scheme = (char *)(uintptr_t) "kafka",
					       .hosts = (char *)(uintptr_t) "127.0.0.1:1",
					       .path = (char *)(uintptr_t) "web",
					       .params = &continues,
					       .n_params = 1};
		assert_int_equal(weir_source_open_continued(&config, &source, &err), WEIR_OK);
		while ((st = weir_source_poll(source, 0, &chunk, &err)) == WEIR_OK) {
			n += chunk.n_messages;
			chunk.messages += chunk.n_messages;
			chunk.n_messages = 0;
			weir_source_consume(source, &chunk);
		}
		assert_int_equal(st, WEIR_AGAIN); /* nobody is there */
		assert_int_equal(n, 2);
		weir_source_close(source);
		weir_buf_release(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_header_named_position)};
#ifdef __SANITIZE_THREAD__
	/* librdkafka starts its threads with thrd_create, which ThreadSanitizer does not know and crashes in. */
	printf("skipped under ThreadSanitizer\n");
	(void)tests, (void)folder_make, (void)folder_remove;
	return 77;
#else
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
#endif
}
