/* logfmt: key=value pairs, one record a line. Keys mostly come in the order of the record before, so the key that
 * followed the last time is expected first. Method of the grammar: K. Rarick, "logfmt", brandur.org/logfmt. */
#include "codec/logfmt.h"

#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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
	return (unsigned char)((c | 32) - 'a') < 26 || c == '_' || c == '@' || (unsigned char)c >= 0x80;
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

static const struct trouble no_key = {WEIR_BAD_SYNTAX, "no key where one should be"},
			    no_pair = {WEIR_BAD_SYNTAX, "no key=value in it"},
			    open_quote = {WEIR_BAD_TRUNCATED, "a quoted value does not end"},
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
		if (!key_starts(*p)) {
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

/* Index of the column called `key`, the expected one looked at first; -1: unknown. */
static int find_column(const struct logfmt_codec *l, struct weir_str key)
{
	for (size_t k = 0; k < l->n_columns; k++) {
		size_t i = l->expected + k < l->n_columns ? l->expected + k : l->expected + k - l->n_columns;
		if (weir_str_equal(l->columns[i].name, key))
			return (int)i;
	}
	return -1;
}

/* Index of the new column, or -1 without memory. */
static int add_column(struct logfmt_codec *l, struct weir_str key)
{
	struct weir_str name = weir_arena_str(&l->arena, key);
	if (!name.data || !weir_grow((void **)&l->columns, &l->columns_capacity, l->n_columns + 1, sizeof *l->columns))
		return -1;
	l->columns[l->n_columns] = (struct weir_cells_column){.name = name};
	l->shape.bound = false; /* its cells may have moved */
	return (int)l->n_columns++;
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
		l->codec.builder.truncated_fields += !l->cells.surveying;
		l->regular = false;
		return true;
	}
	if (i < 0 && (i = add_column(l, pair->key)) < 0)
		return false;
	l->expected = (size_t)i + 1;
	if (l->n_order < LOGFMT_SHAPE_PAIRS)
		l->order[l->n_order] = (uint32_t)i;
	l->n_order++;
	if (!pair->escaped)
		return weir_cells_put(&l->cells, &l->columns[i], pair->value);
	struct weir_str value = unescape(pair->value, &l->text);
	return !l->text.failed && weir_cells_put(&l->cells, &l->columns[i], value);
}

static bool one_line(struct weir_codec *codec, struct weir_str line, int *why, const char **detail)
{
	struct logfmt_codec *l = (struct logfmt_codec *)codec;
	const char *end = line.data + line.size, *p = skip_blanks(line.data, end);
	const struct trouble *trouble = memchr(line.data, '=', line.size) ? NULL : &no_pair;
	bool checked = false, fresh;
	size_t pairs, bare;
	l->expected = l->n_order = 0;
	l->regular = !l->cells.surveying;
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
	*why = trouble ? trouble->why : -1;
	*detail = trouble ? trouble->detail : NULL;
	return trouble || !l->regular || weir_logfmt_learn(l);
}

static bool line_is_good(struct weir_codec *codec)
{
	size_t pairs, bare;
	return !check_line(((struct logfmt_codec *)codec)->line, &pairs, &bare);
}

static int detect(struct weir_str sample, bool complete)
{
	enum { LINES = 100 };
	size_t lines = 0, good = 0, pairs, bare;
	const char *at = sample.data, *end = sample.data + sample.size;
	for (const char *stop; at < end && lines < LINES; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop && !complete)
			break;
		if (!stop)
			stop = end;
		struct weir_str line = weir_str_trim((struct weir_str){at, (size_t)(stop - at)});
		lines += line.size > 0;
		good += line.size && !check_line(line, &pairs, &bare) && pairs >= 2 && bare * 4 <= pairs;
	}
	return lines && good * 10 >= lines * 8 ? (int)(good * 88 / lines) : 0;
}

static void close_logfmt(struct weir_codec *codec)
{
	struct logfmt_codec *l = (struct logfmt_codec *)codec;
	weir_plain_release(&l->plain);
	weir_arena_release(&l->arena);
	weir_buf_release(&l->text);
	weir_buf_release(&l->shape.text);
	free(l->columns);
	weir_codec_free(codec);
}

static enum weir_status open_logfmt(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				    struct weir_codec **out, struct weir_error *err)
{
	struct logfmt_codec *l = weir_codec_alloc(&weir_codec_logfmt, config, sizeof *l, err);
	if (!l)
		return WEIR_NO_MEMORY;
	l->codec.types_last = true;
	enum weir_status st = weir_cells_init(&l->cells, config, err);
	l->cells.may_widen = line_is_good;
	l->cells.codec = &l->codec;
	l->codec.read_plain = weir_logfmt_read_plain;
	if (st == WEIR_OK && !weir_plain_init(&l->plain))
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	if (st == WEIR_OK && !weir_cells_survey(&l->cells, &l->codec, sample, complete, one_line))
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	if (st != WEIR_OK) {
		close_logfmt(&l->codec);
		return st;
	}
	*out = &l->codec;
	return WEIR_OK;
}

static enum weir_status decode(struct weir_codec *codec, struct weir_chunk *chunk, struct weir_batch *batch,
			       struct weir_error *err)
{
	return weir_cells_lines(&((struct logfmt_codec *)codec)->cells, codec, chunk, batch, one_line, err);
}

const struct weir_codec_ops weir_codec_logfmt = {
    .name = "logfmt",
    .help = "key=value pairs, one record a line",
    .detect = detect,
    .open = open_logfmt,
    .decode = decode,
    .close = close_logfmt,
};
