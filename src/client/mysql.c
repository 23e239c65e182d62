/* Connections to servers that speak MySQL's protocol. */
#include "weir/client/mysql.h"

#include "weir/client/secret.h"

#include <errno.h>
#include <mariadb/errmsg.h>
#include <mariadb/mysqld_error.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT = 3306 };

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "mysql", "out of memory");
}

/* ---- address ---- */

static bool copy(char **out, const char *text)
{
	return !text || (*out = weir_str_dup(weir_str_of(text))) != NULL;
}

static enum weir_status read_host(struct weir_mysql *m, const char *hosts, struct weir_error *err)
{
	const char *colon = hosts ? strrchr(hosts, ':') : NULL;
	struct weir_str host = weir_str_of(hosts ? hosts : "127.0.0.1");
	int64_t port = PORT;

	if (memchr(host.data, ',', host.size))
		return weir_fail(err, WEIR_USAGE, "mysql", "%s is more than one host", hosts);
	if (colon && !strchr(colon, ']')) {
		host.size = (size_t)(colon - hosts);
		if (!weir_parse_int64(weir_str_of(colon + 1), false, &port) || port < 1 || port > 65535)
			return weir_fail(err, WEIR_USAGE, "mysql", "%s is not a port", colon + 1);
	}
	if (host.size > 2 && host.data[0] == '[')
		host = (struct weir_str){host.data + 1, host.size - 2};
	m->port = (unsigned)port;
	m->host = weir_str_dup(host);
	return m->host ? WEIR_OK : out_of_memory(err);
}

static enum weir_status read_tls(struct weir_mysql *m, const struct weir_uri *uri, struct weir_error *err)
{
	const char *mode = weir_uri_param(uri, "sslmode");
	bool local =
	    strcmp(m->host, "localhost") == 0 || strcmp(m->host, "::1") == 0 || strncmp(m->host, "127.", 4) == 0;

	if (mode && !weir_str_among("disable require verify-full", weir_str_of(mode))) {
		weir_fail(err, WEIR_USAGE, "sslmode", "sslmode=%s is none", mode);
		weir_error_hint(err, "disable, require or verify-full");
		return WEIR_USAGE;
	}
	m->tls = mode ? strcmp(mode, "disable") != 0 : !local;
	m->verify = m->tls && (!mode || strcmp(mode, "verify-full") == 0);
	return copy(&m->ca, weir_uri_param(uri, "sslrootcert")) &&
		       copy(&m->certificate, weir_uri_param(uri, "sslcert")) &&
		       copy(&m->key, weir_uri_param(uri, "sslkey"))
		   ? WEIR_OK
		   : out_of_memory(err);
}

enum weir_status weir_mysql_init(struct weir_mysql *m, const struct weir_uri *uri, const struct weir_clock *clock,
				 int64_t timeout_us, struct weir_error *err)
{
	struct weir_buf name = {0};

	*m = (struct weir_mysql){.clock = clock, .timeout_us = timeout_us, .silence_us = timeout_us, .fd = -1};
	pthread_mutex_init(&m->lock, NULL);
	weir_buf_addf(&name, "%s/%s", uri->hosts ? uri->hosts : "127.0.0.1", uri->path);
	m->name = name.failed ? NULL : weir_str_dup(weir_buf_str(&name));
	weir_buf_release(&name);
	if (!m->name || !copy(&m->user, uri->user) || !copy(&m->database, *uri->path ? uri->path : NULL))
		return out_of_memory(err);
	if (!m->database) {
		weir_fail(err, WEIR_USAGE, "mysql", "no database is named");
		weir_error_hint(err, "write it as mysql://USER@HOST/DATABASE");
		return WEIR_USAGE;
	}
	enum weir_status st = read_host(m, uri->hosts, err);
	if (st == WEIR_OK)
		st = read_tls(m, uri, err);
	return st == WEIR_OK ? weir_secret_of(uri, &m->secret, err) : st;
}

void weir_mysql_release(struct weir_mysql *m)
{
	if (!m->clock)
		return; /* never initialised */
	weir_mysql_drop(m);
	pthread_mutex_destroy(&m->lock);
	weir_secret_free(m->secret);
	free(m->name);
	free(m->host);
	free(m->user);
	free(m->database);
	free(m->ca);
	free(m->certificate);
	free(m->key);
	*m = (struct weir_mysql){0};
}

/* ---- errors ---- */

