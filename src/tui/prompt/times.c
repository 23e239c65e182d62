/* Windows, moments, and the units of the time chart. */
#include "tui/prompt/entries.h"

static const struct {
	const char *text, *help;
	bool goes_on;
} windows[] = {
    {"10s", "the last ten seconds, moving on all the time", false},
    {"30s", "the last half minute", false},
    {"1m", "the last minute", false},
    {"5m", "the last five minutes", false},
    {"15m", "the last quarter of an hour", false},
    {"1h", "the last hour", false},
    {"24h", "the last day", false},
    {"tumbling 10s", "each ten seconds on their own, :00 to :10", false},
    {"tumbling 1m", "each minute on its own", false},
    {"tumbling 5m", "each five minutes on their own", false},
    {"tumbling 1h", "each hour on its own", false},
    {"hopping 5m by 1m", "five minutes, a new window each minute", false},
    {"hopping 1h by 5m", "an hour, a new window each five minutes", false},
    {"since -15m", "from a quarter of an hour ago on, growing", false},
    {"since 00:00", "from the start of the day on, in UTC", false},
    {"since ", "from a moment on: 10:00, -20s or 2026-11-22T10:00:00Z", true},
    {"rows 1000", "the newest 1,000 rows, whatever their times", false},
    {"rows 100000", "the newest 100,000 rows", false},
    {"all", "everything that is held", false},
};

void weir_fill_windows(struct weir_prompt *p, const struct weir_completion_source *from)
{
	struct weir_menu *l = &p->menu;
	struct weir_buf shown = {0};
	struct weir_window w;
	bool found = false;
	l->heads = (struct weir_menu_heads){.text = {"window", WEIR_LEFT, 0}, .rest = {"what counts", WEIR_LEFT, 0}};
	const char *text = from->view->text[WEIR_VIEW_WINDOW];
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		struct weir_menu_item *item = weir_offer(l, weir_str_of(windows[i].text), weir_str_of(windows[i].help));
		if (!item)
			continue;
		item->goes_on = windows[i].goes_on;
		item->now = text ? weir_str_equal(weir_str_trim(weir_str_of(text)), item->text)
				 : weir_window_parse(item->text, from->now_us, &w, NULL) == WEIR_OK &&
				       w.kind == from->view->window.kind && w.size_us == from->view->window.size_us &&
				       w.kind != WEIR_WINDOW_SINCE && w.kind != WEIR_WINDOW_ROWS;
		found = found || item->now;
	}
	if (!found) {
		weir_window_show(&from->view->window, &shown);
		struct weir_menu_item *item =
		    weir_offer(l, text ? weir_str_of(text) : weir_buf_str(&shown), WEIR_STR("as it is now"));
		if (item)
			item->now = true;
		weir_buf_release(&shown);
	}
}

bool weir_whole_window(struct weir_str text, const struct weir_completion_source *from)
{
	struct weir_window w;
	return weir_window_parse(text, from->now_us, &w, NULL) == WEIR_OK;
}

void weir_fill_units(struct weir_prompt *p, const struct weir_completion_source *from)
{
	p->menu.heads =
	    (struct weir_menu_heads){.text = {"time unit", WEIR_LEFT, 0}, .rest = {"of the chart", WEIR_LEFT, 0}};
	for (uint32_t i = 0; i < from->n_units; i++) {
		struct weir_menu_item *item = weir_menu_add(&p->menu, from->units[i].text);
		if (!item)
			continue;
		item->rest = weir_arena_str(&p->menu.memory, from->units[i].help);
		item->now = i == from->unit_now;
	}
}

void weir_fill_moments(struct weir_prompt *p, const struct weir_completion_source *from)
{
	static const char *const moments[][2] = {{"now", "the newest moment"}, {"-1m", "a minute ago"},
						 {"-5m", "five minutes ago"},  {"-15m", "a quarter of an hour ago"},
						 {"-1h", "an hour ago"},       {"-24h", "a day ago"}};
	(void)from;
	p->menu.heads = (struct weir_menu_heads){.text = {"moment", WEIR_LEFT, 0},
						 .rest = {"or a time such as 10:00", WEIR_LEFT, 0}};
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
		weir_offer(&p->menu, weir_str_of(moments[i][0]), weir_str_of(moments[i][1]));
}

bool weir_whole_moment(struct weir_str text, const struct weir_completion_source *from)
{
	int64_t us;
	return weir_moment_parse(text, from->now_us, &us, NULL) == WEIR_OK;
}
