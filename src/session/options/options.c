/* What the options hold: defaults, setting one by name, and its text again. */
#include "options.h"

#include "weir/base/bounds.h"
#include "weir/query/alert.h"

#include <stdio.h>
#include <stdlib.h>

#define AT(member) offsetof(struct weir_options, member)

static const struct weir_slot slots[] = {
#define X(name, option) {option, WEIR_SLOT_VIEW, WEIR_VIEW_##name},
    WEIR_VIEW_TEXT_LIST(X)
#undef X
	{"format", WEIR_SLOT_TEXT, AT(format)},
    {"time", WEIR_SLOT_TEXT, AT(time)},
    {"encoding", WEIR_SLOT_TEXT, AT(encoding)},
    {"null", WEIR_SLOT_TEXT, AT(nulls)},
    {"join-lines", WEIR_SLOT_TEXT, AT(join_lines)},
    {"header", WEIR_SLOT_TEXT, AT(header)},
    {"malformed", WEIR_SLOT_TEXT, AT(malformed)},
    {"view", WEIR_SLOT_LOAD, 0},
    {"save-view", WEIR_SLOT_TEXT, AT(save_view)},
    {"memory", WEIR_SLOT_SIZE, AT(memory_bytes)},
    {"retain", WEIR_SLOT_RETAIN, 0},
    {"speed", WEIR_SLOT_SPEED, AT(speed)},
    {"capture", WEIR_SLOT_TEXT, AT(capture)},
    {"land", WEIR_SLOT_LAND, AT(land)},
    {"land-view", WEIR_SLOT_LAND, AT(land_view)},
    {"fabric", WEIR_SLOT_TEXT, AT(fabric)},
    {"detach", WEIR_SLOT_FLAG, AT(detach)},
    {"attach", WEIR_SLOT_TEXT, AT(attach)},
    {"batch", WEIR_SLOT_FLAG, AT(batch)},
    {"for", WEIR_SLOT_DURATION, AT(for_us)},
    {"every", WEIR_SLOT_DURATION, AT(every_us)},
    {"why", WEIR_SLOT_TEXT, AT(why)},
    {"alert", WEIR_SLOT_TEXT, AT(alert)},
    {"fail-on-alert", WEIR_SLOT_FLAG, AT(fail_on_alert)},
    {"output", WEIR_SLOT_OUTPUT, AT(output)},
    {"quiet", WEIR_SLOT_FLAG, AT(quiet)},
    {"stats", WEIR_SLOT_TEXT, AT(stats)},
    {"explain", WEIR_SLOT_FLAG, AT(explain)},
    {"log", WEIR_SLOT_TEXT, AT(log_file)},
    {"theme", WEIR_SLOT_THEME, AT(theme)},
    {"color", WEIR_SLOT_TEXT, AT(color)},
    {"ascii", WEIR_SLOT_FLAG, AT(ascii)},
    {"errors", WEIR_SLOT_TEXT, AT(errors)},
    {"no-mouse", WEIR_SLOT_FLAG, AT(no_mouse)},
    {"list", WEIR_SLOT_TEXT, AT(list)},
    {"help", WEIR_SLOT_FLAG, AT(help)},
    {"version", WEIR_SLOT_FLAG, AT(version)},
    {NULL},
};

static const char *const output_names[] = {"table", "csv", "json", "ndjson"};

