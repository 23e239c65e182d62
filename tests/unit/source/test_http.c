/* The source http, against a server of the test that says what its script has, one connection after another. */
#include "config.h"

#include "reading.h"
#include "source/http/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { PATIENCE = 400, MOST_ANSWERS = 8 };

/* The server: answers connection i with answers[i], and closes it. */
static struct server {
	int fd, n_answers;
	const char *answers[MOST_ANSWERS];
	size_t sizes[MOST_ANSWERS];
	char requests[MOST_ANSWERS][2000];
	_Atomic int n_asked;
	pthread_t thread;
	char address[64];
} server;

static void answer(int fd, int i)
{
	size_t n = 0;
	char *request = server.requests[i];

	while (n + 1 < sizeof server.requests[i] && !strstr(request, "\r\n\r\n")) {
		ssize_t got = recv(fd, request + n, sizeof server.requests[i] - n - 1, 0);
		if (got <= 0)
			break;
		n += (size_t)got;
		request[n] = 0;
	}
	for (size_t sent = 0; sent < server.sizes[i];) {
		ssize_t put = send(fd, server.answers[i] + sent, server.sizes[i] - sent, MSG_NOSIGNAL);
		if (put <= 0)
			break;
		sent += (size_t)put;
	}
	atomic_fetch_add(&server.n_asked, 1);
	shutdown(fd, SHUT_WR);
	while (recv(fd, (char[64]){0}, 64, 0) > 0)
		;
	close(fd);
}

static void *serve(void *arg)
{
	(void)arg;
	for (int i = 0; i < server.n_answers; i++) {
		int fd = accept(server.fd, NULL, NULL);
		if (fd < 0)
			break;
		answer(fd, i);
	}
	return NULL;
}

/* Answers that end with NULL. */
static void start(const char *const *answers)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;

	memset(&server, 0, sizeof server);
	for (; answers[server.n_answers]; server.n_answers++) {
		server.answers[server.n_answers] = answers[server.n_answers];
		server.sizes[server.n_answers] = strlen(answers[server.n_answers]);
	}
	server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server.fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(server.fd, 8), 0);
	assert_int_equal(getsockname(server.fd, (struct sockaddr *)&at, &size), 0);
	snprintf(server.address, sizeof server.address, "http://127.0.0.1:%d", ntohs(at.sin_port));
	assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
}

