/* Casts between types, for cast(x as T), for arguments of another type, and for batches older than a column's type. */
#include "query/expr/eval/eval.h"

#include "weir/base/time.h"

#include <math.h>

bool weir_text_to_bool(struct weir_str s, bool *out)
{
	static const char *const words[2][5] = {{"false", "f", "no", "n", "0"}, {"true", "t", "yes", "y", "1"}};

	s = weir_str_trim(s);
	for (int v = 0; v < 2; v++)
		for (int i = 0; i < 5; i++)
			if (weir_str_equal_nocase(s, weir_str_of(words[v][i]))) {
				*out = v;
				return true;
			}
	return false;
}

bool weir_double_to_int64(double v, int64_t *out)
{
	if (!(v > -0x1p63 - 1025 && v < 0x1p63)) /* the first double below -2^63 is 2048 less */
		return false;
	*out = (int64_t)v;
	return true;
}

bool weir_text_to_int64(struct weir_str s, int64_t *out)
{
	double d;

	s = weir_str_trim(s);
	return weir_parse_int64(s, false, out) || (weir_parse_double(s, &d) && weir_double_to_int64(d, out));
}

bool weir_text_to_double(struct weir_str s, double *out)
{
	static const struct {
		const char *word;
		double value;
	} words[] = {
	    {"nan", NAN}, {"infinity", INFINITY}, {"inf", INFINITY}, {"-infinity", -INFINITY}, {"-inf", -INFINITY}};

	s = weir_str_trim(s);
	if (weir_parse_double(s, out))
		return true;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (weir_str_equal_nocase(s, weir_str_of(words[i].word))) {
			*out = words[i].value;
			return true;
		}
	return false;
}

bool weir_text_to_timestamp(struct weir_str s, int64_t *out)
{
	return weir_time_read(s, out);
}

static bool seconds_to_us(int64_t s, int64_t *out)
{
	return !__builtin_mul_overflow(s, WEIR_US_PER_S, out);
}

static int64_t floor_seconds(int64_t us)
{
	int64_t s = us / WEIR_US_PER_S;

	return s - (us % WEIR_US_PER_S < 0);
}

/* One value that is no text: number, truth value, time. */
static bool cast_scalar(const struct weir_value *v, enum weir_type to, struct weir_value *out)
{
	double d = v->type == WEIR_FLOAT64 ? v->f : v->type == WEIR_BOOL ? v->b : (double)v->i;
	int64_t i = v->type == WEIR_BOOL ? v->b : v->i;
	bool time = v->type == WEIR_TIMESTAMP || v->type == WEIR_INTERVAL;

	switch ((int)to) {
	case WEIR_BOOL:
		out->b = v->type == WEIR_FLOAT64 ? d != 0 : i != 0;
		return true;
	case WEIR_INT64:
		if (v->type == WEIR_FLOAT64)
			return weir_double_to_int64(d, &out->i);
		out->i = !time ? i : v->type == WEIR_TIMESTAMP ? floor_seconds(i) : i / WEIR_US_PER_S;
		return true;
	case WEIR_FLOAT64:
		out->f = time ? d / 1e6 : d;
		return true;
	case WEIR_TIMESTAMP:
		if (time) {
			out->i = i;
			return weir_time_exists(i);
		}
		return (v->type == WEIR_FLOAT64 ? weir_double_to_int64(nearbyint(d * 1e6), &out->i)
						: seconds_to_us(i, &out->i)) &&
		       weir_time_exists(out->i);
	default:
		return false;
	}
}

static bool cast_text(struct weir_str s, enum weir_type to, struct weir_value *out)
{
	switch (to) {
	case WEIR_BOOL:
		return weir_text_to_bool(s, &out->b);
	case WEIR_INT64:
		return weir_text_to_int64(s, &out->i);
	case WEIR_FLOAT64:
		return weir_text_to_double(s, &out->f);
	case WEIR_TIMESTAMP:
		return weir_text_to_timestamp(s, &out->i);
	default:
		return false;
	}
}

static struct weir_value value_at(const struct weir_bvec *v, uint32_t i)
{
	struct weir_value out = {.type = v->type};

	if (v->type == WEIR_BOOL)
		out.b = weir_bit_get(v->bits, i);
	else if (v->type == WEIR_FLOAT64)
		out.f = v->f[i];
	else if (v->type == WEIR_STRING)
		out.s = v->s[i];
	else
		out.i = v->i[i];
	return out;
}

static bool to_text(struct weir_arena *strings, const struct weir_bvec *in, uint32_t n, struct weir_slot *slot)
{
	struct weir_buf text = {0};
	bool ok = true;

	for (uint32_t i = 0; i < n && ok; i++) {
		slot->s[i] = WEIR_STR("");
		if (in->valid && !weir_bit_get(in->valid, i))
			continue;
		struct weir_value v = value_at(in, i);
		if (v.type == WEIR_INTERVAL)
			v = (struct weir_value){.type = WEIR_FLOAT64, .f = (double)v.i / 1e6};
		weir_buf_clear(&text);
		if (v.type == WEIR_TIMESTAMP) {
			char time[40];
			weir_buf_add(&text, time, weir_time_format_sql(v.i, time));
		} else {
			weir_value_text(&v, &text);
		}
		slot->s[i] = weir_arena_str(strings, weir_buf_str(&text));
		ok = !text.failed && slot->s[i].data;
	}
	weir_buf_release(&text);
	return ok;
}

static void put(struct weir_slot *slot, enum weir_type to, uint32_t i, const struct weir_value *v)
{
	if (to == WEIR_BOOL) {
		weir_bit_clear(slot->bits, i);
		if (v->b)
			weir_bit_set(slot->bits, i);
	} else if (to == WEIR_FLOAT64) {
		slot->f[i] = v->f;
	} else {
		slot->i[i] = v->i;
	}
}

static void to_scalar(const struct weir_bvec *in, enum weir_type to, uint32_t n, struct weir_slot *slot,
		      struct weir_bvec *out)
{
	weir_valid_own(slot, out, n);
	for (uint32_t i = 0; i < n; i++) {
		struct weir_value v = {.type = to};
		if (weir_bit_get(slot->valid, i)) {
			struct weir_value from = value_at(in, i);
			bool ok = in->type == WEIR_STRING ? cast_text(from.s, to, &v) : cast_scalar(&from, to, &v);
			if (!ok) {
				weir_bit_clear(slot->valid, i);
				v = (struct weir_value){.type = to};
			}
		}
		put(slot, to, i, &v);
	}
}

bool weir_cast_vec(struct weir_arena *strings, const struct weir_bvec *in, enum weir_type to, uint32_t n,
		   struct weir_slot *slot, struct weir_bvec *out)
{
	*out = (struct weir_bvec){.type = to, .valid = in->valid, .bits = slot->bits};
	if (in->type == to) {
		out->bits = in->bits;
		return true;
	}
	if (to == WEIR_STRING)
		return to_text(strings, in, n, slot);
	if (in->type == WEIR_INT64 && to == WEIR_FLOAT64) {
		for (uint32_t i = 0; i < n; i++)
			slot->f[i] = (double)in->i[i];
		return true;
	}
	to_scalar(in, to, n, slot, out);
	return true;
}
