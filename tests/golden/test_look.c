/* The picture does not depend on where reads cut the bytes, within a character as well. */
#include "look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *shown(const char *bytes, size_t first, size_t size, size_t piece)
{
	struct look l;
	if (!look_start(&l, 40, 3))
		abort();
	look_feed(&l, bytes, first);
	for (size_t at = first; at < size; at += piece)
		look_feed(&l, bytes + at, size - at < piece ? size - at : piece);
	look_flush(&l);
	char *text = look_text(&l);
	look_end(&l);
	return text;
}

int main(void)
{
	static const char *const texts[] = {
	    "a\xe2\x94\x82"
	    "b",                                                    /* a rule between letters */
	    "x\xf0\x9f\x8d\x8ey\xc3\xa9z",                          /* four bytes, two bytes */
	    "\xe2\x94\x80\xe2\x94\x80\033[2;5H\xe2\x96\x88\033[0m", /* between sequences */
	    "e\xcc\x81\xe6\x97\xa5\xe6\x9c\xac",                    /* combining, wide */
	    "a\xe2\x94",                                            /* never finished */
	    "a\xe2(\xe2\xe2\xe2\xe2\xe2z",                          /* no character */
	};
	int failed = 0;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t size = strlen(texts[i]);
		char *whole = shown(texts[i], size, size, 1);
		for (size_t first = 0; first <= size; first++)
			for (size_t piece = 1; piece <= 4; piece++) {
				char *cut = shown(texts[i], first, size, piece);
				if (i < 4 && strcmp(whole, cut) != 0) {
					printf("text %zu cut after %zu, then every %zu bytes:\n%s", i, first, piece,
					       cut);
					failed = 1;
				}
				free(cut);
			}
		if (i < 4 && strstr(whole, "\xef\xbf\xbd")) {
			printf("text %zu was not understood:\n%s", i, whole);
			failed = 1;
		}
		free(whole);
	}
	return failed;
}
