/* When the next picture is due. Keys and answers are drawn at once. Data is drawn up to 60 times a second as long as
 * the bytes allow it: a picture that costs little comes soon, one that costs much makes the next wait. Thread: screen;
 * pure but for the struct. */
#ifndef WEIR_TUI_PACE_H
#define WEIR_TUI_PACE_H

#include "weir/base/status.h"

enum weir_pace_why {
	WEIR_PACE_TICK,	  /* nothing happened: rates and clock go on moving */
	WEIR_PACE_DATA,	  /* a new result */
	WEIR_PACE_KEYS,	  /* somebody pressed a key, or the terminal changed */
	WEIR_PACE_ANSWER, /* the result that a question was waiting for */
};

struct weir_pace {
	int64_t drawn_us;      /* monotonic: the last picture */
	int64_t keys_us;       /* the last picture that a key asked for */
	int64_t allowance;     /* bytes that might still have been sent when it was drawn; below 0: too many were */
	int64_t records_us;    /* the records' next turn: what they cost is paid for until then */
	int64_t records_share; /* the bytes a second that it is paid with */
	bool shown;	       /* a picture of rows was drawn: the first one does not wait its turn */
};

void weir_pace_init(struct weir_pace *p);
/* Bytes a second that data may cost: little for a calm stream, whose figures nobody reads faster. */
int64_t weir_pace_bytes_per_s(double records_per_s);
int64_t weir_pace_due_us(const struct weir_pace *p, enum weir_pace_why why, double records_per_s);

struct weir_pace_cost {
	int64_t bytes;	 /* of the picture */
	int64_t records; /* about so many of them for records that were not there before */
	bool whole;	 /* all of it was sent because somebody asked for it: that must not make the next ones wait */
	bool focus;	 /* the records are what one looks at */
};
/* A picture was drawn. Records that run past cost more than all figures: they have a third of the bytes for themselves,
 * or two thirds when one looks at them, and the figures go on meanwhile. */
void weir_pace_drew(struct weir_pace *p, enum weir_pace_why why, int64_t now_us, const struct weir_pace_cost *cost,
		    double records_per_s);

#endif
