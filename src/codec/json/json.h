/* JSON: the room for objects one a line, back to back, in arrays or under the keys of a path. One pass over the bytes, no
 * allocation a record: keys are expected in the order in which they came last (the bytes from a key's quote to its value are
 * compared at once), values go straight to columns, what no view wants is skipped. Records that repeat a shape are read by
 * runs, without parsing. codec.c opens and calls the format through its ops in json.c. Checked against jansson value by value
 * in tests. Thread: owned by one codec. */
#ifndef WEIR_CODEC_JSON_H
#define WEIR_CODEC_JSON_H

#include "codec/columns/digits.h"
#include "codec/format.h"

struct json_codec;

/* ---- encode.c: rows as one object a line ---- */

uint32_t weir_json_encode(const struct weir_encode *e, uint32_t from, size_t most, struct weir_buf *out);

/* Stands before each record of a JSON text sequence (RFC 7464), and nowhere else in JSON. */
#define JSON_RECORD_SEPARATOR '\x1e'
static inline bool json_is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == JSON_RECORD_SEPARATOR;
}

enum json_result {
	JSON_OK,
	JSON_MORE, /* the chunk ends inside the record */
	JSON_NO_MEMORY,
	JSON_BAD, /* + enum weir_malformed */
};

/* ---- shape.c, learn.c, run*.c: records of a known shape ----
 *
 * Most streams repeat a few sequences of keys: what stands between two values is then always the same bytes. A shape holds
 * these bytes (leads) and what to do with each value; a run reads record after record by comparing a lead, finding the end
 * of a value, storing it, until one does not fit. What does not fit is left to the full parser (parse.c), from whose records
 * shapes are learned: a shape accepts nothing that the full parser would not, and stores the same. */

enum {
	JSON_SHAPES = 4,
	JSON_SHAPE_STEPS = 64, /* values in a record; longer ones have no shape */
	JSON_LEAD_VECTOR = 32, /* bytes of a lead that are compared at once */
	JSON_LEAD_MOST = 256,
	JSON_WAITING = 16,
	JSON_WAIT_BITS = 14,    /* of a code cache that no longer fits the nearest caches of a processor */
	JSON_VALUE_MARGIN = 64, /* bytes that may be read behind a lead without looking whether they are there */
};

enum json_value_kind { JSON_VALUE_TEXT, JSON_VALUE_NUMBER, JSON_VALUE_BOOL, JSON_VALUE_NULL, JSON_VALUE_NESTED };

/* What a step does with its value; chosen for each run by what the column holds by then. */
enum json_action {
	JSON_SKIP_TEXT,
	JSON_SKIP_NUMBER,
	JSON_SKIP_BOOL,
	JSON_SKIP_NESTED,
	JSON_TAKE_INT,
	JSON_TAKE_FLOAT,
	JSON_TAKE_BOOL,
	JSON_TAKE_CODE,
	JSON_TAKE_PLAIN,
	JSON_TAKE_NESTED,      /* an array, as text */
	JSON_TAKE_NUMBER_TEXT, /* a number in a column that is text */
	JSON_TAKE_TIME,
	JSON_TAKE_TIME_NUMBER,
	JSON_TAKE_NULL, /* `null` is part of the lead that follows */
	JSON_END,
};

struct json_step {
	char lead[JSON_LEAD_VECTOR];    /* its first bytes, zeros behind */
	const char *whole_lead;         /* in the shape's `text` */
	uint32_t lead_bytes, lead_mask; /* mask: one bit for each byte of `lead` */
	uint8_t action, kind;
	int column; /* -1: skipped */
	uint32_t n_int,
	    last_int; /* integers met in a column of doubles or text: in this run; 1: its last value was one */
	uint32_t n_float, last_float; /* doubles in a column of text */
	void *data;                   /* of the column */
	struct weir_column *out;
	struct weir_builder_column *state;
	struct json_waiting_ring *waiting;
};

/* A text whose code is looked up a few texts later, when its slot of a large cache has come from memory. */
struct json_waiting {
	struct json_step *step;
	uint32_t row;
	struct weir_str text;
	struct weir_text_words words;
	struct weir_code_cache *slot;
};

