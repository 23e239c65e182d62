/* The schema registry: what its answers say, what is asked again, how long it is waited for, and how waiting ends. */
#include "fake_registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PATIENT_US = 60000000, IMPATIENT_US = 30000 };

static const struct fake_answer answers[] = {
    {"/schemas/ids/1", "{\"schema\":\"\\\"string\\\"\"}", 0},
    {"/schemas/ids/2", "{\"schema\":\"syntax = \\\"proto3\\\";\",\"schemaType\":\"PROTOBUF\"}", 0},
    {"/schemas/ids/3",
     "{\"schema\":\"top\",\"references\":[{\"name\":\"b\",\"subject\":\"a/b c\",\"version\":2},"
     "{\"name\":\"c\",\"subject\":\"c\",\"version\":1}]}",
     0},
    {"/subjects/a%2Fb%20c/versions/2?deleted=true",
     "{\"schema\":\"of b\",\"references\":[{\"name\":\"c\",\"subject\":\"c\",\"version\":1}]}", 0},
    {"/subjects/c/versions/1?deleted=true", "{\"schema\":\"of c\"}", 0},
    {"/schemas/ids/4", "<html>a proxy</html>", 0},
    {"/schemas/ids/5", "{\"message\":\"Unauthorized\",\"error_code\":401}", 401},
    {"/schemas/ids/6", "{\"schema\":\"x\",\"schemaType\":\"THRIFT\"}", 0},
    {"/schemas/ids/7", "{\"schema\":7}", 0},
    {"/schemas/ids/8", "{\"schema\":\"x\",\"references\":[{\"name\":\"l\",\"subject\":\"loop\",\"version\":1}]}", 0},
    {"/subjects/loop/versions/1?deleted=true",
     "{\"schema\":\"x\",\"references\":[{\"name\":\"k\",\"subject\":\"loop\",\"version\":1}]}", 0},
    {"/schemas/ids/4294967295", "{\"schema\":\"last\"}", 0},
    {NULL, NULL, 0},
};

static enum weir_status get(struct weir_registry *r, uint32_t id, const struct weir_registry_schema **s, char why[400])
{
	struct weir_error err = {0};
	enum weir_status st = weir_registry_get(r, id, s, &err);
	snprintf(why, 400, "%s", err.what);
	return st;
}

/* Asks until the reason has come: on a busy machine the first one may be that no answer has. */
static enum weir_status get_reason(struct weir_registry *r, uint32_t id, const char *reason)
{
	const struct weir_registry_schema *s;
	int64_t until = weir_clock_mono_us(&weir_clock_system) + PATIENT_US;
	char why[400];
	enum weir_status st;
	while (st = get(r, id, &s, why), !strstr(why, reason) && weir_clock_mono_us(&weir_clock_system) < until)
		weir_clock_system.sleep_us(weir_clock_system.ctx, 1000);
	assert_non_null(strstr(why, reason));
	return st;
}

static void what_answers_say(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers};
	struct weir_registry *r = fake_open(&f, PATIENT_US);
	const struct weir_registry_schema *s;
	char why[400];
	assert_int_equal(get(r, 1, &s, why), WEIR_OK);
	assert_int_equal(s->kind, WEIR_SCHEMA_AVRO);
	assert_int_equal(s->n, 1);
	assert_string_equal(s->texts[0].text.data, "\"string\"");
	assert_int_equal(get(r, 1, &s, why), WEIR_OK);
	assert_int_equal(f.asked, 1); /* once */
	assert_int_equal(get(r, 2, &s, why), WEIR_OK);
	assert_int_equal(s->kind, WEIR_SCHEMA_PROTOBUF);
	assert_int_equal(get(r, UINT32_MAX, &s, why), WEIR_OK);
	assert_int_equal(get(r, 3, &s, why), WEIR_OK); /* what is referred to comes first, and once */
	assert_int_equal(s->n, 3);
	assert_string_equal(s->texts[0].name, "c");
	assert_string_equal(s->texts[0].text.data, "of c");
	assert_string_equal(s->texts[1].name, "b");
	assert_string_equal(s->texts[2].name, "");
	assert_string_equal(s->texts[2].text.data, "top");
	weir_registry_close(r);
	assert_int_equal(f.closed, 1);
}

static void what_cannot_be_had_says_why(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers};
	struct weir_registry *r = fake_open(&f, PATIENT_US);
	const struct weir_registry_schema *s;
	char why[400];
	assert_int_equal(get(r, 99, &s, why), WEIR_NOT_FOUND);
	assert_string_equal(why, "it answers 404: Schema not found");
	assert_int_equal(get(r, 5, &s, why), WEIR_DENIED);
	assert_string_equal(why, "it answers 401: Unauthorized");
	assert_int_equal(get(r, 6, &s, why), WEIR_MALFORMED);
	assert_non_null(strstr(why, "THRIFT"));
	assert_int_equal(get(r, 7, &s, why), WEIR_MALFORMED);
	assert_int_equal(get(r, 8, &s, why), WEIR_TOO_LARGE); /* it refers to itself */
	weir_registry_close(r);
	f.cancelled = false;
	r = fake_open(&f, IMPATIENT_US); /* it may pass, so it is waited for */
	assert_int_equal(get_reason(r, 4, "no JSON"), WEIR_MALFORMED);
	weir_registry_close(r);
}

