/* What comes, gathered into blocks by stream; and the writer's life. */
#include "writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_QUEUED_BYTES = 4 << 20, PARTS = 32 }; /* of --memory */

static void open_block(struct weir_capture_writer *w, struct capture_lane *lane, enum weir_capture_kind kind,
		       int64_t arrival_us)
{
	lane->last_us = arrival_us;
	if (lane->open.size)
		return;
	lane->kind = kind;
	lane->first_us = arrival_us;
	lane->opened_us = weir_clock_mono_us(w->clock);
	weir_buf_reserve(&lane->open, WEIR_CAPTURE_GATHER_BYTES + WEIR_CAPTURE_GATHER_BYTES / 4);
}

/* A block of the lane's that has no records; with its lock. */
static void add_alone(struct weir_capture_writer *w, uint32_t lane_index, enum weir_capture_kind kind,
		      struct weir_buf *text)
{
	const struct capture_lane *lane = &w->lanes[lane_index];
	const struct weir_capture_block head = {
	    .kind = (uint8_t)kind, .stream = lane->id, .before = lane->before, .unpacked_bytes = (uint32_t)text->size};

	if (!text->failed)
		capture_queue_add(w, lane_index, &head, text, false);
}

void weir_capture_writer_stream(struct weir_capture_writer *w, uint32_t lane_index,
				const struct weir_capture_stream *stream)
{
	struct capture_lane *lane = &w->lanes[lane_index];
	struct weir_buf text = {0};

	if (w->finished)
		return;
	pthread_mutex_lock(&lane->lock);
	capture_lane_close_block(w, lane, true);
	uint16_t next = 1;
	for (size_t i = 0; i < w->n_known && !lane->named; i++) {
		const struct capture_known *k = &w->known[i];
		next = k->id >= next ? (uint16_t)(k->id + 1) : next;
		if (!weir_str_equal(weir_str_of(k->name), stream->name))
			continue;
		lane->id = k->id;
		lane->before = k->before;
		lane->named = true;
	}
	if (!lane->named) {
		lane->id = (uint16_t)(next + lane_index); /* lanes are fewer than numbers */
		lane->named = true;
	}
	weir_capture_stream_write(stream, &text);
	add_alone(w, lane_index, WEIR_CAPTURE_STREAM, &text);
	pthread_mutex_unlock(&lane->lock);
	weir_buf_release(&text);
}

void weir_capture_writer_schema(struct weir_capture_writer *w, uint32_t lane_index, struct weir_buf *payload)
{
	struct capture_lane *lane = &w->lanes[lane_index];

	pthread_mutex_lock(&lane->lock);
	if (!w->finished) {
		capture_lane_close_block(w, lane, true);
		add_alone(w, lane_index, WEIR_CAPTURE_SCHEMA, payload);
	}
	pthread_mutex_unlock(&lane->lock);
	weir_buf_clear(payload);
}

typedef uint8_t sixteen __attribute__((vector_size(16)));

/* Sixteen places at once: a place that has a line end is -1, and a place of the sum holds up to 255. */
static uint64_t count_lines(struct weir_str s)
{
	const sixteen line_end = (sixteen){0} + (uint8_t)'\n';
	uint64_t n = 0;

	while (s.size >= sizeof line_end) {
		size_t rounds = s.size / sizeof line_end < UINT8_MAX ? s.size / sizeof line_end : UINT8_MAX;
		sixteen sum = {0}, bytes;
		for (size_t i = 0; i < rounds; i++, s.data += sizeof bytes) {
			memcpy(&bytes, s.data, sizeof bytes);
			sum -= (sixteen)(bytes == line_end);
		}
		s.size -= rounds * sizeof bytes;
		for (size_t i = 0; i < sizeof sum; i++)
			n += sum[i];
	}
	for (; s.size; s.size--)
		n += *s.data++ == '\n';
	return n;
}

/* Of a run, what goes into the next block: to the last line end within its bounds, if there is one. */
static size_t piece_size(struct weir_str rest)
{
	if (rest.size <= WEIR_CAPTURE_GATHER_BYTES)
		return rest.size;
	const char *line_end = memrchr(rest.data, '\n', WEIR_CAPTURE_GATHER_BYTES);
	return line_end ? (size_t)(line_end - rest.data) + 1 : WEIR_CAPTURE_GATHER_BYTES;
}

