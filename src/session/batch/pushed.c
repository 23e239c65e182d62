/* What the server of a source looks at, in words: for --explain and --stats. */
#include "batch.h"

#include "weir/base/print.h"
#include "weir/source/source.h"

static void line(const char *name, const char *what, struct weir_buf *out)
{
	weir_buf_add_c(out, "server   ");
	weir_print_safe(weir_str_of(name), out);
	weir_buf_addf(out, ": %s", what);
}

static void moment(int64_t us, struct weir_buf *out)
{
	char text[40];

	weir_buf_add(out, text, weir_time_format_iso(us, text));
}

static void times(const char *name, const struct weir_source_pushed *p, struct weir_buf *out)
{
	if (p->from_us == WEIR_TIME_NONE && p->until_us == WEIR_TIME_NONE)
		return;
	line(name, p->times_why ? "does not look at event times" : "looks at event times", out);
	if (p->from_us != WEIR_TIME_NONE) {
		weir_buf_add_c(out, " from ");
		moment(p->from_us, out);
	}
	if (p->until_us != WEIR_TIME_NONE) {
		weir_buf_add_c(out, " until ");
		moment(p->until_us, out);
	}
	if (p->times_why)
		weir_buf_addf(out, ": %s", p->times_why);
	weir_buf_add_char(out, '\n');
}

void weir_explain_pushed(const char *name, const struct weir_source_pushed *p, bool groups, struct weir_buf *out)
{
	line(name, "sends ", out);
	if (p->n_read == p->n_columns)
		weir_buf_addf(out, "all %u columns\n", (unsigned)p->n_columns);
	else
		weir_buf_addf(out, "%u of %u columns\n", (unsigned)p->n_read, (unsigned)p->n_columns);
	times(name, p, out);
	for (size_t i = 0; i < p->n_parts; i++) {
		line(name, p->parts[i].why ? "does not look at " : "looks at ", out);
		weir_print_safe(p->parts[i].text, out);
		if (p->parts[i].why)
			weir_buf_addf(out, ": %s", p->parts[i].why);
		weir_buf_add_char(out, '\n');
	}
	if (p->whole) {
		line(name, "leaves out no row: ", out);
		weir_buf_addf(out, "%s\n", p->whole);
	}
	if (!groups)
		return;
	line(name, p->grouped ? "groups: weir gets what it counted, and no rows" : "does not group: ", out);
	if (!p->grouped)
		weir_buf_add_c(out, p->ungrouped ? p->ungrouped : "that is weir's, from the rows");
	weir_buf_add_char(out, '\n');
}

void weir_stats_pushed(const struct weir_source_pushed *p, struct weir_buf *out)
{
	const char *between = "";

	if (p && p->grouped)
		weir_buf_add_c(out, "\"grouped_by_server\":true,");
	if (!p || !p->leaves_out)
		return;
	weir_buf_add_c(out, "\"left_out_by_server\":[");
	for (size_t i = 0; i < p->n_parts; i++) {
		if (p->parts[i].why)
			continue;
		weir_buf_add_c(out, between);
		weir_json_quote(p->parts[i].text, out);
		between = ",";
	}
	if (!p->times_why && (p->from_us != WEIR_TIME_NONE || p->until_us != WEIR_TIME_NONE))
		weir_buf_addf(out, "%s\"event times\"", between);
	weir_buf_add_c(out, "],");
}
