/* Why rows differ: planted causes are found and counted exactly, chance is not, and what takes no part is said. Each finding of random
 * rows is counted again, row by row. */
#include "query/why/why.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STREAMS = 2, CELLS = 8 };
#define START INT64_C(1795341600000000)

static const char *const names[CELLS] = {"id", "region", "n", "x", "ok", "mixed", "at", "note"};
static const enum weir_type types[CELLS] = {WEIR_STRING, WEIR_STRING, WEIR_INT64,     WEIR_FLOAT64,
					    WEIR_BOOL,   WEIR_STRING, WEIR_TIMESTAMP, WEIR_STRING};
enum { ID, REGION, N, X, OK, MIXED, AT, NOTE };

struct fixture {
	struct weir_buffer *buffers[STREAMS];
	struct weir_relation *relation;
	struct weir_schema *schema, *older; /* where `mixed` was still a number */
	struct weir_dict *dicts[CELLS];
	uint64_t rows;
};

static uint64_t random_state;
static uint32_t draw(uint32_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((random_state >> 33) % below);
}

static struct weir_schema *schema_of(enum weir_type mixed)
{
	struct weir_schema *s = weir_schema_new();
	for (int i = 0; i < CELLS; i++)
		assert_int_equal(weir_schema_add(s, weir_str_of(names[i]), i == MIXED ? mixed : types[i]), i);
	return s;
}

static void begin(struct fixture *f)
{
	static const struct weir_str streams[STREAMS] = {{"one", 3}, {"two", 3}};
	*f = (struct fixture){.schema = schema_of(WEIR_STRING), .older = schema_of(WEIR_INT64)};
	for (int i = 0; i < STREAMS; i++)
		assert_non_null(f->buffers[i] = weir_buffer_new(NULL, &weir_clock_system, true));
	struct weir_relation_config config = {
	    .n_streams = STREAMS, .names = streams, .buffers = f->buffers, .clock = &weir_clock_system, .live = true};
	assert_non_null(f->relation = weir_relation_union(&config));
	weir_relation_set_columns(f->relation, 0, f->schema);
	for (int i = 0; i < CELLS; i++)
		f->dicts[i] = weir_dict_new(NULL);
	random_state = 4711;
}

static void end(struct fixture *f)
{
	weir_relation_free(f->relation);
	for (int i = 0; i < STREAMS; i++)
		weir_buffer_free(f->buffers[i]);
	for (int i = 0; i < CELLS; i++)
		weir_dict_unref(f->dicts[i]);
	weir_schema_unref(f->schema);
	weir_schema_unref(f->older);
}

/* One row, as a test wants it. */
struct row {
	bool slow; /* the planted cause holds more often */
	char id[24], region[24], mixed[24];
	int64_t n, at;
	double x;
	bool ok, has_ok, null_x, mixed_is_number;
};

static void draw_row(struct row *r, uint64_t number)
{
	static const char *const regions[] = {"eu", "us", "af-south", "ap"};
	*r = (struct row){.slow = draw(10) == 0};
	bool cause = draw(100) < (r->slow ? 60 : 3);
	snprintf(r->id, sizeof r->id, "id-%llu", (unsigned long long)number);
	snprintf(r->region, sizeof r->region, "%s", cause ? regions[2] : regions[draw(2) * 3]);
	r->n = draw(5);
	r->x = r->slow ? 250 + draw(200) : draw(300);
	r->null_x = draw(20) == 0;
	r->has_ok = draw(100) < (r->slow ? 50 : 95);
	r->ok = draw(2);
	r->at = START + (int64_t)number * 1000000;
	r->mixed_is_number = draw(2);
	snprintf(r->mixed, sizeof r->mixed, r->mixed_is_number ? "%u" : "text %u", draw(3));
}

