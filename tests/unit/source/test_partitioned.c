/* A source of many partitions over a made-up service: shards of numbers in memory, read by one thread for all of them. What
 * a service over HTTP would do, without one. */
#include "config.h"

#include "reading.h"
#include "source/partitioned/partitioned.h"

enum { MOST_SHARDS = 40, MOST_RECORDS = 20000 };

struct record {
	int shard;
	int64_t offset;
	char text[24];
};

/* The service. Shard s has the records low[s] to high[s] - 1; a record's payload is its offset. */
static struct service {
	pthread_mutex_t lock;
	int n_shards;
	int64_t low[MOST_SHARDS], high[MOST_SHARDS];
	bool refuses;       /* to say which shards there are */
	_Atomic bool hangs; /* while it is asked */
	_Atomic int n_held; /* records that were taken and not given back */
	_Atomic bool released;
	_Atomic int n_threads; /* that ever fetched */
} service = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct shards {
	struct weir_partitioned p;
	int64_t at[MOST_SHARDS]; /* the fetch thread's; -1: it is not read */
	bool until_now;
	pthread_t fetcher;
	int n_known;
};

static bool add_shard(struct shards *s, struct weir_part_set *set, int i)
{
	int64_t at = weir_position_find(&s->p.resume, "s", i);
	struct weir_part part = {.number = i, .until = s->until_now ? service.high[i] : -1, .newest_us = -1};

	part.end = service.high[i];
	part.next = at > service.low[i] ? at : service.low[i];
	part.lost = at >= 0 && at < service.low[i] ? service.low[i] - at : 0;
	return weir_part_set_add(set, "s", &part);
}

static void look(struct shards *s)
{
	struct weir_part_set *set = calloc(1, sizeof *set);

	pthread_mutex_lock(&service.lock);
	for (; s->n_known < service.n_shards; s->n_known++)
		assert_true(add_shard(s, set, s->n_known));
	pthread_mutex_unlock(&service.lock);
	if (set->n_parts)
		weir_partitioned_found(&s->p, set);
	else
		free(set);
}

static enum weir_status find(struct weir_partitioned *p, struct weir_error *err)
{
	while (atomic_load(&service.hangs))
		weir_clock_system.sleep_us(NULL, 1000);
	if (service.refuses)
		return weir_fail(err, WEIR_DENIED, p->address, "says no");
	look((struct shards *)p);
	return WEIR_OK;
}

static void watch(struct weir_partitioned *p)
{
	while (!atomic_load(&p->closing)) {
		weir_wake_wait(&p->finder_wake, 1000000);
		if (!weir_partitioned_found_waits(p))
			look((struct shards *)p);
	}
}

static size_t fetch(struct weir_partitioned *p, void **records, size_t most)
{
	struct shards *s = (struct shards *)p;
	size_t n = 0;

	if (!atomic_load(&service.n_threads) || !pthread_equal(s->fetcher, pthread_self())) {
		s->fetcher = pthread_self();
		atomic_fetch_add(&service.n_threads, 1);
	}
	pthread_mutex_lock(&service.lock);
	for (int i = 0; i < service.n_shards; i++) {
		for (int k = 0; k < 100 && n < most && s->at[i] >= 0 && s->at[i] < service.high[i]; k++) {
			struct record *r = calloc(1, sizeof *r);
			r->shard = i;
			r->offset = s->at[i]++;
			snprintf(r->text, sizeof r->text, "%lld", (long long)r->offset);
			records[n++] = r;
		}
	}
	pthread_mutex_unlock(&service.lock);
	atomic_fetch_add(&service.n_held, (int)n);
	return n;
}

static void wait_for_more(struct weir_partitioned *p)
{
	weir_wake_wait(&p->fetch_wake, 2000);
}

static void give_back(struct weir_partitioned *p, void *const *records, size_t n)
{
	(void)p;
	for (size_t i = 0; i < n; i++)
		free(records[i]);
	atomic_fetch_sub(&service.n_held, (int)n);
}

static bool begin(struct weir_partitioned *p, size_t first)
{
	struct shards *s = (struct shards *)p;

	pthread_mutex_lock(&service.lock);
	for (size_t i = first; i < p->set.n_parts; i++)
		if (!p->set.parts[i].done)
			s->at[p->set.parts[i].number] = p->set.parts[i].next;
	pthread_mutex_unlock(&service.lock);
	return true;
}

static void end(struct weir_partitioned *p, const struct weir_part *part)
{
	pthread_mutex_lock(&service.lock);
	((struct shards *)p)->at[part->number] = -1;
	pthread_mutex_unlock(&service.lock);
}

static enum weir_status convert(struct weir_partitioned *p, void *record, struct weir_part **part,
				struct weir_message *out, struct weir_error *err)
{
	const struct record *r = record;

