/* The two lines below: where each record went (or what there is to say), and the keys. */
#include "tui/picture/picture.h"

#include <stdio.h>

static int put_term(struct weir_canvas c, int x, const char *sign, const char *name, uint64_t n, enum weir_ink ink)
{
	char text[160], count[WEIR_FORMAT_BYTES];
	snprintf(text, sizeof(text), "%s%s ", sign, name);
	x += weir_cell_put(c, x, 0, text, weir_style(WEIR_INK_DIM));
	x += weir_cell_put(c, x, 0, weir_format_count(n, count), weir_style(ink));
	return x;
}

/* Of several landings, what the slowest has done. */
static int put_landings(const struct weir_session_info *info, struct weir_canvas c, int x)
{
	uint64_t landed = UINT64_MAX, waiting = 0, lacking = 0;
	for (uint32_t i = 0; i < info->n_landings; i++) {
		const struct weir_landing_status *s = &info->landings[i];
		landed = s->landed < landed ? s->landed : landed;
		waiting = s->waiting > waiting ? s->waiting : waiting;
		lacking += s->refused + s->shed;
	}
	if (!info->n_landings)
		return x;
	x = put_term(c, x, ", ", "landed", landed, WEIR_INK_DIM);
	if (waiting)
		x = put_term(c, x, ", ", "waiting", waiting, WEIR_INK_DIM);
	if (lacking)
		x = put_term(c, x, ", ", "not landed", lacking, WEIR_INK_BAD);
	return x;
}

static int put_capture(const struct weir_session_info *info, struct weir_canvas c, int x)
{
	if (!info->capturing)
		return x;
	x = put_term(c, x, ", ", "captured", info->capture.captured, WEIR_INK_DIM);
	if (info->capture.missed)
		x = put_term(c, x, ", ", "not captured", info->capture.missed, WEIR_INK_BAD);
	return x;
}

static void draw_ledger(const struct weir_picture *pic, struct weir_canvas c)
{
	const struct weir_ledger *l = &pic->result->ledger;
	for (int i = 0; i < c.columns; i++)
		weir_cell_put_glyph(c, i, 0, 0x2500, weir_style(WEIR_INK_FAINT));
	int x = 1;
	weir_cell_put(c, x++, 0, " ", weir_style(WEIR_INK_FAINT));
	x = put_term(c, x, "", "received", l->received, WEIR_INK_DIM);
	x = put_term(c, x, " = ", "matched", l->matched, WEIR_INK_DIM);
	x = put_term(c, x, " + ", "filtered", l->filtered, WEIR_INK_DIM);
	int from = x;
	if (l->malformed)
		x = put_term(c, x, " + ", "malformed", l->malformed, WEIR_INK_WARN);
	weir_spot_put(c, from, 0, x - from, WEIR_SPOT_KEY, 0, "M");
	if (l->duplicate)
		x = put_term(c, x, " + ", "duplicate", l->duplicate, WEIR_INK_DIM);
	from = x;
	if (l->late)
		x = put_term(c, x, " + ", "late", l->late, WEIR_INK_WARN);
	weir_spot_put(c, from, 0, x - from, WEIR_SPOT_KEY, 0, "M");
	if (l->shed)
		x = put_term(c, x, " + ", "shed", l->shed, WEIR_INK_BAD);
	if (l->no_time)
		x = put_term(c, x, ", ", "without time", l->no_time, WEIR_INK_WARN);
	if (l->lost)
		x = put_term(c, x, ", ", "lost", l->lost, WEIR_INK_BAD);
	if (l->truncated_by_memory)
		x = put_term(c, x, ", ", "dropped for memory", l->truncated_by_memory, WEIR_INK_WARN);
	x = put_landings(pic->info, c, x);
	x = put_capture(pic->info, c, x);
	weir_cell_put(c, x, 0, " ", weir_style(WEIR_INK_FAINT));
}

