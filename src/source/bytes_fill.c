/* More bytes for the window: reads the descriptor, unpacks and decodes what it reads, and skips what an earlier run has read. */
#include "bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	RECODE_ROOM = 64, /* as weir_recode_run wants it */
};

static enum weir_fill end_with(struct weir_bytes *b, const struct weir_error *err)
{
	b->ended = true;
	if (err)
		b->failure = *err;
	else if (b->inflate)
		(void)!weir_inflate_finish(b->inflate, &b->failure);
	return WEIR_FILL_END;
}

/* One read of the descriptor. WEIR_FILL_MORE sets *got (> 0). */
enum weir_fill weir_bytes_read(struct weir_bytes *b, char *into, size_t room, size_t *got)
{
	struct weir_error err = {0};

	for (;;) {
		size_t want = room;
		if (b->raw_until >= 0 && (int64_t)want > b->raw_until - b->raw_position)
			want = b->raw_until > b->raw_position ? (size_t)(b->raw_until - b->raw_position) : 0;
		if (want == 0)
			return end_with(b, NULL);
		if (b->fd < 0 || (b->pollable && !b->ready)) /* reading an empty pipe would block */
			return WEIR_FILL_WAIT;
		b->ready = false;
		ssize_t n = read(b->fd, into, want);
		if (n > 0) {
			*got = (size_t)n;
			b->raw_position += n;
			if (b->raw_end >= 0 && b->raw_end < b->raw_position)
				b->raw_end = b->raw_position;
			weir_progress_place(&b->progress, b->raw_position, b->raw_end);
			return WEIR_FILL_MORE;
		}
		if (n < 0 && errno == EINTR) {
			b->ready = true;
			continue;
		}
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return WEIR_FILL_WAIT;
		if (n < 0 && !b->breaks) {
			weir_fail(&err, WEIR_IO, b->origin, "could not be read: %s", strerror(errno));
			return end_with(b, &err);
		}
		b->broken = n < 0 ? errno : 0;
		enum weir_bytes_next next = b->at_eof ? b->at_eof(b, &err) : WEIR_BYTES_FINISH;
		if (next == WEIR_BYTES_FINISH)
			return end_with(b, NULL);
		if (next == WEIR_BYTES_FAIL)
			return end_with(b, &err);
		return next == WEIR_BYTES_WAIT      ? WEIR_FILL_WAIT
		       : next == WEIR_BYTES_RESTART ? WEIR_FILL_RESTART
						    : WEIR_FILL_RETRY;
	}
}

static enum weir_fill no_memory(struct weir_bytes *b)
{
	struct weir_error err;

	weir_fail(&err, WEIR_NO_MEMORY, b->origin, "out of memory while reading");
	return end_with(b, &err);
}

/* Reads packed bytes until some are unpacked into into[0..room). WEIR_FILL_MORE sets *made (> 0). */
static enum weir_fill unpack(struct weir_bytes *b, char *into, size_t room, size_t *made)
{
	struct weir_error err = {0};
	size_t got = 0;

	for (;;) {
		struct weir_str in = {b->packed + b->packed_start, b->packed_end - b->packed_start};
		enum weir_status st = weir_inflate_run(b->inflate, &in, into, room, made, &err);
		b->packed_start = (size_t)(in.data - b->packed);
		if (st != WEIR_OK) {
			enum weir_fill ended = end_with(b, &err);
			return *made ? WEIR_FILL_MORE : ended;
		}
		if (*made)
			return WEIR_FILL_MORE;
		enum weir_fill fill = weir_bytes_read(b, b->packed, WEIR_READ_BYTES, &got);
		if (fill != WEIR_FILL_MORE)
			return fill;
		weir_progress_add(&b->progress, 0, got);
		b->packed_start = 0;
		b->packed_end = got;
	}
}

static enum weir_fill fill_packed(struct weir_bytes *b)
{
	size_t room, made = 0;
	char *into = weir_byte_window_room(&b->window, WEIR_READ_BYTES, &room);

	if (!into)
		return no_memory(b);
	enum weir_fill fill = unpack(b, into, room, &made);
	weir_byte_window_added(&b->window, made);
	weir_progress_add(&b->progress, made, 0);
	return fill;
}

/* More of the text before it is decoded, behind what is left of a character. */
static enum weir_fill fill_coded(struct weir_bytes *b)
{
	size_t left = b->coded_end - b->coded_start, got = 0;

