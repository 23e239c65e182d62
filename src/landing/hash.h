/* A hash of a row, for landings whose keys have one: two rows of the same place with the same values have the same, and others
 * another. It is part of what is written, so it must never change.
 *
 * A column may have become wider since a row was landed first. So a number counts alike as an integer, as a float that is whole,
 * and as the text of it; and a row's hash is the sum of those of its values, whatever their order, without keys that are missing.
 * Thread: plain functions. */
#ifndef WEIR_LANDING_HASH_H
#define WEIR_LANDING_HASH_H

#include "weir/model/value.h"

uint64_t weir_landing_hash_name(struct weir_str column);
/* Of the value of a column with that hash of its name. `scratch` is the caller's; when it has failed, the hash is none. */
uint64_t weir_landing_hash_value(const struct weir_value *v, uint64_t name, struct weir_buf *scratch);

#endif
