#include "fake_result.h"

#include "tui/draw/draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *const fake_names[FAKE_KINDS] = {"web", "end", "total", "hostile", "empty", "nothing", "streams", "paused"};

#define NOW INT64_C(1795269810000000) /* 2026-11-21 14:03:30 */

enum { GROUPS = 20, BUCKETS = 100, BINS = 60, RECORDS = 60 };

static const char *const services[GROUPS] = {
    "checkout", "payments", "search",  "catalog", "auth",    "cart",   "inventory", "shipping", "recommend", "notify",
    "gateway",  "profile",  "billing", "ledger",  "session", "assets", "images",    "mailer",   "reports",   "export"};

const char *const fake_hostile_texts[] = {
    "\x1b[31mred\x1b[0m",
    "a\rb\bc",
    "osc\x1b]0;title\x07",
    "\xc2\x9b"
    "31mC1",
    "\x9b"
    "31m",
    "bidi\xe2\x80\xae"
    "evil\xe2\x81\xa6",
    "zero\xe2\x80\x8bwidth\xef\xbb\xbf",
    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x83\x86",
    "e\xcc\x81\xcc\x82\xcc\x83tude",
    "\xed\xa0\x80surrogate",
    "\xff\xfe\xc3(",
    "\xf0\x9f\x98\x80 smile",
    "tab\tnew\nline",
    "\xcc\x81lead",
    "\xc2\xadsoft",
    "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4",
    "\x1b"
    "c reset",
    "\x7f"
    "del",
    "nul",
    "\xe2\x80\xa8sep",
};
const size_t fake_hostile_count = sizeof(fake_hostile_texts) / sizeof(fake_hostile_texts[0]);

static void *take(struct fake *f, size_t bytes)
{
	void *p = weir_arena_zalloc(&f->result.arena, bytes);
	if (!p)
		abort();
	return p;
}

