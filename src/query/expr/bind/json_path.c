/* A scanner that skips over what the path does not name. Depth is bounded by counting, not by the stack. */
#include "query/expr/bind/bind.h"
#include "query/expr/spark/spark.h"

#include "weir/base/bounds.h"

struct scan {
	const char *p, *end;
};

static void skip_blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

static bool at_char(struct scan *s, char c)
{
	skip_blanks(s);
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

/* The raw text between quotes; s stands behind the closing one. */
static bool scan_string(struct scan *s, struct weir_str *raw)
{
	if (!at_char(s, '"'))
		return false;
	raw->data = s->p;
	for (; s->p < s->end; s->p++) {
		if (*s->p == '\\') {
			if (++s->p == s->end)
				return false;
		} else if (*s->p == '"') {
			raw->size = (size_t)(s->p - raw->data);
			s->p++;
			return true;
		}
	}
	return false;
}

/* One value of any kind; *text is its span. */
static bool scan_value(struct scan *s, struct weir_str *text)
{
	struct weir_str raw;
	int depth = 0;

	skip_blanks(s);
	const char *start = s->p;
	do {
		skip_blanks(s);
		if (s->p == s->end)
			return false;
		char c = *s->p;
		if (c == '"') {
			if (!scan_string(s, &raw))
				return false;
		} else if (c == '{' || c == '[') {
			s->p++;
			if (++depth > WEIR_MAX_JSON_DEPTH)
				return false;
		} else if (c == '}' || c == ']') {
			s->p++;
			if (--depth < 0)
				return false;
		} else if (depth && (c == ',' || c == ':')) {
			s->p++;
		} else {
			const char *word = s->p;
			while (s->p < s->end && !strchr(" \t\r\n,:{}[]\"", *s->p))
				s->p++;
			if (s->p == word)
				return false;
		}
	} while (depth);
	*text = (struct weir_str){start, (size_t)(s->p - start)};
	return true;
}

static uint32_t hex4(const char *p)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		uint32_t digit = c >= '0' && c <= '9' ? (uint32_t)(c - '0') : (uint32_t)((c | 32) - 'a' + 10);
		if (digit > 15)
			return UINT32_MAX;
		v = v << 4 | digit;
	}
	return v;
}

static bool skip_digits(struct scan *s)
{
	const char *start = s->p;

	while (s->p < s->end && (unsigned char)(*s->p - '0') <= 9)
		s->p++;
	return s->p > start;
}

static bool take(struct scan *s, const char *either)
{
	bool there = s->p < s->end && *s->p && strchr(either, *s->p);

	s->p += there;
	return there;
}

/* A number as JSON writes it, or one of its words. */
static bool valid_word(struct scan *s)
{
	static const char *const words[] = {"true", "false", "null", "NaN", "Infinity", "-Infinity"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct weir_str word = weir_str_of(words[i]);
		if ((size_t)(s->end - s->p) >= word.size && memcmp(s->p, word.data, word.size) == 0) {
			s->p += word.size;
			return true;
		}
	}
	(void)take(s, "-");
	if (!take(s, "0") && !skip_digits(s))
		return false;
	if (take(s, ".") && !skip_digits(s))
		return false;
	if (!take(s, "eE"))
		return true;
	(void)take(s, "+-");
	return skip_digits(s);
}

static bool valid_string(struct scan *s)
{
	struct weir_str raw;

	if (!scan_string(s, &raw))
		return false;
	for (const char *p = raw.data, *end = p + raw.size; (p = memchr(p, '\\', (size_t)(end - p))); p += 2) {
		if (!strchr("\"\\/bfnrtu", p[1]) || !p[1])
			return false;
		if (p[1] == 'u' && (end - p < 6 || hex4(p + 2) == UINT32_MAX))
			return false;
	}
	return true;
}

static bool valid_name(struct scan *s)
{
	skip_blanks(s);
	return valid_string(s) && at_char(s, ':');
}

