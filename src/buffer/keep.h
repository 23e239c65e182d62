/* Removing rows from a batch in place. Thread: the batch's owner. */
#ifndef WEIR_BUFFER_KEEP_H
#define WEIR_BUFFER_KEEP_H

#include "weir/model/batch.h"

/* Rows whose bit in `keep` is not set leave the batch; the others keep their order. For batches as codecs make them (WIDE, BYTE,
 * DICT of 4 bytes, PLAIN). */
void weir_batch_keep(struct weir_batch *b, const uint64_t *keep);

#endif
