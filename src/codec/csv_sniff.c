#include "codec/csv_sniff.h"

#include "codec/csv_scan.h"
#include "weir/model/schema.h"

#include <stdio.h>

struct weir_str weir_csv_without_bom(struct weir_str s)
{
	if (s.size >= 3 && memcmp(s.data, "\xef\xbb\xbf", 3) == 0)
		return (struct weir_str){s.data + 3, s.size - 3};
	return s;
}

/* The next record as the decoder will find it: a quote that never ends costs its line only. */
static enum weir_csv_found next_record(struct weir_csv_scan *scan, bool complete, struct weir_csv_record *r)
{
	enum weir_csv_found found = weir_csv_scan_next(scan, r);
	if (found != WEIR_CSV_MORE || !complete || !weir_csv_scan_in_quote(scan))
		return found;
	weir_csv_scan_skip_line(scan, r);
	return WEIR_CSV_TORN;
}

/* How records of a sample agree on their number of fields. */
struct agreement {
	size_t n_records, n_alike, n_fields; /* the most frequent number of fields */
};

enum { SNIFF_RECORDS = 400 };

static bool agree(struct weir_str sample, bool complete, char separator, struct agreement *out)
{
	enum { COUNTED = 256 };
	size_t count[COUNTED] = {0};
	struct weir_csv_record record;
	*out = (struct agreement){0};
	struct weir_csv_scan *scan = weir_csv_scan_new(separator, 1);
	if (!scan)
		return false;
	weir_csv_scan_start(scan, sample.data, sample.size, complete);
	enum weir_csv_found found;
	while (out->n_records < SNIFF_RECORDS && (found = next_record(scan, complete, &record)) != WEIR_CSV_MORE &&
	       found != WEIR_CSV_OUT_OF_MEMORY) {
		size_t n = record.n_fields < COUNTED ? record.n_fields : COUNTED - 1;
		out->n_records++;
		if (found == WEIR_CSV_RECORD && ++count[n] >= out->n_alike) {
			out->n_alike = count[n];
			out->n_fields = n == COUNTED - 1 ? record.n_fields : n;
		}
	}
	weir_csv_scan_free(scan);
	return true;
}

char weir_csv_sniff_separator(struct weir_str sample, bool complete)
{
	static const char candidates[] = ",;\t|";
	char best = ',';
	double best_score = 0;
	sample = weir_csv_without_bom(sample);
	for (const char *c = candidates; *c; c++) {
		struct agreement a;
		if (!agree(sample, complete, *c, &a) || a.n_fields < 2)
			continue;
		double share = (double)a.n_alike / (double)a.n_records;
		double score = share * share * (1 + 0.01 * (double)(a.n_fields < 50 ? a.n_fields : 50));
		if (score > best_score) {
			best = *c;
			best_score = score;
		}
	}
	return best;
}

/* What lies below the first record, column by column. */
struct below {
	enum weir_type type;
	bool repeats_first; /* a text of the first record comes again */
	bool like_data;	    /* no text begins like a name */
};

struct survey {
	size_t n_fields; /* as most records have, or the first one when it has more */
	size_t preamble;
	struct weir_str *first; /* texts of the first record, in the arena */
	size_t n_first, n_records, n_columns;
	struct below *below; /* n_columns_max of them, in the arena */
};

static bool like_name(struct weir_str s)
{
	unsigned char c = s.size ? (unsigned char)s.data[0] : 0;
	return c >= 0x80 || c == '_' || c == '#' || c == '@' || c == '$' || c == '%' || c == '(' ||
	       (c | 32) - 'a' + 0u < 26;
}

