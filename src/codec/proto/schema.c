/* The text of .proto files: messages, enums and fields. */
#include "codec/proto/proto.h"

#include <ctype.h>
#include <stdlib.h>

enum { MOST_DEPTH = 64 };

/* What every compiler of Protobuf brings along, and no registry has. */
static const char prelude[] =
    "syntax = 'proto3'; package google.protobuf;"
    "message Timestamp { int64 seconds = 1; int32 nanos = 2; } message Duration { int64 seconds = 1; int32 nanos = 2; }"
    "message DoubleValue { double value = 1; } message FloatValue { float value = 1; }"
    "message Int64Value { int64 value = 1; } message UInt64Value { uint64 value = 1; }"
    "message Int32Value { int32 value = 1; } message UInt32Value { uint32 value = 1; }"
    "message BoolValue { bool value = 1; } message StringValue { string value = 1; }"
    "message BytesValue { bytes value = 1; } message Any { string type_url = 1; bytes value = 2; }"
    "message Empty {} message FieldMask { repeated string paths = 1; } enum NullValue { NULL_VALUE = 0; }"
    "message Struct { map<string, Value> fields = 1; } message ListValue { repeated Value values = 1; }"
    "message Value { oneof kind { NullValue null_value = 1; double number_value = 2; string string_value = 3;"
    " bool bool_value = 4; Struct struct_value = 5; ListValue list_value = 6; } }";

struct parse {
	struct proto_schema *schema;
	const char *p, *end;
	struct weir_str token; /* at hand; size 0: none is left */
	struct weir_str package;
	bool proto3, no_memory;
	const char *wrong; /* static */
};

/* ---- tokens ---- */

static void pass_blanks(struct parse *x)
{
	while (x->p < x->end) {
		if (isspace((unsigned char)*x->p)) {
			x->p++;
		} else if (x->end - x->p >= 2 && x->p[0] == '/' && x->p[1] == '/') {
			const char *feed = memchr(x->p, '\n', (size_t)(x->end - x->p));
			x->p = feed ? feed : x->end;
		} else if (x->end - x->p >= 2 && x->p[0] == '/' && x->p[1] == '*') {
			const char *close = memmem(x->p + 2, (size_t)(x->end - x->p) - 2, "*/", 2);
			x->p = close ? close + 2 : x->end;
		} else {
			return;
		}
	}
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-' || c == '+';
}

static void advance(struct parse *x)
{
	pass_blanks(x);
	const char *from = x->p;
	if (x->p < x->end && (*x->p == '"' || *x->p == '\'')) {
		char quote = *x->p++;
		while (x->p < x->end && *x->p != quote)
			x->p += *x->p == '\\' && x->p + 1 < x->end ? 2 : 1;
		x->p += x->p < x->end;
	} else if (x->p < x->end && in_word(*x->p)) {
		while (x->p < x->end && in_word(*x->p))
			x->p++;
	} else if (x->p < x->end) {
		x->p++;
	}
	x->token = (struct weir_str){from, (size_t)(x->p - from)};
}

static bool is(const struct parse *x, const char *text)
{
	return weir_str_equal(x->token, weir_str_of(text));
}

static bool accept(struct parse *x, const char *text)
{
	if (!is(x, text))
		return false;
	advance(x);
	return true;
}

static bool fails(struct parse *x, const char *wrong)
{
	x->wrong = x->wrong ? x->wrong : wrong;
	return false;
}

static bool no_memory(struct parse *x)
{
	x->no_memory = true;
	return false;
}

/* Behind the `;` or the closing brace of whatever begins here. */
static bool pass_statement(struct parse *x)
{
	unsigned depth = 0;
	for (; x->token.size; advance(x)) {
		if (is(x, "{") || is(x, "["))
			depth++;
		else if (is(x, "}") && depth == 0)
			return true; /* of what is around it */
		else if (is(x, "}") || is(x, "]")) {
			bool brace = is(x, "}");
			if (--depth == 0 && brace) {
				advance(x);
				return true;
			}
		} else if (is(x, ";") && depth == 0) {
			advance(x);
			return true;
		}
	}
	return fails(x, "it ends within a statement");
}

