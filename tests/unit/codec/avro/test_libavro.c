/* What libavro writes, weir reads: random values of each type, written by libavro, decoded into columns, and compared with what
 * libavro says they are. */
#include "avro_bytes.h"
#include "../decode_text.h"

#include <avro.h>
#include <math.h>

enum { RECORDS = 200, ROOM = 1 << 20 };

static uint64_t seed = 88172645463325252u;

static uint64_t dice(uint64_t sides)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % sides;
}

static void fill(avro_value_t *v, unsigned depth);

static void fill_items(avro_value_t *v, unsigned depth, bool map)
{
	char key[16];
	for (uint64_t n = dice(4), i = 0; i < n; i++) {
		avro_value_t item;
		snprintf(key, sizeof key, "k%u", (unsigned)i);
		if (map)
			avro_value_add(v, key, &item, NULL, NULL);
		else
			avro_value_append(v, &item, NULL);
		fill(&item, depth + 1);
	}
}

static void fill_nested(avro_value_t *v, unsigned depth)
{
	avro_value_t item;
	size_t n;
	switch (avro_value_get_type(v)) {
	case AVRO_RECORD:
		avro_value_get_size(v, &n);
		for (size_t i = 0; i < n; i++) {
			avro_value_get_by_index(v, i, &item, NULL);
			fill(&item, depth + 1);
		}
		break;
	case AVRO_UNION:
		n = avro_schema_union_size(avro_value_get_schema(v));
		avro_value_set_branch(v, depth > 6 ? 0 : (int)dice(n), &item);
		fill(&item, depth + 1);
		break;
	default:
		fill_items(v, depth, avro_value_get_type(v) == AVRO_MAP);
	}
}

static void fill(avro_value_t *v, unsigned depth)
{
	static const char *const texts[] = {"",     "a", "pear", "a text that is longer than sixteen", "h\303\251llo",
					    "\"q\""};
	char four[4] = {'w', 'x', 'y', (char)('a' + dice(4))};
	uint64_t bits = dice(UINT64_MAX) >> dice(64);
	const char *text = texts[dice(6)];
	switch (avro_value_get_type(v)) {
	case AVRO_BOOLEAN:
		avro_value_set_boolean(v, (int)dice(2));
		break;
	case AVRO_INT32:
		avro_value_set_int(v, (int32_t)bits);
		break;
	case AVRO_INT64:
		avro_value_set_long(v, (int64_t)(dice(2) ? bits : -bits));
		break;
	case AVRO_FLOAT:
		avro_value_set_float(v, (float)((double)(int32_t)bits / 100));
		break;
	case AVRO_DOUBLE:
		avro_value_set_double(v, (double)(int64_t)bits / 3);
		break;
	case AVRO_NULL:
		avro_value_set_null(v);
		break;
	case AVRO_STRING:
		avro_value_set_string(v, text);
		break;
	case AVRO_BYTES:
		avro_value_set_bytes(v, (void *)(uintptr_t)text, strlen(text));
		break;
	case AVRO_FIXED:
		avro_value_set_fixed(v, four, sizeof four);
		break;
	case AVRO_ENUM:
		avro_value_set_enum(v, (int)dice(3));
		break;
	default:
		fill_nested(v, depth);
	}
}

/* ---- what a value is, as weir would show it: a text, or as JSON ---- */

static void show(avro_value_t *v, bool json, struct weir_buf *out);

static void show_nested(avro_value_t *v, struct weir_buf *out)
{
	avro_value_t item;
	const char *name;
	size_t n;
	bool list = avro_value_get_type(v) == AVRO_ARRAY;
	avro_value_get_size(v, &n);
	weir_buf_add_char(out, list ? '[' : '{');
	for (size_t i = 0; i < n; i++) {
		avro_value_get_by_index(v, i, &item, &name);
		if (i)
			weir_buf_add_char(out, ',');
		if (!list) {
			weir_json_quote(weir_str_of(name), out);
			weir_buf_add_char(out, ':');
		}
		show(&item, true, out);
	}
	weir_buf_add_char(out, list ? ']' : '}');
}

static void show_text(struct weir_str s, bool json, struct weir_buf *out)
{
	if (json)
		weir_json_quote(s, out);
	else
		weir_buf_add_str(out, s);
}

static void show_number(double v, struct weir_buf *out)
{
	char text[32];
	weir_buf_add(out, text, weir_format_double(v, text));
}

