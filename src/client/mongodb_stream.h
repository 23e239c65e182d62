/* The connections that libmongoc speaks through. Its own know nothing of a call's end and cannot be interrupted; these heed both
 * (end_us and wake of the handle). Called by libmongoc, as weir_mongodb_connect asks it to. Thread: the handle's. */
#ifndef WEIR_CLIENT_MONGODB_STREAM_H
#define WEIR_CLIENT_MONGODB_STREAM_H

#include "weir/client/mongodb.h"

/* A mongoc_stream_initiator_t; `m` is the handle. */
mongoc_stream_t *weir_mongodb_stream_open(const mongoc_uri_t *uri, const mongoc_host_list_t *host, void *m,
					  bson_error_t *error);

#endif
