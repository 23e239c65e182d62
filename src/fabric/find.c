/* Choosing a fabric by name. */
#include "weir/fabric/fabric.h"

enum weir_status weir_fabric_find(const char *name, const struct weir_fabric_ops **out, struct weir_error *err)
{
	for (size_t i = 0; weir_fabric_table[i]; i++) {
		const struct weir_fabric_ops *ops = weir_fabric_table[i];
		if (name && *name && strcmp(name, ops->name) != 0 && !(ops->answers_to && ops->answers_to(name)))
			continue;
		*out = ops;
		return ops->absent ? weir_fail(err, WEIR_UNSUPPORTED, "--fabric", "%s", ops->absent) : WEIR_OK;
	}
	*out = NULL;
	weir_fail(err, WEIR_USAGE, "--fabric", "there is no fabric \"%s\"", name);
	weir_error_hint(err, "local, or a Spark master: local[2], spark://HOST:PORT, yarn, k8s://HOST:PORT");
	return WEIR_USAGE;
}
