/* The speed of a replay, and playing it again. */
#include "tui/screen/screen.h"

#include <math.h>

/* Slowest first; 0: as fast as it can be read. */
static const double speeds[] = {1.0 / 60, 0.1, 0.5, 1, 2, 5, 10, 60, 600, 3600, 0};
enum { N_SPEEDS = sizeof(speeds) / sizeof(speeds[0]) };
#define BEGINNING_US (10 * WEIR_US_PER_S)

const char *weir_screen_why_no_speed(const struct weir_screen *s)
{
	bool finite = false;
	for (uint32_t i = 0; i < s->info.n_streams; i++)
		finite = finite || s->info.streams[i].finite;
	if (!finite)
		return "a live stream comes at its own speed; only files can be replayed at another";
	if (s->info.ended && !s->loop)
		return "everything has been read, so there is nothing left to replay; :loop on plays it again";
	return NULL;
}

static void say_speed(struct weir_screen *s)
{
	char text[WEIR_FORMAT_BYTES];
	double speed = s->options->speed;
	if (speed > 0)
		weir_screen_say(s, WEIR_TONE_DONE, "replay at %s", weir_format_speed(speed, text));
	else
		weir_screen_say(s, WEIR_TONE_DONE, "as fast as it can be read");
}

static void use_speed(struct weir_screen *s, double speed)
{
	s->options->speed = speed;
	weir_session_set_speed(s->session, speed);
}

/* The place of a speed in the table, or of the next slower one. max is the fastest. */
static int place_of(double speed)
{
	int at = 0;
	if (speed <= 0)
		return N_SPEEDS - 1;
	while (at + 1 < N_SPEEDS - 1 && speeds[at + 1] <= speed * (1 + 1e-9))
		at++;
	return at;
}

void weir_screen_speed(struct weir_screen *s, int by)
{
	const char *why = weir_screen_why_no_speed(s);
	double speed = s->options->speed;
	int at = place_of(speed);
	if (why) {
		weir_screen_say(s, WEIR_TONE_NOTE, "%s", why);
		return;
	}
	/* From between two of them, the slower one is the next below. */
	bool between = speed > 0 && fabs(speeds[at] - speed) > 1e-9 * speed && speeds[at] < speed;
	int to = by < 0 && between ? at : at + by;
	if (to < 0 || to >= N_SPEEDS - s->loop) {
		weir_screen_say(s, WEIR_TONE_NOTE, "%s",
				to < 0    ? "1/60x is the slowest"
				: s->loop ? "3600x is the fastest while it is played again and again"
					  : "it is read as fast as it can be");
		return;
	}
	use_speed(s, speeds[to]);
	say_speed(s);
}

/* At most about half a minute for all of it. */
static double speed_to_play(const struct weir_screen *s)
{
	const struct weir_strip *strip = &s->info.strip;
	double seconds = strip->n_buckets ? (double)(strip->newest_us - strip->oldest_us) / (double)WEIR_US_PER_S : 0;
	int at = place_of(1);
	while (at + 2 < N_SPEEDS && seconds / speeds[at] > 30)
		at++;
	return speeds[at];
}

bool weir_screen_loop(struct weir_screen *s, struct weir_str text, struct weir_error *err)
{
	char speed[WEIR_FORMAT_BYTES];
	bool on = !text.size ? !s->loop : weir_str_equal_nocase(text, WEIR_STR("on"));
	if (!on && text.size && !weir_str_equal_nocase(text, WEIR_STR("off"))) {
		weir_fail(err, WEIR_USAGE, "loop", "it is on or off, not " WEIR_STR_FMT, WEIR_STR_ARG(text));
		return false;
	}
	if (!on) {
		s->loop = false;
		weir_screen_say(s, WEIR_TONE_DONE, "loop off: the replay ends with the data");
		return true;
	}
	if (weir_session_may_restart(s->session, err) != WEIR_OK)
		return false;
	s->loop = true;
	if (s->options->speed <= 0) /* over and over at full speed nothing could be seen */
		use_speed(s, speed_to_play(s));
	weir_screen_say(s, WEIR_TONE_DONE, "loop on: played again and again at %s; < and > change the speed",
			weir_format_speed(s->options->speed, speed));
	return true;
}

/* After the session has begun anew. */
static void begin_anew(struct weir_screen *s)
{
	s->records_seen = 0;
	s->begins_until_us = s->result ? weir_clock_mono_us(s->config->clock) + BEGINNING_US : 0;
	weir_session_info(s->session, &s->info); /* what it said before is gone with its streams */
	s->state.data_from_us = WEIR_TIME_NONE;
}

static void give_up(struct weir_screen *s, const struct weir_error *why)
{
	s->fatal = *why;
	s->exit_code = weir_status_exit_code(why->code);
	s->quit = true;
}

bool weir_screen_read_from(struct weir_screen *s, struct weir_str text, struct weir_error *err)
{
	char place[40] = "earliest";
	int64_t from_us;

	if (!weir_str_equal_nocase(text, WEIR_STR("earliest"))) {
		if (weir_moment_parse(text, weir_screen_reference_us(s), &from_us, err) != WEIR_OK)
			return false;
		place[weir_time_format_iso(from_us, place)] = '\0';
	}
	enum weir_status status = weir_session_read_from(s->session, place, err);
	if (status == WEIR_OK) {
		begin_anew(s);
		weir_screen_say(s, WEIR_TONE_DONE, "reading again from %s", place);
		return true;
	}
	if (status != WEIR_UNSUPPORTED)
		give_up(s, err);
	return false;
}

bool weir_screen_play_again(struct weir_screen *s)
{
	struct weir_error err = {0};
	bool looks = s->info.paused || s->info.at || s->state.prompt.kind != WEIR_PROMPT_NONE;
	if (!s->loop || s->options->speed <= 0 || !s->info.ended || s->info.rebuilding || looks)
		return false;
	s->state.strip.end_us = s->info.strip.newest_us;
	enum weir_status status = weir_session_restart(s->session, &err);
	if (status == WEIR_OK) {
		begin_anew(s);
		return true;
	}
	s->loop = false;
	if (status == WEIR_UNSUPPORTED) {
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
		return false;
	}
	give_up(s, &err);
	return false;
}

/* A new round has no record at first, and then no group, until one is found out. */
bool weir_screen_plays_on(struct weir_screen *s, const struct weir_result *next)
{
	if (!s->begins_until_us)
		return false;
	bool same = next->ledger.received > 0 && next->n_groups >= s->result->n_groups,
	     over = weir_clock_mono_us(s->config->clock) >= s->begins_until_us;
	weir_session_info(s->session, &s->info);
	if (same || over || s->info.ended || next->error.code != WEIR_OK)
		s->begins_until_us = 0;
	return s->begins_until_us != 0;
}
