/* What --fabric says of Spark, and the command line of spark-submit that comes of it. A script stands in for spark-submit and
 * writes down its arguments, a line each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fabric/spark/driver.h"
#include "fabric/spark/run.h"
#include "weir/fabric/fabric.h"

#include "../../limit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/weir-command-XXXXXX";

static void masters_are_told_from_fabrics(void **state)
{
	(void)state;
	const char *const good[] = {"local[2]", "local[*]",        "local[2,3]",          "spark://h:7077",
				    "yarn",     "yarn?trigger=1s", "k8s://https://h:443", "mesos://h:5050"},
			  *const bad[] = {"local", "loca", "spark", "yarns", "spark:", "", NULL};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(weir_spark_is_master(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(weir_spark_is_master(bad[i]));
}

static const char *why(const char *text)
{
	static struct weir_error err;
	struct weir_spark_master m;
	err = (struct weir_error){0};
	enum weir_status st = weir_spark_master_parse(text, &m, &err);
	assert_int_equal(st, err.what[0] ? WEIR_USAGE : WEIR_OK);
	weir_spark_master_release(&m);
	return err.what;
}

static void parameters(void **state)
{
	(void)state;
	struct weir_spark_master m;
	assert_int_equal(weir_spark_master_parse(
			     "k8s://https://h:443?trigger=250ms&spark.executor.memory=2g&brokers=a:1,b:2", &m, NULL),
			 WEIR_OK);
	assert_string_equal(m.master, "k8s://https://h:443");
	assert_int_equal(m.trigger_us, 250000);
	assert_string_equal(weir_spark_param(&m, "brokers"), "a:1,b:2");
	assert_string_equal(weir_spark_param(&m, "spark.executor.memory"), "2g");
	assert_null(weir_spark_param(&m, "checkpoint"));
	assert_false(m.local);
	weir_spark_master_release(&m);
	assert_int_equal(weir_spark_master_parse("local[*]", &m, NULL), WEIR_OK);
	assert_int_equal(m.trigger_us, 1000000);
	assert_true(m.local);
	weir_spark_master_release(&m);
	assert_string_equal(why("local[2]?triger=1s"), "unknown parameter triger=");
	assert_string_equal(why("local[2]?spark.=1"), "unknown parameter spark.=");
	assert_string_equal(why("local[2]?trigger=soon"), "trigger=soon is no duration from 10ms to 10m");
	assert_string_equal(why("local[2]?trigger=1us"), "trigger=1us is no duration from 10ms to 10m");
	assert_string_equal(why("yarn?deploy-mode=here"), "deploy-mode=here is neither client nor cluster");
	assert_string_equal(why("yarn?jars=a&jars=b"), "jars= is given twice");
	assert_string_equal(why("local[2"), "local[2 is no master of Spark");
	assert_string_equal(why("?brokers=a:1"), " is no master of Spark");
}

/* The arguments behind the program, with blanks between them. */
static void arguments_of(const char *fabric, char *out, size_t size)
{
	struct weir_spark_master m;
	struct weir_spark_places places = {.submit = "/opt/spark/bin/spark-submit",
					   .job = "/usr/share/weir/spark/weir_job.py"};
	assert_int_equal(weir_spark_master_parse(fabric, &m, NULL), WEIR_OK);
	const struct weir_spark_command c = {&m, &places, "abc", "b:9092", "weir-abc-control", "weir-abc"};
	char **arguments = weir_spark_arguments(&c);
	assert_non_null(arguments);
	assert_string_equal(arguments[0], places.submit);
	out[0] = '\0';
	for (size_t i = 1; arguments[i]; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%s", i > 1 ? " " : "", arguments[i]);
	weir_spark_arguments_free(arguments);
	weir_spark_master_release(&m);
}

static void command_lines(void **state)
{
	(void)state;
	char text[2000];
	static const char job[] =
	    "/usr/share/weir/spark/weir_job.py --brokers b:9092 --control weir-abc-control --results weir-abc";
	char expected[2000];
	arguments_of("local[2]", text, sizeof text);
	snprintf(expected, sizeof expected,
		 "--master local[2] --name weir-abc --conf spark.ui.enabled=false --conf spark.executorEnv.TZ=UTC %s",
		 job);
	assert_string_equal(text, expected);
	arguments_of("local[2]?spark.ui.enabled=true", text, sizeof text);
	snprintf(expected, sizeof expected,
		 "--master local[2] --name weir-abc --conf spark.executorEnv.TZ=UTC --conf spark.ui.enabled=true %s",
		 job);
	assert_string_equal(text, expected);
	arguments_of("yarn?deploy-mode=cluster&spark.yarn.queue=live%20data&packages=g:a:1&checkpoint=hdfs://n/c", text,
		     sizeof text);
	snprintf(
	    expected, sizeof expected,
	    "--master yarn --name weir-abc --deploy-mode cluster --packages g:a:1 --conf spark.executorEnv.TZ=UTC --conf spark.yarn.queue=live data %s",
	    job);
	assert_string_equal(text, expected);
	arguments_of("k8s://https://h:443?spark.kubernetes.container.image=spark:3.5&jars=/a.jar,/b.jar&"
		     "kafka.security.protocol=SSL&checkpoint=s3a://c",
		     text, sizeof text);
	snprintf(
	    expected, sizeof expected,
	    "--master k8s://https://h:443 --name weir-abc --jars /a.jar,/b.jar --conf spark.executorEnv.TZ=UTC --conf "
	    "spark.kubernetes.container.image=spark:3.5 %s --kafka kafka.security.protocol=SSL",
	    job);
	assert_string_equal(text, expected);
	arguments_of("mesos://zk://h/m", text, sizeof text);
	snprintf(expected, sizeof expected,
		 "--master mesos://zk://h/m --name weir-abc --conf spark.executorEnv.TZ=UTC %s", job);
	assert_string_equal(text, expected);
}

/* A script at folder/NAME. */
static char *script(const char *name, const char *text)
{
	static char path[200];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", text);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0700), 0);
	return path;
}

static int await(struct weir_spark_child *c)
{
	int status = -1;
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	while (!weir_spark_child_ended(c, &status)) {
		weir_spark_child_listen(c);
		if (weir_clock_mono_us(&weir_clock_system) > end_us)
			fail_msg("it does not end");
		weir_clock_system.sleep_us(weir_clock_system.ctx, 2000);
	}
	return status;
}

static void what_it_says_is_heard(void **state)
{
	(void)state;
	struct weir_spark_child c = {0};
	struct weir_error err = {0};
	char *const arguments[] = {script("submit", "echo starting; echo 'java.lang.X: Exception: it broke' >&2\n"
						    "printf '\\tat frame\\n'; printf \"home $SPARK_HOME\"; exit 3"),
				   NULL};
	assert_int_equal(weir_spark_child_start(&c, arguments, "/opt/own", NULL, NULL, &err), WEIR_OK);
	int status = await(&c);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	assert_string_equal(c.last_error, "java.lang.X: Exception: it broke");
	assert_string_equal(c.last, "home /opt/own");
	assert_int_equal(c.pid, 0);
	char *const none[] = {(char[]){"/nonexistent/spark-submit"}, NULL};
	assert_int_equal(weir_spark_child_start(&c, none, "", NULL, NULL, &err), WEIR_IO);
	assert_non_null(strstr(err.what, "could not be started"));
}

/* Its children end with it, also those that heed no signal. */
static void it_ends_with_all_it_started(void **state)
{
	(void)state;
	struct weir_spark_child c = {0};
	char *const arguments[] = {script("deaf", "trap '' TERM; sleep 1000 & echo $!; wait"), NULL};
	assert_int_equal(weir_spark_child_start(&c, arguments, "", NULL, NULL, NULL), WEIR_OK);
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	while (!c.last[0]) {
		weir_spark_child_listen(&c);
		if (weir_clock_mono_us(&weir_clock_system) > end_us)
			fail_msg("it says nothing");
		weir_clock_system.sleep_us(weir_clock_system.ctx, 2000);
	}
	pid_t grandchild = (pid_t)atoi(c.last);
	assert_true(grandchild > 0);
	weir_spark_child_end(&c, 50000);
	assert_int_equal(c.pid, 0);
	while (kill(grandchild, 0) == 0) { /* until it is reaped by whoever has it now */
		char path[64], line[200] = "";
		snprintf(path, sizeof path, "/proc/%d/stat", (int)grandchild);
		FILE *f = fopen(path, "r");
		if (!f || !fgets(line, sizeof line, f) || strstr(line, ") Z")) {
			if (f)
				fclose(f);
			break;
		}
		fclose(f);
		if (weir_clock_mono_us(&weir_clock_system) > end_us)
			fail_msg("what it started goes on");
		weir_clock_system.sleep_us(weir_clock_system.ctx, 2000);
	}
}

static void a_good_run_ends_the_waiting(void **state)
{
	(void)state;
	const int64_t s = 1000000;
	assert_int_equal(weir_spark_backoff_us(0, 5 * s), s);
	assert_int_equal(weir_spark_backoff_us(s, 5 * s), 2 * s);
	assert_int_equal(weir_spark_backoff_us(32 * s, 20 * s), 60 * s);
	assert_int_equal(weir_spark_backoff_us(60 * s, 60 * s), 60 * s);
	assert_int_equal(weir_spark_backoff_us(60 * s, 61 * s), s);
}

/* The driver for PostgreSQL that a fabric's class path has; or why there is none. */
static const char *driver_of(const char *scheme, const char *fabric)
{
	static struct weir_error err;
	struct weir_spark_master m;
	const struct weir_spark_driver *d;
	assert_int_equal(weir_spark_master_parse(fabric, &m, NULL), WEIR_OK);
	err = (struct weir_error){0};
	enum weir_status st = weir_spark_find_driver(scheme, &m, NULL, &d, &err);
	weir_spark_master_release(&m);
	return st == WEIR_OK ? d->class_name : err.hint;
}

static void drivers_are_looked_for(void **state)
{
	(void)state;
	char fabric[300];
	/* by what is in a file that is here, by the name of one that is not */
	snprintf(fabric, sizeof fabric, "local[2]?jars=/none.jar,%s", script("own.jar", "org/postgresql/Driver.class"));
	assert_string_equal(driver_of("postgresql", fabric), "org.postgresql.Driver");
	assert_string_equal(driver_of("mysql", fabric),
			    "add one behind the master: jars=/PATH/mariadb-java-client-3.4.1.jar, or "
			    "packages=org.mariadb.jdbc:mariadb-java-client:VERSION");
	assert_string_equal(driver_of("postgresql", "yarn?spark.jars=hdfs://n/postgresql-42.7.4.jar"),
			    "org.postgresql.Driver");
	assert_string_equal(driver_of("mariadb", "yarn?packages=g:a:1,com.mysql:mysql-connector-j:9.1.0"),
			    "com.mysql.cj.jdbc.Driver");
	snprintf(fabric, sizeof fabric, "local[2]?jars=%s", script("postgresql-42.jar", "nothing of that kind"));
	assert_string_equal(driver_of("postgresql", fabric),
			    "add one behind the master: jars=/PATH/postgresql-42.7.4.jar, or "
			    "packages=org.postgresql:postgresql:VERSION");
	assert_true(weir_spark_has_tables("singlestore"));
	assert_false(weir_spark_has_tables("sqlite"));
}

static void passwords_reach_the_child(void **state)
{
	(void)state;
	struct weir_spark_child c = {0};
	struct weir_spark_passwords p = {0};
	char *const arguments[] = {script("submit", "printf \"$TZ $WEIR_PASSWORD_3\""), NULL};
	assert_true(weir_spark_passwords_add(&p, 3, "hunter 2"));
	assert_int_equal(weir_spark_child_start(&c, arguments, "", &p, NULL, NULL), WEIR_OK);
	await(&c);
	assert_string_equal(c.last, "UTC hunter 2");
	weir_spark_passwords_release(&p);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(script("submit", ""));
	unlink(script("deaf", ""));
	unlink(script("own.jar", ""));
	unlink(script("postgresql-42.jar", ""));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(masters_are_told_from_fabrics),
	    cmocka_unit_test(parameters),
	    cmocka_unit_test(command_lines),
	    cmocka_unit_test(what_it_says_is_heard),
	    cmocka_unit_test(it_ends_with_all_it_started),
	    cmocka_unit_test(a_good_run_ends_the_waiting),
	    cmocka_unit_test(drivers_are_looked_for),
	    cmocka_unit_test(passwords_reach_the_child),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