/* xorshift: small, and the same everywhere. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static struct weir_str text_of(struct fake *f, const char *fmt, unsigned n)
{
	char text[64];
	snprintf(text, sizeof(text), fmt, n);
	return weir_arena_str(&f->result.arena, weir_str_of(text));
}

static struct weir_value number(double v)
{
	return (struct weir_value){.type = WEIR_FLOAT64, .f = v};
}
static struct weir_value integer(int64_t v)
{
	return (struct weir_value){.type = WEIR_INT64, .i = v};
}
static struct weir_value string(struct weir_str s)
{
	return (struct weir_value){.type = WEIR_STRING, .s = s};
}

static double *wave(struct fake *f, double level, uint32_t seed)
{
	double *v = take(f, BUCKETS * sizeof(*v));
	for (int b = 0; b < BUCKETS; b++) {
		double noise = (next_random(&seed) % 1000) / 1000.0 - 0.5;
		v[b] = level * (0.8 + 0.35 * sin(b / 17.0 + (seed % 7)) + 0.12 * noise);
	}
	return v;
}

static void fill_rows(struct fake *f, enum fake_kind kind)
{
	struct weir_result *r = &f->result;
	struct weir_result_row *rows = take(f, GROUPS * sizeof(*rows));
	uint32_t seed = 7;
	for (uint32_t i = 0; i < GROUPS; i++) {
		double p95 = 412 * pow(0.845, i);
		struct weir_value *group = take(f, sizeof(*group)), *now = take(f, 3 * sizeof(*now)),
				  *before = take(f, 3 * sizeof(*before));
		group[0] = string(
		    weir_str_of(kind == FAKE_HOSTILE ? fake_hostile_texts[i % fake_hostile_count] : services[i]));
		int64_t rows_n = (int64_t)(812440 * pow(0.78, i)) + next_random(&seed) % 100;
		now[0] = integer(rows_n);
		now[1] = number(p95);
		now[2] = integer(rows_n * 1200);
		for (int m = 0; m < 3; m++) {
			double change = (next_random(&seed) % 500) / 1000.0 - 0.2;
			before[m] = number(weir_number_of(&now[m]) / (1 + change));
		}
		rows[i] = (struct weir_result_row){
		    WEIR_TIME_NONE,           WEIR_TIME_NONE,  group, now, now, kind == FAKE_END ? NULL : before,
		    wave(f, p95, 11 * i + 3), (uint64_t)rows_n};
	}
	r->rows = rows;
	r->n_rows = GROUPS;
	r->n_rows_total = 40;
	struct weir_value *others = take(f, 3 * sizeof(*others));
	others[0] = integer(204118);
	others[1] = number(8.4);
	others[2] = integer(204118 * 700);
	r->others =
	    (struct weir_result_row){WEIR_TIME_NONE, WEIR_TIME_NONE, NULL, others, NULL, NULL, wave(f, 9, 99), 204118};
	r->has_others = true;
}

static void fill_total(struct fake *f, enum fake_kind kind)
{
	struct weir_result *r = &f->result;
	struct weir_value *now = take(f, 3 * sizeof(*now)), *before = take(f, 3 * sizeof(*before));
	now[0] = integer(3712004);
	now[1] = number(212.4);
	now[2] = integer(48100000000);
	before[0] = integer(3565000);
	before[1] = number(162.1);
	before[2] = integer(47700000000);
	r->compared_us = kind == FAKE_END ? 0 : 300 * WEIR_US_PER_S;
	r->total = (struct weir_result_row){
	    WEIR_TIME_NONE, WEIR_TIME_NONE, NULL, now, now, kind == FAKE_END ? NULL : before, NULL, 3712004};
	const double **spark = take(f, 3 * sizeof(*spark));
	for (int m = 0; m < 3; m++)
		spark[m] = wave(f, 100, 40 + 5 * (uint32_t)m);
	r->total_spark = spark;
}

static void fill_time(struct fake *f)
{
	struct weir_result *r = &f->result;
	uint64_t *rows = take(f, BUCKETS * sizeof(*rows)), *late = take(f, BUCKETS * sizeof(*late));
	r->n_buckets = BUCKETS;
	r->bucket_us = 3 * WEIR_US_PER_S;
	r->bucket_start_us = NOW / r->bucket_us * r->bucket_us - (BUCKETS - 1) * r->bucket_us;
	uint32_t seed = 5;
	for (int b = 0; b < BUCKETS; b++)
		rows[b] = b >= 60 && b < 64 ? 0 : 30000 + next_random(&seed) % 14000;
	late[72] = late[73] = 12;
	r->bucket_rows = rows;
	r->bucket_late = late;
	struct weir_result_series *series = take(f, 6 * sizeof(*series));
	uint32_t n = r->n_groups ? 5 : 1;
	for (uint32_t s = 0; s < n; s++) {
		series[s].name = r->n_groups ? r->rows[s].groups[0].s : r->measures[1].name;
		series[s].row = r->n_groups ? s : UINT32_MAX;
		double *v = take(f, BUCKETS * sizeof(*v));
		for (int b = 0; b < BUCKETS; b++)
			v[b] = b >= 60 && b < 64 ? NAN
						 : (420 - 60.0 * s) * (0.75 + 0.22 * sin(b / (11.0 + 3 * s) + s) +
								       (next_random(&seed) % 100) / 1200.0);
		series[s].values = v;
	}
	r->series = series;
	r->n_series = n;
}

static void fill_histogram(struct fake *f)
{
	struct weir_result_histogram *h = &f->result.histogram;
	double *edges = take(f, (BINS + 1) * sizeof(*edges));
	uint64_t *counts = take(f, BINS * sizeof(*counts));
	for (int b = 0; b <= BINS; b++)
		edges[b] = pow(2000, b / (double)BINS);
	for (int b = 0; b < BINS; b++) {
		double d = (b - 26) / 9.0;
		counts[b] = (uint64_t)(200000 * exp(-d * d / 2)) + (b > 44 ? 3000 : 0);
		h->n += counts[b];
	}
	*h = (struct weir_result_histogram){
	    WEIR_STR("latency_ms"), true, BINS, edges, counts, 31, 212, 640, 1, 2000, h->n, 0};
}

static void fill_records(struct fake *f, enum fake_kind kind)
{
	static const char *const names[] = {"service",    "status", "region", "user",
					    "latency_ms", "method", "bytes",  "trace"};
	static const enum weir_type types[] = {WEIR_STRING,  WEIR_INT64,  WEIR_STRING, WEIR_STRING,
					       WEIR_FLOAT64, WEIR_STRING, WEIR_INT64,  WEIR_STRING};
	static const char *const methods[] = {"GET", "PUT", "POST", "DELETE"};
	struct weir_result *r = &f->result;
	struct weir_result_column *columns = take(f, 8 * sizeof(*columns));
	struct weir_result_record *records = take(f, RECORDS * sizeof(*records));
	uint32_t seed = 21;
	for (int i = 0; i < 8; i++)
		columns[i] = (struct weir_result_column){weir_str_of(names[i]), types[i], false};
	for (uint32_t i = 0; i < RECORDS; i++) {
		struct weir_value *v = take(f, 8 * sizeof(*v));
		bool *missing = take(f, 8 * sizeof(*missing));
		uint32_t k = next_random(&seed);
		v[0] = string(
		    weir_str_of(kind == FAKE_HOSTILE ? fake_hostile_texts[i % fake_hostile_count] : services[k % 6]));
		v[1] = integer(k % 3 ? 503 : k % 2 ? 404 : 200);
		v[2] = string(weir_str_of(k % 5 ? "eu-west-1" : "us-east-2"));
		v[3] = string(text_of(f, "u%u", k % 100000));
		v[4] = number(20 + (k % 700000) / 1000.0);
		v[5] = string(weir_str_of(methods[(k >> 3) % 4]));
		v[6] = integer(k % 60000);
		v[7] = string(text_of(f, "%08x", k));
		if (i == 3)
			v[5] = (struct weir_value){.type = WEIR_NULL};
		if (i == 5)
			v[7] = (struct weir_value){.type = WEIR_NULL}, missing[7] = true;
		records[i] = (struct weir_result_record){
		    .time_us = NOW - (int64_t)i * 781423, .position = (int64_t)i, .cells = v, .missing = missing};
	}
	r->n_record_columns = 8;
	r->record_columns = columns;
	r->records = records;
	r->n_records = RECORDS;
	struct weir_result_field *fields = take(f, 9 * sizeof(*fields));
	fields[0] = (struct weir_result_field){.name = WEIR_STR("ts"),
					       .type = WEIR_TIMESTAMP,
					       .is_time = true,
					       .n_type = {0, 0, 0, 0, 61204118, 0},
					       .first_us = NOW - 300 * WEIR_US_PER_S,
					       .example = {.type = WEIR_TIMESTAMP, .i = NOW}};
	for (uint32_t i = 0; i < 8; i++) {
		fields[i + 1] = (struct weir_result_field){.name = columns[i].name,
							   .type = types[i],
							   .n_missing = i == 7 ? 12 : 0,
							   .n_distinct = 40u << i,
							   .first_us = NOW - 300 * WEIR_US_PER_S,
							   .example = records[0].cells[i]};
		fields[i + 1].n_type[types[i]] = 61204000;
		fields[i + 1].n_type[WEIR_NULL] = i == 5 ? 118 : 0;
	}
	fields[4].n_type[WEIR_INT64] = 4100000; /* user: numbers were met too */
	r->fields = fields;
	r->n_fields = 9;
}

