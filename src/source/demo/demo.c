/* demo:NAME. Record i is due i / rate after the start; each poll makes what is due, in ticks, so that a million
 * records a second cost no more calls than a hundred. */
#include "demo.h"
#include "source/uri_params.h"
#include "source/progress.h"
#include "source/byte_window.h"

#include <stdlib.h>

/* Two windows of five minutes and a little more, so that the first picture is full and has a window before it. */
#define LIVE_HISTORY_US (INT64_C(660) * WEIR_US_PER_S)

enum {
	POLL_RECORDS = 4096, /* made at most by one poll: about 700 kB */
	TICK_US = 4000,      /* the shortest sleep */
	LATE_ONE_IN = 16,    /* records that come out of order */
	DEFAULT_RATE = 500,
	DEFAULT_LATE_US = 2000000,
	MOST_HISTORY = 400000, /* records that a screen begins with at most, so that it begins at once */
};

enum { N_MAKERS = 3 };
static const struct weir_demo_maker *const makers[N_MAKERS] = {&weir_demo_orders, &weir_demo_web, &weir_demo_sensors};

struct demo_source {
	struct weir_source base;
	const struct weir_demo_maker *maker;
	const struct weir_clock *clock; /* borrowed */
	struct weir_demo_gen gen;
	struct weir_wake wake;
	struct weir_byte_window window;
	struct weir_progress progress;
	int64_t rate, count; /* records a second; in all, 0: no end */
	int64_t late_us;     /* how far back in event time a record may lie */
	int64_t first_us;    /* event time of record 0 */
	int64_t began_us;    /* monotonic; record 0 is due */
	int64_t made;        /* records so far */
	int64_t history_us;  /* so much of them is due at the start */
	bool paced;          /* false: as fast as they are taken, as a file would be */
	bool told_end, consumed;
};

static const struct weir_uri_option options[] = {
    {"rate", "N", "records per second (500)"},
    {"seed", "N", "seed of the random data (1)"},
    {"late", "DURATION", "how late some records arrive (2s)"},
    {"count", "N", "stop after N records (never)"},
    {"history", "DURATION",
     "how much history to start with (on a screen without start or count: 11m, at most 400,000 records; otherwise 0)"},
    {"start", "TIME",
     "event time of the first record (now); with count=, all records come at once, the same in every run"},
    {NULL, NULL, NULL},
};

static enum weir_status find_maker(const char *name, const struct weir_demo_maker **out, struct weir_error *err)
{
	struct weir_str names[N_MAKERS];

	for (size_t i = 0; i < N_MAKERS; i++) {
		names[i] = weir_str_of(makers[i]->name);
		if (strcmp(makers[i]->name, name) == 0) {
			*out = makers[i];
			return WEIR_OK;
		}
	}
	int near = weir_nearest(weir_str_of(name), names, N_MAKERS);
	weir_fail(err, WEIR_USAGE, "demo", "there is no demo:%s", name);
	if (near >= 0)
		weir_error_hint(err, "did you mean demo:%s?", makers[near]->name);
	else
		weir_error_hint(err, "the demos are demo:orders, demo:web and demo:sensors");
	return WEIR_USAGE;
}

static enum weir_status read_params(struct demo_source *d, const struct weir_uri *uri, bool live,
				    struct weir_error *err)
{
	const char *late = weir_uri_param(uri, "late"), *start = weir_uri_param(uri, "start"),
		   *history = weir_uri_param(uri, "history");
	int64_t history_us = 0;
	enum weir_status st;
	int64_t seed = 1;

	d->rate = DEFAULT_RATE;
	d->late_us = DEFAULT_LATE_US;
	d->first_us = weir_clock_wall_us(d->clock);
	if ((st = weir_uri_params_int(uri, "rate", 1, &d->rate, err)) != WEIR_OK ||
	    (st = weir_uri_params_int(uri, "seed", 0, &seed, err)) != WEIR_OK ||
	    (st = weir_uri_params_int(uri, "count", 1, &d->count, err)) != WEIR_OK)
		return st;
	if (late && !weir_parse_duration_us(weir_str_of(late), &d->late_us))
		return weir_fail(err, WEIR_USAGE, "late", "%s is not a duration, such as 2s", late);
	if (start && !weir_time_parse_iso(weir_str_of(start), &d->first_us))
		return weir_fail(err, WEIR_USAGE, "start", "%s is not a time, such as 2026-11-22T10:00:00Z", start);
	if (history && !weir_parse_duration_us(weir_str_of(history), &history_us))
		return weir_fail(err, WEIR_USAGE, "history", "%s is not a duration, such as 5m", history);
	if (!history && live && !start && !d->count) {
		int64_t most_us = d->rate < MOST_HISTORY ? MOST_HISTORY / d->rate * WEIR_US_PER_S
							 : MOST_HISTORY * WEIR_US_PER_S / d->rate;
		history_us = most_us < LIVE_HISTORY_US ? most_us : LIVE_HISTORY_US;
	}
	d->history_us = history_us;
	d->first_us -= start ? 0 : history_us;
	d->paced = !(start && d->count);
	weir_demo_gen_init(&d->gen, (uint64_t)seed);
	return WEIR_OK;
}

static void demo_close(struct weir_source *s)
{
	struct demo_source *d = (struct demo_source *)s;

	if (d->wake.fd >= 0)
		weir_wake_release(&d->wake);
	weir_byte_window_release(&d->window);
	weir_progress_release(&d->progress);
	free(d);
}

static enum weir_status demo_open(const struct weir_source_config *config, struct weir_source **out,
				  struct weir_error *err)
{
	struct demo_source *d = weir_calloc(1, sizeof *d);

