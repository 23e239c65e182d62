/* Words of an expression: columns, functions, keywords. */
#include "tui/prompt/entries.h"

static void offer_words(struct weir_menu *l, const char *words)
{
	struct weir_str rest = weir_str_of(words);
	while (rest.size) {
		struct weir_str tail = {0}, one = weir_str_cut(rest, '|', &tail);
		weir_menu_add(l, one);
		rest = tail;
	}
}

static void offer_functions(struct weir_menu *l, bool aggregates)
{
	const struct weir_function_doc *d;
	for (size_t i = 0; (d = weir_function_doc(i)); i++)
		if (d->aggregate == aggregates) /* with the parenthesis that comes next, but for what can stand alone */
			weir_offer(l, weir_offer_text(l, "%s%s", d->name, strchr(d->signature, '(') ? "(" : ""),
				   weir_str_of(d->help));
}

static void offer_columns(struct weir_prompt *p, const struct weir_completion_source *from)
{
	uint32_t n;
	struct weir_offered_column *c = weir_offered_columns(&p->menu, from->result, from->profile, &n);
	weir_offer_column_heads(&p->menu, "word");
	for (uint32_t i = 0; i < n; i++)
		weir_offer_column(&p->menu, &c[i]);
}

void weir_fill_words(struct weir_prompt *p, const struct weir_completion_source *from)
{
	offer_columns(p, from);
	offer_functions(&p->menu, false);
	offer_words(&p->menu,
		    "and|or|not|in|between|like|rlike|is null|is not null|case|interval|timestamp|true|false");
}

void weir_fill_measure_words(struct weir_prompt *p, const struct weir_completion_source *from)
{
	offer_columns(p, from);
	offer_functions(&p->menu, true);
	offer_functions(&p->menu, false);
	offer_words(&p->menu, "where|as|and|or|not|in|between|like|is null|is not null|case");
}

/* A few: the columns are to be seen, too. */
void weir_fill_filters(struct weir_prompt *p, const struct weir_completion_source *from)
{
	enum { RECENT = 3 };
	for (int i = 0; i < RECENT && p->history[WEIR_PROMPT_FILTER][i]; i++)
		weir_offer(&p->menu, weir_str_of(p->history[WEIR_PROMPT_FILTER][i]), WEIR_STR("a recent filter"));
	weir_fill_words(p, from);
}
