#include "tui/theme.h"

#define INK(name, rgb, c256, c16, extra, mono) .inks[WEIR_INK_##name] = {rgb, c256, c16, extra, mono},
#define PAPER(name, rgb, c256, c16, extra, mono) .papers[WEIR_PAPER_##name] = {rgb, c256, c16, extra, mono},
#define BOLD WEIR_BOLD
#define UNDERLINE WEIR_UNDERLINE
#define REVERSE WEIR_REVERSE
#define DIMMED WEIR_FAINT_ATTRIBUTE

static const struct weir_theme themes[WEIR_THEME_COUNT] = {
    [WEIR_THEME_DARK] =
	{
#include "tui/themes/dark.def"
	},
    [WEIR_THEME_LIGHT] =
	{
#include "tui/themes/light.def"
	},
    [WEIR_THEME_CONTRAST] =
	{
#include "tui/themes/contrast.def"
	},
    [WEIR_THEME_BASIC] =
	{
#include "tui/themes/basic.def"
	    .plain = true,
	},
    [WEIR_THEME_MONO] =
	{
#include "tui/themes/basic.def"
	    .mono = true,
	},
};

enum weir_theme_name weir_theme_index(const char *name)
{
	static const char *const names[] = {
#define X(id, text, help) text,
	    WEIR_THEME_LIST(X)
#undef X
	};
	for (int i = 0; name && i < WEIR_THEME_COUNT; i++)
		if (strcmp(names[i], name) == 0)
			return (enum weir_theme_name)i;
	return WEIR_THEME_COUNT;
}

const struct weir_theme *weir_theme_at(enum weir_theme_name name)
{
	return &themes[name < WEIR_THEME_COUNT ? name : 0];
}

const struct weir_theme *weir_theme_find(const char *name)
{
	return weir_theme_at(weir_theme_index(name));
}

static int32_t color_of(const struct weir_paint *p, enum weir_colors colors)
{
	switch (colors) {
	case WEIR_COLORS_TRUE:
		return p->rgb;
	case WEIR_COLORS_256:
		return p->c256;
	case WEIR_COLORS_16:
		return p->c16;
	case WEIR_COLORS_8:
		return p->c16 < 0 ? p->c16 : p->c16 & 7;
	case WEIR_COLORS_MONO:
		break;
	}
	return WEIR_COLOR_DEFAULT;
}

struct weir_look weir_theme_look(const struct weir_theme *t, enum weir_colors colors, struct weir_style style)
{
	const struct weir_paint *ink = &t->inks[style.ink < WEIR_INK_COUNT ? style.ink : 0];
	const struct weir_paint *paper = &t->papers[style.paper < WEIR_PAPER_COUNT ? style.paper : 0];
	if (t->mono)
		colors = WEIR_COLORS_MONO;
	else if (t->plain && colors > WEIR_COLORS_16)
		colors = WEIR_COLORS_16;
	struct weir_look look = {color_of(ink, colors), color_of(paper, colors), style.attributes};
	if (colors == WEIR_COLORS_MONO) {
		look.attributes |= ink->mono | paper->mono;
		/* Dim text on a reversed ground is unreadable on most terminals. */
		if (look.attributes & WEIR_REVERSE)
			look.attributes &= (uint8_t)~WEIR_FAINT_ATTRIBUTE;
		return look;
	}
	look.attributes |= ink->extra | paper->extra;
	/* Bright black on one of eight colours is black on that colour: such a terminal makes it dim instead. */
	if (colors == WEIR_COLORS_8 && ink->c16 == 8) {
		look.ink = WEIR_COLOR_DEFAULT;
		look.attributes |= style.paper == WEIR_PAPER_BASE ? WEIR_FAINT_ATTRIBUTE : 0;
	}
	return look;
}
