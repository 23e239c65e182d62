/* One record in full, whatever its bytes: JSON in it is taken apart or left as text, no line is wider than the panel, and
 * nothing of a text is lost between the lines. */
#include "fuzz.h"

#include "tui/panels/record.h"

static size_t count_visible(struct weir_str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.size; i++)
		n += s.data[i] != ' ' && s.data[i] != '\n';
	return n;
}

static void check_lines(const struct weir_record *d)
{
	for (size_t i = 0; i < d->n_lines; i++) {
		const struct weir_record_line *l = &d->lines[i];
		FUZZ_CHECK(l->item < d->n_items && l->x >= 0);
		/* A character of two columns may not fit a panel of one. */
		FUZZ_CHECK(l->x + weir_text_columns(l->text) <= d->columns + 1);
	}
	for (size_t i = 0; i < d->n_items; i++) {
		const struct weir_record_item *item = &d->items[i];
		size_t seen = 0;
		FUZZ_CHECK(item->first < item->end && item->end <= d->n_lines);
		for (uint32_t line = item->first; line < item->end; line++)
			seen += count_visible(d->lines[line].text);
		FUZZ_CHECK(seen == count_visible(item->text));
	}
}

static void check_full(struct weir_str text, int columns)
{
	struct weir_result r = {0};
	struct weir_record_field field = {
	    .name = text.size ? text : WEIR_STR("x"), .type = WEIR_STRING, .value = {.type = WEIR_STRING, .s = text}};
	const struct weir_record_full full = {.held = true,
					      .time_us = WEIR_TIME_NONE,
					      .stamp_us = WEIR_TIME_NONE,
					      .key = text,
					      .headers = text,
					      .raw = text,
					      .no_raw = WEIR_STR("not kept"),
					      .n_fields = 1,
					      .fields = &field};
	const struct weir_records_rows rows = weir_records_rows_of(&r);
	struct weir_record *d = weir_record_make(&rows, NULL, &full, columns, false);
	FUZZ_CHECK(d && !d->failed);
	check_lines(d);
	weir_record_free(d);
}

static void check_left(struct weir_str text, int columns)
{
	for (int rebuilt = 0; rebuilt < 2; rebuilt++) {
		const struct weir_left_out left = {.kind = rebuilt ? WEIR_LEFT_LATE : WEIR_LEFT_MALFORMED,
						   .time_us = WEIR_TIME_NONE,
						   .text = text,
						   .text_bytes = text.size,
						   .reason = text,
						   .rebuilt = rebuilt};
		struct weir_record *d = weir_record_make_left(&left, WEIR_STR("s"), columns, rebuilt);
		FUZZ_CHECK(d && !d->failed);
		check_lines(d);
		weir_record_free(d);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int columns = 40 + (size ? data[0] % 120 : 0);
	char *bytes = size ? malloc(size) : NULL; /* without a NUL behind it */
	FUZZ_CHECK(!size || bytes);
	if (size)
		memcpy(bytes, data, size);
	check_full((struct weir_str){bytes, size}, columns);
	check_left((struct weir_str){bytes, size}, columns);
	free(bytes);
	return 0;
}