/* A few records that were left out, of each kind. */
static void fill_left_out(struct fake *f)
{
	enum { LEFT = 12 };
	struct weir_left_outs *all = take(f, sizeof(*all));
	struct weir_left_out *records = take(f, LEFT * sizeof(*records));
	uint32_t set = weir_extras_named("left_out"), at = 0;
	for (uint32_t i = 0; i < LEFT; i++)
		records[i] =
		    (struct weir_left_out){.kind = (enum weir_left_kind)(i % WEIR_LEFT_KINDS),
					   .number = LEFT - i,
					   .arrival_us = NOW - (int64_t)i * 1000000,
					   .time_us = i % WEIR_LEFT_KINDS ? NOW - (int64_t)i * 1000000 : WEIR_TIME_NONE,
					   .position = 100 * (int64_t)i,
					   .record = 7 + i,
					   .by_us = i % WEIR_LEFT_KINDS ? 90000000 : 0,
					   .reason = WEIR_STR("not the format: a comma was expected"),
					   .text = weir_str_of(fake_hostile_texts[i % fake_hostile_count]),
					   .text_bytes = 40,
					   .rebuilt = i % WEIR_LEFT_KINDS == 2};
	*all = (struct weir_left_outs){.n = LEFT, .records = records, .n_kept = LEFT};
	for (int k = 0; k < WEIR_LEFT_KINDS; k++) {
		all->n_kept_of[k] = LEFT / WEIR_LEFT_KINDS;
		all->n_of[k] = 1200;
	}
	while (!(set >> at & 1))
		at++;
	f->result.extras[at] = all;
}

