/* Which part of the line the list is about, and what Enter takes: the entry at the cursor of the list, or the line. */
#include "tui/prompt/entries.h"

#include "weir/session/command.h"

enum { MOST_PARTS = 64 };

static const struct {
	weir_fill *fill;
	weir_whole *whole; /* NULL: only an entry will do */
} kinds[WEIR_ENTRIES_COUNT] = {
    [WEIR_ENTRIES_WORDS] = {weir_fill_words, NULL},
    [WEIR_ENTRIES_MEASURE_WORDS] = {weir_fill_measure_words, NULL},
    [WEIR_ENTRIES_VALUES] = {weir_fill_values, NULL},
    [WEIR_ENTRIES_FILTERS] = {weir_fill_filters, NULL},
    [WEIR_ENTRIES_GROUPS] = {weir_fill_groups, weir_whole_group},
    [WEIR_ENTRIES_MEASURES] = {weir_fill_measures, weir_whole_measure},
    [WEIR_ENTRIES_WINDOWS] = {weir_fill_windows, weir_whole_window},
    [WEIR_ENTRIES_ALERTS] = {weir_fill_alerts, weir_whole_alert},
    [WEIR_ENTRIES_SORTS] = {weir_fill_sorts, weir_whole_sort},
    [WEIR_ENTRIES_UNITS] = {weir_fill_units, NULL},
    [WEIR_ENTRIES_MOMENTS] = {weir_fill_moments, weir_whole_moment},
    [WEIR_ENTRIES_COMMANDS] = {weir_fill_commands, weir_whole_command},
    [WEIR_ENTRIES_PANELS] = {weir_fill_panels, NULL},
    [WEIR_ENTRIES_THEMES] = {weir_fill_themes, NULL},
    [WEIR_ENTRIES_FILES] = {weir_fill_files, weir_whole_file},
    [WEIR_ENTRIES_VIEWS] = {weir_fill_views, weir_whole_file},
    [WEIR_ENTRIES_CHOICES] = {weir_fill_choices, NULL},
};

/* What the line, or the part of it from `from` on, is. */
struct subject {
	enum weir_entries entries, words; /* words: where no entry fits what is typed */
	bool several;
	size_t from;
};

