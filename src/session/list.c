/* --list: what this build has, and why what is absent is absent. */
#include "texts.h"

#include "weir/codec/codec.h"
#include "weir/landing/landing.h"
#include "weir/session/theme.h"
#include "weir/source/source.h"

static void line(struct weir_buf *out, const char *name, const char *help, const char *absent)
{
	weir_buf_addf(out, "%-12s %s", name, help ? help : "");
	if (absent)
		weir_buf_addf(out, "  [absent: %s]", absent);
	weir_buf_add_char(out, '\n');
}

static void list_sources(struct weir_buf *out)
{
	for (size_t i = 0; weir_source_table[i]; i++) {
		const struct weir_source_ops *s = weir_source_table[i];
		line(out, s->name, s->help, s->absent);
		if (s->absent)
			continue;
		if (s->example)
			weir_buf_addf(out, "%-12s   %s\n", "", s->example);
		for (const struct weir_source_option *o = s->options; o && o->name; o++)
			weir_buf_addf(out, "%-12s   ?%s=%s  %s\n", "", o->name, o->value ? o->value : "", o->help);
	}
}

static void list_formats(struct weir_buf *out)
{
	for (size_t i = 0; weir_codec_table[i]; i++)
		line(out, weir_codec_table[i]->name, weir_codec_table[i]->help, weir_codec_table[i]->absent);
}

static void list_landings(struct weir_buf *out)
{
	for (size_t i = 0; weir_landing_table[i]; i++)
		line(out, weir_landing_table[i]->name, weir_landing_table[i]->help, weir_landing_table[i]->absent);
}

static void list_functions(struct weir_buf *out)
{
	for (const struct weir_function_doc *f = weir_function_docs(); f->name; f++)
		weir_buf_addf(out, "%-12s %-44s %s\n", f->name, f->signature, f->help);
}

static void list_themes(struct weir_buf *out)
{
	for (int i = 0; i < WEIR_THEME_COUNT; i++)
		line(out, weir_theme_table[i].name, weir_theme_table[i].help, NULL);
}

static void list_keys(struct weir_buf *out)
{
	for (const struct weir_key *k = weir_key_table; k->key; k++)
		weir_buf_addf(out, "%-12s %-10s %-16s %s\n", k->key, weir_key_context_name(k->context),
			      weir_command_table[k->command].name, weir_command_table[k->command].help);
}

static const struct {
	const char *what;
	void (*list)(struct weir_buf *out);
} lists[] = {
	{"sources", list_sources}, {"formats", list_formats}, {"functions", list_functions},
	{"themes", list_themes},   {"keys", list_keys},       {"landings", list_landings},
};

enum weir_status weir_list_text(const char *what, struct weir_buf *out, struct weir_error *err)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (strcmp(what, lists[i].what) == 0) {
			lists[i].list(out);
			return out->failed ? weir_fail(err, WEIR_NO_MEMORY, "--list", "out of memory") : WEIR_OK;
		}
	weir_fail(err, WEIR_USAGE, "--list", "there is no list of \"%s\"", what);
	weir_error_hint(err, "one of: %s", weir_option_find(WEIR_STR("list"))->choices);
	return WEIR_USAGE;
}
