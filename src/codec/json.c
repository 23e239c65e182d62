/* json: objects one a line, back to back, in an array, or under a key (json:PATH); each message of a broker by itself. */
#include "codec/json_frame.h"

static bool utf8_bom(struct weir_str s) { return s.size >= 3 && memcmp(s.data, "\xef\xbb\xbf", 3) == 0; }

static struct weir_str after_blanks(struct weir_str s)
{
	if (utf8_bom(s))
		s = (struct weir_str){s.data + 3, s.size - 3};
	return weir_str_trim(s);
}

/* How many lines of the sample start like an object, and how many of those end like one. */
static void count_lines(struct weir_str s, unsigned *lines, unsigned *open, unsigned *whole)
{
	*lines = *open = *whole = 0;
	while (s.size && *lines < 1000) {
		struct weir_str rest, line = weir_str_trim(weir_str_cut(s, '\n', &rest));
		s = rest;
		if (!line.size)
			continue;
		++*lines;
		if (line.data[0] == '{') {
			++*open;
			*whole += line.data[line.size - 1] == '}';
		}
	}
}

static int detect(struct weir_str sample, bool complete)
{
	(void)complete;
	struct weir_str s = after_blanks(sample);
	unsigned lines, open, whole;
	if (!s.size)
		return 0;
	struct weir_str inner = s.data[0] == '[' ? weir_str_trim((struct weir_str){s.data + 1, s.size - 1}) : s;
	if (inner.size && inner.data[0] == '{') {
		struct weir_str key = weir_str_trim((struct weir_str){inner.data + 1, inner.size - 1});
		if (!key.size || key.data[0] == '"' || key.data[0] == '}')
			return 95;
	}
	count_lines(s, &lines, &open, &whole);
	return whole * 2 > lines ? 80 : 0;
}

static enum weir_status json_open(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				  struct weir_codec **out, struct weir_error *err)
{
	(void)complete;
	struct json_codec *j = weir_codec_alloc(&weir_codec_json, config, sizeof *j, err);
	if (!j)
		return WEIR_NO_MEMORY;
	const char *path = weir_codec_argument(config);
	if (path && !*path)
		path = NULL;
	if (path)
		weir_buf_add_c(&j->path_text, path);
	if (!json_keys_init(&j->keys) || j->path_text.failed) {
		weir_codec_json.close(&j->codec);
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	}
	j->array_path = path ? j->path_text.data : NULL;
	if (!json_shapes_init(&j->shapes)) {
		weir_codec_json.close(&j->codec);
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	}
	struct weir_str s = after_blanks(sample);
	unsigned lines, open, whole;
	count_lines(s, &lines, &open, &whole);
	j->lines = !path && s.size && s.data[0] != '[' && whole * 2 >= open && open > 0;
	*out = &j->codec;
	return WEIR_OK;
}

static void json_close(struct weir_codec *c)
{
	struct json_codec *j = (struct json_codec *)c;
	json_keys_release(&j->keys);
	json_shapes_release(&j->shapes);
	weir_buf_release(&j->scratch);
	weir_buf_release(&j->path_text);
	weir_codec_free(c);
}

/* One record at *p, which is at its first byte. JSON_OK also when it was counted as malformed. */
static int record(struct json_codec *j, const char **p, uint64_t offset_of_p, const struct weir_message *message)
{
	struct weir_builder *b = &j->codec.builder;
	const char *from = *p, *q = from;
	j->shapes.trace.n = 0;
	j->shapes.trace.failed = false;
	int r = *q == '{' ? json_read_object(j, &q, &j->keys.root, 0) : json_unexpected(j, q, "an object was expected");
	int64_t position = message ? message->offset : (int64_t)offset_of_p;
	if (r == JSON_OK) {
		*p = q;
		json_shapes_learn(j, from, q);
		return weir_builder_commit(b, position, (struct weir_str){from, (size_t)(q - from)}, message) ? JSON_OK : JSON_NO_MEMORY;
	}
	const char *next = r < JSON_BAD ? NULL : json_resync(j, from, j->error_at);
	if (r < JSON_BAD || (!next && j->in_array && !j->at_end)) { /* what is bad in an array ends where its brackets do */
		for (uint32_t i = 0; i < b->batch->n_columns; i++)
			weir_column_truncate(&b->batch->columns[i], b->row);
		if (b->batch->time_us)
			b->batch->time_us[b->row] = WEIR_TIME_NONE;
		return r < JSON_BAD ? r : JSON_MORE;
	}
	const char *to = next ? next : j->end;
	struct weir_str raw = {from, (size_t)(to - from)};
	while (raw.size && (raw.data[raw.size - 1] == '\n' || raw.data[raw.size - 1] == '\r'))
		raw.size--;
	if (!weir_builder_reject(b, (enum weir_malformed)(r - JSON_BAD), position, raw, message, j->detail))
		return JSON_NO_MEMORY;
	j->codec.skipping = !next && !j->at_end;
	*p = to;
	return JSON_OK;
}

