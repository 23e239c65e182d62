/* Hostile names and values through every door that ends at the terminal: options, addresses, files and folders, saved views,
 * the environment, column names and values of the data; in batch and on the screen.
 *
 *   doors WEIR     the path of the program, absolute
 *
 * The strict parser reads every byte. Outside the screen it lets nothing pass but text, line ends and the bold of a table's
 * head, and no line may begin with what only the hostile text could have begun it with (but in CSV, where a field may hold
 * a line end). */
#include "../limit.h"
#include "pty.h"
#include "strict.h"
#include "weir/session/option.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Title, clipboard, clearing, colours, eight-bit controls, directions, erasing, and a line that looks like one of ours. */
#define HOSTILE "x\033]0;EVIL\a\033]52;c;RVZJTA==\a\033[2J\033[31m\302\233 1m\342\200\256\177\b\302\205\rFORGED\nFORGED"
/* The same as JSON text. */
#define HOSTILE_JSON                                                                                                   \
	"x\\u001b]0;EVIL\\u0007\\u001b]52;c;RVZJTA==\\u0007\\u001b[2J\\u001b[31m\\u009b1m\\u202e\\u007f\\b\\rFORGED\\nFORGED"

enum { MAX_ARGUMENTS = 12, KEPT_BYTES = 1 << 16 };

