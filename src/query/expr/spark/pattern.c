/* Forms of what goes by a pattern: like, rlike, paths into JSON. */
#include "query/expr/eval/eval.h"
#include "query/expr/spark/spark.h"

void weir_spark_concat(const struct weir_bnode *n, struct weir_spark_form *f)
{
	if (n->function) {
		weir_buf_add_c(&f->text, "concat($*)");
		return;
	}
	for (uint32_t i = 0; i < n->n_args; i++)
		weir_buf_addf(&f->text, "%s@%u", i ? " || " : "", (unsigned)i);
	f->level = WEIR_SPARK_SUM;
}

/* A pattern of like whose escape is the backslash, and stands only before what it must: elsewhere it would end the query. */
static void plain_like(struct weir_str p, char escape, struct weir_buf *out)
{
	for (size_t i = 0; i < p.size; i++) {
		bool literal = p.data[i] == escape && i + 1 < p.size;
		char c = p.data[literal ? ++i : i];
		bool special = c == '%' || c == '_' || c == '\\';
		if (special && (literal || c == '\\' || c == escape))
			weir_buf_add_char(out, '\\');
		weir_buf_add_char(out, c);
	}
}

/* A pattern that each row has: an escape before another sign would end the query, so it is taken out. */
static void like_column(const struct weir_bnode *n, struct weir_spark_form *f)
{
	const char escape = (char)n->param;

	if (escape == '\\') {
		f->note = "a backslash at the end of a pattern of like is left out";
		weir_spark_text(WEIR_STR("(\\\\[%_\\\\])|\\\\"), &f->extra);
		weir_buf_add_c(&f->extra, ", '$1'");
		weir_buf_add_c(&f->text, "@0 ~LIKE regexp_replace($1, $p)");
		return;
	}
	f->note = "a pattern of like with an escape before any other sign than % and _ ends the query there";
	weir_spark_text((struct weir_str){&escape, 1}, &f->extra);
	weir_buf_add_c(&f->text, "@0 ~LIKE @1 ESCAPE $p");
}

void weir_spark_like(const struct weir_bnode *n, struct weir_spark_form *f)
{
	const struct weir_bnode *pattern = n->args[1];
	struct weir_buf plain = {0};

	f->level = WEIR_SPARK_COMPARISON;
	if (!pattern->constant || pattern->value.type != WEIR_STRING) {
		like_column(n, f);
		return;
	}
	plain_like(pattern->value.s, (char)n->param, &plain);
	weir_spark_text(weir_buf_str(&plain), &f->extra);
	f->extra.failed |= plain.failed;
	weir_buf_release(&plain);
	weir_buf_add_c(&f->text, "@0 ~LIKE $p");
}

void weir_spark_rlike(const struct weir_bnode *n, struct weir_spark_form *f)
{
	weir_spark_quoted_pattern(n->pattern_text, &f->extra, &f->note);
	weir_buf_add_c(&f->text, "@0 ~RLIKE $p");
	f->level = WEIR_SPARK_COMPARISON;
}

/* $["a"] is only read as $['a'] there. */
static void single_quotes(struct weir_str path, struct weir_buf *out)
{
	bool inside = false;

	for (size_t i = 0; i < path.size; i++) {
		bool opens = !inside && path.data[i] == '"' && path.data[i - (i > 0)] == '[';
		bool closes = inside && path.data[i] == '"' && i + 1 < path.size && path.data[i + 1] == ']';
		inside = opens || (inside && !closes);
		weir_buf_add_char(out, opens || closes ? '\'' : path.data[i]);
	}
}

void weir_spark_path(const struct weir_bnode *n, struct weir_spark_form *f)
{
	struct weir_buf path = {0};

	f->note = "a value in JSON that is no text is written anew: 1.50 as 1.5, an array without blanks";
	single_quotes(n->args[1]->value.s, &path);
	weir_spark_text(weir_buf_str(&path), &f->extra);
	f->extra.failed |= path.failed;
	weir_buf_release(&path);
	weir_buf_add_c(&f->text, "get_json_object($0, $p)");
}
