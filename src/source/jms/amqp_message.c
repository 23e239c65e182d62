/* A message of AMQP 1.0 from its bytes: sections that describe themselves, each a value of some type. */
#include "amqp_value.h"
#include "jms.h"

/* Codes of sections. */
enum {
	HEADER = 0x70,
	ANNOTATIONS = 0x72,
	PROPERTIES = 0x73,
	APPLICATION = 0x74,
	DATA = 0x75,
	SEQUENCE = 0x76,
	VALUE = 0x77,
};

struct sections {
	struct amqp_value header, annotations, properties, application, body;
	struct weir_str more; /* behind the body: further sections of data */
	unsigned char body_is;
	uint64_t n_data;
};

static bool split(struct weir_str bytes, struct sections *out)
{
	struct weir_str head;
	struct amqp_value v;

	*out = (struct sections){.header.type = NOTHING,
				 .annotations.type = NOTHING,
				 .properties.type = NOTHING,
				 .application.type = NOTHING,
				 .body.type = NOTHING};
	while (bytes.size) {
		struct amqp_value code;
		if (!amqp_cut(&bytes, 1, &head) || head.data[0] != DESCRIBED || !amqp_cut(&bytes, 1, &head) ||
		    !amqp_take_body(&bytes, (unsigned char)head.data[0], &code) || !amqp_take_value(&bytes, &v))
			return false;
		uint64_t section = amqp_number(code.bytes);
		struct amqp_value *to = section == HEADER        ? &out->header
					: section == ANNOTATIONS ? &out->annotations
					: section == PROPERTIES  ? &out->properties
					: section == APPLICATION ? &out->application
								 : NULL;
		if (to)
			*to = v;
		if (section != DATA && section != SEQUENCE && section != VALUE)
			continue;
		if (!out->n_data++) {
			out->body = v;
			out->body_is = (unsigned char)section;
			out->more = bytes;
		}
	}
	return true;
}

/* Item `i` of a list; NOTHING: it has none. */
static struct amqp_value item_of(const struct amqp_value *list, unsigned i)
{
	struct amqp_value v = {.type = NOTHING};
	struct weir_str rest = list->bytes;

	if (!amqp_is_list(list) || i >= list->n)
		return v;
	for (unsigned k = 0; k <= i; k++)
		if (!amqp_take_value(&rest, &v))
			return (struct amqp_value){.type = NOTHING};
	return v;
}

static bool is_signed(const struct amqp_value *v)
{
	return v->type == BYTE || v->type == INT || v->type == SMALL_INT || v->type == LONG || v->type == SMALL_LONG;
}

/* What kind of JMS message it is, as the broker tells it; -1: it does not. */
static int told_type(const struct amqp_value *annotations)
{
	struct weir_str rest = annotations->bytes;
	struct amqp_value name, v;

	for (uint64_t i = 0; amqp_is_map(annotations) && i < annotations->n / 2; i++) {
		if (!amqp_take_value(&rest, &name) || !amqp_take_value(&rest, &v))
			return -1;
		if (amqp_is_text(&name) && weir_str_equal(name.bytes, WEIR_STR("x-opt-jms-msg-type")))
			return v.type == BYTE || is_signed(&v) ? (int)amqp_signed(v.bytes) : -1;
	}
	return -1;
}

enum { TYPE_OBJECT = 1 };

/* Several sections of data are one text. */
static bool join_data(const struct sections *s, struct weir_buf *out)
{
	struct weir_str rest = s->more, head;
	struct amqp_value code, v;

	weir_buf_add_str(out, s->body.bytes);
	for (uint64_t i = 1; i < s->n_data && rest.size;) {
		if (!amqp_cut(&rest, 2, &head) || !amqp_take_body(&rest, (unsigned char)head.data[1], &code) ||
		    !amqp_take_value(&rest, &v))
			return false;
		if (amqp_number(code.bytes) != DATA)
			continue;
		weir_buf_add_str(out, v.bytes);
		i++;
	}
	return true;
}

