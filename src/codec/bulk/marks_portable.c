/* Marks and numbers of plain records, for any processor. */
#include "codec/bulk/mark_bits.h"
#include "codec/bulk/bulk.h"

#define BULK_KIND weir_bulk_portable
#define BULK_TARGET

static inline struct weir_mark_bits plain_masks(const char *block, char separator, bool others)
{
	return weir_mark_bits(block, separator, others);
}

static inline uint64_t plain_lowest(uint64_t bits)
{
	return (uint64_t)__builtin_ctzll(bits | UINT64_C(1) << 63);
}

static inline const char *plain_digits(const char *p, struct weir_digits *out)
{
	return weir_digits_read(p, out);
}

#include "codec/bulk/marks_tmpl.h"
