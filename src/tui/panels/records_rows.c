/* The rows of the list, by time or in the order of a column. */
#include "tui/panels/panels.h"

struct weir_records_rows weir_records_rows_of(const struct weir_result *r)
{
	const struct weir_records *around = weir_result_extra(r, "records");
	struct weir_records_rows rows = {.r = r,
					 .n = r->n_records,
					 .n_columns = r->n_record_columns,
					 .records = r->records,
					 .columns = r->record_columns,
					 .total = r->n_records};
	if (around) {
		rows.before = around->n_newer;
		rows.total = around->n_total;
		rows.exact = around->exact;
		rows.gone = around->place_gone || around->place_hidden;
	}
	return rows;
}

struct weir_records_rows weir_records_rows(const struct weir_picture *pic)
{
	const struct weir_records_state *s = &pic->state->records;
	const struct weir_ordered_answer *a = pic->studies ? pic->studies->ordered : NULL;
	bool fits = a && s->by.size && a->generation == pic->result->view_generation &&
		    weir_str_equal(a->by, weir_buf_str(&s->by)) && a->descending != s->ascending;
	if (!fits)
		return weir_records_rows_of(pic->result);
	return (struct weir_records_rows){.r = pic->result,
					  .n = a->n_records,
					  .n_columns = a->n_columns,
					  .records = a->records,
					  .columns = a->columns,
					  .ordered = true,
					  .before = a->first,
					  .total = a->n_reach,
					  .beyond = a->n_total - a->n_reach,
					  .exact = a->base.whole};
}

void weir_records_order_by(struct weir_records_state *s, struct weir_str by, bool text)
{
	bool same = by.size && weir_str_equal(by, weir_buf_str(&s->by));
	if (same && !s->turned) {
		s->ascending = !s->ascending;
		s->turned = true;
		s->was_held = s->held;
		weir_records_to_first(s);
		return;
	}
	bool held = s->held || s->was_held;
	weir_buf_clear(&s->by);
	s->turned = s->was_held = false;
	if (!same && by.size) { /* a text in its order, numbers from the largest down */
		weir_buf_add_str(&s->by, by);
		s->ascending = text;
		weir_records_to_first(s);
	} else if (held) { /* back among those that stood around it */
		weir_records_jump(s, &s->cursor);
		s->held = true;
	}
	if (s->by.failed)
		weir_buf_clear(&s->by);
}

bool weir_records_seek(struct weir_records_state *s, struct weir_str what, struct weir_error *err)
{
	struct weir_finder *finder = NULL;
	if (weir_finder_new(what, &finder, err) != WEIR_OK)
		return false;
	weir_records_seek_nothing(s);
	weir_buf_add_str(&s->sought, what);
	s->finder = finder;
	if (!s->sought.failed)
		return true;
	weir_records_seek_nothing(s);
	weir_fail(err, WEIR_NO_MEMORY, "search", "out of memory");
	return false;
}

void weir_records_seek_nothing(struct weir_records_state *s)
{
	weir_finder_free(s->finder);
	s->finder = NULL;
	weir_buf_clear(&s->sought);
}
