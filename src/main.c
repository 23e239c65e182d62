/* weir: what the process is given (arguments, environment, terminal, signals) meets the program here, and nowhere else. */
#include "config.h"

#include "weir/base/file.h"
#include "weir/tui/tui.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"

static volatile bool interrupted;
static volatile sig_atomic_t interrupted_by;                 /* the first signal that did */
static struct weir_buf user_themes, data_themes, user_views; /* folders */
static int stdin_fd = STDIN_FILENO;                          /* -1: it is closed */

static void on_interrupt(int signal)
{
	if (!interrupted)
		interrupted_by = signal;
	interrupted = true;
}

/* The first SIGINT or SIGTERM ends the reading, the second the program. A terminal that goes away sends SIGHUP more than once: by
 * its shell, and as the kernel. What whoever started weir ignores (nohup) stays ignored, but for SIGINT: shells ignore it for all
 * that they start in the background, and `kill -INT` is meant all the same. */
static void catch_interrupts(void)
{
	static const struct {
		int number, flags;
	} signals[] = {{SIGINT, (int)SA_RESETHAND}, {SIGTERM, (int)SA_RESETHAND}, {SIGHUP, 0}};

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = signals[i].flags}, before;
		bool ignored = sigaction(signals[i].number, NULL, &before) == 0 && before.sa_handler == SIG_IGN;
		if (!ignored || signals[i].number == SIGINT)
			sigaction(signals[i].number, &action, NULL);
	}
}

static int complain(const struct weir_error *err)
{
	weir_error_say(err, STDERR_FILENO);
	return weir_status_exit_code(err->code);
}

/* A reader that went away has seen enough. */
static int print(struct weir_buf *text, struct weir_error *err)
{
	int number = text->failed ? ENOMEM : weir_write_all(STDOUT_FILENO, text->data, text->size);

	weir_buf_release(text);
	if (number == 0 || number == EPIPE)
		return 0;
	weir_fail(err, number == ENOMEM ? WEIR_NO_MEMORY : WEIR_IO, "output", "could not write: %s", strerror(number));
	if (number == EBADF)
		weir_error_hint(err, "standard output is closed");
	return complain(err);
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
	else if (weir_list_text(o->list, o, &text, err) != WEIR_OK)
		return complain(err);
	else if (strcmp(o->list, "keys") == 0)
		weir_tui_list_keys(&text);
	return print(&text, err);
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
	catch_interrupts();
	int code = weir_batch_run(o, &weir_clock_system, stdin_fd, STDOUT_FILENO, STDERR_FILENO, &interrupted);
	return code == weir_status_exit_code(WEIR_CANCELLED) && interrupted ? 128 + interrupted_by : code;
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
	    .over_ssh = getenv("SSH_CONNECTION") || getenv("SSH_TTY"),
	    .welcome = getenv("WEIR_WELCOME"),
	    .clock = &weir_clock_system,
	};

	if (config.tty_fd < 0) {
		weir_fail(err, WEIR_IO, "terminal", "could not open /dev/tty");
		weir_error_hint(err, "weir --batch does not need a terminal");
		return complain(err);
	}
	if (weir_session_open(o, &weir_clock_system, stdin_fd, true, &session, err) != WEIR_OK)
		return complain(err);
	int code = weir_tui_run(session, o, &config, err);
	enum weir_status st = weir_session_close(session);
	close(config.tty_fd);
	return code == 0 ? weir_status_exit_code(st) : code;
}

/* A folder of the user's by the rules of the XDG Base Directory Specification, which ignores a relative path. */
static void find_folder(const char *variable, const char *usual, const char *name, struct weir_buf *out)
{
	const char *base = getenv(variable), *home = getenv("HOME");

	if (base && base[0] == '/')
		weir_buf_addf(out, "%s/weir/%s", base, name);
	else if (home && home[0] == '/')
		weir_buf_addf(out, "%s/%s/weir/%s", home, usual, name);
}

static enum weir_status find_folders(struct weir_options *o, struct weir_error *err)
{
	const char *data = getenv("WEIR_DATADIR"), *home = getenv("HOME"), *temp = getenv("TMPDIR");

