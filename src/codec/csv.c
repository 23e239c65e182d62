/* csv and tsv: separated text with or without a header; the shape of it is sniffed from the sample. */
#include "codec/csv_codec.h"

/* Makes what reads text of the shape that is known now. */
static bool prepare(struct csv_codec *c)
{
	const struct weir_csv_shape *shape = &c->shape;
	c->scan = weir_csv_scan_new(shape->separator, shape->n_columns + 1);
	c->columns = weir_arena_zalloc(&c->arena, shape->n_columns * sizeof *c->columns);
	c->wanted = weir_arena_alloc(&c->arena, shape->n_columns * sizeof *c->wanted);
	if (!c->scan || !c->columns || !c->wanted || !weir_plain_init(&c->rows))
		return false;
	for (size_t i = 0; i < shape->n_columns; i++)
		c->columns[i] =
		    (struct weir_cells_column){.name = shape->columns[i].name, .type = shape->columns[i].type};
	c->due = (struct csv_due){shape->preamble, shape->header};
	c->codec.guess.header = shape->header ? "yes" : "no";
	return true;
}

bool weir_csv_learn(struct csv_codec *c, struct weir_str sample, bool complete)
{
	weir_arena_reset(&c->arena); /* what an earlier, shorter sample left */
	if (!weir_csv_sniff(sample, complete, c->header, &c->cells.nulls, &c->shape, &c->arena))
		return false;
	return !c->shape.known || prepare(c);
}

bool weir_csv_assume(struct csv_codec *c)
{
	struct weir_csv_column *column = weir_arena_zalloc(&c->arena, sizeof *column);
	if (!column)
		return false;
	column->name = WEIR_STR("c1");
	c->shape = (struct weir_csv_shape){.separator = c->shape.separator ? c->shape.separator : ',',
					   .n_fields = 1,
					   .n_columns = 1,
					   .columns = column};
	return prepare(c);
}

static void close_csv(struct weir_codec *codec)
{
	struct csv_codec *c = (struct csv_codec *)codec;
	weir_csv_scan_free(c->scan);
	weir_plain_release(&c->rows);
	weir_arena_release(&c->arena);
	weir_codec_free(codec);
}

static enum weir_status open_separated(const struct weir_codec_ops *ops, char separator,
				       const struct weir_codec_config *config, struct weir_str sample, bool complete,
				       struct weir_codec **out, struct weir_error *err)
{
	const char *header = config->header ? config->header : "auto";
	enum weir_csv_header asked = strcmp(header, "yes") == 0	 ? WEIR_CSV_HEADER_YES
				     : strcmp(header, "no") == 0 ? WEIR_CSV_HEADER_NO
								 : WEIR_CSV_HEADER_AUTO;
	if (asked == WEIR_CSV_HEADER_AUTO && strcmp(header, "auto") != 0) {
		weir_fail(err, WEIR_USAGE, "header", "unknown value \"%s\"", header);
		weir_error_hint(err, "auto, yes or no");
		return WEIR_USAGE;
	}
	struct csv_codec *c = weir_codec_alloc(ops, config, sizeof *c, err);
	if (!c)
		return WEIR_NO_MEMORY;
	c->header = asked;
	c->shape.separator = separator;
	c->codec.types_last = true;
	enum weir_status st = weir_cells_init(&c->cells, config, err);
	bool ok = st == WEIR_OK && weir_csv_learn(c, sample, complete);
	if (ok && !c->scan && complete && sample.size)
		ok = weir_csv_assume(c);
	if (st == WEIR_OK && !ok)
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	if (st != WEIR_OK) {
		close_csv(&c->codec);
		return st;
	}
	*out = &c->codec;
	return WEIR_OK;
}

static enum weir_status open_csv(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				 struct weir_codec **out, struct weir_error *err)
{
	return open_separated(&weir_codec_csv, 0, config, sample, complete, out, err);
}

static enum weir_status open_tsv(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				 struct weir_codec **out, struct weir_error *err)
{
	return open_separated(&weir_codec_tsv, '\t', config, sample, complete, out, err);
}

static int detect_separated(struct weir_str sample, bool complete, bool tabs)
{
	struct weir_csv_shape shape = {.separator = weir_csv_sniff_separator(sample, complete)};
	struct weir_cell_nulls nulls;
	struct weir_arena arena = {0};
	if ((shape.separator == '\t') != tabs)
		return 0;
	bool ok = weir_cell_nulls_init(&nulls, NULL) &&
		  weir_csv_sniff(sample, complete, WEIR_CSV_HEADER_AUTO, &nulls, &shape, &arena);
	weir_arena_release(&arena);
	return ok ? shape.sureness : 0;
}

static int detect_csv(struct weir_str sample, bool complete)
{
	return detect_separated(sample, complete, false);
}

static int detect_tsv(struct weir_str sample, bool complete)
{
	return detect_separated(sample, complete, true);
}

const struct weir_codec_ops weir_codec_csv = {
    .name = "csv",
    .help = "separated by comma, semicolon, tab or bar, quoted where needed, with or without a header",
    .detect = detect_csv,
    .open = open_csv,
    .decode = weir_csv_decode,
    .close = close_csv,
};

const struct weir_codec_ops weir_codec_tsv = {
    .name = "tsv",
    .help = "separated by tabs, else as csv",
    .detect = detect_tsv,
    .open = open_tsv,
    .decode = weir_csv_decode,
    .close = close_csv,
};
