/* Streams, pieces and messages to bytes and back. */
#include "weir/capture/frames.h"

#include "bytes_io.h"

enum {
	FIELD_WRITTEN = 100, /* number of the one field that is no text */
	PIECE_BYTES = 24,    /* before the bytes of a piece */
	MESSAGE_BYTES = 40,  /* before the texts of a message */
};

static void add_field(struct weir_buf *out, unsigned number, struct weir_str text)
{
	if (!text.size)
		return;
	add_le(out, number, 2);
	add_le(out, text.size, 4);
	weir_buf_add_str(out, text);
}

void weir_capture_stream_write(const struct weir_capture_stream *s, struct weir_buf *out)
{
	unsigned char written[8];

	put_le(written, (uint64_t)s->written_us, 8);
#define X(field, number) add_field(out, number, s->field);
	WEIR_CAPTURE_FIELDS(X)
#undef X
	if (s->written_us)
		add_field(out, FIELD_WRITTEN, (struct weir_str){(const char *)written, sizeof written});
}

bool weir_capture_stream_read(struct weir_str payload, struct weir_capture_stream *out)
{
	struct fields f = fields_of(payload);

	*out = (struct weir_capture_stream){0};
	while (!f.bad && f.at < f.end) {
		unsigned number = (unsigned)take_le(&f, 2);
		struct weir_str text = take_bytes(&f, (size_t)take_le(&f, 4));
		switch (number) {
#define X(field, n)                                                                                                    \
	case n:                                                                                                        \
		out->field = text;                                                                                     \
		break;
			WEIR_CAPTURE_FIELDS(X)
#undef X
		case FIELD_WRITTEN:
			if (text.size == 8)
				out->written_us = (int64_t)get_le((const unsigned char *)text.data, 8);
			break;
		default:
			break;
		}
	}
	return !f.bad && out->name.size;
}

void weir_capture_schema_write(uint32_t id, unsigned kind, uint32_t n_texts, struct weir_buf *out)
{
	add_le(out, id, 4);
	add_le(out, kind, 2);
	add_le(out, n_texts, 4);
}

void weir_capture_schema_write_text(struct weir_str name, struct weir_str text, struct weir_buf *out)
{
	add_le(out, name.size, 4);
	weir_buf_add_str(out, name);
	add_le(out, text.size, 4);
	weir_buf_add_str(out, text);
}

bool weir_capture_schema_read(struct weir_str payload, struct weir_capture_schema *out)
{
	struct fields f = fields_of(payload);

	out->id = (uint32_t)take_le(&f, 4);
	out->kind = (unsigned)take_le(&f, 2);
	out->n_texts = (uint32_t)take_le(&f, 4);
	out->rest = (struct weir_str){(const char *)f.at, (size_t)(f.end - f.at)};
	/* the last text is the schema, and each takes eight bytes at least */
	return !f.bad && out->kind >= 1 && out->kind <= 3 && out->n_texts >= 1 && out->n_texts <= out->rest.size / 8;
}

bool weir_capture_schema_read_text(struct weir_capture_schema *s, struct weir_str *name, struct weir_str *text)
{
	struct fields f = fields_of(s->rest);

	*name = take_bytes(&f, (size_t)take_le(&f, 4));
	*text = take_bytes(&f, (size_t)take_le(&f, 4));
	s->rest = (struct weir_str){(const char *)f.at, (size_t)(f.end - f.at)};
	return !f.bad;
}

void weir_capture_piece_write(const struct weir_capture_piece *p, struct weir_buf *out)
{
	unsigned char head[PIECE_BYTES];

	put_le(head, p->bytes.size, 4);
	put_le(head + 4, p->flags, 4);
	put_le(head + 8, p->offset, 8);
	put_le(head + 16, (uint64_t)p->arrival_us, 8);
	weir_buf_add(out, head, sizeof head);
	weir_buf_add_str(out, p->bytes);
}

