/* json: objects one a line, back to back, in an array, or under a key (json:PATH); each message of a broker by itself. */
#include "codec/json/json.h"

#include <stdlib.h>

static bool utf8_bom(struct weir_str s)
{
	return s.size >= 3 && memcmp(s.data, "\xef\xbb\xbf", 3) == 0;
}

static struct weir_str after_blanks(struct weir_str s)
{
	if (utf8_bom(s))
		s = (struct weir_str){s.data + 3, s.size - 3};
	while (s.size && json_is_blank(*s.data)) {
		s.data++;
		s.size--;
	}
	return weir_str_trim(s);
}

/* How many lines of the sample start like an object, and how many of those end like one. */
static void count_lines(struct weir_str s, unsigned *lines, unsigned *open, unsigned *whole)
{
	*lines = *open = *whole = 0;
	while (s.size && *lines < 1000) {
		struct weir_str rest, line = after_blanks(weir_str_cut(s, '\n', &rest));
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
	struct weir_str s = after_blanks(sample);
	unsigned lines, open, whole;
	if (!s.size)
		return 0;
	if (s.data[0] == '[' && complete &&
	    weir_str_equal(weir_str_trim((struct weir_str){s.data + 1, s.size - 1}), WEIR_STR("]")))
		return 95; /* no record */
	struct weir_str inner = s.data[0] == '[' ? weir_str_trim((struct weir_str){s.data + 1, s.size - 1}) : s;
	if (inner.size && inner.data[0] == '{') {
		struct weir_str key = weir_str_trim((struct weir_str){inner.data + 1, inner.size - 1});
		if (!key.size || key.data[0] == '"' || key.data[0] == '}')
			return 95;
	}
	count_lines(s, &lines, &open, &whole);
	return whole * 2 > lines ? 80 : 0;
}

/* The path of json:PATH, or of a wrapper. False: no memory. */
static bool find_records(struct json_codec *j, const struct weir_codec_config *config, struct weir_str sample,
			 bool complete)
{
	struct weir_codec *c = &j->codec;
	const char *path = weir_codec_argument(config);
	if (path && *path) {
		weir_buf_add_c(&j->path_text, path);
		return !j->path_text.failed;
	}
	struct weir_buf hint = {0}, format = {0};
	bool ok = json_wrapper_find(j, sample, complete, &hint);
	c->guess.doubt = c->doubt = hint.data;
	if (!ok || !j->path_text.size)
		return ok;
	weir_buf_addf(&format, "json:" WEIR_STR_FMT, WEIR_STR_ARG(weir_buf_str(&j->path_text)));
	if (format.failed)
		return false;
	free(c->format);
	c->format = format.data;
	c->guess.format = c->format;
	return true;
}

static enum weir_status json_open(struct weir_codec *c, const struct weir_codec_config *config, struct weir_str sample,
				  bool complete, struct weir_error *err)
{
	struct json_codec *j = (struct json_codec *)c;
	struct weir_str s = after_blanks(sample);
	bool ok = json_keys_init(&j->keys) && json_shapes_init(&j->shapes) && find_records(j, config, s, complete);
	if (!ok)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	if (j->path_text.size && !json_frame_parse(j)) {
		weir_fail(err, WEIR_USAGE, "format", "\"%s\" is not a path of keys", j->path_text.data);
		weir_error_hint(
		    err,
		    "separate keys by dots, as in json:data.items; quote a key that contains a dot; use [0] for one element");
		return WEIR_USAGE;
	}
	unsigned lines, open, whole;
	count_lines(s, &lines, &open, &whole);
	/* Where no line begins like an object, each is a record of its own, though none that can be read. */
	j->lines = !j->frame.n && s.size && s.data[0] != '[' && (open ? whole * 2 >= open : lines > 0);
	c->from_any_line = j->lines;
	return WEIR_OK;
}

/* Between two records that lie in no document, which is where a codec is copied. */
static bool json_clone(const struct weir_codec *from, struct weir_codec *to)
{
	const struct json_codec *f = (const struct json_codec *)from;
	struct json_codec *j = (struct json_codec *)to;
	j->keys = (struct json_keys){0};
	j->shapes = (struct json_shapes){0};
	j->scratch = j->beyond = j->path_text = (struct weir_buf){0};
	weir_buf_add_str(&j->path_text, weir_buf_str(&f->path_text));
	bool ok = !j->path_text.failed && (!j->path_text.size || json_frame_parse(j)); /* segments lie in the text */
	return ok && json_shapes_init(&j->shapes) && json_keys_copy(&j->keys, &f->keys);
}

static void json_close(struct weir_codec *c)
{
	struct json_codec *j = (struct json_codec *)c;
	json_keys_release(&j->keys);
	json_shapes_release(&j->shapes);
	weir_buf_release(&j->scratch);
	weir_buf_release(&j->beyond);
	weir_buf_release(&j->path_text);
}

static void json_restart(struct weir_codec *c)
{
	struct json_codec *j = (struct json_codec *)c;
	j->started = j->at_line_start = j->owes_end = false;
	json_frame_reset(j);
}

/* Counts what had to be changed in a record that is kept. */
static void note(struct json_codec *j, struct weir_str text, int64_t position, const struct weir_message *message)
{
	struct weir_builder *b = &j->codec.builder;
	if (j->n_undecoded)
		weir_builder_note(b, WEIR_NOTE_UNDECODED, position, text, message);
	if (j->n_repeated)
		weir_builder_note(b, WEIR_NOTE_REPEATED_KEY, position, text, message);
	if (j->n_renamed)
		weir_builder_note(b, WEIR_NOTE_DOTTED_KEY, position, text, message);
	for (; j->n_no_numbers; j->n_no_numbers--)
		weir_builder_note(b, WEIR_NOTE_NOT_A_NUMBER, position, text, message);
}

/* One record at *p, which is at its first byte. JSON_OK also when it was counted as malformed. */
static int record(struct json_codec *j, const char **p, uint64_t offset_of_p, const struct weir_message *message)
{
	struct weir_builder *b = &j->codec.builder;
	const char *from = *p, *q = from;
	j->shapes.trace.n = 0;
	j->shapes.trace.failed = false;
	j->n_undecoded = j->n_no_numbers = j->n_repeated = j->n_renamed = 0;
	j->stamp++;
	int r = *q == '{' ? json_read_object(j, &q, &j->keys.root, 0) : json_unexpected(j, q, "an object was expected");
	int64_t position = message ? message->offset : (int64_t)offset_of_p;
	if (r == JSON_OK) {
		struct weir_str text = {from, (size_t)(q - from)};
		if (!b->cut) {
			*p = q;
			note(j, text, position, message);
			json_shapes_learn(j, from, q);
		}
		return weir_builder_commit(b, position, text, message) ? JSON_OK : JSON_NO_MEMORY;
	}
	const char *next = r < JSON_BAD ? NULL : json_resync(j, from, j->error_at);
	if (r < JSON_BAD ||
	    (!next && json_frame_in_array(j) && !j->at_end)) { /* what is bad in an array ends where its brackets do */
		weir_builder_take_back(b);
		b->cut = false; /* a record that may not be whole says nothing of types */
		return r < JSON_BAD ? r : JSON_MORE;
	}
	const char *to = next ? next : j->end;
	struct weir_str raw = {from, (size_t)(to - from)};
	while (raw.size && (raw.data[raw.size - 1] == '\n' || raw.data[raw.size - 1] == '\r'))
		raw.size--;
	if (!weir_builder_reject(b, (enum weir_malformed)(r - JSON_BAD), position, raw, message, j->detail))
		return JSON_NO_MEMORY;
	j->codec.skipping = !next && !j->at_end;
	if (!json_frame_in_array(j) || (!next && j->at_end)) /* it ends with its record, and counts once */
		json_frame_reset(j);
	*p = to;
	return JSON_OK;
}

/* The document at hand is no good from *p on: counted once, and given up. */
static int reject_document(struct json_codec *j, const char **p, enum weir_malformed why,
			   const struct weir_message *message)
{
	struct json_frame *f = &j->frame;
	struct weir_str start = {f->start, f->start_bytes};
	const char *feed = memchr(f->start, '\n', f->start_bytes);
	start.size = feed && feed > f->start + 1 ? (size_t)(feed - f->start) : start.size;
	int64_t position = message ? message->offset : (int64_t)f->offset;
	json_frame_reset(j);
	if (!weir_builder_reject(&j->codec.builder, why, position, start, message, j->detail))
		return JSON_NO_MEMORY;
	j->at_line_start = false;
	const char *next = *p < j->end ? json_next_line(j, *p) : NULL;
	j->codec.skipping = !next && !j->at_end;
	*p = next ? next : j->end;
	return JSON_OK;
}

/* On to the next record of a document, or behind it. *here: it stands at *p. */
static int inside_document(struct json_codec *j, const char **p, const struct weir_message *message, bool *here)
{
	int r = json_frame_next(j, p);
	*here = r == JSON_RECORD;
	if (r >= JSON_BAD)
		return reject_document(j, p, (enum weir_malformed)(r - JSON_BAD), message);
	if (r == JSON_OK && j->frame.n && !j->frame.found) {
		const char *end = *p;
		json_frame_explain(j);
		r = reject_document(j, p, WEIR_BAD_SYNTAX, message);
		*p = end; /* what follows is another document */
		j->codec.skipping = false;
	}
	return *here ? JSON_OK : r;
}

static const char *between_records(const struct json_codec *j, const char *p)
{
	while (p < j->end && json_is_blank(*p))
		p++;
	return p;
}

/* The input ends inside a document, of which *taken of `size` bytes were read. Where the batch has no room for the row that it may be
 * kept as, a byte is left for the next one. */
static int end_inside(struct json_codec *j, const struct weir_message *message, size_t size, size_t *taken, int r)
{
	const char *p = j->end;
	if (!weir_builder_has_room(&j->codec.builder)) {
		j->owes_end = *taken == size;
		*taken -= j->owes_end;
		return r;
	}
	*taken = size;
	j->owes_end = false;
	j->detail = "the document is not closed";
	return reject_document(j, &p, WEIR_BAD_TRUNCATED, message);
}

/* Records from bytes[0..size) until the batch is full or a record is not whole; returns the bytes taken in *taken. */
static int records(struct json_codec *j, const char *bytes, size_t size, uint64_t offset,
		   const struct weir_message *message, size_t *taken)
{
	const struct weir_builder *b = &j->codec.builder;
	const char *p = bytes;
	int r = JSON_OK;
	j->end = bytes + size;
	if (j->owes_end) { /* the byte at hand was read when the batch before this one was full */
		*taken = size;
		return end_inside(j, message, size, taken, JSON_OK);
	}
	while (!weir_builder_full(b)) {
		*taken = (size_t)(p - bytes);
		bool here = false;
		if (json_frame_inside(j)) {
			r = inside_document(j, &p, message, &here);
			*taken = (size_t)(p - bytes); /* even when it goes on: the place in the document is kept */
		} else {
			p = between_records(j, p);
			if (j->lines && json_shapes_read(j, &p, offset + (uint64_t)(p - bytes)) != JSON_OK)
				return JSON_NO_MEMORY;
			*taken = (size_t)(p - bytes); /* the rest may be no whole record */
			p = between_records(j, p);
			if (weir_builder_full(b) || p >= j->end)
				break;
			r = json_frame_enter(j, &p, offset + (uint64_t)(p - bytes));
			here = r == JSON_RECORD || r >= JSON_BAD;
			r = here ? JSON_OK : r;
		}
		if (here) {
			r = record(j, &p, offset + (uint64_t)(p - bytes), message);
			if (r == JSON_OK && !b->cut)
				json_frame_passed(j);
		}
		if (r != JSON_OK || b->cut)
			break;
		if (p >= j->end)
			break;
	}
	if (r == JSON_OK && !b->cut)
		*taken = (size_t)(p - bytes);
	if (j->at_end && json_frame_inside(j) && !b->cut && between_records(j, bytes + *taken) == j->end)
		r = end_inside(j, message, size, taken, r);
	return r;
}

static bool is_blank(struct weir_str text)
{
	while (text.size && strchr(" \t\r\n", *text.data) && *text.data) {
		text.data++;
		text.size--;
	}
	return !text.size;
}

static int from_messages(struct json_codec *j, struct weir_chunk *chunk, struct weir_batch *batch)
{
	struct weir_builder *b = &j->codec.builder;
	j->lines = false; /* a message is whole, whatever lines it has */
	while (chunk->n_messages && !weir_builder_full(b)) {
		const struct weir_message *m = chunk->messages;
		struct weir_str text = m->payload;
		if (text.size && !*text.data)
			weir_frame_cut(&text, &(uint32_t){0});
		size_t taken = 0, left = text.size - j->resume;
		int r = JSON_OK;
		bool read = false;
		j->at_end = true;
		if (!j->frame.n && !j->resume && text.data)
			r = json_shapes_message(j, text, &read);
		if (r == JSON_OK && read)
			r = weir_builder_commit(b, m->offset, text, m) ? JSON_OK : JSON_NO_MEMORY, taken = left;
		else if (r == JSON_OK && text.data && is_blank(text))
			r = weir_builder_reject(b, WEIR_BAD_SYNTAX, m->offset, text, m, "an empty value")
				? JSON_OK
				: JSON_NO_MEMORY,
			taken = left;
		else if (r == JSON_OK && text.data && left)
			r = records(j, text.data + j->resume, left, 0, m, &taken);
		else if (!text.data)
			r = weir_builder_commit(b, m->offset, m->payload, m) ? JSON_OK : JSON_NO_MEMORY;
		if (r == JSON_NO_MEMORY)
			return r;
		if (r == JSON_OK && taken < left) { /* the batch is full in the middle of an array */
			j->resume += taken;
			return JSON_OK;
		}
		j->resume = 0;
		json_frame_reset(j);
		j->codec.skipping = false;
		weir_chunk_take_message(chunk, batch);
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

static enum weir_status json_decode(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch,
				    struct weir_error *err)
{
	struct json_codec *j = (struct json_codec *)c;
	struct weir_builder *b = &c->builder;
	bool ok = weir_builder_begin(b, batch);
	if (ok)
		ok = (chunk->is_messages ? from_messages(j, chunk, batch) : from_bytes(j, chunk, batch)) !=
		     JSON_NO_MEMORY;
	c->from_any_line = j->lines && !json_frame_inside(j); /* a line may open an array all the same */
	return weir_codec_end(c, ok, err);
}

const struct weir_codec_ops weir_codec_json = {
    .name = "json",
    .help = "objects one per line, back to back, or in an array; json:PATH for records below keys (json:data.items)",
    .argument = "PATH",
    .bytes = sizeof(struct json_codec),
    .alone = true,
    .detect = detect,
    .open = json_open,
    .decode = json_decode,
    .restart = json_restart,
    .clone = json_clone,
    .close = json_close,
    .written_as = "ndjson jsonl json",
    .encode = weir_json_encode,
};
