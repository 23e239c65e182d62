/* The first text that was none of what was needed. */
#include "query/expr/eval/eval.h"

void weir_unread_note(struct weir_bound *bound, struct weir_str text, enum weir_type as)
{
	static const char more[] = "\xe2\x80\xa6"; /* … */
	struct weir_unread *u = &bound->unread;
	size_t most = sizeof u->text - sizeof more, size = text.size < most ? text.size : most;

	if (u->any)
		return;
	while (size && size < text.size && ((unsigned char)text.data[size] & 0xc0) == 0x80)
		size--; /* not within a character */
	memcpy(u->text, text.data, size);
	memcpy(u->text + size, size < text.size ? more : "", size < text.size ? sizeof more : 1);
	u->as = as;
	u->any = true;
}

const struct weir_unread *weir_bound_unread(const struct weir_bound *b)
{
	return &b->unread;
}
