/* The table of codecs; choosing one by name or by detection; the time column named or guessed. */
#include "codec/codec_internal.h"

#include "codec/time_guess.h"

#include <stdlib.h>

static const struct weir_codec_ops weir_codec_avro_absent = {
	.name = "avro",
	.help = "Avro object files and schema registry messages",
	.absent = "this version does not decode Avro yet",
};

const struct weir_codec_ops *const weir_codec_table[] = {
	&weir_codec_json,
	&weir_codec_csv,
	&weir_codec_tsv,
	&weir_codec_logfmt,
	&weir_codec_clf,
	&weir_codec_regex,
	&weir_codec_avro_absent,
	&weir_codec_text,
	NULL,
};

const char *weir_codec_argument(const struct weir_codec_config *config)
{
	const char *colon = config->format ? strchr(config->format, ':') : NULL;
	return colon ? colon + 1 : NULL;
}

static char *dup_part(const char *from, size_t size) { return weir_str_dup((struct weir_str){from, size}); }

void *weir_codec_alloc(const struct weir_codec_ops *ops, const struct weir_codec_config *config, size_t bytes, struct weir_error *err)
{
	struct weir_codec *c = weir_calloc(1, bytes);
	const char *colon = config->time ? strchr(config->time, ':') : NULL;
	bool ok = c != NULL;
	if (ok && colon) {
		c->time_name = dup_part(config->time, (size_t)(colon - config->time));
		c->time_format = dup_part(colon + 1, strlen(colon + 1));
		ok = c->time_name && c->time_format;
	}
	if (ok)
		c->format = dup_part(ops->name, strlen(ops->name));
	if (!ok || !c->format || !weir_builder_init(&c->builder, config, c->time_name, c->time_format)) {
		if (c)
			weir_codec_free(c);
		weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
		return NULL;
	}
	c->ops = ops;
	c->guess.format = c->format;
	c->guess.time_column = c->time_name;
	c->guess.time_format = c->time_format;
	return c;
}

void weir_codec_free(struct weir_codec *c)
{
	weir_builder_release(&c->builder);
	free(c->format);
	free(c->time_name);
	free(c->time_format);
	free(c);
}

static const struct weir_codec_ops *by_name(struct weir_str name, struct weir_error *err)
{
	struct weir_str names[16];
	size_t n = 0;
	for (; weir_codec_table[n]; n++) {
		names[n] = weir_str_of(weir_codec_table[n]->name);
		if (weir_str_equal(name, names[n])) {
			if (!weir_codec_table[n]->absent)
				return weir_codec_table[n];
			weir_fail(err, WEIR_UNSUPPORTED, "format", "%s: %s", weir_codec_table[n]->name, weir_codec_table[n]->absent);
			return NULL;
		}
	}
	weir_fail(err, WEIR_USAGE, "format", "unknown format \"" WEIR_STR_FMT "\"", WEIR_STR_ARG(name));
	int nearest = weir_nearest(name, names, n);
	if (nearest >= 0)
		weir_error_hint(err, "did you mean %s?", weir_codec_table[nearest]->name);
	else
		weir_error_hint(err, "weir --list formats shows them all");
	return NULL;
}

static const struct weir_codec_ops *detect(struct weir_str sample, bool complete)
{
	const struct weir_codec_ops *best = &weir_codec_text;
	int best_score = 0;
	for (size_t i = 0; weir_codec_table[i]; i++) {
		int score = weir_codec_table[i]->detect ? weir_codec_table[i]->detect(sample, complete) : 0;
		if (score > best_score) {
			best = weir_codec_table[i];
			best_score = score;
		}
	}
	return best;
}

/* Decodes the sample with every column and no time, for a look at what it holds. *batch is owned by the caller. */
static enum weir_status decode_sample(const struct weir_codec_ops *ops, const struct weir_codec_config *config, struct weir_str sample,
				      bool complete, struct weir_batch **batch, struct weir_error *err)
{
	struct weir_codec_config look = *config;
	look.time = NULL;
	look.want = (struct weir_decode_want){.all = true};
	look.on_malformed = WEIR_MALFORMED_DROP;
	look.budget = NULL;
	struct weir_codec *c = NULL;
	enum weir_status st = ops->open(&look, sample, complete, &c, err);
	if (st != WEIR_OK)
		return st;
	*batch = weir_batch_new(1024);
	struct weir_chunk chunk = {.bytes = sample.data, .size = sample.size, .at_end = complete};
	st = *batch ? ops->decode(c, &chunk, *batch, err) : weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	ops->close(c);
	return st;
}

