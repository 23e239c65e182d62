/* Saved views by name: where a name leads, what the folder holds, and what is wrong with a broken one. */
#include "weir/session/option.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char root[] = "/tmp/weir-views-XXXXXX", folder[80];
static struct weir_options options;

static int set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(folder, sizeof(folder), "%s/share/weir/views", root);
	weir_options_init(&options);
	options.view_folder = folder;
	options.home = root;
	return 0;
}

static int tear_down(void **state)
{
	char command[120];
	(void)state;
	weir_options_release(&options);
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

static void check_path(const char *name, bool save, const char *wanted)
{
	char *path = NULL, full[200];
	assert_int_equal(weir_view_path(&options, weir_str_of(name), save, &path, NULL), WEIR_OK);
	snprintf(full, sizeof(full), "%s%s", *wanted == '+' ? root : "", wanted + (*wanted == '+'));
	assert_string_equal(path, full);
	free(path);
}

static void test_names_lead_into_the_folder(void **state)
{
	char *path;
	struct weir_error err = {0};
	(void)state;
	check_path("slow", false, "+/share/weir/views/slow.json");
	check_path(" slow ones ", false, "+/share/weir/views/slow ones.json");
	check_path("slow.json", false, "slow.json");
	check_path("./slow", false, "./slow");
	check_path("~/slow", false, "+/slow");
	check_path("~slow", false, "+/share/weir/views/~slow.json");
	check_path("/", false, "/");
	assert_int_equal(access(folder, F_OK), -1);
	check_path("slow", true, "+/share/weir/views/slow.json"); /* saving makes the folder */
	assert_int_equal(access(folder, F_OK), 0);
	assert_int_equal(weir_view_path(&options, WEIR_STR("  "), true, &path, &err), WEIR_USAGE);
	options.view_folder = NULL;
	check_path("slow", true, "slow");
	options.view_folder = folder;
}

static void write_view(const char *name, const char *text)
{
	char path[200];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void test_the_folder_is_listed_with_its_faults(void **state)
{
	struct weir_saved_views list;
	char *path;
	(void)state;
	options.view_folder = "/nowhere/at/all";
	assert_int_equal(weir_views_list(&options, 0, &list, NULL), WEIR_OK);
	assert_int_equal(list.n, 0);
	options.view_folder = folder;
	assert_int_equal(weir_view_path(&options, WEIR_STR("x"), true, &path, NULL), WEIR_OK);
	free(path);
	write_view("slow.json", "{\"where\": [\"latency_ms > 100\"], \"group\": \"service\", \"format\": \"csv\"}");
	write_view("broken.json", "{\n\"where\": \n}");
	write_view("wrong.json", "{\"where\": [\"status >\"]}");
	write_view("other.txt", "{}");
	write_view(".hidden.json", "{}");
	assert_int_equal(weir_views_list(&options, 0, &list, NULL), WEIR_OK);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.items[0].name, "broken");
	assert_non_null(strstr(list.items[0].fault.what, "line 3"));
	assert_string_equal(list.items[1].name, "slow");
	assert_int_equal(list.items[1].fault.code, WEIR_OK);
	assert_string_equal(list.items[1].view.text[WEIR_VIEW_GROUP], "service");
	assert_string_equal(list.items[2].name, "wrong");
	assert_int_equal(list.items[2].fault.code, WEIR_EXPRESSION);
	assert_null(options.format); /* listing changes nothing */
	weir_views_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names_lead_into_the_folder),
	    cmocka_unit_test(test_the_folder_is_listed_with_its_faults),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
