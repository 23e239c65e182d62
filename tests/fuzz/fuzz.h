/* What every fuzz target shares. A target is a function of bytes, LLVMFuzzerTestOneInput, and links either with libFuzzer
 * (`make fuzz`) or with replay.c, which runs the target over its corpus (`make check`). What must hold is stated with
 * FUZZ_CHECK; crashes, leaks and endless work are found by the sanitizers and the time limit. */
#ifndef WEIR_TESTS_FUZZ_H
#define WEIR_TESTS_FUZZ_H

#include "weir/base/str.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                                                          \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                 \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* An exact copy on the heap with a NUL behind it, so that the sanitizer sees a read past the end of the text. Free it. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	FUZZ_CHECK(text);
	if (size)
		memcpy(text, data, size);
	text[size] = 0;
	return text;
}

/* An error as a person would see it: there is a message, and the span lies inside its text. */
static inline void fuzz_check_error(enum weir_status status, const struct weir_error *err)
{
	FUZZ_CHECK(status == err->code);
	FUZZ_CHECK(status == WEIR_OK || err->what[0]);
	FUZZ_CHECK(err->caret_from <= err->caret_to && err->caret_to <= strlen(err->text));
}

#endif
