/* Whether a sample looks like a log in which several lines are one record, and which lines join then.
 *
 * Where records begin with a time and other lines look like parts of them, whatever does not begin with a time belongs to
 * the record before it. Where all lines begin with a time so far, indented ones and those of a stack trace will, should
 * they come. Elsewhere only the lines of a stack trace do, and only where there is one: text may be indented for many
 * reasons. */
#include "codec/lines/join.h"

#include "weir/base/pattern.h"

enum { LINES = 400 };

/* How a record begins: with a date, a time of day, a syslog priority, or seconds since 1970. */
#define TIME                                                                                                           \
	"[\\[(<]{0,2}(?:\\d{4}[-/.]\\d\\d[-/.]\\d\\d|\\d\\d?[-/. ][A-Za-z0-9]{2,3}[-/. ]\\d{2,4}[ :T]|"                \
	"\\d\\d:\\d\\d:\\d\\d|[A-Z][a-z]{2} {1,2}\\d{1,2},? (?:\\d{4} )?\\d\\d:\\d\\d|[A-Z]\\d{4} \\d\\d:\\d\\d|"      \
	"<\\d{1,3}>|\\d{10}(?:[.,]\\d|\\d{3}\\b))"
#define INDENTED "\\s|Caused by: |Suppressed: |\\.\\.\\. \\d+ more"
#define PYTHON                                                                                                         \
	"Traceback \\(most recent call last\\):|During handling of the above|The above exception was|"                 \
	"[A-Za-z_][\\w.]*(?:Error|Exception|Interrupt|Exit)(?::|$)"
#define GO "goroutine \\d+ \\[|created by |panic: |exit status \\d|[\\w./*()-]+\\([^ ]*\\)$"

/* What only a stack trace has. */
#define TRACE                                                                                                          \
	"^\\s+at \\S.*\\(|^\\s*Caused by: |^\\s*\\.\\.\\. \\d+ more|^\\s+File \".*\", line \\d|^goroutine \\d+ \\[|^\\s+\\S+\\.go:\\d+"

#define NEVER "0123456789[(<"

static const struct weir_join_guess by_time = {"^(?!" TIME ")", "lines that do not begin with a time", ""},
				    traces = {"^(?:" INDENTED "|" PYTHON "|" GO ")",
					      "indented lines and those of stack traces", NEVER},
				    awaited = {"^(?:" INDENTED "|" PYTHON "|" GO ")", NULL, NEVER},
				    indented = {"^(?:" INDENTED ")", "indented lines and `Caused by:`", NEVER},
				    python = {"^(?:" INDENTED "|" PYTHON ")", "the lines of a stack trace of Python",
					      NEVER},
				    go = {"^(?:" INDENTED "|" GO ")", "the lines of a stack trace of Go", NEVER};

struct look {
	struct weir_pattern *time, *trace, *python, *go;
	unsigned n_timed, n_other, n_indented, n_traces, n_python, n_go;
	unsigned runs, good_runs; /* lines without a time one behind the other; with something of a trace among them */
	bool first_timed, first_indented;
};

static bool test(struct weir_pattern *p, struct weir_str line)
{
	return weir_pattern_test(p, line) == WEIR_FOUND;
}

static void look_at(struct look *l, struct weir_str sample)
{
	const char *at = sample.data, *end = at + sample.size;
	bool run = false, good = false;
	for (unsigned n = 0; at < end && n < LINES; n++) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		struct weir_str line = {at, (size_t)((feed ? feed : end) - at)};
		at = feed ? feed + 1 : end;
		if (line.size && line.data[line.size - 1] == '\r')
			line.size--;
		if (!line.size)
			continue;
		bool timed = test(l->time, line), blank = *line.data == ' ' || *line.data == '\t';
		bool trace = test(l->trace, line);
		if (!l->n_timed && !l->n_other) {
			l->first_timed = timed;
			l->first_indented = blank;
		}
		l->runs += run && timed;
		l->good_runs += run && timed && good;
		good = !timed && ((run && good) || blank || trace);
		run = !timed;
		l->n_timed += timed;
		l->n_other += !timed;
		l->n_indented += blank;
		l->n_traces += trace;
		l->n_python += test(l->python, line);
		l->n_go += test(l->go, line);
	}
	l->runs += run;
	l->good_runs += run && good;
}

static const struct weir_join_guess *judge(const struct look *l)
{
	unsigned n = l->n_timed + l->n_other;
	if (l->first_timed && !l->n_other)
		return &awaited; /* its traces, if it has any, come later */
	if (l->first_timed && l->n_timed >= 2)
		return l->good_runs * 10 >= l->runs * 8 ? &by_time : l->n_timed * 2 >= n ? &traces : NULL;
	if (l->first_timed || l->first_indented || !l->n_traces || l->n_indented * 10 > n * 9)
		return NULL;
	return l->n_python ? &python : l->n_go ? &go : &indented;
}

static struct weir_pattern *compile(const char *text)
{
	char why[160];
	size_t at;
	return weir_pattern_new(weir_str_of(text), why, &at);
}

bool weir_join_guess(struct weir_str sample, const struct weir_join_guess **found)
{
	struct look l = {.time = compile("^" TIME),
			 .trace = compile(TRACE),
			 .python = compile("^Traceback \\(most recent call last\\):"),
			 .go = compile("^goroutine \\d+ \\[")};
	bool ok = l.time && l.trace && l.python && l.go;
	*found = NULL;
	if (ok) {
		look_at(&l, sample);
		*found = judge(&l);
	}
	weir_pattern_free(l.time);
	weir_pattern_free(l.trace);
	weir_pattern_free(l.python);
	weir_pattern_free(l.go);
	return ok;
}
