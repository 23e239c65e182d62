/* The option table: one row drives the command line parser, the `:` commands, saved views, --help, the manual page, shell
 * completion and their tests. */
#ifndef WEIR_SESSION_OPTION_H
#define WEIR_SESSION_OPTION_H

#include "weir/query/view.h"
#include "weir/session/theme.h"

enum weir_option_kind {
	WEIR_OPT_FLAG,
	WEIR_OPT_TEXT,
	WEIR_OPT_COUNT,
	WEIR_OPT_DURATION,
	WEIR_OPT_SIZE,
	WEIR_OPT_CHOICE
};
enum weir_option_scope {
	WEIR_SCOPE_VIEW,    /* part of the question: also a `:` command and a key of a saved view */
	WEIR_SCOPE_STREAM,  /* how sources are read: fixed once a stream is open */
	WEIR_SCOPE_SESSION, /* memory, replay, output */
	WEIR_SCOPE_LOOKS,   /* theme, colour, mouse: also a `:` command */
};

struct weir_option {
	const char *name; /* "where": --where, :where, "where" in a saved view */
	char letter;      /* 'w' or 0 */
	enum weir_option_kind kind;
	enum weir_option_scope scope;
	bool repeatable;
	const char *argument; /* "EXPR" in help, NULL for flags */
	const char *standard; /* default as text, NULL: none */
	const char *choices;  /* blank-separated, for CHOICE and for completion */
	const char *
	    section; /* heading in --help and the manual: "Question", "Reading", "Keeping", "Output", "Looks", "About" */
	const char *help;    /* one line */
	const char *details; /* sentences for the manual page; mdoc-free plain text, `code` in backquotes */
	const char *absent;  /* NULL: works. Else why it is refused with exit 2 */
	const char *
	    list; /* NULL: `choices` are all there are. Else weir --list WHAT knows more, in the first word of a line */
};
extern const struct weir_option weir_option_table[]; /* ends with name NULL */

const struct weir_option *weir_option_find(struct weir_str name); /* exact long name */

enum weir_output { WEIR_OUT_TABLE, WEIR_OUT_CSV, WEIR_OUT_JSON, WEIR_OUT_NDJSON };

/* Everything the command line (and --view) said, checked. Owned strings. */
struct weir_addresses {
	char **list; /* owned, with its texts */
	size_t n;
};

struct weir_options {
	struct weir_view view;
	char **sources; /* "[NAME=]SOURCE" as written */
	size_t n_sources;
	struct weir_addresses land, land_view; /* of landings, as written */
	char *format, *time, *nulls, *header, *encoding, *join_lines;
	char *malformed; /* keep drop fail */
	uint64_t memory_bytes;
	int64_t retain_us;    /* -1 */
	uint64_t retain_rows; /* 0 */
	double speed;         /* 0: max */
	bool batch;           /* asked for, or output is no terminal */
	int64_t for_us;       /* -1 */
	int64_t every_us;     /* -1 */
	enum weir_output output;
	char *capture; /* file, "-" or NULL */
	char *why;     /* condition, or NULL */
	char *alert;   /* weir/query/alert.h, or NULL; the view measures what it is about */
	bool fail_on_alert;
	char *stats; /* file, "-" or NULL */
	char *save_view;
	char *theme, *color;
	char *errors; /* which rows the strip shows as errors: a condition, none, or auto (NULL) */
	bool ascii, no_mouse, explain, help, version, quiet;
	char *list; /* what, or NULL */
	char *log_file;
	char *fabric;                            /* NULL: the first there is */
	char *attach;                            /* a job that runs already, or NULL */
	bool detach;                             /* what runs elsewhere goes on when weir ends */
	struct weir_theme_folders theme_folders; /* set by main; borrowed */
	const char *view_folder, *home; /* of saved views, and of the user; set by main; borrowed; NULL: unknown */
	const char *temp_folder;        /* for temporary files; the same */
	/* Value of an environment variable for `${NAME}` in a source address, or NULL. Set by main, which alone reads the
	 * environment; NULL: no variable is known. The text is borrowed at once and not kept. */
	const char *(*lookup)(const char *name);
};

void weir_options_init(struct weir_options *o);
/* Source number `source` is read from `place` on: its from= and position= give way. False: no memory, and all is as it was. */
bool weir_options_read_from(struct weir_options *o, size_t source, const char *place) WEIR_MUST_USE;
void weir_options_release(struct weir_options *o);
/* Parses argv; USAGE or EXPRESSION with a hint on what is wrong. Reads no environment and prints nothing. */
enum weir_status weir_options_parse(int argc, char *const *argv, int64_t now_us, struct weir_options *o,
				    struct weir_error *err) WEIR_MUST_USE;
