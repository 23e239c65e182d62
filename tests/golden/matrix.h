/* One case at several sizes and in several looks, in one file a picture: tests/golden/screens/CASE-NAME.screens. */
#ifndef WEIR_TESTS_MATRIX_H
#define WEIR_TESTS_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_SIZES = 6, MAX_LOOKS = 3, MAX_PICTURES = 24 };

/* A look is an argument or a variable that is added to the case. */
struct matrix_look {
	const char *name, *argument, *variable; /* argument, variable: NULL: none */
};
/* NULL: there is no such look. */
const struct matrix_look *matrix_look(const char *name);

struct matrix {
	int columns[MAX_SIZES], rows[MAX_SIZES], n_sizes;
	const struct matrix_look *looks[MAX_LOOKS];
	int n_looks, look; /* the one that is being run */
	/* The pictures of the case in the order of its script, each by look and size. Owned. */
	struct matrix_picture {
		char name[64];
		char *screens[MAX_LOOKS][MAX_SIZES];
	} pictures[MAX_PICTURES];
	int n_pictures;
};

/* Reads a line "at 60x20 80x24" or "looks colour mono". False: it is wrong. */
bool matrix_sizes(struct matrix *m, const char *text);
bool matrix_looks(struct matrix *m, const char *text);
/* The picture of this name, made if it is new. NULL: there are too many. */
struct matrix_picture *matrix_picture(struct matrix *m, const char *name);
/* The file of one picture. Looks after the first hold only the lines that differ from the first: "=12" stands for the next
 * twelve lines of that. The styles of a row are runs: "a12 .3 b" is twelve cells of a, three of none, and one of b. */
bool matrix_write(const struct matrix *m, const struct matrix_picture *p, const char *path);
/* Fills p with what the file holds. False: it cannot be read, or holds something else than sizes and looks of m. */
bool matrix_read(const struct matrix *m, struct matrix_picture *p, const char *path);
void matrix_free(struct matrix *m);

/* "aaa  b" as "a3 .2 b". Owned by the caller. */
char *matrix_runs(const char *styles);

#endif
