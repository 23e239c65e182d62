/* Conditions, keys and derived columns: what a view says, and the same in C. */
#include "reference.h"

static bool is_null(const struct ref_row *r, enum ref_column c)
{
	return r->cells[c].type == WEIR_NULL;
}

static int int_positive(const struct ref_row *r)
{
	return is_null(r, REF_INT) ? -1 : r->cells[REF_INT].i > 0;
}
static int word_is_b(const struct ref_row *r)
{
	return is_null(r, REF_WORD) ? -1 : weir_str_equal(r->cells[REF_WORD].s, WEIR_STR("beta"));
}
static int float_there(const struct ref_row *r)
{
	return !is_null(r, REF_FLOAT);
}
static int flag(const struct ref_row *r)
{
	return is_null(r, REF_FLAG) ? -1 : r->cells[REF_FLAG].b;
}
static int never(const struct ref_row *r)
{
	return is_null(r, REF_INT) ? -1 : r->cells[REF_INT].i > 1000000000;
}
static int small_float(const struct ref_row *r)
{
	return is_null(r, REF_FLOAT) ? -1 : r->cells[REF_FLOAT].f < 50;
}

/* NULL is -1, as below. */
static int and (int a, int b)
{
	return a == 0 || b == 0 ? 0 : a < 0 || b < 0 ? -1 : 1;
}
static int not(int a)
{
	return a < 0 ? -1 : !a;
}
static int or (int a, int b)
{
	return not(and(not(a), not(b)));
}
static int between_or_flag(const struct ref_row *r)
{
	int64_t i = r->cells[REF_INT].i;
	return or (is_null(r, REF_INT) ? -1 : i >= -5 && i <= 5, flag(r));
}
static bool is_word(const struct ref_row *r, const char *text)
{
	return weir_str_equal(r->cells[REF_WORD].s, weir_str_of(text));
}
static int word_in_list(const struct ref_row *r)
{
	return is_null(r, REF_WORD) ? -1 : is_word(r, "alpha") || is_word(r, "gamma");
}
static int begins_with_b(const struct ref_row *r)
{
	return is_null(r, REF_WORD) ? -1 : is_word(r, "beta") || is_word(r, "beta ");
}
static int negated(const struct ref_row *r)
{
	return not(and(flag(r), small_float(r)));
}
static struct weir_value key_odd_plus(const struct ref_row *r)
{
	struct weir_value v = r->cells[REF_INT];
	if (v.type == WEIR_INT64)
		v.i = v.i % 7 * 2 + 1;
	return v;
}
static struct weir_value key_named(const struct ref_row *r)
{
	return is_null(r, REF_WORD) ? (struct weir_value){.type = WEIR_STRING, .s = WEIR_STR("none")}
				    : r->cells[REF_WORD];
}
static int derived_both(const struct ref_row *r)
{
	struct weir_value d = key_odd_plus(r), e = key_named(r);
	return and(d.type == WEIR_NULL ? -1 : d.i > 3, !weir_str_equal(e.s, WEIR_STR("beta")));
}
static int mix_there(const struct ref_row *r)
{
	return !is_null(r, REF_MIX);
}

const char ref_derived[] = "d=i % 7 * 2 + 1\ne=coalesce(word, 'none')";
const struct ref_condition ref_conditions[] = {
    {"i > 0", int_positive},
    {"word = 'beta'", word_is_b},
    {"f is not null", float_there},
    {"flag", flag},
    {"i > 1000000000", never},
    {"f < 50", small_float},
    {"i between -5 and 5 or flag", between_or_flag},
    {"word in ('alpha', 'gamma')", word_in_list},
    {"word like 'b%'", begins_with_b},
    {"not (flag and f < 50)", negated},
    {"d > 3 and e <> 'beta'", derived_both},
    {"mix is not null", mix_there},
};
const unsigned ref_n_conditions = sizeof ref_conditions / sizeof *ref_conditions;

static struct weir_value key_word(const struct ref_row *r)
{
	return r->cells[REF_WORD];
}
static struct weir_value key_text(const struct ref_row *r)
{
	return r->cells[REF_TEXT];
}
static struct weir_value key_int(const struct ref_row *r)
{
	return r->cells[REF_INT];
}
static struct weir_value key_flag(const struct ref_row *r)
{
	return r->cells[REF_FLAG];
}
static struct weir_value key_float(const struct ref_row *r)
{
	return r->cells[REF_FLOAT];
}
static struct weir_value key_odd(const struct ref_row *r)
{
	struct weir_value v = r->cells[REF_INT];
	if (v.type == WEIR_INT64)
		v.i %= 7;
	return v;
}

static struct weir_value key_mix(const struct ref_row *r)
{
	return r->cells[REF_MIX];
}
static struct weir_value key_case(const struct ref_row *r)
{
	bool small = small_float(r) == 1;
	return (struct weir_value){.type = WEIR_STRING, .s = small ? WEIR_STR("low") : WEIR_STR("high")};
}

const struct ref_key ref_keys[] = {
    {"word", key_word}, {"text", key_text},
    {"i", key_int},     {"flag", key_flag},
    {"f", key_float},   {"i % 7 as odd", key_odd},
    {"mix", key_mix},   {"d", key_odd_plus},
    {"e", key_named},   {"case when f < 50 then 'low' else 'high' end as size", key_case},
};
const unsigned ref_n_keys = sizeof ref_keys / sizeof *ref_keys;
