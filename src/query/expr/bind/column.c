/* What a name means: a virtual column, a derived one, or one of the data. */
#include "query/expr/bind/bind.h"

#include <stdio.h>

static const struct {
	const char *name;
	enum weir_virtual id;
	enum weir_type type;
} virtuals[] = {
    {"_partition", WEIR_VIRTUAL_PARTITION, WEIR_INT64},
    {"_offset", WEIR_VIRTUAL_OFFSET, WEIR_INT64},
    {"_arrival", WEIR_VIRTUAL_ARRIVAL, WEIR_TIMESTAMP},
    {"_malformed", WEIR_VIRTUAL_MALFORMED, WEIR_BOOL},
    {"_timestamp", WEIR_VIRTUAL_STAMP, WEIR_TIMESTAMP},
    {"_topic", WEIR_VIRTUAL_TOPIC, WEIR_STRING},
    {"_key", WEIR_VIRTUAL_KEY, WEIR_STRING},
    {"_headers", WEIR_VIRTUAL_HEADERS, WEIR_STRING},
    {"_raw", WEIR_VIRTUAL_RAW, WEIR_STRING},
};
enum { N_VIRTUALS = sizeof virtuals / sizeof virtuals[0] };

/* The name of the stream: a text of its own, but where it is printed for several. */
static struct weir_bnode *bind_stream(struct weir_binder *b, const struct weir_expr *e)
{
	if (!b->scope->printed || b->scope->stream_name.data)
		return weir_constant(b, e, WEIR_STRING,
				     (struct weir_value){.type = WEIR_STRING, .s = b->scope->stream_name});
	struct weir_bnode *n = weir_bnode_new(b, e, WEIR_STRING, weir_eval_virtual, 0, NULL);
	if (!n)
		return NULL;
	n->op = WEIR_VIRTUAL_STREAM;
	n->text_column = WEIR_OTHER_INPUT;
	n->column_name = WEIR_STR("_stream");
	return n;
}

static const struct weir_schema *common_of(const struct weir_binder *b)
{
	return b->scope->common ? b->scope->common : b->scope->schema;
}

static struct weir_bnode *bind_virtual(struct weir_binder *b, const struct weir_expr *e, size_t i)
{
	struct weir_bnode *n = weir_bnode_new(b, e, virtuals[i].type, weir_eval_virtual, 0, NULL);

	if (!n)
		return NULL;
	n->op = (uint8_t)virtuals[i].id;
	n->column_name = weir_str_of(virtuals[i].name);
	n->text_column = WEIR_OTHER_INPUT;
	return n;
}

static struct weir_bnode *bind_data(struct weir_binder *b, const struct weir_expr *e, uint32_t field)
{
	const struct weir_field *f = &common_of(b)->fields[field];

	if (f->type == WEIR_NULL)
		return weir_null(b, e, WEIR_NULL);
	struct weir_bnode *n = weir_bnode_new(b, e, f->type, weir_eval_column, 0, NULL);
	if (!n)
		return NULL;
	n->stored = true;
	n->column_name = f->name;
	n->column = weir_schema_find(b->scope->schema, f->name);
	n->text_column = f->type == WEIR_STRING && n->column >= 0 ? n->column : WEIR_OTHER_INPUT;
	return n;
}

struct found {
	int field;   /* of the common schema, or -1 */
	int derived; /* or -1 */
	uint32_t n;  /* how many names match */
};

static struct found find(const struct weir_binder *b, struct weir_str name,
			 bool (*same)(struct weir_str, struct weir_str))
{
	const struct weir_schema *schema = common_of(b);
	struct found f = {-1, -1, 0};

	for (size_t i = b->n_visible; i-- > 0;)
		if (same(b->scope->derived[i].name, name)) {
			f.derived = f.derived < 0 ? (int)i : f.derived;
			f.n++;
		}
	for (uint32_t i = 0; i < schema->n_fields; i++)
		if (same(schema->fields[i].name, name)) {
			f.field = (int)i;
			f.n++;
		}
	return f;
}

static struct weir_bnode *bind_found(struct weir_binder *b, const struct weir_expr *e, const struct found *f,
				     int *derived)
{
	*derived = f->derived;
	return f->derived >= 0 ? NULL : bind_data(b, e, (uint32_t)f->field);
}

static void hint_columns(struct weir_binder *b, const struct weir_str *names, size_t n)
{
	char text[200];
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		int more =
		    snprintf(text + used, sizeof text - used, "%s" WEIR_STR_FMT, i ? ", " : "", WEIR_STR_ARG(names[i]));
		if (more < 0 || used + (size_t)more >= sizeof text - 4) {
			snprintf(text + used, sizeof text - used, "...");
			break;
		}
		used += (size_t)more;
	}
	weir_error_hint(b->err, "the columns are %s", text);
}

static struct weir_bnode *unknown(struct weir_binder *b, const struct weir_expr *e)
{
	const struct weir_schema *schema = common_of(b);
	size_t n = 0, max = schema->n_fields + b->n_visible + N_VIRTUALS;
	struct weir_str *names = weir_arena_alloc(&b->bound->arena, (max + 1) * sizeof *names);

	if (!b->scope->complete)
		return weir_null(b, e, WEIR_NULL);
	if (!names)
		return weir_bind_no_memory(b);
	for (size_t i = 0; i < b->n_visible; i++)
		names[n++] = b->scope->derived[i].name;
	for (uint32_t i = 0; i < schema->n_fields; i++)
		names[n++] = schema->fields[i].name;
	size_t n_data = n;
	for (size_t i = 0; i < N_VIRTUALS; i++)
		names[n++] = weir_str_of(virtuals[i].name);
	int nearest = weir_nearest(e->name, names, n);
	weir_bind_fail(b, e, "unknown column " WEIR_STR_FMT, WEIR_STR_ARG(e->name));
	if (nearest >= 0)
		weir_error_suggest(b->err, &e->name, &names[nearest]);
	else if (n_data)
		hint_columns(b, names, n_data);
	return NULL;
}

/* Exact names first: virtual, derived, data; then a name that differs only in case, when there is just one. */
struct weir_bnode *weir_bind_column(struct weir_binder *b, const struct weir_expr *e, int *derived)
{
	*derived = -1;
	if (weir_str_equal(e->name, WEIR_STR("_stream")))
		return bind_stream(b, e);
	for (size_t i = 0; i < N_VIRTUALS; i++)
		if (weir_str_equal(e->name, weir_str_of(virtuals[i].name)))
			return bind_virtual(b, e, i);
	struct found f = find(b, e->name, weir_str_equal);
	if (f.n)
		return bind_found(b, e, &f, derived);
	f = find(b, e->name, weir_str_equal_nocase);
	if (f.n == 1)
		return bind_found(b, e, &f, derived);
	if (f.n > 1 && b->scope->complete)
		return weir_bind_fail(b, e, "column " WEIR_STR_FMT " could be any of %u that differ in case",
				      WEIR_STR_ARG(e->name), f.n);
	return unknown(b, e);
}
