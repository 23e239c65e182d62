/* The only file that knows ncurses, and of it only the descriptions of terminals (terminfo): paint.c decides what is
 * sent and when, this file how a terminal of that type wants to have it. */
#include "tui/terminal/terminal.h"

#define NCURSES_NOMACROS
#include <curses.h>
#include <stdio.h>
#include <string.h>
#include <term.h>

/* term.h takes these names */
#undef columns
#undef lines

static const char *capability(const char *name)
{
	const char *s = tigetstr(name);
	return s && s != (const char *)-1 ? s : "";
}

static enum weir_colors find_colors(void)
{
	int colors = tigetnum("colors");
	if (colors < 8 || !*capability("setaf") || !*capability("setab"))
		return WEIR_COLORS_MONO;
	return colors > 0xffff ? WEIR_COLORS_TRUE
	       : colors >= 256 ? WEIR_COLORS_256
	       : colors >= 16  ? WEIR_COLORS_16
			       : WEIR_COLORS_8;
}

/* Many terminals can do more than their type says, and say so in COLORTERM. GNU screen hands the variable on to
 * programs inside it, but cannot do it. */
static bool knows_rgb(const char *term, const char *colorterm)
{
	return colorterm && (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0) &&
	       strncmp(term, "screen", 6) != 0;
}

static enum weir_status refuse(const char *term, struct weir_error *err)
{
	weir_fail(err, WEIR_IO, "terminal", "a screen cannot be drawn on a terminal of type \"%s\"",
		  term && *term ? term : "unknown");
	weir_error_hint(err, "set TERM (xterm-256color, tmux-256color, linux), or use --batch");
	return WEIR_IO;
}

/* A capability without its padding, which only hardware terminals need. */
static void add_capability(struct weir_buf *out, const char *s)
{
	while (s && *s) {
		const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
		if (!end)
			weir_buf_add_char(out, *s);
		s = end ? end + 1 : s + 1;
	}
}

