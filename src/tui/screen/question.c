/* What changes the question: filter, group, measure, window, sort. The view in force is copied, changed and asked
 * again; when it is refused, the old one stays. */
#include "tui/screen/screen.h"

#include "weir/base/bounds.h"

#include <stdlib.h>

bool weir_screen_ask_view(struct weir_screen *s, const struct weir_view *view, struct weir_error *err)
{
	uint64_t generation = weir_screen_post(s, view, err);
	if (generation)
		weir_trail_ask(&s->state.trail, generation, view, NULL);
	return generation != 0;
}

bool weir_screen_ask(struct weir_screen *s, enum weir_view_text which, struct weir_str text, struct weir_error *err)
{
	struct weir_view view;
	weir_view_init(&view);
	char *copy = weir_str_dup(text);
	bool done = copy && weir_view_copy(&view, weir_screen_view(s), err) == WEIR_OK &&
		    weir_view_set(&view, which, copy, weir_screen_reference_us(s), err) == WEIR_OK &&
		    weir_screen_ask_view(s, &view, err);
	if (done && which == WEIR_VIEW_SORT)
		weir_screen_say_uncompared(s, &view);
	if (!copy)
		weir_fail(err, WEIR_NO_MEMORY, "screen", "out of memory");
	weir_view_release(&view);
	free(copy);
	return done;
}

bool weir_screen_filter_view(const struct weir_screen *s, struct weir_str text, struct weir_view *view,
			     struct weir_error *err)
{
	struct weir_str parts[16];
	bool loose;
	size_t n = weir_view_conjuncts(text, parts, 16, &loose);
	int64_t now = weir_screen_now_us(s);
	bool done = weir_view_copy(view, weir_screen_view(s), err) == WEIR_OK &&
		    weir_view_set(view, WEIR_VIEW_WHERE, NULL, now, err) == WEIR_OK;
	for (size_t i = 0; i < n && done; i++) {
		/* A span of time is one condition, although it has two bounds. */
		bool span = i + 1 < n && weir_chip_is_span(parts[i], parts[i + 1]);
		struct weir_str one = parts[i];
		if (span)
			one.size = (size_t)(parts[i + 1].data + parts[i + 1].size - parts[i].data);
		i += span;
		/* A part that is missing: all of it together tells what is wrong. */
		char *part = weir_str_dup(one.size ? one : text);
		done = part && weir_view_add(view, WEIR_VIEW_WHERE, part, now, err) == WEIR_OK;
		if (!part)
			weir_fail(err, WEIR_NO_MEMORY, "screen", "out of memory");
		free(part);
	}
	return done;
}

bool weir_screen_ask_filter(struct weir_screen *s, struct weir_str text, struct weir_error *err)
{
	struct weir_view view;
	weir_view_init(&view);
	bool done = weir_screen_filter_view(s, text, &view, err) && weir_screen_ask_view(s, &view, err);
	weir_view_release(&view);
	return done;
}

size_t weir_screen_filter_text(const struct weir_screen *s, int which, struct weir_buf *out)
{
	size_t end = 0;
	struct weir_str entries[64];
	size_t n = weir_view_entries(weir_screen_view(s), WEIR_VIEW_WHERE, entries, 64);
	for (size_t i = 0; i < n && i < 64; i++) {
		/* Parentheses are needed only where the text would not parse back into the same chips. */
		struct weir_str parts[2];
		bool loose, whole = n == 1 || (weir_view_conjuncts(entries[i], parts, 2, &loose) == 1 && !loose);
		weir_buf_add_c(out, i ? " and " : "");
		weir_buf_add_c(out, whole ? "" : "(");
		weir_buf_add_str(out, entries[i]);
		weir_buf_add_c(out, whole ? "" : ")");
		end = (int)i <= which || which < 0 ? out->size : end;
	}
	return end;
}

bool weir_screen_add_filter(struct weir_screen *s, const char *condition, struct weir_error *err)
{
	struct weir_view view;
	weir_view_init(&view);
	bool done = weir_view_copy(&view, weir_screen_view(s), err) == WEIR_OK &&
		    weir_view_add(&view, WEIR_VIEW_WHERE, condition, weir_screen_now_us(s), err) == WEIR_OK &&
		    weir_screen_ask_view(s, &view, err);
	weir_view_release(&view);
	return done;
}

/* The window that was left for the sake of this condition. NULL: none was. */
static const char *window_before(const struct weir_screen *s, struct weir_str condition)
{
	bool same = s->span_condition && weir_str_equal(condition, weir_str_of(s->span_condition));
	return same && weir_screen_view(s)->window.kind == WEIR_WINDOW_ALL ? s->span_window : NULL;
}