static void survey_record(struct survey *v, const struct weir_csv_record *r, const struct weir_cell_nulls *nulls)
{
	for (size_t i = 0; i < r->n_fields && i < WEIR_MAX_COLUMNS; i++) {
		struct weir_str s = r->fields[i];
		struct below *b = &v->below[i];
		if (weir_cell_is_null(nulls, s) || (nulls->empty && weir_cell_bare(s).size == 0))
			continue;
		if (b->type != WEIR_STRING)
			b->type = weir_type_widen(b->type, weir_cell_type(s));
		if (i < v->n_first && weir_str_equal(s, v->first[i]))
			b->repeats_first = true;
		if (like_name(weir_cell_bare(s)))
			b->like_data = false;
	}
}

enum { PREAMBLE_LINES = 20 };

bool weir_csv_may_be_preamble(const struct weir_csv_record *r)
{
	return r->n_fields == 1 || (r->n_fields == 2 && r->text.size == 5 && memcmp(r->text.data, "sep=", 4) == 0);
}

static bool is_preamble(const struct survey *v, const struct weir_csv_record *r)
{
	return v->n_records == 0 && weir_csv_may_be_preamble(r) && v->n_fields > 1 && v->preamble < PREAMBLE_LINES;
}

static bool keep_first(struct survey *v, const struct weir_csv_record *r, struct weir_arena *arena)
{
	if (r->n_fields > v->n_fields)
		v->n_fields = r->n_fields;
	v->n_first = r->n_fields < WEIR_MAX_COLUMNS ? r->n_fields : WEIR_MAX_COLUMNS;
	v->first = weir_arena_alloc(arena, v->n_first * sizeof *v->first);
	for (size_t i = 0; v->first && i < v->n_first; i++) {
		v->first[i] = weir_arena_str(arena, r->fields[i]);
		if (!v->first[i].data)
			return false;
	}
	return v->first != NULL;
}

static bool survey_sample(struct survey *v, struct weir_str sample, bool complete, char separator,
			  const struct weir_cell_nulls *nulls, struct weir_arena *arena)
{
	struct weir_csv_scan *scan = weir_csv_scan_new(separator, WEIR_MAX_COLUMNS);
	v->below = weir_arena_zalloc(arena, WEIR_MAX_COLUMNS * sizeof *v->below);
	bool ok = scan && v->below;
	for (size_t i = 0; ok && i < WEIR_MAX_COLUMNS; i++)
		v->below[i].like_data = true;
	if (ok)
		weir_csv_scan_start(scan, sample.data, sample.size, complete);
	for (enum weir_csv_found found; ok;) {
		struct weir_csv_record r;
		found = next_record(scan, complete, &r);
		if (found == WEIR_CSV_MORE)
			break;
		ok = found != WEIR_CSV_OUT_OF_MEMORY;
		if (found != WEIR_CSV_RECORD || (!r.plain && !weir_cell_clean(r.text)))
			continue;
		if (is_preamble(v, &r)) {
			v->preamble++;
			continue;
		}
		if (v->n_records++ > 0)
			survey_record(v, &r, nulls);
		else
			ok = keep_first(v, &r, arena);
	}
	weir_csv_scan_free(scan);
	return ok;
}

/* All its texts are names, none twice, and they differ from what lies below: in type, in how they begin, or, where all
 * is text, in that none comes again. */
static bool first_is_header(const struct survey *v)
{
	bool differs = false, repeats = false, any = false;
	for (size_t i = 0; i < v->n_first; i++) {
		struct weir_str s = weir_cell_bare(v->first[i]);
		if (s.size == 0)
			continue;
		any = true;
		if (!like_name(s) || weir_cell_type(s) != WEIR_STRING)
			return false;
		for (size_t k = 0; k < i; k++)
			if (weir_str_equal(s, weir_cell_bare(v->first[k])))
				return false;
		differs |= v->n_records > 1 && (v->below[i].like_data || v->below[i].type == WEIR_BOOL);
		repeats |= v->below[i].repeats_first;
	}
	return any && (differs || (!repeats && v->n_first > 1));
}

