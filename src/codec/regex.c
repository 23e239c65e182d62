/* regex:PATTERN: the named groups of a Perl-compatible pattern are the columns; a line that does not match is counted.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "codec/cells.h"

#include <pcre2.h>
#include <stdlib.h>

/* Bounds the work on one line, so that a pattern that backtracks without end cannot hold the stream up: a few ms. */
enum { MATCH_LIMIT = 1000000, DEPTH_LIMIT = 10000 };

struct group {
	struct weir_cells_column column;
	uint32_t number;
};

struct regex_codec {
	struct weir_codec codec;
	struct weir_cells cells;
	struct group *groups; /* owned, in order of the pattern */
	uint32_t n_groups;
	pcre2_code *code; /* owned */
	pcre2_match_data *match;
	pcre2_match_context *limits;
};

static bool one_line(struct weir_codec *codec, struct weir_str line, int *why, const char **detail)
{
	struct regex_codec *r = (struct regex_codec *)codec;
	*why = -1;
	*detail = NULL;
	int found = pcre2_match(r->code, (PCRE2_SPTR)line.data, line.size, 0, PCRE2_NO_UTF_CHECK, r->match, r->limits);
	if (found == PCRE2_ERROR_NOMEMORY)
		return false;
	if (found < 0) {
		*why = WEIR_BAD_NO_MATCH;
		*detail = found == PCRE2_ERROR_NOMATCH ? NULL : "it takes too many steps";
		return true;
	}
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(r->match);
	for (uint32_t i = 0; i < r->n_groups; i++) {
		PCRE2_SIZE from = at[2 * r->groups[i].number], to = at[2 * r->groups[i].number + 1];
		struct weir_str text = {0};
		if (from != PCRE2_UNSET && to >= from)
			text = (struct weir_str){line.data + from, to - from};
		if (!weir_cells_put_or_null(&r->cells, &r->groups[i].column, text))
			return false;
	}
	return true;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = ((const struct group *)a)->number, y = ((const struct group *)b)->number;
	return (x > y) - (x < y);
}

static enum weir_status wrong_pattern(const char *pattern, int code, PCRE2_SIZE offset, struct weir_error *err)
{
	char text[160];
	pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
	weir_fail(err, WEIR_USAGE, "format", "the pattern is wrong at byte %zu: %s", (size_t)offset, text);
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
	int code;
	PCRE2_SIZE offset;
	r->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &offset, NULL);
	if (!r->code)
		return wrong_pattern(pattern, code, offset, err);
	pcre2_jit_compile(r->code,
			  PCRE2_JIT_COMPLETE); /* where it is not available, the interpreter matches the same */
	r->match = pcre2_match_data_create_from_pattern(r->code, NULL);
	r->limits = pcre2_match_context_create(NULL);
	if (!r->match || !r->limits)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	pcre2_set_match_limit(r->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
	return WEIR_OK;
}

static enum weir_status name_groups(struct regex_codec *r, struct weir_error *err)
{
	PCRE2_SPTR table = NULL;
	uint32_t entry_bytes = 0;
	pcre2_pattern_info(r->code, PCRE2_INFO_NAMECOUNT, &r->n_groups);
	pcre2_pattern_info(r->code, PCRE2_INFO_NAMEENTRYSIZE, &entry_bytes);
	pcre2_pattern_info(r->code, PCRE2_INFO_NAMETABLE, &table);
	if (r->n_groups == 0) {
		weir_fail(err, WEIR_USAGE, "format", "the pattern has no named group");
		weir_error_hint(err, "write (?<name>…) around what a column should hold");
		return WEIR_USAGE;
	}
	r->groups = weir_calloc(r->n_groups, sizeof *r->groups);
	if (!r->groups)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	for (uint32_t i = 0; i < r->n_groups; i++, table += entry_bytes) {
		r->groups[i].number = (uint32_t)table[0] << 8 | table[1];
		r->groups[i].column.name = weir_str_of((const char *)table + 2); /* lives as long as the code */
	}
	qsort(r->groups, r->n_groups, sizeof *r->groups, by_number);
	return WEIR_OK;
}

static void close_regex(struct weir_codec *codec)
{
	struct regex_codec *r = (struct regex_codec *)codec;
	pcre2_match_context_free(r->limits);
	pcre2_match_data_free(r->match);
	pcre2_code_free(r->code);
	free(r->groups);
	weir_codec_free(codec);
}

static enum weir_status open_regex(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				   struct weir_codec **out, struct weir_error *err)
{
	const char *pattern = weir_codec_argument(config);
	if (!pattern || !*pattern) {
		weir_fail(err, WEIR_USAGE, "format", "regex needs a pattern");
		weir_error_hint(err, "as in regex:^(?<level>\\w+) (?<text>.*)$");
		return WEIR_USAGE;
	}
	struct regex_codec *r = weir_codec_alloc(&weir_codec_regex, config, sizeof *r, err);
	if (!r)
		return WEIR_NO_MEMORY;
	r->codec.types_last = true;
	enum weir_status st = weir_cells_init(&r->cells, config, err);
	if (st == WEIR_OK)
		st = compile(r, pattern, err);
	if (st == WEIR_OK)
		st = name_groups(r, err);
	if (st == WEIR_OK && !weir_cells_survey(&r->cells, &r->codec, sample, complete, one_line))
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	if (st != WEIR_OK) {
		close_regex(&r->codec);
		return st;
	}
	*out = &r->codec;
	return WEIR_OK;
}

static enum weir_status decode(struct weir_codec *codec, struct weir_chunk *chunk, struct weir_batch *batch,
			       struct weir_error *err)
{
	return weir_cells_lines(&((struct regex_codec *)codec)->cells, codec, chunk, batch, one_line, err);
}

const struct weir_codec_ops weir_codec_regex = {
    .name = "regex",
    .help = "regex:PATTERN, the named groups of a Perl-compatible pattern",
    .open = open_regex,
    .decode = decode,
    .close = close_regex,
};
