/* The dictionary, and what it stands on: budget, arena, growth. */
#include "weir/base/dict.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct weir_str numbered(char out[32], uint32_t i)
{
	return (struct weir_str){out, (size_t)snprintf(out, 32, i % 2 ? "value-%u" : "a longer value-%u", i)};
}

static void codes_are_dense_and_stay(void **state)
{
	(void)state;
	enum { N = 100000 };
	struct weir_budget budget = {0};
	struct weir_dict *d = weir_dict_new(&budget);
	char text[32];
	assert_non_null(d);
	for (uint32_t i = 0; i < N; i++) {
		assert_int_equal(weir_dict_find(d, numbered(text, i)), WEIR_DICT_NONE);
		assert_int_equal(weir_dict_add(d, numbered(text, i)), i);
	}
	for (uint32_t i = 0; i < N; i++) {
		struct weir_str s = numbered(text, i);
		assert_int_equal(weir_dict_add(d, s), i);
		assert_int_equal(weir_dict_find(d, s), i);
		assert_true(weir_str_equal(weir_dict_get(d, i), s));
		assert_int_equal(weir_dict_hash(d, i), weir_hash(s.data, s.size));
	}
	assert_int_equal(weir_dict_count(d), N);
	assert_int_equal(weir_budget_used(&budget), weir_dict_bytes(d));
	assert_true(weir_dict_bytes(d) > N * 12);
	weir_dict_unref(d);
	assert_int_equal(weir_budget_used(&budget), 0);
}

static void odd_texts(void **state)
{
	(void)state;
	struct weir_dict *d = weir_dict_new(NULL);
	assert_int_equal(weir_dict_add(d, (struct weir_str){NULL, 0}), 0);
	assert_int_equal(weir_dict_add(d, WEIR_STR("")), 0);
	assert_int_equal(weir_dict_add(d, WEIR_STR("a\0b")), 1);
	assert_int_equal(weir_dict_add(d, WEIR_STR("a")), 2);
	assert_int_equal(weir_dict_add(d, WEIR_STR("a\0")), 3);
	size_t size = 3 << 20;
	char *big = malloc(size);
	memset(big, 'x', size);
	assert_int_equal(weir_dict_add(d, (struct weir_str){big, size}), 4);
	big[size - 1] = 'y';
	assert_int_equal(weir_dict_add(d, (struct weir_str){big, size}), 5);
	assert_int_equal(weir_dict_get(d, 5).size, size);
	free(big);
	weir_dict_unref(weir_dict_ref(d));
	assert_int_equal(weir_dict_count(d), 6);
	weir_dict_unref(d);
	weir_dict_unref(NULL);
}

static void small_ones_are_small(void **state)
{
	(void)state;
	struct weir_dict *d = weir_dict_new(NULL);
	weir_dict_add(d, WEIR_STR("one"));
	assert_true(weir_dict_bytes(d) < 16384); /* a record may have a thousand columns of text */
	weir_dict_unref(d);
}

static void out_of_memory_leaves_it_whole(void **state)
{
	(void)state;
	for (uint64_t fail = 1; fail < 24; fail++) {
		struct weir_budget budget = {0};
		char text[32];
		weir_alloc_fail_at(fail, true);
		struct weir_dict *d = weir_dict_new(&budget);
		uint32_t n = 0;
		while (d && n < 20000 && weir_dict_add(d, numbered(text, n)) != WEIR_DICT_NONE)
			n++;
		weir_alloc_fail_at(0, false);
		assert_true(n < 20000);
		for (uint32_t i = 0; d && i < n; i++)
			assert_int_equal(weir_dict_find(d, numbered(text, i)), i);
		if (d)
			assert_int_equal(weir_dict_add(d, numbered(text, n)),
					 n); /* goes on when there is memory again */
		weir_dict_unref(d);
		assert_int_equal(weir_budget_used(&budget), 0);
	}
}

struct reading {
	struct weir_dict *dict;
	_Atomic uint32_t known;
	bool wrong;
};

