/* The texts of a view: each line is one of them, its first letter says which. */
#include "fuzz.h"

#include "weir/query/plan.h"

enum { NOW_S = 1795341600 };

static void check_window(const struct weir_view *v)
{
	const int64_t now_us = NOW_S * WEIR_US_PER_S;
	struct weir_buf shown = {0};
	struct weir_window again;
	struct weir_error err = {0};
	weir_window_show(&v->window, &shown);
	if (v->window.kind != WEIR_WINDOW_DEFAULT) {
		FUZZ_CHECK(weir_window_parse(weir_buf_str(&shown), now_us, &again, &err) == WEIR_OK);
		FUZZ_CHECK(again.kind == v->window.kind && again.size_us == v->window.size_us &&
			   again.rows == v->window.rows);
		FUZZ_CHECK(again.hop_us == v->window.hop_us && again.since_us == v->window.since_us);
	}
	weir_buf_release(&shown);
}

static void check_columns(const struct weir_view *v)
{
	struct weir_arena arena = {0};
	struct weir_str *names = NULL;
	struct weir_error err = {0};
	size_t n = 0;
	bool all, raw, key, headers, stamp;
	fuzz_check_error(weir_view_columns(v, &arena, &names, &n, &all, &raw, &key, &headers, &stamp, &err), &err);
	weir_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int64_t now_us = NOW_S * WEIR_US_PER_S;
	char *text = fuzz_text(data, size);
	struct weir_view v, copy;
	weir_view_init(&v);
	for (struct weir_str rest = {text, size}; rest.size;) {
		struct weir_str part = weir_str_cut(rest, '\n', &rest);
		struct weir_error err = {0};
		if (!part.size)
			continue;
		enum weir_view_text which = (enum weir_view_text)((unsigned char)part.data[0] % WEIR_VIEW_TEXT_COUNT);
		char *value = weir_str_dup((struct weir_str){part.data + 1, part.size - 1});
		FUZZ_CHECK(value);
		bool adds = (part.data[0] & 32) && (which == WEIR_VIEW_WHERE || which == WEIR_VIEW_DERIVE);
		fuzz_check_error(adds ? weir_view_add(&v, which, value, now_us, &err)
				      : weir_view_set(&v, which, value, now_us, &err),
				 &err);
		free(value);
	}
	check_window(&v);
	check_columns(&v);
	struct weir_error err = {0};
	FUZZ_CHECK(weir_view_copy(&copy, &v, &err) == WEIR_OK);
	weir_view_release(&copy);
	weir_view_release(&v);
	free(text);
	return 0;
}
