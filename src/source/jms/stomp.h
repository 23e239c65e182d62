/* What the two files of STOMP share. */
#ifndef WEIR_SOURCE_JMS_STOMP_H
#define WEIR_SOURCE_JMS_STOMP_H

#include "jms.h"

#include <sys/types.h>

#ifdef WEIR_WITH_CURL
#include "weir/client/curl.h"
#endif

struct stomp {
	struct weir_buf in, out;
	size_t done, sent; /* of these */
	bool connected;    /* the broker has answered */
	bool beats;        /* it sends a sign of life when it has nothing else to say */
	int64_t came_us, spoke_us;
#ifdef WEIR_WITH_CURL
	CURLM *multi;
	CURL *easy;
	bool handshake;
	char text[CURL_ERROR_SIZE];
#endif
};

/* stomp_io.c. UNREACHABLE, to be tried again; but for a certificate that is wrong. */
enum weir_status stomp_lost(struct jms *j, const char *why, struct weir_error *err);
enum weir_status stomp_broke(struct jms *j, struct weir_error *err); /* behind stomp_read or stomp_write */
/* As recv and send. */
ssize_t stomp_read(struct jms *j, char *bytes, size_t size);
ssize_t stomp_write(struct jms *j, const char *bytes, size_t size);
#ifdef WEIR_WITH_CURL
bool stomp_start_tls(struct jms *j, struct stomp *s);
/* s->handshake says whether it is over. */
enum weir_status stomp_shake_hands(struct jms *j, struct stomp *s, struct weir_error *err);
#endif
void stomp_end_tls(struct stomp *s);

#endif