struct json_waiting_ring { /* the last JSON_WAITING of n */
	struct json_waiting items[JSON_WAITING];
	uint32_t n;
	bool failed; /* no memory for a code */
};

struct json_shape {
	struct json_step steps[JSON_SHAPE_STEPS + 1]; /* the last is JSON_END */
	uint32_t n_steps;                             /* without it */
	uint32_t margin;                              /* bytes that must follow the start of any step */
	struct weir_buf text;                         /* all leads */
	uint64_t rows;                                /* read by it */
};

/* The values of the record that the full parser reads, in order. */
struct json_trace {
	bool failed; /* more than a shape can hold */
	uint32_t n;
	struct {
		const char *from, *to;
		int column;
	} values[JSON_SHAPE_STEPS];
};

/* Reads records from *at into rows [row, last), without settling them; *at is left at the first record
 * that is not of the shape. Returns the row after the last whole one. At least `margin` bytes lie between *at and the
 * end. */
typedef uint32_t (*json_run_fn)(struct json_codec *j, struct json_shape *shape, const char **at, uint32_t row,
				uint32_t last);

struct json_shapes {
	struct json_shape *shapes; /* owned: JSON_SHAPES */
	json_run_fn run;           /* by what the processor can do */
	uint32_t n, current;
	uint32_t strangers; /* records in a row that were of no shape */
	uint32_t patience;  /* learn after so many */
	const char *start;  /* what `offset` is the position of */
	uint64_t offset;
	struct json_trace trace;
	struct json_waiting_ring waiting;
	struct weir_buf padded; /* a message, with room behind it */
};

/* False: no memory; the codec works without, slower. */
bool json_shapes_init(struct json_shapes *s);
void json_shapes_release(struct json_shapes *s);

/* Rows from as many records at *p, whose position is `offset`, as are of known shapes. JSON_OK, JSON_NO_MEMORY. */
int json_shapes_read(struct json_codec *j, const char **p, uint64_t offset);
/* A row from a message that is one record of a known shape; the caller commits. *read: false when it is
 * none. */
int json_shapes_message(struct json_codec *j, struct weir_str payload, bool *read);
/* After the full parser read [from, to), with the trace of its values. */
void json_shapes_learn(struct json_codec *j, const char *from, const char *to);

uint32_t json_run_portable(struct json_codec *j, struct json_shape *shape, const char **at, uint32_t row,
			   uint32_t last);
#ifdef WEIR_HAS_AVX2
uint32_t json_run_avx2(struct json_codec *j, struct json_shape *shape, const char **at, uint32_t row, uint32_t last);
#endif

/* A number that the fast code does not take: of any length, with an exponent. NULL: none, or none for this column. */
const char *json_run_number(struct json_codec *j, struct json_step *step, const char *p, uint32_t row);
/* Takes back what the steps before `step` counted for a record that then was of another shape. */
void json_run_undo(struct json_shape *shape, const struct json_step *step);
/* At the end of a run: the codes still waited for, as far as their rows are before `end`. False: no memory. */
bool json_run_settle_codes(struct json_waiting_ring *ring, uint32_t end);
/* Text into a code, or behind the texts of a plain column. */
bool json_run_code(struct json_step *step, uint32_t row, const char *text, size_t size);
bool json_run_plain(struct json_step *step, uint32_t row, const char *text, size_t size);
bool json_run_time(struct json_codec *j, struct json_step *step, uint32_t row, const char *text, size_t size);
/* All that is seldom: numbers as times, arrays, what must be skipped whole. NULL: not of the shape. */
const char *json_run_other(struct json_codec *j, struct json_step *step, const char *p, uint32_t row);

/* ---- keys.c: the tree of keys seen so far ---- */

/* A key at one place of the tree of objects: `user` → `id`. Nodes live as long as the codec. */
struct json_node {
	char *lead; /* owned: the bytes `"key":` and blanks, as they came last */
	uint32_t lead_bytes;
	uint32_t key_bytes;      /* of lead, after the quote; the key as written, with its escapes */
	struct weir_str path;    /* in the arena; dotted, escapes resolved */
	struct json_node *next;  /* the key that followed last time; NULL: none yet */
	struct json_node *first; /* if an object: its first key last time */
	struct json_node *parent;
	int column;
	bool resolved;  /* column is known */
	bool renamed;   /* another key with the same path had the name first: a.b beside a: {b} */
	bool object;    /* it holds objects, as the sample shows; null is then no column of its own */
	bool looked;    /* `object` is known */
	uint64_t stamp; /* of the last record that had it */
	bool skip;      /* no view wants it or anything below */
};

