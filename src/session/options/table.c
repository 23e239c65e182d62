/* The option table. Everything that speaks of options is made from these rows. */
#include "weir/session/option.h"
#include "weir/session/theme.h"

/* Sections of --help and the manual, in this order; rows of a section stand together. */
#define READING "Reading"
#define QUESTION "Question"
#define KEEPING "Keeping"
#define OUTPUT "Output"
#define LOOKS "Looks"
#define ABOUT "About"

const struct weir_option weir_option_table[] = {
    {"format", 'f', WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "F", "auto",
     "auto json csv tsv logfmt clf w3c syslog text avro protobuf json: regex:", READING, "format of the records",
     "`auto` detects the format from the first bytes and shows it. `json` reads objects one per line, back to back, or in an array. "
     "`json:PATH` reads the records below a path of keys, such as `json:data.items`: it goes through all elements of an array, "
     "`[0]` picks one element, and a key with a dot is quoted. `csv` and `tsv` follow RFC 4180. `logfmt` reads name=value "
     "pairs. `clf` reads common, combined and vhost_combined access logs into the columns vhost, host, ident, user, time, "
     "method, path, protocol, status, bytes, referrer and agent; anything after that goes into extra. `w3c` reads the extended logs "
     "of IIS and CloudFront with their #Fields: lines. `syslog` follows RFC 3164 and 5424, with the columns time, host, app, pid, "
     "message, severity and facility; structured data becomes columns named ID.NAME. `text` has one column, line. `regex:PATTERN` "
     "has one column for each named group. To set it for one stream, add `?format=` to its address.",
     NULL},
    {"time", 't', WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "COLUMN[+COLUMN][:FORMAT]", NULL, NULL, READING,
     "event-time column and its format; DATE+TIME for two columns",
     "FORMAT is `iso`, `s`, `ms`, `us`, `ns`, or a strptime(3) pattern with `%f` for a fraction and `%z` for a zone. "
     "Without a format, weir uses the one that most values have. Without this option it guesses the column too: it prefers a "
     "date with a time of day to a bare date, and a column that every record has to one with gaps; it never takes a duration. "
     "`none` leaves the stream without an event time. A time without a zone is UTC. A name that contains a colon or a plus can be "
     "quoted: `'\"a:b\":iso'`. To set it for one stream, add `?time=` to its address.",
     NULL},
    {"encoding", 0, WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "NAME", "auto",
     "auto UTF-8 UTF-16LE ISO-8859-1 WINDOWS-1252", READING, "text encoding, any name iconv knows",
     "`auto` honours a byte order mark of UTF-16 or UTF-32 and reads everything else as UTF-8. Bytes that cannot be decoded become "
     "U+FFFD; the record is kept, with a warning. To set it for one stream, add `?encoding=` to its address.",
     NULL},
    {"null", 0, WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "TEXT,...", "", NULL, READING,
     "values that mean NULL in csv, tsv, logfmt, regex, syslog, w3c",
     "By default only the empty string is NULL. The formats json, clf and text ignore this option.", NULL},
    {"header", 0, WEIR_OPT_CHOICE, WEIR_SCOPE_STREAM, false, "WHEN", "auto", "auto yes no", READING,
     "whether csv and tsv start with column names", "Without names, the columns are called c1, c2 and so on.", NULL},
    {"join-lines", 0, WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "REGEX", "auto", "auto none", READING,
     "append matching lines of a text to the record before them",
     "For lines that belong together, such as those of a stack trace, in the formats text, syslog and regex. The record is the "
     "first line and all matching lines behind it, with line feeds between them. `auto` joins lines in text and syslog where most "
     "records begin with a time, or where there is a stack trace, and says so; `none` reads each line by itself. As the end of "
     "a record is known only when the next one begins, the newest record appears a quarter of a second late. A record has at most "
     "5,000 lines and 1 MiB. Messages of one partition are joined as lines are. To set it for one stream, add `?join-lines=` to its "
     "address.",
     NULL},
    {"malformed", 0, WEIR_OPT_CHOICE, WEIR_SCOPE_STREAM, false, "WHAT", "drop", "keep drop fail", READING,
     "what to do with a record that does not parse",
     "`keep` makes it a row whose `_malformed` is true, `drop` counts it and continues, `fail` stops with exit status 1.",
     NULL},
    {"late", 0, WEIR_OPT_DURATION, WEIR_SCOPE_VIEW, false, "DURATION", "10s", NULL, READING,
     "how far the watermark stays behind the newest event",
     "A row that arrives after the watermark has closed its window is counted as late. Without this option, a finite "
     "source has no late rows, whatever their order.",
     NULL},
    {"grace", 0, WEIR_OPT_DURATION, WEIR_SCOPE_VIEW, false, "DURATION", "0", NULL, READING,
     "how long a closed window still accepts late rows", "", NULL},
    {"skew", 0, WEIR_OPT_DURATION, WEIR_SCOPE_VIEW, false, "DURATION", "1m", NULL, READING,
     "how far a record's time may be ahead of its arrival",
     "A record from further in the future moves neither the watermark nor the window, so one wrong clock cannot stop the "
     "picture. It is counted as `future` and kept; once a window reaches its time, it counts there. Without this option, a "
     "finite source has no such limit.",
     NULL},
    {"dedupe", 0, WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "COL,...[ within DURATION]", NULL, NULL, READING,
     "count repeats as duplicates", "", "removing repeats is not in this version"},
    {"key", 0, WEIR_OPT_TEXT, WEIR_SCOPE_STREAM, false, "COL,...", NULL, NULL, READING,
     "the stream is a changelog with this key", "", "changelog streams are not in this version"},

    {"where", 'w', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, true, "EXPR", NULL, NULL, QUESTION,
     "keep the rows for which EXPR is true",
     "If given more than once, all conditions must hold. Expressions are ANSI SQL as Spark and DuckDB read it; see EXPRESSIONS.",
     NULL},
    {"derive", 'd', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, true, "NAME=EXPR", NULL, NULL, QUESTION, "add a computed column",
     "It can use columns derived before it.", NULL},
    {"group", 'g', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, false, "EXPR[ as NAME],...", NULL, NULL, QUESTION, "group by", "",
     NULL},
    {"measure", 'm', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, false, "LIST", "count", NULL, QUESTION,
     "what to measure in each group",
     "One or more of the measures that are listed under Measures, such as `count`, `avg(x)`, `p95(x)`; each can be followed by "
     "`where EXPR` and `as NAME`.",
     NULL},
    {"window", 'W', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, false, "SPEC", NULL, "all rows since tumbling hopping", QUESTION,
     "window of time or rows (live: 5m, finite: all)",
     "`5m` slides over the last five minutes. `tumbling 1m` and `hopping 5m by 1m` are windows of fixed times. `since TIME` is "
     "pinned and cumulative. `rows 100000` is the newest rows, and `all` is everything.",
     NULL},
    {"top", 'n', WEIR_OPT_COUNT, WEIR_SCOPE_VIEW, false, "N", "20", NULL, QUESTION, "rows of the table (batch: all)",
     "", NULL},
    {"sort", 's', WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, false, "KEY[ asc|desc],...", NULL, NULL, QUESTION,
     "order of the table (first measure, descending)",
     "A key is a measure or a group by its name in the answer, quoted or not; `window_start`; or, where there is something to compare "
     "with (--compare), `change` and `change_pct` of the first measure, or `NAME_before`, `NAME_change` and `NAME_change_pct` of "
     "another. Measures and changes sort descending by default, other keys ascending. With "
     "`window_start` among the keys, all windows form one table and --top limits that table; otherwise windows are printed in time "
     "order and --top applies to each. Rows with equal keys are ordered by the group columns, ascending bytewise; NULL comes last.",
     NULL},
    {"at", 0, WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, false, "TIME", NULL, NULL, QUESTION,
     "time at which sliding and rows windows end",
     "The default is now for a live stream, and the newest event of a finite one.", NULL},
    {"compare", 0, WEIR_OPT_TEXT, WEIR_SCOPE_VIEW, false, "SPEC", NULL, "none window 10m 1h 1d", QUESTION,
     "what to compare the window with: window, 10m, a time",
     "`window` is the window before, a duration such as `10m` a window of the same length that long ago, a time the window of that "
     "moment, and `none` nothing. By default a screen compares with the window before, but for `since TIME`. A change compares two "
     "periods that are equally long and wholly covered by the data; a window that is not over is compared with the same part of the "
     "earlier one. The window must have a length, which `all` and `rows` do not have. `since TIME` is as long as from there to the newest row, on a "
     "screen to now, and what it is compared with is as long; the chart has no line of that. In batch, each measure gets three more "
     "columns, after all measures: `NAME_before`, `NAME_change` and `NAME_change_pct`. They are NULL, with a warning, where the "
     "earlier period is not wholly in the data. A group that had rows only in that period is printed too. What had no rows counts 0, and "
     "has no other measure; of 0 there is no percentage; times change by seconds. A rate of a window that is not over is by the part that "
     "is compared, so that the numbers of a row belong together. On a screen a change is coloured where it is 5 % or more and beyond "
     "three standard errors; changes of min, max, first, last, distinct, mode and stddev are never: a single row may move them, "
     "and how far chance does cannot be told from the rows.",
     NULL},
    {"view", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "FILE", NULL, NULL, QUESTION, "start with a saved view",
     "A name without a slash and without `.json` is a view of the folder of saved views, unless there is a file of that name; see FILES. "
     "Options after it on the command line override the file.",
     NULL},
    {"save-view", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "FILE", NULL, NULL, QUESTION,
     "write the view to a file and continue",
     "A saved view is one JSON object whose keys are the names of the options. A name without a slash and without `.json` goes into "
     "the folder of saved views, which is made if it is not there; see FILES.",
     NULL},

    {"memory", 0, WEIR_OPT_SIZE, WEIR_SCOPE_SESSION, false, "SIZE", "512M", NULL, KEEPING,
     "hard limit on the memory of the process",
     "When it is reached, a screen drops the oldest rows and counts them as truncated by memory; if there are too many groups, "
     "it shows an error instead of an answer. A batch is whole or nothing: if its groups or rows do not fit, the exit status is 1. One "
     "record can take an eighth of the limit, at most 64 MiB; a longer one is malformed. The minimum is 32M.",
     NULL},
    {"retain", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "DURATION|N rows", NULL, NULL, KEEPING,
     "what to keep beyond the window", "", NULL},
    {"speed", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "X", "max", "max 1x 10x 60x 3600x", KEEPING,
     "replay a finite source by its own clock",
     "`1x` is real time, `60x` shows a minute in a second, `1/60x` a second in a minute, and `max` is as fast as possible.",
     NULL},
    {"capture", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "FILE", NULL, NULL, KEEPING,
     "write what arrives to a capture file",
     "Everything that arrives in all streams is written as it came, with positions, arrival times, keys and headers; `weir FILE` replays "
     "it. The name should end in `.weir`. A capture that is there is continued. `-` writes to standard output, and no answer is printed. "
     "See CAPTURE AND REPLAY.",
     NULL},
    {"land", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, true, "URI", NULL, NULL, KEEPING,
     "write the rows that pass --where to a landing area",
     "URI is the name of a file that ends in .ndjson or .csv; see LANDING. The rows have all columns of their streams and those of "
     "--derive. They are landed as they come, also those that are late for the window. On a screen, --where as it was given "
     "at the start decides.",
     NULL},
    {"land-view", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, true, "URI", NULL, NULL, KEEPING,
     "write the results of each window that is over to a landing area",
     "URI is as for --land. A row has window_start and window_end where the window is tumbling or hopping, the group columns, and the measures: all "
     "groups, whatever --top says, and without comparisons. A window is landed once, when the watermark has passed its end by --grace, so that "
     "no row can change it; at the end of all streams the rest follows. On a screen, the question as it was given at the start decides.",
     NULL},
    {"fabric", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "local|MASTER", "local", "local", KEEPING,
     "who computes the view",
     "`local` is weir itself. A Spark master, as spark-submit takes it (`local[2]`, `spark://HOST:PORT`, `yarn`, `k8s://HOST:PORT`), has "
     "Spark Structured Streaming compute it: weir reads a sample of each source, submits a job, and reads its results from a topic. "
     "Parameters stand behind the master, as in an address; see SPARK.",
     NULL},
    {"detach", 0, WEIR_OPT_FLAG, WEIR_SCOPE_SESSION, false, NULL, NULL, NULL, KEEPING,
     "leave the job of --fabric running when weir ends", "weir says how to come back to it.", NULL},
    {"attach", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "ADDRESS", NULL, NULL, KEEPING,
     "come back to a job that was left with --detach",
     "The address is the one that weir said then, `kafka://BROKER/weir-ID`. Sources and question are those of the job; options that "
     "are given override them. When weir ends, the job is stopped, but with `--detach`.",
     NULL},

    {"batch", 'b', WEIR_OPT_FLAG, WEIR_SCOPE_SESSION, false, NULL, NULL, NULL, OUTPUT,
     "no screen: read to the end, print, exit",
     "This is the default if the output is not a terminal. SIGINT (Ctrl-C), SIGTERM and SIGHUP end the reading; "
     "the result so far is printed.",
     NULL},
    {"for", 0, WEIR_OPT_DURATION, WEIR_SCOPE_SESSION, false, "DURATION", NULL, NULL, OUTPUT,
     "in batch: stop reading after DURATION",
     "Wall-clock time. If a service has not answered at all by then, there is no answer and the exit status is 1.",
     NULL},
    {"every", 0, WEIR_OPT_DURATION, WEIR_SCOPE_SESSION, false, "DURATION", NULL, NULL, OUTPUT,
     "in batch: print every DURATION of event time", "", NULL},
    {"why", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "EXPR", NULL, NULL, OUTPUT,
     "in batch: rank columns by how rows that match EXPR differ",
     "Compares the rows for which EXPR is true with all other rows of the window, and prints what differs most first; see WHY. "
     "Tumbling and hopping windows have a ranking each, with window_start and window_end before it; of `rows N` the newest N rows are "
     "compared. "
     "--where and --derive apply before; --top limits the list, of each window. It implies --batch, and takes the place of --group, --measure, "
     "--sort and --every.",
     NULL},
    {"alert", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "EXPR[ for DURATION]", NULL, NULL, OUTPUT,
     "raise an alert when a measure passes a bound",
     "EXPR is a measure, or the name of one, a comparison and a number: `p95(latency_ms) > 250 for 30s`. One row of the answer "
     "that passes the bound is enough: of the groups that --top leaves. A measure that the view lacks is added to it. With `for` some row must "
     "pass it for so long, by the time of the events. On a screen the terminal rings its bell and is sent a notification (OSC 9), and the first line says so "
     "as long as it lasts. In batch, a line on standard error says so, at the end, after each answer of --every, or by the first window; "
     "there `for` needs --every, or windows in the order of time.",
     NULL},
    {"fail-on-alert", 0, WEIR_OPT_FLAG, WEIR_SCOPE_SESSION, false, NULL, NULL, NULL, OUTPUT,
     "in batch: exit with status 3 if the alert was raised", "It implies --batch.", NULL},
    {"output", 'o', WEIR_OPT_CHOICE, WEIR_SCOPE_SESSION, false, "FORM", "table", "table csv json ndjson", OUTPUT,
     "output format of batch",
     "`ndjson` is one JSON object per row, `json` one array of them, `csv` follows RFC 4180. Without group and measure, the "
     "rows themselves are printed: `ndjson` and `json` at once, and `csv` too if the columns are known from the start "
     "(csv, tsv, clf, text, regex). Otherwise `csv` is printed at the end, because any record can bring a new column. `table` is "
     "always printed at the end.",
     NULL},
    {"quiet", 'q', WEIR_OPT_FLAG, WEIR_SCOPE_SESSION, false, NULL, NULL, NULL, OUTPUT, "no warnings on standard error",
     "In batch, everything that makes the answer incomplete or uncertain is one line on standard error after the answer: "
     "malformed records and the first of them, rows without an event time in a window of time, late and lost "
     "records, text that could not be decoded, an uncertain guess. `--stats` lists the same as `warnings`. "
     "Errors are always printed.",
     NULL},
    {"stats", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "FILE", NULL, NULL, OUTPUT,
     "write the ledger as JSON; - for standard error",
     "It is one line: the totals, then `streams`, then `warnings`. Every record is accounted for: received = matched + filtered + "
     "malformed + duplicate + late + shed, and matched = in_window + expired. "
     "Rows that a server left out are in no count; `left_out_by_server` of a stream names the conditions. Those that it counted itself are "
     "received and matched; `grouped_by_server` says that it did.",
     NULL},
    {"explain", 0, WEIR_OPT_FLAG, WEIR_SCOPE_SESSION, false, NULL, NULL, NULL, OUTPUT,
     "print the bound view, its plan and its Spark SQL",
     "Lines that begin with `server` say what a server of rows looks at itself: columns, conditions, times, groups; and why not the rest.",
     NULL},
    {"log", 0, WEIR_OPT_TEXT, WEIR_SCOPE_SESSION, false, "FILE", NULL, NULL, OUTPUT,
     "write messages of sources and libraries to FILE",
     "The file is written at exit. A new file is readable by its owner only.", NULL},

    {"theme", 0, WEIR_OPT_CHOICE, WEIR_SCOPE_LOOKS, false, "NAME", "auto", weir_theme_choices, LOOKS,
     "colours of the screen",
     "`auto` is dark or light, whichever suits the background of the terminal. A theme of your own is a file in the folder "
     "`themes`; see THEMES.",
     NULL, "themes"},
    {"color", 0, WEIR_OPT_CHOICE, WEIR_SCOPE_LOOKS, false, "WHEN", "auto", "auto always never", LOOKS,
     "whether to use colour", "`auto` honours NO_COLOR, COLORTERM and TERM.", NULL},
    {"ascii", 0, WEIR_OPT_FLAG, WEIR_SCOPE_LOOKS, false, NULL, NULL, NULL, LOOKS, "draw with ASCII only", "", NULL},
    {"no-mouse", 0, WEIR_OPT_FLAG, WEIR_SCOPE_LOOKS, false, NULL, NULL, NULL, LOOKS, "leave the mouse to the terminal",
     "", NULL},

    {"errors", 0, WEIR_OPT_TEXT, WEIR_SCOPE_LOOKS, false, "EXPR", "auto", "auto none", LOOKS,
     "which rows the strip shows as errors",
     "`auto` looks for a column that tells: a level of error or worse, a status of 500 or more, a flag; and in plain text for lines whose level is ERROR or worse, "
     "in capitals, in brackets or before a colon. What it found stands in the "
     "second line of text and in the panel streams.",
     NULL},

    {"list", 0, WEIR_OPT_CHOICE, WEIR_SCOPE_SESSION, false, "WHAT", NULL,
     "sources formats functions themes keys landings fabrics", ABOUT,
     "list what this build supports, and why anything is missing", "", NULL},
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
