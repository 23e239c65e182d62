/* Draws schemas, rows, disorder, windows, filters, groups and measures, and compares every value of a plan's result
 * with the reference. WEIR_PROPERTY_CASES and WEIR_PROPERTY_SEED choose how many and which. */
#include "reference.h"

#include "weir/query/plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MAX_ROWS = 600, MAX_STREAMS = 3, MAX_PARTITIONS = 3 };

static uint64_t random_state;

static uint64_t draw(uint64_t below) /* SplitMix64 */
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ull;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (z ^ z >> 31) % below;
}

static bool chance(unsigned percent)
{
	return draw(100) < percent;
}

struct test_case {
	uint64_t seed;
	struct ref_row rows[MAX_ROWS]; /* in order of arrival */
	size_t n_rows;
	unsigned n_streams;
	bool has_partitions, has_time, keeps_words;   /* words in a dictionary, else as they are */
	uint16_t column_of[MAX_STREAMS][REF_COLUMNS]; /* UINT16_MAX: the stream does not have it */
	struct weir_schema *schemas[MAX_STREAMS];
	struct weir_dict *dicts[MAX_STREAMS];
	struct ref_question question;
	struct weir_view view;
	struct weir_ledger ledgers[MAX_STREAMS][MAX_PARTITIONS];
	struct weir_ledger *ledger_rows[MAX_STREAMS][MAX_PARTITIONS];
	struct weir_ledger *const *ledger_streams[MAX_STREAMS];
	struct weir_budget budget; /* a small one makes panes wider */
};

static struct test_case now;

#define CHECK(condition, ...)                                                                                          \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			print_error(                                                                                   \
			    "seed %llu, group %s, measure %s, where %s, window %s: ", (unsigned long long)now.seed,    \
			    now.view.text[WEIR_VIEW_GROUP] ? now.view.text[WEIR_VIEW_GROUP] : "-",                     \
			    now.view.text[WEIR_VIEW_MEASURE] ? now.view.text[WEIR_VIEW_MEASURE] : "-",                 \
			    now.view.text[WEIR_VIEW_WHERE] ? now.view.text[WEIR_VIEW_WHERE] : "-",                     \
			    now.view.text[WEIR_VIEW_WINDOW] ? now.view.text[WEIR_VIEW_WINDOW] : "-");                  \
			print_error(__VA_ARGS__);                                                                      \
			fail();                                                                                        \
		}                                                                                                      \
	} while (0)

static struct weir_value draw_float(void)
{
	static const double odd[] = {0.0, -0.0, 1e300, -1e300, 5e-324, 1e-200, 0.1, 1e17, 3.5};
	struct weir_value v = {.type = WEIR_FLOAT64};
	switch (draw(6)) {
	case 0:
		v.f = odd[draw(sizeof odd / sizeof *odd)];
		break;
	case 1:
		v.f = ((double)draw(2000001) - 1000000) / 7;
		break;
	case 2:
		v.f = ldexp((double)draw(UINT64_C(1) << 53), (int)draw(120) - 100);
		break;
	default:
		v.f = (double)draw(10000) / 100;
	}
	if (fabs(v.f) > 1e100 && now.seed % 4) /* the square of such a number overflows */
		v.f = 42.5;
	return v;
}

static struct weir_value draw_cell(enum ref_column c)
{
	static const char *const words[] = {"alpha", "beta", "gamma", "", "delta\n", "\xc3\xa9", "Alpha", "beta "};
	static char texts[64][24];
	struct weir_value v = {.type = WEIR_NULL};
	if (chance(8))
		return v;
	unsigned at;
	switch (c) {
	case REF_WORD:
		return (struct weir_value){.type = WEIR_STRING, .s = weir_str_of(words[draw(8)])};
	case REF_TEXT:
		at = (unsigned)draw(64);
		snprintf(texts[at], sizeof texts[at], "text of number %u", at);
		return (struct weir_value){.type = WEIR_STRING, .s = weir_str_of(texts[at])};
	case REF_INT:
		v = (struct weir_value){.type = WEIR_INT64, .i = (int64_t)draw(40) - 20};
		if (chance(3))
			v.i = chance(50) ? INT64_MAX : INT64_MIN;
		if (chance(10))
			v.i = (int64_t)draw(1000000);
		return v;
	case REF_FLOAT:
		return draw_float();
	default:
		return (struct weir_value){.type = WEIR_BOOL, .b = chance(50)};
	}
}