enum { JSON_MAX_NODES = 8192 }; /* bounds what a stream of ever new keys can take */

struct json_keys {
	struct json_node root;
	struct json_node **table; /* owned; open addressing by (parent, key) */
	uint32_t mask, count;
	struct json_node **owners; /* owned; by column */
	size_t owners_capacity, n_owners;
	struct weir_arena arena;
};

/* Finds or makes the child of `parent` whose key is written `key` (between its quotes) and whose lead is `lead`. NULL: no
 * memory or too many; *full tells which. */
struct json_node *json_keys_child(struct json_codec *j, struct json_node *parent, struct weir_str key,
				  struct weir_str lead, bool *full);
/* The column of a node: named by its path, or path_2, path_3, … where another key already has that name. */
int json_keys_column(struct json_codec *j, struct json_node *n);
/* Whether null under this key stands for an object: columns of what lies below it are known, none of its own. */
bool json_keys_object(struct json_codec *j, struct json_node *n);
bool json_keys_init(struct json_keys *k);
/* A tree of its own like `from`, for columns in the same places. False: no memory; release it. */
bool json_keys_copy(struct json_keys *k, const struct json_keys *from);
void json_keys_release(struct json_keys *k);

/* ---- frame.c: records beyond one a line, in arrays and under the keys of a path ---- */

/* Where the records of a document are: json:PATH, or a wrapper that was recognised. Level 0 is the document itself, level i what
 * stands under the key of segment i - 1; arrays on the way are passed through, those of the last level hold the records. */
enum { JSON_PATH_MOST = 16, JSON_PATH_KEYS = 24 };

struct json_segment {
	struct weir_str key;
	int64_t index; /* of the element that is meant; -1: all */
};

enum json_where { JSON_OUTSIDE, JSON_MEMBERS, JSON_ELEMENTS, JSON_LEAVING };

struct json_frame {
	struct json_segment segments[JSON_PATH_MOST];
	uint32_t n;
	enum json_where where;
	uint32_t at;     /* MEMBERS, ELEMENTS: the level whose object or array is open; pending: the record's */
	uint32_t depth;  /* LEAVING: brackets still open */
	uint32_t around; /* LEAVING: of those, the objects that the records lie in */
	struct {
		uint32_t arrays;   /* open at this level, one in another */
		uint64_t elements; /* of the outermost, passed so far */
	} levels[JSON_PATH_MOST + 1];
	bool pending;                  /* the record at `at` was announced and not passed yet */
	bool found;                    /* the document has the path */
	uint32_t deepest;              /* the level that was reached */
	char keys[JSON_PATH_KEYS][40]; /* members beside the segment that was not there, cut to fit */
	uint32_t n_keys;
	uint64_t offset; /* of the document */
	char start[64];  /* its first bytes */
	size_t start_bytes;
	char trouble[200]; /* the text behind `detail` */
};

/* ---- json.c: the codec ---- */

struct json_codec {
	struct weir_codec codec;
	struct json_keys keys;
	struct json_shapes shapes;
	struct weir_buf scratch; /* unescaped text */
	struct weir_buf beyond;  /* the path of a key without a node */
	bool lines;              /* a record never goes over a line: what breaks off costs one record */
	bool started;
	bool at_line_start;        /* while skipping: only blanks since the last line feed */
	struct weir_buf path_text; /* behind the segments */
	struct json_frame frame;
	size_t resume; /* bytes of the first message already taken */
	bool owes_end; /* all was read of a document that does not end, but for counting it */
	/* while parsing */
	const char *end;
	bool at_end;
	const char *error_at;
	const char *detail;
	/* What the record being read holds that had to be changed; json_note counts it when the record is kept. */
	uint64_t n_undecoded, n_no_numbers, n_repeated, n_renamed;
	uint64_t stamp; /* of the record */
};

static inline int json_bad(struct json_codec *j, const char *at, enum weir_malformed why, const char *detail)
{
	j->error_at = at;
	j->detail = detail;
	return JSON_BAD + (int)why;
}