static void fill_ledgers(struct fake *f, enum fake_kind kind)
{
	struct weir_result *r = &f->result;
	r->n_streams = kind == FAKE_STREAMS ? 3 : 1;
	struct weir_ledger *streams = take(f, 3 * sizeof(*streams)), *parts = take(f, 4 * sizeof(*parts));
	const struct weir_ledger **partitions = take(f, 3 * sizeof(*partitions));
	uint32_t *n = take(f, 3 * sizeof(*n));
	struct weir_ledger l = {.received = 61204118,
				.matched = 3712004,
				.filtered = 57491902,
				.late = 212,
				.in_window = 3712004,
				.bytes = 11500000000,
				.lag = 38,
				.watermark_us = NOW - 1200000,
				.newest_us = NOW,
				.arrival_delay_us = 300000};
	if (kind == FAKE_STREAMS || kind == FAKE_HOSTILE) {
		l.malformed = 31;
		l.filtered -= 31;
		l.malformed_by[WEIR_BAD_SYNTAX] = 24;
		l.malformed_by[WEIR_BAD_TRUNCATED] = 7;
	}
	if (kind == FAKE_EMPTY)
		l.filtered += l.matched, l.matched = l.in_window = 0;
	for (int i = 0; i < 4; i++)
		parts[i] = l, parts[i].received /= 4, parts[i].matched /= 4, parts[i].filtered /= 4,
		parts[i].malformed = 0;
	for (int i = 0; i < 3; i++) {
		streams[i] = l;
		partitions[i] = parts;
		n[i] = 4;
	}
	r->ledger = l;
	r->streams = streams;
	r->n_partitions = n;
	r->partitions = partitions;
	r->buffer_rows = 61204118;
	r->memory_bytes = 318ull << 20;
	r->memory_limit_bytes = 512ull << 20;
}

/* A quarter of an hour up to now, with one of each sign. */
static void fill_strip(struct weir_strip *s)
{
	*s = (struct weir_strip){.n_buckets = 90,
				 .bucket_us = 10 * WEIR_US_PER_S,
				 .start_us = NOW - NOW % (10 * WEIR_US_PER_S) - 890 * WEIR_US_PER_S,
				 .newest_us = NOW,
				 .errors = "status >= 500",
				 .errors_known = true,
				 .errors_guessed = true};
	s->oldest_us = s->start_us + 3 * WEIR_US_PER_S;
	for (uint32_t i = 0; i < s->n_buckets; i++) {
		struct weir_strip_bucket *b = &s->buckets[i];
		b->gap = i >= 40 && i < 43;
		b->rows = b->gap ? 0 : 1000 + i % 7 * 100;
		b->errors = i == 60 ? 90 : b->rows / 500;
		b->late = i == 20 ? 15 : 0;
		b->lost = i == 50 ? 12 : 0;
		s->n_rows += b->rows;
		s->n_errors += b->errors;
	}
}

