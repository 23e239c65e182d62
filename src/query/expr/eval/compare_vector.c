/* Which version of the comparisons this processor runs. */
#include "query/expr/eval/eval.h"

const struct weir_compare_vector *weir_compare_vector(void)
{
#ifdef WEIR_COMPARE_HAS_AVX2
	if (__builtin_cpu_supports("avx2"))
		return &weir_compare_avx2;
#endif
	return &weir_compare_portable;
}
