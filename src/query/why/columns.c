/* The columns that may tell why: how each is counted, and which take no part. */
#include "query/why/why.h"

#include "query/expr/tree.h"

#include <math.h>
#include <stdlib.h>

enum {
	SAMPLE_ROWS = 256, /* of a segment */
	SAMPLE_SEGMENTS = 16,
	FEW_ROWS = 64, /* too few to say what a column is */
	KEY_BITS = 64,
	ALL_BINS = 1 << 21, /* of all columns of a share together */
	LEAST_BINS = 256,
};

struct names {
	struct weir_why_study *w;
	const struct weir_plan *plan;
};

static bool is_named(const struct weir_why_study *w, struct weir_str name)
{
	for (uint32_t i = 0; i < w->n_inputs; i++)
		if (weir_str_equal(w->inputs[i].name, name))
			return true;
	return false;
}

/* A column of that name makes the selection; if it is a computed one, so do those that it is computed from. */
static void set_aside_named(void *ctx, struct weir_str name)
{
	struct names *n = ctx;
	const struct weir_plan *p = n->plan;
	bool exactly = is_named(n->w, name); /* else in whatever case */
	for (uint32_t i = 0; i < n->w->n_inputs; i++) {
		struct weir_why_input *in = &n->w->inputs[i];
		if (in->aside || !(exactly ? weir_str_equal(in->name, name) : weir_str_equal_nocase(in->name, name)))
			continue;
		in->aside = true;
		in->reason = WEIR_WHY_DEFINES;
		if (in->computed >= 0)
			weir_expr_columns(p->derived[in->computed].expr, set_aside_named, n);
	}
}

static enum weir_why_way way_of(enum weir_type type)
{
	switch (type) {
	case WEIR_BOOL:
		return WEIR_WHY_BY_TRUTH;
	case WEIR_INT64:
	case WEIR_FLOAT64:
	case WEIR_TIMESTAMP:
		return WEIR_WHY_BY_NUMBER;
	case WEIR_STRING:
		return WEIR_WHY_BY_TEXT;
	default:
		return WEIR_WHY_BY_NOTHING;
	}
}

/* The greatest number of a partition; -1: no stream has several. */
static int32_t last_partition(const struct weir_why_study *w)
{
	const struct weir_relation_snapshot *snapshot = w->rows->snapshot;
	int32_t last = -1;
	for (uint32_t i = 0; i < weir_relation_snapshot_segments(snapshot); i++) {
		const struct weir_batch *b = weir_relation_snapshot_segment(snapshot, i)->rows;
		for (uint32_t k = 0; b->partition && k < weir_partitions_count(b->partitions); k++)
			last = weir_partitions_get(b->partitions, k)->number > last
				   ? weir_partitions_get(b->partitions, k)->number
				   : last;
	}
	return last;
}

/* Where rows come from tells why as well, when they come from several places. */
static void list_places(struct weir_why_study *w, const struct weir_plan *p)
{
	int32_t last = last_partition(w);
	if (p->n_streams > 1)
		w->inputs[w->n_inputs++] = (struct weir_why_input){.name = WEIR_STR("_stream"),
								   .type = WEIR_STRING,
								   .place = WEIR_WHY_STREAM,
								   .computed = -1,
								   .way = WEIR_WHY_BY_TEXT};
	if (last > 0)
		w->inputs[w->n_inputs++] = (struct weir_why_input){.name = WEIR_STR("_partition"),
								   .type = WEIR_INT64,
								   .place = WEIR_WHY_PARTITION,
								   .computed = -1,
								   .way = WEIR_WHY_BY_NUMBER,
								   .scale = {.n_bins = (uint32_t)last}};
}

static bool list(struct weir_why_study *w, const struct weir_plan *p)
{
	uint32_t stride = p->schema->common->n_fields;
	enum { PLACES = 2 };
	w->inputs = weir_arena_zalloc(&w->arena, (p->n_row_columns + (size_t)PLACES) * sizeof *w->inputs);
	if (!w->inputs)
		return false;
	for (uint32_t i = 0; i < p->n_row_columns; i++) {
		const struct weir_result_column *c = &p->row_columns[i];
		struct weir_why_input *in = &w->inputs[i];
		*in = (struct weir_why_input){
		    .name = c->name, .type = c->type, .is_time = c->is_time, .computed = -1, .way = way_of(c->type)};
		if (i >= p->n_row_fields) {
			in->computed = (int32_t)p->row_computed[i - p->n_row_fields];
			continue;
		}
		int32_t *fields = weir_arena_alloc(&w->arena, (p->n_streams + (size_t)1) * sizeof *fields);
		if (!fields)
			return false;
		for (uint32_t s = 0; s < p->n_streams; s++)
			fields[s] = p->row_fields[s * stride + i];
		in->fields = fields;
	}
	w->n_inputs = p->n_row_columns;
	list_places(w, p);
	return true;
}

/* ---- a look at a few rows ---- */

static const struct weir_column *stored(const struct weir_why_input *in, const struct weir_batch *b)
{
	int32_t at = in->fields ? in->fields[b->stream] : -1;
	return at >= 0 && (uint32_t)at < b->n_columns ? &b->columns[at] : NULL;
}

struct look {
	uint32_t n, n_pairs, rising; /* rows with a value; neighbours, and how many of them rise */
};

