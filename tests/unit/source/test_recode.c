/* Text of other encodings into UTF-8, cut at every byte. */
#include "source/recode.h"
#include "weir/model/chunk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The text in pieces of `piece` bytes, through an output of `room`. */
static void decode(const char *name, struct weir_str text, size_t piece, size_t room, struct weir_buf *out)
{
	struct weir_recode *r = NULL;
	struct weir_error err = {0};
	char left[256], to[256];
	size_t n_left = 0, made;

	assert_int_equal(weir_recode_new(name, &r, &err), WEIR_OK);
	for (size_t at = 0; at < text.size || n_left;) {
		size_t n = text.size - at < piece ? text.size - at : piece;
		memcpy(left + n_left, text.data + at, n);
		at += n;
		struct weir_str in = {left, n_left + n};
		do {
			weir_recode_run(r, &in, at == text.size, to, room, &made);
			weir_buf_add(out, to, made);
		} while (made);
		memmove(left, in.data, in.size);
		n_left = in.size;
	}
	weir_recode_free(r);
}

static void any_pieces_give_the_same_text(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct weir_str coded;
		const char *text;
	} cases[] = {
	    {"UTF-16LE", {"a\0\xe9\0\x3d\xd8\x00\xde\n\0", 10}, "a\xc3\xa9\xf0\x9f\x98\x80\n"},
	    {"UTF-16BE", {"\0a\0\xe9\xd8\x3d\xde\x00\0\n", 10}, "a\xc3\xa9\xf0\x9f\x98\x80\n"},
	    {"ISO-8859-1", {"caf\xe9", 4}, "caf\xc3\xa9"},
	    {"SHIFT_JIS", {"\x93\xfa\x96\x7b!", 5}, "\xe6\x97\xa5\xe6\x9c\xac!"},
	    {"UTF-16LE", {"\x00\xd8x\0", 4}, "\xffx"}, /* half a pair */
	    {"UTF-16LE", {"x\0\x3d", 3}, "x\xff"},     /* cut off */
	    {"SHIFT_JIS", {"a\x93", 2}, "a\xff"},
	    {"US-ASCII",
	     {"a\xe9"
	      "b",
	      3},
	     "a\xff"
	     "b"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t piece = 1; piece <= cases[i].coded.size; piece++)
			for (size_t room = 64; room <= 65; room++) {
				struct weir_buf out = {0};
				decode(cases[i].name, cases[i].coded, piece, room, &out);
				assert_int_equal(out.size, strlen(cases[i].text));
				assert_memory_equal(out.data, cases[i].text, out.size);
				weir_buf_release(&out);
			}
}

static void marks(void **state)
{
	(void)state;
	size_t n = 0;
	assert_string_equal(weir_recode_by_mark((struct weir_str){"\xff\xfe"
								  "a\0",
								  4},
						&n),
			    "UTF-16LE");
	assert_int_equal(n, 2);
	assert_string_equal(weir_recode_by_mark((struct weir_str){"\xff\xfe\0\0", 4}, &n), "UTF-32LE");
	assert_int_equal(n, 4);
	assert_string_equal(weir_recode_by_mark((struct weir_str){"\xfe\xff\0a", 4}, &n), "UTF-16BE");
	assert_null(weir_recode_by_mark((struct weir_str){"\xef\xbb\xbf", 3}, &n));
	assert_null(weir_recode_by_mark((struct weir_str){"\xff", 1}, &n));
}

static void messages_one_by_one(void **state)
{
	(void)state;
	struct weir_recode_messages *m = NULL;
	struct weir_error err = {0};
	const struct weir_message in[] = {{.payload = {"caf\xe9", 4}, .offset = 7},
					  {.payload = {NULL, 0}, .offset = 8},
					  {.payload = {"", 0}, .offset = 9},
					  {.payload = {"\xfc", 1}, .offset = 10}};

	assert_int_equal(weir_recode_messages_new("ISO-8859-1", &m, &err), WEIR_OK);
	for (int again = 0; again < 2; again++) {
		struct weir_chunk chunk = {.messages = in, .n_messages = 4, .is_messages = true};
		assert_int_equal(weir_recode_messages_run(m, &chunk, &err), WEIR_OK);
		assert_int_equal(chunk.n_messages, 4);
		assert_int_equal(chunk.messages[0].payload.size, 5);
		assert_memory_equal(chunk.messages[0].payload.data, "caf\xc3\xa9", 5);
		assert_null(chunk.messages[1].payload.data);
		assert_non_null(chunk.messages[2].payload.data);
		assert_int_equal(chunk.messages[2].payload.size, 0);
		assert_memory_equal(chunk.messages[3].payload.data, "\xc3\xbc", 2);
		assert_int_equal(chunk.messages[3].offset, 10);
	}
	weir_recode_messages_free(m);
	assert_int_equal(weir_recode_messages_new("KOI9", &m, &err), WEIR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_pieces_give_the_same_text),
	    cmocka_unit_test(marks),
	    cmocka_unit_test(messages_one_by_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
