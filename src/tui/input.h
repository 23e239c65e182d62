/* Bytes from a terminal to keys: UTF-8, the sequences of xterm and its kin, Alt as a leading escape, bracketed paste,
 * mouse reports (SGR and X10). Pure: it reads nothing itself and knows no clock; the caller says when a lone escape has
 * waited long enough. What it does not know it swallows. Method: ECMA-48 control sequences; XTerm Control Sequences (T.
 * Dickey). Thread: screen. */
#ifndef WEIR_TUI_INPUT_H
#define WEIR_TUI_INPUT_H

#include "weir/base/str.h"

enum weir_event_kind { WEIR_EVENT_KEY, WEIR_EVENT_PASTE, WEIR_EVENT_MOUSE, WEIR_EVENT_BACKGROUND };
enum weir_mouse { WEIR_MOUSE_PRESS, WEIR_MOUSE_DRAG, WEIR_MOUSE_RELEASE, WEIR_MOUSE_WHEEL_UP, WEIR_MOUSE_WHEEL_DOWN };

struct weir_event {
	enum weir_event_kind kind;
	char name[24];	       /* KEY: as in the key table: "q" "Space" "Shift-Tab" "Ctrl-L" "Alt-b" "F1" */
	char text[5];	       /* KEY: what it types, "" when nothing */
	struct weir_str paste; /* PASTE: borrowed until the next call */
	enum weir_mouse mouse; /* MOUSE, left button or wheel; x and y from 0 */
	int x, y;
	bool light; /* BACKGROUND: the terminal says which it has */
};

struct weir_input {
	char bytes[1024];
	size_t n;
	bool pasting;
	bool after_escape; /* a lone escape was just given out: the rest of a torn mouse report may follow */
	struct weir_buf paste;
};

void weir_input_release(struct weir_input *in);
/* Takes up to as many bytes as there is room for; returns how many. Call weir_input_next until it is false in between.
 */
size_t weir_input_feed(struct weir_input *in, const char *bytes, size_t n);
/* The next event. False: none is whole. `waited`: nothing more came for a while, so an escape stands for itself. */
bool weir_input_next(struct weir_input *in, bool waited, struct weir_event *out);
/* Something is waiting for its rest. */
bool weir_input_pending(const struct weir_input *in);

#endif
