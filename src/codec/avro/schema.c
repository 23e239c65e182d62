/* A schema's text into nodes: names and namespaces, logical types, records that hold themselves. */
#include "codec/avro/avro.h"

#include "weir/base/bounds.h"

#include <jansson.h>
#include <stdlib.h>

struct name {
	struct weir_str full;
	struct avro_node *node;
};

struct parse {
	struct avro_schema *schema;
	struct name *names; /* owned */
	size_t n_names, names_capacity;
	struct weir_error *err;
};

static struct avro_node *no_memory(struct parse *p)
{
	weir_fail(p->err, WEIR_NO_MEMORY, "schema", "out of memory");
	return NULL;
}

static struct avro_node *wrong(struct parse *p, const char *what, const char *about)
{
	weir_fail(p->err, WEIR_MALFORMED, "schema", "the Avro schema is not valid: %s%s%.100s", what, about ? " " : "",
		  about ? about : "");
	return NULL;
}

static struct avro_node *new_node(struct parse *p, enum avro_kind kind)
{
	struct avro_node *node = weir_arena_zalloc(&p->schema->arena, sizeof *node);
	if (!node)
		return no_memory(p);
	node->kind = kind;
	return node;
}

/* Room for the n items of a node, and for as many names where it has some. */
static bool make_room(struct parse *p, struct avro_node *node, size_t n, bool names)
{
	node->items = weir_arena_zalloc(&p->schema->arena, (n + 1) * sizeof *node->items);
	node->names = names ? weir_arena_zalloc(&p->schema->arena, (n + 1) * sizeof *node->names) : NULL;
	node->n = (uint32_t)n;
	return (node->items && (node->names || !names)) || no_memory(p);
}

