/* What a capture says of the records of a stream: its descriptions, and schemas, which go into the registry of the stream, so that messages
 * that name them are read without a network. */
#include "capture.h"

#include "weir/client/registry.h"

#include <stdlib.h>

/* Owned by the caller. NULL: no memory, or with *bad it is no schema. */
static struct weir_registry_schema *schema_of(struct weir_str payload, bool *bad)
{
	struct weir_capture_schema is;
	struct weir_str name, text;

	*bad = !weir_capture_schema_read(payload, &is);
	struct weir_registry_schema *s = *bad ? NULL : weir_calloc(1, sizeof *s);
	if (!s || !(s->texts = weir_calloc(is.n_texts + (size_t)1, sizeof *s->texts))) {
		free(s);
		return NULL;
	}
	s->id = is.id;
	s->kind = is.kind == 1 ? WEIR_SCHEMA_AVRO : is.kind == 2 ? WEIR_SCHEMA_JSON : WEIR_SCHEMA_PROTOBUF;
	for (bool failed = false; s->n < is.n_texts && !*bad && !failed;) {
		*bad = !weir_capture_schema_read_text(&is, &name, &text);
		struct weir_registry_text *one = &s->texts[s->n];
		if (*bad)
			break;
		s->n++;
		one->name = weir_str_dup(name);
		one->text = (struct weir_str){weir_str_dup(text), text.size};
		failed = !one->name || !one->text.data;
		if (failed) {
			weir_registry_schema_free(s);
			return NULL;
		}
	}
	if (*bad)
		weir_registry_schema_free(s);
	return *bad ? NULL : s;
}

enum weir_status replay_word_take(struct weir_registry *registry, enum weir_capture_kind kind, struct weir_str payload,
				  bool *bad, struct weir_error *err)
{
	*bad = false;
	if (kind != WEIR_CAPTURE_SCHEMA || !registry)
		return WEIR_OK; /* a description that is whole and none is a later version's */
	struct weir_registry_schema *s = schema_of(payload, bad);
	if (*bad)
		return WEIR_OK;
	return s ? weir_registry_put(registry, s, err) : weir_fail(err, WEIR_NO_MEMORY, "capture", "out of memory");
}

enum weir_status replay_words_read(struct replay_runs *r, const struct weir_capture_index *index, uint64_t from,
				   uint64_t to, struct weir_error *err)
{
	struct weir_buf text = {0};
	enum weir_status st = WEIR_OK;

	for (size_t i = 0; i < index->n && st == WEIR_OK; i++) {
		const struct weir_capture_entry *e = &index->items[i];
		bool bad = false;
		if (!replay_is_word((enum weir_capture_kind)e->kind) || e->stream != r->stream || e->at < from ||
		    e->at >= to)
			continue;
		st = weir_capture_index_read(r->reader, e, &text, err);
		if (st == WEIR_OK)
			st = replay_word_take(r->registry, (enum weir_capture_kind)e->kind, weir_buf_str(&text), &bad,
					      err);
		if (bad)
			weir_capture_reader_mistrust(r->reader);
		r->bad_words += bad || st == WEIR_MALFORMED;
		st = st == WEIR_MALFORMED ? WEIR_OK : st;
	}
	weir_buf_release(&text);
	return st;
}
