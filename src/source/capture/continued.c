/* History, then the source itself: one list of partitions, one stream of chunks. */
#include "weir/source/continued.h"

#include "source/partitioned/partitioned.h"
#include "weir/capture/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern const struct weir_source_ops weir_source_replay;

struct continued {
	struct weir_source base;
	struct weir_source_config config;   /* `uri` is the source's own, owned, without continue= */
	struct weir_source *history;        /* owned; NULL: it is over */
	_Atomic(struct weir_source *) live; /* owned; NULL: not yet */
	bool finite, is_messages, places_in_headers;
	char *begins;                      /* owned: the position of the first record of the capture; NULL: not known */
	struct weir_progress progress;     /* its partitions: of both */
	int64_t next[WEIR_MAX_PARTITIONS]; /* of each: offset behind the last record that was consumed; -1: none was */
	char *place[WEIR_MAX_PARTITIONS];  /* owned: what that record's header `position` says; NULL: it has none */
	uint16_t map[WEIR_MAX_PARTITIONS]; /* a partition of the source that is read to its own */
	uint32_t n_map;
	uint64_t next_byte, file_begins; /* of bytes: offset that comes next; where the file began */
	bool restarts;
	struct weir_message *messages; /* owned: those of the last chunk, with partitions of our own */
	size_t capacity;
};

static struct weir_source *current(struct continued *c)
{
	return c->history ? c->history : atomic_load(&c->live);
}

/* Without parameters: where a stream comes from. */
static struct weir_str place_of(struct weir_str address)
{
	struct weir_str rest;

	return weir_str_cut(address, '?', &rest);
}

/* ---- which stream of the capture ---- */

static enum weir_status no_stream(const struct continued *c, const char *path, struct weir_error *err)
{
	struct weir_buf shown = {0};

	weir_uri_show(&c->config.uri, &shown);
	weir_fail(err, WEIR_USAGE, "continue", "%.120s is no capture of %.150s", path, shown.data ? shown.data : "");
	weir_error_hint(err, "each stream of a capture is continued at the address that it came from");
	weir_buf_release(&shown);
	return WEIR_USAGE;
}

/* The one whose address is the same. *name: owned; NULL: the file has no stream at all. */
static enum weir_status find_stream(struct continued *c, const char *path, char **name, struct weir_error *err)
{
	struct weir_capture_reader *r = NULL;
	struct weir_capture_index index = {0};
	struct weir_buf text = {0}, shown = {0};
	bool any = false;
	enum weir_status st = weir_capture_reader_open(path, NULL, &r, err);

	weir_uri_show(&c->config.uri, &shown);
	if (st == WEIR_OK)
		st = weir_capture_index_load(r, &index, err);
	for (size_t i = 0; i < index.n && st == WEIR_OK; i++) {
		struct weir_capture_stream is;
		if (index.items[i].kind != WEIR_CAPTURE_STREAM)
			continue;
		if (weir_capture_index_read(r, &index.items[i], &text, NULL) != WEIR_OK ||
		    !weir_capture_stream_read(weir_buf_str(&text), &is))
			continue;
		any = true;
		if (!weir_str_equal(place_of(is.source), place_of(weir_buf_str(&shown))))
			continue;
		free(*name);
		*name = weir_str_dup(is.name);
		if (is.begins.size && !c->begins) /* of the first run that captured it */
			c->begins = weir_str_dup(is.begins);
		if (!*name || (is.begins.size && !c->begins))
			st = weir_fail(err, WEIR_NO_MEMORY, "continue", "out of memory");
	}
	if (st == WEIR_OK && any && !*name)
		st = no_stream(c, path, err);
	weir_buf_release(&text);
	weir_buf_release(&shown);
	weir_capture_index_release(&index);
	weir_capture_reader_close(r);
	return st;
}

static enum weir_status open_history(struct continued *c, const char *path, struct weir_error *err)
{
	struct weir_source_config config = c->config;
	struct weir_param stream = {(char *)(uintptr_t) "stream", NULL};
	char *name = NULL;
	enum weir_status st;

