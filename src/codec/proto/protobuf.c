/* protobuf in the table of formats: messages of a broker. */
#include "config.h"

#include "codec/framed/framed.h"

#ifdef WEIR_WITH_CURL
#define WITHOUT_REGISTRY ""
#else
#define WITHOUT_REGISTRY " (which this weir, built without libcurl, cannot ask)"
#endif

struct protobuf_codec {
	struct weir_codec codec; /* first */
	struct framed framed;
};

static int detect_messages(const struct weir_codec_config *config)
{
	return framed_detect(config, WEIR_SCHEMA_PROTOBUF);
}

static enum weir_status protobuf_open(struct weir_codec *c, const struct weir_codec_config *config,
				      struct weir_str sample, bool complete, struct weir_error *err)
{
	struct protobuf_codec *p = (struct protobuf_codec *)c;
	(void)complete;
	if (!config->n_messages && sample.size) {
		weir_fail(err, WEIR_MALFORMED, "", "a file of Protobuf messages cannot be read");
		weir_error_hint(err,
				"nothing in it says where a message ends; protobuf is for the messages of a broker");
		return WEIR_MALFORMED;
	}
	p->framed.registry = config->registry;
	p->framed.by_number = true;
	return WEIR_OK;
}

static enum weir_status protobuf_decode(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch,
					struct weir_error *err)
{
	struct protobuf_codec *p = (struct protobuf_codec *)c;
	enum weir_status st = WEIR_OK;
	bool ok = weir_builder_begin(&c->builder, batch);
	if (ok && chunk->is_messages)
		st = framed_decode(&p->framed, c, chunk, batch, err);
	else if (ok)
		weir_chunk_take(chunk, batch, chunk->size);
	enum weir_status ended = weir_codec_end(c, ok && st != WEIR_NO_MEMORY, err);
	return ended == WEIR_OK ? st : ended;
}

static bool protobuf_clone(const struct weir_codec *from, struct weir_codec *to)
{
	framed_copy(&((struct protobuf_codec *)to)->framed, &((const struct protobuf_codec *)from)->framed);
	return true;
}

static void protobuf_close(struct weir_codec *c)
{
	framed_release(&((struct protobuf_codec *)c)->framed);
}

const struct weir_codec_ops weir_codec_protobuf = {
    .name = "protobuf",
    .help = "Protobuf messages whose schema registry= knows" WITHOUT_REGISTRY "; without one, fields by number",
    .bytes = sizeof(struct protobuf_codec),
    .detect_messages = detect_messages,
    .open = protobuf_open,
    .decode = protobuf_decode,
    .clone = protobuf_clone,
    .close = protobuf_close,
};
