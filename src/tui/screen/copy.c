/* What goes to the clipboard of the terminal: any text, and the view as a command line or as SQL. */
#include "tui/screen/screen.h"

/* The bytes travel as base64: none of them can be taken for a control sequence. */
void weir_screen_copy_text(struct weir_screen *s, struct weir_str text, const char *what, const char *then)
{
	struct weir_buf sequence = {0};
	weir_buf_add_c(&sequence, "\033]52;c;");
	weir_base64_encode(text, &sequence);
	weir_buf_add_c(&sequence, "\a");
	if (sequence.failed) {
		weir_screen_say(s, WEIR_TONE_ERROR, "out of memory");
	} else if (s->terminal) {
		weir_terminal_send(s->terminal, sequence.data, sequence.size);
		weir_screen_say(s, WEIR_TONE_DONE, "%s: %s byte%s (OSC 52)%s", what, WEIR_COUNT(text.size),
				text.size == 1 ? "" : "s", then);
	}
	weir_buf_release(&sequence);
}

/* The question, at the moment that is shown when the picture stands still. */
static bool view_now(const struct weir_screen *s, struct weir_view *out, struct weir_error *err)
{
	char at[40] = "";
	if (weir_view_copy(out, weir_screen_view(s), err) != WEIR_OK)
		return false;
	if (!s->info.paused || s->info.paused_at_us == WEIR_TIME_NONE)
		return true;
	at[weir_time_format_iso(s->info.paused_at_us, at)] = '\0';
	return weir_view_set(out, WEIR_VIEW_AT, at, weir_screen_now_us(s), err) == WEIR_OK;
}

static bool command_of(const struct weir_screen *s, const char *between, bool *hidden, struct weir_buf *out,
		       struct weir_error *err)
{
	struct weir_view view;
	weir_view_init(&view);
	bool done = view_now(s, &view, err);
	if (done)
		weir_options_command(s->options, &view, between, hidden, out);
	weir_view_release(&view);
	if (done && out->failed)
		weir_fail(err, WEIR_NO_MEMORY, "copy", "out of memory");
	return done && !out->failed;
}

static bool copy_command(struct weir_screen *s, struct weir_error *err)
{
	struct weir_buf text = {0};
	bool hidden = false, done = command_of(s, " ", &hidden, &text, err);
	if (done)
		weir_screen_copy_text(s, weir_buf_str(&text),
				      hidden ? "copied as a command line, with variables for secrets"
					     : "copied as a command line",
				      "; Y again: as SQL");
	weir_buf_release(&text);
	return done;
}

bool weir_screen_copy_view(struct weir_screen *s, struct weir_str how, struct weir_error *err)
{
	enum weir_copied next = s->state.copied == WEIR_COPIED_SHOWN ? WEIR_COPIED_COMMAND : s->state.copied + 1;
	how = weir_str_trim(how);
	if (how.size) {
		next = weir_str_equal(how, WEIR_STR("command")) ? WEIR_COPIED_COMMAND
		       : weir_str_equal(how, WEIR_STR("sql"))   ? WEIR_COPIED_SQL
		       : weir_str_equal(how, WEIR_STR("show"))  ? WEIR_COPIED_SHOWN
								: WEIR_COPIED_NOTHING;
		if (next == WEIR_COPIED_NOTHING) {
			weir_fail(err, WEIR_USAGE, "copy", "a view is not copied as " WEIR_STR_FMT, WEIR_STR_ARG(how));
			weir_error_hint(err, "command, sql, or show for a page with both");
			return false;
		}
	}
	if (next == WEIR_COPIED_COMMAND && !copy_command(s, err))
		return false;
	s->state.copied = next;
	if (next != WEIR_COPIED_COMMAND)
		weir_session_order(s->session, WEIR_ORDER_SQL, WEIR_OUT_TABLE);
	return true;
}

/* Both on a page, the options each on a line of its own, so that they can be taken from there with the mouse. */
static void show_both(struct weir_screen *s, struct weir_delivery *d)
{
	struct weir_error err = {0};
	struct weir_buf text = {0};
	bool hidden = false;
	weir_buf_add_c(&text, "the view as a command line:\n\n");
	bool done = command_of(s, " \\\n  ", &hidden, &text, &err);
	weir_buf_add_c(&text, "\n\nand as Spark SQL:\n\n");
	weir_buf_add_str(&text, d->error.code == WEIR_OK ? weir_buf_str(&d->text) : weir_str_of(d->error.what));
	if (!done || text.failed) {
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", done ? "out of memory" : err.what);
		weir_buf_release(&text);
		return;
	}
	weir_buf_release(&s->state.page_text);
	s->state.page_text = text;
	s->state.page = WEIR_PAGE_TEXT;
	s->state.page_scroll = 0;
}

void weir_screen_sql_came(struct weir_screen *s, struct weir_delivery *d)
{
	if (s->state.copied == WEIR_COPIED_SHOWN)
		show_both(s, d);
	else if (d->error.code != WEIR_OK)
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", d->error.what);
	else
		weir_screen_copy_text(s, weir_buf_str(&d->text), "copied as SQL", "; Y again: show both");
}
