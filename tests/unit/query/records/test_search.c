/* Searches: the finder against known matches, and the study against looking at each row, over several streams, while rows
 * arrive and the oldest go. WEIR_PROPERTY_CASES and WEIR_PROPERTY_SEED choose how many and which. */
#include "rows_model.h"
#include "weir/query/search.h"

static void check_find(const char *what, const char *text, long at, long size)
{
	struct weir_finder *f;
	size_t found_at = 0, found_size = 0;
	assert_int_equal(weir_finder_new(weir_str_of(what), &f, NULL), WEIR_OK);
	bool found = weir_finder_find(f, weir_str_of(text), 0, &found_at, &found_size, NULL);
	if (found != (at >= 0) || (found && ((long)found_at != at || (long)found_size != size)))
		print_error("%s in %s: %d %zu %zu\n", what, text, found, found_at, found_size);
	assert_int_equal(found, at >= 0);
	if (found) {
		assert_int_equal(found_at, at);
		assert_int_equal(found_size, size);
	}
	weir_finder_free(f);
}

static void test_a_text_is_found_in_either_case_unless_it_has_a_capital(void **state)
{
	(void)state;
	check_find("error", "an Error here", 3, 5);
	check_find("error", "ERRO", -1, 0);
	check_find("Error", "an error here, an Error there", 18, 5);
	check_find("a.b", "aXb a.b", 4, 3);
	check_find("x", "", -1, 0);
	check_find("zz", "zzz", 0, 2);
	check_find("aab", "aaaAaB", 3, 3);
	check_find("caf\xc3\xa9", "un CAF\xc3\x89 noir", 3, 5);
	check_find("\xc3\x89", "\xc3\xa9 \xc3\x89", 3, 2);
	check_find("/api/", "GET /api/x", 5, 3); /* a pattern */
	check_find("//", "a // b", 2, 2);
	check_find("/a", "x/A", 1, 2);
}

static void test_a_pattern_stands_between_slashes(void **state)
{
	(void)state;
	check_find("/time(d)?out/", "it TIMEDOUT", 3, 8);
	check_find("/Time.out/", "a time-out, a Time-out", 14, 8);
	check_find("/\\S+\\W/", "ab cd", 0, 3); /* \S and \W are no capitals */
	check_find("/^b/", "ab", -1, 0);
	check_find("/x*/", "yyy", 0, 0);
	struct weir_finder *f;
	struct weir_error err = {0};
	assert_int_equal(weir_finder_new(WEIR_STR("/a(b/"), &f, &err), WEIR_EXPRESSION);
	assert_non_null(strstr(err.what, "character 4"));
	assert_int_equal(weir_finder_new(WEIR_STR(""), &f, &err), WEIR_USAGE);
	assert_null(f);
}

static void test_the_next_match_is_searched_behind_the_one_before(void **state)
{
	(void)state;
	static const char *const whats[] = {"ab", "/a./", "/^a./"};
	static const int matches[] = {3, 3, 1};
	for (int i = 0; i < 3; i++) {
		struct weir_finder *f;
		size_t at = 0, size = 0, from = 0;
		int n = 0;
		assert_int_equal(weir_finder_new(weir_str_of(whats[i]), &f, NULL), WEIR_OK);
		for (; weir_finder_find(f,
					WEIR_STR("abxAB\xc3\xa9"
						 "aBy"),
					from, &at, &size, NULL);
		     n++)
			from = at + size;
		assert_int_equal(n, matches[i]);
		weir_finder_free(f);
	}
}

/* ---- the study ---- */

static struct weir_study_rows *rows_of(struct model *m, int64_t moment_us)
{
	struct weir_relation_schema *schema = weir_relation_schema(m->relation);
	struct weir_study_rows *rows = weir_study_rows_new(weir_relation_snapshot(m->relation), schema, &m->view);
	weir_relation_schema_unref(schema);
	assert_non_null(rows);
	rows->moment_us = moment_us;
	rows->generation = 7;
	rows->live = m->live;
	rows->finite = !m->live;
	return rows;
}

