/* What leaves the screen: a table to a file, a row to the clipboard, a view to its file and back. */
#include "tui/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static bool ends_in(struct weir_str s, const char *end)
{
	size_t n = strlen(end);
	return s.size >= n && weir_str_equal_nocase((struct weir_str){s.data + s.size - n, n}, weir_str_of(end));
}

/* A file that is there is never overwritten: a key pressed twice must not cost a table. */
static bool write_new_file(const char *path, struct weir_str text, struct weir_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0) {
		weir_fail(err, WEIR_IO, path, "could not write %s: %s", path, strerror(errno));
		if (errno == EEXIST)
			weir_error_hint(err, "give another name");
		return false;
	}
	size_t at = 0;
	while (at < text.size) {
		ssize_t n = write(fd, text.data + at, text.size - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	if (close(fd) != 0 || at < text.size) {
		weir_fail(err, WEIR_IO, path, "could not write all of %s: %s", path, strerror(errno));
		return false;
	}
	return true;
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
	char *name = weir_str_dup(path);
	struct weir_buf text = {0};
	weir_result_print(s->result, how, false, &text);
	bool done = name && !text.failed && write_new_file(name, weir_buf_str(&text), err);
	if (!name || text.failed)
		weir_fail(err, WEIR_NO_MEMORY, "export", "out of memory");
	if (done)
		weir_screen_say(s, WEIR_TONE_DONE, "wrote %s", name);
	weir_buf_release(&text);
	free(name);
	return done;
}

/* The view in force, guesses and all, is what the options say from now on. */
static bool take_view(struct weir_screen *s, const struct weir_view *view, struct weir_error *err)
{
	struct weir_view copy;
	weir_view_init(&copy);
	if (weir_view_copy(&copy, view, err) != WEIR_OK)
		return false;
	weir_view_release(&s->options->view);
	s->options->view = copy;
	return true;
}

/* What the file does not name is not asked, so the old view goes first; it comes back when the file is wrong. */
static bool open_view(struct weir_screen *s, const char *path, struct weir_error *err)
{
	struct weir_view before = s->options->view;
	weir_view_init(&s->options->view);
	uint64_t asked = weir_view_load(s->options, path, weir_screen_now_us(s), err) == WEIR_OK
			     ? weir_session_ask(s->session, &s->options->view, err)
			     : 0;
	if (!asked) {
		weir_view_release(&s->options->view);
		s->options->view = before;
		return false;
	}
	weir_view_release(&before);
	s->asked = asked;
	weir_screen_say(s, WEIR_TONE_DONE, "opened %s", path);
	return true;
}

/* "open FILE", "save FILE"; without a word: opens what is there, else saves. */
bool weir_screen_views(struct weir_screen *s, struct weir_str argument, struct weir_error *err)
{
	struct weir_str rest = {0}, first = weir_str_cut(argument, ' ', &rest);
	bool open_it = weir_str_equal(first, WEIR_STR("open")), save_it = weir_str_equal(first, WEIR_STR("save"));
	char *path = weir_str_dup(weir_str_trim(open_it || save_it ? rest : argument));
	bool done = false;
	if (!path)
		weir_fail(err, WEIR_NO_MEMORY, "views", "out of memory");
	else if (!*path)
		weir_fail(err, WEIR_USAGE, "views", "the name of a file is wanted");
	else if (open_it || (!save_it && access(path, F_OK) == 0))
		done = open_view(s, path, err);
	else if (take_view(s, &s->info.view, err) && weir_view_save(s->options, path, err) == WEIR_OK) {
		done = true;
		weir_screen_say(s, WEIR_TONE_DONE, "saved the view to %s", path);
	}
	free(path);
	return done;
}

static void add_base64(struct weir_str s, struct weir_buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < s.size; i += 3) {
		uint32_t n = 0;
		for (size_t k = 0; k < 3; k++)
			n = n << 8 | (i + k < s.size ? (unsigned char)s.data[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			weir_buf_add_char(out, i + k <= s.size ? digits[n >> (18 - 6 * k) & 63] : '=');
	}
}

static void row_text(const struct weir_result *r, const struct weir_result_row *row, struct weir_buf *out)
{
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_value_text(&row->groups[g], out);
		weir_buf_add_char(out, '\t');
	}
	for (uint32_t m = 0; m < r->n_measures; m++) {
		weir_value_text(&row->measures[m], out);
		weir_buf_add_char(out, m + 1 < r->n_measures ? '\t' : '\n');
	}
}

/* The bytes of the row travel as base64: none of them can be taken for a control sequence. */
void weir_screen_copy(struct weir_screen *s)
{
	int row = weir_ui_selected_row(&s->ui, s->result);
	struct weir_buf text = {0}, sequence = {0};
	if (!s->result || !s->term || row < 0) {
		weir_screen_say(s, WEIR_TONE_NOTE, "select a row first: Up and Down");
		return;
	}
	row_text(s->result, &s->result->rows[row], &text);
	weir_buf_add_c(&sequence, "\033]52;c;");
	add_base64(weir_buf_str(&text), &sequence);
	weir_buf_add_c(&sequence, "\a");
	if (!sequence.failed) {
		weir_term_send(s->term, sequence.data, sequence.size);
		weir_screen_say(s, WEIR_TONE_DONE, "copied %zu bytes, if the terminal allows it", text.size);
	}
	weir_buf_release(&text);
	weir_buf_release(&sequence);
}