static bool set_row(struct fixture *f, struct weir_batch *b, uint32_t at, const struct row *r, bool older)
{
	struct weir_column *c = b->columns;
	bool ok = weir_column_set_string(c + ID, at, weir_str_of(r->id), f->dicts[ID]) &&
		  weir_column_set_string(c + REGION, at, weir_str_of(r->region), f->dicts[REGION]) &&
		  weir_column_set_int64(c + N, at, r->n) &&
		  (r->null_x ? weir_column_set_null(c + X, at) : weir_column_set_float64(c + X, at, r->x)) &&
		  (!r->has_ok || weir_column_set_bool(c + OK, at, r->ok)) &&
		  weir_column_set_timestamp(c + AT, at, r->at) &&
		  weir_column_set_string(c + NOTE, at, r->slow ? WEIR_STR("slow") : WEIR_STR("quick"), NULL);
	if (older)
		return ok && weir_column_set_int64(c + MIXED, at, atoi(r->mixed));
	return ok && weir_column_set_string(c + MIXED, at, weir_str_of(r->mixed), f->dicts[MIXED]);
}

/* Stores rows that were drawn; the first batch is from before `mixed` became text. */
static void store(struct fixture *f, uint32_t n, void (*change)(struct row *r, uint64_t number))
{
	struct weir_error err = {0};
	for (uint32_t done = 0; done < n;) {
		bool older = f->rows == 0;
		uint32_t part = n - done < 1500 ? n - done : 1500;
		struct weir_batch *b = weir_batch_new(part);
		assert_true(b && weir_batch_set_schema(b, older ? f->older : f->schema) && weir_batch_add_time(b));
		for (uint32_t i = 0; i < part; i++, f->rows++) {
			struct row r;
			draw_row(&r, f->rows);
			if (change)
				change(&r, f->rows);
			if (older)
				snprintf(r.mixed, sizeof r.mixed, "%u", draw(3));
			b->time_us[i] = r.at;
			b->position[i] = (int64_t)f->rows;
			b->n_rows = i + 1;
			assert_true(set_row(f, b, i, &r, older));
		}
		for (uint32_t c = 0; c < b->n_columns; c++)
			assert_true(weir_column_finish(b->columns + c, b->n_rows));
		assert_int_equal(weir_buffer_store(f->buffers[0], b, &err), WEIR_OK);
		weir_batch_free(b);
		done += part;
	}
}

static struct weir_study_rows *hold(struct fixture *f, const char *where, const char *derive)
{
	struct weir_relation_schema *schema = weir_relation_schema(f->relation);
	struct weir_view view;
	weir_view_init(&view);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_WHERE, where, 0, NULL), WEIR_OK);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_DERIVE, derive, 0, NULL), WEIR_OK);
	struct weir_study_rows *rows = weir_study_rows_new(weir_relation_snapshot(f->relation), schema, &view);
	assert_non_null(rows);
	weir_relation_schema_unref(schema);
	weir_view_release(&view);
	return rows;
}

static struct weir_why *ask(struct weir_study_rows *rows, struct weir_why_question q, uint32_t threads)
{
	const struct weir_study_host host = {.threads = threads, .rows_a_thread = 1};
	struct weir_study *study = NULL;
	struct weir_study_answer *answer = NULL;
	struct weir_error err = {0};
	if (weir_why_new(&q, &study, &err) != WEIR_OK || weir_study_run(study, rows, &host, &answer, &err) != WEIR_OK)
		fail_msg("%s: %s", err.origin, err.what);
	weir_study_free(study);
	return (struct weir_why *)answer;
}

static struct weir_why_question about(const char *condition)
{
	return (struct weir_why_question){.condition = condition, .span = WEIR_WHY_ALWAYS, .around = WEIR_WHY_ALWAYS};
}

static const struct weir_why_finding *finding(const struct weir_why *w, const char *column)
{
	for (uint32_t i = 0; i < w->n_findings; i++)
		if (w->findings[i].n_parts == 1 && !w->findings[i].more &&
		    weir_str_equal(w->findings[i].columns[0]->name, weir_str_of(column)))
			return &w->findings[i];
	return NULL;
}

static bool set_aside(const struct weir_why *w, const char *column, enum weir_why_reason reason)
{
	for (uint32_t i = 0; i < w->n_aside; i++)
		if (weir_str_equal(w->aside[i].column, weir_str_of(column)))
			return w->aside[i].reason == reason;
	return false;
}

/* ---- counting again ---- */

static bool holds(const struct weir_why_cell *c, const struct weir_value *v)
{
	if (c->kind == WEIR_WHY_NULL || c->kind == WEIR_WHY_MISSING) /* one condition keeps both */
		return v->type == WEIR_NULL;
	if (v->type == WEIR_NULL)
		return false;
	if (c->kind == WEIR_WHY_VALUE)
		return weir_value_compare(v, &c->value) == 0;
	return (c->low.type == WEIR_NULL || weir_value_compare(v, &c->low) >= 0) &&
	       (c->high.type == WEIR_NULL || weir_value_compare(v, &c->high) < 0);
}

