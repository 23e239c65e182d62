/* Marks and numbers of plain records, for any processor. */
#include "codec/plain_bits.h"
#include "codec/plain.h"

#define PLAIN_KIND weir_plain_portable
#define PLAIN_TARGET

static inline struct weir_plain_masks plain_masks(const char *block, char separator, bool others)
{
	return weir_plain_masks(block, separator, others);
}

static inline uint64_t plain_lowest(uint64_t bits)
{
	return (uint64_t)__builtin_ctzll(bits | UINT64_C(1) << 63);
}

static inline const char *plain_digits(const char *p, struct weir_digits *out)
{
	return weir_digits_read(p, out);
}

#include "codec/plain_tmpl.h"
