/* JMS brokers: messages of AMQP 1.0 and of STOMP from their bytes, what must not come twice, and addresses. The brokers themselves are in
 * tests/integration/jms. */
#include "config.h"

#include "reading.h"
#include "source/jms/jms.h"

#ifdef WEIR_WITH_AMQP
#include <proton/sasl.h>
#endif

/* ---- messages ---- */

static struct weir_arena arena;
static struct jms_texts texts = {.arena = &arena};

static void add_section(struct weir_buf *b, unsigned char code)
{
	const char head[] = {0x00, 0x53, (char)code};
	weir_buf_add(b, head, sizeof head);
}
static void add_text(struct weir_buf *b, const char *text)
{
	const char head[] = {(char)0xa1, (char)strlen(text)};
	weir_buf_add(b, head, sizeof head);
	weir_buf_add_c(b, text);
}
/* A list (0xd0) or map (0xd1) of the `n` values in `items`. */
static void add_compound(struct weir_buf *b, unsigned char type, unsigned n, const struct weir_buf *items)
{
	size_t size = items->size + 4;
	const char head[] = {(char)type, 0, 0, (char)(size >> 8), (char)size, 0, 0, 0, (char)n};
	weir_buf_add(b, head, sizeof head);
	weir_buf_add_str(b, weir_buf_str(items));
}

static enum jms_reading read_bytes(const struct weir_buf *b, struct jms_content *c)
{
	return jms_read_amqp(weir_buf_str(b), &texts, c);
}
static void has(struct weir_str actual, const char *expected)
{
	assert_non_null(actual.data);
	assert_int_equal(actual.size, strlen(expected));
	assert_memory_equal(actual.data, expected, actual.size);
}

/* Properties with id, subject, correlation id, creation time and group; a header and an annotation of the kind. */
static void add_head(struct weir_buf *b, char kind)
{
	struct weir_buf items = {0};

	add_section(b, 0x70); /* durable, priority 7 */
	weir_buf_add(b, "\xc0\x04\x02\x41\x50\x07", 6);
	add_section(b, 0x72);
	weir_buf_add(&items, "\xa3\x12x-opt-jms-msg-type\x51", 21);
	weir_buf_add_char(&items, kind);
	add_compound(b, 0xd1, 2, &items);
	weir_buf_clear(&items);
	add_section(b, 0x73);
	add_text(&items, "ID:1");
	weir_buf_add(&items, "\x40\x40", 2);
	add_text(&items, "T");
	weir_buf_add(&items, "\x40", 1);
	add_text(&items, "corr");
	weir_buf_add(&items, "\x40\x40\x40\x83\0\0\1\x98\x7b\x2e\x5c\0", 12); /* 1754413292544 ms */
	add_text(&items, "g");
	add_compound(b, 0xd0, 11, &items);
	weir_buf_clear(&items);
	add_section(b, 0x74);
	add_text(&items, "region");
	add_text(&items, "eu");
	add_text(&items, "seq");
	weir_buf_add(&items, "\x54\xff", 2);
	add_compound(b, 0xd1, 4, &items);
	weir_buf_release(&items);
}

static void test_text(void **state)
{
	struct weir_buf b = {0};
	struct jms_content c;

	(void)state;
	add_head(&b, 5);
	add_section(&b, 0x77);
	add_text(&b, "{\"a\":1}");
	assert_int_equal(read_bytes(&b, &c), JMS_READ);
	has(c.payload, "{\"a\":1}");
	has(c.id, "ID:1");
	has(c.key, "g");
	assert_int_equal(c.time_us, INT64_C(1754413292544) * 1000);
	has(c.headers,
	    "{\"JMSMessageID\":\"ID:1\",\"JMSType\":\"T\",\"JMSCorrelationID\":\"corr\",\"JMSXGroupID\":\"g\","
	    "\"JMSDeliveryMode\":\"PERSISTENT\",\"JMSPriority\":7,\"JMSRedelivered\":false,"
	    "\"region\":\"eu\",\"seq\":-1}");
	/* Cut off anywhere it is either malformed or shorter, and never read behind its end. */
	for (size_t size = 0; size < b.size; size++) {
		char *copy = malloc(size ? size : 1);
		memcpy(copy, b.data, size);
		enum jms_reading got = jms_read_amqp((struct weir_str){copy, size}, &texts, &c);
		assert_true(got == JMS_MALFORMED || (got == JMS_READ && !c.payload.data));
		free(copy);
	}
	weir_buf_release(&b);
}

