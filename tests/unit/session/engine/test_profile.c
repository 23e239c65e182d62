/* The profile of the columns that are held: exact while values are few, estimated beyond, of the rows that pass the filter. */
#include "weir/query/profile.h"
#include "weir/session/session.h"

#include "../../../limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROWS = 200000, FEW = 7, MANY = 90000, NUMBERS = 50 };

/* kind has few values, the first of them in every second row; number is NULL in every fifth row and missing in every
 * seventh other; many has more values than are counted one by one; mixed changes from numbers to text; real has one zero. */
static void write_rows(char *path)
{
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	FILE *f = fdopen(fd, "w");
	assert_non_null(f);
	for (int i = 0; i < ROWS; i++) {
		fprintf(f, "{\"time\":%d,\"kind\":\"k%d\",\"many\":%d,\"rising\":%d,\"real\":%s", 1700000000 + i,
			i % 2 ? 0 : i / 2 % FEW, i % MANY, i,
			i % 3   ? "-0.0"
			: i % 2 ? "0.0"
				: "2.5");
		if (i % 5 == 0)
			fprintf(f, ",\"number\":null");
		else if (i % 7)
			fprintf(f, ",\"number\":%d", i % NUMBERS - 10);
		fprintf(f, i < ROWS / 2 ? ",\"mixed\":%d}\n" : ",\"mixed\":\"t%d\"}\n", i % 4);
	}
	assert_int_equal(fclose(f), 0);
}

struct fixture {
	struct weir_options options;
	struct weir_session *session;
	struct weir_studied studied;
};

static void open_session(struct fixture *f, const char *where, const char *path)
{
	char words[4][128];
	char *argv[4] = {words[0], words[1], words[2], words[3]};
	const char *given[4] = {"weir", where ? "-w" : path, where, path};
	int n = where ? 4 : 2;
	struct weir_error err = {0};
	*f = (struct fixture){0};
	for (int i = 0; i < n; i++)
		snprintf(words[i], sizeof words[i], "%s", given[i]);
	weir_options_init(&f->options);
	assert_int_equal(weir_options_parse(n, argv, 0, &f->options, &err), WEIR_OK);
	assert_int_equal(weir_session_open(&f->options, &weir_clock_system, -1, true, &f->session, &err), WEIR_OK);
}

/* All rows are in. */
static void wait_for_end(struct fixture *f)
{
	struct weir_session_info info = {0};
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	for (bool ended = false; !ended;) {
		weir_session_info(f->session, &info);
		ended = info.ended && !info.rebuilding;
		int64_t left_us = end_us - weir_clock_mono_us(&weir_clock_system);
		assert_true(left_us > 0);
		if (!ended)
			weir_wake_wait(weir_session_wake(f->session), left_us < 50000 ? left_us : 50000);
	}
	weir_session_info_release(&info);
}

static void wait_for_study(struct fixture *f)
{
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	for (;;) {
		weir_session_studied(f->session, &weir_study_profile, &f->studied);
		if (!f->studied.running)
			break;
		weir_study_answer_unref(f->studied.answer);
		int64_t left_us = end_us - weir_clock_mono_us(&weir_clock_system);
		assert_true(left_us > 0);
		weir_wake_wait(weir_session_wake(f->session), left_us < 50000 ? left_us : 50000);
	}
}

static const struct weir_profile *profile_of(struct fixture *f, bool all)
{
	struct weir_error err = {0};
	struct weir_study *study = weir_study_profile_new(all);
	assert_non_null(study);
	uint64_t number = weir_session_study(f->session, study, &err);
	assert_true(number > 0);
	wait_for_study(f);
	assert_int_equal(f->studied.error.code, WEIR_OK);
	assert_non_null(f->studied.answer);
	assert_true(f->studied.answer->whole);
	return (const struct weir_profile *)f->studied.answer;
}

static void close_session(struct fixture *f)
{
	weir_study_answer_unref(f->studied.answer);
	assert_int_equal(weir_session_close(f->session), WEIR_OK);
	weir_options_release(&f->options);
}

static const struct weir_profile_column *column(const struct weir_profile *p, const char *name)
{
	const struct weir_profile_column *c = weir_profile_find(p, weir_str_of(name));
	if (!c)
		fail_msg("there is no column %s", name);
	return c;
}

static void check_kinds(const struct weir_profile *p)
{
	const struct weir_profile_column *c = column(p, "kind");
	uint64_t rows[FEW] = {0}, sum = 0;
	for (int i = 0; i < ROWS; i++)
		rows[i % 2 ? 0 : i / 2 % FEW]++;
	assert_int_equal(c->n_distinct, FEW);
	assert_false(c->estimated);
	assert_int_equal(c->n, ROWS);
	assert_int_equal(c->mean_bytes, 2);
	assert_int_equal(c->n_top, FEW);
	assert_int_equal(c->min.type, WEIR_NULL); /* texts have no range */
	for (uint32_t i = 0; i < c->n_top; i++) {
		assert_int_equal(c->top[i].value.s.size, 2);
		assert_int_equal(c->top[i].rows, rows[c->top[i].value.s.data[1] - '0']);
		assert_true(i == 0 || c->top[i].rows <= c->top[i - 1].rows);
		sum += c->top[i].rows;
	}
	assert_int_equal(sum, ROWS);
	assert_memory_equal(c->top[0].value.s.data, "k0", 2);
}

