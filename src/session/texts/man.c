/* The generated parts of weir(1), in mdoc. */
#include "texts.h"

#include "weir/base/str.h"
#include "weir/landing/landing.h"
#include "weir/source/source.h"

/* Text for mdoc: backslashes, leading dots and quotes made safe, `code` in backquotes set as a literal. */
static void add_mdoc(struct weir_buf *out, const char *text)
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
		uint32_t cp;
		size_t n = *text & 0x80 ? weir_utf8_decode(text, strlen(text), &cp) : 0;
		if (n) {
			weir_buf_addf(out, "\\[u%04X]", cp);
			text += n - 1;
		} else if (*text == '\\')
			weir_buf_add_c(out, "\\e");
		else if (*text == '-')
			weir_buf_add_c(out, "\\-");
		else if (*text == '"')
			weir_buf_add_c(out, "\\(dq");
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
	add_mdoc(out, text + 1);
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
		add_mdoc(out, o->argument);
		weir_buf_add_char(out, '"');
	}
	weir_buf_add_char(out, '\n');
	sentence(out, o->help);
	if (o->details && *o->details) {
		add_mdoc(out, o->details);
		weir_buf_add_char(out, '\n');
	}
	if (o->repeatable)
		weir_buf_add_c(out, "May be given more than once.\n");
	if (o->standard && *o->standard)
		weir_buf_addf(out, "The default is\n.Cm %s .\n", o->standard);
	if (o->kind == WEIR_OPT_CHOICE && o->choices && !o->absent) {
		weir_buf_addf(out, "%s\n.Cm ", o->list ? "Every build has" : "One of");
		add_mdoc(out, o->choices);
		weir_buf_add_c(out, " .\n");
	}
	if (o->absent) {
		weir_buf_add_c(out, "Absent: ");
		add_mdoc(out, o->absent);
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

static const char *const context_names[] = {"everywhere", "prompt", "help", "views"};

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
		add_mdoc(out, k->key);
		between = " , ";
	}
}

static bool is_first_of(const struct weir_key *key)
{
	for (const struct weir_key *k = weir_key_table; k < key; k++)
		if (k->command == key->command && k->context == key->context)
			return false;
	return true;
}

void weir_man_section(struct weir_buf *out, const char *title, bool *open)
{
	if (*open)
		weir_buf_add_c(out, ".El\n");
	weir_buf_addf(out, ".Ss %c", title[0] >= 'a' && title[0] <= 'z' ? title[0] - 'a' + 'A' : title[0]);
	add_mdoc(out, title + 1);
	weir_buf_add_c(out, "\n.Bl -tag -width \"PageDown , Ctrl-F\" -compact\n");
	*open = true;
}

void weir_man_line(struct weir_buf *out, const char *sign, const char *text)
{
	weir_buf_add_c(out, ".It Li \"\\&"); /* \\&: a parenthesis alone would be punctuation */
	add_mdoc(out, sign);
	weir_buf_add_c(out, "\"\n");
	sentence(out, text);
}

void weir_man_keys(struct weir_buf *out)
{
	bool open = false;
	for (const struct weir_key *k = weir_key_table; k->key; k++) {
		if (k->section)
			weir_man_section(out, k->section, &open);
		if (!is_first_of(k))
			continue;
		weir_buf_add_c(out, ".It ");
		keys_of(out, k->context, k->command);
		weir_buf_add_char(out, '\n');
		sentence(out, weir_command_table[k->command].help);
	}
	if (open)
		weir_buf_add_c(out, ".El\n");
}

