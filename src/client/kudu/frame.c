/* Frames: a length, a head and a message, both with lengths of their own; behind an answer's message its sidecars, whose places the
 * head says. */
#include "kudu.h"

static bool read_length(struct weir_str *s, size_t *out)
{
	uint64_t v = 0;

	for (unsigned shift = 0; s->size && shift < 35; shift += 7) {
		uint8_t byte = (uint8_t)*s->data++;
		s->size--;
		v |= (uint64_t)(byte & 127) << shift;
		if (byte < 128) {
			*out = v;
			return v <= s->size;
		}
	}
	return false;
}

static bool find_sidecars(const Kw__Answered *head, struct weir_str body, struct kudu_answer *out)
{
	size_t end = body.size;

	if (head->n_sidecars > KUDU_SIDECARS)
		return false;
	out->n_sidecars = (uint32_t)head->n_sidecars;
	for (uint32_t i = out->n_sidecars; i--;) {
		if (head->sidecars[i] > end)
			return false;
		out->sidecars[i] = (struct weir_str){body.data + head->sidecars[i], end - head->sidecars[i]};
		end = head->sidecars[i];
	}
	out->message = (struct weir_str){body.data, end};
	return true;
}

bool kudu_answer_read(struct weir_str frame, struct kudu_answer *out)
{
	size_t size;

	*out = (struct kudu_answer){0};
	if (!read_length(&frame, &size))
		return false;
	Kw__Answered *head = kw__answered__unpack(NULL, size, (const uint8_t *)frame.data);
	if (!head)
		return false;
	frame = (struct weir_str){frame.data + size, frame.size - size};
	out->call = head->call;
	out->failed = head->has_failed && head->failed;
	bool good = read_length(&frame, &size) && size == frame.size && find_sidecars(head, frame, out);
	kw__answered__free_unpacked(head, NULL);
	return good;
}

static void add_length(size_t n, struct weir_buf *out)
{
	for (; n > 127; n >>= 7)
		weir_buf_add_char(out, (char)(n | 128));
	weir_buf_add_char(out, (char)n);
}

static void add_message(const ProtobufCMessage *m, struct weir_buf *out)
{
	size_t size = protobuf_c_message_get_packed_size(m);

	add_length(size, out);
	if (weir_buf_reserve(out, size + 1))
		out->size += protobuf_c_message_pack(m, (uint8_t *)out->data + out->size);
	else
		out->failed = true;
}

void kudu_frame_write(const Kw__Asked *head, const ProtobufCMessage *message, struct weir_buf *out)
{
	size_t start = out->size;

	weir_buf_add(out, "\0\0\0\0", 4);
	add_message(&head->base, out);
	add_message(message, out);
	if (out->failed)
		return;
	uint32_t size = (uint32_t)(out->size - start - 4);
	for (int i = 0; i < 4; i++)
		out->data[start + (size_t)i] = (char)(size >> (24 - 8 * i));
}
