/* The registry's answers: a schema, what it refers to, and what is wrong, as the published REST interface has them:
 *
 *     GET /schemas/ids/ID                              {"schema":TEXT,"schemaType":"AVRO"|"JSON"|"PROTOBUF","references":[…]}
 *     GET /subjects/SUBJECT/versions/VERSION           the same
 *     references                                       {"name":TEXT,"subject":TEXT,"version":N}
 *     POST /subjects/SUBJECT/versions                  {"schema":TEXT} gives {"id":N}
 *     failures                                         {"error_code":N,"message":TEXT} */
#include "weir/client/registry.h"

#include "weir/base/memory.h"

#include <jansson.h>
#include <stdlib.h>

/* Schemas that one may refer to, those of those included. */
enum { MOST_REFERENCES = 1000 };

struct reading {
	const struct weir_registry_door *door;
	struct weir_registry_schema *schema;
	size_t capacity;
	struct weir_error *err;
};

static enum weir_status refused(long status, const struct weir_buf *body, struct weir_error *err)
{
	json_error_t where;
	json_t *json = body->size ? json_loadb(body->data, body->size, 0, &where) : NULL;
	const char *message = json_string_value(json_object_get(json, "message"));
	char text[200];
	snprintf(text, sizeof text, "%.160s", message ? message : "");
	json_decref(json);
	enum weir_status code = status == 401 || status == 403                    ? WEIR_DENIED
				: status == 404                                   ? WEIR_NOT_FOUND
				: status == 429 || status >= 500 || status == 408 ? WEIR_UNREACHABLE
										  : WEIR_MALFORMED;
	weir_fail(err, code, "registry", "it answers %ld%s%s", status, text[0] ? ": " : "", text);
	if (err)
		err->retriable = code == WEIR_UNREACHABLE;
	return code;
}

/* An answer as JSON; owned by the caller. */
static enum weir_status ask(struct reading *r, const char *path, json_t **out)
{
	struct weir_buf body = {0};
	json_error_t where;
	long status = 0;
	enum weir_status st = r->door->get(r->door->ctx, path, &status, &body, r->err);
	*out = NULL;
	if (st == WEIR_OK && status != 200)
		st = refused(status, &body, r->err);
	if (st == WEIR_OK && !(*out = json_loadb(body.data ? body.data : "", body.size, 0, &where))) {
		st = weir_fail(r->err, WEIR_MALFORMED, "registry", "its answer is no JSON: %.100s", where.text);
		if (r->err)
			r->err->retriable = true; /* a proxy's page in the place of the registry's */
	}
	weir_buf_release(&body);
	return st;
}

static enum weir_status no_memory(struct reading *r)
{
	return weir_fail(r->err, WEIR_NO_MEMORY, "registry", "out of memory");
}

static bool has(const struct reading *r, const char *name)
{
	for (size_t i = 0; i < r->schema->n; i++)
		if (strcmp(r->schema->texts[i].name, name) == 0)
			return true;
	return false;
}

static enum weir_status keep(struct reading *r, const char *name, const json_t *text)
{
	struct weir_registry_schema *s = r->schema;
	if (!json_is_string(text))
		return weir_fail(r->err, WEIR_MALFORMED, "registry", "its answer has no schema");
	if (!weir_grow((void **)&s->texts, &r->capacity, s->n + 1, sizeof *s->texts))
		return no_memory(r);
	struct weir_registry_text *t = &s->texts[s->n];
	struct weir_str copy = {json_string_value(text), json_string_length(text)};
	t->name = weir_str_dup(weir_str_of(name));
	char *own = weir_str_dup(copy);
	t->text = (struct weir_str){own, copy.size};
	if (!t->name || !own) {
		free(t->name);
		free(own);
		return no_memory(r);
	}
	s->n++;
	return WEIR_OK;
}

/* As a part of a path. */
static void add_escaped(const char *text, struct weir_buf *out)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain =
		    (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-._~", c);
		if (plain)
			weir_buf_add_char(out, (char)c);
		else
			weir_buf_addf(out, "%%%02X", c);
	}
}

static enum weir_status read_references(struct reading *r, const json_t *answer, unsigned depth);

