/* Writes the texts that are made from the program's tables: the manual page (its prose with the generated parts put in) and
 * the completions. Part of the build tree, not installed.
 *
 *     generate man PROSE          a page on standard output; a line @NAME@ of the prose is replaced by the part NAME,
 *                                 @SOURCE KIND@ and @LANDING KIND@ by a section of that kind
 *     generate bash|zsh|fish      a completion
 *     generate measures           the table of measures, as docs/expressions.md has it */
#include "weir/session/option.h"
#include "weir/tui/tui.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *line;
	void (*add)(struct weir_buf *out);
} parts[] = {
    {"@OPTIONS@\n", weir_man_options},     {"@KEYS@\n", weir_man_keys},       {"@PANELS@\n", weir_tui_man_panels},
    {"@FUNCTIONS@\n", weir_man_functions}, {"@SOURCES@\n", weir_man_sources}, {"@LANDINGS@\n", weir_man_landings},
};

/* "@SOURCE tcp@" and "@LANDING sqlite@": what is generated of one kind. */
static bool add_kind(const char *line, struct weir_buf *out)
{
	char name[40];
	char end;

	if (sscanf(line, "@SOURCE %39[^@\n]%c", name, &end) == 2 && end == '@')
		weir_man_source(name, out);
	else if (sscanf(line, "@LANDING %39[^@\n]%c", name, &end) == 2 && end == '@')
		weir_man_landing(name, out);
	else
		return false;
	return true;
}

static void add_line(const char *line, struct weir_buf *out)
{
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcmp(line, parts[i].line) == 0) {
			parts[i].add(out);
			return;
		}
	if (!add_kind(line, out))
		weir_buf_add_c(out, line);
}

/* Source lines of running text are broken before column 80, as mandoc's lint wants them. */
static void fold(struct weir_str text, struct weir_buf *out)
{
	while (text.size) {
		struct weir_str line = weir_str_cut(text, '\n', &text);

		while (line.size > 80 && line.data[0] != '.') {
			size_t at = 80;
			while (at > 0 &&
			       !(line.data[at] == ' ' && line.data[at + 1] != '.' && line.data[at + 1] != '\''))
				at--;
			if (at == 0)
				break;
			weir_buf_add(out, line.data, at);
			weir_buf_add_char(out, '\n');
			line.data += at + 1;
			line.size -= at + 1;
		}
		weir_buf_add_str(out, line);
		weir_buf_add_char(out, '\n');
	}
}

static bool add_manual(const char *path, struct weir_buf *out)
{
	char line[4096];
	struct weir_buf whole = {0};
	FILE *f = fopen(path, "r");

	if (!f)
		return false;
	while (fgets(line, sizeof line, f))
		add_line(line, &whole);
	fclose(f);
	fold(weir_buf_str(&whole), out);
	out->failed = out->failed || whole.failed;
	weir_buf_release(&whole);
	return true;
}

int main(int argc, char **argv)
{
	struct weir_buf out = {0};

	if (argc == 3 && strcmp(argv[1], "man") == 0 && !add_manual(argv[2], &out)) {
		fprintf(stderr, "generate: could not read %s\n", argv[2]);
		return 1;
	}
	if (argc == 2 && strcmp(argv[1], "measures") == 0)
		weir_doc_measures(&out);
	else if (argc == 2)
		weir_completion(argv[1], &out);
	if (!out.size || out.failed) {
		fprintf(stderr, "usage: generate man PROSE | bash | zsh | fish | measures\n");
		return 2;
	}
	bool good = fwrite(out.data, 1, out.size, stdout) == out.size && fflush(stdout) == 0;
	weir_buf_release(&out);
	return good ? 0 : 1;
}
