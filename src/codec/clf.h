/* What clf.c (reading line by line) and clf_plain.c (many lines at once) share. */
#ifndef WEIR_CODEC_CLF_H
#define WEIR_CODEC_CLF_H

#include "codec/plain.h"

enum {
	CLF_HOST,
	CLF_IDENT,
	CLF_USER,
	CLF_TIME,
	CLF_METHOD,
	CLF_PATH,
	CLF_PROTOCOL,
	CLF_STATUS,
	CLF_BYTES,
	CLF_REFERRER,
	CLF_AGENT,
	CLF_EXTRA,
	CLF_N_COLUMNS
};

/* Parts of a plain line, separated by blanks: the time is two of them, the request in quotes one. Others may follow. */
enum { CLF_PARTS_COMMON = 8, CLF_PARTS_COMBINED = 10 };

struct clf_codec {
	struct weir_codec codec;
	struct weir_cells cells;
	struct weir_cells_column columns[CLF_N_COLUMNS];
	struct weir_buf text; /* a quoted field without its escapes */
	struct weir_plain plain;
	struct weir_plain_field fields[CLF_N_COLUMNS];
	uint32_t n_fields;
	uint32_t n_parts,
	    n_extra; /* expected of the next lines: all, and those behind the format's own; 0: nothing is */
	bool split;  /* what is in the request is wanted */
	/* four marks a line: before the method, behind it, behind the path, behind the protocol */
	uint32_t request[4 * (WEIR_PLAIN_WINDOW_MOST * WEIR_PLAIN_BLOCK / CLF_PARTS_COMMON)];
};

/* After a line with these fields (of CLF_N_COLUMNS) was read and its columns bound: the next are likely to be as it
 * was. */
void weir_clf_expect(struct clf_codec *c, const struct weir_str *fields);
/* The lines at the front of the chunk that are so. False: no memory. */
bool weir_clf_read_plain(struct weir_codec *codec, struct weir_chunk *chunk);

/* What status and bytes may be. */
static inline bool clf_is_number(struct weir_str s)
{
	for (size_t i = 0; i < s.size; i++)
		if ((unsigned char)(s.data[i] - '0') > 9)
			return false;
	return s.size > 0 && s.size < 19;
}

static inline bool clf_is_dash(struct weir_str s)
{
	return s.size == 1 && *s.data == '-';
}

static inline bool clf_is_method(struct weir_str s)
{
	for (size_t i = 0; i < s.size; i++)
		if ((unsigned char)((s.data[i] | 32) - 'a') >= 26 && s.data[i] != '-' && s.data[i] != '_')
			return false;
	return s.size > 0 && s.size <= 32;
}

#endif
