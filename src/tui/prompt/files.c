/* Names of files for the commands that take one, and of saved views. */
#include "tui/prompt/entries.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MOST_FILES = 500 };

/* What is typed of the name, up to its last slash. */
static struct weir_str folder_of(const struct weir_prompt *p)
{
	struct weir_str word = {p->text.data ? p->text.data + p->word_from : NULL, p->word_to - p->word_from};
	while (word.size && word.data[word.size - 1] != '/')
		word.size--;
	return word;
}

/* Where that is. */
static char *place_of(struct weir_str folder, const struct weir_options *o)
{
	struct weir_buf path = {0};
	bool home = o && o->home && folder.size > 1 && folder.data[0] == '~' && folder.data[1] == '/';
	weir_buf_add_c(&path, home ? o->home : folder.size ? "" : ".");
	weir_buf_add_str(&path, home ? (struct weir_str){folder.data + 1, folder.size - 1} : folder);
	if (path.failed)
		weir_buf_release(&path);
	return path.data;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void offer_file(struct weir_menu *l, const char *place, struct weir_str folder, const char *name)
{
	struct stat about;
	struct weir_buf path = {0};
	weir_buf_addf(&path, "%s/%s", place, name);
	bool is_folder = !path.failed && stat(path.data, &about) == 0 && S_ISDIR(about.st_mode);
	weir_buf_release(&path);
	struct weir_menu_item *item =
	    weir_offer(l, weir_offer_text(l, WEIR_STR_FMT "%s%s", WEIR_STR_ARG(folder), name, is_folder ? "/" : ""),
		       is_folder ? WEIR_STR("folder") : (struct weir_str){0});
	if (item)
		item->goes_on = is_folder;
}

/* The files of the folder that is typed, by name. Those that begin with a dot are rarely meant. */
static void offer_files(struct weir_prompt *p, const struct weir_completion_source *from)
{
	struct weir_str folder = folder_of(p);
	char *place = place_of(folder, from->options), *names[MOST_FILES];
	size_t n = 0;
	DIR *dir = place ? opendir(place) : NULL;
	for (struct dirent *e; dir && n < MOST_FILES && (e = readdir(dir));)
		if (e->d_name[0] != '.' && (names[n] = weir_str_dup(weir_str_of(e->d_name))))
			n++;
	if (dir)
		closedir(dir);
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++) {
		offer_file(&p->menu, place, folder, names[i]);
		free(names[i]);
	}
	free(place);
}

static void offer_views(struct weir_prompt *p, const struct weir_completion_source *from)
{
	struct weir_saved_views list = {0};
	struct weir_error ignored = {0};
	if (!from->options || folder_of(p).size ||
	    weir_views_list(from->options, from->now_us, &list, &ignored) != WEIR_OK)
		return;
	for (size_t i = 0; i < list.n; i++) {
		struct weir_menu_item *item = weir_offer(
		    &p->menu, weir_arena_str(&p->menu.memory, weir_str_of(list.items[i].name)), WEIR_STR("saved view"));
		if (item)
			item->faint = list.items[i].fault.code != WEIR_OK;
	}
	weir_views_release(&list);
}

void weir_fill_files(struct weir_prompt *p, const struct weir_completion_source *from)
{
	p->menu.heads = (struct weir_menu_heads){.text = {"file", WEIR_LEFT, 0}, .rest = {"", WEIR_LEFT, 0}};
	offer_files(p, from);
}

void weir_fill_views(struct weir_prompt *p, const struct weir_completion_source *from)
{
	p->menu.heads = (struct weir_menu_heads){.text = {"view", WEIR_LEFT, 0}, .rest = {"", WEIR_LEFT, 0}};
	offer_views(p, from);
	offer_files(p, from);
}

/* What is typed is a name, whether there is such a file or not. */
bool weir_whole_file(struct weir_str text, const struct weir_completion_source *from)
{
	(void)from;
	return text.size > 0;
}
