/* Columns of tables as fields, and their cells as values. */
#include "cells.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DICT_TEXTS = 65536 }; /* a column with more different texts keeps them as they come */

void weir_cells_release(struct weir_cells *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		free(c->all[i].col);
		weir_dict_unref(c->all[i].dict);
	}
	free(c->all);
	c->all = NULL;
	c->n = 0;
}

bool weir_cells_add(struct weir_cells *c, struct weir_schema *s, struct weir_str name, struct weir_str col,
		    enum weir_type type)
{
	int at = weir_schema_find(s, name);

	if (at >= 0) {
		weir_schema_set_type(s, (uint32_t)at, weir_type_widen(s->fields[at].type, type));
		c->all[at].type = type;
		return true;
	}
	struct weir_cell *more = weir_realloc(c->all, (c->n + (size_t)1) * sizeof *more);
	if (!more)
		return false;
	c->all = more;
	more[c->n] = (struct weir_cell){.col = weir_str_dup(col), .type = type};
	if (!more[c->n].col || weir_schema_add(s, name, type) < 0) {
		free(more[c->n].col);
		return false;
	}
	c->n++;
	return true;
}

enum weir_status weir_cells_choose_time(struct weir_cells *c, struct weir_schema *s, const char *asked, int described,
					struct weir_error *err)
{
	int at = asked ? weir_schema_find(s, weir_str_of(asked)) : described;

	if (asked && at < 0 && strcmp(asked, "none") != 0) {
		struct weir_str names[256];
		uint32_t n = 0;
		for (; n < s->n_fields && n < 256; n++)
			names[n] = s->fields[n].name;
		int near = weir_nearest(weir_str_of(asked), names, n);
		weir_fail(err, WEIR_USAGE, "time", "there is no column %s", asked);
		if (near >= 0)
			weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(names[near]));
		return WEIR_USAGE;
	}
	for (uint32_t i = 0; !asked && at < 0 && i < s->n_fields; i++)
		if (c->all[i].type == WEIR_TIMESTAMP)
			at = (int)i;
	if (at >= 0 && asked)
		c->all[at].type = WEIR_TIMESTAMP;
	weir_schema_set_time(s, at);
	return WEIR_OK;
}

bool weir_cells_put_text(struct weir_cells *c, uint32_t field, struct weir_batch *b, uint32_t row, struct weir_str s)
{
	struct weir_cell *cell = &c->all[field];

	if (!cell->plain && cell->dict && weir_dict_count(cell->dict) >= DICT_TEXTS) {
		weir_dict_unref(cell->dict);
		cell->dict = NULL;
		cell->plain = true;
	}
	if (!cell->plain && !cell->dict && !(cell->dict = weir_dict_new(c->budget)))
		return false;
	return weir_column_set_string(&b->columns[field], row, s, cell->dict);
}

bool weir_cells_put_bytes(struct weir_cells *c, uint32_t field, struct weir_batch *b, uint32_t row, struct weir_str s)
{
	struct weir_buf text = {0};

	if (weir_utf8_valid(s))
		return weir_cells_put_text(c, field, b, row, s);
	weir_buf_add_c(&text, "x'");
	for (size_t i = 0; i < s.size; i++)
		weir_buf_addf(&text, "%02x", (unsigned char)s.data[i]);
	weir_buf_add_char(&text, '\'');
	bool good = !text.failed && weir_cells_put_text(c, field, b, row, weir_buf_str(&text));
	weir_buf_release(&text);
	return good;
}

bool weir_cells_put_no_time(struct weir_batch *b, uint32_t field, uint32_t row, int64_t place)
{
	if (!b->n_noted[WEIR_NOTE_TIME_RANGE]++)
		snprintf(b->first_noted[WEIR_NOTE_TIME_RANGE], WEIR_NOTE_PLACE_BYTES, "row %lld", (long long)place);
	return weir_column_set_null(&b->columns[field], row);
}

bool weir_cells_put_float(struct weir_batch *b, uint32_t field, uint32_t row, double v, int64_t place)
{
	if (isfinite(v))
		return weir_column_set_float64(&b->columns[field], row, v);
	if (!b->n_noted[WEIR_NOTE_NOT_A_NUMBER]++)
		snprintf(b->first_noted[WEIR_NOTE_NOT_A_NUMBER], WEIR_NOTE_PLACE_BYTES, "row %lld", (long long)place);
	return weir_column_set_null(&b->columns[field], row);
}

bool weir_cells_read_number(enum weir_time_unit *unit, double v, int64_t *us)
{
	static const double per_us[] = {
	    [WEIR_TIME_S] = 1e6, [WEIR_TIME_MS] = 1e3, [WEIR_TIME_US] = 1, [WEIR_TIME_NS] = 1e-3};

	if (*unit == WEIR_TIME_NO_UNIT)
		*unit = weir_time_unit_of(v);
	if (*unit == WEIR_TIME_NO_UNIT)
		return false;
	*us = (int64_t)(v * per_us[*unit]);
	return weir_time_exists(*us);
}

bool weir_cells_is_named(struct weir_str all, struct weir_str name, struct weir_buf *quoted)
{
	weir_buf_clear(quoted);
	weir_json_quote(name, quoted);
	return all.size && quoted->size && memmem(all.data, all.size, quoted->data, quoted->size) != NULL;
}

bool weir_cells_finish(struct weir_cells *c, struct weir_schema **s, struct weir_batch *b)
{
	struct weir_schema *next = NULL;

	for (uint32_t i = 0; i < c->n; i++) {
		enum weir_type type = weir_type_widen((*s)->fields[i].type, b->columns[i].type);
		if (type == (*s)->fields[i].type)
			continue;
		if (!next && !(next = weir_schema_next(*s)))
			return false;
		weir_schema_set_type(next, i, type);
	}
	if (!next)
		return true;
	weir_schema_unref(*s);
	*s = next;
	return weir_batch_set_schema(b, next);
}

static bool is_changed(const struct weir_schema *a, const struct weir_schema *b)
{
	if (!a || a->n_fields != b->n_fields)
		return true;
	for (uint32_t i = 0; i < a->n_fields; i++)
		if (a->fields[i].type != b->fields[i].type || a->fields[i].is_time != b->fields[i].is_time)
			return true;
	return false;
}

void weir_cells_adopt(struct weir_schema **schema, struct weir_schema *next)
{
	bool changed = is_changed(*schema, next);

	weir_schema_unref(changed ? *schema : next);
	*schema = changed ? next : *schema;
}
