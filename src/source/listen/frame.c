/* Records in the bytes of a connection: lines, or counted octets as syslog senders use them (RFC 6587). */
#include "listen.h"

enum { MOST_DIGITS = 10 };

/* "123 <34>1 …": a length, a blank, and the priority of a syslog record. */
static enum weir_framing decide(struct weir_str bytes, bool last)
{
	size_t n = 0;

	while (n < bytes.size && n < MOST_DIGITS && bytes.data[n] >= '0' && bytes.data[n] <= '9')
		n++;
	if (n == 0 || n == MOST_DIGITS || bytes.data[0] == '0')
		return bytes.size ? WEIR_FRAMING_LINES : WEIR_FRAMING_UNKNOWN;
	if (n + 1 < bytes.size)
		return bytes.data[n] == ' ' && bytes.data[n + 1] == '<' ? WEIR_FRAMING_OCTETS : WEIR_FRAMING_LINES;
	bool may_be = n == bytes.size || bytes.data[n] == ' ';
	return may_be && !last ? WEIR_FRAMING_UNKNOWN : WEIR_FRAMING_LINES;
}

static void advance(struct weir_str *bytes, size_t n)
{
	bytes->data += n;
	bytes->size -= n;
}

static enum weir_status next_line(struct weir_frame *f, struct weir_str *bytes, size_t most, bool last,
				  struct weir_str *record)
{
	const char *end = bytes->size ? memchr(bytes->data, '\n', bytes->size) : NULL;
	size_t size = end ? (size_t)(end - bytes->data) : bytes->size;

	if (f->skip_line) {
		advance(bytes, end ? size + 1 : size);
		f->skip_line = !end;
		return end && bytes->size ? next_line(f, bytes, most, last, record) : WEIR_AGAIN;
	}
	if (size > most) {
		advance(bytes, end ? size + 1 : size);
		f->skip_line = !end;
		return WEIR_TOO_LARGE;
	}
	if (!end && !(last && size))
		return WEIR_AGAIN;
	*record = (struct weir_str){bytes->data, size && bytes->data[size - 1] == '\r' ? size - 1 : size};
	advance(bytes, end ? size + 1 : size);
	return WEIR_OK;
}

static enum weir_status next_counted(struct weir_frame *f, struct weir_str *bytes, size_t most, struct weir_str *record)
{
	int64_t size;
	size_t n = 0, pass = f->skip < bytes->size ? f->skip : bytes->size;

	advance(bytes, pass);
	f->skip -= pass;
	while (bytes->size && *bytes->data == '\n') /* some senders end their records all the same */
		advance(bytes, 1);
	while (n < bytes->size && n < MOST_DIGITS && bytes->data[n] >= '0' && bytes->data[n] <= '9')
		n++;
	if (n < bytes->size && (n == 0 || n == MOST_DIGITS || bytes->data[n] != ' '))
		return WEIR_MALFORMED;
	if (n == bytes->size || !weir_parse_int64((struct weir_str){bytes->data, n}, false, &size))
		return WEIR_AGAIN;
	if ((uint64_t)size > most) {
		advance(bytes, n + 1);
		f->skip = (size_t)size;
		return WEIR_TOO_LARGE;
	}
	if (bytes->size - n - 1 < (size_t)size)
		return WEIR_AGAIN;
	*record = (struct weir_str){bytes->data + n + 1, (size_t)size};
	advance(bytes, n + 1 + (size_t)size);
	return WEIR_OK;
}

enum weir_status weir_frame_next(struct weir_frame *f, struct weir_str *bytes, size_t most, bool last,
				 struct weir_str *record)
{
	if (f->framing == WEIR_FRAMING_UNKNOWN)
		f->framing = decide(*bytes, last);
	if (f->framing == WEIR_FRAMING_UNKNOWN)
		return WEIR_AGAIN;
	return f->framing == WEIR_FRAMING_OCTETS ? next_counted(f, bytes, most, record)
						 : next_line(f, bytes, most, last, record);
}
