/* text: every line is a record with one column, `line`. */
#include "codec/codec_internal.h"

struct text_codec {
	struct weir_codec codec;
	int column; /* WEIR_COLUMN_UNWANTED until the first line, or for good */
};

static int detect(struct weir_str sample, bool complete)
{
	(void)complete;
	return sample.size ? 1 : 0;
}

static enum weir_status text_open(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				  struct weir_codec **out, struct weir_error *err)
{
	(void)sample;
	(void)complete;
	struct text_codec *t = weir_codec_alloc(&weir_codec_text, config, sizeof *t, err);
	if (!t)
		return WEIR_NO_MEMORY;
	t->column = WEIR_COLUMN_UNWANTED;
	*out = &t->codec;
	return WEIR_OK;
}

static bool one_line(struct weir_codec *c, struct weir_str line, int *why, const char **detail)
{
	struct text_codec *t = (struct text_codec *)c;
	(void)why;
	(void)detail;
	if (t->column < 0)
		t->column = weir_builder_column(&c->builder, WEIR_STR("line"));
	return t->column < 0 || weir_builder_text(&c->builder, t->column, line);
}

static enum weir_status text_decode(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch, struct weir_error *err)
{
	return weir_lines(c, chunk, batch, one_line, err);
}

const struct weir_codec_ops weir_codec_text = {
	.name = "text",
	.help = "any text, one record a line, in the column `line`",
	.detect = detect,
	.open = text_open,
	.decode = text_decode,
	.close = weir_codec_free,
};
