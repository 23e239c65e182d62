/* Opening: the format chosen by name, by detection or by the file's name, the sample looked over for the event time and for
 * the types of columns. */
#include "codec/format.h"
#include "codec/lines/lines.h"

#include <stdio.h>
#include <stdlib.h>

static const struct weir_codec_ops *by_name(struct weir_str name, struct weir_error *err)
{
	struct weir_str names[32];
	size_t n = 0;
	for (size_t i = 0; weir_codec_table[i]; i++) {
		const struct weir_codec_ops *ops = weir_codec_table[i];
		if (n < sizeof names / sizeof *names)
			names[n++] = weir_str_of(ops->name);
		if (!weir_str_equal(name, weir_str_of(ops->name)))
			continue;
		if (!ops->absent)
			return ops;
		weir_fail(err, WEIR_UNSUPPORTED, "format", "%s: %s", ops->name, ops->absent);
		return NULL;
	}
	weir_fail(err, WEIR_USAGE, "format", "unknown format \"" WEIR_STR_FMT "\"", WEIR_STR_ARG(name));
	int nearest = weir_nearest(name, names, n);
	if (nearest >= 0)
		weir_error_hint(err, "did you mean %s?", weir_codec_table[nearest]->name);
	else
		weir_error_hint(err, "weir --list formats shows them all");
	return NULL;
}

/* NULL: no memory. *any: the sample looks like any text, and no more. */
static const struct weir_codec_ops *detect(struct weir_str sample, bool complete, bool *any)
{
	const struct weir_codec_ops *best = NULL, *last = NULL;
	int best_score = 0;
	for (size_t i = 0; weir_codec_table[i]; i++) {
		last = weir_codec_table[i];
		int score = last->detect ? last->detect(sample, complete) : 0;
		if (score < 0)
			return NULL;
		if (score > best_score) {
			best = last;
			best_score = score;
		}
	}
	*any = !best || best == last; /* the last reads anything */
	return *any ? last : best;
}

/* What messages that are no text are; NULL: they may be text, or (*no_memory) there is no memory. */
static const struct weir_codec_ops *of_messages(const struct weir_codec_config *config, bool *no_memory)
{
	const struct weir_codec_ops *best = NULL;
	int best_score = 0;
	for (size_t i = 0; weir_codec_table[i] && config->n_messages; i++) {
		const struct weir_codec_ops *ops = weir_codec_table[i];
		int score = ops->detect_messages ? ops->detect_messages(config) : 0;
		*no_memory |= score < 0;
		if (score > best_score) {
			best = ops;
			best_score = score;
		}
	}
	return *no_memory ? NULL : best;
}

/* A look at the sample: every column, no time. */
struct look {
	struct weir_codec *codec;
	struct weir_batch *batch, *spare;
	struct weir_chunk rest;
	bool no_memory; /* while looking on */
};

enum { LOOK_ROWS = 1024 };

static enum weir_status look_at(struct look *l, const struct weir_codec *codec, const struct weir_codec_config *config,
				struct weir_str sample, bool complete, struct weir_error *err)
{
	struct weir_codec_config c = *config;
	c.time = NULL;
	c.want = (struct weir_decode_want){.all = true};
	c.on_malformed = WEIR_MALFORMED_DROP;
	c.budget = NULL;
	l->rest = (struct weir_chunk){.bytes = sample.data, .size = sample.size, .at_end = complete};
	if (codec->ops->detect_messages && config->n_messages) /* as a text they would be something else */
		l->rest = (struct weir_chunk){
		    .messages = config->messages, .n_messages = config->n_messages, .is_messages = true};
	l->codec = weir_codec_copy(codec);
	l->batch = weir_batch_new(LOOK_ROWS);
	if (!l->codec || !l->batch || !weir_builder_init(&l->codec->builder, &c, true))
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	return codec->ops->decode(l->codec, &l->rest, l->batch, err);
}

static bool look_on(void *look, struct weir_batch **batch)
{
	struct look *l = look;
	if (l->no_memory || (l->rest.size == 0 && l->rest.n_messages == 0))
		return false;
	uint32_t most = weir_builder_rows(&l->codec->builder), rows = most < LOOK_ROWS ? most : LOOK_ROWS;
	if (l->spare && l->spare->capacity > rows) { /* columns have come: as many rows of them take more */
		weir_batch_free(l->spare);
		l->spare = NULL;
	}
	if (!l->spare)
		l->spare = weir_batch_new(rows);
	else
		weir_batch_clear(l->spare);
	l->no_memory = !l->spare || l->codec->ops->decode(l->codec, &l->rest, l->spare, NULL) == WEIR_NO_MEMORY;
	if (l->no_memory || l->spare->n_rows == 0)
		return false;
	struct weir_batch *next = l->spare;
	l->spare = l->batch;
	*batch = l->batch = next;
	return true;
}

