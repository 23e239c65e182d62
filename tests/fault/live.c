/* Live sessions in which allocation n fails, alone or with the four after it, for n = 1, 2, 3, …: each opens or says that
 * there is no memory; afterwards it goes on, its ledger balances, and its last answer is the right one, or something says that
 * it is not: an error, a failed stream, rows that were shed.
 *
 *   live       WEIR_FAULT_MAX, WEIR_FAULT_STRIDE as for alloc; for what shows only now and then:
 *              WEIR_FAULT_FILE (of the four, a.csv), WEIR_FAULT_FROM (the first n), WEIR_FAULT_TIMES (each n so often)
 *
 * A session opens over a file, answers the question it was opened with, and then another one. */
#include "../limit.h"
#include "hook.h"
#include "input.h"

#include "weir/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LIMIT_US = TEST_LIMIT_S * 1000000, MOST_BYTES = 1 << 16, QUIET = 10 };

static const char *const files[] = {"a.ndjson", "a.csv", "a.logfmt", "a.json"};
static const char *const first[][2] = {
    {"b", "count,sum(a),p95(a)"}, {"c", "distinct(b),stddev(a),mode(b)"}, {"b", "last(c),min(a)"}, {NULL, "count"}};
static const char *const second[][2] = {
    {"c", "count,avg(a)"}, {"b", "first(c),max(a)"}, {NULL, "p50(a),count"}, {"b,c", "count"}};
enum { N_CASES = sizeof files / sizeof *files };

struct said {
	char text[2][MOST_BYTES]; /* the last answer to each question */
	bool opened, hung, unbalanced;
	bool excused[2]; /* an error, a failed stream, shed rows */
};

static void describe(const struct weir_result *r, char *out)
{
	struct weir_buf text = {0};
	uint64_t buckets = 0, bins = 0;
	weir_result_print(r, WEIR_OUT_NDJSON, false, &text);
	for (uint32_t i = 0; i < r->n_buckets && r->bucket_rows; i++)
		buckets += r->bucket_rows[i];
	for (uint32_t i = 0; i < r->histogram.n_bins; i++)
		bins += r->histogram.counts[i];
	snprintf(
	    out, MOST_BYTES,
	    "%srows %llu of %llu, buckets %llu, bins %llu of %llu, series %u, records %u of %u columns, fields %u\n",
	    text.data ? text.data : "", (unsigned long long)r->total.rows, (unsigned long long)r->n_rows_total,
	    (unsigned long long)buckets, (unsigned long long)bins, (unsigned long long)r->histogram.n, r->n_series,
	    r->n_records, r->n_record_columns, r->n_fields);
	weir_buf_release(&text);
}

static bool is_last(const struct weir_result *r, const struct weir_session_info *info, uint64_t generation)
{
	bool whole = r->ledger.received == info->streams[0].records || r->error.code != WEIR_OK;
	return info->ended && !info->rebuilding && r->view_generation >= generation && whole;
}

/* Waits for the last answer to a question, as somebody does who looks at the screen. */
static void wait_for(struct weir_session *s, uint64_t generation, int which, struct said *said)
{
	struct weir_session_info info = {0};
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + LIMIT_US;
	bool done = false;
	while (!done) {
		struct weir_result *r = weir_session_result(s);
		weir_session_info(s, &info);
		bool failed = info.n_streams && info.streams[0].state == WEIR_STREAM_FAILED;
		if (r && !weir_ledger_balances(&r->ledger))
			said->unbalanced = true;
		if (r && info.n_streams &&
		    (is_last(r, &info, generation) || (failed && info.ended && r->view_generation >= generation))) {
			describe(r, said->text[which]);
			said->excused[which] = failed || r->error.code != WEIR_OK || r->ledger.shed > 0;
			done = true;
		}
		weir_result_unref(r);
		int64_t left_us = end_us - weir_clock_mono_us(&weir_clock_system);
		if (!done && left_us <= 0) {
			said->hung = done = true;
			snprintf(said->text[which], MOST_BYTES,
				 "ended %d, rebuilding %d, generation %llu of %llu, failed %d\n", info.ended,
				 info.rebuilding, (unsigned long long)info.generation, (unsigned long long)generation,
				 failed);
		}
		if (!done)
			weir_wake_wait(weir_session_wake(s), left_us < 50000 ? left_us : 50000);
	}
	weir_session_info_release(&info);
}

static bool set_question(struct weir_view *v, const char *const question[2])
{
	return weir_view_set(v, WEIR_VIEW_GROUP, question[0], 0, NULL) == WEIR_OK &&
	       weir_view_set(v, WEIR_VIEW_MEASURE, question[1], 0, NULL) == WEIR_OK;
}

