/* Partial rows that Spark counted, put into a plan.
 *
 *     partials QUESTION            prints the columns of all streams, the columns of the rows, and the SQL
 *     partials QUESTION < ROWS     the same, then the answer, where the question ends with the line "answer"
 *
 * QUESTION has a line for each thing: "stream NAME", its "column TYPE NAME" and "time NAME", "view OPTION TEXT", "live". Rows are
 * lines, their cells stand between blanks: - is NULL, = and a text in which bytes may be written %HH. What cannot be asked this way
 * is said on a line "refused WHY". */
#include "weir/query/partial.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_STREAMS = 4, MOST_CELLS = 128, MOST_LINE = 1 << 20 };

struct question {
	struct weir_view view;
	char *names[MOST_STREAMS];
	struct weir_schema *schemas[MOST_STREAMS];
	unsigned n_streams;
	bool live, answer;
};

static void die(const char *what, const struct weir_error *err)
{
	fprintf(stderr, "partials: %s: %s\n", what, err ? err->what : "");
	exit(1);
}

/* In place. */
static struct weir_str plain(char *text)
{
	char *to = text;
	for (const char *c = text; *c; c++) {
		unsigned byte = (unsigned char)*c;
		if (*c == '%' && sscanf(c + 1, "%2x", &byte) == 1)
			c += 2;
		*to++ = (char)byte;
	}
	return (struct weir_str){text, (size_t)(to - text)};
}

static void put_cell(struct weir_str s, bool null, char end)
{
	putchar(null ? '-' : '=');
	for (size_t i = 0; i < s.size && !null; i++) {
		unsigned char c = (unsigned char)s.data[i];
		if (c <= ' ' || c == '%' || c >= 127)
			printf("%%%02x", c);
		else
			putchar(c);
	}
	putchar(end);
}

static void put_value(const struct weir_value *v, char end)
{
	struct weir_buf text = {0};
	weir_value_text(v, &text);
	put_cell(weir_buf_str(&text), v->type == WEIR_NULL, end);
	weir_buf_release(&text);
}

/* ---- the question ---- */

static void set_view(struct question *q, char *rest)
{
	struct weir_error err = {0};
	char *text = strchr(rest, ' ');
	*text++ = '\0';
	struct weir_str value = plain(text);
	text[value.size] = '\0';
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++)
		if (!strcmp(weir_view_option((enum weir_view_text)i), rest)) {
			if (weir_view_set(&q->view, (enum weir_view_text)i, text, 0, &err))
				die(text, &err);
			return;
		}
	die(rest, NULL);
}

static void read_line(struct question *q, char *line)
{
	char *rest = strchr(line, ' ');
	struct weir_schema *schema = q->n_streams ? q->schemas[q->n_streams - 1] : NULL;
	if (rest)
		*rest++ = '\0';
	if (!strcmp(line, "stream")) {
		q->names[q->n_streams] = strdup(rest);
		q->schemas[q->n_streams++] = weir_schema_new();
	} else if (!strcmp(line, "column")) {
		char *name = strchr(rest, ' ');
		*name++ = '\0';
		enum weir_type type = weir_type_named(weir_str_of(rest), WEIR_NULL);
		if (weir_schema_add(schema, plain(name), type) < 0)
			die("column", NULL);
	} else if (!strcmp(line, "time")) {
		weir_schema_set_time(schema, weir_schema_find(schema, plain(rest)));
	} else if (!strcmp(line, "view")) {
		set_view(q, rest);
	} else if (!strcmp(line, "live")) {
		q->live = true;
	} else {
		q->answer = true;
	}
}

static void read_question(struct question *q, const char *path)
{
	FILE *in = fopen(path, "r");
	char *line = malloc(MOST_LINE);
	if (!in || !line)
		die(path, NULL);
	weir_view_init(&q->view);
	while (fgets(line, MOST_LINE, in)) {
		line[strcspn(line, "\n")] = '\0';
		read_line(q, line);
	}
	free(line);
	fclose(in);
}

static struct weir_plan *bind(struct question *q)
{
	struct weir_str names[MOST_STREAMS];
	struct weir_error err = {0};
	struct weir_plan *p;
	for (unsigned i = 0; i < q->n_streams; i++)
		names[i] = weir_str_of(q->names[i]);
	struct weir_relation_schema *schema =
	    weir_relation_schema_new(q->n_streams, names, (const struct weir_schema *const *)q->schemas);
	struct weir_plan_config config = {.view = &q->view,
					  .schema = schema,
					  .live = q->live,
					  .finite = !q->live,
					  .schemas_complete = true,
					  .partials = true};
	if (weir_plan_bind(&config, &p, &err))
		die("bind", &err);
	for (uint32_t i = 0; i < schema->common->n_fields; i++) {
		printf("column %s ", weir_type_name(schema->common->fields[i].type));
		put_cell(schema->common->fields[i].name, false, '\n');
	}
	weir_relation_schema_unref(schema);
	return p;
}