static const struct meaning {
	unsigned code;
	enum weir_status status;
	bool retriable;
	const char *hint;
} meanings[] = {
    {ER_ACCESS_DENIED_ERROR, WEIR_DENIED, false,
     "give the user in the address, the password there or by password-file="},
    {ER_DBACCESS_DENIED_ERROR, WEIR_DENIED, false, "the user needs rights there: GRANT"},
    {ER_TABLEACCESS_DENIED_ERROR, WEIR_DENIED, false, "the user needs rights there: GRANT"},
    {ER_BAD_DB_ERROR, WEIR_NOT_FOUND, false, "make the database first: CREATE DATABASE"},
    {ER_NO_SUCH_TABLE, WEIR_NOT_FOUND, false, NULL},
    {ER_OPTION_PREVENTS_STATEMENT, WEIR_DENIED, false, "the server is read-only: name the one that is written to"},
    {CR_SSL_CONNECTION_ERROR, WEIR_DENIED, false,
     "sslrootcert= names the CA of the server; sslmode= says what is asked of it"},
    {ER_LOCK_WAIT_TIMEOUT, WEIR_IO, true, "another session holds the table or a row locked"},
    {ER_LOCK_DEADLOCK, WEIR_IO, true, NULL},
    {ER_CON_COUNT_ERROR, WEIR_IO, true, NULL},
    {ER_SERVER_SHUTDOWN, WEIR_UNREACHABLE, true, NULL},
    {ER_RECORD_FILE_FULL, WEIR_IO, true, "make room on the server's disk"},
    {ER_DISK_FULL, WEIR_IO, true, "make room on the server's disk"},
    {ER_PARSE_ERROR, WEIR_USAGE, false, NULL},
    {0, WEIR_IO, false, NULL},
};

/* What libmariadb adds to its own errors is a number: "… 'db' (111)", "…, system error: 104", of unknown hosts "(-2)". */
static void add_words(const char *text, struct weir_buf *out)
{
	static const char system_error[] = ", system error: ";
	const char *open = strrchr(text, '('), *tail = strstr(text, system_error);
	const char *number = tail ? tail + sizeof system_error - 1 : open && open > text ? open + 1 : "";
	char *end;
	long n = strtol(number, &end, 10);

	if (end == number || strcmp(end, tail ? "" : ")") != 0) {
		weir_buf_add_c(out, text);
		return;
	}
	weir_buf_add(out, text, (size_t)((tail ? tail : open - 1) - text));
	/* a connection that is waited for is in progress, whatever came of it */
	if (n != EINPROGRESS)
		weir_buf_addf(out, ": %s", n < 0 ? gai_strerror((int)n) : strerror((int)n));
}

enum weir_status weir_mysql_fail(struct weir_mysql *m, struct weir_error *err)
{
	const struct meaning *k = meanings;

	m->code = m->db ? mysql_errno(m->db) : CR_OUT_OF_MEMORY;
	snprintf(m->state, sizeof m->state, "%s", m->db ? mysql_sqlstate(m->db) : "");
	while (k->code && k->code != m->code)
		k++;
	/* The client's own errors are those of a connection. */
	bool lost = !k->code && m->code >= CR_MIN_ERROR && m->code <= CR_MAX_ERROR && m->code != CR_OUT_OF_MEMORY;
	enum weir_status st = lost ? WEIR_UNREACHABLE : k->status;
	struct weir_buf text = {0};
	if (lost)
		add_words(mysql_error(m->db), &text);
	weir_fail(err, st, m->name, "%s",
		  text.size && !text.failed ? text.data
		  : m->db                   ? mysql_error(m->db)
					    : "out of memory");
	weir_buf_release(&text);
	if (k->hint)
		weir_error_hint(err, "%s", k->hint);
	if (err)
		err->retriable = lost || k->retriable;
	if (lost || k->retriable)
		weir_mysql_drop(m);
	return st;
}

/* ---- connection ---- */

static void set_fd(struct weir_mysql *m, int fd)
{
	pthread_mutex_lock(&m->lock);
	m->fd = fd;
	pthread_mutex_unlock(&m->lock);
}

void weir_mysql_interrupt(struct weir_mysql *m)
{
	pthread_mutex_lock(&m->lock);
	if (m->fd >= 0)
		shutdown(m->fd, SHUT_RDWR);
	pthread_mutex_unlock(&m->lock);
}

void weir_mysql_drop(struct weir_mysql *m)
{
	set_fd(m, -1);
	if (!m->db)
		return;
	/* The farewell may be written into a connection that hangs; without its socket it is not. */
	if (mysql_get_socket(m->db) != MARIADB_INVALID_SOCKET)
		shutdown(mysql_get_socket(m->db), SHUT_RDWR);
	mysql_close(m->db);
	m->db = NULL;
}

static int load_begin(void **state, const char *name, void *m)
{
	(void)name;
	*state = m;
	return 0;
}

