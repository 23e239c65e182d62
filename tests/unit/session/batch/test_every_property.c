/* Random rows in files, read as a batch under --every: each answer on the way and the ledger at the end are compared with what
 * a slow count of the same lines gives. More on demand: WEIR_PROPERTY_CASES; one again: WEIR_PROPERTY_SEED. */
#include "weir/session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_ROWS = 20000, MOST_FILES = 2, KEYS = 4, SECOND = 1000000 };

struct row {
	int64_t time_us; /* WEIR_TIME_NONE: none; rows of a broken line have no key */
	int key;         /* -1: broken */
	int64_t a;
	int m; /* odd ones are written as words */
};
struct file {
	struct row rows[MOST_ROWS];
	uint32_t n, taken;
	char path[64];
	uint64_t bytes;
};

static struct file files[MOST_FILES];
static uint64_t seed_now, state;
static const volatile bool never;

static uint64_t draw(uint64_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % below;
}

/* Now and then more than two batches, else a few rows. */
static void draw_file(struct file *f, bool csv)
{
	int64_t t = INT64_C(1767225600) * SECOND + (int64_t)draw(3600) * SECOND;
	f->n = draw(8) ? 1 + (uint32_t)draw(300) : 8000 + (uint32_t)draw(MOST_ROWS - 8000);
	unsigned broken = draw(3) ? 0 : 5, untimed = draw(3) ? 0 : 5;
	for (uint32_t i = 0; i < f->n; i++) {
		struct row *r = &f->rows[i];
		t += (int64_t)draw(4) * (f->n > 1000 ? 10000 : 3 * SECOND);
		*r = (struct row){t - (draw(10) ? 0 : (int64_t)draw(20) * SECOND), (int)draw(KEYS),
				  (int64_t)draw(1000) - 500, (int)draw(6)};
		if (i && draw(100) < untimed)
			r->time_us = WEIR_TIME_NONE;
		if (i && draw(100) < broken)
			r->key = -1;
	}
	FILE *out = fopen(f->path, "w");
	assert_non_null(out);
	if (csv)
		fputs("t,b,a,m\n", out);
	for (uint32_t i = 0; i < f->n; i++) {
		const struct row *r = &f->rows[i];
		char ts[40] = "", m[8];
		if (r->time_us != WEIR_TIME_NONE)
			ts[weir_time_format_iso(r->time_us, ts)] = 0;
		snprintf(m, sizeof m, r->m % 2 && i > f->n / 2 ? "w%d" : "%d", r->m);
		if (r->key < 0)
			fputs(csv ? "1,2,3,4,5,6,7\n" : "{\"broken\n", out);
		else if (csv)
			fprintf(out, "%s,k%d,%lld,%s\n", ts, r->key, (long long)r->a, m);
		else
			fprintf(out, "{%s%s%s\"b\":\"k%d\",\"a\":%lld,\"m\":%s%s%s}\n", ts[0] ? "\"t\":\"" : "", ts,
				ts[0] ? "\"," : "", r->key, (long long)r->a, m[0] == 'w' ? "\"" : "", m,
				m[0] == 'w' ? "\"" : "");
	}
	f->bytes = (uint64_t)ftell(out);
	fclose(out);
	f->taken = 0;
}

/* The answer over what was taken: of all, or of the window (moment - size, moment]. */
static void add_answer(int64_t moment_us, int64_t size_us, unsigned n_files, struct weir_buf *out)
{
	for (int key = 0; key < KEYS; key++) {
		uint64_t n = 0, values = 0;
		int64_t sum = 0;
		for (unsigned s = 0; s < n_files; s++)
			for (uint32_t i = 0; i < files[s].taken; i++) {
				const struct row *r = &files[s].rows[i];
				if (r->key != key ||
				    (size_us && (r->time_us == WEIR_TIME_NONE || r->time_us <= moment_us - size_us ||
						 r->time_us > moment_us)))
					continue;
				n++;
				sum += r->a;
				values |= UINT64_C(1) << (r->m % 2 && i > files[s].n / 2 ? r->m + 10 : r->m);
			}
		if (n)
			weir_buf_addf(out, "{\"b\":\"k%d\",\"count\":%llu,\"sum(a)\":%lld,\"distinct(m)\":%d}\n", key,
				      (unsigned long long)n, (long long)sum, __builtin_popcountll(values));
	}
}

static int64_t ceil_to(int64_t t, int64_t step)
{
	return (t + step - 1) / step * step;
}

