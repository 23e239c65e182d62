/* Windows of plain records into rows: which records they are, and what their columns do with them. */
#include "codec/bulk/bulk.h"

#include <stdlib.h>

/* Looking at a window costs as much as a few records read by themselves. Where fewer follow one another that are plain,
 * windows are tried ever more seldom. */
enum { WORTH_ROWS = 6, WELL_WORTH_ROWS = 16, PAUSE_MOST = 63 };

bool weir_bulk_init(struct weir_bulk *r)
{
	r->kind = &weir_bulk_portable;
#ifdef WEIR_HAS_AVX2
	if (weir_cpu_has_avx2())
		r->kind = &weir_bulk_avx2;
#endif
	r->blocks = WEIR_BULK_WINDOW_MOST;
	r->pause = r->wait = 0;
	if (!r->marks)
		r->marks = weir_alloc(sizeof *r->marks);
	return r->marks != NULL;
}

void weir_bulk_release(struct weir_bulk *r)
{
	free(r->marks);
	r->marks = NULL;
}

static inline struct weir_bulk_column values_of(const struct weir_bulk_run *run, const struct weir_bulk_window *w,
						const struct weir_bulk_field *f)
{
	const uint32_t span = f->span ? f->span : 1;
	return (struct weir_bulk_column){.text = w->text,
					 .marks = (f->marks ? f->marks : w->marks->marks) + f->place,
					 .step = f->marks ? f->step : w->n_places,
					 .rows = w->rows,
					 .span = span,
					 .skip = f->skip,
					 .cut = f->cut,
					 .trim = w->marks->crlf && !f->marks && f->place + span == w->n_places,
					 .quoted = w->marks->quoted && !f->marks && !f->as_is,
					 .absent = f->absent,
					 .nulls = run->nulls};
}

static inline struct weir_str record_text(const struct weir_bulk_window *w, uint32_t row)
{
	const uint32_t *mark = w->marks->marks + (size_t)row * w->n_places;
	uint32_t from = mark[0] + 1;
	struct weir_str s = {w->text + from, mark[w->n_places] - from};
	if (s.size && s.data[s.size - 1] == '\r')
		s.size--;
	return s;
}

/* How many records from the first on have the right number of parts and clean text; at most `most`. */
static uint32_t count_records(const struct weir_bulk_window *w, uint32_t most)
{
	const struct weir_bulk_marks *m = w->marks;
	const uint32_t n = w->n_places, *end = m->marks + n;
	uint32_t rows = m->n / n < most ? m->n / n : most, row = 0;
	for (; row < rows && w->text[*end] == '\n'; row++)
		end += n;
	rows = row;
	/* other line feeds than these: perhaps behind them, perhaps among them */
	bool check = m->n_lines != rows;
	for (row = 0; row < rows && (check || m->odd || n == 1); row++) {
		const uint32_t *mark = m->marks + (size_t)row * n;
		struct weir_str text = record_text(w, row);
		for (uint32_t i = 1; check && i < n; i++)
			if (w->text[mark[i]] == '\n')
				return row;
		if (text.size == 0 || (m->odd && !weir_text_clean(text)))
			return row; /* blank lines are no records */
	}
	return rows;
}

/* The rows from `row` on were written; those that are NULL become so. */
static bool settle(const struct weir_bulk_run *run, const struct weir_bulk_window *w,
		   const struct weir_bulk_field *field, uint32_t row)
{
	struct weir_builder *b = run->builder;
	struct weir_bulk_column c = values_of(run, w, field);
	struct weir_builder_column *state = &b->columns[field->field->column];
	struct weir_column *out = &b->batch->columns[field->field->column];
	uint32_t n_null = 0;
	for (uint32_t i = 0; field->any_null && i < w->rows; i++) {
		if (!field->absent && !weir_text_is_null(c.nulls, weir_bulk_text(&c, i)))
			continue;
		if (i && out->filled < row + i) /* before the first row there may be a gap: set_null fills it */
			weir_column_settle_rows(out, row + i, 0, 0);
		if (!weir_column_set_null(out, row + i))
			return false;
		n_null++;
	}
	if (out->filled < row + w->rows)
		weir_column_settle_rows(out, row + w->rows, 0, 0);
	b->any_time = b->any_time || (state->is_time && n_null < w->rows);
	if (out->encoding == WEIR_ENC_DICT)
		state->texts_batch += w->rows - n_null;
	return true;
}

