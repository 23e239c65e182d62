/* A second codec of a stream, and the batches that it decoded becoming the first one's: the same columns in the same order. */
#include "codec/format.h"

enum weir_status weir_codec_clone(const struct weir_codec *c, struct weir_codec **out, struct weir_error *err)
{
	*out = NULL;
	if (!weir_codec_from_any_line(c))
		return weir_fail(err, WEIR_UNSUPPORTED, "", "what a line of %s means depends on those before it",
				 c->format);
	struct weir_codec *to = weir_codec_copy(c);
	if (!to || !weir_builder_copy(&to->builder, &c->builder)) {
		weir_codec_close(to);
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	}
	*out = to;
	return WEIR_OK;
}

/* The fields that both have are the same, in the same places. */
static bool agree(const struct weir_schema *a, const struct weir_schema *b)
{
	for (uint32_t i = 0; i < a->n_fields && i < b->n_fields; i++)
		if (!weir_str_equal(a->fields[i].name, b->fields[i].name))
			return false;
	for (uint32_t i = a->n_fields; i < b->n_fields; i++)
		if (weir_schema_find(a, b->fields[i].name) >= 0)
			return false;
	return true;
}

/* A value is stored as what all values of its column were before it: 12.50 is text where a word has been. Both codecs knew
 * the same at first. While neither widened a column and both end with the same types, it makes no difference which one of
 * them met a value. */
static bool types_agree(const struct weir_codec *c, const struct weir_schema *theirs)
{
	const struct weir_schema *mine = c->builder.schema;
	for (uint32_t i = 0; i < theirs->n_fields; i++) {
		enum weir_type type = theirs->fields[i].type;
		bool is_time = i < mine->n_fields && c->builder.columns[i].is_time;
		if (type != WEIR_NULL && !is_time && (i >= mine->n_fields || mine->fields[i].type != type))
			return false;
	}
	return true;
}

bool weir_codec_can_adopt(const struct weir_codec *c, const struct weir_codec *other, const struct weir_batch *batch)
{
	return weir_codec_from_any_line(c) && !c->builder.retyped && !other->builder.retyped &&
	       (!batch->schema || (agree(c->builder.schema, batch->schema) && types_agree(c, batch->schema)));
}

static bool learn(struct weir_builder *b, const struct weir_schema *theirs)
{
	for (uint32_t i = 0; i < theirs->n_fields; i++) {
		if (i >= b->schema->n_fields && weir_builder_column(b, theirs->fields[i].name) != (int)i)
			return false;
		enum weir_type mine = b->schema->fields[i].type, wide = weir_type_widen(mine, theirs->fields[i].type);
		b->columns[i].type = weir_type_widen(b->columns[i].type, wide);
		if (wide == mine)
			continue;
		if (!weir_builder_open_schema(b))
			return false;
		weir_schema_set_type(b->schema, i, wide);
	}
	return true;
}

enum weir_status weir_codec_adopt(struct weir_codec *c, struct weir_batch *batch, struct weir_error *err)
{
	struct weir_builder *b = &c->builder;
	const struct weir_schema *theirs = batch->schema ? weir_schema_ref(batch->schema) : NULL;
	b->batch = batch;
	bool ok = !theirs || learn(b, theirs);
	b->batch = NULL;
	weir_schema_unref(theirs);
	if (!ok || !weir_batch_set_schema(batch, b->schema))
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	b->unpublished = false;
	b->records += batch->n_rows + weir_batch_malformed(batch);
	return WEIR_OK;
}