void weir_capture_writer_bytes(struct weir_capture_writer *w, uint32_t lane_index, const struct weir_capture_piece *run,
			       uint64_t n_records)
{
	struct capture_lane *lane = &w->lanes[lane_index];
	struct weir_capture_piece piece = *run;
	struct weir_str rest = run->bytes;
	bool begins = true, ends;

	if (w->failed)
		w->missed += w->finished ? 0 : n_records;
	if (w->failed || w->finished)
		return;
	pthread_mutex_lock(&lane->lock);
	do {
		piece.bytes = (struct weir_str){rest.data, piece_size(rest)};
		ends = piece.bytes.size == rest.size;
		rest.data += piece.bytes.size;
		rest.size -= piece.bytes.size;
		if (lane->open.size + piece.bytes.size > WEIR_CAPTURE_GATHER_BYTES)
			capture_lane_close_block(w, lane, true);
		uint64_t n = ends ? n_records : count_lines(piece.bytes);
		n = n < n_records ? n : n_records;
		n_records -= n;
		piece.flags = ends ? run->flags | WEIR_RUN_ENDS : 0;
		piece.flags |= begins ? WEIR_RUN_BEGINS : 0;
		open_block(w, lane, WEIR_CAPTURE_BYTES, run->arrival_us);
		weir_capture_piece_write(&piece, &lane->open);
		lane->records += (uint32_t)n;
		piece.offset += piece.bytes.size;
		begins = false;
	} while (!ends);
	pthread_mutex_unlock(&lane->lock);
}

/* The number of the partition in the open block's table; a table that is full closes the block. -1: no memory. */
static int place_of(struct weir_capture_writer *w, struct capture_lane *lane, const struct weir_partitions *partitions,
		    uint16_t index)
{
	while (index >= lane->n_places) {
		size_t n = lane->n_places;
		if (!weir_grow((void **)&lane->places, &lane->n_places, (size_t)index + 1, sizeof *lane->places))
			return -1;
		memset(lane->places + n, 0, (lane->n_places - n) * sizeof *lane->places);
	}
	if (lane->places[index])
		return lane->places[index] - 1;
	if (lane->n_partitions == WEIR_MAX_CAPTURE_PARTITIONS)
		capture_lane_close_block(w, lane, true);
	const struct weir_partition *p = weir_partitions_get(partitions, index);
	lane->indices[lane->n_partitions] = index;
	lane->partitions[lane->n_partitions] = (struct weir_capture_partition){p->topic, p->number};
	lane->places[index] = (uint16_t)++lane->n_partitions;
	return (int)lane->n_partitions - 1;
}

static size_t size_of(const struct weir_message *m)
{
	return m->payload.size + m->key.size + m->headers.size;
}

void weir_capture_writer_messages(struct weir_capture_writer *w, uint32_t lane_index,
				  const struct weir_message *messages, size_t n,
				  const struct weir_partitions *partitions, int64_t arrival_us)
{
	struct capture_lane *lane = &w->lanes[lane_index];
	size_t i;

	if (w->finished)
		return;
	pthread_mutex_lock(&lane->lock);
	for (i = 0; i < n && !w->failed; i++) {
		struct weir_capture_message m = {.arrival_us = arrival_us, .message = messages[i]};
		size_t size = size_of(&m.message);
		if (size > WEIR_MAX_CAPTURE_BLOCK_BYTES / 2) {
			w->missed++;
			continue;
		}
		if (lane->open.size && lane->open.size + size > WEIR_CAPTURE_GATHER_BYTES)
			capture_lane_close_block(w, lane, true);
		int place = place_of(w, lane, partitions, m.message.partition);
		if (place < 0) {
			w->missed++;
			continue;
		}
		m.message.partition = (uint16_t)place;
		m.flags = (i == 0 ? WEIR_RUN_BEGINS : 0) | (i + 1 == n ? WEIR_RUN_ENDS : 0);
		open_block(w, lane, WEIR_CAPTURE_MESSAGES, arrival_us);
		weir_capture_message_write(&m, &lane->open);
		lane->records++;
	}
	w->missed += n - i;
	pthread_mutex_unlock(&lane->lock);
}

/* ---- life ---- */

enum weir_status weir_capture_writer_open(const struct weir_capture_config *config, struct weir_capture_writer **out,
					  struct weir_error *err)
{
	struct weir_capture_writer *w = weir_calloc(1, sizeof *w);
	bool to_output = strcmp(config->path, "-") == 0;

