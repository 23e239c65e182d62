/* Records of separated text out of bytes, by the bits of 64-byte blocks, and by libcsv where those do not do. */
#include "codec/csv/csv.h"

#include "codec/bulk/mark_bits.h"
#include "weir/base/memory.h"

#include <csv.h>
#include <stdlib.h>

struct weir_csv_scan {
	const char *block; /* the 64 bytes that `bits` describe */
	uint64_t bits;     /* marks not yet taken */
	const char *begin; /* of the record being read */
	const char *end;   /* of the bytes */
	bool odd_block;    /* the block holds a byte that is NUL or beyond ASCII */
	bool odd;          /* so does some block of the record */
	bool at_end, in_quote, row_ended;
	char separator;
	struct weir_str *fields; /* owned, max_fields items */
	size_t n_fields, max_fields;
	char *unquoted; /* owned: fields without their doubled quotes */
	size_t n_unquoted, unquoted_capacity;
	struct csv_parser parser;
};

static int never_space(unsigned char c)
{
	(void)c;
	return 0;
}

struct weir_csv_scan *weir_csv_scan_new(char separator, size_t max_fields)
{
	struct weir_csv_scan *s = weir_calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->separator = separator;
	s->max_fields = max_fields;
	s->fields = weir_alloc(max_fields * sizeof *s->fields);
	if (!s->fields || csv_init(&s->parser, 0) != 0) {
		free(s->fields);
		free(s);
		return NULL;
	}
	csv_set_delim(&s->parser, (unsigned char)separator);
	csv_set_space_func(&s->parser, never_space);
	csv_set_realloc_func(&s->parser, weir_realloc);
	return s;
}

void weir_csv_scan_free(struct weir_csv_scan *s)
{
	if (!s)
		return;
	csv_free(&s->parser);
	free(s->fields);
	free(s->unquoted);
	free(s);
}

/* Takes up the block at `block`; bytes beyond the end count as none. */
static void load(struct weir_csv_scan *s, const char *block)
{
	size_t left = (size_t)(s->end - block);
	char padded[64];
	s->block = block;
	if (left < sizeof padded) {
		memset(padded, ' ', sizeof padded);
		memcpy(padded, block, left);
		block = padded;
	}
	struct weir_mark_bits m = weir_mark_bits(block, s->separator, false);
	s->bits = m.separator | m.line_feed | m.cr | m.quote;
	s->odd_block = m.odd;
	s->odd |= s->odd_block;
}

static void seek(struct weir_csv_scan *s, const char *to)
{
	s->odd = s->odd_block = false;
	s->block = to;
	s->bits = 0;
	if (to < s->end)
		load(s, to);
}

void weir_csv_scan_start(struct weir_csv_scan *s, const char *bytes, size_t size, bool at_end)
{
	s->begin = bytes;
	s->end = bytes + size;
	s->at_end = at_end;
	s->in_quote = false;
	seek(s, bytes);
}

bool weir_csv_scan_in_quote(const struct weir_csv_scan *s)
{
	return s->in_quote;
}

/* The next mark, or NULL at the end of the bytes. */
static inline const char *next_mark(struct weir_csv_scan *s)
{
	while (s->bits == 0) {
		if (s->end - s->block <= 64)
			return NULL;
		load(s, s->block + 64);
	}
	const char *mark = s->block + __builtin_ctzll(s->bits);
	s->bits &= s->bits - 1;
	return mark;
}

static inline void add_field(struct weir_csv_scan *s, const char *from, const char *to)
{
	if (s->n_fields < s->max_fields)
		s->fields[s->n_fields] = (struct weir_str){from, (size_t)(to - from)};
	s->n_fields++;
}

/* Room for everything from the record's begin to the end of its field at once, so that earlier fields never move. */
static bool reserve_unquoted(struct weir_csv_scan *s, const char *to)
{
	size_t need = (size_t)(to - s->begin);
	if (need <= s->unquoted_capacity)
		return true;
	char *old = s->unquoted;
	size_t capacity = need + need / 2;
	char *grown = weir_alloc(capacity);
	if (!grown)
		return false;
	memcpy(grown, old ? old : "", s->n_unquoted);
	for (size_t i = 0; i < s->n_fields && i < s->max_fields; i++) {
		const char *data = s->fields[i].data;
		if (old && data >= old && data <= old + s->n_unquoted)
			s->fields[i].data = grown + (data - old);
	}
	free(old);
	s->unquoted = grown;
	s->unquoted_capacity = capacity;
	return true;
}

/* Adds the field from..to with each doubled quote made one. */
static bool add_unquoted(struct weir_csv_scan *s, const char *from, const char *to)
{
	if (!reserve_unquoted(s, to))
		return false;
	char *out = s->unquoted + s->n_unquoted, *begin = out;
	while (from < to) {
		const char *quote = memchr(from, '"', (size_t)(to - from));
		const char *stop = quote ? quote + 1 : to;
		memcpy(out, from, (size_t)(stop - from));
		out += stop - from;
		from = quote ? quote + 2 : to;
	}
	add_field(s, begin, out);
	s->n_unquoted = (size_t)(out - s->unquoted);
	return true;
}

enum quoted { QUOTED_WHOLE, QUOTED_OPEN, QUOTED_ODD, QUOTED_NO_MEMORY };

static inline const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	return p;
}