/* The question without a condition. */
static bool without(const struct weir_screen *s, size_t which, struct weir_view *out, struct weir_error *err)
{
	struct weir_str entries[WEIR_MAX_CONDITIONS];
	struct weir_buf rest = {0};
	size_t n = weir_view_entries(weir_screen_view(s), WEIR_VIEW_WHERE, entries, WEIR_MAX_CONDITIONS);
	for (size_t i = 0; i < n && i < WEIR_MAX_CONDITIONS; i++) {
		weir_buf_add_c(&rest, rest.size && i != which ? "\n" : "");
		weir_buf_add_str(&rest, i != which ? entries[i] : (struct weir_str){0});
	}
	const char *window = which < n ? window_before(s, entries[which]) : NULL;
	int64_t now = weir_screen_now_us(s);
	bool done = !rest.failed && weir_view_copy(out, weir_screen_view(s), err) == WEIR_OK &&
		    weir_view_set(out, WEIR_VIEW_WHERE, rest.data, now, err) == WEIR_OK &&
		    (!window || weir_view_set(out, WEIR_VIEW_WINDOW, window, now, err) == WEIR_OK);
	if (rest.failed)
		weir_fail(err, WEIR_NO_MEMORY, "screen", "out of memory");
	weir_buf_release(&rest);
	return done;
}

static void say_dropped(struct weir_screen *s, struct weir_str condition)
{
	struct weir_buf chip = {0};
	weir_chip_text(condition, s->result ? s->result->moment_us : WEIR_TIME_NONE, &chip);
	weir_screen_say(s, WEIR_TONE_TRAIL, "taken back: %s", chip.failed || !chip.data ? "a condition" : chip.data);
	weir_buf_release(&chip);
}

bool weir_screen_drop_filter(struct weir_screen *s, int which)
{
	struct weir_error err = {0};
	struct weir_view view;
	const struct weir_trail *t = &s->state.trail;
	int before = weir_trail_next(t, -1);
	struct weir_str entries[WEIR_MAX_CONDITIONS];
	size_t n = weir_view_entries(weir_screen_view(s), WEIR_VIEW_WHERE, entries, WEIR_MAX_CONDITIONS);
	size_t at = which == WEIR_NEWEST_CONDITION ? n - 1 : (size_t)which;
	if (n == 0 || at >= n)
		return false;
	weir_view_init(&view);
	bool done = without(s, at, &view, &err);
	if (done)
		say_dropped(s, entries[at]);
	/* Where that is what undo would do, it is undone, so that it can be done again. */
	if (done && before >= 0 && weir_trail_same(&t->steps[before].view, &view))
		done = weir_screen_go_step(s, before, &err);
	else
		done = done && weir_screen_ask_view(s, &view, &err);
	if (!done)
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
	weir_view_release(&view);
	return true;
}

static void ask_sort(struct weir_screen *s, struct weir_str name, bool descending)
{
	struct weir_error err = {0};
	struct weir_buf text = {0};
	weir_view_quote_key(name, &text);
	weir_buf_add_c(&text, descending ? " desc" : " asc");
	if (text.failed)
		weir_screen_say(s, WEIR_TONE_ERROR, "out of memory");
	else if (!weir_screen_ask(s, WEIR_VIEW_SORT, weir_buf_str(&text), &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
	weir_buf_release(&text);
}

void weir_screen_sort_compared(struct weir_screen *s, uint32_t measure, enum weir_compared_column which,
			       bool descending)
{
	struct weir_buf name = {0};
	weir_compared_name(s->result->measures[measure].name, which, &name);
	if (!name.failed)
		ask_sort(s, weir_buf_str(&name), descending);
	weir_buf_release(&name);
}

void weir_screen_sort(struct weir_screen *s, bool reverse)
{
	const struct weir_result *r = s->result;
	if (!r || !r->n_measures)
		return;
	/* Each measure in turn, then the group; a measure starts with the largest value, a group with the first. */
	if (reverse && r->sort_compared >= 0) {
		weir_screen_sort_compared(s, r->sort_measure, (enum weir_compared_column)r->sort_compared,
					  !r->sort_descending);
		return;
	}
	uint32_t n = r->n_measures + (r->n_groups ? 1 : 0);
	uint32_t at = reverse ? r->sort_measure : (r->sort_measure + 1) % n;
	bool group = at >= r->n_measures;
	if (group && !r->n_groups)
		return;
	ask_sort(s, group ? r->groups[0].name : r->measures[at].name, reverse ? !r->sort_descending : !group);
}

void weir_screen_sort_by(struct weir_screen *s, int which)
{
	const struct weir_result *r = s->result;
	bool group = which < 0;
	if (which >= WEIR_SORT_COMPARED) {
		int column = which / WEIR_SORT_COMPARED - 1, measure = which % WEIR_SORT_COMPARED;
		bool again = r->sort_compared == column && r->sort_measure == (uint32_t)measure;
		weir_screen_sort_compared(s, (uint32_t)measure, (enum weir_compared_column)column,
					  again ? !r->sort_descending : true);
		return;
	}
	bool same = group ? r->sort_measure >= r->n_measures && which == -1
			  : (uint32_t)which == r->sort_measure && r->sort_compared < 0;
	ask_sort(s, group ? r->groups[-1 - which].name : r->measures[which].name, same ? !r->sort_descending : !group);
}
