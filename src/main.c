/* weir: what the process is given (arguments, environment, terminal, signals) meets the program here, and nowhere else. */
#include "weir/tui/tui.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"

static volatile bool interrupted;

static void on_interrupt(int signal)
{
	(void)signal;
	interrupted = true;
}

/* The first SIGINT ends the reading, the second the program. */
static void catch_interrupt(void)
{
	struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};

	sigaction(SIGINT, &action, NULL);
}

static int complain(const struct weir_error *err)
{
	char line[1024];
	size_t before = err->caret_from < strlen(err->text) ? err->caret_from : strlen(err->text);

	fprintf(stderr, "weir: %s\n", weir_error_line(err, line, sizeof line));
	if (err->text[0])
		fprintf(stderr, "  %s\n  %*s^\n", err->text, (int)before, "");
	return weir_status_exit_code(err->code);
}

static int print(struct weir_buf *text)
{
	bool good = !text->failed && fwrite(text->data ? text->data : "", 1, text->size, stdout) == text->size && fflush(stdout) == 0;

	weir_buf_release(text);
	return good ? 0 : 1;
}

/* --help, --version and --list; -1: none of them. */
static int print_about(const struct weir_options *o, struct weir_error *err)
{
	struct weir_buf text = {0};

	if (o->help)
		weir_help_text(&text);
	else if (o->version)
		weir_buf_addf(&text, "weir %s\n", PACKAGE_VERSION);
	else if (!o->list)
		return -1;
	else if (weir_list_text(o->list, &text, err) != WEIR_OK)
		return complain(err);
	return print(&text);
}

static bool use_color(const struct weir_options *o)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (o->color && strcmp(o->color, "auto") != 0)
		return strcmp(o->color, "always") == 0;
	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

static int run_batch(struct weir_options *o, struct weir_error *err)
{
	if (weir_options_set(o, "color", use_color(o) ? "always" : "never", 0, err) != WEIR_OK)
		return complain(err);
	catch_interrupt();
	return weir_batch_run(o, &weir_clock_system, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, &interrupted);
}

static int run_screen(struct weir_options *o, struct weir_error *err)
{
	const char *no = getenv("NO_COLOR");
	struct weir_session *session = NULL;
	struct weir_tui_config config = {
		.tty_fd = open("/dev/tty", O_RDWR | O_CLOEXEC),
		.term = getenv("TERM"),
		.colorterm = getenv("COLORTERM"),
		.no_color = no && *no,
		.welcome = getenv("WEIR_WELCOME"),
		.clock = &weir_clock_system,
	};

	if (config.tty_fd < 0) {
		weir_fail(err, WEIR_IO, "terminal", "could not open /dev/tty");
		weir_error_hint(err, "weir --batch needs no terminal");
		return complain(err);
	}
	if (weir_session_open(o, &weir_clock_system, STDIN_FILENO, true, &session, err) != WEIR_OK)
		return complain(err);
	int code = weir_tui_run(session, o, &config, err);
	weir_session_close(session);
	close(config.tty_fd);
	return code;
}

static int run(int argc, char **argv, struct weir_options *o)
{
	struct weir_error err = {0};
	char dash[] = "-", *const standard_input[] = {argv[0], dash, NULL};

	if (weir_options_parse(argc, argv, weir_clock_wall_us(&weir_clock_system), o, &err) != WEIR_OK)
		return complain(&err);
	int code = print_about(o, &err);
	if (code >= 0)
		return code;
	if (o->save_view && weir_view_save(o, o->save_view, &err) != WEIR_OK)
		return complain(&err);
	if (o->n_sources == 0 && isatty(STDIN_FILENO)) {
		weir_fail(&err, WEIR_USAGE, "command line", "no source is named");
		weir_error_hint(&err, "try weir demo:orders, or weir --help");
		return complain(&err);
	}
	if (o->n_sources == 0 && weir_options_parse(2, standard_input, 0, o, &err) != WEIR_OK)
		return complain(&err);
	if (o->batch || o->explain || !isatty(STDOUT_FILENO))
		return run_batch(o, &err);
	return run_screen(o, &err);
}

static const char *look_up(const char *name)
{
	return getenv(name);
}

int main(int argc, char **argv)
{
	struct weir_options options;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	weir_options_init(&options);
	options.lookup = look_up;
	int code = run(argc, argv, &options);
	weir_options_release(&options);
	return code;
}
