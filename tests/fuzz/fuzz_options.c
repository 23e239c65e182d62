/* A command line, one argument a line; what it says must survive being asked for and set again. */
#include "fuzz.h"

#include "weir/base/time.h"
#include "weir/session/option.h"

enum { MAX_ARGUMENTS = 40 };

/* Reading a view names a file, which is for fuzz_saved. */
static bool names_a_file(const char *argument)
{
	return strstr(argument, "-vi") || strncmp(argument, "--v", 3) == 0;
}

static void set_again(const struct weir_options *o, int64_t now_us)
{
	struct weir_options other;
	weir_options_init(&other);
	for (const struct weir_option *row = weir_option_table; row->name; row++) {
		struct weir_buf text = {0};
		struct weir_error err = {0};
		weir_options_get(o, row->name, &text);
		if (text.size && !row->absent && !row->repeatable && row->scope == WEIR_SCOPE_VIEW)
			FUZZ_CHECK(weir_options_set(&other, row->name, text.data, now_us, &err) == WEIR_OK);
		weir_buf_release(&text);
	}
	weir_options_release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int64_t now_us = INT64_C(1795341600) * WEIR_US_PER_S;
	char *text = fuzz_text(data, size), weir[] = "weir", *arguments[MAX_ARGUMENTS + 1] = {weir};
	int n = 1;
	bool skip = false;
	for (char *p = text; p && n < MAX_ARGUMENTS; n++) {
		arguments[n] = p;
		p = strchr(p, '\n');
		if (p)
			*p++ = 0;
		skip |= names_a_file(arguments[n]);
	}
	arguments[n] = NULL;
	if (!skip) {
		struct weir_options o;
		struct weir_error err = {0};
		weir_options_init(&o);
		enum weir_status st = weir_options_parse(n, arguments, now_us, &o, &err);
		fuzz_check_error(st, &err);
		if (st == WEIR_OK)
			set_again(&o, now_us);
		weir_options_release(&o);
	}
	free(text);
	return 0;
}
