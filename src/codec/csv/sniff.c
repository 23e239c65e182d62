/* What a sample of separated text tells: separator, header, columns. */
#include "codec/csv/csv.h"

#include "weir/base/dict.h"
#include "weir/model/schema.h"

#include <stdio.h>
#include <stdlib.h>

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
	enum weir_csv_found found = WEIR_CSV_MORE;
	while (out->n_records < SNIFF_RECORDS && (found = next_record(scan, complete, &record)) != WEIR_CSV_MORE &&
	       found != WEIR_CSV_OUT_OF_MEMORY) {
		size_t n = record.n_fields < COUNTED ? record.n_fields : COUNTED - 1;
		if (out->n_records == 0 && weir_csv_is_comment(&record))
			continue;
		out->n_records++;
		if (found == WEIR_CSV_RECORD && ++count[n] >= out->n_alike) {
			out->n_alike = count[n];
			out->n_fields = n == COUNTED - 1 ? record.n_fields : n;
		}
	}
	weir_csv_scan_free(scan);
	return found != WEIR_CSV_OUT_OF_MEMORY;
}

char weir_csv_sniff_separator(struct weir_str sample, bool complete)
{
	static const char candidates[] = ",;\t|";
	char best = ',';
	double best_score = 0;
	sample = weir_csv_without_bom(sample);
	for (const char *c = candidates; *c; c++) {
		struct agreement a;
		if (!agree(sample, complete, *c, &a))
			return 0;
		if (a.n_fields < 2)
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
	bool like_data;     /* no text begins like a name */
	bool not_a_year;    /* some value is no whole number of four digits */
};

struct survey {
	size_t n_fields; /* as most records have, or the first one when it has more */
	size_t comments, preamble;
	bool padded;            /* some of that has a separator for every column, as spreadsheets write it */
	bool unpadded;          /* lines of that kind are to be records */
	struct weir_str *first; /* texts of the first record, in the arena */
	size_t n_first, n_records, n_columns; /* records without those that are the first one again */
	size_t n_again;
	struct below *below; /* n_columns_max of them, in the arena */
};

static bool like_name(struct weir_str s)
{
	unsigned char c = s.size ? (unsigned char)s.data[0] : 0;
	return c >= 0x80 || c == '_' || c == '#' || c == '@' || c == '$' || c == '%' || c == '(' ||
	       (c | 32) - 'a' + 0u < 26;
}

/* A whole number from 1000 to 2999, as the name of a column may be; otherwise 0. */
static int64_t year_of(struct weir_str s)
{
	int64_t year;
	return weir_text_int64(weir_text_bare(s), &year) && year >= 1000 && year < 3000 ? year : 0;
}

/* The whole first record comes again: a header, where files were joined. One field alone is too little to tell. */
static bool is_first_again(const struct survey *v, const struct weir_csv_record *r)
{
	bool same = r->n_fields == v->n_first && v->n_first > 1;
	for (size_t i = 0; same && i < v->n_first; i++)
		same = weir_str_equal(r->fields[i], v->first[i]);
	return same;
}

static void survey_record(struct survey *v, const struct weir_csv_record *r, const struct weir_text_nulls *nulls)
{
	for (size_t i = 0; i < r->n_fields && i < WEIR_MAX_CSV_FIELDS; i++) {
		struct weir_str s = r->fields[i];
		struct below *b = &v->below[i];
		if (weir_text_is_null(nulls, s) || (nulls->empty && weir_text_bare(s).size == 0))
			continue;
		if (b->type != WEIR_STRING)
			b->type = weir_type_widen(b->type, weir_text_type(s));
		b->not_a_year = b->not_a_year || year_of(s) == 0;
		if (i < v->n_first && weir_str_equal(s, v->first[i]))
			b->repeats_first = true;
		if (like_name(weir_text_bare(s)))
			b->like_data = false;
	}
}

enum { PREAMBLE_LINES = 100 }; /* logs of DHCP servers explain their codes first */

/* A title, and no more than separators behind it. */
static bool is_padded(const struct weir_csv_record *r)
{
	for (size_t i = 1; i < r->n_fields && i < WEIR_MAX_CSV_FIELDS; i++)
		if (weir_text_bare(r->fields[i]).size)
			return false;
	struct weir_str title = weir_text_bare(r->fields[0]);
	return r->n_fields > 2 && r->n_fields <= WEIR_MAX_CSV_FIELDS && (!title.size || like_name(title));
}

bool weir_csv_may_be_preamble(const struct weir_csv_record *r)
{
	return r->n_fields == 1 || is_padded(r) ||
	       (r->n_fields == 2 && r->text.size == 5 && memcmp(r->text.data, "sep=", 4) == 0);
}

bool weir_csv_is_comment(const struct weir_csv_record *r)
{
	return r->text.size && *r->text.data == '#';
}

static bool is_preamble(const struct survey *v, const struct weir_csv_record *r)
{
	return v->n_records == 0 && weir_csv_may_be_preamble(r) && v->n_fields > 1 && v->preamble < PREAMBLE_LINES &&
	       !(v->unpadded && is_padded(r));
}

static bool keep_first(struct survey *v, const struct weir_csv_record *r, struct weir_arena *arena)
{
	if (r->n_fields > v->n_fields)
		v->n_fields = r->n_fields;
	v->n_first = r->n_fields < WEIR_MAX_CSV_FIELDS ? r->n_fields : WEIR_MAX_CSV_FIELDS;
	v->first = weir_arena_alloc(arena, v->n_first * sizeof *v->first);
	for (size_t i = 0; v->first && i < v->n_first; i++) {
		v->first[i] = weir_arena_str(arena, r->fields[i]);
		if (!v->first[i].data)
			return false;
	}
	return v->first != NULL;
}

/* `comments`: so many lines at the front that begin with # are none of the records. */
static bool survey_sample(struct survey *v, struct weir_str sample, bool complete, char separator, size_t comments,
			  const struct weir_text_nulls *nulls, struct weir_arena *arena)
{
	struct weir_csv_scan *scan = weir_csv_scan_new(separator, WEIR_MAX_CSV_FIELDS);
	v->below = weir_arena_zalloc(arena, WEIR_MAX_CSV_FIELDS * sizeof *v->below);
	bool ok = scan && v->below;
	for (size_t i = 0; ok && i < WEIR_MAX_CSV_FIELDS; i++)
		v->below[i].like_data = true;
	if (ok)
		weir_csv_scan_start(scan, sample.data, sample.size, complete);
	for (enum weir_csv_found found; ok;) {
		struct weir_csv_record r;
		found = next_record(scan, complete, &r);
		if (found == WEIR_CSV_MORE)
			break;
		ok = found != WEIR_CSV_OUT_OF_MEMORY;
		if (found != WEIR_CSV_RECORD || (!r.plain && weir_text_binary(r.text)))
			continue;
		if (v->n_records == 0 && v->comments < comments && weir_csv_is_comment(&r)) {
			v->comments++;
			continue;
		}
		if (is_preamble(v, &r)) {
			v->preamble++;
			v->padded = v->padded || is_padded(&r);
			continue;
		}
		if (v->n_records && is_first_again(v, &r)) {
			v->n_again++;
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

/* What stands for a missing value rather than for a name. */
static bool is_placeholder(struct weir_str s)
{
	static const char *const words[] = {"n/a", "na", "nan", "null", "none", "nil", "inf", "infinity"};
	bool marks = true;
	for (size_t i = 0; i < s.size; i++)
		marks &= s.data[i] == '-' || s.data[i] == '.' || s.data[i] == '?' || s.data[i] == '*';
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (weir_str_equal_nocase(s, weir_str_of(words[i])))
			return true;
	return marks;
}

/* A table that has years across, as country,2019,2020,2021: names that rise evenly above values that are no years. */
static bool names_are_years(const struct survey *v)
{
	int64_t before = 0, step = 0;
	size_t n = 0;
	for (size_t i = 0; i < v->n_first; i++) {
		struct weir_str s = weir_text_bare(v->first[i]);
		if (s.size == 0 || weir_text_type(s) == WEIR_STRING)
			continue;
		int64_t year = year_of(s);
		if (!year || !v->below[i].not_a_year || (n == 1 && year == before) || (n > 1 && year - before != step))
			return false;
		step = year - before;
		before = year;
		n++;
	}
	return n > 1 && v->n_records > 1 && step > -11 && step < 11;
}

/* Texts above numbers, or above texts that begin like data (dates, addresses), are names; numbers are not, but for years. Where
 * all is text, the first record names the columns unless a text of it comes again below. Twice the same name is allowed. */
static bool first_is_header(const struct survey *v)
{
	size_t names = 0, data = 0, texts = 0, numbers = 0;
	bool repeats = false;
	for (size_t i = 0; i < v->n_first; i++) {
		struct weir_str s = weir_text_bare(v->first[i]);
		const struct below *b = &v->below[i];
		bool typed = b->type != WEIR_STRING && b->type != WEIR_NULL,
		     like_data = v->n_records > 1 && b->like_data;
		repeats |= b->repeats_first;
		if (s.size == 0)
			continue;
		if (weir_text_type(s) != WEIR_STRING)
			numbers++;
		else if (is_placeholder(s))
			data++;
		else if (v->n_records > 1 && (typed || (like_data && like_name(s) && b->type != WEIR_NULL)))
			names++;
		else if (!like_name(s) && (like_data || v->n_records == 1))
			data++;
		else
			texts++;
	}
	if (numbers)
		return names_are_years(v);
	if (names)
		return names >= data;
	repeats |= v->n_again * 4 > v->n_records; /* too often for joined files */
	return texts && !data && !repeats && (v->n_first > 1 || v->n_records > 1);
}

/* The names so far, and the number that a name would get which comes again. */
struct names {
	struct weir_dict *taken;
	uint32_t *next; /* by code in `taken`; 0: 2 */
};

/* Into `numbered`: name_2, name_3, … whichever is free. False: no memory. */
static bool number_name(struct names *names, struct weir_str name, struct weir_buf *numbered)
{
	uint32_t *next = &names->next[weir_dict_find(names->taken, name)], k = *next ? *next : 2;
	do {
		weir_buf_clear(numbered);
		weir_buf_addf(numbered, WEIR_STR_FMT "_%u", WEIR_STR_ARG(name), k++);
	} while (!numbered->failed && weir_dict_find(names->taken, weir_buf_str(numbered)) != WEIR_DICT_NONE);
	*next = k;
	return !numbered->failed;
}

/* The header's text; without one, or an empty one, c1, c2, …; name_2, name_3, … for those there already. */
static bool name_column(const struct survey *v, struct weir_csv_shape *shape, size_t i, struct names *names,
			struct weir_arena *arena)
{
	char made[24];
	struct weir_str name = {0};
	struct weir_buf repaired = {0};
	if (shape->header && i < v->n_first) {
		shape->columns[i].title = name = weir_str_trim(v->first[i]);
		if (!weir_text_clean(name)) {
			weir_utf8_repair(name, &repaired);
			name = weir_buf_str(&repaired);
		}
	}
	if (name.size == 0) {
		int n = snprintf(made, sizeof made, "c%zu", i + 1);
		name = (struct weir_str){made, (size_t)n};
	}
	struct weir_buf numbered = {0};
	struct weir_str unique = name;
	bool ok = !repaired.failed;
	if (ok && weir_dict_find(names->taken, name) != WEIR_DICT_NONE) {
		ok = number_name(names, name, &numbered);
		unique = weir_buf_str(&numbered);
	}
	if (ok)
		shape->columns[i].name = weir_arena_str(arena, unique);
	ok = ok && shape->columns[i].name.data && weir_dict_add(names->taken, unique) != WEIR_DICT_NONE;
	weir_buf_release(&numbered);
	weir_buf_release(&repaired);
	return ok;
}

static bool name_columns(const struct survey *v, struct weir_csv_shape *shape, struct weir_arena *arena)
{
	struct names names = {.taken = weir_dict_new(NULL), .next = weir_calloc(v->n_columns + 1, sizeof *names.next)};
	bool ok = names.taken && names.next;
	for (size_t i = 0; ok && i < v->n_columns; i++)
		ok = name_column(v, shape, i, &names, arena);
	weir_dict_unref(names.taken);
	free(names.next);
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

enum { COMMENT_LINES = 1000 };

/* Comments may stand above the first record; the last of them may be the header itself (#id,name), which shows when nothing
 * else is one. False: no memory. */
static bool survey_below_comments(struct survey *v, struct weir_str sample, bool complete,
				  const struct weir_csv_shape *shape, enum weir_csv_header header,
				  const struct weir_text_nulls *nulls, struct weir_arena *arena)
{
	const struct survey empty = *v;
	if (!survey_sample(v, sample, complete, shape->separator, COMMENT_LINES, nulls, arena))
		return false;
	if (!v->comments || header == WEIR_CSV_HEADER_NO || (v->n_records && first_is_header(v)))
		return true;
	const struct survey without = *v;
	*v = empty;
	if (!survey_sample(v, sample, complete, shape->separator, without.comments - 1, nulls, arena))
		return false;
	bool titles = v->n_records && v->n_first == empty.n_fields && empty.n_fields > 1 && first_is_header(v);
	if (!titles)
		*v = without;
	return true;
}

bool weir_csv_sniff(struct weir_str sample, bool complete, enum weir_csv_header header,
		    const struct weir_text_nulls *nulls, struct weir_csv_shape *shape, struct weir_arena *arena)
{
	struct survey v = {0};
	struct agreement a;
	sample = weir_csv_without_bom(sample);
	bool found = !shape->separator;
	if (found)
		shape->separator = weir_csv_sniff_separator(sample, complete);
	if (!shape->separator || !agree(sample, complete, shape->separator, &a))
		return false;
	v.n_fields = a.n_fields;
	if (!survey_below_comments(&v, sample, complete, shape, header, nulls, arena))
		return false;
	if (v.padded && (!v.n_records || !first_is_header(&v))) { /* a title stands above a header */
		v = (struct survey){.n_fields = a.n_fields, .unpadded = true};
		if (!survey_below_comments(&v, sample, complete, shape, header, nulls, arena))
			return false;
	}
	shape->known = v.n_records > 0;
	shape->comments = v.comments;
	shape->preamble = v.preamble;
	if (!shape->known && found)
		shape->separator = 0; /* that was no more than a guess */
	if (!shape->known)
		return true;
	shape->header = header == WEIR_CSV_HEADER_YES || (header == WEIR_CSV_HEADER_AUTO && first_is_header(&v));
	shape->n_titles = shape->header ? v.n_first : 0;
	shape->n_fields = v.n_fields;
	v.n_columns = v.n_fields < WEIR_MAX_CSV_FIELDS ? v.n_fields : WEIR_MAX_CSV_FIELDS;
	if (!shape->header)
		survey_record(&v, &(struct weir_csv_record){.fields = v.first, .n_fields = v.n_first}, nulls);
	shape->sureness = how_sure(&v, &a, shape->header);
	shape->n_columns = v.n_columns;
	shape->columns = weir_arena_zalloc(arena, v.n_columns * sizeof *shape->columns);
	for (size_t i = 0; shape->columns && i < v.n_columns; i++)
		shape->columns[i].type = v.below[i].type;
	return shape->columns && name_columns(&v, shape, arena);
}
