/* Many numbers against one: the portable version. */
#include "query/expr/eval/eval.h"

#define KERNEL_TYPE uint8_t
#define KERNEL(name) name##_u8
#include "kernel_compare_tmpl.h"
#define KERNEL_TYPE uint16_t
#define KERNEL(name) name##_u16
#include "kernel_compare_tmpl.h"
#define KERNEL_TYPE uint32_t
#define KERNEL(name) name##_u32
#include "kernel_compare_tmpl.h"
#define KERNEL_TYPE int64_t
#define KERNEL(name) name##_i64
#include "kernel_compare_tmpl.h"
#define KERNEL_TYPE double
#define KERNEL(name) name##_f64
#include "kernel_compare_tmpl.h"

const struct weir_compare_vector weir_compare_portable = {compare_u8, compare_u16, compare_u32, compare_i64,
							  compare_f64};