	memmove(b->coded, b->coded + b->coded_start, left);
	b->coded_start = 0;
	b->coded_end = left;
	enum weir_fill fill = b->inflate ? unpack(b, b->coded + left, WEIR_READ_BYTES - left, &got)
					 : weir_bytes_read(b, b->coded + left, WEIR_READ_BYTES - left, &got);
	if (!b->inflate && fill == WEIR_FILL_MORE)
		weir_progress_add(&b->progress, 0, got);
	b->coded_end += got;
	return fill;
}

static const struct weir_str mark = {"\xef\xbb\xbf", 3}; /* U+FEFF, the byte order mark, in UTF-8 */

/* With a named encoding iconv leaves the mark at the beginning of the text: UTF-16LE as well as UTF-16. */
static void drop_decoded_mark(struct weir_bytes *b, char *text, size_t *size)
{
	if (!b->passed_mark && *size >= mark.size && memcmp(text, mark.data, mark.size) == 0) {
		*size -= mark.size;
		memmove(text, text + mark.size, *size);
		b->passed_mark = true;
	}
	b->passed_mark |= *size > 0;
}

/* Reads, unpacks and decodes: WEIR_FILL_MORE may have made nothing yet. */
static enum weir_fill fill_recoded(struct weir_bytes *b)
{
	size_t room, made = 0;
	char *into = weir_byte_window_room(&b->window, WEIR_READ_BYTES, &room);
	enum weir_fill fill = WEIR_FILL_MORE;

	if (!into)
		return no_memory(b);
	if (room < RECODE_ROOM) { /* the record is too long by now: nobody reads the rest of it */
		memset(into, 0xff, room);
		weir_byte_window_added(&b->window, room);
		return WEIR_FILL_MORE;
	}
	do {
		struct weir_str in = {b->coded + b->coded_start, b->coded_end - b->coded_start};
		bool last = fill == WEIR_FILL_END || fill == WEIR_FILL_RESTART || b->ended;
		weir_recode_run(b->recode, &in, last, into, room, &made);
		b->coded_start = (size_t)(in.data - b->coded);
		drop_decoded_mark(b, into, &made);
		if (made || fill != WEIR_FILL_MORE || b->ended)
			break;
		fill = fill_coded(b);
	} while (true);
	weir_byte_window_added(&b->window, made);
	weir_progress_add(&b->progress, made, 0);
	return made && fill == WEIR_FILL_WAIT ? WEIR_FILL_MORE : fill;
}

/* The text is UTF-8. Its mark is not part of the first record, but offsets count it, as they are those of the file. */
static enum weir_fill pass_mark(struct weir_bytes *b, enum weir_fill fill)
{
	struct weir_byte_window *w = &b->window;
	struct weir_str head = {w->data + w->end - w->fresh, w->fresh};
	if (head.size < mark.size || memcmp(head.data, mark.data, mark.size) != 0)
		return fill;
	w->start += mark.size;
	w->offset += mark.size;
	w->fresh -= mark.size;
	b->skip -= b->skip < mark.size ? b->skip : mark.size;
	return w->fresh || fill != WEIR_FILL_MORE ? fill : WEIR_FILL_RETRY;
}

/* The first unpacked bytes are in the window: a byte order mark or --encoding may say that they must be decoded first.
 * */
static enum weir_fill decide_encoding(struct weir_bytes *b, bool complete, enum weir_fill fill)
{
	struct weir_byte_window *w = &b->window;
	struct weir_str head = {w->data + w->end - w->fresh, w->fresh};
	struct weir_error err = {0};
	size_t mark_bytes = 0;
	const char *name = b->encoding ? b->encoding : weir_recode_by_mark(head, &mark_bytes);

	if (!b->encoding && head.size < 4 && !complete && head.size && strchr("\xff\xfe", *head.data))
		return WEIR_FILL_WAIT; /* UTF-16 or UTF-32: the next bytes decide */
	bool utf8 = !name || weir_recode_is_utf8(name);
	if (utf8 && head.size < mark.size && !complete && head.size && memcmp(head.data, mark.data, head.size) == 0)
		return WEIR_FILL_WAIT;
	b->coding_known = true;
	b->passed_mark = false;
	if (utf8)
		return pass_mark(b, fill);
	free(b->coded);
	if (!(b->coded = weir_alloc(head.size + WEIR_READ_BYTES)))
		return no_memory(b);
	if (weir_recode_new(name, &b->recode, &err) != WEIR_OK)
		return end_with(b, &err);
	memcpy(b->coded, head.data + mark_bytes, head.size - mark_bytes);
	b->coded_start = 0;
	b->coded_end = head.size - mark_bytes;
	w->end -= head.size;
	w->fresh = 0;
	return fill_recoded(b);
}

