/* --every over partitions that deliver in any order: a made-up source hands out written batches, and says which partitions it
 * has more of, as a service would. Each answer on the way must hold all rows that their partition has before the moment, however
 * the batches are mixed, and however many of them wait before the first is taken. */
#include "weir/session/session.h"
#include "weir/source/source.h"

#include "../../../limit.h"
#include "source/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BEGAN_US INT64_C(1767225600000000) /* 2026-01-01T00:00:00Z */

enum { PARTS = 3, MOST_STEPS = 8, MOST_ROWS = 400 }; /* steps: what a stream's ring holds */

struct row {
	uint32_t part;
	int64_t second;
};
/* The rows in the order in which they are delivered; step i ends before row ends[i]. */
static struct script {
	struct row rows[MOST_ROWS];
	uint32_t n_rows, ends[MOST_STEPS], n_steps;
	uint32_t wait_for[MOST_ROWS * 4],
	    n_waits; /* the n-th question is answered once so many steps lie in the ring */
} script;

/* ---- script:, as the script has it ---- */

struct scripted {
	struct weir_source source;
	struct weir_progress progress;
	struct weir_schema *schema;
	uint32_t step;
	pthread_mutex_t lock;
	pthread_cond_t came;
	uint32_t n_polls; /* under the lock: before poll n + 1, n steps lie in the ring */
	uint32_t n_asked;
	_Atomic bool closing;
};

static void scripted_close(struct weir_source *s)
{
	struct scripted *c = (struct scripted *)s;

	weir_progress_release(&c->progress);
	weir_schema_unref(c->schema);
	free(c);
}

static void tell_awaited(struct scripted *c)
{
	bool more[PARTS] = {false};

	for (uint32_t i = c->step ? script.ends[c->step - 1] : 0; i < script.n_rows; i++)
		more[script.rows[i].part] = true;
	for (uint32_t k = 0; k < PARTS; k++)
		weir_partitions_at(c->progress.partitions, k)->awaited = more[k];
}

static enum weir_status scripted_open(const struct weir_source_config *config, struct weir_source **out,
				      struct weir_error *err)
{
	struct scripted *c = calloc(1, sizeof *c);

	(void)config;
	assert_int_equal(weir_progress_init(&c->progress, err), WEIR_OK);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->came, NULL);
	c->schema = weir_schema_new();
	weir_schema_add(c->schema, WEIR_STR("at"), WEIR_TIMESTAMP);
	weir_schema_set_time(c->schema, 0);
	for (uint32_t k = 0; k < PARTS; k++)
		assert_int_equal(weir_partitions_add(c->progress.partitions, WEIR_STR("s"), (int32_t)k), (int)k);
	tell_awaited(c);
	*out = &c->source;
	return WEIR_OK;
}

static enum weir_status scripted_poll_batch(struct weir_source *s, int64_t timeout_us, struct weir_batch *into,
					    struct weir_error *err)
{
	struct scripted *c = (struct scripted *)s;

	(void)timeout_us, (void)err;
	tell_awaited(c);
	pthread_mutex_lock(&c->lock);
	c->n_polls++;
	pthread_cond_broadcast(&c->came);
	pthread_mutex_unlock(&c->lock);
	if (c->step == script.n_steps)
		return WEIR_END;
	assert_true(weir_batch_set_schema(into, c->schema) && weir_batch_add_time(into) &&
		    weir_batch_add_partition(into));
	weir_batch_set_partitions(into, c->progress.partitions);
	uint32_t from = c->step ? script.ends[c->step - 1] : 0;
	for (uint32_t i = from; i < script.ends[c->step]; i++) {
		uint32_t row = into->n_rows++;
		into->position[row] = i;
		into->partition[row] = (uint16_t)script.rows[i].part;
		into->time_us[row] = BEGAN_US + script.rows[i].second * WEIR_US_PER_S;
		assert_true(weir_column_set_timestamp(&into->columns[0], row, into->time_us[row]));
	}
	into->bytes = into->n_rows;
	c->step++;
	return WEIR_OK;
}

