/* The JSON decoder's parts. One pass over the bytes, no allocation a record: keys are expected in the order in which they came
 * last (the bytes from a key's quote to its value are compared at once), values go straight to columns, what no view wants is
 * skipped. Checked against jansson value by value in tests. Thread: owned by one codec. */
#ifndef WEIR_CODEC_JSON_H
#define WEIR_CODEC_JSON_H

#include "codec/codec_internal.h"
#include "codec/json_shape.h"

enum json_result {
	JSON_OK,
	JSON_MORE,     /* the chunk ends inside the record */
	JSON_NO_MEMORY,
	JSON_BAD,      /* + enum weir_malformed */
};

/* A key at one place of the tree of objects: `user` → `id`. Nodes live as long as the codec. */
struct json_node {
	char *lead;          /* owned: the bytes `"key":` and blanks, as they came last */
	uint32_t lead_bytes;
	uint32_t key_bytes;  /* of lead, after the quote; the key as written, with its escapes */
	struct weir_str path; /* in the arena; dotted, escapes resolved */
	struct json_node *next;  /* the key that followed last time; NULL: none yet */
	struct json_node *first; /* if an object: its first key last time */
	struct json_node *parent;
	int column;
	bool resolved;       /* column is known */
	bool skip;           /* no view wants it or anything below */
};

enum { JSON_MAX_NODES = 20000 }; /* bounds what a stream of ever new keys can take */

struct json_keys {
	struct json_node root;
	struct json_node **table; /* owned; open addressing by (parent, key) */
	uint32_t mask, count;
	struct weir_arena arena;
};

struct json_codec {
	struct weir_codec codec;
	struct json_keys keys;
	struct json_shapes shapes;
	struct weir_buf scratch;    /* unescaped text */
	bool lines;                 /* a record never goes over a line: what breaks off costs one record */
	bool started, in_array;
	bool at_line_start;         /* while skipping: only blanks since the last line feed */
	const char *array_path;     /* json:PATH; NULL: none */
	struct weir_buf path_text;
	uint32_t after_depth;       /* objects still open behind the array of json:PATH */
	size_t resume;              /* bytes of the first message already taken */
	/* while parsing */
	const char *end;
	bool at_end;
	const char *error_at;
	const char *detail;
};

/* Finds or makes the child of `parent` whose key is written `key` (between its quotes) and whose lead is `lead`. NULL: no
 * memory or too many; *full tells which. */
struct json_node *json_keys_child(struct json_codec *j, struct json_node *parent, struct weir_str key, struct weir_str lead, bool *full);
bool json_keys_init(struct json_keys *k);
void json_keys_release(struct json_keys *k);

/* An object at *p ('{') into the row being built; *p is left behind it. */
int json_read_object(struct json_codec *j, const char **p, struct json_node *node, unsigned depth);
/* Any value, checked but not kept. */
int json_skip(struct json_codec *j, const char **p, unsigned depth);
/* The contents of a string literal between its quotes into out, escapes resolved (lone surrogates: U+FFFD). False: no such
 * escape. */
bool json_unescape(struct weir_str s, struct weir_buf *out);
/* The first byte that is a quote, a backslash or a control character; *high: bytes beyond ASCII were passed. */
const char *json_plain_run(const char *p, const char *end, bool *high);
/* A string literal at *p ('"'): its contents, still escaped. */
int json_read_string(struct json_codec *j, const char **p, struct weir_str *out, bool *escaped);

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

#endif
