/* Between again.c, which keeps the thread that reads one record again, and again_read.c, which does that. */
#ifndef WEIR_SESSION_STREAM_AGAIN_H
#define WEIR_SESSION_STREAM_AGAIN_H

#include "stream.h"

enum { WEIR_AGAIN_TOPIC_BYTES = 256 }; /* Kafka's have at most 249 */

struct weir_again_place {
	struct weir_source_place is; /* its topic stands in `topic` */
	char topic[WEIR_AGAIN_TOPIC_BYTES];
	int64_t stamp_us; /* the server's time for the record; WEIR_TIME_NONE: not known */
};

struct weir_again_answer {
	bool found, has_key, has_headers;
	struct weir_buf raw, key, headers; /* owned */
	char why[480];                     /* not found: why, as a sentence */
};

struct weir_stream_again {
	struct weir_stream *stream;
	pthread_t thread;
	pthread_mutex_t lock; /* over what follows; the answer is the thread's until `answered` */
	pthread_cond_t come;
	struct weir_wake done;
	struct weir_again_place wanted;
	bool any;          /* something was ever asked for */
	bool asked;        /* `wanted` was not taken by the thread yet */
	bool answered;     /* `answer` is that of `wanted` */
	bool quit;         /* the stream ends */
	_Atomic bool stop; /* what is being read is not wanted any more */
	_Atomic bool told; /* there is an answer that no result has shown yet */
	struct weir_again_answer answer;
};

/* Reads until it is found, cannot be, or *stop. Thread: its own. */
void weir_again_read(struct weir_stream *s, const struct weir_again_place *place, const _Atomic bool *stop,
		     struct weir_again_answer *out);
void weir_again_answer_release(struct weir_again_answer *a);

#endif
