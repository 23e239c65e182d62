/* Opening a capture: which of its streams, where to begin and to stop, and how it was read then. */
#include "capture.h"

#include <stdlib.h>

static enum weir_status several(const struct replay *r, const char *wanted, struct weir_error *err)
{
	struct weir_buf names = {0};
	struct weir_str near[64];
	size_t n = 0;

	for (size_t i = 0; i < r->streams.n; i++) {
		weir_buf_addf(&names, "%s%s", i ? ", " : "", r->streams.items[i].name);
		if (n < sizeof near / sizeof *near)
			near[n++] = weir_str_of(r->streams.items[i].name);
	}
	int at = wanted ? weir_nearest(weir_str_of(wanted), near, n) : -1;
	if (wanted)
		weir_fail(err, WEIR_USAGE, r->path, "has no stream %.100s", wanted);
	else
		weir_fail(err, WEIR_USAGE, r->path, "has several streams, and stream= names none");
	if (at >= 0)
		weir_error_hint(err, "did you mean %.100s?", r->streams.items[at].name);
	else
		weir_error_hint(err, "it has %.200s", names.size ? names.data : "none");
	weir_buf_release(&names);
	return WEIR_USAGE;
}

static enum weir_status choose(struct replay *r, const struct weir_uri *uri, struct weir_error *err)
{
	const char *wanted = weir_uri_param(uri, "stream");

	if (!wanted && r->streams.n > 1)
		return several(r, NULL, err);
	for (size_t i = 0; i < r->streams.n && !r->stream; i++)
		if (!wanted || strcmp(r->streams.items[i].name, wanted) == 0)
			r->stream = &r->streams.items[i];
	if (!r->stream && (wanted || r->runs.reader == NULL))
		return several(r, wanted, err);
	return WEIR_OK;
}

/* The newest arrival, and the first block that may hold one at or after `from_us`. */
static int64_t newest_of(const struct replay *r, const struct weir_capture_index *index)
{
	int64_t newest_us = INT64_MIN;

	for (size_t i = 0; i < index->n; i++)
		if (r->stream && index->items[i].stream == r->stream->id && index->items[i].records &&
		    index->items[i].last_us > newest_us)
			newest_us = index->items[i].last_us;
	return newest_us;
}

static void go_to(struct replay *r, const struct weir_capture_index *index)
{
	uint64_t at = index->end;

	for (size_t i = index->n; i-- > 0;) {
		const struct weir_capture_entry *e = &index->items[i];
		bool ours = r->stream && e->stream == r->stream->id &&
			    (e->kind == WEIR_CAPTURE_BYTES || e->kind == WEIR_CAPTURE_MESSAGES);
		if (ours && e->last_us >= r->runs.from_us)
			at = e->at;
	}
	r->runs.needs_head = true;
	weir_capture_reader_go(r->runs.reader, at);
}

/* Its records have offsets in what its blocks hold when they are unpacked. */
static bool is_container(const struct replay *r)
{
	const struct weir_capture_stream *is = r->stream ? &r->stream->is : NULL;

	return is && is->head.size &&
	       (weir_str_equal(is->format, WEIR_STR("avro")) || weir_str_equal(is->guessed_format, WEIR_STR("avro")));
}

static enum weir_status apply_bounds(struct replay *r, const struct weir_uri *uri,
				     const struct weir_capture_index *index, struct weir_error *err)
{
	int64_t newest_us = newest_of(r, index);
	struct weir_place from, until;
	enum weir_status st = weir_uri_params_place(uri, "from", newest_us, &from, err);

	if (st == WEIR_OK)
		st = weir_uri_params_place(uri, "until", newest_us, &until, err);
	if (st != WEIR_OK)
		return st;
	if (is_container(r) && (from.kind == WEIR_PLACE_OFFSET || until.kind == WEIR_PLACE_OFFSET)) {
		weir_fail(err, WEIR_USAGE, r->path,
			  "%s= takes no offset here: those of Avro's records are no places in the stream",
			  from.kind == WEIR_PLACE_OFFSET ? "from" : "until");
		weir_error_hint(err, "a time of arrival, as from=-15m, is one");
		return WEIR_USAGE;
	}
	r->is_partial = from.kind != WEIR_PLACE_NONE || until.kind != WEIR_PLACE_NONE;
	r->finite = !r->follow || until.kind != WEIR_PLACE_NONE;
	if (from.kind == WEIR_PLACE_OFFSET)
		r->runs.from_offset = from.value;
	if (until.kind == WEIR_PLACE_OFFSET)
		r->runs.until_offset = until.value;
	if (until.kind == WEIR_PLACE_EARLIEST) {
		r->runs.bound = 0;
		r->runs.stopped = true;
	}
	if (until.kind == WEIR_PLACE_TIME)
		r->runs.until_us = until.value;
	if (!r->follow && index->end < r->runs.bound)
		r->runs.bound = index->end;
	if (r->follow && until.kind == WEIR_PLACE_LATEST)
		r->runs.bound = index->end;
	if (from.kind == WEIR_PLACE_TIME)
		r->runs.from_us = from.value;
	if (from.kind == WEIR_PLACE_LATEST) {
		r->runs.needs_head = true;
		weir_capture_reader_go(r->runs.reader, index->end);
	} else if (from.kind == WEIR_PLACE_TIME) {
		go_to(r, index);
	} else {
		weir_capture_reader_go(r->runs.reader, 0);
		r->runs.counting = true; /* from nothing */
		r->runs.needs_head = from.kind == WEIR_PLACE_OFFSET && from.value > 0;
	}
	return WEIR_OK;
}

