/* What the builder says of records: where one stands, why it does not parse, what was changed in it. */
#include "codec/columns/columns.h"

#include "weir/model/partitions.h"

#include <stdio.h>

void weir_builder_settle_notes(struct weir_builder *b)
{
	memset(b->noted, 0, sizeof b->noted);
	b->noted_any = false;
}

/* Where the record that is being built stands: "record 3 at byte 120". */
static void place_of(const struct weir_builder *b, int64_t position, const struct weir_message *message,
		     char place[100])
{
	const struct weir_partitions *known = message ? b->batch->partitions : NULL;
	if (message)
		snprintf(place, 100, "%.*s partition %d offset %lld",
			 (int)(message->topic.size < 40 ? message->topic.size : 40),
			 message->topic.data ? message->topic.data : "",
			 known ? (int)weir_partitions_get(known, message->partition)->number : message->partition,
			 (long long)position);
	else if (b->part)
		snprintf(place, 100, "record at byte %lld", (long long)position);
	else
		snprintf(place, 100, "record %llu at byte %lld", (unsigned long long)b->records + 1,
			 (long long)position);
}

/* The beginning of some bytes as ASCII. Returns how many of them it shows. */
static size_t sample_of(struct weir_str raw, char sample[64])
{
	size_t n = 0;
	for (size_t i = 0; i < raw.size && n < 40; i++) {
		unsigned char c = (unsigned char)raw.data[i];
		sample[n++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
	}
	sample[n] = 0;
	return n;
}

void weir_builder_describe(const struct weir_builder *b, struct weir_error *err, enum weir_malformed why,
			   int64_t position, struct weir_str raw, const struct weir_message *message,
			   const char *detail)
{
	char sample[64], place[100];
	size_t n = sample_of(raw, sample);

	place_of(b, position, message, place);
	enum weir_status code = why == WEIR_BAD_STEPS ? WEIR_TOO_LARGE : WEIR_MALFORMED;
	if (n)
		weir_fail(err, code, "", "%s: %s%s%s, near \"%s%s\"", place, weir_malformed_text(why),
			  detail ? ": " : "", detail ? detail : "", sample, raw.size > n ? "…" : "");
	else
		weir_fail(err, code, "", "%s: %s%s%s", place, weir_malformed_text(why), detail ? ": " : "",
			  detail ? detail : "");
}

void weir_builder_leave_out(const struct weir_builder *b, enum weir_malformed why, int64_t position,
			    struct weir_str raw, const struct weir_message *message, const char *detail)
{
	char reason[400];
	const struct weir_partitions *known = message ? b->batch->partitions : NULL;
	if (b->batch->left && weir_left_list_count(b->batch->left) >= WEIR_MAX_LEFT_OF_BATCH)
		return; /* where thousands are bad, these will do */
	int n = snprintf(reason, sizeof reason, "%s%s%s", weir_malformed_text(why), detail ? ": " : "",
			 detail ? detail : "");
	struct weir_left_out record = {.kind = WEIR_LEFT_MALFORMED,
				       .time_us = WEIR_TIME_NONE,
				       .position = position,
				       .record = b->part ? 0 : b->records + 1,
				       .reason = {reason, n < (int)sizeof reason ? (size_t)n : sizeof reason - 1},
				       .text = raw};
	if (message) {
		record.topic = message->topic;
		record.partition = known ? weir_partitions_get(known, message->partition)->number : message->partition;
	}
	weir_batch_leave_out(b->batch, &record);
}

void weir_builder_note(struct weir_builder *b, enum weir_note kind, int64_t position, struct weir_str near,
		       const struct weir_message *message)
{
	struct weir_batch *batch = b->batch;
	char sample[64], place[100];

	b->noted_any = true;
	b->noted[kind]++;
	if (batch->n_noted[kind]++)
		return;
	size_t n = sample_of(near, sample);
	place_of(b, position, message, place);
	if (near.size)
		snprintf(batch->first_noted[kind], WEIR_NOTE_PLACE_BYTES, "%s, near \"%s%s\"", place, sample,
			 near.size > n ? "…" : "");
	else
		snprintf(batch->first_noted[kind], WEIR_NOTE_PLACE_BYTES, "%s", place);
}

/* Earlier batches stored the column's values without their text. */
void weir_builder_note_rewritten(struct weir_builder *b, uint32_t column)
{
	struct weir_batch *batch = b->batch;
	struct weir_str name = b->schema->fields[column].name;

	if (batch->n_noted[WEIR_NOTE_REWRITTEN]++ == 0)
		snprintf(batch->first_noted[WEIR_NOTE_REWRITTEN], WEIR_NOTE_PLACE_BYTES, "%.*s",
			 name.size < 100 ? (int)name.size : 100, name.data);
}