	if (!w)
		return weir_fail(err, WEIR_NO_MEMORY, "--capture", "out of memory");
	w->out.fd = w->work.fd = -1;
	w->last = &w->first;
	w->clock = config->clock;
	w->log = config->log;
	w->wake = config->wake;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->room, NULL);
	uint64_t limit = config->budget ? config->budget->limit_bytes : 0;
	w->most_bytes = limit && limit / PARTS < MOST_QUEUED_BYTES ? (size_t)(limit / PARTS) : MOST_QUEUED_BYTES;
	w->path = weir_str_dup(weir_str_of(to_output ? "standard output" : config->path));
	w->lanes = weir_calloc(config->n_lanes ? config->n_lanes : 1, sizeof *w->lanes);
	enum weir_status st =
	    w->path && w->lanes ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "--capture", "out of memory");
	for (; st == WEIR_OK && w->n_lanes < config->n_lanes; w->n_lanes++)
		pthread_mutex_init(&w->lanes[w->n_lanes].lock, NULL);
	if (st == WEIR_OK)
		st = weir_wake_init(&w->work, err);
	if (st == WEIR_OK)
		st = capture_out_open(w, config, err);
	if (st == WEIR_OK) {
		w->started = weir_thread_start(&w->thread, capture_thread, w) == 0;
		if (!w->started)
			st = weir_fail(err, WEIR_NO_MEMORY, "--capture", "could not start a thread");
	}
	if (st != WEIR_OK) {
		weir_capture_writer_close(w);
		return st;
	}
	*out = w;
	return WEIR_OK;
}

void weir_capture_writer_hurry(struct weir_capture_writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->hurry = true;
	pthread_cond_broadcast(&w->room);
	pthread_mutex_unlock(&w->lock);
}

static void end_thread(struct weir_capture_writer *w)
{
	for (uint32_t i = 0; i < w->n_lanes; i++) {
		pthread_mutex_lock(&w->lanes[i].lock);
		capture_lane_close_block(w, &w->lanes[i], false);
		pthread_mutex_unlock(&w->lanes[i].lock);
	}
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	weir_wake_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	w->started = false;
}

enum weir_status weir_capture_writer_finish(struct weir_capture_writer *w, struct weir_error *err)
{
	struct weir_error why = {0};

	weir_capture_writer_hurry(w);
	w->finished = true;
	if (w->started) {
		end_thread(w);
		if (!w->failed && capture_out_end(w, &why) != WEIR_OK)
			capture_fail(w, &why);
	}
	if (err && w->failed)
		*err = w->failure;
	return w->failed ? w->failure.code : WEIR_OK;
}

void weir_capture_writer_status(struct weir_capture_writer *w, struct weir_capture_status *out)
{
	int64_t since_us = w->waiting_since_us;

	*out = (struct weir_capture_status){
	    .captured = w->captured,
	    .missed = w->missed,
	    .bytes = w->bytes,
	    .file_bytes = w->file_bytes,
	    .cut_bytes = w->cut_bytes,
	    .cut_records = w->cut_records,
	    .continued = w->continued,
	    .waits_us = since_us ? weir_clock_mono_us(w->clock) - since_us : 0,
	};
	snprintf(out->path, sizeof out->path, "%s", w->path);
	pthread_mutex_lock(&w->lock);
	out->failure = w->failure;
	pthread_mutex_unlock(&w->lock);
}

uint64_t weir_capture_writer_captured(struct weir_capture_writer *w, uint32_t lane)
{
	return w->lanes[lane].captured;
}

bool weir_capture_writer_is(const struct weir_capture_writer *w, int fd)
{
	struct stat meta;

	return w->out.regular && fstat(fd, &meta) == 0 && meta.st_dev == w->out.device && meta.st_ino == w->out.inode;
}

void weir_capture_writer_close(struct weir_capture_writer *w)
{
	if (!w)
		return;
	if (w->started)
		(void)!weir_capture_writer_finish(w, NULL);
	for (uint32_t i = 0; i < w->n_lanes; i++) {
		struct capture_lane *lane = &w->lanes[i];
		weir_buf_release(&lane->open);
		free(lane->places);
		pthread_mutex_destroy(&lane->lock);
	}
	for (struct capture_item *i = w->spare, *next; i; i = next) {
		next = i->next;
		weir_buf_release(&i->text);
		free(i);
	}
	for (size_t i = 0; i < w->n_known; i++)
		free(w->known[i].name);
	free(w->known);
	weir_capture_index_release(&w->out.since);
	if (w->out.fd >= 0)
		close(w->out.fd);
	if (w->work.fd >= 0)
		weir_wake_release(&w->work);
	weir_buf_release(&w->packed);
	free(w->lanes);
	free(w->path);
	pthread_cond_destroy(&w->room);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