static bool word(struct parse *x, struct weir_str *out)
{
	if (!x->token.size || !in_word(*x->token.data))
		return fails(x, "a name was expected");
	*out = weir_arena_str(&x->schema->arena, x->token);
	advance(x);
	return out->data || no_memory(x);
}

static bool number(struct parse *x, int64_t *out)
{
	char text[32], *end;
	if (x->token.size == 0 || x->token.size >= sizeof text)
		return fails(x, "a number was expected");
	memcpy(text, x->token.data, x->token.size);
	text[x->token.size] = '\0';
	*out = strtoll(text, &end, 0);
	if (*end == '\0' && end > text) {
		advance(x);
		return true;
	}
	if (strcmp(text, "-") == 0) {
		advance(x);
		bool ok = number(x, out);
		*out = -*out;
		return ok;
	}
	return fails(x, "a number was expected");
}

/* ---- what is declared ---- */

static struct proto_declared *declare(struct parse *x, struct proto_declared *above, struct weir_str name, bool is_enum)
{
	struct proto_declared *d = weir_arena_zalloc(&x->schema->arena, sizeof *d);
	struct weir_buf full = {0};
	struct weir_str space = above && above->name.size ? above->name : x->package;
	if (!d) {
		no_memory(x);
		return NULL;
	}
	weir_buf_add_str(&full, space);
	weir_buf_add_c(&full, space.size && name.size ? "." : "");
	weir_buf_add_str(&full, name);
	d->name = full.failed ? (struct weir_str){NULL, 0} : weir_arena_str(&x->schema->arena, weir_buf_str(&full));
	weir_buf_release(&full);
	d->is_enum = is_enum;
	d->above = above;
	d->next = x->schema->all;
	if (!d->name.data || (above && !is_enum &&
			      !weir_grow((void **)&above->messages, &above->messages_capacity, above->n_messages + 1,
					 sizeof *above->messages))) {
		no_memory(x);
		return NULL;
	}
	x->schema->all = d;
	if (above && !is_enum)
		above->messages[above->n_messages++] = d;
	return d;
}

static struct proto_field *add_field(struct parse *x, struct proto_declared *m)
{
	if (m->n_fields >= PROTO_MOST_FIELDS) {
		fails(x, "a message has too many fields");
		return NULL;
	}
	if (!weir_grow((void **)&m->fields, &m->fields_capacity, m->n_fields + 1, sizeof *m->fields)) {
		no_memory(x);
		return NULL;
	}
	struct proto_field *f = &m->fields[m->n_fields++];
	*f = (struct proto_field){.type = PROTO_UNKNOWN};
	return f;
}

static const char *const scalars[] = {"double",   "float",    "int32",  "int64",   "uint32",
				      "uint64",   "sint32",   "sint64", "fixed32", "fixed64",
				      "sfixed32", "sfixed64", "bool",   "string",  "bytes"};

static void set_type(struct proto_field *f, struct weir_str name)
{
	f->type_name = name;
	for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++)
		if (weir_str_equal(name, weir_str_of(scalars[i])))
			f->type = (enum proto_type)i;
}

/* " = 3 [deprecated = true];" */
static bool end_field(struct parse *x, struct proto_field *f)
{
	int64_t n = 0;
	if (!accept(x, "=") || !number(x, &n))
		return fails(x, "a field has no number");
	if (n < 1 || n > 536870911)
		return fails(x, "a field has a number that there is not");
	f->number = (uint32_t)n;
	return pass_statement(x);
}

