/* --list: what this build has, and why what is absent is absent. */
#include "texts.h"

#include "weir/codec/codec.h"
#include "weir/fabric/fabric.h"
#include "weir/base/print.h"
#include "weir/landing/landing.h"
#include "weir/source/source.h"

static void line(struct weir_buf *out, const char *name, const char *help, const char *absent)
{
	weir_buf_addf(out, "%-12s %s", name, help ? help : "");
	if (absent)
		weir_buf_addf(out, "  [absent: %s]", absent);
	weir_buf_add_char(out, '\n');
}

static void option(struct weir_buf *out, const struct weir_uri_option *o)
{
	weir_buf_addf(out, "%-12s   ?%s=%s  %s\n", "", o->name, o->value ? o->value : "", o->help);
}

/* A kind of source or landing, with an address and what it may carry. */
static void kind(struct weir_buf *out, const char *name, const char *help, const char *absent, const char *example,
		 const struct weir_uri_option *options)
{
	line(out, name, help, absent);
	if (absent)
		return;
	if (example)
		weir_buf_addf(out, "%-12s   %s\n", "", example);
	for (const struct weir_uri_option *o = options; o && o->name; o++)
		option(out, o);
}

static void list_sources(const struct weir_options *o, struct weir_buf *out)
{
	(void)o;
	for (size_t i = 0; weir_source_table[i]; i++) {
		const struct weir_source_ops *s = weir_source_table[i];
		kind(out, s->name, s->help, s->absent, s->example, s->options);
	}
}

static void list_formats(const struct weir_options *o, struct weir_buf *out)
{
	(void)o;
	for (size_t i = 0; weir_codec_table[i]; i++)
		line(out, weir_codec_table[i]->name, weir_codec_table[i]->help, weir_codec_table[i]->absent);
}

static void list_landings(const struct weir_options *o, struct weir_buf *out)
{
	(void)o;
	for (size_t i = 0; weir_landing_table[i]; i++) {
		const struct weir_landing_ops *l = weir_landing_table[i];
		kind(out, l->name, l->help, l->absent, l->example, l->options);
	}
	line(out, "all of them", "take these as well:", NULL);
	for (const struct weir_uri_option *common = weir_landing_common; common->name; common++)
		option(out, common);
}

static void list_functions(const struct weir_options *o, struct weir_buf *out)
{
	(void)o;
	const struct weir_function_doc *f;
	for (size_t i = 0; (f = weir_function_doc(i)); i++)
		weir_buf_addf(out, "%-12s %-44s %s\n", f->name, f->signature, f->help);
}

/* Where each comes from stands behind it; of one that cannot be used, why. */
static void list_themes(const struct weir_options *o, struct weir_buf *out)
{
	struct weir_theme_list list;

	if (weir_theme_list(&o->theme_folders, &list, NULL) != WEIR_OK)
		out->failed = true;
	for (size_t i = 0; i < list.n; i++) {
		const struct weir_theme_entry *t = &list.items[i];
		weir_buf_addf(out, "%-12s %s%s[", t->name, t->help, t->help[0] ? "  " : "");
		if (t->fault.code != WEIR_OK)
			weir_buf_add_c(out, "unusable: ");
		const char *place = t->fault.code != WEIR_OK ? t->fault.what : t->path ? t->path : "built in";
		weir_print_safe(weir_str_of(place), out);
		weir_buf_add_c(out, "]\n");
	}
	weir_theme_list_release(&list);
}

static void list_keys(const struct weir_options *o, struct weir_buf *out)
{
	(void)o;
	for (const struct weir_key *k = weir_key_table; k->key; k++)
		weir_buf_addf(out, "%-12s %-10s %-16s %s\n", k->key, weir_key_context_name(k->context),
			      weir_command_table[k->command].name, weir_command_table[k->command].help);
}

/* Why one cannot be used, and what it lacks on this machine. */
static void list_fabrics(const struct weir_options *o, struct weir_buf *out)
{
	for (size_t i = 0; weir_fabric_table[i]; i++) {
		const struct weir_fabric_ops *f = weir_fabric_table[i];
		struct weir_error err = {0};
		struct weir_buf why = {0};
		weir_buf_add_c(&why, f->absent ? f->absent : "");
		if (f->ready && o->lookup && f->ready(o->lookup, &err) != WEIR_OK) {
			weir_buf_add_c(&why, f->absent ? "; " : "");
			weir_print_safe(weir_str_of(err.what), &why);
		}
		line(out, f->name, f->help, why.size ? why.data : NULL);
		out->failed |= why.failed;
		weir_buf_release(&why);
	}
}

static const struct {
	const char *what;
	void (*list)(const struct weir_options *o, struct weir_buf *out);
} lists[] = {
    {"sources", list_sources}, {"formats", list_formats},   {"functions", list_functions}, {"themes", list_themes},
    {"keys", list_keys},       {"landings", list_landings}, {"fabrics", list_fabrics},
};

enum weir_status weir_list_text(const char *what, const struct weir_options *o, struct weir_buf *out,
				struct weir_error *err)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (strcmp(what, lists[i].what) == 0) {
			lists[i].list(o, out);
			return out->failed ? weir_fail(err, WEIR_NO_MEMORY, "--list", "out of memory") : WEIR_OK;
		}
	weir_fail(err, WEIR_USAGE, "--list", "there is no list of \"%s\"", what);
	weir_error_hint(err, "one of: %s", weir_option_find(WEIR_STR("list"))->choices);
	return WEIR_USAGE;
}
