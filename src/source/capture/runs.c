/* Frames to runs. Where a block in the middle of a run is damaged, what is left of the run is two runs. */
#include "capture.h"

#include <stdlib.h>

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "capture", "out of memory");
}

static void give_up_blocks(struct replay_block **list, struct replay_block **to)
{
	while (*list) {
		struct replay_block *b = *list;
		*list = b->next;
		b->next = *to;
		*to = b;
	}
}

static void free_blocks(struct replay_block **list)
{
	while (*list) {
		struct replay_block *b = *list;
		*list = b->next;
		weir_buf_release(&b->text);
		free(b);
	}
}

static bool is_past(struct replay_runs *r, int64_t arrival_us)
{
	r->stopped = r->until_us != INT64_MAX && arrival_us >= r->until_us;
	return r->stopped;
}

/* So many records as a block has no room for are no number to count by. */
static uint64_t records_of(struct replay_runs *r, const struct weir_capture_block *b)
{
	bool possible = b->records <= b->unpacked_bytes;

	r->unsure = r->unsure || !possible;
	return possible ? b->records : 0;
}

/* Records of this stream that lay in blocks which were passed over. */
static void count_lost(struct replay_runs *r, const struct weir_capture_block *b)
{
	bool wrong = b->before > WEIR_MAX_CAPTURE_RECORDS || (r->counting && b->before < r->expected);

	r->places_seen = weir_capture_reader_damage(r->reader)->places;
	if (r->counting ? b->before != r->expected : b->before > 0)
		r->needs_head = r->needs_head || !r->begun;
	if (wrong) {
		r->unsure = true;
		r->expected += b->records;
		return;
	}
	if (r->counting)
		r->lost += b->before - r->expected;
	r->counting = true;
	r->expected = b->before + b->records;
}

static struct replay_block *empty_block(struct replay_runs *r)
{
	struct replay_block *b = r->spare;

	if (!b)
		return weir_calloc(1, sizeof *b);
	r->spare = b->next;
	b->next = NULL;
	return b;
}

/* The partitions of the block's table among those of the stream, which grow. */
static bool find_partitions(struct replay_runs *r)
{
	uint32_t near = 0;

	for (uint32_t i = 0; i < r->frames->n_partitions; i++) {
		const struct weir_capture_partition *p = &r->frames->partitions[i];
		uint32_t n = weir_partitions_count(r->partitions), k;
		for (k = 0; k < n; k++) {
			const struct weir_partition *have = weir_partitions_get(r->partitions, (near + k) % n);
			if (have->number == p->number && weir_str_equal(have->topic, p->topic))
				break;
		}
		int at = k < n ? (int)((near + k) % n) : weir_partitions_add(r->partitions, p->topic, p->number);
		if (at < 0)
			return false;
		r->places[i] = (uint16_t)at;
		near = (uint32_t)at + 1;
	}
	return true;
}

/* A description or a schema. Those that the file had when it was opened are known already; the damaged ones are counted here. */
static enum weir_status take_word(struct replay_runs *r, enum weir_capture_kind kind, struct weir_error *err)
{
	bool bad = false, all_seen = weir_capture_reader_damage(r->reader)->places == r->places_seen;
	enum weir_status st = weir_capture_reader_payload(r->reader, &r->word, err);

	if (st == WEIR_OK)
		st = replay_word_take(r->registry, kind, weir_buf_str(&r->word), &bad, err);
	if (bad)
		weir_capture_reader_mistrust(r->reader);
	r->bad_words += bad || st == WEIR_MALFORMED;
	if (all_seen) /* a word has no records */
		r->places_seen = weir_capture_reader_damage(r->reader)->places;
	return st == WEIR_MALFORMED ? WEIR_OK : st;
}

/* The frames of the next block of this stream. */
static enum weir_status next_block(struct replay_runs *r, struct weir_error *err)
{
	struct weir_capture_block b;
	enum weir_status st;

