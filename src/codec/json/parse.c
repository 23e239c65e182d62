/* One record: objects to columns, by recursive descent over learned keys. */
#include "codec/json/json.h"

#include "weir/base/bounds.h"

#include <math.h>

static inline bool digit(const char *p, const char *end)
{
	return p < end && (unsigned char)(*p - '0') <= 9;
}

struct json_number {
	const char *from;
	uint64_t mantissa;
	unsigned digits, fraction;
	bool negative, exponent;
};

/* number = '-'? ('0' | [1-9][0-9]*) ('.' [0-9]+)? ([eE] [+-]? [0-9]+)? */
static int scan_number(struct json_codec *j, const char **at, struct json_number *n)
{
	const char *p = *at, *end = j->end;
	*n = (struct json_number){.from = p};
	if (*p == '-') {
		n->negative = true;
		p++;
	}
	const char *first = p;
	uint64_t m = 0;
	for (; digit(p, end); p++)
		m = m * 10 + (uint64_t)(*p - '0');
	n->digits = (unsigned)(p - first);
	if (n->digits == 0)
		return json_unexpected(j, p, "a digit was expected");
	if (*first == '0' && n->digits > 1)
		return json_bad(j, first, WEIR_BAD_SYNTAX, "a number with a leading zero");
	if (p < end && *p == '.') {
		const char *point = ++p;
		for (; digit(p, end); p++)
			m = m * 10 + (uint64_t)(*p - '0');
		n->fraction = (unsigned)(p - point);
		n->digits += n->fraction;
		if (n->fraction == 0)
			return json_unexpected(j, p, "a digit was expected");
	}
	if (p < end && (*p | 32) == 'e') {
		n->exponent = true;
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		if (!digit(p, end))
			return json_unexpected(j, p, "a digit was expected");
		while (digit(p, end))
			p++;
	}
	if (p >= end) /* a digit may follow */
		return json_ends(j, p);
	n->mantissa = m;
	*at = p;
	return JSON_OK;
}

/* NaN, Infinity and what is beyond the largest double: there is no such value, and it is counted. */
static int put_no_number(struct json_codec *j, int column)
{
	j->n_no_numbers++;
	return weir_builder_null(&j->codec.builder, column) ? JSON_OK : JSON_NO_MEMORY;
}

static int put_number(struct json_codec *j, int column, const struct json_number *n, const char *end)
{
	struct weir_builder *b = &j->codec.builder;
	bool whole = n->fraction == 0 && !n->exponent;
	struct weir_str text = {n->from, (size_t)(end - n->from)};
	if (weir_builder_is_text(b, column))
		return weir_builder_text_of(b, column, text, whole ? WEIR_INT64 : WEIR_FLOAT64) ? JSON_OK
												: JSON_NO_MEMORY;
	if (n->digits <= 18 && whole)
		return weir_builder_int64(b, column, n->negative ? -(int64_t)n->mantissa : (int64_t)n->mantissa)
			   ? JSON_OK
			   : JSON_NO_MEMORY;
	if (n->digits <= 18 && !n->exponent && n->mantissa < (UINT64_C(1) << 53)) {
		double v = (double)n->mantissa / weir_powers_of_ten[n->fraction];
		return weir_builder_float64(b, column, n->negative ? -v : v) ? JSON_OK : JSON_NO_MEMORY;
	}
	int64_t i;
	double f;
	if (whole && weir_parse_int64(text, false, &i))
		return weir_builder_int64(b, column, i) ? JSON_OK : JSON_NO_MEMORY;
	if (whole) /* an integer keeps every digit */
		return weir_builder_text(b, column, text) ? JSON_OK : JSON_NO_MEMORY;
	if (!weir_parse_double(text, &f))
		return json_bad(j, n->from, WEIR_BAD_SYNTAX, "a number was expected");
	if (!isfinite(f)) /* 1e400 */
		return put_no_number(j, column);
	return weir_builder_float64(b, column, f) ? JSON_OK : JSON_NO_MEMORY;
}

