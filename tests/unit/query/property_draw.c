#include "property.h"

struct test_case now;

static uint64_t random_state;

uint64_t draw(uint64_t below) /* SplitMix64 */
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ull;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (z ^ z >> 31) % below;
}

bool chance(unsigned percent)
{
	return draw(100) < percent;
}

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
struct weir_batch *next_batch(size_t *at, bool *taken)
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

const char *draw_duration(int64_t *us)
{
	static const int64_t lengths[] = {1000,	   10000,    50000,	500000,	   1000000,
					  7000000, 60000000, 300000000, 3600000000};
	static char text[40];
	*us = lengths[draw(9)];
	text[weir_format_duration_us(*us, text)] = '\0';
	return text;
}

void fill_store(struct store *store)
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

void empty_store(struct store *store)
{
	for (unsigned s = 0; s < MAX_STREAMS; s++)
		for (uint32_t i = 0; i < store->snapshots[s].n_segments; i++) {
			weir_batch_free(store->segments[s][i]->rows);
			free(store->segments[s][i]);
		}
}

void draw_case(uint64_t seed)
{
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
}

void release_case(void)
{
	weir_view_release(&now.view);
	for (unsigned s = 0; s < MAX_STREAMS; s++) {
		weir_schema_unref(now.schemas[s]);
		weir_dict_unref(now.dicts[s]);
	}
}
