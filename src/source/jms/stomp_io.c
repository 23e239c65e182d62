/* The bytes of STOMP: over the socket, or over the TLS of libcurl on that socket. */
#include "config.h"

#include "stomp.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

enum weir_status stomp_lost(struct jms *j, const char *why, struct weir_error *err)
{
	weir_fail(err, WEIR_UNREACHABLE, j->address, "%s", why);
	err->retriable = true;
	(void)jms_blame_certificate(j, why, err);
	return err->code;
}

/* What the last read or write failed of. */
enum weir_status stomp_broke(struct jms *j, struct weir_error *err)
{
	char line[200];
	const char *why = strerror(errno);

#ifdef WEIR_WITH_CURL
	const struct stomp *s = j->state;
	why = s->easy ? s->text : why;
#endif
	snprintf(line, sizeof line, "the connection broke%s%.160s", *why ? ": " : "", why);
	return stomp_lost(j, line, err);
}

#ifdef WEIR_WITH_CURL
static curl_socket_t give_socket(void *jms, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)purpose, (void)address;
	return ((struct jms *)jms)->fd;
}
static int is_connected(void *jms, curl_socket_t fd, curlsocktype purpose)
{
	(void)jms, (void)fd, (void)purpose;
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}
static int leave_open(void *jms, curl_socket_t fd)
{
	(void)jms, (void)fd; /* the connection's file closes it */
	return 0;
}

bool stomp_start_tls(struct jms *j, struct stomp *s)
{
	const struct weir_curl_tls tls = {.ca = j->ca, .certificate = j->certificate, .key = j->key};
	struct weir_buf url = {0};

	weir_buf_addf(&url, strchr(j->host, ':') ? "https://[%s]:%s/" : "https://%s:%s/", j->host, j->port);
	s->multi = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_multi_init() : NULL;
	s->easy = s->multi ? curl_easy_init() : NULL;
	bool good = s->easy && !url.failed && weir_curl_set_up(s->easy, &tls, NULL, s->text) &&
		    curl_easy_setopt(s->easy, CURLOPT_URL, url.data) == CURLE_OK &&
		    curl_easy_setopt(s->easy, CURLOPT_PROXY, "") == CURLE_OK &&
		    curl_easy_setopt(s->easy, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK &&
		    curl_easy_setopt(s->easy, CURLOPT_SSL_ENABLE_ALPN, 0L) == CURLE_OK &&
		    curl_easy_setopt(s->easy, CURLOPT_OPENSOCKETFUNCTION, give_socket) == CURLE_OK &&
		    curl_easy_setopt(s->easy, CURLOPT_OPENSOCKETDATA, j) == CURLE_OK &&
		    curl_easy_setopt(s->easy, CURLOPT_SOCKOPTFUNCTION, is_connected) == CURLE_OK &&
		    curl_easy_setopt(s->easy, CURLOPT_CLOSESOCKETFUNCTION, leave_open) == CURLE_OK &&
		    curl_multi_add_handle(s->multi, s->easy) == CURLM_OK;
	weir_buf_release(&url);
	s->handshake = true;
	return good;
}

enum weir_status stomp_shake_hands(struct jms *j, struct stomp *s, struct weir_error *err)
{
	int running, left;
	const CURLMsg *m;

	if (curl_multi_perform(s->multi, &running) != CURLM_OK)
		return stomp_lost(j, "TLS failed", err);
	while ((m = curl_multi_info_read(s->multi, &left))) {
		if (m->msg != CURLMSG_DONE)
			continue;
		s->handshake = false;
		if (m->data.result == CURLE_OK)
			return WEIR_OK;
		const char *why = s->text[0] ? s->text : curl_easy_strerror(m->data.result);
		return stomp_lost(j, why, err);
	}
	return WEIR_OK;
}

void stomp_end_tls(struct stomp *s)
{
	if (s->easy) {
		curl_multi_remove_handle(s->multi, s->easy);
		curl_easy_cleanup(s->easy);
	}
	if (s->multi)
		curl_multi_cleanup(s->multi);
}
#else
void stomp_end_tls(struct stomp *s)
{
	(void)s;
}
#endif

ssize_t stomp_read(struct jms *j, char *bytes, size_t size)
{
#ifdef WEIR_WITH_CURL
	struct stomp *s = j->state;
	size_t n = 0;
	if (s->easy) {
		CURLcode result = curl_easy_recv(s->easy, bytes, size, &n);
		errno = result == CURLE_AGAIN ? EAGAIN : EIO;
		return result == CURLE_OK ? (ssize_t)n : -1;
	}
#endif
	return recv(j->fd, bytes, size, 0);
}

ssize_t stomp_write(struct jms *j, const char *bytes, size_t size)
{
#ifdef WEIR_WITH_CURL
	struct stomp *s = j->state;
	size_t n = 0;
	if (s->easy) {
		CURLcode result = curl_easy_send(s->easy, bytes, size, &n);
		errno = result == CURLE_AGAIN ? EAGAIN : EIO;
		return result == CURLE_OK ? (ssize_t)n : -1;
	}
#endif
	return send(j->fd, bytes, size, MSG_NOSIGNAL);
}