static enum weir_status unknown_time(const struct weir_batch *sample, struct weir_str name, struct weir_error *err)
{
	struct weir_str names[WEIR_MAX_COLUMNS];
	for (uint32_t i = 0; sample->schema && i < sample->n_columns; i++)
		names[i] = sample->schema->fields[i].name;
	weir_fail(err, WEIR_USAGE, "time", "no column \"" WEIR_STR_FMT "\"", WEIR_STR_ARG(name));
	int nearest = weir_nearest(name, names, sample->n_columns);
	if (nearest >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(names[nearest]));
	return WEIR_USAGE;
}

/* Fills `out` with "COLUMN:FORMAT", or leaves it empty when there is no event time. */
static enum weir_status choose_time(const struct weir_batch *sample, const char *asked, bool complete, struct weir_buf *out,
				    struct weir_error *err)
{
	const char *format = NULL;
	if (!asked) {
		int column = weir_time_column_guess(sample, &format);
		if (column >= 0)
			weir_buf_addf(out, WEIR_STR_FMT ":%s", WEIR_STR_ARG(sample->schema->fields[column].name), format);
		return WEIR_OK;
	}
	struct weir_str given, name = weir_str_cut(weir_str_of(asked), ':', &given);
	int column = sample->schema ? weir_schema_find(sample->schema, name) : -1;
	if (column < 0 && complete && sample->n_rows)
		return unknown_time(sample, name, err);
	if (given.size) {
		struct weir_timefmt t;
		if (!weir_timefmt_init(&t, given.data)) {
			weir_fail(err, WEIR_USAGE, "time", "unknown time format \"%s\"", given.data);
			weir_error_hint(err, "iso, s, ms, us, ns, or a pattern such as %%d/%%b/%%Y:%%H:%%M:%%S %%z");
			return WEIR_USAGE;
		}
		format = given.data;
	} else if (column >= 0) {
		format = weir_time_format_guess(&sample->columns[column], sample->n_rows);
	}
	weir_buf_addf(out, WEIR_STR_FMT ":%s", WEIR_STR_ARG(name), format ? format : "iso");
	return WEIR_OK;
}

static enum weir_status open_with_time(const struct weir_codec_ops *ops, struct weir_codec_config *config, struct weir_str sample,
				       bool complete, struct weir_codec **out, struct weir_error *err)
{
	struct weir_batch *batch = NULL;
	struct weir_buf time = {0};
	const char *asked = config->time;
	enum weir_status st = WEIR_OK;
	if (!asked || strcmp(asked, "none") != 0) {
		st = decode_sample(ops, config, sample, complete, &batch, err);
		if (st == WEIR_OK)
			st = choose_time(batch, asked, complete, &time, err);
	}
	if (st == WEIR_OK) {
		config->time = time.size ? time.data : NULL;
		st = ops->open(config, sample, complete, out, err);
	}
	if (st == WEIR_OK) {
		(*out)->guess.time_guessed = !asked && time.size;
		(*out)->sample_bytes = sample.size;
	}
	weir_batch_free(batch);
	weir_buf_release(&time);
	return st;
}

enum weir_status weir_codec_open(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				 struct weir_codec **out, struct weir_error *err)
{
	struct weir_codec_config chosen = *config;
	const struct weir_codec_ops *ops;
	bool guessed = !config->format || strcmp(config->format, "auto") == 0;
	*out = NULL;
	if (guessed) {
		ops = detect(sample, complete);
		chosen.format = ops->name;
	} else {
		struct weir_str rest;
		ops = by_name(weir_str_cut(weir_str_of(config->format), ':', &rest), err);
		if (!ops)
			return err ? err->code : WEIR_USAGE;
	}
	enum weir_status st = open_with_time(ops, &chosen, sample, complete, out, err);
	if (st == WEIR_OK)
		(*out)->guess.format_guessed = guessed;
	return st;
}

enum weir_status weir_codec_decode(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch, struct weir_error *err)
{
	batch->stream = c->builder.stream;
	return c->ops->decode(c, chunk, batch, err);
}

const struct weir_guess *weir_codec_guess(const struct weir_codec *c) { return &c->guess; }

void weir_codec_close(struct weir_codec *c)
{
	if (c)
		c->ops->close(c);
}
