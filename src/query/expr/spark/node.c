/* The way down a bound tree: each node by its form, with its arguments in their places. */
#include "query/expr/eval/eval.h"
#include "query/expr/functions/functions.h"
#include "query/expr/spark/literal.h"
#include "query/expr/spark/spark.h"

void weir_spark_note(struct weir_spark_notes *notes, const char *text)
{
	for (uint32_t i = 0; text && i < notes->n; i++)
		if (strcmp(notes->texts[i], text) == 0)
			return;
	if (text && notes->n < WEIR_SPARK_MOST_NOTES)
		notes->texts[notes->n++] = text;
}

struct printer {
	struct weir_spark_notes *notes;
	struct weir_buf *out;
};

static void print(const struct printer *p, const struct weir_bnode *n, enum weir_spark_level within, bool negated);

/* Of a function: its row has a form, or it is called by its name. */
static void function_form(const struct weir_bnode *n, struct weir_spark_form *f)
{
	const struct weir_function *row = n->function;

	f->note = row->spark_note;
	if (row->spark)
		row->spark(n, f);
	else if (row->spark_form)
		weir_buf_add_c(&f->text, row->spark_form);
	else
		weir_buf_addf(&f->text, "%s($*)", row->doc.name);
}

static void form_of(const struct weir_bnode *n, struct weir_spark_form *f)
{
	bool by_row = n->eval == weir_eval_rows || n->eval == weir_eval_map_ff || n->eval == weir_eval_map_ii ||
		      n->eval == weir_eval_map_if;

	if (n->constant || n->eval == weir_eval_column || n->eval == weir_eval_virtual) {
		weir_buf_add_c(&f->text, "$p");
		if (n->constant)
			weir_spark_literal(n->type, &n->value, &f->extra);
		else
			weir_spark_name(n->column_name, &f->extra);
	} else if (n->spark) {
		n->spark(n, f);
	} else if (n->eval == weir_eval_cast) {
		weir_spark_cast(n, f);
	} else if (by_row) {
		function_form(n, f);
	} else {
		weir_spark_operator(n, f);
	}
}

static const struct weir_bnode *argument(const struct weir_bnode *n, const struct weir_spark_form *f, uint32_t i)
{
	return f->n_args ? f->args[i] : n->args[i];
}

/* An INT: what is beyond it is as good as its end, since no text is that long. */
static void print_int(const struct printer *p, const struct weir_bnode *n)
{
	enum { MOST = 1000000000 };
	char text[24];

	if (n->constant && n->value.type == WEIR_INT64) {
		int64_t i = n->value.i > MOST ? MOST : n->value.i < -MOST ? -MOST : n->value.i;
		weir_buf_add(p->out, text, weir_format_int64(i, text));
		return;
	}
	weir_buf_add_c(p->out, "CAST(CASE WHEN "); /* least and greatest would leave a NULL out */
	print(p, n, WEIR_SPARK_COMPARISON, false);
	weir_buf_addf(p->out, " > %dL THEN %dL WHEN ", MOST, MOST);
	print(p, n, WEIR_SPARK_COMPARISON, false);
	weir_buf_addf(p->out, " < -%dL THEN -%dL ELSE ", MOST, MOST);
	print(p, n, WEIR_SPARK_ANYTHING, false);
	weir_buf_add_c(p->out, " END AS INT)");
}

static void print_all(const struct printer *p, const struct weir_bnode *n)
{
	for (uint32_t i = 0; i < n->n_args; i++) {
		weir_buf_add_c(p->out, i ? ", " : "");
		print(p, n->args[i], WEIR_SPARK_ANYTHING, false);
	}
}

/* The place at `at`, which is $, @, # or ~. Returns how many bytes of the form it takes; 0: it is none. */
static size_t fill(const struct printer *p, const struct weir_bnode *n, const struct weir_spark_form *f, const char *at,
		   bool negated)
{
	uint32_t i = 0, n_args = f->n_args ? f->n_args : n->n_args;
	size_t used = 1;

	if (*at == '~') {
		weir_buf_add_c(p->out, negated ? "NOT " : "");
		return 1;
	}
	if (*at == '$' && (at[1] == '*' || at[1] == 'p')) {
		if (at[1] == 'p')
			weir_buf_add_str(p->out, weir_buf_str(&f->extra));
		else
			print_all(p, n);
		return 2;
	}
	while (strchr("$@#", *at) && (unsigned char)(at[used] - '0') <= 9)
		i = i * 10 + (uint32_t)(at[used++] - '0');
	if (used == 1 || i >= n_args)
		return 0;
	if (*at == '#')
		print_int(p, argument(n, f, i));
	else
		print(p, argument(n, f, i), *at == '@' ? f->level : WEIR_SPARK_ANYTHING, false);
	return used;
}

static void fill_in(const struct printer *p, const struct weir_bnode *n, const struct weir_spark_form *f, bool negated)
{
	for (const char *c = f->text.data ? f->text.data : ""; *c;) {
		size_t used = fill(p, n, f, c, negated);
		if (!used)
			weir_buf_add_char(p->out, *c);
		c += used ? used : 1;
	}
}

static void print_form(const struct printer *p, const struct weir_bnode *n, enum weir_spark_level within, bool negated)
{
	struct weir_spark_form f = {0};

	form_of(n, &f);
	bool inside = negated && f.text.data && strchr(f.text.data, '~');
	enum weir_spark_level level = negated && !inside ? WEIR_SPARK_NOT : f.level;
	bool outer = level != WEIR_SPARK_CALL && level >= within,
	     inner = negated && !inside && f.level >= WEIR_SPARK_NOT;
	weir_spark_note(p->notes, f.note);
	weir_buf_add_c(p->out, outer ? "(" : "");
	weir_buf_add_c(p->out, negated && !inside ? "NOT " : "");
	weir_buf_add_c(p->out, inner ? "(" : "");
	fill_in(p, n, &f, inside);
	weir_buf_add_c(p->out, inner ? ")" : "");
	weir_buf_add_c(p->out, outer ? ")" : "");
	p->out->failed |= f.text.failed || f.extra.failed;
	weir_buf_release(&f.text);
	weir_buf_release(&f.extra);
}

/* In parentheses where it holds together no better than what it stands within. */
static void print(const struct printer *p, const struct weir_bnode *n, enum weir_spark_level within, bool negated)
{
	/* Forms name an argument more than once, so that nested ones multiply. */
	p->notes->too_long |= p->out->size > WEIR_SPARK_MOST_BYTES;
	if (p->notes->too_long)
		return;
	if (n->eval == weir_eval_not && !n->constant && !negated)
		print(p, n->args[0], within, true); /* x NOT IN (…) for NOT (x IN (…)) */
	else if (n->eval == weir_eval_not && !n->constant)
		print(p, n->args[0], within, false);
	else
		print_form(p, n, within, negated);
}

void weir_bound_spark(const struct weir_bound *b, struct weir_spark_notes *notes, struct weir_buf *out)
{
	print(&(struct printer){notes, out}, b->root, WEIR_SPARK_ANYTHING, false);
}

void weir_bound_spark_operand(const struct weir_bound *b, enum weir_spark_level within, struct weir_spark_notes *notes,
			      struct weir_buf *out)
{
	print(&(struct printer){notes, out}, b->root, within, false);
}
