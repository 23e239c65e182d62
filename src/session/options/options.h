/* Options: the table of them, the command line, and saved views. main.c parses the arguments here, the screen sets an option
 * by name for `:NAME VALUE`, both through weir/session/option.h; this header is the room's own half of the table: where each
 * option is kept in struct weir_options. */
#ifndef WEIR_SESSION_OPTIONS_H
#define WEIR_SESSION_OPTIONS_H

#include "weir/session/option.h"

enum weir_slot_kind {
	WEIR_SLOT_VIEW,     /* a text of the view */
	WEIR_SLOT_TEXT,     /* char *, NULL: not given */
	WEIR_SLOT_FLAG,     /* bool */
	WEIR_SLOT_SIZE,     /* uint64_t, bytes */
	WEIR_SLOT_DURATION, /* int64_t, µs; -1: not given */
	WEIR_SLOT_RETAIN,
	WEIR_SLOT_SPEED,
	WEIR_SLOT_OUTPUT,
	WEIR_SLOT_LOAD,  /* --view: the command line reads the file at once */
	WEIR_SLOT_LAND,  /* one more of a list */
	WEIR_SLOT_THEME, /* char *, the name of a theme that can be used; NULL: not given */
};
struct weir_slot {
	const char *name;
	enum weir_slot_kind kind;
	size_t where; /* offset in struct weir_options, or the enum weir_view_text */
};

const struct weir_slot *weir_slot_find(const char *name); /* NULL: an option that is absent from this version */

/* "1x", "60x", "1/60x", "max" (0). False when it is none. */
bool weir_speed_parse(struct weir_str text, double *out);
bool weir_choice_has(const char *choices, struct weir_str word);

/* One word for sh, bash and zsh, quoted where it must be. Appends. */
void weir_shell_quote(struct weir_str s, struct weir_buf *out);

/* The nearest option name, or NULL. */
const char *weir_option_nearest(struct weir_str word);

#endif
