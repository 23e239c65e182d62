#include "strict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool complain(struct strict *s, const char *what, const char *bytes, size_t n)
{
	size_t at = (size_t)snprintf(s->complaint, sizeof(s->complaint), "%s at byte %zu:", what, s->bytes);
	for (size_t i = 0; i < n && i < 16 && at + 4 < sizeof(s->complaint); i++)
		at += (size_t)snprintf(s->complaint + at, sizeof(s->complaint) - at, " %02x", (unsigned char)bytes[i]);
	return false;
}

static void set_mode(struct strict *s, int mode, bool on)
{
	if (mode == 25) {
		s->cursor_hidden = !on;
		return;
	}
	if (mode == 12) /* blinking cursor, part of cnorm */
		return;
	if (mode == 7) { /* wrapping at the right edge is on at the start */
		s->wrap_off = !on;
		return;
	}
	for (int i = 0; i < s->n_modes; i++)
		if (s->modes[i] == mode) {
			if (!on)
				s->modes[i] = s->modes[--s->n_modes];
			return;
		}
	if (on && s->n_modes < STRICT_MODES)
		s->modes[s->n_modes++] = mode;
}

/* "ESC [ …": length when whole, 0 when cut off, -1 when it is none that the screen uses. */
static int control_sequence(struct strict *s, const char *b, size_t n)
{
	bool private = n > 2 && b[2] == '?';
	for (size_t i = private ? 3 : 2; i < n; i++) {
		if ((b[i] >= '0' && b[i] <= '9') || b[i] == ';' || b[i] == ':')
			continue;
		if (private && (b[i] == 'h' || b[i] == 'l')) {
			for (const char *p = b + 3; p < b + i;) {
				char *end;
				set_mode(s, (int)strtol(p, &end, 10), b[i] == 'h');
				p = end + 1;
			}
			return (int)i + 1;
		}
		if (private && b[i] == 'c') /* the cursor's form on the Linux console */
			return (int)i + 1;
		/* Cursor movement, erasing, repeating, scrolling, styles, window state of the alternate screen, insert
		 * mode; the question whether the terminal is ready. */
		return !private && strchr("ABCDGHJKLMPSTXbdfghlmnrt@", b[i]) ? (int)i + 1 : -1;
	}
	return n < 40 ? 0 : -1;
}

static int digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

static void take_copy(struct strict *s, const char *b, size_t n)
{
	size_t size = 0;
	uint32_t bits = 0;
	int held = 0;
	for (size_t i = 0; i < n && digit(b[i]) >= 0; i++) {
		bits = bits << 6 | (uint32_t)digit(b[i]);
		held += 6;
		if (held >= 8 && size + 1 < sizeof(s->copied)) {
			held -= 8;
			s->copied[size++] = (char)(bits >> held & 255);
		}
	}
	s->copied[size] = '\0';
	s->n_copies++;
}

/* The clipboard: base64 only. */
static int clipboard(struct strict *s, const char *b, size_t n)
{
	static const char start[] = "\033]52;c;";
	for (size_t i = 0; i < n; i++) {
		if (i < sizeof(start) - 1) {
			if (b[i] != start[i])
				return -1;
		} else if (b[i] == '\a') {
			take_copy(s, b + sizeof(start) - 1, i - (sizeof(start) - 1));
			return (int)i + 1;
		} else if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", b[i])) {
			return -1;
		}
	}
	return n < sizeof(s->pending) ? 0 : -1;
}

/* The only other string that is sent: the question for the background. */
static int question(const char *b, size_t n)
{
	static const char whole[] = "\033]11;?\033\\";
	size_t length = sizeof(whole) - 1, known = n < length ? n : length;
	return memcmp(b, whole, known) != 0 ? -1 : n < length ? 0 : (int)length;
}

/* What may stand between lines of text: the head of a table is bold. */
static int plain_escape(const char *b, size_t n)
{
	static const char on[] = "\033[1m", off[] = "\033[0m";
	size_t length = sizeof(on) - 1, known = n < length ? n : length;
	return memcmp(b, on, known) != 0 && memcmp(b, off, known) != 0 ? -1 : n < length ? 0 : (int)length;
}

/* The terminal makes a carriage return and a line feed of each line's end. */
static int line_end(const char *b, size_t n)
{
	return *b != '\r' ? -1 : n < 2 ? 0 : b[1] == '\n' ? 2 : -1;
}