static void draw_rows(void)
{
	int64_t start = INT64_C(1700000000000000) + (int64_t)draw(1000) * 12345678, span = INT64_C(1)
											   << (10 + draw(24));
	now.n_rows = draw(4) ? draw(120) : draw(MAX_ROWS);
	now.n_streams = 1 + (unsigned)(draw(3) ? 0 : draw(MAX_STREAMS));
	now.has_partitions = chance(50);
	now.has_time = chance(90);
	now.keeps_words = chance(70);
	for (size_t i = 0; i < now.n_rows; i++) {
		struct ref_row *r = now.rows + i;
		*r = (struct ref_row){.stream = (uint16_t)draw(now.n_streams), .position = (int64_t)i * 10};
		r->partition = now.has_partitions ? (uint16_t)draw(MAX_PARTITIONS) : 0;
		r->time_us = !now.has_time || chance(3) ? WEIR_TIME_NONE : start + (int64_t)draw((uint64_t)span);
		if (chance(10) && i && r->time_us != WEIR_TIME_NONE)
			r->time_us = now.rows[i - 1].time_us;
		for (int c = REF_WORD; c < REF_COLUMNS; c++)
			r->cells[c] = now.column_of[r->stream][c] == UINT16_MAX ? (struct weir_value){.type = WEIR_NULL}
										: draw_cell(c);
	}
	for (size_t i = now.n_rows; i > 1; i--) { /* arrival in any order */
		size_t k = i - 1 - (chance(50) ? 0 : draw(i));
		struct ref_row t = now.rows[k];
		now.rows[k] = now.rows[i - 1];
		now.rows[i - 1] = t;
	}
}

static void draw_schemas(void)
{
	static const char *const names[REF_COLUMNS] = {"time", "word", "text", "i", "f", "flag"};
	static const enum weir_type types[REF_COLUMNS] = {WEIR_TIMESTAMP, WEIR_STRING,	WEIR_STRING,
							  WEIR_INT64,	  WEIR_FLOAT64, WEIR_BOOL};
	for (unsigned s = 0; s < MAX_STREAMS; s++) {
		unsigned first = (unsigned)draw(REF_COLUMNS);
		now.schemas[s] = weir_schema_new();
		now.dicts[s] = weir_dict_new(NULL);
		for (unsigned k = 0; k < REF_COLUMNS; k++) {
			unsigned c = (first + k) % REF_COLUMNS;
			now.column_of[s][c] = UINT16_MAX;
			if (s && c != REF_TIME && chance(10)) /* the first stream has them all */
				continue;
			int at = weir_schema_add(now.schemas[s], weir_str_of(names[c]), types[c]);
			assert_true(at >= 0);
			now.column_of[s][c] = (uint16_t)at;
			if (c == REF_TIME)
				weir_schema_set_time(now.schemas[s], at);
		}
	}
}

static void draw_question(void)
{
	struct ref_question *q = &now.question;
	struct weir_buf text = {0};
	struct weir_error err = {0};
	*q = (struct ref_question){.where = chance(40) ? (int)draw(ref_n_conditions) : -1};
	weir_view_init(&now.view);
	if (q->where >= 0)
		assert_int_equal(weir_view_set(&now.view, WEIR_VIEW_WHERE, ref_conditions[q->where].text, 0, &err),
				 WEIR_OK);
	q->n_keys = (unsigned)draw(4);
	for (unsigned k = 0, used = 0; k < q->n_keys; k++) {
		do
			q->keys[k] = (unsigned)draw(ref_n_keys);
		while (used >> q->keys[k] & 1);
		used |= 1u << q->keys[k];
		weir_buf_addf(&text, "%s%s", k ? ", " : "", ref_keys[q->keys[k]].text);
	}
	if (q->n_keys)
		assert_int_equal(weir_view_set(&now.view, WEIR_VIEW_GROUP, text.data, 0, &err), WEIR_OK);
	weir_buf_clear(&text);
	q->n_measures = 1 + (unsigned)draw(6);
	for (unsigned i = 0; i < q->n_measures; i++) {
		static const double quantiles[] = {0.5, 0.95, 0.99, 0.07, 0.999, 0.001, 0.25};
		struct ref_measure *m = q->measures + i;
		m->kind = (enum ref_kind)draw(REF_LAST + 1);
		m->where = chance(20) ? (int)draw(ref_n_conditions) : -1;
		m->quantile = quantiles[draw(7)];
		bool number = m->kind == REF_SUM || m->kind == REF_AVG || m->kind == REF_STDDEV ||
			      m->kind == REF_QUANTILE || m->kind == REF_RATE_X;
		m->column = number ? (chance(50) ? REF_INT : REF_FLOAT)
				   : (enum ref_column)(REF_WORD + draw(REF_COLUMNS - REF_WORD));
		weir_buf_add_c(&text, i ? ", " : "");
		ref_measure_text(m, &text);
		weir_buf_addf(&text, " as m%u", i);
	}
	enum weir_status status = weir_view_set(&now.view, WEIR_VIEW_MEASURE, text.data, 0, &err);
	CHECK(!status, "%s: %s\n", text.data, err.what);
	weir_buf_release(&text);
}

