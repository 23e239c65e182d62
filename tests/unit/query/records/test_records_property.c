/* Stretches of records against a plain sort of all rows: any begin, offset and length, over several streams, while rows
 * arrive, segments are merged and the oldest go. WEIR_PROPERTY_CASES and WEIR_PROPERTY_SEED choose how many and which. */
#include "rows_model.h"

static struct weir_result *result_of(struct model *m, const struct weir_records_request *q, int64_t at_us,
				     const struct weir_clock *clock)
{
	struct weir_result *r = NULL;
	struct weir_error err = {0};
	struct weir_relation_snapshot *snapshot = weir_relation_snapshot(m->relation);
	struct weir_result_request request = {.at_us = at_us, .extras = weir_extras_named("records"), .records = *q};
	struct weir_plan_rows rows = {.covered_from_us = WEIR_TIME_NONE, .snapshot = snapshot, .clock = clock};
	assert_non_null(snapshot);
	assert_int_equal(weir_plan_result(m->plan, &request, &rows, NULL, &r, &err), WEIR_OK);
	weir_relation_snapshot_free(snapshot);
	return r;
}

/* Where the stretch begins among the passing rows, the newest of which is 0. */
static uint64_t begin_of(const struct model_row *rows, uint32_t n, const struct weir_records_request *q)
{
	uint64_t at = 0;
	switch (q->from) {
	case WEIR_RECORDS_NEWEST:
		break;
	case WEIR_RECORDS_OLDEST:
		at = n;
		break;
	case WEIR_RECORDS_PLACE:
		while (at < n && weir_row_place_compare(&rows[at].place, &q->place) > 0)
			at++;
		break;
	case WEIR_RECORDS_TIME:
		while (at < n && rows[at].place.time_us > q->place.time_us)
			at++;
		break;
	case WEIR_RECORDS_INDEX:
		at = q->index < n ? q->index : n;
		break;
	}
	uint64_t by = q->offset < 0 ? -(uint64_t)q->offset : (uint64_t)q->offset;
	if (q->offset < 0)
		at = by < at ? at - by : 0;
	else
		at = by < n - at ? at + by : n;
	uint64_t last = n > q->count ? n - q->count : 0;
	return at < last ? at : last;
}

static void check(struct model *m, const struct weir_records_request *q, int64_t at_us)
{
	uint32_t n;
	struct model_row *rows = model_passing(m, at_us, &n);
	struct weir_result *r = result_of(m, q, at_us, NULL);
	const struct weir_records *about = weir_result_extra(r, "records");
	uint64_t begin = begin_of(rows, n, q), left = n - begin;
	assert_int_equal(r->n_records, left < q->count ? left : q->count);
	for (uint32_t i = 0; i < r->n_records; i++) {
		const struct weir_result_record *got = r->records + i;
		const struct model_row *want = rows + begin + i;
		assert_int_equal(weir_row_place_compare(&got->place, &want->place), 0);
		assert_int_equal(got->cells[0].i, (int64_t)want->place.number);
		assert_int_equal(got->cells[1].i, want->k);
		assert_int_equal(got->position, (int64_t)want->place.number * 10);
		assert_int_equal(got->stream, want->place.stream);
		assert_int_equal(got->arrival_us, want->arrival_us);
	}
	if (about->exact) {
		assert_int_equal(about->n_total, n);
		assert_int_equal(about->n_newer, r->n_records ? begin : 0);
	}
	assert_true(about->exact || !q->counted);
	assert_false(r->more);
	weir_result_unref(r);
	free(rows);
}

static struct weir_records_request draw_request(struct model *m)
{
	struct weir_records_request q = {.from = (enum weir_records_from)model_draw(m, 5),
					 .count = 1 + (uint32_t)model_draw(m, 40),
					 .counted = model_draw(m, 2)};
	const struct model_row *r = m->rows + model_draw(m, m->n_rows);
	q.place = r->place;
	if (q.from == WEIR_RECORDS_TIME && model_draw(m, 4) == 0)
		q.place.time_us = model_draw(m, 2) ? INT64_MAX : WEIR_TIME_NONE;
	q.index = model_draw(m, m->n_rows + 10);
	switch (model_draw(m, 4)) {
	case 0:
		break;
	case 1:
		q.offset = (int64_t)model_draw(m, 20) - 10;
		break;
	case 2:
		q.offset = (int64_t)model_draw(m, 2 * (uint64_t)m->n_rows) - m->n_rows;
		break;
	default:
		q.offset = model_draw(m, 2) ? INT64_MAX : INT64_MIN;
		if (model_draw(m, 4))
			q.offset = 0;
	}
	return q;
}