static void a_failure_that_passes_is_not_seen(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers, .broken = 3};
	struct weir_registry *r = fake_open(&f, PATIENT_US);
	const struct weir_registry_schema *s;
	char why[400];
	assert_int_equal(get(r, 1, &s, why), WEIR_OK);
	assert_int_equal(f.asked, 4);
	weir_registry_close(r);
}

/* Away, it is waited for once, not for each number anew; when it is back, so are its schemas. */
static void away_and_back(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers, .away = true};
	struct weir_registry *r = fake_open(&f, IMPATIENT_US);
	const struct weir_registry_schema *s;
	char why[400];
	assert_int_equal(get(r, 1, &s, why), WEIR_UNREACHABLE);
	assert_int_equal(get_reason(r, 1, "could not connect"), WEIR_UNREACHABLE);
	assert_int_equal(get(r, 2, &s, why), WEIR_UNREACHABLE);
	f.away = false;
	/* It comes by itself, and nobody has to wait for it. */
	int64_t until = weir_clock_mono_us(&weir_clock_system) + PATIENT_US;
	while (get(r, 1, &s, why) != WEIR_OK && weir_clock_mono_us(&weir_clock_system) < until)
		weir_clock_system.sleep_us(weir_clock_system.ctx, 1000);
	assert_int_equal(get(r, 1, &s, why), WEIR_OK);
	while (get(r, 2, &s, why) != WEIR_OK && weir_clock_mono_us(&weir_clock_system) < until)
		weir_clock_system.sleep_us(weir_clock_system.ctx, 1000);
	assert_int_equal(get(r, 2, &s, why), WEIR_OK);
	weir_registry_close(r);
}

static void one_that_hangs_is_given_up(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers, .hangs = true};
	struct weir_registry *r = fake_open(&f, IMPATIENT_US);
	const struct weir_registry_schema *s;
	char why[400];
	assert_int_equal(get(r, 1, &s, why), WEIR_UNREACHABLE);
	assert_string_equal(why, "it has not answered yet");
	weir_registry_close(r); /* and does not wait for it */
}

static void *interrupt(void *registry)
{
	weir_registry_interrupt(registry);
	return NULL;
}

static void waiting_can_be_ended(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers, .hangs = true};
	struct weir_registry *r = fake_open(&f, PATIENT_US);
	const struct weir_registry_schema *s;
	pthread_t thread;
	char why[400];
	assert_int_equal(pthread_create(&thread, NULL, interrupt, r), 0);
	assert_int_equal(get(r, 1, &s, why), WEIR_CANCELLED);
	pthread_join(thread, NULL);
	assert_int_equal(get(r, 2, &s, why), WEIR_CANCELLED);
	weir_registry_close(r);
}

static void numbers_are_bounded(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers};
	struct weir_registry *r = fake_open(&f, PATIENT_US);
	const struct weir_registry_schema *s;
	char why[400];
	f.away = true;
	f.hangs = true;
	weir_registry_interrupt(r); /* nobody waits, and all are remembered */
	uint32_t id = 0;
	while (id < 20000 && get(r, id, &s, why) == WEIR_CANCELLED)
		id++;
	assert_int_equal(id, 10000);
	weir_registry_close(r);
}

static enum weir_status open_address(const char *text, struct weir_error *err)
{
	struct weir_uri uri;
	struct weir_registry *r = NULL;
	assert_int_equal(weir_uri_parse(weir_str_of(text), false, &uri, err), WEIR_OK);
	enum weir_status st = weir_registry_open(&uri, &weir_clock_system, NULL, &r, err);
	if (st != WEIR_OK)
		assert_null(r);
	weir_registry_close(r);
	weir_uri_release(&uri);
	return st;
}

static void addresses(void **state)
{
	(void)state;
	struct weir_error err = {0};
	assert_int_equal(open_address("kafka://b/t", &err), WEIR_OK);
	assert_int_equal(open_address("kafka://b/t?registry-user=u", &err), WEIR_USAGE);
	if (weir_registry_absent()) {
		assert_int_equal(open_address("kafka://b/t?registry=http://127.0.0.1:1", &err), WEIR_UNSUPPORTED);
		assert_non_null(strstr(err.what, "libcurl"));
		return;
	}
	assert_int_equal(open_address("kafka://b/t?registry=http://127.0.0.1:1/", &err), WEIR_OK);
	static const char *const wrong[] = {
	    "kafka://b/t?registry=localhost:8081",
	    "kafka://b/t?registry=file:///etc/passwd",
	    "kafka://b/t?registry=http://",
	    "kafka://b/t?registry=http://h&registry-timeout=soon",
	    "kafka://b/t?registry=http://h&registry-password=secret",
	    "kafka://b/t?registry=http://h&registry-user=u&registry-password=p&registry-password-file=f",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(open_address(wrong[i], &err), WEIR_USAGE);
	assert_int_equal(open_address("kafka://b/t?registry=https://me:secret@h", &err), WEIR_USAGE);
	assert_null(strstr(err.what, "secret"));
	assert_non_null(strstr(err.hint, "registry-password-file="));
	assert_int_equal(
	    open_address("kafka://b/t?registry=http://h&registry-user=u&registry-password-file=/nosuch", &err),
	    WEIR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_answers_say),
	    cmocka_unit_test(what_cannot_be_had_says_why),
	    cmocka_unit_test(a_failure_that_passes_is_not_seen),
	    cmocka_unit_test(away_and_back),
	    cmocka_unit_test(one_that_hangs_is_given_up),
	    cmocka_unit_test(waiting_can_be_ended),
	    cmocka_unit_test(numbers_are_bounded),
	    cmocka_unit_test(addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
