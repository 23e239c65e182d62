/* Names of fields in MongoDB, what an address may be, and servers that are not there, say nothing, or are given up by a wake. */
#include "weir/client/mongodb.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void there_and_back(struct weir_str column, const char *field)
{
	struct weir_buf name = {0}, back = {0};

	weir_mongodb_field_name(column, &name);
	assert_true(weir_str_equal(weir_buf_str(&name), weir_str_of(field)));
	weir_mongodb_column_of(weir_buf_str(&name), &back);
	assert_true(weir_str_equal(weir_buf_str(&back), column));
	weir_buf_release(&name);
	weir_buf_release(&back);
}

static void names(void **state)
{
	(void)state;
	there_and_back(WEIR_STR("status"), "status");
	there_and_back(WEIR_STR("żółw 日本"), "żółw 日本");
	there_and_back(WEIR_STR("user.id"), "user_x2e_id");
	there_and_back(WEIR_STR("$gt$"), "_x24_gt$");
	there_and_back(WEIR_STR("a\0b"), "a_x00_b");
	there_and_back(WEIR_STR("_id"), "_x5f_id");
	there_and_back(WEIR_STR("_weir"), "_x5f_weir");
	there_and_back(WEIR_STR("_ids"), "_ids");
	there_and_back(WEIR_STR("_x41_"), "_x5f_x41_"); /* what looks like an escape is one itself */
	there_and_back(WEIR_STR("ż\xff"), "_xc5__xbc__xff_");
}

static enum weir_status init_for(const char *address, int64_t timeout_us, struct weir_mongodb *m,
				 struct weir_error *err)
{
	struct weir_uri uri;

	*m = (struct weir_mongodb){0};
	enum weir_status st = weir_uri_parse(weir_str_of(address), false, &uri, err);
	if (st != WEIR_OK)
		return st;
	st = weir_mongodb_init(m, &uri, &weir_clock_system, timeout_us, err);
	weir_uri_release(&uri);
	return st;
}

static enum weir_status init_at(const char *address, struct weir_mongodb *m, struct weir_error *err)
{
	return init_for(address, 300000, m, err);
}

static void addresses(void **state)
{
	static const char *const wrong[] = {"mongodb://h/", "mongodb://h/db/", "mongodb://h:x/db/c",
					    "mongodb://h/db?tls=maybe", "mongodb://:secret@h/db/c"};
	struct weir_error err = {0};
	struct weir_mongodb m;

	(void)state;
	assert_int_equal(init_at("mongodb://ann:s%2Fe@a:1,b:2/db/a.b?replicaSet=rs&authSource=x", &m, &err), WEIR_OK);
	assert_string_equal(m.database, "db");
	assert_string_equal(m.collection, "a.b");
	assert_string_equal(m.name, "a:1,b:2/db/a.b");
	assert_string_equal(mongoc_uri_get_password(m.uri), "s/e");
	assert_string_equal(mongoc_uri_get_auth_source(m.uri), "x");
	assert_string_equal(mongoc_uri_get_replica_set(m.uri), "rs");
	weir_mongodb_release(&m);
	assert_int_equal(init_at("mongodb://h/db?tls=yes", &m, &err), WEIR_OK);
	assert_null(m.collection);
	assert_true(mongoc_uri_get_tls(m.uri));
	weir_mongodb_release(&m);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(init_at(wrong[i], &m, &err), WEIR_USAGE);
		assert_null(strstr(err.what, "secret"));
		weir_mongodb_release(&m);
	}
}

/* A port on which connections are taken, and nothing is ever said. */
static int silent_port(int *fd)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;

	*fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(*fd, 8), 0);
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&at, &size), 0);
	return ntohs(at.sin_port);
}

static enum weir_status connect_to_port(int port, struct weir_wake *wake, struct weir_error *err)
{
	struct weir_mongodb m;
	char address[80];
	bool fresh;

	snprintf(address, sizeof address, "mongodb://127.0.0.1:%d/db/c", port);
	assert_int_equal(init_for(address, wake ? INT64_C(600000000) : 300000, &m, err), WEIR_OK);
	m.wake = wake;
	enum weir_status st = weir_mongodb_connect(&m, &fresh, err);
	assert_null(m.client);
	weir_mongodb_release(&m);
	return st;
}

static void a_silent_server_has_its_time(void **state)
{
	struct weir_error err = {0};
	int fd, port = silent_port(&fd);

	(void)state;
	assert_int_equal(connect_to_port(port, NULL, &err), WEIR_UNREACHABLE);
	assert_true(err.retriable);
	assert_string_equal(err.what, "the server has not answered for 300ms");
	close(fd);
	memset(&err, 0, sizeof err);
	assert_int_equal(connect_to_port(port, NULL, &err), WEIR_UNREACHABLE);
	assert_true(err.retriable);
	assert_non_null(strstr(err.what, "Connection refused"));
}

static void a_wake_ends_the_wait(void **state)
{
	struct weir_error err = {0};
	struct weir_wake wake;
	int fd, port = silent_port(&fd);

	(void)state;
	assert_int_equal(weir_wake_init(&wake, &err), WEIR_OK);
	weir_wake_signal(&wake);
	assert_int_equal(connect_to_port(port, &wake, &err), WEIR_CANCELLED);
	weir_wake_release(&wake);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names),
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(a_silent_server_has_its_time),
	    cmocka_unit_test(a_wake_ends_the_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
