/* JSON text as a tree of items: one for each value, with the expression that leads to it. */
#include "tui/panels/record.h"

#include <stdio.h>

enum { MOST_VALUES = 4000, DEEPEST = 60 };

/* A walk through the text. It goes over it twice: first to see whether it is JSON, then to add what it holds. */
struct walk {
	const char *at, *end;
	struct weir_record *out; /* NULL: only looks */
	struct weir_str root;
	struct weir_buf path; /* "[0].name" */
	bool plain;           /* the path can stand behind the name of a column */
	int n;
	int depth;
};

static bool value(struct walk *w, struct weir_str label, int level);

static void blanks(struct walk *w)
{
	while (w->at < w->end && strchr(" \t\r\n", *w->at))
		w->at++;
}

static bool eat(struct walk *w, char c)
{
	blanks(w);
	if (w->at == w->end || *w->at != c)
		return false;
	w->at++;
	return true;
}

/* A text between quotes, as it is written. */
static bool raw_text(struct walk *w, struct weir_str *out)
{
	if (!eat(w, '"'))
		return false;
	out->data = w->at;
	while (w->at < w->end && *w->at != '"')
		w->at += *w->at == '\\' && w->at + 1 < w->end ? 2 : 1;
	out->size = (size_t)(w->at - out->data);
	return w->at++ < w->end;
}

static int hex4(const char *s, const char *end)
{
	int n = 0;
	if (end - s < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef",
			   *d = strchr(digits, s[i] >= 'A' && s[i] <= 'F' ? s[i] + 32 : s[i]);
		if (!d || !*d)
			return -1;
		n = n * 16 + (int)(d - digits);
	}
	return n;
}

/* \uXXXX at s, of two of them one character. Returns the bytes read. */
static size_t unicode(const char *s, const char *end, uint32_t *cp)
{
	int high = hex4(s + 2, end);
	if (high < 0)
		return 0;
	*cp = (uint32_t)high;
	if (high >= 0xd800 && high < 0xdc00 && end - s >= 12 && s[6] == '\\' && s[7] == 'u') {
		int low = hex4(s + 8, end);
		if (low >= 0xdc00 && low < 0xe000) {
			*cp = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
			return 12;
		}
	}
	return 6;
}

/* The text with its escapes resolved, in the arena. */
static struct weir_str plain_text(struct walk *w, struct weir_str raw)
{
	static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	if (!raw.size || !memchr(raw.data, '\\', raw.size))
		return raw;
	char *out = weir_arena_alloc(&w->out->arena, raw.size + 1), utf8[4];
	const char *s = raw.data, *end = raw.data + raw.size;
	size_t n = 0;
	if (!out) {
		w->out->failed = true;
		return raw;
	}
	while (s < end) {
		const char *letter = *s == '\\' && s + 1 < end ? strchr(letters, s[1]) : NULL;
		uint32_t cp = 0;
		size_t used = *s == '\\' && s + 1 < end && s[1] == 'u' ? unicode(s, end, &cp) : 0;
		if (letter && *letter) {
			out[n++] = bytes[letter - letters];
			s += 2;
		} else if (used) {
			size_t size = weir_utf8_encode(cp, utf8);
			memcpy(out + n, utf8, size);
			n += size;
			s += used;
		} else {
			out[n++] = *s++;
		}
	}
	return (struct weir_str){out, n};
}

