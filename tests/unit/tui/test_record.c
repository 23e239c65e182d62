/* One record in full: its fields as a tree, nothing cut, and what a key asks for at each of them. */
#include "rows.h"

#include "weir/base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const char *const names[] = {"user.id", "user.name", "n", "tags", "text", "gone", NULL};
static const char long_text[] = "a long text of many words that stands below its name because it needs more than two "
				"lines beside it\nand a second line of it\n\tand a third";

static const char *cells(uint64_t number, int column)
{
	static const char *const texts[] = {
	    "7", "Ann", "12", "[{\"k\":{\"m\":5}},\"a\\u00e9\\n\",null,{\"odd key\":true}]", long_text, NULL};
	(void)number;
	return texts[column];
}

static struct rows rows;
static struct weir_records_rows taken;
static struct weir_record_full full;
static struct weir_record_field fields[8];
static struct weir_record *record;

static void open_record(int columns)
{
	rows_make(&rows, names, 9, 1, cells);
	taken = weir_records_rows_of(&rows.result);
	const struct weir_result_record *line = rows.result.records;
	full = (struct weir_record_full){.place = line->place,
					 .held = true,
					 .passes = true,
					 .time_us = line->time_us,
					 .arrival_us = line->time_us + 1500000,
					 .stamp_us = WEIR_TIME_NONE,
					 .position = 17,
					 .stream = WEIR_STR("web"),
					 .raw = WEIR_STR("{\"user\": …"),
					 .n_fields = rows.result.n_record_columns,
					 .fields = fields};
	for (uint32_t i = 0; i < full.n_fields; i++)
		fields[i] = (struct weir_record_field){.name = weir_str_of(names[i]),
						       .type = WEIR_STRING,
						       .value = line->cells[i],
						       .missing = line->missing[i]};
	fields[2].value = (struct weir_value){.type = WEIR_INT64, .i = 12};
	record = weir_record_make(&taken, line, &full, columns, false);
	assert_non_null(record);
	assert_false(record->failed);
}

static int teardown(void **state)
{
	(void)state;
	weir_record_free(record);
	record = NULL;
	rows_release(&rows);
	return 0;
}

static const struct weir_record_item *item(const char *label)
{
	for (size_t i = 0; i < record->n_items; i++)
		if (weir_str_equal(record->items[i].label, weir_str_of(label)))
			return &record->items[i];
	fail_msg("there is no %s", label);
	return NULL;
}

static void check_item(const char *label, int depth, const char *text, const char *expression)
{
	const struct weir_record_item *i = item(label);
	assert_int_equal(i->depth, depth);
	if (!weir_str_equal(i->text, weir_str_of(text)))
		fail_msg("%s is %.*s", label, (int)i->text.size, i->text.data);
	if (!weir_str_equal(i->expression, weir_str_of(expression)))
		fail_msg("%s is reached by %.*s", label, (int)i->expression.size, i->expression.data);
}

static void test_dotted_names_and_json_are_a_tree(void **state)
{
	(void)state;
	open_record(100);
	check_item("user", 0, "", "");
	check_item("id", 1, "7", "user.id");
	check_item("name", 1, "Ann", "user.name");
	check_item("tags", 0, "", "tags");
	check_item("[0]", 1, "1 key", "tags[0]");
	check_item("m", 3, "5", "tags[0].k.m");
	check_item("[1]", 1, "a\xc3\xa9\n", "tags[1]");
	check_item("[2]", 1, "null", "tags[2]");
	check_item("odd key", 2, "true", "");
	check_item("1 column is not in this record", 0, "", "");
	check_item("position", 0, "17", "_offset");
	check_item("delay", 0, "1s500ms", "");
}

static void test_an_object_in_a_text_is_reached_by_json_value(void **state)
{
	(void)state;
	open_record(100);
	size_t before = record->n_items;
	assert_true(weir_record_add_json(record, 1, WEIR_STR(" {\"a\": {\"b\": [1, 2.5]}} "), WEIR_STR("s")));
	assert_int_equal(record->n_items, before + 4);
	assert_true(weir_str_equal(record->items[before + 3].expression, WEIR_STR("json_value(s, '$.a.b[1]')")));
	assert_int_equal(record->items[before + 3].value.type, WEIR_FLOAT64);
}

static void test_what_is_no_json_stays_text(void **state)
{
	static const char *const texts[] = {"",      "[",     "{}x",   "[1,]",  "{\"a\"}",
					    "[1 2]", "[tru]", "plain", "[\"a]", "{\"a\":}"};
	(void)state;
	open_record(100);
	size_t before = record->n_items;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (weir_record_add_json(record, 1, weir_str_of(texts[i]), WEIR_STR("s")))
			fail_msg("%s is no JSON", texts[i]);
	assert_int_equal(record->n_items, before);
}

/* All words of the text stand in the lines, whatever the width. */
static void test_nothing_is_cut(void **state)
{
	(void)state;
	for (int columns = 20; columns < 140; columns += 7) {
		open_record(columns);
		struct weir_buf all = {0};
		uint32_t at = (uint32_t)(item("text") - record->items);
		for (size_t i = 0; i < record->n_lines; i++) {
			const struct weir_record_line *l = &record->lines[i];
			assert_true(l->x + weir_text_columns(l->text) <= columns);
			if (l->item == at)
				for (size_t k = 0; k < l->text.size; k++)
					if (l->text.data[k] != ' ')
						weir_buf_add_char(&all, l->text.data[k]);
		}
		size_t n = 0;
		for (const char *p = long_text; *p; p++)
			if (*p != ' ' && *p != '\n')
				assert_int_equal(all.data[n++], *p);
		assert_int_equal(all.size, n);
		weir_buf_release(&all);
		teardown(NULL);
	}
}

