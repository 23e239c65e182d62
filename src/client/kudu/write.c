/* Rows that are written: each goes to the tablet that has its key, in the form of Kudu's row operations (which columns are set, which
 * are NULL, the cells; the texts apart). All tablets are asked at once. */
#include "kudu.h"

#include <stdlib.h>

enum { INSERT = 1 };
#define PAUSE_US INT64_C(100000) /* before a tablet that moved is looked for again */

struct share { /* of the rows, one tablet's */
	struct weir_buf rows, texts;
	uint32_t *tags; /* owned */
	size_t n, room;
	struct kudu_connection *connection; /* it was sent there; NULL: it was not */
	struct kudu_call call;
};

struct weir_kudu_writer {
	struct weir_kudu_table *table;
	uint32_t n;
	uint32_t *columns;  /* owned */
	Kw__Column *schema; /* of these; owned */
	Kw__Column **pointers;
	struct weir_kudu_cell *keys; /* by column of the table; owned */
	bool nulls;                  /* a column can be NULL */
	struct share *shares;        /* by tablet; owned */
	uint32_t n_shares;           /* the table may have others by now */
	struct weir_buf key;
	size_t bytes;
};

void weir_kudu_writer_free(struct weir_kudu_writer *w)
{
	if (!w)
		return;
	for (uint32_t i = 0; w->shares && i < w->n_shares; i++) {
		weir_buf_release(&w->shares[i].rows);
		weir_buf_release(&w->shares[i].texts);
		weir_buf_release(&w->shares[i].call.frame);
		free(w->shares[i].tags);
	}
	free(w->shares);
	free(w->columns);
	free(w->schema);
	free(w->pointers);
	free(w->keys);
	weir_buf_release(&w->key);
	free(w);
}

static enum weir_status check(const struct weir_kudu_table *t, struct weir_error *err)
{
	if (t->division->mixed) {
		weir_fail(err, WEIR_UNSUPPORTED, t->name,
			  "some of its ranges have hash partitions of their own, and weir cannot tell where rows go");
		weir_error_hint(err, "such a table can be read; land rows in one whose ranges are all hashed alike");
		return WEIR_UNSUPPORTED;
	}
	return WEIR_OK;
}

enum weir_status weir_kudu_writer_new(struct weir_kudu_table *t, const uint32_t *columns, uint32_t n,
				      struct weir_kudu_writer **out, struct weir_error *err)
{
	enum weir_status st = check(t, err);

	*out = NULL;
	if (st != WEIR_OK)
		return st;
	struct weir_kudu_writer *w = weir_calloc(1, sizeof *w);
	if (!w)
		return kudu_out_of_memory(err);
	w->table = t;
	w->n = n;
	w->columns = weir_calloc(n, sizeof *w->columns);
	w->schema = weir_calloc(n, sizeof *w->schema);
	w->pointers = weir_calloc(n, sizeof(Kw__Column *));
	w->keys = weir_calloc(t->n_keys, sizeof *w->keys);
	w->shares = weir_calloc(t->n_tablets, sizeof *w->shares);
	w->n_shares = t->n_tablets;
	if (!w->columns || !w->schema || !w->pointers || !w->keys || !w->shares) {
		weir_kudu_writer_free(w);
		return kudu_out_of_memory(err);
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct weir_kudu_column *c = &t->columns[columns[i]];
		w->columns[i] = columns[i];
		kw__column__init(&w->schema[i]);
		w->schema[i].name = c->name;
		w->schema[i].type = c->type;
		w->schema[i].has_key = w->schema[i].has_nullable = true;
		w->schema[i].key = c->key;
		w->schema[i].nullable = c->nullable;
		w->pointers[i] = &w->schema[i];
		w->nulls = w->nulls || c->nullable;
	}
	*out = w;
	return WEIR_OK;
}

size_t weir_kudu_writer_bytes(const struct weir_kudu_writer *w)
{
	return w->bytes;
}

/* ---- adding ---- */

