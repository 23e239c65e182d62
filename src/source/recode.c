/* Text of another encoding into UTF-8 through iconv(3), for a stream of bytes and for single messages. */
#include "recode.h"

#include "weir/model/chunk.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <strings.h>

struct weir_recode {
	iconv_t how;
	size_t unit; /* bytes that are replaced when they do not decode */
};

const char *weir_recode_by_mark(struct weir_str head, size_t *mark_bytes)
{
	static const struct {
		struct weir_str mark;
		const char *name;
	} marks[] = {
	    /* UTF-32LE begins as UTF-16LE does */
	    {{"\xff\xfe\0\0", 4}, "UTF-32LE"},
	    {{"\0\0\xfe\xff", 4}, "UTF-32BE"},
	    {{"\xff\xfe", 2}, "UTF-16LE"},
	    {{"\xfe\xff", 2}, "UTF-16BE"},
	};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (head.size >= marks[i].mark.size && memcmp(head.data, marks[i].mark.data, marks[i].mark.size) == 0) {
			*mark_bytes = marks[i].mark.size;
			return marks[i].name;
		}
	return NULL;
}

bool weir_recode_is_utf8(const char *name)
{
	return strcasecmp(name, "utf-8") == 0 || strcasecmp(name, "utf8") == 0;
}

enum weir_status weir_recode_new(const char *name, struct weir_recode **out, struct weir_error *err)
{
	struct weir_recode *r = weir_calloc(1, sizeof *r);

	if (!r)
		return weir_fail(err, WEIR_NO_MEMORY, "--encoding", "out of memory");
	r->how = iconv_open("UTF-8", name);
	if (r->how == (iconv_t)-1) {
		bool unknown = errno == EINVAL;
		free(r);
		if (!unknown)
			return weir_fail(err, WEIR_NO_MEMORY, "--encoding", "out of memory");
		weir_fail(err, WEIR_USAGE, "--encoding", "unknown encoding \"%.60s\"", name);
		weir_error_hint(err, "iconv -l lists the names");
		return WEIR_USAGE;
	}
	bool wide = strncasecmp(name, "utf-16", 6) == 0 || strncasecmp(name, "ucs-2", 5) == 0 ||
		    strncasecmp(name, "utf16", 5) == 0;
	bool wider = strncasecmp(name, "utf-32", 6) == 0 || strncasecmp(name, "ucs-4", 5) == 0 ||
		     strncasecmp(name, "utf32", 5) == 0;
	r->unit = wider ? 4 : wide ? 2 : 1;
	*out = r;
	return WEIR_OK;
}

void weir_recode_run(struct weir_recode *r, struct weir_str *in, bool last, char *out, size_t room, size_t *made)
{
	char *to = out;
	size_t left = room;

	while (in->size && left) {
		char *from = (char *)(uintptr_t)in->data;
		size_t rest = in->size;
		size_t rc = iconv(r->how, &from, &rest, &to, &left);
		int why = errno;
		in->data = from;
		in->size = rest;
		if (rc != (size_t)-1 || why == E2BIG)
			break;
		if (why == EINVAL && !last) /* a character is cut off: the rest will come */
			break;
		if (!left)
			break;
		size_t skip = why == EINVAL || in->size < r->unit ? in->size : r->unit;
		in->data += skip;
		in->size -= skip;
		*to++ = (char)0xff;
		left--;
		iconv(r->how, NULL, NULL, NULL, NULL);
	}
	*made = room - left;
}

void weir_recode_free(struct weir_recode *r)
{
	if (!r)
		return;
	iconv_close(r->how);
	free(r);
}

struct weir_recode_messages {
	struct weir_recode *recode;
	struct weir_message *messages; /* owned */
	size_t capacity;
	struct weir_buf text;
};

enum weir_status weir_recode_messages_new(const char *name, struct weir_recode_messages **out, struct weir_error *err)
{
	struct weir_recode_messages *m = weir_calloc(1, sizeof *m);

	if (!m)
		return weir_fail(err, WEIR_NO_MEMORY, "--encoding", "out of memory");
	enum weir_status st = weir_recode_new(name, &m->recode, err);
	if (st != WEIR_OK)
		free(m);
	else
		*out = m;
	return st;
}

/* Appends one payload decoded. False: no memory. */
static bool add_payload(struct weir_recode_messages *m, struct weir_str in)
{
	iconv(m->recode->how, NULL, NULL, NULL, NULL); /* each message stands alone, perhaps with a mark of its own */
	while (in.size) {
		size_t made = 0;
		if (!weir_buf_reserve(&m->text, in.size * 2 + 64))
			return false;
		weir_recode_run(m->recode, &in, true, m->text.data + m->text.size, in.size * 2 + 64, &made);
		m->text.size += made;
	}
	return true;
}

enum weir_status weir_recode_messages_run(struct weir_recode_messages *m, struct weir_chunk *chunk,
					  struct weir_error *err)
{
	bool good = chunk->n_messages <= m->capacity ||
		    weir_grow((void **)&m->messages, &m->capacity, chunk->n_messages, sizeof *m->messages);

	weir_buf_clear(&m->text);
	for (size_t i = 0; good && i < chunk->n_messages; i++) {
		size_t from = m->text.size;
		m->messages[i] = chunk->messages[i];
		good = add_payload(m, chunk->messages[i].payload);
		m->messages[i].payload.size = m->text.size - from;
	}
	if (!good)
		return weir_fail(err, WEIR_NO_MEMORY, "--encoding", "out of memory");
	const char *at = m->text.data ? m->text.data : "";
	for (size_t i = 0; i < chunk->n_messages; i++) { /* the text moved while it grew */
		if (chunk->messages[i].payload.data)
			m->messages[i].payload.data = at;
		at += m->messages[i].payload.size;
	}
	chunk->messages = m->messages;
	return WEIR_OK;
}

void weir_recode_messages_free(struct weir_recode_messages *m)
{
	if (!m)
		return;
	weir_recode_free(m->recode);
	free(m->messages);
	weir_buf_release(&m->text);
	free(m);
}
