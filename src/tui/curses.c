/* The only file that knows ncurses. ncurses writes into memory: so the bytes of a picture are counted, sent with one
 * loop, and nothing else ever reaches the terminal. Terminal modes are ours (raw, restored from a copy), not ncurses'.
 */
#include "tui/term.h"

#include "tui/guard.h"
#include "tui/wire.h"
#include "weir/base/memory.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#undef columns /* term.h takes the name */

static const char mouse_on[] = "\033[?1000h\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";
static const char ask_background[] = "\033]11;?\033\\";
static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";

struct weir_term {
	int fd;
	FILE *out, *in; /* what ncurses believes to be the terminal */
	SCREEN *screen;
	struct termios before, raw;
	enum weir_colors colors;
	bool utf8, mouse;
	bool answers;			/* questions may be asked of it */
	struct weir_grid front;		/* what the terminal shows */
	const struct weir_theme *theme; /* that front was drawn with */
	bool known;			/* front is true */
	bool started;			/* the terminal is ours */
};

/* A terminal without a set locale is a UTF-8 one nowadays; one with another character set gets ASCII. */
static bool find_utf8(void)
{
	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
		return true;
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
		return true;
	return strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0 && setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}

static enum weir_colors find_colors(bool want)
{
	if (!want || start_color() != OK || COLORS < 8)
		return WEIR_COLORS_MONO;
	use_default_colors();
	return COLORS > 0xffff ? WEIR_COLORS_TRUE
	       : COLORS >= 256 ? WEIR_COLORS_256
	       : COLORS >= 16  ? WEIR_COLORS_16
			       : WEIR_COLORS_8;
}

static enum weir_status refuse(const char *term, struct weir_error *err)
{
	weir_fail(err, WEIR_IO, "terminal", "a screen cannot be drawn on a terminal of type \"%s\"",
		  term && *term ? term : "unknown");
	weir_error_hint(err, "set TERM (xterm-256color, tmux-256color, linux), or use --batch");
	return WEIR_IO;
}

static const char *capability(const char *name)
{
	const char *s = tigetstr(name);
	return s && s != (const char *)-1 ? s : "";
}

/* All that gives the terminal back, made now because a signal handler cannot. */
void weir_term_guard(const struct weir_term *t, struct weir_guard *g)
{
	int n = snprintf(g->restore, sizeof(g->restore), "%s%s%s%s%s%s", mouse_off, paste_off, capability("sgr0"),
			 capability("op"), capability("cnorm"), capability("rmcup"));
	g->restore_bytes = n > 0 && (size_t)n < sizeof(g->restore) ? (size_t)n : 0;
	g->fd = t->fd;
	g->before = t->before;
}

void weir_term_start(struct weir_term *t)
{
	t->started = true;
	tcsetattr(t->fd, TCSADRAIN, &t->raw);
	weir_guard_arm(true);
	weir_guard_quiet(true);
	weir_wire_send(t->fd, paste_on, sizeof(paste_on) - 1);
	if (t->answers)
		weir_wire_send(t->fd, ask_background, sizeof(ask_background) - 1);
	if (t->mouse)
		weir_wire_send(t->fd, mouse_on, sizeof(mouse_on) - 1);
}

static void leave(struct weir_term *t)
{
	t->started = false;
	weir_wire_send(t->fd, mouse_off, sizeof(mouse_off) - 1);
	weir_wire_send(t->fd, paste_off, sizeof(paste_off) - 1);
	endwin();
	weir_wire_pass_on(fileno(t->out), t->fd);
	weir_guard_arm(false);
	tcsetattr(t->fd, TCSADRAIN, &t->before);
	weir_guard_quiet(false);
}

