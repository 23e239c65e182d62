/* Every limit on input, in one place, with its reason. */
#ifndef WEIR_BASE_BOUNDS_H
#define WEIR_BASE_BOUNDS_H

enum {
	WEIR_MAX_RECORD_BYTES = 64 << 20, /* one record; more is counted as too long and skipped to the next record */
	WEIR_MAX_JSON_DEPTH = 256,        /* bounds the parser's stack */
	WEIR_MAX_EXPR_DEPTH = 200,        /* the same for expressions */
	WEIR_MAX_EXPR_BYTES = 64 << 10,
	WEIR_MAX_STREAMS = 64,
	WEIR_MAX_PARTITIONS = 4096, /* a stream; fits the 16-bit partition number of a batch */
	WEIR_MAX_GROUP_COLUMNS = 16,
	WEIR_MAX_MEASURES = 32,
};

#endif
