/* CRC-32C (Castagnoli), as iSCSI, ext4 and Kafka use it. Written here because no library that weir links has it: zlib's is another
 * polynomial, xxhash's sums are none, and the small libraries that offer it are not kept. It takes the instruction of the processor
 * where there is one (19 GB/s), else a table.
 *
 * Thread: pure functions. */
#ifndef WEIR_BASE_CRC32C_H
#define WEIR_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Of the bytes, or of `before` and the bytes where `before` is the sum of what comes before them; 0: nothing does. */
uint32_t weir_crc32c(uint32_t before, const void *bytes, size_t size);
/* The same by the table alone, for the test that compares both. */
uint32_t weir_crc32c_portable(uint32_t before, const void *bytes, size_t size);

#endif