/* Every type that a map can have, once. */
static void test_map(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t size;
		const char *json;
	} all[] = {
	    {"s", "\xa1\x02h\"", 4, "\"h\\\"\""},
	    {"nil", "\x40", 1, "null"},
	    {"t", "\x41", 1, "true"},
	    {"f", "\x56\x00", 2, "false"},
	    {"b", "\x51\xfd", 2, "-3"},
	    {"sh", "\x61\x01\x2c", 3, "300"},
	    {"i", "\x71\xff\xff\xff\xfe", 5, "-2"},
	    {"l", "\x81\x00\x20\x00\x00\x00\x00\x00\x01", 9, "9007199254740993"},
	    {"ul", "\x80\xff\xff\xff\xff\xff\xff\xff\xff", 9, "18446744073709551615"},
	    {"u0", "\x43", 1, "0"},
	    {"fl", "\x72\x3d\xcc\xcc\xcd", 5, "0.1"},
	    {"d", "\x82\x40\x04\x00\x00\x00\x00\x00\x00", 9, "2.5"},
	    {"ch", "\x73\x00\x00\x00\x78", 5, "\"x\""},
	    {"raw", "\xa0\x02\x09\x08", 4, "\"CQg=\""},
	    {"time", "\x83\x00\x00\x00\x00\x00\x00\x03\xe8", 9, "\"1970-01-01T00:00:01Z\""},
	    {"id", "\x98\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 17,
	     "\"00112233-4455-6677-8899-aabbccddeeff\""},
	    {"none", "\x45", 1, "[]"},
	    {"list", "\xc0\x04\x02\x54\x05\x41", 6, "[5,true]"},
	    {"array", "\xe0\x04\x02\x50\x01\x02", 6, "[1,2]"},
	    {"in", "\xc1\x06\x02\xa1\x01k\x54\x07", 8, "{\"k\":7}"},
	};
	struct weir_buf b = {0}, items = {0}, expected = {0};
	struct jms_content c;

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		add_text(&items, all[i].name);
		weir_buf_add(&items, all[i].bytes, all[i].size);
		weir_buf_addf(&expected, "%s\"%s\":%s", i ? "," : "{", all[i].name, all[i].json);
	}
	weir_buf_add_char(&expected, '}');
	add_head(&b, 2);
	add_section(&b, 0x77);
	add_compound(&b, 0xd1, 2 * sizeof all / sizeof *all, &items);
	assert_int_equal(read_bytes(&b, &c), JMS_READ);
	has(c.payload, expected.data);
	weir_buf_release(&b);
	weir_buf_release(&items);
	weir_buf_release(&expected);
}

