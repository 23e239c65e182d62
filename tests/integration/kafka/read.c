/* Reads a source through its door and says what came, so that tests can look at what the screen would show.
 *
 *     read ADDRESS [STOP_AFTER [IDLE_S]]
 *
 * Prints a line "state NAME DETAIL" whenever one of them changes, a line "reached N" at every 100,000th record, and at the
 * end "records N", "sum S" (of the numbers in the keys), "doubled D" and "gaps G" (offsets of a partition that came again or
 * were left out), "resumes at POSITION" and a line "partition NAME position P end E lag L until 0|1" for each. Ends at the end of the source, after STOP_AFTER records,
 * or when nothing came for IDLE_S seconds. Exit status: that of the program, with the error on standard error. */
#include "weir/base/bounds.h"
#include "weir/source/source.h"

#include <stdio.h>
#include <stdlib.h>

static struct {
	uint64_t n, sum, doubled, gaps;
	int64_t next[WEIR_MAX_PARTITIONS];
} seen;

static void count(const struct weir_message *m)
{
	char key[24];
	int64_t *next = &seen.next[m->partition];

	snprintf(key, sizeof key, WEIR_STR_FMT, WEIR_STR_ARG(m->key));
	if (++seen.n % 100000 == 0) {
		printf("reached %llu\n", (unsigned long long)seen.n);
		fflush(stdout);
	}
	seen.sum += strtoull(key, NULL, 10);
	seen.doubled += *next && m->offset < *next - 1;
	seen.gaps += *next && m->offset > *next - 1;
	*next = m->offset + 2; /* one more than the offset that should come, so that 0 means none yet */
}

static void show_state(const struct weir_source_status *st)
{
	static enum weir_source_state last = WEIR_SOURCE_CONNECTING;
	static char detail[sizeof st->detail];

	if (st->state != last || strcmp(st->detail, detail) != 0)
		printf("state %s %s\n", weir_source_state_name(st->state), st->detail);
	last = st->state;
	memcpy(detail, st->detail, sizeof detail);
	fflush(stdout);
}

static void show_end(struct weir_source *s)
{
	static struct weir_source_status st;

	weir_source_status(s, &st);
	show_state(&st);
	printf("records %llu\nsum %llu\ndoubled %llu\ngaps %llu\nlag %lld\n", (unsigned long long)seen.n,
	       (unsigned long long)seen.sum, (unsigned long long)seen.doubled, (unsigned long long)seen.gaps,
	       (long long)st.lag);
	struct weir_buf position = {0};
	if (weir_source_position(s, &position) == WEIR_OK)
		printf("resumes at %s\n", position.data);
	weir_buf_release(&position);
	for (uint32_t i = 0; i < weir_partitions_count(st.partitions); i++) {
		const struct weir_partition *p = weir_partitions_get(st.partitions, i);
		char name[300];
		printf("partition %s position %lld end %lld lag %lld until %d\n",
		       weir_partition_name(p, name, sizeof name), (long long)p->position, (long long)p->end,
		       (long long)p->lag, p->at_until);
	}
}

static int fail(const struct weir_error *err)
{
	char line[1024];

	fprintf(stderr, "read: %s\n", weir_error_line(err, line, sizeof line));
	return weir_status_exit_code(err->code);
}

int main(int argc, char **argv)
{
	static struct weir_source_status st;
	struct weir_source_config config = {.clock = &weir_clock_system, .log = weir_log_new(100)};
	struct weir_source *s;
	struct weir_chunk c;
	struct weir_error err = {0};
	uint64_t stop_after = argc > 2 ? strtoull(argv[2], NULL, 10) : UINT64_MAX;
	int64_t idle_us = (argc > 3 ? atoi(argv[3]) : 3600) * WEIR_US_PER_S, last_us = weir_clock_mono_us(config.clock);
	enum weir_status status;

	if (argc < 2 || weir_uri_parse(weir_str_of(argv[1]), false, &config.uri, &err) != WEIR_OK ||
	    weir_source_open(&config, &s, &err) != WEIR_OK)
		return fail(&err);
	while ((status = weir_source_poll(s, 100000, &c, &err)) == WEIR_OK || status == WEIR_AGAIN) {
		int64_t now_us = weir_clock_mono_us(config.clock);
		last_us = c.n_messages ? now_us : last_us;
		for (; c.n_messages && seen.n < stop_after; c.n_messages--, c.messages++)
			count(c.messages);
		weir_source_consume(s, &c);
		weir_source_status(s, &st);
		show_state(&st);
		if (seen.n >= stop_after || now_us - last_us > idle_us)
			break;
	}
	show_end(s);
	weir_source_close(s);
	weir_uri_release(&config.uri);
	weir_log_free(config.log);
	return status == WEIR_OK || status == WEIR_AGAIN || status == WEIR_END ? 0 : fail(&err);
}
