/* regex:PATTERN: the named groups of a Perl-compatible pattern are the columns; a line that does not match is counted.
 */
#include "codec/lines/lines.h"

#include "weir/base/pattern.h"

#include <stdio.h>
#include <stdlib.h>

struct group {
	struct weir_text_field column;
	uint32_t number;
	uint32_t next; /* index of the next group of that name, as (?J) allows; 0: none */
	bool again;    /* there is one before it: its column is that one's */
};

struct regex_codec {
	struct weir_line_codec lines;
	struct group *groups; /* owned, in order of the pattern */
	uint32_t n_groups;
	struct weir_pattern *pattern; /* owned */
	char *text;                   /* owned: of the pattern */
	char steps[200];              /* said of a line that takes too many */
};

/* Nobody knows whether such a line matches, so no answer can go beyond it. */
static void give_up(struct regex_codec *r, int *why, const char **detail)
{
	*why = WEIR_BAD_STEPS;
	*detail = r->steps;
	if (!r->lines.texts.surveying)
		r->lines.codec.builder.on_malformed = WEIR_MALFORMED_FAIL;
}

/* Of the groups of one name, the first that took part; data NULL: none did. */
static struct weir_str text_of(const struct regex_codec *r, struct weir_str line, uint32_t i)
{
	struct weir_str text = weir_pattern_group(r->pattern, line, r->groups[i].number);
	while (!text.data && (i = r->groups[i].next) > 0)
		text = weir_pattern_group(r->pattern, line, r->groups[i].number);
	return text;
}

static bool one_line(struct weir_codec *codec, struct weir_str line, int *why, const char **detail)
{
	struct regex_codec *r = (struct regex_codec *)codec;
	enum weir_found found = weir_pattern_find(r->pattern, line);
	if (found == WEIR_FOUND_NO_MEMORY)
		return false;
	if (found == WEIR_FOUND_NOT)
		*why = WEIR_BAD_NO_MATCH;
	else if (found == WEIR_FOUND_TOO_LONG)
		give_up(r, why, detail);
	for (uint32_t i = 0; found == WEIR_FOUND && i < r->n_groups; i++) {
		if (r->groups[i].again)
			continue;
		struct weir_str text = text_of(r, line, i);
		if (!weir_text_field_put_or_null(&r->lines.texts, &r->groups[i].column, text))
			return false;
	}
	return true;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = ((const struct group *)a)->number, y = ((const struct group *)b)->number;
	return (x > y) - (x < y);
}

static enum weir_status wrong_pattern(const char *pattern, const char *why, size_t offset, struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, "format", "the pattern is wrong at byte %zu: %s", offset, why);
	size_t size = strlen(pattern) + 1;
	if (err && size <= sizeof err->text) {
		memcpy(err->text, pattern, size);
		err->caret_from = err->caret_to = (uint32_t)offset;
		if (pattern[offset])
			err->caret_to++;
	}
	return WEIR_USAGE;
}

static enum weir_status compile(struct regex_codec *r, const char *pattern, struct weir_error *err)
{
	char why[160] = "";
	size_t offset;
	if (!(r->text = weir_str_dup(weir_str_of(pattern))))
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	r->pattern = weir_pattern_new(weir_str_of(pattern), why, &offset);
	snprintf(r->steps, sizeof r->steps, "'%.120s'", pattern);
	if (r->pattern)
		return WEIR_OK;
	return why[0] ? wrong_pattern(pattern, why, offset, err) : weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
}

/* Groups of one name belong together. A pattern has at most 10,000 names. */
static void join_same_names(struct regex_codec *r)
{
	for (uint32_t i = 0; i < r->n_groups; i++) {
		uint32_t last = i;
		for (uint32_t k = i + 1; !r->groups[i].again && k < r->n_groups; k++) {
			if (!weir_str_equal(r->groups[i].column.name, r->groups[k].column.name))
				continue;
			r->groups[k].again = true;
			r->groups[last].next = k;
			last = k;
		}
	}
}

static void count_name(void *ctx, struct weir_str name, uint32_t number)
{
	(void)name;
	(void)number;
	++*(uint32_t *)ctx;
}

static void add_name(void *ctx, struct weir_str name, uint32_t number)
{
	struct regex_codec *r = ctx;
	r->groups[r->n_groups].number = number;
	r->groups[r->n_groups++].column.name = name;
}

static enum weir_status name_groups(struct regex_codec *r, struct weir_error *err)
{
	uint32_t n = 0;
	weir_pattern_names(r->pattern, count_name, &n);
	if (n == 0) {
		weir_fail(err, WEIR_USAGE, "format", "the pattern has no named group");
		weir_error_hint(err, "write (?<name>…) around the text of each column");
		return WEIR_USAGE;
	}
	r->groups = weir_calloc(n, sizeof *r->groups);
	if (!r->groups)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	weir_pattern_names(r->pattern, add_name, r);
	qsort(r->groups, r->n_groups, sizeof *r->groups, by_number);
	join_same_names(r);
	return WEIR_OK;
}

static void close_regex(struct weir_codec *codec)
{
	struct regex_codec *r = (struct regex_codec *)codec;
	weir_pattern_free(r->pattern);
	free(r->groups);
	free(r->text);
}

static enum weir_status prepare(struct weir_codec *codec, const struct weir_codec_config *config,
				struct weir_error *err)
{
	struct regex_codec *r = (struct regex_codec *)codec;
	const char *pattern = weir_codec_argument(config);
	if (!pattern || !*pattern) {
		weir_fail(err, WEIR_USAGE, "format", "regex needs a pattern");
		weir_error_hint(err, "as in regex:^(?<level>\\w+) (?<text>.*)$");
		return WEIR_USAGE;
	}
	enum weir_status st = compile(r, pattern, err);
	return st == WEIR_OK ? name_groups(r, err) : st;
}

/* A compiled pattern belongs to one thread, and the names of its groups live in it. */
static bool clone(const struct weir_codec *from, struct weir_codec *to)
{
	const struct regex_codec *f = (const struct regex_codec *)from;
	struct regex_codec *r = (struct regex_codec *)to;
	r->groups = NULL;
	r->n_groups = 0;
	r->pattern = NULL;
	r->text = NULL;
	if (compile(r, f->text, NULL) != WEIR_OK || name_groups(r, NULL) != WEIR_OK)
		return false;
	for (uint32_t i = 0; i < r->n_groups; i++) {
		struct weir_str name = r->groups[i].column.name;
		r->groups[i].column = f->groups[i].column;
		r->groups[i].column.name = name;
	}
	return true;
}

static const struct weir_line_format lines = {
    .line = one_line,
    .prepare = prepare,
    .clone = clone,
    .surveys = true,
    .joins = true,
    .joins_when_told = true,
};

const struct weir_codec_ops weir_codec_regex = {
    .name = "regex",
    .help = "regex:PATTERN, a column for each named group of a Perl-compatible pattern",
    .argument = "PATTERN",
    .bytes = sizeof(struct regex_codec),
    .columns_fixed = true,
    .open = weir_lines_open,
    .decode = weir_lines_decode,
    .clone = weir_lines_clone,
    .lines = &lines,
    .close = close_regex,
};