	find_folder("XDG_CONFIG_HOME", ".config", "themes", &user_themes);
	find_folder("XDG_DATA_HOME", ".local/share", "views", &user_views);
	o->view_folder = user_views.data;
	o->temp_folder = temp && temp[0] == '/' ? temp : "/tmp";
	o->home = home && home[0] == '/' ? home : NULL;
	weir_buf_addf(&data_themes, "%s/themes", data && *data ? data : WEIR_PKGDATADIR);
	o->theme_folders = (struct weir_theme_folders){.user = user_themes.data, .data = data_themes.data};
	return user_themes.failed || data_themes.failed || user_views.failed
		   ? weir_fail(err, WEIR_NO_MEMORY, "themes", "out of memory")
		   : WEIR_OK;
}

static enum weir_status save_view(const struct weir_options *o, struct weir_error *err)
{
	char *path = NULL;
	enum weir_status st = weir_view_path(o, weir_str_of(o->save_view), true, &path, err);

	if (st == WEIR_OK)
		st = weir_view_save(o, path, err);
	free(path);
	return st;
}

static int run(int argc, char **argv, struct weir_options *o)
{
	struct weir_error err = {0};
	char dash[] = "-", *const standard_input[] = {argv[0], dash, NULL};

	if (find_folders(o, &err) != WEIR_OK ||
	    weir_options_parse(argc, argv, weir_clock_wall_us(&weir_clock_system), o, &err) != WEIR_OK)
		return complain(&err);
	int code = print_about(o, &err);
	if (code >= 0)
		return code;
	if (o->save_view && save_view(o, &err) != WEIR_OK)
		return complain(&err);
	if (weir_options_recall(o, weir_clock_wall_us(&weir_clock_system), &err) != WEIR_OK)
		return complain(&err);
	if (o->n_sources == 0 && isatty(STDIN_FILENO)) {
		weir_fail(&err, WEIR_USAGE, "command line", "no source is named");
		weir_error_hint(&err, "try weir demo:orders, or weir --help");
		return complain(&err);
	}
	if (o->n_sources == 0 && weir_options_parse(2, standard_input, 0, o, &err) != WEIR_OK)
		return complain(&err);
	if (o->batch || o->explain || o->why || o->fail_on_alert || !isatty(STDOUT_FILENO))
		return run_batch(o, &err);
	return run_screen(o, &err);
}

static const char *look_up(const char *name)
{
	return getenv(name);
}

/* What is closed is held, or the next file that is opened would be taken for it: the wrong way round, so that reading and
 * writing fail as they would have. */
static void hold_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) != -1 || errno != EBADF)
			continue;
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) == fd && fd == STDIN_FILENO)
			stdin_fd = -1;
	}
}

#if defined(WEIR_WITH_MONGODB) && defined(__GLIBC__)
/* As it is loaded, before main, libmongoc makes a file in /dev/shm for its counters, which a process that is killed leaves behind.
 * MONGOC_DISABLE_SHM keeps it from that. What stands in this section of a program runs before the libraries begin; their
 * environment is this array, which has no room for more, so that its last entry is lent until main. */
static char **lent, *lent_entry;

/* Sanitizers are not ready at that time either. */
__attribute__((no_sanitize("address"), no_sanitize("undefined"), no_sanitize("thread"))) static void
turn_counters_off(int argc, char **argv, char **environment)
{
	static char off[] = "MONGOC_DISABLE_SHM=1";

	(void)argc;
	(void)argv;
	for (char **e = environment; e && *e; e++)
		lent = e;
	if (!lent)
		return;
	lent_entry = *lent;
	*lent = off;
}

__attribute__((section(".preinit_array"), used)) static void (*before_libraries)(int, char **,
										 char **) = turn_counters_off;

static void give_environment_back(void)
{
	if (lent)
		*lent = lent_entry;
}
#else
static void give_environment_back(void) {}
#endif

int main(int argc, char **argv)
{
	struct weir_options options;

	give_environment_back();
	hold_standard_files();
	/* Now, before there are threads. Where none is set, characters are UTF-8 all the same. */
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGPIPE, SIG_IGN); /* these two are errors of a write */
	signal(SIGXFSZ, SIG_IGN);
	weir_options_init(&options);
	options.lookup = look_up;
	int code = run(argc, argv, &options);
	weir_options_release(&options);
	weir_buf_release(&user_themes);
	weir_buf_release(&data_themes);
	weir_buf_release(&user_views);
	return code;
}