/* n 0: nothing fails. */
static uint64_t run_once(int which, uint64_t n, uint64_t more, struct said *said)
{
	char words[][32] = {"weir", "--window", "all", ""}, *argv[4];
	struct weir_options options;
	struct weir_error err = {0};
	struct weir_session *s = NULL;
	memset(said, 0, sizeof *said);
	snprintf(words[3], sizeof words[3], "%s", files[which]);
	for (int i = 0; i < 4; i++)
		argv[i] = words[i];
	weir_options_init(&options);
	if (weir_options_parse(4, argv, 0, &options, &err) != WEIR_OK || !set_question(&options.view, first[which]))
		exit(2);
	fault_arm(n ? n : UINT64_MAX - more - 1, more);
	enum weir_status st = weir_session_open(&options, &weir_clock_system, -1, true, &s, &err);
	said->opened = st == WEIR_OK;
	fault_exempt(true); /* what fails is the session's, in its threads; who looks at it is not tried */
	if (st == WEIR_OK) {
		struct weir_view view;
		wait_for(s, 1, 0, said);
		weir_view_init(&view);
		fault_exempt(false);
		bool set = set_question(&view, second[which]);
		view.window.kind = WEIR_WINDOW_ALL;
		uint64_t generation = set ? weir_session_ask(s, &view, &err) : 0;
		fault_exempt(true);
		said->excused[1] = generation == 0;
		if (generation && !said->hung)
			wait_for(s, generation, 1, said);
		weir_view_release(&view);
	} else if (err.code != WEIR_NO_MEMORY) {
		said->unbalanced = true; /* another reason than memory: nothing to balance */
	}
	uint64_t failed = fault_disarm();
	weir_session_close(s);
	weir_options_release(&options);
	fault_exempt(false);
	return failed;
}

static const char *what_is_wrong(const struct said *right, const struct said *got)
{
	if (got->hung)
		return "no last answer came";
	if (got->unbalanced)
		return got->opened ? "the ledger does not balance" : "another reason than memory";
	for (int i = 0; i < 2 && got->opened; i++)
		if (!got->excused[i] && strcmp(right->text[i], got->text[i]) != 0)
			return i ? "another answer to the second question, and nothing said"
				 : "another answer, and nothing said";
	return NULL;
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	return text ? strtoull(text, NULL, 10) : otherwise;
}

static struct said right, got;
static unsigned long runs, refused, excused, wrong;

/* Whether any allocation failed. */
static bool try_one(int which, uint64_t n, int mode)
{
	uint64_t failed = run_once(which, n, mode ? 4 : 0, &got);
	const char *what = what_is_wrong(&right, &got);
	runs++;
	refused += !got.opened;
	excused += got.opened && (got.excused[0] || got.excused[1]);
	wrong += what != NULL;
	if (what)
		printf("FAIL %s, allocation %llu%s: %s\n%.400s%.400s--- rightly\n%.400s%.400s", files[which],
		       (unsigned long long)n, mode ? " and those after it" : "", what, got.text[0], got.text[1],
		       right.text[0], right.text[1]);
	return failed > 0;
}

static void try_all(int which, int mode)
{
	uint64_t most = number_of("WEIR_FAULT_MAX", 3000), stride = number_of("WEIR_FAULT_STRIDE", 1);
	uint64_t from = number_of("WEIR_FAULT_FROM", 1), times = number_of("WEIR_FAULT_TIMES", 1);
	unsigned none = 0;
	for (uint64_t n = from + (uint64_t)which % stride; n <= most && none < QUIET; n += stride) {
		bool any = false;
		for (uint64_t i = 0; i < times; i++)
			any |= try_one(which, n, mode);
		none = any ? 0 : none + 1;
	}
}

int main(void)
{
	const char *only = getenv("WEIR_FAULT_FILE");
	/* Thousands of files are brought to the disk: in memory, where that can be, for a busy disk makes minutes of them. */
	char folder[32];
	snprintf(folder, sizeof folder, "%s/weir-fault-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!mkdtemp(folder) || chdir(folder) != 0)
		return 2;
	fault_inputs_write();
	for (int which = 0; which < N_CASES; which++) {
		if (only && strcmp(only, files[which]) != 0)
			continue;
		run_once(which, 0, 0, &right);
		try_all(which, 0);
		try_all(which, 1);
	}
	for (size_t f = 0; fault_inputs[f].file; f++)
		unlink(fault_inputs[f].file);
	if (chdir("/") == 0)
		rmdir(folder);
	printf("%lu runs: %lu refused calmly, %lu said that something is missing, %lu wrong\n", runs, refused, excused,
	       wrong);
	return wrong || (!refused && !getenv("WEIR_FAULT_FROM"));
}
