/* Records inside arrays and under keys: where they start, and how to go on after one that does not parse. */
#include "codec/json/json.h"

#include <stdio.h>

bool json_frame_parse(struct json_codec *j)
{
	struct json_frame *f = &j->frame;
	const char *p = j->path_text.data, *end = p + j->path_text.size;
	f->n = 0;
	if (j->path_text.size == 1 && *p == '$') /* the document itself */
		return true;
	while (p < end) {
		struct json_segment *s = &f->segments[f->n];
		char quote = *p == '"' || *p == '`' ? *p++ : 0;
		const char *from = p;
		if (f->n == JSON_PATH_MOST)
			return false;
		while (p < end && (quote ? *p != quote : *p != '.' && *p != '['))
			p++;
		*s = (struct json_segment){{from, (size_t)(p - from)}, -1};
		if (!s->key.size || (quote && p == end))
			return false;
		p += quote != 0;
		if (p < end && *p == '[') {
			const char *close = memchr(p, ']', (size_t)(end - p));
			struct weir_str inner = {p + 1, close ? (size_t)(close - p) - 1 : 0};
			if (!close || (!weir_str_equal(inner, WEIR_STR("*")) && inner.size &&
				       (!weir_parse_int64(inner, false, &s->index) || s->index < 0)))
				return false;
			p = close + 1;
		}
		if (p < end && *p++ != '.')
			return false;
		f->n++;
	}
	return f->n > 0 && end[-1] != '.';
}

void json_frame_reset(struct json_codec *j)
{
	struct json_frame *f = &j->frame;
	f->where = JSON_OUTSIDE;
	f->at = f->depth = f->deepest = f->n_keys = 0;
	f->found = f->pending = false;
	memset(f->levels, 0, sizeof f->levels);
}

/* Behind the value of level `level`. */
static void behind(struct json_frame *f, uint32_t level)
{
	bool outer = false;
	for (uint32_t i = 0; i < level; i++)
		outer |= f->levels[i].arrays > 0;
	if (f->levels[level].arrays) {
		f->at = level;
		f->where = JSON_ELEMENTS;
	} else if (level == 0) {
		f->where = JSON_OUTSIDE;
	} else if (level == f->n && !outer && f->found) { /* nothing that matters follows */
		f->depth = f->around = level;
		f->where = JSON_LEAVING;
	} else {
		f->at = level - 1;
		f->where = JSON_MEMBERS;
	}
}

/* A value of level `level` at *p. */
static int enter_value(struct json_codec *j, const char **p, uint32_t level)
{
	struct json_frame *f = &j->frame;
	bool last = level == f->n, whole = level == 0 || f->segments[level - 1].index < 0 || f->levels[level].arrays;
	f->deepest = level > f->deepest ? level : f->deepest;
	if (**p == '[' && (level > 0 || !f->levels[0].arrays)) {
		f->found |= last;
		f->levels[level].elements = f->levels[level].arrays ? f->levels[level].elements : 0;
		f->levels[level].arrays++;
		f->at = level;
		f->where = JSON_ELEMENTS;
		++*p;
		return JSON_OK;
	}
	if (last && whole) {
		const char *q = *p;
		f->found = true;
		/* cppcheck-suppress arrayIndexOutOfBoundsCond ; a level is at most f->n, which is at most JSON_PATH_MOST */
		if (*q == 'n' && level > 0 && !f->levels[level].arrays) { /* null: no records here */
			int r = json_skip(j, &q, level);
			if (r == JSON_OK) {
				*p = q;
				behind(f, level);
			}
			return r;
		}
		f->pending = level > 0 || f->levels[0].arrays;
		f->at = level;
		return JSON_RECORD;
	}
	if (**p == '{' && whole) {
		f->at = level;
		f->where = JSON_MEMBERS;
		++*p;
		return JSON_OK;
	}
	int r = json_skip(j, p, level);
	if (r == JSON_OK)
		behind(f, level);
	return r;
}