	if (r->block) {
		r->block->next = r->used;
		r->used = r->block;
		r->block = NULL;
	}
	for (;;) {
		if (weir_capture_reader_at(r->reader) >= r->bound)
			return WEIR_END;
		if ((st = weir_capture_reader_next(r->reader, &b, err)) != WEIR_OK)
			return st;
		if (b.stream == r->stream && replay_is_word((enum weir_capture_kind)b.kind) &&
		    (st = take_word(r, (enum weir_capture_kind)b.kind, err)) != WEIR_OK)
			return st;
		if (b.stream != r->stream || (b.kind != WEIR_CAPTURE_BYTES && b.kind != WEIR_CAPTURE_MESSAGES))
			continue;
		if (is_past(r, b.first_us))
			return WEIR_END;
		count_lost(r, &b);
		if (b.last_us < r->from_us) {
			r->needs_head = true;
			continue;
		}
		if (!r->block && !(r->block = empty_block(r)))
			return no_memory(err);
		st = weir_capture_reader_payload(r->reader, &r->block->text, err);
		r->kind = (enum weir_capture_kind)b.kind;
		if (st == WEIR_OK && !weir_capture_frames_open(r->frames, r->kind, weir_buf_str(&r->block->text))) {
			weir_capture_reader_mistrust(r->reader);
			st = WEIR_MALFORMED;
		}
		if (st == WEIR_MALFORMED) {
			r->places_seen = weir_capture_reader_damage(r->reader)->places;
			r->lost += records_of(r, &b);
			r->needs_head = r->needs_head || !r->begun;
			continue;
		}
		if (st == WEIR_OK && r->kind == WEIR_CAPTURE_MESSAGES && !find_partitions(r))
			return no_memory(err);
		return st;
	}
}

/* The rest of the block is no frames. */
static void give_up_block(struct replay_runs *r)
{
	weir_capture_reader_mistrust(r->reader);
	r->places_seen = weir_capture_reader_damage(r->reader)->places;
	r->unsure = true;
}

/* ---- bytes ---- */

static bool add_bytes(struct replay_runs *r, struct weir_str s)
{
	size_t room;
	char *to = weir_byte_window_room(&r->window, s.size, &room);

	if (!to || room < s.size)
		return false;
	memcpy(to, s.data, s.size);
	weir_byte_window_added(&r->window, s.size);
	return true;
}

/* Whether the piece begins another run than the one that is open. */
static bool is_of_another(const struct replay_runs *r, const struct weir_capture_piece *p)
{
	return r->open && (r->is_messages || p->flags & WEIR_RUN_BEGINS || p->offset != r->next_offset ||
			   p->arrival_us != r->arrival_us);
}

/* The stream began anew: what was said of its beginning holds again. An empty run tells so. */
static bool begins_anew(const struct replay_runs *r, const struct weir_capture_piece *p)
{
	return r->has_offset && p->offset < r->next_offset && !r->restarts;
}

/* A run that is larger than what may be kept at once is several. */
static enum weir_status add_piece(struct replay_runs *r, const struct weir_capture_piece *p, struct weir_error *err)
{
	size_t size = weir_byte_window_size(&r->window), most = weir_byte_window_most(&r->window);

	if (size && size + p->bytes.size > most) {
		r->held = *p;
		r->holds = r->open = r->whole = true;
		r->at_end = r->restarts = false;
		return WEIR_OK;
	}
	if (p->bytes.size > most)
		return weir_fail(err, WEIR_TOO_LARGE, "capture",
				 "a piece of it has %zu bytes, more than --memory allows", p->bytes.size);
	return add_bytes(r, p->bytes) ? WEIR_OK : no_memory(err);
}

static enum weir_status take_piece(struct replay_runs *r, const struct weir_capture_piece *p, struct weir_error *err)
{
	if (!r->open && begins_anew(r, p)) {
		r->held = *p;
		r->holds = true;
		r->open = r->whole = r->at_end = r->restarts = true;
		r->is_messages = false;
		r->next_offset = 0;
		return WEIR_OK;
	}
	if (!r->open) {
		r->is_messages = r->at_end = r->restarts = false;
		r->arrival_us = p->arrival_us;
		if (weir_byte_window_size(&r->window) && r->has_offset && p->offset != r->next_offset) {
			r->lost++; /* what was left began a record whose rest is damaged */
			r->window.start = r->window.end = r->window.handed = 0;
		}
		bool head = !r->begun && r->needs_head && r->head.size && p->offset >= r->head.size;
		if (!weir_byte_window_size(&r->window))
			r->window.offset = p->offset - (head ? r->head.size : 0);
		if (head && !add_bytes(r, r->head))
			return no_memory(err);
	}
	enum weir_status st = add_piece(r, p, err);
	if (st != WEIR_OK || r->holds)
		return st;
	r->open = r->begun = r->has_offset = true;
	r->next_offset = p->offset + p->bytes.size;
	r->at_end = p->flags & (WEIR_RUN_AT_END | WEIR_RUN_RESTARTS);
	r->restarts = p->flags & WEIR_RUN_RESTARTS;
	r->whole = p->flags & WEIR_RUN_ENDS;
	return WEIR_OK;
}