/* A key that can stand behind a dot in a path. */
static bool is_plain_key(struct weir_str key)
{
	for (size_t i = 0; i < key.size; i++) {
		char c = key.data[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return key.size > 0;
}

static struct weir_str kept(struct walk *w, const struct weir_buf *text)
{
	struct weir_str copy = text->failed ? (struct weir_str){0} : weir_arena_str(&w->out->arena, weir_buf_str(text));
	w->out->failed = w->out->failed || !copy.data;
	return copy;
}

/* What leads to the present value: commits[0].name, or json_value(…) where the text is an object. */
static struct weir_str expression(struct walk *w)
{
	struct weir_buf text = {0};
	struct weir_str out = {0};
	if (!w->root.size || !w->plain)
		return out;
	if (w->path.size && w->path.data[0] == '[')
		weir_buf_addf(&text, WEIR_STR_FMT WEIR_STR_FMT, WEIR_STR_ARG(w->root),
			      WEIR_STR_ARG(weir_buf_str(&w->path)));
	else
		weir_buf_addf(&text, "json_value(" WEIR_STR_FMT ", '$" WEIR_STR_FMT "')", WEIR_STR_ARG(w->root),
			      WEIR_STR_ARG(weir_buf_str(&w->path)));
	out = kept(w, &text);
	weir_buf_release(&text);
	return out;
}

static void add(struct walk *w, struct weir_str label, int level, const char *type, struct weir_str text,
		struct weir_value v)
{
	if (!w->out || level == 0) /* the root is an item already */
		return;
	struct weir_record_item *item = weir_record_add(w->out, w->depth + level - 1, label, type, text);
	if (!item)
		return;
	item->expression = expression(w);
	item->value = v;
	if (v.type == WEIR_NULL)
		item->ink = WEIR_INK_FAINT;
}

static bool scalar(struct walk *w, struct weir_str label, int level)
{
	struct weir_str text = {w->at, 0};
	struct weir_value v = {.type = WEIR_NULL};
	while (w->at < w->end && !strchr(",]} \t\r\n", *w->at))
		w->at++;
	text.size = (size_t)(w->at - text.data);
	if (weir_str_equal(text, WEIR_STR("true")) || weir_str_equal(text, WEIR_STR("false"))) {
		v = (struct weir_value){.type = WEIR_STRING, .s = text};
		add(w, label, level, "bool", text, v);
	} else if (weir_str_equal(text, WEIR_STR("null"))) {
		add(w, label, level, "null", text, v);
	} else {
		int64_t i = 0;
		double f = 0;
		bool whole = weir_parse_int64(text, true, &i);
		if (!text.size || !strchr("-0123456789", *text.data) || (!whole && !weir_parse_double(text, &f)))
			return false;
		v = whole ? (struct weir_value){.type = WEIR_INT64, .i = i}
			  : (struct weir_value){.type = WEIR_FLOAT64, .f = f};
		add(w, label, level, "number", text, v);
	}
	return true;
}

/* An item whose text, the number of values inside, is known only behind them. */
struct open {
	size_t item;
	bool added;
};

static struct open open_item(struct walk *w, struct weir_str label, int level, const char *type, const char *from)
{
	struct open o = {.item = w->out ? w->out->n_items : 0};
	struct weir_value v = {.type = WEIR_STRING, .s = {from, 0}};
	add(w, label, level, type, (struct weir_str){0}, v);
	o.added = w->out && w->out->n_items > o.item;
	return o;
}

static void close_item(struct walk *w, struct open o, int n, const char *one, const char *many)
{
	struct weir_buf text = {0};
	if (!o.added)
		return;
	struct weir_record_item *item = &w->out->items[o.item];
	weir_buf_addf(&text, "%s %s", WEIR_COUNT(n), n == 1 ? one : many);
	item->text = kept(w, &text);
	item->ink = WEIR_INK_DIM;
	item->value.s.size = (size_t)(w->at - item->value.s.data);
	weir_buf_release(&text);
}

static bool array(struct walk *w, struct weir_str label, int level)
{
	struct open o = open_item(w, label, level, "array", w->at - 1);
	size_t back = w->path.size;
	int n = 0;
	for (; !eat(w, ']'); n++) {
		char text[16];
		if (n && !eat(w, ','))
			return false;
		snprintf(text, sizeof(text), "[%d]", n);
		weir_buf_add_c(&w->path, text);
		struct weir_str name =
		    w->out ? weir_arena_str(&w->out->arena, weir_str_of(text)) : (struct weir_str){0};
		if (!value(w, name, level + 1))
			return false;
		w->path.size = back;
	}
	close_item(w, o, n, "value", "values");
	return true;
}

static bool object(struct walk *w, struct weir_str label, int level)
{
	struct open o = open_item(w, label, level, "object", w->at - 1);
	size_t back = w->path.size;
	bool plain = w->plain;
	int n = 0;
	for (; !eat(w, '}'); n++) {
		struct weir_str key;
		if ((n && !eat(w, ',')) || !raw_text(w, &key) || !eat(w, ':'))
			return false;
		weir_buf_add_char(&w->path, '.');
		weir_buf_add_str(&w->path, key);
		w->plain = plain && is_plain_key(key);
		if (!value(w, w->out ? plain_text(w, key) : key, level + 1))
			return false;
		w->path.size = back;
		w->plain = plain;
	}
	close_item(w, o, n, "key", "keys");
	return true;
}

static bool value(struct walk *w, struct weir_str label, int level)
{
	struct weir_str text;
	if (++w->n > MOST_VALUES || level > DEEPEST)
		return false;
	blanks(w);
	if (w->at < w->end && *w->at == '"') {
		if (!raw_text(w, &text))
			return false;
		if (w->out) {
			text = plain_text(w, text);
			add(w, label, level, "string", text, (struct weir_value){.type = WEIR_STRING, .s = text});
		}
		return true;
	}
	if (eat(w, '['))
		return array(w, label, level);
	if (eat(w, '{'))
		return object(w, label, level);
	return scalar(w, label, level);
}

static bool walk_all(struct walk *w, struct weir_str text)
{
	w->at = text.data;
	w->end = text.data + text.size;
	w->n = 0;
	w->plain = true;
	bool done = value(w, (struct weir_str){0}, 0);
	blanks(w);
	return done && w->at == w->end && !w->path.failed;
}

bool weir_record_add_json(struct weir_record *d, int depth, struct weir_str text, struct weir_str root)
{
	struct weir_str inner = weir_str_trim(text);
	struct walk w = {.root = root, .depth = depth};
	if (inner.size < 2 || !strchr("[{", inner.data[0]))
		return false;
	bool json = walk_all(&w, inner);
	if (json) {
		w.out = d;
		(void)walk_all(&w, inner);
	}
	weir_buf_release(&w.path);
	return json;
}
