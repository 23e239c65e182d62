/* Saved views: one JSON object, the names of the options, text for text as they would stand on the command line. */
#include "options.h"

#include "weir/base/file.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* How a stream is read is part of a saved view where the view would mean nothing without it. */
static bool is_saved(const struct weir_option *row)
{
	return !row->absent && (row->scope == WEIR_SCOPE_VIEW ||
				weir_choice_has("format time null header encoding", weir_str_of(row->name)));
}

static enum weir_status load_item(struct weir_options *o, const struct weir_option *row, const json_t *v,
				  int64_t now_us, struct weir_error *err)
{
	char number[32];

	if (json_is_null(v))
		return weir_options_set(o, row->name, "", now_us, err);
	if (json_is_integer(v)) {
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(v));
		return weir_options_set(o, row->name, number, now_us, err);
	}
	if (json_is_string(v) && strlen(json_string_value(v)) == json_string_length(v))
		return weir_options_set(o, row->name, json_string_value(v), now_us, err);
	weir_fail(err, WEIR_USAGE, "", "\"%s\" is neither text nor a number", row->name);
	return WEIR_USAGE;
}

static enum weir_status load_member(struct weir_options *o, const char *name, const json_t *v, int64_t now_us,
				    struct weir_error *err)
{
	const struct weir_option *row = weir_option_find(weir_str_of(name));

	if (!row || !is_saved(row)) {
		const char *near = weir_option_nearest(weir_str_of(name));
		weir_fail(err, WEIR_USAGE, "", "\"%s\" is not part of a view", name);
		if (near)
			weir_error_hint(err, "did you mean %s?", near);
		return WEIR_USAGE;
	}
	enum weir_status st = WEIR_OK;
	if (row->repeatable) /* what the file says takes the place of what was there */
		st = weir_view_set(&o->view, (enum weir_view_text)weir_slot_find(name)->where, NULL, now_us, err);
	if (st != WEIR_OK || !json_is_array(v))
		return st == WEIR_OK ? load_item(o, row, v, now_us, err) : st;
	if (!row->repeatable)
		return weir_fail(err, WEIR_USAGE, "", "\"%s\" takes one value, not a list", name);
	for (size_t i = 0; i < json_array_size(v) && st == WEIR_OK; i++)
		st = load_item(o, row, json_array_get(v, i), now_us, err);
	return st;
}

enum weir_status weir_view_load(struct weir_options *o, const char *path, int64_t now_us, struct weir_error *err)
{
	json_error_t je;
	const char *name;
	json_t *v;
	enum weir_status st = WEIR_OK;
	FILE *f = path ? fopen(path, "rbe") : NULL;

	if (!path)
		return weir_fail(err, WEIR_USAGE, "--view", "a value is missing");
	if (!f)
		return weir_fail(err, errno == ENOENT ? WEIR_NOT_FOUND : WEIR_IO, path,
				 "could not open the saved view: %s", strerror(errno));
	json_t *root = json_loadf(f, JSON_REJECT_DUPLICATES, &je);
	fclose(f);
	if (!root)
		return weir_fail(err, WEIR_USAGE, path, "not a saved view: line %d: %s", je.line, je.text);
	if (!json_is_object(root)) {
		st = weir_fail(err, WEIR_USAGE, path, "not a saved view: it must be one JSON object");
	} else {
		json_object_foreach(root, name, v)
		{
			if ((st = load_member(o, name, v, now_us, err)) != WEIR_OK)
				break;
		}
		if (st != WEIR_OK && err)
			snprintf(err->origin, sizeof err->origin, "%s", path);
	}
	json_decref(root);
	return st;
}

static json_t *entries_of(const struct weir_view *v, enum weir_view_text which)
{
	struct weir_str rest = weir_str_of(v->text[which]);
	json_t *list = json_array();

	while (list && rest.data) {
		struct weir_str line = weir_str_cut(rest, '\n', &rest);
		if (weir_str_trim(line).size && json_array_append_new(list, json_stringn(line.data, line.size)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *view_object(const struct weir_options *o)
{
	json_t *root = json_object();
	struct weir_buf text = {0};
	bool good = root != NULL;

	for (const struct weir_option *row = weir_option_table; good && row->name; row++) {
		if (!is_saved(row))
			continue;
		weir_buf_clear(&text);
		weir_options_get(o, row->name, &text);
		if (text.failed)
			good = false;
		else if (!text.size)
			continue;
		else if (row->repeatable)
			good = json_object_set_new(
				   root, row->name,
				   entries_of(&o->view, (enum weir_view_text)weir_slot_find(row->name)->where)) == 0;
		else
			good = json_object_set_new(root, row->name, json_stringn(text.data, text.size)) == 0;
	}
	weir_buf_release(&text);
	if (!good) {
		json_decref(root);
		return NULL;
	}
	return root;
}

enum weir_status weir_view_save(const struct weir_options *o, const char *path, struct weir_error *err)
{
	json_t *root = view_object(o);
	char *json = root ? json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
	struct weir_buf text = {0};
	enum weir_status st;

	json_decref(root);
	weir_buf_add_c(&text, json ? json : "");
	weir_buf_add_char(&text, '\n');
	if (!json || text.failed)
		st = weir_fail(err, WEIR_NO_MEMORY, path,
			       "could not write the view: out of memory, or text that is not UTF-8");
	else
		st = weir_file_write(path, weir_buf_str(&text), WEIR_FILE_REPLACE, err);
	weir_buf_release(&text);
	free(json);
	return st;
}
