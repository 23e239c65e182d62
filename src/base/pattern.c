/* Patterns through PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "weir/base/pattern.h"

#include "weir/base/memory.h"

#include <pcre2.h>
#include <stdlib.h>

enum {
	STEPS = 1000000,          /* a few milliseconds at worst for one text */
	PATIENT_STEPS = 30000000, /* a tenth of a second, where the answer would else be an error */
	STACK_BYTES = 1 << 20,    /* of compiled patterns; what needs more is interpreted, which keeps it on the heap */
	BREADTH_BYTES = 4096,     /* texts up to that are searched breadth first: squares of it are soon done */
	BREADTH_ROOM = 4096,      /* numbers that such a search may keep in mind */
};

struct weir_pattern {
	struct weir_str text; /* owned */
	pcre2_code *code;     /* for texts that are UTF-8 */
	pcre2_code *
	    any_bytes; /* for others; NULL until there is one. Not compiled: PCRE2 up to 10.42 gives wrong answers then */
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	uint32_t groups;
	bool breadth; /* how it is searched makes no difference to whether it is found */
};

/* A search breadth first finds whatever there is to find. That differs from what Perl finds where a part of the pattern does not
 * give back what it took, or looks at what was found before: `(?>`, `a++`, verbs, recursion, conditions. */
static bool finds_the_same(struct weir_str s)
{
	for (size_t i = 0; i + 1 < s.size; i++) {
		char c = s.data[i], next = s.data[i + 1];
		if (c == '\\') {
			if (strchr("gkKCG", next))
				return false;
			i++;
		} else if (next == '+' && strchr("+*?}", c)) {
			return false;
		} else if (c == '(' && next == '*') {
			return false;
		} else if (c == '(' && next == '?' && (i + 2 == s.size || !strchr(":=!<imsx-P'", s.data[i + 2]))) {
			return false;
		}
	}
	return true;
}

static bool compile(struct weir_pattern *p, char why[160], size_t *at)
{
	int code;

	p->code =
	    pcre2_compile((PCRE2_SPTR)(p->text.data ? p->text.data : ""), p->text.size, PCRE2_UTF, &code, at, NULL);
	if (!p->code) {
		if (code != PCRE2_ERROR_HEAP_FAILED)
			pcre2_get_error_message(code, (PCRE2_UCHAR *)why, 160);
		return false;
	}
	(void)pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* slower without, not wrong */
	p->data = pcre2_match_data_create_from_pattern(p->code, NULL);
	p->context = pcre2_match_context_create(NULL);
	if (!p->data || !p->context)
		return false;
	p->stack = pcre2_jit_stack_create(32 << 10, STACK_BYTES, NULL); /* without: 32 KiB of our own stack */
	pcre2_jit_stack_assign(p->context, NULL, p->stack);
	pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &p->groups);
	p->breadth = finds_the_same(p->text);
	return true;
}

struct weir_pattern *weir_pattern_new(struct weir_str pattern, char why[160], size_t *at)
{
	struct weir_pattern *p = weir_calloc(1, sizeof *p);

	why[0] = 0;
	*at = 0;
	if (!p)
		return NULL;
	p->text = (struct weir_str){weir_str_dup(pattern), pattern.size};
	if (!p->text.data || !compile(p, why, at)) {
		weir_pattern_free(p);
		return NULL;
	}
	return p;
}

void weir_pattern_free(struct weir_pattern *p)
{
	if (!p)
		return;
	pcre2_jit_stack_free(p->stack);
	pcre2_match_context_free(p->context);
	pcre2_match_data_free(p->data);
	pcre2_code_free(p->any_bytes);
	pcre2_code_free(p->code);
	free((char *)(uintptr_t)p->text.data);
	free(p);
}

uint32_t weir_pattern_groups(const struct weir_pattern *p)
{
	return p->groups;
}

void weir_pattern_names(const struct weir_pattern *p, void (*f)(void *ctx, struct weir_str name, uint32_t group),
			void *ctx)
{
	PCRE2_SPTR table = NULL;
	uint32_t n = 0, entry_bytes = 0;

	pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &n);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &entry_bytes);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t i = 0; i < n; i++, table += entry_bytes)
		f(ctx, weir_str_of((const char *)table + 2), (uint32_t)table[0] << 8 | table[1]);
}

