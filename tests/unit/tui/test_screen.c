/* What keys and the mouse change, by panel: on a screen of invented data, without a session. */
#include "fake_result.h"
#include "tui/screen/screen.h"
#include "weir/model/partitions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct weir_screen screen;
static struct fake fake;
static const struct weir_tui_config config = {.clock = &weir_clock_system};

static int panel(const char *name)
{
	for (int i = 0; weir_panels[i]; i++)
		if (strcmp(weir_panels[i]->name, name) == 0)
			return i;
	fail_msg("there is no panel %s", name);
	return -1;
}

static void open_screen(enum fake_kind kind, int columns, int rows)
{
	fake_make(&fake, kind);
	screen = (struct weir_screen){.config = &config, .result = &fake.result, .picture = fake.picture};
	screen.picture.state = &screen.state;
	screen.info = fake.info;
	weir_state_init(&screen.state, weir_panels);
	weir_picture_layout(&screen.picture, columns, rows);
	for (int i = 0; weir_panels[i]; i++)
		if (weir_panels[i]->see)
			weir_panels[i]->see(&screen.picture, &screen.state);
}

static void close_screen(void)
{
	weir_state_release(&screen.state);
	fake_release(&fake);
}

static void press(enum weir_command command)
{
	weir_screen_do(&screen, command, (struct weir_str){0});
}

static void move_mouse(enum weir_mouse mouse, int x, int y)
{
	weir_screen_mouse(&screen, &(struct weir_event){.kind = WEIR_EVENT_MOUSE, .mouse = mouse, .x = x, .y = y});
}

/* What an act of the panel in focus asks of the screen; the text is owned by the caller. */
static struct weir_wish wish_of(enum weir_command command)
{
	struct weir_wish wish = {0};
	bool known;
	const struct weir_panel_act *act =
	    weir_panel_act_of(&screen.picture, weir_panels[screen.state.focus], command, &known);
	assert_non_null(act);
	act->act(&screen.picture, &screen.state, &wish);
	return wish;
}

static void assert_wish(enum weir_command command, const char *text)
{
	struct weir_wish wish = wish_of(command);
	assert_string_equal(wish.text.data, text);
	weir_buf_release(&wish.text);
}

static void test_the_cursor_of_the_streams_goes_through_their_partitions(void **state)
{
	struct weir_partitions *partitions = weir_partitions_new();
	(void)state;
	assert_non_null(partitions);
	for (int i = 0; i < 4; i++)
		assert_int_equal(weir_partitions_add(partitions, WEIR_STR("o'rders"), 7 + i), i);
	open_screen(FAKE_STREAMS, 120, 40);
	screen.info.streams[0].all = partitions;
	screen.picture.info = &screen.info;
	weir_screen_show_panel(&screen, weir_panels[panel("streams")]);
	weir_picture_layout(&screen.picture, 120, 40);
	assert_wish(WEIR_CMD_KEEP, "_stream = 'orders'");
	assert_wish(WEIR_CMD_EXCLUDE, "(_stream <> 'orders' or _stream is null)");
	press(WEIR_CMD_DOWN);
	press(WEIR_CMD_DOWN);
	assert_wish(WEIR_CMD_KEEP, "_stream = 'orders' and _topic = 'o''rders' and _partition = 8");
	assert_wish(WEIR_CMD_EXCLUDE,
		    "(_stream <> 'orders' or _stream is null) or (_topic <> 'o''rders' or _topic is null) "
		    "or (_partition <> 8 or _partition is null)");
	press(WEIR_CMD_TOP_ROW);
	for (int i = 0; i < 5; i++)
		press(WEIR_CMD_DOWN);
	assert_wish(WEIR_CMD_KEEP, "_stream = 'web'");
	/* At the end the lines go on until the last one is seen. */
	for (int i = 0; i < 100; i++)
		press(WEIR_CMD_DOWN);
	const struct weir_panel *streams = weir_panels[panel("streams")];
	int lines = streams->rows(&screen.picture);
	assert_int_equal(screen.state.scroll[panel("streams")],
			 lines - weir_panel_body_rows(weir_picture_rect(&screen.picture, streams).rows));
	assert_int_equal(screen.state.streams.stream, 2);
	close_screen();
	weir_partitions_unref(partitions);
}

static void test_tab_goes_through_the_panels_that_have_something_to_show(void **state)
{
	(void)state;
	open_screen(FAKE_TOTAL, 120, 40); /* no groups, so no table */
	screen.state.focus = panel("schema");
	press(WEIR_CMD_NEXT_PANEL);
	assert_int_equal(screen.state.focus, panel("chart")); /* past the volume, which is never in focus */
	press(WEIR_CMD_PREVIOUS_PANEL);
	assert_int_equal(screen.state.focus, panel("schema"));
	close_screen();
}

