/* logfmt: key=value pairs, one record per line. Keys mostly come in the order of the record before, so the key that
 * followed the last time is expected first. Method of the grammar: K. Rarick, "logfmt", brandur.org/logfmt. */
#include "codec/lines/lines.h"

#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	LOGFMT_SHAPE_PAIRS = 64, /* lines of more pairs are always read pair by pair */
	LOGFMT_LEAD_MOST = WEIR_BULK_MARGIN,
};

/* The keys of a line in their order. Logs repeat a few, so the lines that follow are likely to have the same. */
struct logfmt_shape {
	uint32_t n_pairs; /* 0: none is known */
	bool bound;       /* the fields below are those of the columns now */
	uint32_t columns[LOGFMT_SHAPE_PAIRS];
	uint32_t lead_bytes[LOGFMT_SHAPE_PAIRS]; /* of `key=` */
	struct weir_buf text;                    /* all of these */
	struct weir_bulk_field fields[LOGFMT_SHAPE_PAIRS];
	uint32_t n_fields;
};

struct logfmt_codec {
	struct weir_line_codec lines;
	struct weir_dict *index;         /* one reference; names to indexes of: */
	struct weir_text_field *columns; /* owned, in order of first sight */
	size_t n_columns, columns_capacity;
	size_t expected;                             /* index of the column that comes next */
	struct weir_str line;                        /* being read */
	struct weir_buf text;                        /* a quoted value without its escapes */
	uint32_t n_order, order[LOGFMT_SHAPE_PAIRS]; /* the columns of the line so far */
	bool regular;                                /* it may have a shape */
	bool turned;                                 /* a column came again, or after one that was seen later */
	struct logfmt_shape shape;
};

/* The first byte from p on that is a blank or control character; `end` when there is none. */
static const char *word_end(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i blank = _mm_set1_epi8(' ');
	for (; p + 16 <= end; p += 16) {
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)p);
		int hit = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(b, blank), blank));
		if (hit)
			return p + __builtin_ctz((unsigned)hit);
	}
#endif
	while (p < end && (unsigned char)*p > ' ')
		p++;
	return p;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p <= ' ')
		p++;
	return p;
}

static const char *key_end(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p > ' ' && *p != '=' && *p != '"')
		p++;
	return p;
}

static bool key_starts(char c)
{
	return (unsigned char)((c | 32) - 'a') < 26 || (unsigned char)(c - '0') < 10 || c == '_' || c == '@' ||
	       (unsigned char)c >= 0x80;
}

struct pair {
	struct weir_str key, value;
	bool bare;    /* no value: it is `true` */
	bool escaped; /* the value holds escapes */
};

/* What kept a line from being read. */
struct trouble {
	int why;
	const char *detail;
};

static const struct trouble no_key = {WEIR_BAD_SYNTAX, "a key is missing"},
			    no_pair = {WEIR_BAD_SYNTAX, "no key=value in it"},
			    open_quote = {WEIR_BAD_TRUNCATED, "a quoted value is not closed"},
			    after_quote = {WEIR_BAD_SYNTAX, "text after a closing quote"};

/* The quoted value whose text begins at p. NULL when it does not end as it should. */
static const char *read_quoted(const char *p, const char *end, struct pair *out, const struct trouble **trouble)
{
	const char *from = p;
	for (; p < end && *p != '"'; p++) {
		if (*p == '\\') {
			out->escaped = true;
			p += p + 1 < end;
		}
	}
	out->value = (struct weir_str){from, (size_t)(p - from)};
	*trouble = p == end ? &open_quote : p + 1 < end && (unsigned char)p[1] > ' ' ? &after_quote : NULL;
	return *trouble ? NULL : p + 1;
}

/* The pair at p, whose key is likely to be `expected`. NULL and the trouble when there is none. */
static const char *read_pair(const char *p, const char *end, struct weir_str expected, struct pair *out,
			     const struct trouble **trouble)
{
	const char *stop = p + expected.size;
	out->escaped = false;
	if (expected.size == 0 || (size_t)(end - p) <= expected.size || *stop != '=' ||
	    memcmp(p, expected.data, expected.size) != 0) {
		stop = key_end(p, end);
		/* a number alone is no key: "Nov 22 host: x=1" is a line of another kind */
		if (!key_starts(*p) || ((unsigned char)(*p - '0') < 10 && (stop == end || *stop != '='))) {
			*trouble = &no_key;
			return NULL;
		}
	}
	out->key = (struct weir_str){p, (size_t)(stop - p)};
	out->bare = stop == end || *stop != '=';
	out->value = WEIR_STR("true");
	if (out->bare)
		return stop;
	if (stop + 1 < end && stop[1] == '"')
		return read_quoted(stop + 2, end, out, trouble);
	p = word_end(stop + 1, end);
	out->value = (struct weir_str){stop + 1, (size_t)(p - stop - 1)};
	return p;
}