struct offers {
	struct weir_study_answer *first;
};

static void offered(void *ctx, struct weir_study_answer *part)
{
	struct offers *o = ctx;
	if (o->first)
		weir_study_answer_unref(part);
	else
		o->first = part;
}

static struct weir_search_answer *run(struct model *m, const struct weir_search_config *config, int64_t moment_us,
				      struct offers *offers)
{
	struct weir_study *study;
	struct weir_study_answer *answer = NULL;
	struct weir_error err = {0};
	struct weir_study_rows *rows = rows_of(m, moment_us);
	struct weir_study_host host = {
	    .threads = 1 + (uint32_t)model_draw(m, 3), .rows_a_thread = 100, .offered = offered, .ctx = offers};
	assert_int_equal(weir_search_new(config, &study, &err), WEIR_OK);
	assert_int_equal(weir_study_run(study, rows, &host, &answer, &err), WEIR_OK);
	weir_study_free(study);
	weir_study_rows_unref(rows);
	return (struct weir_search_answer *)answer;
}

static bool row_holds(struct weir_finder *f, const struct model_row *r, bool words_only)
{
	char texts[6][80] = {{0}};
	size_t at, size;
	snprintf(texts[0], 80, "%s", model_words[r->text]);
	snprintf(texts[1], 80, "%llu", (unsigned long long)r->place.number);
	snprintf(texts[2], 80, "%lld", (long long)r->k);
	model_line(r, texts[3]);
	if (r->place.number % 10)
		texts[4][weir_format_double(model_x(r), texts[4])] = '\0';
	if (r->place.number % 10)
		texts[5][weir_time_format_iso(model_sent(r), texts[5])] = '\0';
	for (int i = 0; i < (words_only ? 1 : 6); i++)
		if ((i < 4 || texts[i][0]) && weir_finder_find(f, weir_str_of(texts[i]), 0, &at, &size, NULL))
			return true;
	return false;
}

/* What the answer says of the next match from a place must be what looking at all rows says, or that it does not know. */
static bool check_step(const struct weir_search_answer *a, const struct model_row *matches, uint32_t n,
		       const struct weir_row_place *from, bool newer)
{
	struct weir_row_place got;
	const struct model_row *want = NULL;
	for (uint32_t i = 0; i < n; i++) {
		int side = weir_row_place_compare(&matches[i].place, from);
		if (newer && side > 0)
			want = &matches[i];
		if (!newer && side < 0 && !want)
			want = &matches[i];
	}
	enum weir_search_next next = weir_search_step(a, from, newer, &got);
	if (next == WEIR_SEARCH_UNKNOWN)
		return false;
	assert_int_equal(next, want ? WEIR_SEARCH_FOUND : WEIR_SEARCH_NONE);
	if (want)
		assert_int_equal(weir_row_place_compare(&got, &want->place), 0);
	return true;
}

static void check_answer(const struct weir_search_answer *a, const struct model_row *matches, uint32_t n,
			 const struct model *m, bool whole)
{
	if (whole) {
		assert_true(a->base.whole && a->reaches_newest && a->reaches_oldest);
		assert_int_equal(a->n_matches, n);
		assert_int_equal(a->n_places, n);
		assert_int_equal(a->n_newer, 0);
	}
	assert_true(a->n_matches <= n);
	for (uint32_t i = 0; i < m->n_rows; i += 1 + m->n_rows / 50) {
		bool known = check_step(a, matches, n, &m->rows[i].place, true) &&
			     check_step(a, matches, n, &m->rows[i].place, false);
		assert_true(known || !whole);
	}
	for (uint32_t i = 0; whole && i < n; i += 1 + n / 20) {
		uint64_t index;
		assert_true(weir_search_holds(a, &matches[i].place, &index));
		assert_int_equal(index, i);
	}
}

