/* Keys and mouse events from the bytes of a terminal. */
#include "tui/terminal/terminal.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_PASTE_BYTES = 64 << 10 };

void weir_input_release(struct weir_input *in)
{
	weir_buf_release(&in->paste);
	*in = (struct weir_input){0};
}

size_t weir_input_feed(struct weir_input *in, const char *bytes, size_t n)
{
	size_t room = sizeof(in->bytes) - in->n;
	n = n < room ? n : room;
	memcpy(in->bytes + in->n, bytes, n);
	in->n += n;
	return n;
}

bool weir_input_pending(const struct weir_input *in)
{
	return in->n > 0 && !in->pasting;
}

static void drop(struct weir_input *in, size_t n)
{
	memmove(in->bytes, in->bytes + n, in->n - n);
	in->n -= n;
}

static void key(struct weir_event *out, int modifiers, const char *name)
{
	*out = (struct weir_event){.kind = WEIR_EVENT_KEY};
	snprintf(out->name, sizeof(out->name), "%s%s%s%s", modifiers & 4 ? "Ctrl-" : "", modifiers & 2 ? "Alt-" : "",
		 modifiers & 1 ? "Shift-" : "", name);
}

/* A key that types a character is named after it, except for Space. */
static void typed(struct weir_event *out, int modifiers, const char *bytes, size_t n)
{
	char text[5] = "";
	memcpy(text, bytes, n);
	key(out, modifiers, n == 1 && text[0] == ' ' ? "Space" : text);
	if (!modifiers)
		memcpy(out->text, text, sizeof(text));
}

/* One character or control byte at `at`. Returns the bytes used; 0: incomplete. */
static size_t plain_key(struct weir_input *in, size_t at, int modifiers, bool waited, struct weir_event *out,
			bool *given)
{
	unsigned char c = (unsigned char)in->bytes[at];
	char name[8];
	uint32_t cp = 0;
	*given = true;
	if (c == '\r' || c == '\n') {
		key(out, modifiers, "Enter");
	} else if (c == '\t') {
		key(out, modifiers, "Tab");
	} else if (c == 0x7f || c == 0x08) {
		key(out, modifiers, "Backspace");
	} else if (c < 0x20) {
		snprintf(name, sizeof(name), "%c", c ? '@' + c : ' ');
		key(out, modifiers | 4, c ? name : "Space");
	} else if (c < 0x7f) {
		typed(out, modifiers, in->bytes + at, 1);
	} else {
		size_t bytes = weir_utf8_decode(in->bytes + at, in->n - at, &cp);
		size_t whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
		if (!bytes && in->n - at < whole && !waited)
			return 0;
		*given = bytes > 0;
		if (bytes)
			typed(out, modifiers, in->bytes + at, bytes);
		return bytes ? bytes : 1;
	}
	return 1;
}

/* Final byte and parameters of a control sequence to a key's name; NULL: none that is known. */
static const char *sequence_name(char final, int parameter)
{
	static const char *const tilde[] = {
	    [1] = "Home", [2] = "Insert", [3] = "Delete", [4] = "End",  [5] = "PageUp", [6] = "PageDown", [7] = "Home",
	    [8] = "End",  [11] = "F1",    [12] = "F2",    [13] = "F3",  [14] = "F4",    [15] = "F5",      [17] = "F6",
	    [18] = "F7",  [19] = "F8",    [20] = "F9",    [21] = "F10", [23] = "F11",   [24] = "F12"};
	static const struct {
		char final;
		const char *name;
	} letters[] = {{'A', "Up"}, {'B', "Down"}, {'C', "Right"}, {'D', "Left"}, {'H', "Home"},     {'F', "End"},
		       {'P', "F1"}, {'Q', "F2"},   {'R', "F3"},    {'S', "F4"},   {'Z', "Shift-Tab"}};
	if (final == '~')
		return parameter > 0 && parameter < (int)(sizeof(tilde) / sizeof(tilde[0])) ? tilde[parameter] : NULL;
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].final == final)
			return letters[i].name;
	return NULL;
}

/* Button code of a report: only the left button and the wheel are reported. */
static bool mouse(struct weir_event *out, int button, int x, int y, bool release)
{
	*out = (struct weir_event){.kind = WEIR_EVENT_MOUSE, .x = x - 1, .y = y - 1};
	if (button & 64)
		out->mouse = button & 1 ? WEIR_MOUSE_WHEEL_DOWN : WEIR_MOUSE_WHEEL_UP;
	else if (release || (button & 3) == 3)
		out->mouse = WEIR_MOUSE_RELEASE;
	else if ((button & 3) == 0)
		out->mouse = button & 32 ? WEIR_MOUSE_DRAG : WEIR_MOUSE_PRESS;
	else
		return false;
	return out->x >= 0 && out->y >= 0;
}

/* A control sequence whose parameters start at `at` (after "ESC ["). Returns bytes from the start of the buffer; 0: cut
 * off. */