static void scripted_wake(struct weir_source *s)
{
	struct scripted *c = (struct scripted *)s;

	pthread_mutex_lock(&c->lock);
	c->closing = true;
	pthread_cond_broadcast(&c->came);
	pthread_mutex_unlock(&c->lock);
}

static void scripted_status(struct weir_source *s, struct weir_source_status *out)
{
	struct scripted *c = (struct scripted *)s;

	pthread_mutex_lock(&c->lock);
	uint32_t wanted = c->n_asked < script.n_waits ? script.wait_for[c->n_asked] : 0;
	c->n_asked++;
	while (c->n_polls < wanted + 1 && !c->closing)
		pthread_cond_wait(&c->came, &c->lock);
	pthread_mutex_unlock(&c->lock);
	weir_progress_copy(&c->progress, out);
}

static bool scripted_finite(struct weir_source *s)
{
	(void)s;
	return true;
}

static const struct weir_source_ops scripted = {
    .name = "script",
    .schemes = "script",
    .help = "script",
    .example = "script:x",
    .can_wait = true,
    .open = scripted_open,
    .poll_batch = scripted_poll_batch,
    .wake = scripted_wake,
    .status = scripted_status,
    .finite = scripted_finite,
    .close = scripted_close,
};

const struct weir_source_ops *const weir_source_table[] = {&scripted, NULL};

/* ---- the answers ---- */

static char answered[1 << 16], said[4096];

static void take_text(FILE *from, char *text, size_t size)
{
	rewind(from);
	text[fread(text, 1, size - 1, from)] = 0;
	fclose(from);
}

static void run_until(const volatile bool *interrupted)
{
	const char *words[] = {"weir", "-b", "-o", "ndjson", "--every", "10s", "-W", "all", "-m", "count", "script:x"};
	enum { N = sizeof words / sizeof *words };
	struct weir_options o;
	struct weir_error err = {0};
	char copies[N][32], *argv[N];
	FILE *out = tmpfile(), *errors = tmpfile();

	for (int i = 0; i < N; i++) {
		snprintf(copies[i], sizeof copies[i], "%s", words[i]);
		argv[i] = copies[i];
	}
	weir_options_init(&o);
	assert_int_equal(weir_options_parse(N, argv, 0, &o, &err), WEIR_OK);
	assert_int_equal(weir_batch_run(&o, &weir_clock_system, -1, fileno(out), fileno(errors), interrupted), 0);
	weir_options_release(&o);
	take_text(out, answered, sizeof answered);
	take_text(errors, said, sizeof said);
	assert_string_equal(said, "");
}

static void add_step(const struct row *rows, uint32_t n)
{
	memcpy(script.rows + script.n_rows, rows, n * sizeof *rows);
	script.n_rows += n;
	script.ends[script.n_steps++] = script.n_rows;
}

static void wait_always_for(uint32_t steps)
{
	script.n_waits = sizeof script.wait_for / sizeof *script.wait_for;
	for (uint32_t i = 0; i < script.n_waits; i++)
		script.wait_for[i] = steps;
}

/* The source has sent everything, and says so, while the rows of partition 0 still wait behind those of partition 1. */
static void what_lies_in_the_ring_is_waited_for(void **unused)
{
	const volatile bool never = false;

	(void)unused;
	script = (struct script){.n_rows = 0};
	add_step((const struct row[]){{0, 1}, {1, 2}, {2, 3}}, 3);
	add_step((const struct row[]){{1, 12}, {1, 31}}, 2);
	add_step((const struct row[]){{2, 25}}, 1);
	add_step((const struct row[]){{0, 4}, {0, 5}, {0, 6}, {0, 11}}, 4);
	add_step((const struct row[]){{0, 21}}, 1);
	wait_always_for(script.n_steps);
	run_until(&never);
	assert_string_equal(answered, "{\"count\":6}\n{\"count\":8}\n{\"count\":10}\n{\"count\":11}\n");
}

