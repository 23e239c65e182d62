/* proto: Protobuf messages, whose schema is the text of .proto files that a registry has. schema.c reads the text, row.c puts a
 * message into columns, wire.c and text.c read what it is made of, protobuf.c is the format in the table. Called by framed.c.
 *
 * protobuf-c can make nothing of a .proto text: it wants code that was generated before. libprotobuf can, but it is C++, and its
 * reflection sets one field at a time in an object that is then read again. What is needed here is small: names, numbers and types
 * of fields; so a reader of our own finds them and passes over all else (options, services, extensions).
 *
 * What becomes of a field: bool; int32 to sfixed64 int64 (uint64 beyond it: string); float, double float64; string; bytes as
 * Avro's; enum its name, or the number that has none; a message its fields, as dotted names; one inside itself, repeated fields and
 * maps JSON text; google.protobuf.Timestamp timestamp; its wrappers (StringValue …) what they wrap. A field that is not there has
 * its default where proto3 says that it has one; else it is missing.
 *
 * Without a schema fields are named by number (f1, f2), and have the types that the wire shows: varint int64, 32 and 64 bits float64,
 * bytes text; of one that comes several times the last counts, which is noted. */
#ifndef WEIR_CODEC_PROTO_PROTO_H
#define WEIR_CODEC_PROTO_PROTO_H

#include "codec/avro/avro.h"

struct proto_trouble {
	enum weir_malformed why;
	const char *detail; /* static; NULL: no memory */
};

enum { PROTO_MOST_FIELDS = 4096, PROTO_MOST_DEPTH = 100 };

enum proto_type {
	PROTO_DOUBLE,
	PROTO_FLOAT,
	PROTO_INT32,
	PROTO_INT64,
	PROTO_UINT32,
	PROTO_UINT64,
	PROTO_SINT32,
	PROTO_SINT64,
	PROTO_FIXED32,
	PROTO_FIXED64,
	PROTO_SFIXED32,
	PROTO_SFIXED64,
	PROTO_BOOL,
	PROTO_STRING,
	PROTO_BYTES,
	PROTO_ENUM,
	PROTO_MESSAGE,
	PROTO_UNKNOWN, /* of a type that is not among the texts */
};

struct proto_symbol {
	struct weir_str name;
	int32_t number;
};

struct proto_declared; /* a message or an enum */

struct proto_field {
	struct weir_str name, type_name; /* the latter until it is resolved */
	uint32_t number;
	enum proto_type type;
	bool repeated, map;
	bool has_default; /* proto3, no `optional`, in no oneof: one that is not there is zero */
	const struct proto_declared *of;
};

struct proto_declared {
	struct weir_str name; /* in full, without a dot ahead */
	bool is_enum;
	struct proto_field *fields; /* in its arena; a map's entry has two, key and value */
	size_t n_fields, fields_capacity;
	struct proto_symbol *symbols;
	size_t n_symbols, symbols_capacity;
	const struct proto_declared **messages; /* in it, in their order: a frame names one by these */
	size_t n_messages, messages_capacity;
	struct proto_declared *above, *next;
};

struct proto_schema {
	struct weir_arena arena;
	struct proto_declared *all;  /* every message and enum */
	struct proto_declared *file; /* of the last text: its messages are those that a frame names */
};

/* The last of `texts` may use what those before it declare. MALFORMED: it is none. Owned by the caller, as is zeroed memory. */
enum weir_status proto_schema_parse(const struct weir_str *texts, size_t n, struct proto_schema **out,
				    struct weir_error *err) WEIR_MUST_USE;
void proto_schema_free(struct proto_schema *s); /* NULL allowed */

/* Columns of a message's fields, found as they are needed. */
struct proto_plan;
/* `schema` NULL: fields have only numbers. Takes the schema, also when there is no memory (NULL). */
struct proto_plan *proto_plan_new(struct proto_schema *schema) WEIR_MUST_USE;
void proto_plan_free(struct proto_plan *p); /* NULL allowed */

/* A message into the row being built. `framed`: which one of the schema's it is stands before it, as behind a registry's frame.
 * False: `trouble` says why not; the row is not taken back. */
bool proto_row(struct proto_plan *p, struct weir_builder *b, struct weir_str data, bool framed,
	       struct avro_notes *notes, struct proto_trouble *trouble);
/* The same as JSON, appended, of a plan with a schema. */
bool proto_json(const struct proto_plan *p, struct weir_str data, struct proto_trouble *trouble, struct weir_buf *out);

/* ---- wire.c: what Protobuf's encoding says, whatever its schema ---- */

enum proto_wire { PROTO_VARINT, PROTO_64, PROTO_BYTES_WIRE, PROTO_GROUP, PROTO_GROUP_END, PROTO_32 };

struct proto_in {
	const unsigned char *p, *end;
	struct proto_trouble *trouble;
};

struct proto_raw {
	uint32_t number;
	enum proto_wire wire;
	uint64_t u;        /* varint, 64 and 32 bits */
	struct weir_str s; /* bytes */
};

bool proto_bad(struct proto_trouble *t, enum weir_malformed why, const char *detail); /* false */
bool proto_varint(struct proto_in *in, uint64_t *out);
/* The next field; a group is passed over whole. False at a fault; in->p == in->end: none is left. */
bool proto_next(struct proto_in *in, struct proto_raw *out);
/* A scalar's value; of a packed field one after the other. `scratch` holds a text that is not there as it stands. False: a fault. */
bool proto_scalar(const struct proto_field *f, const struct proto_raw *raw, struct weir_buf *scratch,
		  struct avro_notes *notes, struct weir_value *out, struct proto_trouble *t);
/* Whether so many values stand in one field, and the next of them. */
bool proto_is_packed(const struct proto_field *f, const struct proto_raw *raw);
bool proto_unpack(const struct proto_field *f, struct proto_in *packed, struct proto_raw *out);
/* A message that means one value: Timestamp and the wrappers. */
bool proto_is_value(const struct proto_declared *m);
bool proto_value(const struct proto_declared *m, struct weir_str data, struct weir_buf *scratch,
		 struct avro_notes *notes, struct weir_value *out, struct proto_trouble *t);

/* ---- text.c: as JSON ---- */

/* All values of the repeated field or map whose first is `first`, of the message that goes on at `in`; appended. */
bool proto_json_repeated(const struct proto_field *f, const struct proto_raw *first, struct proto_in in, unsigned depth,
			 struct avro_notes *notes, struct weir_buf *out);
bool proto_json_message(const struct proto_declared *m, struct weir_str data, unsigned depth, struct avro_notes *notes,
			struct proto_trouble *t, struct weir_buf *out);
const struct proto_field *proto_find(const struct proto_declared *m, uint32_t number, size_t *at);

#endif
