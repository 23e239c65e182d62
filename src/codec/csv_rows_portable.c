/* Marks and numbers of CSV, for any processor. */
#include "codec/csv_bits.h"
#include "codec/csv_rows.h"

#define CSV_KIND weir_csv_portable
#define CSV_TARGET

static inline void csv_masks(const char *block, char separator, struct weir_csv_masks *out)
{
	*out = weir_csv_masks(block, separator);
}

static inline uint64_t csv_lowest(uint64_t bits)
{
	return (uint64_t)__builtin_ctzll(bits | UINT64_C(1) << 63);
}

static inline const char *csv_digits(const char *p, struct weir_digits *out)
{
	return weir_digits_read(p, out);
}

#include "codec/csv_rows_tmpl.h"
