/* How a measure changed, and what it is compared with, in signs and words. */
#include "tui/panels/compared.h"

#include <math.h>
#include <stdio.h>

static bool holds_word(struct weir_str text, const char *word)
{
	return text.data && memmem(text.data, text.size, word, strlen(word)) != NULL;
}

/* By their names, more of these is worse. Of anything else it is not known. */
static bool is_worse_when_more(struct weir_str measure)
{
	static const char *const words[] = {"latency", "duration", "error",   "fail", "delay",
					    "lag",     "elapsed",  "timeout", "retr", "late"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (holds_word(measure, words[i]))
			return true;
	return false;
}

static enum weir_ink ink_of(struct weir_str measure, int direction)
{
	if (!is_worse_when_more(measure))
		return WEIR_INK_TEXT;
	return direction > 0 ? WEIR_INK_BAD : WEIR_INK_GOOD;
}

/* The percentage where there is one; a group that came or went has a word instead. */
static struct weir_change make_change(struct weir_str measure, const struct weir_value *now,
				      const struct weir_value *before, bool beyond_chance)
{
	struct weir_change change = {.ink = WEIR_INK_DIM, .known_from_us = WEIR_TIME_NONE};
	double a = weir_number_of(now), b = weir_number_of(before);
	if (isnan(a) || isnan(b) || b == 0)
		return change;
	change.known = true;
	change.fraction = (a - b) / fabs(b);
	change.direction = fabs(change.fraction) < 0.0005 ? 0 : change.fraction > 0 ? 1 : -1;
	if (beyond_chance)
		change.ink = ink_of(measure, change.direction);
	return change;
}

struct weir_change weir_change_of(const struct weir_result *r, const struct weir_result_row *row, uint32_t measure)
{
	struct weir_change none = {.ink = WEIR_INK_DIM, .known_from_us = WEIR_TIME_NONE};
	if (!row->compared || !row->previous)
		return none;
	bool moved = row->moved && row->moved[measure] == WEIR_MOVED,
	     is_new = row->compared_rows && !row->previous_rows;
	if (r->n_groups && r->compared_us && (is_new || (!row->compared_rows && row->previous_rows))) {
		none.known = true;
		none.direction = is_new ? 1 : -1;
		none.word = is_new ? "new" : "gone";
		none.ink = moved ? WEIR_INK_TEXT : WEIR_INK_DIM;
		return none;
	}
	return make_change(r->measures[measure].name, &row->compared[measure], &row->previous[measure], moved);
}

int weir_change_draw(struct weir_canvas c, int x, int y, int columns, struct weir_change change,
		     struct weir_style style)
{
	char percent[WEIR_FORMAT_BYTES];
	if (!change.known)
		return 0;
	if (change.direction)
		weir_cell_put_glyph(c, x, y, change.direction > 0 ? 0x25b2 : 0x25bc, style);
	struct weir_str text = weir_str_of(change.word ? change.word : weir_format_percent(change.fraction, percent));
	columns = columns ? columns : (int)text.size;
	weir_cell_put_text(c, x + 2, y, columns, text, style, WEIR_RIGHT);
	return 2 + columns;
}

char *weir_compared_words(const struct weir_comparison *c, int64_t day_us, char *out)
{
	char text[WEIR_FORMAT_BYTES];
	switch (c->kind) {
	case WEIR_COMPARISON_NONE:
		snprintf(out, WEIR_COMPARED_BYTES, "nothing");
		break;
	case WEIR_COMPARISON_AGO:
		text[weir_format_duration_us(c->offset_us, text)] = '\0';
		snprintf(out, WEIR_COMPARED_BYTES, "%s before", text);
		break;
	case WEIR_COMPARISON_AT:
		snprintf(out, WEIR_COMPARED_BYTES, "%s", weir_format_moment(c->at_us, day_us, 0, text));
		break;
	default:
		snprintf(out, WEIR_COMPARED_BYTES, "the window before");
	}
	return out;
}

bool weir_compares_by_name(const struct weir_picture *pic)
{
	return pic->info->view.compare.kind > WEIR_COMPARISON_NONE;
}

const struct weir_movers *weir_movers_of(const struct weir_picture *pic)
{
	static const struct weir_movers none;
	const struct weir_movers *movers = weir_result_extra(pic->result, "movers");
	return movers ? movers : &none;
}

struct weir_change weir_mover_change(const struct weir_result *r, const struct weir_mover *m)
{
	struct weir_str measure = r->measures[m->measure].name;
	struct weir_change change = make_change(measure, &m->now, &m->before, true);
	if (m->is_new || m->is_gone) {
		change.known = true;
		change.direction = m->is_new ? 1 : -1;
		change.word = m->is_new ? "new" : "gone";
		change.ink = WEIR_INK_TEXT;
	}
	return change;
}

void weir_mover_name(const struct weir_result *r, const struct weir_mover *m, struct weir_buf *out)
{
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_buf_add_c(out, g ? ", " : "");
		weir_format_name(&m->groups[g], 3, out);
	}
	if (r->measures[m->measure].is_rows || m->is_new || m->is_gone)
		return;
	weir_buf_add_char(out, ' ');
	weir_buf_add_str(out, weir_short_name(r->measures[m->measure].name));
}