/* Appends the payload where it must be made; else *borrowed is it. */
static bool read_body(const struct sections *s, struct weir_str *borrowed, struct weir_buf *made)
{
	struct amqp_value content = item_of(&s->properties, 6);
	const struct amqp_value *b = &s->body;
	bool object =
	    told_type(&s->annotations) == TYPE_OBJECT ||
	    (amqp_is_text(&content) && weir_str_equal(content.bytes, WEIR_STR("application/x-java-serialized-object")));

	*borrowed = (struct weir_str){NULL, 0};
	if (b->type == NOTHING) /* no body, or null for a text: as a tombstone of Kafka */
		return true;
	if (object && amqp_is_binary(b)) {
		jms_json_object(b->bytes, made);
	} else if (amqp_is_binary(b) && s->n_data > 1) {
		return join_data(s, made);
	} else if (amqp_is_text(b) || amqp_is_binary(b)) {
		*borrowed = (struct weir_str){b->bytes.data ? b->bytes.data : "", b->bytes.size};
	} else if (amqp_is_map(b)) {
		return amqp_put(b, 0, made);
	} else if (amqp_is_list(b)) {
		weir_buf_add_c(made, "{\"items\":");
		if (!amqp_put(b, 0, made))
			return false;
		weir_buf_add_char(made, '}');
	} else {
		weir_buf_add_c(made, "{\"value\":");
		if (!amqp_put(b, 0, made))
			return false;
		weir_buf_add_char(made, '}');
	}
	return true;
}

/* A header of JMS, if it is there. */
static bool put_field(const char *name, const struct amqp_value *v, bool *first, struct weir_buf *out)
{
	if (v->type == NOTHING)
		return true;
	jms_json_name(weir_str_of(name), first, out);
	return amqp_put(v, 0, out);
}

static bool read_headers(const struct sections *s, struct weir_buf *out)
{
	static const struct {
		const char *name;
		unsigned item; /* of the properties */
	} fields[] = {{"JMSMessageID", 0},  {"JMSXUserID", 1},   {"JMSDestination", 2},
		      {"JMSType", 3},       {"JMSReplyTo", 4},   {"JMSCorrelationID", 5},
		      {"JMSExpiration", 8}, {"JMSXGroupID", 10}, {"JMSXGroupSeq", 11}};
	bool first = true;

	weir_buf_add_char(out, '{');
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		struct amqp_value v = item_of(&s->properties, fields[i].item);
		if (fields[i].item == 1 && amqp_is_binary(&v) && weir_utf8_valid(v.bytes))
			v.type = STRING_32;
		if (!put_field(fields[i].name, &v, &first, out))
			return false;
	}
	struct amqp_value durable = item_of(&s->header, 0), priority = item_of(&s->header, 1),
			  failed = item_of(&s->header, 4);
	jms_json_name(WEIR_STR("JMSDeliveryMode"), &first, out);
	weir_buf_add_c(out, amqp_is_true(&durable) ? "\"PERSISTENT\"" : "\"NON_PERSISTENT\"");
	if (!put_field("JMSPriority", &priority, &first, out))
		return false;
	jms_json_name(WEIR_STR("JMSRedelivered"), &first, out);
	weir_buf_add_c(out, amqp_number(failed.bytes) ? "true" : "false");
	if (amqp_is_map(&s->application) && !amqp_put_members(&s->application, 0, &first, out))
		return false;
	weir_buf_add_char(out, '}');
	return true;
}

static bool keep(struct jms_texts *t, const struct weir_buf *text, struct weir_str *out)
{
	if (text->failed)
		return false;
	*out = weir_arena_str(t->arena, weir_buf_str(text));
	return out->data != NULL;
}

enum jms_reading jms_read_amqp(struct weir_str bytes, struct jms_texts *t, struct jms_content *out)
{
	struct sections s;

	*out = (struct jms_content){.time_us = WEIR_TIME_NONE};
	weir_buf_clear(&t->body);
	weir_buf_clear(&t->headers);
	if (!split(bytes, &s) || !read_body(&s, &out->payload, &t->body) ||
	    (!t->skip_headers && !read_headers(&s, &t->headers)))
		return t->body.failed || t->headers.failed ? JMS_NO_MEMORY : JMS_MALFORMED;
	if (t->body.size && !keep(t, &t->body, &out->payload))
		return JMS_NO_MEMORY;
	if (!t->skip_headers && !keep(t, &t->headers, &out->headers))
		return JMS_NO_MEMORY;
	struct amqp_value id = item_of(&s.properties, 0), created = item_of(&s.properties, 9),
			  group = item_of(&s.properties, 10);
	out->id = id.bytes;
	if (amqp_is_text(&group))
		out->key = group.bytes;
	int64_t ms = created.type == TIMESTAMP ? amqp_signed(created.bytes) : INT64_MIN;
	if (ms >= WEIR_TIME_FIRST_US / 1000 && ms <= WEIR_TIME_LAST_US / 1000)
		out->time_us = ms * 1000;
	return JMS_READ;
}
