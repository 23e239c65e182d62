/* The row in the table of sources, opening, and polling. */
#include "capture.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_US = 250000 }; /* a file that is followed is looked at so often even without a notification */

static const struct weir_uri_option options[] = {
    {"stream", "NAME", "which of several streams (all of them)"},
    {"from", "earliest|latest|-15m|TIME|OFFSET",
     "where to start, by time of arrival; -15m is before the newest; an offset of messages or bytes (earliest)"},
    {"until", "earliest|latest|-15m|TIME|OFFSET", "where to stop"},
    {"follow", "yes|no", "go on as the capture grows"},
    {"registry", "URL",
     "a schema registry, for schemas that the capture does not keep; registry-user= and the others as for kafka://"},
    {NULL, NULL, NULL},
};

static void replay_close(struct weir_source *s)
{
	struct replay *r = (struct replay *)s;

	replay_runs_release(&r->runs);
	replay_streams_release(&r->streams);
	if (r->wake.fd >= 0)
		weir_wake_release(&r->wake);
	if (r->notify_fd >= 0)
		close(r->notify_fd);
	weir_progress_release(&r->progress);
	free(r->path);
	free(r);
}

static void watch(struct replay *r)
{
	r->notify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (r->notify_fd >= 0 && inotify_add_watch(r->notify_fd, r->path, IN_MODIFY) < 0) {
		close(r->notify_fd);
		r->notify_fd = -1;
	}
}

static enum weir_status replay_open(const struct weir_source_config *config, struct weir_source **out,
				    struct weir_error *err)
{
	struct replay *r = weir_calloc(1, sizeof *r);

	if (!r)
		return weir_fail(err, WEIR_NO_MEMORY, config->uri.path, "out of memory while opening");
	r->wake.fd = r->notify_fd = -1;
	r->clock = config->clock;
	r->log = config->log;
	r->runs.budget = r->runs.window.budget = config->budget;
	r->runs.registry = config->registry;
	r->runs.bound = UINT64_MAX;
	r->runs.from_us = r->runs.from_offset = INT64_MIN;
	r->runs.until_us = r->runs.until_offset = INT64_MAX;
	enum weir_status st = weir_progress_init(&r->progress, err);
	r->runs.partitions = r->progress.partitions;
	r->progress.now.lost_how = "the capture is damaged";
	if (st == WEIR_OK)
		st = weir_wake_init(&r->wake, err);
	if (st == WEIR_OK)
		st = weir_uri_params_bool(&config->uri, "follow", &r->follow, err);
	if (st == WEIR_OK && (!(r->path = weir_str_dup(weir_str_of(config->uri.path))) ||
			      !(r->runs.frames = weir_calloc(1, sizeof *r->runs.frames))))
		st = weir_fail(err, WEIR_NO_MEMORY, config->uri.path, "out of memory while opening");
	if (st == WEIR_OK)
		st = replay_open_file(r, config, err);
	if (st != WEIR_OK) {
		replay_recorded_release(&r->recorded);
		replay_close(&r->base);
		return st;
	}
	if (r->follow)
		watch(r);
	*out = &r->base;
	return WEIR_OK;
}

static void replay_free(struct weir_source *s)
{
	replay_recorded_release(&((struct replay *)s)->recorded);
	replay_close(s);
}

/* ---- polling ---- */

static void publish(struct replay *r)
{
	uint64_t at = weir_capture_reader_at(r->runs.reader), size = weir_capture_reader_size(r->runs.reader);

	pthread_mutex_lock(&r->progress.lock);
	r->progress.now.raw_bytes = at;
	r->progress.now.total_raw_bytes = (int64_t)size;
	pthread_mutex_unlock(&r->progress.lock);
	replay_tell_damage(r, false);
}

static enum weir_status hand_out(struct replay *r, struct weir_chunk *chunk)
{
	struct replay_runs *runs = &r->runs;
	uint64_t bytes = 0;

	chunk->arrival_us = runs->arrival_us;
	chunk->recorded = true;
	chunk->idle = true; /* a run ends with a whole record: nothing of it waits for what comes next */
	if (runs->is_messages) {
		chunk->is_messages = true;
		chunk->messages = runs->messages + runs->used_messages;
		chunk->n_messages = runs->n_messages - runs->used_messages;
		chunk->partitions = r->progress.partitions;
		for (size_t i = 0; !r->handed && i < chunk->n_messages; i++)
			bytes += chunk->messages[i].payload.size + chunk->messages[i].key.size;
	} else {
		uint64_t fresh = runs->window.fresh;
		weir_byte_window_hand_out(&runs->window, chunk);
		chunk->at_end = runs->at_end;
		chunk->restarts = runs->restarts;
		bytes = fresh;
	}
	weir_progress_add(&r->progress, bytes, 0);
	r->handed = true;
	r->consumed = false;
	return WEIR_OK;
}

