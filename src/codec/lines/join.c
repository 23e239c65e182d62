/* Joins lines to the record before them. */
#include "codec/lines/join.h"

#include "weir/base/bounds.h"
#include "weir/base/memory.h"
#include "weir/base/pattern.h"

#include <stdlib.h>

struct weir_join {
	struct weir_pattern *pattern;        /* owned */
	char *text;                          /* owned: of the pattern */
	const struct weir_join_guess *guess; /* static; NULL: the pattern was asked for */
	struct weir_buf lines;               /* of messages that were joined */
	bool
	    unfinished; /* the record taken last was ended by the clock or by its length: what comes next may belong to it */
};

static enum weir_status wrong(const char *pattern, const char *why, size_t at, struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, "join-lines", "the pattern is wrong at byte %zu: %s", at, why);
	size_t size = strlen(pattern) + 1;
	if (err && size <= sizeof err->text) {
		memcpy(err->text, pattern, size);
		err->caret_from = err->caret_to = (uint32_t)at;
		err->caret_to += pattern[at] != '\0';
	}
	return WEIR_USAGE;
}

static enum weir_status compile(struct weir_join *j, const char *pattern, struct weir_error *err)
{
	char why[160] = "";
	size_t at = 0;
	j->text = weir_str_dup(weir_str_of(pattern));
	j->pattern = j->text ? weir_pattern_new(weir_str_of(pattern), why, &at) : NULL;
	if (j->pattern)
		return WEIR_OK;
	return why[0] ? wrong(pattern, why, at, err) : weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
}

enum weir_status weir_join_new(const char *pattern, struct weir_str sample, struct weir_join **out,
			       struct weir_error *err)
{
	const struct weir_join_guess *guess = NULL;
	bool automatic = !pattern || strcmp(pattern, "auto") == 0;
	*out = NULL;
	if (automatic && !weir_join_guess(sample, &guess))
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	if (automatic ? !guess : !*pattern || strcmp(pattern, "none") == 0)
		return WEIR_OK;
	struct weir_join *j = weir_calloc(1, sizeof *j);
	if (!j)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	j->guess = guess;
	enum weir_status st = compile(j, guess ? guess->pattern : pattern, err);
	if (st == WEIR_OK)
		*out = j;
	else
		weir_join_free(j);
	return st;
}

enum weir_status weir_codec_check_join(const char *pattern, struct weir_error *err)
{
	struct weir_join *j = NULL;
	if (!pattern || strcmp(pattern, "auto") == 0)
		return WEIR_OK;
	enum weir_status st = weir_join_new(pattern, (struct weir_str){0}, &j, err);
	weir_join_free(j);
	return st;
}

struct weir_join *weir_join_copy(const struct weir_join *from)
{
	struct weir_join *j = weir_calloc(1, sizeof *j);
	if (!j)
		return NULL;
	j->guess = from->guess;
	if (compile(j, from->text, NULL) == WEIR_OK)
		return j;
	weir_join_free(j);
	return NULL;
}

void weir_join_free(struct weir_join *j)
{
	if (!j)
		return;
	weir_pattern_free(j->pattern);
	weir_buf_release(&j->lines);
	free(j->text);
	free(j);
}

const char *weir_join_says(const struct weir_join *j)
{
	return j->guess ? j->guess->says : j->text;
}

bool weir_join_is_guessed(const struct weir_join *j)
{
	return j->guess != NULL;
}

/* Whether the line belongs to the record before it. */
static bool belongs(struct weir_join *j, struct weir_str line, struct weir_joined *out)
{
	if (j->guess && line.size && strchr(j->guess->never, *line.data) && *line.data)
		return false;
	enum weir_found found = weir_pattern_test(j->pattern, line);
	out->undecided |= found == WEIR_FOUND_TOO_LONG || found == WEIR_FOUND_NO_MEMORY;
	return found == WEIR_FOUND;
}

bool weir_join_belongs(struct weir_join *j, struct weir_str line)
{
	struct weir_joined r = {0};
	return belongs(j, line, &r);
}

