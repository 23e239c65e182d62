/* Numbers drawn by bench programs, the same in every run, and the end of one that cannot go on. */
#ifndef WEIR_BENCH_DRAW_H
#define WEIR_BENCH_DRAW_H

#include "weir/base/status.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline void stop_on(enum weir_status status, const struct weir_error *err)
{
	char line[800];
	if (status == WEIR_OK)
		return;
	fprintf(stderr, "%s\n", weir_error_line(err, line, sizeof line));
	exit(1);
}

static uint64_t random_state = 1;

static inline uint64_t draw(uint64_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (random_state >> 33) % below;
}

static inline double uniform(void)
{
	return (double)draw(1 << 30) / (1 << 30);
}

#endif