static bool is_not_utf8(int found)
{
	return found <= PCRE2_ERROR_UTF8_ERR1 && found >= PCRE2_ERROR_UTF8_ERR21;
}

/* What PCRE2 says: a number of groups, NOMATCH, or an error. */
static int match(struct weir_pattern *p, struct weir_str s, size_t from, uint32_t steps, uint32_t options)
{
	PCRE2_SPTR text = (PCRE2_SPTR)(s.data ? s.data : "");

	pcre2_set_match_limit(p->context, steps);
	int found = pcre2_match(p->code, text, s.size, from, options, p->data, p->context);
	if (!is_not_utf8(found))
		return found;
	if (!p->any_bytes) {
		size_t at;
		p->any_bytes = pcre2_compile((PCRE2_SPTR)p->text.data, p->text.size,
					     PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &found, &at, NULL);
		if (!p->any_bytes)
			return PCRE2_ERROR_NOMEMORY;
	}
	return pcre2_match(p->any_bytes, text, s.size, from, 0, p->data, p->context);
}

static enum weir_found found_of(int found)
{
	if (found >= 0)
		return WEIR_FOUND;
	return found == PCRE2_ERROR_NOMATCH    ? WEIR_FOUND_NOT
	       : found == PCRE2_ERROR_NOMEMORY ? WEIR_FOUND_NO_MEMORY
					       : WEIR_FOUND_TOO_LONG;
}

static enum weir_found search(struct weir_pattern *p, struct weir_str s, size_t from, uint32_t steps)
{
	int found = match(p, s, from, steps, 0);

	if (found == PCRE2_ERROR_JIT_STACKLIMIT)
		found = match(p, s, from, steps, PCRE2_NO_JIT);
	return found_of(found);
}

static enum weir_found search_breadth(struct weir_pattern *p, struct weir_str s)
{
	int room[BREADTH_ROOM];

	if (!p->breadth || s.size > BREADTH_BYTES)
		return WEIR_FOUND_TOO_LONG;
	pcre2_set_match_limit(p->context, STEPS);
	return found_of(pcre2_dfa_match(p->code, (PCRE2_SPTR)(s.data ? s.data : ""), s.size, 0, PCRE2_DFA_SHORTEST,
					p->data, p->context, room, BREADTH_ROOM));
}

enum weir_found weir_pattern_test(struct weir_pattern *p, struct weir_str text)
{
	enum weir_found found = search(p, text, 0, STEPS);

	if (found == WEIR_FOUND_TOO_LONG)
		found = search_breadth(p, text);
	return found == WEIR_FOUND_TOO_LONG ? search(p, text, 0, PATIENT_STEPS) : found;
}

enum weir_found weir_pattern_find(struct weir_pattern *p, struct weir_str text)
{
	enum weir_found found = search(p, text, 0, STEPS);

	if (found == WEIR_FOUND_TOO_LONG && search_breadth(p, text) == WEIR_FOUND_NOT)
		return WEIR_FOUND_NOT;
	return found == WEIR_FOUND_TOO_LONG ? search(p, text, 0, PATIENT_STEPS) : found;
}

enum weir_found weir_pattern_find_from(struct weir_pattern *p, struct weir_str text, size_t from)
{
	if (from == 0)
		return weir_pattern_find(p, text);
	enum weir_found found = search(p, text, from, STEPS);
	return found == WEIR_FOUND_TOO_LONG ? search(p, text, from, PATIENT_STEPS) : found;
}

struct weir_str weir_pattern_group(const struct weir_pattern *p, struct weir_str text, uint32_t group)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(p->data);

	/* \K in a lookahead may move the begin beyond the end */
	if (group > p->groups || at[2 * group] == PCRE2_UNSET || at[2 * group + 1] < at[2 * group])
		return (struct weir_str){NULL, 0};
	return (struct weir_str){text.data + at[2 * group], at[2 * group + 1] - at[2 * group]};
}
