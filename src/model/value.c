/* Names of types, text and order of values. */
#include "weir/model/value.h"

#include "weir/base/time.h"

#include <math.h>

const char *weir_type_name(enum weir_type t)
{
	static const char *const names[WEIR_TYPE_COUNT] = {"null", "bool", "int64", "float64", "timestamp", "string"};
	return (unsigned)t < WEIR_TYPE_COUNT ? names[t] : "unknown";
}

enum weir_type weir_type_named(struct weir_str name, enum weir_type otherwise)
{
	for (int t = 0; t < WEIR_TYPE_COUNT; t++)
		if (weir_str_equal(name, weir_str_of(weir_type_name((enum weir_type)t))))
			return (enum weir_type)t;
	return otherwise;
}

enum weir_type weir_type_widen(enum weir_type a, enum weir_type b)
{
	if (a == b || b == WEIR_NULL)
		return a;
	if (a == WEIR_NULL)
		return b;
	bool numbers = (a == WEIR_INT64 || a == WEIR_FLOAT64) && (b == WEIR_INT64 || b == WEIR_FLOAT64);
	return numbers ? WEIR_FLOAT64 : WEIR_STRING;
}

static void wide_text(int64_t hi, int64_t lo, struct weir_buf *out)
{
	__extension__ typedef unsigned __int128 u128;
	u128 v = (u128)(uint64_t)hi << 64 | (uint64_t)lo;
	bool negative = hi < 0;
	if (negative)
		v = -v;
	char digits[48];
	size_t n = sizeof digits;
	do
		digits[--n] = (char)('0' + (int)(v % 10));
	while (v /= 10);
	if (negative)
		digits[--n] = '-';
	weir_buf_add(out, digits + n, sizeof digits - n);
}

void weir_value_text(const struct weir_value *v, struct weir_buf *out)
{
	char text[48];
	switch (v->type) {
	case WEIR_BOOL:
		weir_buf_add_c(out, v->b ? "true" : "false");
		break;
	case WEIR_INT64:
		if (v->wide)
			wide_text(v->hi, v->i, out);
		else
			weir_buf_add(out, text, weir_format_int64(v->i, text));
		break;
	case WEIR_FLOAT64:
		weir_buf_add(out, text, weir_format_double(v->f, text));
		break;
	case WEIR_TIMESTAMP:
		weir_buf_add(out, text, weir_time_format_iso(v->i, text));
		break;
	case WEIR_STRING:
		weir_buf_add_str(out, v->s);
		break;
	case WEIR_NULL:
	case WEIR_TYPE_COUNT:
		break;
	}
}

void weir_value_json(const struct weir_value *v, struct weir_buf *out)
{
	if (v->type == WEIR_NULL || (v->type == WEIR_FLOAT64 && !isfinite(v->f))) {
		weir_buf_add_c(out, "null");
	} else if (v->type == WEIR_STRING) {
		weir_json_quote(v->s, out);
	} else if (v->type == WEIR_TIMESTAMP) {
		weir_buf_add_char(out, '"');
		weir_value_text(v, out);
		weir_buf_add_char(out, '"');
	} else {
		weir_value_text(v, out);
	}
}

void weir_json_quote(struct weir_str s, struct weir_buf *out)
{
	static const char escapes[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	weir_buf_add_char(out, '"');
	size_t plain = 0, i = 0;
	while (i < s.size) {
		unsigned char c = (unsigned char)s.data[i];
		uint32_t cp;
		size_t n = c < 0x80 ? 1 : weir_utf8_decode(s.data + i, s.size - i, &cp);
		if (n && c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) {
			i += n;
			continue;
		}
		weir_buf_add(out, s.data + plain, i - plain);
		if (!n)
			weir_buf_add_c(out, "\xef\xbf\xbd");
		else if (c == '"' || c == '\\')
			weir_buf_addf(out, "\\%c", c);
		else if (c < 0x20 && escapes[c])
			weir_buf_addf(out, "\\%c", escapes[c]);
		else
			weir_buf_addf(out, "\\u%04x", c);
		plain = ++i;
	}
	weir_buf_add(out, s.data + plain, s.size - plain);
	weir_buf_add_char(out, '"');
}

/* int64 against double without rounding the integer. */
static int compare_mixed(int64_t i, double f)
{
	if (isnan(f) || f >= 9223372036854775808.0)
		return -1;
	if (f < -9223372036854775808.0)
		return 1;
	int64_t whole = (int64_t)f;
	if (i != whole)
		return i < whole ? -1 : 1;
	double rest = f - (double)whole;
	return rest > 0 ? -1 : rest < 0;
}

static int compare_double(double a, double b) /* NaN after every number, as Spark and DuckDB sort it */
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (a > b) - (a < b);
}

static int compare_int(const struct weir_value *a, const struct weir_value *b)
{
	int64_t high_a = a->wide ? a->hi : -(a->i < 0), high_b = b->wide ? b->hi : -(b->i < 0);
	if (high_a != high_b)
		return high_a < high_b ? -1 : 1;
	if (a->wide || b->wide)
		return ((uint64_t)a->i > (uint64_t)b->i) - ((uint64_t)a->i < (uint64_t)b->i);
	return (a->i > b->i) - (a->i < b->i);
}

int weir_value_compare(const struct weir_value *a, const struct weir_value *b)
{
	if (a->type == WEIR_NULL || b->type == WEIR_NULL)
		return (a->type == WEIR_NULL) - (b->type == WEIR_NULL);
	if (a->type == WEIR_INT64 && b->type == WEIR_FLOAT64)
		return a->wide ? compare_double(ldexp((double)a->hi, 64) + (double)(uint64_t)a->i, b->f)
			       : compare_mixed(a->i, b->f);
	if (a->type == WEIR_FLOAT64 && b->type == WEIR_INT64)
		return -weir_value_compare(b, a);
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	switch (a->type) {
	case WEIR_BOOL:
		return a->b - b->b;
	case WEIR_FLOAT64:
		return compare_double(a->f, b->f);
	case WEIR_STRING:
		return weir_str_compare(a->s, b->s);
	default:
		return compare_int(a, b);
	}
}
