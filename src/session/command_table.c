/* The commands of the screen, and the themes' names. */
#include "weir/session/command.h"
#include "weir/session/theme.h"

const struct weir_command_doc weir_command_table[WEIR_CMD_COUNT] = {
#define X(name, text, help, argument) [WEIR_CMD_##name] = {text, help, argument},
	WEIR_COMMAND_LIST(X)
#undef X
};

const struct weir_theme_doc weir_theme_table[WEIR_THEME_COUNT] = {
#define X(name, text, help) [WEIR_THEME_##name] = {text, help},
	WEIR_THEME_LIST(X)
#undef X
};
