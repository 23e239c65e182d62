/* Pieces that the generated texts share. */
#ifndef WEIR_SESSION_TEXTS_H
#define WEIR_SESSION_TEXTS_H

#include "weir/session/command.h"
#include "weir/session/option.h"

/* Appends `text` word by word, starting at column `column` (1 = first), broken before column 80 with an indent. Ends the line. */
void weir_text_wrap(struct weir_buf *out, const char *text, size_t column, size_t indent);
/* Text for mdoc: backslashes, leading dots and quotes made safe, `code` in backquotes set as a literal. */
void weir_mdoc_text(struct weir_buf *out, const char *text);

const char *weir_key_context_name(enum weir_key_context c);

#endif
