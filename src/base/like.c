/* Texts held against patterns of LIKE. */
#include "weir/base/like.h"

static size_t step(struct weir_str s, size_t at)
{
	uint32_t cp;
	size_t n = weir_utf8_decode(s.data + at, s.size - at, &cp);

	return n ? n : 1;
}

/* On a mismatch only the last % needs to be tried further on. */
bool weir_like(struct weir_str s, struct weir_str p, char escape)
{
	size_t i = 0, j = 0, star = SIZE_MAX, retry = 0;

	while (i < s.size) {
		if (j < p.size && p.data[j] == '%' && escape != '%') {
			star = ++j;
			retry = i;
			continue;
		}
		if (j < p.size && p.data[j] == '_' && escape != '_') {
			i += step(s, i);
			j++;
			continue;
		}
		size_t literal = j + 1 < p.size && p.data[j] == escape ? j + 1 : j;
		if (literal < p.size && p.data[literal] == s.data[i]) {
			i++;
			j = literal + 1;
			continue;
		}
		if (star == SIZE_MAX)
			return false;
		retry += step(s, retry);
		if (star < p.size && p.data[star] != '%' && p.data[star] != '_' && p.data[star] != escape) {
			const char *next = memchr(s.data + retry, p.data[star], s.size - retry);
			retry = next ? (size_t)(next - s.data) : s.size;
		}
		i = retry;
		j = star;
	}
	while (j < p.size && p.data[j] == '%' && escape != '%')
		j++;
	return j >= p.size;
}
