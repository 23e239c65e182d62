/* Writing a page, line by line. */
#include "tui/picture/page.h"

/* Where the next line stands; false: nowhere that is seen. */
static bool next_place(struct weir_page_writer *p, int *x, int *y)
{
	int at = p->line++ - p->scroll;
	if (at < 0 || p->rows <= 0)
		return false;
	*x = at / p->rows * p->width;
	*y = at % p->rows;
	return *x + p->width - 2 <= p->c.columns;
}

/* Signs of the screen's own have a form for terminals that lack them. Only labels that are written out in this program
 * may go that way. */
static void put_label(const struct weir_page_writer *p, int x, int y, struct weir_str label, bool own)
{
	struct weir_style style = weir_style_on(WEIR_INK_KEY, WEIR_PAPER_PROMPT);
	if (!own)
		weir_cell_put_text(p->c, x, y, p->width - 2, label, style, WEIR_LEFT);
	for (size_t at = 0; own && at < label.size && x < p->c.columns;) {
		uint32_t cp = (unsigned char)label.data[at];
		size_t n = cp < 0x80 ? 1 : weir_utf8_decode(label.data + at, label.size - at, &cp);
		weir_cell_put_glyph(p->c, x++, y, cp, style);
		at += n ? n : 1;
	}
}

/* Bytes of the text that fit on one line, broken between words where possible. */
static size_t first_line(struct weir_str text, int columns)
{
	const char *end = text.size ? memchr(text.data, '\n', text.size) : NULL;
	size_t fits = weir_text_fit(text, columns > 4 ? columns : 4);
	if (end && (size_t)(end - text.data) <= fits)
		return (size_t)(end - text.data);
	if (fits >= text.size)
		return text.size;
	for (size_t i = fits; i > 0; i--)
		if (text.data[i] == ' ')
			return i;
	return fits ? fits : text.size;
}

/* The next line of a text that runs over several. */
static struct weir_str cut_line(struct weir_str *text, int columns)
{
	size_t n = first_line(*text, columns);
	struct weir_str line = {text->data, n};
	n += n < text->size && (text->data[n] == ' ' || text->data[n] == '\n');
	*text = (struct weir_str){text->data + n, text->size - n};
	return line;
}

void weir_page_title(struct weir_page_writer *p, const char *title)
{
	struct weir_style style = weir_style_on(WEIR_INK_BRIGHT, WEIR_PAPER_PROMPT);
	struct weir_str rest = weir_str_of(title);
	int x, y;
	style.attributes = WEIR_BOLD;
	/* No blank line at the top of a column, and no title at its foot. */
	int at = p->rows > 0 && !p->scroll ? p->line % p->rows : 1;
	if (p->rows > 3 && !p->scroll && at >= p->rows - 2)
		p->line += p->rows - at;
	else if (p->line && at)
		p->line++;
	while (rest.size) {
		struct weir_str line = cut_line(&rest, p->width - 2);
		if (next_place(p, &x, &y))
			weir_cell_put_text(p->c, x, y, p->width - 2, line, style, WEIR_LEFT);
	}
}

static void put_text(struct weir_page_writer *p, struct weir_str label, struct weir_str text, bool own)
{
	int x, y, left = label.size ? p->label : 0;
	/* A label that is too long stands on lines of its own. */
	bool apart = weir_text_columns(label) > p->label - 1;
	do {
		struct weir_str sign = label.size ? cut_line(&label, apart ? p->width - 2 : p->label - 1) : label;
		struct weir_str line = apart ? (struct weir_str){0} : cut_line(&text, p->width - left - 2);
		if (next_place(p, &x, &y)) {
			put_label(p, x, y, sign, own);
			weir_cell_put_text(p->c, x + left, y, p->width - left - 2, line,
					   weir_style_on(WEIR_INK_TEXT, WEIR_PAPER_PROMPT), WEIR_LEFT);
		}
		apart = apart && label.size;
	} while (text.size || label.size);
}

void weir_page_text(struct weir_page_writer *p, struct weir_str label, struct weir_str text)
{
	put_text(p, label, text, false);
}

void weir_page_sentence(struct weir_page_writer *p, const char *label, const char *text)
{
	struct weir_buf sentence = {0};
	char first = text[0] >= 'a' && text[0] <= 'z' ? (char)(text[0] - 'a' + 'A') : text[0];
	weir_buf_add_char(&sentence, first);
	weir_buf_add_c(&sentence, text + (text[0] != '\0'));
	weir_buf_add_char(&sentence, '.');
	put_text(p, weir_str_of(label), sentence.failed ? weir_str_of(text) : weir_buf_str(&sentence), true);
	weir_buf_release(&sentence);
}
