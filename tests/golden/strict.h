/* A parser of terminal output that trusts nothing: every byte must be a printable character or part of a sequence that
 * the screen is known to use. What came from the data would show here as anything else. */
#ifndef WEIR_TESTS_STRICT_H
#define WEIR_TESTS_STRICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STRICT_MODES = 32 };

struct strict {
	bool plain; /* no screen: only text, line ends, and bold on and off */
	bool
	    may_be_cut; /* the program was sent a signal: once, what it was writing may end in the midst before the terminal is restored */
	char pending[4096]; /* as long as what is copied at once */
	size_t n;
	char complaint[200];     /* "" while all is well */
	int modes[STRICT_MODES]; /* private modes that are set and were not at the start */
	int n_modes;
	bool cursor_hidden, wrap_off;
	size_t bytes;       /* seen in all */
	size_t n_copies;    /* clipboard sequences (OSC 52) */
	char copied[3072];  /* what the newest of them holds */
	char notified[400]; /* what the newest notification (OSC 9) says */
};

/* False once something was wrong; the complaint says what. */
bool strict_feed(struct strict *s, const char *bytes, size_t n);

#endif
