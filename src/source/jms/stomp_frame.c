/* Frames of STOMP 1.2: a command, headers one a line, an empty line, a body, and a NUL byte. */
#include "jms.h"

#include "weir/base/bounds.h"
#include "weir/model/value.h"

#include <jansson.h>
#include <stdlib.h>

enum { MOST_HEAD_BYTES = 64 << 10 };

/* The next line without its end. False: it is not whole. */
static bool take_line(struct weir_str *from, struct weir_str *out)
{
	const char *end = from->size ? memchr(from->data, '\n', from->size) : NULL;

	if (!end)
		return false;
	*out = (struct weir_str){from->data, (size_t)(end - from->data)};
	from->size -= out->size + 1;
	from->data = end + 1;
	if (out->size && out->data[out->size - 1] == '\r')
		out->size--;
	return true;
}

struct weir_str stomp_header(const struct stomp_frame *f, const char *name)
{
	struct weir_str rest = f->headers, line, value;

	while (take_line(&rest, &line)) {
		struct weir_str is = weir_str_cut(line, ':', &value);
		if (weir_str_equal(is, weir_str_of(name))) /* the first one counts */
			return value;
	}
	return (struct weir_str){NULL, 0};
}

/* The body, whose size is told or which ends at the first NUL. */
static enum jms_reading take_body(struct weir_str rest, struct stomp_frame *out, size_t *used, const char *begin)
{
	struct weir_str told = stomp_header(out, "content-length");
	const char *end;
	int64_t size;

	if (told.data) {
		if (!weir_parse_int64(told, false, &size) || size < 0 || size > WEIR_MAX_RECORD_BYTES)
			return JMS_MALFORMED;
		if (rest.size <= (size_t)size)
			return JMS_MORE;
		end = rest.data + size;
		if (*end)
			return JMS_MALFORMED;
	} else if (!(end = rest.size ? memchr(rest.data, 0, rest.size) : NULL)) {
		return rest.size > WEIR_MAX_RECORD_BYTES ? JMS_MALFORMED : JMS_MORE;
	}
	out->body = (struct weir_str){rest.data, (size_t)(end - rest.data)};
	*used = (size_t)(end - begin) + 1;
	return JMS_READ;
}

enum jms_reading jms_read_frame(struct weir_str bytes, struct stomp_frame *out, size_t *used)
{
	const char *begin = bytes.data;
	struct weir_str rest = bytes, line;

	*out = (struct stomp_frame){0};
	*used = 0;
	while (rest.size && (*rest.data == '\n' || *rest.data == '\r')) { /* the beats of the broker's heart */
		rest.data++;
		rest.size--;
		++*used;
	}
	struct weir_str head = {rest.data, rest.size < MOST_HEAD_BYTES ? rest.size : MOST_HEAD_BYTES};
	enum jms_reading unfinished = rest.size >= MOST_HEAD_BYTES ? JMS_MALFORMED : JMS_MORE;
	if (!take_line(&head, &out->command))
		return unfinished;
	out->headers.data = head.data;
	do {
		if (!take_line(&head, &line))
			return unfinished;
		out->headers.size = line.size ? (size_t)(head.data - out->headers.data) : out->headers.size;
	} while (line.size);
	rest.size -= (size_t)(head.data - rest.data);
	rest.data = head.data;
	return take_body(rest, out, used, begin);
}

/* \n, \c, \\ and \r stand for a line end, a colon, a backslash and a carriage return. */
void stomp_unescape(struct weir_str text, struct weir_buf *out)
{
	for (size_t i = 0; i < text.size; i++) {
		char c = text.data[i];
		if (c == '\\' && i + 1 < text.size) {
			c = text.data[++i];
			c = c == 'n' ? '\n' : c == 'c' ? ':' : c == 'r' ? '\r' : c;
		}
		weir_buf_add_char(out, c);
	}
}

void stomp_escape(const char *text, struct weir_buf *out)
{
	for (; *text; text++) {
		const char *code = *text == '\n'   ? "\\n"
				   : *text == ':'  ? "\\c"
				   : *text == '\r' ? "\\r"
				   : *text == '\\' ? "\\\\"
						   : NULL;
		if (code)
			weir_buf_add_c(out, code);
		else
			weir_buf_add_char(out, *text);
	}
}

/* ---- messages ---- */

