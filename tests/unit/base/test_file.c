/* Files that are there whole or not at all. */
#include "weir/base/file.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "weir-file-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[200];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void holds(const char *path, const char *want)
{
	char text[100] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	size_t n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	assert_string_equal(text, want);
}

static unsigned mode_of(const char *path)
{
	struct stat s;

	assert_int_equal(stat(path, &s), 0);
	return s.st_mode & 0777;
}

static void write_is(const char *path, const char *text, unsigned how, enum weir_status want)
{
	struct weir_error err = {0};

	assert_int_equal(weir_file_write(path, weir_str_of(text), how, &err), want);
	if (want != WEIR_OK)
		assert_true(err.what[0]);
}

static void replaces(void **state)
{
	(void)state;
	umask(022);
	write_is(in_folder("a"), "one", WEIR_FILE_REPLACE, WEIR_OK);
	assert_int_equal(mode_of(in_folder("a")), 0644);
	assert_int_equal(chmod(in_folder("a"), 0640), 0);
	write_is(in_folder("a"), "two", WEIR_FILE_REPLACE, WEIR_OK);
	assert_int_equal(mode_of(in_folder("a")), 0640);
	holds(in_folder("a"), "two");
	write_is(in_folder("p"), "secret", WEIR_FILE_PRIVATE, WEIR_OK);
	assert_int_equal(mode_of(in_folder("p")), 0600);
	write_is(in_folder("a"), "secret", WEIR_FILE_PRIVATE, WEIR_OK);
	assert_int_equal(mode_of(in_folder("a")), 0600);
	write_is(in_folder("no/where"), "x", WEIR_FILE_REPLACE, WEIR_IO);
	write_is(in_folder(""), "x", WEIR_FILE_REPLACE, WEIR_IO);
}

static void never_overwrites(void **state)
{
	(void)state;
	write_is(in_folder("n"), "one", WEIR_FILE_NEW, WEIR_OK);
	write_is(in_folder("n"), "two", WEIR_FILE_NEW, WEIR_IO);
	holds(in_folder("n"), "one");
}

/* A link stays one, and what is no regular file stays what it is. */
static void links_and_devices(void **state)
{
	char target[200];
	struct stat s;

	(void)state;
	snprintf(target, sizeof target, "%s", in_folder("target"));
	write_is(target, "one", WEIR_FILE_REPLACE, WEIR_OK);
	assert_int_equal(symlink("target", in_folder("link")), 0);
	write_is(in_folder("link"), "two", WEIR_FILE_REPLACE, WEIR_OK);
	assert_int_equal(lstat(in_folder("link"), &s), 0);
	assert_true(S_ISLNK(s.st_mode));
	holds(target, "two");
	write_is("/dev/null", "x", WEIR_FILE_REPLACE, WEIR_OK);
	assert_int_equal(stat("/dev/null", &s), 0);
	assert_true(S_ISCHR(s.st_mode));
	snprintf(target, sizeof target, "%s", in_folder("open"));
	FILE *open_file = fopen(target, "w+");
	char path[64], text[10] = "";
	assert_non_null(open_file);
	snprintf(path, sizeof path, "/dev/fd/%d", fileno(open_file));
	write_is(path, "same", WEIR_FILE_REPLACE, WEIR_OK);
	assert_int_equal(fread(text, 1, sizeof text, open_file), 4);
	assert_string_equal(text, "same");
	fclose(open_file);
	if (access("/dev/full", W_OK) == 0)
		write_is("/dev/full", "x", WEIR_FILE_REPLACE, WEIR_IO);
}

/* A disk that is full half-way (here a limit on the size of a file) leaves what was there, and nothing beside it. */
static void a_failed_write_leaves_the_old_file(void **state)
{
	struct rlimit before, small = {0};
	static char big[10000];

	(void)state;
	memset(big, 'x', sizeof big - 1);
	write_is(in_folder("old"), "old", WEIR_FILE_REPLACE, WEIR_OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 5000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	write_is(in_folder("old"), big, WEIR_FILE_REPLACE, WEIR_IO);
	write_is(in_folder("new"), big, WEIR_FILE_NEW, WEIR_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	holds(in_folder("old"), "old");
	assert_int_equal(access(in_folder("new"), F_OK), -1);
}

static int remove_folder(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof command, "test $(ls -A %s | grep -c '^.weir-') = 0 && rm -rf %s", folder, folder);
	return system(command) != 0; /* none was left beside */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replaces),
	    cmocka_unit_test(never_overwrites),
	    cmocka_unit_test(links_and_devices),
	    cmocka_unit_test(a_failed_write_leaves_the_old_file),
	};

	signal(SIGXFSZ, SIG_IGN);
	if (!mkdtemp(folder))
		return 1;
	return cmocka_run_group_tests(tests, NULL, remove_folder);
}
