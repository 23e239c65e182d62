/* The two lines below: where each record went (or what there is to say), and the keys. */
#include "tui/frame.h"

#include "tui/format.h"

#include <stdio.h>

static int put_term(struct weir_canvas c, int x, const char *sign, const char *name, uint64_t n, enum weir_ink ink)
{
	char text[160], count[WEIR_FORMAT_BYTES];
	snprintf(text, sizeof(text), "%s%s ", sign, name);
	x += weir_cell_put(c, x, 0, text, weir_style(WEIR_INK_DIM));
	x += weir_cell_put(c, x, 0, weir_format_count(n, count), weir_style(ink));
	return x;
}

static void draw_ledger(const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_ledger *l = &f->result->ledger;
	for (int i = 0; i < c.columns; i++)
		weir_cell_put_glyph(c, i, 0, 0x2500, weir_style(WEIR_INK_FAINT));
	int x = 1;
	weir_cell_put(c, x++, 0, " ", weir_style(WEIR_INK_FAINT));
	x = put_term(c, x, "", "received", l->received, WEIR_INK_DIM);
	x = put_term(c, x, " = ", "matched", l->matched, WEIR_INK_DIM);
	x = put_term(c, x, " + ", "filtered", l->filtered, WEIR_INK_DIM);
	if (l->malformed)
		x = put_term(c, x, " + ", "malformed", l->malformed, WEIR_INK_WARN);
	if (l->duplicate)
		x = put_term(c, x, " + ", "duplicate", l->duplicate, WEIR_INK_DIM);
	if (l->late)
		x = put_term(c, x, " + ", "late", l->late, WEIR_INK_WARN);
	if (l->shed)
		x = put_term(c, x, " + ", "shed", l->shed, WEIR_INK_BAD);
	if (l->no_time)
		x = put_term(c, x, ", ", "without time", l->no_time, WEIR_INK_WARN);
	if (l->truncated_by_memory)
		x = put_term(c, x, ", ", "dropped for memory", l->truncated_by_memory, WEIR_INK_WARN);
	weir_cell_put(c, x, 0, " ", weir_style(WEIR_INK_FAINT));
}

static void draw_message(struct weir_canvas c, const char *text, enum weir_tone tone)
{
	enum weir_ink ink = tone == WEIR_TONE_ERROR  ? WEIR_INK_BAD
			    : tone == WEIR_TONE_DONE ? WEIR_INK_GOOD
						     : WEIR_INK_TEXT;
	weir_cell_put_text(c, 1, 0, c.columns - 2, weir_str_of(text), weir_style(ink), WEIR_LEFT);
}

/* The keys of where one is, in the order of their places; a panel's own before those of everywhere. */
static void draw_keys(const struct weir_frame *f, struct weir_canvas c)
{
	int x = 1, help = 0;
	enum weir_key_context context = f->ui->help ? WEIR_KEYS_HELP : WEIR_KEYS_ALL;
	for (int place = 1; place < 100; place++)
		for (const struct weir_key *k = weir_key_table; k->key; k++) {
			if (k->context != context || k->bar != place || !k->label)
				continue;
			int columns = (int)(strlen(k->key) + strlen(k->label)) + 1;
			/* Help and quit are always there, whatever else falls off. */
			bool always = k->command == WEIR_CMD_HELP || k->command == WEIR_CMD_QUIT;
			if (x + columns > c.columns - (always ? 1 : 16) + help)
				continue;
			x += weir_cell_put(c, x, 0, k->key, weir_style(WEIR_INK_KEY)) + 1;
			bool on = k->command == WEIR_CMD_PAUSE && f->info->paused;
			x += weir_cell_put(c, x, 0, on ? "go on" : k->label, weir_style(WEIR_INK_DIM)) + 2;
		}
}

/* Why a stream does not run, as long as that is so. */
static const struct weir_stream_info *troubled_stream(const struct weir_session_info *info)
{
	for (uint32_t i = 0; i < info->n_streams; i++) {
		const struct weir_stream_info *s = &info->streams[i];
		if (s->detail[0] && (s->state == WEIR_STREAM_RECONNECTING || s->state == WEIR_STREAM_FAILED))
			return s;
	}
	return NULL;
}

void weir_foot_draw(const struct weir_frame *f, struct weir_canvas ledger, struct weir_canvas keys)
{
	const struct weir_stream_info *trouble = troubled_stream(f->info);
	char text[300];
	if (f->ui->message[0]) {
		draw_message(ledger, f->ui->message, f->ui->tone);
	} else if (trouble) {
		snprintf(text, sizeof(text), "%s: %s", trouble->name, trouble->detail);
		draw_message(ledger, text, WEIR_TONE_ERROR);
	} else if (f->welcome && *f->welcome) {
		draw_message(ledger, f->welcome, WEIR_TONE_NOTE);
	} else if (f->result) {
		draw_ledger(f, ledger);
	}
	draw_keys(f, keys);
}
