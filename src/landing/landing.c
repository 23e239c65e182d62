/* The door to the landings: finds the kind of an address, checks what the address carries, opens it. */
#include "weir/landing/landing.h"

static void no_scheme(struct weir_str scheme, struct weir_error *err)
{
	struct weir_str names[32];
	size_t n = 0;

	for (size_t i = 0; weir_landing_table[i]; i++)
		for (struct weir_str rest = weir_str_of(weir_landing_table[i]->schemes); n < 32 && rest.size;)
			names[n++] = weir_str_cut(rest, ' ', &rest);
	weir_fail(err, WEIR_USAGE, "--land", "nothing can be landed at " WEIR_STR_FMT ":", WEIR_STR_ARG(scheme));
	int near = weir_nearest(scheme, names, n);
	if (near >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(names[near]));
	else
		weir_error_hint(err, "weir --list landings shows where rows can go");
}

const struct weir_landing_ops *weir_landing_find(const char *scheme, struct weir_error *err)
{
	for (size_t i = 0; weir_landing_table[i]; i++) {
		const struct weir_landing_ops *ops = weir_landing_table[i];
		if (!weir_str_among(ops->schemes, weir_str_of(scheme)))
			continue;
		if (!ops->absent)
			return ops;
		weir_fail(err, WEIR_UNSUPPORTED, ops->name, "%s", ops->absent);
		weir_error_hint(err, "weir --list landings shows what this build has");
		return NULL;
	}
	no_scheme(weir_str_of(scheme), err);
	return NULL;
}

enum weir_status weir_landing_open(const struct weir_landing_config *config, struct weir_landing **out,
				   struct weir_error *err)
{
	struct weir_error local = {0};
	const struct weir_landing_ops *ops = weir_landing_find(config->uri->scheme, &local);

	*out = NULL;
	if (!ops) {
		if (err)
			*err = local;
		return local.code;
	}
	const struct weir_uri_allowed allowed = {.options = ops->options,
						 .common = weir_landing_common,
						 .origin = "--land",
						 .list = "landings",
						 .kind = ops->name,
						 .passes_on = ops->passes_options_on};
	enum weir_status st = weir_uri_check_options(config->uri, &allowed, err);
	if (st == WEIR_OK)
		st = ops->open(config, out, err);
	if (st == WEIR_OK)
		(*out)->ops = ops;
	return st;
}