const struct weir_slot *weir_slot_find(const char *name)
{
	for (const struct weir_slot *s = slots; s->name; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

const char *weir_option_nearest(struct weir_str word)
{
	struct weir_str names[64];
	size_t n = 0;

	for (const struct weir_option *o = weir_option_table; o->name && n < 64; o++)
		names[n++] = weir_str_of(o->name);
	int i = weir_nearest(word, names, n);
	return i < 0 ? NULL : names[i].data;
}

bool weir_choice_has(const char *choices, struct weir_str word)
{
	struct weir_str rest = weir_str_of(choices);

	while (rest.size)
		if (weir_str_equal(weir_str_cut(rest, ' ', &rest), word) && word.size)
			return true;
	return false;
}

bool weir_speed_parse(struct weir_str text, double *out)
{
	struct weir_str below;
	double over, under = 1;

	if (weir_str_equal(text, WEIR_STR("max"))) {
		*out = 0;
		return true;
	}
	if (text.size && text.data[text.size - 1] == 'x')
		text.size--;
	struct weir_str above = weir_str_cut(text, '/', &below);
	if (!weir_parse_double(above, &over) || (below.data && !weir_parse_double(below, &under)))
		return false;
	if (!(over > 0 && under > 0 && over / under <= 1e9 && over / under >= 1e-9))
		return false;
	*out = over / under;
	return true;
}

void weir_options_init(struct weir_options *o)
{
	*o = (struct weir_options){.memory_bytes = UINT64_C(512) << 20, .retain_us = -1, .for_us = -1, .every_us = -1};
	weir_view_init(&o->view);
}

static void release_addresses(struct weir_addresses *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->list[i]);
	free(a->list);
}

void weir_options_release(struct weir_options *o)
{
	for (const struct weir_slot *s = slots; s->name; s++)
		if (s->kind == WEIR_SLOT_TEXT || s->kind == WEIR_SLOT_THEME)
			free(*(char **)((char *)o + s->where));
	for (size_t i = 0; i < o->n_sources; i++)
		free(o->sources[i]);
	free(o->sources);
	release_addresses(&o->land);
	release_addresses(&o->land_view);
	weir_view_release(&o->view);
	*o = (struct weir_options){0};
}

static enum weir_status set_text(char **at, const char *value, struct weir_error *err)
{
	char *copy = NULL;

	if (value && !(copy = weir_str_dup(weir_str_of(value))))
		return weir_fail(err, WEIR_NO_MEMORY, "options", "out of memory");
	free(*at);
	*at = copy;
	return WEIR_OK;
}

bool weir_options_keep_malformed(const struct weir_options *o)
{
	return o->malformed && strcmp(o->malformed, "keep") == 0;
}

enum weir_status weir_view_mark_malformed(struct weir_view *v, const struct weir_options *o, struct weir_error *err)
{
	static const char *const marks[] = {"_malformed=_malformed", "_raw=case when _malformed then _raw end"};
	struct weir_str entries[WEIR_MAX_DERIVED];
	enum weir_status st = WEIR_OK;

	if (!weir_options_keep_malformed(o))
		return WEIR_OK;
	size_t n = weir_view_entries(v, WEIR_VIEW_DERIVE, entries, WEIR_MAX_DERIVED);
	for (size_t k = 0; k < sizeof marks / sizeof *marks && st == WEIR_OK; k++) {
		size_t i = 0;
		while (i < n && i < WEIR_MAX_DERIVED && !weir_str_equal(entries[i], weir_str_of(marks[k])))
			i++;
		if (i >= n)
			st = weir_view_add(v, WEIR_VIEW_DERIVE, marks[k], 0, err);
	}
	return st;
}

static enum weir_status set_theme(struct weir_options *o, const char *name, struct weir_error *err)
{
	struct weir_theme theme;
	enum weir_status st = WEIR_OK;

	if (name && strcmp(name, "auto") != 0)
		st = weir_theme_load(&o->theme_folders, name, &theme, err);
	if (st != WEIR_OK && err)
		snprintf(err->origin, sizeof err->origin, "--theme");
	if (st == WEIR_NOT_FOUND && err)
		err->code = WEIR_USAGE;
	if (st != WEIR_OK)
		return st == WEIR_NOT_FOUND ? WEIR_USAGE : st;
	return set_text(&o->theme, name, err);
}

static enum weir_status add_landing(struct weir_addresses *to, const char *address, struct weir_error *err)
{
	char **grown = weir_realloc(to->list, (to->n + 1) * sizeof *grown);

	if (!grown)
		return weir_fail(err, WEIR_NO_MEMORY, "options", "out of memory");
	to->list = grown;
	if (!(grown[to->n] = weir_str_dup(weir_str_of(address))))
		return weir_fail(err, WEIR_NO_MEMORY, "options", "out of memory");
	to->n++;
	return WEIR_OK;
}

/* "30m" or "100000 rows" */
static enum weir_status set_retain(struct weir_options *o, struct weir_str v, struct weir_error *err)
{
	struct weir_str rest, head = weir_str_cut(v, ' ', &rest);
	int64_t n;

	if (weir_str_equal(weir_str_trim(rest), WEIR_STR("rows")) && weir_parse_int64(head, false, &n) && n >= 0) {
		o->retain_rows = (uint64_t)n;
		return WEIR_OK;
	}
	if (weir_parse_duration_us(v, &o->retain_us))
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "--retain", "\"" WEIR_STR_FMT "\" is neither a duration nor a number of rows",
		  WEIR_STR_ARG(v));
	weir_error_hint(err, "write it as 30m or \"100000 rows\"");
	return WEIR_USAGE;
}

