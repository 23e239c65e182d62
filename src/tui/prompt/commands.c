/* Commands and options, with their keys and present values; and the values of those that have a few. */
#include "tui/prompt/entries.h"

#include "weir/session/command.h"

/* What one is most likely to want comes first; the others follow as they stand in their tables. */
static const char *const first[] = {
    "group", "measure", "where", "window", "sort",      "at",   "derive",  "top",      "panel", "export", "views",
    "zoom",  "pause",   "theme", "speed",  "save-view", "view", "explain", "warnings", "help",  "quit",   "time-unit"};

static bool is_first(const char *name)
{
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		if (strcmp(name, first[i]) == 0)
			return true;
	return false;
}

/* Options that can change while the streams are open. */
static bool is_open(const struct weir_option *o)
{
	static const char *const others[] = {"speed", "view", "save-view", "explain"};
	bool open = o->scope == WEIR_SCOPE_VIEW || o->scope == WEIR_SCOPE_LOOKS;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		open = open || strcmp(o->name, others[i]) == 0;
	return open && !o->absent;
}

static const char *key_of(enum weir_command command)
{
	for (const struct weir_key *k = weir_key_table; k->key; k++)
		if (k->command == command && k->context == WEIR_KEYS_ALL)
			return k->key;
	return "";
}

/* The key that opens a prompt for an option. */
static const char *key_of_option(const char *name)
{
	static const struct {
		const char *name;
		enum weir_command command;
	} prompts[] = {{"where", WEIR_CMD_PROMPT_FILTER},
		       {"group", WEIR_CMD_PROMPT_GROUP},
		       {"measure", WEIR_CMD_PROMPT_MEASURE},
		       {"window", WEIR_CMD_PROMPT_WINDOW},
		       {"sort", WEIR_CMD_PROMPT_SORT}};
	for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++)
		if (strcmp(prompts[i].name, name) == 0)
			return key_of(prompts[i].command);
	return "";
}

static struct weir_str value_of(struct weir_menu *l, const struct weir_completion_source *from, const char *name)
{
	struct weir_buf text = {0};
	bool asked = false; /* it is part of the question */
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++)
		if (strcmp(weir_view_option((enum weir_view_text)i), name) == 0) {
			const char *value = from->view->text[i];
			asked = true;
			weir_buf_add_c(&text, value ? value : "");
			if (i == WEIR_VIEW_WINDOW && !value)
				weir_window_show(&from->view->window, &text);
		}
	if (!asked && from->options)
		weir_options_get(from->options, name, &text);
	for (size_t i = 0; i < text.size; i++)
		text.data[i] = text.data[i] == '\n' ? ' ' : text.data[i];
	size_t fits = weir_text_fit(weir_buf_str(&text), 24);
	struct weir_str copy = weir_arena_str(&l->memory, (struct weir_str){text.data, fits});
	if (fits < text.size && copy.size)
		copy = weir_offer_text(l, WEIR_STR_FMT "…", WEIR_STR_ARG(copy));
	weir_buf_release(&text);
	return copy;
}

static void offer_option(struct weir_menu *l, const struct weir_completion_source *from, const struct weir_option *o)
{
	struct weir_menu_item *item = weir_offer(l, weir_str_of(o->name), weir_str_of(o->help));
	if (!item)
		return;
	item->cells[0] = weir_str_of(key_of_option(o->name));
	item->cells[1] = value_of(l, from, o->name);
	item->also = weir_str_of(weir_command_aliases(o->name));
	item->goes_on = o->kind != WEIR_OPT_FLAG;
}

/* The prompts of the options are known by the options' names. */
static bool opens_prompt(int command)
{
	return command >= WEIR_CMD_PROMPT_FILTER && command <= WEIR_CMD_PROMPT_COMMAND;
}

static void offer_command(struct weir_menu *l, int command)
{
	const struct weir_command_doc *doc = &weir_command_table[command];
	struct weir_menu_item *item = weir_offer(l, weir_str_of(doc->name), weir_str_of(doc->help));
	if (!item)
		return;
	item->cells[0] = weir_str_of(key_of((enum weir_command)command));
	item->goes_on = doc->argument != NULL;
	item->also = weir_str_of(weir_command_aliases(doc->name));
	item->faint = opens_prompt(command) || command <= WEIR_CMD_RIGHT;
}

