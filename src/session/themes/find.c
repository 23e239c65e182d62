/* Where themes come from: the user's folder, the folder of the installation, and what is built in. */
#include "session/themes/themes.h"

#include "weir/base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name that can be a part of a path and a word of a command line. */
static bool is_name(struct weir_str name)
{
	for (size_t i = 0; i < name.size; i++) {
		char c = name.data[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!letter && (i == 0 || !strchr("-_.", c)))
			return false;
	}
	return name.size > 0 && name.size < WEIR_THEME_NAME_BYTES;
}

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "theme", "out of memory");
}

/* FOLDER/NAME.theme, owned; NULL: no memory. */
static char *path_of(const char *folder, struct weir_str name)
{
	struct weir_buf path = {0};

	weir_buf_addf(&path, "%s/" WEIR_STR_FMT ".theme", folder, WEIR_STR_ARG(name));
	if (path.failed)
		weir_buf_release(&path);
	return path.data;
}

static enum weir_status cannot_read(const char *path, int number, struct weir_error *err)
{
	enum weir_status code = number == ENOENT || number == ENOTDIR ? WEIR_NOT_FOUND
				: number == EACCES                    ? WEIR_DENIED
								      : WEIR_IO;

	return weir_fail(err, code, "theme", "%.250s: could not be read: %s", path, strerror(number));
}

/* A few bytes more than a theme may have, so that the parser sees that it is too long. */
static enum weir_status read_file(const char *path, struct weir_buf *text, struct weir_error *err)
{
	enum { PIECE = 4096 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), number = fd < 0 ? errno : 0;
	struct stat about;
	ssize_t n = 1;

	if (!number && fstat(fd, &about) != 0)
		number = errno;
	if (!number && !S_ISREG(about.st_mode))
		number = S_ISDIR(about.st_mode) ? EISDIR : EINVAL;
	while (!number && n > 0 && text->size <= WEIR_THEME_FILE_BYTES) {
		if (!weir_buf_reserve(text, PIECE)) {
			close(fd);
			return out_of_memory(err);
		}
		n = read(fd, text->data + text->size, PIECE);
		if (n > 0)
			text->size += (size_t)n;
		else if (n < 0 && errno != EINTR)
			number = errno;
		else if (n < 0)
			n = 1;
	}
	if (fd >= 0)
		close(fd);
	return number ? cannot_read(path, number, err) : WEIR_OK;
}

static enum weir_status load_file(const char *path, struct weir_theme *out, struct weir_error *err)
{
	struct weir_buf text = {0};
	enum weir_status st = read_file(path, &text, err);

	if (st == WEIR_OK)
		st = weir_theme_parse(weir_buf_str(&text), path, out, err);
	weir_buf_release(&text);
	return st;
}

/* The built-in text of that name, or NULL. */
static const struct weir_theme_text *text_of(struct weir_str name)
{
	for (const struct weir_theme_text *t = weir_theme_texts; t->name; t++)
		if (weir_str_equal(name, weir_str_of(t->name)))
			return t;
	return NULL;
}

static enum weir_status parse_built_in(const struct weir_theme_text *t, struct weir_theme *out, struct weir_error *err)
{
	char path[WEIR_THEME_NAME_BYTES + 8];

	snprintf(path, sizeof path, "%.*s.theme", WEIR_THEME_NAME_BYTES - 1, t->name);
	return weir_theme_parse(weir_str_of(t->text), path, out, err);
}

void weir_theme_built_in(const char *name, struct weir_theme *out)
{
	const struct weir_theme_text *t = text_of(weir_str_of(name));

	(void)!parse_built_in(t ? t : weir_theme_texts, out,
			      NULL); /* tests/unit/session/themes/test_theme.c reads them all */
}

static enum weir_status unknown(const struct weir_theme_folders *folders, struct weir_str name, struct weir_error *err)
{
	struct weir_theme_list list = {0};
	struct weir_str *names = NULL;
	int near = -1;

	weir_fail(err, WEIR_NOT_FOUND, "theme", "there is no theme \"%.*s\"", name.size > 60 ? 60 : (int)name.size,
		  name.data ? name.data : "");
	weir_error_hint(err, "weir --list themes shows all of them");
	if (weir_theme_list(folders, &list, NULL) == WEIR_OK && list.n &&
	    (names = weir_calloc(list.n, sizeof *names)) != NULL) {
		for (size_t i = 0; i < list.n; i++)
			names[i] = weir_str_of(list.items[i].name);
		near = weir_nearest(name, names, list.n);
	}
	if (near >= 0)
		weir_error_suggest(err, &name, &names[near]);
	free(names);
	weir_theme_list_release(&list);
	return WEIR_NOT_FOUND;
}

