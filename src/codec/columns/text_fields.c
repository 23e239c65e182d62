/* Texts on their way into typed columns: each as the type that its column's texts have had so far. */
#include "codec/columns/columns.h"

enum weir_status weir_text_fields_init(struct weir_text_fields *texts, struct weir_builder *builder, const char *nulls,
				       struct weir_error *err)
{
	texts->builder = builder;
	if (weir_text_nulls_init(&texts->nulls, nulls))
		return WEIR_OK;
	return weir_fail(err, WEIR_USAGE, "null", "more than %d texts that mean NULL", WEIR_TEXT_NULLS);
}

void weir_text_field_bind(struct weir_text_fields *texts, struct weir_text_field *f)
{
	f->column = weir_builder_column(texts->builder, f->name);
	f->is_time = f->column >= 0 && weir_builder_is_time(texts->builder, f->column);
	f->bound = true;
}

/* The type is known to hold the bare text, or the column is text. */
static bool put_typed(struct weir_text_fields *texts, const struct weir_text_field *f, struct weir_str s)
{
	struct weir_str bare = weir_text_bare(s);
	int64_t i = 0;
	double d = 0;
	bool b = false;
	switch (f->type) {
	case WEIR_BOOL:
		return weir_text_bool(bare, &b) && weir_builder_bool(texts->builder, f->column, b);
	case WEIR_INT64:
		return weir_text_int64(bare, &i) && weir_builder_int64(texts->builder, f->column, i);
	case WEIR_FLOAT64:
		return weir_text_float64(bare, &d) && weir_builder_float64(texts->builder, f->column, d);
	case WEIR_NULL:
	case WEIR_TIMESTAMP:
	case WEIR_STRING:
	case WEIR_TYPE_COUNT:
		break;
	}
	return weir_builder_text(texts->builder, f->column, s);
}

/* False when the type would have to change and may not. */
static bool widen(const struct weir_text_fields *texts, struct weir_text_field *f, struct weir_str s)
{
	enum weir_type type = weir_type_widen(f->type, weir_text_type(s));
	if (type != f->type && texts->may_widen && !texts->may_widen(texts->codec))
		return false;
	f->type = type;
	return true;
}

static bool widen_and_put(struct weir_text_fields *texts, struct weir_text_field *f, struct weir_str s)
{
	if (texts->nulls.empty && weir_text_bare(s).size == 0)
		return weir_builder_null(texts->builder, f->column); /* a blank among numbers */
	enum weir_type before = f->type;
	struct weir_builder *b = texts->builder;
	if (!widen(texts, f, s))
		return true;
	bool widened = f->type != before && before != WEIR_NULL;
	if (widened && b->row > 0 && !b->look) {
		b->cut = true; /* the next batch begins with this record, and widens then */
		f->type = before;
		return true;
	}
	b->retyped |= widened;
	return put_typed(texts, f, s);
}

static void survey(const struct weir_text_fields *texts, struct weir_text_field *f, struct weir_str s)
{
	bool blank = texts->nulls.empty && weir_text_bare(s).size == 0;
	if (f->type != WEIR_STRING && !blank && !weir_text_is_null(&texts->nulls, s))
		widen(texts, f, s);
}

bool weir_text_field_put(struct weir_text_fields *texts, struct weir_text_field *f, struct weir_str s)
{
	if (texts->surveying) {
		survey(texts, f, s);
		return true;
	}
	if (!f->bound)
		weir_text_field_bind(texts, f);
	if (f->column == WEIR_COLUMN_MORE && !weir_text_is_null(&texts->nulls, s))
		return weir_builder_more_text(texts->builder, f->name, s);
	if (f->column < 0)
		return true;
	if (weir_text_is_null(&texts->nulls, s))
		return weir_builder_null(texts->builder, f->column);
	if (f->type == WEIR_STRING || f->is_time)
		return weir_builder_text(texts->builder, f->column, s);
	int64_t i;
	double d;
	if (f->type == WEIR_INT64 && weir_text_int64(s, &i))
		return weir_builder_int64(texts->builder, f->column, i);
	if (f->type == WEIR_FLOAT64 && weir_text_float64(s, &d))
		return weir_builder_float64(texts->builder, f->column, d);
	return widen_and_put(texts, f, s);
}

bool weir_text_field_put_or_null(struct weir_text_fields *texts, struct weir_text_field *f, struct weir_str s)
{
	if (s.data || texts->surveying)
		return !s.data || weir_text_field_put(texts, f, s);
	if (!f->bound)
		weir_text_field_bind(texts, f);
	return f->column < 0 || weir_builder_null(texts->builder, f->column);
}

bool weir_text_fields_put_beyond(struct weir_text_fields *texts, struct weir_str name, struct weir_str s)
{
	struct weir_builder *b = texts->builder;

	if (texts->surveying)
		return true;
	int column = weir_builder_column(b, name);
	bool null = weir_text_is_null(&texts->nulls, s);
	if (column == WEIR_COLUMN_MORE)
		return null || weir_builder_more_text(b, name, s);
	if (column < 0)
		return true;
	return null ? weir_builder_null(b, column) : weir_builder_text(b, column, s);
}
