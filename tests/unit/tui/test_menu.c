/* Lists to pick from: what fits what is typed, what comes first, which part of a line an entry replaces, and what Enter
 * takes. */
#include "fake_result.h"
#include "tui/prompt/prompt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static int score_of(const char *typed, const char *text)
{
	int score;
	return weir_match(weir_str_of(typed), weir_str_of(text), &score, NULL) ? score : -1;
}

/* The letters of the text that were met, the others as dots. */
static const char *lit(const char *typed, const char *text)
{
	static char out[WEIR_MATCH_BYTES + 1];
	uint64_t marks[WEIR_MATCH_WORDS];
	int score;
	if (!weir_match(weir_str_of(typed), weir_str_of(text), &score, marks))
		return "none";
	size_t n = strlen(text);
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(marks[i / 64] >> i % 64 & 1 ? text[i] : '.');
	out[n] = '\0';
	return out;
}

static void test_letters_stand_in_their_order(void **state)
{
	(void)state;
	assert_string_equal(lit("lat", "latency_ms"), "lat.......");
	assert_string_equal(lit("lm", "latency_ms"), "l.......m."); /* the start of a word before a nearer letter */
	assert_string_equal(lit("LN", "user.lastName"), ".....l...N...");
	assert_string_equal(lit("plat", "p95(latency_ms)"), "p...lat........");
	assert_string_equal(lit("tum 1", "tumbling 1m"), "tum......1."); /* two words */
	assert_string_equal(lit("1 tum", "tumbling 1m"), "tum......1."); /* in any order */
	assert_string_equal(lit("", "anything"), "........");
	assert_string_equal(lit("0s", "10s"), "none"); /* no number begins so */
	assert_string_equal(lit("1s", "10s"), "1.s");
	assert_string_equal(lit("95", "p95(x)"), ".95...");
	assert_string_equal(lit("tum 0m", "tumbling 10m"), "none");
	assert_string_equal(lit("mal", "latency_ms"), "none");
	assert_string_equal(lit("latency_ms_", "latency_ms"), "none");
	assert_string_equal(lit("\xc3\xa4", "l\xc3\xa4nge"), ".\xc3\xa4...");
}

static void test_what_fits_better_has_more_points(void **state)
{
	(void)state;
	assert_true(score_of("count", "count") > score_of("count", "count where x"));
	assert_true(score_of("lat", "latency_ms") > score_of("lat", "p95(latency_ms)"));
	assert_true(score_of("lat", "p95(latency_ms)") > score_of("lat", "platform"));
	assert_true(score_of("st", "status") > score_of("st", "host"));
	assert_true(score_of("ab", "a_b") > score_of("ab", "axb"));
	assert_true(score_of("Id", "Id") > score_of("Id", "id"));
}

static void test_longer_texts_than_any_word(void **state)
{
	char text[1000], typed[200];
	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	memset(typed, 'a', sizeof(typed) - 1);
	text[sizeof(text) - 1] = typed[sizeof(typed) - 1] = '\0';
	assert_int_equal(score_of(typed, text), -1);
	typed[48] = '\0';
	assert_true(score_of(typed, text) > 0);
	text[500] = 'b';
	assert_int_equal(score_of("b", text), -1); /* beyond what counts */
}

static struct weir_menu menu;

static void fill_menu(const char *const *texts, size_t n)
{
	weir_menu_clear(&menu);
	for (size_t i = 0; i < n; i++)
		assert_non_null(weir_menu_add(&menu, weir_str_of(texts[i])));
}

static const char *current(void)
{
	const struct weir_menu_item *item = weir_menu_current(&menu);
	return item ? item->text.data : "";
}

static void test_a_filter_keeps_the_order_of_what_fits_alike(void **state)
{
	static const char *const texts[] = {"region", "service", "status", "response"};
	(void)state;
	fill_menu(texts, 4);
	weir_menu_filter(&menu, WEIR_STR(""), WEIR_STR("status"));
	assert_int_equal(menu.n_shown, 4);
	assert_string_equal(current(), "status");
	weir_menu_filter(&menu, WEIR_STR("se"), WEIR_STR("status"));
	assert_int_equal(menu.n_shown, 2);
	assert_string_equal(current(), "service");
	weir_menu_filter(&menu, WEIR_STR("q"), WEIR_STR(""));
	assert_int_equal(menu.n_shown, 0);
	assert_null(weir_menu_current(&menu));
	assert_null(weir_menu_add(&menu, WEIR_STR("")));
	weir_menu_release(&menu);
}

