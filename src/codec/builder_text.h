/* How the builder stores text. Private to the builder. */
#ifndef WEIR_CODEC_BUILDER_TEXT_H
#define WEIR_CODEC_BUILDER_TEXT_H

#include "codec/builder.h"

/* Sets text whatever the column means. False: no memory. */
bool weir_builder_set_text(struct weir_builder *b, int column, struct weir_str s);
/* At the end of a batch: whether the texts of a column still deserve their dictionary, and whether it is not too large. */
bool weir_builder_review(struct weir_builder *b, struct weir_builder_column *c);

#endif