static bool keep_text(struct parse *p, const char *text, struct weir_str *out)
{
	*out = weir_arena_str(&p->schema->arena, weir_str_of(text));
	return out->data || no_memory(p);
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* ---- names ---- */

static const char *const primitives[] = {
    [AVRO_NULL] = "null",   [AVRO_BOOLEAN] = "boolean", [AVRO_INT] = "int",     [AVRO_LONG] = "long",
    [AVRO_FLOAT] = "float", [AVRO_DOUBLE] = "double",   [AVRO_BYTES] = "bytes", [AVRO_STRING] = "string",
};

static bool full_name(struct parse *p, const char *name, struct weir_str space, struct weir_str *out)
{
	struct weir_buf text = {0};
	if (!strchr(name, '.') && space.size)
		weir_buf_addf(&text, WEIR_STR_FMT ".", WEIR_STR_ARG(space));
	weir_buf_add_c(&text, name);
	*out = text.failed ? (struct weir_str){NULL, 0} : weir_arena_str(&p->schema->arena, weir_buf_str(&text));
	weir_buf_release(&text);
	return out->data || no_memory(p);
}

static struct avro_node *find_name(const struct parse *p, struct weir_str full)
{
	for (size_t i = 0; i < p->n_names; i++)
		if (weir_str_equal(p->names[i].full, full))
			return p->names[i].node;
	return NULL;
}

/* A primitive, or a name that stands further ahead: in this namespace or in none. */
static struct avro_node *by_name(struct parse *p, const char *name, struct weir_str space)
{
	struct weir_str full = {NULL, 0};
	for (size_t i = 0; i < sizeof primitives / sizeof *primitives; i++)
		if (strcmp(name, primitives[i]) == 0)
			return new_node(p, (enum avro_kind)i);
	if (!full_name(p, name, space, &full))
		return NULL;
	struct avro_node *node = find_name(p, full);
	node = node ? node : find_name(p, weir_str_of(name));
	return node ? node : wrong(p, "unknown type", name);
}

/* Registers a record, enum or fixed; *space becomes its namespace. */
static bool declare(struct parse *p, const json_t *type, struct avro_node *node, struct weir_str *space)
{
	const char *name = text_of(type, "name"), *own = text_of(type, "namespace");
	struct weir_str full = {NULL, 0};
	if (!name || !*name)
		return wrong(p, "a type has no name", NULL);
	if (!full_name(p, name, own ? weir_str_of(own) : *space, &full))
		return false;
	if (find_name(p, full))
		return wrong(p, "a name is given twice:", full.data);
	if (!weir_grow((void **)&p->names, &p->names_capacity, p->n_names + 1, sizeof *p->names))
		return no_memory(p);
	p->names[p->n_names++] = (struct name){full, node};
	const char *dot = memrchr(full.data, '.', full.size);
	*space = (struct weir_str){full.data, dot ? (size_t)(dot - full.data) : 0};
	return true;
}

/* ---- types ---- */

static struct avro_node *read_type(struct parse *p, const json_t *type, struct weir_str space, unsigned depth);

static struct avro_node *read_record(struct parse *p, const json_t *type, struct weir_str space, unsigned depth)
{
	struct avro_node *node = new_node(p, AVRO_RECORD);
	const json_t *fields = json_object_get(type, "fields");
	if (!node || !declare(p, type, node, &space))
		return NULL;
	if (!json_is_array(fields))
		return wrong(p, "a record has no fields:", text_of(type, "name"));
	if (json_array_size(fields) > WEIR_MAX_SCHEMA_FIELDS)
		return wrong(p, "a record has too many fields:", text_of(type, "name"));
	if (!make_room(p, node, json_array_size(fields), true))
		return NULL;
	for (uint32_t i = 0; i < node->n; i++) {
		const json_t *field = json_array_get(fields, i), *of = json_object_get(field, "type");
		const char *name = text_of(field, "name");
		if (!name || !*name || !of)
			return wrong(p, "a field has no name or no type in", text_of(type, "name"));
		if (!keep_text(p, name, &node->names[i]) || !(node->items[i] = read_type(p, of, space, depth + 1)))
			return NULL;
	}
	return node;
}

static struct avro_node *read_enum(struct parse *p, const json_t *type, struct weir_str space)
{
	struct avro_node *node = new_node(p, AVRO_ENUM);
	const json_t *symbols = json_object_get(type, "symbols");
	if (!node || !declare(p, type, node, &space))
		return NULL;
	if (!json_is_array(symbols))
		return wrong(p, "an enum has no symbols:", text_of(type, "name"));
	if (!make_room(p, node, json_array_size(symbols), true))
		return NULL;
	for (uint32_t i = 0; i < node->n; i++) {
		const char *symbol = json_string_value(json_array_get(symbols, i));
		if (!symbol)
			return wrong(p, "a symbol is no text in", text_of(type, "name"));
		if (!keep_text(p, symbol, &node->names[i]))
			return NULL;
	}
	return node;
}

static struct avro_node *read_fixed(struct parse *p, const json_t *type, struct weir_str space)
{
	struct avro_node *node = new_node(p, AVRO_FIXED);
	json_int_t size = json_integer_value(json_object_get(type, "size"));
	if (!node || !declare(p, type, node, &space))
		return NULL;
	if (!json_is_integer(json_object_get(type, "size")) || size < 0 || size > WEIR_MAX_RECORD_BYTES)
		return wrong(p, "a fixed has no size that is possible:", text_of(type, "name"));
	node->bytes = (size_t)size;
	return node;
}

static struct avro_node *read_element(struct parse *p, const json_t *of, enum avro_kind kind, struct weir_str space,
				      unsigned depth)
{
	struct avro_node *node = new_node(p, kind);
	if (!node)
		return NULL;
	if (!of)
		return wrong(p, kind == AVRO_ARRAY ? "an array has no items" : "a map has no values", NULL);
	if (!make_room(p, node, 1, false) || !(node->items[0] = read_type(p, of, space, depth + 1)))
		return NULL;
	return node;
}

static struct avro_node *read_union(struct parse *p, const json_t *type, struct weir_str space, unsigned depth)
{
	struct avro_node *node = new_node(p, AVRO_UNION);
	if (!node || !make_room(p, node, json_array_size(type), false))
		return NULL;
	if (!node->n)
		return wrong(p, "a union has no branches", NULL);
	for (uint32_t i = 0; i < node->n; i++) {
		if (!(node->items[i] = read_type(p, json_array_get(type, i), space, depth + 1)))
			return NULL;
		if (node->items[i]->kind == AVRO_UNION)
			return wrong(p, "a union stands in a union", NULL);
	}
	return node;
}

/* ---- logical types ---- */

static const struct {
	const char *name;
	enum avro_kind of;
	enum avro_logical logical;
	size_t bytes; /* that a fixed must have; 0: any */
} logicals[] = {
    {"decimal", AVRO_BYTES, AVRO_DECIMAL, 0},
    {"decimal", AVRO_FIXED, AVRO_DECIMAL, 0},
    {"date", AVRO_INT, AVRO_DATE, 0},
    {"time-millis", AVRO_INT, AVRO_TIME_MS, 0},
    {"time-micros", AVRO_LONG, AVRO_TIME_US, 0},
    {"timestamp-millis", AVRO_LONG, AVRO_TIMESTAMP_MS, 0},
    {"timestamp-micros", AVRO_LONG, AVRO_TIMESTAMP_US, 0},
    {"timestamp-nanos", AVRO_LONG, AVRO_TIMESTAMP_NS, 0},
    {"local-timestamp-millis", AVRO_LONG, AVRO_TIMESTAMP_MS, 0},
    {"local-timestamp-micros", AVRO_LONG, AVRO_TIMESTAMP_US, 0},
    {"local-timestamp-nanos", AVRO_LONG, AVRO_TIMESTAMP_NS, 0},
    {"uuid", AVRO_STRING, AVRO_PLAIN, 0},
    {"uuid", AVRO_FIXED, AVRO_UUID, 16},
    {"duration", AVRO_FIXED, AVRO_DURATION, 12},
};

/* One that does not go with its type is left aside, as the specification says. */
static void read_logical(const json_t *type, struct avro_node *node)
{
	const char *name = text_of(type, "logicalType");
	json_int_t precision = json_integer_value(json_object_get(type, "precision"));
	json_int_t scale = json_integer_value(json_object_get(type, "scale"));
	for (size_t i = 0; name && i < sizeof logicals / sizeof *logicals; i++) {
		if (strcmp(name, logicals[i].name) != 0 || node->kind != logicals[i].of ||
		    (logicals[i].bytes && node->bytes != logicals[i].bytes))
			continue;
		if (logicals[i].logical == AVRO_DECIMAL &&
		    (precision < 1 || precision > 10000 || scale < 0 || scale > precision))
			continue;
		node->logical = logicals[i].logical;
		node->precision = (uint32_t)precision;
		node->scale = (uint32_t)scale;
	}
}

static struct avro_node *read_object(struct parse *p, const json_t *type, struct weir_str space, unsigned depth)
{
	const json_t *inner = json_object_get(type, "type");
	const char *name = json_string_value(inner);
	struct avro_node *node;
	if (inner && !name)
		return read_type(p, inner, space, depth + 1);
	if (!name)
		return wrong(p, "a type has no \"type\"", NULL);
	if (strcmp(name, "record") == 0 || strcmp(name, "error") == 0)
		return read_record(p, type, space, depth);
	if (strcmp(name, "array") == 0)
		return read_element(p, json_object_get(type, "items"), AVRO_ARRAY, space, depth);
	if (strcmp(name, "map") == 0)
		return read_element(p, json_object_get(type, "values"), AVRO_MAP, space, depth);
	if (strcmp(name, "enum") == 0)
		return read_enum(p, type, space);
	bool fixed = strcmp(name, "fixed") == 0;
	node = fixed ? read_fixed(p, type, space) : by_name(p, name, space);
	if (node && (fixed || node->kind <= AVRO_STRING)) /* a primitive's node is its own; one with a name is shared */
		read_logical(type, node);
	return node;
}

static struct avro_node *read_type(struct parse *p, const json_t *type, struct weir_str space, unsigned depth)
{
	if (depth > WEIR_MAX_JSON_DEPTH)
		return wrong(p, "it is nested too deeply", NULL);
	if (json_is_string(type))
		return by_name(p, json_string_value(type), space);
	if (json_is_array(type))
		return read_union(p, type, space, depth);
	if (json_is_object(type))
		return read_object(p, type, space, depth);
	return wrong(p, "a type is neither a name, an object nor a list", NULL);
}

static struct avro_node *read_text(struct parse *p, struct weir_str text)
{
	json_error_t error;
	json_t *json = json_loadb(text.data, text.size, JSON_DECODE_ANY, &error);
	if (!json && json_error_code(&error) == json_error_out_of_memory)
		return no_memory(p);
	if (!json) /* a bare name, as some write it */
		return wrong(p, "its text is no JSON:", error.text);
	struct avro_node *node = read_type(p, json, (struct weir_str){NULL, 0}, 0);
	json_decref(json);
	return node;
}

enum weir_status avro_schema_parse(const struct weir_str *texts, size_t n, struct avro_schema **out,
				   struct weir_error *err)
{
	struct weir_error local = {0};
	struct parse p = {.schema = weir_calloc(1, sizeof *p.schema), .err = &local};
	const struct avro_node *root = NULL;
	*out = NULL;
	if (!p.schema)
		return weir_fail(err, WEIR_NO_MEMORY, "schema", "out of memory");
	if (!n)
		(void)wrong(&p, "it has no text", NULL);
	p.schema->references = 1;
	for (size_t i = 0; i < n; i++)
		if (!(root = read_text(&p, texts[i])))
			break;
	free(p.names);
	p.schema->root = root;
	if (root) {
		*out = p.schema;
		return WEIR_OK;
	}
	avro_schema_unref(p.schema);
	if (err)
		*err = local;
	return local.code;
}

struct avro_schema *avro_schema_ref(struct avro_schema *s)
{
	s->references++;
	return s;
}

void avro_schema_unref(struct avro_schema *s)
{
	if (!s || --s->references)
		return;
	weir_arena_release(&s->arena);
	free(s);
}