/* Is the whole text one JSON value? in_object: of each level that is open. */
static bool valid(struct weir_str json)
{
	struct scan s = {json.data, json.data + json.size};
	bool in_object[WEIR_MAX_JSON_DEPTH + 1];
	int depth = 0;

	for (;;) {
		skip_blanks(&s);
		if (s.p == s.end)
			return false;
		if (*s.p == '{' || *s.p == '[') {
			if (depth == WEIR_MAX_JSON_DEPTH)
				return false;
			in_object[++depth] = *s.p++ == '{';
			if (!at_char(&s, in_object[depth] ? '}' : ']')) {
				if (in_object[depth] && !valid_name(&s))
					return false;
				continue;
			}
			depth--;
		} else if (*s.p == '"' ? !valid_string(&s) : !valid_word(&s)) {
			return false;
		}
		while (depth && at_char(&s, in_object[depth] ? '}' : ']'))
			depth--;
		if (!depth) {
			skip_blanks(&s);
			return s.p == s.end;
		}
		if (!at_char(&s, ',') || (in_object[depth] && !valid_name(&s)))
			return false;
	}
}

static bool is_null(struct weir_str word)
{
	return weir_str_equal(word, WEIR_STR("null")) || weir_str_equal(word, WEIR_STR("NaN")) ||
	       weir_str_equal(word, WEIR_STR("Infinity")) || weir_str_equal(word, WEIR_STR("-Infinity"));
}

