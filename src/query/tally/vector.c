/* Chooses the version of the vector steps that this processor can run. */
#include "query/tally/vector.h"

const struct weir_tally_vector *weir_tally_vector(void)
{
#ifdef WEIR_TALLY_HAS_AVX2
	if (__builtin_cpu_supports("avx2"))
		return &weir_tally_avx2;
#endif
	return &weir_tally_portable;
}
