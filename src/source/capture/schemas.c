/* The schemas that a capture keeps: into the registry of its stream, so that messages which name them are read without a network. */
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

enum weir_status replay_schema_take(struct weir_capture_reader *r, struct weir_registry *registry,
				    struct weir_buf *text, struct weir_error *err)
{
	bool bad = false;
	enum weir_status st = weir_capture_reader_payload(r, text, err);

	if (st == WEIR_MALFORMED)
		return WEIR_OK; /* it is noted; the messages that name the schema say that it is lacking */
	if (st != WEIR_OK)
		return st;
	struct weir_registry_schema *s = schema_of(weir_buf_str(text), &bad);
	if (bad)
		weir_capture_reader_mistrust(r);
	else if (!s)
		return weir_fail(err, WEIR_NO_MEMORY, "capture", "out of memory");
	return s ? weir_registry_put(registry, s, err) : WEIR_OK;
}

enum weir_status replay_schemas_read(struct weir_capture_reader *r, const struct weir_capture_index *index,
				     uint16_t stream, struct weir_registry *registry, struct weir_error *err)
{
	struct weir_capture_block b;
	struct weir_buf text = {0};
	enum weir_status st = WEIR_OK;

	for (size_t i = 0; i < index->n && st == WEIR_OK; i++) {
		if (index->items[i].kind != WEIR_CAPTURE_SCHEMA || index->items[i].stream != stream)
			continue;
		weir_capture_reader_go(r, index->items[i].at);
		if (weir_capture_reader_next(r, &b, NULL) == WEIR_OK && b.kind == WEIR_CAPTURE_SCHEMA &&
		    b.stream == stream)
			st = replay_schema_take(r, registry, &text, err);
	}
	weir_buf_release(&text);
	return st;
}