static bool set_cell(struct weir_column *c, uint32_t row, const struct weir_value *v, struct weir_dict *dict)
{
	switch (v->type) {
	case WEIR_NULL:
		return chance(50) || weir_column_set_null(c, row);
	case WEIR_BOOL:
		return weir_column_set_bool(c, row, v->b);
	case WEIR_INT64:
		return weir_column_set_int64(c, row, v->i);
	case WEIR_FLOAT64:
		return weir_column_set_float64(c, row, v->f);
	default:
		return weir_column_set_string(c, row, v->s, dict);
	}
}

/* The next rows of one stream as a batch; *at moves on. Rows of other streams stay for later batches: the order of
 * arrival between streams does not matter to anybody. */
static struct weir_batch *next_batch(size_t *at, bool *taken)
{
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	size_t most = 1 + draw(200);
	while (*at < now.n_rows && taken[*at])
		++*at;
	if (*at == now.n_rows) {
		weir_batch_free(b);
		return NULL;
	}
	b->stream = now.rows[*at].stream;
	assert_true(weir_batch_set_schema(b, now.schemas[b->stream]));
	assert_true(!now.has_time || weir_batch_add_time(b));
	assert_true(!now.has_partitions || weir_batch_add_partition(b));
	for (size_t i = *at; i < now.n_rows && b->n_rows < most; i++) {
		const struct ref_row *r = now.rows + i;
		if (taken[i] || r->stream != b->stream)
			continue;
		taken[i] = true;
		for (int c = REF_WORD; c < REF_COLUMNS; c++) {
			uint16_t column = now.column_of[b->stream][c];
			struct weir_dict *dict = c == REF_WORD && now.keeps_words ? now.dicts[b->stream] : NULL;
			if (column != UINT16_MAX)
				assert_true(set_cell(b->columns + column, b->n_rows, r->cells + c, dict));
		}
		if (b->time_us)
			b->time_us[b->n_rows] = r->time_us;
		if (b->partition)
			b->partition[b->n_rows] = r->partition;
		b->position[b->n_rows++] = r->position;
	}
	for (uint32_t c = 0; c < b->n_columns; c++)
		assert_true(weir_column_finish(b->columns + c, b->n_rows));
	return b;
}

struct bounds { /* of a window, on time, or on the order of rows */
	int64_t after_us, until_us;
	bool no_time;
	const struct ref_row *from;
	const bool *fed;
};

static bool in_bounds(const void *ctx, const struct ref_row *r)
{
	const struct bounds *b = ctx;
	if (b->fed && !b->fed[r - now.rows])
		return false;
	if (b->from && ref_order(r, b->from) < 0)
		return false;
	return r->time_us == WEIR_TIME_NONE ? b->no_time : r->time_us > b->after_us && r->time_us <= b->until_us;
}

static bool same_value(const struct ref_measure *m, const struct weir_value *want, const struct weir_value *got)
{
	double x, y;
	if (m->kind == REF_STDDEV && got->type == WEIR_NULL && want->type != WEIR_NULL)
		return now.seed % 4 == 0; /* squares beyond the range of a double */
	if (want->type == WEIR_NULL || got->type == WEIR_NULL)
		return want->type == got->type;
	switch (m->kind) {
	case REF_STDDEV:
		x = want->f;
		y = got->f;
		if (!isfinite(x) || x > 1e150) /* the reference's own squares overflow */
			return true;
		return fabs(x - y) <= 1e-9 * fabs(x) + 1e-150;
	case REF_QUANTILE:
		x = want->f;
		y = got->f;
		return fabs(x - y) <= 0.01 * fabs(x) + 1e-307; /* subnormal numbers are rounded to nothing */
	default:
		return want->type == got->type && weir_value_compare(want, got) == 0 && want->wide == got->wide &&
		       (!want->wide || want->hi == got->hi);
	}
}