/* map<string, int32> name = 3; the token is behind `map`. */
static bool read_map(struct parse *x, struct proto_declared *m)
{
	struct weir_str key, value, name;
	if (!accept(x, "<") || !word(x, &key) || !accept(x, ",") || !word(x, &value) || !accept(x, ">") ||
	    !word(x, &name))
		return fails(x, "a map without types");
	struct proto_field *f = add_field(x, m);
	if (!f)
		return false;
	f->name = name;
	f->map = f->repeated = true;
	f->type = PROTO_MESSAGE;
	struct proto_declared *entry = weir_arena_zalloc(&x->schema->arena, sizeof *entry);
	if (!entry)
		return no_memory(x);
	entry->above = m;
	entry->next = x->schema->all;
	x->schema->all = entry;
	f->of = entry;
	if (!end_field(x, f))
		return false;
	struct proto_field *k = add_field(x, entry), *v = k ? add_field(x, entry) : NULL;
	if (!v)
		return false;
	k = &entry->fields[0];
	k->name = WEIR_STR("key");
	k->number = 1;
	set_type(k, key);
	v->name = WEIR_STR("value");
	v->number = 2;
	set_type(v, value);
	return true;
}

static bool read_body(struct parse *x, struct proto_declared *m, unsigned depth, bool oneof);

static bool read_field(struct parse *x, struct proto_declared *m, unsigned depth, bool oneof)
{
	bool optional = accept(x, "optional"), repeated = !optional && accept(x, "repeated");
	struct weir_str type = {NULL, 0}, name = {NULL, 0};
	if (!optional && !repeated)
		accept(x, "required");
	if (!word(x, &type))
		return false;
	if (weir_str_equal(type, WEIR_STR("map")) && is(x, "<"))
		return read_map(x, m);
	bool group = weir_str_equal(type, WEIR_STR("group"));
	if (!word(x, &name))
		return false;
	struct proto_field *f = add_field(x, m);
	if (!f)
		return false;
	f->name = name;
	f->repeated = repeated;
	f->has_default = x->proto3 && !optional && !repeated && !oneof;
	if (!group) {
		set_type(f, type);
		return end_field(x, f);
	}
	return depth < MOST_DEPTH && pass_statement(x); /* groups are of proto2; what they hold is passed over */
}

static bool read_enum(struct parse *x, struct proto_declared *above)
{
	struct weir_str name = {NULL, 0};
	int64_t n = 0;
	if (!word(x, &name) || !accept(x, "{"))
		return fails(x, "an enum without symbols");
	struct proto_declared *e = declare(x, above, name, true);
	while (e && !accept(x, "}")) {
		if (is(x, "option") || is(x, "reserved") || is(x, ";")) {
			if (!pass_statement(x))
				return false;
			continue;
		}
		if (!word(x, &name) || !accept(x, "=") || !number(x, &n))
			return fails(x, "a symbol has no number");
		if (!weir_grow((void **)&e->symbols, &e->symbols_capacity, e->n_symbols + 1, sizeof *e->symbols))
			return no_memory(x);
		e->symbols[e->n_symbols++] = (struct proto_symbol){name, (int32_t)n};
		if (!pass_statement(x))
			return false;
	}
	return e != NULL;
}

static bool read_message(struct parse *x, struct proto_declared *above, unsigned depth)
{
	struct weir_str name = {NULL, 0};
	if (depth > MOST_DEPTH)
		return fails(x, "it is nested too deeply");
	if (!word(x, &name) || !accept(x, "{"))
		return fails(x, "a message without a body");
	struct proto_declared *m = declare(x, above, name, false);
	return m && read_body(x, m, depth, false);
}

/* Up to the closing brace of a message or a oneof. */
static bool read_body(struct parse *x, struct proto_declared *m, unsigned depth, bool oneof)
{
	static const char *const passed[] = {"option", "reserved", "extensions", "extend", ";"};
	struct weir_str name = {NULL, 0};
	while (!accept(x, "}")) {
		bool pass = false;
		for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
			pass |= is(x, passed[i]);
		bool ok = !x->token.size         ? fails(x, "it ends within a message")
			  : pass                 ? pass_statement(x)
			  : accept(x, "message") ? read_message(x, m, depth + 1)
			  : accept(x, "enum")    ? read_enum(x, m)
			  : accept(x, "oneof")
			      ? word(x, &name) && (accept(x, "{") || fails(x, "a oneof without a body")) &&
				    depth < MOST_DEPTH && read_body(x, m, depth + 1, true)
			      : read_field(x, m, depth, oneof);
		if (!ok)
			return false;
	}
	return true;
}

