/* The values of the column that a condition compares: where `service = '` is typed, the services, the most frequent first. */
#include "tui/prompt/entries.h"

/* A profile cuts texts after 64 bytes; a shorter one than that is whole. Where a value is wanted, one that fits is worth as much more
 * than a column as another letter that fits. */
enum { WHOLE_TEXT = 60, WORTH = 16 };

static bool find_place(const struct weir_prompt *p, struct weir_arena *arena, struct weir_value_place *place)
{
	return weir_view_value_place(weir_buf_str(&p->text), p->cursor, arena, place);
}

bool weir_find_value(struct weir_prompt *p, bool quoted)
{
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_value_place place;
	bool found = find_place(p, &arena, &place) && (place.open || !quoted);
	if (found) {
		p->word_from = place.from;
		p->word_to = place.to;
	}
	weir_arena_release(&arena);
	return found;
}

/* It can stand in a line, and is what the rows have. */
static bool can_be_typed(const struct weir_value *v)
{
	if (v->type != WEIR_STRING)
		return v->type == WEIR_BOOL || v->type == WEIR_INT64 || v->type == WEIR_FLOAT64;
	for (size_t i = 0; i < v->s.size; i++)
		if ((unsigned char)v->s.data[i] < 0x20 || v->s.data[i] == 0x7f)
			return false;
	return v->s.size <= WHOLE_TEXT;
}

static bool offer_value(struct weir_menu *l, const struct weir_profile_column *c, const struct weir_profile_value *v)
{
	struct weir_buf text = {0};
	char rows[WEIR_FORMAT_BYTES];
	weir_view_quote_value(&v->value, &text);
	struct weir_menu_item *item = text.failed ? NULL : weir_menu_add(l, weir_buf_str(&text));
	weir_buf_release(&text);
	if (!item)
		return false;
	struct weir_menu_bar *bar = weir_arena_zalloc(&l->memory, sizeof(*bar));
	if (bar)
		bar->share = c->n ? (double)v->rows / (double)c->n : 0;
	item->bars = bar;
	item->n_bars = bar ? 1 : 0;
	item->worth = WORTH;
	item->cells[3] = weir_offer_text(l, "%s", weir_format_count(v->rows, rows));
	return true;
}

/* Of numbers with many values the frequent ones are no choice. */
static bool has_choice(const struct weir_profile_column *c)
{
	bool frequent = c->n_top && c->top[0].rows * 50 >= c->n;
	return !c->is_time && c->type != WEIR_TIMESTAMP && (c->type == WEIR_STRING || frequent);
}

void weir_fill_values(struct weir_prompt *p, const struct weir_completion_source *from)
{
	struct weir_menu *l = &p->menu;
	struct weir_value_place place;
	char all[WEIR_FORMAT_BYTES];
	if (!find_place(p, &l->memory, &place))
		return;
	const struct weir_profile_column *c = weir_profile_find(from->profile, place.column);
	for (uint32_t i = 0; c && has_choice(c) && i < c->n_top; i++)
		p->n_values += can_be_typed(&c->top[i].value) && offer_value(l, c, &c->top[i]);
	bool words = !place.open && (!p->n_values || p->word_from < p->cursor);
	if (words) {
		weir_fill_words(p, from);
		l->heads.text.name = p->n_values ? "value, or word" : l->heads.text.name;
		return;
	}
	l->heads = (struct weir_menu_heads){.text = {"value", WEIR_LEFT, 0},
					    .cells = {[3] = {"rows", WEIR_RIGHT, 1}},
					    .rest = {"share of all", WEIR_LEFT, 0}};
	if (p->n_values && p->n_values < c->n_distinct)
		l->heads.rest.name =
		    weir_offer_text(l, "share of all; the most frequent of %s", weir_format_count(c->n_distinct, all))
			.data;
}