static void add_bitmap(const struct weir_kudu_writer *w, const struct weir_kudu_cell *cells, bool nulls,
		       struct weir_buf *out)
{
	uint8_t byte = 0;

	for (uint32_t i = 0; i < w->n; i++) {
		byte |= (uint8_t)((nulls ? cells[i].null : true) << i % 8);
		if (i % 8 == 7 || i + 1 == w->n) {
			weir_buf_add_char(out, (char)byte);
			byte = 0;
		}
	}
}

enum weir_status weir_kudu_writer_add(struct weir_kudu_writer *w, const struct weir_kudu_cell *cells, uint32_t tag,
				      struct weir_error *err)
{
	for (uint32_t i = 0; i < w->n && w->columns[i] < w->table->n_keys; i++)
		w->keys[w->columns[i]] = cells[i];
	int at = kudu_division_find(w->table, w->keys, &w->key);
	if (w->key.failed)
		return kudu_out_of_memory(err);
	if (at < 0)
		return weir_fail(err, WEIR_NOT_FOUND, w->table->name, "no range of the table takes its key");
	struct share *s = &w->shares[at];
	size_t before = s->rows.size + s->texts.size;
	if (!weir_grow((void **)&s->tags, &s->room, s->n + 1, sizeof *s->tags))
		return kudu_out_of_memory(err);
	weir_buf_add_char(&s->rows, INSERT);
	add_bitmap(w, cells, false, &s->rows);
	if (w->nulls)
		add_bitmap(w, cells, true, &s->rows);
	for (uint32_t i = 0; i < w->n; i++)
		if (!cells[i].null)
			kudu_cell_write(w->schema[i].type, &cells[i], &s->texts, &s->rows);
	if (s->rows.failed || s->texts.failed)
		return kudu_out_of_memory(err);
	s->tags[s->n++] = tag;
	w->bytes += s->rows.size + s->texts.size - before;
	return WEIR_OK;
}

/* ---- sending ---- */

static void empty(struct share *s)
{
	weir_buf_clear(&s->rows);
	weir_buf_clear(&s->texts);
	s->n = 0;
}

static enum weir_status send_share(struct weir_kudu_writer *w, uint32_t at, struct weir_error *err)
{
	const struct weir_kudu_tablet *tablet = &w->table->tablets[at];
	struct share *s = &w->shares[at];
	Kw__Write m = KW__WRITE__INIT;
	Kw__Schema schema = KW__SCHEMA__INIT;
	Kw__Operations operations = KW__OPERATIONS__INIT;

	s->connection = NULL;
	if (!tablet->address) {
		weir_fail(err, WEIR_UNREACHABLE, w->table->name, "a tablet has no leader");
		err->retriable = true;
		return WEIR_UNREACHABLE;
	}
	schema.columns = w->pointers;
	schema.n_columns = w->n;
	operations.has_rows = operations.has_texts = true;
	operations.rows = (ProtobufCBinaryData){s->rows.size, (uint8_t *)s->rows.data};
	operations.texts = (ProtobufCBinaryData){s->texts.size, (uint8_t *)s->texts.data};
	m.tablet = (ProtobufCBinaryData){tablet->id.size, (uint8_t *)tablet->id.data};
	m.schema = &schema;
	m.operations = &operations;
	m.has_pass = w->table->pass.size > 0;
	m.pass = (ProtobufCBinaryData){w->table->pass.size, (uint8_t *)w->table->pass.data};
	struct kudu_connection *c;
	enum weir_status st = kudu_server(w->table->cluster, weir_str_of(tablet->address), &c, err);
	if (st == WEIR_OK)
		st = kudu_call_start(c, &s->call, kudu_tablet_service, "Write", &m.base, err);
	if (st == WEIR_OK)
		s->connection = c;
	return st;
}

