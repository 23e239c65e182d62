/* A partial row as it comes: held against the layout, packed, kept. */
#include "query/partial/partial.h"

static bool fits(const struct weir_partial_column *c, struct weir_value *v)
{
	if (v->type == WEIR_NULL)
		return true;
	if (c->type == WEIR_FLOAT64 && v->type == WEIR_INT64 && !v->wide)
		*v = (struct weir_value){.type = WEIR_FLOAT64, .f = (double)v->i};
	else if (c->type == WEIR_TIMESTAMP && v->type == WEIR_INT64 && !v->wide)
		v->type = WEIR_TIMESTAMP;
	return v->type == c->type && (!v->wide || c->decimal);
}

static enum weir_status pack(const struct weir_partial_column *columns, const struct weir_value *values, uint32_t n,
			     struct weir_buf *out, struct weir_error *err)
{
	weir_buf_clear(out);
	for (uint32_t i = 0; i < n; i++) {
		struct weir_value v = values[i];
		if (!fits(columns + i, &v))
			return weir_fail(err, WEIR_MALFORMED, "partial row", WEIR_STR_FMT " is %s, not %s",
					 WEIR_STR_ARG(columns[i].name), weir_type_name(values[i].type),
					 weir_type_name(columns[i].type));
		weir_packed_add(&v, out);
	}
	return out->failed ? weir_fail(err, WEIR_NO_MEMORY, "partial row", "out of memory") : WEIR_OK;
}

static enum weir_status not_a_row(const char *why, struct weir_error *err)
{
	return weir_fail(err, WEIR_MALFORMED, "partial row", "%s", why);
}

/* What apply relies on. */
static enum weir_status check(const struct weir_partials *s, const struct weir_value *keys,
			      const struct weir_value *values, struct weir_error *err)
{
	bool timed = keys[0].type != WEIR_NULL;
	int64_t width = s->layout.pane_us, start = timed ? keys[0].i : 0;
	bool one = width == WEIR_PARTIAL_ONE_PANE;
	if (timed && (start % width || !weir_time_exists(start)))
		return not_a_row("it begins with no pane", err);
	if (timed != (keys[1].type == WEIR_BOOL))
		return not_a_row("its edge is not true or false", err);
	if (values[0].type != WEIR_INT64 || values[0].i < 0)
		return not_a_row("its count is none", err);
	for (uint32_t i = 1; timed && i < WEIR_PARTIAL_FIXED_VALUES; i++)
		if (values[i].type == WEIR_NULL || (!one && (values[i].i < start || values[i].i >= start + width)))
			return not_a_row("its times are not in its pane", err);
	if (!s->n_splits)
		return WEIR_OK;
	const struct weir_value *part = keys + 2, *splits = keys + s->layout.n_keys - s->n_splits;
	if (part->type != WEIR_INT64 || part->i < 0 || part->i > s->n_splits)
		return not_a_row("its part is none", err);
	if (part->i && splits[part->i - 1].type == WEIR_NULL)
		return not_a_row("its split is NULL", err);
	return WEIR_OK;
}

enum weir_status weir_partials_put(struct weir_partials *s, const struct weir_value *keys,
				   const struct weir_value *values, struct weir_error *err)
{
	enum weir_status status = pack(s->layout.keys, keys, s->layout.n_keys, &s->key, err);
	if (!status)
		status = pack(s->layout.values, values, s->layout.n_values, &s->values, err);
	if (!status)
		status = check(s, keys, values, err);
	if (status)
		return status;
	int64_t start_us = keys[0].type == WEIR_NULL ? INT64_MIN : keys[0].i;
	s->account.put++;
	if (keys[0].type != WEIR_NULL && start_us < s->dropped_until_us) {
		s->account.late++;
		return WEIR_OK;
	}
	uint64_t n_keys = s->account.keys;
	struct weir_partial_entry *e = weir_partials_entry(s, start_us, weir_buf_str(&s->key));
	if (!e || !weir_partials_set(s, e, weir_buf_str(&s->values)))
		return weir_fail(err, WEIR_NO_MEMORY, "partial row", "out of memory");
	s->account.replaced += s->account.keys == n_keys;
	if (values[2].type != WEIR_NULL && values[2].i > s->account.newest_us)
		s->account.newest_us = values[2].i;
	weir_partials_fit_memory(s);
	return WEIR_OK;
}
