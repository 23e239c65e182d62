/* Every limit on input, in one place, with its reason. */
#ifndef WEIR_BASE_BOUNDS_H
#define WEIR_BASE_BOUNDS_H

enum {
	WEIR_MAX_RECORD_BYTES =
	    64 << 20, /* one record, and no more than an eighth of --memory; a longer one is counted as too long */
	WEIR_LEAST_MEMORY_BYTES =
	    32 << 20, /* of --memory: libraries, threads and one batch on its way take half of it */
	WEIR_MAX_JOINED_LINES =
	    5000, /* of one record of joined lines; and its bytes: the trace of a crash has a few hundred */
	WEIR_MAX_JOINED_BYTES = 1 << 20,
	WEIR_MAX_SCHEMAS = 10000,         /* of a registry: whatever numbers the messages of a stream name */
	WEIR_MAX_SCHEMA_FIELDS = 1 << 16, /* of one record of an Avro schema: each takes memory before a record came */
	WEIR_MAX_JSON_DEPTH = 256,        /* bounds the parser's stack */
	WEIR_MAX_EXPR_DEPTH = 200,        /* the same for expressions */
	WEIR_MAX_EXPR_BYTES = 64 << 10,
	WEIR_MAX_TEXT_BYTES =
	    64 << 20, /* a text that an expression makes: as long as a record, and replace() in replace() ends */
	WEIR_MAX_STREAMS = 64,
	WEIR_MAX_LANDINGS = 8,      /* each has a thread */
	WEIR_MAX_PARTITIONS = 4096, /* a stream; fits the 16-bit partition number of a batch */
	WEIR_MAX_CONDITIONS = 64,   /* of --where: more are joined with `and`; arrays on the stack hold them */
	WEIR_MAX_DERIVED = 1000,    /* computed columns, in the same arrays */
	WEIR_MAX_CELL_BYTES = 4096, /* of a text in a list of records: more than any screen has room for */
	WEIR_MAX_ORDERED =
	    100000, /* records that are put into the order of a column however short memory is; else as many as it has room for */
	/* Records that are left out are kept for a look at them: so many of each kind, and of a batch, so much of the text of
	 * one, and of all of a kind. */
	WEIR_MAX_LEFT = 1000,
	WEIR_MAX_LEFT_OF_BATCH = 250,
	WEIR_MAX_LEFT_BYTES = 16 << 10,
	WEIR_MAX_LEFT_TOTAL_BYTES = 1 << 20,
	/* Of what others send to an open port: connections at once, one record, and what is held of all their unfinished ones. */
	WEIR_MAX_SENDERS = 1000,
	WEIR_MAX_HEARD_RECORD_BYTES = 1 << 20,
	WEIR_MAX_HEARD_BYTES = 16 << 20,
	/* Of a block of a capture, packed or not: one record of the largest kind with its key and headers. Blocks are 256 KiB else. */
	WEIR_MAX_CAPTURE_BLOCK_BYTES = 80 << 20,
	WEIR_MAX_CAPTURE_PARTITIONS = 512, /* that the records of one block belong to */
	WEIR_MAX_CAPTURE_BLOCKS = 4 << 20, /* of one file: a terabyte in them, whose index takes 200 MB */
	WEIR_MAX_CAPTURE_HEAD_BYTES =
	    64 << 10, /* of what stands ahead of the records: lines that name columns, a schema */
	WEIR_MAX_GROUP_COLUMNS = 16,
	WEIR_MAX_MEASURES = 32,
};

/* Of a stream in a capture: four million blocks whose records have a byte each. A header that claims more is wrong. */
#define WEIR_MAX_CAPTURE_RECORDS (UINT64_C(1) << 48)

/* Of a window: ten thousand years, all that the calendar has. Sixteen of them, and any time, fit into 64 bits of microseconds. */
#define WEIR_MAX_WINDOW_US (INT64_C(3652500) * 86400 * 1000000)

#endif
