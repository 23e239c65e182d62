/* Choosing a fabric by name. */
#include "weir/fabric/fabric.h"

enum weir_status weir_fabric_find(const char *name, const struct weir_fabric_ops **out, struct weir_error *err)
{
	for (size_t i = 0; weir_fabric_table[i]; i++) {
		const struct weir_fabric_ops *ops = weir_fabric_table[i];
		if (name && *name && strcmp(name, ops->name) != 0)
			continue;
		*out = ops;
		return ops->absent ? weir_fail(err, WEIR_UNSUPPORTED, "--fabric", "%s", ops->absent) : WEIR_OK;
	}
	*out = NULL;
	return weir_fail(err, WEIR_USAGE, "--fabric", "there is no fabric \"%s\"", name);
}