	if (access(path, F_OK) != 0)
		return WEIR_OK;
	if ((st = find_stream(c, path, &name, err)) == WEIR_OK && name) {
		stream.value = name;
		config.encoding = NULL; /* it is decoded already */
		config.uri = (struct weir_uri){.scheme = (char *)(uintptr_t) "file",
					       .path = (char *)(uintptr_t)path,
					       .params = &stream,
					       .n_params = 1};
		st = weir_source_replay.open(&config, &c->history, err);
	}
	if (st == WEIR_OK && c->history) {
		c->history->ops = &weir_source_replay;
		c->history->clock = c->config.clock;
		c->base.recorded = c->history->recorded;
	}
	free(name);
	return st;
}

/* ---- from the one to the other ---- */

/* The number of a partition of the source in our list. */
static int own_place(struct continued *c, const struct weir_partition *p)
{
	uint32_t n = weir_partitions_count(c->progress.partitions);

	for (uint32_t i = 0; i < n; i++) {
		const struct weir_partition *have = weir_partitions_get(c->progress.partitions, i);
		if (have->number == p->number && weir_str_equal(have->topic, p->topic))
			return (int)i;
	}
	int at = weir_partitions_add(c->progress.partitions, p->topic, p->number);
	if (at >= 0)
		c->next[at] = -1;
	return at;
}

/* What the source says of its partitions, in our list. */
static enum weir_status follow_partitions(struct continued *c, struct weir_error *err)
{
	struct weir_source *s = current(c);
	struct weir_source_status status;

	s->ops->status(s, &status);
	uint32_t n = weir_partitions_count(status.partitions);
	for (; c->n_map < n; c->n_map++) {
		int at = own_place(c, weir_partitions_get(status.partitions, c->n_map));
		if (at < 0)
			return weir_fail(err, WEIR_NO_MEMORY, "continue", "out of memory");
		c->map[c->n_map] = (uint16_t)at;
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct weir_partition *from = weir_partitions_get(status.partitions, i);
		struct weir_partition *to = weir_partitions_at(c->progress.partitions, c->map[i]);
		to->position = from->position;
		to->end = from->end;
		to->lag = from->lag;
		to->at_until = from->at_until;
		to->awaited = from->awaited;
		to->unreadable = from->unreadable;
		if (from->lost) {
			to->lost_from = from->lost_from;
			to->lost_to = from->lost_to;
			to->lost = from->lost;
		}
	}
	pthread_mutex_lock(&c->progress.lock);
	uint64_t bytes = c->progress.now.bytes;
	const char *lost_how = c->progress.now.lost_how;
	c->progress.now = status;
	c->progress.now.partitions = c->progress.partitions;
	c->progress.now.lost_how = status.lost_how ? status.lost_how : lost_how;
	if (bytes > status.bytes)
		c->progress.now.bytes = bytes;
	pthread_mutex_unlock(&c->progress.lock);
	return WEIR_OK;
}

/* What another run would say as position= to go on behind the history. */
static void put_position(struct continued *c, struct weir_buf *out)
{
	struct weir_position begins = {0};
	uint32_t n = weir_partitions_count(c->progress.partitions);

	if (!c->is_messages) {
		weir_buf_addf(out, "%llu", (unsigned long long)(c->next_byte - c->file_begins));
		return;
	}
	bool numbered = weir_position_parse(c->begins, &begins, NULL) == WEIR_OK;
	if (!numbered)
		begins.n = 0;
	for (size_t i = 0; i < begins.n; i++) { /* partitions of which nothing came go on where they began */
		struct weir_partition p = {.topic = begins.items[i].topic, .number = begins.items[i].number};
		if (!p.topic.size && n)
			p.topic = weir_partitions_get(c->progress.partitions, 0)->topic;
		int at = p.topic.size ? own_place(c, &p) : -1;
		if (at >= 0 && c->next[at] < begins.items[i].offset)
			c->next[at] = begins.items[i].offset;
	}
	n = weir_partitions_count(c->progress.partitions);
	for (uint32_t i = 0; i < n; i++) {
		const struct weir_partition *p = weir_partitions_get(c->progress.partitions, i);
		if (c->next[i] < 0 || !p->topic.size)
			continue;
		weir_buf_addf(out, "%s" WEIR_STR_FMT "/%d=", out->size ? "," : "", WEIR_STR_ARG(p->topic),
			      (int)p->number);
		if (c->place[i])
			weir_buf_add_c(out, c->place[i]);
		else
			weir_buf_addf(out, "%lld", (long long)c->next[i]);
	}
	if (c->begins && !numbered) /* of shards that gave nothing; those above come first */
		weir_buf_addf(out, "%s%s", out->size ? "," : "", c->begins);
	weir_position_release(&begins);
}