/* The whole line without keeping any of it: NULL when it reads well. */
static const struct trouble *check_line(struct weir_str line, size_t *n_pairs, size_t *n_bare)
{
	const char *end = line.data + line.size;
	const struct trouble *trouble = NULL;
	struct pair pair;
	*n_pairs = *n_bare = 0;
	for (const char *p = skip_blanks(line.data, end); p && p < end;) {
		p = read_pair(p, end, (struct weir_str){0}, &pair, &trouble);
		*n_pairs += p && !pair.bare;
		*n_bare += p && pair.bare;
		p = p ? skip_blanks(p, end) : NULL;
	}
	return trouble ? trouble : *n_pairs ? NULL : &no_pair;
}

/* Index of the column called `key`, those that are likely to come next looked at first; -1: unknown. */
static int find_column(const struct logfmt_codec *l, struct weir_str key)
{
	enum { NEAR = 8 };
	for (size_t i = l->expected; i < l->n_columns && i < l->expected + NEAR; i++)
		if (weir_str_equal(l->columns[i].name, key))
			return (int)i;
	uint32_t i = weir_dict_find(l->index, key);
	return i == WEIR_DICT_NONE ? -1 : (int)i;
}

/* Index of the new column, or -1 without memory. */
static int add_column(struct logfmt_codec *l, struct weir_str key)
{
	if (!weir_grow((void **)&l->columns, &l->columns_capacity, l->n_columns + 1, sizeof *l->columns))
		return -1;
	uint32_t i = weir_dict_add(l->index, key);
	if (i == WEIR_DICT_NONE)
		return -1;
	l->columns[i] = (struct weir_text_field){.name = weir_dict_get(l->index, i)};
	l->shape.bound = false; /* its fields may have moved */
	l->n_columns++;
	return (int)i;
}

static const char *unescape_one(const char *p, const char *end, struct weir_buf *out)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	const char *known = memchr(from, *p, sizeof from - 1);
	uint32_t cp = 0;
	char utf8[4];
	if (*p != 'u' || end - p < 5) {
		weir_buf_add_char(out, known ? to[known - from] : *p);
		return p + 1;
	}
	for (int i = 1; i <= 4; i++) {
		unsigned digit = (unsigned char)p[i] - (unsigned)'0',
			 letter = ((unsigned char)p[i] | 32u) - (unsigned)'a';
		if (digit > 9 && letter > 5) {
			weir_buf_add_char(out, 'u');
			return p + 1;
		}
		cp = cp << 4 | (digit <= 9 ? digit : letter + 10);
	}
	weir_buf_add(out, utf8, weir_utf8_encode(cp, utf8));
	return p + 5;
}

static struct weir_str unescape(struct weir_str s, struct weir_buf *out)
{
	const char *p = s.data, *end = s.data + s.size;
	weir_buf_clear(out);
	while (p < end) {
		const char *from = p;
		while (p < end && *p != '\\')
			p++;
		weir_buf_add(out, from, (size_t)(p - from));
		if (p < end)
			p = p + 1 < end ? unescape_one(p + 1, end, out) : end;
	}
	return weir_buf_str(out);
}

/* A key that is one too many. */
static bool put_beyond(struct logfmt_codec *l, const struct pair *pair)
{
	struct weir_str value = pair->escaped ? unescape(pair->value, &l->text) : pair->value;
	return !l->text.failed && weir_text_fields_put_beyond(&l->lines.texts, pair->key, value);
}

/* One pair into its column. False: no memory. `fresh` is set when the key is one that only a line which reads well may
 * add. */
static bool put_pair(struct logfmt_codec *l, const struct pair *pair, bool may_add, bool *fresh)
{
	int i = find_column(l, pair->key);
	*fresh = i < 0 && !may_add;
	if (*fresh)
		return true;
	l->regular &= !pair->bare && !pair->escaped;
	if (i < 0 && l->n_columns >= WEIR_MAX_COLUMNS) {
		l->regular = false;
		return l->lines.texts.surveying || put_beyond(l, pair);
	}
	if (i < 0 && (i = add_column(l, pair->key)) < 0)
		return false;
	l->turned |= (size_t)i < l->expected;
	l->expected = (size_t)i + 1;
	l->regular &= !l->columns[i].bound || l->columns[i].column != WEIR_COLUMN_MORE;
	if (l->n_order < LOGFMT_SHAPE_PAIRS)
		l->order[l->n_order] = (uint32_t)i;
	l->n_order++;
	if (!pair->escaped)
		return weir_text_field_put(&l->lines.texts, &l->columns[i], pair->value);
	struct weir_str value = unescape(pair->value, &l->text);
	return !l->text.failed && weir_text_field_put(&l->lines.texts, &l->columns[i], value);
}

