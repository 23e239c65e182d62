/* The question that a screen begins with: a column to group by and a measure, chosen from the first rows. */
#include "engine.h"

#include "weir/session/guess.h"

static struct weir_candidate *column_of(struct weir_first_question *g, const struct weir_field *f)
{
	if (!g->columns && !(g->columns = weir_arena_zalloc(&g->arena, WEIR_CANDIDATES * sizeof *g->columns)))
		return NULL;
	for (uint32_t i = 0; i < g->n_columns; i++)
		if (weir_str_equal(g->columns[i].name, f->name))
			return &g->columns[i];
	if (g->n_columns == WEIR_CANDIDATES)
		return NULL;
	struct weir_candidate *c = &g->columns[g->n_columns];
	c->name = weir_arena_str(&g->arena, f->name);
	if (!c->name.data)
		return NULL;
	c->rising = true;
	g->n_columns++;
	return c;
}

static void add_hash(struct weir_candidate *c, uint64_t h)
{
	for (uint32_t i = 0; i < c->n_values; i++)
		if (c->hashes[i] == h)
			return;
	if (c->n_values == WEIR_CANDIDATE_VALUES)
		c->many = true;
	else
		c->hashes[c->n_values++] = h;
}

static void add_value(struct weir_candidate *c, const struct weir_value *v)
{
	double number;

	switch (v->type) {
	case WEIR_STRING:
		c->bytes += v->s.size;
		add_hash(c, weir_hash(v->s.data, v->s.size));
		break;
	case WEIR_BOOL:
		add_hash(c, v->b);
		break;
	case WEIR_INT64:
	case WEIR_FLOAT64:
		number = v->type == WEIR_INT64 ? (double)v->i : v->f;
		c->rising = c->rising && (c->n == 0 || number > c->last);
		c->last = number;
		add_hash(c, weir_hash(&number, sizeof number));
		break;
	default:
		return;
	}
	c->n++;
}

bool weir_first_question_add(struct weir_first_question *g, const struct weir_batch *b)
{
	uint32_t had = g->n_rows_of[b->stream];
	uint32_t n = had < WEIR_FIRST_QUESTION_ROWS ? WEIR_FIRST_QUESTION_ROWS - had : 0;

	n = b->n_rows < n ? b->n_rows : n;
	if (!n || !b->schema)
		return true;
	for (uint32_t i = 0; i < b->n_columns && i < b->schema->n_fields; i++) {
		const struct weir_field *f = &b->schema->fields[i];
		struct weir_candidate *c = column_of(g, f);

		if (!c && g->n_columns < WEIR_CANDIDATES)
			return false;
		if (!c)
			continue;
		c->streams |= UINT64_C(1) << b->stream;
		c->type = f->type;
		c->is_time = f->is_time;
		for (uint32_t row = 0; row < n; row++) {
			struct weir_value v = weir_column_get(&b->columns[i], row);
			add_value(c, &v);
		}
	}
	g->n_rows += n;
	g->n_rows_of[b->stream] += n;
	g->streams |= UINT64_C(1) << b->stream;
	return true;
}

void weir_first_question_release(struct weir_first_question *g)
{
	weir_arena_release(&g->arena);
	*g = (struct weir_first_question){0};
}

static struct weir_column_traits traits_of(const struct weir_candidate *c)
{
	return (struct weir_column_traits){
	    .name = c->name,
	    .type = c->type,
	    .is_time = c->is_time,
	    .n = c->n,
	    .n_distinct = c->n_values,
	    .many = c->many,
	    .rising = c->rising && c->n > 3,
	    .mean_bytes = c->n ? (uint32_t)(c->bytes / c->n) : 0,
	};
}

void weir_first_question_choose(const struct weir_first_question *g, struct weir_buf *group, struct weir_buf *measure)
{
	const struct weir_candidate *best_group = NULL, *best_measure = NULL;
	const char *form, *best_form = "avg";
	int most_group = 0, most_measure = 0;

	for (uint32_t i = 0; i < g->n_columns; i++) {
		const struct weir_candidate *c = &g->columns[i];
		struct weir_column_traits traits = traits_of(c);
		int points = weir_guess_group(&traits);
		if (points > most_group && c->streams == g->streams) {
			most_group = points;
			best_group = c;
		}
		points = weir_guess_measure(&traits, &form);
		if (points > most_measure) {
			most_measure = points;
			best_measure = c;
			best_form = form;
		}
	}
	bool several = g->streams & (g->streams - 1);
	if (best_group)
		weir_view_quote(best_group->name, group);
	else if (several)
		weir_buf_add_c(group, "_stream");
	bool taken =
	    best_group && weir_str_equal(best_group->name, WEIR_STR("count")); /* two results of a name are refused */
	weir_buf_add_c(measure, taken ? "count as rows" : "count");
	if (best_measure && best_measure != best_group) {
		weir_buf_addf(measure, ", %s(", best_form);
		weir_view_quote(best_measure->name, measure);
		weir_buf_add_char(measure, ')');
	}
}