	(void)err;
	*part = weir_part_of(&p->set, &p->set.topics[0], r->shard);
	*out = (struct weir_message){
	    .payload = weir_str_of(r->text), .topic = WEIR_STR("s"), .offset = r->offset, .time_us = WEIR_TIME_NONE};
	return WEIR_OK;
}

static int64_t end_offset(struct weir_partitioned *p, const struct weir_part *part)
{
	(void)p;
	pthread_mutex_lock(&service.lock);
	int64_t high = service.high[part->number];
	pthread_mutex_unlock(&service.lock);
	return high;
}

static void let_go(struct weir_partitioned *p)
{
	(void)p;
}

static void release(struct weir_partitioned *p)
{
	(void)p;
	atomic_store(&service.released, true);
}

static const struct weir_partitioned_ops kind = {
    .find = find,
    .watch = watch,
    .fetch = fetch,
    .wait = wait_for_more,
    .give_back = give_back,
    .begin = begin,
    .end = end,
    .convert = convert,
    .end_offset = end_offset,
    .let_go = let_go,
    .release = release,
};

/* ---- reading it ---- */

struct reader {
	struct weir_source *source;
	struct weir_error err;
	enum weir_status last;
	int64_t next[MOST_SHARDS]; /* offset expected in each */
	int n;
};

static void start_service(int n_shards, int64_t low, int64_t high)
{
	pthread_mutex_lock(&service.lock);
	service.n_shards = n_shards;
	service.refuses = false;
	for (int i = 0; i < MOST_SHARDS; i++) {
		service.low[i] = low;
		service.high[i] = high;
	}
	pthread_mutex_unlock(&service.lock);
	atomic_store(&service.n_threads, 0);
	atomic_store(&service.hangs, false);
	atomic_store(&service.released, false);
}

static enum weir_status open_shards(struct reader *r, const char *position, bool until_now)
{
	static struct weir_source_ops ops = {.poll = weir_partitioned_poll,
					     .consume = weir_partitioned_consume,
					     .wake = weir_partitioned_wake,
					     .status = weir_partitioned_status,
					     .position = weir_partitioned_position,
					     .finite = weir_partitioned_finite,
					     .close = weir_partitioned_close};
	struct weir_param param = {(char *)(uintptr_t) "position", (char *)(uintptr_t)position};
	struct weir_source_config config = {
	    .clock = &weir_clock_system, .uri.params = &param, .uri.n_params = !!position};
	struct shards *s = (struct shards *)weir_partitioned_new(sizeof *s, &kind, &config, "shards", &r->err);

	r->source = NULL;
	r->n = 0;
	if (!s)
		return r->last = r->err.code;
	s->p.base.ops = &ops;
	s->p.finite = s->until_now = until_now;
	for (int i = 0; i < MOST_SHARDS; i++)
		s->at[i] = -1;
	r->source = &s->p.base;
	return r->last = weir_partitioned_start(&s->p, &r->err);
}

/* One poll; takes at most `most` of what comes, and sees that each shard's records follow one another. */
static enum weir_status step(struct reader *r, int most)
{
	struct weir_chunk chunk;
	char text[24];

	r->last = weir_source_poll(r->source, 100000, &chunk, &r->err);
	for (; r->last == WEIR_OK && chunk.n_messages && most--; chunk.n_messages--, chunk.messages++, r->n++) {
		const struct weir_message *m = chunk.messages;
		snprintf(text, sizeof text, "%lld", (long long)m->offset);
		assert_true(weir_str_equal(m->payload, weir_str_of(text)));
		assert_int_equal(m->offset, r->next[m->partition]);
		r->next[m->partition] = m->offset + 1;
	}
	if (r->last == WEIR_OK || r->last == WEIR_AGAIN)
		weir_source_consume(r->source, &chunk);
	return r->last;
}

static void read_all(struct reader *r)
{
	while (step(r, MOST_RECORDS) == WEIR_OK || r->last == WEIR_AGAIN)
		;
	assert_int_equal(r->last, WEIR_END);
}

static void close_shards(struct reader *r)
{
	weir_source_close(r->source);
	assert_int_equal(atomic_load(&service.n_held), 0);
	assert_true(atomic_load(&service.released));
}

static void one_thread_reads_all_shards(void **state)
{
	struct reader r = {0};

	(void)state;
	start_service(MOST_SHARDS, 0, 3000);
	assert_int_equal(open_shards(&r, NULL, true), WEIR_OK);
	read_all(&r);
	assert_int_equal(r.n, MOST_SHARDS * 3000);
	assert_int_equal(atomic_load(&service.n_threads), 1);
	struct weir_source_status status;
	weir_source_status(r.source, &status);
	assert_int_equal(status.state, WEIR_SOURCE_END);
	assert_int_equal(weir_partitions_count(status.partitions), MOST_SHARDS);
	assert_int_equal(weir_partitions_get(status.partitions, 7)->position, 3000);
	assert_true(weir_partitions_get(status.partitions, 7)->at_until);
	close_shards(&r);
}

