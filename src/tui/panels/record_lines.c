/* The lines of one record in full: items are added, and broken into lines for a width. */
#include "tui/panels/record.h"

#include <stdlib.h>

enum {
	TYPE_COLUMNS = 9,
	LEAST_LABEL = 8,
	LEAST_TEXT = 8,
	SHORT_LINES = 2, /* of a text beside its label; a longer one stands below it, as wide as the panel */
	MOST_LINES = 200000,
};

int weir_record_indent(const struct weir_record *d, const struct weir_record_item *item)
{
	int indent = 1 + 2 * item->depth, most = d->columns / 2;
	return indent < most ? indent : most > 1 ? most : 1;
}

void weir_record_free(struct weir_record *d)
{
	if (!d)
		return;
	weir_arena_release(&d->arena);
	free(d->items);
	free(d->lines);
	free(d);
}

struct weir_record_item *weir_record_add(struct weir_record *d, int depth, struct weir_str label, const char *type,
					 struct weir_str text)
{
	void *items = d->items;
	if (!weir_grow(&items, &d->items_capacity, d->n_items + 1, sizeof(*d->items))) {
		d->failed = true;
		return NULL;
	}
	d->items = items;
	d->items[d->n_items] =
	    (struct weir_record_item){.label = label, .depth = depth, .type = type, .text = text, .ink = WEIR_INK_TEXT};
	return &d->items[d->n_items++];
}

static void add_line(struct weir_record *d, size_t item, struct weir_str label, const char *type, struct weir_str text,
		     int x)
{
	void *lines = d->lines;
	if (d->n_lines >= MOST_LINES || !weir_grow(&lines, &d->lines_capacity, d->n_lines + 1, sizeof(*d->lines))) {
		d->failed = true;
		return;
	}
	d->lines = lines;
	d->lines[d->n_lines++] = (struct weir_record_line){label, text, type, x, (uint32_t)item};
}

/* Bytes of the next line of a text: up to a line feed, or as many as fit, between words where possible. */
static size_t line_bytes(struct weir_str s, int columns, bool words)
{
	const char *feed = memchr(s.data, '\n', s.size);
	struct weir_str line = {s.data, feed ? (size_t)(feed - s.data) : s.size};
	size_t fits = weir_text_fit(line, columns > 1 ? columns : 1);
	if (fits >= line.size || !words)
		return fits ? fits : line.size ? 1 : 0;
	for (size_t i = fits; i > fits / 2; i--)
		if (s.data[i] == ' ')
			return i;
	return fits ? fits : 1;
}

/* The next line off the text. Blanks at which it is broken belong to neither. */
static struct weir_str cut_line(struct weir_str *s, int columns, bool words)
{
	size_t n = line_bytes(*s, columns, words);
	struct weir_str line = {s->data, n};
	if (n < s->size && (s->data[n] == '\n' || (words && s->data[n] == ' ')))
		n++;
	*s = (struct weir_str){s->data + n, s->size - n};
	return line;
}

static int count_lines(struct weir_str s, int columns, bool words, int most)
{
	int n = 0;
	for (; s.size && n <= most; n++)
		(void)cut_line(&s, columns, words);
	return n;
}

static void break_item(struct weir_record *d, size_t at)
{
	struct weir_record_item *i = &d->items[at];
	int text_x = d->type_x + TYPE_COLUMNS + 2, room = d->columns - text_x - 1;
	int indent = weir_record_indent(d, i);
	bool words = !i->bytes;
	struct weir_str rest = i->text, label = i->label;
	i->first = (uint32_t)d->n_lines;
	if (i->heading && i->first && i->label.size && i->ink != WEIR_INK_DIM)
		add_line(d, at, (struct weir_str){0}, NULL, (struct weir_str){0}, 0);
	bool fits = indent + weir_text_columns(label) < d->type_x;
	bool below =
	    i->bytes || !label.size || count_lines(rest, room, words, SHORT_LINES) > SHORT_LINES || room < LEAST_TEXT;
	if (!fits || (below && label.size)) {
		while (!fits && label.size && weir_text_columns(label) > d->columns - indent - 1)
			add_line(d, at, cut_line(&label, d->columns - indent - 1, false), NULL, (struct weir_str){0},
				 0);
		add_line(d, at, label, i->type, (struct weir_str){0}, 0);
		label = (struct weir_str){0};
	}
	if (below) {
		text_x = label.size || !i->label.size ? 1 : indent + 2;
		room = d->columns - text_x - 1;
	}
	bool labelled = i->label.size && !label.size;
	for (bool first = true; rest.size || (first && !labelled); first = false)
		add_line(d, at, first ? label : (struct weir_str){0}, first && !labelled ? i->type : NULL,
			 rest.size ? cut_line(&rest, room, words) : rest, text_x);
	i->end = (uint32_t)d->n_lines;
}

void weir_record_break(struct weir_record *d)
{
	int most = d->columns * 2 / 5;
	d->label_width = LEAST_LABEL;
	for (size_t i = 0; i < d->n_items; i++) {
		int wide = weir_record_indent(d, &d->items[i]) - 1 + weir_text_columns(d->items[i].label);
		if (!d->items[i].heading && wide > d->label_width && wide <= most)
			d->label_width = wide;
	}
	d->type_x = 1 + d->label_width + 2;
	for (size_t i = 0; i < d->n_items; i++)
		break_item(d, i);
}