	if (!d)
		return weir_fail(err, WEIR_NO_MEMORY, "demo", "out of memory while opening");
	d->clock = config->clock;
	d->window.budget = config->budget;
	d->wake.fd = -1;
	enum weir_status st = weir_progress_init_bytes(&d->progress, err);
	if (st == WEIR_OK)
		st = find_maker(config->uri.path, &d->maker, err);
	if (st == WEIR_OK)
		st = read_params(d, &config->uri, config->live, err);
	if (st == WEIR_OK)
		st = weir_wake_init(&d->wake, err);
	if (st != WEIR_OK) {
		demo_close(&d->base);
		return st;
	}
	d->began_us = weir_clock_mono_us(d->clock) - d->history_us; /* the past is due at once */
	*out = &d->base;
	return WEIR_OK;
}

/* `i` records take this long. */
static int64_t span_us(const struct demo_source *d, int64_t i)
{
	return i / d->rate * WEIR_US_PER_S + i % d->rate * WEIR_US_PER_S / d->rate;
}

static int64_t records_due(const struct demo_source *d)
{
	int64_t due = INT64_MAX;

	if (d->paced) {
		int64_t gone_us = weir_clock_mono_us(d->clock) - d->began_us;
		due = gone_us / WEIR_US_PER_S * d->rate + gone_us % WEIR_US_PER_S * d->rate / WEIR_US_PER_S + 1;
	}
	return d->count && due > d->count ? d->count : due;
}

static int64_t event_time(struct demo_source *d)
{
	uint64_t bits = weir_demo_random(&d->gen);
	int64_t us = d->first_us + span_us(d, d->made);

	if ((bits & (LATE_ONE_IN - 1)) == 0 && d->late_us > 0) {
		double u = (double)(bits >> 11) / 9007199254740992.0;
		us -= (int64_t)(u * u * (double)d->late_us); /* mostly a little, seldom the whole of it */
	}
	return us;
}

static enum weir_status make_records(struct demo_source *d, int64_t n, struct weir_error *err)
{
	size_t room, before = weir_byte_window_size(&d->window);

	if (n > POLL_RECORDS)
		n = POLL_RECORDS;
	char *begin = weir_byte_window_room(&d->window, (size_t)n * WEIR_DEMO_RECORD_BYTES, &room), *out = begin;
	if (!begin)
		return weir_fail(err, WEIR_NO_MEMORY, "demo", "out of memory");
	while (n-- && (size_t)(out - begin) + WEIR_DEMO_RECORD_BYTES <= room) {
		out = d->maker->make(&d->gen, event_time(d), out);
		d->made++;
	}
	weir_byte_window_added(&d->window, (size_t)(out - begin));
	weir_progress_add(&d->progress, weir_byte_window_size(&d->window) - before,
			  weir_byte_window_size(&d->window) - before);
	return WEIR_OK;
}

static enum weir_status hand_out(struct demo_source *d, struct weir_chunk *chunk)
{
	weir_byte_window_hand_out(&d->window, chunk);
	chunk->arrival_us = weir_clock_wall_us(d->clock);
	chunk->at_end = d->count && d->made == d->count;
	d->told_end = chunk->at_end;
	d->consumed = false;
	return WEIR_OK;
}

static enum weir_status hand_out_again(struct demo_source *d, struct weir_chunk *chunk)
{
	weir_byte_window_hand_out(&d->window, chunk);
	chunk->arrival_us = weir_clock_wall_us(d->clock);
	return WEIR_AGAIN;
}

static enum weir_status demo_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				  struct weir_error *err)
{
	struct demo_source *d = (struct demo_source *)s;
	int64_t deadline_us = weir_clock_mono_us(d->clock) + timeout_us;
	bool ended = d->count && d->made == d->count;

	if (ended && d->told_end && (weir_byte_window_size(&d->window) == 0 || !d->consumed)) {
		weir_progress_state(&d->progress, WEIR_SOURCE_END, NULL);
		return WEIR_END;
	}
	if (ended || weir_byte_window_full(&d->window) || (d->consumed && weir_byte_window_size(&d->window)))
		return hand_out(d, chunk);
	for (;;) {
		int64_t due = records_due(d);
		if (due > d->made) {
			enum weir_status st = make_records(d, due - d->made, err);
			weir_progress_state(&d->progress, WEIR_SOURCE_LIVE, NULL);
			return st == WEIR_OK ? hand_out(d, chunk) : st;
		}
		int64_t now_us = weir_clock_mono_us(d->clock), next_us = d->began_us + span_us(d, d->made) + 1 - now_us;
		int64_t left_us = deadline_us - now_us, sleep_us = next_us < TICK_US ? TICK_US : next_us;
		if (left_us <= 0 || weir_wake_wait(&d->wake, sleep_us < left_us ? sleep_us : left_us))
			return hand_out_again(d, chunk);
	}
}

static void demo_consume(struct weir_source *s, const struct weir_chunk *left)
{
	struct demo_source *d = (struct demo_source *)s;

	if (weir_byte_window_consume(&d->window, left))
		d->consumed = true;
}

static void demo_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct demo_source *)s)->wake);
}

static void demo_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct demo_source *)s)->progress, out);
}

static bool demo_finite(struct weir_source *s)
{
	const struct demo_source *d = (const struct demo_source *)s;

	return d->count > 0;
}

const struct weir_source_ops weir_source_demo = {
    .name = "demo",
    .schemes = "demo",
    .help = "generated data: demo:orders, demo:web, demo:sensors",
    .example = "demo:orders?rate=1000",
    .can_wait = true,
    .options = options,
    .open = demo_open,
    .poll = demo_poll,
    .consume = demo_consume,
    .wake = demo_wake,
    .status = demo_status,
    .finite = demo_finite,
    .close = demo_close,
};
