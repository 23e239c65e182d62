/* avro: records of Avro, whose schema is elsewhere: at the head of a container file. A schema is read once, into a tree of nodes
 * (schema.c), and made into a plan, the steps that put one datum into columns (plan.c); row.c carries the steps out, datum.c
 * reads what has no column of its own (arrays, maps, keys) as JSON, container.c and blocks.c take files apart. Called by
 * avro.c, the format in the table.
 *
 * The schema's text is JSON, and jansson reads it. libavro would check more of it, but it drops what columns need: logicalType,
 * precision and scale; and its parser knows no names of another text, which a registry's references are. Its generic datum
 * makes an object of each value; here the bytes go straight into columns. The tests hold both against each other.
 *
 * What becomes of a value:
 *   boolean bool · int, long int64 · float, double float64 (0.1f is 0.1; NaN and Infinity NULL, and noted) · string, enum string
 *   bytes, fixed      string: the text where they are UTF-8, else 0x and hexadecimal digits
 *   record            its fields, as dotted names; one inside itself is JSON text
 *   array, map        JSON text
 *   union             what its branch becomes; columns widen where branches differ; null is NULL in all of them
 *   decimal           float64 up to 15 digits, int64 up to 18 without a fraction; else string with every digit
 *   date, timestamp-* timestamp (local ones as UTC, nanoseconds cut) · time-* string 10:00:00.123
 *   uuid string · duration string P1M2DT3.004S
 * A schema that is no record has one column, `value`. */
#ifndef WEIR_CODEC_AVRO_AVRO_H
#define WEIR_CODEC_AVRO_AVRO_H

#include "codec/format.h"

/* ---- schema.c ---- */

enum avro_kind {
	AVRO_NULL,
	AVRO_BOOLEAN,
	AVRO_INT,
	AVRO_LONG,
	AVRO_FLOAT,
	AVRO_DOUBLE,
	AVRO_BYTES,
	AVRO_STRING,
	AVRO_FIXED,
	AVRO_ENUM,
	AVRO_ARRAY,
	AVRO_MAP,
	AVRO_UNION,
	AVRO_RECORD,
};

enum avro_logical {
	AVRO_PLAIN,
	AVRO_DECIMAL,
	AVRO_DATE,
	AVRO_TIME_MS,
	AVRO_TIME_US,
	AVRO_TIMESTAMP_MS,
	AVRO_TIMESTAMP_US,
	AVRO_TIMESTAMP_NS,
	AVRO_UUID,
	AVRO_DURATION,
};

struct avro_node {
	enum avro_kind kind;
	enum avro_logical logical;
	uint32_t precision, scale; /* of a decimal */
	size_t bytes;              /* of a fixed */
	uint32_t n;                /* fields, symbols or branches; 1: an array's or map's element */
	struct avro_node **items;  /* types of fields, branches, element */
	struct weir_str *names;    /* of fields; symbols */
	bool open;                 /* of a record, while a plan is made: it is being gone through */
};

/* Immutable but for `open`, and counted: the codec and its copies share it. All in its arena. */
struct avro_schema {
	unsigned references;
	struct weir_arena arena;
	const struct avro_node *root;
};

/* Of `texts`, each of which may use the names of those before it, the last. MALFORMED: the text is no schema. One reference,
 * owned by the caller. */
enum weir_status avro_schema_parse(const struct weir_str *texts, size_t n, struct avro_schema **out,
				   struct weir_error *err) WEIR_MUST_USE;
struct avro_schema *avro_schema_ref(struct avro_schema *s);
void avro_schema_unref(struct avro_schema *s); /* NULL allowed */

/* ---- datum.c: bytes that are read by a schema ---- */

struct avro_in {
	const unsigned char *p, *end;
	uint32_t
	    empties; /* items without any bytes that were read: bounded, or eleven bytes would make a trillion of them */
	enum weir_malformed why; /* of the first failure, with */
	const char *detail;      /* what was wrong; static */
};