static size_t sequence(struct weir_input *in, size_t at, struct weir_event *out, bool *given)
{
	int parameters[4] = {0}, n = 0;
	bool sgr = false;
	*given = false;
	if (at < in->n && in->bytes[at] == 'M') { /* X10: three bytes, each with 32 added */
		if (in->n < at + 4)
			return 0;
		int b = (unsigned char)in->bytes[at + 1] - 32, x = (unsigned char)in->bytes[at + 2] - 32,
		    y = (unsigned char)in->bytes[at + 3] - 32;
		*given = mouse(out, b, x, y, (b & 3) == 3 && !(b & 64));
		return at + 4;
	}
	if (at < in->n && in->bytes[at] == '[') /* the function keys of the Linux console */
		return in->n < at + 2 ? 0 : at + 2;
	for (; at < in->n; at++) {
		char c = in->bytes[at];
		if (c >= '0' && c <= '9') {
			if (n < 4 && parameters[n] < 100000)
				parameters[n] = parameters[n] * 10 + (c - '0');
		} else if (c == ';' || c == ':') {
			n++;
		} else if (c == '<') {
			sgr = true;
		} else if (c >= 0x40 && c <= 0x7e) {
			const char *name = sequence_name(c, parameters[0]);
			if (sgr && (c == 'M' || c == 'm')) {
				*given = mouse(out, parameters[0], parameters[1], parameters[2], c == 'm');
			} else if (c == '~' && parameters[0] == 200) {
				in->pasting = true;
				weir_buf_clear(&in->paste);
			} else if (c == 'n' && n == 0 && parameters[0] == 0) {
				*out = (struct weir_event){.kind = WEIR_EVENT_READY};
				*given = true;
			} else if (name && !sgr) {
				key(out, n >= 1 && parameters[1] > 1 ? (parameters[1] - 1) & 7 : 0, name);
				*given = true;
			}
			return at + 1;
		} else if (c < 0x20 || c > 0x7e) {
			return at; /* incomplete: start afresh with what follows */
		}
	}
	return in->n >= 64 ? in->n : 0; /* no sequence is that long */
}

/* A string from the terminal (OSC, DCS, APC): ignored up to BEL or ESC \. Returns bytes; 0: cut off. */
static size_t string_end(const struct weir_input *in)
{
	for (size_t i = 2; i < in->n; i++) {
		if (in->bytes[i] == '\a')
			return i + 1;
		if (in->bytes[i] == '\x1b' && i + 1 < in->n)
			return in->bytes[i + 1] == '\\' ? i + 2 : i;
	}
	return in->n == sizeof(in->bytes) ? in->n : 0;
}

/* "ESC ] 11 ; rgb:1e1e/1e1e/1e1e …", the answer to the question for the background. Colours of one to four digits; what
 * counts is how bright they are together (the weights of ITU-R BT.601). */
static bool background(const struct weir_input *in, size_t size, struct weir_event *out)
{
	static const char start[] = "\x1b]11;rgb:";
	static const double weights[] = {0.299, 0.587, 0.114};
	size_t at = sizeof(start) - 1;
	double bright = 0;
	if (size <= at || memcmp(in->bytes, start, at) != 0)
		return false;
	for (int c = 0; c < 3; c++, at++) {
		unsigned long value = 0, most = 0;
		for (; at < size && strchr("0123456789abcdefABCDEF", in->bytes[at]) && most < 0xffff; at++) {
			char digit[2] = {in->bytes[at], 0};
			value = value * 16 + strtoul(digit, NULL, 16);
			most = most * 16 + 15;
		}
		if (!most)
			return false;
		bright += weights[c] * (double)value / (double)most;
	}
	*out = (struct weir_event){.kind = WEIR_EVENT_BACKGROUND, .light = bright > 0.5};
	return true;
}

/* A sequence that starts with escape. Returns the bytes used; 0: incomplete. */
static size_t escape(struct weir_input *in, bool waited, struct weir_event *out, bool *given)
{
	char second = in->n > 1 ? in->bytes[1] : 0;
	size_t used = 0;
	*given = false;
	if (second == '[') {
		used = sequence(in, 2, out, given);
	} else if (second == 'O' && in->n > 2) {
		const char *name = sequence_name(in->bytes[2], 0);
		*given = name != NULL;
		if (name)
			key(out, 0, name);
		used = 3;
	} else if (second == ']' || second == 'P' || second == '_' || second == '^') {
		used = string_end(in);
		*given = used > 0 && background(in, used, out);
	} else if (in->n > 1 && second != 'O' && second != '\x1b') {
		used = plain_key(in, 1, 2, waited, out, given);
		used += used ? 1 : 0;
	} else if (second == '\x1b') {
		key(out, 0, "Esc");
		*given = true;
		return 1;
	}
	if (used || !waited)
		return used;
	/* Nothing more will come: this was the Esc key, and what follows are separate keys. */
	key(out, 0, "Esc");
	*given = true;
	in->after_escape = true;
	return 1;
}

/* The text of a paste up to its end mark. Returns true when it is whole. */
static bool take_paste(struct weir_input *in, struct weir_event *out)
{
	static const char end[] = "\x1b[201~";
	const char *at = memmem(in->bytes, in->n, end, sizeof(end) - 1);
	/* The last bytes may be the start of the mark. */
	size_t n = at ? (size_t)(at - in->bytes) : in->n >= sizeof(end) - 1 ? in->n - (sizeof(end) - 2) : 0;
	if (in->paste.size + n <= MAX_PASTE_BYTES)
		weir_buf_add(&in->paste, in->bytes, n);
	drop(in, n + (at ? sizeof(end) - 1 : 0));
	if (!at)
		return false;
	in->pasting = false;
	*out = (struct weir_event){.kind = WEIR_EVENT_PASTE, .paste = weir_buf_str(&in->paste)};
	return true;
}

bool weir_input_next(struct weir_input *in, bool waited, struct weir_event *out)
{
	while (in->n > 0) {
		bool given = false;
		size_t used;
		if (in->pasting)
			return take_paste(in, out);
		if (in->bytes[0] == '\x1b')
			used = escape(in, waited, out, &given);
		else if (in->after_escape && in->n > 1 && in->bytes[0] == '[' && in->bytes[1] == '<')
			used = sequence(in, 1, out, &given);
		else
			used = plain_key(in, 0, 0, waited, out, &given);
		if (used == 0)
			return false;
		if (in->bytes[0] != '\x1b')
			in->after_escape = false;
		drop(in, used);
		if (given)
			return true;
	}
	return false;
}
