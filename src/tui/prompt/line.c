/* The line being typed: editing, cursor, history. */
#include "tui/prompt/prompt.h"

#include <stdlib.h>

void weir_prompt_init(struct weir_prompt *p)
{
	*p = (struct weir_prompt){.history_at = -1, .menu = {.cursor = -1, .rows = 1}};
}

void weir_prompt_forget(struct weir_prompt *p)
{
	weir_menu_clear(&p->menu);
	p->menu_of = 0;
	p->takes_entry = p->moved = false;
	p->word_from = p->word_to = p->cursor;
}

void weir_prompt_release(struct weir_prompt *p)
{
	weir_buf_release(&p->text);
	weir_buf_release(&p->taken);
	weir_menu_release(&p->menu);
	weir_theme_list_release(&p->themes);
	free(p->draft);
	for (int k = 0; k < WEIR_PROMPT_COUNT; k++)
		for (int i = 0; i < WEIR_HISTORY_LINES; i++)
			free(p->history[k][i]);
	weir_prompt_init(p);
}

static void set_text(struct weir_prompt *p, struct weir_str text)
{
	weir_buf_clear(&p->text);
	weir_buf_add_str(&p->text, text);
	p->cursor = p->text.size;
	p->error = p->doubt = (struct weir_error){0};
	p->moved = false;
}

void weir_prompt_open(struct weir_prompt *p, enum weir_prompt_kind kind, struct weir_str text)
{
	p->kind = kind;
	p->history_at = -1;
	p->menu_rows = 0;
	p->note = p->hint = NULL;
	p->picks = p->several = p->in_words = false;
	set_text(p, text);
	weir_prompt_forget(p);
	weir_theme_list_release(&p->themes);
}

void weir_prompt_close(struct weir_prompt *p)
{
	p->kind = WEIR_PROMPT_NONE;
	set_text(p, (struct weir_str){0});
	weir_prompt_forget(p);
	weir_theme_list_release(&p->themes);
	free(p->draft);
	p->draft = NULL;
}

void weir_prompt_remember(struct weir_prompt *p, enum weir_prompt_kind kind, struct weir_str text)
{
	char **lines = p->history[kind];
	if (text.size == 0 || (lines[0] && weir_str_equal(weir_str_of(lines[0]), text)))
		return;
	char *line = weir_str_dup(text);
	if (!line)
		return;
	free(lines[WEIR_HISTORY_LINES - 1]);
	memmove(lines + 1, lines, (WEIR_HISTORY_LINES - 1) * sizeof(*lines));
	lines[0] = line;
}

void weir_prompt_replace(struct weir_prompt *p, size_t from, size_t to, struct weir_str s)
{
	struct weir_buf next = {0};
	struct weir_str old = weir_buf_str(&p->text);
	weir_buf_add(&next, old.data, from);
	weir_buf_add_str(&next, s);
	weir_buf_add(&next, old.data ? old.data + to : NULL, old.size - to);
	if (next.failed) {
		weir_buf_release(&next);
		return;
	}
	weir_buf_release(&p->text);
	p->text = next;
	p->cursor = from + s.size;
	p->error = p->doubt = (struct weir_error){0};
	p->moved = false;
}

void weir_prompt_insert(struct weir_prompt *p, struct weir_str s)
{
	struct weir_buf clean = {0};
	for (size_t i = 0; i < s.size; i++)
		weir_buf_add_char(&clean, (unsigned char)s.data[i] < 0x20 || s.data[i] == 0x7f ? ' ' : s.data[i]);
	if (!clean.failed)
		weir_prompt_replace(p, p->cursor, p->cursor, weir_buf_str(&clean));
	weir_buf_release(&clean);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
	       (c & 0x80);
}

/* The border after (or before) the cursor: of a character, with its combining marks, or of a word. */
static size_t border(const struct weir_prompt *p, int direction, bool word)
{
	struct weir_str s = weir_buf_str(&p->text);
	size_t at = p->cursor;
	if (word && direction < 0) {
		while (at > 0 && !is_word(s.data[at - 1]))
			at--;
		while (at > 0 && is_word(s.data[at - 1]))
			at--;
		return at;
	}
	if (word) {
		while (at < s.size && !is_word(s.data[at]))
			at++;
		while (at < s.size && is_word(s.data[at]))
			at++;
		return at;
	}
	uint32_t cp = 0;
	do {
		if (direction < 0 ? at == 0 : at >= s.size)
			return at;
		at = direction < 0 ? at - 1 : at + 1;
		while (at > 0 && at < s.size && ((unsigned char)s.data[at] & 0xc0) == 0x80)
			at = direction < 0 ? at - 1 : at + 1;
	} while (at < s.size && weir_utf8_decode(s.data + at, s.size - at, &cp) && weir_codepoint_width(cp) == 0);
	return at;
}

void weir_prompt_erase(struct weir_prompt *p, bool forward, bool word)
{
	size_t to = border(p, forward ? 1 : -1, word);
	if (forward)
		weir_prompt_replace(p, p->cursor, to, (struct weir_str){0});
	else
		weir_prompt_replace(p, to, p->cursor, (struct weir_str){0});
}

void weir_prompt_erase_to(struct weir_prompt *p, bool end)
{
	if (end)
		weir_prompt_replace(p, p->cursor, p->text.size, (struct weir_str){0});
	else
		weir_prompt_replace(p, 0, p->cursor, (struct weir_str){0});
}

void weir_prompt_move(struct weir_prompt *p, int direction, bool word)
{
	p->cursor = border(p, direction, word);
}

void weir_prompt_move_to(struct weir_prompt *p, bool end)
{
	p->cursor = end ? p->text.size : 0;
}

void weir_prompt_history(struct weir_prompt *p, int direction)
{
	char **lines = p->history[p->kind];
	int at = p->history_at + direction;
	if (at < -1 || at >= WEIR_HISTORY_LINES || (at >= 0 && !lines[at]))
		return;
	if (p->history_at < 0) {
		free(p->draft);
		p->draft = weir_str_dup(weir_buf_str(&p->text));
	}
	p->history_at = at;
	set_text(p, weir_str_of(at < 0 ? p->draft : lines[at]));
}
