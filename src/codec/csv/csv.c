/* csv and tsv: separated text with or without a header; detecting and opening it. */
#include "codec/csv/csv.h"

static void restart_csv(struct weir_codec *codec)
{
	struct csv_codec *c = (struct csv_codec *)codec;
	c->restarted = c->scan != NULL;
}

static void close_csv(struct weir_codec *codec)
{
	struct csv_codec *c = (struct csv_codec *)codec;
	weir_csv_scan_free(c->scan);
	weir_buf_release(&c->field);
	weir_arena_release(&c->arena);
}

static bool clone_csv(const struct weir_codec *from, struct weir_codec *to)
{
	const struct csv_codec *f = (const struct csv_codec *)from;
	struct csv_codec *c = (struct csv_codec *)to;
	c->texts.builder = &to->builder;
	c->arena = (struct weir_arena){0};
	c->field = (struct weir_buf){0};
	c->scan = NULL;
	c->columns = NULL;
	return !f->scan || weir_csv_copy(c, f);
}

static enum weir_status open_separated(char separator, struct weir_codec *codec, const struct weir_codec_config *config,
				       struct weir_str sample, bool complete, struct weir_error *err)
{
	struct csv_codec *c = (struct csv_codec *)codec;
	const char *header = config->header ? config->header : "auto";
	c->header = strcmp(header, "yes") == 0  ? WEIR_CSV_HEADER_YES
		    : strcmp(header, "no") == 0 ? WEIR_CSV_HEADER_NO
						: WEIR_CSV_HEADER_AUTO;
	if (c->header == WEIR_CSV_HEADER_AUTO && strcmp(header, "auto") != 0) {
		weir_fail(err, WEIR_USAGE, "header", "unknown value \"%s\"", header);
		weir_error_hint(err, "auto, yes or no");
		return WEIR_USAGE;
	}
	c->shape.separator = separator;
	codec->from_any_line = true;
	enum weir_status st = weir_text_fields_init(&c->texts, &codec->builder, config->nulls, err);
	bool ok = st == WEIR_OK && weir_csv_learn(c, sample, complete);
	if (ok && !c->scan && complete && sample.size)
		ok = weir_csv_assume(c);
	return st == WEIR_OK && !ok ? weir_fail(err, WEIR_NO_MEMORY, "", "out of memory") : st;
}

static enum weir_status open_csv(struct weir_codec *codec, const struct weir_codec_config *config,
				 struct weir_str sample, bool complete, struct weir_error *err)
{
	return open_separated(0, codec, config, sample, complete, err);
}

static enum weir_status open_tsv(struct weir_codec *codec, const struct weir_codec_config *config,
				 struct weir_str sample, bool complete, struct weir_error *err)
{
	return open_separated('\t', codec, config, sample, complete, err);
}

static int detect_separated(struct weir_str sample, bool complete, bool tabs)
{
	struct weir_csv_shape shape = {.separator = weir_csv_sniff_separator(sample, complete)};
	struct weir_text_nulls nulls;
	struct weir_arena arena = {0};
	if (!shape.separator)
		return -1;
	if ((shape.separator == '\t') != tabs)
		return 0;
	bool ok = weir_text_nulls_init(&nulls, NULL) &&
		  weir_csv_sniff(sample, complete, WEIR_CSV_HEADER_AUTO, &nulls, &shape, &arena);
	weir_arena_release(&arena);
	return ok ? shape.sureness : -1;
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
    .help = "separated by commas, semicolons, tabs or bars, with optional quotes and header",
    .extensions = "csv",
    .bytes = sizeof(struct csv_codec),
    .alone = true,
    .columns_fixed = true,
    .detect = detect_csv,
    .open = open_csv,
    .decode = weir_csv_decode,
    .restart = restart_csv,
    .clone = clone_csv,
    .close = close_csv,
    .written_as = "csv",
    .encode = weir_csv_encode,
    .encode_head = weir_csv_encode_head,
};

const struct weir_codec_ops weir_codec_tsv = {
    .name = "tsv",
    .help = "separated by tabs, otherwise like csv",
    .extensions = "tsv",
    .bytes = sizeof(struct csv_codec),
    .alone = true,
    .columns_fixed = true,
    .detect = detect_tsv,
    .open = open_tsv,
    .decode = weir_csv_decode,
    .restart = restart_csv,
    .clone = clone_csv,
    .close = close_csv,
};