static void test_left_and_right_go_where_they_mean_something(void **state)
{
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	screen.state.focus = panel("records");
	press(WEIR_CMD_RIGHT);
	assert_int_equal(screen.state.records.at, 0);
	assert_int_equal(screen.state.focus, panel("records"));
	screen.state.focus = panel("schema");
	press(WEIR_CMD_LEFT);
	assert_int_equal(screen.state.focus, panel("chart"));
	assert_true(screen.state.cursor_us != WEIR_TIME_NONE);
	close_screen();
}

static void test_the_mouse_belongs_to_the_chart_until_it_is_let_go(void **state)
{
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	struct weir_rect r = screen.picture.layout.panels[panel("chart")];
	move_mouse(WEIR_MOUSE_DRAG, r.x + 20, r.y + 4); /* nothing was pressed */
	assert_true(screen.state.span_from_us == WEIR_TIME_NONE);
	move_mouse(WEIR_MOUSE_PRESS, r.x + 20, r.y + 4);
	assert_int_equal(screen.state.focus, panel("chart"));
	move_mouse(WEIR_MOUSE_DRAG, r.x + 10, 0); /* far above it */
	assert_true(screen.state.span_to_us < screen.state.span_from_us);
	move_mouse(WEIR_MOUSE_RELEASE, r.x + 10, 0);
	assert_true(screen.state.message[0]);
	int64_t to = screen.state.span_to_us;
	move_mouse(WEIR_MOUSE_DRAG, r.x + 15, r.y + 4);
	assert_true(screen.state.span_to_us == to);
	close_screen();
}

static void test_the_wheel_moves_what_is_under_it_and_not_the_focus(void **state)
{
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	struct weir_rect r = screen.picture.layout.panels[panel("records")];
	move_mouse(WEIR_MOUSE_WHEEL_DOWN, r.x + 3, r.y + 2);
	assert_false(screen.state.records.held); /* the newest is at the foot already */
	move_mouse(WEIR_MOUSE_WHEEL_UP, r.x + 3, r.y + 2);
	assert_true(screen.state.records.held);
	assert_int_equal(screen.state.focus, panel("table"));
	close_screen();
}

/* Between two pictures a key closes the panel and the mouse is pressed where it still stands. */
static void test_a_panel_that_was_closed_is_not_clicked(void **state)
{
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	struct weir_why_state *why = &screen.state.why;
	why->n_steps = 1;
	screen.state.focus = screen.state.lower = panel("why");
	screen.state.zoomed = true;
	weir_picture_layout(&screen.picture, 120, 40);
	struct weir_rect r = screen.picture.layout.panels[panel("why")];
	assert_true(r.rows > 0);
	weir_why_state_release(why);
	screen.state.focus = panel("table");
	screen.state.zoomed = false;
	move_mouse(WEIR_MOUSE_PRESS, r.x + 3, r.y + 3);
	move_mouse(WEIR_MOUSE_WHEEL_UP, r.x + 3, r.y + 3);
	assert_int_equal(screen.state.focus, panel("table"));

	bool known;
	screen.state.focus = panel("why");
	assert_null(weir_panel_act_of(&screen.picture, weir_panels[panel("why")], WEIR_CMD_BACK,
				      &known)); /* nowhere to go back to */
	screen.state.focus = panel("table");
	close_screen();
}

/* The search was given with a command before anything came. */
static void test_a_search_goes_on_before_there_is_a_result(void **state)
{
	(void)state;
	struct weir_error err = {0};
	open_screen(FAKE_WEB, 120, 40);
	assert_true(weir_records_seek(&screen.state.records, WEIR_STR("a"), &err));
	screen.result = NULL;
	screen.picture.result = NULL;
	press(WEIR_CMD_SEARCH_NEXT);
	press(WEIR_CMD_SEARCH_BACK);
	assert_int_equal(screen.state.focus, panel("records"));
	close_screen();
}

