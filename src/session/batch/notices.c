/* One line on standard error each time a stream loses its server, gets it back, or has something to say. */
#include "batch.h"

#include <stdio.h>

enum {
	LOOK_US = 250000,
	AWAY_US = 1000000,       /* a server that is back within that was hardly away */
	CONNECTING_US = 6000000, /* most that cannot be reached are given up before */
};

static void say(const struct weir_notices *n, const char *stream, const char *text)
{
	struct weir_out out = {.fd = n->fd};

	weir_buf_add_c(&out.text, "weir: ");
	weir_print_safe(weir_str_of(stream), &out.text);
	weir_buf_add_c(&out.text, ": ");
	weir_print_safe(weir_str_of(text), &out.text);
	weir_buf_add_char(&out.text, '\n');
	weir_out_flush(&out);
	weir_out_release(&out);
}

static void look_at(struct weir_notices *n, struct weir_pipeline *p, uint32_t i, int64_t now_us)
{
	struct weir_source_status status;
	char line[240];

	weir_stream_status(&p->streams[i], &status);
	bool connecting = status.state == WEIR_SOURCE_CONNECTING && status.detail[0];
	bool away = connecting || status.state == WEIR_SOURCE_RECONNECTING;
	if (!away) {
		if (n->streams[i].said_away)
			say(n, p->streams[i].name, "the server is back");
		n->streams[i].said_away = false;
		n->streams[i].away_us = 0;
		if (status.state == WEIR_SOURCE_LIVE && status.detail[0] &&
		    strcmp(n->streams[i].said, status.detail) != 0)
			say(n, p->streams[i].name, status.detail);
		if (status.state == WEIR_SOURCE_LIVE)
			memcpy(n->streams[i].said, status.detail, sizeof n->streams[i].said);
		return;
	}
	if (!n->streams[i].away_us)
		n->streams[i].away_us = now_us;
	if (n->streams[i].said_away || now_us - n->streams[i].away_us < (connecting ? CONNECTING_US : AWAY_US))
		return;
	n->streams[i].said_away = true;
	snprintf(line, sizeof line, "waiting for the server: %s", status.detail);
	say(n, p->streams[i].name, line);
}

/* Reports a full disk, or a server that is away, at once, because reading continues and may take long. */
static void look_at_landing(struct weir_notices *n, uint32_t i, const struct weir_landing_status *s, int64_t now_us)
{
	char line[280];

	if (s->failure.code != WEIR_OK) {
		if (!n->landings[i].said_failed)
			say(n, s->address, "no more rows are landed; the reading goes on");
		n->landings[i].said_failed = true;
		return;
	}
	if (s->state != WEIR_LANDING_RECONNECTING) {
		if (n->landings[i].said_away)
			say(n, s->address, "rows are landed again");
		n->landings[i].said_away = false;
		n->landings[i].away_us = 0;
		return;
	}
	if (!n->landings[i].away_us)
		n->landings[i].away_us = now_us;
	if (n->landings[i].said_away || now_us - n->landings[i].away_us < AWAY_US)
		return;
	n->landings[i].said_away = true;
	snprintf(line, sizeof line, "rows wait, it is tried again: %s", s->trouble);
	say(n, s->address, line);
}

void weir_notices_look(struct weir_notices *n, struct weir_pipeline *p)
{
	struct weir_landing_status all[WEIR_MAX_LANDINGS];
	int64_t now_us = weir_clock_mono_us(p->clock);

	if (n->quiet || (n->looked_us && now_us - n->looked_us < LOOK_US))
		return;
	n->looked_us = now_us;
	for (uint32_t i = 0; i < p->n_streams; i++)
		look_at(n, p, i, now_us);
	uint32_t n_landings = p->landings.n ? weir_landings_describe(&p->landings, all) : 0;
	for (uint32_t i = 0; i < n_landings; i++)
		look_at_landing(n, i, &all[i], now_us);
}

enum weir_status weir_notices_cut(struct weir_pipeline *p, bool *none, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	uint32_t n_unread = 0;

	for (uint32_t i = 0; i < p->n_streams; i++) {
		struct weir_stream *s = &p->streams[i];
		struct weir_source_status status;
		weir_stream_status(s, &status);
		/* who waits for a pipe waits for no server */
		bool connecting = status.state == WEIR_SOURCE_CONNECTING && (status.detail[0] || s->uri.hosts);
		bool away = connecting || status.state == WEIR_SOURCE_RECONNECTING, unread = away && !s->records;
		n_unread += unread;
		if (st == WEIR_OK && away) {
			st = weir_fail(err, WEIR_UNREACHABLE, s->name, "the server was away when --for ended: %s",
				       status.detail[0] ? status.detail : "no answer yet");
			weir_error_hint(err, unread ? "nothing was read" : "the answer covers what arrived before");
		}
	}
	*none = n_unread && n_unread == p->n_streams;
	return st;
}

void weir_notices_say_others(struct weir_pipeline *p, const struct weir_error *said, int fd)
{
	struct weir_error err;

	for (uint32_t i = 0; i < p->n_streams; i++)
		if (weir_stream_error(&p->streams[i], &err) &&
		    (strcmp(err.what, said->what) != 0 || strcmp(err.origin, said->origin) != 0))
			weir_error_say(&err, fd);
}

enum weir_status weir_notices_unanswered(struct weir_pipeline *p, const struct weir_result *result,
					 struct weir_error *err)
{
	struct weir_source_status status;

	for (uint32_t i = 0; p->ops->takes_batches && i < p->n_streams; i++) {
		struct weir_stream *s = &p->streams[i];
		if (!result->ledger.received && weir_stream_error(s, err))
			return err->code;
		weir_stream_status(s, &status);
		if (weir_partitions_count(status.partitions) > 0)
			continue;
		if (weir_stream_error(s, err)) /* it knows better why */
			return err->code;
		weir_fail(err, WEIR_UNREACHABLE, s->address, "did not answer in time%s%s", status.detail[0] ? ": " : "",
			  status.detail);
		weir_error_hint(err, "check that it is running, or use a longer --for");
		return WEIR_UNREACHABLE;
	}
	return WEIR_OK;
}

bool weir_notices_failure(struct weir_pipeline *p, bool *no_answer, struct weir_error *err)
{
	for (uint32_t i = 0; i < p->n_streams; i++) {
		struct weir_stream *s = &p->streams[i];
		if (!weir_stream_error(s, err))
			continue;
		*no_answer = s->refused || weir_status_exit_code(err->code) == 2 || err->code == WEIR_TOO_LARGE ||
			     (s->on_malformed == WEIR_MALFORMED_FAIL && err->code == WEIR_MALFORMED);
		return true;
	}
	return false;
}