static int escape(struct strict *s, const char *b, size_t n)
{
	if (n < 2)
		return 0;
	if (b[1] == '[')
		return control_sequence(s, b, n);
	if (b[1] == ']')
		return n > 2 && b[2] == '1' ? question(b, n) : clipboard(s, b, n);
	if (b[1] == '(' || b[1] == ')')
		return n < 3 ? 0 : b[2] == 'B' || b[2] == '0' ? 3 : -1;
	return strchr("=>78MHc", b[1]) && b[1] != 'c' ? 2 : -1;
}

/* A character: length when whole and harmless. Invisible and directing characters are not. */
static int character(const char *b, size_t n)
{
	unsigned char c = (unsigned char)b[0];
	int length = c < 0x80 ? 1 : c >= 0xf0 && c < 0xf5 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : -1;
	if (length < 0 || c >= 0xf5)
		return -1;
	if ((size_t)length > n)
		return 0;
	uint32_t cp = length == 1 ? c : c & (0xff >> (length + 1));
	for (int i = 1; i < length; i++) {
		if (((unsigned char)b[i] & 0xc0) != 0x80)
			return -1;
		cp = cp << 6 | ((unsigned char)b[i] & 0x3f);
	}
	bool hidden = cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad || cp == 0x61c || cp == 0x34f ||
		      cp == 0x115f || cp == 0x1160 || cp == 0x3164 || cp == 0xffa0 || (cp >= 0x180b && cp <= 0x180f) ||
		      (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
		      (cp >= 0x2060 && cp <= 0x206f) || (cp >= 0xd800 && cp <= 0xdfff) ||
		      (cp >= 0xfe00 && cp <= 0xfe0f) || cp == 0xfeff || (cp >= 0xfff0 && cp <= 0xfffb) || cp >= 0xe0000;
	return hidden ? -1 : length;
}

/* The bell is rung with a notification only, which is harmless text. */
static int notification(struct strict *s, const char *b, size_t n)
{
	static const char start[] = "\a\033]9;weir: ";
	size_t head = sizeof(start) - 1, known = n < head ? n : head, i = head;
	if (memcmp(b, start, known) != 0)
		return -1;
	while (i < n && b[i] != '\a') {
		int length = character(b + i, n - i);
		if (length <= 0)
			return length;
		i += (size_t)length;
	}
	if (i >= n)
		return n < sizeof(s->pending) ? 0 : -1;
	snprintf(s->notified, sizeof(s->notified), "%.*s", (int)(i - head), b + head);
	return (int)i + 1;
}

/* A character or sequence that a signal cut: the length of what is left of it, before the ESC that follows; 0: it was not. */
static int cut_off(struct strict *s, const char *b, size_t n)
{
	const char *next = n > 1 ? memchr(b + 1, '\033', n - 1) : NULL;
	if (!s->may_be_cut || !next)
		return 0;
	s->may_be_cut = false;
	return (int)(next - b);
}

bool strict_feed(struct strict *s, const char *bytes, size_t n)
{
	while (n > 0 && !s->complaint[0]) {
		size_t room = sizeof(s->pending) - s->n, take = n < room ? n : room;
		memcpy(s->pending + s->n, bytes, take);
		s->n += take;
		bytes += take;
		n -= take;
		size_t at = 0;
		while (at < s->n) {
			const char *b = s->pending + at;
			size_t left = s->n - at;
			/* ncurses moves the cursor with these; from data they would tear the picture, which is
			 * compared. */
			bool motion =
			    *b == '\r' || *b == '\n' || *b == '\b' || *b == '\017'; /* the last ends line drawing */
			int length = s->plain && motion         ? line_end(b, left)
				     : s->plain && *b == '\033' ? plain_escape(b, left)
				     : motion                   ? 1
				     : *b == '\033'             ? escape(s, b, left)
				     : *b == '\a'               ? notification(s, b, left)
								: character(b, left);
			if (length < 0 && (length = cut_off(s, b, left)) == 0)
				return complain(s, "bytes that the screen never sends", b, left);
			if (length == 0)
				break;
			at += (size_t)length;
			s->bytes += (size_t)length;
		}
		memmove(s->pending, s->pending + at, s->n - at);
		s->n -= at;
	}
	return !s->complaint[0];
}