static enum weir_status go_live(struct continued *c, struct weir_error *err)
{
	struct weir_buf position = {0};
	struct weir_source *live = NULL;
	enum weir_status st = WEIR_OK;

	if (c->history) {
		struct weir_source_status status;
		c->history->ops->status(c->history, &status);
		for (uint32_t i = 0; i < c->n_map; i++)
			c->is_messages = c->is_messages || weir_partitions_get(status.partitions, i)->topic.size;
		put_position(c, &position);
		if (position.size) {
			weir_uri_drop(&c->config.uri, "from");
			weir_uri_drop(&c->config.uri, "position");
		}
		if (position.failed ||
		    (position.size && !weir_uri_set(&c->config.uri, "position", weir_buf_str(&position))))
			st = weir_fail(err, WEIR_NO_MEMORY, "continue", "out of memory");
		c->base.recorded = NULL;
		weir_source_close(c->history);
		c->history = NULL;
		c->n_map = 0;
	}
	weir_buf_release(&position);
	if (st == WEIR_OK)
		st = weir_source_open(&c->config, &live, err);
	if (st == WEIR_OK)
		atomic_store(&c->live, live);
	return st;
}

/* ---- the source ---- */

static enum weir_status remap(struct continued *c, struct weir_chunk *chunk, struct weir_error *err)
{
	c->is_messages = chunk->is_messages;
	if (!chunk->is_messages) {
		if (c->restarts)
			c->file_begins = chunk->offset >= c->next_byte ? chunk->offset : 0;
		c->restarts = false;
		return WEIR_OK;
	}
	if (!weir_grow((void **)&c->messages, &c->capacity, chunk->n_messages + 1, sizeof *c->messages))
		return weir_fail(err, WEIR_NO_MEMORY, "continue", "out of memory");
	for (size_t i = 0; i < chunk->n_messages; i++) {
		c->messages[i] = chunk->messages[i];
		c->messages[i].partition = c->map[chunk->messages[i].partition];
	}
	chunk->messages = c->messages;
	chunk->partitions = c->progress.partitions;
	return WEIR_OK;
}

static enum weir_status continued_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				       struct weir_error *err)
{
	struct continued *c = (struct continued *)s;
	enum weir_status st = WEIR_OK;

	if (!c->history && !atomic_load(&c->live))
		st = go_live(c, err);
	if (st == WEIR_OK)
		st = weir_source_poll(current(c), timeout_us, chunk, err);
	if (st == WEIR_END && c->history) {
		enum weir_status followed = follow_partitions(c, err);
		*chunk = (struct weir_chunk){0};
		st = followed == WEIR_OK ? go_live(c, err) : followed;
		if (st == WEIR_OK)
			st = weir_source_poll(current(c), timeout_us, chunk, err);
	}
	if (current(c)) {
		enum weir_status followed = follow_partitions(c, err);
		st = followed == WEIR_OK ? st : followed;
	}
	if (st != WEIR_OK && st != WEIR_AGAIN)
		return st;
	enum weir_status mapped = remap(c, chunk, err);
	return mapped == WEIR_OK ? st : mapped;
}

/* Where the kind goes on behind a message of the history, if that is not its offset. Without memory for it, its address is refused. */
static void keep_place(struct continued *c, const struct weir_message *m)
{
	static const char before[] = "{\"position\":\"";
	size_t n = sizeof before - 1;

	if (!c->history || !c->places_in_headers || m->headers.size < n || memcmp(m->headers.data, before, n) != 0)
		return;
	struct weir_str rest = {m->headers.data + n, m->headers.size - n};
	free(c->place[m->partition]);
	c->place[m->partition] = weir_str_dup(weir_str_cut(rest, '"', &rest));
}

