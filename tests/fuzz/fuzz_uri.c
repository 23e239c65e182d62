/* Source addresses, read as an address and as a plain path, and shown to people. */
#include "fuzz.h"

#include "weir/base/uri.h"

/* It stands nowhere else in the address, escaped or not, so it must not be shown. */
static bool only_as_password(const char *text, const char *password)
{
	const char *at = strstr(text, password);
	return at && !strchr(text, '%') && (at > text && at[-1] == ':' && at[strlen(password)] == '@' && !strstr(at + 1, password));
}

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
		if (u.password && strlen(u.password) > 3 && only_as_password(text.data, u.password))
			FUZZ_CHECK(!shown.data || !strstr(shown.data, u.password));
		weir_buf_release(&shown);
	} else {
		FUZZ_CHECK(err.what[0]);
	}
	weir_uri_release(&u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	check((struct weir_str){text, size}, false);
	check((struct weir_str){text, size}, true);
	free(text);
	return 0;
}