bool avro_bad(struct avro_in *in, enum weir_malformed why, const char *detail); /* false */
bool avro_long_slow(struct avro_in *in, int64_t *out);
/* A variable-length zig-zag number: seven bits a byte, the last of which has no high bit. Up to eight bytes are taken at once. */
static inline bool avro_long(struct avro_in *in, int64_t *out)
{
	uint64_t u;
	if (in->p < in->end && *in->p < 0x80) {
		u = *in->p++;
		*out = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
		return true;
	}
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (in->end - in->p >= 8) {
		memcpy(&u, in->p, 8);
		uint64_t ends = ~u & 0x8080808080808080;
		if (ends) {
			in->p += __builtin_ctzll(ends) / 8 + 1;
			u &= (ends ^ (ends - 1)) & 0x7f7f7f7f7f7f7f7f; /* then pairs, fours and eights move together */
			u = (u & 0x007f007f007f007f) | (u & 0x7f007f007f007f00) >> 1;
			u = (u & 0x00003fff00003fff) | (u & 0x3fff00003fff0000) >> 2;
			u = (u & 0x000000000fffffff) | (u & 0x0fffffff00000000) >> 4;
			*out = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
			return true;
		}
	}
#endif
	return avro_long_slow(in, out);
}
bool avro_cut_off(struct avro_in *in); /* false: the bytes end before the schema does */
/* The next n bytes. */
static inline bool avro_take(struct avro_in *in, size_t n, struct weir_str *out)
{
	if ((size_t)(in->end - in->p) < n)
		return avro_cut_off(in);
	*out = (struct weir_str){(const char *)in->p, n};
	in->p += n;
	return true;
}
/* What stands behind its length: of bytes and string; of a fixed its bytes. */
static inline bool avro_bytes(struct avro_in *in, const struct avro_node *node, struct weir_str *out)
{
	int64_t n = (int64_t)node->bytes;
	if (node->kind != AVRO_FIXED && !avro_long(in, &n))
		return false;
	if (n < 0)
		return avro_bad(in, WEIR_BAD_SYNTAX, "a length below zero");
	return avro_take(in, (size_t)n, out);
}
/* A long that has 32 bits. */
static inline bool avro_int(struct avro_in *in, int64_t *out)
{
	if (!avro_long(in, out))
		return false;
	return (*out >= INT32_MIN && *out <= INT32_MAX) || avro_bad(in, WEIR_BAD_SYNTAX, "an int of more than 32 bits");
}
static inline bool avro_boolean(struct avro_in *in, bool *out)
{
	if (in->p >= in->end)
		return avro_cut_off(in);
	unsigned byte = *in->p++;
	*out = byte == 1;
	return byte <= 1 || avro_bad(in, WEIR_BAD_SYNTAX, "a boolean that is neither 0 nor 1");
}
bool avro_float(struct avro_in *in, double *out);
static inline bool avro_double(struct avro_in *in, double *out)
{
	struct weir_str s = {NULL, 0};
	uint64_t bits = 0;
	if (!avro_take(in, sizeof bits, &s))
		return false;
	memcpy(&bits, s.data, sizeof bits);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	bits = __builtin_bswap64(bits);
#endif
	memcpy(out, &bits, sizeof bits);
	return true;
}
/* Of a branch or symbol: < n. */
static inline bool avro_index(struct avro_in *in, uint32_t n, uint32_t *out)
{
	int64_t i = 0;
	if (!avro_long(in, &i))
		return false;
	if (i < 0 || i >= n)
		return avro_bad(in, WEIR_BAD_SYNTAX, "a branch or symbol that the schema does not have");
	*out = (uint32_t)i;
	return true;
}
/* The next block of an array or map; 0: the last was. */
bool avro_block(struct avro_in *in, uint64_t *count);
bool avro_skip(struct avro_in *in, const struct avro_node *node, unsigned depth);
/* Any value as JSON, appended. A failure of `out` is not one of this. */
bool avro_json(struct avro_in *in, const struct avro_node *node, unsigned depth, struct weir_buf *out);

/* ---- logical.c: what values mean ---- */

