/* columns= of a landing: the names that no row has, of which nothing would tell that they are wrong. */
#include "landings.h"

#include <stdio.h>

static bool is_there(const struct weir_landings *l, struct weir_str name)
{
	for (uint32_t i = 0; i < l->n_streams; i++)
		if (l->columns[i] && weir_schema_find(l->columns[i], name) >= 0)
			return true;
	return false;
}

/* As a list, as much of it as there is room for. */
static void find(const struct weir_landings *l, struct weir_str wanted,
		 char out[sizeof(struct weir_landing_status){0}.absent])
{
	const size_t room = sizeof(struct weir_landing_status){0}.absent;
	size_t n = 0;

	out[0] = '\0';
	while (wanted.size && n < room - 1) {
		struct weir_str name = weir_str_cut(wanted, ',', &wanted);
		if (!is_there(l, name))
			n += (size_t)snprintf(out + n, room - n, "%s" WEIR_STR_FMT, n ? ", " : "", WEIR_STR_ARG(name));
	}
}

bool weir_landings_find_absent(struct weir_landings *l)
{
	char names[sizeof(struct weir_landing_status){0}.absent];

	for (uint32_t i = 0; i < l->n; i++) {
		const char *before = atomic_load(&l->absent[i]);
		find(l, l->wanted[i], names);
		if (strcmp(names, before ? before : "") == 0)
			continue;
		struct weir_str text = weir_arena_str(&l->arena, weir_str_of(names));
		if (!text.data)
			return false;
		atomic_store(&l->absent[i], text.data);
	}
	return true;
}
