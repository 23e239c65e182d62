/* What is written of a picture at several sizes and in several looks is what is read, and lines that look like marks of the
 * file are no marks. */
#include "matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failed;

static void check(bool holds, const char *what)
{
	if (!holds) {
		printf("%s\n", what);
		failed = 1;
	}
}

int main(void)
{
	static const char *const screens[2][2] = {{"a\n\n== b\n=3\n\\c\nd\n", "x\ny\n"},
						  {"a\n\n== b\n=4\n\\c\ne\n", "x\ny\n"}};
	static struct matrix m, wrong;
	char path[] = "/tmp/weir-matrix-XXXXXX";
	int file = mkstemp(path);
	if (file < 0)
		abort();
	close(file);
	check(matrix_sizes(&m, "60x20 80x24") && matrix_looks(&m, "colour ascii"), "sizes and looks are read");
	check(!matrix_sizes(&wrong, "60x") && !matrix_looks(&wrong, "colour grey"), "wrong ones are not");
	struct matrix_picture *p = matrix_picture(&m, "one"), *back = matrix_picture(&m, "two");
	for (int look = 0; look < 2; look++)
		for (int size = 0; size < 2; size++)
			p->screens[look][size] = strdup(screens[look][size]);
	check(matrix_write(&m, p, path) && matrix_read(&m, back, path), "the file is written and read");
	for (int look = 0; look < 2; look++)
		for (int size = 0; size < 2; size++)
			check(back->screens[look][size] && strcmp(back->screens[look][size], screens[look][size]) == 0,
			      "a screen is the same when it is read");
	m.n_sizes = 1;
	check(!matrix_read(&m, back, path), "a file of other sizes is refused");
	m.n_sizes = 2;
	char *runs = matrix_runs("aaa  bc");
	check(strcmp(runs, "a3 .2 b c") == 0, runs);
	free(runs);
	matrix_free(&m);
	unlink(path);
	return failed;
}