/* A \u escape at raw[*i] (the u), perhaps with the second half of a surrogate pair. */
static uint32_t unescape_unicode(struct weir_str raw, size_t *i)
{
	uint32_t high = *i + 5 <= raw.size ? hex4(raw.data + *i + 1) : UINT32_MAX;

	if (high == UINT32_MAX)
		return 0xfffd;
	*i += 4;
	if (high < 0xd800 || high > 0xdbff || *i + 7 > raw.size || raw.data[*i + 1] != '\\' || raw.data[*i + 2] != 'u')
		return high;
	uint32_t low = hex4(raw.data + *i + 3);
	if (low < 0xdc00 || low > 0xdfff)
		return high;
	*i += 6;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static bool unescape(struct weir_str raw, struct weir_arena *arena, struct weir_str *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";

	*out = raw;
	if (!raw.size || !memchr(raw.data, '\\', raw.size))
		return true;
	char *text = weir_arena_alloc(arena, raw.size * 2); /* a broken \u grows from two bytes to three */
	size_t n = 0;
	if (!text)
		return false;
	for (size_t i = 0; i < raw.size; i++) {
		if (raw.data[i] != '\\' || ++i == raw.size) {
			text[n++] = raw.data[i];
			continue;
		}
		const char *known = raw.data[i] ? strchr(from, raw.data[i]) : NULL;
		if (raw.data[i] == 'u')
			n += weir_utf8_encode(unescape_unicode(raw, &i), text + n);
		else
			text[n++] = known ? to[known - from] : raw.data[i];
	}
	*out = (struct weir_str){text, n};
	return true;
}

struct step {
	struct weir_str key; /* data NULL: an index */
	uint64_t index;
};

/* step = "." name | "[" digits "]" | "['" name "']". False at the end or where it is none. */
static bool next_step(struct scan *path, struct step *step)
{
	*step = (struct step){0};
	if (path->end - path->p < 2)
		return false;
	if (*path->p == '.') {
		const char *start = ++path->p;
		while (path->p < path->end && *path->p != '.' && *path->p != '[')
			path->p++;
		step->key = (struct weir_str){start, (size_t)(path->p - start)};
		return step->key.size > 0;
	}
	if (*path->p != '[')
		return false;
	char quote = path->p[1];
	if (quote == '\'' || quote == '"') {
		const char *start = path->p + 2, *end = start;
		while (end < path->end && *end != quote)
			end++;
		if (path->end - end < 2 || end[1] != ']')
			return false;
		step->key = (struct weir_str){start, (size_t)(end - start)};
		path->p = end + 2;
		return true;
	}
	const char *digit = path->p + 1;
	for (; digit < path->end && *digit >= '0' && *digit <= '9'; digit++)
		step->index = step->index > UINT32_MAX ? step->index : step->index * 10 + (uint64_t)(*digit - '0');
	if (digit == path->p + 1 || digit == path->end || *digit != ']')
		return false;
	path->p = digit + 1;
	return true;
}

bool weir_json_path_valid(struct weir_str path, size_t *bad)
{
	struct scan s = {path.data, path.data + path.size};
	struct step step;

	*bad = 0;
	if (!at_char(&s, '$'))
		return false;
	while (s.p < s.end) {
		*bad = (size_t)(s.p - path.data);
		if (!next_step(&s, &step))
			return false;
	}
	return true;
}

/* Moves s to the value of the member `key` of the object it stands at. *failed: no memory. */
static bool enter_key(struct scan *s, struct weir_str key, struct weir_arena *arena, bool *failed)
{
	struct weir_str raw, name, skipped;

	if (!at_char(s, '{'))
		return false;
	do {
		if (!scan_string(s, &raw) || !at_char(s, ':'))
			return false;
		if (!unescape(raw, arena, &name)) {
			*failed = true;
			return false;
		}
		if (weir_str_equal(name, key))
			return true;
		if (!scan_value(s, &skipped))
			return false;
	} while (at_char(s, ','));
	return false;
}

static bool enter_index(struct scan *s, uint64_t index)
{
	struct weir_str skipped;

	if (!at_char(s, '['))
		return false;
	for (; index; index--)
		if (!scan_value(s, &skipped) || !at_char(s, ','))
			return false;
	skip_blanks(s);
	return s->p < s->end && *s->p != ']';
}

bool weir_json_path_get(struct weir_str json, struct weir_str path, struct weir_arena *arena, struct weir_str *out,
			bool *found)
{
	struct scan s = {json.data, json.data + json.size}, steps = {path.data + 1, path.data + path.size};
	struct weir_str text, raw;
	struct step step;
	bool failed = false;

	*found = false;
	if (!valid(json))
		return true;
	while (next_step(&steps, &step))
		if (step.key.data ? !enter_key(&s, step.key, arena, &failed) : !enter_index(&s, step.index))
			return !failed;
	struct scan value = s;
	if (!scan_value(&value, &text) || is_null(text))
		return true;
	*found = true;
	*out = text;
	return text.data[0] != '"' || !scan_string(&s, &raw) || unescape(raw, arena, out);
}

bool weir_json_size(struct weir_str json, int64_t *n)
{
	struct scan s = {json.data, json.data + json.size};
	struct weir_str skipped;

	if (!valid(json))
		return false;
	skip_blanks(&s);
	if (s.p == s.end || (*s.p != '[' && *s.p != '{'))
		return false;
	char close = *s.p++ == '[' ? ']' : '}';
	*n = 0;
	if (at_char(&s, close))
		return true;
	do {
		if (!scan_value(&s, &skipped) || (close == '}' && (!at_char(&s, ':') || !scan_value(&s, &skipped))))
			return false;
		++*n;
	} while (at_char(&s, ','));
	return at_char(&s, close);
}

static bool path_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a, struct weir_cell *out,
		     bool *ok)
{
	(void)b;
	return weir_json_path_get(a[0].s, a[1].s, strings, &out->s, ok);
}

struct weir_bnode *weir_bind_path(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	const struct weir_bnode *path = args[1];
	size_t bad;

	if (!path->constant || path->value.type != WEIR_STRING)
		return weir_bind_fail(b, path->source, "the path is a text such as '$.items[0].name'");
	if (!weir_json_path_valid(path->value.s, &bad)) {
		weir_bind_fail(b, path->source, "not a path: " WEIR_STR_FMT, WEIR_STR_ARG(path->value.s));
		weir_error_hint(b->err, "write it as '$.items[0].name'");
		return NULL;
	}
	struct weir_bnode *n = weir_text_function(b, e, args, WEIR_STRING, path_row);
	if (n) {
		n->json = true;
		n->spark = weir_spark_path;
	}
	return n;
}
