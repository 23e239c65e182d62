/* The option table. Everything that speaks of options is made from these rows. */
#include "weir/session/option.h"
#include "weir/session/theme.h"

#define THEME_NAME(name, text, help) text " "

static const char theme_choices[] = "auto " WEIR_THEME_LIST(THEME_NAME);

/* Sections of --help and the manual, in this order; rows of a section stand together. */
#define READING "Reading"
#define QUESTION "Question"
#define KEEPING "Keeping"
#define OUTPUT "Output"
#define LOOKS "Looks"
#define ABOUT "About"

const struct weir_option weir_option_table[] = {
	{"format", 'f', WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "F", "auto",
	 "auto json csv tsv logfmt clf text avro json: regex:", READING, "format of the records",
	 "`auto` looks at the first bytes and says what it found. `json` takes objects one a line, in a row, or in an array; "
	 "`json:PATH` the records under a key, as `json:features`. `csv` and `tsv` follow RFC 4180. `logfmt` is name=value "
	 "pairs. `clf` is the common and the combined log format, with the columns host, ident, user, time, method, path, "
	 "protocol, status, bytes, referrer and agent. `text` gives one column, line. `regex:PATTERN` gives a column for each "
	 "named group. One stream alone may be told by `?format=` in its address.",
	 NULL},
	{"time", 't', WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "COLUMN[:FORMAT]", NULL, NULL, READING,
	 "event-time column and its format",
	 "FORMAT is `iso`, `s`, `ms`, `us`, `ns`, or a strptime(3) pattern with `%f` for a fraction and `%z` for a zone. "
	 "A time without a zone is UTC. Without this option the column and its format are guessed; `none` leaves the stream "
	 "without event time. One stream alone may be told by `?time=` in its address.",
	 NULL},
	{"null", 0, WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "TEXT,...", "", NULL, READING,
	 "texts that mean NULL in csv, tsv, logfmt, regex", "By default only the empty text means NULL.", NULL},
	{"header", 0, WEIR_OPT_CHOICE, WEIR_SCOPE_STREAM, false, "WHEN", "auto", "auto yes no", READING,
	 "whether csv and tsv begin with column names",
	 "Without names the columns are c1, c2 and so on.", NULL},
	{"malformed", 0, WEIR_OPT_CHOICE, WEIR_SCOPE_STREAM, false, "WHAT", "drop", "keep drop fail", READING,
	 "a record that does not parse: keep, drop or fail",
	 "`keep` makes it a row whose `_malformed` is true, `drop` counts it and goes on, `fail` stops with exit status 1.", NULL},
	{"late", 0, WEIR_OPT_DURATION, WEIR_SCOPE_VIEW, false, "DURATION", "10s", NULL, READING,
	 "how far the watermark stays behind the newest event",
	 "A row that comes after its window was closed by the watermark is counted as late. A finite source without this "
	 "option has no late rows, whatever its order.", NULL},
	{"grace", 0, WEIR_OPT_DURATION, WEIR_SCOPE_VIEW, false, "DURATION", "0", NULL, READING,
	 "how long a closed window still takes late rows", "", NULL},
	{"dedupe", 0, WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "COL,...[ within DURATION]", NULL, NULL, READING,
	 "count repeats as duplicates", "", "removing repeats is not in this version"},
	{"key", 0, WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "COL,...", NULL, NULL, READING,
	 "the stream is a changelog with this key", "", "changelog streams are not in this version"},

	{"where", 'w', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, true, "EXPR", NULL, NULL, QUESTION, "keep the rows for which EXPR is true",
	 "Given more than once, all must hold. Expressions are ANSI SQL as Spark and DuckDB read it; see EXPRESSIONS.", NULL},
	{"derive", 'd', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, true, "NAME=EXPR", NULL, NULL, QUESTION, "add a computed column",
	 "May use the columns derived before it.", NULL},
	{"group", 'g', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, false, "EXPR[ as NAME],...", NULL, NULL, QUESTION, "group by",
	 "", NULL},
	{"measure", 'm', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, false, "LIST", "count", NULL, QUESTION, "what to measure in each group",
	 "`count`, `count(x)`, `sum(x)`, `avg(x)`, `min(x)`, `max(x)`, `stddev(x)`, `p50(x)` to `p99.9(x)`, `distinct(x)`, `rate`, "
	 "`rate(x)`, `first(x)`, `last(x)`; each may end in `where EXPR` and `as NAME`.", NULL},
	{"window", 'W', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, false, "SPEC", NULL, "all rows since tumbling hopping", QUESTION,
	 "which rows, by time or number (live 5m, finite all)",
	 "`5m` is the last five minutes, sliding; `tumbling 1m`; `hopping 5m by 1m`; `since TIME`, pinned and cumulative; "
	 "`rows 100000`; `all`. A live stream begins with `5m`, a finite one with `all`.", NULL},
	{"top", 'n', WEIR_OPT_COUNT, WEIR_SCOPE_VIEW, false, "N", "20", NULL, QUESTION, "rows of the table (in batch: all)", "", NULL},
	{"sort", 's', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, false, "KEY[ asc|desc],...", NULL, NULL, QUESTION,
	 "order of the table (first measure, descending)",
	 "Keys are measures or groups by name. A measure descends and a group ascends unless said. Rows that are equal in "
	 "all keys follow the group columns, ascending bytewise; NULL comes last.", NULL},
	{"at", 0, WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, false, "TIME", NULL, NULL, QUESTION,
	 "moment that sliding and rows windows end at",
	 "By default now on a live stream, and the newest event of a finite one.", NULL},
	{"view", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "FILE", NULL, NULL, QUESTION, "begin with a saved view",
	 "Options after it on the command line replace what the file says.", NULL},
	{"save-view", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "FILE", NULL, NULL, QUESTION, "write the view to a file and go on",
	 "A saved view is one JSON object with the names of the options.", NULL},

	{"memory", 0, WEIR_OPT_SIZE, WEIR_SCOPE_SESSION, false, "SIZE", "512M", NULL, KEEPING, "hard bound on the buffer",
	 "When it is reached the oldest rows go, and are counted as truncated by memory.", NULL},
	{"retain", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "DURATION|N rows", NULL, NULL, KEEPING,
	 "what to keep beyond the window", "", NULL},
	{"speed", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "X", "max", "max 1x 10x 60x 3600x", KEEPING,
	 "replay a finite source by its own clock",
	 "`1x` is as fast as it happened, `60x` a minute in a second, `1/60x` slower, `max` as fast as it can be read.", NULL},
	{"capture", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "FILE", NULL, NULL, KEEPING, "write what arrives to a capture file",
	 "", "captures are not in this version"},
	{"land", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "URI", NULL, NULL, KEEPING, "write what arrives to a landing area",
	 "", "landing areas are not in this version"},
	{"fabric", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "local|MASTER", "local", "local", KEEPING,
	 "who computes the view", "`local` is weir itself.", "only local is in this version, not Spark"},

	{"batch", 'b', WEIR_OPT_FLAG, WEIR_SCOPE_SESSION, false, NULL, NULL, NULL, OUTPUT, "no screen: read to the end, print, leave",
	 "This is the default when the output is no terminal. An interrupt ends the reading; what was computed is printed.", NULL},
	{"for", 0, WEIR_OPT_DURATION, WEIR_SCOPE_SESSION, false, "DURATION", NULL, NULL, OUTPUT,
	 "in batch: stop reading after so long", "Measured by the wall clock.", NULL},
	{"every", 0, WEIR_OPT_DURATION, WEIR_SCOPE_SESSION, false, "DURATION", NULL, NULL, OUTPUT,
	 "in batch: print again each DURATION of event time", "", NULL},
	{"output", 'o', WEIR_OPT_CHOICE, WEIR_SCOPE_SESSION, false, "FORM", "table", "table csv json ndjson", OUTPUT,
	 "form of the result in batch",
	 "`ndjson` is one JSON object a row, `json` one array of them, `csv` follows RFC 4180. Without group and measure the "
	 "rows themselves are printed: `ndjson` and `json` at once, `csv` too when the columns are known from the start "
	 "(csv, tsv, clf, text, regex), otherwise at the end, because a column may appear in any record; `table` at the end.",
	 NULL},
	{"stats", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "FILE", NULL, NULL, OUTPUT, "write the ledger as JSON; - is stderr",
	 "One line: the totals first, then `streams`. Every record is in it: received = matched + filtered + malformed + "
	 "duplicate + late + shed, and matched = in_window + expired.", NULL},
	{"explain", 0, WEIR_OPT_FLAG, WEIR_SCOPE_SESSION, false, NULL, NULL, NULL, OUTPUT,
	 "print the bound view, its plan and the Spark SQL", "", NULL},
	{"log", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "FILE", NULL, NULL, OUTPUT,
	 "write what sources and libraries report", "", NULL},

	{"theme", 0, WEIR_OPT_CHOICE, WEIR_SCOPE_LOOKS, false, "NAME", "auto", theme_choices, LOOKS, "colours of the screen",
	 "`auto` follows what the terminal says of itself.", NULL},
	{"color", 0, WEIR_OPT_CHOICE, WEIR_SCOPE_LOOKS, false, "WHEN", "auto", "auto always never", LOOKS, "whether to use colour",
	 "`auto` honours NO_COLOR, COLORTERM and TERM.", NULL},
	{"ascii", 0, WEIR_OPT_FLAG, WEIR_SCOPE_LOOKS, false, NULL, NULL, NULL, LOOKS, "draw with ASCII only", "", NULL},
	{"no-mouse", 0, WEIR_OPT_FLAG, WEIR_SCOPE_LOOKS, false, NULL, NULL, NULL, LOOKS, "leave the mouse to the terminal", "", NULL},

	{"list", 0, WEIR_OPT_CHOICE, WEIR_SCOPE_SESSION, false, "WHAT", NULL, "sources formats functions themes keys landings", ABOUT,
	 "what this build has, and why what is absent is absent", "", NULL},
	{"help", 'h', WEIR_OPT_FLAG, WEIR_SCOPE_SESSION, false, NULL, NULL, NULL, ABOUT, "print this help", "", NULL},
	{"version", 'V', WEIR_OPT_FLAG, WEIR_SCOPE_SESSION, false, NULL, NULL, NULL, ABOUT, "print the version", "", NULL},
	{NULL},
};

const struct weir_option *weir_option_find(struct weir_str name)
{
	for (const struct weir_option *o = weir_option_table; o->name; o++)
		if (weir_str_equal(name, weir_str_of(o->name)))
			return o;
	return NULL;
}
