/* A scan of one tablet. While one block is read, the next is on its way. */
#include "cursor.h"

#include <stdlib.h>

struct kudu_cursor *kudu_cursor_new(struct weir_kudu_scan *s, uint32_t tablet)
{
	struct kudu_cursor *c = weir_calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->scan = s;
	c->tablet = tablet;
	c->current = weir_calloc(s->n, sizeof *c->current);
	if (c->current)
		return c;
	kudu_cursor_free(c);
	return NULL;
}

/* Without a word to the server: it forgets a scan that nobody goes on with. */
static void forget(struct kudu_cursor *c)
{
	if (c->connection)
		kudu_call_drop(c->connection, &c->call);
	c->connection = NULL;
	weir_buf_clear(&c->scanner);
	c->number = 0;
}

void kudu_cursor_free(struct kudu_cursor *c)
{
	if (!c)
		return;
	forget(c);
	weir_buf_release(&c->call.frame);
	weir_buf_release(&c->scanner);
	weir_buf_release(&c->block);
	free(c->current);
	free(c);
}

static void fill_first(const struct kudu_cursor *c, Kw__NewScan *m)
{
	const struct weir_kudu_scan *s = c->scan;
	const struct weir_buf *id = &s->table->tablets[c->tablet].id, *pass = &s->table->pass;

	m->tablet = (ProtobufCBinaryData){id->size, (uint8_t *)id->data};
	m->columns = s->pointers;
	m->n_columns = s->n;
	m->predicates = s->predicate_pointers;
	m->n_predicates = s->n_predicates;
	m->has_mode = true;
	m->mode = s->ordered ? KUDU_READ_SNAPSHOT : KUDU_READ_NOW;
	m->has_order = m->has_to = s->ordered;
	m->order = KUDU_BY_KEY;
	m->to = s->to;
	m->has_from = s->ordered && s->from;
	m->from = s->from;
	m->has_after = s->after.size > 0;
	m->after = (ProtobufCBinaryData){s->after.size, (uint8_t *)s->after.data};
	m->has_seen = s->table->cluster->seen != 0;
	m->seen = s->table->cluster->seen;
	m->has_pass = pass->size > 0;
	m->pass = (ProtobufCBinaryData){pass->size, (uint8_t *)pass->data};
}

/* Asks for the next block, or begins. */
static enum weir_status ask(struct kudu_cursor *c, struct weir_error *err)
{
	struct weir_kudu_table *t = c->scan->table;
	Kw__Scan m = KW__SCAN__INIT;
	Kw__NewScan first = KW__NEW_SCAN__INIT;
	enum weir_status st = WEIR_OK;

	if (!c->scanner.size) {
		if (!t->tablets[c->tablet].address) {
			weir_fail(err, WEIR_UNREACHABLE, t->name, "a tablet has no leader");
			err->retriable = true;
			return WEIR_UNREACHABLE;
		}
		fill_first(c, &first);
		m.first = &first;
		st = kudu_server(t->cluster, weir_str_of(t->tablets[c->tablet].address), &c->connection, err);
	}
	m.has_scanner = c->scanner.size > 0;
	m.scanner = (ProtobufCBinaryData){c->scanner.size, (uint8_t *)c->scanner.data};
	m.has_number = m.has_most_bytes = true;
	m.number = c->number;
	m.most_bytes = c->scan->block_bytes;
	if (st == WEIR_OK && c->connection->fd < 0) { /* lost while this cursor had nothing under way on it */
		*err = c->connection->failure;
		st = c->connection->failure.code;
	}
	if (st == WEIR_OK)
		st = kudu_call_start(c->connection, &c->call, kudu_tablet_service, "Scan", &m.base, err);
	c->number += st == WEIR_OK;
	return st;
}

void kudu_cursor_start(struct kudu_cursor *c)
{
	struct weir_error ignored = {0};

	if (ask(c, &ignored) != WEIR_OK)
		forget(c);
}