static void offer_named(struct weir_menu *l, const struct weir_completion_source *from, const char *name)
{
	const struct weir_option *o = weir_option_find(weir_str_of(name));
	if (o && is_open(o)) {
		offer_option(l, from, o);
		return;
	}
	for (int i = 0; i < WEIR_CMD_COUNT; i++)
		if (strcmp(weir_command_table[i].name, name) == 0)
			offer_command(l, i);
}

/* Each panel under its own name, too. */
static void offer_panels(struct weir_menu *l, const struct weir_completion_source *from)
{
	for (uint32_t i = 0; i < from->n_panels; i++) {
		const struct weir_choice *panel = &from->panels[i];
		struct weir_menu_item *item =
		    weir_offer(l, weir_offer_text(l, "panel " WEIR_STR_FMT, WEIR_STR_ARG(panel->text)), panel->help);
		if (item && weir_str_equal(panel->text, WEIR_STR("schema")))
			item->also = WEIR_STR("types");
	}
}

void weir_fill_commands(struct weir_prompt *p, const struct weir_completion_source *from)
{
	struct weir_menu *l = &p->menu;
	l->heads = (struct weir_menu_heads){.text = {"command", WEIR_LEFT, 0},
					    .cells = {{"key", WEIR_LEFT, 1}, {"now", WEIR_LEFT, 2}},
					    .rest = {"what it does", WEIR_LEFT, 0}};
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		offer_named(l, from, first[i]);
	for (const struct weir_option *o = weir_option_table; o->name; o++)
		if (is_open(o) && !is_first(o->name))
			offer_option(l, from, o);
	/* Moving about is done by keys. */
	for (int last = 0; last < 2; last++)
		for (int i = 0; i < WEIR_CMD_COUNT; i++)
			if (!is_first(weir_command_table[i].name) &&
			    (i <= WEIR_CMD_RIGHT || opens_prompt(i)) == (last == 1) && i != WEIR_CMD_VIEW_SAVE)
				offer_command(l, i); /* a view is saved by save-view */
	offer_panels(l, from);
}

/* A command that is typed in full runs as it stands. */
bool weir_whole_command(struct weir_str text, const struct weir_completion_source *from)
{
	(void)from;
	text = weir_command_named(text);
	if (weir_option_find(text))
		return true;
	for (int i = 0; i < WEIR_CMD_COUNT; i++)
		if (weir_str_equal(text, weir_str_of(weir_command_table[i].name)))
			return true;
	return false;
}

void weir_fill_panels(struct weir_prompt *p, const struct weir_completion_source *from)
{
	p->menu.heads =
	    (struct weir_menu_heads){.text = {"panel", WEIR_LEFT, 0}, .rest = {"what it shows", WEIR_LEFT, 0}};
	for (uint32_t i = 0; i < from->n_panels; i++)
		weir_offer(&p->menu, from->panels[i].text, from->panels[i].help);
}

/* The files are read once for each opening of the prompt, not at every key. */
void weir_fill_themes(struct weir_prompt *p, const struct weir_completion_source *from)
{
	struct weir_theme_list *list = &p->themes;
	p->menu.heads =
	    (struct weir_menu_heads){.text = {"theme", WEIR_LEFT, 0}, .rest = {"what it looks like", WEIR_LEFT, 0}};
	weir_offer(&p->menu, WEIR_STR("auto"), WEIR_STR("dark or light, whichever suits the terminal"));
	if (!list->n && weir_theme_list(from->themes, list, NULL) != WEIR_OK)
		return;
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].fault.code == WEIR_OK)
			weir_offer(&p->menu, weir_str_of(list->items[i].name), weir_str_of(list->items[i].help));
	const char *now = from->options && from->options->theme ? from->options->theme : "auto";
	struct weir_menu_item *item = weir_menu_find(&p->menu, weir_str_of(now));
	if (item)
		item->now = true;
}

void weir_fill_choices(struct weir_prompt *p, const struct weir_completion_source *from)
{
	struct weir_str rest = {0}, name = weir_command_named(weir_str_cut(weir_buf_str(&p->text), ' ', &rest));
	const struct weir_option *o = weir_option_find(name);
	const char *choices = o ? o->choices : NULL;
	(void)from;
	for (int i = 0; i < WEIR_CMD_COUNT && !o; i++)
		if (weir_str_equal(name, weir_str_of(weir_command_table[i].name)))
			choices = weir_command_table[i].argument;
	for (rest = weir_str_of(choices); rest.size;) {
		struct weir_str tail = {0};
		weir_menu_add(&p->menu, weir_str_cut(rest, o ? ' ' : '|', &tail));
		rest = tail;
	}
}