static const char *draw_what(struct model *m)
{
	static const char *const whats[] = {"get",
					    "POST",
					    "post",
					    "1",
					    "77",
					    "Of",
					    "of p",
					    "\xc3\xa9t",
					    "caf\xc3\xa9",
					    "/^row/",
					    "/9$/",
					    "/p.t/",
					    ".25",
					    "e/7",
					    "nowhere",
					    "/x*/",
					    "w 12",
					    " ",
					    "/^$/",
					    "00z",
					    "69-12-31t23:5",
					    "/:0[0-3].3+Z/",
					    "5"};
	return whats[model_draw(m, sizeof whats / sizeof *whats)];
}

static void one_search(struct model *m, struct weir_search_answer **earlier, const char **what)
{
	static const struct weir_str word = {"word", 4};
	struct offers offers = {0};
	bool words_only = model_draw(m, 8) == 0, again = *earlier && model_draw(m, 2);
	if (!again)
		*what = draw_what(m);
	struct weir_search_config config = {.what = weir_str_of(*what),
					    .from = m->rows[model_draw(m, m->n_rows)].place,
					    .newer = model_draw(m, 2),
					    .nearest_only = !again && model_draw(m, 6) == 0,
					    .columns = &word,
					    .n_columns = words_only && !again,
					    .earlier = again ? *earlier : NULL};
	int64_t moment_us = model_draw(m, 3) ? WEIR_TIME_NONE : m->rows[model_draw(m, m->n_rows)].place.time_us;
	if (again)
		moment_us = WEIR_TIME_NONE;
	struct weir_search_answer *a = run(m, &config, moment_us, &offers);
	struct weir_finder *f;
	uint32_t n, n_matches = 0;
	struct model_row *rows = model_passing(m, moment_us, &n);
	assert_int_equal(weir_finder_new(config.what, &f, NULL), WEIR_OK);
	for (uint32_t i = 0; i < n; i++)
		if (row_holds(f, &rows[i], config.n_columns))
			rows[n_matches++] = rows[i];
	check_answer(a, rows, n_matches, m, !config.nearest_only && n_matches < WEIR_SEARCH_PLACES / 2);
	assert_true(a->base.whole || config.nearest_only);
	if (offers.first) {
		const struct weir_search_answer *first = (const struct weir_search_answer *)offers.first;
		check_answer(first, rows, n_matches, m, false);
		assert_true(check_step(first, rows, n_matches, &config.from, config.newer));
	}
	weir_study_answer_unref(offers.first);
	weir_finder_free(f);
	free(rows);
	if (*earlier)
		weir_study_answer_unref(&(*earlier)->base);
	*earlier = a;
	if (config.n_columns || config.nearest_only) {
		weir_study_answer_unref(&a->base);
		*earlier = NULL;
	}
}

static void one_case(uint64_t seed)
{
	struct model m;
	struct weir_search_answer *earlier = NULL;
	const char *what = NULL;
	model_begin(&m, seed);
	uint32_t most = model_draw(&m, 5) ? 300 : 5000;
	model_ask(&m, (int64_t)model_draw(&m, MODEL_KINDS + 4));
	for (uint32_t turn = 0; turn < 5; turn++) {
		for (uint64_t batches = model_draw(&m, 5); batches-- > 0;)
			model_take(&m, (uint16_t)model_draw(&m, m.n_streams), most, false);
		if (model_draw(&m, 4) == 0)
			model_trim(&m, (uint16_t)model_draw(&m, m.n_streams), model_draw(&m, 5) * most);
		for (int i = 0; i < 3 && m.n_rows; i++)
			one_search(&m, &earlier, &what);
	}
	if (earlier)
		weir_study_answer_unref(&earlier->base);
	model_end(&m);
}

static void test_matches_are_those_of_looking_at_each_row(void **state)
{
	(void)state;
	model_run(one_case, 30, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_text_is_found_in_either_case_unless_it_has_a_capital),
	    cmocka_unit_test(test_a_pattern_stands_between_slashes),
	    cmocka_unit_test(test_the_next_match_is_searched_behind_the_one_before),
	    cmocka_unit_test_teardown(test_matches_are_those_of_looking_at_each_row, model_say_seed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
