#include "tui/cell.h"

#include "tui/width_table.h"

static bool in_ranges(const struct range *ranges, size_t n, uint32_t cp)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (cp > ranges[middle].last)
			low = middle + 1;
		else if (cp < ranges[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

/* Characters that a reader cannot see or that move other characters: category Cf, the separators Zl and Zp, variation
 * selectors, fillers, and what is no character at all. */
static const struct range hidden_ranges[] = {
    {0x0, 0x1f},	{0x7f, 0x9f},	    {0xad, 0xad},	{0x34f, 0x34f},	    {0x600, 0x605},
    {0x61c, 0x61c},	{0x6dd, 0x6dd},	    {0x70f, 0x70f},	{0x890, 0x891},	    {0x8e2, 0x8e2},
    {0x115f, 0x1160},	{0x17b4, 0x17b5},   {0x180b, 0x180f},	{0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f},	{0x3164, 0x3164},   {0xd800, 0xdfff},	{0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},	{0xffa0, 0xffa0},   {0xfff0, 0xfffb},	{0xfffe, 0xffff},   {0x110bd, 0x110bd},
    {0x110cd, 0x110cd}, {0x13430, 0x13438}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
};

int weir_codepoint_width(uint32_t cp)
{
	if (cp >= 0x20 && cp < 0x7f)
		return 1;
	if (in_ranges(hidden_ranges, sizeof(hidden_ranges) / sizeof(hidden_ranges[0]), cp))
		return -1;
	if (cp < 0x300)
		return 1;
	if (in_ranges(combining_ranges, sizeof(combining_ranges) / sizeof(combining_ranges[0]), cp))
		return 0;
	return in_ranges(wide_ranges, sizeof(wide_ranges) / sizeof(wide_ranges[0]), cp) ? 2 : 1;
}

uint32_t weir_codepoint_mark(uint32_t cp)
{
	if (cp < 0x20)
		return 0x2400 + cp; /* the control pictures: ␛ for escape */
	if (cp == 0x7f)
		return 0x2421;
	return 0x25af; /* ▯ */
}