static bool repeats(const uint32_t *columns, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < i; k++)
			if (columns[i] == columns[k])
				return true;
	return false;
}

/* After a regular line was read pair by pair: its order is the shape of those to come. False: no memory. */
static bool learn(struct logfmt_codec *l)
{
	struct logfmt_shape *shape = &l->shape;
	const uint32_t n = l->n_order;
	if (l->lines.codec.bulk.wait) /* the shape is not asked for now */
		return true;
	if (n == shape->n_pairs && memcmp(l->order, shape->columns, n * sizeof *shape->columns) == 0)
		return true;
	shape->n_pairs = 0;
	shape->bound = false;
	if (n == 0 || n > LOGFMT_SHAPE_PAIRS || repeats(l->order, n))
		return true;
	weir_buf_clear(&shape->text);
	for (uint32_t i = 0; i < n; i++) {
		struct weir_str key = l->columns[l->order[i]].name;
		if (key.size >= LOGFMT_LEAD_MOST)
			return true;
		weir_buf_add_str(&shape->text, key);
		weir_buf_add_char(&shape->text, '=');
		shape->lead_bytes[i] = (uint32_t)key.size + 1;
	}
	memcpy(shape->columns, l->order, n * sizeof *shape->columns);
	shape->n_pairs = shape->text.failed ? 0 : n;
	return !shape->text.failed;
}

static void bind(struct logfmt_codec *l)
{
	struct logfmt_shape *shape = &l->shape;
	shape->n_fields = 0;
	for (uint32_t i = 0; i < shape->n_pairs; i++) {
		struct weir_text_field *field = &l->columns[shape->columns[i]];
		if (field->column >= 0)
			shape->fields[shape->n_fields++] =
			    (struct weir_bulk_field){.field = field, .place = i, .skip = shape->lead_bytes[i]};
	}
	shape->bound = true;
}

/* How many rows have the lead at this place. Leads hold no byte that ends a part, so what stands here is as long. */
static uint32_t check_lead(const struct weir_bulk_window *w, uint32_t place, const char *lead, uint32_t bytes,
			   uint32_t rows)
{
	uint64_t want = 0, mask = bytes < 8 ? (UINT64_C(1) << bytes * 8) - 1 : UINT64_MAX, have;
	const uint32_t *mark = w->marks->marks + place;
	memcpy(&want, lead, bytes < 8 ? bytes : 8);
	for (uint32_t row = 0; row < rows; row++, mark += w->n_places) {
		const char *part = w->text + (uint32_t)(mark[0] + 1);
		memcpy(&have, part, 8);
		if ((have & mask) != want || (bytes > 8 && memcmp(part + 8, lead + 8, bytes - 8) != 0))
			return row;
	}
	return rows;
}

/* A quote counts only where a value begins: elsewhere it is a part of it. */
static uint32_t check_quotes(const struct weir_bulk_window *w, uint32_t place, uint32_t lead_bytes, uint32_t rows)
{
	for (uint32_t row = 0; row < rows; row++) {
		struct weir_str s = weir_bulk_part(w, row, place);
		size_t size = s.size - lead_bytes;
		bool opens = size && s.data[lead_bytes] == '"', closes = size && s.data[s.size - 1] == '"';
		if (opens != closes || (opens && size < 2))
			return row;
	}
	return rows;
}

static uint32_t check(struct weir_codec *codec, const struct weir_bulk_window *w)
{
	const struct logfmt_shape *shape = &((struct logfmt_codec *)codec)->shape;
	const char *lead = shape->text.data;
	uint32_t rows = w->rows;
	for (uint32_t i = 0; i < shape->n_pairs && rows; i++) {
		rows = check_lead(w, i, lead, shape->lead_bytes[i], rows);
		if (w->marks->quoted)
			rows = check_quotes(w, i, shape->lead_bytes[i], rows);
		lead += shape->lead_bytes[i];
	}
	return rows;
}

