/* A source whose rows have types already, through a whole session: no codec, and every kind of question. It stands in a table
 * of its own in place of the program's. */
#include "weir/session/session.h"
#include "weir/source/source.h"

#include "../../../limit.h"
#include "source/progress.h"
#include "source/uri_params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- numbers:N, rows i = 0 … N-1, a second apart ---- */

#define BEGAN_US INT64_C(1767225600000000) /* 2026-01-01T00:00:00Z */

enum { NUMBER, HALF, NAME, AT, EVEN, N_COLUMNS };

struct numbers {
	struct weir_source source;
	struct weir_progress progress;
	struct weir_schema *schema;
	struct weir_dict *names;
	int64_t next, end;
};

static const struct weir_uri_option options[] = {{"position", "N", "where to resume"}, {NULL, NULL, NULL}};

static void numbers_close(struct weir_source *s)
{
	struct numbers *n = (struct numbers *)s;

	weir_progress_release(&n->progress);
	weir_schema_unref(n->schema);
	weir_dict_unref(n->names);
	free(n);
}

static enum weir_status numbers_open(const struct weir_source_config *config, struct weir_source **out,
				     struct weir_error *err)
{
	struct numbers *n = calloc(1, sizeof *n);

	n->end = atoll(config->uri.path);
	assert_int_equal(weir_progress_init_bytes(&n->progress, err), WEIR_OK);
	n->schema = weir_schema_new();
	n->names = weir_dict_new(NULL);
	weir_schema_add(n->schema, WEIR_STR("n"), WEIR_INT64);
	weir_schema_add(n->schema, WEIR_STR("half"), WEIR_FLOAT64);
	weir_schema_add(n->schema, WEIR_STR("name"), WEIR_STRING);
	weir_schema_add(n->schema, WEIR_STR("at"), WEIR_TIMESTAMP);
	weir_schema_add(n->schema, WEIR_STR("even"), WEIR_BOOL);
	weir_schema_set_time(n->schema, AT);
	*out = &n->source;
	return weir_uri_params_int(&config->uri, "position", 0, &n->next, err);
}

/* `half` is NULL where seven divides the number. */
static bool put_row(struct numbers *n, struct weir_batch *b, uint32_t row)
{
	static const char *const names[] = {"zero", "one", "two"};
	struct weir_column *c = b->columns;
	int64_t i = n->next++;

	b->position[row] = i;
	b->time_us[row] = BEGAN_US + i * WEIR_US_PER_S;
	b->bytes += 8;
	return weir_column_set_int64(&c[NUMBER], row, i) &&
	       (i % 7 ? weir_column_set_float64(&c[HALF], row, (double)i / 2) : weir_column_set_null(&c[HALF], row)) &&
	       weir_column_set_string(&c[NAME], row, weir_str_of(names[i % 3]), n->names) &&
	       weir_column_set_timestamp(&c[AT], row, b->time_us[row]) &&
	       weir_column_set_bool(&c[EVEN], row, i % 2 == 0);
}

static enum weir_status numbers_poll_batch(struct weir_source *s, int64_t timeout_us, struct weir_batch *into,
					   struct weir_error *err)
{
	struct numbers *n = (struct numbers *)s;

	(void)timeout_us;
	weir_progress_state(&n->progress, n->next < n->end ? WEIR_SOURCE_LIVE : WEIR_SOURCE_END, NULL);
	if (n->next >= n->end)
		return WEIR_END;
	if (!weir_batch_set_schema(into, n->schema) || !weir_batch_add_time(into))
		return weir_fail(err, WEIR_NO_MEMORY, "numbers", "out of memory");
	while (into->n_rows < into->capacity && n->next < n->end)
		if (!put_row(n, into, into->n_rows++))
			return weir_fail(err, WEIR_NO_MEMORY, "numbers", "out of memory");
	return WEIR_OK;
}

static void numbers_wake(struct weir_source *s)
{
	(void)s;
}

static void numbers_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct numbers *)s)->progress, out);
}

static enum weir_status numbers_position(struct weir_source *s, struct weir_buf *out)
{
	weir_buf_addf(out, "%lld", (long long)((struct numbers *)s)->next);
	return WEIR_OK;
}

static bool numbers_finite(struct weir_source *s)
{
	(void)s;
	return true;
}

static const struct weir_source_ops numbers = {
    .name = "numbers",
    .schemes = "numbers",
    .help = "numbers",
    .example = "numbers:5",
    .can_wait = true,
    .options = options,
    .open = numbers_open,
    .poll_batch = numbers_poll_batch,
    .wake = numbers_wake,
    .status = numbers_status,
    .position = numbers_position,
    .finite = numbers_finite,
    .close = numbers_close,
};