static void test_the_cursor_stays_in_sight(void **state)
{
	static const char *const texts[] = {"a", "b", "c", "d", "e", "f"};
	(void)state;
	fill_menu(texts, 6);
	weir_menu_filter(&menu, WEIR_STR(""), WEIR_STR(""));
	weir_menu_see(&menu, 3);
	weir_menu_move(&menu, 4);
	assert_string_equal(current(), "e");
	assert_int_equal(menu.first, 2);
	assert_int_equal(weir_menu_at(&menu, 1), 2);
	assert_int_equal(weir_menu_at(&menu, 0), -1); /* the heads */
	weir_menu_move(&menu, -1);
	assert_int_equal(menu.first, 2); /* it moves inside the rows that are seen */
	weir_menu_move(&menu, -100);
	assert_string_equal(current(), "a");
	assert_int_equal(menu.first, 0);
	weir_menu_move(&menu, 100);
	weir_menu_see(&menu, 100);
	assert_int_equal(menu.first, 0);
	weir_menu_release(&menu);
}

/* A prompt over an invented answer: 40 services by count, p95 and so on. */
static struct fake fake;
static struct weir_view view;
static struct weir_prompt prompt;
static struct weir_completion_source source;

static void open_prompt(enum weir_prompt_kind kind)
{
	static const struct weir_choice units[] = {{{"auto", 4}, {NULL, 0}}, {{"10s", 3}, {NULL, 0}}};
	fake_make(&fake, FAKE_WEB);
	weir_view_init(&view);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_GROUP, "service", 0, NULL), WEIR_OK);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_MEASURE, "count, p95(latency_ms)", 0, NULL), WEIR_OK);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_WINDOW, "5m", 0, NULL), WEIR_OK);
	source = (struct weir_completion_source){
	    .view = &view, .result = &fake.result, .n_streams = 1, .units = units, .n_units = 2, .unit_now = 1};
	weir_prompt_init(&prompt);
	weir_prompt_open(&prompt, kind, (struct weir_str){0});
	weir_prompt_complete(&prompt, &source, false);
}

static void type(const char *text)
{
	weir_prompt_insert(&prompt, weir_str_of(text));
	weir_prompt_complete(&prompt, &source, false);
}

static void erase_line(void)
{
	weir_prompt_erase_to(&prompt, false);
	weir_prompt_complete(&prompt, &source, false);
}

static void toggle(void)
{
	weir_prompt_toggle(&prompt);
	weir_prompt_complete(&prompt, &source, false);
}

static void close_prompt(void)
{
	weir_prompt_release(&prompt);
	weir_view_release(&view);
	fake_release(&fake);
}

#define takes(text, entry)                                                                                             \
	do {                                                                                                           \
		assert_string_equal(prompt.taken.data ? prompt.taken.data : "", text);                                 \
		assert_int_equal(prompt.takes_entry, entry);                                                           \
	} while (0)

static void test_enter_takes_the_entry_unless_the_text_is_whole(void **state)
{
	(void)state;
	open_prompt(WEIR_PROMPT_GROUP);
	takes("service", true); /* the present one */
	type("regi");
	takes("region", true);
	type("on");
	takes("region", false); /* the same, typed in full */
	erase_line();
	type("lower(region)");
	takes("lower(region)", false);
	erase_line();
	type("lower(regio)"); /* no such column, and nothing fits: the answer will tell what is wrong */
	takes("lower(regio)", false);
	erase_line();
	type("status >= 500");
	takes("status >= 500", false);
	erase_line();
	type("service, regi");
	takes("service, region", true);
	erase_line();
	type("no gr");
	takes("", true); /* nothing to group by */
	close_prompt();
}

/* Of an option that takes other values too, a value of one's own is no short form of one in the list. */
static void test_a_value_of_ones_own_is_taken(void **state)
{
	(void)state;
	open_prompt(WEIR_PROMPT_COMMAND);
	type("speed 6x");
	takes("speed 6x", false);
	erase_line();
	type("speed 6");
	takes("speed 60x", true);
	erase_line();
	type("compare 1m");
	takes("compare 1m", false);
	erase_line();
	type("compare w");
	takes("compare window", true);
	close_prompt();
}