/* The name that JMS has for a header of STOMP; NULL: it is none of the message. Others keep their name. */
static const char *name_of(struct weir_str name, struct weir_buf *scratch)
{
	static const struct {
		const char *stomp, *jms;
	} known[] = {{"message-id", "JMSMessageID"},
		     {"destination", "JMSDestination"},
		     {"correlation-id", "JMSCorrelationID"},
		     {"type", "JMSType"},
		     {"reply-to", "JMSReplyTo"},
		     {"priority", "JMSPriority"},
		     {"expires", "JMSExpiration"},
		     {"persistent", "JMSDeliveryMode"},
		     {"redelivered", "JMSRedelivered"},
		     {"subscription", NULL},
		     {"ack", NULL},
		     {"content-length", NULL},
		     {"timestamp", NULL},
		     {"transformation", NULL}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (weir_str_equal(name, weir_str_of(known[i].stomp)))
			return known[i].jms;
	weir_buf_clear(scratch);
	stomp_unescape(name, scratch);
	return scratch->data ? scratch->data : "";
}

static void put_header(const char *name, struct weir_str value, bool *first, struct weir_buf *out)
{
	bool is_true = weir_str_equal(value, WEIR_STR("true"));

	jms_json_name(weir_str_of(name), first, out);
	if (strcmp(name, "JMSDeliveryMode") == 0)
		weir_buf_add_c(out, is_true ? "\"PERSISTENT\"" : "\"NON_PERSISTENT\"");
	else if (strcmp(name, "JMSRedelivered") == 0)
		weir_buf_add_c(out, is_true ? "true" : "false");
	else
		weir_json_quote(value, out);
}

static void put_headers(const struct stomp_frame *f, struct weir_buf *out)
{
	struct weir_buf scratch = {0}, text = {0};
	struct weir_str rest = f->headers, line, value;
	bool first = true;

	weir_buf_add_char(out, '{');
	while (take_line(&rest, &line)) {
		const char *name = name_of(weir_str_cut(line, ':', &value), &scratch);
		if (!name)
			continue;
		weir_buf_clear(&text);
		stomp_unescape(value, &text);
		put_header(name, weir_buf_str(&text), &first, out);
		out->failed |= text.failed || scratch.failed;
	}
	weir_buf_add_char(out, '}');
	weir_buf_release(&scratch);
	weir_buf_release(&text);
}

static bool keep(struct weir_str text, struct weir_arena *arena, struct weir_str *out)
{
	*out = weir_arena_str(arena, text);
	return out->data != NULL;
}

/* A map as Classic writes it: {"map":{"entry":[{"string":["name","text"]},{"string":"name","int":7},…]}}. False: it is none. */
static bool put_map(struct weir_str body, struct weir_buf *out)
{
	static const char begin[] = "{\"map\":";
	json_t *o = body.size > sizeof begin && memcmp(body.data, begin, sizeof begin - 1) == 0
			? json_loadb(body.data, body.size, 0, NULL)
			: NULL;
	json_t *list = json_object_get(json_object_get(o, "map"), "entry"), *map = list ? json_object() : NULL;
	size_t n = json_is_array(list) ? json_array_size(list) : 1;

	for (size_t i = 0; map && i < n; i++) {
		json_t *entry = json_is_array(list) ? json_array_get(list, i) : list, *value;
		json_t *name = json_object_get(entry, "string");
		const char *type;
		if (json_is_array(name)) {
			json_object_set(map, json_string_value(json_array_get(name, 0)), json_array_get(name, 1));
			continue;
		}
		json_object_foreach(entry, type, value) if (strcmp(type, "string") != 0)
		    json_object_set(map, json_string_value(name), strcmp(type, "null") == 0 ? json_null() : value);
	}
	char *text = map ? json_dumps(map, JSON_COMPACT) : NULL;
	if (text)
		weir_buf_add_c(out, text);
	free(text);
	json_decref(map);
	json_decref(o);
	return text != NULL;
}

enum jms_reading jms_read_stomp(const struct stomp_frame *f, struct jms_texts *t, struct jms_content *out)
{
	struct weir_str sent = stomp_header(f, "timestamp"), group = stomp_header(f, "JMSXGroupID"), body = f->body;
	int64_t ms;

	*out = (struct jms_content){.time_us = WEIR_TIME_NONE, .id = stomp_header(f, "message-id")};
	weir_buf_clear(&t->headers);
	weir_buf_clear(&t->body);
	if (stomp_header(f, "transformation").data && put_map(body, &t->body))
		body = weir_buf_str(&t->body);
	if (!t->skip_headers)
		put_headers(f, &t->headers);
	/* A message without a body is a row without values. */
	if (t->headers.failed || t->body.failed || (body.size && !keep(body, t->arena, &out->payload)) ||
	    (group.data && !keep(group, t->arena, &out->key)) ||
	    (!t->skip_headers && !keep(weir_buf_str(&t->headers), t->arena, &out->headers)))
		return JMS_NO_MEMORY;
	if (weir_parse_int64(sent, false, &ms) && ms >= WEIR_TIME_FIRST_US / 1000 && ms <= WEIR_TIME_LAST_US / 1000)
		out->time_us = ms * 1000;
	return JMS_READ;
}
