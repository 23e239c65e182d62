/* What changes the question: filter, group, measure, window, sort. The view in force is copied, changed and asked
 * again; when it is refused, the old one stays. */
#include "tui/screen.h"

#include "tui/expression.h"
#include "weir/base/bounds.h"

#include <stdlib.h>

static bool ask_view(struct weir_screen *s, struct weir_view *view, struct weir_error *err)
{
	struct weir_error ignored = {0};
	uint64_t generation = weir_session_ask(s->session, view, err);
	if (!generation)
		return false;
	s->asked = generation;
	/* The options are what a saved view is made of. */
	weir_view_release(&s->options->view);
	weir_view_init(&s->options->view);
	if (weir_view_copy(&s->options->view, view, &ignored) != WEIR_OK)
		weir_view_init(&s->options->view);
	return true;
}

bool weir_screen_ask(struct weir_screen *s, enum weir_view_text which, struct weir_str text, struct weir_error *err)
{
	struct weir_view view;
	weir_view_init(&view);
	char *copy = weir_str_dup(text);
	bool done = copy && weir_view_copy(&view, &s->info.view, err) == WEIR_OK &&
		    weir_view_set(&view, which, copy, weir_screen_now_us(s), err) == WEIR_OK && ask_view(s, &view, err);
	if (!copy)
		weir_fail(err, WEIR_NO_MEMORY, "screen", "out of memory");
	weir_view_release(&view);
	free(copy);
	return done;
}

bool weir_screen_ask_filter(struct weir_screen *s, struct weir_str text, struct weir_error *err)
{
	struct weir_str parts[16];
	struct weir_view view;
	size_t n = weir_expression_conjuncts(text, parts, 16);
	int64_t now = weir_screen_now_us(s);
	weir_view_init(&view);
	bool done = weir_view_copy(&view, &s->info.view, err) == WEIR_OK &&
		    weir_view_set(&view, WEIR_VIEW_WHERE, NULL, now, err) == WEIR_OK;
	for (size_t i = 0; i < n && done; i++) {
		char *part = weir_str_dup(parts[i]);
		done = part && weir_view_add(&view, WEIR_VIEW_WHERE, part, now, err) == WEIR_OK;
		if (!part)
			weir_fail(err, WEIR_NO_MEMORY, "screen", "out of memory");
		free(part);
	}
	done = done && ask_view(s, &view, err);
	weir_view_release(&view);
	return done;
}

void weir_screen_filter_text(const struct weir_screen *s, struct weir_buf *out)
{
	struct weir_str entries[64];
	size_t n = weir_view_entries(&s->info.view, WEIR_VIEW_WHERE, entries, 64);
	for (size_t i = 0; i < n && i < 64; i++) {
		/* Only what would not come back as one chip needs parentheses. */
		struct weir_str parts[2];
		bool whole = n == 1 || (weir_expression_conjuncts(entries[i], parts, 2) == 1 &&
					!weir_expression_is_loose(entries[i]));
		weir_buf_add_c(out, i ? " and " : "");
		weir_buf_add_c(out, whole ? "" : "(");
		weir_buf_add_str(out, entries[i]);
		weir_buf_add_c(out, whole ? "" : ")");
	}
}

void weir_screen_keep(struct weir_screen *s, bool exclude)
{
	struct weir_error err = {0};
	struct weir_str groups[WEIR_MAX_GROUP_COLUMNS];
	const struct weir_result *r = s->result;
	int row = weir_ui_selected_row(&s->ui, r);
	if (row < 0 || !r->n_groups) {
		weir_screen_say(s, WEIR_TONE_NOTE, "select a row first: Up and Down");
		return;
	}
	const char *text = s->info.view.text[WEIR_VIEW_GROUP];
	size_t n = weir_expression_list(weir_str_of(text), groups, WEIR_MAX_GROUP_COLUMNS);
	struct weir_buf condition = {0};
	for (uint32_t g = 0; g < r->n_groups; g++) {
		struct weir_str expression = g < n ? weir_expression_without_name(groups[g]) : r->groups[g].name;
		/* Not (a and b) is (not a or not b). */
		weir_buf_add_c(&condition, g ? exclude ? " or " : " and " : "");
		weir_condition_text(expression, &r->rows[row].groups[g], exclude, &condition);
	}
	struct weir_view view;
	weir_view_init(&view);
	bool done = !condition.failed && weir_view_copy(&view, &s->info.view, &err) == WEIR_OK &&
		    weir_view_add(&view, WEIR_VIEW_WHERE, condition.data, weir_screen_now_us(s), &err) == WEIR_OK &&
		    ask_view(s, &view, &err);
	if (done) {
		weir_screen_say(s, WEIR_TONE_DONE, "%s %s; Esc takes it back",
				exclude ? "excluded:" : "kept:", condition.data);
		weir_ui_select(&s->ui, r, -1);
	} else {
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
	}
	weir_view_release(&view);
	weir_buf_release(&condition);
}

bool weir_screen_drop_filter(struct weir_screen *s)
{
	struct weir_str entries[64];
	struct weir_error err = {0};
	struct weir_buf rest = {0};
	size_t n = weir_view_entries(&s->info.view, WEIR_VIEW_WHERE, entries, 64);
	if (n == 0 || n > 64)
		return false;
	for (size_t i = 0; i + 1 < n; i++) {
		weir_buf_add_c(&rest, i ? "\n" : "");
		weir_buf_add_str(&rest, entries[i]);
	}
	if (!weir_screen_ask(s, WEIR_VIEW_WHERE, weir_buf_str(&rest), &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
	weir_buf_release(&rest);
	return true;
}

void weir_screen_sort(struct weir_screen *s, bool reverse)
{
	const struct weir_result *r = s->result;
	struct weir_error err = {0};
	struct weir_buf text = {0};
	if (!r || !r->n_measures)
		return;
	/* All measures in turn, then the groups; a measure starts with its largest, a group with its first. */
	uint32_t n = r->n_measures + (r->n_groups ? 1 : 0);
	uint32_t at = reverse ? r->sort_measure : (r->sort_measure + 1) % n;
	bool group = at >= r->n_measures;
	if (group && !r->n_groups)
		return;
	bool descending = reverse ? !r->sort_descending : !group;
	weir_expression_key(group ? r->groups[0].name : r->measures[at].name, &text);
	weir_buf_add_c(&text, descending ? " desc" : " asc");
	if (!weir_screen_ask(s, WEIR_VIEW_SORT, weir_buf_str(&text), &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
	weir_buf_release(&text);
}
