/* Groups that SQLite counts: random questions over hard values give, byte for byte, what weir gives that reads the rows. More on demand:
 * WEIR_PROPERTY_CASES; another beginning: WEIR_PROPERTY_SEED. */
#include "hard_table.h"

#include "weir/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CASES = 300, MOST_WORDS = 24 };

static const volatile bool never;
static char address[80];

static char *text_of(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, (size_t)size + 1);

	assert_int_equal(pread(fd, text, (size_t)size, 0), size);
	close(fd);
	return text;
}

/* What weir prints, its exit status, and its ledger. */
static int run(const char *const *words, int n, char **out, char **ledger)
{
	struct weir_options options;
	struct weir_error err = {0};
	char *argv[MOST_WORDS];
	int out_fd = memfd_create("out", MFD_CLOEXEC), err_fd = memfd_create("err", MFD_CLOEXEC);

	for (int i = 0; i < n; i++)
		argv[i] = strdup(words[i]);
	weir_options_init(&options);
	if (weir_options_parse(n, argv, 0, &options, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	int status = weir_batch_run(&options, &weir_clock_system, -1, out_fd, err_fd, &never);
	weir_options_release(&options);
	for (int i = 0; i < n; i++)
		free(argv[i]);
	*out = text_of(out_fd);
	*ledger = text_of(err_fd);
	return status;
}

static void measures(struct weir_buf *out)
{
	static const char *const all[] = {"count",  "count(i)", "sum(i)",  "avg(i)", "min(i)", "max(i)",   "min(s)",
					  "max(s)", "count(s)", "min(ts)", "max(b)", "rate",   "count(b)", "max(ts)"},
				 *const others[] = {"sum(f)", "p50(i)",   "distinct(s)",
						    "min(m)", "count(m)", "first(i)"};
	uint32_t first = below(sizeof all / sizeof *all), n = 1 + below(4);

	for (uint32_t i = 0; i < n; i++)
		weir_buf_addf(out, "%s%s", i ? "," : "", all[(first + i) % (sizeof all / sizeof *all)]);
	if (below(5) == 0)
		weir_buf_addf(out, ",%s", PICK(others));
}

/* A number of the ledger. */
static long long counted(const char *ledger, const char *what)
{
	const char *at = strstr(ledger, what);

	return at ? atoll(at + strlen(what)) : -1;
}

static void compare(int i, const char *const *words, int n, size_t *grouped, size_t *answered)
{
	static const char *const same[] = {"\"in_window\":", "\"matched\":", "\"no_time\":", "\"expired\":"};
	char *pushed, *plain, *pushed_ledger, *plain_ledger;
	struct weir_buf question = {0};
	const char *all[MOST_WORDS];

	memcpy(all, words, (size_t)n * sizeof *all);
	all[n] = "--skew", all[n + 1] = "36500d"; /* all rows, please */
	int status = run(words, n, &pushed, &pushed_ledger), plainly = run(all, n + 2, &plain, &plain_ledger);
	for (int k = 1; k < n; k++)
		weir_buf_addf(&question, "%s ", words[k]);
	if (status != plainly || strcmp(pushed, plain) != 0)
		fail_msg("case %d: weir %s: %d\n%s--- of all rows: %d\n%s%s", i, question.data, status, pushed, plainly,
			 plain, status ? pushed_ledger : "");
	/* What lies before `since` is left out there, and not counted. */
	size_t n_same = question.data && strstr(question.data, "since") ? 1 : sizeof same / sizeof *same;
	for (size_t k = 0; k < n_same && status == 0; k++)
		if (counted(pushed_ledger, same[k]) != counted(plain_ledger, same[k]))
			fail_msg("case %d: weir %s: %s--- of all rows: %s", i, question.data, pushed_ledger,
				 plain_ledger);
	assert_null(strstr(plain_ledger, "grouped_by_server"));
	*grouped += strstr(pushed_ledger, "\"grouped_by_server\":true") != NULL;
	*answered += status == 0;
	weir_buf_release(&question);
	free(pushed);
	free(plain);
	free(pushed_ledger);
	free(plain_ledger);
}

static void ask(int i, size_t *grouped, size_t *answered)
{
	static const char *const groups[] = {"s", "i", "b", "ts", "s,b", "i,s", "m", "f", "b,s"},
				 *const windows[] = {"all",
						     "all",
						     "tumbling 1s",
						     "tumbling 1h",
						     "hopping 10s by 5s",
						     "hopping 7s by 3s",
						     "since 2026-11-22T10:00:00.5Z",
						     "sliding 5m"};
	struct weir_buf measure = {0}, where = {0};
	const char *words[MOST_WORDS] = {"weir", "-b",      address, "-o", "ndjson",
					 "-q",   "--stats", "-",     "-W", PICK(windows)};
	int n = 10;

	measures(&measure);
	words[n++] = "-m", words[n++] = measure.data;
	if (below(8))
		words[n++] = "-g", words[n++] = PICK(groups);
	if (below(3) == 0) {
		condition(&where, 1);
		words[n++] = "-w", words[n++] = where.data;
	}
	compare(i, words, n, grouped, answered);
	weir_buf_release(&measure);
	weir_buf_release(&where);
}

static void same_answers_with_and_without(void **state)
{
	const char *cases = getenv("WEIR_PROPERTY_CASES"), *from = getenv("WEIR_PROPERTY_SEED");
	char path[] = "/tmp/weir-grouping-XXXXXX";
	struct weir_sqlite db;
	size_t grouped = 0, answered = 0;
	int fd = mkstemp(path), n = cases ? atoi(cases) : CASES;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	seed = from ? strtoull(from, NULL, 10) : seed;
	snprintf(address, sizeof address, "sqlite:%s?table=t&group=yes", path);
	assert_int_equal(weir_sqlite_open(path, WEIR_SQLITE_MAKE, 0, &db, NULL), WEIR_OK);
	say(&db, "PRAGMA synchronous = OFF");
	for (int i = 0; i < n; i++) {
		if (i % 10 == 0)
			make_table(&db);
		ask(i, &grouped, &answered);
	}
	/* It was no test of nothing. */
	assert_true(answered > (size_t)n / 2);
	assert_true(grouped > (size_t)n / 5);
	weir_sqlite_close(&db);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(same_answers_with_and_without)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