/* Wherever a run stops, the next one begins there: nothing is read twice, and nothing is left out. */
static void reading_resumes_at_a_position(void **state)
{
	struct reader r = {0};
	struct weir_buf text = {0};
	int total = 0, runs = 0;

	(void)state;
	start_service(3, 0, 1000);
	for (; total < 3000; runs++) {
		assert_int_equal(open_shards(&r, runs ? text.data : NULL, true), WEIR_OK);
		while (r.n < 700 && (step(&r, 123) == WEIR_OK || r.last == WEIR_AGAIN))
			;
		text.size = 0;
		assert_int_equal(weir_source_position(r.source, &text), WEIR_OK);
		total += r.n;
		close_shards(&r);
	}
	assert_int_equal(total, 3000);
	assert_true(runs >= 4);
	assert_string_equal(text.data, "0=1000,1=1000,2=1000");
	assert_int_equal(open_shards(&r, text.data, true), WEIR_OK);
	read_all(&r);
	assert_int_equal(r.n, 0);
	close_shards(&r);
	weir_buf_release(&text);
}

static void there_is_no_position_before_there_are_partitions(void **state)
{
	struct reader r = {0};
	struct weir_buf text = {0};

	(void)state;
	start_service(1, 0, 1);
	atomic_store(&service.hangs, true);
	assert_int_equal(open_shards(&r, NULL, true), WEIR_OK);
	assert_int_equal(step(&r, 1), WEIR_AGAIN);
	assert_int_equal(weir_source_position(r.source, &text), WEIR_AGAIN);
	assert_int_equal(text.size, 0);
	atomic_store(&service.hangs, false);
	read_all(&r);
	assert_int_equal(weir_source_position(r.source, &text), WEIR_OK);
	assert_string_equal(text.data, "0=1");
	close_shards(&r);
	weir_buf_release(&text);
}

static void what_went_since_is_lost(void **state)
{
	struct reader r = {.next = {500, 500}};
	struct weir_source_status status;

	(void)state;
	start_service(2, 500, 1000);
	assert_int_equal(open_shards(&r, "0=400,1=500,9=3", true), WEIR_OK);
	read_all(&r);
	assert_int_equal(r.n, 1000);
	weir_source_status(r.source, &status);
	const struct weir_partition *one = weir_partitions_get(status.partitions, 0);
	assert_int_equal(one->lost, 100);
	assert_int_equal(one->lost_from, 400);
	assert_int_equal(one->lost_to, 499);
	assert_int_equal(weir_partitions_get(status.partitions, 1)->lost, 0);
	close_shards(&r);
}

static void shards_that_come_later_are_read(void **state)
{
	struct reader r = {0};
	struct weir_source_status status;

	(void)state;
	start_service(2, 0, 10);
	assert_int_equal(open_shards(&r, NULL, false), WEIR_OK);
	while (r.n < 20)
		step(&r, MOST_RECORDS);
	pthread_mutex_lock(&service.lock);
	service.n_shards = 4;
	pthread_mutex_unlock(&service.lock);
	weir_wake_signal(&((struct shards *)r.source)->p.finder_wake);
	while (r.n < 40)
		step(&r, MOST_RECORDS);
	weir_source_status(r.source, &status);
	assert_string_equal(status.detail, "2 new partitions: s/2, s/3");
	assert_false(weir_source_finite(r.source));
	close_shards(&r);
}

static void a_service_that_is_down_is_said(void **state)
{
	struct reader r = {0};
	struct weir_source_status status;

	(void)state;
	start_service(1, 0, 1);
	assert_int_equal(open_shards(&r, NULL, false), WEIR_OK);
	struct weir_partitioned *p = (struct weir_partitioned *)r.source;
	while (r.n < 1)
		step(&r, 1);
	weir_partitioned_complain(p, WEIR_UNREACHABLE, "no answer for a while");
	atomic_store(&p->down, true);
	step(&r, 1);
	weir_source_status(r.source, &status);
	assert_int_equal(status.state, WEIR_SOURCE_RECONNECTING);
	assert_string_equal(status.detail, "no answer for a while");
	atomic_store(&p->down, false);
	step(&r, 1);
	weir_source_status(r.source, &status);
	assert_int_equal(status.state, WEIR_SOURCE_LIVE);
	close_shards(&r);
}

