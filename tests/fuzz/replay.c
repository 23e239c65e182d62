/* Runs a fuzz target over its corpus: every file of the folder CORPUS below $srcdir, or the files named. */
#include "weir/base/str.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool run_file(const char *path)
{
	struct weir_buf bytes = {0};
	FILE *f = fopen(path, "rb");
	for (size_t n = 1; f && n && weir_buf_reserve(&bytes, 4096); bytes.size += n)
		n = fread(bytes.data + bytes.size, 1, 4096, f);
	if (f)
		fclose(f);
	/* at its exact size on the heap, so that the sanitizer sees a read past the end */
	uint8_t *exact = malloc(bytes.size ? bytes.size : 1);
	bool ok = f && exact;
	if (ok && bytes.size)
		memcpy(exact, bytes.data, bytes.size);
	printf("%s: %s, %zu bytes\n", path, ok ? "read" : "could not be read", bytes.size);
	fflush(stdout);
	if (ok)
		LLVMFuzzerTestOneInput(exact, bytes.size);
	free(exact);
	weir_buf_release(&bytes);
	return ok;
}

int main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir");
	struct weir_buf path = {0};
	unsigned n = 0, bad = 0;
	for (int i = 1; i < argc; i++, n++)
		bad += !run_file(argv[i]);
	weir_buf_addf(&path, "%s/" CORPUS, srcdir ? srcdir : ".");
	size_t folder_size = path.size;
	DIR *folder = argc > 1 ? NULL : opendir(path.data);
	for (struct dirent *e; folder && (e = readdir(folder));) {
		if (e->d_name[0] == '.')
			continue;
		path.size = folder_size;
		weir_buf_addf(&path, "/%s", e->d_name);
		bad += !run_file(path.data);
		n++;
	}
	if (folder)
		closedir(folder);
	weir_buf_release(&path);
	printf("%u files, %u bad\n", n, bad);
	return n && !bad ? 0 : 1;
}