static void test_other_bodies(void **state)
{
	struct weir_buf b = {0};
	struct jms_content c;

	(void)state;
	add_head(&b, 3); /* bytes, in two sections */
	add_section(&b, 0x75);
	weir_buf_add(&b, "\xa0\x02{}", 4);
	add_section(&b, 0x75);
	weir_buf_add(&b, "\xa0\x01\n", 3);
	assert_int_equal(read_bytes(&b, &c), JMS_READ);
	has(c.payload, "{}\n");
	weir_buf_clear(&b);
	add_head(&b, 4); /* a stream */
	add_section(&b, 0x76);
	weir_buf_add(&b,
		     "\xc0\x09\x02\x54\x05\xa1\x04"
		     "five",
		     11);
	assert_int_equal(read_bytes(&b, &c), JMS_READ);
	has(c.payload, "{\"items\":[5,\"five\"]}");
	weir_buf_clear(&b);
	add_head(&b, 1); /* an object: its class stands in its bytes */
	add_section(&b, 0x75);
	weir_buf_add(&b, "\xa0\x0b\xac\xed\0\5sr\0\3a.B", 13);
	assert_int_equal(read_bytes(&b, &c), JMS_READ);
	has(c.payload, "{\"object\":\"a.B\",\"object_bytes\":11}");
	weir_buf_clear(&b);
	add_head(&b, 1); /* and one that tells none */
	add_section(&b, 0x75);
	weir_buf_add(&b, "\xa0\x01x", 3);
	assert_int_equal(read_bytes(&b, &c), JMS_READ);
	has(c.payload, "{\"object\":\"?\",\"object_bytes\":1}");
	weir_buf_clear(&b);
	add_head(&b, 0); /* no body: a row without values */
	assert_int_equal(read_bytes(&b, &c), JMS_READ);
	assert_null(c.payload.data);
	weir_buf_clear(&b);
	add_head(&b, 5); /* an empty text is no tombstone */
	add_section(&b, 0x77);
	add_text(&b, "");
	assert_int_equal(read_bytes(&b, &c), JMS_READ);
	assert_non_null(c.payload.data);
	assert_int_equal(c.payload.size, 0);
	weir_buf_release(&b);
}

static void test_hostile(void **state)
{
	/* A list that says it has four thousand million items in no bytes; an array of nulls; depth without end; a length beyond. */
	static const struct weir_str all[] = {
	    {"\x00\x53\x77\xd0\x00\x00\x00\x04\xff\xff\xff\xff", 12},
	    {"\x00\x53\x77\xf0\x00\x00\x00\x05\xff\xff\xff\xff\x40", 13},
	    {"\x00\x53\x77\xb1\xff\xff\xff\xffx", 9},
	    {"\x00\x53\x77\x3f", 4},
	    {"x", 1},
	};
	struct weir_buf deep = {0};
	struct jms_content c;

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_int_equal(jms_read_amqp(all[i], &texts, &c), JMS_MALFORMED);
	weir_buf_add(&deep, "\x00\x53\x77", 3);
	for (int i = 0; i < 60; i++) {
		const char list[] = {(char)0xc0, (char)(1 + 3 * (59 - i) + 1), 1};
		weir_buf_add(&deep, list, sizeof list);
	}
	weir_buf_add_char(&deep, 0x40);
	assert_int_equal(read_bytes(&deep, &c), JMS_MALFORMED);
	weir_buf_release(&deep);
}

/* ---- STOMP ---- */

static void test_frames(void **state)
{
	static const char bytes[] = "\n\r\nMESSAGE\nmessage-id:ID\\c1\nmessage-id:2\ntimestamp:1000\ntype:T\n"
				    "persistent:true\nredelivered:false\nJMSXGroupID:g\nregion:e\\\\u\\n\nack:7\n"
				    "content-length:3\n\na\0b\0\nRECEIPT\r\nreceipt-id:x\r\n\r\n\0";
	struct weir_str text = {bytes, sizeof bytes - 1};
	struct stomp_frame f;
	struct jms_content c;
	size_t used, first = 0;

	(void)state;
	for (size_t size = 0; size < text.size; size++) /* pieces of it are not whole */
		if (jms_read_frame((struct weir_str){bytes, size}, &f, &used) == JMS_READ) {
			first = first ? first : size;
			assert_int_equal(used, first);
		}
	assert_int_equal(jms_read_frame(text, &f, &used), JMS_READ);
	assert_int_equal(used, first);
	assert_true(weir_str_equal(f.command, WEIR_STR("MESSAGE")));
	assert_true(weir_str_equal(f.body, ((struct weir_str){"a\0b", 3})));
	assert_int_equal(jms_read_stomp(&f, &texts, &c), JMS_READ);
	assert_true(weir_str_equal(c.payload, f.body));
	has(c.key, "g");
	has(c.id, "ID\\c1");
	assert_int_equal(c.time_us, 1000000);
	has(c.headers, "{\"JMSMessageID\":\"ID:1\",\"JMSMessageID\":\"2\",\"JMSType\":\"T\",\"JMSDeliveryMode\":"
		       "\"PERSISTENT\",\"JMSRedelivered\":false,\"JMSXGroupID\":\"g\",\"region\":\"e\\\\u\\n\"}");
	assert_int_equal(jms_read_frame((struct weir_str){bytes + used, text.size - used}, &f, &used), JMS_READ);
	has(stomp_header(&f, "receipt-id"), "x");
	assert_int_equal(f.body.size, 0);
}

