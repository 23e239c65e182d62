/* Batches to land: rows with a number and a text, and a folder of one's own. */
#ifndef WEIR_TESTS_LANDING_ROWS_H
#define WEIR_TESTS_LANDING_ROWS_H

#include "weir/landing/landing.h"

#include "../../limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Rows from `first` on: {"i":7,"s":"row 7"}, and with `extra` a column more: {"i":7,"s":"row 7","more":70}. */
static inline struct weir_batch *make_batch(int64_t first, uint32_t n, bool extra)
{
	struct weir_batch *b = weir_batch_new(n);
	struct weir_schema *s = weir_schema_new();

	assert_non_null(b);
	assert_true(s && weir_schema_add(s, WEIR_STR("i"), WEIR_INT64) == 0 &&
		    weir_schema_add(s, WEIR_STR("s"), WEIR_STRING) == 1);
	if (extra)
		assert_int_equal(weir_schema_add(s, WEIR_STR("more"), WEIR_INT64), 2);
	assert_true(weir_batch_set_schema(b, s));
	weir_schema_unref(s);
	for (uint32_t row = 0; row < n; row++) {
		char text[32];
		int size = snprintf(text, sizeof text, "row %lld", (long long)first + row);
		b->position[row] = first + row;
		assert_true(weir_column_set_int64(&b->columns[0], row, first + row) &&
			    weir_column_set_string(&b->columns[1], row, (struct weir_str){text, (size_t)size}, NULL));
		if (extra)
			assert_true(weir_column_set_int64(&b->columns[2], row, 10 * (first + row)));
	}
	for (uint32_t i = 0; i < b->n_columns; i++)
		assert_true(weir_column_finish(&b->columns[i], n));
	b->n_rows = n;
	return b;
}

/* Every row of it. */
static inline uint64_t *all_rows(uint32_t n)
{
	uint64_t *rows = weir_calloc(weir_bit_words(n) + 1, sizeof *rows);

	assert_non_null(rows);
	for (uint32_t i = 0; i < n; i++)
		weir_bit_set(rows, i);
	return rows;
}

/* The text of rows `first` to `last` - 1 as NDJSON. Appends. */
static inline void expected_rows(int64_t first, int64_t last, struct weir_buf *out)
{
	for (int64_t i = first; i < last; i++)
		weir_buf_addf(out, "{\"i\":%lld,\"s\":\"row %lld\"}\n", (long long)i, (long long)i);
}

/* Until there is room. */
static inline void wait_for_room(struct weir_landing_queue *q)
{
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * WEIR_US_PER_S;

	while (!weir_landing_queue_wait_us(q, 100000))
		assert_true(weir_clock_mono_us(&weir_clock_system) < end_us);
}

struct folder {
	char path[64], name[128]; /* name: of a file in it, by name_in */
};

static inline int make_folder(void **state)
{
	struct folder *f = calloc(1, sizeof *f);

	assert_non_null(f);
	snprintf(f->path, sizeof f->path, "/tmp/weir-landing-XXXXXX");
	assert_non_null(mkdtemp(f->path));
	*state = f;
	return 0;
}

static inline int remove_folder(void **state)
{
	struct folder *f = *state;
	char command[100];

	snprintf(command, sizeof command, "rm -rf %s", f->path);
	free(f);
	return system(command);
}

static inline const char *name_in(struct folder *f, const char *name)
{
	snprintf(f->name, sizeof f->name, "%s/%s", f->path, name);
	return f->name;
}

static inline void clear_folder(struct folder *f)
{
	char command[100];

	snprintf(command, sizeof command, "rm -rf %s/*", f->path);
	assert_int_equal(system(command), 0);
}

/* The text of a file in the folder, owned; NULL: there is none. */
static inline char *read_in(struct folder *f, const char *name)
{
	FILE *file = fopen(name_in(f, name), "r");
	struct weir_buf text = {0};
	char piece[4096];
	size_t n;

	if (!file)
		return NULL;
	weir_buf_add_c(&text, "");
	while ((n = fread(piece, 1, sizeof piece, file)) > 0)
		weir_buf_add(&text, piece, n);
	fclose(file);
	if (!text.data)
		return strdup("");
	return text.data;
}

static inline void assert_file(struct folder *f, const char *name, const char *text)
{
	char *found = read_in(f, name);

	if (!found)
		fail_msg("there is no file %s", name);
	assert_string_equal(found, text);
	free(found);
}

static inline void assert_no_file(struct folder *f, const char *name)
{
	assert_int_not_equal(access(name_in(f, name), F_OK), 0);
}

#endif