static const char *between_records(const struct json_codec *j, const char *p)
{
	while (p < j->end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

/* Records from bytes[0..size) until the batch is full or a record is not whole; returns the bytes taken in *taken. */
static int records(struct json_codec *j, const char *bytes, size_t size, uint64_t offset, const struct weir_message *message, size_t *taken)
{
	const char *p = bytes;
	int r = JSON_OK;
	j->end = bytes + size;
	while (!weir_builder_full(&j->codec.builder)) {
		*taken = (size_t)(p - bytes);
		if (j->after_depth && !j->in_array) {
			r = json_leave(j, &p);
			*taken = (size_t)(p - bytes); /* even when it goes on: the depth is counted */
		} else if (j->in_array) {
			r = json_next(j, &p);
			if (j->in_array && p < j->end)
				r = record(j, &p, offset + (uint64_t)(p - bytes), message);
		} else {
			p = between_records(j, p);
			if (j->lines && json_shapes_read(j, &p, offset + (uint64_t)(p - bytes)) != JSON_OK)
				return JSON_NO_MEMORY;
			*taken = (size_t)(p - bytes); /* the rest may be no whole record */
			p = between_records(j, p);
			if (weir_builder_full(&j->codec.builder) || p >= j->end)
				break;
			const char *document = p;
			r = json_enter(j, &p);
			if (r == JSON_OK && !j->in_array)
				r = record(j, &p, offset + (uint64_t)(p - bytes), message);
			else if (r >= JSON_BAD)
				r = record(j, &document, offset + (uint64_t)(document - bytes), message), p = document;
		}
		if (r != JSON_OK)
			break;
		if (p >= j->end)
			break;
	}
	if (r == JSON_OK)
		*taken = (size_t)(p - bytes);
	return r;
}

static int from_messages(struct json_codec *j, struct weir_chunk *chunk, struct weir_batch *batch)
{
	struct weir_builder *b = &j->codec.builder;
	j->lines = false; /* a message is whole, whatever lines it has */
	while (chunk->n_messages && !weir_builder_full(b)) {
		const struct weir_message *m = chunk->messages;
		size_t taken = 0, left = m->payload.size - j->resume;
		int r = JSON_OK;
		bool read = false;
		j->at_end = true;
		if (!j->array_path && !j->resume && m->payload.data)
			r = json_shapes_message(j, m->payload, &read);
		if (r == JSON_OK && read)
			r = weir_builder_commit(b, m->offset, m->payload, m) ? JSON_OK : JSON_NO_MEMORY, taken = left;
		else if (r == JSON_OK && m->payload.data && left)
			r = records(j, m->payload.data + j->resume, left, 0, m, &taken);
		else if (!m->payload.data)
			r = weir_builder_commit(b, m->offset, m->payload, m) ? JSON_OK : JSON_NO_MEMORY;
		if (r == JSON_NO_MEMORY)
			return r;
		if (r == JSON_OK && taken < left) { /* the batch is full in the middle of an array */
			j->resume += taken;
			return JSON_OK;
		}
		j->resume = 0;
		j->in_array = false;
		j->after_depth = 0;
		j->codec.skipping = false;
		batch->bytes += m->payload.size;
		chunk->messages++;
		chunk->n_messages--;
	}
	return JSON_OK;
}

/* Inside a record that did not parse, or was too long: to where the next may start. False: not within this chunk. */
static bool skip_line(struct json_codec *j, struct weir_chunk *chunk, struct weir_batch *batch)
{
	j->end = chunk->bytes + chunk->size;
	const char *next = json_next_line(j, chunk->bytes);
	j->codec.skipping = !next;
	weir_chunk_take(chunk, batch, next ? (size_t)(next - chunk->bytes) : chunk->size);
	return next != NULL;
}

static int from_bytes(struct json_codec *j, struct weir_chunk *chunk, struct weir_batch *batch)
{
	struct weir_builder *b = &j->codec.builder;
	j->at_end = chunk->at_end;
	if (!chunk->size)
		return JSON_OK;
	if (!j->started && chunk->size < 3 && !chunk->at_end && memcmp(chunk->bytes, "\xef\xbb\xbf", chunk->size) == 0)
		return JSON_MORE; /* perhaps the start of a byte order mark */
	if (!j->started && utf8_bom((struct weir_str){chunk->bytes, chunk->size}))
		weir_chunk_take(chunk, batch, 3);
	j->started = true;
	if (!chunk->size || (j->codec.skipping && !skip_line(j, chunk, batch)))
		return JSON_OK;
	size_t taken = 0;
	int r = records(j, chunk->bytes, chunk->size, chunk->offset, NULL, &taken);
	weir_chunk_take(chunk, batch, taken);
	if (r == JSON_MORE && chunk->full && taken == 0) {
		struct weir_str start = {chunk->bytes, chunk->size < 80 ? chunk->size : 80};
		if (!weir_builder_reject(b, WEIR_BAD_TOO_LONG, (int64_t)chunk->offset, start, NULL, NULL))
			return JSON_NO_MEMORY;
		j->codec.skipping = true;
		j->at_line_start = false;
		weir_chunk_take(chunk, batch, chunk->size);
	}
	if (r == JSON_MORE && chunk->at_end) /* only blanks, or the end of a document whose array was whole */
		weir_chunk_take(chunk, batch, chunk->size);
	return r;
}

static enum weir_status json_decode(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch, struct weir_error *err)
{
	struct json_codec *j = (struct json_codec *)c;
	struct weir_builder *b = &c->builder;
	bool ok = weir_builder_begin(b, batch);
	if (ok)
		ok = (chunk->is_messages ? from_messages(j, chunk, batch) : from_bytes(j, chunk, batch)) != JSON_NO_MEMORY;
	if (!weir_builder_end(b) || !ok)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while decoding");
	if (b->failed) {
		if (err)
			*err = b->failure;
		return WEIR_MALFORMED;
	}
	return WEIR_OK;
}

const struct weir_codec_ops weir_codec_json = {
	.name = "json",
	.help = "objects one a line, back to back, or in an array; json:PATH for records under a key (json:features)",
	.detect = detect,
	.open = json_open,
	.decode = json_decode,
	.close = json_close,
};