static void test_a_remark_goes_when_it_could_be_read(void **state)
{
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	assert_true(weir_screen_silent_us(&screen) == INT64_MAX); /* nothing was said */
	weir_screen_say(&screen, WEIR_TONE_DONE, "done");
	assert_true(weir_screen_silent_us(&screen) == INT64_MAX); /* nor shown */
	screen.waiting_us = 1000;
	weir_screen_said(&screen, 2000);
	assert_true(weir_screen_silent_us(&screen) == INT64_MAX); /* the answer is still to come */
	screen.waiting_us = 0;
	weir_screen_said(&screen, 3000);
	int64_t until = weir_screen_silent_us(&screen);
	assert_true(until > 1000000 && until < 60000000);
	weir_screen_said(&screen, 900000);
	assert_true(weir_screen_silent_us(&screen) == until); /* later pictures change nothing */
	weir_screen_say(&screen, WEIR_TONE_DONE, "done again");
	assert_true(weir_screen_silent_us(&screen) == INT64_MAX);
	close_screen();
}

/* A cursor, a bookmark or a span stays where it was put, however far the window has moved on. */
static void test_a_time_far_away_is_outside_of_the_chart(void **state)
{
	const struct weir_times second = {0, 10, INT64_C(1795341600000000), 100000, 1000000};
	const int64_t century = INT64_C(100) * 366 * 86400 * 1000000;
	(void)state;
	assert_int_equal(weir_times_x(&second, second.start_us + 500000, 100), 50);
	assert_true(weir_times_x(&second, second.start_us + century, 100) > 100);
	assert_true(weir_times_x(&second, second.start_us - century, 100) < 0);
}

/* A row that misspells what it shows would show nothing. */
static void test_every_panel_names_extras_that_there_are(void **state)
{
	(void)state;
	for (int i = 0; weir_panels[i]; i++) {
		struct weir_str rest = weir_str_of(weir_panels[i]->extras);
		while (rest.size) {
			struct weir_str tail = {0}, name = weir_str_cut(rest, ' ', &tail);
			char *one = weir_str_dup(name);
			assert_non_null(one);
			if (!weir_extras_named(one))
				fail_msg("%s wants %s, which is no extra", weir_panels[i]->name, one);
			free(one);
			rest = tail;
		}
	}
}

/* What the panel asked of the screen. */
static struct weir_wish act(enum weir_command command)
{
	struct weir_wish wish = {0};
	bool known;
	const struct weir_panel_act *a =
	    weir_panel_act_of(&screen.picture, weir_panels[screen.state.focus], command, &known);
	assert_non_null(a);
	a->act(&screen.picture, &screen.state, &wish);
	return wish;
}

static void wishes(enum weir_command command, int kind, const char *text)
{
	struct weir_wish wish = act(command);
	assert_int_equal(wish.kind, kind);
	assert_string_equal(wish.text.data, text);
	weir_buf_release(&wish.text);
}

static void test_the_schema_is_a_list_whose_columns_are_grouped_by_and_measured(void **state)
{
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	screen.state.focus = panel("schema");
	weir_panels[screen.state.focus]->see(&screen.picture, &screen.state);
	assert_int_equal(screen.state.schema.menu.n, fake.result.n_fields);
	press(WEIR_CMD_DOWN);
	wishes(WEIR_CMD_KEEP, WEIR_WISH_GROUP, "service");
	wishes(WEIR_CMD_PROMPT_MEASURE, WEIR_WISH_MEASURE, "count, distinct(service)");
	wishes(WEIR_CMD_EXCLUDE, WEIR_WISH_FILTER, "service is not null");
	wishes(WEIR_CMD_COPY, WEIR_WISH_COPY, "service");
	while (strcmp(weir_menu_current(&screen.state.schema.menu)->text.data, "latency_ms") != 0)
		press(WEIR_CMD_DOWN);
	wishes(WEIR_CMD_PROMPT_MEASURE, WEIR_WISH_MEASURE, "count, p95(latency_ms)");
	press(WEIR_CMD_TOP_ROW);
	assert_int_equal(screen.state.schema.menu.cursor, 0);
	close_screen();
}

/* Only where one group is left, by columns that have several values in the rows that pass. */
static void test_the_next_group_is_offered_where_one_is_left(void **state)
{
	struct weir_profile_column columns[] = {
	    {.name = WEIR_STR("service"), .type = WEIR_STRING, .n = 1000, .n_distinct = 1},
	    {.name = WEIR_STR("region"), .type = WEIR_STRING, .n = 1000, .n_distinct = 5},
	    {.name = WEIR_STR("user"), .type = WEIR_STRING, .n = 1000, .n_distinct = 900}};
	struct weir_profile profile = {.n_rows = 1000, .n_columns = 3, .columns = columns};
	struct weir_view view;
	struct weir_buf next = {0};
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	weir_view_init(&view);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_GROUP, "service", 0, NULL), WEIR_OK);
	assert_false(weir_next_group_is_due(&fake.result)); /* there are more */
	weir_next_group_find(&fake.result, &profile, &view, &next);
	assert_int_equal(next.size, 0);
	fake.result.n_rows = 1;
	fake.result.n_rows_total = 1;
	assert_true(weir_next_group_is_due(&fake.result));
	weir_next_group_find(&fake.result, NULL, &view, &next); /* not known yet */
	assert_int_equal(next.size, 0);
	weir_next_group_find(&fake.result, &profile, &view, &next);
	assert_string_equal(next.data, "region");
	weir_buf_clear(&screen.state.next_group);
	weir_buf_add_str(&screen.state.next_group, weir_buf_str(&next));
	screen.state.focus = panel("table");
	wishes(WEIR_CMD_KEEP, WEIR_WISH_GROUP, "region");
	columns[1].n_distinct = 1;
	weir_next_group_find(&fake.result, &profile, &view, &next);
	assert_int_equal(next.size, 0);
	weir_buf_release(&next);
	weir_view_release(&view);
	close_screen();
}

