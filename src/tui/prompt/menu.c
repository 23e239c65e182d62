/* The entries of a list, those that fit what is typed, and the one at the cursor. */
#include "tui/prompt/menu.h"

#include <stdlib.h>

void weir_menu_clear(struct weir_menu *l)
{
	l->n = l->n_shown = 0;
	l->cursor = -1;
	l->first = 0;
	l->failed = false;
	l->heads = (struct weir_menu_heads){0};
	weir_arena_reset(&l->memory);
}

void weir_menu_release(struct weir_menu *l)
{
	weir_arena_release(&l->memory);
	free(l->items);
	free(l->shown);
	*l = (struct weir_menu){.cursor = -1};
}

struct weir_menu_item *weir_menu_add(struct weir_menu *l, struct weir_str text)
{
	if (!text.size)
		return NULL;
	struct weir_str copy = weir_arena_str(&l->memory, text);
	if (!copy.data || !weir_grow((void **)&l->items, &l->capacity, l->n + (size_t)1, sizeof(*l->items))) {
		l->failed = true;
		return NULL;
	}
	struct weir_menu_item *item = &l->items[l->n++];
	*item = (struct weir_menu_item){.text = copy};
	return item;
}

/* Entries by their scores, then as they stand. */
static int by_score(const void *a, const void *b, void *list)
{
	const struct weir_menu *l = list;
	uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
	int first = l->items[one].score, second = l->items[two].score;
	return first != second ? (first < second) - (first > second) : (one > two) - (one < two);
}

void weir_menu_filter(struct weir_menu *l, struct weir_str typed, struct weir_str at)
{
	l->n_shown = 0;
	l->cursor = -1;
	l->first = 0;
	if (!weir_grow((void **)&l->shown, &l->shown_capacity, l->n + (size_t)1, sizeof(*l->shown)))
		return;
	for (uint32_t i = 0; i < l->n; i++) {
		struct weir_menu_item *item = &l->items[i];
		if (!weir_match(typed, item->text, &item->score, NULL) &&
		    !weir_match(typed, item->also, &item->score, NULL))
			continue;
		item->score += item->worth;
		l->shown[l->n_shown++] = i;
	}
	qsort_r(l->shown, l->n_shown, sizeof(*l->shown), by_score, l);
	if (l->n_shown)
		l->cursor = 0;
	for (uint32_t i = 0; i < l->n_shown && at.size; i++)
		if (weir_str_equal(l->items[l->shown[i]].text, at))
			l->cursor = (int)i;
	weir_menu_see(l, l->rows);
}

void weir_menu_cut(struct weir_menu *l)
{
	while (l->n_shown && l->items[l->shown[l->n_shown - 1]].score * 2 < l->items[l->shown[0]].score)
		l->n_shown--;
	weir_menu_see(l, l->rows);
}

const struct weir_menu_item *weir_menu_current(const struct weir_menu *l)
{
	return l->cursor >= 0 && l->cursor < (int)l->n_shown ? &l->items[l->shown[l->cursor]] : NULL;
}

struct weir_menu_item *weir_menu_find(const struct weir_menu *l, struct weir_str text)
{
	for (uint32_t i = 0; i < l->n; i++)
		if (weir_str_equal(l->items[i].text, text))
			return &l->items[i];
	return NULL;
}

void weir_menu_see(struct weir_menu *l, int rows)
{
	int last = (int)l->n_shown - rows;
	l->rows = rows > 0 ? rows : 1;
	if (l->cursor >= 0 && l->cursor < l->first)
		l->first = l->cursor;
	if (l->cursor >= l->first + l->rows)
		l->first = l->cursor - l->rows + 1;
	if (l->first > last)
		l->first = last > 0 ? last : 0;
}

void weir_menu_move(struct weir_menu *l, int by)
{
	int last = (int)l->n_shown - 1, to = l->cursor + by;
	if (last >= 0)
		l->cursor = to < 0 ? 0 : to > last ? last : to;
	weir_menu_see(l, l->rows);
}