/* The chunk ends at p: more may come, or the record is cut off for good. */
static inline int json_ends(struct json_codec *j, const char *p)
{
	return j->at_end ? json_bad(j, p, WEIR_BAD_TRUNCATED, NULL) : JSON_MORE;
}

/* Passes blanks; a line feed is one only where records may go over lines. */
static inline const char *json_blanks(const struct json_codec *j, const char *p)
{
	while (p < j->end && (*p == ' ' || *p == '\t' || *p == '\r' || (*p == '\n' && !j->lines)))
		p++;
	return p;
}

/* What is wrong when `p` holds none of what must stand there. */
static inline int json_unexpected(struct json_codec *j, const char *p, const char *detail)
{
	if (p >= j->end)
		return json_ends(j, p);
	return json_bad(j, p, *p == '\n' ? WEIR_BAD_TRUNCATED : WEIR_BAD_SYNTAX, *p == '\n' ? NULL : detail);
}

/* ---- frame.c again: on from record to record ---- */

enum { JSON_RECORD = -1 }; /* beside enum json_result: a record stands at *p */

/* The path in j->path_text into segments: keys separated by dots, in quotes where they hold one, [N] behind a key for one element,
 * [*] or nothing for all. False: it is no path. */
bool json_frame_parse(struct json_codec *j);
/* Whether documents are more than records one behind the other. */
static inline bool json_frame_inside(const struct json_codec *j)
{
	return j->frame.where != JSON_OUTSIDE;
}
static inline bool json_frame_in_array(const struct json_codec *j)
{
	return j->frame.where == JSON_ELEMENTS;
}
/* A document begins at p, which is no blank: its first record stands there (JSON_RECORD), or its inside begins (JSON_OK). */
int json_frame_enter(struct json_codec *j, const char **p, uint64_t offset);
/* Inside: on to the next record (JSON_RECORD), or behind the document (JSON_OK). *p moves on with what was read, also when more is
 * wanted (JSON_MORE). */
int json_frame_next(struct json_codec *j, const char **p);
/* The record that was announced lies behind *p. */
void json_frame_passed(struct json_codec *j);
/* The document is given up. */
void json_frame_reset(struct json_codec *j);
/* What is wrong with a document that did not have the path: into j->detail. */
void json_frame_explain(struct json_codec *j);

/* Inside what does not parse: the start of the next line; where records may go over lines, of the next line that begins with
 * an object, so that a broken record counts once. NULL: not within this chunk; j->at_line_start carries the search over. */
const char *json_next_line(struct json_codec *j, const char *p);
/* After a record from `record` on that broke off at `error`: where the next may start. NULL: not within this chunk. */
const char *json_resync(struct json_codec *j, const char *record, const char *error);

/* ---- wrapper.c: documents that wrap their records ---- */

/* Looks at the first document of a sample for the array that holds its records ({"Records": [...]}), and sets the path when it is
 * known what it means. Otherwise *hint is a sentence for the user, or stays empty. False: no memory. */
bool json_wrapper_find(struct json_codec *j, struct weir_str sample, bool complete, struct weir_buf *hint);

/* ---- parse.c: one record ---- */

/* An object at *p ('{') into the row being built; *p is left behind it. */
int json_read_object(struct json_codec *j, const char **p, struct json_node *node, unsigned depth);
/* Any value, checked but not kept. */
int json_skip(struct json_codec *j, const char **p, unsigned depth);

/* ---- text.c: string literals ---- */

/* The contents of a string literal between its quotes into out, escapes resolved (lone surrogates and bytes that are not UTF-8:
 * U+FFFD; surrogates are counted in *undecoded, as bytes are by json_read_string). False: no such escape. */
bool json_unescape(struct weir_str s, struct weir_buf *out, uint64_t *undecoded);
/* The first byte that is a quote, a backslash or a control character; *high: bytes beyond ASCII were passed. */
const char *json_plain_run(const char *p, const char *end, bool *high);
/* A string literal at *p ('"'): its contents as they stand; *escaped: they must go through json_unescape. */
int json_read_string(struct json_codec *j, const char **p, struct weir_str *out, bool *escaped);

#endif
