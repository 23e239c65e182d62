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

/* A column that meets another type in mid-stream. Its numbers with a fraction never look like whole ones, so that their
 * text is known. */
static struct weir_value draw_mix(size_t i)
{
	static const char *const texts[] = {"n/a", "12", "", "1.5", "true", "-"};
	struct weir_value v = {.type = WEIR_INT64, .i = (int64_t)draw(60) - 30};
	bool early = i < draw(now.n_rows + 1);
	if (chance(8))
		v = (struct weir_value){.type = WEIR_NULL};
	else if (early || now.widest == WEIR_INT64 || chance(40))
		return v;
	else if (now.widest == WEIR_STRING && chance(30))
		v = (struct weir_value){.type = WEIR_STRING, .s = weir_str_of(texts[draw(6)])};
	else if (now.widest == WEIR_STRING && chance(10))
		v = (struct weir_value){.type = WEIR_BOOL, .b = chance(50)};
	else
		v = (struct weir_value){.type = WEIR_FLOAT64, .f = (double)draw(200) / 4 + 0.125};
	return v;
}

/* Whether a stream has the column, and has it already by row i. */
static size_t comes_at[MAX_STREAMS][REF_COLUMNS];
static bool is_there(unsigned stream, int c, size_t i)
{
	return i >= comes_at[stream][c];
}

static void draw_rows(void)
{
	int64_t start = INT64_C(1700000000000000) + (int64_t)draw(1000) * 12345678, span = INT64_C(1)
											   << (10 + draw(24));
	now.n_rows = draw(4) ? draw(120) : draw(MAX_ROWS);
	now.n_streams = 1 + (unsigned)(draw(3) ? 0 : draw(MAX_STREAMS));
	now.has_partitions = chance(50);
	now.has_time = chance(90);
	for (size_t i = 0; i < now.n_rows; i++) {
		struct ref_row *r = now.rows + i;
		*r =
		    (struct ref_row){.stream = (uint16_t)draw(now.n_streams), .weight = 1, .position = (int64_t)i * 10};
		r->partition = now.has_partitions ? (uint16_t)draw(MAX_PARTITIONS) : 0;
		r->time_us = !now.has_time || chance(3) ? WEIR_TIME_NONE : start + (int64_t)draw((uint64_t)span);
		if (chance(10) && i && r->time_us != WEIR_TIME_NONE)
			r->time_us = now.rows[i - 1].time_us;
		for (int c = REF_WORD; c < REF_MIX; c++) {
			struct weir_value v = draw_cell(c);
			r->cells[c] = is_there(r->stream, c, i) ? v : (struct weir_value){.type = WEIR_NULL};
		}
		r->mix = draw_mix(i);
		if (!is_there(r->stream, REF_MIX, i))
			r->mix = (struct weir_value){.type = WEIR_NULL};
	}
	for (size_t i = now.n_rows; i > 1; i--) { /* arrival in any order */
		size_t k = i - 1 - (chance(50) ? 0 : draw(i));
		struct ref_row t = now.rows[k];
		now.rows[k] = now.rows[i - 1];
		now.rows[i - 1] = t;
	}
	size_t kept = 0;
	for (size_t i = 0; i < now.n_rows; i++)
		if (!less.gone[now.rows[i].position / 10])
			now.rows[kept++] = now.rows[i];
	now.n_rows = kept;
	now.mix_type = now.evolves ? WEIR_NULL : now.widest;
	ref_retype(now.rows, now.n_rows, now.mix_type);
}

static const char *const names[REF_COLUMNS] = {"time", "word", "text", "i", "f", "flag", "mix"};

void add_column(struct weir_schema *schema, unsigned s, unsigned c, enum weir_type type)
{
	int at = weir_schema_add(schema, weir_str_of(names[c]), type);
	assert_true(at >= 0);
	now.column_of[s][c] = (uint16_t)at;
	if (c == REF_TIME)
		weir_schema_set_time(schema, at);
}

static void draw_schemas(void)
{
	static const enum weir_type widest[] = {WEIR_INT64, WEIR_FLOAT64, WEIR_STRING};
	enum weir_type types[REF_COLUMNS] = {WEIR_TIMESTAMP, WEIR_STRING, WEIR_STRING, WEIR_INT64,
					     WEIR_FLOAT64,   WEIR_BOOL,   WEIR_NULL};
	types[REF_MIX] = now.widest = widest[draw(3)];
	for (unsigned s = 0; s < MAX_STREAMS; s++) {
		unsigned first = (unsigned)draw(REF_COLUMNS);
		now.schemas[s] = weir_schema_new();
		for (unsigned k = 0; k < REF_COLUMNS; k++) {
			unsigned c = (first + k) % REF_COLUMNS;
			bool absent = s && c != REF_TIME && chance(10); /* the first stream has them all */
			comes_at[s][c] = absent ? SIZE_MAX : now.evolves && chance(20) ? draw(200) : 0;
			now.column_of[s][c] = UINT16_MAX;
			if (c == REF_WORD ? chance(70) : now.evolves && c != REF_TIME)
				now.dicts[s][c] = weir_dict_new(NULL);
			if (!absent && !now.evolves)
				add_column(now.schemas[s], s, c, types[c]);
		}
	}
}

