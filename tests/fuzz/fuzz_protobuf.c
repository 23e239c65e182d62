/* Protobuf: up to the first NUL the text of a schema, behind it a message. */
#include "fuzz.h"

#include "codec/proto/proto.h"

static void decode(struct proto_plan *plan, struct weir_str message, bool framed)
{
	const struct weir_codec_config config = {.want = {.all = true}, .time = "none"};
	struct weir_builder b = {0};
	struct weir_batch *batch = weir_batch_new(4);
	struct avro_notes notes;
	struct proto_trouble trouble;
	FUZZ_CHECK(batch && weir_builder_init(&b, &config, true) && weir_builder_begin(&b, batch));
	if (proto_row(plan, &b, message, framed, &notes, &trouble))
		FUZZ_CHECK(weir_builder_commit(&b, 0, message, NULL));
	else
		weir_builder_take_back(&b);
	FUZZ_CHECK(weir_builder_end(&b));
	for (uint32_t i = 0; i < batch->n_columns && batch->n_rows; i++) {
		struct weir_value v = weir_column_get(&batch->columns[i], 0);
		FUZZ_CHECK(v.type != WEIR_STRING || weir_utf8_valid(v.s));
	}
	weir_batch_free(batch);
	weir_builder_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_text(data, size);
	struct weir_str text = {bytes, strnlen(bytes, size)}, message = {bytes + text.size, size - text.size};
	struct proto_schema *schema = NULL;
	struct weir_error err = {0};
	enum weir_status st = proto_schema_parse(&text, 1, &schema, &err);
	fuzz_check_error(st, &err);
	if (st == WEIR_OK) {
		struct proto_plan *plan = proto_plan_new(schema);
		struct weir_buf json = {0};
		struct proto_trouble trouble;
		FUZZ_CHECK(plan);
		decode(plan, message, true);
		(void)proto_json(plan, message, &trouble, &json);
		weir_buf_release(&json);
		proto_plan_free(plan);
	}
	struct proto_plan *numbers = proto_plan_new(NULL);
	FUZZ_CHECK(numbers);
	decode(numbers, message, true);
	decode(numbers, message, false);
	proto_plan_free(numbers);
	free(bytes);
	return 0;
}
