/* A fabric driven as a session drives it, and beside it what the reference knows: which rows came late, which the plan
 * has counted, which are still held. */
#ifndef WEIR_TEST_ENGINE_H
#define WEIR_TEST_ENGINE_H

#include "../query/plan/property.h"

#include "fabric/local/local.h"

struct engine {
	const struct weir_fabric_ops *ops;
	struct weir_fabric *f;
	struct weir_local *local; /* the same */
	struct weir_clock clock;
	int64_t looked_at_us; /* a moment of the past, 0: none yet */
	int64_t mono_us, wall_us;
	bool live, keeps_rows, bounded; /* bounded: rows may leave before the window lets them */
	uint64_t generation;
	size_t n_fed;
	bool fed[MAX_ROWS], late[MAX_ROWS];
	bool future[MAX_ROWS];             /* its time lay further ahead of its arrival than --skew allowed */
	int64_t first_us[MAX_STREAMS];     /* of the row with a time that came first; WEIR_TIME_NONE */
	int64_t arrived_us, built_from_us; /* the newest arrival; rows up to then had left when the plan was built */
	bool counted[MAX_ROWS];            /* by the plan, since it was last built */
	bool gone[MAX_ROWS], gone_matched[MAX_ROWS];
	size_t order[MAX_STREAMS][MAX_ROWS], n_order[MAX_STREAMS], n_gone[MAX_STREAMS]; /* rows taken in, by arrival */
	/* Lateness, as the header of the buffer tells it. */
	uint32_t n_partitions[MAX_STREAMS];
	int64_t newest_us[MAX_STREAMS][MAX_PARTITIONS], active_us[MAX_STREAMS][MAX_PARTITIONS];
	int64_t watermark_us[MAX_STREAMS];
};
extern struct engine engine;

/* engine_model.c */
void engine_open(void);
void engine_close(void);
/* The next batch through fabric and reference; false: no more. */
bool engine_append(size_t *at, bool *taken);
void engine_ask(void);    /* a new question, drawn */
void engine_forget(void); /* the plan is built from the rows that are held */
bool engine_admitted(size_t row);
bool engine_reaches(size_t row); /* the window of now may have it: it is not from the future any more */

/* engine_check.c */
void engine_check_ledgers(void);
void engine_check_result(void); /* at the newest moment or at one of the past */

#endif