/* The first bytes are in the window: plain data stays there, packed data moves over to be unpacked. */
static enum weir_fill decide_packing(struct weir_bytes *b, bool complete, enum weir_fill fill)
{
	struct weir_byte_window *w = &b->window;
	struct weir_str head = {w->data + w->end - w->fresh, w->fresh};
	enum weir_packing packing = weir_packing_of(head, complete);
	struct weir_error err = {0};

	if (packing == WEIR_PACKING_UNSURE)
		return WEIR_FILL_WAIT;
	b->known = true;
	if (packing == WEIR_PACKING_NONE) {
		weir_progress_add(&b->progress, head.size, 0);
		return fill;
	}
	w->end -= head.size;
	w->fresh = 0;
	if (packing == WEIR_PACKING_OTHER) {
		weir_packing_refuse(head, b->origin, &err);
		return end_with(b, &err);
	}
	if (!b->packed)
		b->packed = weir_alloc(WEIR_READ_BYTES);
	if (!b->packed)
		return no_memory(b);
	memcpy(b->packed, head.data, head.size);
	b->packed_end = head.size;
	if (weir_inflate_new(packing, b->origin, &b->inflate, &err) != WEIR_OK)
		return end_with(b, &err);
	return fill_packed(b);
}

static enum weir_fill fill_plain(struct weir_bytes *b)
{
	/* As much again as is left over, so that a record of many MiB is scanned only a few times while it grows. */
	size_t left = weir_byte_window_size(&b->window), room, got = 0;
	size_t piece = b->ahead ? b->piece_bytes : WEIR_READ_BYTES, want = left < piece ? piece : left;
	char *into = weir_byte_window_room(&b->window, b->known ? want : WEIR_READ_BYTES - b->window.fresh, &room);

	if (!into)
		return no_memory(b);
	enum weir_fill fill = weir_bytes_read(b, into, room, &got);
	if (fill == WEIR_FILL_MORE) {
		weir_byte_window_added(&b->window, got);
		weir_progress_add(&b->progress, b->known ? got : 0, got);
	}
	if (!b->known && (fill == WEIR_FILL_MORE || fill == WEIR_FILL_END || fill == WEIR_FILL_RESTART))
		return decide_packing(b, fill != WEIR_FILL_MORE, fill);
	return fill;
}

static enum weir_fill fill_window(struct weir_bytes *b)
{
	if (b->recode)
		return fill_recoded(b);
	enum weir_fill fill = b->inflate ? fill_packed(b) : fill_plain(b);
	bool here = fill == WEIR_FILL_MORE || fill == WEIR_FILL_END || fill == WEIR_FILL_RESTART;
	return here && b->known && !b->coding_known ? decide_encoding(b, fill != WEIR_FILL_MORE, fill) : fill;
}

enum weir_status weir_bytes_too_short(const char *origin, uint64_t missing, struct weir_error *err)
{
	weir_fail(err, WEIR_NOT_FOUND, origin, "ends %llu bytes before its position=", (unsigned long long)missing);
	weir_error_hint(err, "it is another file: leave position= out to read all of it");
	return WEIR_NOT_FOUND;
}

/* Skips what an earlier run has read. */
static enum weir_fill skip(struct weir_bytes *b, enum weir_fill fill)
{
	struct weir_byte_window *w = &b->window;
	size_t n = weir_byte_window_size(w) < b->skip ? weir_byte_window_size(w) : (size_t)b->skip;
	struct weir_error err;

	w->start += n;
	w->offset += n;
	w->fresh = w->fresh > n ? w->fresh - n : 0;
	b->skip -= n;
	weir_progress_add(&b->progress, 0 - (uint64_t)n, 0); /* it is not handed out */
	if (fill == WEIR_FILL_END && b->skip && b->failure.code == WEIR_OK) {
		weir_bytes_too_short(b->origin, b->skip, &err);
		return end_with(b, &err);
	}
	return fill == WEIR_FILL_MORE && !weir_byte_window_size(w) ? WEIR_FILL_RETRY : fill;
}

enum weir_fill weir_bytes_fill(struct weir_bytes *b)
{
	enum weir_fill fill = fill_window(b);

	return b->skip && b->coding_known ? skip(b, fill) : fill;
}