int json_frame_enter(struct json_codec *j, const char **p, uint64_t offset)
{
	struct json_frame *f = &j->frame;
	size_t left = (size_t)(j->end - *p);
	if (!f->n && **p != '[')
		return JSON_RECORD;
	if (**p != '[' && **p != '{')
		return json_bad(j, *p, WEIR_BAD_SYNTAX, "an object or array was expected");
	json_frame_reset(j);
	f->offset = offset;
	f->start_bytes = left < sizeof f->start ? left : sizeof f->start;
	memcpy(f->start, *p, f->start_bytes);
	return enter_value(j, p, 0);
}

static void note_key(struct json_frame *f, struct weir_str key)
{
	if (f->n_keys == JSON_PATH_KEYS || f->at < f->deepest)
		return;
	size_t n = key.size < sizeof f->keys[0] - 1 ? key.size : sizeof f->keys[0] - 1;
	memcpy(f->keys[f->n_keys], key.data, n);
	f->keys[f->n_keys++][n] = 0;
}

static int next_member(struct json_codec *j, const char **p)
{
	struct json_frame *f = &j->frame;
	struct weir_str key;
	bool escaped;
	const char *q = json_blanks(j, *p);
	while (q < j->end && *q == ',')
		q = json_blanks(j, q + 1);
	if (q >= j->end)
		return JSON_MORE;
	if (*q == '}') {
		*p = q + 1;
		behind(f, f->at);
		return JSON_OK;
	}
	if (*q != '"')
		return json_unexpected(j, q, "a key was expected");
	int r = json_read_string(j, &q, &key, &escaped);
	if (r != JSON_OK)
		return r;
	q = json_blanks(j, q);
	if (q >= j->end || *q != ':')
		return json_unexpected(j, q, "a colon was expected");
	q = json_blanks(j, q + 1);
	if (q >= j->end)
		return json_ends(j, q);
	if (weir_str_equal(key, f->segments[f->at].key)) {
		f->n_keys = 0;
		r = enter_value(j, &q, f->at + 1);
	} else if ((r = json_skip(j, &q, f->at + 1)) == JSON_OK) {
		note_key(f, key);
	}
	if (r <= JSON_OK)
		*p = q;
	return r;
}

static int next_element(struct json_codec *j, const char **p)
{
	struct json_frame *f = &j->frame;
	uint32_t level = f->at;
	const char *q = json_blanks(j, *p);
	while (q < j->end && *q == ',')
		q = json_blanks(j, q + 1);
	*p = q;
	if (q >= j->end)
		return JSON_MORE;
	if (*q == ']') {
		*p = q + 1;
		f->levels[level].arrays--;
		behind(f, level);
		return JSON_OK;
	}
	int64_t wanted = level ? f->segments[level - 1].index : -1;
	if (wanted >= 0 && f->levels[level].arrays == 1 && (uint64_t)wanted != f->levels[level].elements) {
		int r = json_skip(j, p, level);
		f->levels[level].elements += r == JSON_OK;
		return r;
	}
	int r = enter_value(j, p, level);
	f->levels[level].elements += r == JSON_OK;
	return r;
}

void json_frame_passed(struct json_codec *j)
{
	struct json_frame *f = &j->frame;
	if (!f->pending)
		return;
	f->pending = false;
	f->levels[f->at].elements += f->levels[f->at].arrays > 0;
	behind(f, f->at);
}

/* A number or a word outside of strings, at *p. */
static int pass_word(struct json_codec *j, const char **p)
{
	const char *from = *p, *q = from;
	while (q < j->end && !strchr("{}[],:\" \t\r\n", *q) && q - from < 64)
		q++;
	if (q >= j->end)
		return json_ends(j, q);
	return json_skip(j, p, 1);
}

