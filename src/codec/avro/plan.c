/* A schema into steps: each value that has a column of its own, in the order in which a datum has them. */
#include "codec/avro/avro.h"

#include "weir/base/bounds.h"

#include <stdlib.h>

/* So many steps at most: records in records multiply. What lies beyond is JSON in one column. */
enum { MOST_STEPS = 4 * WEIR_MAX_COLUMNS, MOST_DEPTH = 32 };

static struct weir_str path_of(struct avro_plan *plan, struct weir_str above, struct weir_str name)
{
	struct weir_buf path = {0};
	weir_buf_add_str(&path, above);
	if (above.size)
		weir_buf_add_char(&path, '.');
	weir_buf_add_str(&path, name);
	struct weir_str out = {NULL, 0};
	if (!path.failed)
		out = weir_arena_str(&plan->arena, weir_buf_str(&path));
	weir_buf_release(&path);
	return out;
}

/* The index of a new step; -1: no memory. */
static int64_t add_step(struct avro_plan *plan, enum avro_op op, const struct avro_node *node, struct weir_str name)
{
	if (!name.size)
		name = WEIR_STR("value");
	if (!weir_grow((void **)&plan->steps, &plan->steps_capacity, plan->n + (size_t)1, sizeof *plan->steps))
		return -1;
	plan->steps[plan->n] = (struct avro_step){.op = op, .node = node, .name = name, .next = plan->n + 1};
	return plan->n++;
}

static bool add_node(struct avro_plan *plan, const struct avro_node *node, struct weir_str name, unsigned depth);

static bool add_record(struct avro_plan *plan, struct avro_node *node, struct weir_str name, unsigned depth)
{
	bool ok = true;
	node->open = true;
	for (uint32_t i = 0; ok && i < node->n; i++) {
		struct weir_str path = path_of(plan, name, node->names[i]);
		ok = path.data && add_node(plan, node->items[i], path, depth + 1);
	}
	node->open = false;
	return ok;
}

static bool add_union(struct avro_plan *plan, const struct avro_node *node, struct weir_str name, unsigned depth)
{
	int64_t at = add_step(plan, AVRO_BRANCHES, node, name);
	uint32_t first = plan->n_starts;
	if (at < 0 || !weir_grow((void **)&plan->starts, &plan->starts_capacity, first + (size_t)node->n + 1,
				 sizeof *plan->starts))
		return false;
	plan->n_starts += node->n + 1;
	for (uint32_t i = 0; i < node->n; i++) {
		plan->starts[first + i] = plan->n;
		if (node->items[i]->kind != AVRO_NULL && !add_node(plan, node->items[i], name, depth + 1))
			return false;
	}
	plan->starts[first + node->n] = plan->n;
	plan->steps[at].first = first;
	plan->steps[at].next = plan->n;
	return true;
}

static bool add_node(struct avro_plan *plan, const struct avro_node *node, struct weir_str name, unsigned depth)
{
	bool beyond = plan->n >= MOST_STEPS || depth > MOST_DEPTH;
	if (node->kind == AVRO_RECORD && !node->open && !beyond)
		return add_record(plan, (struct avro_node *)node, name, depth);
	if (node->kind == AVRO_UNION && !beyond)
		return add_union(plan, node, name, depth);
	return add_step(plan, node->kind >= AVRO_ARRAY ? AVRO_JSON : AVRO_VALUE, node, name) >= 0;
}

bool avro_plan_make(struct avro_plan *plan, struct avro_schema *schema)
{
	plan->schema = avro_schema_ref(schema);
	return add_node(plan, schema->root, (struct weir_str){NULL, 0}, 0);
}

void avro_plan_release(struct avro_plan *plan)
{
	avro_schema_unref(plan->schema);
	free(plan->steps);
	free(plan->starts);
	weir_arena_release(&plan->arena);
	weir_buf_release(&plan->text);
	*plan = (struct avro_plan){0};
}