/* Where a column that the sample does not have will not come later: the names stand at the front, or so much was read that
 * it is a slip of the pen. */
static bool names_are_known(const struct weir_codec_ops *ops, struct weir_str sample, bool complete)
{
	enum { MUCH = 1 << 20 };
	return complete || ops->columns_fixed || ops->named_ahead || sample.size >= MUCH;
}

/* "_timestamp" is the broker's time, which rows take where no column is chosen. */
static bool wants_no_column(const char *time)
{
	return time && (strcmp(time, "none") == 0 || strcmp(time, "_timestamp") == 0);
}

/* What the sample shows of the types of columns, as far as it is worth the time. */
static void learn_types(struct look *l, struct weir_schema **known)
{
	enum { TYPE_BYTES = 256 << 10 };
	struct weir_batch *batch;
	while (l->rest.offset < TYPE_BYTES && look_on(l, &batch))
		;
	*known = weir_schema_ref(l->batch->schema);
}

/* Looks in the sample for types and, if any column can hold one, for the event time. `known` is owned by the caller. */
static enum weir_status look_over(const struct weir_codec *codec, const struct weir_codec_config *config,
				  struct weir_str sample, bool complete, struct weir_time_choice *out,
				  struct weir_schema **known, struct weir_error *err)
{
	struct look l = {0};
	enum weir_status st = look_at(&l, codec, config, sample, complete, err);
	if (wants_no_column(config->time) && st != WEIR_NO_MEMORY) {
		st = WEIR_OK; /* a record that cannot be read is met again, and said then */
	} else if (st == WEIR_OK) {
		struct weir_time_sample s = {
		    .batch = l.batch,
		    .more = look_on,
		    .ctx = &l,
		    .complete = complete,
		    .fixed = names_are_known(codec->ops, sample, complete),
		    .newest_us = config->newest_us ? config->newest_us : WEIR_TIME_NONE,
		};
		st = weir_time_choose(config->time, &s, out, err);
	}
	if (st == WEIR_OK)
		learn_types(&l, known);
	if (l.no_memory)
		st = weir_fail(err, WEIR_NO_MEMORY, "time", "out of memory");
	weir_batch_free(l.batch);
	weir_batch_free(l.spare);
	weir_codec_close(l.codec);
	return st;
}

/* The texts of the guess that are about the time. False: no memory. */
static bool say_time(struct weir_codec *c, const struct weir_time_choice *chosen)
{
	struct weir_buf name = {0}, doubt = {0};
	weir_buf_addf(&name, "%s%s%s", chosen->date, chosen->time ? "+" : "", chosen->time ? chosen->time : "");
	if (chosen->doubt[0]) {
		weir_buf_addf(&doubt, "%s%s%s", c->doubt ? c->doubt : "", c->doubt ? "; " : "", chosen->doubt);
		free(c->doubt);
		c->doubt = doubt.data;
	}
	c->time_name = name.data;
	c->time_format = weir_str_dup(weir_str_of(chosen->format));
	c->guess.time_column = c->time_name;
	c->guess.time_format = c->time_format;
	c->guess.time_guessed = chosen->guessed;
	c->guess.doubt = c->doubt;
	return !name.failed && !doubt.failed && c->time_format;
}

/* The columns of the sample, one of them the time. NULL: no memory. */
static const struct weir_schema *sample_schema(const struct weir_schema *known, const struct weir_time_choice *chosen)
{
	int time = chosen->date && !chosen->time ? weir_schema_find(known, weir_str_of(chosen->date)) : -1;
	if (time < 0)
		return weir_schema_ref(known);
	struct weir_schema *s = weir_schema_next(known);
	if (s) {
		weir_schema_set_type(s, (uint32_t)time, WEIR_TIMESTAMP);
		weir_schema_set_time(s, time);
	}
	return s;
}

/* What the sample shows, into the codec that will read the stream. */
static enum weir_status learn(struct weir_codec *c, const struct weir_codec_config *config, struct weir_str sample,
			      bool complete, struct weir_error *err)
{
	struct weir_time_choice chosen = {0};
	struct weir_schema *known = NULL;
	enum weir_status st = look_over(c, config, sample, complete, &chosen, &known, err);
	if (st == WEIR_OK) {
		bool ok = !chosen.date || say_time(c, &chosen);
		ok = ok && weir_builder_know(&c->builder, known, chosen.date ? &chosen : NULL, config->newest_us);
		if (!ok || !(c->sample = sample_schema(known, &chosen)))
			st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	}
	c->growing = config->growing;
	c->order_open = c->builder.time.open;
	weir_time_choice_release(&chosen);
	weir_schema_unref(known);
	return st;
}

