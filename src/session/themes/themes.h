/* Themes: text files become tables of colours. parse.c reads one text and names the place of a fault; find.c knows the folders
 * that themes come from, and what is built in: the files of themes/, which embed.awk turns into the table below. Their door is
 * weir/session/theme.h; the options, --list and the screen call it. */
#ifndef WEIR_SESSION_THEMES_THEMES_H
#define WEIR_SESSION_THEMES_THEMES_H

#include "weir/session/theme.h"

/* A theme that is built in. */
struct weir_theme_text {
	const char *name, *text;
};
extern const struct weir_theme_text weir_theme_texts[]; /* ends with name NULL; the first is the default */

#endif
