/* Casts. What each type's texts are is the same but where Spark reads more, or less, than weir. */
#include "query/expr/eval/eval.h"
#include "query/expr/spark/spark.h"

/* There, 2026, 2026-1-2 and 10:20:30 are times, too. */
#define ISO                                                                                                            \
	"regexp_extract($0, '^\\\\s*((?!0000)\\\\d{4}-\\\\d\\\\d-\\\\d\\\\d"                                           \
	"([T ]\\\\d\\\\d:\\\\d\\\\d(:\\\\d\\\\d([.]\\\\d+)?)?(Z|[-+]\\\\d\\\\d(:?\\\\d\\\\d)?)?)?)\\\\s*$', 1)"

static const char *from_text(enum weir_type to)
{
	switch (to) {
	case WEIR_FLOAT64:
		return WEIR_SPARK_NUMBER;
	case WEIR_INT64: /* 1e3 is 1000 */
		return "coalesce(CAST(regexp_extract($0, '^\\\\s*([-+]?[0-9]+)\\\\s*$', 1) AS BIGINT), "
		       "nullif(try_cast(" WEIR_SPARK_NUMBER " AS BIGINT), 9223372036854775807L))";
	case WEIR_TIMESTAMP:
		return "CAST(" ISO " AS TIMESTAMP)";
	default:
		return "CAST($0 AS BOOLEAN)";
	}
}

static const char *to_time(enum weir_type from)
{
	switch ((int)from) {
	case WEIR_INT64:
		return "CASE WHEN $0 BETWEEN -62135596800L AND 253402300799L THEN timestamp_seconds($0) END";
	case WEIR_FLOAT64:
		return "CASE WHEN @0 >= -62135596800D AND @0 < 253402300800D "
		       "THEN timestamp_micros(CAST(rint(@0 * 1e6D) AS BIGINT)) END";
	default:
		return "$0";
	}
}

static const char *from_time(enum weir_type to)
{
	return to == WEIR_INT64 ? "unix_seconds($0)" : to == WEIR_FLOAT64 ? "CAST($0 AS DOUBLE)" : "CAST($0 AS STRING)";
}

static const char *from_interval(enum weir_type to)
{
	return to == WEIR_INT64     ? "@0 div 1000000L"
	       : to == WEIR_FLOAT64 ? "CAST($0 AS DOUBLE) / 1e6D"
				    : "CAST(CAST($0 AS DOUBLE) / 1e6D AS STRING)";
}

void weir_spark_cast(const struct weir_bnode *n, struct weir_spark_form *f)
{
	enum weir_type from = n->args[0]->type, to = n->type;

	if (to == WEIR_STRING && (from == WEIR_FLOAT64 || from == WEIR_INTERVAL))
		f->note = "floats below 0.001 and from 10000000 on are written 1.0E7 when they become text";
	if (from == WEIR_STRING && to == WEIR_TIMESTAMP)
		f->note = "of texts, only times in ISO 8601 are read";
	if (from == WEIR_INTERVAL) {
		f->level = to == WEIR_STRING ? WEIR_SPARK_CALL : WEIR_SPARK_PRODUCT;
		weir_buf_add_c(&f->text, from_interval(to));
	} else if (from == WEIR_STRING) {
		weir_buf_add_c(&f->text, from_text(to));
	} else if (to == WEIR_TIMESTAMP) {
		weir_buf_add_c(&f->text, to_time(from));
	} else if (from == WEIR_TIMESTAMP) {
		weir_buf_add_c(&f->text, from_time(to));
	} else if (from == WEIR_FLOAT64 && to == WEIR_INT64) {
		weir_buf_add_c(
		    &f->text, "nullif(try_cast($0 AS BIGINT), 9223372036854775807L)"); /* CAST would stop at the ends */
	} else {
		weir_buf_addf(&f->text, "CAST($0 AS %s)", weir_spark_type(to));
	}
}