static struct subject subject_named(struct weir_str name)
{
	static const struct {
		const char *name;
		struct subject subject;
	} known[] = {
	    {"group", {WEIR_ENTRIES_GROUPS, WEIR_ENTRIES_WORDS, true, 0}},
	    {"measure", {WEIR_ENTRIES_MEASURES, WEIR_ENTRIES_MEASURE_WORDS, true, 0}},
	    {"columns", {WEIR_ENTRIES_GROUPS, WEIR_ENTRIES_NONE, true, 0}},
	    {"order", {WEIR_ENTRIES_GROUPS, WEIR_ENTRIES_WORDS, false, 0}},
	    {"window", {WEIR_ENTRIES_WINDOWS, WEIR_ENTRIES_NONE, false, 0}},
	    {"sort", {WEIR_ENTRIES_SORTS, WEIR_ENTRIES_NONE, true, 0}},
	    {"time-unit", {WEIR_ENTRIES_UNITS, WEIR_ENTRIES_NONE, false, 0}},
	    {"go", {WEIR_ENTRIES_MOMENTS, WEIR_ENTRIES_NONE, false, 0}},
	    {"at", {WEIR_ENTRIES_MOMENTS, WEIR_ENTRIES_NONE, false, 0}},
	    {"panel", {WEIR_ENTRIES_PANELS, WEIR_ENTRIES_NONE, false, 0}},
	    {"where", {WEIR_ENTRIES_WORDS, WEIR_ENTRIES_WORDS, false, 0}},
	    {"chart", {WEIR_ENTRIES_CHOICES, WEIR_ENTRIES_NONE, false, 0}},
	    {"layout", {WEIR_ENTRIES_CHOICES, WEIR_ENTRIES_NONE, false, 0}},
	    {"alert", {WEIR_ENTRIES_ALERTS, WEIR_ENTRIES_MEASURE_WORDS, false, 0}},
	    {"copy", {WEIR_ENTRIES_CHOICES, WEIR_ENTRIES_NONE, false, 0}},
	    {"export", {WEIR_ENTRIES_FILES, WEIR_ENTRIES_NONE, false, 0}},
	    {"view", {WEIR_ENTRIES_VIEWS, WEIR_ENTRIES_NONE, false, 0}},
	    {"views", {WEIR_ENTRIES_VIEWS, WEIR_ENTRIES_NONE, false, 0}},
	    {"save-view", {WEIR_ENTRIES_VIEWS, WEIR_ENTRIES_NONE, false, 0}},
	    {"derive", {WEIR_ENTRIES_WORDS, WEIR_ENTRIES_WORDS, false, 0}},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (weir_str_equal(name, weir_str_of(known[i].name)))
			return known[i].subject;
	const struct weir_option *o = weir_option_find(name);
	return (struct subject){.entries = o && o->list      ? WEIR_ENTRIES_THEMES
					   : o && o->choices ? WEIR_ENTRIES_CHOICES
							     : WEIR_ENTRIES_NONE};
}

static struct subject subject_of(const struct weir_prompt *p)
{
	static const char *const names[WEIR_PROMPT_COUNT] = {
	    [WEIR_PROMPT_FILTER] = "where",  [WEIR_PROMPT_GROUP] = "group", [WEIR_PROMPT_MEASURE] = "measure",
	    [WEIR_PROMPT_WINDOW] = "window", [WEIR_PROMPT_SORT] = "sort",   [WEIR_PROMPT_UNIT] = "time-unit"};
	if (p->kind != WEIR_PROMPT_COMMAND)
		return names[p->kind] ? subject_named(weir_str_of(names[p->kind])) : (struct subject){0};
	struct weir_str text = weir_buf_str(&p->text), rest = {0}, name = weir_str_cut(text, ' ', &rest);
	if (!rest.data || !weir_whole_command(name, NULL)) /* several words may find one, too: "save view" */
		return (struct subject){.entries = WEIR_ENTRIES_COMMANDS};
	struct subject s = subject_named(weir_command_named(name));
	s.from = name.size + 1;
	while (s.from < text.size && text.data[s.from] == ' ')
		s.from++;
	return s;
}

/* The end of the part that begins at `at`: the next comma outside quotes and parentheses, or the end of the text. */
static size_t part_end(struct weir_str text, size_t at)
{
	char quote = '\0';
	int depth = 0;
	for (; at < text.size; at++) {
		char c = text.data[at];
		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '\'' || c == '"' || c == '`')
			quote = c;
		else if (c == '(' || c == '[')
			depth++;
		else if (c == ')' || c == ']')
			depth--;
		else if (c == ',' && depth <= 0)
			break;
	}
	return at;
}

static struct weir_str bytes_of(const struct weir_prompt *p, size_t from, size_t to)
{
	return (struct weir_str){p->text.data ? p->text.data + from : NULL, to - from};
}

/* The part at the cursor becomes the word. */
static void find_part(struct weir_prompt *p, const struct subject *s)
{
	struct weir_str text = weir_buf_str(&p->text);
	size_t from = s->from < text.size ? s->from : text.size, end = text.size;
	while (s->several && (end = part_end(text, from)) < p->cursor && end < text.size)
		from = end + 1;
	while (from < end && text.data[from] == ' ')
		from++;
	while (end > from && text.data[end - 1] == ' ')
		end--;
	p->word_from = from;
	p->word_to = end;
}

/* The parts that are not empty, but for the one at the cursor if `others`. */
static size_t find_parts(const struct weir_prompt *p, const struct subject *s, bool others, struct weir_str *out)
{
	struct weir_str text = weir_buf_str(&p->text);
	size_t n = 0, end;
	for (size_t at = s->from; at < text.size && n < MOST_PARTS; at = end + 1) {
		end = s->several ? part_end(text, at) : text.size;
		struct weir_str one = weir_str_trim(bytes_of(p, at, end));
		if (one.size && !(others && one.data == text.data + p->word_from))
			out[n++] = one;
	}
	return n;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
	       c == '-' || (c & 0x80);
}

