/* The loop of the screen: poll, update, draw, each picture when it is due (terminal/pace.c). */
#include "tui/screen/screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	ESCAPE_US = 40000, /* a lone escape is a key after this: longer than the gap between packets */
};

struct loop {
	struct weir_screen *s;
	int signal_fd;
	struct weir_input input;
	struct weir_pace pace;
	int64_t key_us; /* when the oldest byte that waits came in */
	bool keys, data, urgent, signals;
};

static int64_t now_us(const struct loop *l)
{
	return weir_clock_mono_us(l->s->config->clock);
}

static enum weir_pace_why why(const struct loop *l)
{
	return l->urgent ? WEIR_PACE_ANSWER : l->keys ? WEIR_PACE_KEYS : l->data ? WEIR_PACE_DATA : WEIR_PACE_TICK;
}

/* When the next picture is due. */
static int64_t due_us(const struct loop *l)
{
	return weir_pace_due_us(&l->pace, why(l));
}

static void tell_due(const struct loop *l)
{
	weir_session_set_due(l->s->session, l->pace.shown ? weir_pace_due_us(&l->pace, WEIR_PACE_DATA) : 0);
}

static bool loop_poll(struct loop *l)
{
	struct weir_wake *wake = weir_session_wake(l->s->session);
	struct pollfd fds[3] = {{l->s->config->tty_fd, POLLIN, 0}, {wake->fd, POLLIN, 0}, {l->signal_fd, POLLIN, 0}};
	int64_t now = now_us(l), until = due_us(l);
	if (weir_input_pending(&l->input) && l->key_us + ESCAPE_US < until)
		until = l->key_us + ESCAPE_US;
	if (l->s->waiting_us && !l->s->picture.computing && l->s->waiting_us + WEIR_SAY_COMPUTING_US < until)
		until = l->s->waiting_us + WEIR_SAY_COMPUTING_US;
	if (weir_screen_silent_us(l->s) < until)
		until = weir_screen_silent_us(l->s);
	int64_t preview_us = weir_preview_due_us(l->s);
	if (preview_us && preview_us < until)
		until = preview_us;
	if (l->s->begins_until_us > now &&
	    until < l->s->begins_until_us) /* nothing is drawn before, unless a result comes */
		until = l->s->begins_until_us;
	int timeout_ms = until <= now ? 0 : (int)((until - now + 999) / 1000);
	/* A result that is not due yet must not wake the loop repeatedly. */
	fds[1].fd = l->data ? -1 : wake->fd;
	int n = poll(fds, 3, timeout_ms);
	if (n < 0)
		return errno == EINTR;
	if (fds[1].revents)
		l->data = weir_wake_wait(wake, 0) || l->data;
	l->signals = fds[2].revents != 0;
	if (fds[0].revents & POLLIN) {
		char bytes[512];
		ssize_t got = read(l->s->config->tty_fd, bytes, sizeof(bytes));
		if (got <= 0)
			return got < 0 && (errno == EINTR || errno == EAGAIN);
		l->key_us = now_us(l);
		weir_input_feed(&l->input, bytes, (size_t)got);
		return true;
	}
	/* The terminal is gone. */
	return !(fds[0].revents & (POLLHUP | POLLERR | POLLNVAL));
}

static void update_signals(struct loop *l)
{
	char bytes[64];
	ssize_t n = read(l->signal_fd, bytes, sizeof(bytes));
	l->signals = false;
	for (ssize_t i = 0; i < n; i++)
		switch (bytes[i]) {
		case SIGWINCH:
			l->keys = true;
			break;
		case SIGTSTP:
			l->s->suspend = true;
			break;
		case SIGCONT:
			weir_terminal_forget(l->s->terminal);
			l->keys = true;
			break;
		case SIGINT:
			l->s->quit = true;
			break;
		default:
			l->s->quit = true;
			l->s->exit_code = 128 + bytes[i];
			break;
		}
}

static void update_keys(struct loop *l)
{
	struct weir_event event;
	bool waited = now_us(l) >= l->key_us + ESCAPE_US;
	while (weir_input_next(&l->input, waited, &event)) {
		if (event.kind == WEIR_EVENT_READY) {
			weir_terminal_heard(l->s->terminal);
			weir_pace_heard(&l->pace, now_us(l));
			tell_due(l);
			continue;
		}
		weir_screen_event(l->s, &event);
		l->keys = true;
	}
}

static void update_result(struct loop *l)
{
	struct weir_result *next = weir_session_result(l->s->session);
	bool waited = l->s->info.rebuilding; /* a picture of another size is an answer too */
	if (next && (weir_screen_take(l->s, next) || waited))
		l->urgent = true;
	if (weir_screen_why_look(l->s))
		l->urgent = true;
	if (weir_screen_delivered(l->s))
		l->urgent = true;
}

