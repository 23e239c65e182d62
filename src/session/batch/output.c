/* The output of a batch: gathered, made safe for a terminal, held while the call may still be refused, written whole. */
#include "batch.h"

#include "weir/base/file.h"

#include <errno.h>

enum { FLUSH_BYTES = 64 << 10 };

/* Line by line, so that the lines themselves stay. */
static void make_safe(struct weir_buf *text)
{
	struct weir_buf safe = {0};

	weir_print_lines(weir_buf_str(text), &safe);
	safe.failed = safe.failed || text->failed;
	weir_buf_release(text);
	*text = safe;
}

static void write_out(struct weir_out *o, struct weir_str text)
{
	int number = o->gone || o->failed ? 0 : weir_write_all(o->fd, text.data, text.size);

	if (number == EPIPE)
		o->gone = true;
	else if (number)
		o->failed = number;
}

static void note_failure(struct weir_out *o, enum weir_status st)
{
	if (st != WEIR_OK && !o->failed)
		o->failed = st == WEIR_NO_MEMORY ? ENOMEM : EIO;
}

bool weir_out_flush(struct weir_out *o)
{
	if (o->terminal)
		make_safe(&o->text);
	if (o->text.failed) /* it has holes */
		o->failed = ENOMEM;
	else if (!o->held)
		write_out(o, weir_buf_str(&o->text));
	else
		note_failure(o, weir_spool_add(&o->kept, o->text.data, o->text.size, NULL));
	weir_buf_clear(&o->text);
	return !o->gone && !o->failed;
}

void weir_out_let_go(struct weir_out *o)
{
	enum { PIECE_BYTES = 256 << 10 };
	uint64_t all = weir_spool_bytes(&o->kept);

	o->held = false;
	for (uint64_t at = 0; at < all && !o->gone && !o->failed; at += PIECE_BYTES) {
		struct weir_error err = {0};
		size_t size = all - at < PIECE_BYTES ? (size_t)(all - at) : PIECE_BYTES;
		const char *piece = weir_spool_at(&o->kept, at, size, &err);
		if (piece)
			write_out(o, (struct weir_str){piece, size});
		else
			note_failure(o, err.code);
	}
	weir_spool_release(&o->kept);
}

bool weir_out_flush_if_full(struct weir_out *o)
{
	return o->text.size < FLUSH_BYTES || weir_out_flush(o);
}

void weir_out_release(struct weir_out *o)
{
	weir_buf_release(&o->text);
	weir_spool_release(&o->kept);
}

enum weir_status weir_out_error(int number, struct weir_error *err)
{
	if (number == ENOMEM)
		return weir_fail(err, WEIR_NO_MEMORY, "output", "out of memory");
	weir_fail(err, WEIR_IO, "output", "could not write the result: %s", strerror(number));
	if (number == EBADF)
		weir_error_hint(err, "standard output is closed");
	return WEIR_IO;
}
