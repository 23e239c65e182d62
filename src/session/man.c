/* The generated parts of weir(1), in mdoc. */
#include "texts.h"

void weir_mdoc_text(struct weir_buf *out, const char *text)
{
	bool code = false, line_begin = true;
	char before = 0;

	for (; *text; before = *text++) {
		if (*text == '`') {
			weir_buf_add_c(out, code ? "\\fR" : "\\fB");
			code = !code;
			line_begin = false;
			continue;
		}
		if (line_begin && (*text == '.' || *text == '\''))
			weir_buf_add_c(out, "\\&");
		line_begin = false;
		if (*text == '\\')
			weir_buf_add_c(out, "\\e");
		else if (*text == '-')
			weir_buf_add_c(out, "\\-");
		else if (*text == ' ' && before == '.' && text[1] >= 'A' && text[1] <= 'Z') {
			weir_buf_add_char(out, '\n'); /* a new sentence begins a new line of source */
			line_begin = true;
		} else
			weir_buf_add_char(out, *text);
	}
}

static void sentence(struct weir_buf *out, const char *text)
{
	char first = text[0] >= 'a' && text[0] <= 'z' ? (char)(text[0] - 'a' + 'A') : text[0];

	weir_buf_add_char(out, first);
	weir_mdoc_text(out, text + 1);
	weir_buf_add_c(out, ".\n");
}

static void option_item(struct weir_buf *out, const struct weir_option *o)
{
	weir_buf_add_c(out, ".It ");
	if (o->letter)
		weir_buf_addf(out, "Fl %c , ", o->letter);
	weir_buf_addf(out, "Fl \\-%s", o->name);
	if (o->argument) {
		weir_buf_add_c(out, " Ar \"");
		weir_mdoc_text(out, o->argument);
		weir_buf_add_char(out, '"');
	}
	weir_buf_add_char(out, '\n');
	sentence(out, o->help);
	if (o->details && *o->details) {
		weir_mdoc_text(out, o->details);
		weir_buf_add_char(out, '\n');
	}
	if (o->repeatable)
		weir_buf_add_c(out, "May be given more than once.\n");
	if (o->standard && *o->standard)
		weir_buf_addf(out, "The default is\n.Cm %s .\n", o->standard);
	if (o->kind == WEIR_OPT_CHOICE && o->choices && !o->absent) {
		weir_buf_add_c(out, "One of\n.Cm ");
		weir_mdoc_text(out, o->choices);
		weir_buf_add_c(out, " .\n");
	}
	if (o->absent) {
		weir_buf_add_c(out, "Absent: ");
		weir_mdoc_text(out, o->absent);
		weir_buf_add_c(out, ".\n");
	}
}

void weir_man_options(struct weir_buf *out)
{
	const char *section = NULL;

	for (const struct weir_option *o = weir_option_table; o->name; o++) {
		if (!section || strcmp(section, o->section) != 0) {
			if (section)
				weir_buf_add_c(out, ".El\n");
			weir_buf_addf(out, ".Ss %s\n.Bl -tag -width Ds\n", section = o->section);
		}
		option_item(out, o);
	}
	weir_buf_add_c(out, ".El\n");
}

static const char *const context_names[] = {"everywhere", "table", "time chart", "records", "prompt", "help"};

const char *weir_key_context_name(enum weir_key_context c)
{
	return context_names[c];
}

static void keys_of(struct weir_buf *out, enum weir_key_context context, enum weir_command command)
{
	const char *between = "";

	for (const struct weir_key *k = weir_key_table; k->key; k++) {
		if (k->context != context || k->command != command)
			continue;
		weir_buf_addf(out, "%sIc \\&", between);
		weir_mdoc_text(out, k->key);
		between = " , ";
	}
}

void weir_man_keys(struct weir_buf *out)
{
	for (int c = WEIR_KEYS_ALL; c <= WEIR_KEYS_HELP; c++) {
		bool open = false;
		for (int command = 0; command < WEIR_CMD_COUNT; command++) {
			struct weir_buf keys = {0};
			keys_of(&keys, (enum weir_key_context)c, (enum weir_command)command);
			if (keys.size) {
				if (!open)
					weir_buf_addf(out, ".Ss In the context: %s\n.Bl -tag -width \"PageDown , Ctrl-F\" -compact\n",
						      context_names[c]);
				open = true;
				weir_buf_addf(out, ".It %s\n", keys.data);
				sentence(out, weir_command_table[command].help);
			}
			weir_buf_release(&keys);
		}
		if (open)
			weir_buf_add_c(out, ".El\n");
	}
}

static void function_items(struct weir_buf *out, bool aggregate)
{
	weir_buf_addf(out, ".Ss %s\n.Bl -tag -width Ds -compact\n", aggregate ? "Measures" : "Functions");
	for (const struct weir_function_doc *f = weir_function_docs(); f->name; f++) {
		if (f->aggregate != aggregate)
			continue;
		weir_buf_add_c(out, ".It Li \"");
		for (const char *p = f->signature; *p; p++)
			weir_buf_add_c(out, *p == '"' ? "\\(dq" : *p == '\\' ? "\\e" : *p == '-' ? "\\-" : (char[]){*p, '\0'});
		weir_buf_add_c(out, "\"\n");
		sentence(out, f->help);
	}
	weir_buf_add_c(out, ".El\n");
}

void weir_man_functions(struct weir_buf *out)
{
	function_items(out, true);
	function_items(out, false);
}