/* Whether `word` stands at p: its length, 0: no, -1: perhaps, but the chunk ends. */
static int word_at(const struct json_codec *j, const char *p, const char *word)
{
	size_t size = strlen(word), have = (size_t)(j->end - p);
	if (have < size)
		return memcmp(p, word, have) == 0 ? -1 : 0;
	return memcmp(p, word, size) == 0 ? (int)size : 0;
}

/* NaN and Infinity as Python, JavaScript, C and R write them, perhaps with a sign. Results as above. */
static int no_number(const struct json_codec *j, const char *p)
{
	static const char *const words[] = {"NaN",      "nan", "NAN", "Infinity", "infinity",
					    "INFINITY", "Inf", "inf", "INF"};
	int sign = *p == '-' || *p == '+';
	if (p + sign >= j->end)
		return sign ? -1 : 0;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		int size = word_at(j, p + sign, words[i]);
		if (size)
			return size < 0 ? size : size + sign;
	}
	return 0;
}

/* true, false, null, or one of the above. */
static int literal(const struct json_codec *j, const char *p)
{
	const char *word = *p == 't' ? "true" : *p == 'f' ? "false" : *p == 'n' ? "null" : NULL;
	int size = word ? word_at(j, p, word) : 0;
	return size ? size : no_number(j, p);
}

static int skip_string(struct json_codec *j, const char **p)
{
	struct weir_str s;
	bool escaped;
	int r = json_read_string(j, p, &s, &escaped);
	if (r == JSON_OK && escaped) {
		weir_buf_clear(&j->scratch);
		if (!json_unescape(s, &j->scratch, &j->n_undecoded))
			return json_bad(j, s.data, WEIR_BAD_SYNTAX, "an unknown escape");
	}
	return r;
}

static int skip_container(struct json_codec *j, const char **at, unsigned depth)
{
	const char *p = *at;
	bool object = *p == '{';
	char close = object ? '}' : ']';
	if (depth >= WEIR_MAX_JSON_DEPTH)
		return json_bad(j, p, WEIR_BAD_TOO_DEEP, NULL);
	p = json_blanks(j, p + 1);
	if (p < j->end && *p == close) {
		*at = p + 1;
		return JSON_OK;
	}
	for (;;) {
		int r = JSON_OK;
		if (object) {
			if (p >= j->end || *p != '"')
				return json_unexpected(j, p, "a key was expected");
			if ((r = skip_string(j, &p)) != JSON_OK)
				return r;
			p = json_blanks(j, p);
			if (p >= j->end || *p != ':')
				return json_unexpected(j, p, "a colon was expected");
			p = json_blanks(j, p + 1);
		}
		if ((r = json_skip(j, &p, depth + 1)) != JSON_OK)
			return r;
		p = json_blanks(j, p);
		if (p < j->end && *p == close) {
			*at = p + 1;
			return JSON_OK;
		}
		if (p >= j->end || *p != ',')
			return json_unexpected(j, p, "a comma was expected");
		p = json_blanks(j, p + 1);
	}
}

int json_skip(struct json_codec *j, const char **p, unsigned depth)
{
	struct json_number n;
	if (*p >= j->end)
		return json_ends(j, *p);
	switch (**p) {
	case '"':
		return skip_string(j, p);
	case '{':
	case '[':
		return skip_container(j, p, depth);
	case '-':
		if (no_number(j, *p))
			break;
		return scan_number(j, p, &n);
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9':
		return scan_number(j, p, &n);
	default:
		break;
	}
	int size = literal(j, *p);
	if (size < 0)
		return json_ends(j, j->end);
	if (size == 0)
		return json_unexpected(j, *p, "a value was expected");
	*p += size;
	return JSON_OK;
}

static int put_string(struct json_codec *j, const char **p, int column)
{
	struct weir_str s;
	bool escaped;
	int r = json_read_string(j, p, &s, &escaped);
	if (r != JSON_OK)
		return r;
	if (escaped) {
		weir_buf_clear(&j->scratch);
		if (!json_unescape(s, &j->scratch, &j->n_undecoded))
			return json_bad(j, s.data, WEIR_BAD_SYNTAX, "an unknown escape");
		s = weir_buf_str(&j->scratch);
		if (j->scratch.failed)
			return JSON_NO_MEMORY;
	}
	return weir_builder_text(&j->codec.builder, column, s) ? JSON_OK : JSON_NO_MEMORY;
}

