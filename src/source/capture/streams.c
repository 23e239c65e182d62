/* Which streams a capture holds. */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>

static struct replay_stream *find(struct replay_streams *list, uint16_t id)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].id == id)
			return &list->items[i];
	return NULL;
}

static bool take(struct replay_streams *list, uint16_t id, struct weir_buf *text)
{
	struct weir_capture_stream is;
	struct replay_stream *s = find(list, id);

	if (!weir_capture_stream_read(weir_buf_str(text), &is))
		return true; /* its sums are right and it is no description: a later version's */
	if (!s) {
		if (!weir_grow((void **)&list->items, &list->capacity, list->n + 1, sizeof *list->items))
			return false;
		s = &list->items[list->n++];
		*s = (struct replay_stream){.id = id};
	}
	free(s->name);
	weir_buf_release(&s->text);
	s->text = *text;
	*text = (struct weir_buf){0};
	s->is = is;
	return (s->name = weir_str_dup(is.name)) != NULL;
}

enum weir_status replay_streams_read(struct weir_capture_reader *r, const struct weir_capture_index *index,
				     struct replay_streams *out, struct weir_error *err)
{
	struct weir_buf text = {0};
	enum weir_status st = WEIR_OK;

	*out = (struct replay_streams){0};
	for (size_t i = 0; i < index->n && st == WEIR_OK; i++) {
		if (index->items[i].kind != WEIR_CAPTURE_STREAM)
			continue;
		st = weir_capture_index_read(r, &index->items[i], &text, err);
		if (st == WEIR_MALFORMED)
			st = WEIR_OK;
		else if (st == WEIR_OK && !take(out, index->items[i].stream, &text))
			st = weir_fail(err, WEIR_NO_MEMORY, "capture", "out of memory");
	}
	/* Records whose description is damaged are read under a name of their own. */
	for (size_t i = 0; i < index->n && st == WEIR_OK; i++) {
		const struct weir_capture_entry *e = &index->items[i];
		if ((e->kind != WEIR_CAPTURE_BYTES && e->kind != WEIR_CAPTURE_MESSAGES) || find(out, e->stream))
			continue;
		char name[24];
		snprintf(name, sizeof name, "stream-%u", (unsigned)e->stream);
		weir_buf_clear(&text);
		weir_capture_stream_write(&(struct weir_capture_stream){.name = weir_str_of(name)}, &text);
		if (text.failed || !take(out, e->stream, &text))
			st = weir_fail(err, WEIR_NO_MEMORY, "capture", "out of memory");
	}
	weir_buf_release(&text);
	if (st != WEIR_OK)
		replay_streams_release(out);
	return st;
}

void replay_streams_release(struct replay_streams *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].name);
		weir_buf_release(&list->items[i].text);
	}
	free(list->items);
	*list = (struct replay_streams){0};
}
