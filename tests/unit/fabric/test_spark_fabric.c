/* The Spark fabric, whole, through a batch and a screen's session. Two things stand in: a script for spark-submit, which waits to
 * be ended, and the topics here, in which the test plays the job: it reads the description that weir wrote, and answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fabric/spark/ends.h"
#include "fabric/spark/topics.h"
#include "weir/base/memory.h"
#include "weir/base/thread.h"
#include "weir/session/session.h"

#include "../../limit.h"

#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST = 64 };

/* ---- the topics ---- */

const char *const weir_spark_topics_absent = NULL;

struct weir_spark_topics {
	char results[80], control[80];
	size_t next;
};

static struct {
	pthread_mutex_t lock;
	char *keys[MOST], *values[MOST]; /* results */
	size_t n;
	char *job; /* the newest order */
	unsigned n_jobs, n_stops, n_made, n_removed;
	bool unreachable;
	const char *mode; /* what the job does: answers, fails, nothing */
} far = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void put(const char *key, const char *value)
{
	assert_true(far.n < MOST);
	far.keys[far.n] = strdup(key);
	far.values[far.n++] = strdup(value);
}

/* The answer for the rows of the file below: it was grouped by `k`, and counted. */
static void play(const json_t *job)
{
	char key[200], value[200];
	int g = (int)json_integer_value(json_object_get(job, "generation"));
	put("{\"state\":1}",
	    "{\"state\": \"running\", \"generation\": 1, \"error\": null, \"application\": \"app-7\"}");
	if (strcmp(far.mode, "fails") == 0) {
		put("{\"state\":1}",
		    "{\"state\": \"failed\", \"generation\": 1, \"error\": \"no such broker\", \"application\": \"app-7\"}");
		return;
	}
	const char *rows[][2] = {{"1000000,false,\"a\"", "\"2\",\"1500000\",\"1600000\""},
				 {"\"1000000\",true,\"a\"", "\"1\",\"1000000\",\"1000000\""},
				 {"\"2000000\",false,\"b\"", "\"1\",\"2500000\",\"2500000\""}};
	for (int i = 0; i < 3; i++) {
		snprintf(key, sizeof key, "{\"g\":%d,\"k\":[%s]}", g, rows[i][0]);
		snprintf(value, sizeof value, "{\"b\":0,\"v\":[%s]}", rows[i][1]);
		put(key, value);
	}
	put("{\"g\":99,\"k\":[\"1000000\",false,\"old\"]}", "{\"b\":0,\"v\":[\"7\",\"1\",\"1\"]}");
	if (strcmp(far.mode, "garbage") == 0)
		put("{\"g\":1,\"k\":[1]}", "{\"b\":0,\"v\":[\"x\"]}");
	snprintf(key, sizeof key, "{\"g\": %d, \"batch\": 0}", g);
	put(key,
	    "{\"batch\": 0, \"batch_ms\": 12, \"input_rate\": 100.0, \"processed_rate\": 50.5, \"watermark_us\": null, "
	    "\"streams\": {\"rows\": {\"received\": 5, \"malformed\": 1, \"no_time\": 0, \"unfit\": 2}}}");
	if (strcmp(json_string_value(json_object_get(job, "mode")), "batch") == 0)
		put("{\"state\":1}",
		    "{\"state\": \"ended\", \"generation\": 1, \"error\": null, \"application\": \"app-7\"}");
}

enum weir_status weir_spark_topics_open(const char *brokers, const char *id, struct weir_log *log,
					struct weir_spark_topics **out, struct weir_error *err)
{
	(void)log, (void)err;
	assert_string_equal(brokers, "b:1");
	*out = calloc(1, sizeof **out);
	assert_non_null(*out);
	snprintf((*out)->results, sizeof(*out)->results, "weir-%s", id);
	snprintf((*out)->control, sizeof(*out)->control, "weir-%s-control", id);
	return WEIR_OK;
}

void weir_spark_topics_close(struct weir_spark_topics *t)
{
	free(t);
}

const char *weir_spark_topics_results(const struct weir_spark_topics *t)
{
	return t->results;
}

const char *weir_spark_topics_control(const struct weir_spark_topics *t)
{
	return t->control;
}

enum weir_status weir_spark_topics_make(struct weir_spark_topics *t, struct weir_error *err)
{
	(void)t;
	pthread_mutex_lock(&far.lock);
	bool good = !far.unreachable;
	far.n_made += good;
	pthread_mutex_unlock(&far.lock);
	return good ? WEIR_OK : weir_fail(err, WEIR_UNREACHABLE, "b:1", "no broker answers");
}

