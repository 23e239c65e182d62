/* The help overlay: the key table, and nothing else. */
#include "tui/frame.h"

#include <stdio.h>

enum { KEY_COLUMNS = 22 };

/* All keys of one command in a context, "Up k". */
static void keys_of(enum weir_command command, enum weir_key_context context, char *out, size_t bytes)
{
	size_t n = 0;
	out[0] = '\0';
	for (const struct weir_key *k = weir_key_table; k->key; k++)
		if (k->command == command && k->context == context && n < bytes)
			n += (size_t)snprintf(out + n, bytes - n, "%s%s", n ? "  " : "", k->key);
}

static bool is_first_of(const struct weir_key *key)
{
	for (const struct weir_key *k = weir_key_table; k < key; k++)
		if (k->command == key->command && k->context == key->context)
			return false;
	return true;
}

struct place {
	struct weir_canvas c;
	int line, scroll, per_column, width;
};

static void put_line(struct place *p, const char *keys, const char *help, bool title)
{
	int at = p->line++ - p->scroll;
	if (at < 0 || p->per_column <= 0)
		return;
	int x = at / p->per_column * p->width, y = at % p->per_column;
	if (x + p->width > p->c.columns + 1)
		return;
	struct weir_style label = weir_style_on(title ? WEIR_INK_BRIGHT : WEIR_INK_KEY, WEIR_PAPER_PROMPT);
	label.attributes = title ? WEIR_BOLD : 0;
	weir_cell_put_text(p->c, x, y, KEY_COLUMNS - 1, weir_str_of(keys), label, WEIR_LEFT);
	weir_cell_put_text(p->c, x + KEY_COLUMNS, y, p->width - KEY_COLUMNS - 2, weir_str_of(help),
			   weir_style_on(WEIR_INK_TEXT, WEIR_PAPER_PROMPT), WEIR_LEFT);
}

static void put_context(struct place *p, enum weir_key_context context, const char *title)
{
	bool any = false;
	for (const struct weir_key *k = weir_key_table; k->key; k++) {
		char keys[80];
		if (k->context != context || !is_first_of(k))
			continue;
		if (!any && p->line)
			put_line(p, "", "", false);
		if (!any)
			put_line(p, title, "", true);
		any = true;
		keys_of(k->command, context, keys, sizeof(keys));
		put_line(p, keys, weir_command_table[k->command].help, false);
	}
}

void weir_help_draw(const struct weir_frame *f, struct weir_canvas screen)
{
	struct weir_canvas c = weir_canvas_cut(screen, 0, 1, screen.columns, screen.rows - 2);
	weir_cell_fill(c, 0, 0, c.columns, c.rows, weir_style_on(WEIR_INK_TEXT, WEIR_PAPER_PROMPT));
	struct place p = {weir_canvas_cut(c, 2, 1, c.columns - 4, c.rows - 2), 0, f->ui->help_scroll, c.rows - 2,
			  c.columns >= 110 ? (c.columns - 4) / 2 : c.columns - 4};
	static const struct {
		enum weir_key_context context;
		const char *title;
	} contexts[] = {{WEIR_KEYS_TABLE, "table"},
			{WEIR_KEYS_CHART, "chart"},
			{WEIR_KEYS_RECORDS, "records, streams, schema"},
			{WEIR_KEYS_ALL, "everywhere"},
			{WEIR_KEYS_PROMPT, "prompt"},
			{WEIR_KEYS_HELP, "help"}};
	for (size_t i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++)
		put_context(&p, contexts[i].context, contexts[i].title);
}