const struct weir_source_ops *const weir_source_table[] = {&numbers, NULL};

/* ---- questions ---- */

static char said[4096], answered[4096];

static void take_text(FILE *from, char *text, size_t size)
{
	rewind(from);
	text[fread(text, 1, size - 1, from)] = 0;
	fclose(from);
}

/* A batch; its output is in `answered`, what it says of itself in `said`. Returns its exit status. */
static int run(int argc, const char *const *words)
{
	struct weir_options o;
	struct weir_error err = {0};
	char copies[12][96], *argv[12];
	FILE *out = tmpfile(), *errors = tmpfile();
	const volatile bool interrupted = false;

	for (int i = 0; i < argc; i++) {
		snprintf(copies[i], sizeof copies[i], "%s", words[i]);
		argv[i] = copies[i];
	}
	weir_options_init(&o);
	assert_int_equal(weir_options_parse(argc, argv, 0, &o, &err), WEIR_OK);
	int code = weir_batch_run(&o, &weir_clock_system, -1, fileno(out), fileno(errors), &interrupted);
	weir_options_release(&o);
	take_text(out, answered, sizeof answered);
	take_text(errors, said, sizeof said);
	return code;
}
#define RUN(...)                                                                                                       \
	run((int)(sizeof((const char *[]){"weir", "-o", "ndjson", __VA_ARGS__}) / sizeof(char *)),                     \
	    (const char *[]){"weir", "-o", "ndjson", __VA_ARGS__})

static void rows_keep_their_types(void **state)
{
	(void)state;
	assert_int_equal(RUN("numbers:3"), 0);
	assert_string_equal(answered,
			    "{\"n\":0,\"half\":null,\"name\":\"zero\",\"at\":\"2026-01-01T00:00:00Z\",\"even\":true}\n"
			    "{\"n\":1,\"half\":0.5,\"name\":\"one\",\"at\":\"2026-01-01T00:00:01Z\",\"even\":false}\n"
			    "{\"n\":2,\"half\":1.0,\"name\":\"two\",\"at\":\"2026-01-01T00:00:02Z\",\"even\":true}\n");
	assert_string_equal(said, "");
}

/* More rows than three batches hold. */
static void all_batches_are_counted(void **state)
{
	(void)state;
	assert_int_equal(RUN("-g", "name", "-s", "name", "-m", "count,sum(n),count(half)", "numbers:30000"), 0);
	assert_string_equal(answered,
			    "{\"name\":\"one\",\"count\":10000,\"sum(n)\":149995000,\"count(half)\":8571}\n"
			    "{\"name\":\"two\",\"count\":10000,\"sum(n)\":150005000,\"count(half)\":8572}\n"
			    "{\"name\":\"zero\",\"count\":10000,\"sum(n)\":149985000,\"count(half)\":8571}\n");
}

static void windows_go_by_its_event_time(void **state)
{
	(void)state;
	assert_int_equal(RUN("-W", "tumbling 2h", "-m", "count,max(n)", "numbers:10000"), 0);
	assert_string_equal(answered,
			    "{\"window_start\":\"2026-01-01T00:00:00Z\",\"window_end\":\"2026-01-01T02:00:00Z\","
			    "\"count\":7200,\"max(n)\":7199}\n"
			    "{\"window_start\":\"2026-01-01T02:00:00Z\",\"window_end\":\"2026-01-01T04:00:00Z\","
			    "\"count\":2800,\"max(n)\":9999}\n");
}

static void a_beat_cuts_its_batches(void **state)
{
	(void)state;
	assert_int_equal(RUN("--every", "1h", "-W", "all", "-m", "count", "numbers:9000"), 0);
	assert_string_equal(answered, "{\"count\":1}\n{\"count\":3601}\n{\"count\":7201}\n{\"count\":9000}\n");
}

static void conditions_compare_typed_columns(void **state)
{
	(void)state;
	assert_int_equal(RUN("-w", "even and half > 4 and name = 'one'", "-m", "min(n),max(n),count", "numbers:100"),
			 0);
	assert_string_equal(answered, "{\"min(n)\":10,\"max(n)\":94,\"count\":13}\n");
}

static void what_it_reads_is_explained(void **state)
{
	(void)state;
	assert_int_equal(RUN("--explain", "-m", "count", "numbers:5"), 0);
	if (!strstr(answered, "rows of numbers, time at") || !strstr(answered, "even bool"))
		fail_msg("%s", answered);
}

