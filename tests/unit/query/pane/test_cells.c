/* Panes whose cells lie in tables, in blocks, and in what suits them, give the same answers: over random windows, filters,
 * measures and rows that come out of order, after each of a few batches, and after plans of different layouts were merged. */
#include "../plan/fixture.h"

#include "query/plan/plan.h"

enum { LAYOUTS = 3, MOST_ROWS = 1500, CASES = 80 };

/* Tables, what takes less, blocks. */
static const uint32_t table_bytes[LAYOUTS] = {0, WEIR_TABLE_BYTES, 1 << 20};

static uint64_t random_state;

static uint64_t draw(uint64_t below)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ull;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (z ^ z >> 31) % below;
}

static const char *one_of(const char *const *texts, size_t n)
{
	return texts[draw(n)];
}
#define ONE_OF(...)                                                                                                    \
	one_of((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

struct drawn {
	const char *where, *group, *measure, *window;
	bool live;
	uint32_t n_words;
	double second;
	struct input_row rows[MOST_ROWS];
	char words[MOST_ROWS][16];
	uint32_t n;
};

static void draw_view(struct drawn *d)
{
	d->where = ONE_OF(NULL, "n > 20", "x < 0.3");
	d->group = ONE_OF("word", "word", "word, n % 3 as m", "n");
	d->measure = ONE_OF("count", "count,sum(n),avg(x)", "p90(x),min(n)", "distinct(n),max(x),first(n),last(word)",
			    "stddev(x),count(x)");
	d->window = ONE_OF("60s", "5m", "tumbling 1m", "hopping 2m by 1m", "all", "10m");
	d->live = draw(4) != 0;
	d->n_words = (uint32_t)(2 + draw(draw(2) ? 12 : 900));
	d->second = 0;
}

static void draw_rows(struct drawn *d)
{
	double step = draw(8) ? (double)draw(100) / 1000 : 3, back = draw(2) ? 0 : (double)draw(120);
	uint32_t shift = draw(3) ? 0 : (uint32_t)draw(1000000); /* other words: groups come and go */
	d->n = (uint32_t)(1 + draw(MOST_ROWS));
	for (uint32_t i = 0; i < d->n; i++) {
		d->second += step;
		double second = d->second - (draw(10) ? 0 : back);
		snprintf(d->words[i], sizeof d->words[i], "w%u", (uint32_t)draw(d->n_words) + shift);
		d->rows[i] = (struct input_row){.second = second < 0 ? 0 : second,
						.word = draw(50) ? d->words[i] : NULL,
						.n = (int64_t)draw(100),
						.x = (double)draw(1000) / 1000};
	}
}

static void put_values(const struct weir_value *values, uint32_t n, struct weir_buf *out)
{
	for (uint32_t i = 0; values && i < n; i++) {
		weir_buf_add_char(out, ' ');
		weir_value_json(values + i, out);
	}
}

static void put_row(const struct weir_result *r, const struct weir_result_row *row, struct weir_buf *out)
{
	weir_buf_addf(out, "%llu", (unsigned long long)row->rows);
	put_values(row->groups, r->n_groups, out);
	put_values(row->measures, r->n_measures, out);
	put_values(row->compared, r->n_measures, out);
	put_values(row->previous, r->n_measures, out);
	for (uint32_t i = 0; row->spark && i < r->n_buckets; i++)
		weir_buf_addf(out, " %.17g", row->spark[i]);
	weir_buf_add_char(out, '\n');
}

static void put_answer(struct fixture *f, bool live, struct weir_buf *out)
{
	struct weir_result *r = answer(f, live ? 20 : 0, live);
	weir_buf_clear(out);
	weir_buf_addf(out, "%u rows of %llu, %u buckets\n", r->n_rows, (unsigned long long)r->n_rows_total,
		      r->n_buckets);
	for (uint32_t i = 0; i < r->n_rows; i++)
		put_row(r, r->rows + i, out);
	put_row(r, &r->total, out);
	if (r->has_others)
		put_row(r, &r->others, out);
	for (uint32_t i = 0; i < r->n_series; i++)
		for (uint32_t k = 0; k < r->n_buckets; k++)
			weir_buf_addf(out, " %.17g", r->series[i].values[k]);
	weir_result_unref(r);
	assert_false(out->failed);
}

static void ask(struct fixture *f, const struct drawn *d, uint32_t layout)
{
	set(f, WEIR_VIEW_WHERE, d->where);
	set(f, WEIR_VIEW_GROUP, d->group);
	set(f, WEIR_VIEW_MEASURE, d->measure);
	set(f, WEIR_VIEW_WINDOW, d->window);
	bind_view(f, d->live);
	f->plan->chart_buckets = d->live ? 40 : 0;
	f->plan->panes.table_bytes = table_bytes[layout];
}

static void compare(struct fixture *f, const struct drawn *d, uint64_t seed, struct weir_buf *texts)
{
	for (uint32_t k = 0; k < LAYOUTS; k++)
		put_answer(f + k, d->live, texts + k);
	for (uint32_t k = 1; k < LAYOUTS; k++) /* groups without a pane are gone */
		assert_int_equal(f[k].plan->groups.n_live, f->plan->groups.n_live);
	for (uint32_t k = 1; k < LAYOUTS; k++)
		if (!weir_str_equal(weir_buf_str(texts), weir_buf_str(texts + k)))
			fail_msg("case %llu: %s by %s in %s where %s: layout %u says\n" WEIR_STR_FMT
				 "\ninstead of\n" WEIR_STR_FMT,
				 (unsigned long long)seed, d->measure, d->group, d->window, d->where ? d->where : "-",
				 k, WEIR_STR_ARG(weir_buf_str(texts + k)), WEIR_STR_ARG(weir_buf_str(texts)));
}

/* Into each plan one of another layout. Plans that are merged have not answered yet: nothing is in their ranges. */
static void merge(struct fixture *f, struct fixture *others)
{
	for (uint32_t k = 0; k < LAYOUTS; k++) {
		weir_range_clear(&f[k].plan->now);
		weir_range_clear(&f[k].plan->before);
		assert_int_equal(weir_plan_merge(f[k].plan, others[(k + 1) % LAYOUTS].plan, &f[k].err), WEIR_OK);
	}
}

static void feed_all(struct fixture *f, const struct drawn *d)
{
	for (uint32_t k = 0; k < LAYOUTS; k++) {
		fill(f + k, d->rows, d->n);
		feed(f + k);
	}
}

static uint32_t blocks_of(const struct fixture *f)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < f->plan->panes.n; i++)
		n += f->plan->panes.panes[i]->room > 0;
	return n;
}

