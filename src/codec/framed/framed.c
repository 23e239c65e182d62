/* Message by message: the frame, the writer's plan, the row. */
#include "codec/framed/framed.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const kind_names[] = {
    [WEIR_SCHEMA_AVRO] = "Avro", [WEIR_SCHEMA_JSON] = "JSON", [WEIR_SCHEMA_PROTOBUF] = "Protobuf"};

/* ---- writers ---- */

static enum weir_status plan_avro(struct framed_writer *w, const struct weir_registry_schema *s, struct weir_error *err)
{
	struct avro_schema *schema = NULL;
	struct weir_str *texts = weir_alloc((s->n + 1) * sizeof *texts);
	if (!texts)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	for (size_t i = 0; i < s->n; i++)
		texts[i] = s->texts[i].text;
	enum weir_status st = avro_schema_parse(texts, s->n, &schema, err);
	free(texts);
	if (st == WEIR_OK && !avro_plan_make(&w->avro, schema))
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	avro_schema_unref(schema);
	return st;
}

static enum weir_status plan_proto(struct framed_writer *w, const struct weir_registry_schema *s,
				   struct weir_error *err)
{
	struct proto_schema *schema = NULL;
	struct weir_str *texts = weir_alloc((s->n + 1) * sizeof *texts);
	if (!texts)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	for (size_t i = 0; i < s->n; i++)
		texts[i] = s->texts[i].text;
	enum weir_status st = proto_schema_parse(texts, s->n, &schema, err);
	free(texts);
	if (st == WEIR_OK && !(w->proto = proto_plan_new(schema)))
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	return st;
}

static enum weir_status make_plan(struct framed_writer *w, const struct weir_registry_schema *s, struct weir_error *err)
{
	w->id = s->id;
	w->kind = s->kind;
	if (s->kind == WEIR_SCHEMA_AVRO)
		return plan_avro(w, s, err);
	if (s->kind == WEIR_SCHEMA_PROTOBUF)
		return s->n                                ? plan_proto(w, s, err)
		       : (w->proto = proto_plan_new(NULL)) ? WEIR_OK
							   : weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	return weir_fail(err, WEIR_MALFORMED, "", "it is one of %s", kind_names[s->kind]);
}

static enum weir_status add_writer(struct framed *f, const struct weir_registry_schema *s, struct weir_error *err)
{
	struct framed_writer w = {0};
	if (!weir_grow((void **)&f->writers, &f->capacity, f->n + 1, sizeof *f->writers))
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	enum weir_status st = make_plan(&w, s, err);
	if (st == WEIR_MALFORMED && !(w.wrong = weir_str_dup(weir_str_of(err->what))))
		st = WEIR_NO_MEMORY;
	if (st == WEIR_NO_MEMORY) {
		avro_plan_release(&w.avro);
		proto_plan_free(w.proto);
		return st;
	}
	f->last = f->n;
	f->writers[f->n++] = w;
	return WEIR_OK;
}

/* The writer of that number. OK with *out NULL: it cannot be had, err says why. */
static enum weir_status writer_of(struct framed *f, uint32_t id, struct framed_writer **out, struct weir_error *err)
{
	const struct weir_registry_schema *schema = NULL;
	*out = NULL;
	if (f->last < f->n && f->writers[f->last].id == id) {
		*out = &f->writers[f->last];
	} else {
		for (size_t i = 0; i < f->n && !*out; i++)
			if (f->writers[i].id == id)
				*out = &f->writers[f->last = i];
	}
	if (!*out) {
		const struct weir_registry_schema numbers = {.id = id, .kind = WEIR_SCHEMA_PROTOBUF};
		enum weir_status st = WEIR_OK;
		if (f->registry)
			st = weir_registry_get(f->registry, id, &schema, err);
		else if (f->by_number)
			schema = &numbers;
		else
			st = weir_fail(err, WEIR_USAGE, "",
				       "no registry is known: registry=URL in the address names it");
		if (st == WEIR_CANCELLED || st == WEIR_NO_MEMORY)
			return st;
		if (st != WEIR_OK)
			return WEIR_OK;
		if ((st = add_writer(f, schema, err)) != WEIR_OK)
			return st;
		*out = &f->writers[f->last];
	}
	if (!(*out)->wrong)
		return WEIR_OK;
	weir_fail(err, WEIR_MALFORMED, "", "%s", (*out)->wrong);
	*out = NULL;
	return WEIR_OK;
}

