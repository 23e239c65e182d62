/* Patterns through PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "regex.h"

#include "weir/base/memory.h"

#include <pcre2.h>
#include <stdlib.h>

enum { MATCH_LIMIT = 1000000 }; /* a few milliseconds at worst for one text */

struct weir_regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	uint32_t groups;
};

struct weir_regex *weir_regex_new(struct weir_str pattern, char why[160], size_t *at)
{
	struct weir_regex *r = weir_calloc(1, sizeof *r);
	int code;

	why[0] = 0;
	if (!r)
		return NULL;
	r->code = pcre2_compile((PCRE2_SPTR)(pattern.data ? pattern.data : ""), pattern.size,
				PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &code, at, NULL);
	if (!r->code) {
		pcre2_get_error_message(code, (PCRE2_UCHAR *)why, 160);
		free(r);
		return NULL;
	}
	(void)pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE); /* slower without, not wrong */
	r->data = pcre2_match_data_create_from_pattern(r->code, NULL);
	r->context = pcre2_match_context_create(NULL);
	if (!r->data || !r->context) {
		weir_regex_free(r);
		return NULL;
	}
	pcre2_set_match_limit(r->context, MATCH_LIMIT);
	pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &r->groups);
	return r;
}

void weir_regex_free(struct weir_regex *r)
{
	if (!r)
		return;
	pcre2_match_context_free(r->context);
	pcre2_match_data_free(r->data);
	pcre2_code_free(r->code);
	free(r);
}

uint32_t weir_regex_groups(const struct weir_regex *r)
{
	return r->groups;
}

int weir_regex_find(struct weir_regex *r, struct weir_str s, uint32_t n, struct weir_str *group)
{
	int found = pcre2_match(r->code, (PCRE2_SPTR)(s.data ? s.data : ""), s.size, 0, 0, r->data, r->context);

	if (found < 0)
		return found == PCRE2_ERROR_NOMATCH ? 0 : -1;
	const PCRE2_SIZE *span = pcre2_get_ovector_pointer(r->data);
	*group = WEIR_STR("");
	if (n < (uint32_t)found && span[2 * n] != PCRE2_UNSET && span[2 * n + 1] >= span[2 * n])
		*group = (struct weir_str){s.data + span[2 * n], span[2 * n + 1] - span[2 * n]};
	return 1;
}