/* Partition 0 has come to its moment, and what partition 1 has before it is taken in the same batch as its last. */
static void what_was_taken_comes_before_the_print(void **unused)
{
	const volatile bool never = false;

	(void)unused;
	script = (struct script){.n_rows = 0};
	add_step((const struct row[]){{0, 1}, {1, 1}, {2, 1}}, 3);
	add_step((const struct row[]){{0, 15}, {1, 2}, {2, 2}}, 3);
	wait_always_for(script.n_steps);
	run_until(&never);
	assert_string_equal(answered, "{\"count\":5}\n{\"count\":6}\n");
}

static uint64_t seed;
static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

/* Rows of each partition in its own order, more or less by time. */
static struct row planned[PARTS][MOST_ROWS / PARTS];
static uint32_t n_planned[PARTS];

static void draw_partitions(void)
{
	for (uint32_t k = 0; k < PARTS; k++) {
		int64_t second = draw(2) ? draw(5) : draw(60);
		n_planned[k] = 1 + draw(MOST_ROWS / PARTS - 1);
		for (uint32_t i = 0; i < n_planned[k]; i++) {
			planned[k][i] = (struct row){k, second - (draw(4) ? 0 : draw(4))};
			second += draw(3);
		}
	}
}

static void mix(void)
{
	uint32_t at[PARTS] = {0}, n = 0;

	script = (struct script){.n_rows = 0};
	for (uint32_t k = 0; k < PARTS; k++)
		n += n_planned[k];
	while (script.n_rows < n) {
		uint32_t k = draw(PARTS);
		for (uint32_t run = 1 + draw(40); run && at[k] < n_planned[k]; run--)
			script.rows[script.n_rows++] = planned[k][at[k]++];
	}
	script.n_steps = 1 + draw(MOST_STEPS);
	for (uint32_t i = 0; i < script.n_steps; i++)
		script.ends[i] = script.n_rows * (i + 1) / script.n_steps;
	script.n_waits = sizeof script.wait_for / sizeof *script.wait_for;
	for (uint32_t i = 0; i < script.n_waits; i++)
		script.wait_for[i] = draw(script.n_steps + 1);
}

static int64_t boundary_at(int64_t second)
{
	return (second + 1009) / 10 * 10 - 1000; /* a second may be below 0 */
}

/* Each partition is read to its first row beyond the moment; the first row that waits then sets the next one. */
static void expect(char *out, size_t size)
{
	uint32_t taken[PARTS] = {0}, n = 0;
	int64_t first = INT64_MAX;

	for (uint32_t k = 0; k < PARTS; k++)
		first = planned[k][0].second < first ? planned[k][0].second : first;
	out[0] = 0;
	while (first != INT64_MAX) {
		int64_t moment = boundary_at(first);
		first = INT64_MAX;
		for (uint32_t k = 0; k < PARTS; k++) {
			for (; taken[k] < n_planned[k] && planned[k][taken[k]].second <= moment; n++)
				taken[k]++;
			if (taken[k] < n_planned[k] && planned[k][taken[k]].second < first)
				first = planned[k][taken[k]].second;
		}
		size_t used = strlen(out);
		snprintf(out + used, size - used, "{\"count\":%u}\n", n);
	}
}

static void every_mixture_gives_the_same(void **unused)
{
	static char right[sizeof answered];
	const volatile bool never = false;

	(void)unused;
	for (uint64_t s = 1; s <= 60; s++) {
		seed = s;
		draw_partitions();
		expect(right, sizeof right);
		for (int i = 0; i < 4; i++) {
			mix();
			run_until(&never);
			if (strcmp(answered, right) != 0)
				fail_msg("seed %llu, mixture %d:\n%s--- rightly\n%s", (unsigned long long)s, i,
					 answered, right);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_lies_in_the_ring_is_waited_for),
	    cmocka_unit_test(what_was_taken_comes_before_the_print),
	    cmocka_unit_test(every_mixture_gives_the_same),
	};

	alarm(TEST_LIMIT_S * 2);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