static void fill_info(struct fake *f, enum fake_kind kind)
{
	struct weir_session_info *info = &f->info;
	struct weir_error err = {0};
	*info = (struct weir_session_info){.n_streams = f->result.n_streams ? f->result.n_streams : 1,
					   .records_per_s = 212408,
					   .paused_at_us = WEIR_TIME_NONE};
	info->streams = calloc(3, sizeof(*info->streams));
	if (!info->streams)
		abort();
	for (uint32_t i = 0; i < 3; i++) {
		struct weir_stream_info *s = &info->streams[i];
		*s = (struct weir_stream_info){.state = WEIR_STREAM_LIVE,
					       .records_per_s = 212408,
					       .lag = 38,
					       .progress = -1,
					       .seconds_left = -1,
					       .n_partitions = 4};
		snprintf(s->name, sizeof(s->name), "%s", i == 0 ? "orders" : i == 1 ? "web" : "sensors");
		snprintf(s->address, sizeof(s->address), "kafka://broker:9092/%s", s->name);
		snprintf(s->guess, sizeof(s->guess), "json, time=ts (iso), group service, measure p95(latency_ms)");
		for (uint32_t p = 0; p < 4; p++) {
			s->partitions[p] = (struct weir_partition_info){
			    .position = 100, .end = 110, .lag = 7 + p, .records_per_s = 53102};
			snprintf(s->partitions[p].name, sizeof(s->partitions[p].name), "%.40s[%u]", s->name, p);
		}
	}
	if (kind == FAKE_STREAMS) {
		info->streams[1].state = WEIR_STREAM_RECONNECTING;
		strcpy(info->streams[1].detail, "broker:9092: connection refused, next try in 4s");
		strcpy(info->streams[0].malformed_last, "offset 61,201,337: expected ',' or '}' at byte 87");
	}
	if (kind == FAKE_END || kind == FAKE_TOTAL) {
		info->ended = true;
		info->streams[0].state = WEIR_STREAM_END;
		strcpy(info->streams[0].address, "samples/web.ndjson");
	}
	if (kind == FAKE_PAUSED) {
		info->paused = true;
		info->paused_at_us = NOW;
		info->backlog = 1834201;
	}
	if (kind == FAKE_NOTHING)
		info->streams[0].state = WEIR_STREAM_CONNECTING;
	if (kind != FAKE_NOTHING)
		fill_strip(&info->strip);
	weir_view_init(&info->view);
	const char *where = kind == FAKE_END || kind == FAKE_TOTAL ? NULL : "status >= 500";
	if ((where && (weir_view_set(&info->view, WEIR_VIEW_WHERE, where, NOW, &err) ||
		       weir_view_add(&info->view, WEIR_VIEW_WHERE, "region = 'eu-west-1'", NOW, &err))) ||
	    (kind != FAKE_TOTAL && weir_view_set(&info->view, WEIR_VIEW_GROUP, "service", NOW, &err)) ||
	    weir_view_set(&info->view, WEIR_VIEW_MEASURE, "count, p95(latency_ms), sum(bytes)", NOW, &err) ||
	    weir_view_set(&info->view, WEIR_VIEW_WINDOW, kind == FAKE_END ? "all" : "5m", NOW, &err))
		abort();
}

static void free_why(struct weir_study_answer *a)
{
	struct weir_why *w = (struct weir_why *)a;
	weir_arena_release(&w->arena);
	free(w);
}

static struct weir_why_cell why_value(enum fake_kind kind, size_t i, uint64_t selected, uint64_t rest)
{
	struct weir_str text =
	    weir_str_of(kind == FAKE_HOSTILE ? fake_hostile_texts[i % fake_hostile_count] : services[i]);
	return (struct weir_why_cell){.value = {.type = WEIR_STRING, .s = text}, .selected = selected, .rest = rest};
}

static struct weir_why_cell why_range(double low, double high, uint64_t selected, uint64_t rest)
{
	struct weir_why_cell c = {.kind = WEIR_WHY_RANGE, .selected = selected, .rest = rest};
	if (low > 0)
		c.low = (struct weir_value){.type = WEIR_FLOAT64, .f = low};
	if (high > 0)
		c.high = (struct weir_value){.type = WEIR_FLOAT64, .f = high};
	return c;
}

/* A ranking with a value, two more of the same column, a range and a pair. */
static void fill_why(struct fake *f, enum fake_kind kind)
{
	static struct weir_why_column columns[2];
	static struct weir_why_cell texts[5], ranges[4];
	static struct weir_why_finding findings[5];
	static struct weir_why_aside aside[2];
	struct weir_why *w = calloc(1, sizeof *w);
	if (!w)
		abort();
	for (size_t i = 0; i < 5; i++)
		texts[i] = why_value(kind, i, 100 - 20 * i, i * i);
	for (int i = 0; i < 4; i++)
		ranges[i] =
		    why_range(i * 12.375, i < 3 ? (i + 1) * 12.375 : 0, (uint64_t)i * 50, 300 - (uint64_t)i * 70);
	columns[0] = (struct weir_why_column){.name = texts[4].value.s,
					      .type = WEIR_STRING,
					      .difference = 0.8,
					      .n_values = 40,
					      .n_cells = 5,
					      .cells = texts,
					      .others_selected = 10,
					      .others_rest = 1000};
	columns[1] = (struct weir_why_column){.name = WEIR_STR("latency_ms"),
					      .type = WEIR_FLOAT64,
					      .ranges = true,
					      .difference = 0.4,
					      .n_values = 4,
					      .n_cells = 4,
					      .cells = ranges};
	for (uint32_t i = 0; i < 5; i++) {
		findings[i] = (struct weir_why_finding){.n_parts = i == 4 ? 2 : 1,
							.columns = {&columns[i == 3], &columns[1]},
							.parts = {i == 3 ? ranges[2] : texts[i], ranges[3]},
							.selected = 100 - 10 * i,
							.rest = 7 * i,
							.more = i == 1 || i == 2,
							.condition = texts[i].value.s,
							.exclusion = texts[i].value.s};
	}
	aside[0] = (struct weir_why_aside){texts[3].value.s, WEIR_WHY_DEFINES};
	aside[1] = (struct weir_why_aside){texts[2].value.s, WEIR_WHY_NAMES};
	*w = (struct weir_why){.answer = {.refs = 1, .free = free_why, .whole = true},
			       .selected = 310,
			       .rest = 1030,
			       .n_compared = 9,
			       .n_findings = kind == FAKE_END ? 0 : 5,
			       .findings = findings,
			       .n_aside = 2,
			       .aside = aside};
	struct weir_why_step *s = &f->state.why.steps[0];
	*s = (struct weir_why_step){.selected = "selected",
				    .rest = "rest",
				    .of_selected = "of the selected rows",
				    .of_rest = "of the rest",
				    .others = "all other rows",
				    .answer = &w->answer};
	snprintf(s->title, sizeof(s->title), "%.*s", (int)texts[0].value.s.size, texts[0].value.s.data);
	f->state.why.n_steps = 1;
}

