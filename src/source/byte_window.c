/* The block of unconsumed bytes: makes room at its end, moves what is left to its front. */
#include "byte_window.h"

#include <stdlib.h>

enum { CALM_BYTES = 4 << 20 }; /* a window that one long record blew up shrinks back to this */

static bool resize(struct weir_byte_window *w, size_t capacity)
{
	char *data = weir_realloc(w->data, capacity);
	if (!data)
		return false;
	weir_budget_charge(w->budget, (int64_t)capacity - (int64_t)w->capacity);
	w->data = data;
	w->capacity = capacity;
	return true;
}

char *weir_byte_window_room(struct weir_byte_window *w, size_t want, size_t *room)
{
	size_t size = weir_byte_window_size(w);

	if (size + want > weir_byte_window_most(w))
		want = weir_byte_window_most(w) - size;
	if (w->capacity - w->end < want) {
		if (size && w->start)
			memmove(w->data, w->data + w->start, size);
		w->start = 0;
		w->end = size;
		size_t need = size + want;
		bool small = need > w->capacity;
		bool large = w->capacity > CALM_BYTES && need * 2 <= CALM_BYTES;
		/* Twice the need, so that what is left over moves only once in several reads. */
		size_t capacity = need * 2 < CALM_BYTES ? need * 2 : need;
		if ((small || large) && !resize(w, capacity < w->least ? w->least : capacity) && small)
			return NULL;
	}
	*room = want;
	return w->data + w->end;
}

void weir_byte_window_added(struct weir_byte_window *w, size_t bytes)
{
	w->end += bytes;
	w->fresh += bytes;
}

void weir_byte_window_hand_out(struct weir_byte_window *w, struct weir_chunk *chunk)
{
	chunk->bytes = w->data ? w->data + w->start : "";
	chunk->size = weir_byte_window_size(w);
	chunk->offset = w->offset;
	chunk->full = weir_byte_window_full(w);
	w->fresh = 0;
	w->handed = chunk->size;
}

bool weir_byte_window_consume(struct weir_byte_window *w, const struct weir_chunk *left)
{
	size_t used = w->handed - left->size; /* what was read since stays */

	w->handed = left->size;
	w->start += used;
	w->offset += used;
	if (w->start == w->end)
		w->start = w->end = 0;
	return used > 0;
}

void weir_byte_window_release(struct weir_byte_window *w)
{
	weir_budget_charge(w->budget, -(int64_t)w->capacity);
	free(w->data);
	*w = (struct weir_byte_window){0};
}
