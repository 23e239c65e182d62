/* What weir says of a column in its comment. */
#include "weir/client/kudu.h"

#define MARK "weir: "
#define TIME ", time"
#define OF ", of "

static bool cut(struct weir_str *s, const char *head)
{
	size_t size = strlen(head);

	if (s->size < size || memcmp(s->data, head, size) != 0)
		return false;
	s->data += size;
	s->size -= size;
	return true;
}

bool weir_kudu_description_read(const char *comment, struct weir_kudu_description *out)
{
	struct weir_str rest = weir_str_of(comment);

	*out = (struct weir_kudu_description){0};
	if (!cut(&rest, MARK))
		return false;
	out->type.data = rest.data;
	while (rest.size && *rest.data != ',')
		rest.data++, rest.size--;
	out->type.size = (size_t)(rest.data - out->type.data);
	out->time = cut(&rest, TIME);
	if (cut(&rest, OF))
		out->name = rest;
	else if (rest.size)
		return false;
	return out->type.size > 0;
}

void weir_kudu_description_write(const struct weir_kudu_description *d, struct weir_buf *out)
{
	weir_buf_add_c(out, MARK);
	weir_buf_add_str(out, d->type);
	if (d->time)
		weir_buf_add_c(out, TIME);
	if (!d->name.size)
		return;
	weir_buf_add_c(out, OF);
	weir_buf_add_str(out, d->name);
}
