/* What one can group by, and when an expression is whole. */
#include "tui/prompt/entries.h"

#include "weir/session/guess.h"

#include <stdlib.h>

static void offer_derived(struct weir_menu *l, const struct weir_view *view)
{
	struct weir_str entries[WEIR_MAX_DERIVED];
	size_t n = weir_view_entries(view, WEIR_VIEW_DERIVE, entries, WEIR_MAX_DERIVED);
	for (size_t i = 0; i < n && i < WEIR_MAX_DERIVED; i++) {
		struct weir_str rest = {0}, name = weir_str_trim(weir_str_cut(entries[i], '=', &rest));
		struct weir_menu_item *item = weir_offer_or_find(l, name);
		if (item) {
			item->cells[0] = WEIR_STR("computed");
			item->rest = weir_arena_str(&l->memory, weir_str_trim(rest));
		}
	}
}

/* A round width that makes about twenty steps of the range. */
static double round_width(double range)
{
	double ticks[WEIR_TICKS];
	int n = range > 0 ? weir_ticks_linear(0, range, 24, ticks) : 0;
	return n > 1 ? ticks[1] - ticks[0] : 0;
}

/* Times and numbers with many values are cut into steps. */
static void offer_steps(struct weir_menu *l, const struct weir_offered_column *c)
{
	const struct weir_profile_column *p = c->profile;
	struct weir_str name = c->name;
	char number[32];
	if (c->is_time) {
		static const char *const units[] = {"minute", "hour", "day"};
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			weir_offer(
			    l, weir_offer_text(l, "date_trunc('%s', " WEIR_STR_FMT ")", units[i], WEIR_STR_ARG(name)),
			    weir_offer_text(l, "each %s", units[i]));
		return;
	}
	double width = p && c->measure_points && c->n_distinct > WEIR_GUESS_VALUES
			   ? round_width(weir_number_of(&p->max) - weir_number_of(&p->min))
			   : 0;
	if (!(width > 0))
		return;
	number[weir_format_double(width, number)] = '\0';
	size_t n = strlen(number);
	if (n > 2 && strcmp(number + n - 2, ".0") == 0)
		number[n - 2] = '\0';
	weir_offer(l, weir_offer_text(l, "bucket(" WEIR_STR_FMT ", %s)", WEIR_STR_ARG(name), number),
		   weir_offer_text(l, "steps of %s", number));
}

static void offer_virtual(struct weir_menu *l, const char *name, const char *help, bool faint)
{
	struct weir_menu_item *item = weir_offer_or_find(l, weir_str_of(name));
	if (item) {
		item->rest = weir_str_of(help);
		item->faint = faint;
	}
}

/* Columns that every record has beside its own. */
static void offer_others(struct weir_menu *l, const struct weir_completion_source *from)
{
	if (from->n_streams < 2)
		offer_virtual(l, "_stream", "the stream that a row is from", true);
	offer_virtual(l, "_topic", "the topic of a message", true);
	offer_virtual(l, "_partition", "the server's number of the partition", true);
	offer_virtual(l, "_key", "the key of a message", true);
	offer_virtual(l, "_malformed", "whether a record did not parse", true);
}

void weir_fill_groups(struct weir_prompt *p, const struct weir_completion_source *from)
{
	struct weir_menu *l = &p->menu;
	uint32_t n;
	weir_offer_column_heads(l, "column");
	weir_offer_present(l, from->view->text[WEIR_VIEW_GROUP]);
	if (from->n_streams > 1)
		offer_virtual(l, "_stream", "the stream that a row is from", false);
	struct weir_offered_column *c = weir_offered_columns(l, from->result, from->profile, &n);
	if (c)
		qsort(c, n, sizeof(*c), weir_offered_by_worth);
	for (uint32_t i = 0; i < n; i++)
		weir_offer_column(l, &c[i]);
	offer_derived(l, from->view);
	for (uint32_t i = 0; i < n; i++)
		if (n <= 64)
			offer_steps(l, &c[i]);
	offer_others(l, from);
	struct weir_menu_item *none = weir_offer(l, WEIR_STR("no group"), WEIR_STR("one row for everything"));
	if (none) {
		none->empties = true;
		none->now = !from->view->text[WEIR_VIEW_GROUP];
	}
}

static bool is_name(struct weir_str name, const struct weir_completion_source *from)
{
	struct weir_str entries[WEIR_MAX_DERIVED];
	size_t n = weir_view_entries(from->view, WEIR_VIEW_DERIVE, entries, WEIR_MAX_DERIVED);
	for (size_t i = 0; i < n && i < WEIR_MAX_DERIVED; i++) {
		struct weir_str rest = {0};
		if (weir_str_equal(weir_str_trim(weir_str_cut(entries[i], '=', &rest)), name))
			return true;
	}
	for (uint32_t i = 0; from->result && i < from->result->n_fields; i++)
		if (weir_str_equal(from->result->fields[i].name, name))
			return true;
	return weir_str_among("_stream _topic _partition _offset _key _timestamp _arrival _headers _raw _malformed",
			      name);
}

/* It parses, and every column that it names is there. */
bool weir_is_whole(enum weir_view_text which, struct weir_str text, const struct weir_completion_source *from)
{
	struct weir_view view;
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_str *names = NULL;
	size_t n = 0;
	bool all, raw, key, headers, stamp;
	char *copy = weir_str_dup(text);
	weir_view_init(&view);
	bool whole = copy && weir_view_set(&view, which, copy, from->now_us, NULL) == WEIR_OK &&
		     weir_view_columns(&view, &arena, &names, &n, &all, &raw, &key, &headers, &stamp, NULL) == WEIR_OK;
	for (size_t i = 0; whole && i < n; i++)
		whole = is_name(names[i], from);
	weir_view_release(&view);
	weir_arena_release(&arena);
	free(copy);
	return whole;
}

bool weir_whole_group(struct weir_str text, const struct weir_completion_source *from)
{
	return weir_is_whole(WEIR_VIEW_GROUP, text, from);
}
