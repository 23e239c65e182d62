/* JDBC drivers, and looking for them on Spark's class path. */
#include "driver.h"

#include "weir/base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* MariaDB's driver speaks for Spark's dialect of MySQL, which quotes names as the server does. */
static const struct weir_spark_driver drivers[] = {
    {"postgresql postgres", "org.postgresql.Driver", "org/postgresql/Driver.class", "org.postgresql:postgresql",
     "postgresql-42.7.4.jar", "jdbc:postgresql://", "", false, '"'},
    {"mysql mariadb singlestore", "org.mariadb.jdbc.Driver", "org/mariadb/jdbc/Driver.class",
     "org.mariadb.jdbc:mariadb-java-client", "mariadb-java-client-3.4.1.jar", "jdbc:mysql://",
     "permitMysqlScheme=true&tinyInt1isBit=false", false, '`'},
    {"mysql mariadb singlestore", "com.mysql.cj.jdbc.Driver", "com/mysql/cj/jdbc/Driver.class",
     "com.mysql:mysql-connector-j", "mysql-connector-j-9.1.0.jar", "jdbc:mysql://",
     "tinyInt1isBit=false&connectionTimeZone=UTC", true, '`'},
};

bool weir_spark_has_tables(const char *scheme)
{
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
		if (weir_str_among(drivers[i].schemes, weir_str_of(scheme)))
			return true;
	return false;
}

/* The directory of a zip file, which a jar is, has the names of its entries as they are. */
static bool jar_has(const char *path, const char *entry)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool found = false;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes != MAP_FAILED) {
			found = memmem(bytes, (size_t)st.st_size, entry, strlen(entry)) != NULL;
			(void)munmap(bytes, (size_t)st.st_size);
		}
	}
	if (fd >= 0)
		close(fd);
	return found;
}

static const char *artifact_of(const struct weir_spark_driver *d)
{
	return strchr(d->coordinates, ':') + 1;
}

/* "/a/postgresql-42.jar,hdfs://n/b.jar": one that is not here is known by its name. */
static bool among_jars(const struct weir_spark_driver *d, const char *list)
{
	struct weir_str rest = weir_str_of(list ? list : "");

	while (rest.size) {
		struct weir_str one = weir_str_cut(rest, ',', &rest);
		char path[4096];
		if (one.size > 7 && memcmp(one.data, "file://", 7) == 0)
			one = (struct weir_str){one.data + 7, one.size - 7};
		int n = snprintf(path, sizeof path, WEIR_STR_FMT, WEIR_STR_ARG(one));
		bool here = n > 0 && (size_t)n < sizeof path && access(path, R_OK) == 0;
		if (here ? jar_has(path, d->entry)
			 : memmem(one.data, one.size, artifact_of(d), strlen(artifact_of(d))) != NULL)
			return true;
	}
	return false;
}

static bool among_packages(const struct weir_spark_driver *d, const char *list)
{
	return list && strstr(list, d->coordinates) != NULL;
}

/* The folder of jars of the Spark that is submitted to; its files have their usual names there. */
static bool in_folder(const struct weir_spark_driver *d, const struct weir_spark_places *places)
{
	char folder[4200], path[4600];
	char *submit = places->submit[0] ? realpath(places->submit, NULL) : NULL;
	char *end = submit ? strstr(submit, "/bin/spark-submit") : NULL;
	bool found = false;

	if (end) {
		snprintf(folder, sizeof folder, "%.*s/jars", (int)(end - submit), submit);
		DIR *dir = opendir(folder);
		for (struct dirent *e; dir && !found && (e = readdir(dir));)
			if (strncmp(e->d_name, artifact_of(d), strlen(artifact_of(d))) == 0) {
				snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
				found = jar_has(path, d->entry);
			}
		if (dir)
			closedir(dir);
	}
	free(submit);
	return found;
}

enum weir_status weir_spark_find_driver(const char *scheme, const struct weir_spark_master *m,
					const struct weir_spark_places *places, const struct weir_spark_driver **out,
					struct weir_error *err)
{
	const struct weir_spark_driver *first = NULL;

	*out = NULL;
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
		const struct weir_spark_driver *d = &drivers[i];
		if (!weir_str_among(d->schemes, weir_str_of(scheme)))
			continue;
		first = first ? first : d;
		if (among_jars(d, weir_spark_param(m, "jars")) || among_jars(d, weir_spark_param(m, "spark.jars")) ||
		    among_packages(d, weir_spark_param(m, "packages")) ||
		    among_packages(d, weir_spark_param(m, "spark.jars.packages")) || (places && in_folder(d, places))) {
			*out = d;
			return WEIR_OK;
		}
	}
	weir_fail(err, WEIR_UNSUPPORTED, "--fabric", "Spark has no JDBC driver for %s:// on its class path", scheme);
	if (first)
		weir_error_hint(err, "add one behind the master: jars=/PATH/%s, or packages=%s:VERSION", first->jar,
				first->coordinates);
	return WEIR_UNSUPPORTED;
}
