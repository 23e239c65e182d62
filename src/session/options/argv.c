/* The command line, in the GNU manner: --name=value, --name value, -fvalue, -f value, bundled flags, "--" ends options. */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>

struct args {
	int argc, at;   /* at: the next argument */
	unsigned given; /* bits of those in check_first */
	char *const *argv;
	int64_t now_us;
	struct weir_options *options;
	struct weir_error *err;
};

static enum weir_status add_source(struct args *a, const char *text)
{
	struct weir_options *o = a->options;
	char **grown = weir_realloc(o->sources, (o->n_sources + 1) * sizeof *grown);

	if (!grown)
		return weir_fail(a->err, WEIR_NO_MEMORY, "options", "out of memory");
	o->sources = grown;
	if (!(grown[o->n_sources] = weir_str_dup(weir_str_of(text))))
		return weir_fail(a->err, WEIR_NO_MEMORY, "options", "out of memory");
	o->n_sources++;
	return WEIR_OK;
}

static enum weir_status load(struct args *a, const char *name)
{
	char *path = NULL;
	enum weir_status st = weir_view_path(a->options, weir_str_of(name), false, &path, a->err);
	if (st == WEIR_OK)
		st = weir_view_load(a->options, path, a->now_us, a->err);
	free(path);
	return st;
}

/* Of a setting the last counts, so that what a script or an alias says can be changed behind it. What asks for something to be
 * done cannot be asked for twice: the first would not be done, without a word. */
static enum weir_status check_first(struct args *a, const struct weir_option *row)
{
	static const char *const names[] = {"alert", "why", "capture", "save-view", "list"};
	char origin[40];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(names[i], row->name) != 0)
			continue;
		if (!(a->given >> i & 1)) {
			a->given |= 1u << i;
			return WEIR_OK;
		}
		snprintf(origin, sizeof origin, "--%s", row->name);
		weir_fail(a->err, WEIR_USAGE, origin, "it is given twice, and there is one at a time");
		weir_error_hint(a->err, "leave one of them out");
		return WEIR_USAGE;
	}
	return WEIR_OK;
}

/* Errors of the query floor speak of an expression; here the option is what the user can find again. */
static enum weir_status set(struct args *a, const struct weir_option *row, const char *value)
{
	const struct weir_slot *slot = weir_slot_find(row->name);
	enum weir_status st = check_first(a, row);

	if (st != WEIR_OK)
		return st;
	if (slot && slot->kind == WEIR_SLOT_LOAD)
		return load(a, value);
	st = weir_options_set(a->options, row->name, value, a->now_us, a->err);

	if (st != WEIR_OK && a->err && row->scope == WEIR_SCOPE_VIEW)
		snprintf(a->err->origin, sizeof a->err->origin, "--%s", row->name);
	return st;
}

static enum weir_status needs_value(struct args *a, const struct weir_option *row)
{
	char origin[40];

	snprintf(origin, sizeof origin, "--%s", row->name);
	weir_fail(a->err, WEIR_USAGE, origin, "a value is missing");
	weir_error_hint(a->err, "write --%s %s", row->name, row->argument);
	return WEIR_USAGE;
}

static enum weir_status unknown_long(struct args *a, struct weir_str name)
{
	const char *near = weir_option_nearest(name);

	weir_fail(a->err, WEIR_USAGE, "command line", "there is no option --" WEIR_STR_FMT, WEIR_STR_ARG(name));
	if (near)
		weir_error_hint(a->err, "did you mean --%s?", near);
	else
		weir_error_hint(a->err, "weir --help lists them");
	return WEIR_USAGE;
}

static enum weir_status parse_long(struct args *a, const char *text)
{
	struct weir_str value, name = weir_str_cut(weir_str_of(text), '=', &value);
	const struct weir_option *row = weir_option_find(name);

	if (!row)
		return unknown_long(a, name);
	if (row->kind == WEIR_OPT_FLAG)
		return set(a, row, value.data);
	if (value.data)
		return set(a, row, value.data);
	if (a->at >= a->argc)
		return needs_value(a, row);
	return set(a, row, a->argv[a->at++]);
}

static const struct weir_option *find_letter(char letter)
{
	for (const struct weir_option *o = weir_option_table; o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

static enum weir_status parse_short(struct args *a, const char *text)
{
	for (; *text; text++) {
		const struct weir_option *row = find_letter(*text);

		if (!row) {
			weir_fail(a->err, WEIR_USAGE, "command line", "there is no option -%c", *text);
			weir_error_hint(a->err, "weir --help lists them");
			return WEIR_USAGE;
		}
		if (row->kind != WEIR_OPT_FLAG) {
			if (text[1])
				return set(a, row, text + 1);
			if (a->at >= a->argc)
				return needs_value(a, row);
			return set(a, row, a->argv[a->at++]);
		}
		enum weir_status st = set(a, row, NULL);
		if (st != WEIR_OK)
			return st;
	}
	return WEIR_OK;
}

static enum weir_status check_alert(struct weir_options *o, int64_t now_us, struct weir_error *err)
{
	if (!o->alert)
		return o->fail_on_alert ? weir_fail(err, WEIR_USAGE, "--fail-on-alert", "there is no --alert")
					: WEIR_OK;
	/* Where no measure was asked for, there may be a guess: then it is added to that. */
	return weir_options_measure_alert(o, o->view.text[WEIR_VIEW_MEASURE] != NULL, now_us, err);
}

static enum weir_status check_detach(const struct weir_options *o, struct weir_error *err)
{
	bool local = !o->fabric || !*o->fabric || strcmp(o->fabric, "local") == 0;

	if (!o->detach || o->attach || !local)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "--detach", "there is no job to leave: weir itself computes the view");
	weir_error_hint(err, "--fabric names a Spark master that does");
	return WEIR_USAGE;
}

/* What may not stand together. */
static enum weir_status check(struct weir_options *o, int64_t now_us, struct weir_error *err)
{
	if (o->every_us > 0 && o->view.window.kind == WEIR_WINDOW_ROWS)
		return weir_fail(err, WEIR_USAGE, "--every", "a window of rows has no event time to print by");
	if (o->list && strcmp(o->list, "") == 0)
		return weir_fail(err, WEIR_USAGE, "--list", "name what to list");
	enum weir_status st = check_detach(o, err);
	return st == WEIR_OK ? check_alert(o, now_us, err) : st;
}

enum weir_status weir_options_parse(int argc, char *const *argv, int64_t now_us, struct weir_options *o,
				    struct weir_error *err)
{
	struct args a = {.argc = argc, .at = 1, .argv = argv, .now_us = now_us, .options = o, .err = err};
	bool only_sources = false;

	while (a.at < argc) {
		const char *text = argv[a.at++];
		enum weir_status st;

		if (only_sources || text[0] != '-' || text[1] == '\0') {
			st = add_source(&a, text);
		} else if (strcmp(text, "--") == 0) {
			only_sources = true;
			continue;
		} else if (text[1] == '-') {
			st = parse_long(&a, text + 2);
		} else {
			st = parse_short(&a, text + 1);
		}
		if (st != WEIR_OK)
			return st;
	}
	return check(o, now_us, err);
}