static enum weir_status needless_argument(const struct weir_codec_ops *ops, const char *argument,
					  struct weir_error *err)
{
	struct weir_buf takers = {0};
	for (size_t i = 0; weir_codec_table[i]; i++)
		if (weir_codec_table[i]->argument)
			weir_buf_addf(&takers, "%s%s:%s", takers.size ? " and " : "", weir_codec_table[i]->name,
				      weir_codec_table[i]->argument);
	weir_fail(err, WEIR_USAGE, "format", "%s takes nothing behind a colon, but got \"%.60s\"", ops->name, argument);
	if (takers.size && !takers.failed)
		weir_error_hint(err, "of the formats, %s take something", takers.data);
	weir_buf_release(&takers);
	return WEIR_USAGE;
}

/* A table of one column looks like any text; then the name of the file decides. NULL: it says nothing. */
static const struct weir_codec_ops *by_path(struct weir_str path)
{
	const char *dot = path.size ? memrchr(path.data, '.', path.size) : NULL;

	if (!dot || dot == path.data)
		return NULL;
	struct weir_str extension = {dot + 1, (size_t)(path.data + path.size - dot) - 1};
	for (size_t i = 0; weir_codec_table[i]; i++)
		if (weir_str_among(weir_codec_table[i]->extensions, extension))
			return weir_codec_table[i];
	return NULL;
}

/* The format that is asked for or found out. */
static enum weir_status choose(const struct weir_codec_config *config, bool guess, struct weir_str sample,
			       bool complete, const struct weir_codec_ops **ops, struct weir_error *err)
{
	struct weir_str rest;
	if (!guess) {
		*ops = by_name(weir_str_cut(weir_str_of(config->format), ':', &rest), err);
		if (!*ops)
			return err ? err->code : WEIR_USAGE;
		bool needless = weir_codec_argument(config) && !(*ops)->argument;
		return needless ? needless_argument(*ops, weir_codec_argument(config), err) : WEIR_OK;
	}
	bool any = false, none = false;
	if ((*ops = of_messages(config, &none)))
		return WEIR_OK;
	*ops = none ? NULL : detect(sample, complete, &any);
	if (!*ops)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	const struct weir_codec_ops *named = any ? by_path(config->path) : NULL;
	*ops = named ? named : *ops;
	return WEIR_OK;
}

static enum weir_status add_doubt(struct weir_codec *c, const char *doubt, struct weir_error *err)
{
	struct weir_buf text = {0};

	weir_buf_addf(&text, "%s%s%s", c->doubt ? c->doubt : "", c->doubt ? "; " : "", doubt);
	free(c->doubt);
	c->guess.doubt = c->doubt = text.data;
	return text.failed ? weir_fail(err, WEIR_NO_MEMORY, "", "out of memory") : WEIR_OK;
}

/* What was asked for does not go with the format: said, and left aside. */
static enum weir_status doubt_join(struct weir_codec *c, const struct weir_codec_config *config, struct weir_error *err)
{
	bool told = config->join && strcmp(config->join, "auto") != 0 && strcmp(config->join, "none") != 0;
	if (!told || (c->ops->lines && c->ops->lines->joins))
		return WEIR_OK;
	char text[200];
	snprintf(text, sizeof text, "--join-lines is for text, syslog and regex, and this is %s", c->format);
	return add_doubt(c, text, err);
}

enum weir_status weir_codec_open(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				 struct weir_codec **out, struct weir_error *err)
{
	struct weir_codec_config chosen = *config;
	const struct weir_codec_ops *ops = NULL;
	*out = NULL;
	bool guessed = !config->format || strcmp(config->format, "auto") == 0;
	enum weir_status st = choose(config, guessed, sample, complete, &ops, err);
	if (st != WEIR_OK)
		return st;
	if (guessed)
		chosen.format = ops->name;
	struct weir_codec *c = weir_codec_new(ops);
	if (!c || !weir_builder_init(&c->builder, &chosen, false))
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	if (st == WEIR_OK)
		st = ops->open(c, &chosen, sample, complete, err);
	if (st == WEIR_OK)
		st = doubt_join(c, config, err);
	const char *doubt = st == WEIR_OK && guessed && ops->doubt ? ops->doubt(sample) : NULL;
	if (doubt)
		st = add_doubt(c, doubt, err);
	if (st == WEIR_OK)
		st = learn(c, &chosen, sample, complete, err);
	if (st != WEIR_OK) {
		weir_codec_close(c);
		return st;
	}
	c->guess.format_guessed = guessed;
	*out = c;
	return WEIR_OK;
}
