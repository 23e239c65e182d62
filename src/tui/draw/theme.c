/* From roles to colours: a theme, a depth of colour and a style give a look. */
#include "tui/draw/theme.h"

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

static enum weir_colors at_most(const struct weir_theme *t, enum weir_colors colors)
{
	enum weir_colors most = t->most_colors == 0     ? WEIR_COLORS_MONO
				: t->most_colors <= 16  ? WEIR_COLORS_16
				: t->most_colors <= 256 ? WEIR_COLORS_256
							: WEIR_COLORS_TRUE;

	return colors < most ? colors : most;
}

struct weir_look weir_theme_look(const struct weir_theme *t, enum weir_colors colors, struct weir_style style)
{
	const struct weir_paint *ink = &t->inks[style.ink < WEIR_INK_COUNT ? style.ink : 0];
	/* Behind the papers come those of the inks' colours. */
	bool of_ink = style.paper >= WEIR_PAPER_COUNT && style.paper < WEIR_PAPER_COUNT + WEIR_INK_COUNT;
	const struct weir_paint *paper = &t->papers[style.paper < WEIR_PAPER_COUNT ? style.paper : 0];
	colors = at_most(t, colors);
	int32_t ground = color_of(of_ink ? &t->inks[style.paper - WEIR_PAPER_COUNT] : paper, colors);
	struct weir_look look = {colors, color_of(ink, colors), ground, style.attributes};
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
