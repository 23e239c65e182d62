/* Records of a known shape. Most streams repeat a few sequences of keys: what stands between two values is then always
 * the same bytes. A shape holds these bytes (leads) and what to do with each value; a run reads record after record by
 * comparing a lead, finding the end of a value, storing it, until one does not fit. What does not fit is left to the
 * full parser (json_parse.c), from whose records shapes are learned: a shape accepts nothing that the full parser would
 * not, and stores the same. Thread: owned by one codec. */
#ifndef WEIR_CODEC_JSON_SHAPE_H
#define WEIR_CODEC_JSON_SHAPE_H

#include "codec/builder_text.h"
#include "codec/digits.h"

struct json_codec;

enum {
	JSON_SHAPES = 4,
	JSON_SHAPE_STEPS = 64, /* values in a record; longer ones have no shape */
	JSON_LEAD_VECTOR = 32, /* bytes of a lead that are compared at once */
	JSON_LEAD_MOST = 256,
	JSON_WAITING = 16,
	JSON_WAIT_BITS = 14, /* of a code cache that no longer fits the nearest caches of a processor */
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
	JSON_TAKE_NESTED, /* an array, as text */
	JSON_TAKE_TIME,
	JSON_TAKE_TIME_NUMBER,
	JSON_TAKE_NULL, /* `null` is part of the lead that follows */
	JSON_END,
};

struct json_step {
	char lead[JSON_LEAD_VECTOR];	/* its first bytes, zeros behind */
	const char *whole_lead;		/* in the shape's `text` */
	uint32_t lead_bytes, lead_mask; /* mask: one bit for each byte of `lead` */
	uint8_t action, kind;
	int column;		  /* -1: skipped */
	uint32_t n_int, last_int; /* integers met in a column of doubles: in this run; 1: its last value was one */
	void *data;		  /* of the column */
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
	uint32_t n_steps;			      /* without it */
	uint32_t margin;			      /* bytes that must follow the start of any step */
	struct weir_buf text;			      /* all leads */
	uint64_t rows;				      /* read by it */
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

/* Reads records from *at into the cells of rows [row, last), without settling them; *at is left at the first record
 * that is not of the shape. Returns the row after the last whole one. At least `margin` bytes lie between *at and the
 * end. */
typedef uint32_t (*json_run_fn)(struct json_codec *j, struct json_shape *shape, const char **at, uint32_t row,
				uint32_t last);

struct json_shapes {
	struct json_shape *shapes; /* owned: JSON_SHAPES */
	json_run_fn run;	   /* by what the processor can do */
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
/* The cells of a row from a message that is one record of a known shape; the caller commits. *read: false when it is
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

#endif