/* ---- keys ---- */

/* A framed key as JSON, a text as it is. One that cannot be read stays as it came. */
static enum weir_status read_key(struct framed *f, struct weir_message *m, struct weir_error *err)
{
	struct weir_str data = m->key, text;
	struct framed_writer *w;
	uint32_t id = 0;
	if (!weir_frame_cut(&data, &id))
		return WEIR_OK;
	enum weir_status st = writer_of(f, id, &w, err);
	if (st != WEIR_OK || !w)
		return st;
	weir_buf_clear(&f->key);
	if (w->proto) {
		struct proto_trouble trouble;
		if (proto_json(w->proto, data, &trouble, &f->key) && !f->key.failed)
			m->key = weir_buf_str(&f->key);
		return f->key.failed ? WEIR_NO_MEMORY : WEIR_OK;
	}
	const struct avro_node *root = w->avro.schema->root;
	struct avro_in in = {.p = (const unsigned char *)data.data,
			     .end = (const unsigned char *)data.data + data.size};
	bool ok = root->kind == AVRO_STRING ? avro_bytes(&in, root, &text) : avro_json(&in, root, 0, &f->key);
	if (!ok || in.p != in.end)
		return f->key.failed ? WEIR_NO_MEMORY : WEIR_OK;
	m->key = root->kind == AVRO_STRING ? text : weir_buf_str(&f->key);
	if (root->kind == AVRO_ENUM && m->key.size >= 2) /* without its quotes */
		m->key = (struct weir_str){m->key.data + 1, m->key.size - 2};
	return f->key.failed ? WEIR_NO_MEMORY : WEIR_OK;
}

/* ---- messages ---- */

static enum weir_status stored(bool ok, struct weir_error *err)
{
	return ok ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while decoding");
}

static enum weir_status reject_schema(struct weir_builder *b, const struct weir_message *m, uint32_t id,
				      const struct weir_error *why, struct weir_error *err)
{
	char detail[400];
	snprintf(detail, sizeof detail, "schema %u of the registry: %.300s", id, why->what);
	return stored(weir_builder_reject(b, WEIR_BAD_SCHEMA, m->offset, m->payload, m, detail), err);
}

static enum weir_status reject_frame(struct weir_builder *b, const struct weir_message *m, struct weir_error *err)
{
	char single[160];
	bool is_single = weir_single_object_say(m->payload, single, sizeof single);
	return stored(weir_builder_reject(b, is_single ? WEIR_BAD_SCHEMA : WEIR_BAD_SYNTAX, m->offset, m->payload, m,
					  is_single ? single : "a message that no schema registry framed"),
		      err);
}

/* A record into the row: false where it is none, and why; no memory: *detail NULL. */
static bool read_record(struct framed_writer *w, struct weir_builder *b, struct weir_str data, bool framed,
			struct avro_notes *notes, enum weir_malformed *why, const char **detail)
{
	struct avro_in in = {.p = (const unsigned char *)data.data,
			     .end = (const unsigned char *)data.data + data.size};
	struct proto_trouble trouble;
	if (w->proto) {
		bool ok = proto_row(w->proto, b, data, framed, notes, &trouble);
		*why = trouble.why;
		*detail = trouble.detail;
		return ok;
	}
	enum avro_outcome outcome = avro_row(&w->avro, b, &in, notes);
	if (outcome == AVRO_READ && in.p != in.end) {
		avro_bad(&in, WEIR_BAD_SYNTAX, "bytes are left behind the record");
		outcome = AVRO_BAD;
	}
	*why = in.why;
	*detail = outcome == AVRO_NO_MEMORY ? NULL : in.detail;
	return outcome == AVRO_READ;
}