/* The letters before the cursor become the word. */
static void find_word(struct weir_prompt *p)
{
	p->word_to = p->word_from = p->cursor;
	while (p->word_from > 0 && is_word(p->text.data[p->word_from - 1]))
		p->word_from--;
}

static bool is_words(const struct weir_prompt *p)
{
	return p->menu_of == WEIR_ENTRIES_WORDS || p->menu_of == WEIR_ENTRIES_MEASURE_WORDS ||
	       p->menu_of == WEIR_ENTRIES_VALUES || p->menu_of == WEIR_ENTRIES_FILTERS;
}

bool weir_prompt_lists_values(const struct weir_prompt *p)
{
	return p->kind != WEIR_PROMPT_NONE && p->menu_of == WEIR_ENTRIES_VALUES;
}

bool weir_prompt_lists_columns(const struct weir_prompt *p)
{
	return p->kind != WEIR_PROMPT_NONE &&
	       (is_words(p) || p->menu_of == WEIR_ENTRIES_GROUPS || p->menu_of == WEIR_ENTRIES_MEASURES);
}

static struct weir_str word_of(const struct weir_prompt *p)
{
	return bytes_of(p, p->word_from, p->word_to);
}

static void fill(struct weir_prompt *p, enum weir_entries entries, const struct weir_completion_source *from)
{
	weir_menu_clear(&p->menu);
	p->menu_of = (int)entries;
	p->n_values = 0;
	if (kinds[entries].fill)
		kinds[entries].fill(p, from);
	p->menu_rows = (int)p->menu.n > p->menu_rows ? (int)p->menu.n : p->menu_rows;
}

/* What is typed finds what is no part of the line yet. */
static void pass_marked(struct weir_prompt *p, const struct subject *s)
{
	struct weir_menu *l = &p->menu;
	if (!s->several || p->moved || p->word_from == p->word_to)
		return;
	for (uint32_t i = 0; i < l->n_shown; i++)
		if (!l->items[l->shown[i]].marked) {
			weir_menu_move(l, (int)i - l->cursor);
			return;
		}
}

/* Which entries are parts of the line; as long as there is none, those of the present question are marked. */
static void mark(struct weir_prompt *p, const struct subject *s)
{
	struct weir_str parts[MOST_PARTS];
	size_t n = is_words(p) ? 0 : find_parts(p, s, false, parts);
	for (uint32_t i = 0; i < p->menu.n; i++)
		p->menu.items[i].marked = false;
	for (size_t i = 0; i < n; i++) {
		struct weir_menu_item *item = s->several ? weir_menu_find(&p->menu, parts[i]) : NULL;
		if (item)
			item->marked = true;
	}
	p->menu.shows_now = n == 0 && !is_words(p);
}

/* What is typed means something as it stands. An option that takes other values than those of its list takes them where none in
 * the list begins like that: 6x is not 60x. */
static bool is_whole(const struct weir_prompt *p, struct weir_str word, const struct weir_completion_source *from)
{
	if (p->menu_of != WEIR_ENTRIES_CHOICES)
		return kinds[p->menu_of].whole && kinds[p->menu_of].whole(word, from);
	struct weir_str rest = {0};
	const struct weir_option *o =
	    weir_option_find(weir_command_named(weir_str_cut(weir_buf_str(&p->text), ' ', &rest)));
	bool begins = false;
	for (uint32_t i = 0; i < p->menu.n; i++)
		begins = begins || (p->menu.items[i].text.size >= word.size &&
				    memcmp(p->menu.items[i].text.data, word.data, word.size) == 0);
	return o && o->kind == WEIR_OPT_TEXT && !begins;
}

