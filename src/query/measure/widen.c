#include "query/measure/parts.h"

/* Accumulators of a column that turned out wider: int64 to float64, anything to string. */

static bool sum_widen(struct weir_exact *into, weir_int128 from, struct weir_budget *budget)
{
	struct weir_exact other = {0};
	weir_int128 limit = (weir_int128)1 << (126 - WEIR_EXACT_FRACTION_BITS);
	if (from < limit && from > -limit) {
		other.fixed = from * ((weir_int128)1 << WEIR_EXACT_FRACTION_BITS);
		return weir_exact_merge(into, &other, false, budget);
	}
	struct weir_wide wide = {0};
	other.wide = &wide;
	bool ok =
	    weir_wide_add_bits(&wide, from < 0 ? -(weir_uint128)from : (weir_uint128)from, 1074, from < 0, NULL) &&
	    weir_exact_merge(into, &other, false, budget);
	weir_wide_release(&wide, NULL);
	return ok;
}

static struct weir_value cell_value(enum weir_type type, int64_t cell)
{
	struct weir_value v = {.type = type, .i = cell};
	if (type == WEIR_BOOL)
		v = (struct weir_value){.type = type, .b = cell != 0};
	else if (type == WEIR_FLOAT64)
		memcpy(&v.f, &cell, sizeof v.f);
	return v;
}

static bool keep_text(struct weir_str *kept, const struct weir_value *v, struct weir_budget *budget)
{
	struct weir_buf text = {0};
	weir_value_text(v, &text);
	bool ok = !text.failed && weir_text_keep(kept, weir_buf_str(&text), budget);
	weir_buf_release(&text);
	return ok;
}

static bool extreme_widen(const struct weir_part_ops *ops, enum weir_type to, enum weir_type type, void *into,
			  const struct weir_extreme *from, struct weir_budget *budget)
{
	struct weir_extreme e = {.set = from->set};
	struct weir_value v = cell_value(type, from->key);
	if (!from->set)
		return true;
	if (type == WEIR_FLOAT64)
		v.f = weir_double_of_key(from->key);
	if (to == WEIR_FLOAT64)
		e.key = weir_double_key((double)from->key);
	else if (!keep_text(&e.s, &v, budget))
		return false;
	bool ok = ops->merge(to, into, &e, budget);
	weir_extreme_release(to, &e, budget);
	return ok;
}

static bool pick_widen(const struct weir_part_ops *ops, enum weir_type to, enum weir_type type, void *into,
		       const struct weir_pick *from, struct weir_budget *budget)
{
	struct weir_pick p = {.set = from->set, .order = from->order};
	struct weir_value v = cell_value(type, from->i);
	if (!from->set)
		return true;
	if (to == WEIR_FLOAT64)
		p.i = (int64_t)weir_double_bits((double)from->i);
	else if (!keep_text(&p.s, &v, budget))
		return false;
	bool ok = ops->merge(to, into, &p, budget);
	weir_pick_release(to, &p, budget);
	return ok;
}

bool weir_slab_widen(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot)
{
	for (uint32_t c = 0; c < into->n_components; c++) {
		enum weir_component_kind kind = into->components[c].kind;
		enum weir_type to = into->components[c].type, type = from->components[c].type;
		const struct weir_part_ops *ops = &weir_part_table[kind];
		void *a = weir_slab_item(into, c, slot), *b = weir_slab_item(from, c, from_slot);
		bool ok;
		if (to == type)
			ok = ops->merge(to, a, b, into->budget);
		else if (type == WEIR_NULL && kind != WEIR_PART_COUNT)
			ok = true; /* there was no value yet */
		else if (kind == WEIR_PART_SUM)
			ok = to != WEIR_FLOAT64 || sum_widen(a, *(weir_int128 *)b, into->budget);
		else if (kind == WEIR_PART_MIN || kind == WEIR_PART_MAX)
			ok = extreme_widen(ops, to, type, a, b, into->budget);
		else if (kind == WEIR_PART_FIRST || kind == WEIR_PART_LAST)
			ok = pick_widen(ops, to, type, a, b, into->budget);
		else
			ok = ops->merge(to, a, b, into->budget);
		if (kind == WEIR_PART_QUANTILE && to == WEIR_FLOAT64)
			((struct weir_quantile *)a)->integers = false;
		if (!ok)
			return false;
	}
	into->rows[slot] += from->rows[from_slot];
	return true;
}