static enum weir_status open_screen(struct weir_term *t, const struct weir_term_config *config, struct weir_error *err)
{
	int memory = memfd_create("weir-screen", MFD_CLOEXEC), keys = memory < 0 ? -1 : dup(config->fd);
	t->out = memory < 0 ? NULL : fdopen(memory, "w");
	t->in = keys < 0 ? NULL : fdopen(keys, "r");
	if (!t->out || !t->in)
		return weir_fail(err, WEIR_IO, "terminal", "could not be opened: %s", strerror(errno));
	int found = 0;
	/* setupterm answers where newterm would print and exit. */
	if (!config->term || setupterm((char *)(uintptr_t)config->term, config->fd, &found) != OK ||
	    !*capability("cup"))
		return refuse(config->term, err);
	del_curterm(cur_term);
	t->screen = newterm(config->term, t->out, t->in);
	if (!t->screen)
		return refuse(config->term, err);
	set_term(t->screen);
	/* No colour is redefined here: ncurses must not reset a palette of the user's own when it leaves. The text is
	 * in memory that belongs to this terminal, and an empty one is not sent. */
	char *reset_palette = tigetstr("oc");
	if (reset_palette && reset_palette != (char *)-1)
		reset_palette[0] = '\0';
	curs_set(0);
	leaveok(stdscr, TRUE);
	idlok(stdscr, TRUE); /* records move down by whole lines: cheaper than to draw them all again */
	t->colors = find_colors(config->want_color);
	/* The consoles of Linux and the BSDs print what they do not understand; the kin of xterm swallow it. */
	t->answers = t->colors >= WEIR_COLORS_256;
	return WEIR_OK;
}

enum weir_status weir_term_open(const struct weir_term_config *config, struct weir_term **out, struct weir_error *err)
{
	struct weir_term *t = weir_calloc(1, sizeof(*t));
	*out = NULL;
	if (!t)
		return weir_fail(err, WEIR_NO_MEMORY, "terminal", "out of memory");
	t->fd = config->fd;
	t->mouse = config->mouse;
	t->utf8 = find_utf8();
	if (tcgetattr(t->fd, &t->before) != 0) {
		free(t);
		return weir_fail(err, WEIR_IO, "terminal", "this is no terminal: %s", strerror(errno));
	}
	t->raw = t->before;
	cfmakeraw(&t->raw);
	enum weir_status status = open_screen(t, config, err);
	if (status != WEIR_OK) {
		weir_term_close(t);
		return status;
	}
	*out = t;
	return WEIR_OK;
}

void weir_term_close(struct weir_term *t)
{
	if (!t)
		return;
	if (t->started)
		leave(t);
	if (t->screen)
		delscreen(t->screen);
	if (t->out)
		fclose(t->out);
	if (t->in)
		fclose(t->in);
	weir_grid_release(&t->front);
	free(t);
}

enum weir_colors weir_term_colors(const struct weir_term *t)
{
	return t->colors;
}
bool weir_term_utf8(const struct weir_term *t)
{
	return t->utf8;
}
bool weir_term_knows(const struct weir_term *t)
{
	return t->known;
}

void weir_term_forget(struct weir_term *t)
{
	t->known = false;
}
void weir_term_send(struct weir_term *t, const char *bytes, size_t n)
{
	weir_wire_send(t->fd, bytes, n);
}

void weir_term_set_mouse(struct weir_term *t, bool on)
{
	t->mouse = on;
	weir_wire_send(t->fd, on ? mouse_on : mouse_off, on ? sizeof(mouse_on) - 1 : sizeof(mouse_off) - 1);
}