void weir_capture_message_write(const struct weir_capture_message *m, struct weir_buf *out)
{
	const struct weir_message *one = &m->message;
	unsigned char head[MESSAGE_BYTES];
	unsigned flags = m->flags | (one->payload.data ? 0 : WEIR_FRAME_NO_PAYLOAD) |
			 (one->key.data ? WEIR_FRAME_KEY : 0) | (one->headers.data ? WEIR_FRAME_HEADERS : 0);

	put_le(head, one->payload.size, 4);
	put_le(head + 4, one->key.size, 4);
	put_le(head + 8, one->headers.size, 4);
	put_le(head + 12, one->partition, 2);
	put_le(head + 14, flags, 2);
	put_le(head + 16, (uint64_t)one->offset, 8);
	put_le(head + 24, (uint64_t)one->time_us, 8);
	put_le(head + 32, (uint64_t)m->arrival_us, 8);
	weir_buf_add(out, head, sizeof head);
	weir_buf_add_str(out, one->payload);
	weir_buf_add_str(out, one->key);
	weir_buf_add_str(out, one->headers);
}

void weir_capture_table_write(const struct weir_capture_partition *partitions, size_t n, struct weir_buf *out)
{
	size_t from = out->size;

	add_le(out, n, 2);
	for (size_t i = 0; i < n; i++) {
		add_le(out, (uint32_t)partitions[i].number, 4);
		add_le(out, partitions[i].topic.size, 2);
		weir_buf_add_str(out, partitions[i].topic);
	}
	add_le(out, from, 4);
}

bool weir_capture_frames_open(struct weir_capture_frames *f, enum weir_capture_kind kind, struct weir_str payload)
{
	f->rest = payload;
	f->n_partitions = 0;
	if (kind != WEIR_CAPTURE_MESSAGES)
		return true;
	if (payload.size < 4)
		return false;
	uint64_t from = get_le((const unsigned char *)payload.data + payload.size - 4, 4);
	if (from > payload.size - 4)
		return false;
	struct fields t = fields_of((struct weir_str){payload.data + from, payload.size - 4 - (size_t)from});
	uint32_t n = (uint32_t)take_le(&t, 2);
	if (n > WEIR_MAX_CAPTURE_PARTITIONS)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		f->partitions[i].number = (int32_t)(uint32_t)take_le(&t, 4);
		f->partitions[i].topic = take_bytes(&t, (size_t)take_le(&t, 2));
	}
	f->n_partitions = n;
	f->rest.size = (size_t)from;
	return !t.bad && t.at == t.end;
}

static enum weir_status leave(struct weir_capture_frames *f, const struct fields *at)
{
	f->rest = (struct weir_str){(const char *)at->at, (size_t)(at->end - at->at)};
	return at->bad ? WEIR_MALFORMED : WEIR_OK;
}

enum weir_status weir_capture_piece_next(struct weir_capture_frames *f, struct weir_capture_piece *out)
{
	struct fields at = fields_of(f->rest);

	if (!f->rest.size)
		return WEIR_AGAIN;
	size_t size = (size_t)take_le(&at, 4);
	out->flags = (unsigned)take_le(&at, 4);
	out->offset = take_le(&at, 8);
	out->arrival_us = (int64_t)take_le(&at, 8);
	out->bytes = take_bytes(&at, size);
	return leave(f, &at);
}

enum weir_status weir_capture_message_next(struct weir_capture_frames *f, struct weir_capture_message *out)
{
	struct weir_message *m = &out->message;
	struct fields at = fields_of(f->rest);

	if (!f->rest.size)
		return WEIR_AGAIN;
	*out = (struct weir_capture_message){0};
	m->payload.size = (size_t)take_le(&at, 4);
	m->key.size = (size_t)take_le(&at, 4);
	m->headers.size = (size_t)take_le(&at, 4);
	m->partition = (uint16_t)take_le(&at, 2);
	out->flags = (unsigned)take_le(&at, 2);
	m->offset = (int64_t)take_le(&at, 8);
	m->time_us = (int64_t)take_le(&at, 8);
	out->arrival_us = (int64_t)take_le(&at, 8);
	m->payload = take_bytes(&at, m->payload.size);
	m->key = take_bytes(&at, m->key.size);
	m->headers = take_bytes(&at, m->headers.size);
	if (out->flags & WEIR_FRAME_NO_PAYLOAD)
		m->payload = (struct weir_str){NULL, 0};
	if (!(out->flags & WEIR_FRAME_KEY))
		m->key = (struct weir_str){NULL, 0};
	if (!(out->flags & WEIR_FRAME_HEADERS))
		m->headers = (struct weir_str){NULL, 0};
	if (m->partition >= f->n_partitions)
		at.bad = true;
	return leave(f, &at);
}