/* Sets one option by name, as `:name value` does. */
enum weir_status weir_options_set(struct weir_options *o, const char *name, const char *value, int64_t now_us,
				  struct weir_error *err) WEIR_MUST_USE;
/* Reads the alert, which there is, and with `now` has the view measure what it is about. */
enum weir_status weir_options_measure_alert(struct weir_options *o, bool now, int64_t now_us,
					    struct weir_error *err) WEIR_MUST_USE;
/* Its present value as text, for showing and for saving. Appends nothing when unset. */
void weir_options_get(const struct weir_options *o, const char *name, struct weir_buf *out);

/* The call that asks the same again, with a view in the place of the options' own: "weir --where 'status >= 500' FILE". What was
 * not given, or has its default, is left out, and so is what does not bear on the answer (looks, output, landings). Quoted so
 * that sh, bash and zsh take it as it is, whatever bytes are in it; all it holds can be printed on a terminal, but for line
 * ends inside quotes. No secrets: variables of the environment stand in their place (*hidden). between: what separates the
 * options, " " or " \\\n  ". Appends. */
void weir_options_command(const struct weir_options *o, const struct weir_view *view, const char *between, bool *hidden,
			  struct weir_buf *out);

/* Saved views: one JSON object, keys are the option names of scope VIEW (and format, time, null). */
enum weir_status weir_view_load(struct weir_options *o, const char *path, int64_t now_us,
				struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_view_save(const struct weir_options *o, const char *path, struct weir_error *err) WEIR_MUST_USE;

/* Where a saved view lies: a name without a slash or an ending is NAME.json in the folder of views, unless a file of that name
 * is to be read; `~/` is the user's home. save: the folder is made if it is not there. *path: owned by the caller. USAGE: the
 * name is empty. IO, DENIED. */
enum weir_status weir_view_path(const struct weir_options *o, struct weir_str name, bool save, char **path,
				struct weir_error *err) WEIR_MUST_USE;
struct weir_saved_view {
	char *name, *path;
	struct weir_view view;
	struct weir_error fault; /* code OK, or why it cannot be opened and where */
};
struct weir_saved_views {
	struct weir_saved_view *items; /* owned, by name */
	size_t n, capacity;
};
/* All of the folder; none when there is no folder. NO_MEMORY, or IO when it cannot be read. */
enum weir_status weir_views_list(const struct weir_options *o, int64_t now_us, struct weir_saved_views *out,
				 struct weir_error *err) WEIR_MUST_USE;
void weir_views_release(struct weir_saved_views *list);

bool weir_options_keep_malformed(const struct weir_options *o); /* --malformed keep */
/* With --malformed keep, rows that did not parse would be empty: computed columns _malformed and _raw mark them and show what
 * came. Adds these to a view that rows are printed or landed by, unless it has them. */
enum weir_status weir_view_mark_malformed(struct weir_view *v, const struct weir_options *o,
					  struct weir_error *err) WEIR_MUST_USE;

/* Generated texts; append to `out`. */
void weir_help_text(struct weir_buf *out);   /* --help: grouped, 80 columns */
void weir_man_options(struct weir_buf *out); /* mdoc .Bl -tag of the options */
void weir_man_keys(struct weir_buf *out);
/* A heading with a list below it, after the end of the list that is open; *open: there is one. */
void weir_man_section(struct weir_buf *out, const char *title, bool *open);
/* A line of that list: a key or a sign, and a sentence without its full stop. */
void weir_man_line(struct weir_buf *out, const char *sign, const char *text);
void weir_man_functions(struct weir_buf *out);
void weir_man_sources(struct weir_buf *out);                  /* all kinds: name, what it is, why it is absent */
void weir_man_source(const char *name, struct weir_buf *out); /* what one kind is, its address and parameters */
void weir_man_landings(struct weir_buf *out);                 /* the same two of landings, and what all of them take */
void weir_man_landing(const char *name, struct weir_buf *out);
void weir_doc_measures(struct weir_buf *out);                  /* the table of docs/expressions.md */
void weir_completion(const char *shell, struct weir_buf *out); /* bash zsh fish */
/* --list: of the options, the folders are for the themes, and the environment is for the fabrics. */
enum weir_status weir_list_text(const char *what, const struct weir_options *o, struct weir_buf *out,
				struct weir_error *err);

#endif