static enum weir_status set_view(struct weir_options *o, const struct weir_option *row, enum weir_view_text which,
				 const char *value, int64_t now_us, struct weir_error *err)
{
	struct weir_window window;

	if (which == WEIR_VIEW_WINDOW && value && *value) {
		enum weir_status st = weir_window_parse(weir_str_of(value), now_us, &window, err);
		if (st != WEIR_OK)
			return st;
		if (window.kind == WEIR_WINDOW_SESSION) {
			weir_fail(err, WEIR_UNSUPPORTED, "--window", "session windows are not in this version");
			weir_error_hint(err, "use a sliding, tumbling, hopping, since, rows or all window");
			return WEIR_UNSUPPORTED;
		}
	}
	if (row->repeatable && value && *value)
		return weir_view_add(&o->view, which, value, now_us, err);
	return weir_view_set(&o->view, which, value, now_us, err);
}

static enum weir_status bad_value(const struct weir_option *row, struct weir_str v, const char *wanted,
				  struct weir_error *err)
{
	char origin[40];

	snprintf(origin, sizeof origin, "--%s", row->name);
	weir_fail(err, WEIR_USAGE, origin, "\"" WEIR_STR_FMT "\" is not %s", WEIR_STR_ARG(v), wanted);
	if (row->choices && row->kind == WEIR_OPT_CHOICE) {
		struct weir_str choices = weir_str_trim(weir_str_of(row->choices));
		weir_error_hint(err, "one of: " WEIR_STR_FMT, WEIR_STR_ARG(choices));
	}
	return WEIR_USAGE;
}

static enum weir_status set_number(const struct weir_slot *slot, const struct weir_option *row, void *at,
				   struct weir_str v, struct weir_error *err)
{
	uint64_t size;
	int64_t n;

	switch (slot->kind) {
	case WEIR_SLOT_SIZE:
		if (!weir_parse_bytes(v, &size))
			return bad_value(row, v, "a size such as 512M", err);
		if (size < WEIR_LEAST_MEMORY_BYTES)
			return bad_value(row, v, "a size of 32M or more: weir needs that much", err);
		*(uint64_t *)at = size;
		return WEIR_OK;
	case WEIR_SLOT_DURATION:
		if (!weir_parse_duration_us(v, &n) || n <= 0)
			return bad_value(row, v, "a duration such as 30s or 5m", err);
		*(int64_t *)at = n;
		return WEIR_OK;
	default:
		return weir_speed_parse(v, at) ? WEIR_OK
					       : bad_value(row, v, "a speed such as 1x, 60x, 1/60x or max", err);
	}
}

/* One that this version does not have, or has with one value only. */
static enum weir_status refuse(const struct weir_option *row, const char *value, struct weir_error *err)
{
	char origin[40];

	if (row->choices && value && weir_choice_has(row->choices, weir_str_of(value)))
		return WEIR_OK;
	snprintf(origin, sizeof origin, "--%s", row->name);
	weir_fail(err, WEIR_UNSUPPORTED, origin, "%s", row->absent);
	weir_error_hint(err, "leave it out");
	return WEIR_UNSUPPORTED;
}

enum weir_status weir_options_set(struct weir_options *o, const char *name, const char *value, int64_t now_us,
				  struct weir_error *err)
{
	const struct weir_option *row = weir_option_find(weir_str_of(name));
	const struct weir_slot *slot = weir_slot_find(name);
	struct weir_str v = weir_str_of(value);