static uint32_t number_of(const struct weir_plan *p, struct weir_str name)
{
	const struct weir_result_column *columns;
	uint32_t n = weir_plan_row_columns(p, &columns), i = 0;
	while (i < n && !weir_str_equal(columns[i].name, name))
		i++;
	assert_true(i < n);
	return i;
}

/* Both sides of a finding; `selects` says of a row whether it is selected. */
static void count_again(struct weir_study_rows *rows, const struct weir_why *w,
			bool (*selects)(const struct weir_value *cells))
{
	struct weir_plan *p = NULL;
	struct weir_error err = {0};
	struct weir_value cells[CELLS + 4];
	bool missing[CELLS + 4];
	uint64_t *counts = calloc((size_t)w->n_findings + 1, 2 * sizeof *counts), all[2] = {0};
	assert_int_equal(weir_study_rows_bind(rows, &p, &err), WEIR_OK);
	for (uint32_t s = 0; s < weir_relation_snapshot_segments(rows->snapshot); s++) {
		const struct weir_batch *b = weir_relation_snapshot_segment(rows->snapshot, s)->rows;
		uint64_t keep[WEIR_SEGMENT_ROWS / 64];
		assert_int_equal(weir_plan_filter(p, b, keep, &err), WEIR_OK);
		for (uint32_t row = 0; row < b->n_rows; row++) {
			if (!weir_bit_get(keep, row))
				continue;
			assert_int_equal(weir_plan_row(p, b, row, cells, missing, &err), WEIR_OK);
			bool rest = !selects(cells);
			all[rest]++;
			for (uint32_t i = 0; i < w->n_findings; i++) {
				const struct weir_why_finding *f = &w->findings[i];
				bool in = true;
				for (uint32_t k = 0; k < f->n_parts; k++)
					in &= holds(&f->parts[k], &cells[number_of(p, f->columns[k]->name)]);
				counts[i * 2 + rest] += in;
			}
		}
	}
	assert_int_equal(w->selected, all[0]);
	assert_int_equal(w->rest, all[1]);
	for (uint32_t i = 0; i < w->n_findings; i++) {
		assert_int_equal(w->findings[i].selected, counts[i * 2]);
		assert_int_equal(w->findings[i].rest, counts[i * 2 + 1]);
	}
	free(counts);
	weir_plan_free(p);
}

/* What a column is shown by has all rows of both sides. */
static void check_columns(const struct weir_why *w)
{
	for (uint32_t i = 0; i < w->n_findings; i++)
		for (uint32_t k = 0; k < w->findings[i].n_parts; k++) {
			const struct weir_why_column *c = w->findings[i].columns[k];
			uint64_t selected = c->others_selected, rest = c->others_rest;
			for (uint32_t j = 0; j < c->n_cells; j++) {
				selected += c->cells[j].selected;
				rest += c->cells[j].rest;
			}
			assert_int_equal(selected, w->selected);
			assert_int_equal(rest, w->rest);
			assert_true(c->difference > 0 && c->difference <= 1);
		}
}

static bool note_is_slow(const struct weir_value *cells)
{
	return cells[NOTE].type == WEIR_STRING && weir_str_equal(cells[NOTE].s, WEIR_STR("slow"));
}

static void test_planted_causes_are_found(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f);
	store(&f, 20000, NULL);
	struct weir_study_rows *rows = hold(&f, NULL, NULL);
	for (uint32_t threads = 1; threads <= 3; threads += 2) {
		struct weir_why *w = ask(rows, about("note = 'slow'"), threads);
		const struct weir_why_finding *region = finding(w, "region"), *x = finding(w, "x"),
					      *ok = finding(w, "ok");
		assert_true(region && x && ok);
		assert_true(weir_str_equal(region->condition, WEIR_STR("region = 'af-south'")));
		assert_int_equal(x->parts[0].kind, WEIR_WHY_RANGE);
		assert_int_equal(x->parts[0].high.type, WEIR_NULL);
		assert_int_equal(ok->parts[0].kind, WEIR_WHY_MISSING);
		assert_null(finding(w, "n"));
		assert_null(finding(w, "mixed"));
		assert_true(set_aside(w, "id", WEIR_WHY_NAMES));
		assert_true(set_aside(w, "note", WEIR_WHY_DEFINES));
		assert_null(weir_why_nothing(w));
		count_again(rows, w, note_is_slow);
		check_columns(w);
		for (uint32_t i = 1; i < w->n_findings; i++)
			assert_true(w->findings[i].difference <= w->findings[i - 1].difference);
		weir_study_answer_unref(&w->answer);
	}
	weir_study_rows_unref(rows);
	end(&f);
}

