/* Whole batch runs in which allocation n fails, once or with the next hundred thousand, for n = 1, 2, 3, …, over every format
 * and many questions. Each run must end by itself; with exit status 0 its answer and its warnings are the right ones to the
 * byte, with exit status 1 it says on one line that there was no memory; and nothing is left on the heap.
 *
 *   alloc [FORMAT [QUESTION]]      their numbers; without, every format with every question
 *
 * WEIR_FAULT_MAX bounds n (default 3000), WEIR_FAULT_STRIDE leaves n out: of each pair of a format and a question only each
 * so-many-th n is tried, beginning elsewhere for each pair, so that together they meet every one (default 1: all).
 *
 * After an idea of jansson's test_chaos.c: fail the n-th allocation until nothing fails any more. */
#include "hook.h"
#include "input.h"

#include "weir/session/session.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_WORDS = 16, MOST_BYTES = 1 << 17, QUIET = 12 };

static const char *const questions[][MOST_WORDS] = {
    {"-m", "count"},
    {"-g", "b", "-m", "count,sum(a),avg(a),min(a),max(c)"},
    {"-g", "b", "-m", "p95(a),stddev(a),distinct(c)", "-o", "csv"},
    {"-m", "first(c),last(a),distinct(b),mode(c),median(a)", "-o", "ndjson"},
    {"-g", "b", "-m", "mode(a),variance(a)", "-o", "csv"},
    {"-W", "tumbling 1m", "-m", "count,sum(a)", "-g", "b"},
    {"-W", "hopping 2m by 1m", "-g", "c", "-m", "stddev(a)", "-o", "json"},
    {"-W", "3m", "-m", "count,rate,p50(a)"},
    {"-W", "tumbling 1m", "--compare", "window", "-g", "b", "-m", "count,p50(a)"},
    {"-W", "90s", "--compare", "1m", "-g", "b", "-m", "sum(a)", "-s", "change"},
    {"-o", "ndjson"},
    {"-o", "csv"},
    {"-o", "json"},
    {"-o", "table"},
    {"--every", "1m", "-g", "b", "-m", "count,last(c)"},
    {"-g", "b,c", "-m", "sum(a)", "-s", "sum(a) desc", "-n", "3"},
    {"-d", "x=a*2", "-d", "y=concat(b,'!')", "-g", "y", "-m", "sum(x)"},
    {"-w", "a > 5 and b like 'k%'", "-w", "c is not null", "-m", "count"},
    {"-s", "a desc", "-n", "5", "-o", "ndjson"},
    {"-W", "rows 50", "-g", "b", "-m", "count"},
    {"-w", "b rlike 'k[1-5]'", "-g", "regexp_extract(b,'k(.)',1),case when a>50 then 'high' else upper(b) end", "-m",
     "count"},
    {"-g", "cast(a as string),length(c)", "-w", "a in (1,2,3,37,74) or b in ('k1','k2')", "-m", "max(b)"},
    {"--malformed", "keep", "-m", "count where _malformed,count"},
    {"-W", "90s", "-o", "csv"},
    {"--explain", "-g", "b", "-m", "sum(a)"},
    {"--stats", "-", "-g", "b", "-m", "count", "-q"},
    {"--land", "landed.ndjson", "-m", "count"},
    {"--land", "landed.csv", "-w", "a > 5", "-d", "z=a*2", "-g", "b"},
    {"--land", "landed.csv?rotate=200", "--land", "landed.ndjson", "-o", "ndjson"},
    {"--why", "a > 60", "-d", "z=concat(b,'!')", "-o", "csv"},
    {"--why", "b = 'k1'", "-w", "a > 5"},
};
enum { N_QUESTIONS = sizeof questions / sizeof *questions };

static const volatile bool never;

struct outcome {
	int status;
	size_t n_out, n_err;
	char out[MOST_BYTES], err[MOST_BYTES], landed[MOST_BYTES];
};

