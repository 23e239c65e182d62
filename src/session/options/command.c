/* Options as a command line again. */
#include "options.h"

#include "weir/base/print.h"
#include "weir/base/uri.h"

#include <stdlib.h>
#include <unistd.h>

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("_-./:,@%+", c) != NULL);
}

/* Bytes of a character that a terminal shows; 0: the next byte is none, or begins none. */
static size_t shown(struct weir_str s)
{
	uint32_t cp;
	unsigned char c = (unsigned char)s.data[0];
	if (c < 0x80)
		return (c >= 0x20 && c != 0x7f) || c == '\n';
	size_t n = weir_utf8_decode(s.data, s.size, &cp);
	return n && weir_codepoint_width(cp) >= 0 ? n : 0;
}

void weir_shell_quote(struct weir_str s, struct weir_buf *out)
{
	size_t plain = 0;
	bool open = true;
	while (plain < s.size && is_plain(s.data[plain]))
		plain++;
	if (s.size && plain == s.size) {
		weir_buf_add_str(out, s);
		return;
	}
	weir_buf_add_char(out, '\'');
	while (s.size) {
		size_t n = shown(s), bytes = n ? n : 1;
		if (n && *s.data != '\'') {
			weir_buf_add_c(out, open ? "" : "'");
			weir_buf_add(out, s.data, n);
			open = true;
		} else {
			weir_buf_add_c(out, open ? "'" : "");
			if (n)
				weir_buf_add_c(out, "\\'");
			else /* what cannot be shown is made when the command runs */
				weir_buf_addf(out, "\"$(printf '\\%03o')\"", (unsigned char)*s.data);
			open = false;
		}
		s = (struct weir_str){s.data + bytes, s.size - bytes};
	}
	weir_buf_add_c(out, open ? "'" : "");
}

struct command {
	const char *between;
	struct weir_buf *out;
};

static void add_option(const struct command *c, const struct weir_option *row, struct weir_str value)
{
	weir_buf_addf(c->out, "%s--%s", c->between, row->name);
	if (row->kind == WEIR_OPT_FLAG)
		return;
	weir_buf_add_char(c->out, ' ');
	weir_shell_quote(value, c->out);
}

static bool bears_on_the_answer(const struct weir_option *row)
{
	return !row->absent && (row->scope == WEIR_SCOPE_VIEW || row->scope == WEIR_SCOPE_STREAM ||
				weir_choice_has("memory retain speed fabric", weir_str_of(row->name)));
}

/* A moment that was given as "15m ago" would be another one later. */
static void resolved(const struct weir_view *v, const struct weir_option *row, struct weir_buf *text)
{
	char iso[40];
	bool since = strcmp(row->name, weir_view_option(WEIR_VIEW_WINDOW)) == 0 && v->window.kind == WEIR_WINDOW_SINCE;
	bool at = strcmp(row->name, weir_view_option(WEIR_VIEW_AT)) == 0 && v->at_us != WEIR_TIME_NONE;
	if (!since && !at)
		return;
	weir_buf_clear(text);
	if (since)
		weir_window_show(&v->window, text);
	else
		weir_buf_add(text, iso, weir_time_format_iso(v->at_us, iso));
}

static void add_row(const struct command *c, const struct weir_options *o, const struct weir_options *usual,
		    const struct weir_option *row)
{
	struct weir_buf text = {0}, standard = {0};
	weir_options_get(o, row->name, &text);
	weir_options_get(usual, row->name, &standard);
	if (text.size && !weir_str_equal(weir_buf_str(&text), weir_buf_str(&standard))) {
		resolved(&o->view, row, &text);
		struct weir_str rest = weir_buf_str(&text);
		while (row->repeatable && rest.data) {
			struct weir_str one = weir_str_cut(rest, '\n', &rest);
			if (weir_str_trim(one).size)
				add_option(c, row, one);
		}
		if (!row->repeatable)
			add_option(c, row, rest);
	}
	c->out->failed |= text.failed || standard.failed;
	weir_buf_release(&text);
	weir_buf_release(&standard);
}

/* A file whose name looks like an address with a secret is still a file. */
static bool is_file(const char *source)
{
	const char *name = strchr(source, '=');
	return access(source, F_OK) == 0 || (name && access(name + 1, F_OK) == 0);
}

static void add_sources(const struct command *c, const struct weir_options *o, bool *hidden)
{
	bool dashes = false;
	for (size_t i = 0; i < o->n_sources; i++)
		dashes = dashes || (o->sources[i][0] == '-' && o->sources[i][1]);
	weir_buf_add_c(c->out, dashes ? c->between : "");
	weir_buf_add_c(c->out, dashes ? "--" : "");
	for (size_t i = 0; i < o->n_sources; i++) {
		struct weir_buf address = {0};
		bool secret = false;
		if (is_file(o->sources[i]))
			weir_buf_add_c(&address, o->sources[i]);
		else
			weir_uri_write(weir_str_of(o->sources[i]), &secret, &address);
		weir_buf_add_c(c->out, c->between);
		weir_shell_quote(weir_buf_str(&address), c->out);
		*hidden = *hidden || secret;
		c->out->failed |= address.failed;
		weir_buf_release(&address);
	}
}

void weir_options_command(const struct weir_options *o, const struct weir_view *view, const char *between, bool *hidden,
			  struct weir_buf *out)
{
	struct weir_options usual, with = *o; /* borrows all it has */
	const struct command c = {between, out};
	weir_options_init(&usual);
	with.view = *view;
	*hidden = false;
	weir_buf_add_c(out, "weir");
	for (const struct weir_option *row = weir_option_table; row->name; row++)
		if (bears_on_the_answer(row))
			add_row(&c, &with, &usual, row);
	add_sources(&c, o, hidden);
	weir_options_release(&usual);
}