enum weir_status weir_spark_topics_remove(struct weir_spark_topics *t, struct weir_error *err)
{
	(void)t, (void)err;
	pthread_mutex_lock(&far.lock);
	far.n_removed++;
	pthread_mutex_unlock(&far.lock);
	return WEIR_OK;
}

enum weir_status weir_spark_topics_order(struct weir_spark_topics *t, const char *key, struct weir_str value,
					 struct weir_error *err)
{
	(void)t, (void)err;
	pthread_mutex_lock(&far.lock);
	if (strcmp(key, "stop") == 0) {
		far.n_stops++;
	} else {
		json_t *job = json_loadb(value.data, value.size, 0, NULL);
		assert_non_null(job);
		free(far.job);
		far.job = strndup(value.data, value.size);
		far.n_jobs++;
		if (strcmp(far.mode, "nothing") != 0)
			play(job);
		json_decref(job);
	}
	pthread_mutex_unlock(&far.lock);
	return WEIR_OK;
}

enum weir_status weir_spark_topics_ordered(struct weir_spark_topics *t, const char *key, struct weir_buf *out,
					   struct weir_error *err)
{
	(void)t, (void)key;
	pthread_mutex_lock(&far.lock);
	if (far.job)
		weir_buf_add_c(out, far.job);
	bool there = far.job != NULL;
	pthread_mutex_unlock(&far.lock);
	return there ? WEIR_OK : weir_fail(err, WEIR_NOT_FOUND, "b:1", "there is no job");
}

static char arguments[100]; /* the file to which spark-submit writes them */

/* A job answers once it runs, and it wrote down its arguments first. */
static bool has_begun(void)
{
	return access(arguments, F_OK) == 0;
}

int weir_spark_topics_read(struct weir_spark_topics *t, int64_t wait_us, weir_spark_message_visitor *visit, void *ctx,
			   struct weir_error *err)
{
	int n = 0;
	(void)err;
	pthread_mutex_lock(&far.lock);
	for (; has_begun() && t->next < far.n; t->next++, n++)
		visit(ctx, weir_str_of(far.keys[t->next]), weir_str_of(far.values[t->next]));
	pthread_mutex_unlock(&far.lock);
	if (!n)
		weir_clock_system.sleep_us(weir_clock_system.ctx, wait_us < 2000 ? wait_us : 2000);
	return n;
}

/* Nobody knows where a topic ends. */
enum weir_status weir_spark_ends_open(const struct weir_uri *uri, struct weir_log *log, struct weir_spark_ends **out,
				      struct weir_error *err)
{
	(void)uri, (void)log;
	*out = NULL;
	return weir_fail(err, WEIR_UNSUPPORTED, "b:1", "there is no broker");
}

void weir_spark_ends_close(struct weir_spark_ends *e)
{
	(void)e;
}

int64_t weir_spark_ends_behind(struct weir_spark_ends *e, const struct weir_spark_place *places, size_t n)
{
	(void)e, (void)places, (void)n;
	return -1;
}

/* ---- the machine ---- */

static char folder[] = "/tmp/weir-spark-fabric-XXXXXX", source[100], job_file[100];

static const char *lookup(const char *name)
{
	return strcmp(name, "SPARK_HOME") == 0 || strcmp(name, "JAVA_HOME") == 0 ? folder
	       : strcmp(name, "WEIR_SPARK_JOB") == 0                             ? job_file
										 : NULL;
}

