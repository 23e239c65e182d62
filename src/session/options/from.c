/* `:from TIME` in the address of a stream, where a later command line and a restart find it. */
#include "options.h"

#include <stdlib.h>

static bool is_place(struct weir_str param)
{
	struct weir_str value, name = weir_str_cut(param, '=', &value);

	return weir_str_equal(name, WEIR_STR("from")) || weir_str_equal(name, WEIR_STR("position"));
}

bool weir_options_read_from(struct weir_options *o, size_t source, const char *place)
{
	struct weir_str params, address = weir_str_cut(weir_str_of(o->sources[source]), '?', &params);
	struct weir_buf text = {0};

	weir_buf_add_str(&text, address);
	weir_buf_addf(&text, "?from=%s", place);
	while (params.data) {
		struct weir_str one = weir_str_cut(params, '&', &params);
		if (!one.size || is_place(one))
			continue;
		weir_buf_add_char(&text, '&');
		weir_buf_add_str(&text, one);
	}
	char *whole = text.failed ? NULL : weir_str_dup(weir_buf_str(&text));
	weir_buf_release(&text);
	if (!whole)
		return false;
	free(o->sources[source]);
	o->sources[source] = whole;
	return true;
}
