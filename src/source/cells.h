/* What sources of tables have in common: columns of a table as fields of a schema, and cells as values. Thread: the source's. */
#ifndef WEIR_SOURCE_CELLS_H
#define WEIR_SOURCE_CELLS_H

#include "weir/base/time.h"
#include "weir/model/batch.h"

/* A column of a table, by its field. */
struct weir_cell {
	char *col;              /* its name in the table; owned */
	enum weir_type type;    /* as described or declared; WEIR_NULL: as the values come */
	struct weir_dict *dict; /* of texts; one reference; NULL: none yet, or too many different ones */
	bool plain;             /* there were too many */
	int at;                 /* which of the server's answer; -1: it is not asked for */
};

struct weir_cells {
	struct weir_cell *all; /* owned, by field */
	uint32_t n;
	struct weir_budget *budget; /* may be NULL */
};

/* A field and its column; one that is known keeps its place. False: no memory. */
bool weir_cells_add(struct weir_cells *c, struct weir_schema *s, struct weir_str name, struct weir_str col,
		    enum weir_type type) WEIR_MUST_USE;
void weir_cells_release(struct weir_cells *c);
/* Takes over `next`, which replaces *schema (NULL: none yet) where a field came, or its type or the event time changed. */
void weir_cells_adopt(struct weir_schema **schema, struct weir_schema *next);
/* Marks the event time: the field that is asked for ("none": none), else the one described (-1: none is), else the first time. */
enum weir_status weir_cells_choose_time(struct weir_cells *c, struct weir_schema *s, const char *asked, int described,
					struct weir_error *err) WEIR_MUST_USE;
bool weir_cells_put_text(struct weir_cells *c, uint32_t field, struct weir_batch *b, uint32_t row,
			 struct weir_str s) WEIR_MUST_USE;
/* The same for bytes that may be no text: then they come as SQL writes them, x'0a0b'. */
bool weir_cells_put_bytes(struct weir_cells *c, uint32_t field, struct weir_batch *b, uint32_t row,
			  struct weir_str s) WEIR_MUST_USE;
/* A time that is none: NULL, and counted. */
bool weir_cells_put_no_time(struct weir_batch *b, uint32_t field, uint32_t row, int64_t place) WEIR_MUST_USE;
/* Infinity and NaN are no numbers here, as in every other format: NULL, and counted; `place` says where. */
bool weir_cells_put_float(struct weir_batch *b, uint32_t field, uint32_t row, double v, int64_t place) WEIR_MUST_USE;
/* A number of seconds, milliseconds … since 1970; which, the first one says (*unit, NO_UNIT at first). False: it is no time. */
bool weir_cells_read_number(enum weir_time_unit *unit, double v, int64_t *us);
/* Whether the JSON array of names has this one. `quoted` is for use in between. */
bool weir_cells_is_named(struct weir_str all, struct weir_str name, struct weir_buf *quoted);
/* After the rows of a batch: its columns may have become wider than the schema says, which is replaced then. */
bool weir_cells_finish(struct weir_cells *c, struct weir_schema **s, struct weir_batch *b) WEIR_MUST_USE;

#endif
