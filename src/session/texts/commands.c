/* The commands of the screen, and other words for them. */
#include "weir/session/command.h"

const struct weir_command_doc weir_command_table[WEIR_CMD_COUNT] = {
#define X(name, text, help, argument) [WEIR_CMD_##name] = {text, help, argument},
    WEIR_COMMAND_LIST(X)
#undef X
};

static const struct {
	const char *name, *aliases;
} aliases[] = {
    {"where", "filter"}, {"save-view", "view-save"}, {"view", "open"}, {"quit", "exit q"}, {"help", "keys"},
};

struct weir_str weir_command_named(struct weir_str name)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (weir_str_among(aliases[i].aliases, name))
			return weir_str_of(aliases[i].name);
	return name;
}

const char *weir_command_aliases(const char *name)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(aliases[i].name, name) == 0)
			return aliases[i].aliases;
	return "";
}