/* The data behind the frame. */
static enum weir_status put_row(struct framed_writer *w, struct weir_builder *b, struct weir_str data, bool framed,
				const struct weir_message *m, struct weir_error *err)
{
	struct avro_notes notes;
	enum weir_malformed why = WEIR_BAD_SYNTAX;
	const char *wrong = NULL;
	if (!read_record(w, b, data, framed, &notes, &why, &wrong)) {
		char detail[200];
		if (!wrong)
			return stored(false, err);
		snprintf(detail, sizeof detail, framed ? "%s (schema %u)" : "%s", wrong, w->id);
		return stored(weir_builder_reject(b, why, m->offset, data, m, detail), err);
	}
	if (!b->cut && avro_notes_any(&notes))
		avro_row_notes(b, &notes, m->offset, data, m);
	return stored(weir_builder_commit(b, m->offset, data, m), err);
}

static enum weir_status one_message(struct framed *f, struct weir_builder *b, const struct weir_message *m,
				    struct weir_error *err)
{
	struct weir_message with_key;
	struct weir_str data = m->payload;
	struct weir_error why; /* large: filled only where something is wrong */
	struct framed_writer *w;
	uint32_t id = 0;
	enum weir_status st = WEIR_OK;
	why.what[0] = '\0';
	if (b->want.key && m->key.size) {
		with_key = *m;
		m = &with_key;
		st = read_key(f, &with_key, &why);
	}
	if (st != WEIR_OK)
		return weir_fail(err, st, "", "%s", weir_status_text(st));
	if (!data.data) /* a tombstone */
		return stored(weir_builder_commit(b, m->offset, data, m), err);
	bool framed = weir_frame_cut(&data, &id);
	if (!framed && (!f->by_number || f->registry))
		return reject_frame(b, m, err);
	st = writer_of(f, id, &w, &why);
	if (st != WEIR_OK)
		return weir_fail(err, st, "", "%s", weir_status_text(st));
	return w ? put_row(w, b, data, framed, m, err) : reject_schema(b, m, id, &why, err);
}

enum weir_status framed_decode(struct framed *f, struct weir_codec *c, struct weir_chunk *chunk,
			       struct weir_batch *batch, struct weir_error *err)
{
	struct weir_builder *b = &c->builder;
	enum weir_status st = WEIR_OK;
	b->frames_read = true;
	while (st == WEIR_OK && chunk->n_messages && !weir_builder_full(b) && weir_builder_has_room(b)) {
		st = one_message(f, b, chunk->messages, err);
		if (b->cut)
			break;
		if (st == WEIR_OK)
			weir_chunk_take_message(chunk, batch);
	}
	return st;
}

/* ---- what they are ---- */

static bool is_json(struct weir_str data)
{
	struct weir_str s = weir_str_trim(data);
	return s.size >= 2 &&
	       ((s.data[0] == '{' && s.data[s.size - 1] == '}') || (s.data[0] == '[' && s.data[s.size - 1] == ']'));
}

int framed_detect(const struct weir_codec_config *config, enum weir_schema_kind kind)
{
	const struct weir_registry_schema *schema = NULL;
	size_t values = 0, framed = 0, single = 0;
	char words[160];
	struct weir_str first = {NULL, 0};
	uint32_t id = 0, of_this = 0;
	for (size_t i = 0; i < config->n_messages; i++) {
		struct weir_str data = config->messages[i].payload;
		values += data.data != NULL;
		single += weir_single_object_say(data, words, sizeof words);
		if (!data.data || !weir_frame_cut(&data, &of_this))
			continue;
		if (!framed++) {
			first = data;
			id = of_this;
		}
	}
	if (kind == WEIR_SCHEMA_AVRO && single * 2 > values) /* to say that they are not read */
		return 100;
	if (!framed || framed * 2 < values)
		return 0;
	enum weir_status st =
	    config->registry ? weir_registry_get(config->registry, id, &schema, NULL) : WEIR_NOT_FOUND;
	if (st == WEIR_NO_MEMORY)
		return -1;
	if (st == WEIR_OK)
		return schema->kind == kind ? 100 : 0;
	return kind == WEIR_SCHEMA_AVRO && !is_json(first) ? 60 : 0;
}

void framed_copy(struct framed *to, const struct framed *from)
{
	*to = (struct framed){.registry = from->registry, .by_number = from->by_number};
}

void framed_release(struct framed *f)
{
	for (size_t i = 0; i < f->n; i++) {
		avro_plan_release(&f->writers[i].avro);
		proto_plan_free(f->writers[i].proto);
		free(f->writers[i].wrong);
	}
	free(f->writers);
	weir_buf_release(&f->key);
	*f = (struct framed){0};
}
