/* A value of a partial row from its text. */
#include "query/partial/partial.h"

#include <math.h>

static enum weir_status is_none(const struct weir_partial_column *column, struct weir_str text, struct weir_error *err)
{
	enum { MOST = 60 };
	struct weir_str shown = {text.data, text.size < MOST ? text.size : MOST};
	return weir_fail(err, WEIR_MALFORMED, "partial row", WEIR_STR_FMT " is no %s for " WEIR_STR_FMT,
			 WEIR_STR_ARG(shown), column->decimal ? "decimal" : weir_type_name(column->type),
			 WEIR_STR_ARG(column->name));
}

static bool read_float(struct weir_str text, double *out)
{
	bool negative = weir_str_equal(text, WEIR_STR("-Infinity"));
	bool infinite = negative || weir_str_equal(text, WEIR_STR("Infinity"));
	*out = infinite ? (negative ? -INFINITY : INFINITY) : NAN;
	return infinite || weir_str_equal(text, WEIR_STR("NaN")) || weir_parse_double(text, out);
}

/* Digits that may take 128 bits. */
static bool read_decimal(struct weir_str text, struct weir_value *out)
{
	weir_uint128 number = 0;
	size_t i = text.size && text.data[0] == '-';
	bool negative = i, any = false;
	for (; i < text.size; i++, any = true) {
		unsigned digit = (unsigned)(text.data[i] - '0');
		if (digit > 9 || number > (((weir_uint128)1 << 127) - 1 - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	weir_int128 v = negative ? -(weir_int128)number : (weir_int128)number;
	*out = (struct weir_value){.type = WEIR_INT64, .i = (int64_t)v};
	out->wide = v > INT64_MAX || v < INT64_MIN;
	out->hi = out->wide ? (int64_t)(v >> 64) : 0;
	return any;
}

enum weir_status weir_partial_read(const struct weir_partial_column *column, struct weir_str text,
				   struct weir_value *out, struct weir_error *err)
{
	bool ok = true;
	*out = (struct weir_value){.type = column->type};
	switch (column->type) {
	case WEIR_BOOL:
		out->b = weir_str_equal(text, WEIR_STR("true"));
		ok = out->b || weir_str_equal(text, WEIR_STR("false"));
		break;
	case WEIR_INT64:
		ok = column->decimal ? read_decimal(text, out) : weir_parse_int64(text, false, &out->i);
		break;
	case WEIR_TIMESTAMP:
		ok = weir_parse_int64(text, false, &out->i);
		break;
	case WEIR_FLOAT64:
		ok = read_float(text, &out->f);
		break;
	case WEIR_STRING:
		out->s = text;
		break;
	default:
		ok = false;
	}
	return ok ? WEIR_OK : is_none(column, text, err);
}