static void make(const char *name, const char *text, mode_t mode)
{
	char path[200];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* What spark-submit does after it wrote down its arguments. */
static void make_submit(const char *then)
{
	char text[400];
	snprintf(text, sizeof text, "#!/bin/sh\nprintf '%%s\\n' \"$@\" >%s\n%s\n", arguments, then);
	make("bin/spark-submit", text, 0700);
}

static void begin(const char *mode)
{
	pthread_mutex_lock(&far.lock);
	for (size_t i = 0; i < far.n; i++) {
		free(far.keys[i]);
		free(far.values[i]);
	}
	free(far.job);
	far.n = 0;
	far.job = NULL;
	far.n_jobs = far.n_stops = far.n_made = far.n_removed = 0;
	far.mode = mode;
	far.unreachable = false;
	pthread_mutex_unlock(&far.lock);
	unlink(arguments);
	make_submit("exec sleep 1000");
}

static int set_up(void **state)
{
	char path[200];
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/bin", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	make("bin/java", "", 0700);
	make("job.py", "", 0600);
	make(
	    "rows.ndjson",
	    "{\"time\":\"1970-01-01T00:00:01Z\",\"k\":\"a\",\"n\":1}\n{\"time\":\"1970-01-01T00:00:01.5Z\",\"k\":\"a\",\"n\":2}\n"
	    "{\"time\":\"1970-01-01T00:00:01.6Z\",\"k\":\"a\",\"n\":3}\n{\"time\":\"1970-01-01T00:00:02.5Z\",\"k\":\"b\",\"n\":4}\n",
	    0600);
	snprintf(source, sizeof source, "rows=%s/rows.ndjson", folder);
	snprintf(job_file, sizeof job_file, "%s/job.py", folder);
	snprintf(arguments, sizeof arguments, "%s/arguments", folder);
	return 0;
}

static int tear_down(void **state)
{
	char path[200];
	(void)state;
	begin("nothing");
	for (const char *const *name =
		 (const char *const[]){"bin/java", "bin/spark-submit", "job.py", "rows.ndjson", "arguments", NULL};
	     *name; name++) {
		snprintf(path, sizeof path, "%s/%s", folder, *name);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/bin", folder);
	rmdir(path);
	return rmdir(folder);
}

static void set_options(struct weir_options *o, int n, const char *const *words)
{
	struct weir_error err = {0};
	weir_options_init(o);
	o->lookup = lookup;
	o->view_folder = folder;
	if (weir_options_parse(n, (char *const *)words, 0, o, &err) != WEIR_OK)
		fail_msg("%s: %s", err.origin, err.what);
}
#define OPTIONS(o, ...)                                                                                                \
	do {                                                                                                           \
		const char *const words_[] = {"weir", __VA_ARGS__, source};                                            \
		set_options(o, sizeof words_ / sizeof *words_, words_);                                                \
	} while (0)
#define FABRIC "local[2]?brokers=b:1"

/* Runs a batch; its exit status, and both of its outputs. */
static char out[20000], said[4000];
static int run(struct weir_options *o, const volatile bool *interrupted)
{
	static const volatile bool never = false;
	FILE *files[2] = {tmpfile(), tmpfile()};
	char *texts[2] = {out, said};
	size_t sizes[2] = {sizeof out, sizeof said};
	int code = weir_batch_run(o, &weir_clock_system, -1, fileno(files[0]), fileno(files[1]),
				  interrupted ? interrupted : &never);
	for (int i = 0; i < 2; i++) {
		ssize_t n = pread(fileno(files[i]), texts[i], sizes[i] - 1, 0);
		texts[i][n > 0 ? n : 0] = '\0';
		fclose(files[i]);
	}
	weir_options_release(o);
	return code;
}

/* ---- tests ---- */

static void a_batch_is_counted_there(void **state)
{
	(void)state;
	struct weir_options o;
	begin("answers");
	OPTIONS(&o, "-b", "-o", "csv", "--fabric", FABRIC, "-g", "k", "-m", "count");
	int code = run(&o, NULL);
	assert_string_equal(out, "k,count\na,3\nb,1\n");
	assert_non_null(strstr(said, "2 values are not of the type that the sample showed"));
	assert_non_null(strstr(said, "1 of 5 records is malformed"));
	assert_int_equal(code, 0);
	assert_int_equal(far.n_made, 1);
	assert_int_equal(far.n_removed, 1); /* and no topic is left */
	json_t *job = json_loads(far.job, 0, NULL);
	assert_non_null(job);
	assert_string_equal(json_string_value(json_object_get(job, "mode")), "batch");
	assert_true(json_is_true(json_object_get(job, "once")));
	assert_string_equal(json_string_value(json_object_get(json_object_get(job, "view"), "group")), "k");
	const json_t *stream = json_array_get(json_object_get(job, "streams"), 0);
	assert_string_equal(json_string_value(json_object_get(stream, "name")), "rows");
	assert_string_equal(json_string_value(json_object_get(stream, "format")), "text");
	assert_non_null(strstr(json_string_value(json_object_get(stream, "select")), "AS `k`"));
	assert_null(strstr(json_string_value(json_object_get(stream, "select")), "AS `n`")); /* nobody asked */
	assert_int_equal(json_array_size(json_object_get(job, "keys")), 3);
	json_decref(job);
	FILE *f = fopen(arguments, "r");
	char line[200] = "";
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	assert_string_equal(line, "--master\n");
	assert_non_null(fgets(line, sizeof line, f));
	assert_string_equal(line, "local[2]\n");
	fclose(f);
}

static void a_job_that_fails_is_told(void **state)
{
	(void)state;
	struct weir_options o;
	begin("fails");
	make_submit("sleep 0.2; exit 1");
	OPTIONS(&o, "-b", "-o", "csv", "--fabric", FABRIC, "-g", "k", "-m", "count");
	assert_int_equal(run(&o, NULL), 1);
	assert_string_equal(out, "");
	assert_non_null(strstr(said, "no such broker"));
	begin("nothing");
	make_submit("echo 'org.x.Y: Error: it cannot be' >&2; exit 1");
	OPTIONS(&o, "-b", "-o", "csv", "--fabric", FABRIC, "-g", "k", "-m", "count");
	assert_int_equal(run(&o, NULL), 1);
	assert_string_equal(out, "");
	assert_non_null(strstr(said, "ended with status 1: org.x.Y: Error: it cannot be"));
	begin("nothing");
	far.unreachable = true;
	OPTIONS(&o, "-b", "-o", "csv", "--fabric", FABRIC, "-g", "k", "-m", "count");
	assert_int_equal(run(&o, NULL), 1);
	assert_non_null(strstr(said, "no broker answers"));
	assert_int_equal(far.n_jobs, 0);
}

static void what_is_no_message_is_told(void **state)
{
	(void)state;
	struct weir_options o;
	begin("garbage");
	OPTIONS(&o, "-b", "-o", "csv", "--fabric", FABRIC, "-g", "k", "-m", "count");
	assert_int_equal(run(&o, NULL), 1);
	assert_non_null(strstr(said, "a message of the job is not as it should be"));
}

static volatile bool interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = true;
}

static void *interrupt_soon(void *main_thread)
{
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	while (access(arguments, F_OK) != 0 && weir_clock_mono_us(&weir_clock_system) < end_us)
		weir_clock_system.sleep_us(weir_clock_system.ctx, 5000);
	pthread_kill(*(pthread_t *)main_thread, SIGUSR1);
	return NULL;
}

static void an_interrupt_stops_all(void **state)
{
	(void)state;
	struct weir_options o;
	pthread_t thread, self = pthread_self();
	begin("nothing");
	unlink(arguments);
	signal(SIGUSR1, on_signal);
	OPTIONS(&o, "-b", "-o", "csv", "--fabric", FABRIC, "-g", "k", "-m", "count");
	assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, &self), 0);
	assert_int_equal(run(&o, &interrupted), 130);
	pthread_join(thread, NULL);
	assert_int_equal(far.n_stops, 1);
	assert_int_equal(far.n_removed, 1);
}

