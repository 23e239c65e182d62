/* The record scanner against libcsv, on texts made of the bytes that matter. */
#include "codec/csv/csv.h"

#include <csv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Records as one text: fields in [], records ended by a line end. */
static void show_field(void *text, size_t size, void *out)
{
	weir_buf_add_char(out, '[');
	weir_buf_add(out, text, size);
	weir_buf_add_char(out, ']');
}

static void show_row(int end, void *out)
{
	(void)end;
	weir_buf_add_char(out, '\n');
}

static int no_space(unsigned char c)
{
	(void)c;
	return 0;
}

/* What libcsv makes of it; *open: it ended inside a quote. */
static void by_libcsv(struct weir_str text, char separator, bool *open, struct weir_buf *out)
{
	struct csv_parser p;
	assert_int_equal(csv_init(&p, CSV_STRICT_FINI), 0);
	csv_set_delim(&p, (unsigned char)separator);
	csv_set_space_func(&p, no_space);
	assert_int_equal(csv_parse(&p, text.data, text.size, show_field, show_row, out), text.size);
	*open = csv_fini(&p, show_field, show_row, out) != 0;
	csv_free(&p);
}

/* False when the scanner gave something up, which libcsv never does. */
static bool by_scanner(struct weir_str text, char separator, struct weir_buf *out)
{
	struct weir_csv_scan *s = weir_csv_scan_new(separator, 100);
	struct weir_csv_record r;
	assert_non_null(s);
	weir_csv_scan_start(s, text.data, text.size, true);
	enum weir_csv_found found;
	while ((found = weir_csv_scan_next(s, &r)) == WEIR_CSV_RECORD) {
		for (size_t i = 0; i < r.n_fields; i++)
			show_field((void *)(uintptr_t)r.fields[i].data, r.fields[i].size, out);
		show_row(0, out);
	}
	bool whole = found == WEIR_CSV_MORE && !weir_csv_scan_in_quote(s);
	weir_csv_scan_free(s);
	return whole;
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void random_texts_read_as_by_libcsv(void **state)
{
	(void)state;
	static const char *const alphabets[] = {",\"\n\raab", ",,,\n\"\"\"x", "abcdefgh,,\n", "\"a\",\"b\"\n\n",
						"a\",\n"};
	uint64_t seed = 0x5eed;
	struct weir_buf expected = {0}, actual = {0};
	unsigned compared = 0;
	for (unsigned round = 0; round < 60000; round++) {
		char text[300];
		const char *alphabet = alphabets[round % 5];
		size_t n = next_random(&seed) % (round % 3 ? 24 : sizeof text), letters = strlen(alphabet);
		for (size_t i = 0; i < n; i++)
			text[i] = alphabet[next_random(&seed) % letters];
		/* on the heap at its exact size, so that the sanitizer sees a read past the end */
		char *exact = malloc(n ? n : 1);
		memcpy(exact, text, n);
		struct weir_str s = {exact, n};
		bool open;
		weir_buf_clear(&expected);
		weir_buf_clear(&actual);
		by_libcsv(s, ',', &open, &expected);
		bool whole = by_scanner(s, ',', &actual);
		if (whole && !open) {
			compared++;
			if (!weir_str_equal(weir_buf_str(&expected), weir_buf_str(&actual)))
				fail_msg("round %u: \"%.*s\"\nlibcsv:\n%.*s\nscanner:\n%.*s", round, (int)n, text,
					 (int)expected.size, expected.data, (int)actual.size, actual.data);
		}
		if (whole)
			assert_false(open);
		free(exact);
	}
	assert_true(compared > 20000);
	weir_buf_release(&expected);
	weir_buf_release(&actual);
}

/* Every prefix: what is found in it is the beginning of what is found in all of it. */
static void a_part_finds_no_more_than_is_whole(void **state)
{
	(void)state;
	struct weir_str text =
	    WEIR_STR("a,b,c\r\n\"q,1\",\"say \"\"hi\"\"\",\"two\nlines\"\n\n5\" pipe,,\nlast,one,x\n");
	struct weir_buf all = {0}, part = {0};
	assert_true(by_scanner(text, ',', &all));
	assert_string_equal(all.data, "[a][b][c]\n[q,1][say \"hi\"][two\nlines]\n[5\" pipe][][]\n[last][one][x]\n");
	for (size_t n = 0; n <= text.size; n++) {
		struct weir_csv_scan *s = weir_csv_scan_new(',', 100);
		struct weir_csv_record r;
		weir_buf_clear(&part);
		weir_csv_scan_start(s, text.data, n, false);
		while (weir_csv_scan_next(s, &r) == WEIR_CSV_RECORD) {
			for (size_t i = 0; i < r.n_fields; i++)
				show_field((void *)(uintptr_t)r.fields[i].data, r.fields[i].size, &part);
			show_row(0, &part);
		}
		assert_true(part.size <= all.size);
		assert_true(part.size == 0 || memcmp(part.data, all.data, part.size) == 0);
		assert_true(r.next >= text.data && r.next <= text.data + n);
		weir_csv_scan_free(s);
	}
	weir_buf_release(&all);
	weir_buf_release(&part);
}

static void a_stray_quote_gives_up_its_line_only(void **state)
{
	(void)state;
	struct weir_str text = WEIR_STR("a,\"b\nc,\"d\"x\"\ne,f\n");
	struct weir_csv_scan *s = weir_csv_scan_new(',', 100);
	struct weir_csv_record r;
	weir_csv_scan_start(s, text.data, text.size, true);
	assert_int_equal(weir_csv_scan_next(s, &r), WEIR_CSV_TORN);
	assert_true(weir_str_equal(r.text, WEIR_STR("a,\"b")));
	assert_int_equal(weir_csv_scan_next(s, &r), WEIR_CSV_RECORD);
	assert_true(weir_str_equal(r.fields[1], WEIR_STR("d\"x")));
	assert_int_equal(weir_csv_scan_next(s, &r), WEIR_CSV_RECORD);
	assert_true(weir_str_equal(r.fields[0], WEIR_STR("e")));
	assert_int_equal(weir_csv_scan_next(s, &r), WEIR_CSV_MORE);
	weir_csv_scan_free(s);
}

static void fields_beyond_the_kept_are_counted(void **state)
{
	(void)state;
	struct weir_csv_scan *s = weir_csv_scan_new(',', 2);
	struct weir_csv_record r;
	struct weir_str text = WEIR_STR("1,2,3,\"4\"\"\",5,\"\"\n\"a\"b,c,d\n");
	weir_csv_scan_start(s, text.data, text.size, false);
	assert_int_equal(weir_csv_scan_next(s, &r), WEIR_CSV_RECORD);
	assert_int_equal(r.n_fields, 6);
	assert_true(weir_str_equal(r.fields[1], WEIR_STR("2")));
	weir_csv_scan_free(s);
}

static void records_that_are_not_plain(void **state)
{
	(void)state;
	for (size_t size = 1; size < 200; size++) {
		for (size_t bad = 0; bad < size; bad += 1 + bad / 9) {
			char text[201];
			memset(text, 'a', size);
			text[size] = '\n';
			struct weir_csv_scan *s = weir_csv_scan_new(',', 2);
			struct weir_csv_record r;
			weir_csv_scan_start(s, text, size + 1, true);
			assert_int_equal(weir_csv_scan_next(s, &r), WEIR_CSV_RECORD);
			assert_true(r.plain);
			text[bad] = bad % 2 ? 0 : (char)0xe9;
			weir_csv_scan_start(s, text, size + 1, true);
			assert_int_equal(weir_csv_scan_next(s, &r), WEIR_CSV_RECORD);
			assert_false(r.plain);
			weir_csv_scan_free(s);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_texts_read_as_by_libcsv),
	    cmocka_unit_test(a_part_finds_no_more_than_is_whole),
	    cmocka_unit_test(a_stray_quote_gives_up_its_line_only),
	    cmocka_unit_test(fields_beyond_the_kept_are_counted),
	    cmocka_unit_test(records_that_are_not_plain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
