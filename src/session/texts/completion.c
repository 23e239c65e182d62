/* Completion for bash, zsh and fish, from the option table. */
#include "texts.h"

#include "weir/source/source.h"

static bool takes_file(const struct weir_option *o)
{
	return o->argument && (strcmp(o->argument, "FILE") == 0 || strcmp(o->argument, "URI") == 0);
}

static void bash_options(struct weir_buf *out)
{
	for (const struct weir_option *o = weir_option_table; o->name; o++) {
		if (o->absent && !o->choices)
			continue;
		if (o->letter)
			weir_buf_addf(out, "-%c ", o->letter);
		weir_buf_addf(out, "--%s ", o->name);
	}
}

static void bash(struct weir_buf *out)
{
	weir_buf_add_c(out, "# bash completion for weir; made from its option table\n"
			    "_weir() {\n"
			    "\tlocal cur prev\n"
			    "\tcur=${COMP_WORDS[COMP_CWORD]}\n"
			    "\tprev=${COMP_WORDS[COMP_CWORD-1]}\n"
			    "\tcase $prev in\n");
	for (const struct weir_option *o = weir_option_table; o->name; o++) {
		if (o->kind == WEIR_OPT_FLAG || (o->absent && !o->choices))
			continue;
		weir_buf_addf(out, "\t--%s", o->name);
		if (o->letter)
			weir_buf_addf(out, "|-%c", o->letter);
		if (takes_file(o))
			weir_buf_add_c(out, ") mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n");
		else if (o->list)
			weir_buf_addf(out,
				      ") mapfile -t COMPREPLY < <(compgen -W \"%s $(weir --list %s 2>/dev/null | "
				      "cut -d ' ' -f 1)\" -- \"$cur\"); return ;;\n",
				      o->choices, o->list);
		else
			weir_buf_addf(out, ") mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\"); return ;;\n",
				      o->choices ? o->choices : "");
	}
	weir_buf_add_c(out, "\tesac\n"
			    "\tif [[ $cur == -* ]]; then\n"
			    "\t\tmapfile -t COMPREPLY < <(compgen -W '");
	bash_options(out);
	weir_buf_add_c(out, "' -- \"$cur\")\n"
			    "\telse\n"
			    "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
			    "\tfi\n"
			    "}\n"
			    "complete -o filenames -F _weir weir\n");
}

/* Text inside single quotes of zsh or fish; `also` are characters that get a backslash. */
static void quoted(struct weir_buf *out, const char *text, const char *also)
{
	for (; *text; text++) {
		if (*text == '\'')
			weir_buf_add_c(out, "'\\'");
		else if (strchr(also, *text))
			weir_buf_add_char(out, '\\');
		weir_buf_add_char(out, *text);
	}
}

static void zsh_option(struct weir_buf *out, const struct weir_option *o)
{
	weir_buf_add_c(out, "\t'");
	if (o->repeatable)
		weir_buf_add_char(out, '*');
	else if (o->letter)
		weir_buf_addf(out, "(-%c --%s)", o->letter, o->name);
	if (o->letter)
		weir_buf_addf(out, "'{-%c,--%s%s}'", o->letter, o->name, o->argument ? "=" : "");
	else
		weir_buf_addf(out, "--%s%s", o->name, o->argument ? "=" : "");
	weir_buf_add_char(out, '[');
	quoted(out, o->help, "[]:\\");
	weir_buf_add_char(out, ']');
	if (o->argument) {
		weir_buf_add_char(out, ':');
		quoted(out, o->argument, "[]:\\");
		if (takes_file(o))
			weir_buf_add_c(out, ":_files");
		else if (o->list)
			weir_buf_addf(out, ":{compadd -- %s ${${(f)\"$(weir --list %s 2>/dev/null)\"}%%%% *}}",
				      o->choices, o->list);
		else if (o->choices) {
			weir_buf_add_c(out, ":(");
			quoted(out, o->choices, ":\\");
			weir_buf_add_char(out, ')');
		} else
			weir_buf_add_c(out, ": ");
	}
	weir_buf_add_c(out, "' \\\n");
}

static void zsh(struct weir_buf *out)
{
	weir_buf_add_c(out,
		       "#compdef weir\n# zsh completion for weir; made from its option table\n_arguments -s -S \\\n");
	for (const struct weir_option *o = weir_option_table; o->name; o++)
		if (!o->absent || o->choices)
			zsh_option(out, o);
	weir_buf_add_c(out, "\t'*:source:_files'\n");
}

static void fish(struct weir_buf *out)
{
	weir_buf_add_c(out, "# fish completion for weir; made from its option table\n");
	for (const struct weir_option *o = weir_option_table; o->name; o++) {
		if (o->absent && !o->choices)
			continue;
		weir_buf_addf(out, "complete -c weir -l %s", o->name);
		if (o->letter)
			weir_buf_addf(out, " -s %c", o->letter);
		if (takes_file(o))
			weir_buf_add_c(out, " -r");
		else if (o->argument) {
			weir_buf_add_c(out, " -x");
			if (o->list)
				weir_buf_addf(out,
					      " -a '%s (weir --list %s 2>/dev/null | string replace -r \" .*\" \"\")'",
					      o->choices, o->list);
			else if (o->choices)
				weir_buf_addf(out, " -a '%s'", o->choices);
		}
		weir_buf_add_c(out, " -d '");
		quoted(out, o->help, "\\");
		weir_buf_add_c(out, "'\n");
	}
}

void weir_completion(const char *shell, struct weir_buf *out)
{
	if (strcmp(shell, "bash") == 0)
		bash(out);
	else if (strcmp(shell, "zsh") == 0)
		zsh(out);
	else if (strcmp(shell, "fish") == 0)
		fish(out);
}