/* An array stays the text that it is, but for bytes that do not decode. */
static int put_array(struct json_codec *j, int column, struct weir_str text, uint64_t undecoded)
{
	if (j->n_undecoded != undecoded) {
		weir_buf_clear(&j->scratch);
		weir_utf8_repair(text, &j->scratch);
		text = weir_buf_str(&j->scratch);
		if (j->scratch.failed)
			return JSON_NO_MEMORY;
	}
	return weir_builder_text(&j->codec.builder, column, text) ? JSON_OK : JSON_NO_MEMORY;
}

static int put_value(struct json_codec *j, const char **p, int column, unsigned depth)
{
	struct weir_builder *b = &j->codec.builder;
	const char *from = *p;
	int r;
	if (*from == '"')
		return put_string(j, p, column);
	if ((*from == '-' && !no_number(j, from)) || digit(from, j->end)) {
		struct json_number n;
		r = scan_number(j, p, &n);
		return r != JSON_OK ? r : put_number(j, column, &n, *p);
	}
	uint64_t undecoded = j->n_undecoded;
	r = json_skip(j, p, depth); /* an array, a literal, or nothing of JSON */
	if (r != JSON_OK)
		return r;
	if (*from == '[')
		return put_array(j, column, (struct weir_str){from, (size_t)(*p - from)}, undecoded);
	if (*from != 't' && *from != 'f' && !(*from == 'n' && from[1] == 'u'))
		return put_no_number(j, column);
	struct weir_str text = {from, (size_t)(*p - from)};
	bool ok = *from == 'n'                      ? weir_builder_null(b, column)
		  : weir_builder_is_text(b, column) ? weir_builder_text_of(b, column, text, WEIR_BOOL)
						    : weir_builder_bool(b, column, *from == 't');
	return ok ? JSON_OK : JSON_NO_MEMORY;
}

/* The path of a key that there is no node for any more, into j->beyond. */
static bool beyond_path(struct json_codec *j, const struct json_node *parent, struct weir_str key)
{
	weir_buf_clear(&j->beyond);
	if (parent != &j->keys.root) {
		weir_buf_add_str(&j->beyond, parent->path);
		weir_buf_add_char(&j->beyond, '.');
	}
	return json_unescape(key, &j->beyond, &j->n_undecoded) && !j->beyond.failed;
}

/* A value beyond the last column, as it is written. */
static int put_more(struct json_codec *j, const char **p, struct weir_str path, unsigned depth)
{
	const char *from = *p;
	uint64_t undecoded = j->n_undecoded;
	bool number = no_number(j, from) != 0;
	int r = json_skip(j, p, depth);
	struct weir_str json = {from, (size_t)(*p - from)};
	if (r != JSON_OK)
		return r;
	j->shapes.trace.failed = true;
	j->n_no_numbers += number;
	weir_buf_clear(&j->scratch);
	if (j->n_undecoded != undecoded) {
		weir_utf8_repair(json, &j->scratch);
		json = weir_buf_str(&j->scratch);
	}
	if (number)
		json = WEIR_STR("null");
	return !j->scratch.failed && weir_builder_more(&j->codec.builder, path, json) ? JSON_OK : JSON_NO_MEMORY;
}

/* A value whose key has no node. */
static int put_beyond(struct json_codec *j, const char **p, unsigned depth)
{
	struct weir_str path = weir_buf_str(&j->beyond);
	int column = weir_builder_column(&j->codec.builder, path);
	j->shapes.trace.failed = true;
	if (column == WEIR_COLUMN_UNWANTED)
		return json_skip(j, p, depth);
	return column < 0 || **p == '{' ? put_more(j, p, path, depth) : put_value(j, p, column, depth);
}

