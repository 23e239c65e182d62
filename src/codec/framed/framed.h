/* framed: messages that a schema registry framed: a zero byte, the number of the schema that they were written with, the data.
 * Each number is looked up once and becomes a plan; messages of several schemas, versions and subjects may follow each other,
 * and their columns come and widen as those of any stream, be they Avro or
 * Protobuf. What cannot be had is malformed, with the number and the reason, until
 * it can be had. Keys that are framed become JSON, or a bare text or number. Called by the formats whose messages these are
 * (avro.c, protobuf.c), for whatever messages come to them. */
#ifndef WEIR_CODEC_FRAMED_FRAMED_H
#define WEIR_CODEC_FRAMED_FRAMED_H

#include "codec/avro/avro.h"
#include "codec/proto/proto.h"
#include "weir/client/registry.h"

/* A schema that messages were written with. */
struct framed_writer {
	uint32_t id;
	enum weir_schema_kind kind;
	struct avro_plan avro;
	struct proto_plan *proto; /* owned; of Protobuf */
	char *wrong;              /* owned: why it cannot be used, for good; NULL: it can */
};

struct framed {
	struct weir_registry *registry; /* borrowed; NULL: there is none */
	bool by_number;                 /* without one, messages are Protobuf whose fields have only numbers */
	struct framed_writer *writers;  /* owned */
	size_t n, capacity, last;       /* the one used last */
	struct weir_buf key;            /* of the message at hand */
};

/* Messages from the front of the chunk, as ops->decode. CANCELLED: the registry was interrupted. */
enum weir_status framed_decode(struct framed *f, struct weir_codec *c, struct weir_chunk *chunk,
			       struct weir_batch *batch, struct weir_error *err);
/* Starts anew, with the same registry. */
void framed_copy(struct framed *to, const struct framed *from);
void framed_release(struct framed *f);

/* As ops->detect_messages: how sure that the messages are framed and of that kind. */
int framed_detect(const struct weir_codec_config *config, enum weir_schema_kind kind);

#endif