static const char *weir;
static char folder[64];
static int n_run, n_failed;

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *path_of(const char *name)
{
	static char paths[4][512];
	static int i;
	char *path = paths[i++ % 4];
	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

/* Everything that comes until the program's end; a screen gets a q now and then. */
static void read_all(struct pty *p, struct strict *strict, char *kept, bool *ended)
{
	size_t n_kept = 0;
	double limit = now_s() + TEST_LIMIT_S, next_key = now_s() + 0.3;
	char bytes[16384];
	long n;
	do {
		n = pty_read(p, bytes, sizeof(bytes), 50);
		strict_feed(strict, bytes, (size_t)n);
		size_t keep = (size_t)n < KEPT_BYTES - 1 - n_kept ? (size_t)n : KEPT_BYTES - 1 - n_kept;
		memcpy(kept + n_kept, bytes, keep);
		n_kept += keep;
		if (!p->ended && now_s() > next_key && write(p->master, "q", 1) == 1)
			next_key = now_s() + 0.3;
	} while ((!p->ended || n > 0) && now_s() < limit);
	kept[n_kept] = '\0';
	*ended = p->ended;
}

static void report(const char *const *argv, const char *why, const char *kept)
{
	n_failed++;
	printf("FAIL: %s\n  weir", why);
	for (size_t i = 1; argv[i]; i++) {
		printf(" '");
		for (const char *c = argv[i]; *c; c++)
			printf(*c < 0x20 || *c >= 0x7f ? "\\x%02x" : "%c", (unsigned char)*c);
		printf("'");
	}
	printf("\n  said: ");
	for (const char *c = kept; *c && c < kept + 600; c++)
		printf((*c < 0x20 || *c >= 0x7f) && *c != '\n' ? "\\x%02x" : "%c", (unsigned char)*c);
	printf("\n");
}

static void run(bool plain, const char *term, const char *const *words, size_t n)
{
	static char kept[KEPT_BYTES];
	const char *argv[MAX_ARGUMENTS + 2] = {weir}, *env[] = {"LC_ALL=C.UTF-8",
								"HOME=/nonexistent",
								"PATH=/usr/bin:/bin",
								"WEIR_DATADIR=/nonexistent",
								term,
								NULL};
	struct pty pty;
	struct strict strict = {.plain = plain};
	bool ended;

	memcpy(argv + 1, words, n * sizeof(*words));
	if (!pty_start(&pty, (char *const *)(size_t)argv, (char *const *)(size_t)env, 100, 30))
		abort();
	read_all(&pty, &strict, kept, &ended);
	n_run++;
	if (!ended)
		report(argv, "it did not end", kept);
	else if (!WIFEXITED(pty.status))
		report(argv, "it was killed by a signal", kept);
	else if (strict.complaint[0])
		report(argv, strict.complaint, kept);
	else if (strict.n)
		report(argv, "its last sequence is not whole", kept);
	else if (plain && strstr(kept, "\nFORGED") && !(n > 2 && strcmp(words[2], "csv") == 0))
		report(argv, "a line was forged", kept);
	pty_end(&pty);
}

#define TERM_ "TERM=xterm-256color"
#define WORDS(...) (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)
#define BATCH(...) run(true, TERM_, WORDS("-b", __VA_ARGS__))
/* A screen, or the message in place of one. */
#define SCREEN(...) run(false, TERM_, WORDS(__VA_ARGS__))

/* The value of each option, of its list of choices, and a name that is no option. */
static void options(void)
{
	char long_form[600];

	for (const struct weir_option *o = weir_option_table; o->name; o++) {
		snprintf(long_form, sizeof(long_form), "--%s=" HOSTILE, o->name);
		BATCH(long_form, path_of("good.ndjson"));
		run(strcmp(o->name, "help") == 0, TERM_, WORDS(long_form, path_of("good.ndjson")));
		if (o->letter && o->kind != WEIR_OPT_FLAG) {
			snprintf(long_form, sizeof(long_form), "-%c" HOSTILE, o->letter);
			BATCH(long_form, path_of("good.ndjson"));
		}
	}
	BATCH("--" HOSTILE);
	BATCH("-" HOSTILE);
	BATCH("-\033");
	BATCH("-\302\233");
	BATCH("-b", "--batch=" HOSTILE);
}

/* Values that are right up to the place of the hostile text. */
static void expressions(void)
{
	BATCH("--where", "a = " HOSTILE, path_of("good.ndjson"));
	BATCH("--where", "\"" HOSTILE "\" = 1", path_of("good.ndjson"));
	BATCH("--where", "a = '" HOSTILE "' and nothing = 1", path_of("good.ndjson"));
	BATCH("--where", "rlike(a, '(" HOSTILE "')", path_of("good.ndjson"));
	BATCH("--where", "a rlike '(" HOSTILE "'", path_of("good.ndjson"));
	BATCH("--where", "to_timestamp('" HOSTILE "') > 1", path_of("good.ndjson"));
	BATCH("-g", "a as \"" HOSTILE "\"", "-m", "count as \"" HOSTILE "2\"", path_of("good.ndjson"));
	BATCH("-g", "a", "-s", HOSTILE, path_of("good.ndjson"));
	BATCH("-d", "\"" HOSTILE "\"=1", path_of("good.ndjson"));
	BATCH("--explain", "-w", "a <> '" HOSTILE "'", "-g", "a as \"" HOSTILE "\"", path_of("good.ndjson"));
	SCREEN("-g", "a as \"" HOSTILE "\"", "-w", "a <> '" HOSTILE "'", path_of("good.ndjson"));
	BATCH("-t", "\"" HOSTILE "\":iso", path_of("good.ndjson"));
	BATCH("-t", "a:" HOSTILE, path_of("good.ndjson"));
	BATCH("-f", "regex:(" HOSTILE, path_of("good.ndjson"));
	BATCH("-f", "regex:(?<a>" HOSTILE, path_of("good.ndjson"));
	BATCH("-f", "json:" HOSTILE, path_of("good.ndjson"));
}

static void addresses(void)
{
	static const char *const addresses[] = {
	    HOSTILE,
	    HOSTILE "://x/y",
	    "kafka://" HOSTILE,
	    "kafka://127.0.0.1:1/t?" HOSTILE "=1",
	    "demo:" HOSTILE,
	    "demo:orders?" HOSTILE "=1",
	    "demo:orders?rate=" HOSTILE,
	    "demo:orders?count=10&start=" HOSTILE,
	    "kafka://127.0.0.1:1/t?from=" HOSTILE,
	    "kafka://h/t?password-file=" HOSTILE,
	    "kafka://h/t?partitions=" HOSTILE,
	    "name=" HOSTILE,
	    "${" HOSTILE "}://h/t",
	    "kafka://${" HOSTILE "}/t",
	    "demo%1b:orders",
	    "sqlite:" HOSTILE,
	    HOSTILE ".weir",
	    HOSTILE ".gz",
	    "kafka://127.0.0.1:1/t?client.id=" HOSTILE "&acks=" HOSTILE,
	    "kafka://127.0.0.1:1/^(" HOSTILE,
	    "kafka://127.0.0.1:1/t?from=%1b%5d0;EVIL%07%0aFORGED",
	    "demo:orders%1b%5d0;EVIL%07",
	};
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		BATCH("--for", "1s", addresses[i]);
		SCREEN(addresses[i]);
	}
}