static const char *with(const char *string, long a, long b)
{
	return tparm((char *)(uintptr_t)string, a, b, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
}

static void move_cursor(void *ctx, int from_x, int from_y, int x, int y, struct weir_buf *out)
{
	const struct weir_terminfo *c = ctx;
	int left = from_x - x;
	if (from_y != WEIR_CURSOR_UNKNOWN && c->steps && y == from_y + 1 && left >= 0 &&
	    left < 6) { /* the next row of a table */
		while (left-- > 0)
			weir_buf_add_char(out, '\b');
		weir_buf_add_char(out, '\n');
	} else if (from_y == y && c->ansi_hpa) {
		weir_buf_addf(out, "\033[%dG", x + 1);
	} else if (from_y == y && *c->hpa) {
		add_capability(out, with(c->hpa, x, 0));
	} else if (c->ansi_cup) {
		weir_buf_addf(out, "\033[%d;%dH", y + 1, x + 1);
	} else {
		add_capability(out, with(c->cup, y, x));
	}
}

static void shift_rows(void *ctx, int rows, bool in, struct weir_buf *out)
{
	(void)ctx;
	add_capability(out, with(capability(in ? "il" : "dl"), rows, 0));
}

static const struct attribute {
	uint8_t ours;
	int theirs; /* its bit in no_color_video */
	const char *name, *ecma;
} attributes[] = {{WEIR_BOLD, 32, "bold", ";1"},
		  {WEIR_FAINT_ATTRIBUTE, 16, "dim", ";2"},
		  {WEIR_UNDERLINE, 2, "smul", ";4"},
		  {WEIR_REVERSE, 4, "rev", ";7"}};
enum { ATTRIBUTES = sizeof(attributes) / sizeof(attributes[0]) };

/* "38;5;67" of "ESC [ 38;5;67 m". */
static void add_parameters(struct weir_buf *out, const char *sequence)
{
	size_t n = strlen(sequence);
	if (n < 4)
		return;
	weir_buf_add_char(out, ';');
	weir_buf_add(out, sequence + 2, n - 3);
}

/* What chooses a colour. True colour is written as xterm and most others take it, with semicolons; an index of the
 * palette as ECMA-48 has it where the capability would take it for a true colour. */
static const char *color_string(const struct weir_terminfo *c, enum weir_colors depth, int32_t v, bool paper,
				char out[40])
{
	if (depth == WEIR_COLORS_TRUE && c->rgb)
		snprintf(out, 40, "\033[%d;2;%d;%d;%dm", paper ? 48 : 38, v >> 16 & 255, v >> 8 & 255, v & 255);
	else if (depth == WEIR_COLORS_TRUE || c->colors != WEIR_COLORS_TRUE || c->rgb)
		return with(paper ? c->setab : c->setaf, v, 0);
	else if (v < 16)
		snprintf(out, 40, "\033[%dm", (v < 8 ? 30 : 82) + (paper ? 10 : 0) + v);
	else
		snprintf(out, 40, "\033[%d;5;%dm", paper ? 48 : 38, v);
	return out;
}

static void add_ecma_look(const struct weir_terminfo *c, struct weir_look look, struct weir_buf *out)
{
	struct weir_buf all = {0};
	char color[40];
	bool fresh = !c->look_known || look.attributes != c->look.attributes || (look.ink < 0 && c->look.ink >= 0) ||
		     (look.paper < 0 && c->look.paper >= 0);
	for (int i = 0; i < ATTRIBUTES && fresh; i++)
		if (look.attributes & attributes[i].ours && *capability(attributes[i].name))
			weir_buf_add_c(&all, attributes[i].ecma);
	if (look.ink >= 0 && (fresh || look.ink != c->look.ink))
		add_parameters(&all, color_string(c, look.depth, look.ink, false, color));
	if (look.paper >= 0 && (fresh || look.paper != c->look.paper))
		add_parameters(&all, color_string(c, look.depth, look.paper, true, color));
	weir_buf_add_c(out, fresh ? "\033[0" : "\033[");
	if (all.size)
		weir_buf_add(out, all.data + (fresh ? 0 : 1), all.size - (fresh ? 0 : 1));
	weir_buf_add_char(out, 'm');
	weir_buf_release(&all);
}

static void change_look(void *ctx, struct weir_look look, struct weir_buf *out)
{
	struct weir_terminfo *c = ctx;
	char color[40];
	for (int i = 0; i < ATTRIBUTES && (look.ink >= 0 || look.paper >= 0); i++)
		if (c->no_color_with & attributes[i].theirs)
			look.attributes &= (uint8_t)~attributes[i].ours;
	if (c->look_known && look.ink == c->look.ink && look.paper == c->look.paper &&
	    look.attributes == c->look.attributes)
		return;
	if (c->ecma) {
		add_ecma_look(c, look, out);
	} else {
		add_capability(out, capability("sgr0"));
		if (c->most != WEIR_COLORS_MONO)
			add_capability(out, capability("op"));
		for (int i = 0; i < ATTRIBUTES; i++)
			if (look.attributes & attributes[i].ours)
				add_capability(out, capability(attributes[i].name));
		if (look.ink >= 0)
			add_capability(out, color_string(c, look.depth, look.ink, false, color));
		if (look.paper >= 0)
			add_capability(out, color_string(c, look.depth, look.paper, true, color));
	}
	c->look = look;
	c->look_known = true;
}

enum weir_status weir_terminfo_open(struct weir_terminfo *c, const char *term, const char *colorterm, int fd,
				    bool want_color, struct weir_error *err)
{
	int found = 0;
	*c = (struct weir_terminfo){0};
	/* setupterm answers where newterm would print and exit. */
	if (!term || setupterm((char *)(uintptr_t)term, fd, &found) != OK)
		return refuse(term, err);
	c->open = true;
	if (!*capability("cup") || !*capability("clear"))
		return refuse(term, err);
	c->cup = capability("cup");
	c->hpa = capability("hpa");
	c->setaf = capability("setaf");
	c->setab = capability("setab");
	c->ansi_cup = strcmp(c->cup, "\033[%i%p1%d;%p2%dH") == 0;
	c->ansi_hpa = strcmp(c->hpa, "\033[%i%p1%dG") == 0;
	c->most = find_colors();
	c->rgb = c->most == WEIR_COLORS_256 && knows_rgb(term, colorterm);
	if (c->rgb)
		c->most = WEIR_COLORS_TRUE;
	const char *color = with(c->setaf, 1, 0), *plain = strstr(capability("sgr0"), "\033[");
	c->ecma = plain && (strcmp(plain, "\033[m") == 0 || strcmp(plain, "\033[0m") == 0) &&
		  (c->most == WEIR_COLORS_MONO || (color && strncmp(color, "\033[", 2) == 0));
	c->steps = strcmp(capability("cub1"), "\b") == 0 && strcmp(capability("cud1"), "\n") == 0;
	c->no_color_with = tigetnum("ncv") > 0 ? tigetnum("ncv") : 0;
	c->painter = (struct weir_painter){.ctx = c,
					   .move = move_cursor,
					   .look = change_look,
					   .shift = *capability("il") && *capability("dl") ? shift_rows : NULL,
					   .skip_corner = tigetflag("am") > 0 && tigetflag("xenl") <= 0,
					   .y = WEIR_CURSOR_UNKNOWN};
	weir_terminfo_set_color(c, want_color);
	return WEIR_OK;
}

void weir_terminfo_set_color(struct weir_terminfo *c, bool on)
{
	c->colors = c->painter.colors = on ? c->most : WEIR_COLORS_MONO;
}

void weir_terminfo_close(struct weir_terminfo *c)
{
	if (c->open)
		del_curterm(cur_term);
	c->open = false;
}

void weir_terminfo_start(struct weir_terminfo *c, struct weir_buf *out)
{
	(void)c;
	add_capability(out, capability("smcup"));
	add_capability(out, capability("sgr0"));
	add_capability(out, capability("civis"));
}

void weir_terminfo_clear(struct weir_terminfo *c, struct weir_look look, struct weir_buf *out)
{
	c->look_known = false;
	change_look(c, look, out);
	add_capability(out, capability("clear"));
	c->painter.y = WEIR_CURSOR_UNKNOWN;
}

void weir_terminfo_restore(struct weir_terminfo *c, int rows, struct weir_buf *out)
{
	if (!*capability("rmcup") && rows > 0) /* the picture stays, and the shell goes on below it */
		add_capability(out, with(c->cup, rows - 1, 0));
	add_capability(out, capability("sgr0"));
	add_capability(out, capability("op"));
	add_capability(out, capability("cnorm"));
	add_capability(out, capability("rmcup"));
}
