/* Source addresses, read as an address and as a plain path, and shown to people. */
#include "fuzz.h"

#include "weir/base/uri.h"

static void check(struct weir_str text, bool plain)
{
	struct weir_uri u = {0};
	struct weir_error err = {0};
	enum weir_status st = weir_uri_parse(text, plain, &u, &err);
	FUZZ_CHECK(st == err.code);
	if (st == WEIR_OK) {
		struct weir_buf shown = {0};
		FUZZ_CHECK(u.scheme && u.path);
		for (size_t i = 0; i < u.n_params; i++)
			FUZZ_CHECK(u.params[i].name && u.params[i].value && weir_uri_param(&u, u.params[i].name));
		weir_uri_show(&u, &shown);
		weir_buf_release(&shown);
	} else {
		FUZZ_CHECK(err.what[0]);
	}
	weir_uri_release(&u);
}

/* A password of any bytes is never shown, whether the address can be read or not. With both a / and a ? in it, it cannot be told
 * from a topic and a parameter with an @. */
static void check_hidden(struct weir_str a, struct weir_str b)
{
	static const char secret[] = "HUNTER2HUNTER2";
	struct weir_buf text = {0}, shown = {0};
	struct weir_error err = {0};
	struct weir_uri u = {0};
	char line[1024];

	bool slash = memchr(a.data, '/', a.size) || memchr(b.data, '/', b.size),
	     mark = memchr(a.data, '?', a.size) || memchr(b.data, '?', b.size);

	if ((slash && mark) || memchr(a.data, 0, a.size) || memchr(b.data, 0, b.size))
		return;
	weir_buf_addf(&text, "kafka://u:" WEIR_STR_FMT "%s" WEIR_STR_FMT "@h/t", WEIR_STR_ARG(a), secret,
		      WEIR_STR_ARG(b));
	if (weir_uri_parse(weir_buf_str(&text), false, &u, &err) == WEIR_OK)
		weir_uri_show(&u, &shown);
	else
		weir_buf_add_c(&shown, weir_error_line(&err, line, sizeof line));
	FUZZ_CHECK(shown.failed || !strstr(shown.data, secret));
	weir_uri_release(&u);
	weir_buf_clear(&shown);
	weir_uri_hide(weir_buf_str(&text), &shown);
	FUZZ_CHECK(shown.failed || !shown.data || !strstr(shown.data, secret));
	weir_buf_release(&shown);
	weir_buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	check((struct weir_str){text, size}, false);
	check((struct weir_str){text, size}, true);
	check_hidden((struct weir_str){text, size / 2}, (struct weir_str){text + size / 2, size - size / 2});
	free(text);
	return 0;
}