static bool find_sidecar(const struct kudu_answer *a, bool has, int32_t i, struct weir_str *out)
{
	*out = (struct weir_str){"", 0};
	if (has && (i < 0 || (uint32_t)i >= a->n_sidecars))
		return false;
	if (has)
		*out = a->sidecars[i];
	return true;
}

/* Takes the frame of the call over, with its rows. */
static enum weir_status take_block(struct kudu_cursor *c, const Kw__ScanAnswer *a, struct weir_error *err)
{
	const struct kudu_answer *answer = &c->call.answer;
	const Kw__Block *b = a->block;
	uint32_t rows = b && b->has_rows && b->rows > 0 ? (uint32_t)b->rows : 0;

	if (rows && (!find_sidecar(answer, b->has_cells, b->cells, &c->cells) ||
		     !find_sidecar(answer, b->has_texts, b->texts, &c->texts) ||
		     !kudu_block_check(&c->scan->layout, rows, c->cells, c->texts)))
		return kudu_connection_fail(c->connection, err, "the rows in its answer are malformed");
	if (a->has_scanner && a->scanner.len) {
		weir_buf_clear(&c->scanner);
		weir_buf_add(&c->scanner, a->scanner.data, a->scanner.len);
	}
	c->over = !a->has_more || !a->more;
	c->n_rows = rows;
	c->row = 0;
	weir_buf_release(&c->block);
	c->block = c->call.frame;
	c->call.frame = (struct weir_buf){0};
	return c->scanner.failed ? kudu_out_of_memory(err) : WEIR_OK;
}

static enum weir_status scan_fault(struct kudu_cursor *c, const Kw__Fault *f, struct weir_error *err)
{
	enum weir_status st = kudu_fault(c->scan->table->name, f, err);

	err->retriable = err->retriable || kudu_tablet_moved(f) || f->code == KUDU_TABLET_SCANNER_EXPIRED ||
			 (c->scan->ordered && kudu_tablet_altered(f));
	if (f->code == KUDU_TABLET_BAD_SNAPSHOT) {
		err->retriable = false;
		weir_error_hint(err, "the server no longer knows what was written since: read the table anew");
	}
	return st;
}

/* The answer that is awaited; the next one is asked for at once. */
static enum weir_status hear(struct kudu_cursor *c, struct weir_error *err)
{
	const struct weir_kudu *k = c->scan->table->cluster;

	/* It was asked ahead, and nobody looked for its answer since: only from now on is it awaited. */
	c->call.end_us = weir_clock_mono_us(k->clock) + k->timeout_us;
	enum weir_status st = kudu_call_wait(c->connection, &c->call, err);
	if (st != WEIR_OK)
		return st;
	const struct weir_str *m = &c->call.answer.message;
	Kw__ScanAnswer *a = kw__scan_answer__unpack(NULL, m->size, (const uint8_t *)m->data);
	if (!a)
		return kudu_connection_fail(c->connection, err, "its answer is malformed");
	st = a->fault ? scan_fault(c, a->fault, err) : take_block(c, a, err);
	kw__scan_answer__free_unpacked(a, NULL);
	return st == WEIR_OK && !c->over ? ask(c, err) : st;
}

/* One block further. */
static enum weir_status fetch(struct kudu_cursor *c, struct weir_error *err)
{
	enum weir_status st = c->connection ? WEIR_OK : ask(c, err);

	if (st == WEIR_OK)
		st = hear(c, err);
	if (st != WEIR_OK)
		forget(c);
	return st;
}

enum weir_status kudu_cursor_step(struct kudu_cursor *c, struct weir_error *err)
{
	int deleted = c->scan->deleted;

	do {
		while (c->row == c->n_rows) {
			if (c->over)
				return WEIR_END;
			struct weir_error local = {0};
			enum weir_status st = fetch(c, &local);
			if (st != WEIR_OK) {
				if (err)
					*err = local;
				return st;
			}
		}
		kudu_block_row(&c->scan->layout, c->row++, c->cells, c->texts, c->current);
	} while (deleted >= 0 && c->current[deleted].i);
	return WEIR_OK;
}