static void say(const struct weir_value *v, struct weir_buf *out)
{
	weir_buf_addf(out, "%s ", weir_type_name(v->type));
	weir_value_text(v, out);
}

static void check_measures(const struct ref_group *want, const struct weir_value *got, const char *what)
{
	for (unsigned m = 0; m < now.question.n_measures; m++) {
		struct weir_buf x = {0}, y = {0};
		say(want->measures + m, &x);
		say(got + m, &y);
		CHECK(same_value(now.question.measures + m, want->measures + m, got + m),
		      "%s: measure %u is %s, not %s\n", what, m, y.data, x.data);
		weir_buf_release(&x);
		weir_buf_release(&y);
	}
}

static const struct ref_group *find_group(const struct ref_group *groups, size_t n, const struct weir_value *keys)
{
	for (size_t g = 0; g < n; g++) {
		unsigned k = 0;
		while (k < now.question.n_keys && !weir_value_compare(groups[g].keys + k, keys + k))
			k++;
		if (k == now.question.n_keys)
			return groups + g;
	}
	return NULL;
}

static void check_order(const struct weir_result_row *a, const struct weir_result_row *b)
{
	int c = weir_value_compare(a->measures, b->measures);
	if (a->measures->type != WEIR_NULL && b->measures->type != WEIR_NULL)
		c = -c;
	for (unsigned k = 0; !c && k < now.question.n_keys; k++)
		c = weir_value_compare(a->groups + k, b->groups + k);
	CHECK(c < 0, "rows are out of order\n");
}

/* Rows [from, from + n) of the result against one window. */
static void check_window(const struct weir_result *r, uint32_t from, uint32_t n, const struct bounds *bounds)
{
	size_t n_groups;
	struct ref_group *groups = ref_answer(&now.question, now.rows, now.n_rows, in_bounds, bounds, &n_groups);
	CHECK(n == n_groups, "%u rows instead of %zu\n", n, n_groups);
	for (uint32_t i = from; i < from + n; i++) {
		const struct weir_result_row *row = r->rows + i;
		const struct ref_group *want = find_group(groups, n_groups, row->groups);
		CHECK(want, "a group that should not be\n");
		CHECK(want->rows == row->rows, "%llu rows behind a group instead of %llu\n",
		      (unsigned long long)row->rows, (unsigned long long)want->rows);
		check_measures(want, row->measures, "row");
		if (i > from)
			check_order(row - 1, row);
	}
	free(groups);
}

/* The span of event times in a window without a length. */
static double span_seconds(const struct bounds *bounds)
{
	int64_t first = WEIR_TIME_NONE, last = WEIR_TIME_NONE;
	for (size_t i = 0; i < now.n_rows; i++) {
		const struct ref_row *r = now.rows + i;
		if (r->time_us == WEIR_TIME_NONE || !ref_passes(&now.question, r) || !in_bounds(bounds, r))
			continue;
		if (first == WEIR_TIME_NONE || r->time_us < first)
			first = r->time_us;
		if (last == WEIR_TIME_NONE || r->time_us > last)
			last = r->time_us;
	}
	return first == WEIR_TIME_NONE ? 0 : (double)(last - first) / 1e6;
}

static void check_ledgers(const struct bounds *bounds, bool counted)
{
	for (unsigned s = 0; s < now.n_streams; s++)
		for (unsigned p = 0; p < MAX_PARTITIONS; p++) {
			uint64_t matched = 0, filtered = 0, in = 0;
			const struct weir_ledger *l = &now.ledgers[s][p];
			for (size_t i = 0; i < now.n_rows; i++) {
				const struct ref_row *r = now.rows + i;
				if (r->stream != s || r->partition != p || (bounds->fed && !bounds->fed[i]))
					continue;
				bool passes = ref_passes(&now.question, r);
				matched += passes;
				filtered += !passes;
				in += passes && in_bounds(bounds, r);
			}
			CHECK(!counted || (l->matched == matched && l->filtered == filtered),
			      "matched and filtered are wrong\n");
			CHECK(!counted || (l->in_window == in && l->expired == matched - in),
			      "in the window: %llu instead of %llu, expired %llu\n", (unsigned long long)l->in_window,
			      (unsigned long long)in, (unsigned long long)l->expired);
		}
}