static bool read_file(struct parse *x, struct weir_str text)
{
	x->p = text.data;
	x->end = text.data + text.size;
	x->proto3 = false;
	x->package = (struct weir_str){NULL, 0};
	advance(x);
	x->schema->file = weir_arena_zalloc(&x->schema->arena, sizeof *x->schema->file);
	if (!x->schema->file)
		return no_memory(x);
	x->schema->file->next = x->schema->all;
	x->schema->all = x->schema->file;
	while (x->token.size) {
		bool ok = false;
		if (accept(x, "syntax") || accept(x, "edition")) {
			accept(x, "=");
			x->proto3 = is(x, "\"proto3\"") || is(x, "'proto3'");
			ok = pass_statement(x);
		} else if (accept(x, "package")) {
			ok = word(x, &x->package) && pass_statement(x);
		} else if (accept(x, "message")) {
			ok = read_message(x, x->schema->file, 0);
		} else if (accept(x, "enum")) {
			ok = read_enum(x, x->schema->file);
		} else if (is(x, "}")) {
			ok = fails(x, "a brace too many");
		} else {
			ok = pass_statement(x);
		}
		if (!ok)
			return false;
	}
	return true;
}

/* ---- names of types ---- */

static const struct proto_declared *find_in(const struct proto_schema *s, struct weir_str space, struct weir_str name)
{
	size_t lead = space.size ? space.size + 1 : 0;
	for (const struct proto_declared *d = s->all; d && name.size; d = d->next) {
		if (d->name.size != lead + name.size || memcmp(d->name.data + lead, name.data, name.size) != 0)
			continue;
		if (!lead || (d->name.data[space.size] == '.' && memcmp(d->name.data, space.data, space.size) == 0))
			return d;
	}
	return NULL;
}

/* From the message outwards. */
static void resolve(const struct proto_schema *s, const struct proto_declared *m, struct proto_field *f)
{
	struct weir_str name = f->type_name, space = m->name;
	const struct proto_declared *found = NULL;
	if (name.size && *name.data == '.') {
		found = find_in(s, (struct weir_str){NULL, 0}, (struct weir_str){name.data + 1, name.size - 1});
	} else {
		if (!space.size && m->above)
			space = m->above->name; /* a map's entry */
		while (!(found = find_in(s, space, name)) && space.size) {
			const char *dot = memrchr(space.data, '.', space.size);
			space.size = dot ? (size_t)(dot - space.data) : 0;
		}
	}
	if (found) {
		f->of = found;
		f->type = found->is_enum ? PROTO_ENUM : PROTO_MESSAGE;
	}
	if (f->type == PROTO_MESSAGE || f->type == PROTO_UNKNOWN)
		f->has_default = false;
}

enum weir_status proto_schema_parse(const struct weir_str *texts, size_t n, struct proto_schema **out,
				    struct weir_error *err)
{
	struct parse x = {.schema = weir_calloc(1, sizeof *x.schema)};
	bool ok = x.schema != NULL;
	*out = NULL;
	if (!ok)
		return weir_fail(err, WEIR_NO_MEMORY, "schema", "out of memory");
	ok = read_file(&x, WEIR_STR(prelude));
	for (size_t i = 0; ok && i < n; i++)
		ok = read_file(&x, texts[i]);
	for (struct proto_declared *d = x.schema->all; ok && d; d = d->next)
		for (size_t i = 0; i < d->n_fields; i++)
			if (d->fields[i].type == PROTO_UNKNOWN)
				resolve(x.schema, d, &d->fields[i]);
	if (ok) {
		*out = x.schema;
		return WEIR_OK;
	}
	proto_schema_free(x.schema);
	if (x.no_memory)
		return weir_fail(err, WEIR_NO_MEMORY, "schema", "out of memory");
	return weir_fail(err, WEIR_MALFORMED, "schema", "the Protobuf schema is not valid: %s",
			 x.wrong ? x.wrong : "?");
}

void proto_schema_free(struct proto_schema *s)
{
	if (!s)
		return;
	for (struct proto_declared *d = s->all; d; d = d->next) {
		free(d->fields);
		free(d->symbols);
		free(d->messages);
	}
	weir_arena_release(&s->arena);
	free(s);
}
