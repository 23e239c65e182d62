/* The JDBC drivers by which Spark reads and writes tables, and whether one is on its class path. Private to src/fabric. */
#ifndef WEIR_FABRIC_SPARK_DRIVER_H
#define WEIR_FABRIC_SPARK_DRIVER_H

#include "master.h"
#include "places.h"

struct weir_spark_driver {
	const char *schemes;     /* of weir's addresses, separated by blanks */
	const char *class_name;  /* "org.postgresql.Driver" */
	const char *entry;       /* its file in the jar: "org/postgresql/Driver.class" */
	const char *coordinates; /* of Maven, without the version: "org.postgresql:postgresql" */
	const char *jar;         /* how its file is usually called */
	const char *url;         /* "jdbc:postgresql://" */
	const char *settings;    /* of every URL: "a=b&c=d"; "": none */
	bool modes_in_capitals;  /* sslMode=VERIFY_IDENTITY and the like, rather than sslmode=verify-full */
	char quote;              /* around names */
};

/* Whether Spark has some driver for the scheme at all. */
bool weir_spark_has_tables(const char *scheme);
/* The driver for that scheme that is on the class path: among jars= and packages=, of Spark's own properties, or in its folder of jars
 * (places NULL: not looked into). Where files are elsewhere, their names decide. UNSUPPORTED: there is none, and which jar to add. */
enum weir_status weir_spark_find_driver(const char *scheme, const struct weir_spark_master *m,
					const struct weir_spark_places *places, const struct weir_spark_driver **out,
					struct weir_error *err) WEIR_MUST_USE;

#endif