static bool is_full(const struct weir_joined *r, size_t more)
{
	return r->n_joined + 1 >= WEIR_MAX_JOINED_LINES || r->taken + more > WEIR_MAX_JOINED_BYTES;
}

/* The line at `at`, without its end; *size: with it. False: it is not whole. */
static bool line_at(const char *at, const char *end, bool at_end, struct weir_str *line, size_t *size)
{
	const char *feed = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
	if (!feed && (!at_end || at == end))
		return false;
	*size = (size_t)((feed ? feed + 1 : end) - at);
	*line = (struct weir_str){at, *size - (feed != NULL)};
	if (line->size && line->data[line->size - 1] == '\r')
		line->size--;
	return true;
}

struct weir_joined weir_join_bytes(struct weir_join *j, const struct weir_chunk *chunk)
{
	struct weir_joined r = {0};
	const char *begin = chunk->bytes, *end = begin + chunk->size, *at = begin;
	struct weir_str line;
	size_t size = 0;
	if (!line_at(at, end, chunk->at_end, &line, &size))
		return r;
	r.text = line;
	r.taken = size;
	if (!line.size)
		return r;
	r.severed = j->unfinished && belongs(j, line, &r);
	/* Blank lines are part of it when a line that belongs to it follows them. */
	for (at += size; line_at(at, end, chunk->at_end, &line, &size); at += size) {
		if (!line.size)
			continue;
		if (!belongs(j, line, &r))
			return r;
		if (is_full(&r, (size_t)(at - begin) + size - r.taken)) {
			r.bounded = true;
			return r;
		}
		r.n_joined++;
		r.taken = (size_t)(at - begin) + size;
		r.text.size = (size_t)(line.data - begin) + line.size;
	}
	r.by_clock = !chunk->at_end;
	if (!chunk->at_end && !chunk->idle && !chunk->full)
		r.taken = 0;
	return r;
}

static struct weir_str payload(const struct weir_message *m)
{
	struct weir_str s = m->payload;
	while (s.size && (s.data[s.size - 1] == '\n' || s.data[s.size - 1] == '\r'))
		s.size--;
	return s;
}

struct weir_joined weir_join_messages(struct weir_join *j, const struct weir_chunk *chunk)
{
	const struct weir_message *first = chunk->messages;
	struct weir_joined r = {.text = payload(first)};
	size_t n = 1, bytes = r.text.size;
	r.severed = j->unfinished && first->payload.data && belongs(j, r.text, &r);
	for (; n < chunk->n_messages; n++, r.n_joined++) {
		const struct weir_message *m = first + n;
		struct weir_str line = payload(m);
		if (!first->payload.data || !m->payload.data || m->partition != first->partition ||
		    !belongs(j, line, &r))
			break;
		r.taken = bytes;
		if (is_full(&r, line.size + 1)) {
			r.bounded = true;
			break;
		}
		bytes += line.size + 1;
	}
	bool whole = n < chunk->n_messages || chunk->at_end || chunk->idle || chunk->full;
	r.taken = whole ? n : 0;
	r.by_clock = n == chunk->n_messages && !chunk->at_end;
	if (n == 1 || !whole)
		return r;
	weir_buf_clear(&j->lines);
	for (size_t i = 0; i < n; i++) {
		if (i)
			weir_buf_add_char(&j->lines, '\n');
		weir_buf_add_str(&j->lines, payload(first + i));
	}
	r.text = j->lines.failed ? (struct weir_str){NULL, 0} : weir_buf_str(&j->lines);
	return r;
}

size_t weir_join_start(struct weir_join *j, const char *bytes, size_t before)
{
	while (before > 0) {
		const char *feed = before > 1 ? memrchr(bytes, '\n', before - 1) : NULL;
		size_t start = feed ? (size_t)(feed - bytes) + 1 : 0, size;
		struct weir_str line;
		if (line_at(bytes + start, bytes + before, true, &line, &size) && line.size &&
		    !weir_join_belongs(j, line))
			return start;
		before = start;
	}
	return SIZE_MAX;
}

void weir_join_taken(struct weir_join *j, const struct weir_joined *r)
{
	if (r->text.size) /* not a blank line */
		j->unfinished = r->bounded || r->by_clock;
}
