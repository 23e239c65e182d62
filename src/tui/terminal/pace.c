/* When the next picture is due. */
#include "tui/terminal/terminal.h"

enum {
	FRAME_US = 33333,          /* 30 pictures a second of data */
	KEYS_US = 16000,           /* 60 of what is typed */
	TICK_US = 1000000,         /* rates go on moving when nothing arrives */
	BYTES_SAVED = 16000,       /* saved up for bursts, so that a change after a pause is seen at once */
	LONG_US = 60000000,        /* the longest pause that counts; anything longer could only overflow */
	UNSURE_US = 3000000,       /* how long a terminal may take over the first question, */
	UNSURE_FRAME_US = 1000000, /* and how rarely it is drawn meanwhile, so as not to fill up a slow line */
	PATIENCE_US = 2000000,     /* an answer later than twice the previous one by this much is taken as lost */
	MOST_QUESTIONS = 4,        /* a terminal that never answers is asked no more often */
};

void weir_pace_init(struct weir_pace *p, int64_t bytes_per_s)
{
	*p = (struct weir_pace){.bytes_per_s = bytes_per_s, .allowance = BYTES_SAVED};
}

/* How long to leave the line alone after the last picture. */
static int64_t line_wait_us(const struct weir_pace *p)
{
	if (!p->asked_us)
		return 0;
	if (p->answers)
		return p->asked_us + PATIENCE_US + 2 * p->answer_us - p->drawn_us;
	/* It may never answer; then only the time that writing takes counts. */
	return p->drawn_us < p->begun_us + UNSURE_US ? UNSURE_FRAME_US : 0;
}

int64_t weir_pace_due_us(const struct weir_pace *p, enum weir_pace_why why)
{
	int64_t wait = FRAME_US, line = line_wait_us(p);
	switch (why) {
	case WEIR_PACE_ANSWER:
		return p->drawn_us;
	case WEIR_PACE_KEYS:
		return p->keys_us + KEYS_US;
	case WEIR_PACE_TICK:
		return p->drawn_us + TICK_US;
	case WEIR_PACE_DATA:
		break;
	}
	if (!p->shown)
		return p->drawn_us + wait;
	wait = line > wait ? line : wait;
	wait = 2 * p->took_us > wait ? 2 * p->took_us : wait;
	if (p->bytes_per_s && p->allowance < 0 && -p->allowance * 1000000 / p->bytes_per_s > wait)
		wait = -p->allowance * 1000000 / p->bytes_per_s;
	return p->drawn_us + wait;
}

void weir_pace_drew(struct weir_pace *p, enum weir_pace_why why, int64_t now_us, const struct weir_pace_cost *cost)
{
	int64_t since = now_us - p->drawn_us < LONG_US ? now_us - p->drawn_us : LONG_US;
	int64_t had = p->allowance + since * p->bytes_per_s / 1000000;
	had = had > BYTES_SAVED ? BYTES_SAVED : had;
	p->allowance = cost->whole ? BYTES_SAVED : had - cost->bytes;
	p->begun_us = p->begun_us ? p->begun_us : now_us;
	p->drawn_us = now_us;
	p->took_us = cost->whole ? 0 : cost->took_us;
	if (cost->asked) {
		p->asked_us = now_us;
		p->unanswered++;
	}
	if (why == WEIR_PACE_KEYS)
		p->keys_us = now_us;
}

bool weir_pace_may_ask(const struct weir_pace *p, int64_t now_us)
{
	if (!p->asked_us)
		return true;
	return (p->answers || p->unanswered < MOST_QUESTIONS) && now_us >= p->asked_us + PATIENCE_US + 2 * p->answer_us;
}

void weir_pace_heard(struct weir_pace *p, int64_t now_us)
{
	if (p->asked_us)
		p->answer_us = now_us - p->asked_us;
	p->asked_us = 0;
	p->unanswered = 0;
	p->answers = true;
}