static void test_frames_that_are_none(void **state)
{
	static const char *const all[] = {"MESSAGE\ncontent-length:-1\n\n", "MESSAGE\ncontent-length:99999999999\n\n",
					  "MESSAGE\ncontent-length:1\n\nabc"};
	struct weir_buf endless = {0};
	struct stomp_frame f;
	size_t used;

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_int_equal(jms_read_frame(weir_str_of(all[i]), &f, &used), JMS_MALFORMED);
	while (endless.size < 70000)
		weir_buf_add_c(&endless, "header:value\n");
	assert_int_equal(jms_read_frame(weir_buf_str(&endless), &f, &used), JMS_MALFORMED);
	weir_buf_release(&endless);
}

static void map_is(const char *body, const char *expected)
{
	struct weir_buf b = {0};
	struct stomp_frame f;
	struct jms_content c;
	size_t used;

	weir_buf_addf(&b, "MESSAGE\ntransformation:jms-map-json\n\n%s", body);
	weir_buf_add(&b, "\0", 1);
	assert_int_equal(jms_read_frame(weir_buf_str(&b), &f, &used), JMS_READ);
	assert_int_equal(jms_read_stomp(&f, &texts, &c), JMS_READ);
	has(c.payload, expected);
	weir_buf_release(&b);
}

/* A map as Classic writes it becomes one of its entries; what only looks like one stays as it is. */
static void test_map_of_classic(void **state)
{
	(void)state;
	map_is("{\"map\":{\"entry\":[{\"string\":[\"k\",\"v\"]},{\"string\":\"l\",\"long\":9007199254740993},"
	       "{\"string\":\"n\",\"null\":\"\"},{\"string\":\"d\",\"double\":2.5}]}}",
	       "{\"k\":\"v\",\"l\":9007199254740993,\"n\":null,\"d\":2.5}");
	map_is("{\"map\":{\"entry\":{\"string\":\"b\",\"boolean\":false}}}", "{\"b\":false}");
	map_is("{\"map\":1}", "{\"map\":1}");
	map_is("{\"map\":{\"entry\":[", "{\"map\":{\"entry\":[");
	map_is("{\"map\":{\"entry\":[7,{\"string\":[1,2]},{\"int\":3}]}}", "{}");
	map_is("{\"int\":42}", "{\"int\":42}");
}

/* ---- what must not come twice ---- */

static struct jms_id id_of(int i)
{
	char text[20];
	int n = snprintf(text, sizeof text, "ID:%d", i);
	return jms_id_of((struct weir_str){text, (size_t)n});
}

