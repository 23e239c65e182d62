/* UTF-8 by the table of well-formed sequences (Unicode 15, table 3-7). Inline steps of a decoder, so no library call. */
#include "weir/base/str.h"

size_t weir_utf8_decode(const char *s, size_t size, uint32_t *cp)
{
	if (!size)
		return 0;
	unsigned char b = (unsigned char)s[0];
	size_t n = b < 0x80 ? 1 : b >= 0xc2 && b < 0xe0 ? 2 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xf0 && b < 0xf5 ? 4 : 0;
	if (n == 0 || n > size)
		return 0;
	uint32_t v = n == 1 ? b : b & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if ((c & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (c & 0x3f);
	}
	if ((n == 3 && (v < 0x800 || (v >= 0xd800 && v < 0xe000))) || (n == 4 && (v < 0x10000 || v > 0x10ffff)))
		return 0;
	*cp = v;
	return n;
}

size_t weir_utf8_encode(uint32_t cp, char out[4])
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		cp = 0xfffd;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

bool weir_utf8_valid(struct weir_str s)
{
	size_t i = 0;
	while (i < s.size) {
		uint64_t word;
		if (i + 8 <= s.size && (memcpy(&word, s.data + i, 8), (word & 0x8080808080808080ull) == 0)) {
			i += 8;
			continue;
		}
		uint32_t cp;
		size_t n = weir_utf8_decode(s.data + i, s.size - i, &cp);
		if (!n)
			return false;
		i += n;
	}
	return true;
}

void weir_utf8_repair(struct weir_str s, struct weir_buf *out)
{
	size_t good = 0, n; /* bytes before i that are not yet appended begin here */

	for (size_t i = 0; i < s.size; i += n ? n : 1) {
		uint32_t cp = 0;
		n = weir_utf8_decode(s.data + i, s.size - i, &cp);
		if (n && cp)
			continue;
		weir_buf_add(out, s.data + good, i - good);
		weir_buf_add_c(out, "\xef\xbf\xbd");
		good = i + 1;
	}
	weir_buf_add(out, s.data + good, s.size - good);
}
