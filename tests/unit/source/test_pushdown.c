/* What SQLite leaves out of a question: random conditions over hard values give the rows that they give when all are read. */
#include "query/expr/expr.h"

#include "hard_table.h"

#include "weir/query/filter.h"
#include "weir/source/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CASES = 1500 };

/* ---- both ways ---- */

struct asking {
	struct weir_view view;
	size_t taken, left_out;
};

static enum weir_status filter(void *ctx, const struct weir_schema *schema, struct weir_arena *arena,
			       struct weir_filter_list *out, struct weir_error *err)
{
	struct asking *a = ctx;

	return weir_view_filter(&a->view, schema, WEIR_STR("t"), arena, out, err);
}

static void add_rows(const struct weir_batch *b, const uint64_t *kept, struct weir_buf *out)
{
	for (uint32_t row = 0; row < b->n_rows; row++) {
		if (!weir_bit_get(kept, row))
			continue;
		weir_buf_addf(out, "%lld", (long long)b->position[row]);
		for (uint32_t i = 0; i < b->n_columns; i++) {
			struct weir_value v = weir_column_get(&b->columns[i], row);
			weir_buf_add_char(out, ' ');
			weir_value_json(&v, out);
		}
		weir_buf_add_char(out, '\n');
	}
}

/* Rows that pass, as text; the types that the columns have in the end; how many came. False: the condition means nothing there. */
static bool answer(const char *path, struct asking *a, bool ask, struct weir_buf *out, uint32_t *n_came)
{
	const struct weir_source_question question = {.all_columns = true, .filter = filter, .ctx = a};
	struct weir_source_config c = {.clock = &weir_clock_system, .question = ask ? &question : NULL};
	struct weir_batch *batches[ROWS + 1];
	struct weir_source *source = NULL;
	struct weir_arena arena = {0};
	struct weir_error err = {0};
	struct weir_buf address = {0};
	size_t n = 0;
	bool good = true;

	weir_buf_addf(&address, "sqlite:%s?table=t", path);
	assert_int_equal(weir_uri_parse(weir_buf_str(&address), false, &c.uri, &err), WEIR_OK);
	if (weir_source_open(&c, &source, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	enum weir_status st;
	do {
		batches[n] = weir_batch_new(ROWS);
		st = weir_source_poll_batch(source, 0, batches[n], &err);
		n += st == WEIR_OK;
		if (st != WEIR_OK && st != WEIR_END)
			fail_msg("%s", err.what);
	} while (st == WEIR_OK && n <= ROWS);
	const struct weir_schema *last = weir_schema_ref(batches[n && !batches[n]->schema ? n - 1 : n]->schema);
	for (uint32_t i = 0; i < last->n_fields; i++)
		weir_buf_addf(out, "%s ", weir_type_name(last->fields[i].type));
	weir_buf_add_char(out, '\n');
	*n_came = 0;
	for (size_t i = 0; i < n; i++) {
		struct weir_str text = weir_str_of(a->view.text[WEIR_VIEW_WHERE]);
		struct weir_scope scope = {
		    .schema = batches[i]->schema, .common = last, .complete = true, .text = text};
		struct weir_expr *e = NULL;
		struct weir_bound *b = NULL;
		uint64_t kept[WEIR_VEC_ROWS / 64];
		uint32_t n_true;
		assert_int_equal(weir_expr_parse(text, &arena, &e, &err), WEIR_OK);
		good = good && weir_condition_bind(e, &scope, &b, &err) == WEIR_OK;
		if (good) {
			assert_int_equal(
			    weir_bound_filter(b, batches[i], 0, batches[i]->n_rows, NULL, kept, &n_true, &err),
			    WEIR_OK);
			add_rows(batches[i], kept, out);
		}
		*n_came += batches[i]->n_rows;
		weir_bound_free(b);
	}
	for (size_t i = 0; ask && i < source->pushed->n_parts; i++)
		a->taken += !source->pushed->parts[i].why;
	weir_schema_unref(last);
	for (size_t i = 0; i <= n; i++)
		weir_batch_free(batches[i]);
	weir_source_close(source);
	weir_arena_release(&arena);
	weir_uri_release(&c.uri);
	weir_buf_release(&address);
	return good;
}

static void same_rows_with_and_without(void **state)
{
	char path[] = "/tmp/weir-pushdown-XXXXXX";
	struct weir_sqlite db;
	struct asking a = {0};
	size_t answered = 0;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(weir_sqlite_open(path, WEIR_SQLITE_MAKE, 0, &db, NULL), WEIR_OK);
	say(&db, "PRAGMA synchronous = OFF");
	for (int i = 0; i < CASES; i++) {
		struct weir_buf where = {0}, plain = {0}, asked = {0};
		struct weir_error err = {0};
		uint32_t all, came;
		if (i % 10 == 0)
			make_table(&db);
		condition(&where, 2);
		weir_view_init(&a.view);
		if (weir_view_set(&a.view, WEIR_VIEW_WHERE, where.data, 0, &err) != WEIR_OK)
			fail_msg("%s: %s", where.data, err.what);
		if (answer(path, &a, false, &plain, &all) && answer(path, &a, true, &asked, &came)) {
			if (strcmp(plain.data, asked.data) != 0)
				fail_msg("case %d, where %s: all rows say\n%sasked rows say\n%s", i, where.data,
					 plain.data, asked.data);
			answered++;
			a.left_out += all - came;
		}
		weir_view_release(&a.view);
		weir_buf_release(&where);
		weir_buf_release(&plain);
		weir_buf_release(&asked);
	}
	/* It was no test of nothing. */
	assert_true(answered > CASES / 3);
	assert_true(a.taken > answered / 3);
	assert_true(a.left_out > answered);
	weir_sqlite_close(&db);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_rows_with_and_without),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
