/* Names with numbers: orders.csv becomes orders-000001.csv, orders-000002.csv and so on, and no number is taken twice. */
#include "files.h"

#include <dirent.h>
#include <stdlib.h>

enum { DIGITS = 6 };

/* Where the last part of the path begins, and where its extension does. */
static void split(struct weir_str path, size_t *base, size_t *dot)
{
	*base = path.size;
	while (*base > 0 && path.data[*base - 1] != '/')
		--*base;
	*dot = path.size;
	for (size_t i = path.size; i-- > *base + 1;)
		if (path.data[i] == '.') {
			*dot = i;
			break;
		}
}

void weir_files_name(struct weir_str path, uint32_t number, struct weir_buf *out)
{
	size_t base, dot;

	split(path, &base, &dot);
	weir_buf_add(out, path.data, dot);
	weir_buf_addf(out, "-%0*u", DIGITS, number);
	weir_buf_add(out, path.data + dot, path.size - dot);
}

/* The number in a name of that kind, or of its part; 0: it is none. */
static uint32_t number_of(struct weir_str name, struct weir_str stem, struct weir_str extension)
{
	struct weir_str part = WEIR_STR(".part");
	int64_t number;

	if (name.size > part.size && memcmp(name.data + name.size - part.size, part.data, part.size) == 0)
		name.size -= part.size;
	if (name.size < stem.size + 1 + DIGITS + extension.size || memcmp(name.data, stem.data, stem.size) != 0 ||
	    name.data[stem.size] != '-' ||
	    memcmp(name.data + name.size - extension.size, extension.data, extension.size) != 0)
		return 0;
	struct weir_str digits = {name.data + stem.size + 1, name.size - stem.size - 1 - extension.size};
	bool good = digits.data[0] >= '0' && digits.data[0] <= '9' && weir_parse_int64(digits, false, &number);
	return good && number > 0 && number < UINT32_MAX ? (uint32_t)number : 0;
}

uint32_t weir_files_next_number(struct weir_str path)
{
	size_t base, dot;
	uint32_t highest = 0;
	struct dirent *file;

	split(path, &base, &dot);
	char *folder = weir_str_dup(base ? (struct weir_str){path.data, base} : WEIR_STR("."));
	DIR *dir = folder ? opendir(folder) : NULL;
	struct weir_str stem = {path.data + base, dot - base}, extension = {path.data + dot, path.size - dot};

	while (dir && (file = readdir(dir))) {
		uint32_t n = number_of(weir_str_of(file->d_name), stem, extension);
		highest = n > highest ? n : highest;
	}
	if (dir)
		closedir(dir);
	free(folder);
	return highest + 1;
}