static void check_numbers(const struct weir_profile *p)
{
	const struct weir_profile_column *c = column(p, "number");
	uint64_t n = 0, n_null = 0;
	for (int i = 0; i < ROWS; i++) {
		n_null += i % 5 == 0;
		n += i % 5 && i % 7;
	}
	assert_int_equal(c->n, n);
	assert_int_equal(c->n_null, n_null);
	assert_int_equal(c->n_missing, ROWS - n - n_null);
	assert_int_equal(c->n_distinct, NUMBERS - NUMBERS / 5);
	assert_int_equal(c->min.i, -9);
	assert_int_equal(c->max.i, NUMBERS - 11);
	assert_false(c->rising);
	c = column(p, "rising");
	assert_true(c->rising);
	assert_true(c->estimated);
	assert_int_equal(c->n_top, 0);
	assert_int_equal(c->min.i, 0);
	assert_int_equal(c->max.i, ROWS - 1);
	c = column(p, "real");
	assert_int_equal(c->n_distinct, 2);
	assert_true(c->max.f > 2.4);
	c = column(p, "many");
	assert_true(c->estimated);
	assert_true(c->n_distinct > MANY * 0.96 && c->n_distinct < MANY * 1.04);
}

static void test_what_columns_hold(void **state)
{
	char path[] = "/tmp/weir-profile-XXXXXX";
	struct fixture f;
	(void)state;
	write_rows(path);
	open_session(&f, NULL, path);
	wait_for_end(&f);
	const struct weir_profile *p = profile_of(&f, false);
	assert_int_equal(p->n_rows, ROWS);
	assert_int_equal(p->n_gone_through, ROWS);
	assert_int_equal(p->n_held, ROWS);
	check_kinds(p);
	check_numbers(p);
	assert_true(column(p, "time")->is_time);
	assert_int_equal(column(p, "time")->min.i, INT64_C(1700000000000000));
	assert_int_equal(column(p, "mixed")->type, WEIR_STRING);
	assert_int_equal(column(p, "mixed")->n_distinct, 8); /* 0 to 3 as they were written, and t0 to t3 */
	assert_null(weir_profile_find(p, WEIR_STR("nothing")));
	assert_null(weir_profile_find(NULL, WEIR_STR("kind")));
	close_session(&f);
	unlink(path);
}

static void test_rows_that_pass_the_filter_count(void **state)
{
	char path[] = "/tmp/weir-profile-XXXXXX";
	struct fixture f;
	(void)state;
	write_rows(path);
	open_session(&f, "kind = 'k1' and rising < 1400", path);
	wait_for_end(&f);
	const struct weir_profile *p = profile_of(&f, false);
	assert_int_equal(p->n_rows, 100);
	assert_int_equal(p->n_gone_through, ROWS);
	assert_int_equal(column(p, "kind")->n_distinct, 1);
	assert_int_equal(column(p, "kind")->top[0].rows, 100);
	assert_int_equal(column(p, "rising")->n_distinct, 100);
	assert_int_equal(column(p, "rising")->n_top, WEIR_PROFILE_TOP);
	assert_int_equal(column(p, "rising")->top[0].value.i, 2); /* as many rows as all others: the smallest value */
	assert_int_equal(column(p, "rising")->top[1].value.i, 16);
	weir_study_answer_unref(f.studied.answer);
	p = profile_of(&f, true); /* the same, as if there were no filter */
	assert_int_equal(p->n_rows, ROWS);
	check_kinds(p);
	close_session(&f);
	unlink(path);
}

/* Without memory there is an error, or the same answer. */
static void test_every_failing_allocation(void **state)
{
	char path[] = "/tmp/weir-profile-XXXXXX";
	struct fixture f;
	int failed = 0;
	(void)state;
	write_rows(path);
	open_session(&f, "rising < 3000", path);
	wait_for_end(&f);
	for (uint64_t n = 1; n < 90; n++) {
		struct weir_error err = {0};
		weir_alloc_fail_at(n, true);
		struct weir_study *study = weir_study_profile_new(false);
		if (study && weir_session_study(f.session, study, &err))
			wait_for_study(&f);
		weir_alloc_fail_at(0, false);
		if (f.studied.answer && f.studied.answer->whole)
			assert_int_equal(((const struct weir_profile *)f.studied.answer)->n_rows, 3000);
		else
			failed++;
		weir_study_answer_unref(f.studied.answer);
		weir_session_study_stop(f.session, &weir_study_profile);
		f.studied = (struct weir_studied){0};
	}
	assert_true(failed > 20);
	close_session(&f);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_columns_hold),
	    cmocka_unit_test(test_rows_that_pass_the_filter_count),
	    cmocka_unit_test(test_every_failing_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
