/* The terminal as a device: its modes (raw, restored from a copy), its size, and what it shows. */
#include "tui/term.h"

#include "tui/curses.h"
#include "tui/guard.h"
#include "tui/wire.h"
#include "weir/base/memory.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const char mouse_on[] = "\033[?1000h\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";
static const char ask_background[] = "\033]11;?\033\\";
static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";

struct weir_term {
	int fd;
	struct termios before, raw;
	bool utf8, mouse;
	int columns, rows;
	struct weir_curses curses;
	struct weir_buf out;		/* of one picture */
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

/* Everything that gives the terminal back. */
static void add_restore(struct weir_term *t, struct weir_buf *out)
{
	weir_buf_add(out, mouse_off, sizeof(mouse_off) - 1);
	weir_buf_add(out, paste_off, sizeof(paste_off) - 1);
	weir_curses_restore(&t->curses, t->rows, out);
}

/* Made now because a signal handler cannot. */
void weir_term_guard(struct weir_term *t, struct weir_guard *g)
{
	struct weir_buf text = {0};
	add_restore(t, &text);
	g->restore_bytes = text.size < sizeof(g->restore) ? text.size : 0;
	if (g->restore_bytes)
		memcpy(g->restore, text.data, text.size);
	weir_buf_release(&text);
	g->fd = t->fd;
	g->before = t->before;
}

/* Sends what was gathered. Returns how much. */
static size_t send_out(struct weir_term *t)
{
	size_t n = t->out.size;
	weir_wire_send(t->fd, t->out.data, n);
	weir_buf_clear(&t->out);
	return n;
}

void weir_term_start(struct weir_term *t)
{
	t->started = true;
	t->known = false;
	tcsetattr(t->fd, TCSADRAIN, &t->raw);
	weir_guard_arm(true);
	weir_guard_quiet(true);
	weir_curses_start(&t->curses, &t->out);
	weir_buf_add(&t->out, paste_on, sizeof(paste_on) - 1);
	/* The consoles of Linux and the BSDs print what they do not understand; the kin of xterm swallow it. */
	if (t->curses.colors >= WEIR_COLORS_256)
		weir_buf_add(&t->out, ask_background, sizeof(ask_background) - 1);
	if (t->mouse)
		weir_buf_add(&t->out, mouse_on, sizeof(mouse_on) - 1);
	send_out(t);
}

static void leave(struct weir_term *t)
{
	t->started = false;
	weir_buf_clear(&t->out);
	add_restore(t, &t->out);
	send_out(t);
	weir_guard_arm(false);
	tcsetattr(t->fd, TCSADRAIN, &t->before);
	weir_guard_quiet(false);
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
	enum weir_status status = weir_curses_open(&t->curses, config->term, config->fd, config->want_color, err);
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
	weir_curses_close(&t->curses);
	weir_buf_release(&t->out);
	weir_grid_release(&t->front);
	free(t);
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
	if (*columns != t->columns || *rows != t->rows)
		t->known = false;
	t->columns = *columns;
	t->rows = *rows;
}

size_t weir_term_draw(struct weir_term *t, const struct weir_grid *grid, const struct weir_theme *theme)
{
	bool fits = grid->columns == t->front.columns && grid->rows == t->front.rows,
	     all = !t->known || theme != t->theme || !fits;
	if (!fits && !weir_grid_resize(&t->front, grid->columns, grid->rows))
		return 0;
	weir_buf_clear(&t->out);
	if (all) {
		weir_curses_clear(&t->curses, weir_theme_look(theme, t->curses.colors, weir_style(WEIR_INK_TEXT)),
				  &t->out);
		weir_grid_clear(&t->front);
	}
	t->known = weir_brush_paint(&t->curses.brush, &t->front, grid, theme, all, &t->out);
	t->theme = theme;
	return send_out(t);
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