/* The old result is gone by the time that a key comes. */
static void test_keys_between_a_result_and_its_picture_read_the_new_one(void **state)
{
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	struct weir_result *older = calloc(1, sizeof(*older)), *newer = calloc(1, sizeof(*newer));
	assert_true(older && newer);
	older->refs = newer->refs = 1;
	screen.result = older;
	screen.picture.result = older;
	assert_false(weir_screen_take(&screen, newer));
	screen.state.focus = panel("streams");
	press(WEIR_CMD_PAGE_DOWN);
	assert_ptr_equal(screen.picture.result, newer);
	weir_result_unref(newer);
	close_screen();
}

static int64_t bucket_us(void)
{
	return screen.result->bucket_us;
}

/* From wherever one is: the cursor appears at the newest bucket, goes back, and becomes a span that follows its moving end. */
static void test_keys_move_the_cursor_and_make_a_span(void **state)
{
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	const struct weir_screen_state *at = &screen.state;
	press(WEIR_CMD_LEFT);
	assert_int_equal(at->focus, panel("chart"));
	int64_t newest = at->cursor_us;
	assert_true(newest != WEIR_TIME_NONE);
	press(WEIR_CMD_RIGHT);
	assert_true(at->cursor_us == newest && at->message[0]); /* there is nothing newer, and that is said */
	press(WEIR_CMD_LEFT);
	press(WEIR_CMD_LEFT);
	int64_t cursor = newest - 2 * bucket_us();
	assert_true(at->cursor_us == cursor);
	press(WEIR_CMD_SPAN_BACK);
	assert_true(at->cursor_us == WEIR_TIME_NONE);
	assert_true(at->span_to_us == cursor - bucket_us() && at->span_from_us == cursor + bucket_us());
	press(WEIR_CMD_SPAN_ON); /* back to one bucket, then to the other side */
	press(WEIR_CMD_SPAN_ON);
	assert_true(at->span_from_us == cursor && at->span_to_us == cursor + 2 * bucket_us());
	press(WEIR_CMD_LEFT);
	assert_true(at->span_from_us == cursor - bucket_us() && at->span_to_us == cursor + bucket_us());
	press(WEIR_CMD_BACK);
	assert_true(at->span_from_us == WEIR_TIME_NONE && at->cursor_us == WEIR_TIME_NONE);
	press(WEIR_CMD_SPAN_BACK); /* without a cursor it begins at the newest */
	assert_true(at->span_from_us > at->span_to_us && at->span_from_us == newest + bucket_us());
	close_screen();
}

/* Beyond the chart the cursor goes by the buckets of the strip, to the oldest row and no further. */
static void test_the_cursor_goes_as_far_back_as_the_data(void **state)
{
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	const struct weir_strip *s = &screen.info.strip;
	for (int i = 0; i < 400; i++)
		press(WEIR_CMD_LEFT);
	int64_t at = screen.state.cursor_us;
	assert_true(at <= s->oldest_us && at + weir_time_width_us(&screen.picture, at) > s->oldest_us);
	assert_true(strstr(screen.state.message, "the data starts at"));
	press(WEIR_CMD_RIGHT);
	assert_true(screen.state.cursor_us == at + s->bucket_us);
	close_screen();
}

static void mark(const char *note)
{
	struct weir_error err = {0};
	assert_true(weir_screen_bookmark(&screen, weir_str_of(note), &err));
}