static void it_refuses_before_it_runs(void **state)
{
	(void)state;
	struct weir_options o;
	begin("answers");
	OPTIONS(&o, "-b", "--fabric", FABRIC);
	assert_int_equal(run(&o, NULL), 2);
	assert_non_null(strstr(said, "hands out no rows"));
	OPTIONS(&o, "-b", "--fabric", "local[2]", "-m", "count");
	assert_int_equal(run(&o, NULL), 2);
	assert_non_null(strstr(said, "no brokers are named"));
	OPTIONS(&o, "-b", "--fabric", FABRIC, "-m", "count", "--format", "text");
	assert_int_equal(run(&o, NULL), 2);
	assert_non_null(strstr(said, "which Spark is not told how to read"));
	OPTIONS(&o, "-b", "--fabric", FABRIC, "-m", "count", "--land", "/nonexistent/x.csv");
	assert_int_equal(run(&o, NULL), 2);
	OPTIONS(&o, "-b", "--fabric", FABRIC, "-m", "count", "-W", "10s", "--compare", "window");
	assert_int_equal(run(&o, NULL), 2); /* of what ends */
	assert_non_null(strstr(said, "--compare: what came before is not counted again there"));
	OPTIONS(&o, "-b", "--fabric", FABRIC, "-m", "sum(nn)");
	assert_int_equal(run(&o, NULL), 2);
	assert_non_null(strstr(said, "nn"));
	assert_int_equal(far.n_made, 0);
	assert_int_equal(far.n_jobs, 0);
}

static void explain_says_what_will_run(void **state)
{
	(void)state;
	struct weir_options o;
	begin("nothing");
	OPTIONS(&o, "--explain", "--fabric", FABRIC, "-g", "k", "-m", "sum(n)");
	assert_int_equal(run(&o, NULL), 0);
	assert_non_null(strstr(out, "fabric   Spark on local[2], once, as a table\n"));
	assert_non_null(strstr(out, "reader   rows: text path="));
	assert_non_null(strstr(out, "AS BIGINT) END AS `n`"));
	assert_non_null(strstr(out, "\nspark\nwith rows as"));
	assert_int_equal(far.n_made, 0);
}

