/* What every format is made of: its struct, made, copied and freed; the text of a record; the end of a batch. */
#include "codec/format.h"
#include "codec/lines/join.h"

#include <stdlib.h>

const char weir_codec_binary[] = "NUL bytes, so this is binary or another encoding (--encoding names it, as UTF-16LE)";

const char *weir_codec_argument(const struct weir_codec_config *config)
{
	const char *colon = config->format ? strchr(config->format, ':') : NULL;
	return colon ? colon + 1 : NULL;
}

struct weir_codec *weir_codec_new(const struct weir_codec_ops *ops)
{
	struct weir_codec *c = weir_calloc(1, ops->bytes);
	if (!c)
		return NULL;
	c->ops = ops;
	c->guess.format = c->format = weir_str_dup(weir_str_of(ops->name));
	if (!c->format) {
		weir_codec_close(c);
		return NULL;
	}
	return c;
}

struct weir_codec *weir_codec_copy(const struct weir_codec *from)
{
	struct weir_codec *to = weir_codec_new(from->ops);
	if (!to)
		return NULL;
	memcpy((char *)to + sizeof *to, (const char *)from + sizeof *from, from->ops->bytes - sizeof *from);
	to->skipping = from->skipping;
	to->from_any_line = from->from_any_line;
	to->growing = from->growing;
	to->order_open = from->order_open;
	if (from->ops->clone && !from->ops->clone(from, to)) {
		weir_codec_close(to);
		return NULL;
	}
	return to;
}

void weir_codec_close(struct weir_codec *c)
{
	if (!c)
		return;
	if (c->ops->close)
		c->ops->close(c);
	weir_builder_release(&c->builder);
	weir_buf_release(&c->repaired);
	weir_bulk_release(&c->bulk);
	weir_join_free(c->join);
	weir_schema_unref(c->sample);
	free(c->format);
	free(c->time_name);
	free(c->time_format);
	free(c->doubt);
	free(c);
}

struct weir_str weir_codec_clean(struct weir_codec *c, struct weir_str text, int64_t position,
				 const struct weir_message *message, bool surveying, bool *binary)
{
	*binary = false;
	if (weir_text_clean(text))
		return text;
	*binary = weir_text_binary(text);
	if (*binary)
		return text;
	weir_buf_clear(&c->repaired);
	weir_utf8_repair(text, &c->repaired);
	if (c->repaired.failed)
		return (struct weir_str){NULL, 0};
	if (!surveying)
		weir_builder_note(&c->builder, WEIR_NOTE_UNDECODED, position, text, message);
	return weir_buf_str(&c->repaired);
}

enum weir_status weir_codec_end(struct weir_codec *c, bool ok, struct weir_error *err)
{
	struct weir_builder *b = &c->builder;
	if (!weir_builder_end(b) || !ok)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while decoding");
	if (b->failed && err)
		*err = b->failure;
	return b->failed ? b->failure.code : WEIR_OK;
}
