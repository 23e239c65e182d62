/* A measure as Spark SQL: the form of its kind, with its own argument, condition and name. */
#include "query/aggregate/aggregate.h"
#include "query/expr/spark/spark.h"

struct printer {
	const struct weir_spark_measure *m;
	struct weir_spark_notes *notes;
	struct weir_buf *out;
};

static void add_filter(const struct printer *p, bool not_null)
{
	if (!p->m->where && !not_null && !p->m->also.size)
		return;
	weir_buf_add_c(p->out, " FILTER (WHERE ");
	if (p->m->also.size) {
		weir_buf_add_str(p->out, p->m->also);
		weir_buf_add_c(p->out, p->m->where || not_null ? " AND " : "");
	}
	if (not_null) {
		weir_bound_spark_operand(p->m->argument, WEIR_SPARK_COMPARISON, p->notes, p->out);
		weir_buf_add_c(p->out, " IS NOT NULL");
		weir_buf_add_c(p->out, p->m->where ? " AND " : "");
	}
	if (p->m->where && (not_null || p->m->also.size))
		weir_bound_spark_operand(p->m->where, WEIR_SPARK_AND, p->notes, p->out);
	else if (p->m->where)
		weir_bound_spark(p->m->where, p->notes, p->out);
	weir_buf_add_char(p->out, ')');
}

/* As a number or a text, for sketches take nothing else. */
static void add_sketched(const struct printer *p)
{
	enum weir_type type = weir_bound_type(p->m->argument);
	const char *before = type == WEIR_TIMESTAMP ? "unix_micros("
			     : type == WEIR_FLOAT64 ? "CAST(0D + "
			     : type == WEIR_BOOL    ? "CAST("
						    : "";
	weir_buf_add_c(p->out, before);
	if (type == WEIR_FLOAT64) /* -0.0 is 0.0 */
		weir_bound_spark_operand(p->m->argument, WEIR_SPARK_SUM, p->notes, p->out);
	else
		weir_bound_spark(p->m->argument, p->notes, p->out);
	weir_buf_add_c(p->out, type == WEIR_FLOAT64 || type == WEIR_BOOL ? " AS STRING)" : *before ? ")" : "");
}

static void fill(const struct printer *p, char place)
{
	char number[32];

	if (place == 'x' && !p->m->argument)
		weir_buf_add_char(p->out, '*');
	else if (place == 'x')
		weir_bound_spark(p->m->argument, p->notes, p->out);
	else if (place == 't')
		add_sketched(p);
	else if (place == 'p')
		weir_buf_add(p->out, number, weir_format_double(p->m->ast->parameter, number));
	else if (place == 'o')
		weir_buf_add_str(p->out, p->m->order);
	else if (place == 's')
		weir_buf_add_str(p->out, p->m->seconds);
	else
		add_filter(p, place == 'n');
}

void weir_measure_spark_form(const struct weir_spark_measure *m, const char *form, struct weir_spark_notes *notes,
			     struct weir_buf *out)
{
	struct printer p = {m, notes, out};
	bool filtered = false;

	for (const char *c = form; *c; c++) {
		if (*c != '$') {
			weir_buf_add_char(out, *c);
			continue;
		}
		fill(&p, *++c);
		filtered |= *c == 'w' || *c == 'n';
	}
	if (!filtered)
		add_filter(&p, false);
}

void weir_measure_spark(const struct weir_spark_measure *m, struct weir_spark_notes *notes, struct weir_buf *out)
{
	const struct weir_aggregate *a = m->ast->aggregate;
	bool whole = m->argument && weir_bound_type(m->argument) == WEIR_INT64;
	const char *form = !m->argument ? a->spark_alone : whole && a->spark_whole ? a->spark_whole : a->spark;

	weir_spark_note(notes, m->argument && !whole ? a->spark_note : NULL);
	weir_spark_note(notes, m->argument && whole && !a->spark_whole ? a->spark_note : NULL);
	weir_measure_spark_form(m, form, notes, out);
	weir_buf_add_c(out, " AS ");
	weir_spark_name(m->ast->name, out);
}