/* Texts, appended. */
void avro_text_of_bytes(struct weir_str bytes, struct weir_buf *out);
void avro_text_of_decimal(struct weir_str bytes, uint32_t scale, struct weir_buf *out);
void avro_text_of_time(int64_t us, struct weir_buf *out);                  /* of day */
void avro_text_of_fixed_uuid(struct weir_str bytes, struct weir_buf *out); /* 16 */
void avro_text_of_duration(struct weir_str bytes, struct weir_buf *out);   /* 12 */
/* The type that a decimal has here, whatever its value. */
enum weir_type avro_decimal_type(const struct avro_node *node);
/* The value without its scale; false: it has more than 64 bits. */
bool avro_unscaled(struct weir_str bytes, int64_t *out);
double avro_decimal_number(int64_t unscaled, uint32_t scale);
/* Microseconds since 1970; false: beyond 64 bits. */
bool avro_time_us(enum avro_logical logical, int64_t value, int64_t *us);

/* ---- plan.c ---- */

enum avro_op { AVRO_VALUE, AVRO_JSON, AVRO_BRANCHES };

struct avro_step {
	enum avro_op op;
	const struct avro_node *node;
	struct weir_str name; /* of the column; in the plan's arena */
	int column;           /* of the builder, once bound */
	uint32_t next;        /* the step behind it; of branches: behind all of theirs */
	uint32_t
	    first; /* branches: their first steps are plan->starts[first..first+n], each ending where the next begins */
};

struct avro_plan {
	struct avro_schema *schema; /* one reference */
	struct avro_step *steps;    /* owned */
	uint32_t n;
	size_t steps_capacity;
	uint32_t *starts; /* owned */
	uint32_t n_starts;
	size_t starts_capacity;
	struct weir_arena arena; /* names */
	bool bound;
	struct weir_buf text; /* scratch */
};

/* Takes a reference to the schema; `plan` is zeroed. False: no memory; release it. */
bool avro_plan_make(struct avro_plan *plan, struct avro_schema *schema) WEIR_MUST_USE;
void avro_plan_release(struct avro_plan *plan);

/* ---- row.c ---- */

enum avro_outcome { AVRO_READ, AVRO_BAD, AVRO_NO_MEMORY };

/* What a row brought that is worth a note. */
struct avro_notes {
	uint32_t undecoded, no_numbers, out_of_range, repeated;
};
static inline bool avro_notes_any(const struct avro_notes *n)
{
	return n->undecoded | n->no_numbers | n->out_of_range | n->repeated;
}

/* One datum into the row being built. BAD: as in->why says; the row is not taken back. */
enum avro_outcome avro_row(struct avro_plan *plan, struct weir_builder *b, struct avro_in *in,
			   struct avro_notes *notes);
/* Notes of a row that stays, for before its commit. */
void avro_row_notes(struct weir_builder *b, const struct avro_notes *notes, int64_t position, struct weir_str raw,
		    const struct weir_message *message);

/* ---- blocks.c ---- */

enum avro_compression { AVRO_STORED, AVRO_DEFLATE, AVRO_SNAPPY, AVRO_ZSTANDARD };

/* The codec of that name; UNSUPPORTED with the reason when this build has not got it. */
enum weir_status avro_compression_of(struct weir_str name, enum avro_compression *out, struct weir_error *err);
/* A block's data, plain, into `out`, which is cleared. NULL: done; else why not. out->failed: no memory. */
const char *avro_block_unpack(enum avro_compression how, struct weir_str packed, size_t most, struct weir_buf *out);

/* ---- container.c ---- */

enum { AVRO_SYNC_BYTES = 16 };

struct avro_header {
	struct weir_str schema; /* borrowed from the bytes */
	enum avro_compression compression;
	char sync[AVRO_SYNC_BYTES];
	size_t bytes; /* that it takes */
};

bool avro_has_magic(struct weir_str bytes);
/* AGAIN: it is not whole. MALFORMED, UNSUPPORTED. */
enum weir_status avro_header_read(struct weir_str bytes, struct avro_header *out, struct weir_error *err);

/* A block at the front of some bytes. */
struct avro_block_place {
	uint64_t records;
	size_t data, data_bytes; /* where its data stands */
	size_t bytes;            /* of all of it, the marker included */
};
/* OK; AGAIN: it is not whole (place->bytes: how many are needed, 0: not known); MALFORMED: no block stands here. */
enum weir_status avro_block_find(struct weir_str bytes, const char sync[AVRO_SYNC_BYTES], struct avro_block_place *out,
				 const char **detail);

#endif