static void test_seen(void **state)
{
	enum { MOST = 1000, ALL = 20000 };
	struct jms_seen s = {.most = MOST}, whole = {0};

	(void)state;
	for (int i = 0; i < ALL; i++) {
		assert_false(jms_seen_has(&s, id_of(i)));
		assert_true(jms_seen_add(&s, id_of(i)) && jms_seen_add(&s, id_of(i)));
		assert_true(jms_seen_add(&whole, id_of(i)));
		assert_int_equal(s.n, i < MOST ? i + 1 : MOST);
		if (i % 997 == 0)
			for (int k = 0; k <= i; k++)
				assert_int_equal(jms_seen_has(&s, id_of(k)), k > i - MOST);
	}
	assert_int_equal(whole.n, ALL);
	assert_true(jms_seen_has(&whole, id_of(0)) && !jms_seen_has(&whole, id_of(ALL)));
	jms_seen_clear(&whole);
	assert_false(jms_seen_has(&whole, id_of(0)));
	jms_seen_release(&s);
	jms_seen_release(&whole);
}

/* ---- addresses ---- */

static void refused(const char *address, const char *why)
{
	struct reading r;
	char line[600];

	assert_int_equal(reading_open_address(&r, address, false, NULL), WEIR_USAGE);
	weir_error_line(&r.err, line, sizeof line);
	if (!strstr(line, why))
		fail_msg("%s: %s", address, line);
}

#ifdef WEIR_WITH_AMQP
/* A password is not sent in the clear, and what a library cannot do is said before anybody is asked. */
static void test_logins(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(reading_open_address(&r, "amqp://u:p@host/topic/x?sasl.mechanism=PLAIN", true, NULL), WEIR_OK);
	reading_close(&r);
	assert_int_equal(
	    reading_open_address(&r, "amqps://u:p@host/topic/x?sasl.mechanism=SCRAM-SHA-256%20PLAIN", true, NULL),
	    WEIR_OK);
	reading_close(&r);
	if (pn_sasl_extended())
		return;
	refused("amqp://u:p@host/topic/x", "in the clear");
	refused("amqps://u:p@host/topic/x?sasl.mechanism=SCRAM-SHA-256", "without Cyrus SASL");
}
#endif

static void test_addresses(void **state)
{
	struct reading r;

	(void)state;
	refused("stomp://host/orders", "stomp://HOST/topic/NAME");
	refused("stomp://host/topic/", "stomp://HOST/topic/NAME");
	refused("stomp://a,b/topic/x", "stomp://HOST/topic/NAME");
	refused("stomp://host:70000/topic/x", "stomp://HOST/topic/NAME");
	refused("stomp://host/queue/x?durable=me", "for topics");
	refused("stomp://host/topic/x?durable=", "wants a name");
	refused("stomp://host/topic/x?from=earliest", "durable=NAME");
	refused("stomp://host/topic/x?until=latest", "nobody keeps");
	refused("stomp://host/topic/x?durable=me&from=-15m", "goes on where it stopped");
	refused("stomp://host/topic/x?durable=me&until=latest", "does not say");
	refused("stomp://host/queue/x?from=17", "no offsets");
	refused("stomp://host/queue/x?selektor=a", "did you mean selector=?");
	refused("stomp://u:p@host/topic/x", "in the clear");
	assert_int_equal(reading_open_address(&r, "stomp://[::1]:61613/queue/a/b?from=-15m", true, NULL), WEIR_OK);
	assert_false(weir_source_finite(r.source));
	reading_close(&r);
	assert_int_equal(reading_open_address(&r, "stomp://u:p@host/queue/x?login=plain&until=latest", false, NULL),
			 WEIR_OK);
	assert_true(weir_source_finite(r.source));
	reading_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text),           cmocka_unit_test(test_map),
	    cmocka_unit_test(test_other_bodies),   cmocka_unit_test(test_hostile),
	    cmocka_unit_test(test_seen),           cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_frames),         cmocka_unit_test(test_frames_that_are_none),
	    cmocka_unit_test(test_map_of_classic),
#ifdef WEIR_WITH_AMQP
	    cmocka_unit_test(test_logins),
#endif
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	weir_buf_release(&texts.body);
	weir_buf_release(&texts.headers);
	weir_arena_release(&arena);
	return failed;
}