/* The lines of that shape at the front of the chunk. False: no memory. */
static bool read_bulk(struct weir_codec *codec, struct weir_chunk *chunk)
{
	struct logfmt_codec *l = (struct logfmt_codec *)codec;
	if (!l->shape.n_pairs)
		return true;
	if (!l->shape.bound)
		bind(l);
	const struct weir_bulk_run run = {.builder = &codec->builder,
					  .nulls = &l->lines.texts.nulls,
					  .fields = l->shape.fields,
					  .n_fields = l->shape.n_fields,
					  .n_places = l->shape.n_pairs,
					  .syntax = {.separator = ' ', .equals = true, .lines = true},
					  .check = check,
					  .codec = codec};
	return weir_bulk_read(&codec->bulk, &run, chunk);
}

static bool one_line(struct weir_codec *codec, struct weir_str line, int *why, const char **detail)
{
	struct logfmt_codec *l = (struct logfmt_codec *)codec;
	const char *end = line.data + line.size, *p = skip_blanks(line.data, end);
	const struct trouble *trouble = memchr(line.data, '=', line.size) ? NULL : &no_pair;
	bool checked = false, fresh;
	size_t pairs, bare;
	l->expected = l->n_order = 0;
	l->regular = !l->lines.texts.surveying;
	l->turned = false;
	l->line = line;
	while (!trouble && p < end) {
		struct pair pair;
		struct weir_str expected = {0};
		if (l->expected < l->n_columns)
			expected = l->columns[l->expected].name;
		p = read_pair(p, end, expected, &pair, &trouble);
		if (!p)
			break;
		if (!put_pair(l, &pair, checked, &fresh))
			return false;
		if (fresh) {
			trouble = check_line(line, &pairs, &bare);
			checked = true;
			if (!trouble && !put_pair(l, &pair, checked, &fresh))
				return false;
		}
		p = skip_blanks(p, end);
	}
	l->lines.repeated_key =
	    l->turned && repeats(l->order, l->n_order < LOGFMT_SHAPE_PAIRS ? l->n_order : LOGFMT_SHAPE_PAIRS);
	*why = trouble ? trouble->why : -1;
	*detail = trouble ? trouble->detail : NULL;
	return trouble || !l->regular || learn(l);
}

static bool line_is_good(struct weir_codec *codec)
{
	size_t pairs, bare;
	return !check_line(((struct logfmt_codec *)codec)->line, &pairs, &bare);
}

static bool is_one(struct weir_str line)
{
	size_t pairs, bare;
	return !check_line(line, &pairs, &bare) && pairs >= 2 && bare * 4 <= pairs;
}

static int detect(struct weir_str sample, bool complete)
{
	const unsigned percent = weir_lines_percent(sample, complete, is_one);

	return percent >= 80 ? (int)(percent * 88 / 100) : 0;
}

static void close_logfmt(struct weir_codec *codec)
{
	struct logfmt_codec *l = (struct logfmt_codec *)codec;
	weir_dict_unref(l->index);
	weir_buf_release(&l->text);
	weir_buf_release(&l->shape.text);
	free(l->columns);
}

static enum weir_status prepare(struct weir_codec *codec, const struct weir_codec_config *config,
				struct weir_error *err)
{
	struct logfmt_codec *l = (struct logfmt_codec *)codec;
	(void)config;
	l->lines.texts.may_widen = line_is_good;
	l->index = weir_dict_new(NULL);
	return l->index ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
}

/* The shape of lines is learned again from the next one. */
static bool clone(const struct weir_codec *from, struct weir_codec *to)
{
	const struct logfmt_codec *f = (const struct logfmt_codec *)from;
	struct logfmt_codec *l = (struct logfmt_codec *)to;
	l->columns = NULL;
	l->n_columns = l->columns_capacity = 0;
	l->text = (struct weir_buf){0};
	l->shape = (struct logfmt_shape){0};
	bool ok = (l->index = weir_dict_new(NULL)) != NULL;
	for (size_t i = 0; ok && i < f->n_columns; i++) {
		ok = add_column(l, f->columns[i].name) == (int)i;
		if (ok) {
			struct weir_str name = l->columns[i].name;
			l->columns[i] = f->columns[i];
			l->columns[i].name = name;
		}
	}
	return ok;
}

static const struct weir_line_format lines = {
    .line = one_line,
    .read_bulk = read_bulk,
    .prepare = prepare,
    .clone = clone,
    .surveys = true,
};

const struct weir_codec_ops weir_codec_logfmt = {
    .name = "logfmt",
    .help = "key=value pairs, one record per line",
    .detect = detect,
    .bytes = sizeof(struct logfmt_codec),
    .open = weir_lines_open,
    .decode = weir_lines_decode,
    .clone = weir_lines_clone,
    .lines = &lines,
    .close = close_logfmt,
};