/* weir * in a foreign folder. */
static void names_of_files(void)
{
	static const char json[] = "{\"" HOSTILE_JSON "\":\"" HOSTILE_JSON "\",\"n\":1}\n", *const outputs[] = {
												"table", "csv", "json",
												"ndjson"};
	char name[200];

	write_file(HOSTILE "b.ndjson", json);
	write_file(HOSTILE "c.csv", "\"" HOSTILE "\",n\n\"" HOSTILE "\",1\n");
	write_file(HOSTILE "d.log", "x\033]0;EVIL\a\n\033\n\302\233 1m\n");
	write_file(HOSTILE "e.gz", "no gzip");
	write_file(HOSTILE "f.ndjson", "{\"a\":1,\n" HOSTILE "\n{\"a\":2,}\n" HOSTILE);
	write_file(HOSTILE "g.ndjson", "");
	if (mkdir(path_of(HOSTILE "h"), 0755) != 0)
		abort();
	for (char c = 'a'; c <= 'h'; c++) {
		snprintf(name, sizeof(name), HOSTILE "%s",
			 c == 'a'   ? "a"
			 : c == 'b' ? "b.ndjson"
			 : c == 'c' ? "c.csv"
			 : c == 'd' ? "d.log"
			 : c == 'e' ? "e.gz"
			 : c == 'f' ? "f.ndjson"
			 : c == 'g' ? "g.ndjson"
				    : "h");
		const char *path = path_of(name);
		for (size_t i = 0; i < 4; i++) {
			BATCH("-o", outputs[i], "--stats", "-", path);
			BATCH("-o", outputs[i], "-g", "\"" HOSTILE "\"", path);
		}
		BATCH("--explain", path);
		BATCH("--malformed", "fail", path);
		BATCH("--malformed", "keep", path);
		BATCH("-m", "count", "--stats", "/dev/stderr", "--log", "/dev/stderr", path);
		SCREEN(path);
		SCREEN("--view", path, "demo:orders");
		BATCH("--view", path, "demo:orders?count=10");
		BATCH("--save-view", path_of(HOSTILE "no/where"), path);
		BATCH("--stats", path_of(HOSTILE "no/where"), path);
		BATCH("--log", path_of(HOSTILE "no/where"), path);
	}
}

/* A saved view of somebody else. */
static void views(void)
{
	char text[1000];

	for (const struct weir_option *o = weir_option_table; o->name; o++) {
		snprintf(text, sizeof(text), "{\"%s\":\"" HOSTILE_JSON "\"}", o->name);
		write_file("view.json", text);
		BATCH("--view", path_of("view.json"), path_of("good.ndjson"));
		SCREEN("--view", path_of("view.json"), path_of("good.ndjson"));
	}
	static const char *const others[] = {
	    "{\"" HOSTILE_JSON "\":1}",
	    "{\"" HOSTILE_JSON "group\":\"a\"}",
	    "{\"where\":[\"a = 1\",\"" HOSTILE_JSON "\"]}",
	    "{\"group\":[\"" HOSTILE_JSON "\"]}",
	    "{\"group\":" HOSTILE "}",
	    HOSTILE,
	    "[\"" HOSTILE_JSON "\"]",
	    "{\"where\":{\"" HOSTILE_JSON "\":1}}",
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		write_file("view.json", others[i]);
		BATCH("--view", path_of("view.json"), path_of("good.ndjson"));
		SCREEN("--view", path_of("view.json"), path_of("good.ndjson"));
	}
}

static void environment(void)
{
	run(false, "TERM=" HOSTILE, WORDS(path_of("good.ndjson")));
	run(true, "TERM=" HOSTILE, WORDS("-b", path_of("good.ndjson")));
	run(false, "TERM=dumb", WORDS(HOSTILE));
	run(false, "WEIR_WELCOME=" HOSTILE, WORDS(path_of("good.ndjson")));
	run(false, "COLORTERM=" HOSTILE, WORDS(path_of("good.ndjson")));
}

static const struct {
	const char *name;
	void (*run)(void);
} groups[] = {{"options", options},     {"expressions", expressions},
	      {"addresses", addresses}, {"names of files", names_of_files},
	      {"views", views},         {"environment", environment}};
enum { N_GROUPS = sizeof(groups) / sizeof(groups[0]) };

/* In a process and a folder of its own: most of the time is waiting. */
static int run_group(size_t i)
{
	static char report[1 << 16];
	char command[100];

	setvbuf(stdout, report, _IOFBF, sizeof(report));
	strcpy(folder, "/tmp/weir-doors-XXXXXX");
	if (!mkdtemp(folder) || chdir(folder) != 0) /* some options write files */
		abort();
	write_file(
	    "good.ndjson",
	    "{\"t\":\"2026-01-01T00:00:00Z\",\"a\":\"one\",\"n\":1}\n{\"t\":\"2026-01-01T00:00:01Z\",\"a\":\"two\",\"n\":2}\n");
	groups[i].run();
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command) != 0)
		n_failed++;
	printf("doors: %s: %d of %d calls let nothing through\n", groups[i].name, n_run - n_failed, n_run);
	return n_failed != 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc != 2) {
		fprintf(stderr, "doors WEIR\n");
		return 2;
	}
	weir = argv[1];
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < N_GROUPS; i++) {
		pid_t child = fork();
		if (child < 0)
			abort();
		if (child == 0)
			exit(run_group(i));
	}
	for (int i = 0; i < N_GROUPS; i++) {
		int status = 1;
		wait(&status);
		failed |= status;
	}
	return failed != 0;
}