static void function_items(struct weir_buf *out, bool aggregate)
{
	weir_buf_addf(out, ".Ss %s\n.Bl -tag -width Ds -compact\n", aggregate ? "Measures" : "Functions");
	const struct weir_function_doc *f;
	for (size_t i = 0; (f = weir_function_doc(i)); i++) {
		if (f->aggregate != aggregate)
			continue;
		weir_buf_add_c(out, ".It Li \"");
		for (const char *p = f->signature; *p; p++)
			weir_buf_add_c(out, *p == '"'    ? "\\(dq"
					    : *p == '\\' ? "\\e"
					    : *p == '-'  ? "\\-"
							 : (char[]){*p, '\0'});
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

/* A kind of source or landing. */
struct kind {
	const char *name, *help, *absent, *example;
	const struct weir_uri_option *options;
};

static struct kind source_kind(const struct weir_source_ops *s)
{
	return (struct kind){s->name, s->help, s->absent, s->example, s->options};
}

static struct kind landing_kind(const struct weir_landing_ops *l)
{
	return (struct kind){l->name, l->help, l->absent, l->example, l->options};
}

static void say_absent(const struct kind *k, struct weir_buf *out)
{
	if (!k->absent)
		return;
	weir_buf_add_c(out, "Absent: ");
	add_mdoc(out, k->absent);
	weir_buf_add_c(out, ".\n");
}

static void kind_item(const struct kind *k, struct weir_buf *out)
{
	weir_buf_add_c(out, ".It Cm ");
	add_mdoc(out, k->name);
	weir_buf_add_char(out, '\n');
	sentence(out, k->help);
	say_absent(k, out);
}

static void option_items(const struct weir_uri_option *options, struct weir_buf *out)
{
	if (!options || !options->name)
		return;
	weir_buf_add_c(out, ".Bl -tag -width Ds\n");
	for (const struct weir_uri_option *o = options; o->name; o++) {
		weir_buf_add_c(out, ".It Cm ");
		add_mdoc(out, o->name);
		weir_buf_add_c(out, "= Ns Ar \"");
		add_mdoc(out, o->value ? o->value : "");
		weir_buf_add_c(out, "\"\n");
		sentence(out, o->help);
	}
	weir_buf_add_c(out, ".El\n");
}

static void kind_section(const struct kind *k, struct weir_buf *out)
{
	weir_buf_add_c(out, ".Ss ");
	add_mdoc(out, k->name);
	weir_buf_add_char(out, '\n');
	if (k->example) {
		weir_buf_add_c(out, ".Dl ");
		add_mdoc(out, k->example);
		weir_buf_add_c(out, "\n.Pp\n");
	}
	sentence(out, k->help);
	say_absent(k, out);
	option_items(k->options, out);
}

void weir_man_sources(struct weir_buf *out)
{
	weir_buf_add_c(out, ".Bl -tag -width udp\\-listen -compact\n");
	for (size_t i = 0; weir_source_table[i]; i++) {
		const struct kind k = source_kind(weir_source_table[i]);
		kind_item(&k, out);
	}
	weir_buf_add_c(out, ".El\n");
}

void weir_man_source(const char *name, struct weir_buf *out)
{
	for (size_t i = 0; weir_source_table[i]; i++) {
		const struct kind k = source_kind(weir_source_table[i]);
		if (strcmp(k.name, name) == 0)
			kind_section(&k, out);
	}
}

void weir_man_landings(struct weir_buf *out)
{
	weir_buf_add_c(out, ".Bl -tag -width postgresql -compact\n");
	for (size_t i = 0; weir_landing_table[i]; i++) {
		const struct kind k = landing_kind(weir_landing_table[i]);
		kind_item(&k, out);
	}
	weir_buf_add_c(out, ".El\n.Pp\nAll of them take:\n");
	option_items(weir_landing_common, out);
}

void weir_man_landing(const char *name, struct weir_buf *out)
{
	for (size_t i = 0; weir_landing_table[i]; i++) {
		const struct kind k = landing_kind(weir_landing_table[i]);
		if (strcmp(k.name, name) == 0)
			kind_section(&k, out);
	}
}

/* `count` or `count(x)`: each way to write it as code. */
static void add_signature(const char *text, struct weir_buf *out)
{
	static const char *const between[] = {" or ", " ... "};
	weir_buf_add_char(out, '`');
	while (*text) {
		const char *word = NULL;
		for (size_t i = 0; i < sizeof between / sizeof *between; i++)
			if (strncmp(text, between[i], strlen(between[i])) == 0)
				word = between[i];
		if (word)
			weir_buf_addf(out, "`%s`", word);
		else
			weir_buf_add_char(out, *text);
		text += word ? strlen(word) : 1;
	}
	weir_buf_add_char(out, '`');
}

void weir_doc_measures(struct weir_buf *out)
{
	const struct weir_function_doc *f;
	weir_buf_add_c(out, "| measure | is | in detail |\n|---|---|---|\n");
	for (size_t i = 0; (f = weir_function_doc(i)); i++) {
		if (!f->aggregate)
			continue;
		weir_buf_add_c(out, "| ");
		add_signature(f->signature, out);
		weir_buf_addf(out, " | %s | %s |\n", f->help, f->detail ? f->detail : "");
	}
}