/* What has more of the rows of both causes than either names it alone. */
static void plant_pair(struct row *r, uint64_t number)
{
	bool a = number % 2, b = number / 2 % 2;
	snprintf(r->region, sizeof r->region, "%s", a ? "eu" : "us");
	snprintf(r->mixed, sizeof r->mixed, "%s", b ? "new" : "old");
	r->slow = a && b ? draw(10) < 9 : draw(10) == 0;
}

static void test_pairs_are_found(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f);
	store(&f, 1500, NULL); /* while `mixed` is a number */
	store(&f, 20000, plant_pair);
	struct weir_study_rows *rows = hold(&f, "mixed in ('new', 'old')", NULL);
	struct weir_why *w = ask(rows, about("note = 'slow'"), 2);
	assert_int_equal(w->findings[0].n_parts, 2);
	assert_true(weir_str_equal(w->findings[0].condition, WEIR_STR("region = 'eu' and mixed = 'new'")) ||
		    weir_str_equal(w->findings[0].condition, WEIR_STR("mixed = 'new' and region = 'eu'")));
	count_again(rows, w, note_is_slow);
	weir_study_answer_unref(&w->answer);
	weir_study_rows_unref(rows);
	end(&f);
}

static bool of_n(const struct weir_value *cells)
{
	return cells[N].type == WEIR_INT64 && cells[N].i == 3;
}

static void test_chance_is_not_named(void **state)
{
	(void)state;
	for (uint32_t n = 20; n <= 20000; n *= 10) {
		struct fixture f;
		begin(&f);
		store(&f, n, NULL);
		struct weir_study_rows *rows = hold(&f, NULL, NULL);
		struct weir_why *w = ask(rows, about("n = 3"), 2);
		assert_int_equal(w->n_findings, 0);
		assert_non_null(weir_why_nothing(w));
		count_again(rows, w, of_n);
		weir_study_answer_unref(&w->answer);
		weir_study_rows_unref(rows);
		end(&f);
	}
}

/* ---- columns of all kinds, by conditions of all kinds ---- */

static bool x_is_high(const struct weir_value *cells)
{
	return cells[X].type == WEIR_FLOAT64 && cells[X].f >= 200;
}
static bool x_is_null(const struct weir_value *cells)
{
	return cells[X].type == WEIR_NULL;
}
static bool mixed_is_1(const struct weir_value *cells)
{
	return cells[MIXED].type == WEIR_STRING && weir_str_equal(cells[MIXED].s, WEIR_STR("1"));
}
static bool of_af(const struct weir_value *cells)
{
	return weir_str_equal(cells[REGION].s, WEIR_STR("af-south"));
}

static void plant_all(struct row *r, uint64_t number)
{
	r->n = r->x > 200 ? 3 + draw(40) : draw(60);
	snprintf(r->mixed, sizeof r->mixed, r->x > 250 ? "%u" : "t%u", draw(3));
	r->at = START + (int64_t)(r->slow ? number / 4 : number) * 1000;
	r->has_ok = draw(4);
	r->null_x = draw(r->ok ? 3 : 30) == 0;
}

static void test_counts_are_exact(void **state)
{
	static const struct {
		const char *condition;
		bool (*selects)(const struct weir_value *cells);
	} all[] = {{"x >= 200", x_is_high},
		   {"x is null", x_is_null},
		   {"mixed = '1'", mixed_is_1},
		   {"region = 'af-south'", of_af}};
	(void)state;
	struct fixture f;
	begin(&f);
	store(&f, 1500, NULL);
	store(&f, 70000, plant_all);
	struct weir_study_rows *rows =
	    hold(&f, "n <> 7", "half = n / 2\nshort = substr(mixed, 1, 1)\neven = n % 2 = 0");
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		for (uint32_t threads = 1; threads <= 3; threads++) {
			struct weir_why *w = ask(rows, about(all[i].condition), threads);
			assert_true(w->n_findings > 0);
			count_again(rows, w, all[i].selects);
			check_columns(w);
			weir_study_answer_unref(&w->answer);
		}
	weir_study_rows_unref(rows);
	end(&f);
}

