/* A believable result and what a session says beside it, without a session: for tests of the drawing. */
#ifndef WEIR_TESTS_FAKE_RESULT_H
#define WEIR_TESTS_FAKE_RESULT_H

#include "tui/picture/picture.h"

struct fake {
	struct weir_result result;
	struct weir_session_info info;
	struct weir_screen_state state;
	struct weir_picture picture;
};

enum fake_kind {
	FAKE_WEB,     /* 40 services, filter, previous window, live */
	FAKE_END,     /* the same at the end of a file: no window before */
	FAKE_TOTAL,   /* no group */
	FAKE_HOSTILE, /* names and cells full of escape sequences, bidi marks, wide and combining characters */
	FAKE_EMPTY,   /* nothing matches */
	FAKE_NOTHING, /* no result yet */
	FAKE_STREAMS, /* three streams, four partitions, one reconnecting */
	FAKE_PAUSED,
	FAKE_KINDS,
};
extern const char *const fake_names[FAKE_KINDS];
extern const char *const fake_hostile_texts[];
extern const size_t fake_hostile_count;

/* The same numbers every time. Everything is owned by `f`; aborts when memory ends. */
void fake_make(struct fake *f, enum fake_kind kind);
/* After the layout: the panels remember what they show, as they do before a picture is drawn. */
void fake_see(struct fake *f);
void fake_release(struct fake *f);

#endif