/* The key at *p when it is none of the expected ones. */
static int read_key(struct json_codec *j, const char **p, struct json_node *parent, struct json_node **out)
{
	const char *from = *p;
	struct weir_str key;
	bool escaped, full;
	if (from >= j->end || *from != '"')
		return json_unexpected(j, from, "a key was expected");
	int r = json_read_string(j, p, &key, &escaped);
	if (r != JSON_OK)
		return r;
	if (escaped) {
		weir_buf_clear(&j->scratch);
		if (!json_unescape(key, &j->scratch, &j->n_undecoded))
			return json_bad(j, key.data, WEIR_BAD_SYNTAX, "an unknown escape");
	}
	const char *q = json_blanks(j, *p);
	if (q >= j->end || *q != ':')
		return json_unexpected(j, q, "a colon was expected");
	q = json_blanks(j, q + 1);
	if (q >= j->end)
		return json_ends(j, q);
	*p = q;
	*out = json_keys_child(j, parent, key, (struct weir_str){from, (size_t)(q - from)}, &full);
	if (full && !beyond_path(j, parent, key))
		return JSON_NO_MEMORY;
	return *out || full ? JSON_OK : JSON_NO_MEMORY;
}

static void trace(struct json_trace *t, const char *from, const char *to, int column)
{
	if (t->n < JSON_SHAPE_STEPS) {
		t->values[t->n].from = from;
		t->values[t->n].to = to;
		t->values[t->n++].column = column;
	} else {
		t->failed = true;
	}
}

static int member(struct json_codec *j, const char **p, struct json_node *n, unsigned depth)
{
	const char *from = *p;
	if (n && n->stamp == j->stamp) {
		j->n_repeated++;
		j->shapes.trace.failed = true;
	}
	if (n)
		n->stamp = j->stamp;
	if (n && !n->skip && from < j->end && *from == '{')
		return json_read_object(j, p, n, depth + 1);
	bool empty = n && !n->skip && !n->resolved && from < j->end && *from == 'n' && json_keys_object(j, n);
	if (n && !n->skip && !n->resolved && from < j->end && !empty) {
		n->column = json_keys_column(j, n);
		n->resolved = true;
		n->skip = n->column == WEIR_COLUMN_UNWANTED;
	}
	if (from < j->end && (!n || (!n->skip && n->column == WEIR_COLUMN_MORE)))
		return n ? put_more(j, p, n->path, depth + 1) : put_beyond(j, p, depth + 1);
	if (n && n->renamed && !n->skip) {
		j->n_renamed++;
		j->shapes.trace.failed = true;
	}
	bool skip = !n || n->skip || empty || from >= j->end;
	int r = skip ? json_skip(j, p, depth + 1) : put_value(j, p, n->column, depth + 1);
	trace(&j->shapes.trace, from, *p, skip ? -1 : n->column);
	return r;
}

static inline bool leads(const struct json_codec *j, const struct json_node *n, const char *p)
{
	return n && (size_t)(j->end - p) > n->lead_bytes && memcmp(p, n->lead, n->lead_bytes) == 0;
}

int json_read_object(struct json_codec *j, const char **at, struct json_node *node, unsigned depth)
{
	if (depth >= WEIR_MAX_JSON_DEPTH)
		return json_bad(j, *at, WEIR_BAD_TOO_DEEP, NULL);
	const char *p = json_blanks(j, *at + 1);
	if (p < j->end && *p == '}') {
		*at = p + 1;
		return JSON_OK;
	}
	struct json_node **expected = &node->first;
	for (;;) {
		struct json_node *n = *expected;
		int r;
		if (leads(j, n, p)) {
			p = json_blanks(j, p + n->lead_bytes);
		} else if (n && leads(j, n->next, p)) { /* one key was left out this time */
			n = n->next;
			p = json_blanks(j, p + n->lead_bytes);
		} else {
			if ((r = read_key(j, &p, node, &n)) != JSON_OK)
				return r;
			if (n)
				*expected = n;
		}
		if ((r = member(j, &p, n, depth)) != JSON_OK)
			return r;
		if (n)
			expected = &n->next;
		p = json_blanks(j, p);
		if (p < j->end && *p == ',') {
			p = json_blanks(j, p + 1);
			continue;
		}
		if (p < j->end && *p == '}') {
			*at = p + 1;
			return JSON_OK;
		}
		return json_unexpected(j, p, "a comma was expected");
	}
}