static void *read_codes(void *ctx)
{
	struct reading *r = ctx;
	char text[32];
	for (uint32_t done = 0; done < 30000;) {
		uint32_t known = atomic_load(&r->known);
		for (; done < known; done++)
			r->wrong |= !weir_str_equal(weir_dict_get(r->dict, done), numbered(text, done));
	}
	return NULL;
}

static void readers_see_what_was_handed_over(void **state)
{
	(void)state;
	struct reading r = {.dict = weir_dict_new(NULL)};
	pthread_t reader;
	char text[32];
	assert_int_equal(pthread_create(&reader, NULL, read_codes, &r), 0);
	for (uint32_t i = 0; i < 30000; i++) {
		weir_dict_add(r.dict, numbered(text, i));
		atomic_store(&r.known, i + 1);
	}
	pthread_join(reader, NULL);
	assert_false(r.wrong);
	weir_dict_unref(r.dict);
}

static void arenas(void **state)
{
	(void)state;
	struct weir_arena a = {.block_bytes = 256};
	char *first = weir_arena_alloc(&a, 3);
	memcpy(first, "abc", 3);
	for (int i = 1; i < 500; i++) {
		unsigned char *p = weir_arena_zalloc(&a, (size_t)i);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (int k = 0; k < i; k++)
			assert_int_equal(p[k], 0);
		memset(p, 0xff, (size_t)i);
	}
	assert_memory_equal(first, "abc", 3);
	struct weir_str s = weir_arena_str(&a, WEIR_STR("text"));
	assert_string_equal(s.data, "text");
	assert_true(a.total_bytes >= 500 * 499 / 2);
	size_t before = a.total_bytes;
	weir_arena_reset(&a);
	assert_true(a.total_bytes > 0 && a.total_bytes < before);
	assert_null(weir_arena_alloc(&a, SIZE_MAX));
	weir_alloc_fail_at(1, true);
	assert_null(weir_arena_alloc(&a, 1 << 20));
	assert_null(weir_arena_str(&a, (struct weir_str){"", 1 << 20}).data);
	weir_alloc_fail_at(0, false);
	weir_arena_release(&a);
	assert_int_equal(a.total_bytes, 0);
}

static void growth_and_budget(void **state)
{
	(void)state;
	void *items = NULL;
	size_t capacity = 0;
	assert_true(weir_grow(&items, &capacity, 5, 8));
	assert_true(capacity >= 5);
	size_t before = capacity;
	assert_true(weir_grow(&items, &capacity, before, 8));
	assert_int_equal(capacity, before);
	assert_false(weir_grow(&items, &capacity, SIZE_MAX / 4, 8));
	assert_false(weir_grow(&items, &capacity, SIZE_MAX, 1));
	assert_int_equal(capacity, before);
	weir_alloc_fail_at(1, false);
	assert_false(weir_grow(&items, &capacity, before + 1, 8));
	assert_int_equal(capacity, before);
	assert_true(weir_grow(&items, &capacity, before + 1, 8));
	free(items);

	struct weir_budget b = {.limit_bytes = 100};
	weir_budget_charge(&b, 60);
	assert_false(weir_budget_over(&b, 40));
	assert_true(weir_budget_over(&b, 41));
	weir_budget_charge(&b, -60);
	assert_int_equal(weir_budget_used(&b), 0);
	b.limit_bytes = 0;
	assert_false(weir_budget_over(&b, INT64_MAX));
	assert_false(weir_budget_over(NULL, 1));
	weir_budget_charge(NULL, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(codes_are_dense_and_stay),
	    cmocka_unit_test(odd_texts),
	    cmocka_unit_test(small_ones_are_small),
	    cmocka_unit_test(out_of_memory_leaves_it_whole),
	    cmocka_unit_test(readers_see_what_was_handed_over),
	    cmocka_unit_test(arenas),
	    cmocka_unit_test(growth_and_budget),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