void fake_make(struct fake *f, enum fake_kind kind)
{
	memset(f, 0, sizeof(*f));
	struct weir_result *r = &f->result;
	struct weir_result_column *columns = take(f, 4 * sizeof(*columns));
	columns[0] = (struct weir_result_column){WEIR_STR("service"), WEIR_STRING, false};
	columns[1] = (struct weir_result_column){
	    .name = WEIR_STR("count"), .type = WEIR_INT64, .adds_up = true, .is_rows = true};
	columns[2] = (struct weir_result_column){WEIR_STR("p95(latency_ms)"), WEIR_FLOAT64, false};
	columns[3] = (struct weir_result_column){.name = WEIR_STR("sum(bytes)"), .type = WEIR_INT64, .adds_up = true};
	r->groups = columns;
	r->n_groups = kind == FAKE_TOTAL ? 0 : 1;
	r->measures = columns + 1;
	r->n_measures = 3;
	r->sort_measure = 1;
	r->sort_compared = -1;
	r->sort_descending = true;
	r->moment_us = NOW;
	r->held_from_us = r->oldest_us = WEIR_TIME_NONE;
	r->window_end_us = NOW;
	r->window_start_us = NOW - 300 * WEIR_US_PER_S;
	fill_ledgers(f, kind);
	fill_info(f, kind);
	weir_state_init(&f->state, weir_panels);
	f->picture = (struct weir_picture){.panels = weir_panels,
					   .result = kind == FAKE_NOTHING ? NULL : r,
					   .info = &f->info,
					   .state = &f->state,
					   .now_us = NOW};
	fill_rows(f, kind);
	fill_total(f, kind);
	fill_time(f);
	fill_histogram(f);
	fill_records(f, kind);
	if (kind == FAKE_STREAMS || kind == FAKE_HOSTILE)
		fill_left_out(f);
	if (kind != FAKE_NOTHING && kind != FAKE_PAUSED)
		fill_why(f, kind);
	if (kind == FAKE_EMPTY) {
		r->n_rows = r->n_records = r->n_series = 0;
		r->n_rows_total = 0;
		r->has_others = false;
		r->histogram.n = 0;
		r->total = (struct weir_result_row){0};
	}
	if (kind == FAKE_TOTAL) {
		r->n_rows_total = r->n_rows = 1;
		r->has_others = false;
	}
	/* What panels remember of a result, each as if it were in focus. */
	int focus = f->state.focus;
	for (int i = 0; weir_panels[i] && f->picture.result; i++) {
		f->state.focus = i;
		if (weir_panels[i]->see)
			weir_panels[i]->see(&f->picture, &f->state);
	}
	f->state.focus = focus;
}

void fake_see(struct fake *f)
{
	for (int i = 0; weir_panels[i] && f->picture.result; i++)
		if (weir_panels[i]->see)
			weir_panels[i]->see(&f->picture, &f->state);
}

void fake_release(struct fake *f)
{
	weir_arena_release(&f->result.arena);
	weir_view_release(&f->info.view);
	free(f->info.streams);
	weir_state_release(&f->state);
}
