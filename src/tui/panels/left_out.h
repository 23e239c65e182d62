/* What the person did with the panel of records that were left out. Part of the state of the screen. Thread: screen. */
#ifndef WEIR_TUI_LEFT_OUT_H
#define WEIR_TUI_LEFT_OUT_H

#include "tui/panels/records.h"

struct weir_left_state {
	bool held;       /* the cursor is on a record of its own; else on the newest */
	uint64_t number; /* of that record */
	int line;        /* lines of the list below the cursor */
	int only;        /* this kind and no other (enum weir_left_kind); -1: all */
	bool open;       /* the cursor's record is shown in full */
	struct weir_record_page page;
};

void weir_left_init(struct weir_left_state *s);
void weir_left_release(struct weir_left_state *s);

#endif
