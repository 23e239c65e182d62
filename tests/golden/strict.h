/* A parser of terminal output that trusts nothing: every byte must be a printable character or part of a sequence that
 * the screen is known to use. What came from the data would show here as anything else. */
#ifndef WEIR_TESTS_STRICT_H
#define WEIR_TESTS_STRICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STRICT_MODES = 32 };

struct strict {
	char pending[64];
	size_t n;
	char complaint[200];	 /* "" while all is well */
	int modes[STRICT_MODES]; /* private modes that are set and were not at the start */
	int n_modes;
	bool cursor_hidden, wrap_off;
	size_t bytes;	 /* seen in all */
	size_t n_copies; /* clipboard sequences (OSC 52) */
};

/* False once something was wrong; the complaint says what. */
bool strict_feed(struct strict *s, const char *bytes, size_t n);

#endif
