/* Batches that another codec of the same stream decoded become this one's: the same columns in the same order. */
#include "codec/codec_internal.h"

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

/* A text is stored as what all texts of its column were before it: 12.50 is text where a word has been. Both codecs knew
 * the same of the sample, and this one has learned nothing since; nor has the other, when it ends with the same types. */
static bool types_agree(const struct weir_codec *c, const struct weir_schema *theirs)
{
	const struct weir_schema *mine = c->builder.schema;
	for (uint32_t i = 0; i < theirs->n_fields; i++) {
		enum weir_type type = theirs->fields[i].type;
		if (type != WEIR_NULL && (i >= mine->n_fields || mine->fields[i].type != type))
			return false;
	}
	return !c->retyped;
}

bool weir_codec_can_adopt(const struct weir_codec *c, const struct weir_batch *batch)
{
	return !batch->schema || (agree(c->builder.schema, batch->schema) &&
				  (!c->types_last || types_agree(c, batch->schema)));
}

static bool learn(struct weir_builder *b, const struct weir_schema *theirs)
{
	for (uint32_t i = 0; i < theirs->n_fields; i++) {
		if (i >= b->schema->n_fields && weir_builder_column(b, theirs->fields[i].name) != (int)i)
			return false;
		enum weir_type mine = b->schema->fields[i].type, wide = weir_type_widen(mine, theirs->fields[i].type);
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
