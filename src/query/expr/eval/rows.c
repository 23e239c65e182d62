/* Functions that go row by row: those on text. NULL in, NULL out. */
#include "query/expr/eval/eval.h"

static void read_cell(const struct weir_bvec *v, uint32_t i, struct weir_cell *cell)
{
	if (v->type == WEIR_BOOL)
		cell->b = weir_bit_get(v->bits, i);
	else if (v->type == WEIR_STRING)
		cell->s = v->s[i];
	else
		cell->i = v->i[i]; /* float64 travels as its bits */
}

static void write_cell(struct weir_slot *slot, enum weir_type type, uint32_t i, const struct weir_cell *cell)
{
	if (type == WEIR_STRING)
		slot->s[i] = cell->s;
	else if (type != WEIR_BOOL)
		slot->i[i] = cell->i;
	else if (cell->b)
		weir_bit_set(slot->bits, i);
	else
		weir_bit_clear(slot->bits, i);
}

bool weir_eval_rows(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_bvec *v = weir_arena_alloc(&e->bound->strings, b->n_args * sizeof *v);
	struct weir_slot *slot = weir_slot_get(b, e);

	if (!slot || !v)
		return false;
	for (uint32_t a = 0; a < b->n_args; a++)
		if (!weir_eval_node(b->args[a], e, &v[a]))
			return false;
	*out =
	    (struct weir_bvec){.type = b->type, .valid = weir_valid_all(slot, v, b->n_args, e->n), .bits = slot->bits};
	weir_valid_own(slot, out, e->n);
	for (uint32_t i = 0; e->wanted && i < weir_bit_words(e->n); i++)
		slot->valid[i] &= e->wanted[i];
	for (uint32_t i = 0; i < e->n; i++) {
		struct weir_cell cell = {0};
		bool ok = false;
		if (weir_bit_get(slot->valid, i)) {
			for (uint32_t a = 0; a < b->n_args; a++)
				read_cell(&v[a], i, &b->cells[a]);
			ok = true;
			if (!b->row(b, &e->bound->strings, b->cells, &cell, &ok)) {
				e->bound->trouble_row = e->from + i;
				return false;
			}
		}
		if (!ok) {
			weir_bit_clear(slot->valid, i);
			cell = (struct weir_cell){0};
			if (b->type == WEIR_STRING)
				cell.s = WEIR_STR("");
		}
		write_cell(slot, b->type, i, &cell);
	}
	return true;
}
