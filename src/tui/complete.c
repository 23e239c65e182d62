/* What could be typed here: columns, functions, words of the language, commands and options, values of an option. */
#include "tui/screen.h"

struct maker {
	struct weir_prompt *p;
	struct weir_str word;
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
	       c == '-' || (c & 0x80);
}

static bool starts_with(struct weir_str s, struct weir_str start)
{
	return s.size >= start.size && weir_str_equal_nocase((struct weir_str){s.data, start.size}, start);
}

static void offer(struct maker *m, struct weir_str text, struct weir_str help)
{
	struct weir_prompt *p = m->p;
	if (!text.size || p->n_choices == WEIR_PROMPT_CHOICES || !starts_with(text, m->word) ||
	    weir_str_equal(text, m->word))
		return;
	for (int i = 0; i < p->n_choices; i++)
		if (weir_str_equal(p->choices[i].text, text))
			return;
	p->choices[p->n_choices++] = (struct weir_choice){text, help};
}

static void offer_words(struct maker *m, const char *words)
{
	struct weir_str rest = weir_str_of(words);
	while (rest.size) {
		struct weir_str tail = {0}, one = weir_str_cut(rest, '|', &tail);
		offer(m, one, (struct weir_str){0});
		rest = tail;
	}
}

static void offer_columns(struct maker *m, struct weir_screen *s)
{
	struct weir_str *names = NULL;
	size_t n = weir_session_columns(s->session, &m->p->choices_memory, &names);
	for (size_t i = 0; i < n; i++) {
		struct weir_str help = {0};
		for (uint32_t k = 0; s->result && k < s->result->n_fields; k++)
			if (weir_str_equal(s->result->fields[k].name, names[i]))
				help = weir_str_of(weir_type_name(s->result->fields[k].type));
		offer(m, names[i], help);
	}
}

static void offer_functions(struct maker *m, bool aggregates)
{
	for (const struct weir_function_doc *d = weir_function_docs(); d->name; d++) {
		if (d->aggregate != aggregates)
			continue;
		/* With the parenthesis that comes next, but for what can stand alone. */
		bool alone = !strchr(d->signature, '(');
		struct weir_str name = weir_str_of(d->name);
		char *text = weir_arena_alloc(&m->p->choices_memory, name.size + 2);
		if (!text)
			return;
		memcpy(text, name.data, name.size);
		text[name.size] = '(';
		offer(m, (struct weir_str){text, name.size + (alone ? 0 : 1)}, weir_str_of(d->help));
	}
}

static void offer_expression(struct maker *m, struct weir_screen *s, bool aggregates)
{
	if (aggregates)
		offer_functions(m, true);
	offer_columns(m, s);
	offer_functions(m, false);
	offer_words(m, aggregates
			   ? "where|as"
			   : "and|or|not|in|between|like|rlike|is null|is not null|case|interval|timestamp|true|false");
}

static void offer_commands(struct maker *m)
{
	for (int i = 0; i < WEIR_CMD_COUNT; i++)
		offer(m, weir_str_of(weir_command_table[i].name), weir_str_of(weir_command_table[i].help));
	for (const struct weir_option *o = weir_option_table; o->name; o++)
		if (o->scope == WEIR_SCOPE_VIEW || o->scope == WEIR_SCOPE_LOOKS || strcmp(o->name, "speed") == 0)
			offer(m, weir_str_of(o->name), weir_str_of(o->help));
}

static void offer_argument(struct maker *m, struct weir_screen *s, struct weir_str command)
{
	const struct weir_option *o = weir_option_find(command);
	if (weir_str_equal(command, WEIR_STR("panel")))
		offer_words(m, "table|chart|histogram|records|streams|schema");
	else if (weir_str_equal(command, WEIR_STR("measure")))
		offer_expression(m, s, true);
	else if (o && o->choices)
		for (struct weir_str rest = weir_str_of(o->choices), tail = {0}; rest.size; rest = tail)
			offer(m, weir_str_cut(rest, ' ', &tail), (struct weir_str){0});
	else if (o && o->scope == WEIR_SCOPE_VIEW)
		offer_expression(m, s, false);
}

static void offer_windows(struct maker *m, struct weir_prompt *p)
{
	p->word_from = 0;
	m->word = (struct weir_str){p->text.data, p->cursor};
	offer_words(m, "1m|5m|15m|1h|24h|tumbling 1m|tumbling 1h|hopping 5m by 1m|since |rows 100000|all");
}

void weir_screen_complete(struct weir_screen *s)
{
	struct weir_prompt *p = &s->ui.prompt;
	struct weir_str text = weir_buf_str(&p->text), rest = {0};
	size_t from = p->cursor;
	while (from > 0 && is_word(text.data[from - 1]))
		from--;
	p->n_choices = 0;
	p->choice = -1;
	p->word_from = from;
	p->word_to = p->cursor;
	struct maker m = {p, {text.data ? text.data + from : NULL, p->cursor - from}};
	switch (p->kind) {
	case WEIR_PROMPT_FILTER:
	case WEIR_PROMPT_GROUP:
		offer_expression(&m, s, false);
		break;
	case WEIR_PROMPT_MEASURE:
		offer_expression(&m, s, true);
		break;
	case WEIR_PROMPT_WINDOW:
		offer_windows(&m, p);
		break;
	case WEIR_PROMPT_COMMAND:
		if (from == 0)
			offer_commands(&m);
		else
			offer_argument(&m, s, weir_str_cut(text, ' ', &rest));
		break;
	case WEIR_PROMPT_NONE:
	case WEIR_PROMPT_COUNT:
		break;
	}
}