static void loop_update(struct loop *l)
{
	struct weir_screen *s = l->s;
	if (l->signals)
		update_signals(l);
	update_keys(l);
	if (l->data)
		update_result(l);
	if (now_us(l) >= weir_screen_silent_us(s)) {
		s->state.message[0] = '\0';
		l->keys = true;
	}
	if (s->waiting_us && !s->picture.computing && now_us(l) >= s->waiting_us + WEIR_SAY_COMPUTING_US)
		l->keys = true;
	if (weir_preview_tick(s))
		l->keys = true;
	if (weir_screen_play_again(s))
		l->keys = true;
	if (s->suspend) {
		s->suspend = false;
		weir_terminal_suspend(s->terminal);
		l->keys = true;
	}
}

static void loop_draw(struct loop *l)
{
	struct weir_screen *s = l->s;
	int64_t now = now_us(l);
	if (now < due_us(l))
		return;
	if (s->begins_until_us > now) { /* the last picture stays */
		l->keys = l->data = l->urgent = false;
		return;
	}
	int columns, rows;
	weir_terminal_size(s->terminal, &columns, &rows);
	if (columns != s->grid.columns || rows != s->grid.rows) /* what is said is read anew */
		s->state.message_until_us = 0;
	if (!weir_grid_resize(&s->grid, columns, rows))
		return;
	weir_screen_see_list(s);
	weir_screen_picture(s);
	struct weir_pace_cost cost = {.whole = !weir_terminal_knows(s->terminal),
				      .asked = weir_pace_may_ask(&l->pace, now)};
	int64_t begun = now_us(l);
	cost.bytes = (int64_t)weir_terminal_draw(s->terminal, &s->grid, &s->theme, &cost.asked);
	cost.took_us = now_us(l) - begun;
	weir_pace_drew(&l->pace, why(l), now, &cost);
	weir_screen_said(s, now_us(l));
	l->pace.shown = l->pace.shown || (s->result && s->result->ledger.received > 0);
	l->keys = l->data = l->urgent = false;
	tell_due(l);
}

static enum weir_status open_terminal(struct weir_screen *s, int *signal_fd, struct weir_error *err)
{
	const struct weir_tui_config *c = s->config;
	struct weir_terminal_config config = {c->tty_fd, c->term, c->colorterm, weir_screen_wants_color(s),
					      !s->options->no_mouse};
	struct weir_restore restore = {0};
	enum weir_status status = weir_terminal_open(&config, &s->terminal, err);
	if (status != WEIR_OK)
		return status;
	weir_terminal_undo(s->terminal, &restore);
	status = weir_restore_install(&restore, signal_fd, err);
	if (status != WEIR_OK) {
		weir_terminal_close(s->terminal);
		s->terminal = NULL;
		return status;
	}
	weir_terminal_start(s->terminal);
	weir_screen_load_theme(s);
	weir_screen_looks(s);
	return WEIR_OK;
}

/* Nothing that was to be looked at could be read: who quits is told once more, and so is the script that started it. */
static int all_failed(const struct weir_screen *s, struct weir_error *err)
{
	const struct weir_stream_info *first = s->info.streams;
	for (uint32_t i = 0; i < s->info.n_streams; i++)
		if (s->info.streams[i].state != WEIR_STREAM_FAILED)
			return 0;
	if (!s->info.n_streams)
		return 0;
	weir_fail(err, WEIR_IO, first->address, "%s", first->detail);
	return weir_status_exit_code(err->code);
}

int weir_tui_run(struct weir_session *session, struct weir_options *options, const struct weir_tui_config *config,
		 struct weir_error *err)
{
	struct weir_screen *s = weir_calloc(1, sizeof(*s));
	struct loop l = {.s = s, .keys = true, .data = true};
	if (!s) {
		weir_fail(err, WEIR_NO_MEMORY, "screen", "out of memory");
		return 1;
	}
	weir_screen_init(s, session, options, config);
	weir_pace_init(&l.pace, config->over_ssh ? WEIR_PACE_SSH_BYTES_PER_S : 0);
	enum weir_status status = open_terminal(s, &l.signal_fd, err);
	int code = weir_status_exit_code(status);
	if (status == WEIR_OK) {
		update_result(&l);
		while (!s->quit) {
			loop_draw(&l);
			if (!loop_poll(&l)) {
				s->exit_code = 128 + SIGHUP;
				break;
			}
			loop_update(&l);
		}
		code = s->exit_code ? s->exit_code : all_failed(s, &s->fatal);
		weir_terminal_close(s->terminal);
		weir_restore_remove();
		if (s->fatal.code != WEIR_OK)
			weir_error_say(&s->fatal, STDERR_FILENO);
	}
	if (status != WEIR_OK)
		weir_error_say(err, STDERR_FILENO);
	weir_input_release(&l.input);
	weir_screen_release(s);
	free(s);
	return code;
}