void draw_question(void)
{
	struct ref_question *q = &now.question;
	struct weir_buf text = {0};
	struct weir_error err = {0};
	*q = (struct ref_question){.where = chance(40) ? (int)draw(ref_n_conditions) : -1};
	if (less.no_where)
		q->where = -1;
	weir_view_release(&now.view);
	weir_view_init(&now.view);
	assert_int_equal(weir_view_set(&now.view, WEIR_VIEW_DERIVE, ref_derived, 0, &err), WEIR_OK);
	if (q->where >= 0)
		assert_int_equal(weir_view_set(&now.view, WEIR_VIEW_WHERE, ref_conditions[q->where].text, 0, &err),
				 WEIR_OK);
	q->n_keys = (unsigned)draw(4);
	q->n_keys = q->n_keys < less.most_keys ? q->n_keys : less.most_keys;
	for (unsigned k = 0, used = 0; k < q->n_keys; k++) {
		do
			q->keys[k] = (unsigned)draw(ref_n_keys);
		while (used >> q->keys[k] & 1 || (now.spares_mix && !strcmp(ref_keys[q->keys[k]].text, "mix")));
		used |= 1u << q->keys[k];
		weir_buf_addf(&text, "%s%s", k ? ", " : "", ref_keys[q->keys[k]].text);
	}
	if (q->n_keys)
		assert_int_equal(weir_view_set(&now.view, WEIR_VIEW_GROUP, text.data, 0, &err), WEIR_OK);
	weir_buf_clear(&text);
	q->n_measures = 1 + (unsigned)draw(6);
	q->n_measures = q->n_measures < less.most_measures ? q->n_measures : less.most_measures;
	for (unsigned i = 0; i < q->n_measures; i++) {
		static const double quantiles[] = {0.5, 0.95, 0.99, 0.07, 0.999, 0.001, 0.25};
		struct ref_measure *m = q->measures + i;
		m->kind = (enum ref_kind)draw(REF_KINDS);
		m->where = chance(20) && !less.no_conditions ? (int)draw(ref_n_conditions) : -1;
		m->quantile = quantiles[draw(7)];
		bool number = m->kind == REF_SUM || m->kind == REF_AVG || m->kind == REF_STDDEV ||
			      m->kind == REF_QUANTILE || m->kind == REF_RATE_X || m->kind == REF_VARIANCE ||
			      m->kind == REF_MEDIAN;
		m->column = number ? (chance(50) ? REF_INT : REF_FLOAT)
				   : (enum ref_column)(REF_WORD + draw(REF_COLUMNS - REF_WORD));
		if (number && now.widest != WEIR_STRING && chance(25))
			m->column = REF_MIX;
		if (now.spares_mix && m->column == REF_MIX && m->kind != REF_COUNT_X)
			m->column = REF_WORD;
		weir_buf_add_c(&text, i ? ", " : "");
		ref_measure_text(m, &text);
		weir_buf_addf(&text, " as m%u", i);
	}
	enum weir_status status = weir_view_set(&now.view, WEIR_VIEW_MEASURE, text.data, 0, &err);
	CHECK(!status, "%s: %s\n", text.data, err.what);
	weir_buf_release(&text);
}

const char *draw_duration(int64_t *us)
{
	static const int64_t lengths[] = {1000,    10000,    50000,     500000,    1000000,
					  7000000, 60000000, 300000000, 3600000000};
	static char text[40];
	*us = lengths[draw(9)];
	text[weir_format_duration_us(*us, text)] = '\0';
	return text;
}

bool compares(void)
{
	return now.view.compare.kind > WEIR_COMPARISON_NONE;
}

void draw_comparison(void)
{
	struct weir_error err = {0};
	const struct weir_window *w = &now.view.window;
	char text[48] = "";
	int64_t size_us = w->size_us;
	if (w->kind == WEIR_WINDOW_SINCE)
		draw_duration(&size_us);
	int64_t any = now.n_rows ? now.rows[draw(now.n_rows)].time_us : WEIR_TIME_NONE;
	switch (draw(7)) {
	case 0:
		snprintf(text, sizeof text, "none");
		break;
	case 4:
		snprintf(text, sizeof text, "window");
		break;
	case 1: /* parts and multiples of the window */
		text[weir_format_duration_us(size_us * (1 + (int64_t)draw(14)) / 4, text)] = '\0';
		break;
	case 2: { /* of the hop */
		int64_t hop_us = w->hop_us ? w->hop_us : size_us;
		text[weir_format_duration_us(hop_us * (1 + (int64_t)draw(6)), text)] = '\0';
		break;
	}
	case 3:
		if (any != WEIR_TIME_NONE)
			text[weir_time_format_iso(any + (int64_t)draw(3) * 10000, text)] = '\0';
		break;
	default: /* the window before */
		break;
	}
	enum weir_status status = weir_view_set(&now.view, WEIR_VIEW_COMPARE, size_us ? text : "", 0, &err);
	CHECK(!status, "%s: %s\n", text, err.what);
}

void draw_case(uint64_t seed, bool evolves)
{
	memset(&now, 0, sizeof now);
	now.seed = random_state = seed;
	for (unsigned s = 0; s < MAX_STREAMS; s++) {
		now.ledger_streams[s] = now.ledger_rows[s];
		for (unsigned p = 0; p < MAX_PARTITIONS; p++)
			now.ledger_rows[s][p] = &now.ledgers[s][p];
	}
	now.evolves = evolves;
	draw_schemas();
	draw_rows();
	draw_question();
}

void release_case(void)
{
	weir_view_release(&now.view);
	for (unsigned s = 0; s < MAX_STREAMS; s++) {
		weir_schema_unref(now.schemas[s]);
		for (int c = 0; c < REF_COLUMNS; c++)
			weir_dict_unref(now.dicts[s][c]);
	}
}