static void its_columns_are_known_from_the_first_batch(void **state)
{
	(void)state;
	assert_int_equal(RUN("-m", "sum(halb)", "numbers:30000"), 2);
	if (!strstr(said, "halb") || !strstr(said, "half"))
		fail_msg("%s", said);
}

static void its_event_time_cannot_be_changed(void **state)
{
	(void)state;
	assert_int_equal(RUN("--time", "at", "-W", "tumbling 1h", "-m", "count", "numbers:5"), 0);
	assert_int_equal(RUN("--time", "n", "-m", "count", "numbers:5"), 2);
	if (!strstr(said, "n cannot be the event time (it is at)"))
		fail_msg("%s", said);
	assert_string_equal(answered, "");
	assert_int_equal(RUN("--time", "none", "-m", "count", "numbers:5"), 0);
	assert_string_equal(answered, "{\"count\":5}\n");
	assert_int_equal(RUN("--time", "none", "-W", "tumbling 1h", "-m", "count", "numbers:5"), 1);
}

static void a_format_is_refused(void **state)
{
	(void)state;
	assert_int_equal(RUN("-m", "count", "numbers:5?format=csv"), 2);
	if (!strstr(said, "format= has no meaning here"))
		fail_msg("%s", said);
}

/* What --stats says at the end of one run is where the next one begins. */
static void a_run_resumes_where_another_ended(void **state)
{
	char address[60];

	(void)state;
	assert_int_equal(RUN("--stats", "-", "-m", "count", "numbers:20000"), 0);
	const char *position = strstr(said, "\"position\":\"");
	assert_non_null(position);
	snprintf(address, sizeof address, "numbers:20010?position=%d", atoi(position + strlen("\"position\":\"")));
	assert_int_equal(RUN("-m", "min(n),count", address), 0);
	assert_string_equal(answered, "{\"min(n)\":20000,\"count\":10}\n");
}

static void nothing_at_all(void **state)
{
	(void)state;
	assert_int_equal(RUN("-m", "count", "numbers:0"), 0);
	assert_string_equal(answered, "{\"count\":0}\n");
}

/* The same for a screen. */
static void a_screen_sees_it_to_its_end(void **state)
{
	struct weir_options o;
	struct weir_session *session;
	struct weir_session_info info = {0};
	struct weir_error err = {0};
	char words[6][20] = {"weir", "-g", "name", "-m", "sum(n)", "numbers:20000"}, *argv[6];
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	struct weir_result *r = NULL;

	(void)state;
	for (int i = 0; i < 6; i++)
		argv[i] = words[i];
	weir_options_init(&o);
	assert_int_equal(weir_options_parse(6, argv, 0, &o, &err), WEIR_OK);
	assert_int_equal(weir_session_open(&o, &weir_clock_system, -1, true, &session, &err), WEIR_OK);
	while (!r || !info.ended || r->ledger.received < 20000) {
		int64_t left_us = end_us - weir_clock_mono_us(&weir_clock_system);
		assert_true(left_us > 0);
		weir_wake_wait(weir_session_wake(session), left_us);
		weir_result_unref(r);
		r = weir_session_result(session);
		weir_session_info(session, &info);
	}
	assert_int_equal(r->error.code, WEIR_OK);
	assert_int_equal(r->n_rows, 3);
	assert_true(weir_ledger_balances(&r->ledger));
	assert_int_equal(info.streams[0].state, WEIR_STREAM_END);
	assert_string_equal(info.streams[0].position, "20000");
	assert_true(strncmp(info.streams[0].guess, "rows of numbers, time at", 24) == 0);
	weir_result_unref(r);
	weir_session_info_release(&info);
	weir_session_close(session);
	weir_options_release(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_keep_their_types),
	    cmocka_unit_test(all_batches_are_counted),
	    cmocka_unit_test(windows_go_by_its_event_time),
	    cmocka_unit_test(a_beat_cuts_its_batches),
	    cmocka_unit_test(conditions_compare_typed_columns),
	    cmocka_unit_test(what_it_reads_is_explained),
	    cmocka_unit_test(its_columns_are_known_from_the_first_batch),
	    cmocka_unit_test(its_event_time_cannot_be_changed),
	    cmocka_unit_test(a_format_is_refused),
	    cmocka_unit_test(a_run_resumes_where_another_ended),
	    cmocka_unit_test(nothing_at_all),
	    cmocka_unit_test(a_screen_sees_it_to_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
