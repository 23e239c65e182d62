/* A name that the last error did not know, and the one that it suggests. */
#include "tui/prompt/prompt.h"

#include "weir/query/view.h"

/* Where the wrong name stands: at the place that the error marks, or else where the line first has it. */
static bool find_wrong(const struct weir_prompt *p, size_t *from)
{
	const struct weir_error *e = &p->error;
	size_t n = strlen(e->wrong);
	const char *line = p->text.data, *base = line && e->text[0] ? strstr(line, e->text) : NULL;
	if (e->code == WEIR_OK || !e->right[0] || !line)
		return false;
	if (base && e->caret_from < strlen(base) && strncmp(base + e->caret_from, e->wrong, n) == 0) {
		*from = (size_t)(base - line) + e->caret_from;
		return true;
	}
	const char *at = strstr(line, e->wrong);
	*from = at ? (size_t)(at - line) : 0;
	return at != NULL;
}

/* Names of an expression may need quotes, and keys to sort by quotes of another kind. */
static void add_name(const struct weir_prompt *p, struct weir_buf *out)
{
	struct weir_str name = weir_str_of(p->error.right);
	if (strcmp(p->error.origin, "sort") == 0)
		weir_view_quote_key(name, out);
	else if (p->error.code == WEIR_EXPRESSION)
		weir_view_quote(name, out);
	else
		weir_buf_add_str(out, name);
}

bool weir_prompt_mend(struct weir_prompt *p)
{
	size_t from = 0, n = strlen(p->error.wrong);
	struct weir_buf name = {0};
	if (!find_wrong(p, &from))
		return false;
	add_name(p, &name);
	if (!name.failed)
		weir_prompt_replace(p, from, from + n, weir_buf_str(&name));
	weir_buf_release(&name);
	return true;
}