static void tell_none(struct replay *r)
{
	pthread_mutex_lock(&r->progress.lock);
	r->progress.now.none_why = !r->stream      ? "the capture is empty"
				   : r->runs.lost  ? "what the capture held of it is damaged"
				   : r->is_partial ? "nothing of the capture lies between from= and until="
				   : !r->closed    ? "the capture holds none"
						   : NULL; /* and so was what it is of */
	pthread_mutex_unlock(&r->progress.lock);
}

/* Nothing follows: what was left over is handed out once more. */
static enum weir_status end(struct replay *r, struct weir_chunk *chunk)
{
	struct replay_runs *runs = &r->runs;
	bool rest = weir_byte_window_size(&runs->window) || runs->used_messages < runs->n_messages;

	if (!r->told_damage)
		replay_tell_damage(r, true);
	if (!r->told_damage && !runs->begun)
		tell_none(r);
	r->told_damage = true;
	if (r->told_end || !rest) {
		weir_progress_state(&r->progress, WEIR_SOURCE_END, NULL);
		return WEIR_END;
	}
	r->told_end = true;
	runs->at_end = !runs->is_messages;
	runs->restarts = false;
	hand_out(r, chunk);
	chunk->at_end = true;
	return WEIR_OK;
}

static bool wait_for_more(struct replay *r, int64_t deadline_us)
{
	int64_t left_us = deadline_us - weir_clock_mono_us(r->clock);
	struct pollfd fds[2] = {{r->wake.fd, POLLIN, 0}, {r->notify_fd, POLLIN, 0}};
	char notices[1024];

	left_us = left_us < 0 ? 0 : left_us;
	bool slice = left_us > LOOK_US;
	poll(fds, 2, (int)(((slice ? LOOK_US : left_us) + 999) / 1000));
	if (fds[0].revents) {
		weir_wake_wait(&r->wake, 0);
		return false;
	}
	if (fds[1].revents)
		(void)!read(r->notify_fd, notices, sizeof notices);
	return fds[1].revents || slice;
}

static bool has_rest(const struct replay *r)
{
	return r->handed && (r->runs.is_messages ? r->runs.used_messages < r->runs.n_messages
						 : weir_byte_window_size(&r->runs.window) > 0);
}

static enum weir_status replay_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				    struct weir_error *err)
{
	struct replay *r = (struct replay *)s;
	int64_t deadline_us = weir_clock_mono_us(r->clock) + timeout_us;

	if (r->consumed && has_rest(r))
		return hand_out(r, chunk);
	if (r->ended)
		return end(r, chunk);
	replay_runs_drop(&r->runs, 0);
	r->runs.open = r->runs.open && !r->handed; /* one that was begun and not whole yet goes on */
	for (;;) {
		enum weir_status st = replay_runs_next(&r->runs, err);
		if (st == WEIR_OK || st == WEIR_AGAIN)
			publish(r);
		if (st == WEIR_AGAIN && r->follow) {
			weir_progress_state(&r->progress, WEIR_SOURCE_LIVE, NULL);
			if (wait_for_more(r, deadline_us))
				continue;
			return WEIR_AGAIN;
		}
		if (st == WEIR_AGAIN || st == WEIR_END)
			r->ended = true;
		else if (st != WEIR_OK)
			return st;
		if (r->ended && !(r->runs.open && !r->handed)) {
			r->handed = true;
			return end(r, chunk);
		}
		weir_progress_state(&r->progress, WEIR_SOURCE_LIVE, NULL);
		r->handed = false;
		return hand_out(r, chunk);
	}
}

static void replay_consume(struct weir_source *s, const struct weir_chunk *left)
{
	struct replay *r = (struct replay *)s;

	if (!r->runs.is_messages) {
		r->consumed = weir_byte_window_consume(&r->runs.window, left);
		return;
	}
	size_t used = r->runs.n_messages - r->runs.used_messages - left->n_messages;
	r->consumed = used > 0;
	replay_runs_drop(&r->runs, used);
}

static void replay_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct replay *)s)->wake);
}

static void replay_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct replay *)s)->progress, out);
}

static bool replay_finite(struct weir_source *s)
{
	return ((const struct replay *)s)->finite;
}

/* Its run: that of its arrival, which the index leads to. */
static bool replay_begin_at(struct weir_uri *uri, const struct weir_source_place *place)
{
	char from[40], until[40];
	struct weir_str arrives = {from, weir_time_format_iso(place->arrival_us, from)};
	struct weir_str after = {until, weir_time_format_iso(place->arrival_us + 1, until)};

	return weir_uri_set(uri, "from", arrives) && weir_uri_set(uri, "until", after);
}

const struct weir_source_ops weir_source_replay = {
    .name = "replay",
    .schemes = "replay",
    .help = "a capture that --capture wrote, replayed: positions, arrivals and answers are as they were",
    .example = "orders.weir",
    .can_wait = true,
    .options = options,
    .brings_schemas = true,
    .open = replay_open,
    .poll = replay_poll,
    .consume = replay_consume,
    .wake = replay_wake,
    .status = replay_status,
    .finite = replay_finite,
    .begin_at = replay_begin_at,
    .streams = replay_names,
    .close = replay_free,
};
