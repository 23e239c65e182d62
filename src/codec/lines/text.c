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

static bool begins(struct weir_str s, const char *with)
{
	size_t n = strlen(with);

	return s.size >= n && memcmp(s.data, with, n) == 0;
}

static bool is_event_field(struct weir_str line)
{
	return begins(line, "data:") || begins(line, "event:") || begins(line, "id:") || begins(line, "retry:") ||
	       begins(line, ":");
}

/* What text may be that has records within, so that nobody takes it for all there is; NULL: no such thing. */
static const char *seems(struct weir_str sample)
{
	enum { LINES = 100 };
	unsigned n = 0, fields = 0, data = 0, coloured = 0;

	while (sample.size && n < LINES) {
		struct weir_str rest, line = weir_str_trim(weir_str_cut(sample, '\n', &rest));
		sample = rest;
		if (!line.size)
			continue;
		n++;
		fields += is_event_field(line);
		data += begins(line, "data:");
		coloured += memmem(line.data, line.size, "\x1b[", 2) != NULL;
	}
	if (data && fields == n)
		return "these look like server-sent events, and are read as text; exec:sed -n 's/^data: *//p' FILE reads their data";
	return coloured * 2 > n ? "most lines have colour codes, and are read as text with them; "
				  "exec:sed 's/\\x1b\\[[0-9;]*m//g' FILE reads what is between them"
				: NULL;
}

static const struct weir_line_format lines = {.line = one_line, .prepare = prepare, .nulls = "", .joins = true};

const struct weir_codec_ops weir_codec_text = {
    .name = "text",
    .help = "any text, one record per line, in the column `line`",
    .detect = detect,
    .bytes = sizeof(struct text_codec),
    .columns_fixed = true,
    .doubt = seems,
    .open = weir_lines_open,
    .decode = weir_lines_decode,
    .clone = weir_lines_clone,
    .lines = &lines,
};
