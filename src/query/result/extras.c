/* The extras of a result: the table of them, and those of a request made. */
#include "query/result/result.h"
#include "weir/query/result_builder.h"

/* One line an extra, in the order in which they are made: series are drawn of the rows that totals fills in. X(name) is
 * weir_extra_name. */
#define EXTRAS(X)                                                                                                      \
	X(totals)                                                                                                      \
	X(pivot)                                                                                                       \
	X(movers)                                                                                                      \
	X(series)                                                                                                      \
	X(histogram)                                                                                                   \
	X(heat)                                                                                                        \
	X(records)                                                                                                     \
	X(fields)                                                                                                      \
	X(left_out)

#define X(name) extern const struct weir_extra weir_extra_##name;
EXTRAS(X)
#undef X

static const struct weir_extra *const extras[] = {
#define X(name) &weir_extra_##name,
    EXTRAS(X)
#undef X
};
static const size_t n_extras = sizeof extras / sizeof *extras;
_Static_assert(sizeof extras / sizeof *extras <= (size_t)WEIR_MAX_EXTRAS, "more extras than a result has room for");

/* The streams are the fabric's, and it fills this one in. */
const struct weir_extra weir_extra_fields = {.name = "fields", .ahead = true};
/* So is what it keeps of records that are left out. */
const struct weir_extra weir_extra_left_out = {.name = "left_out"};

uint32_t weir_extras_named(const char *names)
{
	struct weir_str rest = weir_str_of(names);
	uint32_t set = 0;
	while (rest.size) {
		struct weir_str tail = {0}, name = weir_str_cut(rest, ' ', &tail);
		for (size_t i = 0; i < n_extras; i++)
			if (weir_str_equal(name, weir_str_of(extras[i]->name)))
				set |= UINT32_C(1) << i;
		rest = tail;
	}
	return set;
}

uint32_t weir_extras_ahead(void)
{
	uint32_t set = 0;
	for (size_t i = 0; i < n_extras; i++)
		set |= (uint32_t)extras[i]->ahead << i;
	return set;
}

const void *weir_result_extra(const struct weir_result *r, const char *name)
{
	for (size_t i = 0; i < n_extras; i++)
		if (strcmp(extras[i]->name, name) == 0)
			return r->extras[i];
	return NULL;
}

void weir_result_set_extra(struct weir_result *r, const char *name, const void *extra)
{
	for (size_t i = 0; i < n_extras; i++)
		if (strcmp(extras[i]->name, name) == 0)
			r->extras[i] = extra;
}

enum weir_status weir_build_extras(struct weir_build *b, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	for (size_t i = 0; i < n_extras && status == WEIR_OK; i++)
		if (b->request->extras >> i & 1 && extras[i]->build && (b->plan->live || !extras[i]->live))
			status = extras[i]->build(b, &b->result->extras[i], err);
	return status;
}
