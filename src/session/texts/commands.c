/* The commands of the screen. */
#include "weir/session/command.h"

const struct weir_command_doc weir_command_table[WEIR_CMD_COUNT] = {
#define X(name, text, help, argument) [WEIR_CMD_##name] = {text, help, argument},
    WEIR_COMMAND_LIST(X)
#undef X
};