static void run(uint64_t seed, uint32_t *blocks, uint32_t *tables)
{
	static struct drawn d;
	struct fixture f[LAYOUTS], others[LAYOUTS];
	struct weir_buf texts[LAYOUTS] = {{0}};
	random_state = seed;
	draw_view(&d);
	for (uint32_t k = 0; k < LAYOUTS; k++) {
		fixture_begin(f + k);
		fixture_begin(others + k);
		ask(f + k, &d, k);
		ask(others + k, &d, k);
	}
	for (uint64_t batches = 1 + draw(8); batches > 0; batches--) {
		draw_rows(&d);
		feed_all(f, &d);
		if (draw(2))
			compare(f, &d, seed, texts);
	}
	draw_rows(&d);
	feed_all(others, &d);
	merge(f, others);
	compare(f, &d, seed, texts);
	*blocks += blocks_of(f + 1);
	*tables += f[1].plan->panes.n - blocks_of(f + 1);
	d.second += 10000; /* what was counted leaves all windows */
	draw_rows(&d);
	feed_all(f, &d);
	compare(f, &d, seed, texts);
	for (uint32_t k = 0; k < LAYOUTS; k++) {
		fixture_end(f + k);
		fixture_end(others + k);
		weir_buf_release(texts + k);
	}
}

static void test_layouts_agree(void **state)
{
	uint32_t blocks = 0, tables = 0;
	(void)state;
	for (uint64_t seed = 1; seed <= CASES; seed++)
		run(seed, &blocks, &tables);
	assert_true(blocks > CASES && tables > CASES); /* the one that suits is not always the same */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_layouts_agree)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