static int load_read(void *state, char *out, unsigned room)
{
	struct weir_mysql *m = state;
	size_t left = (size_t)(m->load_end - m->load), n = left < room ? left : room;

	memcpy(out, m->load, n);
	m->load += n;
	return (int)n;
}

static void load_end(void *state)
{
	(void)state;
}

static int load_error(void *state, char *text, unsigned room)
{
	(void)state;
	snprintf(text, room, "no rows");
	return CR_UNKNOWN_ERROR;
}

static void set_options(struct weir_mysql *m)
{
	unsigned seconds = (unsigned)(m->timeout_us / 1000000 + 1), local_infile = 1,
		 silence = (unsigned)(m->silence_us / 1000000 + 1);
	my_bool yes = 1, verify = m->verify;

	mysql_options(m->db, MYSQL_OPT_NONBLOCK, NULL); /* for connecting alone: other calls wait by themselves */
	mysql_options(m->db, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
	mysql_options(m->db, MYSQL_OPT_READ_TIMEOUT, &silence);
	mysql_options(m->db, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
	mysql_options(m->db, MYSQL_OPT_LOCAL_INFILE, &local_infile);
	mysql_options(m->db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (m->tls) {
		mysql_options(m->db, MYSQL_OPT_SSL_ENFORCE, &yes);
		mysql_options(m->db, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
	}
	if (m->ca)
		mysql_options(m->db, MYSQL_OPT_SSL_CA, m->ca);
	if (m->certificate)
		mysql_options(m->db, MYSQL_OPT_SSL_CERT, m->certificate);
	if (m->key)
		mysql_options(m->db, MYSQL_OPT_SSL_KEY, m->key);
}

static enum weir_status set_up(struct weir_mysql *m, struct weir_error *err)
{
	struct weir_buf sql = {0};

	m->singlestore = mysql_query(m->db, "SELECT @@memsql_version") == 0;
	if (m->singlestore)
		mysql_free_result(mysql_store_result(m->db));
	weir_buf_addf(&sql, "SET SESSION sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00'");
	long long wait_s = (long long)m->timeout_us / 1000000 + 1;
	if (!m->singlestore)
		weir_buf_addf(&sql, ", lock_wait_timeout = %lld, innodb_lock_wait_timeout = %lld", wait_s, wait_s);
	enum weir_status st = weir_mysql_run_text(m, &sql, NULL, err);
	weir_buf_release(&sql);
	return st;
}

/* What the client library waits for to connect (MYSQL_WAIT_…), and what of it is there. *cancelled: the wake was signalled. */
static int wait_for(struct weir_mysql *m, int what, int64_t end_us, bool *cancelled)
{
	short events = (short)((what & MYSQL_WAIT_READ ? POLLIN : 0) | (what & MYSQL_WAIT_WRITE ? POLLOUT : 0) |
			       (what & MYSQL_WAIT_EXCEPT ? POLLPRI : 0));
	struct pollfd fds[2] = {{.fd = mysql_get_socket(m->db), .events = events},
				{.fd = m->wake ? m->wake->fd : -1, .events = POLLIN}};

	for (;;) {
		int64_t left_us = *cancelled ? 0 : end_us - weir_clock_mono_us(m->clock);
		int n = poll(fds, 2, left_us > 0 ? (int)(left_us / 1000 + 1) : 0);
		*cancelled = *cancelled || (n > 0 && fds[1].revents);
		if (!*cancelled && n > 0 && fds[0].revents)
			return (fds[0].revents & POLLOUT ? what & MYSQL_WAIT_WRITE : 0) |
			       (fds[0].revents & POLLPRI ? what & MYSQL_WAIT_EXCEPT : 0) |
			       (fds[0].revents & ~(POLLOUT | POLLPRI) ? what & (MYSQL_WAIT_READ | MYSQL_WAIT_WRITE)
								      : 0);
		if (*cancelled || left_us <= 0)
			return MYSQL_WAIT_TIMEOUT;
	}
}

static bool is_woken(const struct weir_mysql *m)
{
	struct pollfd p = {.fd = m->wake ? m->wake->fd : -1, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

static enum weir_status has_not_answered(struct weir_mysql *m, struct weir_error *err)
{
	char text[40];

	weir_format_duration_us(m->timeout_us, text);
	weir_mysql_drop(m);
	weir_fail(err, WEIR_UNREACHABLE, m->name, "the server has not answered for %s", text);
	if (err)
		err->retriable = true;
	return WEIR_UNREACHABLE;
}

static enum weir_status open_connection(struct weir_mysql *m, struct weir_error *err)
{
	int64_t end_us = weir_clock_mono_us(m->clock) + m->timeout_us;
	bool cancelled = false;
	MYSQL *done = NULL;
	int what = mysql_real_connect_start(&done, m->db, m->host, m->user, m->secret, m->database, m->port, NULL, 0);

	while (what) {
		set_fd(m, mysql_get_socket(m->db));
		what = mysql_real_connect_cont(&done, m->db, wait_for(m, what, end_us, &cancelled));
	}
	if (cancelled) {
		weir_mysql_drop(m);
		return weir_fail(err, WEIR_CANCELLED, m->name, "interrupted");
	}
	if (!done && weir_clock_mono_us(m->clock) >= end_us)
		return has_not_answered(m, err);
	return done ? WEIR_OK : weir_mysql_fail(m, err);
}

enum weir_status weir_mysql_connect(struct weir_mysql *m, bool *fresh, struct weir_error *err)
{
	*fresh = false;
	if (m->db)
		return WEIR_OK;
	if (!(m->db = mysql_init(NULL)))
		return out_of_memory(err);
	set_options(m);
	enum weir_status st = open_connection(m, err);
	if (st != WEIR_OK) {
		weir_mysql_drop(m);
		return st;
	}
	set_fd(m, mysql_get_socket(m->db));
	if (is_woken(m)) { /* before it could be interrupted */
		weir_mysql_drop(m);
		return weir_fail(err, WEIR_CANCELLED, m->name, "interrupted");
	}
	mysql_set_local_infile_handler(m->db, load_begin, load_read, load_end, load_error, m);
	st = set_up(m, err);
	if (st != WEIR_OK)
		weir_mysql_drop(m); /* or the next call would take it for one that is set up */
	*fresh = st == WEIR_OK;
	return st;
}

/* ---- statements ---- */

enum weir_status weir_mysql_run(struct weir_mysql *m, struct weir_str sql, int64_t *rows, struct weir_error *err)
{
	if (mysql_real_query(m->db, sql.data, sql.size) != 0)
		return weir_mysql_fail(m, err);
	MYSQL_RES *none = mysql_store_result(m->db);
	if (!none && mysql_field_count(m->db))
		return weir_mysql_fail(m, err);
	mysql_free_result(none);
	if (rows)
		*rows = (int64_t)mysql_affected_rows(m->db);
	return WEIR_OK;
}

enum weir_status weir_mysql_run_text(struct weir_mysql *m, const struct weir_buf *sql, int64_t *rows,
				     struct weir_error *err)
{
	return sql->failed ? out_of_memory(err) : weir_mysql_run(m, weir_buf_str(sql), rows, err);
}

enum weir_status weir_mysql_ask(struct weir_mysql *m, const struct weir_buf *sql, bool stored, MYSQL_RES **out,
				struct weir_error *err)
{
	*out = NULL;
	if (sql->failed)
		return out_of_memory(err);
	if (mysql_real_query(m->db, sql->data, sql->size) != 0)
		return weir_mysql_fail(m, err);
	*out = stored ? mysql_store_result(m->db) : mysql_use_result(m->db);
	if (*out)
		return WEIR_OK;
	return mysql_field_count(m->db) ? weir_mysql_fail(m, err)
					: weir_fail(err, WEIR_USAGE, m->name, "the statement gives no rows");
}

enum weir_status weir_mysql_load(struct weir_mysql *m, const struct weir_buf *sql, struct weir_str bytes,
				 bool *passed_over, struct weir_error *err)
{
	m->load = bytes.data;
	m->load_end = bytes.data + bytes.size;
	enum weir_status st = weir_mysql_run_text(m, sql, NULL, err);
	if (st != WEIR_OK)
		return st;
	/* "Records: 3  Deleted: 0  Skipped: 1  Warnings: 1" */
	const char *info = mysql_info(m->db), *skipped = info ? strstr(info, "Skipped: ") : NULL;
	*passed_over = mysql_warning_count(m->db) > 0 || (skipped && strncmp(skipped, "Skipped: 0", 10) != 0);
	return WEIR_OK;
}

void weir_mysql_quote(struct weir_str name, struct weir_buf *out)
{
	weir_buf_add_char(out, '`');
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] == '`')
			weir_buf_add_char(out, '`');
		weir_buf_add_char(out, name.data[i]);
	}
	weir_buf_add_char(out, '`');
}

void weir_mysql_literal(struct weir_str text, struct weir_buf *out)
{
	weir_buf_add_char(out, '\'');
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '\'' || text.data[i] == '\\')
			weir_buf_add_char(out, '\\');
		if (text.data[i])
			weir_buf_add_char(out, text.data[i]);
		else
			weir_buf_add_c(out, "\\0");
	}
	weir_buf_add_char(out, '\'');
}
