/* The alert: set, looked at with each new answer, and told to the terminal. */
#include "tui/screen/screen.h"

#include "weir/base/print.h"

/* The measure that the alert is about is measured from now on. */
static bool measure_it(struct weir_screen *s, const struct weir_alert *alert, struct weir_error *err)
{
	struct weir_buf measures = {0};
	bool adds, done = weir_alert_measures(alert, weir_screen_view(s)->text[WEIR_VIEW_MEASURE], &adds, &measures,
					      err) == WEIR_OK;
	if (done && adds)
		done = weir_screen_ask(s, WEIR_VIEW_MEASURE, weir_buf_str(&measures), err);
	weir_buf_release(&measures);
	return done;
}

bool weir_screen_alert(struct weir_screen *s, struct weir_str text, struct weir_error *err)
{
	struct weir_alert alert = {0};
	if (!text.size || weir_str_equal_nocase(text, WEIR_STR("none"))) {
		bool was = s->alert.text != NULL;
		weir_alert_release(&s->alert);
		weir_screen_say(s, WEIR_TONE_DONE, was ? "no alert any more" : "there is no alert; a sets one");
		return true;
	}
	if (weir_alert_parse(text, &alert, err) != WEIR_OK)
		return false;
	if (!measure_it(s, &alert, err)) {
		weir_alert_release(&alert);
		return false;
	}
	weir_alert_release(&s->alert);
	s->alert = alert;
	s->alert_asked = true;
	weir_screen_say(s, WEIR_TONE_DONE, "alert when %s, in any row of the table; :alert none takes it back",
			s->alert.text);
	return true;
}

/* The one that is set is there to be changed; else the list has examples. */
void weir_screen_alert_prompt(struct weir_screen *s)
{
	struct weir_buf line = {0};
	weir_buf_add_c(&line, "alert ");
	weir_buf_add_c(&line, s->alert.text ? s->alert.text : "");
	weir_screen_command_prompt(s, line.failed || !line.data ? "alert " : line.data);
	weir_buf_release(&line);
}

/* The bell, and a notification where the terminal has them (OSC 9, of iTerm2, and of others since). */
static void ring(struct weir_screen *s, struct weir_str what)
{
	struct weir_buf sequence = {0};
	weir_buf_add_c(&sequence, "\a\033]9;weir: ");
	weir_print_safe(what, &sequence);
	weir_buf_add_c(&sequence, "\a");
	if (s->terminal && !sequence.failed)
		weir_terminal_send(s->terminal, sequence.data, sequence.size);
	weir_buf_release(&sequence);
}

void weir_screen_judge(struct weir_screen *s, const struct weir_result *r)
{
	struct weir_buf what = {0};
	if (!s->alert.text || s->info.paused || s->info.at || s->preview.on)
		return;
	bool news = weir_alert_judge(&s->alert, r, &what);
	bool guessed = s->info.ended || weir_screen_view(s)->text[WEIR_VIEW_MEASURE];
	if (s->alert.lacks && !s->alert_asked &&
	    guessed) { /* the measures were nobody's wish, so that it is added to them */
		struct weir_error err = {0};
		s->alert_asked = true;
		if (!measure_it(s, &s->alert, &err))
			weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
	}
	if (news) {
		ring(s, weir_buf_str(&what));
		weir_screen_say(s, WEIR_TONE_WARN, "alert: %s", what.failed ? s->alert.text : what.data);
	}
	weir_buf_release(&what);
}
