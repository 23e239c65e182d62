/* The built-in generators: made-up data that looks alive, from a seed. A maker writes one record as a line of JSON. */
#ifndef WEIR_SOURCE_DEMO_DEMO_H
#define WEIR_SOURCE_DEMO_DEMO_H

#include "weir/base/time.h"

enum { WEIR_DEMO_RECORD_BYTES = 512, WEIR_DEMO_SAMPLES = 4096 };

struct weir_demo_gen {
	uint64_t random[4];
	int64_t second;                  /* whose text is cached */
	char second_text[24];            /* "2026-11-22T10:00:00" */
	float normal[WEIR_DEMO_SAMPLES]; /* samples of the standard normal distribution */
	float spread[WEIR_DEMO_SAMPLES]; /* e to the power of each: times a median it is a lognormal sample */
};

struct weir_demo_maker {
	const char *name; /* "orders" */
	const char *help;
	/* Writes one record with its line end, at most WEIR_DEMO_RECORD_BYTES; returns its end. */
	char *(*make)(struct weir_demo_gen *g, int64_t event_us, char *out);
};

extern const struct weir_demo_maker weir_demo_orders, weir_demo_web, weir_demo_sensors;

void weir_demo_gen_init(struct weir_demo_gen *g, uint64_t seed);

/* Method: xoshiro256** by Blackman and Vigna (public domain). */
static inline uint64_t weir_demo_random(struct weir_demo_gen *g)
{
	uint64_t *s = g->random, x = s[1] * 5, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = s[3] << 45 | s[3] >> 19;
	return (x << 7 | x >> 57) * 9;
}

/* 0 … n-1, from 32 bits of randomness. */
static inline uint32_t weir_demo_pick(uint32_t bits, uint32_t n)
{
	return (uint32_t)((uint64_t)bits * n >> 32);
}

static inline char *weir_demo_put(char *out, const char *text, size_t size)
{
	memcpy(out, text, size);
	return out + size;
}
#define WEIR_DEMO_PUT(out, literal) weir_demo_put((out), (literal), sizeof(literal) - 1)

char *weir_demo_put_uint(char *out, uint64_t v);
char *weir_demo_put_fixed(char *out, int64_t scaled, int decimals); /* 1234 with 2 decimals: 12.34 */
char *weir_demo_put_time(struct weir_demo_gen *g, char *out, int64_t us, int decimals); /* ISO 8601 with 3 or 6 */

#endif
