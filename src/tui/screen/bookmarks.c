/* Bookmarks: moments to come back to. */
#include "tui/screen/screen.h"

static const char *clock_of(const struct weir_screen *s, int64_t us, char *out)
{
	return weir_format_moment(us, weir_picture_day_us(&s->picture), 0, out);
}

/* The moment that the person looks at: under the cursor, at the beginning of the span, shown, or the newest. */
static int64_t moment_here(const struct weir_screen *s)
{
	const struct weir_screen_state *state = &s->state;
	if (state->span_from_us != WEIR_TIME_NONE && state->span_to_us != WEIR_TIME_NONE)
		return state->span_from_us < state->span_to_us ? state->span_from_us : state->span_to_us;
	if (state->cursor_us != WEIR_TIME_NONE)
		return weir_time_cursor_us(&s->picture);
	if (s->info.paused && s->info.paused_at_us != WEIR_TIME_NONE)
		return s->info.paused_at_us;
	if (s->info.at)
		return s->info.view.at_us;
	return s->info.strip.newest_us != WEIR_TIME_NONE ? s->info.strip.newest_us : s->result->moment_us;
}

/* The first one that is not before that moment. */
static uint32_t place_of(const struct weir_strip_state *m, int64_t us)
{
	uint32_t at = 0;
	while (at < m->n_bookmarks && m->bookmarks[at].us < us)
		at++;
	return at;
}

static void set_note(struct weir_bookmark *mark, struct weir_str note)
{
	size_t n = note.size < sizeof(mark->note) - 1 ? note.size : sizeof(mark->note) - 1;
	while (n < note.size && n > 0 && ((unsigned char)note.data[n] & 0xc0) == 0x80)
		n--; /* not within a character */
	if (n)
		memcpy(mark->note, note.data, n);
	mark->note[n] = '\0';
}

static void add(struct weir_screen *s, uint32_t at, int64_t us, struct weir_str note)
{
	struct weir_strip_state *m = &s->state.strip;
	char clock[WEIR_FORMAT_BYTES];
	if (m->n_bookmarks == WEIR_MAX_BOOKMARKS) {
		weir_screen_say(s, WEIR_TONE_NOTE, "there are %d bookmarks already; b on one of them takes it away",
				WEIR_MAX_BOOKMARKS);
		return;
	}
	memmove(&m->bookmarks[at + 1], &m->bookmarks[at], (m->n_bookmarks - at) * sizeof(m->bookmarks[0]));
	m->n_bookmarks++;
	m->bookmarks[at].us = us;
	set_note(&m->bookmarks[at], note);
	weir_screen_say(s, WEIR_TONE_DONE, "bookmark at %s%s%s; B goes to the next, :bookmarks lists them",
			clock_of(s, us, clock), note.size ? ": " : "", m->bookmarks[at].note);
}

bool weir_screen_bookmark(struct weir_screen *s, struct weir_str note, struct weir_error *err)
{
	struct weir_strip_state *m = &s->state.strip;
	char clock[WEIR_FORMAT_BYTES];
	int64_t us = s->result ? moment_here(s) : WEIR_TIME_NONE;
	if (us == WEIR_TIME_NONE) {
		weir_fail(err, WEIR_USAGE, "bookmark", "this data has no event time, so there is no moment to mark");
		return false;
	}
	uint32_t at = place_of(m, us);
	if (at == m->n_bookmarks || m->bookmarks[at].us != us) {
		add(s, at, us, note);
	} else if (note.size) {
		set_note(&m->bookmarks[at], note);
		weir_screen_say(s, WEIR_TONE_DONE, "bookmark at %s: %s", clock_of(s, us, clock), m->bookmarks[at].note);
	} else {
		memmove(&m->bookmarks[at], &m->bookmarks[at + 1], (m->n_bookmarks - at - 1) * sizeof(m->bookmarks[0]));
		m->n_bookmarks--;
		weir_screen_say(s, WEIR_TONE_DONE, "the bookmark at %s is gone", clock_of(s, us, clock));
	}
	return true;
}

void weir_screen_next_bookmark(struct weir_screen *s)
{
	const struct weir_strip_state *m = &s->state.strip;
	char clock[WEIR_FORMAT_BYTES];
	if (!s->result || !m->n_bookmarks) {
		weir_screen_say(s, WEIR_TONE_NOTE, "there are no bookmarks yet; b marks this moment");
		return;
	}
	uint32_t at = place_of(m, moment_here(s) + 1);
	at = at == m->n_bookmarks ? 0 : at;
	const struct weir_bookmark *mark = &m->bookmarks[at];
	if (s->info.strip.n_buckets && mark->us < s->info.strip.older_us) {
		weir_screen_say(s, WEIR_TONE_NOTE, "%s is not held any more", clock_of(s, mark->us, clock));
		return;
	}
	weir_screen_show_time(s, mark->us);
	weir_screen_say(s, WEIR_TONE_DONE, "bookmark %u of %u, %s%s%s", at + 1, m->n_bookmarks,
			clock_of(s, mark->us, clock), mark->note[0] ? ": " : "", mark->note);
}

void weir_screen_list_bookmarks(struct weir_screen *s)
{
	const struct weir_strip_state *m = &s->state.strip;
	struct weir_buf *text = &s->state.page_text;
	char clock[WEIR_FORMAT_BYTES];
	weir_buf_clear(text);
	weir_buf_addf(text,
		      "%u bookmark%s. b marks the moment under the time cursor, or the one that is shown; b on a "
		      "bookmark takes it away; :bookmark NOTE adds a note. B goes to the next one.\n\n",
		      m->n_bookmarks, m->n_bookmarks == 1 ? "" : "s");
	for (uint32_t i = 0; i < m->n_bookmarks; i++)
		weir_buf_addf(text, "%3u  %s  %s\n", i + 1, clock_of(s, m->bookmarks[i].us, clock),
			      m->bookmarks[i].note);
	s->state.page = WEIR_PAGE_TEXT;
	s->state.page_scroll = 0;
}