static void stop(void)
{
	shutdown(server.fd, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	close(server.fd);
}

static enum weir_status open_path(struct reading *r, const char *path, bool live)
{
	char address[300];

	snprintf(address, sizeof address, "%s%s", server.address, path);
	return reading_open_address(r, address, live, NULL);
}

/* Steps until END or an error. */
static enum weir_status read_all(struct reading *r)
{
	enum weir_status st = WEIR_OK;

	for (int n = 0; (st == WEIR_OK || st == WEIR_AGAIN) && n < PATIENCE; n++)
		st = reading_step(r, 250000);
	return st;
}

static void assert_text(struct reading *r, const char *want)
{
	assert_int_equal(r->text.size, strlen(want));
	assert_memory_equal(r->text.data, want, r->text.size);
}

static struct weir_source_status status_of(struct reading *r)
{
	struct weir_source_status st;

	weir_source_status(r->source, &st);
	return st;
}

#define OK_FILE "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nETag: \"v1\"\r\n\r\n"

static void a_file_is_read_to_its_end(void **state)
{
	static const char *const answers[] = {OK_FILE "a\nb\ncd\ne", NULL};
	struct reading r;
	struct weir_buf position = {0};

	(void)state;
	start(answers);
	assert_int_equal(open_path(&r, "/log s/x?format=json&since=1&query.format=y&q=a%20b", false), WEIR_OK);
	assert_true(weir_source_finite(r.source));
	assert_int_equal(read_all(&r), WEIR_END);
	assert_text(&r, "a\nb\ncd\ne");
	assert_int_equal(weir_source_position(r.source, &position), WEIR_OK);
	assert_string_equal(position.data, "8");
	weir_buf_release(&position);
	reading_close(&r);
	stop();
	assert_non_null(strstr(server.requests[0], "GET /log%20s/x?since=1&format=y&q=a+b HTTP/1.1\r\n"));
}

static void a_file_goes_on_where_it_broke(void **state)
{
	static const char *const answers[] = {
	    OK_FILE "a\nb",
	    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 3-7/8\r\nContent-Length: 5\r\n\r\n\nc",
	    OK_FILE "a\nb\ncd\ne", NULL}; /* the third does not know of ranges */
	struct reading r;

	(void)state;
	start(answers);
	assert_int_equal(open_path(&r, "/", false), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	assert_text(&r, "a\nb\ncd\ne");
	assert_int_equal(r.n_restarts, 0);
	assert_int_equal(weir_partitions_get(status_of(&r).partitions, 0)->lost, 0);
	reading_close(&r);
	stop();
	assert_null(strstr(server.requests[0], "Range"));
	assert_non_null(strstr(server.requests[1], "Range: bytes=3-\r\n"));
	assert_non_null(strstr(server.requests[1], "If-Range: \"v1\"\r\n"));
	assert_non_null(strstr(server.requests[2], "Range: bytes=5-\r\n"));
}

static void a_file_that_was_changed_is_an_error(void **state)
{
	static const char *const answers[] = {
	    OK_FILE "a\nb", "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nETag: \"v2\"\r\n\r\nx\ny\nzz\ne", NULL};
	struct reading r;

	(void)state;
	start(answers);
	assert_int_equal(open_path(&r, "/", true), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_IO);
	assert_string_equal(r.err.what, "was changed while it was being read");
	assert_text(&r, "a\n"); /* half a line is none */
	reading_close(&r);
	stop();
}

static void a_body_without_an_end_begins_anew(void **state)
{
	static const char *const answers[] = {
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\"\n\r\n3\r\n{\"b\r\n",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nc\n\r\n0\r\n\r\n", NULL};
	struct reading r;

	(void)state;
	start(answers);
	assert_int_equal(open_path(&r, "/", true), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	assert_text(&r, "{\"a\"\nc\n");
	assert_int_equal(r.n_restarts, 1);
	assert_int_equal(weir_partitions_get(status_of(&r).partitions, 0)->lost, 1);
	reading_close(&r);
	stop();

	start(answers); /* a batch ends there, with an error */
	assert_int_equal(open_path(&r, "/", false), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_UNREACHABLE);
	assert_text(&r, "{\"a\"\n");
	reading_close(&r);
	stop();
}

#define OK_EVENTS "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"

/* Nothing is lost and nothing comes twice, in a batch as well. */
static void events_go_on_behind_the_last(void **state)
{
	static const char *const answers[] = {
	    OK_EVENTS "retry: 10\n: hello\n\nid: 1\ndata: one\n\nid: 2\ndata: two\ndata: more\n\nid: 3\ndata: thr",
	    OK_EVENTS "id: 3\ndata: three\n\ndata: four\n\n", "HTTP/1.1 503 Later\r\nContent-Length: 5\r\n\r\nlater",
	    "HTTP/1.1 204 No Content\r\n\r\n", NULL};
	struct reading r;
	struct weir_buf position = {0};

	(void)state;
	start(answers);
	assert_int_equal(open_path(&r, "/", false), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	assert_text(&r, "one\ntwo\nmore\nthree\nfour\n");
	assert_int_equal(weir_source_position(r.source, &position), WEIR_OK);
	assert_string_equal(position.data, "3");
	weir_buf_release(&position);
	assert_int_equal(r.n_restarts, 0);
	reading_close(&r);
	stop();
	assert_null(strstr(server.requests[0], "Last-Event-ID"));
	assert_non_null(strstr(server.requests[1], "Last-Event-ID: 2\r\n"));
	assert_non_null(strstr(server.requests[2], "Last-Event-ID: 3\r\n"));
	assert_non_null(strstr(server.requests[3], "Last-Event-ID: 3\r\n"));

	start((const char *const[]){answers[3], NULL});
	assert_int_equal(open_path(&r, "/?position=77", false), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	reading_close(&r);
	stop();
	assert_non_null(strstr(server.requests[0], "Last-Event-ID: 77\r\n"));
}

static void a_server_may_refuse(void **state)
{
	static const struct {
		const char *answer;
		enum weir_status st;
		const char *what;
	} cases[] = {
	    {"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", WEIR_NOT_FOUND,
	     "the server answers 404, there is no such thing"},
	    {"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", WEIR_DENIED, "the server answers 401, it wants a login"},
	    {"HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad", WEIR_IO, "the server answers 500"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reading r;
		start((const char *const[]){cases[i].answer, NULL});
		assert_int_equal(open_path(&r, "/", false), WEIR_OK);
		assert_int_equal(read_all(&r), cases[i].st);
		assert_string_equal(r.err.what, cases[i].what);
		assert_int_equal(r.text.size, 0);
		assert_int_equal(reading_state(&r), WEIR_SOURCE_FAILED);
		reading_close(&r);
		stop();
	}
}

static void a_screen_waits_for_the_server(void **state)
{
	static const char *const answers[] = {"HTTP/1.1 503 Later\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
					      OK_FILE "a\nb\ncd\ne", NULL};
	struct reading r;

	(void)state;
	start(answers);
	assert_int_equal(open_path(&r, "/", true), WEIR_OK);
	for (int n = 0; !strstr(status_of(&r).detail, "503") && n < PATIENCE; n++)
		reading_step(&r, 20000);
	assert_int_equal(reading_state(&r), WEIR_SOURCE_CONNECTING);
	assert_non_null(strstr(status_of(&r).detail, "the server answers 503; next try in 1 s"));
	assert_int_equal(read_all(&r), WEIR_END);
	assert_text(&r, "a\nb\ncd\ne");
	reading_close(&r);
	stop();
}

/* More than the pipe holds, while nobody reads. */
static void a_slow_reader_gets_all_of_it(void **state)
{
	enum { BYTES = 6 << 20 };
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 6291456\r\n\r\n";
	char *text = malloc(sizeof head - 1 + BYTES + 1);
	struct reading r;

	(void)state;
	memcpy(text, head, sizeof head - 1);
	for (int i = 0; i < BYTES; i++)
		text[sizeof head - 1 + i] = i % 64 == 63 ? '\n' : (char)('a' + i % 23);
	text[sizeof head - 1 + BYTES] = 0;
	start((const char *const[]){text, NULL});
	assert_int_equal(open_path(&r, "/", false), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	assert_int_equal(r.text.size, BYTES);
	assert_memory_equal(r.text.data, text + sizeof head - 1, BYTES);
	reading_close(&r);
	stop();
	free(text);
}

static void secrets_come_from_files(void **state)
{
	static const char *const answers[] = {OK_FILE "a\nb\ncd\ne", NULL};
	struct reading r;
	char path[200];

	(void)state;
	folder_make();
	write_file(in_folder("token"), "t0ken\n", 6);
	snprintf(path, sizeof path, "/?token-file=%s", in_folder("token"));
	start(answers);
	assert_int_equal(open_path(&r, path, false), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	reading_close(&r);
	stop();
	assert_non_null(strstr(server.requests[0], "Authorization: Bearer t0ken\r\n"));
	assert_null(strstr(server.requests[0], "token-file"));
	snprintf(path, sizeof path, "/?token-file=%s", in_folder("none"));
	assert_int_equal(open_path(&r, path, false), WEIR_NOT_FOUND);
	assert_int_equal(open_path(&r, "/?reconnect=perhaps", false), WEIR_USAGE);
	folder_remove();
}

static bool count_event(void *ctx, const struct weir_events *e)
{
	(void)e;
	++*(int *)ctx;
	return true;
}

/* However the bytes come. */
static void events_do_not_depend_on_pieces(void **state)
{
	static const struct {
		const char *bytes, *lines, *id;
		int n;
	} cases[] = {
	    {"data: a\n\n", "a\n", "", 1},
	    {"\xef\xbb\xbf"
	     "data: a\r\n\r\ndata:b\r\rdata\n\n",
	     "a\nb\n\n", "", 3},
	    {"id: 5\nevent: x\ndata: {\"a\":\ndata: 1}\n\nid\ndata: c\n\n", "{\"a\":\n1}\nc\n", "", 2},
	    {"id: 5\ndata: a\n\n: remark\n\nid: 6\n\ndata: cut", "a\n", "6", 1},
	    {"retry: 5\ndatax: no\ndata : no\n\ndata:  two blanks\n\n", " two blanks\n", "", 1},
	    {"", "", "", 0},
	};

	(void)state;
	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
		for (size_t piece = 1; piece <= strlen(cases[c].bytes) + 1; piece++) {
			struct weir_events e = {.retry_ms = -1};
			struct weir_buf out = {0};
			struct weir_str rest = weir_str_of(cases[c].bytes);
			int n = 0;
			while (rest.size) {
				struct weir_str some = {rest.data, rest.size < piece ? rest.size : piece};
				assert_true(weir_events_read(&e, some, &out, count_event, &n));
				rest.data += some.size;
				rest.size -= some.size;
			}
			assert_string_equal(out.data ? out.data : "", cases[c].lines);
			assert_string_equal(e.id.data ? e.id.data : "", cases[c].id);
			assert_int_equal(n, cases[c].n);
			weir_buf_release(&out);
			weir_events_release(&e);
		}
}

static void memory_may_run_out(void **state)
{
	static const char *const answers[] = {OK_FILE "a\nb\ncd\ne", NULL};
	enum weir_status st = WEIR_NO_MEMORY;

	(void)state;
	for (int n = 1; st == WEIR_NO_MEMORY && n < 60; n++) {
		struct weir_source_config config = {.clock = &weir_clock_system, .stdin_fd = -1};
		struct reading r = {0};
		start(answers);
		assert_int_equal(weir_uri_parse(weir_str_of(server.address), false, &config.uri, NULL), WEIR_OK);
		weir_alloc_fail_at((uint64_t)n, false);
		st = weir_source_open(&config, &r.source, &r.err);
		while (st == WEIR_OK || st == WEIR_AGAIN) {
			struct weir_chunk c;
			st = weir_source_poll(r.source, 250000, &c, &r.err);
			c.bytes += c.size;
			c.size = 0;
			if (st == WEIR_OK)
				weir_source_consume(r.source, &c);
		}
		weir_alloc_fail_at(0, false);
		weir_uri_release(&config.uri);
		reading_close(&r);
		stop();
	}
	assert_int_equal(st, WEIR_END);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_is_read_to_its_end),
	    cmocka_unit_test(a_file_goes_on_where_it_broke),
	    cmocka_unit_test(a_file_that_was_changed_is_an_error),
	    cmocka_unit_test(a_body_without_an_end_begins_anew),
	    cmocka_unit_test(events_go_on_behind_the_last),
	    cmocka_unit_test(a_server_may_refuse),
	    cmocka_unit_test(a_screen_waits_for_the_server),
	    cmocka_unit_test(a_slow_reader_gets_all_of_it),
	    cmocka_unit_test(secrets_come_from_files),
	    cmocka_unit_test(events_do_not_depend_on_pieces),
	    cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
