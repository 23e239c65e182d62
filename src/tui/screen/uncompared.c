/* Why a question that is to be sorted by a change can have none. */
#include "tui/panels/compared.h"
#include "tui/screen/screen.h"

/* "change", "count_before": what comes of a comparison. */
static bool is_compared(struct weir_str key)
{
	bool found = weir_str_among("change change_pct", key);
	for (int i = 0; i < WEIR_COMPARED_COLUMNS && !found; i++) {
		struct weir_buf end = {0};
		weir_compared_name((struct weir_str){0}, (enum weir_compared_column)i, &end);
		size_t at = key.size > end.size ? key.size - end.size : 0;
		found = weir_str_equal((struct weir_str){key.data + at, key.size - at}, weir_buf_str(&end));
		weir_buf_release(&end);
	}
	return found;
}

void weir_screen_say_uncompared(struct weir_screen *s, const struct weir_view *view)
{
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_view_key *keys = NULL;
	struct weir_error ignored = {0};
	size_t n = 0;
	bool by = weir_view_sort_keys(view, &arena, &keys, &n, &ignored) == WEIR_OK && n && is_compared(keys[0].name);
	weir_arena_release(&arena);
	if (by && !weir_window_compares(&view->window))
		weir_screen_say(s, WEIR_TONE_NOTE, "no change to sort by: %s; w takes another window, such as 5m",
				weir_window_uncompared(view->window.kind));
	else if (by && view->compare.kind == WEIR_COMPARISON_NONE)
		weir_screen_say(s, WEIR_TONE_NOTE, "no change to sort by: nothing is compared; c chooses what");
}
