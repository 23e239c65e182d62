/* What the makers of demo records share: random numbers, and numbers and times written as text. */
#include "demo.h"

#include <math.h>

static uint64_t split_mix(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

void weir_demo_gen_init(struct weir_demo_gen *g, uint64_t seed)
{
	const double turn = 6.283185307179586;
	uint64_t fixed = 1;

	for (int i = 0; i < 4; i++)
		g->random[i] = split_mix(&seed);
	g->second = INT64_MIN;
	/* Box-Muller; evenly spaced radii give the same well-formed distribution for every seed. */
	for (int i = 0; i < WEIR_DEMO_SAMPLES; i++) {
		double radius = sqrt(-2 * log((i + 0.5) / WEIR_DEMO_SAMPLES));
		double angle = turn * (double)(split_mix(&fixed) >> 11) / 9007199254740992.0;
		g->normal[i] = (float)(radius * cos(angle));
		g->spread[i] = expf(g->normal[i]);
	}
}

char *weir_demo_put_uint(char *out, uint64_t v)
{
	char digits[24];
	size_t n = sizeof digits;

	do {
		digits[--n] = (char)('0' + v % 10);
	} while (v /= 10);
	return weir_demo_put(out, digits + n, sizeof digits - n);
}

static char *put_padded(char *out, uint32_t v, int width)
{
	for (int i = width; i--; v /= 10)
		out[i] = (char)('0' + v % 10);
	return out + width;
}

char *weir_demo_put_fixed(char *out, int64_t scaled, int decimals)
{
	static const uint32_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
	uint64_t v = scaled < 0 ? (uint64_t)-scaled : (uint64_t)scaled;

	if (scaled < 0)
		*out++ = '-';
	out = weir_demo_put_uint(out, v / powers[decimals]);
	*out++ = '.';
	return put_padded(out, (uint32_t)(v % powers[decimals]), decimals);
}

char *weir_demo_put_time(struct weir_demo_gen *g, char *out, int64_t us, int decimals)
{
	int64_t second = us / WEIR_US_PER_S, rest = us % WEIR_US_PER_S;

	if (rest < 0) {
		second--;
		rest += WEIR_US_PER_S;
	}
	if (second != g->second) {
		struct weir_civil c = weir_time_to_civil(second * WEIR_US_PER_S);
		char *p = put_padded(g->second_text, (uint32_t)c.year, 4);
		const int parts[] = {c.month, c.day, c.hour, c.minute, c.second};
		for (int i = 0; i < 5; i++) {
			*p++ = "--T::"[i];
			p = put_padded(p, (uint32_t)parts[i], 2);
		}
		g->second = second;
	}
	out = weir_demo_put(out, g->second_text, 19);
	*out++ = '.';
	out = put_padded(out, (uint32_t)(decimals == 3 ? rest / 1000 : rest), decimals);
	*out++ = 'Z';
	return out;
}