/* ---- rows and the answer ---- */

static bool read_row(const struct weir_partial_layout *l, char *line, struct weir_value *cells)
{
	struct weir_error err = {0};
	char *at = line;
	for (uint32_t i = 0; i < l->n_keys + l->n_values; i++) {
		const struct weir_partial_column *c = i < l->n_keys ? l->keys + i : l->values + i - l->n_keys;
		char *cell = strsep(&at, " \n");
		cells[i] = (struct weir_value){.type = WEIR_NULL};
		if (!cell || (*cell != '-' && *cell != '='))
			return false;
		if (*cell == '=' && weir_partial_read(c, plain(cell + 1), cells + i, &err))
			die("a cell", &err);
	}
	return true;
}

static void put_rows(struct weir_partials *s)
{
	const struct weir_partial_layout *l = weir_partials_layout(s);
	struct weir_value cells[MOST_CELLS];
	struct weir_error err = {0};
	char *line = malloc(MOST_LINE);
	while (line && fgets(line, MOST_LINE, stdin)) {
		if (!read_row(l, line, cells))
			die("not a row", NULL);
		if (weir_partials_put(s, cells, cells + l->n_keys, &err))
			die("put", &err);
	}
	free(line);
}

static void print_answer(const struct question *q, struct weir_plan *p)
{
	struct weir_error err = {0};
	struct weir_result *r;
	struct weir_result_request request = {.at_us = WEIR_TIME_NONE, .max_rows = (uint32_t)q->view.top};
	if (weir_plan_result(p, &request, NULL, NULL, &r, &err))
		die("result", &err);
	for (uint32_t i = 0; i < r->n_rows; i++) {
		const struct weir_result_row *row = r->rows + i;
		struct weir_value start = {.type = WEIR_TIMESTAMP, .i = row->window_start_us},
				  end = {.type = WEIR_TIMESTAMP, .i = row->window_end_us};
		if (q->view.window.kind == WEIR_WINDOW_TUMBLING || q->view.window.kind == WEIR_WINDOW_HOPPING) {
			put_value(&start, ' ');
			put_value(&end, ' ');
		}
		for (uint32_t g = 0; g < r->n_groups; g++)
			put_value(row->groups + g, ' ');
		for (uint32_t m = 0; m < r->n_measures; m++)
			put_value(row->measures + m, m + 1 < r->n_measures ? ' ' : '\n');
	}
	weir_result_unref(r);
}

static void print_layout(const struct weir_partials *s, const struct weir_plan *p)
{
	const struct weir_partial_layout *l = weir_partials_layout(s);
	struct weir_buf sql = {0};
	for (uint32_t i = 0; i < l->n_keys + l->n_values; i++) {
		const struct weir_partial_column *c = i < l->n_keys ? l->keys + i : l->values + i - l->n_keys;
		printf("%s %s %s\n", i < l->n_keys ? "key" : "value", c->decimal ? "decimal" : weir_type_name(c->type),
		       c->name.data);
	}
	weir_plan_spark_partials(p, false, &sql);
	printf("sql\n" WEIR_STR_FMT, WEIR_STR_ARG(weir_buf_str(&sql)));
	weir_buf_release(&sql);
}

int main(int argc, char **argv)
{
	static struct question q;
	struct weir_error err = {0};
	struct weir_partials *s;
	if (argc != 2)
		die("usage: partials QUESTION", NULL);
	read_question(&q, argv[1]);
	struct weir_plan *p = bind(&q);
	enum weir_status status = weir_partials_new(p, NULL, &s, &err);
	if (status == WEIR_UNSUPPORTED)
		printf("refused %s\n", err.what);
	else if (status)
		die("new", &err);
	if (!status) {
		print_layout(s, p);
		if (q.answer) {
			printf("answer\n");
			put_rows(s);
			if (weir_partials_apply(s, p, &err))
				die("apply", &err);
			print_answer(&q, p);
		}
		weir_partials_free(s);
	}
	weir_plan_free(p);
	weir_view_release(&q.view);
	for (unsigned i = 0; i < q.n_streams; i++) {
		free(q.names[i]);
		weir_schema_unref(q.schemas[i]);
	}
	return 0;
}
