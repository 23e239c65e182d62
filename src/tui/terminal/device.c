/* The terminal as a device: its modes (raw, restored from a copy), its size, and what it shows. */
#include "tui/terminal/terminal.h"

#include "weir/base/memory.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const char mouse_on[] = "\033[?1000h\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";
static const char ask_background[] = "\033]11;?\033\\";
static const char ask_ready[] = "\033[5n";
static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";

struct weir_terminal {
	int fd;
	struct termios before, raw;
	bool utf8, mouse, console;
	int columns, rows;
	struct weir_terminfo terminfo;
	struct weir_buf out;    /* of one picture */
	struct weir_grid front; /* what the terminal shows */
	bool known;             /* front is true */
	bool started;           /* the terminal is ours */
	size_t unasked;         /* bytes sent since it was last asked whether it is ready */
	bool owed;              /* an answer */
};

enum {
	ASK_BYTES = 256, /* too few to be worth a question */
	ANSWER_MS = 100, /* how long to wait for the last answer, which would otherwise reach the shell */
};

/* Without a locale, the terminal is taken to be UTF-8; one with another character set gets ASCII. The locale was
 * set before there were threads that read it. */
static bool find_utf8(void)
{
	const char *codeset = nl_langinfo(CODESET);
	return strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "ANSI_X3.4-1968") == 0;
}

/* Everything that gives the terminal back. */
static void add_restore(struct weir_terminal *t, struct weir_buf *out)
{
	weir_buf_add(out, mouse_off, sizeof(mouse_off) - 1);
	weir_buf_add(out, paste_off, sizeof(paste_off) - 1);
	weir_terminfo_restore(&t->terminfo, t->rows, out);
}

/* Made now because a signal handler cannot. */
void weir_terminal_undo(struct weir_terminal *t, struct weir_restore *restore)
{
	struct weir_buf text = {0};
	add_restore(t, &text);
	restore->undo_bytes = text.size < sizeof(restore->undo) ? text.size : 0;
	if (restore->undo_bytes)
		memcpy(restore->undo, text.data, text.size);
	weir_buf_release(&text);
	restore->fd = t->fd;
	restore->before = t->before;
}

/* Sends what was gathered. Returns how much. */
static size_t send_out(struct weir_terminal *t)
{
	size_t n = t->out.size;
	weir_terminal_write(t->fd, t->out.data, n);
	weir_buf_clear(&t->out);
	return n;
}

void weir_terminal_start(struct weir_terminal *t)
{
	t->started = true;
	t->known = false;
	tcsetattr(t->fd, TCSADRAIN, &t->raw);
	weir_restore_arm(true);
	weir_restore_quiet(true);
	weir_terminfo_start(&t->terminfo, &t->out);
	weir_buf_add(&t->out, paste_on, sizeof(paste_on) - 1);
	/* The consoles of Linux and the BSDs print sequences that they do not know; xterm and its relatives ignore them. */
	if (t->terminfo.colors >= WEIR_COLORS_256)
		weir_buf_add(&t->out, ask_background, sizeof(ask_background) - 1);
	if (t->mouse)
		weir_buf_add(&t->out, mouse_on, sizeof(mouse_on) - 1);
	send_out(t);
}

/* An answer that is still under way would be typed into the shell. */
static void await_answer(struct weir_terminal *t)
{
	struct pollfd wait = {.fd = t->fd, .events = POLLIN};
	char bytes[256];
	while (t->owed && poll(&wait, 1, ANSWER_MS) > 0 && wait.revents & POLLIN) {
		ssize_t n = read(t->fd, bytes, sizeof(bytes));
		if (n <= 0 || memchr(bytes, 'n', (size_t)n))
			break;
	}
	t->owed = false;
}

static void leave(struct weir_terminal *t)
{
	await_answer(t);
	t->started = false;
	weir_buf_clear(&t->out);
	add_restore(t, &t->out);
	send_out(t);
	weir_restore_arm(false);
	tcsetattr(t->fd, TCSADRAIN, &t->before);
	weir_restore_quiet(false);
}