/* What is left of a document whose records were read. It may be long, so it goes by token, and nothing of it is kept. */
static int leave(struct json_codec *j, const char **p)
{
	struct json_frame *f = &j->frame;
	const char *q = *p;
	while (f->depth && q < j->end) {
		if (*q == '"') {
			struct weir_str s;
			bool escaped;
			int r = json_read_string(j, &q, &s, &escaped);
			if (r != JSON_OK) {
				*p = q;
				return r;
			}
			continue;
		}
		if (!strchr("{}[],: \t\r\n", *q) || !*q) {
			int r = pass_word(j, &q);
			if (r != JSON_OK) {
				*p = q;
				return r;
			}
			continue;
		}
		if (*q == ']' && f->depth == f->around)
			return json_bad(j, q, WEIR_BAD_SYNTAX, "a closing bracket without an opening one");
		f->depth += *q == '{' || *q == '[';
		f->depth -= *q == '}' || *q == ']';
		f->around = f->depth < f->around ? f->depth : f->around;
		q++;
	}
	*p = q;
	if (f->depth)
		return JSON_MORE;
	f->where = JSON_OUTSIDE;
	return JSON_OK;
}

int json_frame_next(struct json_codec *j, const char **p)
{
	int r = j->frame.pending ? JSON_RECORD : JSON_OK;
	while (r == JSON_OK && json_frame_inside(j)) {
		switch (j->frame.where) {
		case JSON_MEMBERS:
			r = next_member(j, p);
			break;
		case JSON_ELEMENTS:
			r = next_element(j, p);
			break;
		case JSON_LEAVING:
			r = leave(j, p);
			break;
		case JSON_OUTSIDE:
			break;
		}
	}
	return r;
}

void json_frame_explain(struct json_codec *j)
{
	struct json_frame *f = &j->frame;
	uint32_t missing = f->deepest < f->n ? f->deepest : f->n - 1;
	struct weir_str key = f->segments[missing].key, names[JSON_PATH_KEYS];
	for (uint32_t i = 0; i < f->n_keys; i++)
		names[i] = weir_str_of(f->keys[i]);
	int nearest = weir_nearest(key, names, f->n_keys);
	int n =
	    snprintf(f->trouble, sizeof f->trouble, "no key \"%.*s\"", (int)(key.size < 60 ? key.size : 60), key.data);
	if (nearest >= 0)
		snprintf(f->trouble + n, sizeof f->trouble - (size_t)n, " (did you mean \"%s\"?)", f->keys[nearest]);
	else if (f->n_keys)
		snprintf(f->trouble + n, sizeof f->trouble - (size_t)n, "; there is \"%s\"%s%s%s%s", f->keys[0],
			 f->n_keys > 1 ? ", \"" : "", f->n_keys > 1 ? f->keys[1] : "", f->n_keys > 1 ? "\"" : "",
			 f->n_keys > 2 ? ", …" : "");
	j->detail = f->trouble;
}

const char *json_next_line(struct json_codec *j, const char *p)
{
	while (p < j->end) {
		if (j->at_line_start) {
			while (p < j->end && json_is_blank(*p))
				p++;
			if (p < j->end && *p == '{')
				return p;
		}
		const char *feed = p < j->end ? memchr(p, '\n', (size_t)(j->end - p)) : NULL;
		const char *separator =
		    p < j->end ? memchr(p, JSON_RECORD_SEPARATOR, (size_t)((feed ? feed : j->end) - p)) : NULL;
		feed = separator ? separator : feed;
		if (!feed) {
			j->at_line_start &= p >= j->end;
			return NULL;
		}
		p = feed + 1;
		j->at_line_start = true;
		if (j->lines)
			return p;
	}
	return NULL;
}

const char *json_resync(struct json_codec *j, const char *record, const char *error)
{
	if (j->lines || !json_frame_in_array(j)) {
		j->at_line_start = false;
		return json_next_line(j, error < j->end ? error : j->end);
	}
	/* In an array: behind the bracket that closes the record, strings counted as far as they can be; never where it was. */
	unsigned depth = 0;
	bool quoted = false;
	for (const char *q = record; q < j->end; q++) {
		if (quoted) {
			q += *q == '\\';
			quoted = q < j->end && *q != '"' && *q != '\n';
		} else if (*q == '"') {
			quoted = true;
		} else if (*q == '{' || *q == '[') {
			depth++;
		} else if (*q == '}' || *q == ']') {
			if (depth <= 1)
				return depth || q == record ? q + 1 : q;
			depth--;
		} else if (*q == ',' && depth == 0) {
			return q == record ? q + 1 : q;
		}
	}
	return NULL;
}
