/* text: every line is a record with one column, `line`. */
#include "codec/lines/lines.h"

struct text_codec {
	struct weir_line_codec lines;
	int column; /* WEIR_COLUMN_UNWANTED until the first line, or for good */
};

static int detect(struct weir_str sample, bool complete)
{
	(void)complete;
	return sample.size ? 1 : 0;
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

static enum weir_status prepare(struct weir_codec *c, const struct weir_codec_config *config, struct weir_error *err)
{
	(void)config;
	(void)err;
	((struct text_codec *)c)->column = WEIR_COLUMN_UNWANTED;
	return WEIR_OK;
}

static const struct weir_line_format lines = {.line = one_line, .prepare = prepare, .nulls = "", .joins = true};

const struct weir_codec_ops weir_codec_text = {
    .name = "text",
    .help = "any text, one record per line, in the column `line`",
    .detect = detect,
    .bytes = sizeof(struct text_codec),
    .columns_fixed = true,
    .open = weir_lines_open,
    .decode = weir_lines_decode,
    .clone = weir_lines_clone,
    .lines = &lines,
};