/* The columns of a condition are not its reason, nor are those that a computed column of it is made of. */
static void test_what_selects_is_no_reason(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f);
	store(&f, 5000, NULL);
	struct weir_study_rows *rows = hold(&f, NULL, "high = x > 200");
	struct weir_why *w = ask(rows, about("HIGH and n >= 0"), 1);
	assert_true(set_aside(w, "high", WEIR_WHY_DEFINES));
	assert_true(set_aside(w, "x", WEIR_WHY_DEFINES));
	assert_true(set_aside(w, "n", WEIR_WHY_DEFINES));
	weir_study_answer_unref(&w->answer);
	weir_study_rows_unref(rows);
	end(&f);
}

/* ---- spans of time ---- */

static void plant_change(struct row *r, uint64_t number)
{
	if (number >= 3000)
		snprintf(r->region, sizeof r->region, "%s", draw(2) ? "new" : "eu");
	r->slow = number % 10 == 0;
}

static void test_a_span_against_the_one_before(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f);
	store(&f, 4000, plant_change);
	struct weir_study_rows *rows = hold(&f, NULL, NULL);
	int64_t from = START + INT64_C(3000) * 1000000 - 1, until = from + INT64_C(1000) * 1000000;
	struct weir_why_question q = {
	    .span = {from, until}, .around = {from - INT64_C(1000) * 1000000, from}, .before = true};
	struct weir_why *w = ask(rows, q, 2);
	assert_int_equal(w->selected, 1000);
	assert_int_equal(w->rest, 1000);
	assert_true(weir_str_equal(w->findings[0].columns[0]->name, WEIR_STR("region")));
	assert_int_equal(w->findings[0].rest, 0);
	assert_true(set_aside(w, "at", WEIR_WHY_RISES));
	weir_study_answer_unref(&w->answer);
	q.condition = "note = 'slow'";
	w = ask(rows, q, 2);
	assert_int_equal(w->selected, 100);
	assert_int_equal(w->rest, 100);
	weir_study_answer_unref(&w->answer);
	q = (struct weir_why_question){.span = {from, from + 10000000}, .around = {from, until}};
	w = ask(rows, q, 2); /* a part of a span against its other parts */
	assert_int_equal(w->selected, 10);
	assert_int_equal(w->rest, 990);
	weir_study_answer_unref(&w->answer);
	weir_study_rows_unref(rows);
	end(&f);
}

static void test_there_may_be_nothing(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f);
	struct weir_study_rows *rows = hold(&f, NULL, NULL);
	struct weir_why *w = ask(rows, about("n = 1"), 1);
	assert_string_equal(weir_why_nothing(w), "there are no rows to compare");
	weir_study_answer_unref(&w->answer);
	weir_study_rows_unref(rows);
	store(&f, 100, NULL);
	rows = hold(&f, NULL, NULL);
	w = ask(rows, about("n = 100"), 1);
	assert_string_equal(weir_why_nothing(w), "no row is selected");
	weir_study_answer_unref(&w->answer);
	w = ask(rows, about("n < 100"), 1);
	assert_non_null(strstr(weir_why_nothing(w), "all rows are selected"));
	weir_study_answer_unref(&w->answer);
	weir_study_rows_unref(rows);
	end(&f);
}

static void test_wrong_conditions_are_errors(void **state)
{
	(void)state;
	static const char *const wrong[] = {"n = ", "nn = 1", "n + 1", "count(x)"};
	struct fixture f;
	begin(&f);
	store(&f, 100, NULL);
	struct weir_study_rows *rows = hold(&f, NULL, NULL);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const struct weir_why_question q = about(wrong[i]);
		const struct weir_study_host host = {.threads = 1};
		struct weir_error err = {0};
		struct weir_study *study = NULL;
		struct weir_study_answer *answer = NULL;
		enum weir_status st = weir_why_new(&q, &study, &err);
		if (st == WEIR_OK)
			st = weir_study_run(study, rows, &host, &answer, &err);
		assert_int_equal(st, WEIR_EXPRESSION);
		assert_null(answer);
		weir_study_free(study);
	}
	weir_study_rows_unref(rows);
	end(&f);
}