static bool name_taken(const struct weir_csv_shape *shape, size_t n, struct weir_str name)
{
	for (size_t i = 0; i < n; i++)
		if (weir_str_equal(shape->columns[i].name, name))
			return true;
	return false;
}

/* The header's text; without one, or an empty one, c1, c2, …; name_2, name_3, … for those there already. */
static bool name_column(const struct survey *v, struct weir_csv_shape *shape, size_t i, struct weir_arena *arena)
{
	char made[24];
	struct weir_str name = {0};
	if (shape->header && i < v->n_first)
		name = weir_str_trim(v->first[i]);
	if (name.size == 0) {
		int n = snprintf(made, sizeof made, "c%zu", i + 1);
		name = (struct weir_str){made, (size_t)n};
	}
	struct weir_buf numbered = {0};
	struct weir_str unique = name;
	for (unsigned k = 2; !numbered.failed && name_taken(shape, i, unique); k++) {
		weir_buf_clear(&numbered);
		weir_buf_addf(&numbered, WEIR_STR_FMT "_%u", WEIR_STR_ARG(name), k);
		unique = weir_buf_str(&numbered);
	}
	shape->columns[i].name = weir_arena_str(arena, unique);
	bool ok = !numbered.failed && shape->columns[i].name.data;
	weir_buf_release(&numbered);
	return ok;
}

static int how_sure(const struct survey *v, const struct agreement *a, bool header)
{
	if (a->n_records == 0 || a->n_fields < 2 || v->n_records == 0)
		return 0;
	if (v->first[0].size && (*v->first[0].data == '{' || *v->first[0].data == '['))
		return 0; /* JSON has commas too */
	size_t percent = a->n_alike * 100 / a->n_records;
	bool typed = false;
	for (size_t i = 0; i < v->n_columns; i++)
		typed |= v->below[i].type != WEIR_STRING && v->below[i].type != WEIR_NULL;
	if (percent < 80 || (a->n_records < 2 && a->n_fields < 3))
		return 0;
	if (a->n_fields == 2 && !header && !typed)
		return 0;
	return (int)(percent - 25 + (header ? 10 : 0) + (a->n_fields > 2 ? 5 : 0));
}

bool weir_csv_sniff(struct weir_str sample, bool complete, enum weir_csv_header header,
		    const struct weir_cell_nulls *nulls, struct weir_csv_shape *shape, struct weir_arena *arena)
{
	struct survey v = {0};
	struct agreement a;
	sample = weir_csv_without_bom(sample);
	bool found = !shape->separator;
	if (found)
		shape->separator = weir_csv_sniff_separator(sample, complete);
	if (!agree(sample, complete, shape->separator, &a))
		return false;
	v.n_fields = a.n_fields;
	if (!survey_sample(&v, sample, complete, shape->separator, nulls, arena))
		return false;
	shape->known = v.n_records > 0;
	shape->preamble = v.preamble;
	if (!shape->known && found)
		shape->separator = 0; /* that was no more than a guess */
	if (!shape->known)
		return true;
	shape->header = header == WEIR_CSV_HEADER_YES || (header == WEIR_CSV_HEADER_AUTO && first_is_header(&v));
	shape->n_fields = v.n_fields;
	v.n_columns = v.n_fields < WEIR_MAX_COLUMNS ? v.n_fields : WEIR_MAX_COLUMNS;
	if (!shape->header)
		survey_record(&v, &(struct weir_csv_record){.fields = v.first, .n_fields = v.n_first}, nulls);
	shape->sureness = how_sure(&v, &a, shape->header);
	shape->n_columns = v.n_columns;
	shape->columns = weir_arena_zalloc(arena, v.n_columns * sizeof *shape->columns);
	for (size_t i = 0; shape->columns && i < v.n_columns; i++) {
		shape->columns[i].type = v.below[i].type;
		if (!name_column(&v, shape, i, arena))
			return false;
	}
	return shape->columns != NULL;
}