/* Reads the quoted field whose first quote is at `open`, and leaves *after on the separator, line end, or the end. */
static enum quoted read_quoted(struct weir_csv_scan *s, const char *open, const char **after)
{
	bool doubled = false;
	for (const char *mark = next_mark(s); mark; mark = next_mark(s)) {
		if (*mark != '"')
			continue;
		const char *next = mark + 1;
		if (next == s->end && !s->at_end)
			return QUOTED_OPEN;
		if (next < s->end && *next == '"') {
			doubled = true;
			next_mark(s);
			continue;
		}
		next = skip_blanks(next, s->end); /* "Rome" , as some write it */
		if (next == s->end && !s->at_end)
			return QUOTED_OPEN;
		if (next < s->end && *next != s->separator && *next != '\n' && *next != '\r')
			return QUOTED_ODD;
		if (doubled && !add_unquoted(s, open + 1, mark))
			return QUOTED_NO_MEMORY;
		if (!doubled)
			add_field(s, open + 1, mark);
		*after = next;
		next_mark(s);
		return QUOTED_WHOLE;
	}
	return QUOTED_OPEN;
}

static inline enum weir_csv_found finish(struct weir_csv_scan *s, const char *end, struct weir_csv_record *out)
{
	out->fields = s->fields;
	out->n_fields = s->n_fields;
	out->text = (struct weir_str){s->begin, (size_t)(end - s->begin)};
	out->plain = !s->odd;
	s->odd = s->odd_block;
	s->begin = end < s->end ? end + 1 : end;
	out->next = s->begin;
	return WEIR_CSV_RECORD;
}

static const char *line_end(const char *from, const char *end)
{
	while (from < end && *from != '\n' && *from != '\r')
		from++;
	return from;
}

void weir_csv_scan_skip_line(struct weir_csv_scan *s, struct weir_csv_record *out)
{
	s->n_fields = 0;
	finish(s, line_end(s->begin, s->end), out);
	out->plain = false; /* its blocks were not all looked at; nor below */
	seek(s, s->begin);
}

static void on_field(void *text, size_t size, void *scanner)
{
	struct weir_csv_scan *s = scanner;
	if (s->n_fields < s->max_fields) {
		char *copy =
		    s->unquoted + s->n_unquoted; /* has room: the fields of a line are never longer than the line */
		if (size)
			memcpy(copy, text, size);
		s->fields[s->n_fields] = (struct weir_str){copy, size};
		s->n_unquoted += size;
	}
	s->n_fields++;
}

static void on_row(int end, void *scanner)
{
	(void)end;
	((struct weir_csv_scan *)scanner)->row_ended = true;
}

/* A line with text after a closing quote: libcsv says what its fields are. When it does not end there for libcsv, a
 * stray quote would swallow the lines that follow; only the line itself is given up then. */
static enum weir_csv_found read_by_libcsv(struct weir_csv_scan *s, struct weir_csv_record *out)
{
	const char *end = line_end(s->begin, s->end);
	size_t size = (size_t)(end - s->begin);
	if (end == s->end && !s->at_end)
		return WEIR_CSV_MORE;
	s->n_fields = s->n_unquoted = 0;
	s->row_ended = false;
	if (!reserve_unquoted(s, end))
		return WEIR_CSV_OUT_OF_MEMORY;
	bool read = csv_parse(&s->parser, s->begin, size, on_field, on_row, s) == size &&
		    csv_parse(&s->parser, "\n", 1, on_field, on_row, s) == 1;
	bool whole = s->row_ended;
	if (!whole)
		csv_fini(&s->parser, NULL, NULL, NULL);
	if (!read)
		return WEIR_CSV_OUT_OF_MEMORY;
	finish(s, end, out);
	out->plain = false;
	seek(s, s->begin);
	return whole ? WEIR_CSV_RECORD : WEIR_CSV_TORN;
}

static enum weir_csv_found broken_quote(struct weir_csv_scan *s, enum quoted why, struct weir_csv_record *out)
{
	s->in_quote = why == QUOTED_OPEN;
	out->next = s->begin;
	return why == QUOTED_OPEN ? WEIR_CSV_MORE : why == QUOTED_ODD ? read_by_libcsv(s, out) : WEIR_CSV_OUT_OF_MEMORY;
}

static bool skip_blank_lines(struct weir_csv_scan *s)
{
	while (s->begin < s->end && (*s->begin == '\n' || *s->begin == '\r')) {
		next_mark(s);
		s->begin++;
	}
	return s->begin < s->end;
}

enum weir_csv_found weir_csv_scan_next(struct weir_csv_scan *s, struct weir_csv_record *out)
{
	s->in_quote = false;
	bool any = skip_blank_lines(s);
	out->next = s->begin;
	if (!any)
		return WEIR_CSV_MORE;
	s->n_fields = s->n_unquoted = 0;
	const char *start = s->begin;
	for (;;) {
		const char *mark = next_mark(s);
		if (!mark && !s->at_end)
			return WEIR_CSV_MORE;
		if (!mark)
			mark = s->end;
		if (mark < s->end && *mark == '"') {
			if (mark != start && skip_blanks(start, mark) != mark)
				continue;
			enum quoted q = read_quoted(s, mark, &mark);
			if (q != QUOTED_WHOLE)
				return broken_quote(s, q, out);
		} else {
			add_field(s, start, mark);
		}
		if (mark == s->end || *mark != s->separator)
			return finish(s, mark, out);
		start = mark + 1;
	}
}