/* In order of time whatever the order they came in; the same moment again takes one away, unless it has another note. */
static void test_bookmarks(void **state)
{
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	const struct weir_strip_state *m = &screen.state.strip;
	mark("newest");
	press(WEIR_CMD_LEFT);
	press(WEIR_CMD_LEFT);
	press(WEIR_CMD_LEFT);
	mark("");
	assert_int_equal(m->n_bookmarks, 2);
	assert_true(m->bookmarks[0].us == weir_time_cursor_us(&screen.picture) &&
		    m->bookmarks[0].us < m->bookmarks[1].us);
	mark("a note");
	assert_int_equal(m->n_bookmarks, 2);
	assert_string_equal(m->bookmarks[0].note, "a note");
	mark("");
	assert_int_equal(m->n_bookmarks, 1);
	assert_string_equal(m->bookmarks[0].note, "newest");
	for (int i = 0; i < 2 * WEIR_MAX_BOOKMARKS; i++) {
		press(WEIR_CMD_LEFT);
		mark("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
		     "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
		     "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
		     "\xc3\xa4\xc3\xa4\xc3\xa4");
		if (m->n_bookmarks == WEIR_MAX_BOOKMARKS)
			break;
	}
	assert_int_equal(m->n_bookmarks, WEIR_MAX_BOOKMARKS);
	press(WEIR_CMD_LEFT);
	mark("one too many");
	assert_int_equal(m->n_bookmarks, WEIR_MAX_BOOKMARKS);
	assert_true(strstr(screen.state.message, "64 bookmarks already"));
	assert_int_equal(strlen(m->bookmarks[0].note), 62); /* cut between two characters */
	for (uint32_t i = 1; i < m->n_bookmarks; i++)
		assert_true(m->bookmarks[i - 1].us < m->bookmarks[i].us);
	press(WEIR_CMD_BOOKMARKS);
	assert_int_equal(screen.state.page, WEIR_PAGE_TEXT);
	close_screen();
}

static void test_a_drag_on_the_strip_makes_a_span(void **state)
{
	(void)state;
	open_screen(FAKE_WEB, 120, 40);
	struct weir_rect r = screen.picture.layout.strip;
	const struct weir_strip *s = &screen.info.strip;
	int x = weir_strip_place_of(&screen.picture).x;
	move_mouse(WEIR_MOUSE_PRESS, r.x + x + 10, r.y);
	move_mouse(WEIR_MOUSE_DRAG, r.x + x + 5, r.y + 9); /* it belongs to the strip wherever the mouse is */
	assert_int_equal(screen.state.focus, panel("chart"));
	assert_true(screen.state.span_to_us == s->start_us + 5 * s->bucket_us);
	assert_true(screen.state.span_from_us == s->start_us + 11 * s->bucket_us);
	move_mouse(WEIR_MOUSE_RELEASE, r.x + x + 5, r.y + 9);
	assert_true(strstr(screen.state.message, "Enter keeps"));
	move_mouse(WEIR_MOUSE_DRAG, r.x + x + 30, r.y);
	assert_true(screen.state.span_to_us == s->start_us + 5 * s->bucket_us);
	move_mouse(WEIR_MOUSE_PRESS, r.x + 0, r.y); /* left of it: the oldest */
	move_mouse(WEIR_MOUSE_DRAG, r.x + x, r.y);
	assert_true(screen.state.span_from_us == WEIR_TIME_NONE); /* not moved yet */
	close_screen();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tab_goes_through_the_panels_that_have_something_to_show),
	    cmocka_unit_test(test_the_cursor_of_the_streams_goes_through_their_partitions),
	    cmocka_unit_test(test_left_and_right_go_where_they_mean_something),
	    cmocka_unit_test(test_the_mouse_belongs_to_the_chart_until_it_is_let_go),
	    cmocka_unit_test(test_the_wheel_moves_what_is_under_it_and_not_the_focus),
	    cmocka_unit_test(test_a_panel_that_was_closed_is_not_clicked),
	    cmocka_unit_test(test_a_search_goes_on_before_there_is_a_result),
	    cmocka_unit_test(test_a_remark_goes_when_it_could_be_read),
	    cmocka_unit_test(test_a_time_far_away_is_outside_of_the_chart),
	    cmocka_unit_test(test_every_panel_names_extras_that_there_are),
	    cmocka_unit_test(test_keys_move_the_cursor_and_make_a_span),
	    cmocka_unit_test(test_the_cursor_goes_as_far_back_as_the_data),
	    cmocka_unit_test(test_a_drag_on_the_strip_makes_a_span),
	    cmocka_unit_test(test_the_schema_is_a_list_whose_columns_are_grouped_by_and_measured),
	    cmocka_unit_test(test_the_next_group_is_offered_where_one_is_left),
	    cmocka_unit_test(test_bookmarks),
	    cmocka_unit_test(test_keys_between_a_result_and_its_picture_read_the_new_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