/* ---- the measure ---- */

static void test_what_chance_gives(void **state)
{
	(void)state;
	static const struct {
		uint64_t rows[2], count;
	} all[] = {{{1, 1}, 1},    {{100, 900}, 1},     {{100, 900}, 7},
		   {{40, 60}, 50}, {{500, 4000}, 2000}, {{20, 100000}, 5000}};
	enum { TRIES = 20000 };
	random_state = 99;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		uint64_t n = all[i].rows[0] + all[i].rows[1];
		double sum = 0;
		uint32_t tries = all[i].count > 1000 ? TRIES / 50 : TRIES;
		for (uint32_t k = 0; k < tries; k++) { /* rows drawn without putting them back */
			uint64_t left = all[i].rows[0], counts[2] = {0};
			for (uint64_t r = 0; r < all[i].count; r++)
				if (draw((uint32_t)(n - r)) < left) {
					left--;
					counts[0]++;
				} else {
					counts[1]++;
				}
			sum += weir_why_term(counts, all[i].rows);
		}
		double mean = sum / tries, expected = weir_why_expected_term(all[i].count, all[i].rows);
		if (fabs(mean - expected) > 0.15 * mean + 1e-9)
			fail_msg("case %zu: %g, not %g", i, expected, mean);
	}
}

static void test_the_measure(void **state)
{
	(void)state;
	const uint64_t rows[2] = {100, 300}, apart[2] = {100, 0}, other[2] = {0, 300}, alike[2] = {50, 150};
	assert_true(fabs(weir_why_term(apart, rows) + weir_why_term(other, rows) - 1) < 1e-12);
	assert_true(fabs(weir_why_term(alike, rows)) < 1e-12);
	assert_true(weir_why_yes_no(apart, rows, 1) > 0.98);
	assert_true(weir_why_yes_no(alike, rows, 1) == 0);
	const uint64_t few[2] = {2, 2}, one[2] = {2, 0};
	assert_true(weir_why_yes_no(one, few, 1) == 0); /* of four rows nothing can be said */
	double raw = 0, expected = 0;
	for (int i = 0; i < 400; i++) { /* a value for each row */
		const uint64_t single[2] = {i < 100, i >= 100};
		raw += weir_why_term(single, rows);
		expected += weir_why_expected_term(1, rows);
	}
	assert_true(fabs(raw - 1) < 1e-9 && fabs(expected - 1) < 1e-9);
	assert_false(weir_why_beyond_chance(raw, expected, rows, 1));
}

static void test_bounds_read_well(void **state)
{
	(void)state;
	assert_true(weir_why_round(248, 262, 256, false) == 250 || weir_why_round(248, 262, 256, false) == 260);
	assert_true(weir_why_round(180, 260, 210, false) == 200);
	assert_true(weir_why_round(0.243, 0.262, 0.25, false) == 0.25);
	assert_true(weir_why_round(-3, 5, 2, false) == 0);
	assert_true(weir_why_round(1234.5, 1234.5, 1234.5, false) == 1234.5);
	assert_true(weir_why_round(-262, -248, -255, false) == -250 || weir_why_round(-262, -248, -255, false) == -260);
	double minute = 60e6, at = (double)START + 3.2 * minute;
	assert_true(
	    fmod(weir_why_round((double)START + 2.5 * minute, (double)START + 3.7 * minute, at, true), minute) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_planted_causes_are_found),  cmocka_unit_test(test_pairs_are_found),
	    cmocka_unit_test(test_chance_is_not_named),       cmocka_unit_test(test_counts_are_exact),
	    cmocka_unit_test(test_what_selects_is_no_reason), cmocka_unit_test(test_a_span_against_the_one_before),
	    cmocka_unit_test(test_there_may_be_nothing),      cmocka_unit_test(test_wrong_conditions_are_errors),
	    cmocka_unit_test(test_what_chance_gives),         cmocka_unit_test(test_the_measure),
	    cmocka_unit_test(test_bounds_read_well),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