static size_t take(int fd, char *text)
{
	ssize_t n = pread(fd, text, MOST_BYTES - 1, 0);
	text[n > 0 ? n : 0] = 0;
	return n > 0 ? (size_t)n : 0;
}

/* Forgets what was landed, or appends it. */
static void landed(struct outcome *o, bool forget)
{
	glob_t found;
	size_t n = strlen(o->landed);
	if (glob("landed*", 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		bool part = strstr(found.gl_pathv[i], ".part");
		int fd = forget || part ? -1 : open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		if (forget)
			unlink(found.gl_pathv[i]);
		else if (fd >= 0)
			n += (size_t)snprintf(o->landed + n, MOST_BYTES - n, "%s:\n", found.gl_pathv[i]);
		ssize_t got = fd >= 0 ? read(fd, o->landed + n, MOST_BYTES - 1 - n) : 0;
		n += got > 0 ? (size_t)got : 0;
		o->landed[n] = 0;
		if (fd >= 0)
			close(fd);
	}
	globfree(&found);
}

/* Runs a call as main does. *failed: how many allocations did. */
static void run_once(int argc, char **argv, uint64_t n, uint64_t more, struct outcome *o, uint64_t *failed)
{
	static int out_fd = -1, err_fd = -1;
	struct weir_options options;
	struct weir_error err = {0};
	if (out_fd < 0) {
		out_fd = memfd_create("out", MFD_CLOEXEC);
		err_fd = memfd_create("err", MFD_CLOEXEC);
	}
	if (ftruncate(out_fd, 0) || ftruncate(err_fd, 0) || lseek(out_fd, 0, SEEK_SET) || lseek(err_fd, 0, SEEK_SET))
		exit(2);
	o->landed[0] = 0;
	landed(o, true);
	weir_options_init(&options);
	fault_arm(n ? n : UINT64_MAX - more - 1, more);
	if (weir_options_parse(argc, argv, 0, &options, &err) == WEIR_OK) {
		o->status = weir_batch_run(&options, &weir_clock_system, -1, out_fd, err_fd, &never);
	} else {
		weir_error_say(&err, err_fd);
		o->status = weir_status_exit_code(err.code);
	}
	*failed = fault_disarm();
	weir_options_release(&options);
	landed(o, false);
	o->n_out = take(out_fd, o->out);
	o->n_err = take(err_fd, o->err);
}

/* The moments in a ledger are of this run only. */
static void hide_moments(char *text)
{
	for (char *p = text; (p = strstr(p, "\"arrival_delay\":"));) {
		p += strlen("\"arrival_delay\":");
		size_t n = strcspn(p, ",}");
		memmove(p, p + n, strlen(p + n) + 1);
	}
}

static const char *what_is_wrong(const struct outcome *right, struct outcome *o)
{
	const char *line_end = strchr(o->err, '\n');
	bool same = o->n_out == right->n_out && memcmp(o->out, right->out, o->n_out) == 0 &&
		    strcmp(o->landed, right->landed) == 0;
	hide_moments(o->err);
	if (o->status == right->status && same && strcmp(o->err, right->err) == 0)
		return NULL;
	if (o->status == 0)
		return same ? "other warnings with exit status 0" : "another answer with exit status 0";
	if (o->status != 1)
		return "exit status";
	if (!line_end)
		return "not a word on standard error";
	return strcasestr(o->err, "memory") ? NULL : "another reason than memory";
}

static void complain(char **argv, uint64_t n, uint64_t more, const char *what, const struct outcome *o,
		     const struct outcome *right)
{
	printf("FAIL allocation %llu%s: %s:", (unsigned long long)n, more ? " and those after it" : "", what);
	for (; *argv; argv++)
		printf(" '%s'", *argv);
	printf("\nstatus %d\n--- standard output\n%.600s\n--- rightly\n%.600s\n--- standard error\n%.600s\n", o->status,
	       o->out, right->out, o->err);
}

struct tally {
	unsigned long runs, refused, right, wrong;
};

/* What is on the heap after a run and was not before it, each time again. */
static bool leaks(int argc, char **argv, uint64_t n, uint64_t more, struct outcome *o)
{
	uint64_t failed;
	for (int again = 0; again < 4; again++) {
		int64_t before = fault_held();
		run_once(argc, argv, n, more, o, &failed);
		if (fault_held() <= before)
			return false;
	}
	return true;
}

static void try_pair(int argc, char **argv, uint64_t first, uint64_t stride, uint64_t most, struct tally *t)
{
	static struct outcome right, o;
	uint64_t failed;
	run_once(argc, argv, 0, 0, &right, &failed);
	run_once(argc, argv, 0, 0, &right, &failed); /* once more: what is made once for the process is there now */
	hide_moments(right.err);
	if (right.status > 1) {
		printf("FAIL status %d without any fault: %s", right.status, right.err);
		t->wrong++;
		return;
	}
	for (int mode = 0; mode < 2; mode++) {
		unsigned none =
		    0; /* runs one after another in which nothing failed: there are not so many allocations */
		for (uint64_t n = first; n <= most && none < QUIET; n += stride) {
			uint64_t more = mode ? 100000 : 0;
			int64_t before = fault_held();
			run_once(argc, argv, n, more, &o, &failed);
			none = failed ? 0 : none + 1;
			const char *wrong = what_is_wrong(&right, &o);
			if (!wrong && fault_held() > before && leaks(argc, argv, n, more, &o))
				wrong = "heap is left behind";
			t->runs++;
			*(o.status ? &t->refused : &t->right) += 1;
			if (wrong) {
				t->wrong++;
				complain(argv + 1, n, more, wrong, &o, &right);
			}
		}
	}
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	return text ? strtoull(text, NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	uint64_t most = number_of("WEIR_FAULT_MAX", 3000), stride = number_of("WEIR_FAULT_STRIDE", 1), pair = 0;
	/* Thousands of files are brought to the disk: in memory, where that can be, for a busy disk makes minutes of them. */
	char folder[32];
	snprintf(folder, sizeof folder, "%s/weir-fault-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	struct tally t = {0};
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!mkdtemp(folder) || chdir(folder) != 0)
		return 2;
	fault_inputs_write();
	for (size_t f = 0; fault_inputs[f].file; f++)
		for (size_t q = 0; q < N_QUESTIONS; q++, pair++) {
			char words[MOST_WORDS + 12][128], *call[MOST_WORDS + 13] = {0};
			int n = 0;
			if ((argc > 1 && f != strtoull(argv[1], NULL, 10)) ||
			    (argc > 2 && q != strtoull(argv[2], NULL, 10)))
				continue;
			const char *head[] = {"weir", "-b", "-f",
					      fault_inputs[f].format ? fault_inputs[f].format : "auto",
					      fault_inputs[f].file};
			for (size_t i = 0; i < sizeof head / sizeof *head; i++, n++)
				call[n] = strcpy(words[n], head[i]);
			for (size_t i = 0; fault_inputs[f].derive[i]; i++, n += 2) {
				call[n] = strcpy(words[n], "-d");
				call[n + 1] = strcpy(words[n + 1], fault_inputs[f].derive[i]);
			}
			for (size_t i = 0; questions[q][i]; i++, n++)
				call[n] = strcpy(words[n], questions[q][i]);
			try_pair(n, call, 1 + pair % stride, stride, most, &t);
		}
	for (size_t f = 0; fault_inputs[f].file; f++)
		unlink(fault_inputs[f].file);
	if (chdir("/") == 0)
		rmdir(folder);
	printf("%lu runs: %lu refused calmly, %lu right, %lu wrong\n", t.runs, t.refused, t.right, t.wrong);
	return t.wrong || !t.refused;
}
