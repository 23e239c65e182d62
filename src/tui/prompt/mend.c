/* A name that the last error, or the doubt, did not know, and the one that it suggests. */
#include "tui/prompt/prompt.h"

#include "weir/query/view.h"

/* Where the wrong name stands: at the place that the error marks, or else where the line first has it. */
static bool find_wrong(const struct weir_prompt *p, const struct weir_error *e, size_t *from)
{
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
static void add_name(const struct weir_error *e, struct weir_buf *out)
{
	struct weir_str name = weir_str_of(e->right);
	if (strcmp(e->origin, "sort") == 0)
		weir_view_quote_key(name, out);
	else if (e->code == WEIR_EXPRESSION)
		weir_view_quote(name, out);
	else
		weir_buf_add_str(out, name);
}

bool weir_prompt_mend(struct weir_prompt *p)
{
	const struct weir_error *e = p->error.code != WEIR_OK || p->menu.n_shown ? &p->error : &p->doubt;
	size_t from = 0, n = strlen(e->wrong);
	struct weir_buf name = {0};
	if (!find_wrong(p, e, &from))
		return false;
	add_name(e, &name);
	size_t behind = p->cursor >= from + n ? p->cursor - from - n : 0; /* who types on types where he was */
	if (!name.failed) {
		weir_prompt_replace(p, from, from + n, weir_buf_str(&name));
		p->cursor += behind;
	}
	weir_buf_release(&name);
	return true;
}
