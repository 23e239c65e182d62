/* What Spark needs on this machine. Private to src/fabric. */
#ifndef WEIR_FABRIC_SPARK_PLACES_H
#define WEIR_FABRIC_SPARK_PLACES_H

#include "weir/base/str.h"

struct weir_spark_places {
	char submit[4096]; /* the program spark-submit */
	char home[4096];   /* the folder of Spark, where it is the one of a Python package; "": spark-submit knows */
	char java[4096];
	char job[4096]; /* the program that is submitted; "": not looked for */
};

/* Where they are by SPARK_HOME and JAVA_HOME, or else in PATH; or the Python package pyspark. UNSUPPORTED: the first that is not
 * there, and where it was looked for. */
enum weir_status weir_spark_find(const char *(*lookup)(const char *name), struct weir_spark_places *out,
				 struct weir_error *err) WEIR_MUST_USE;
/* The program that weir submits, by WEIR_SPARK_JOB or in the folder of its data. NOT_FOUND. */
enum weir_status weir_spark_find_job(const char *(*lookup)(const char *name), struct weir_spark_places *out,
				     struct weir_error *err) WEIR_MUST_USE;

#endif
