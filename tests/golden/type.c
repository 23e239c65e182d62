#include "run.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name, *bytes;
} key_names[] = {{"Up", "\033[A"},      {"Down", "\033[B"},    {"Right", "\033[C"},   {"Left", "\033[D"},
		 {"Home", "\033[H"},    {"End", "\033[F"},     {"PageUp", "\033[5~"}, {"PageDown", "\033[6~"},
		 {"Delete", "\033[3~"}, {"Enter", "\r"},       {"Tab", "\t"},         {"S-Tab", "\033[Z"},
		 {"Space", " "},        {"Backspace", "\177"}, {"F1", "\033OP"}};

static const double ESCAPE_S = 0.1; /* longer than the program waits */

static bool send(struct run *r, const char *bytes, size_t n)
{
	return write(r->pty.master, bytes, n) == (ssize_t)n || fail(r, "could not send %s", bytes);
}

/* An escape with a key right behind it is that key with Alt. A person is slower: the program has read the escape, and waited
 * for what may follow it, before the next key comes. */
static bool send_escape(struct run *r)
{
	double limit = now_s() + LIMIT_S;
	if (!send(r, "\033", 1))
		return false;
	while (!r->pty.ended && pty_unread(&r->pty) > 0) {
		if (now_s() > limit)
			return fail(r, "the program did not read %s", "Esc");
		pump(r, 5);
	}
	for (double end = now_s() + ESCAPE_S; now_s() < end && !r->pty.ended;)
		pump(r, 5);
	return true;
}

static bool send_key(struct run *r, const char *key)
{
	if (strcmp(key, "Esc") == 0)
		return send_escape(r);
	for (size_t i = 0; i < sizeof(key_names) / sizeof(key_names[0]); i++)
		if (strcmp(key_names[i].name, key) == 0)
			return send(r, key_names[i].bytes, strlen(key_names[i].bytes));
	if (key[0] == 'C' && key[1] == '-' && key[2]) {
		char control = (char)(toupper((unsigned char)key[2]) & 31);
		return send(r, &control, 1);
	}
	if (strlen(key) == 1)
		return send(r, key, 1);
	return fail(r, "there is no key %s", key);
}

static bool mouse(struct run *r, const char *text, int button)
{
	int x = 0, y = 0;
	char bytes[80];
	sscanf(text, "%d %d", &x, &y);
	int n = snprintf(bytes, sizeof(bytes), "\033[<%d;%d;%dM", button, x, y);
	if (!button)
		n += snprintf(bytes + n, sizeof(bytes) - (size_t)n, "\033[<0;%d;%dm", x, y);
	return send(r, bytes, (size_t)n);
}

/* Where the text stands that the screen shows, or will show: its first column, or its last if `end`. Characters take one column. */
static bool find_on_screen(struct run *r, const char *what, bool end, int *x, int *y)
{
	if (!wait_for_text(r, what, true))
		return false;
	char *text = look_text(&r->look);
	const char *at = text ? strstr(text, what) : NULL;
	int column = 1, row = 1;
	for (const char *p = text; at && p < at + (end ? strlen(what) - 1 : 0); p++) {
		row += *p == '\n';
		column = *p == '\n' ? 1 : column + ((p[1] & 0xc0) != 0x80);
	}
	*x = column;
	*y = row;
	bool found = at != NULL;
	free(text);
	return found || fail(r, "%s is gone", what);
}

static bool touch(struct run *r, const char *what, bool end)
{
	char text[40];
	int x, y;
	if (!find_on_screen(r, what, end, &x, &y))
		return false;
	snprintf(text, sizeof(text), "%d %d", x, y);
	return mouse(r, text, 0);
}

static bool drag(struct run *r, const char *text)
{
	int x = 0, y = 0, to_x = 0, to_y = 0;
	char bytes[120];
	sscanf(text, "%d %d %d %d", &x, &y, &to_x, &to_y);
	int n =
	    snprintf(bytes, sizeof(bytes), "\033[<0;%d;%dM\033[<32;%d;%dM\033[<0;%d;%dm", x, y, to_x, to_y, to_x, to_y);
	return send(r, bytes, (size_t)n);
}

/* "s s sort": the screen says so, and then the key is pressed: what a person does who has read nothing. */
static bool press(struct run *r, char *rest)
{
	char *shown = strchr(rest, ' ');
	if (shown)
		*shown++ = '\0';
	return (!shown || wait_for_text(r, shown, true)) && send_key(r, rest);
}

bool step_input(struct run *r, const char *verb, char *rest, bool *known)
{
	char *words[MAX_WORDS];
	*known = true;
	if (strcmp(verb, "press") == 0)
		return press(r, rest);
	if (strcmp(verb, "type") == 0)
		return send(r, rest, strlen(rest));
	if (strcmp(verb, "answer") == 0) /* what a terminal says: a string between escape and its end */
		return send(r, "\033", 1) && send(r, rest, strlen(rest)) && send(r, "\033\\", 2);
	if (strcmp(verb, "paste") == 0)
		return send(r, "\033[200~", 6) && send(r, rest, strlen(rest)) && send(r, "\033[201~", 6);
	if (strcmp(verb, "click") == 0 || strcmp(verb, "wheel") == 0)
		return mouse(r, rest, *verb == 'w' ? 65 : 0);
	if (strcmp(verb, "touch") == 0 ||
	    strcmp(verb, "touch-end") == 0) /* a click on the first, or the last, sign of it */
		return touch(r, rest, verb[5] != '\0');
	if (strcmp(verb, "drag") == 0)
		return drag(r, rest);
	if (strcmp(verb, "keys") == 0) {
		int n = split(rest, words, MAX_WORDS);
		for (int i = 0; i < n; i++)
			if (!send_key(r, words[i]))
				return false;
		return true;
	}
	*known = false;
	return false;
}
