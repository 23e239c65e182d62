/* Columns described in their comments. */
#include "weir/client/described.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

bool weir_described_read(struct weir_str comment, struct weir_described *out)
{
	json_t *all = comment.size ? json_loadb(comment.data, comment.size, JSON_ALLOW_NUL, NULL) : NULL;
	const json_t *d = json_object_get(all, "weir"), *name = json_object_get(d, "name"),
		     *type = json_object_get(d, "type");

	*out = (struct weir_described){.is_time = json_is_true(json_object_get(d, "time"))};
	if (json_is_string(name))
		out->name = weir_str_dup((struct weir_str){json_string_value(name), json_string_length(name)});
	if (json_is_string(type))
		snprintf(out->type, sizeof out->type, "%s", json_string_value(type));
	json_decref(all);
	return out->name != NULL;
}

void weir_described_release(struct weir_described *d)
{
	free(d->name);
	*d = (struct weir_described){0};
}

void weir_described_write(struct weir_str name, const char *type, bool is_time, struct weir_buf *out)
{
	struct weir_buf good = {0};

	weir_utf8_repair(name, &good);
	json_t *d =
	    json_pack("{s:{s:s#,s:s}}", "weir", "name", good.data ? good.data : "", (int)good.size, "type", type);
	if (d && is_time && json_object_set_new(json_object_get(d, "weir"), "time", json_true()) != 0)
		out->failed = true;
	char *text = d ? json_dumps(d, JSON_COMPACT) : NULL;
	if (text)
		weir_buf_add_c(out, text);
	else
		out->failed = true;
	out->failed = out->failed || good.failed;
	free(text);
	json_decref(d);
	weir_buf_release(&good);
}