static void one_case(uint64_t seed)
{
	struct model m;
	model_begin(&m, seed);
	bool weights = m.live && model_draw(&m, 10) == 0; /* a list of rows that are printed refuses them */
	uint32_t most = model_draw(&m, 5) ? 300 : 8000;
	model_ask(&m, (int64_t)model_draw(&m, MODEL_KINDS + 4));
	for (uint32_t turn = 0; turn < 10; turn++) {
		for (uint64_t batches = model_draw(&m, 4); batches-- > 0;)
			model_take(&m, (uint16_t)model_draw(&m, m.n_streams), most, weights);
		if (model_draw(&m, 4) == 0)
			model_trim(&m, (uint16_t)model_draw(&m, m.n_streams), model_draw(&m, 5) * most);
		if (model_draw(&m, 6) == 0)
			model_ask(&m, (int64_t)model_draw(&m, MODEL_KINDS + 4));
		for (int i = 0; i < 4 && m.n_rows; i++) {
			struct weir_records_request q = draw_request(&m);
			int64_t at_us =
			    model_draw(&m, 3) ? WEIR_TIME_NONE : m.rows[model_draw(&m, m.n_rows)].place.time_us;
			check(&m, &q, at_us);
		}
	}
	model_end(&m);
}

static void test_stretches_are_those_of_a_plain_sort(void **state)
{
	(void)state;
	model_run(one_case, 20, 150);
}

static int64_t steps_us;

/* Every look at the clock takes two milliseconds. */
static int64_t slow_clock(void *ctx)
{
	(void)ctx;
	return steps_us += 2000;
}

static void test_looking_ends_after_a_while_and_goes_on_with_the_next_result(void **state)
{
	(void)state;
	struct model m;
	struct weir_clock slow = {.wall_us = slow_clock, .mono_us = slow_clock};
	const struct weir_records_request q = {.count = 5, .counted = true};
	model_begin(&m, 7);
	m.n_streams = m.n_streams ? m.n_streams : 1;
	model_ask(&m, 2);
	for (int i = 0; i < 7; i++) { /* sizes that are not merged */
		model_take(&m, 0, 1, false);
		for (uint32_t k = 8000u >> i; k > 0 && k > 60; k = 0)
			model_take(&m, 0, k, false);
	}
	uint32_t results = 0, n;
	uint64_t looked = 0;
	bool more = true;
	for (; more && results < 100; results++) {
		struct weir_result *r = result_of(&m, &q, WEIR_TIME_NONE, &slow);
		const struct weir_records *about = weir_result_extra(r, "records");
		more = r->more;
		assert_int_equal(more, !about->exact);
		assert_true(about->n_looked > looked || !more);
		looked = about->n_looked;
		if (!more) {
			struct model_row *rows = model_passing(&m, WEIR_TIME_NONE, &n);
			assert_int_equal(about->n_total, n);
			assert_int_equal(about->n_looked, about->n_held);
			free(rows);
		}
		weir_result_unref(r);
	}
	assert_false(more);
	model_end(&m);
}

static void test_a_place_says_whether_it_is_gone_or_hidden(void **state)
{
	(void)state;
	struct model m;
	model_begin(&m, 3);
	m.live = false;
	model_ask(&m, MODEL_KINDS / 2);
	for (int i = 0; i < 30; i++)
		model_take(&m, 0, 500, false);
	model_trim(&m, 0, 1000);
	uint32_t seen[2] = {0};
	for (uint32_t i = 0; i < m.n_rows; i += 97) {
		struct weir_records_request q = {.from = WEIR_RECORDS_PLACE, .place = m.rows[i].place, .count = 3};
		struct weir_result *r = result_of(&m, &q, WEIR_TIME_NONE, NULL);
		const struct weir_records *about = weir_result_extra(r, "records");
		assert_int_equal(about->place_gone, !m.rows[i].held);
		if (m.rows[i].held)
			assert_int_equal(about->place_hidden, m.rows[i].k >= m.below);
		seen[m.rows[i].held]++;
		weir_result_unref(r);
	}
	assert_true(seen[0] && seen[1]);
	model_end(&m);
}

static void test_one_record_in_full(void **state)
{
	(void)state;
	struct model m;
	model_begin(&m, 5);
	model_ask(&m, 0); /* none passes: it can be opened all the same */
	model_take(&m, 0, 1, false);
	struct weir_records_request q = {.open = true, .opened = m.rows[0].place};
	struct weir_result *r = result_of(&m, &q, WEIR_TIME_NONE, NULL);
	const struct weir_records *about = weir_result_extra(r, "records");
	const struct weir_record_full *full = about->full;
	assert_int_equal(r->n_records, 0);
	assert_non_null(full);
	assert_true(full->held);
	assert_int_equal(full->arrival_us, m.wall_us);
	assert_int_equal(full->position, 0);
	assert_int_equal(full->n_fields, 6);
	assert_true(weir_str_equal(full->fields[1].name, WEIR_STR("k")));
	assert_int_equal(full->fields[1].type, WEIR_INT64);
	assert_int_equal(full->fields[1].value.i, m.rows[0].k);
	assert_true(weir_str_equal(full->stream, WEIR_STR("one")));
	assert_null(full->raw.data);
	assert_true(full->no_raw.size > 0);
	weir_result_unref(r);
	q.opened.number = 1;
	r = result_of(&m, &q, WEIR_TIME_NONE, NULL);
	about = weir_result_extra(r, "records");
	assert_false(about->full->held);
	weir_result_unref(r);
	model_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_stretches_are_those_of_a_plain_sort, model_say_seed),
	    cmocka_unit_test(test_looking_ends_after_a_while_and_goes_on_with_the_next_result),
	    cmocka_unit_test(test_a_place_says_whether_it_is_gone_or_hidden),
	    cmocka_unit_test(test_one_record_in_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