/* Only what lies between from= and until=. The end of a file is told all the same. False: nothing of it is wanted. */
static bool cut_piece(struct replay_runs *r, struct weir_capture_piece *p)
{
	uint64_t from = r->from_offset > 0 ? (uint64_t)r->from_offset : 0, until = (uint64_t)r->until_offset;
	size_t ahead = from > p->offset ? (size_t)(from - p->offset) : 0;

	if (r->until_offset == INT64_MAX && !ahead)
		return true;
	if (until <= p->offset) {
		p->bytes.size = 0;
	} else if (p->bytes.size > until - p->offset) {
		p->bytes.size = (size_t)(until - p->offset);
		p->flags |= WEIR_RUN_ENDS;
	}
	ahead = ahead < p->bytes.size ? ahead : p->bytes.size;
	r->needs_head = r->needs_head || ahead;
	p->bytes.data += ahead;
	p->bytes.size -= ahead;
	p->offset += ahead;
	return p->bytes.size || p->flags & WEIR_RUN_RESTARTS;
}

static enum weir_status next_piece(struct replay_runs *r, struct weir_error *err)
{
	struct weir_capture_piece p;
	enum weir_status st = WEIR_OK;

	if (r->holds)
		p = r->held;
	else
		st = weir_capture_piece_next(r->frames, &p);
	r->holds = false;
	if (st == WEIR_MALFORMED)
		give_up_block(r);
	if (st != WEIR_OK)
		return st;
	if (is_past(r, p.arrival_us))
		return WEIR_END;
	if (p.arrival_us < r->from_us) {
		r->needs_head = true;
		return WEIR_OK;
	}
	if (!cut_piece(r, &p))
		return WEIR_OK;
	if (is_of_another(r, &p)) {
		r->held = p;
		r->holds = true;
		r->whole = true;
		return WEIR_OK;
	}
	return take_piece(r, &p, err);
}

/* ---- messages ---- */

static bool is_wanted(const struct replay_runs *r, const struct weir_capture_message *m)
{
	return m->arrival_us >= r->from_us && m->message.offset >= r->from_offset &&
	       m->message.offset < r->until_offset;
}

static enum weir_status next_message(struct replay_runs *r, struct weir_error *err)
{
	const struct weir_str before = r->frames->rest;
	struct weir_capture_message m;
	enum weir_status st = weir_capture_message_next(r->frames, &m);

	if (st == WEIR_MALFORMED)
		give_up_block(r);
	if (st != WEIR_OK)
		return st;
	if (is_past(r, m.arrival_us))
		return WEIR_END;
	if (r->open && (!r->is_messages || m.flags & WEIR_RUN_BEGINS || m.arrival_us != r->arrival_us)) {
		r->frames->rest = before;
		r->whole = true;
		return WEIR_OK;
	}
	bool wanted = is_wanted(r, &m);
	if (wanted && !weir_grow((void **)&r->messages, &r->capacity, r->n_messages + 1, sizeof *r->messages))
		return no_memory(err);
	if (wanted) {
		m.message.partition = r->places[m.message.partition];
		struct weir_partition *p = weir_partitions_at(r->partitions, m.message.partition);
		m.message.topic = p->topic;
		p->position = m.message.offset + 1;
		r->messages[r->n_messages++] = m.message;
		r->open = r->begun = true;
		r->is_messages = true;
		r->at_end = r->restarts = false;
		r->arrival_us = m.arrival_us;
	}
	r->whole = r->open && m.flags & WEIR_RUN_ENDS;
	return WEIR_OK;
}

enum weir_status replay_runs_next(struct replay_runs *r, struct weir_error *err)
{
	r->whole = false;
	while (!r->whole) {
		enum weir_status st = WEIR_AGAIN;
		if (r->holds || (r->block && r->kind == WEIR_CAPTURE_BYTES))
			st = next_piece(r, err);
		else if (r->block)
			st = next_message(r, err);
		if (st == WEIR_AGAIN || st == WEIR_MALFORMED) /* this block has no more */
			st = next_block(r, err);
		if (st != WEIR_OK)
			return st;
	}
	return WEIR_OK;
}

void replay_runs_drop(struct replay_runs *r, size_t n_messages)
{
	r->used_messages += n_messages;
	if (r->used_messages < r->n_messages)
		return;
	r->used_messages = r->n_messages = 0;
	give_up_blocks(&r->used, &r->spare);
}

void replay_runs_release(struct replay_runs *r)
{
	weir_capture_reader_close(r->reader);
	if (r->block) {
		r->block->next = r->used;
		r->used = r->block;
	}
	free_blocks(&r->used);
	free_blocks(&r->spare);
	weir_buf_release(&r->word);
	free(r->frames);
	free(r->messages);
	weir_byte_window_release(&r->window);
}
