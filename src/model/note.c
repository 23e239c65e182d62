/* The texts of the notes. */
#include "weir/model/note.h"

const struct weir_note_text *weir_note_text(enum weir_note kind)
{
	static const struct weir_note_text texts[] = {
#define X(name, code, unit, rest, hint) {code, unit, rest, hint},
	    WEIR_NOTE_LIST(X)
#undef X
	};

	return &texts[kind];
}