static struct weir_plan *bind_plan(bool live)
{
	static const struct weir_str names[MAX_STREAMS] = {{"one", 3}, {"two", 3}, {"three", 5}};
	struct weir_error err = {0};
	struct weir_plan *p = NULL;
	struct weir_plan_config config = {.view = &now.view,
					  .n_streams = now.n_streams,
					  .schemas = (const struct weir_schema *const *)now.schemas,
					  .stream_names = names,
					  .live = live,
					  .finite = !live,
					  .schemas_complete = true,
					  .budget = &now.budget};
	now.budget.limit_bytes = live && chance(30) ? 10000 + draw(1000000) : 0;
	enum weir_status status = weir_plan_bind(&config, &p, &err);
	CHECK(!status, "bind: %s\n", err.what);
	return p;
}

static void set_window(const char *text)
{
	struct weir_error err = {0};
	enum weir_status status = weir_view_set(&now.view, WEIR_VIEW_WINDOW, text, 0, &err);
	CHECK(!status, "%s: %s\n", text, err.what);
}

static void feed_all(struct weir_plan *p)
{
	bool taken[MAX_ROWS] = {false};
	size_t at = 0;
	struct weir_batch *b;
	while ((b = next_batch(&at, taken))) {
		struct weir_error err = {0};
		enum weir_status status = weir_plan_update(p, b, now.ledger_rows[b->stream], &err);
		CHECK(!status, "update: %s\n", err.what);
		weir_batch_free(b);
	}
}

static struct weir_result *result_at(struct weir_plan *p, int64_t at_us, bool screen)
{
	struct weir_result *r = NULL;
	struct weir_error err = {0};
	struct weir_result_request request = {.at_us = at_us, .screen = screen};
	enum weir_status status = weir_plan_result(p, &request, now.ledger_streams, &r, &err);
	CHECK(!status, "result: %s\n", err.what);
	return r;
}

static const char *draw_duration(int64_t *us)
{
	static const int64_t lengths[] = {1000,	   10000,    50000,	500000,	   1000000,
					  7000000, 60000000, 300000000, 3600000000};
	static char text[40];
	*us = lengths[draw(9)];
	text[weir_format_duration_us(*us, text)] = '\0';
	return text;
}

static void case_all(void)
{
	struct weir_plan *p = bind_plan(false);
	struct bounds bounds = {INT64_MIN, INT64_MAX, true, NULL, NULL};
	feed_all(p);
	now.question.seconds = span_seconds(&bounds);
	struct weir_result *r = result_at(p, WEIR_TIME_NONE, false);
	check_window(r, 0, r->n_rows, &bounds);
	check_ledgers(&bounds, true);
	weir_result_unref(r);
	weir_plan_free(p);
}

static void case_since(void)
{
	char text[80] = "since ";
	int64_t since = now.n_rows && now.rows[0].time_us != WEIR_TIME_NONE ? now.rows[0].time_us : 1700000000000000;
	weir_time_format_iso(since, text + strlen(text));
	set_window(text);
	struct weir_plan *p = bind_plan(false);
	struct bounds bounds = {since - 1, INT64_MAX, false, NULL, NULL};
	feed_all(p);
	now.question.seconds = span_seconds(&bounds);
	struct weir_result *r = result_at(p, WEIR_TIME_NONE, false);
	check_window(r, 0, r->n_rows, &bounds);
	check_ledgers(&bounds, true);
	weir_result_unref(r);
	weir_plan_free(p);
}

static int64_t floor_to(int64_t t, int64_t unit)
{
	return t - ((t % unit) + unit) % unit;
}

static void case_aligned(void)
{
	int64_t hop, size;
	char text[80];
	unsigned times = chance(50) ? 1 : 1 + (unsigned)draw(4);
	const char *duration = draw_duration(&hop);
	size = hop * times;
	if (times == 1)
		snprintf(text, sizeof text, "tumbling %s", duration);
	else
		snprintf(text, sizeof text, "hopping %lldus by %s", (long long)size, duration);
	set_window(text);
	now.question.seconds = (double)size / 1e6;
	struct weir_plan *p = bind_plan(false);
	feed_all(p);
	struct weir_result *r = result_at(p, WEIR_TIME_NONE, false);
	for (int again = 0; again < 2; again++) { /* an answer changes nothing */
		uint32_t at = 0;
		int64_t last = INT64_MIN;
		while (at < r->n_rows) {
			uint32_t n = 1;
			int64_t start = r->rows[at].window_start_us;
			while (at + n < r->n_rows && r->rows[at + n].window_start_us == start)
				n++;
			CHECK(start > last && start % hop == 0 && r->rows[at].window_end_us == start + size,
			      "windows are wrong\n");
			struct bounds bounds = {start - 1, start + size - 1, false, NULL, NULL};
			check_window(r, at, n, &bounds);
			last = start;
			at += n;
		}
		weir_result_unref(r);
		r = result_at(p, WEIR_TIME_NONE, false);
	}
	uint64_t windows = 0; /* none is missing: each row is in `times` windows */
	for (uint32_t i = 0; i < r->n_rows; i++)
		windows += r->rows[i].rows;
	uint64_t timed = 0;
	for (size_t i = 0; i < now.n_rows; i++)
		timed += now.rows[i].time_us != WEIR_TIME_NONE && ref_passes(&now.question, now.rows + i);
	CHECK(windows == timed * times, "a window is missing\n");
	struct bounds bounds = {INT64_MIN, INT64_MAX, false, NULL, NULL};
	check_ledgers(&bounds, true);
	weir_result_unref(r);
	weir_plan_free(p);
}