/* Each file is read up to its first row beyond the moment; then the answer; the next moment is set by the first row that waits. */
static void expect(int64_t every_us, int64_t size_us, unsigned n_files, struct weir_buf *out)
{
	int64_t moment = ceil_to(files[0].rows[0].time_us, every_us), newest = INT64_MIN;
	for (;;) {
		int64_t first = INT64_MAX;
		for (unsigned s = 0; s < n_files; s++) {
			struct file *f = &files[s];
			for (; f->taken < f->n; f->taken++) {
				const struct row *r = &f->rows[f->taken];
				if (r->key >= 0 && r->time_us != WEIR_TIME_NONE && r->time_us > moment)
					break;
				if (r->key >= 0 && r->time_us > newest)
					newest = r->time_us;
			}
			if (f->taken < f->n && f->rows[f->taken].time_us < first)
				first = f->rows[f->taken].time_us;
		}
		add_answer(first == INT64_MAX ? newest : moment, size_us, n_files, out);
		if (first == INT64_MAX)
			return;
		moment = ceil_to(first, every_us);
	}
}

static char *text_of(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, (size_t)size + 1);
	assert_int_equal(pread(fd, text, (size_t)size, 0), size);
	return text;
}

static void run_case(uint64_t seed)
{
	static const char *const everys[] = {"10s", "1m", "7s"}, *const windows[] = {"all", "30s", "2m"};
	static const int64_t every_us[] = {10 * SECOND, 60 * SECOND, 7 * SECOND},
			     sizes_us[] = {0, 30 * SECOND, 120 * SECOND};
	struct weir_options options;
	struct weir_error err = {0};
	struct weir_buf right = {0};
	char ledger[160];
	seed_now = state = seed;
	unsigned n_files = 1 + (unsigned)draw(MOST_FILES), e = (unsigned)draw(3), w = (unsigned)draw(3);
	uint64_t rows = 0, broken = 0, bytes = 0;
	for (unsigned s = 0; s < n_files; s++) {
		draw_file(&files[s], draw(2));
		bytes += files[s].bytes;
		for (uint32_t i = 0; i < files[s].n; i++)
			*(files[s].rows[i].key < 0 ? &broken : &rows) += 1;
	}
	expect(every_us[e], sizes_us[w], n_files, &right);
	int out_fd = memfd_create("out", MFD_CLOEXEC), err_fd = memfd_create("err", MFD_CLOEXEC);
	const char *words[] = {"weir", "-b",          "--time",     "t",      "--every", everys[e],
			       "-W",   windows[w],    "-g",         "b",      "-m",      "count,sum(a),distinct(m)",
			       "-s",   "b asc",       "-o",         "ndjson", "-q",      "--stats",
			       "-",    files[0].path, files[1].path};
	char *argv[sizeof words / sizeof *words];
	int argc = (int)(sizeof words / sizeof *words) - (n_files == 1);
	for (int i = 0; i < argc; i++)
		argv[i] = strdup(words[i]);
	weir_options_init(&options);
	assert_int_equal(weir_options_parse(argc, argv, 0, &options, &err), WEIR_OK);
	int status = weir_batch_run(&options, &weir_clock_system, -1, out_fd, err_fd, &never);
	char *got = text_of(out_fd), *said = text_of(err_fd);
	snprintf(ledger, sizeof ledger, "{\"received\":%llu,\"matched\":%llu,\"filtered\":0,\"malformed\":%llu,",
		 (unsigned long long)(rows + broken), (unsigned long long)rows, (unsigned long long)broken);
	char total[40];
	snprintf(total, sizeof total, "\"bytes\":%llu,", (unsigned long long)bytes);
	const char *first_bytes = strstr(said, "\"bytes\":");
	if (status != 0 || strcmp(got, right.data ? right.data : "") != 0 ||
	    strncmp(said, ledger, strlen(ledger)) != 0 || !first_bytes ||
	    strncmp(first_bytes, total, strlen(total)) != 0)
		fail_msg(
		    "seed %llu: every %s, window %s, %u files: status %d\n%s--- rightly\n%s--- %.300s\n--- rightly %s %s",
		    (unsigned long long)seed, everys[e], windows[w], n_files, status, got, right.data, said, ledger,
		    total);
	weir_options_release(&options);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	free(got);
	free(said);
	weir_buf_release(&right);
	close(out_fd);
	close(err_fd);
}

static void test_every_agrees_with_reference(void **unused)
{
	const char *cases = getenv("WEIR_PROPERTY_CASES"), *seed = getenv("WEIR_PROPERTY_SEED");
	uint64_t n = cases ? strtoull(cases, NULL, 10) / 10 + 1 : 200, from = seed ? strtoull(seed, NULL, 10) : 1;
	(void)unused;
	for (unsigned s = 0; s < MOST_FILES; s++)
		snprintf(files[s].path, sizeof files[s].path, "/tmp/weir-every-%d-%u", (int)getpid(), s);
	for (uint64_t i = 0; i < n; i++)
		run_case(from + i);
	for (unsigned s = 0; s < MOST_FILES; s++)
		unlink(files[s].path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_agrees_with_reference)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