static void check_wish(enum weir_command command, const char *label, int kind, const char *text)
{
	struct weir_record_page s = {.full = record, .field = (int)(item(label) - record->items)};
	struct weir_wish wish = {0};
	assert_true(weir_record_command(&s, command, 20, &wish));
	assert_int_equal(wish.kind, kind);
	if (!weir_str_equal(weir_buf_str(&wish.text), weir_str_of(text)))
		fail_msg("%s: %s", label, wish.text.data);
	weir_buf_release(&wish.text);
}

static void test_keys_ask_for_what_they_mean(void **state)
{
	(void)state;
	open_record(100);
	check_wish(WEIR_CMD_KEEP, "name", WEIR_WISH_FILTER, "user.name = 'Ann'");
	check_wish(WEIR_CMD_EXCLUDE, "n", WEIR_WISH_FILTER, "(n <> 12 or n is null)");
	check_wish(WEIR_CMD_PROMPT_GROUP, "name", WEIR_WISH_GROUP, "user.name");
	check_wish(WEIR_CMD_PROMPT_MEASURE, "n", WEIR_WISH_MEASURE, "p95(n)");
	check_wish(WEIR_CMD_PROMPT_MEASURE, "name", WEIR_WISH_MEASURE, "distinct(user.name)");
	check_wish(WEIR_CMD_COPY, "text", WEIR_WISH_COPY, long_text);
	check_wish(WEIR_CMD_KEEP, "m", WEIR_WISH_FILTER, "tags[0].k.m = 5");
	check_wish(WEIR_CMD_KEEP, "user", WEIR_WISH_SAY,
		   "this is the name of several fields: choose one of those below it");
}

/* Down reads every line and ends at the last; Up comes back to the first. */
static void test_down_shows_every_line(void **state)
{
	(void)state;
	open_record(40);
	bool *seen = calloc(record->n_lines, 1);
	assert_non_null(seen);
	struct weir_record_page s = {.full = record};
	struct weir_wish wish = {0};
	int rows_high = 7, body = rows_high - 1;
	for (size_t i = 0; i < 3 * record->n_lines; i++) {
		for (int y = 0; y < body && (size_t)(s.scroll + y) < record->n_lines; y++)
			seen[s.scroll + y] = true;
		assert_true(weir_record_command(&s, WEIR_CMD_DOWN, rows_high, &wish));
	}
	for (size_t i = 0; i < record->n_lines; i++)
		assert_true(seen[i]);
	for (size_t i = 0; i < 3 * record->n_lines; i++)
		assert_true(weir_record_command(&s, WEIR_CMD_UP, rows_high, &wish));
	assert_int_equal(s.scroll, 0);
	assert_int_equal(s.field, 0);
	free(seen);
}

static void test_bytes_that_are_no_text_are_shown_as_numbers(void **state)
{
	(void)state;
	open_record(100);
	full.raw = (struct weir_str){"\x00\x01"
				     "abc\xff",
				     6};
	weir_record_free(record);
	record = weir_record_make(&taken, rows.result.records, &full, 100, false);
	assert_non_null(record);
	const struct weir_record_item *last = &record->items[record->n_items - 1];
	assert_non_null(memmem(last->text.data, last->text.size, "00 01 61 62 63 ff", 17));
	assert_non_null(memmem(last->text.data, last->text.size, "..abc.", 6));
}

/* The text of a field that stands deep in the tree has room beside its indentation. */
static void test_what_is_deep_in_the_tree_stays_in_the_panel(void **state)
{
	(void)state;
	open_record(40);
	fields[0].name = WEIR_STR("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z");
	fields[0].missing = false;
	fields[0].value = (struct weir_value){.type = WEIR_STRING, .s = WEIR_STR("a text that is wider than the rest")};
	weir_record_free(record);
	record = weir_record_make(&taken, rows.result.records, &full, 40, false);
	assert_non_null(record);
	assert_int_equal(item("z")->depth, 25);
	for (size_t i = 0; i < record->n_lines; i++) {
		const struct weir_record_line *l = &record->lines[i];
		assert_true(l->x + weir_text_columns(l->text) <= 40);
		assert_true(weir_record_indent(record, &record->items[l->item]) <= 20);
	}
}

/* It comes with a later result than the record's fields. */
static void test_bytes_that_are_still_read_are_shown_once_they_come(void **state)
{
	struct weir_records_state at = {.held = true};
	(void)state;
	open_record(100);
	struct weir_str bytes = full.raw;
	full.raw = (struct weir_str){0};
	full.no_raw = WEIR_STR("reading… it is asked for where it came from");
	full.reading = true;
	at.cursor = full.place;
	rows.around.full = &full;
	weir_record_see(&at, &taken, 100);
	const struct weir_record_item *last = &at.page.full->items[at.page.full->n_items - 1];
	assert_true(weir_str_equal(last->text, full.no_raw));
	full.raw = bytes;
	full.reading = false;
	weir_record_see(&at, &taken, 100);
	last = &at.page.full->items[at.page.full->n_items - 1];
	assert_true(weir_str_equal(last->text, bytes));
	weir_record_free(at.page.full);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_dotted_names_and_json_are_a_tree),
	    TEST(test_an_object_in_a_text_is_reached_by_json_value),
	    TEST(test_what_is_no_json_stays_text),
	    TEST(test_nothing_is_cut),
	    TEST(test_keys_ask_for_what_they_mean),
	    TEST(test_down_shows_every_line),
	    TEST(test_bytes_that_are_no_text_are_shown_as_numbers),
	    TEST(test_what_is_deep_in_the_tree_stays_in_the_panel),
	    TEST(test_bytes_that_are_still_read_are_shown_once_they_come),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
