/* Words of Spark SQL: texts, names, numbers and times. */
#include "query/expr/eval/eval.h"
#include "query/expr/spark/literal.h"
#include "query/expr/spark/spark.h"

#include "weir/base/time.h"

#include <math.h>

static void add_escaped(struct weir_str s, const char *escaped, char escape, struct weir_buf *out)
{
	for (size_t i = 0; i < s.size; i++) {
		if (strchr(escaped, s.data[i]) && s.data[i])
			weir_buf_add_char(out, escape ? escape : s.data[i]);
		weir_buf_add_char(out, s.data[i]);
	}
}

void weir_spark_text(struct weir_str s, struct weir_buf *out)
{
	weir_buf_add_char(out, '\'');
	add_escaped(s, "'\\", '\\', out); /* Spark reads backslashes in text, we do not */
	weir_buf_add_char(out, '\'');
}

void weir_spark_name(struct weir_str name, struct weir_buf *out)
{
	weir_buf_add_char(out, '`');
	add_escaped(name, "`", 0, out);
	weir_buf_add_char(out, '`');
}

void weir_spark_time(int64_t us, struct weir_buf *out)
{
	char text[40];

	weir_buf_add_c(out, "TIMESTAMP '");
	weir_buf_add(out, text, weir_time_format_iso(us, text));
	weir_buf_add_char(out, '\'');
}

const char *weir_spark_type(enum weir_type t)
{
	switch ((int)t) {
	case WEIR_BOOL:
		return "BOOLEAN";
	case WEIR_INT64:
	case (int)WEIR_INTERVAL: /* in microseconds */
		return "BIGINT";
	case WEIR_FLOAT64:
		return "DOUBLE";
	case WEIR_TIMESTAMP:
		return "TIMESTAMP";
	default:
		return "STRING";
	}
}

/* With a letter for its type: digits alone are an int there, and with a point a decimal. */
void weir_spark_literal(enum weir_type type, const struct weir_value *v, struct weir_buf *out)
{
	char text[32];

	if (v->type == WEIR_NULL) {
		weir_buf_addf(out, "CAST(NULL AS %s)", weir_spark_type(type));
		return;
	}
	switch ((int)type) {
	case WEIR_STRING:
		weir_spark_text(v->s, out);
		break;
	case WEIR_TIMESTAMP:
		weir_spark_time(v->i, out);
		break;
	case WEIR_FLOAT64:
		if (!isfinite(v->f)) {
			weir_buf_addf(out, "CAST('%s' AS DOUBLE)",
				      isnan(v->f) ? "NaN"
				      : v->f < 0  ? "-Infinity"
						  : "Infinity");
			break;
		}
		weir_buf_add(out, text, weir_format_double(v->f, text));
		weir_buf_add_char(out, 'D');
		break;
	case WEIR_BOOL:
		weir_buf_add_c(out, v->b ? "true" : "false");
		break;
	default: /* int64, an interval */
		weir_buf_add(out, text, weir_format_int64(v->i, text));
		weir_buf_add_char(out, 'L');
	}
}
