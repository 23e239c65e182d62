/* --help, from the tables: what a source is, then the options by section, in 80 columns. */
#include "texts.h"

#include "weir/source/source.h"

enum { WIDTH = 79, HELP_COLUMN = 30 };

/* Appends `text` word by word, starting at column `column` (1 = first), broken before column 80 with an indent. Ends the line. */
static void add_wrapped(struct weir_buf *out, const char *text, size_t column, size_t indent)
{
	struct weir_str rest = weir_str_of(text);
	bool first = true;

	while (rest.size) {
		struct weir_str word = weir_str_cut(rest, ' ', &rest);
		if (!first && column + 1 + word.size > WIDTH) {
			weir_buf_addf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			weir_buf_add_char(out, ' ');
			column++;
		}
		weir_buf_add_str(out, word);
		column += word.size;
		first = false;
	}
	weir_buf_add_char(out, '\n');
}

static void add_option(struct weir_buf *out, const struct weir_option *o)
{
	struct weir_buf text = {0};
	size_t begin = out->size;

	if (o->letter)
		weir_buf_addf(out, "  -%c, --%s", o->letter, o->name);
	else
		weir_buf_addf(out, "      --%s", o->name);
	if (o->argument)
		weir_buf_addf(out, " %s", o->argument);
	size_t used = out->size - begin;
	if (used + 2 > HELP_COLUMN) {
		weir_buf_add_char(out, '\n');
		used = 0;
	}
	weir_buf_addf(out, "%*s", (int)(HELP_COLUMN - used), "");
	weir_buf_add_c(&text, o->help);
	if (o->standard && *o->standard && o->kind != WEIR_OPT_FLAG && !strchr(o->help, '('))
		weir_buf_addf(&text, " (%s)", o->standard);
	if (o->absent)
		weir_buf_addf(&text, " [absent: %s]", o->absent);
	add_wrapped(out, text.data ? text.data : "", HELP_COLUMN, HELP_COLUMN);
	weir_buf_release(&text);
}

static void add_sources(struct weir_buf *out)
{
	weir_buf_add_c(out, "A SOURCE is one of\n");
	weir_buf_addf(out, "  %-*s%s\n", HELP_COLUMN - 2, "FILE, FILE.gz, FILE.zst", "a file");
	weir_buf_addf(out, "  %-*s%s\n", HELP_COLUMN - 2, "FILE.weir", "what --capture wrote, replayed as it was");
	weir_buf_addf(out, "  %-*s%s\n", HELP_COLUMN - 2, "-", "standard input, also when no source is given");
	for (size_t i = 0; weir_source_table[i]; i++) {
		const struct weir_source_ops *s = weir_source_table[i];
		if (s->absent || !s->example || !strchr(s->example, ':'))
			continue;
		size_t begin = out->size;
		weir_buf_addf(out, "  %s", s->example);
		size_t used = out->size - begin;
		if (used + 2 > HELP_COLUMN) {
			weir_buf_add_char(out, '\n');
			used = 0;
		}
		weir_buf_addf(out, "%*s", (int)(HELP_COLUMN - used), "");
		add_wrapped(out, s->help, HELP_COLUMN, HELP_COLUMN);
	}
	weir_buf_add_c(out, "weir --list sources has their parameters, and what this build lacks.\n");
}

void weir_help_text(struct weir_buf *out)
{
	const char *section = "";

	weir_buf_add_c(out, "Usage: weir [OPTION]... [NAME=]SOURCE...\n"
			    "Filters, groups, measures and draws live data as it arrives; or answers once, in\n"
			    "a script. No options are required; anything you leave out is guessed.\n\n");
	add_sources(out);
	for (const struct weir_option *o = weir_option_table; o->name; o++) {
		if (strcmp(section, o->section) != 0)
			weir_buf_addf(out, "\n%s\n", section = o->section);
		add_option(out, o);
	}
	weir_buf_add_c(out, "\nTry: weir demo:orders        then press ? for the keys\n"
			    "     weir --batch -g status -m 'count,p95(latency_ms)' FILE\n"
			    "weir --list WHAT lists sources, formats, functions, themes, keys, landings and\n"
			    "fabrics; see man weir for the full manual.\n"
			    "Exit status: 0 success, 1 the data or a service failed, 2 usage error,\n"
			    "130, 143 or 129 after SIGINT, SIGTERM or SIGHUP in batch.\n");
}