static enum weir_status report_rows(const struct share *s, const Kw__WriteAnswer *a, weir_kudu_refuse *refuse,
				    void *ctx, struct weir_error *err)
{
	for (size_t i = 0; i < a->n_rows; i++) {
		const Kw__WriteAnswer__Row *r = a->rows[i];
		if (r->row < 0 || (size_t)r->row >= s->n)
			return weir_fail(err, WEIR_MALFORMED, "kudu", "a server refuses a row that it was not given");
		refuse(ctx, s->tags[r->row], r->status->code == KUDU_PRESENT,
		       r->status->text ? r->status->text : "the server gives no reason");
	}
	return WEIR_OK;
}

struct outcome {
	weir_kudu_refuse *refuse;
	void *ctx;
	bool *changed;
};

/* OK: the tablet has the rows, but for those that it refused. An error that is retriable: it may have them when asked again. */
static enum weir_status hear_share(struct weir_kudu_writer *w, struct share *s, const struct outcome *o,
				   struct weir_error *err)
{
	enum weir_status st = kudu_call_wait(s->connection, &s->call, err);
	Kw__WriteAnswer *a = NULL;

	if (st == WEIR_OK) {
		const struct weir_str *m = &s->call.answer.message;
		a = kw__write_answer__unpack(NULL, m->size, (const uint8_t *)m->data);
		if (!a)
			st = kudu_connection_fail(s->connection, err, "its answer is malformed");
	}
	if (a && a->fault) {
		st = kudu_fault(w->table->name, a->fault, err);
		*o->changed = *o->changed || kudu_tablet_altered(a->fault);
		err->retriable = err->retriable || kudu_tablet_moved(a->fault);
	} else if (a) {
		st = report_rows(s, a, o->refuse, o->ctx, err);
		w->table->cluster->seen =
		    a->has_at && a->at > w->table->cluster->seen ? a->at : w->table->cluster->seen;
	}
	if (a)
		kw__write_answer__free_unpacked(a, NULL);
	kudu_call_drop(s->connection, &s->call);
	if (st == WEIR_OK)
		empty(s);
	return st;
}

/* One try with all that is left; what a tablet took is empty afterwards. The worst error is kept: one that is not retriable. */
static enum weir_status try_all(struct weir_kudu_writer *w, const struct outcome *o, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	for (int hearing = 0; hearing < 2; hearing++)
		for (uint32_t i = 0; i < w->n_shares; i++) {
			struct share *s = &w->shares[i];
			struct weir_error local = {0};
			if (!s->n || (hearing && !s->connection))
				continue;
			enum weir_status one = hearing ? hear_share(w, s, o, &local) : send_share(w, i, &local);
			if (one == WEIR_OK || (st != WEIR_OK && (local.retriable || !err->retriable)))
				continue;
			st = one;
			*err = local;
		}
	return st;
}

/* Tries again while the tablets may have moved, as long as one call may take. */
static enum weir_status send_all(struct weir_kudu_writer *w, const struct outcome *o, struct weir_error *err)
{
	struct weir_kudu *k = w->table->cluster;
	int64_t end_us = weir_clock_mono_us(k->clock) + k->timeout_us;

	for (;;) {
		struct weir_error local = {0};
		enum weir_status st = try_all(w, o, err);
		bool again = st != WEIR_OK && err->retriable && !*o->changed && weir_clock_mono_us(k->clock) < end_us;
		if (!again)
			return st;
		if (kudu_pause(k, PAUSE_US, err) != WEIR_OK)
			return err->code;
		if (kudu_table_locate(w->table, o->changed, &local) != WEIR_OK || *o->changed)
			return st; /* what went wrong first says more than that nobody answers now */
	}
}

enum weir_status weir_kudu_writer_send(struct weir_kudu_writer *w, weir_kudu_refuse *refuse, void *ctx, bool *changed,
				       struct weir_error *err)
{
	struct weir_error local = {0};
	const struct outcome o = {refuse, ctx, changed};

	*changed = false;
	enum weir_status st = send_all(w, &o, &local);
	for (uint32_t i = 0; i < w->n_shares; i++)
		empty(&w->shares[i]);
	w->bytes = 0;
	if (st != WEIR_OK && err)
		*err = local;
	return st;
}