static void continued_consume(struct weir_source *s, const struct weir_chunk *left)
{
	struct continued *c = (struct continued *)s;

	if (left->is_messages && c->messages)
		for (const struct weir_message *m = c->messages; m < left->messages; m++) {
			c->next[m->partition] = m->offset + 1;
			keep_place(c, m);
		}
	if (!left->is_messages) {
		c->next_byte = left->offset;
		c->restarts = left->restarts && !left->size;
	}
	weir_source_consume(current(c), left);
}

static void continued_ahead(struct weir_source *s)
{
	weir_source_ahead(current((struct continued *)s));
}

static void continued_wake(struct weir_source *s)
{
	struct continued *c = (struct continued *)s;
	struct weir_source *live = atomic_load(&c->live);

	if (live)
		weir_source_wake(live); /* a history never waits */
}

static void continued_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct continued *)s)->progress, out);
}

static enum weir_status continued_position(struct weir_source *s, struct weir_buf *out)
{
	struct weir_source *live = atomic_load(&((struct continued *)s)->live);

	return live ? weir_source_position(live, out) : WEIR_AGAIN;
}

static bool continued_finite(struct weir_source *s)
{
	return ((const struct continued *)s)->finite;
}

static void continued_close(struct weir_source *s)
{
	struct continued *c = (struct continued *)s;

	weir_source_close(c->history);
	weir_source_close(atomic_load(&c->live));
	weir_uri_release(&c->config.uri);
	weir_progress_release(&c->progress);
	for (size_t i = 0; i < WEIR_MAX_PARTITIONS; i++)
		free(c->place[i]);
	free(c->messages);
	free(c->begins);
	free(c);
}

/* The kind that the door sees. */
static const struct weir_source_ops continued_ops = {
    .name = "continued",
    .help = "a capture, and the source that it is of",
    .can_wait = true,
    .poll = continued_poll,
    .ahead = continued_ahead,
    .consume = continued_consume,
    .wake = continued_wake,
    .status = continued_status,
    .position = continued_position,
    .finite = continued_finite,
    .close = continued_close,
};

enum weir_status weir_source_open_continued(const struct weir_source_config *config, struct weir_source **out,
					    struct weir_error *err)
{
	const struct weir_source_ops *ops = weir_source_find(config->uri.scheme, err);
	const char *path = weir_uri_param(&config->uri, "continue");
	struct weir_source *probe = NULL;

	if (!ops)
		return WEIR_USAGE;
	if (!ops->position) {
		weir_fail(err, WEIR_USAGE, "continue", "%s cannot go on where a capture ended", ops->name);
		weir_error_hint(err, "files, Kafka topics and Kinesis streams can");
		return WEIR_USAGE;
	}
	struct continued *c = weir_calloc(1, sizeof *c);
	if (!c)
		return weir_fail(err, WEIR_NO_MEMORY, "continue", "out of memory while opening");
	c->config = *config;
	c->places_in_headers = ops->places_in_headers;
	bool copied = weir_uri_copy(&config->uri, &c->config.uri);
	enum weir_status st = weir_progress_init(&c->progress, err);
	if (st == WEIR_OK && !copied)
		st = weir_fail(err, WEIR_NO_MEMORY, "continue", "out of memory while opening");
	weir_uri_drop(&c->config.uri, "continue");
	if (st == WEIR_OK)
		st = weir_source_open(&c->config, &probe, err); /* what is wrong with the address is said now */
	if (st == WEIR_OK) {
		c->finite = weir_source_finite(probe);
		c->base.written_us = probe->written_us;
		weir_source_close(probe);
		st = open_history(c, path, err);
	}
	if (st != WEIR_OK) {
		continued_close(&c->base);
		return st;
	}
	c->base.ops = &continued_ops;
	c->base.clock = config->clock;
	*out = &c->base;
	return WEIR_OK;
}