enum weir_status weir_terminal_open(const struct weir_terminal_config *config, struct weir_terminal **out,
				    struct weir_error *err)
{
	struct weir_terminal *t = weir_calloc(1, sizeof(*t));
	*out = NULL;
	if (!t)
		return weir_fail(err, WEIR_NO_MEMORY, "terminal", "out of memory");
	t->fd = config->fd;
	t->mouse = config->mouse;
	t->console = config->term && strncmp(config->term, "linux", 5) == 0;
	t->utf8 = find_utf8();
	if (tcgetattr(t->fd, &t->before) != 0) {
		free(t);
		return weir_fail(err, WEIR_IO, "terminal", "not a terminal: %s", strerror(errno));
	}
	t->raw = t->before;
	cfmakeraw(&t->raw);
	enum weir_status status =
	    weir_terminfo_open(&t->terminfo, config->term, config->colorterm, config->fd, config->want_color, err);
	if (status != WEIR_OK) {
		weir_terminal_close(t);
		return status;
	}
	*out = t;
	return WEIR_OK;
}

void weir_terminal_close(struct weir_terminal *t)
{
	if (!t)
		return;
	if (t->started)
		leave(t);
	weir_terminfo_close(&t->terminfo);
	weir_buf_release(&t->out);
	weir_grid_release(&t->front);
	free(t);
}

bool weir_terminal_utf8(const struct weir_terminal *t)
{
	return t->utf8;
}
bool weir_terminal_console(const struct weir_terminal *t)
{
	return t->console;
}
bool weir_terminal_colorless(const struct weir_terminal *t)
{
	return t->terminfo.colors == WEIR_COLORS_MONO;
}
bool weir_terminal_knows(const struct weir_terminal *t)
{
	return t->known;
}

void weir_terminal_forget(struct weir_terminal *t)
{
	t->known = false;
}
void weir_terminal_send(struct weir_terminal *t, const char *bytes, size_t n)
{
	weir_terminal_write(t->fd, bytes, n);
}

void weir_terminal_set_mouse(struct weir_terminal *t, bool on)
{
	t->mouse = on;
	weir_terminal_write(t->fd, on ? mouse_on : mouse_off, on ? sizeof(mouse_on) - 1 : sizeof(mouse_off) - 1);
}

void weir_terminal_set_color(struct weir_terminal *t, bool on)
{
	weir_terminfo_set_color(&t->terminfo, on);
	t->known = false;
}

void weir_terminal_size(struct weir_terminal *t, int *columns, int *rows)
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

void weir_terminal_heard(struct weir_terminal *t)
{
	t->owed = false;
}

static bool ask(struct weir_terminal *t, bool may)
{
	t->unasked += t->out.size;
	if (!may || !t->terminfo.ansi_cup || t->unasked < ASK_BYTES)
		return false;
	weir_buf_add(&t->out, ask_ready, sizeof(ask_ready) - 1);
	t->unasked = 0;
	t->owed = true;
	return true;
}

size_t weir_terminal_draw(struct weir_terminal *t, const struct weir_grid *grid, const struct weir_theme *theme,
			  bool *ask_it)
{
	bool fits = grid->columns == t->front.columns && grid->rows == t->front.rows, all = !t->known || !fits;
	if (!fits && !weir_grid_resize(&t->front, grid->columns, grid->rows))
		return 0;
	weir_buf_clear(&t->out);
	if (all) {
		weir_terminfo_clear(&t->terminfo, weir_theme_look(theme, t->terminfo.colors, weir_style(WEIR_INK_TEXT)),
				    &t->out);
		weir_grid_clear(&t->front);
	}
	t->known = weir_painter_paint(&t->terminfo.painter, &t->front, grid, theme, all, &t->out);
	*ask_it = ask(t, *ask_it);
	return send_out(t);
}

void weir_terminal_suspend(struct weir_terminal *t)
{
	struct sigaction stop = {.sa_handler = SIG_DFL}, before;
	leave(t);
	sigaction(SIGTSTP, &stop, &before);
	kill(0, SIGTSTP);
	/* The process continues here. */
	sigaction(SIGTSTP, &before, NULL);
	tcgetattr(t->fd, &t->before);
	weir_terminal_start(t);
	t->known = false;
}