static void look_at(const struct weir_column *c, uint32_t n_rows, struct look *l)
{
	struct weir_value before = {.type = WEIR_NULL};
	for (uint32_t row = 0; row < n_rows && row < SAMPLE_ROWS; row++) {
		struct weir_value v = weir_column_get(c, row);
		if (v.type == WEIR_NULL)
			continue;
		l->n++;
		if (before.type == v.type) {
			l->n_pairs++;
			l->rising += weir_value_compare(&before, &v) < 0;
		}
		before = v;
	}
}

/* Whole numbers that grow from row to row are no property of the rows; times that do are one, unless time makes the selection. */
static void set_aside_rising(struct weir_why_study *w, struct weir_why_input *in)
{
	const struct weir_relation_snapshot *snapshot = w->rows->snapshot;
	uint32_t n = weir_relation_snapshot_segments(snapshot), step = n / SAMPLE_SEGMENTS + 1;
	struct look l = {0};
	if (in->type != WEIR_INT64 && in->type != WEIR_TIMESTAMP)
		return;
	for (uint32_t i = 0; i < n; i += step) {
		const struct weir_batch *b = weir_relation_snapshot_segment(snapshot, i)->rows;
		const struct weir_column *c = stored(in, b);
		if (c)
			look_at(c, b->n_rows, &l);
	}
	bool times = w->before || w->span.after_us != w->around.after_us || w->span.until_us != w->around.until_us;
	bool rises = l.n >= FEW_ROWS && l.rising >= l.n_pairs - l.n_pairs / 16;
	if (!(in->type == WEIR_INT64 ? rises : times && (rises || in->is_time)))
		return;
	in->aside = true;
	in->reason = WEIR_WHY_RISES;
}

/* ---- bins ---- */

static uint64_t key_of(double v)
{
	uint64_t bits;
	v += 0.0; /* -0.0 is no other number than 0.0 */
	memcpy(&bits, &v, sizeof bits);
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double number_of(uint64_t key)
{
	uint64_t bits = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
	double v;
	memcpy(&v, &bits, sizeof v);
	return v;
}

double weir_why_bin_from(const struct weir_why_scale *s, uint32_t bin)
{
	if (s->exact)
		return (double)(s->low + (int64_t)bin - 1);
	return number_of(s->key_low + ((uint64_t)(bin - 1) << s->shift));
}

/* What zone maps say of all values; false: not enough. */
static bool known_range(const struct weir_why_study *w, const struct weir_why_input *in, double *low, double *high)
{
	const struct weir_relation_snapshot *snapshot = w->rows->snapshot;
	*low = INFINITY;
	*high = -INFINITY;
	for (uint32_t i = 0; i < weir_relation_snapshot_segments(snapshot); i++) {
		const struct weir_segment *seg = weir_relation_snapshot_segment(snapshot, i);
		const struct weir_column *c = stored(in, seg->rows);
		if (!c)
			continue;
		const struct weir_zone *z = &seg->zones[c - seg->rows->columns];
		if (!z->known && z->n_valid)
			return false;
		if (!z->known)
			continue;
		*low = fmin(*low, z->min);
		*high = fmax(*high, z->max);
	}
	return in->fields && *low <= *high;
}

static void make_scale(const struct weir_why_study *w, struct weir_why_input *in, uint32_t most_bins)
{
	static const double exactly = 9007199254740992.0; /* 2^53: whole numbers up to it are what they seem */
	double low, high;
	struct weir_why_scale *s = &in->scale;
	bool known = known_range(w, in, &low, &high);
	if (in->place) {
		known = true;
		low = 0;
		high = s->n_bins;
	}
	if (known && in->type == WEIR_INT64 && low >= -exactly && high <= exactly && high - low < WEIR_WHY_EXACT_BINS) {
		*s = (struct weir_why_scale){.exact = true, .low = (int64_t)low, .n_bins = (uint32_t)(high - low) + 3};
		return;
	}
	uint64_t from = known ? key_of(low) : 0, to = known ? key_of(high) : UINT64_MAX;
	*s = (struct weir_why_scale){.key_low = from};
	while (s->shift < KEY_BITS - 1 && (to - from) >> s->shift >= most_bins - 2)
		s->shift++;
	s->n_bins = (uint32_t)((to - from) >> s->shift) + 3;
}

static void make_scales(struct weir_why_study *w)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < w->n_inputs; i++)
		n += !w->inputs[i].aside && w->inputs[i].way == WEIR_WHY_BY_NUMBER;
	uint32_t most = n ? ALL_BINS / n : 0;
	most = most > WEIR_WHY_MOST_BINS ? WEIR_WHY_MOST_BINS : most < LEAST_BINS ? LEAST_BINS : most;
	for (uint32_t i = 0; i < w->n_inputs; i++)
		if (!w->inputs[i].aside && w->inputs[i].way == WEIR_WHY_BY_NUMBER)
			make_scale(w, &w->inputs[i], most);
}

enum weir_status weir_why_find_columns(struct weir_why_study *w, struct weir_error *err)
{
	const struct weir_plan *p = w->shares[0].plan;
	struct names names = {w, p};
	if (!list(w, p))
		return weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	if (w->condition)
		weir_expr_columns(w->condition, set_aside_named, &names);
	for (uint32_t i = 0; i < w->n_inputs; i++)
		if (!w->inputs[i].aside && w->inputs[i].fields)
			set_aside_rising(w, &w->inputs[i]);
	make_scales(w);
	return WEIR_OK;
}