static void draw_message(struct weir_canvas c, const char *text, enum weir_tone tone)
{
	enum weir_ink ink = tone == WEIR_TONE_ERROR  ? WEIR_INK_BAD
			    : tone == WEIR_TONE_WARN ? WEIR_INK_WARN
			    : tone == WEIR_TONE_DONE ? WEIR_INK_GOOD
						     : WEIR_INK_TEXT;
	weir_cell_put_text(c, 1, 0, c.columns - 2, weir_str_of(text), weir_style(ink), WEIR_LEFT);
}

/* A key with its label. What is worth less goes first where there is not room for all. */
struct hint {
	const char *key, *label;
	int worth; /* 1 the most */
	bool shown;
};
enum { MOST_HINTS = 64, OWN_WORTH = 6, OWN_ACT_WORTH = 12 /* at least, of what belongs to the panel */ };
struct hints {
	struct hint items[MOST_HINTS];
	int n;
};

static void add_hint(struct hints *h, const char *key, const char *label, int worth)
{
	if (h->n < MOST_HINTS)
		h->items[h->n++] = (struct hint){key, label, worth, false};
}

static int hint_columns(const struct hint *h)
{
	return weir_text_columns(weir_str_of(h->key)) + weir_text_columns(weir_str_of(h->label)) + 3;
}

static bool is_an_act(enum weir_command command)
{
	return command == WEIR_CMD_KEEP || command == WEIR_CMD_EXCLUDE || command == WEIR_CMD_COPY;
}

/* The word of the panel in focus for a command, as it is now; NULL: it has none; "": the command does nothing there. */
static const char *own_label(const struct weir_picture *pic, enum weir_command command)
{
	const struct weir_panel *panel = pic->panels[pic->state->focus];
	bool known;
	if (!weir_notice_none(pic))
		return is_an_act(command) ? "" : NULL;
	const char *own = panel->label ? panel->label(pic, command) : NULL;
	const struct weir_panel_act *act = own ? NULL : weir_panel_act_of(pic, panel, command, &known);
	return own ? own : act ? act->label : is_an_act(command) ? "" : NULL;
}

static void add_views(const struct weir_picture *pic, struct hints *h)
{
	const struct weir_views_state *v = &pic->state->views;
	if (v->list.n)
		add_hint(h, "Up Down", "look", 2);
	if (v->cursor >= 0 && v->cursor < (int)v->list.n && v->list.items[v->cursor].fault.code == WEIR_OK)
		add_hint(h, "Enter", "open", 1);
	for (const struct weir_key *k = weir_key_table; k->key; k++)
		if (k->context == WEIR_KEYS_VIEWS && k->label && (v->cursor >= 0 || k->command != WEIR_CMD_VIEW_DELETE))
			add_hint(h, k->key, k->label, k->bar);
	add_hint(h, "Esc", "return", 3);
}

/* What the panel in focus has a word for stands first, then its keys, then those of everywhere. */
static void collect_hints(const struct weir_picture *pic, struct hints *h)
{
	const struct weir_panel *panel = pic->panels[pic->state->focus];
	bool page = pic->state->page != WEIR_PAGE_NONE;
	if (pic->state->page == WEIR_PAGE_TRAIL) {
		add_hint(h, "Up Down", "go there", 1);
		add_hint(h, "Enter", "stay", 2);
		add_hint(h, "Esc", "return", 3);
		return;
	}
	if (pic->state->page == WEIR_PAGE_VIEWS) {
		add_views(pic, h);
		return;
	}
	for (int pass = 0; pass < 2; pass++) {
		for (const struct weir_key *k = weir_key_table; k->key; k++) {
			const char *own = page ? NULL : own_label(pic, k->command), *label = own ? own : k->label;
			if (k->context != (page ? WEIR_KEYS_HELP : WEIR_KEYS_ALL) || !k->bar || !label || !*label)
				continue;
			if (k->command == WEIR_CMD_PAUSE && pic->info->paused)
				label = "go on";
			int least = is_an_act(k->command) ? OWN_ACT_WORTH : OWN_WORTH;
			bool special = own && k->label && k->bar > least;
			if ((own != NULL) == (pass == 0))
				add_hint(h, k->key, label, special ? least : k->bar);
		}
		for (const struct weir_panel_key *k = pass == 0 && !page ? panel->keys : NULL; k && k->key; k++)
			if (k->label)
				add_hint(h, k->key, k->label, OWN_WORTH);
	}
}