/* The newest result with so many rows. */
static struct weir_result *wait_for_rows(struct weir_session *s, uint32_t rows, uint64_t generation)
{
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	for (;;) {
		struct weir_result *r = weir_session_result(s);
		if (r && r->n_rows == rows && r->view_generation >= generation && r->n_measures)
			return r;
		int64_t left_us = end_us - weir_clock_mono_us(&weir_clock_system);
		if (left_us <= 0)
			fail_msg("no result: %u rows, error %s", r ? r->n_rows : 0, r ? r->error.what : "none");
		weir_result_unref(r);
		weir_wake_wait(weir_session_wake(s), left_us);
	}
}

/* A screen: windows, sort and top ask for nothing; groups and filters do. */
static void a_screen_asks_anew_only_where_it_must(void **state)
{
	(void)state;
	struct weir_options o;
	struct weir_session *s;
	struct weir_view view;
	struct weir_session_info info = {0};
	struct weir_error err = {0};
	begin("answers");
	OPTIONS(&o, "--fabric", FABRIC, "-g", "k", "-m", "count");
	assert_int_equal(weir_session_open(&o, &weir_clock_system, -1, true, &s, &err), WEIR_OK);
	struct weir_result *r = wait_for_rows(s, 2, 1);
	assert_int_equal(r->rows[0].measures[0].i, 3);
	assert_int_equal(r->n_fields, 3); /* those of the sample */
	weir_result_unref(r);
	weir_session_info(s, &info);
	assert_true(info.fabric.is_elsewhere);
	assert_string_equal(info.fabric.where, "Spark local[2], app-7");
	assert_int_equal(info.fabric.unfit, 2);
	assert_true(info.fabric.answered);
	assert_true(info.fabric.shares[0] == 1);
	weir_view_init(&view);
	assert_int_equal(weir_view_copy(&view, &info.view, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_WINDOW, "tumbling 1m", 0, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_TOP, "1", 0, &err), WEIR_OK);
	uint64_t generation = weir_session_ask(s, &view, &err);
	r = wait_for_rows(s, 2, generation);
	weir_result_unref(r);
	assert_int_equal(far.n_jobs, 1);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_WHERE, "n > 0", 0, &err), WEIR_OK);
	generation = weir_session_ask(s, &view, &err);
	r = wait_for_rows(s, 2, generation);
	weir_result_unref(r);
	assert_int_equal(far.n_jobs, 2);
	json_t *job = json_loads(far.job, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(job, "generation")), 2);
	assert_non_null(json_object_get(json_object_get(json_array_get(json_object_get(job, "streams"), 0), "observe"),
					"filtered"));
	json_decref(job);
	weir_view_release(&view);
	weir_session_info_release(&info);
	weir_session_close(s);
	assert_int_equal(far.n_removed, 1);
	weir_options_release(&o);
}

/* Until there is an answer, nothing is LIVE, and no figure of the sample passes for one of the job. */
static void a_screen_says_that_it_waits(void **state)
{
	(void)state;
	struct weir_options o;
	struct weir_session *s;
	struct weir_session_info info = {0};
	struct weir_error err = {0};
	begin("nothing");
	OPTIONS(&o, "--fabric", FABRIC, "-g", "k", "-m", "count");
	assert_int_equal(weir_session_open(&o, &weir_clock_system, -1, true, &s, &err), WEIR_OK);
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	for (weir_session_info(s, &info); strcmp(info.fabric.state, "starting") != 0; weir_session_info(s, &info)) {
		if (weir_clock_mono_us(&weir_clock_system) > end_us)
			fail_msg("the state is %s", info.fabric.state);
		weir_wake_wait(weir_session_wake(s), 10000);
	}
	assert_false(info.fabric.answered);
	assert_int_equal(info.streams[0].state, WEIR_STREAM_CONNECTING);
	assert_int_equal(info.streams[0].lag, -1);
	assert_true(info.records_per_s == 0);
	weir_session_info_release(&info);
	weir_session_close(s);
	weir_options_release(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_batch_is_counted_there),
	    cmocka_unit_test(a_job_that_fails_is_told),
	    cmocka_unit_test(what_is_no_message_is_told),
	    cmocka_unit_test(an_interrupt_stops_all),
	    cmocka_unit_test(it_refuses_before_it_runs),
	    cmocka_unit_test(explain_says_what_will_run),
	    cmocka_unit_test(a_screen_asks_anew_only_where_it_must),
	    cmocka_unit_test(a_screen_says_that_it_waits),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