	if (!row) {
		const char *near = weir_option_nearest(weir_str_of(name));
		weir_fail(err, WEIR_USAGE, "options", "there is no option \"%s\"", name);
		if (near)
			weir_error_hint(err, "did you mean %s?", near);
		return WEIR_USAGE;
	}
	if (row->absent && refuse(row, value, err) != WEIR_OK)
		return WEIR_UNSUPPORTED;
	if (row->kind == WEIR_OPT_CHOICE && !row->list && value && !weir_choice_has(row->choices, v))
		return bad_value(row, v, "a choice here", err);
	void *at = (char *)o + slot->where;
	switch (slot->kind) {
	case WEIR_SLOT_VIEW:
		return set_view(o, row, (enum weir_view_text)slot->where, value, now_us, err);
	case WEIR_SLOT_TEXT:
		return set_text(at, value, err);
	case WEIR_SLOT_THEME:
		return set_theme(o, value, err);
	case WEIR_SLOT_LAND:
		return add_landing(at, value, err);
	case WEIR_SLOT_FLAG:
		if (value && !weir_choice_has("yes no true false on off", v))
			return bad_value(row, v, "yes or no", err);
		*(bool *)at = !value || weir_choice_has("yes true on", v);
		return WEIR_OK;
	case WEIR_SLOT_RETAIN:
		return set_retain(o, v, err);
	case WEIR_SLOT_OUTPUT:
		for (int i = 0; i < 4; i++)
			if (weir_str_equal(v, weir_str_of(output_names[i])))
				o->output = (enum weir_output)i;
		return WEIR_OK;
	case WEIR_SLOT_LOAD: /* argv.c reads the file */
		return weir_fail(err, WEIR_USAGE, "--view", "belongs on the command line");
	case WEIR_SLOT_SIZE:
	case WEIR_SLOT_DURATION:
	case WEIR_SLOT_SPEED:
		return set_number(slot, row, at, v, err);
	}
	return WEIR_OK;
}

static void get_text(const struct weir_options *o, const struct weir_slot *slot, struct weir_buf *out)
{
	const void *at = (const char *)o + slot->where;
	char text[48];

	switch (slot->kind) {
	case WEIR_SLOT_VIEW:
		weir_buf_add_c(out, o->view.text[slot->where] ? o->view.text[slot->where] : "");
		break;
	case WEIR_SLOT_TEXT:
	case WEIR_SLOT_THEME:
		weir_buf_add_c(out, *(char *const *)at ? *(char *const *)at : "");
		break;
	case WEIR_SLOT_FLAG:
		weir_buf_add_c(out, *(const bool *)at ? "yes" : "");
		break;
	case WEIR_SLOT_SIZE:
		weir_buf_addf(out, "%llu", (unsigned long long)*(const uint64_t *)at);
		break;
	case WEIR_SLOT_DURATION:
		if (*(const int64_t *)at >= 0)
			weir_buf_add(out, text, weir_format_duration_us(*(const int64_t *)at, text));
		break;
	case WEIR_SLOT_RETAIN:
		if (o->retain_rows)
			weir_buf_addf(out, "%llu rows", (unsigned long long)o->retain_rows);
		else if (o->retain_us >= 0)
			weir_buf_add(out, text, weir_format_duration_us(o->retain_us, text));
		break;
	case WEIR_SLOT_SPEED:
		weir_buf_addf(out, o->speed > 0 ? "%gx" : "max", o->speed);
		break;
	case WEIR_SLOT_OUTPUT:
		weir_buf_add_c(out, output_names[o->output]);
		break;
	case WEIR_SLOT_LAND:
		for (size_t i = 0; i < ((const struct weir_addresses *)at)->n; i++)
			weir_buf_addf(out, "%s%s", i ? "\n" : "", ((const struct weir_addresses *)at)->list[i]);
		break;
	case WEIR_SLOT_LOAD:
		break;
	}
}

void weir_options_get(const struct weir_options *o, const char *name, struct weir_buf *out)
{
	const struct weir_slot *slot = weir_slot_find(name);

	if (slot)
		get_text(o, slot, out);
}

enum weir_status weir_options_measure_alert(struct weir_options *o, bool now, int64_t now_us, struct weir_error *err)
{
	struct weir_alert alert = {0};
	struct weir_buf measures = {0};
	bool adds = false;
	enum weir_status st = weir_alert_parse(weir_str_of(o->alert), &alert, err);

	if (st == WEIR_OK && now)
		st = weir_alert_measures(&alert, o->view.text[WEIR_VIEW_MEASURE], &adds, &measures, err);
	if (st == WEIR_OK && measures.failed)
		st = weir_fail(err, WEIR_NO_MEMORY, "options", "out of memory");
	if (st == WEIR_OK && now && (adds || !o->view.text[WEIR_VIEW_MEASURE]))
		st = weir_view_set(&o->view, WEIR_VIEW_MEASURE, measures.data, now_us, err);
	weir_buf_release(&measures);
	weir_alert_release(&alert);
	return st;
}
