/* The parameters of an address, held against the tables of what it may carry. */
#include "weir/base/uri.h"

#include <errno.h>
#include <unistd.h>

enum { MOST_NAMES = 64 };

/* NULL: it is in neither table. */
static const struct weir_uri_option *find(const struct weir_uri_allowed *allowed, const char *name)
{
	const struct weir_uri_option *const tables[] = {allowed->common, allowed->options};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct weir_uri_option *o = tables[i]; o && o->name; o++)
			if (strcmp(o->name, name) == 0)
				return o;
	return NULL;
}

/* Whether its value is a file that is read each time that a server is tried. Those of secrets are read at the start. */
static bool is_read_late(const struct weir_uri_option *o)
{
	size_t n = strlen(o->name);

	return o->value && strcmp(o->value, "FILE") == 0 && !(n > 5 && strcmp(o->name + n - 5, "-file") == 0);
}

enum weir_status weir_uri_check_file(const struct weir_param *p, struct weir_error *err)
{
	if (access(p->value, R_OK) == 0)
		return WEIR_OK;
	return weir_fail(err, WEIR_USAGE, p->name, "%.150s: %s", p->value, strerror(errno));
}

static void add_names(const struct weir_uri_option *table, struct weir_str names[MOST_NAMES], size_t *n)
{
	for (const struct weir_uri_option *o = table; o && o->name && *n < MOST_NAMES; o++)
		names[(*n)++] = weir_str_of(o->name);
}

static bool is_repeated(const struct weir_uri *u, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(u->params[k].name, u->params[i].name) == 0)
			return true;
	return false;
}

enum weir_status weir_uri_check_options(const struct weir_uri *u, const struct weir_uri_allowed *allowed,
					struct weir_error *err)
{
	struct weir_str names[MOST_NAMES];
	size_t i = 0, n = 0;

	for (; i < u->n_params; i++) {
		const char *name = u->params[i].name;
		const struct weir_uri_option *known = find(allowed, name);
		if (!known && !allowed->passes_on)
			break;
		if ((known || !allowed->passes_twice) && is_repeated(u, i)) {
			weir_fail(err, WEIR_USAGE, allowed->origin, "parameter %s= is given twice", name);
			weir_error_hint(err, "leave one of them out");
			return WEIR_USAGE;
		}
		if (known && is_read_late(known) && weir_uri_check_file(&u->params[i], err) != WEIR_OK)
			return WEIR_USAGE;
	}
	if (i == u->n_params)
		return WEIR_OK;
	add_names(allowed->common, names, &n);
	add_names(allowed->options, names, &n);
	weir_fail(err, WEIR_USAGE, allowed->origin, "unknown parameter %s=", u->params[i].name);
	int near = weir_nearest(weir_str_of(u->params[i].name), names, n);
	if (near >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "=?", WEIR_STR_ARG(names[near]));
	else
		weir_error_hint(err, "weir --list %s shows what %s takes", allowed->list, allowed->kind);
	return WEIR_USAGE;
}