void weir_term_size(struct weir_term *t, int *columns, int *rows)
{
	struct winsize size = {0};
	*columns = 80;
	*rows = 24;
	if (ioctl(t->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
		*columns = size.ws_col > 1000 ? 1000 : size.ws_col;
		*rows = size.ws_row > 1000 ? 1000 : size.ws_row;
	}
	if (*columns != COLS || *rows != LINES) {
		resize_term(*rows, *columns);
		t->known = false;
	}
}

static attr_t attributes_of(uint8_t a)
{
	return (a & WEIR_BOLD ? A_BOLD : 0) | (a & WEIR_UNDERLINE ? A_UNDERLINE : 0) |
	       (a & WEIR_REVERSE ? A_REVERSE : 0) | (a & WEIR_FAINT_ATTRIBUTE ? A_DIM : 0);
}

/* ncurses measures with the C library's tables. Where these see another width than ours, a sign of known width stands
 * in. */
static void put_cell(struct weir_term *t, int x, int y, const struct weir_cell *cell, struct weir_look look)
{
	wchar_t text[2 + WEIR_CELL_MARKS] = {(wchar_t)cell->glyph};
	int n = 1, pair = t->colors == WEIR_COLORS_MONO ? 0 : alloc_pair(look.ink, look.paper);
	bool agreed = wcwidth((wchar_t)cell->glyph) == weir_codepoint_width(cell->glyph);
	int width = weir_codepoint_width(cell->glyph);
	cchar_t out;
	if (!agreed)
		text[0] = 0xfffd;
	for (int i = 0; i < WEIR_CELL_MARKS && agreed && cell->marks[i]; i++)
		if (wcwidth((wchar_t)cell->marks[i]) == 0)
			text[n++] = (wchar_t)cell->marks[i];
	if (pair < 0)
		pair = 0;
	if (setcchar(&out, text, attributes_of(look.attributes), 0, &pair) == OK)
		mvadd_wch(y, x, &out);
	if (!agreed && width == 2 && setcchar(&out, L" ", attributes_of(look.attributes), 0, &pair) == OK)
		mvadd_wch(y, x + 1, &out);
}

/* The ink of a blank cannot be seen. */
static bool same_cell(const struct weir_cell *a, const struct weir_cell *b)
{
	bool blank = a->glyph == ' ' && !a->style.attributes;
	return a->glyph == b->glyph && a->marks[0] == b->marks[0] && a->marks[1] == b->marks[1] &&
	       (blank || a->style.ink == b->style.ink) && a->style.paper == b->style.paper &&
	       a->style.attributes == b->style.attributes;
}

size_t weir_term_draw(struct weir_term *t, const struct weir_grid *grid, const struct weir_theme *theme)
{
	bool all = !t->known || theme != t->theme || grid->columns != t->front.columns || grid->rows != t->front.rows;
	if (all && !weir_grid_resize(&t->front, grid->columns, grid->rows))
		return 0;
	if (!t->known)
		clear(); /* clears the terminal at the next refresh */
	struct weir_look last = weir_theme_look(theme, t->colors, weir_style(WEIR_INK_TEXT));
	for (int y = 0; y < grid->rows; y++)
		for (int x = 0; x < grid->columns; x++) {
			size_t i = (size_t)y * (size_t)grid->columns + (size_t)x;
			const struct weir_cell *cell = &grid->cells[i];
			if (!all && same_cell(cell, &t->front.cells[i]))
				continue;
			t->front.cells[i] = *cell;
			if (cell->glyph == WEIR_CELL_TAIL)
				continue;
			struct weir_look look = weir_theme_look(theme, t->colors, cell->style);
			/* A blank keeps the ink that is in use: no sequence for what cannot be seen. */
			if (cell->glyph == ' ' && !look.attributes && !last.attributes && last.paper == look.paper)
				look.ink = last.ink;
			last = look;
			put_cell(t, x, y, cell, look);
		}
	t->known = true;
	t->theme = theme;
	refresh();
	return weir_wire_pass_on(fileno(t->out), t->fd);
}

void weir_term_suspend(struct weir_term *t)
{
	struct sigaction stop = {.sa_handler = SIG_DFL}, before;
	leave(t);
	sigaction(SIGTSTP, &stop, &before);
	kill(0, SIGTSTP);
	/* Here the process goes on. */
	sigaction(SIGTSTP, &before, NULL);
	tcgetattr(t->fd, &t->before);
	weir_term_start(t);
	t->known = false;
}