/* Whether Enter takes the entry at the cursor of the list. Once something is marked, what is marked is taken. */
static bool takes_entry(const struct weir_prompt *p, const struct subject *s, const struct weir_completion_source *from)
{
	struct weir_str parts[MOST_PARTS], word = word_of(p);
	if (is_words(p) || !weir_menu_current(&p->menu))
		return false;
	if (!word.size && s->several && find_parts(p, s, true, parts) > 0)
		return false;
	return p->moved || !word.size || !is_whole(p, word, from);
}

/* As long as nothing was typed and the cursor rests, Enter takes the question as it is. */
static void take_present(struct weir_prompt *p)
{
	for (uint32_t i = 0, n = 0; i < p->menu.n; i++)
		if (p->menu.items[i].now) {
			weir_buf_add_c(&p->taken, n++ ? ", " : "");
			weir_buf_add_str(&p->taken, weir_menu_taken(&p->menu.items[i]));
		}
}

static void settle(struct weir_prompt *p, const struct subject *s, const struct weir_completion_source *from)
{
	p->takes_entry = takes_entry(p, s, from);
	weir_buf_clear(&p->taken);
	if (!p->takes_entry) {
		weir_buf_add_str(&p->taken, weir_buf_str(&p->text));
	} else {
		const struct weir_menu_item *item = weir_menu_current(&p->menu);
		bool again = s->several && item->marked && !weir_str_equal(item->text, word_of(p));
		weir_buf_add_str(&p->taken, bytes_of(p, 0, p->word_from));
		if (item->now && !p->moved && s->several && !word_of(p).size)
			take_present(p);
		else if (!again)
			weir_buf_add_str(&p->taken, weir_menu_taken(item));
		weir_buf_add_str(&p->taken, bytes_of(p, p->word_to, p->text.size));
	}
	while (p->taken.size &&
	       (p->taken.data[p->taken.size - 1] == ' ' || (s->several && p->taken.data[p->taken.size - 1] == ',')))
		p->taken.data[--p->taken.size] = '\0';
}

/* The entry that the cursor of the list goes to: the one that it was on, the present one, or "", the best. */
static void find_place(const struct weir_prompt *p, bool filled, bool anew, struct weir_buf *at)
{
	const struct weir_menu_item *was = filled && !anew ? NULL : weir_menu_current(&p->menu);
	bool stays = was && (anew || p->moved || p->word_from == p->word_to);
	weir_buf_add_str(at, stays ? was->text : (struct weir_str){0});
}

static const struct weir_menu_item *present(const struct weir_menu *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		if (l->items[i].now)
			return &l->items[i];
	return NULL;
}

/* After the name of an option and a blank: what it is. */
static const char *hint_of(const struct weir_prompt *p, const struct subject *s)
{
	struct weir_str rest = {0}, name = weir_str_cut(weir_buf_str(&p->text), ' ', &rest);
	if (p->kind == WEIR_PROMPT_FILTER && !p->text.size)
		return "Tab takes an entry, Up an earlier filter";
	if (p->kind != WEIR_PROMPT_COMMAND || !rest.data || s->from < p->text.size)
		return NULL;
	name = weir_command_named(name);
	const struct weir_option *o = weir_option_find(name);
	for (int i = 0; i < WEIR_CMD_COUNT && !o; i++)
		if (weir_str_equal(name, weir_str_of(weir_command_table[i].name)))
			return weir_command_table[i].help;
	return o ? o->help : NULL;
}