static bool commit(const struct weir_bulk_run *run, const struct weir_bulk_window *w, uint64_t offset)
{
	struct weir_builder *b = run->builder;
	int64_t *position = b->batch->position + b->row;
	for (uint32_t i = 0; i < run->n_fields; i++)
		if (!settle(run, w, &run->fields[i], b->row))
			return false;
	for (uint32_t i = 0; !b->want.raw && i < w->rows; i++)
		position[i] = (int64_t)(offset + (uint32_t)(w->marks->marks[(size_t)i * run->n_places] + 1));
	for (uint32_t i = 0; b->want.raw && i < w->rows; i++) {
		struct weir_str text = record_text(w, i);
		if (!weir_builder_commit(b, (int64_t)(offset + (uint64_t)(text.data - w->text)), text, NULL))
			return false;
	}
	if (!b->want.raw) {
		b->row += w->rows;
		b->records += w->rows;
	}
	return true;
}

/* Leaves in w->rows how many rows became of the window's `records`. */
static bool read_window(const struct weir_bulk *r, const struct weir_bulk_run *run, struct weir_bulk_window *w,
			uint64_t offset)
{
	struct weir_builder *b = run->builder;
	const uint32_t records = w->rows;
	if (run->check && records)
		w->rows = run->check(run->codec, w);
	for (uint32_t i = 0; i < run->n_fields && w->rows; i++) {
		struct weir_bulk_column column = values_of(run, w, &run->fields[i]);
		w->rows = weir_bulk_column_read(r->kind, b, run->fields[i].field, &column, b->row, w->bytes);
		run->fields[i].any_null = column.any_null;
	}
	for (uint32_t i = w->rows; b->batch->time_us && i < records; i++)
		b->batch->time_us[b->row + i] = WEIR_TIME_NONE;
	return w->rows == 0 || commit(run, w, offset);
}

/* An odd record came after so many plain ones. */
static void judge(struct weir_bulk *r, uint64_t rows)
{
	if (rows < WORTH_ROWS)
		r->pause = r->pause < PAUSE_MOST / 2 ? 2 * r->pause + 1 : PAUSE_MOST;
	else
		r->pause = rows < WELL_WORTH_ROWS ? r->pause / 2 : 0;
	r->wait = r->pause;
}

bool weir_bulk_read(struct weir_bulk *r, const struct weir_bulk_run *run, struct weir_chunk *chunk)
{
	struct weir_builder *b = run->builder;
	const uint64_t before = r->rows;
	if (!r->kind || (r->wait && r->wait--))
		return true;
	/* a blank line, or the LF of a CRLF whose CR ended the record for the scanner */
	while (chunk->size && (*chunk->bytes == '\n' || (*chunk->bytes == '\r' && !run->syntax.lines)))
		weir_chunk_take(chunk, b->batch, 1);
	while (b->row && !weir_builder_full(b) && chunk->size >= WEIR_BULK_MARGIN + WEIR_BULK_BLOCK) {
		size_t most = (chunk->size - WEIR_BULK_MARGIN) / WEIR_BULK_BLOCK;
		uint32_t blocks = most < r->blocks ? (uint32_t)most : r->blocks;
		struct weir_bulk_window w = {chunk->bytes, (size_t)blocks * WEIR_BULK_BLOCK, r->marks, run->n_places,
					     0};
		r->kind->find(w.text, blocks, &run->syntax, r->marks);
		if (r->marks->n < run->n_places && !r->marks->n_lines && !r->marks->stopped &&
		    blocks < WEIR_BULK_WINDOW_MOST) {
			if (blocks < r->blocks)
				break; /* the chunk ends inside the record */
			r->blocks *= 2;
			continue;
		}
		const uint32_t records = count_records(&w, b->rows_most - b->row);
		w.rows = records;
		if (!read_window(r, run, &w, chunk->offset))
			return false;
		r->rows += w.rows;
		weir_chunk_take(chunk, b->batch, w.rows ? r->marks->marks[(size_t)w.rows * run->n_places] + 1 : 0);
		if (!w.rows || w.rows < records || r->marks->stopped) {
			r->blocks = WEIR_BULK_WINDOW_LEAST;
			judge(r, r->rows - before);
			break;
		}
		r->blocks = r->blocks < WEIR_BULK_WINDOW_MOST ? r->blocks * 2 : r->blocks;
	}
	return true;
}