static char *copy(struct weir_str s, bool *failed)
{
	char *text = s.size ? weir_str_dup(s) : NULL;

	*failed = *failed || (s.size && !text);
	return text;
}

void replay_recorded_release(struct weir_source_recorded *rec)
{
	free(rec->format);
	free(rec->time);
	free(rec->nulls);
	free(rec->header);
	free(rec->join);
	free(rec->path);
}

/* What was guessed is guessed again from the same first run. A replay that begins elsewhere takes what it came to. */
static enum weir_status tell_recorded(struct replay *r, struct weir_error *err)
{
	const struct weir_capture_stream *is = r->stream ? &r->stream->is : NULL;
	bool failed = false, later = r->runs.needs_head;

	if (!is)
		return WEIR_OK;
	r->recorded = (struct weir_source_recorded){
	    .format = copy(is->format.size || !later ? is->format : is->guessed_format, &failed),
	    .time = copy(is->time.size || !later ? is->time : is->guessed_time, &failed),
	    .nulls = copy(is->nulls, &failed),
	    .header = copy(is->header, &failed),
	    .join = copy(is->join, &failed),
	    .path = copy(is->path, &failed),
	};
	r->base.recorded = &r->recorded;
	r->base.written_us = is->written_us;
	r->runs.head = is->head;
	return failed ? weir_fail(err, WEIR_NO_MEMORY, r->path, "out of memory while opening") : WEIR_OK;
}

/* A stream of bytes is one partition, and so is one of which nothing came. Those of messages are found with them. */
static enum weir_status make_partition(struct replay *r, const struct weir_capture_index *index, struct weir_error *err)
{
	for (size_t i = 0; r->stream && i < index->n; i++)
		if (index->items[i].stream == r->stream->id && index->items[i].kind == WEIR_CAPTURE_MESSAGES)
			return WEIR_OK;
	return weir_partitions_add(r->progress.partitions, WEIR_STR(""), 0) < 0
		   ? weir_fail(err, WEIR_NO_MEMORY, r->path, "out of memory while opening")
		   : WEIR_OK;
}

/* What the index of a closed file tells of blocks whose headers are damaged. */
static uint64_t total_of(const struct replay *r, const struct weir_capture_index *index)
{
	uint64_t total = 0;

	for (size_t i = 0; i < index->n && !index->rebuilt && !r->follow; i++) {
		const struct weir_capture_entry *e = &index->items[i];
		if (r->stream && e->stream == r->stream->id && e->before + e->records > total)
			total = e->before + e->records;
	}
	return total;
}

/* All of them, so that a replay from the middle on has those of the beginning. What is damaged behind the place where it begins is met
 * again. */
static enum weir_status read_words(struct replay *r, const struct weir_capture_index *index, struct weir_error *err)
{
	struct replay_runs *runs = &r->runs;
	uint64_t begin = weir_capture_reader_at(runs->reader);
	enum weir_status st = replay_words_read(runs, index, begin, UINT64_MAX, err);

	weir_capture_reader_forget(runs->reader);
	runs->bad_words = 0;
	if (st == WEIR_OK)
		st = replay_words_read(runs, index, 0, begin, err);
	weir_capture_reader_go(runs->reader, begin);
	return st;
}

enum weir_status replay_open_file(struct replay *r, const struct weir_source_config *config, struct weir_error *err)
{
	struct weir_capture_index index = {0};
	enum weir_status st = weir_capture_reader_open(r->path, config->budget, &r->runs.reader, err);

	if (st == WEIR_OK)
		st = weir_capture_index_load(r->runs.reader, &index, err);
	if (st == WEIR_OK)
		st = replay_streams_read(r->runs.reader, &index, &r->streams, err);
	if (st == WEIR_OK)
		st = choose(r, &config->uri, err);
	r->runs.stream = r->stream ? r->stream->id : 0;
	r->closed = index.closed || !index.end;
	r->runs.total = total_of(r, &index);
	if (st == WEIR_OK)
		st = apply_bounds(r, &config->uri, &index, err);
	if (st == WEIR_OK)
		st = read_words(r, &index, err);
	if (st == WEIR_OK)
		st = make_partition(r, &index, err);
	if (st == WEIR_OK)
		st = tell_recorded(r, err);
	weir_capture_index_release(&index);
	return st;
}

enum weir_status replay_names(const struct weir_uri *uri, struct weir_arena *arena, struct weir_str **names, size_t *n,
			      struct weir_error *err)
{
	struct weir_capture_reader *reader = NULL;
	struct weir_capture_index index = {0};
	struct replay_streams list = {0};
	enum weir_status st = WEIR_OK;

	*n = 0;
	if (weir_uri_param(uri, "stream"))
		return WEIR_OK;
	st = weir_capture_reader_open(uri->path, NULL, &reader, err);
	if (st == WEIR_OK)
		st = weir_capture_index_load(reader, &index, err);
	if (st == WEIR_OK)
		st = replay_streams_read(reader, &index, &list, err);
	if (st == WEIR_OK && list.n) {
		*names = weir_arena_zalloc(arena, list.n * sizeof **names);
		for (size_t i = 0; *names && i < list.n; i++)
			(*names)[i] = weir_arena_str(arena, weir_str_of(list.items[i].name));
		bool good = *names && (*names)[list.n - 1].data;
		*n = good ? list.n : 0;
		if (!good)
			st = weir_fail(err, WEIR_NO_MEMORY, uri->path, "out of memory");
	}
	replay_streams_release(&list);
	weir_capture_index_release(&index);
	weir_capture_reader_close(reader);
	return st;
}
