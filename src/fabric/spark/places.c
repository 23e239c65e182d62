/* Looking for spark-submit and Java. */
#include "places.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* FOLDER/bin/PROGRAM of a folder that was named, which then must have it. */
static enum weir_status in_home(const char *variable, const char *home, const char *program, char out[4096],
				struct weir_error *err)
{
	int size = snprintf(out, 4096, "%s/bin/%s", home, program);

	if (size > 0 && size < 4096 && is_program(out))
		return WEIR_OK;
	return weir_fail(err, WEIR_UNSUPPORTED, "spark", "%s has no bin/%s: %s", variable, program, home);
}

static enum weir_status in_path(const char *variable, const char *path, const char *program, char out[4096],
				struct weir_error *err)
{
	struct weir_str rest = weir_str_of(path ? path : "");

	while (rest.size) {
		struct weir_str folder = weir_str_cut(rest, ':', &rest);
		int size = snprintf(out, 4096, WEIR_STR_FMT "/%s", WEIR_STR_ARG(folder), program);
		if (folder.size && size > 0 && size < 4096 && is_program(out))
			return WEIR_OK;
	}
	return weir_fail(err, WEIR_UNSUPPORTED, "spark", "there is no %s in PATH, and %s is not set", program,
			 variable);
}

enum weir_status weir_spark_find(const char *(*lookup)(const char *name), struct weir_spark_places *out,
				 struct weir_error *err)
{
	const char *home = lookup("SPARK_HOME"), *java = lookup("JAVA_HOME"), *path = lookup("PATH");
	enum weir_status status = home && *home ? in_home("SPARK_HOME", home, "spark-submit", out->submit, err)
						: in_path("SPARK_HOME", path, "spark-submit", out->submit, err);

	if (status)
		return status;
	return java && *java ? in_home("JAVA_HOME", java, "java", out->java, err)
			     : in_path("JAVA_HOME", path, "java", out->java, err);
}