/* The keys of the panel, then those of everywhere, as far as there is room. */
static void draw_keys(const struct weir_picture *pic, struct weir_canvas c)
{
	struct hints h = {.n = 0};
	int x = 1, room = c.columns + 1;
	collect_hints(pic, &h);
	for (int worth = 1; worth < 100; worth++)
		for (int i = 0; i < h.n; i++)
			if (h.items[i].worth == worth && hint_columns(&h.items[i]) <= room) {
				h.items[i].shown = true;
				room -= hint_columns(&h.items[i]);
			}
	for (int i = 0; i < h.n; i++) {
		const struct hint *one = &h.items[i];
		if (!one->shown)
			continue;
		weir_cell_put(c, x, 0, one->key, weir_style(WEIR_INK_KEY));
		weir_cell_put(c, x + 1 + weir_text_columns(weir_str_of(one->key)), 0, one->label,
			      weir_style(WEIR_INK_DIM));
		if (!strchr(one->key, ' ')) /* one key, not two */
			weir_spot_put(c, x, 0, hint_columns(one) - 1, WEIR_SPOT_KEY, 0, one->key);
		x += hint_columns(one);
	}
}

/* The first stream that is not running, and says why. */
static const struct weir_stream_info *troubled_stream(const struct weir_session_info *info)
{
	for (uint32_t i = 0; i < info->n_streams; i++) {
		const struct weir_stream_info *s = &info->streams[i];
		if (s->detail[0] && (s->state == WEIR_STREAM_RECONNECTING || s->state == WEIR_STREAM_FAILED))
			return s;
	}
	return NULL;
}

/* The same of a landing. */
static const struct weir_landing_status *troubled_landing(const struct weir_session_info *info)
{
	for (uint32_t i = 0; i < info->n_landings; i++)
		if (info->landings[i].state != WEIR_LANDING_WORKING)
			return &info->landings[i];
	return NULL;
}

void weir_foot_draw(const struct weir_picture *pic, struct weir_canvas ledger, struct weir_canvas keys)
{
	const struct weir_stream_info *trouble = troubled_stream(pic->info);
	const struct weir_landing_status *landing = troubled_landing(pic->info);
	char text[640];
	if (pic->state->message[0] && pic->state->tone == WEIR_TONE_TRAIL) {
		weir_crumbs_draw(pic, ledger, weir_str_of(pic->state->message));
	} else if (pic->state->message[0]) {
		draw_message(ledger, pic->state->message, pic->state->tone);
	} else if (trouble) {
		snprintf(text, sizeof(text), "%s: %s", trouble->name, trouble->detail);
		draw_message(ledger, text, WEIR_TONE_ERROR);
	} else if (landing) {
		snprintf(text, sizeof(text), "%s: %s", landing->address,
			 landing->failure.code != WEIR_OK ? landing->failure.what : landing->trouble);
		draw_message(ledger, text, WEIR_TONE_ERROR);
	} else if (pic->info->capturing && pic->info->capture.failure.code != WEIR_OK) {
		snprintf(text, sizeof(text), "%s: %s", pic->info->capture.path, pic->info->capture.failure.what);
		draw_message(ledger, text, WEIR_TONE_ERROR);
	} else if (pic->welcome && *pic->welcome) {
		draw_message(ledger, pic->welcome, WEIR_TONE_NOTE);
	} else if (pic->result) {
		draw_ledger(pic, ledger);
	}
	draw_keys(pic, keys);
}
