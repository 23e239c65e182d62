#include "tui/pace.h"

enum {
	FRAME_US = 16000,	    /* 60 pictures a second */
	TICK_US = 1000000,	    /* rates go on moving when nothing arrives */
	CALM_BYTES_PER_S = 2800,    /* up to so many records a second: */
	CALM_RECORDS_PER_S = 10000, /* then a byte more for each */
	MOST_BYTES_PER_S = 18000,
	BYTES_SAVED = 16000, /* for bursts: what happens after a quiet while is seen at once */
	LONG_US = 60000000,  /* of quiet: no more can be saved, and longer times would only overflow */
};

void weir_pace_init(struct weir_pace *p)
{
	*p = (struct weir_pace){.allowance = BYTES_SAVED};
}

int64_t weir_pace_bytes_per_s(double records_per_s)
{
	if (!(records_per_s > CALM_RECORDS_PER_S))
		return CALM_BYTES_PER_S;
	double bytes = CALM_BYTES_PER_S + (records_per_s - CALM_RECORDS_PER_S);
	return bytes < MOST_BYTES_PER_S ? (int64_t)bytes : MOST_BYTES_PER_S;
}

/* What is left for the figures. */
static int64_t figures_per_s(const struct weir_pace *p, double records_per_s)
{
	int64_t all = weir_pace_bytes_per_s(records_per_s);
	bool paying = p->records_us > p->drawn_us && p->records_share < all;
	return paying ? all - p->records_share : all;
}

int64_t weir_pace_due_us(const struct weir_pace *p, enum weir_pace_why why, double records_per_s)
{
	int64_t wait = 0;
	switch (why) {
	case WEIR_PACE_ANSWER:
		return p->drawn_us;
	case WEIR_PACE_KEYS:
		return p->keys_us + FRAME_US;
	case WEIR_PACE_TICK:
		return p->drawn_us + TICK_US;
	case WEIR_PACE_DATA:
		break;
	}
	if (p->shown && p->allowance < 0)
		wait = -p->allowance * 1000000 / figures_per_s(p, records_per_s);
	return p->drawn_us + (wait > FRAME_US ? wait : FRAME_US);
}

void weir_pace_drew(struct weir_pace *p, enum weir_pace_why why, int64_t now_us, const struct weir_pace_cost *cost,
		    double records_per_s)
{
	int64_t since = now_us - p->drawn_us < LONG_US ? now_us - p->drawn_us : LONG_US;
	int64_t had = p->allowance + since * figures_per_s(p, records_per_s) / 1000000;
	int64_t figures = cost->bytes > cost->records ? cost->bytes - cost->records : 0;
	had = had > BYTES_SAVED ? BYTES_SAVED : had;
	p->allowance = cost->whole ? BYTES_SAVED : had - figures;
	p->drawn_us = now_us;
	if (why == WEIR_PACE_KEYS)
		p->keys_us = now_us;
	if (cost->records) {
		p->records_share = weir_pace_bytes_per_s(records_per_s) * (cost->focus ? 2 : 1) / 3;
		p->records_us = now_us + cost->records * 1000000 / p->records_share;
	}
}
