/* The runner of studies: each piece once a pass, on several threads, in order where that is asked for; errors, ends and
 * cancelling. */
#include "weir/query/study.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PIECES = 500 };

struct found {
	struct weir_study_answer answer;
	uint64_t sum;
};

struct trial {
	struct weir_study study;
	uint32_t passes, pass;
	_Atomic uint32_t times[PIECES]; /* that a piece was begun */
	_Atomic uint32_t begun;
	_Atomic bool out_of_order;
	uint32_t shares;
	uint32_t end_at, fail_at; /* pieces; PIECES: none */
	bool fail_begin, offer;
	_Atomic bool *cancel; /* set at piece end_at; NULL */
	_Atomic bool *freed;
};

static void free_found(struct weir_study_answer *a)
{
	free(a);
}

static struct weir_study_answer *found(uint64_t sum, bool whole)
{
	struct found *f = calloc(1, sizeof *f);
	f->answer.refs = 1;
	f->answer.free = free_found;
	f->answer.whole = whole;
	f->sum = sum;
	return &f->answer;
}

static enum weir_status begin(struct weir_study *s, struct weir_study_rows *rows, uint32_t shares,
			      struct weir_study_work *work, struct weir_error *err)
{
	struct trial *t = (struct trial *)s;
	assert_non_null(rows->snapshot);
	assert_int_equal(work->n_pieces, 0);
	work->n_pieces = PIECES;
	work->n_rows = PIECES * t->passes;
	t->shares = shares;
	return t->fail_begin ? weir_fail(err, WEIR_EXPRESSION, "trial", "begin fails") : WEIR_OK;
}

static enum weir_status piece(struct weir_study *s, struct weir_study_run *run, uint32_t share, uint32_t number,
			      struct weir_error *err)
{
	struct trial *t = (struct trial *)s;
	if (atomic_fetch_add(&t->begun, 1) != number)
		t->out_of_order = true;
	t->times[number]++;
	if (share >= t->shares)
		return weir_fail(err, WEIR_INTERNAL, "trial", "no such share");
	if (number == t->end_at && t->cancel)
		*t->cancel = true;
	else if (number == t->end_at)
		return WEIR_END;
	if (number == t->fail_at)
		return weir_fail(err, WEIR_TOO_LARGE, "trial", "piece fails");
	weir_study_advance(run, share, 1);
	if (t->offer && number == 0)
		weir_study_offer(run, found(1, false));
	return weir_study_cancelled(run) ? WEIR_CANCELLED : WEIR_OK;
}

static enum weir_status join(struct weir_study *s, struct weir_study_work *work, bool *again,
			     struct weir_study_answer **out, struct weir_error *err)
{
	struct trial *t = (struct trial *)s;
	uint64_t sum = 0;
	(void)err;
	(void)work;
	if (++t->pass < t->passes) {
		*again = true;
		t->begun = 0;
		return WEIR_OK;
	}
	for (uint32_t i = 0; i < PIECES; i++)
		sum += t->times[i];
	*out = found(sum, true);
	return WEIR_OK;
}

static void free_trial(struct weir_study *s)
{
	*((struct trial *)s)->freed = true;
}

static const struct weir_study_ops shared = {
    .name = "trial", .begin = begin, .piece = piece, .join = join, .free = free_trial};
static const struct weir_study_ops ordered = {
    .name = "trial", .in_order = true, .begin = begin, .piece = piece, .join = join, .free = free_trial};

struct heard {
	uint32_t advances, offers;
};
static void advanced(void *ctx)
{
	((struct heard *)ctx)->advances++;
}
static void offered(void *ctx, struct weir_study_answer *part)
{
	((struct heard *)ctx)->offers++;
	assert_false(part->whole);
	weir_study_answer_unref(part);
}

static struct weir_study_rows *no_rows(void)
{
	struct weir_relation_snapshot *snapshot = calloc(1, sizeof *snapshot);
	struct weir_relation_schema *schema = weir_relation_schema_new(0, NULL, NULL);
	struct weir_view view;
	weir_view_init(&view);
	struct weir_study_rows *rows = weir_study_rows_new(snapshot, schema, &view);
	assert_non_null(rows);
	weir_relation_schema_unref(schema);
	weir_view_release(&view);
	return rows;
}

static struct trial trial_of(const struct weir_study_ops *ops, _Atomic bool *freed)
{
	return (struct trial){.study = {ops}, .passes = 1, .end_at = PIECES, .fail_at = PIECES, .freed = freed};
}