static void test_space_adds_to_the_present_question(void **state)
{
	(void)state;
	open_prompt(WEIR_PROMPT_MEASURE);
	takes("count, p95(latency_ms)", true); /* all of the present question, as long as nothing is done */
	weir_prompt_pick(&prompt, 2, &source);
	toggle();
	assert_string_equal(prompt.text.data, "count, p95(latency_ms), rate, ");
	takes("count, p95(latency_ms), rate", false);
	weir_prompt_pick(&prompt, -1, &source); /* what is marked is taken, wherever the cursor is */
	takes("count, p95(latency_ms), rate", false);
	toggle();
	takes("count, rate", false);
	assert_true(weir_menu_find(&prompt.menu, WEIR_STR("rate"))->marked);
	assert_false(weir_menu_find(&prompt.menu, WEIR_STR("p95(latency_ms)"))->marked);
	type("distreg");
	takes("count, rate, distinct(region)", true);
	weir_prompt_erase(&prompt, false, true);
	weir_prompt_complete(&prompt, &source, false);
	type("cou"); /* taken already */
	if (strcmp(weir_menu_current(&prompt.menu)->text.data, "count") == 0)
		fail_msg("count is offered again");
	close_prompt();
}

static void test_words_complete_what_is_no_entry(void **state)
{
	(void)state;
	open_prompt(WEIR_PROMPT_MEASURE);
	type("sum(bytes) where stat");
	assert_string_equal(weir_menu_current(&prompt.menu)->text.data, "status");
	takes("sum(bytes) where stat", false);
	weir_prompt_choose(&prompt, 1);
	assert_string_equal(prompt.text.data, "sum(bytes) where status");
	close_prompt();
}

static struct weir_profile_value services[] = {
    {{.type = WEIR_STRING, .s = {"gateway", 7}}, 50},
    {{.type = WEIR_STRING, .s = {"O'Hare", 6}}, 30},
    {{.type = WEIR_STRING, .s = {"two\nlines", 9}}, 10}, /* no line can hold it */
    {{.type = WEIR_STRING, .s = {"search", 6}}, 10},
};
static struct weir_profile_value numbers[] = {{{.type = WEIR_INT64, .i = 200}, 90},
					      {{.type = WEIR_INT64, .i = 404}, 10}};
static struct weir_profile_value rare[] = {{{.type = WEIR_INT64, .i = 17}, 1}};
static const struct weir_profile_column profiled[] = {
    {.name = {"service", 7}, .type = WEIR_STRING, .n = 100, .n_distinct = 400, .n_top = 4, .top = services},
    {.name = {"status", 6}, .type = WEIR_INT64, .n = 100, .n_distinct = 2, .n_top = 2, .top = numbers},
    {.name = {"bytes", 5}, .type = WEIR_INT64, .n = 100, .n_distinct = 99, .n_top = 1, .top = rare},
};
static const struct weir_profile profile = {.n_columns = 3, .columns = profiled};

static const char *shown(uint32_t i)
{
	return i < prompt.menu.n_shown ? prompt.menu.items[prompt.menu.shown[i]].text.data : "";
}

static void test_values_where_a_column_is_compared(void **state)
{
	(void)state;
	open_prompt(WEIR_PROMPT_FILTER);
	source.profile = &profile;
	type("service = '");
	assert_true(weir_prompt_lists_values(&prompt));
	assert_int_equal(prompt.menu.n_shown, 3);
	assert_string_equal(shown(0), "'gateway'");
	assert_string_equal(shown(1), "'O''Hare'");
	assert_non_null(strstr(prompt.menu.heads.rest.name, "the most frequent of 400"));
	type("o");
	assert_string_equal(shown(0), "'O''Hare'");
	weir_prompt_choose(&prompt, 1); /* with its closing quote */
	assert_string_equal(prompt.text.data, "service = 'O''Hare'");
	type(" and lower(service) = 's");
	assert_int_equal(prompt.menu.n_shown, 0); /* neither columns nor functions stand in a text */
	erase_line();
	type("service not in ('gateway', se");
	assert_string_equal(shown(0), "'search'");
	weir_prompt_choose(&prompt, 1);
	assert_string_equal(prompt.text.data, "service not in ('gateway', 'search'");
	erase_line();
	type("status != ");
	assert_int_equal(prompt.n_values, 2);
	assert_string_equal(shown(0), "200");
	type("ser"); /* a value that is no text may also be compared with a column */
	assert_string_equal(shown(0), "service");
	erase_line();
	type("bytes > ");
	assert_int_equal(prompt.n_values, 0);
	assert_int_equal(weir_prompt_menu_rows(&prompt, 40), 0);
	close_prompt();
	open_prompt(WEIR_PROMPT_MEASURE);
	source.profile = &profile;
	type("count where service like 'gat");
	assert_string_equal(shown(0), "'gateway'");
	takes("count where service like 'gat", false);
	close_prompt();
}

