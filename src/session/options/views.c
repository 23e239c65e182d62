/* The folder of saved views: where a name leads, and what lies there. */
#include "options.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ending[] = ".json";

static bool ends_in(struct weir_str s, const char *end)
{
	size_t n = strlen(end);
	return s.size > n && memcmp(s.data + s.size - n, end, n) == 0;
}

/* Makes the folder and those above it. 0 or an errno. */
static int make_folders(const char *path)
{
	char *part = weir_str_dup(weir_str_of(path));
	int number = part ? 0 : ENOMEM;
	for (char *at = part; at && !number;) {
		at = strchr(at + 1, '/');
		if (at)
			*at = '\0';
		if (mkdir(part, 0700) != 0 && errno != EEXIST && !(at && errno == EACCES))
			number = errno;
		if (at)
			*at = '/';
	}
	free(part);
	return number;
}

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
}

static enum weir_status need_folder(const char *folder, struct weir_error *err)
{
	int number = make_folders(folder);
	if (number == ENOMEM)
		return out_of_memory(err);
	if (number)
		return weir_fail(err, number == EACCES || number == EROFS ? WEIR_DENIED : WEIR_IO, folder,
				 "the folder of saved views could not be made: %s", strerror(number));
	return WEIR_OK;
}

enum weir_status weir_view_path(const struct weir_options *o, struct weir_str name, bool save, char **path,
				struct weir_error *err)
{
	struct weir_buf text = {0};
	struct weir_str s = weir_str_trim(name);
	enum weir_status st = WEIR_OK;
	*path = NULL;
	if (!s.size)
		return weir_fail(err, WEIR_USAGE, "view", "a name is required");
	bool home = o->home && s.data[0] == '~' && (s.size == 1 || s.data[1] == '/');
	weir_buf_add_c(&text, home ? o->home : "");
	weir_buf_add_str(&text, home ? (struct weir_str){s.data + 1, s.size - 1} : s);
	bool bare = !home && !memchr(s.data, '/', s.size) && !ends_in(s, ending) && o->view_folder;
	if (bare && !text.failed && (save || access(text.data, F_OK) != 0)) {
		weir_buf_clear(&text);
		weir_buf_addf(&text, "%s/", o->view_folder);
		weir_buf_add_str(&text, s);
		weir_buf_add_c(&text, ending);
		st = save ? need_folder(o->view_folder, err) : WEIR_OK;
	}
	if (st == WEIR_OK && text.failed)
		st = out_of_memory(err);
	if (st == WEIR_OK)
		*path = text.data; /* a buffer's bytes are NUL-terminated heap */
	else
		weir_buf_release(&text);
	return st;
}

static void release_item(struct weir_saved_view *item)
{
	free(item->name);
	free(item->path);
	weir_view_release(&item->view);
}

void weir_views_release(struct weir_saved_views *list)
{
	for (size_t i = 0; i < list->n; i++)
		release_item(&list->items[i]);
	free(list->items);
	*list = (struct weir_saved_views){0};
}

/* What the file asks, or what is wrong with it. The other options that it holds do not matter here. */
static void read_view(struct weir_saved_view *item, int64_t now_us)
{
	struct weir_options alone;
	weir_options_init(&alone);
	if (weir_view_load(&alone, item->path, now_us, &item->fault) == WEIR_OK) {
		item->view = alone.view;
		weir_view_init(&alone.view);
	}
	weir_options_release(&alone);
}

static enum weir_status add(const struct weir_options *o, const char *file, int64_t now_us,
			    struct weir_saved_views *list, struct weir_error *err)
{
	struct weir_str name = weir_str_of(file);
	struct weir_buf path = {0};
	if (file[0] == '.' || !ends_in(name, ending))
		return WEIR_OK;
	name.size -= sizeof(ending) - 1;
	weir_buf_addf(&path, "%s/%s", o->view_folder, file);
	struct weir_saved_view item = {.name = weir_str_dup(name), .path = path.data};
	weir_view_init(&item.view);
	if (!item.name || path.failed ||
	    !weir_grow((void **)&list->items, &list->capacity, list->n + 1, sizeof *list->items)) {
		free(item.name);
		weir_buf_release(&path);
		return out_of_memory(err);
	}
	read_view(&item, now_us);
	list->items[list->n++] = item;
	return WEIR_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct weir_saved_view *)a)->name, ((const struct weir_saved_view *)b)->name);
}

enum weir_status weir_views_list(const struct weir_options *o, int64_t now_us, struct weir_saved_views *out,
				 struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	DIR *folder = o->view_folder ? opendir(o->view_folder) : NULL;
	*out = (struct weir_saved_views){0};
	if (!folder)
		return !o->view_folder || errno == ENOENT
			   ? WEIR_OK
			   : weir_fail(err, errno == EACCES ? WEIR_DENIED : WEIR_IO, o->view_folder,
				       "the folder of saved views could not be read: %s", strerror(errno));
	for (struct dirent *e; st == WEIR_OK && (e = readdir(folder));)
		st = add(o, e->d_name, now_us, out, err);
	closedir(folder);
	if (st != WEIR_OK)
		weir_views_release(out);
	else if (out->n)
		qsort(out->items, out->n, sizeof *out->items, by_name);
	return st;
}