static enum weir_status read_reference(struct reading *r, const json_t *reference, unsigned depth)
{
	const char *name = json_string_value(json_object_get(reference, "name"));
	const char *subject = json_string_value(json_object_get(reference, "subject"));
	const json_t *version = json_object_get(reference, "version");
	struct weir_buf path = {0};
	json_t *answer = NULL;
	if (!name || !subject || !json_is_integer(version))
		return weir_fail(r->err, WEIR_MALFORMED, "registry", "its answer has a reference to nothing");
	if (has(r, name)) /* two may refer to one */
		return WEIR_OK;
	if (r->schema->n >= MOST_REFERENCES || depth > 50)
		return weir_fail(r->err, WEIR_TOO_LARGE, "registry", "the schema refers to too many others");
	weir_buf_add_c(&path, "/subjects/");
	add_escaped(subject, &path);
	weir_buf_addf(&path, "/versions/%lld?deleted=true", (long long)json_integer_value(version));
	enum weir_status st = path.failed ? no_memory(r) : ask(r, path.data, &answer);
	weir_buf_release(&path);
	if (st != WEIR_OK)
		return st;
	st = read_references(r, answer, depth + 1);
	if (st == WEIR_OK && !has(r, name))
		st = keep(r, name, json_object_get(answer, "schema"));
	json_decref(answer);
	return st;
}

static enum weir_status read_references(struct reading *r, const json_t *answer, unsigned depth)
{
	const json_t *list = json_object_get(answer, "references");
	enum weir_status st = WEIR_OK;
	for (size_t i = 0; i < json_array_size(list) && st == WEIR_OK; i++)
		st = read_reference(r, json_array_get(list, i), depth);
	return st;
}

static enum weir_status read_kind(struct reading *r, const json_t *answer)
{
	static const char *const names[] = {
	    [WEIR_SCHEMA_AVRO] = "AVRO", [WEIR_SCHEMA_JSON] = "JSON", [WEIR_SCHEMA_PROTOBUF] = "PROTOBUF"};
	const char *type = json_string_value(json_object_get(answer, "schemaType"));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (type && strcmp(type, names[i]) != 0)
			continue;
		r->schema->kind = (enum weir_schema_kind)i; /* Avro is not always said */
		return WEIR_OK;
	}
	return weir_fail(r->err, WEIR_MALFORMED, "registry", "a schema of the unknown type %.40s", type);
}

enum weir_status weir_registry_read(const struct weir_registry_door *door, uint32_t id,
				    struct weir_registry_schema **out, struct weir_error *err)
{
	struct reading r = {.door = door, .schema = weir_calloc(1, sizeof *r.schema), .err = err};
	json_t *answer = NULL;
	char path[40];
	*out = NULL;
	if (!r.schema)
		return no_memory(&r);
	r.schema->id = id;
	snprintf(path, sizeof path, "/schemas/ids/%u", id);
	enum weir_status st = ask(&r, path, &answer);
	if (st == WEIR_OK)
		st = read_kind(&r, answer);
	if (st == WEIR_OK)
		st = read_references(&r, answer, 0);
	if (st == WEIR_OK)
		st = keep(&r, "", json_object_get(answer, "schema"));
	json_decref(answer);
	if (st == WEIR_OK)
		*out = r.schema;
	else
		weir_registry_schema_free(r.schema);
	return st;
}

void weir_registry_schema_free(struct weir_registry_schema *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		free(s->texts[i].name);
		free((char *)(uintptr_t)s->texts[i].text.data);
	}
	free(s->texts);
	free(s);
}

/* The body of a request that registers a schema; owned. NULL: no memory. */
static char *registration_of(struct weir_str schema)
{
	json_t *json = json_pack("{s:s%}", "schema", schema.data, schema.size);
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	return text;
}

static enum weir_status take_number(const struct weir_buf *body, uint32_t *id, struct weir_error *err)
{
	json_error_t where;
	json_t *json = json_loadb(body->data ? body->data : "", body->size, 0, &where),
	       *number = json_object_get(json, "id");
	bool good = json_is_integer(number);

	*id = good ? (uint32_t)json_integer_value(number) : 0;
	json_decref(json);
	if (good)
		return WEIR_OK;
	weir_fail(err, WEIR_MALFORMED, "registry", "its answer has no number of the schema");
	if (err)
		err->retriable = true; /* as above */
	return WEIR_MALFORMED;
}

enum weir_status weir_registry_register(const struct weir_registry_door *door, const char *subject,
					struct weir_str schema, uint32_t *id, struct weir_error *err)
{
	struct weir_buf path = {0}, body = {0};
	char *sent = registration_of(schema);
	long status = 0;

	weir_buf_add_c(&path, "/subjects/");
	add_escaped(subject, &path);
	weir_buf_add_c(&path, "/versions");
	enum weir_status st = path.failed || !sent
				  ? weir_fail(err, WEIR_NO_MEMORY, "registry", "out of memory")
				  : door->post(door->ctx, path.data, weir_str_of(sent), &status, &body, err);
	if (st == WEIR_UNREACHABLE && err)
		err->retriable = true;
	if (st == WEIR_OK)
		st = status == 200 ? take_number(&body, id, err) : refused(status, &body, err);
	if (status == 409)
		weir_error_hint(err, "the columns do not fit the versions of %.100s before them", subject);
	free(sent);
	weir_buf_release(&path);
	weir_buf_release(&body);
	return st;
}