static enum weir_status run(struct trial *t, struct weir_study_host *host, uint64_t *sum, struct weir_error *err)
{
	struct weir_study_rows *rows = no_rows();
	struct weir_study_answer *answer;
	enum weir_status st = weir_study_run(&t->study, rows, host, &answer, err);
	*sum = answer ? ((struct found *)answer)->sum : 0;
	assert_int_equal(st == WEIR_OK, answer != NULL);
	weir_study_answer_unref(answer);
	weir_study_rows_unref(rows);
	return st;
}

static void test_each_piece_once_a_pass(void **state)
{
	(void)state;
	for (int in_order = 0; in_order < 2; in_order++) {
		_Atomic bool freed = false;
		struct trial t = trial_of(in_order ? &ordered : &shared, &freed);
		struct weir_study_progress progress;
		struct heard heard = {0};
		struct weir_study_host host = {
		    .progress = &progress, .advanced = advanced, .offered = offered, .ctx = &heard};
		struct weir_error err = {0};
		uint64_t sum;
		t.passes = 3;
		t.offer = true;
		assert_int_equal(run(&t, &host, &sum, &err), WEIR_OK);
		assert_int_equal(sum, 3 * PIECES);
		for (uint32_t i = 0; i < PIECES; i++)
			assert_int_equal(t.times[i], 3);
		assert_int_equal(progress.rows, 3 * PIECES);
		assert_int_equal(progress.done_rows, 3 * PIECES);
		assert_int_equal(heard.advances, 3 * PIECES);
		assert_int_equal(heard.offers, 3);
		assert_false(t.out_of_order); /* of one share, they are in order either way */
		assert_false(freed);
		weir_study_free(&t.study);
		assert_true(freed);
	}
}

static void test_a_failure_ends_it(void **state)
{
	(void)state;
	_Atomic bool freed;
	struct weir_error err = {0};
	struct weir_study_host host = {.threads = 1};
	uint64_t sum;
	struct trial t = trial_of(&ordered, &freed);
	t.fail_at = 20;
	assert_int_equal(run(&t, &host, &sum, &err), WEIR_TOO_LARGE);
	assert_string_equal(err.what, "piece fails");
	assert_int_equal(t.times[20], 1);
	assert_int_equal(t.times[21], 0);
	t = trial_of(&ordered, &freed);
	t.fail_begin = true;
	assert_int_equal(run(&t, &host, &sum, &err), WEIR_EXPRESSION);
	assert_int_equal(t.times[0], 0);
}

static void test_an_end_is_no_failure(void **state)
{
	(void)state;
	_Atomic bool freed;
	struct weir_error err = {0};
	struct weir_study_host host = {.threads = 1};
	uint64_t sum;
	struct trial t = trial_of(&ordered, &freed);
	t.end_at = 20;
	assert_int_equal(run(&t, &host, &sum, &err), WEIR_OK);
	assert_int_equal(sum, 21);
}

static void test_it_can_be_given_up(void **state)
{
	(void)state;
	_Atomic bool freed, cancel = false;
	struct weir_error err = {0};
	struct weir_study_host host = {.threads = 1, .cancel = &cancel};
	uint64_t sum;
	struct trial t = trial_of(&ordered, &freed);
	t.end_at = 20;
	t.cancel = &cancel;
	assert_int_equal(run(&t, &host, &sum, &err), WEIR_CANCELLED);
	assert_int_equal(err.code, WEIR_CANCELLED);
	assert_int_equal(t.times[20], 1);
	assert_int_equal(t.times[21], 0);
}

struct rests {
	_Atomic uint32_t n;
	_Atomic bool *cancel;
};
static void rest(void *ctx)
{
	struct rests *r = ctx;
	if (++r->n == 7)
		*r->cancel = true;
}

/* While something urgent goes on it waits in the host, which may give it up meanwhile. */
static void test_it_rests_where_it_can_be_given_up(void **state)
{
	(void)state;
	_Atomic bool freed, cancel = false;
	struct weir_error err = {0};
	struct rests rests = {.cancel = &cancel};
	struct weir_study_host host = {.threads = 1, .cancel = &cancel, .rest = rest, .ctx = &rests};
	uint64_t sum;
	struct trial t = trial_of(&ordered, &freed);
	assert_int_equal(run(&t, &host, &sum, &err), WEIR_CANCELLED);
	assert_int_equal(rests.n, 7);
	assert_int_equal(t.begun, 3); /* before each piece, and in it */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_piece_once_a_pass),
	    cmocka_unit_test(test_a_failure_ends_it),
	    cmocka_unit_test(test_an_end_is_no_failure),
	    cmocka_unit_test(test_it_can_be_given_up),
	    cmocka_unit_test(test_it_rests_where_it_can_be_given_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
