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

/* The first line that python3 prints, without its end; false: it is not here, or fails. */
static bool ask_python(char *out, size_t size)
{
	static const char question[] =
	    "python3 -c 'import importlib.util as u\n"
	    "s = u.find_spec(\"pyspark\")\n"
	    "print(list(s.submodule_search_locations)[0] if s else \"\")' 2>/dev/null </dev/null";
	FILE *f = popen(question, "re");
	bool good = f && fgets(out, (int)size, f) != NULL;

	if (f)
		good = pclose(f) == 0 && good;
	if (good)
		out[strcspn(out, "\n")] = '\0';
	return good && out[0] == '/';
}

static enum weir_status find_submit(const char *(*lookup)(const char *name), struct weir_spark_places *out,
				    struct weir_error *err)
{
	const char *home = lookup("SPARK_HOME");

	if (home && *home)
		return in_home("SPARK_HOME", home, "spark-submit", out->submit, err);
	if (in_path("SPARK_HOME", lookup("PATH"), "spark-submit", out->submit, err) == WEIR_OK)
		return WEIR_OK;
	if (in_path("PATH", lookup("PATH"), "python3", out->submit, NULL) == WEIR_OK &&
	    ask_python(out->home, sizeof out->home) &&
	    in_home("pyspark", out->home, "spark-submit", out->submit, NULL) == WEIR_OK)
		return WEIR_OK;
	out->home[0] = '\0';
	if (err)
		weir_error_hint(err, "set SPARK_HOME, or install the Python package pyspark");
	return WEIR_UNSUPPORTED;
}

enum weir_status weir_spark_find(const char *(*lookup)(const char *name), struct weir_spark_places *out,
				 struct weir_error *err)
{
	const char *java = lookup("JAVA_HOME");

	out->home[0] = out->job[0] = '\0';
	enum weir_status status = find_submit(lookup, out, err);
	if (status)
		return status;
	return java && *java ? in_home("JAVA_HOME", java, "java", out->java, err)
			     : in_path("JAVA_HOME", lookup("PATH"), "java", out->java, err);
}

enum weir_status weir_spark_find_job(const char *(*lookup)(const char *name), struct weir_spark_places *out,
				     struct weir_error *err)
{
	const char *job = lookup("WEIR_SPARK_JOB"), *data = lookup("WEIR_DATADIR");
	int size = job && *job ? snprintf(out->job, sizeof out->job, "%s", job)
			       : snprintf(out->job, sizeof out->job, "%s/spark/weir_job.py",
					  data && *data ? data : WEIR_PKGDATADIR);

	if (size > 0 && (size_t)size < sizeof out->job && access(out->job, R_OK) == 0)
		return WEIR_OK;
	weir_fail(err, WEIR_NOT_FOUND, "spark", "the program that is submitted is not there: %.300s", out->job);
	weir_error_hint(err, "make install puts it there; WEIR_SPARK_JOB names another place");
	return WEIR_NOT_FOUND;
}