struct store { /* snapshots of the test's own making */
	struct weir_snapshot snapshots[MAX_STREAMS];
	const struct weir_snapshot *pointers[MAX_STREAMS];
	struct weir_segment *segments[MAX_STREAMS][MAX_ROWS];
};

static void fill_store(struct store *store)
{
	bool taken[MAX_ROWS] = {false};
	size_t at = 0;
	struct weir_batch *b;
	uint64_t n[MAX_STREAMS] = {0};
	memset(store, 0, sizeof *store);
	while ((b = next_batch(&at, taken))) {
		struct weir_snapshot *s = store->snapshots + b->stream;
		struct weir_segment *seg = calloc(1, sizeof *seg);
		seg->rows = b;
		seg->first_row = n[b->stream];
		seg->time_min_us = INT64_MAX;
		seg->time_max_us = INT64_MIN;
		n[b->stream] += b->n_rows;
		for (uint32_t i = 0; b->time_us && i < b->n_rows; i++)
			if (b->time_us[i] != WEIR_TIME_NONE) {
				seg->time_min_us = b->time_us[i] < seg->time_min_us ? b->time_us[i] : seg->time_min_us;
				seg->time_max_us = b->time_us[i] > seg->time_max_us ? b->time_us[i] : seg->time_max_us;
			}
		store->segments[b->stream][s->n_segments++] = seg;
	}
	for (unsigned s = 0; s < MAX_STREAMS; s++) {
		store->snapshots[s].segments = store->segments[s];
		store->pointers[s] = store->snapshots + s;
	}
}

static void empty_store(struct store *store)
{
	for (unsigned s = 0; s < MAX_STREAMS; s++)
		for (uint32_t i = 0; i < store->snapshots[s].n_segments; i++) {
			weir_batch_free(store->segments[s][i]->rows);
			free(store->segments[s][i]);
		}
}

static int64_t newest_time(const bool *fed)
{
	int64_t newest = WEIR_TIME_NONE;
	for (size_t i = 0; i < now.n_rows; i++)
		if ((!fed || fed[i]) && now.rows[i].time_us != WEIR_TIME_NONE &&
		    (newest == WEIR_TIME_NONE || now.rows[i].time_us > newest))
			newest = now.rows[i].time_us;
	return newest;
}

static void rebuild(struct weir_plan *p, struct store *store, int64_t at_us)
{
	struct weir_error err = {0};
	memset(now.ledgers, 0, sizeof now.ledgers);
	enum weir_status status = weir_plan_rebuild(p, store->pointers, at_us, NULL, now.ledger_streams, &err);
	CHECK(!status, "rebuild: %s\n", err.what);
	CHECK(!weir_plan_needs_rebuild(p, at_us), "wants to be rebuilt again\n");
}

static void case_sliding(void)
{
	static struct store store;
	int64_t size;
	set_window(draw_duration(&size));
	now.question.seconds = (double)size / 1e6;
	struct weir_plan *p = bind_plan(false);
	fill_store(&store);
	for (int i = 0; i < 3; i++) {
		int64_t at = i && now.n_rows ? now.rows[draw(now.n_rows)].time_us : WEIR_TIME_NONE,
			end = at != WEIR_TIME_NONE ? at : newest_time(NULL);
		if (end == WEIR_TIME_NONE)
			break;
		struct bounds bounds = {end - size, end, false, NULL, NULL};
		rebuild(p, &store, at);
		struct weir_result *r = result_at(p, at, false);
		check_window(r, 0, r->n_rows, &bounds);
		check_ledgers(&bounds, true);
		weir_result_unref(r);
	}
	empty_store(&store);
	weir_plan_free(p);
}

