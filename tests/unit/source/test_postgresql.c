/* The source of tables of PostgreSQL without one: rows in the binary form of COPY that are no rows, and a server that is not there or
 * says nothing. */
#include "source/postgresql/postgresql.h"

#include "reading.h"

#include <arpa/inet.h>
#include <sys/socket.h>

/* One column of each kind, as they are learnt. */
static void learn(struct weir_pg_source *q, enum weir_pg_kind *kind, enum weir_type type)
{
	static char name[] = "host/d";

	*q = (struct weir_pg_source){.kinds = kind, .n_kinds = 1, .schema = weir_schema_new(), .server.name = name};
	assert_true(weir_cells_add(&q->cells, q->schema, WEIR_STR("a"), WEIR_STR("a"), type));
}

/* A row of one field of `size` bytes. */
static enum weir_status read_field(struct weir_pg_source *q, uint8_t size, bool *used, int64_t *value)
{
	const char bytes[30] = {0, 1, 0, 0, 0, (char)size, 0, 0, 0, 0, 0, 0, 0, 7};
	struct weir_batch *b = weir_batch_new(1);
	struct weir_error err = {0};

	assert_true(b && weir_batch_set_schema(b, q->schema));
	enum weir_status st = weir_pg_read_row(q, (struct weir_str){bytes, 6 + (size_t)size}, b, 0, used, &err);
	if (st == WEIR_OK)
		*value = weir_column_get(&b->columns[0], 0).i;
	else
		assert_string_equal(err.what, "the server sent what is no row");
	weir_batch_free(b);
	return st;
}

static void test_a_field_of_a_wrong_size_is_no_row(void **state)
{
	struct weir_pg_source q;
	enum weir_pg_kind kinds[] = {WEIR_PG_BOOL,    WEIR_PG_INT16,   WEIR_PG_INT32, WEIR_PG_INT64,
				     WEIR_PG_FLOAT32, WEIR_PG_FLOAT64, WEIR_PG_TIME,  WEIR_PG_DATE};
	static const uint8_t right[] = {1, 2, 4, 8, 4, 8, 8, 4};
	static const enum weir_type types[] = {WEIR_BOOL,    WEIR_INT64,   WEIR_INT64,     WEIR_INT64,
					       WEIR_FLOAT64, WEIR_FLOAT64, WEIR_TIMESTAMP, WEIR_TIMESTAMP};
	int64_t value = 0;

	(void)state;
	for (size_t i = 0; i < sizeof right; i++)
		for (uint8_t size = 0; size < 20; size++) {
			bool used = false;
			learn(&q, &kinds[i], types[i]);
			assert_int_equal(read_field(&q, size, &used, &value),
					 size == right[i] ? WEIR_OK : WEIR_MALFORMED);
			assert_int_equal(used, size == right[i]);
			if (kinds[i] == WEIR_PG_INT64 && used)
				assert_int_equal(value, 7);
			weir_cells_release(&q.cells);
			weir_schema_unref(q.schema);
		}
}

/* Opens the address of a port where somebody listens, and says nothing, or nobody. */
static int open_at(struct reading *r, const char *timeout, bool somebody)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	char address[100];
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&at, size) == 0 && listen(fd, 8) == 0 &&
		    getsockname(fd, (struct sockaddr *)&at, &size) == 0);
	snprintf(address, sizeof address, "postgresql://u@127.0.0.1:%d/d?table=t&sslmode=disable&timeout=%s",
		 ntohs(at.sin_port), timeout);
	if (!somebody)
		close(fd);
	assert_int_equal(reading_open_address(r, address, false, NULL), WEIR_OK);
	return somebody ? fd : -1;
}

static enum weir_status poll_to_the_end(struct reading *r)
{
	struct weir_batch *b = weir_batch_new(1);
	enum weir_status st = WEIR_AGAIN;

	while (st == WEIR_AGAIN)
		st = weir_source_poll_batch(r->source, 20000, b, &r->err);
	weir_batch_free(b);
	return st;
}

static void test_a_server_that_is_not_there_is_given_up(void **state)
{
	struct reading r;

	(void)state;
	open_at(&r, "50ms", false);
	assert_int_equal(poll_to_the_end(&r), WEIR_UNREACHABLE);
	assert_non_null(strstr(r.err.hint, "timeout="));
	reading_close(&r);
}

static void test_a_silent_server_is_given_up(void **state)
{
	struct reading r;

	(void)state;
	int fd = open_at(&r, "50ms", true);
	assert_int_equal(poll_to_the_end(&r), WEIR_UNREACHABLE);
	assert_string_equal(r.err.what, "the server has not answered for 50ms");
	reading_close(&r);
	close(fd);
}

/* It says nothing: --for finds that it never answered, and an end does not wait for it. */
static void test_a_silent_server_can_be_left(void **state)
{
	struct reading r;
	struct weir_source_status status;
	struct weir_batch *b = weir_batch_new(1);

	(void)state;
	int fd = open_at(&r, "1d", true);
	weir_source_wake(r.source);
	assert_int_equal(weir_source_poll_batch(r.source, 20000, b, &r.err), WEIR_AGAIN);
	weir_source_status(r.source, &status);
	assert_int_equal(status.state, WEIR_SOURCE_CONNECTING);
	assert_string_equal(status.detail, "no answer yet");
	reading_close(&r);
	weir_batch_free(b);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_field_of_a_wrong_size_is_no_row),
	    cmocka_unit_test(test_a_server_that_is_not_there_is_given_up),
	    cmocka_unit_test(test_a_silent_server_is_given_up),
	    cmocka_unit_test(test_a_silent_server_can_be_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
