/* Looking for what Spark needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fabric/spark/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/weir-spark-XXXXXX", file[200], path[400], java_home[200];
static const char *values[3]; /* SPARK_HOME, JAVA_HOME, PATH */

static const char *lookup(const char *name)
{
	return strcmp(name, "SPARK_HOME") == 0 ? values[0] : strcmp(name, "JAVA_HOME") == 0 ? values[1] : values[2];
}

static void make(const char *name, mode_t mode)
{
	snprintf(file, sizeof file, "%s/%s", folder, name);
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(file, mode), 0);
}

static const char *why(const char *spark, const char *java, const char *in)
{
	static struct weir_error err;
	static struct weir_spark_places places;
	values[0] = spark, values[1] = java, values[2] = in;
	err = (struct weir_error){0};
	enum weir_status status = weir_spark_find(lookup, &places, &err);
	assert_int_equal(status, err.what[0] ? WEIR_UNSUPPORTED : WEIR_OK);
	return status ? err.what : places.submit;
}

static void found_and_missing(void **state)
{
	char text[300];
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "/nonexistent::%s/bin", folder);
	snprintf(java_home, sizeof java_home, "%s", folder);
	snprintf(file, sizeof file, "%s/bin", folder);
	assert_int_equal(mkdir(file, 0700), 0);
	assert_string_equal(why(NULL, NULL, path), "there is no spark-submit in PATH, and SPARK_HOME is not set");
	assert_string_equal(why(NULL, NULL, NULL), "there is no spark-submit in PATH, and SPARK_HOME is not set");
	assert_string_equal(why("/nonexistent", NULL, path), "SPARK_HOME has no bin/spark-submit: /nonexistent");
	make("bin/spark-submit", 0600); /* nothing that can be run */
	assert_string_equal(why("", NULL, path), "there is no spark-submit in PATH, and SPARK_HOME is not set");
	make("bin/spark-submit", 0700);
	assert_string_equal(why("", NULL, path), "there is no java in PATH, and JAVA_HOME is not set");
	assert_string_equal(why(folder, "/nonexistent", NULL), "JAVA_HOME has no bin/java: /nonexistent");
	make("bin/java", 0700);
	snprintf(text, sizeof text, "%s/bin/spark-submit", folder);
	assert_string_equal(why(NULL, NULL, path), text);
	assert_string_equal(why(folder, java_home, NULL), text);
	for (const char *const *name = (const char *const[]){"bin/java", "bin/spark-submit", NULL}; *name; name++) {
		snprintf(file, sizeof file, "%s/%s", folder, *name);
		unlink(file);
	}
	snprintf(file, sizeof file, "%s/bin", folder);
	rmdir(file);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(found_and_missing)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