static int newest_first(const void *a, const void *b)
{
	return ref_order(*(const struct ref_row *const *)b, *(const struct ref_row *const *)a);
}

static void case_rows(void)
{
	static struct store store;
	char text[40];
	uint64_t wanted = 1 + draw(now.n_rows + 10);
	const struct ref_row *order[MAX_ROWS];
	size_t n = 0;
	if (!now.has_time) /* then arrival decides, and the test's own order of batches is not that of its rows */
		return;
	snprintf(text, sizeof text, "rows %llu", (unsigned long long)wanted);
	set_window(text);
	for (size_t i = 0; i < now.n_rows; i++) {
		if (now.rows[i].time_us == WEIR_TIME_NONE)
			now.rows[i].time_us = 1700000000000000;
		if (ref_passes(&now.question, now.rows + i))
			order[n++] = now.rows + i;
	}
	qsort(order, n, sizeof *order, newest_first);
	struct weir_plan *p = bind_plan(false);
	fill_store(&store);
	struct bounds bounds = {INT64_MIN, INT64_MAX, true, n ? order[(wanted < n ? wanted : n) - 1] : NULL, NULL};
	now.question.seconds = span_seconds(&bounds);
	rebuild(p, &store, WEIR_TIME_NONE);
	struct weir_result *r = result_at(p, WEIR_TIME_NONE, false);
	check_window(r, 0, r->n_rows, &bounds);
	check_ledgers(&bounds, true);
	weir_result_unref(r);
	empty_store(&store);
	weir_plan_free(p);
}

/* What a screen shows besides: the window before, others, the total, bars. */
static void check_screen(const struct weir_result *r, const struct bounds *bounds, const struct bounds *before)
{
	struct ref_question ungrouped = now.question;
	size_t n_groups, n_before = 0;
	ungrouped.n_keys = 0;
	struct ref_group *total = ref_answer(&ungrouped, now.rows, now.n_rows, in_bounds, bounds, &n_groups);
	check_measures(total, r->total.measures, "total");
	CHECK(r->total.rows == total->rows, "total has %llu rows\n", (unsigned long long)r->total.rows);
	uint64_t rows = 0;
	for (uint32_t i = 0; i < r->n_buckets; i++)
		rows += r->bucket_rows[i];
	CHECK(r->bucket_us > 0 || !r->n_buckets, "buckets without width\n");
	if (before) {
		struct ref_group *old = ref_answer(&ungrouped, now.rows, now.n_rows, in_bounds, before, &n_groups);
		struct ref_group *groups =
		    ref_answer(&now.question, now.rows, now.n_rows, in_bounds, before, &n_before);
		if (old->rows)
			check_measures(old, r->total.previous, "total before");
		for (uint32_t i = 0; i < r->n_rows && old->rows; i++) {
			const struct ref_group *g = find_group(groups, n_before, r->rows[i].groups);
			if (g)
				check_measures(g, r->rows[i].previous, "row before");
		}
		free(groups);
		free(old);
	} else {
		uint64_t timed = 0;
		for (size_t i = 0; i < now.n_rows; i++)
			timed += now.rows[i].time_us != WEIR_TIME_NONE && ref_passes(&now.question, now.rows + i) &&
				 in_bounds(bounds, now.rows + i);
		CHECK(rows == timed, "bars have %llu rows instead of %llu\n", (unsigned long long)rows,
		      (unsigned long long)timed);
	}
	free(total);
}

/* A live screen at a moment of the past, then at another, then live again. */
static void case_walk(void)
{
	static struct store store;
	int64_t size;
	const char *duration = draw_duration(&size);
	if (size < 10000 || newest_time(NULL) == WEIR_TIME_NONE)
		return;
	set_window(duration);
	now.question.seconds = (double)size / 1e6;
	struct weir_plan *p = bind_plan(true);
	now.budget.limit_bytes = 0; /* wider panes need not end at the moment */
	fill_store(&store);
	for (int i = 0; i < 4; i++) {
		int64_t at = now.rows[draw(now.n_rows)].time_us;
		struct weir_error err = {0};
		if (at == WEIR_TIME_NONE || (i && !weir_plan_needs_rebuild(p, at)))
			continue;
		enum weir_status status = weir_plan_rebuild(p, store.pointers, at, NULL, NULL, &err);
		CHECK(!status, "rebuild: %s\n", err.what);
		CHECK(!weir_plan_needs_rebuild(p, at), "wants to be rebuilt again\n");
		struct weir_result *r = result_at(p, at, true);
		struct bounds bounds = {at - size, at, false, NULL, NULL},
			      before = {at - 2 * size, at - size, false, NULL, NULL};
		check_window(r, 0, r->n_rows, &bounds);
		check_screen(r, &bounds, &before);
		weir_result_unref(r);
	}
	empty_store(&store);
	weir_plan_free(p);
}