static void show(avro_value_t *v, bool json, struct weir_buf *out)
{
	avro_value_t branch;
	const char *text;
	const void *bytes;
	size_t size;
	int32_t i;
	int64_t l;
	float f;
	double d;
	int b;
	switch (avro_value_get_type(v)) {
	case AVRO_BOOLEAN:
		avro_value_get_boolean(v, &b);
		weir_buf_add_c(out, b ? "true" : "false");
		break;
	case AVRO_INT32:
		avro_value_get_int(v, &i);
		weir_buf_addf(out, "%d", i);
		break;
	case AVRO_INT64:
		avro_value_get_long(v, &l);
		weir_buf_addf(out, "%lld", (long long)l);
		break;
	case AVRO_FLOAT: { /* the shortest number that is this float */
		char shortest[32];
		avro_value_get_float(v, &f);
		for (int digits = 1; snprintf(shortest, sizeof shortest, "%.*g", digits, (double)f), digits < 9;
		     digits++)
			if (strtof(shortest, NULL) == f)
				break;
		show_number(strtod(shortest, NULL), out);
		break;
	}
	case AVRO_DOUBLE:
		avro_value_get_double(v, &d);
		show_number(d, out);
		break;
	case AVRO_NULL:
		weir_buf_add_c(out, json ? "null" : "-");
		break;
	case AVRO_STRING:
		avro_value_get_string(v, &text, &size);
		show_text((struct weir_str){text, size - 1}, json, out);
		break;
	case AVRO_BYTES:
		avro_value_get_bytes(v, &bytes, &size);
		show_text((struct weir_str){bytes, size}, json, out);
		break;
	case AVRO_FIXED:
		avro_value_get_fixed(v, &bytes, &size);
		show_text((struct weir_str){bytes, size}, json, out);
		break;
	case AVRO_ENUM:
		avro_value_get_enum(v, &b);
		show_text(weir_str_of(avro_schema_enum_get(avro_value_get_schema(v), b)), json, out);
		break;
	case AVRO_UNION:
		avro_value_get_current_branch(v, &branch);
		show(&branch, json, out);
		break;
	default:
		show_nested(v, out);
	}
}

/* Fields of records, as the columns they become. */
static void show_fields(avro_value_t *record, struct weir_buf *out, bool first)
{
	avro_value_t item;
	size_t n;
	avro_value_get_size(record, &n);
	for (size_t i = 0; i < n; i++) {
		avro_value_get_by_index(record, i, &item, NULL);
		if (avro_value_get_type(&item) == AVRO_RECORD) {
			show_fields(&item, out, first && i == 0);
			continue;
		}
		weir_buf_add_char(out, first && i == 0 ? ' ' : '|');
		show(&item, false, out);
	}
}

#define R(fields) "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"a.b\",\"fields\":[" fields "]}"
#define F(name, type) "{\"name\":\"" name "\",\"type\":" type "}"

static const char *const schemas[] = {
    R(F("a", "\"boolean\"") "," F("b", "\"int\"") "," F("c", "\"long\"") "," F("d", "\"null\"")),
    R(F("a", "\"float\"") "," F("b", "\"double\"")),
    R(F("a", "\"string\"") "," F("b", "\"bytes\"") "," F("c", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":4}")),
    R(F("a", "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\",\"C\"]}") "," F("b", "\"E\"")),
    R(F("a", "[\"null\",\"string\"]") "," F("b", "[\"null\",\"long\"]") "," F("c", "[\"null\",\"double\"]")),
    R(F("a", "{\"type\":\"array\",\"items\":\"long\"}") "," F("b",
							      "{\"type\":\"map\",\"values\":[\"null\",\"string\"]}")),
    R(F("a", "{\"type\":\"record\",\"name\":\"S\",\"fields\":[" F("x", "\"int\"") "," F(
		 "y", "{\"type\":\"record\",\"name\":\"c.T\",\"fields\":[" F(
			  "z", "\"string\"") "]}") "]}") "," F("b", "\"int\"")),
    R(F("a", "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"S\",\"fields\":[" F("x", "\"int\"") "," F(
		 "m", "{\"type\":\"map\",\"values\":{\"type\":\"array\",\"items\":\"boolean\"}}") "]}}")),
    R(F("a", "\"int\"") "," F("next", "[\"null\",\"R\"]")),
};

static void what_libavro_writes(void **state)
{
	(void)state;
	static char room[ROOM];
	for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
		avro_schema_t schema;
		struct weir_buf expected = {0}, file = {0}, shown = {0};
		if (avro_schema_from_json_length(schemas[i], strlen(schemas[i]), &schema))
			fail_msg("%s", avro_strerror());
		avro_value_iface_t *class = avro_generic_class_from_schema(schema);
		avro_writer_t writer = avro_writer_memory(room, sizeof room);
		for (int k = 0; k < RECORDS; k++) {
			avro_value_t v;
			avro_generic_value_new(class, &v);
			fill(&v, 0);
			assert_int_equal(avro_value_write(writer, &v), 0);
			show_fields(&v, &expected, true);
			weir_buf_add_char(&expected, '\n');
			avro_value_decref(&v);
		}
		put_header(&file, schemas[i]);
		put_block(&file, RECORDS, (struct weir_str){room, (size_t)avro_writer_tell(writer)});
		struct weir_codec_config config = {.format = "avro", .time = "none", .want = {.all = true}};
		char *text = decode_pieces(&config, weir_buf_str(&file), 0);
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			if (*line == ' ') /* not the names */
				weir_buf_addf(&shown, "%s\n", line);
		for (char *a = shown.data, *e = expected.data; *a || *e;
		     a += strcspn(a, "\n") + 1, e += strcspn(e, "\n") + 1)
			if (strcspn(a, "\n") != strcspn(e, "\n") || strncmp(a, e, strcspn(a, "\n")) != 0)
				fail_msg("schema %zu: %.*s, and libavro has %.*s", i, (int)strcspn(a, "\n"), a,
					 (int)strcspn(e, "\n"), e);
		free(text);
		weir_buf_release(&shown);
		weir_buf_release(&expected);
		weir_buf_release(&file);
		avro_writer_free(writer);
		avro_value_iface_decref(class);
		avro_schema_decref(schema);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_libavro_writes)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