static void what_cannot_be_found_fails(void **state)
{
	struct reader r = {0};

	(void)state;
	start_service(1, 0, 1);
	service.refuses = true;
	assert_int_equal(open_shards(&r, NULL, true), WEIR_OK);
	while (step(&r, 1) == WEIR_AGAIN)
		;
	assert_int_equal(r.last, WEIR_DENIED);
	assert_string_equal(r.err.what, "says no");
	close_shards(&r);
}

/* The finder frees the source once its question is answered. */
static void closing_does_not_wait_for_the_service(void **state)
{
	struct reader r = {0};

	(void)state;
	start_service(1, 0, 1);
	atomic_store(&service.hangs, true);
	assert_int_equal(open_shards(&r, NULL, true), WEIR_OK);
	int64_t began_us = weir_clock_mono_us(&weir_clock_system);
	weir_source_close(r.source);
	assert_in_range(weir_clock_mono_us(&weir_clock_system) - began_us, 0, 5000000);
	assert_false(atomic_load(&service.released));
	atomic_store(&service.hangs, false);
	for (int i = 0; i < 10000 && !atomic_load(&service.released); i++)
		weir_clock_system.sleep_us(NULL, 1000);
	assert_true(atomic_load(&service.released));
}

static void wrong_positions(void **state)
{
	static const char *const texts[] = {"",
					    "5",
					    "0=",
					    "=5",
					    "0=5,",
					    "0=-1",
					    "-1=5",
					    "0=5,0=6",
					    "a/=5",
					    "a/0=5,1=5",
					    "/0=5",
					    "0=5;1=6",
					    "0=1x",
					    "0=99999999999999999999",
					    "4294967296=1"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct reader r = {0};
		start_service(1, 0, 1);
		if (open_shards(&r, texts[i], true) != WEIR_USAGE)
			fail_msg("\"%s\" is taken", texts[i]);
		assert_non_null(strstr(r.err.what, "is not a position"));
	}
}

static void positions_are_found_by_topic_and_number(void **state)
{
	struct weir_position p;
	struct weir_part_set set = {0};
	char text[60];

	(void)state;
	assert_int_equal(weir_position_parse("b/1=7,a/10=3,a/2=5,a.b/0=9", &p, NULL), WEIR_OK);
	assert_int_equal(weir_position_find(&p, "a", 2), 5);
	assert_int_equal(weir_position_find(&p, "a", 10), 3);
	assert_int_equal(weir_position_find(&p, "b", 1), 7);
	assert_int_equal(weir_position_find(&p, "a.b", 0), 9);
	assert_int_equal(weir_position_find(&p, "a", 1), -1);
	assert_int_equal(weir_position_find(&p, "c", 1), -1);
	assert_true(weir_part_set_add(&set, "a", &(struct weir_part){.number = 2}));
	assert_true(weir_part_set_add(&set, "b", &(struct weir_part){.number = 1}));
	assert_string_equal(weir_position_unmatched(&p, &set, text, sizeof text), "a/10 and 1 more");
	assert_true(weir_part_set_add(&set, "a", &(struct weir_part){.number = 10}));
	assert_string_equal(weir_position_unmatched(&p, &set, text, sizeof text), "a.b/0");
	weir_part_set_release(&set);
	weir_position_release(&p);
	assert_int_equal(weir_position_parse(NULL, &p, NULL), WEIR_OK);
	assert_int_equal(weir_position_find(&p, "a", 0), -1);
	weir_position_release(&p);
}

static void waits_grow_to_their_bound(void **state)
{
	struct weir_backoff b = {.first_us = 3, .most_us = 20};

	(void)state;
	assert_int_equal(weir_backoff_next(&b), 3);
	assert_int_equal(weir_backoff_next(&b), 6);
	assert_int_equal(weir_backoff_next(&b), 12);
	assert_int_equal(weir_backoff_next(&b), 20);
	assert_int_equal(weir_backoff_next(&b), 20);
	weir_backoff_reset(&b);
	assert_int_equal(weir_backoff_next(&b), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_thread_reads_all_shards),
	    cmocka_unit_test(reading_resumes_at_a_position),
	    cmocka_unit_test(there_is_no_position_before_there_are_partitions),
	    cmocka_unit_test(what_went_since_is_lost),
	    cmocka_unit_test(shards_that_come_later_are_read),
	    cmocka_unit_test(a_service_that_is_down_is_said),
	    cmocka_unit_test(what_cannot_be_found_fails),
	    cmocka_unit_test(closing_does_not_wait_for_the_service),
	    cmocka_unit_test(wrong_positions),
	    cmocka_unit_test(positions_are_found_by_topic_and_number),
	    cmocka_unit_test(waits_grow_to_their_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
