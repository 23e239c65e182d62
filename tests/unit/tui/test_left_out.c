/* The panel of records that were left out: the cursor stays on its record, kinds are chosen, and each is shown in full. */
#include "fake_result.h"
#include "tui/panels/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct fake fake;

static const struct weir_panel *const panel = &weir_panel_left_out;

static int setup(void **state)
{
	(void)state;
	fake_make(&fake, FAKE_STREAMS);
	for (int i = 0; weir_panels[i]; i++)
		if (weir_panels[i] == panel)
			fake.state.focus = i;
	weir_picture_layout(&fake.picture, 100, 40);
	fake_see(&fake);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_release(&fake);
	return 0;
}

static struct weir_left_outs *left(void)
{
	return (struct weir_left_outs *)weir_result_extra(&fake.result, "left_out");
}

static bool press(enum weir_command command, struct weir_wish *wish)
{
	return panel->command(&fake.picture, &fake.state, command, wish);
}

static void test_the_cursor_stays_on_its_record(void **state)
{
	(void)state;
	struct weir_wish wish = {0};
	struct weir_wanted wanted = {0};
	assert_true(press(WEIR_CMD_UP, &wish));
	assert_true(press(WEIR_CMD_UP, &wish));
	assert_int_equal(fake.state.left.number, 10);
	struct weir_left_out *newer = (struct weir_left_out *)left()->records;
	for (uint32_t i = 0; i < left()->n; i++) /* three more have come */
		newer[i].number += 3;
	panel->want(&fake.picture, (struct weir_rect){0, 0, 100, 20}, &wanted);
	assert_true(wanted.left_out.anchored && wanted.left_out.number == 10 && wanted.left_out.count > 20);
	assert_true(press(WEIR_CMD_COPY, &wish));
	assert_true(weir_str_equal(weir_buf_str(&wish.text), newer[5].text));
	weir_buf_release(&wish.text);
	assert_true(press(WEIR_CMD_BACK, &wish));
	assert_false(fake.state.left.held);
	assert_false(press(WEIR_CMD_BACK, &wish)); /* nothing is chosen any more */
}

static void test_a_kind_can_be_chosen(void **state)
{
	(void)state;
	struct weir_wanted wanted = {0};
	int ignored = 0;
	left()->n_of[WEIR_LEFT_LATE] = 0;
	panel->keys[0].press(&fake.picture, &fake.state, &ignored);
	assert_int_equal(fake.state.left.only, WEIR_LEFT_MALFORMED);
	panel->keys[0].press(&fake.picture, &fake.state, &ignored);
	assert_int_equal(fake.state.left.only, WEIR_LEFT_FUTURE); /* there is no late one */
	panel->want(&fake.picture, (struct weir_rect){0, 0, 100, 20}, &wanted);
	assert_int_equal(wanted.left_out.without, 1u << WEIR_LEFT_MALFORMED | 1u << WEIR_LEFT_LATE);
	panel->keys[0].press(&fake.picture, &fake.state, &ignored);
	assert_int_equal(fake.state.left.only, -1);
}

static bool holds(const struct weir_record *d, const char *text)
{
	for (size_t i = 0; i < d->n_items; i++)
		if (weir_str_equal(d->items[i].label, weir_str_of(text)) ||
		    weir_str_equal(d->items[i].text, weir_str_of(text)))
			return true;
	return false;
}

static void test_enter_shows_why_and_what_came(void **state)
{
	(void)state;
	struct weir_wish wish = {0};
	assert_true(press(WEIR_CMD_UP, &wish));
	assert_true(press(WEIR_CMD_UP, &wish));
	assert_true(press(WEIR_CMD_UP, &wish));
	assert_true(press(WEIR_CMD_KEEP, &wish));
	weir_picture_layout(&fake.picture, 100, 40);
	fake_see(&fake);
	const struct weir_record *d = fake.state.left.page.full;
	assert_non_null(d);
	assert_string_equal(d->noun, "malformed record");
	assert_true(holds(d, "not the format: a comma was expected"));
	assert_true(holds(d, fake_hostile_texts[3]));
	assert_true(holds(d, "7 of its 40 bytes are kept"));
	assert_true(press(WEIR_CMD_RIGHT, &wish)); /* a future one */
	fake_see(&fake);
	assert_string_equal(fake.state.left.page.full->noun, "future record");
	assert_true(press(WEIR_CMD_BACK, &wish));
	assert_false(fake.state.left.open);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_the_cursor_stays_on_its_record),
	    TEST(test_a_kind_can_be_chosen),
	    TEST(test_enter_shows_why_and_what_came),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
