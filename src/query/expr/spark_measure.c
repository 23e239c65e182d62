/* A measure as Spark SQL: the text of its kind, with its own argument, condition and name. */
#include "query/aggregate/aggregate.h"
#include "query/expr/tree.h"

static void add_where(const struct weir_measure_ast *m, struct weir_buf *out)
{
	if (!m->where)
		return;
	weir_buf_add_c(out, " FILTER (WHERE ");
	weir_expr_spark(m->where, out);
	weir_buf_add_c(out, ")");
}

static void add_name(struct weir_str name, struct weir_buf *out)
{
	weir_buf_add_c(out, " AS `");
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] == '`')
			weir_buf_add_char(out, '`');
		weir_buf_add_char(out, name.data[i]);
	}
	weir_buf_add_char(out, '`');
}

void weir_measure_spark(const struct weir_measure_ast *m, struct weir_buf *out)
{
	const char *text = m->argument ? m->aggregate->spark : m->aggregate->spark_alone;
	bool filtered = false;
	char number[32];

	for (const char *c = text; *c; c++) {
		if (*c != '$') {
			weir_buf_add_char(out, *c);
			continue;
		}
		c++;
		if (*c == 'x')
			weir_expr_spark(m->argument, out);
		else if (*c == 'p')
			weir_buf_add(out, number, weir_format_double(m->parameter, number));
		else
			add_where(m, out);
		filtered |= *c == 'w';
	}
	if (!filtered)
		add_where(m, out);
	add_name(m->name, out);
}
