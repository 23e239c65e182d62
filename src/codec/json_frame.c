/* Records inside an array, or under a key: where they start, and how to go on after one that does not parse. */
#include "codec/json_frame.h"

/* Walks from the start of a document to the array at j->array_path. OK: *p is behind its '['; JSON_END_DOCUMENT: the path is not
 * there, *p is behind the document. */
static int enter_path(struct json_codec *j, const char **p, struct weir_str path, uint32_t *opened)
{
	struct weir_str rest, key = weir_str_cut(path, '.', &rest);
	if (*p >= j->end)
		return json_ends(j, *p);
	if (**p != '{')
		return json_unexpected(j, *p, "an object was expected");
	const char *q = json_blanks(j, *p + 1);
	(*opened)++;
	while (q < j->end && *q == '"') {
		struct weir_str name;
		bool escaped;
		int r = json_read_string(j, &q, &name, &escaped);
		if (r != JSON_OK)
			return r;
		q = json_blanks(j, q);
		if (q >= j->end || *q != ':')
			return json_unexpected(j, q, "a colon was expected");
		q = json_blanks(j, q + 1);
		if (q >= j->end)
			return json_ends(j, q);
		if (weir_str_equal(name, key)) {
			*p = q;
			if (rest.data)
				return enter_path(j, p, rest, opened);
			if (*q != '[')
				return json_unexpected(j, q, "an array was expected under the key");
			*p = q + 1;
			return JSON_OK;
		}
		if ((r = json_skip(j, &q, *opened)) != JSON_OK)
			return r;
		q = json_blanks(j, q);
		if (q < j->end && *q == ',')
			q = json_blanks(j, q + 1);
	}
	if (q >= j->end)
		return json_ends(j, q);
	return json_bad(j, q, WEIR_BAD_SYNTAX, "the key of json:PATH is not there");
}

int json_enter(struct json_codec *j, const char **p)
{
	const char *q = json_blanks(j, *p);
	uint32_t opened = 0;
	int r = JSON_OK;
	if (q >= j->end)
		return JSON_MORE;
	if (j->array_path) {
		r = enter_path(j, &q, weir_str_of(j->array_path), &opened);
	} else if (*q == '[') {
		q++;
	} else {
		*p = q;
		return JSON_OK; /* an object, or what is none */
	}
	if (r == JSON_OK) {
		*p = q;
		j->in_array = true;
		j->after_depth = opened;
	}
	return r;
}

int json_next(struct json_codec *j, const char **p)
{
	const char *q = json_blanks(j, *p);
	while (q < j->end && *q == ',')
		q = json_blanks(j, q + 1);
	if (q < j->end && *q == ']') {
		j->in_array = false;
		q++;
	}
	*p = q;
	return JSON_OK;
}

int json_leave(struct json_codec *j, const char **p)
{
	const char *q = *p;
	while (j->after_depth && q < j->end) {
		if (*q == '"') {
			struct weir_str s;
			bool escaped;
			int r = json_read_string(j, &q, &s, &escaped);
			if (r != JSON_OK) {
				*p = r == JSON_MORE ? q : q + 1;
				return r == JSON_MORE ? r : JSON_OK;
			}
			continue;
		}
		j->after_depth += *q == '{' || *q == '[';
		j->after_depth -= *q == '}' || *q == ']';
		q++;
	}
	*p = q;
	return j->after_depth ? JSON_MORE : JSON_OK;
}

const char *json_next_line(struct json_codec *j, const char *p)
{
	while (p < j->end) {
		if (j->at_line_start) {
			while (p < j->end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
				p++;
			if (p < j->end && *p == '{')
				return p;
		}
		const char *feed = p < j->end ? memchr(p, '\n', (size_t)(j->end - p)) : NULL;
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
	if (j->lines || !j->in_array) {
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