static void test_a_command_goes_on_with_its_values(void **state)
{
	(void)state;
	open_prompt(WEIR_PROMPT_COMMAND);
	assert_string_equal(weir_menu_current(&prompt.menu)->text.data, "group"); /* the most used first */
	type("grou");
	takes("group", true);
	assert_true(weir_menu_current(&prompt.menu)->goes_on);
	type("p");
	takes("group", false); /* in full: it runs as it stands */
	type(" regi");
	takes("group region", true);
	erase_line();
	type("sort ");
	for (uint32_t i = 0; i < prompt.menu.n; i++) /* only what can be sorted by */
		if (!strstr(prompt.menu.items[i].text.data, "asc") && !strstr(prompt.menu.items[i].text.data, "desc"))
			fail_msg("sort offers %s", prompt.menu.items[i].text.data);
	assert_null(weir_menu_find(&prompt.menu, WEIR_STR("region")));
	erase_line();
	type("top ");
	assert_non_null(strstr(prompt.hint, "rows of the table"));
	takes("top", false);
	type("7");
	assert_null(prompt.hint);
	erase_line();
	type("nonsense 1");
	takes("nonsense 1", false);
	close_prompt();
}

static void test_windows_moments_and_units(void **state)
{
	(void)state;
	open_prompt(WEIR_PROMPT_WINDOW);
	takes("5m", true);
	type("7m");
	takes("7m", false);
	erase_line();
	type("0s"); /* no short form of 10s: its error is to be said */
	takes("0s", false);
	erase_line();
	type("tum 1h");
	takes("tumbling 1h", true);
	erase_line();
	type("since 10:00");
	takes("since 10:00", false);
	erase_line();
	type("since -20s");
	takes("since -20s", false);
	close_prompt();
	open_prompt(WEIR_PROMPT_UNIT);
	takes("10s", true);
	close_prompt();
}

static void test_every_failing_allocation_leaves_a_shorter_list(void **state)
{
	(void)state;
	open_prompt(WEIR_PROMPT_MEASURE);
	for (uint64_t n = 1; n < 400; n++) {
		weir_alloc_fail_at(n, true);
		weir_prompt_forget(&prompt);
		weir_menu_release(&prompt.menu);
		weir_prompt_complete(&prompt, &source, false);
		weir_prompt_toggle(&prompt);
		weir_prompt_complete(&prompt, &source, false);
		weir_alloc_fail_at(0, false);
		weir_prompt_erase_to(&prompt, false);
	}
	close_prompt();
	open_prompt(WEIR_PROMPT_FILTER);
	source.profile = &profile;
	type("service in ('a', '");
	for (uint64_t n = 1; n < 60; n++) {
		weir_alloc_fail_at(n, true);
		weir_prompt_forget(&prompt);
		weir_menu_release(&prompt.menu);
		weir_prompt_complete(&prompt, &source, false);
		weir_alloc_fail_at(0, false);
	}
	close_prompt();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_letters_stand_in_their_order),
	    cmocka_unit_test(test_what_fits_better_has_more_points),
	    cmocka_unit_test(test_longer_texts_than_any_word),
	    cmocka_unit_test(test_a_filter_keeps_the_order_of_what_fits_alike),
	    cmocka_unit_test(test_the_cursor_stays_in_sight),
	    cmocka_unit_test(test_enter_takes_the_entry_unless_the_text_is_whole),
	    cmocka_unit_test(test_a_value_of_ones_own_is_taken),
	    cmocka_unit_test(test_space_adds_to_the_present_question),
	    cmocka_unit_test(test_words_complete_what_is_no_entry),
	    cmocka_unit_test(test_values_where_a_column_is_compared),
	    cmocka_unit_test(test_a_command_goes_on_with_its_values),
	    cmocka_unit_test(test_windows_moments_and_units),
	    cmocka_unit_test(test_every_failing_allocation_leaves_a_shorter_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
