/* A span of time that is kept: a condition, and a window that holds it. */
#include "tui/screen/screen.h"

#include <stdlib.h>

void weir_screen_forget_span(struct weir_screen *s)
{
	free(s->span_condition);
	free(s->span_window);
	s->span_condition = s->span_window = NULL;
}

static bool window_holds(const struct weir_screen *s, int64_t from_us, int64_t to_us)
{
	const struct weir_result *r = s->result;
	if (!r || r->window_start_us == WEIR_TIME_NONE || s->info.view.window.kind == WEIR_WINDOW_ALL)
		return true;
	return from_us >= r->window_start_us && to_us <= r->window_end_us + r->bucket_us;
}

bool weir_screen_keep_span(struct weir_screen *s, const char *condition, int64_t from_us, int64_t to_us,
			   struct weir_error *err)
{
	const char *window = weir_screen_view(s)->text[WEIR_VIEW_WINDOW];
	struct weir_view view;
	if (window_holds(s, from_us, to_us))
		return weir_screen_add_filter(s, condition, err);
	char *before = weir_str_dup(weir_str_of(window)), *own = weir_str_dup(weir_str_of(condition));
	int64_t now = weir_screen_now_us(s);
	weir_view_init(&view);
	bool done = before && own && weir_view_copy(&view, weir_screen_view(s), err) == WEIR_OK &&
		    weir_view_add(&view, WEIR_VIEW_WHERE, condition, now, err) == WEIR_OK &&
		    weir_view_set(&view, WEIR_VIEW_WINDOW, "all", now, err) == WEIR_OK;
	if (!before || !own)
		weir_fail(err, WEIR_NO_MEMORY, "screen", "out of memory");
	if (done && (s->info.paused || s->info.at)) /* there is one moment of all */
		weir_screen_live(s);
	done = done && weir_screen_ask_view(s, &view, err);
	weir_view_release(&view);
	if (done) {
		weir_screen_forget_span(s);
		s->span_condition = own;
		s->span_window = before;
	} else {
		free(own);
		free(before);
	}
	return done;
}