/* Live: rows come while results are asked for; each result is true of the window that it names. */
static void case_live(void)
{
	int64_t size = 0, hop = 0;
	unsigned kind = (unsigned)draw(4);
	char text[80];
	const char *duration = draw_duration(&size);
	if (size < 10000 || !now.has_time)
		return;
	snprintf(text, sizeof text, kind == 0 ? "%s" : kind == 1 ? "tumbling %s" : "hopping 0s by %s", duration);
	hop = size;
	if (kind == 2) {
		size *= 3;
		snprintf(text, sizeof text, "hopping %lldus by %s", (long long)size, duration);
	}
	set_window(kind == 3 ? "all" : text);
	struct weir_plan *p = bind_plan(true);
	bool taken[MAX_ROWS] = {false};
	size_t at = 0;
	struct weir_batch *b;
	while ((b = next_batch(&at, taken))) {
		struct weir_error err = {0};
		enum weir_status status = weir_plan_update(p, b, now.ledger_rows[b->stream], &err);
		CHECK(!status, "update: %s\n", err.what);
		weir_batch_free(b);
		int64_t moment = newest_time(taken);
		if (chance(40) || moment == WEIR_TIME_NONE)
			continue;
		struct weir_result *r = result_at(p, chance(50) ? WEIR_TIME_NONE : moment, true);
		struct bounds bounds = {INT64_MIN, INT64_MAX, kind == 3, NULL, taken}, before = bounds;
		now.question.seconds = (double)size / 1e6;
		if (kind == 3) {
			now.question.seconds = span_seconds(&bounds);
		} else {
			bounds.after_us = r->window_start_us - (kind != 0);
			bounds.until_us = r->window_end_us - (kind != 0);
			before.after_us = bounds.after_us - (kind == 0 ? size : hop);
			before.until_us = bounds.until_us - (kind == 0 ? size : hop);
			CHECK(bounds.after_us < moment && moment <= bounds.until_us &&
				  r->window_end_us - r->window_start_us == size,
			      "the window does not hold its moment\n");
			CHECK(kind == 0 || r->window_start_us == floor_to(moment, hop) - size + hop,
			      "the window is not the one that closes first\n");
		}
		check_window(r, 0, r->n_rows, &bounds);
		check_screen(r, &bounds, kind == 3 ? NULL : &before);
		check_ledgers(&bounds, true);
		weir_result_unref(r);
	}
	weir_plan_free(p);
}

static void run_case(uint64_t seed)
{
	static void (*const cases[])(void) = {case_all,	 case_since, case_aligned, case_sliding,
					      case_rows, case_live,  case_live,	   case_walk};
	memset(&now, 0, sizeof now);
	now.seed = random_state = seed;
	for (unsigned s = 0; s < MAX_STREAMS; s++) {
		now.ledger_streams[s] = now.ledger_rows[s];
		for (unsigned p = 0; p < MAX_PARTITIONS; p++)
			now.ledger_rows[s][p] = &now.ledgers[s][p];
	}
	draw_schemas();
	draw_rows();
	draw_question();
	cases[draw(sizeof cases / sizeof *cases)]();
	weir_view_release(&now.view);
	CHECK(weir_budget_used(&now.budget) == 0, "%lld bytes are still charged\n",
	      (long long)weir_budget_used(&now.budget));
	for (unsigned s = 0; s < MAX_STREAMS; s++) {
		weir_schema_unref(now.schemas[s]);
		weir_dict_unref(now.dicts[s]);
	}
}

static void test_plans_agree_with_reference(void **state)
{
	const char *cases = getenv("WEIR_PROPERTY_CASES"), *seed = getenv("WEIR_PROPERTY_SEED");
	uint64_t n = cases ? strtoull(cases, NULL, 10) : 4000, first = seed ? strtoull(seed, NULL, 10) : 1;
	(void)state;
	for (uint64_t i = 0; i < n; i++)
		run_case(first + i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_plans_agree_with_reference)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