enum weir_status weir_theme_load(const struct weir_theme_folders *folders, const char *name, struct weir_theme *out,
				 struct weir_error *err)
{
	const char *const places[] = {folders->user, folders->data};
	struct weir_str word = weir_str_of(name);

	for (int i = 0; i < 2 && is_name(word); i++) {
		char *path = places[i] ? path_of(places[i], word) : NULL;
		if (places[i] && !path)
			return out_of_memory(err);
		enum weir_status st = path ? load_file(path, out, err) : WEIR_NOT_FOUND;
		free(path);
		if (st != WEIR_NOT_FOUND)
			return st;
	}
	const struct weir_theme_text *t = text_of(word);
	return t ? parse_built_in(t, out, err) : unknown(folders, word, err);
}

static const struct weir_theme_entry *entry_of(const struct weir_theme_list *list, struct weir_str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (weir_str_equal(name, weir_str_of(list->items[i].name)))
			return &list->items[i];
	return NULL;
}

/* One more entry, from the file in `folder`, or built in when that is NULL. A file that is gone meanwhile adds none. */
static enum weir_status add(struct weir_theme_list *list, const char *folder, struct weir_str name,
			    struct weir_error *err)
{
	struct weir_theme_entry one = {0};
	struct weir_theme theme;
	enum weir_status st;

	if (folder && !(one.path = path_of(folder, name)))
		return out_of_memory(err);
	st = one.path ? load_file(one.path, &theme, &one.fault) : parse_built_in(text_of(name), &theme, &one.fault);
	if (st == WEIR_NOT_FOUND || st == WEIR_NO_MEMORY) {
		free(one.path);
		return st == WEIR_NO_MEMORY ? out_of_memory(err) : WEIR_OK;
	}
	if (!weir_grow((void **)&list->items, &list->capacity, list->n + 1, sizeof one)) {
		free(one.path);
		return out_of_memory(err);
	}
	memcpy(one.name, name.data, name.size);
	if (st == WEIR_OK)
		memcpy(one.help, theme.help, sizeof one.help);
	list->items[list->n++] = one;
	return WEIR_OK;
}

static enum weir_status add_folder(struct weir_theme_list *list, const char *folder, struct weir_error *err)
{
	DIR *dir = folder ? opendir(folder) : NULL;
	enum weir_status st = WEIR_OK;
	struct dirent *file;

	while (dir && st == WEIR_OK && (file = readdir(dir))) {
		size_t size = strlen(file->d_name);
		if (size <= 6 || strcmp(file->d_name + size - 6, ".theme") != 0)
			continue;
		struct weir_str name = {file->d_name, size - 6};
		if (is_name(name) && !entry_of(list, name))
			st = add(list, folder, name, err);
	}
	if (dir)
		closedir(dir);
	return st;
}

static int by_rank(const void *a, const void *b)
{
	const struct weir_theme_entry *x = a, *y = b;
	const struct weir_theme_text *in_x = text_of(weir_str_of(x->name)), *in_y = text_of(weir_str_of(y->name));

	if (in_x && in_y)
		return in_x < in_y ? -1 : in_x > in_y;
	if (in_x || in_y)
		return in_x ? -1 : 1;
	return strcmp(x->name, y->name);
}

enum weir_status weir_theme_list(const struct weir_theme_folders *folders, struct weir_theme_list *out,
				 struct weir_error *err)
{
	*out = (struct weir_theme_list){0};
	enum weir_status st = add_folder(out, folders->user, err);
	if (st == WEIR_OK)
		st = add_folder(out, folders->data, err);
	for (const struct weir_theme_text *t = weir_theme_texts; t->name && st == WEIR_OK; t++)
		if (!entry_of(out, weir_str_of(t->name)))
			st = add(out, NULL, weir_str_of(t->name), err);
	if (st != WEIR_OK)
		weir_theme_list_release(out);
	else
		qsort(out->items, out->n, sizeof *out->items, by_rank);
	return st;
}

void weir_theme_list_release(struct weir_theme_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].path);
	free(list->items);
	*list = (struct weir_theme_list){0};
}