void weir_prompt_complete(struct weir_prompt *p, const struct weir_completion_source *from, bool anew)
{
	const struct subject s = subject_of(p);
	struct weir_buf at = {0};
	bool to_words = s.entries == WEIR_ENTRIES_WORDS;
	p->several = s.several;
	p->picks = p->kind != WEIR_PROMPT_FILTER && p->kind != WEIR_PROMPT_SEARCH;
	if (!to_words) {
		bool files = s.entries == WEIR_ENTRIES_FILES || s.entries == WEIR_ENTRIES_VIEWS;
		bool other = p->menu_of != (int)s.entries || files; /* the folder may be another one */
		find_part(p, &s);
		find_place(p, other, anew, &at);
		if (other || anew)
			fill(p, s.entries, from);
		if (!at.size && p->word_from == p->word_to && present(&p->menu))
			weir_buf_add_str(&at, present(&p->menu)->text);
		weir_menu_filter(&p->menu, word_of(p), weir_buf_str(&at));
		if (files && !p->moved) /* nothing is written or opened that was not named */
			p->menu.cursor = -1;
		to_words = !p->menu.n_shown && s.words;
	}
	if (s.words && weir_find_value(p, !to_words)) {
		to_words = true;
		fill(p, WEIR_ENTRIES_VALUES, from); /* perhaps of another column than before */
	} else if (to_words) {
		bool empty = p->kind == WEIR_PROMPT_FILTER && !p->text.size;
		enum weir_entries words = empty ? WEIR_ENTRIES_FILTERS : s.words;
		find_word(p);
		if (p->menu_of != (int)words || anew)
			fill(p, words, from);
	}
	if (to_words) {
		weir_menu_filter(&p->menu, word_of(p), (struct weir_str){0});
		weir_menu_cut(&p->menu);
		p->menu.cursor = p->picks ? p->menu.cursor : -1;
		if (p->menu.n_shown == 1 && weir_str_equal(p->menu.items[p->menu.shown[0]].text, word_of(p)))
			p->menu.n_shown = 0;
	}
	weir_buf_release(&at);
	p->in_words = to_words;
	p->hint = hint_of(p, &s);
	mark(p, &s);
	if (!to_words)
		pass_marked(p, &s);
	settle(p, &s, from);
}

void weir_prompt_pick(struct weir_prompt *p, int by, const struct weir_completion_source *from)
{
	const struct subject s = subject_of(p);
	weir_menu_move(&p->menu, by);
	p->moved = true;
	settle(p, &s, from);
}

void weir_prompt_choose(struct weir_prompt *p, int direction)
{
	struct weir_menu *l = &p->menu;
	if (!l->n_shown)
		return;
	if (!p->picks || l->cursor < 0)
		l->cursor = l->cursor < 0 ? direction > 0 ? 0 : (int)l->n_shown - 1
					  : (l->cursor + direction + (int)l->n_shown) % (int)l->n_shown;
	const struct weir_menu_item *item = weir_menu_current(l);
	size_t at = p->word_from;
	if (!item)
		return;
	weir_prompt_replace(p, at, p->word_to, weir_menu_taken(item));
	p->word_from = at;
	p->word_to = p->cursor;
	weir_menu_see(l, l->rows);
}

void weir_prompt_toggle(struct weir_prompt *p)
{
	const struct subject s = subject_of(p);
	const struct weir_menu_item *item = weir_menu_current(&p->menu);
	struct weir_str parts[MOST_PARTS];
	struct weir_buf line = {0};
	if (!item || is_words(p) || !s.several || !weir_menu_taken(item).size)
		return;
	size_t n = find_parts(p, &s, true, parts);
	for (uint32_t i = 0; i < p->menu.n && p->menu.shows_now && n < MOST_PARTS; i++)
		if (p->menu.items[i].now && weir_menu_taken(&p->menu.items[i]).size)
			parts[n++] = p->menu.items[i].text;
	weir_buf_add_str(&line, bytes_of(p, 0, s.from < p->text.size ? s.from : p->text.size));
	bool there = false;
	for (size_t i = 0; i < n; i++) {
		bool same = weir_str_equal(parts[i], item->text);
		there = there || same;
		weir_buf_add_str(&line, same ? (struct weir_str){0} : parts[i]);
		weir_buf_add_c(&line, same ? "" : ", ");
	}
	if (!there) {
		weir_buf_add_str(&line, item->text);
		weir_buf_add_c(&line, ", ");
	}
	if (!line.failed)
		weir_prompt_replace(p, 0, p->text.size, weir_buf_str(&line));
	weir_buf_release(&line);
}
