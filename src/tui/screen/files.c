/* What leaves the screen: a table to a file, a row to the clipboard, a view to its file and back. */
#include "tui/screen/screen.h"

#include "weir/base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static bool ends_in(struct weir_str s, const char *end)
{
	size_t n = strlen(end);
	return s.size >= n && weir_str_equal_nocase((struct weir_str){s.data + s.size - n, n}, weir_str_of(end));
}

bool weir_screen_export(struct weir_screen *s, struct weir_str path, struct weir_error *err)
{
	static const struct {
		const char *end;
		enum weir_output how;
	} forms[] = {
	    {".csv", WEIR_OUT_CSV}, {".json", WEIR_OUT_JSON}, {".ndjson", WEIR_OUT_NDJSON}, {".txt", WEIR_OUT_TABLE}};
	enum weir_output how = WEIR_OUT_TABLE;
	bool known = false;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (ends_in(path, forms[i].end)) {
			how = forms[i].how;
			known = true;
		}
	if (!known || !s->result) {
		weir_fail(err, WEIR_USAGE, "export",
			  known ? "there is nothing to write yet"
				: "the name must end in .csv, .json, .ndjson or .txt");
		return false;
	}
	free(s->export_path);
	s->export_path = weir_str_dup(path);
	if (!s->export_path) {
		weir_fail(err, WEIR_NO_MEMORY, "export", "out of memory");
		return false;
	}
	if (access(s->export_path, F_OK) == 0) {
		weir_fail(err, WEIR_IO, "export", "could not write %s: %s", s->export_path, strerror(EEXIST));
		weir_error_hint(err, "give another name");
		return false;
	}
	weir_session_order(s->session, WEIR_ORDER_ROWS, how);
	return true;
}

void weir_screen_explain(struct weir_screen *s)
{
	weir_session_order(s->session, WEIR_ORDER_EXPLAIN, WEIR_OUT_TABLE);
}

/* The name is there to be changed, unless another line is being typed. */
static void say_not_written(struct weir_screen *s, const struct weir_error *err)
{
	struct weir_buf line = {0};
	weir_buf_addf(&line, "export %s", s->export_path);
	if (s->state.prompt.kind == WEIR_PROMPT_NONE && !line.failed)
		weir_screen_prompt_again(s, WEIR_PROMPT_COMMAND, line.data, err);
	else
		weir_screen_say(s, WEIR_TONE_ERROR, "%s%s%s", err->what, err->hint[0] ? ": " : "", err->hint);
	weir_buf_release(&line);
}

static void write_rows(struct weir_screen *s, struct weir_delivery *d)
{
	char rows[WEIR_FORMAT_BYTES], all[WEIR_FORMAT_BYTES];
	/* An existing file is never overwritten: pressing a key twice must not lose a table. */
	if (d->error.code == WEIR_OK)
		(void)!weir_file_write(s->export_path, weir_buf_str(&d->text), WEIR_FILE_NEW, &d->error);
	weir_format_count(d->n_rows, rows);
	weir_format_count(d->n_rows_total, all);
	const char *noun = d->n_rows == 1 ? "row" : "rows";
	if (d->error.code != WEIR_OK)
		say_not_written(s, &d->error);
	else if (d->n_rows < d->n_rows_total)
		weir_screen_say(s, WEIR_TONE_DONE, "wrote %s of %s rows to %s, as --top limits them", rows, all,
				s->export_path);
	else
		weir_screen_say(s, WEIR_TONE_DONE, "wrote %s %s to %s", rows, noun, s->export_path);
}

bool weir_screen_delivered(struct weir_screen *s)
{
	struct weir_delivery d;
	if (!weir_session_delivery(s->session, &d))
		return false;
	if (d.order == WEIR_ORDER_ROWS && s->export_path) {
		write_rows(s, &d);
	} else if (d.order == WEIR_ORDER_EXPLAIN && d.error.code == WEIR_OK) {
		weir_buf_release(&s->state.page_text);
		s->state.page_text = d.text;
		d.text = (struct weir_buf){0};
		s->state.page = WEIR_PAGE_TEXT;
		s->state.page_scroll = 0;
	} else if (d.order == WEIR_ORDER_SQL) {
		weir_screen_sql_came(s, &d);
	} else if (d.error.code != WEIR_OK) {
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", d.error.what);
	}
	free(s->export_path);
	s->export_path = NULL;
	weir_buf_release(&d.text);
	return true;
}
