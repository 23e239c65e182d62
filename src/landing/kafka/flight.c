/* Messages on their way: sent, answered, sent again, and settled by whole batches in their order. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

enum { SERVE_MS = 100, MOST_SENT = 4 * WEIR_BATCH_ROWS };

#define BEFORE_AWAY_US WEIR_US_PER_S /* a connection that is made again at once is no trouble */

static struct kafka_batch *at(struct kafka_flight *f, uint32_t i)
{
	return &f->ring[(f->first + i) % KAFKA_MOST_BATCHES];
}

/* ---- answers ---- */

static void refuse(struct kafka_batch *b, uint32_t row, const char *reason)
{
	if (!b->n_refused || row < b->first_refused) {
		b->first_refused = row;
		snprintf(b->reason, sizeof b->reason, "%.159s", reason);
	}
	b->rows[row].refused = true;
	b->n_refused++;
	b->n_settled++;
}

static void want_again(struct kafka_batch *b, uint32_t row)
{
	weir_bit_set(b->again, row);
	b->n_again++;
}

/* A request is refused for one of its messages, and nobody says which. */
static bool is_of_one(rd_kafka_resp_err_t err)
{
	return err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || err == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE ||
	       err == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE || err == RD_KAFKA_RESP_ERR_INVALID_RECORD ||
	       err == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP;
}

/* The producer was thrown away, or has lost track: nothing is known of the message. */
static bool is_unknown(const rd_kafka_t *rk, rd_kafka_resp_err_t err)
{
	char text[8];

	return err == RD_KAFKA_RESP_ERR__PURGE_QUEUE || err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT ||
	       err == RD_KAFKA_RESP_ERR__FATAL || rd_kafka_fatal_error((rd_kafka_t *)(uintptr_t)rk, text, sizeof text);
}

static void refuse_all(struct kafka_landing *l, const char *topic, rd_kafka_resp_err_t err)
{
	if (err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
		weir_fail(&l->final, WEIR_DENIED, l->hosts, "this user may not write to the topic %.150s", topic);
		weir_error_hint(&l->final, "the cluster's access rules must allow WRITE and DESCRIBE on it");
	} else {
		weir_fail(&l->final, weir_kafka_status(err), l->hosts, "topic %.150s: %s", topic,
			  rd_kafka_err2str(err));
	}
	l->final.retriable = false;
}

static void refuse_one(struct kafka_batch *b, uint32_t row, rd_kafka_resp_err_t err)
{
	char reason[160];

	snprintf(reason, sizeof reason, "its message has %u bytes: %s", b->rows[row].value_size + b->rows[row].key_size,
		 rd_kafka_err2str(err));
	refuse(b, row, reason);
}

void kafka_flight_answer(rd_kafka_t *rk, const rd_kafka_message_t *m, void *landing)
{
	struct kafka_landing *l = landing;
	uintptr_t mark = (uintptr_t)m->_private;
	struct kafka_batch *b = &l->flight.ring[mark % KAFKA_MOST_BATCHES];
	uint32_t row = (uint32_t)(mark / KAFKA_MOST_BATCHES);

	l->flight.n_sent--;
	l->flight.n_answers++;
	if (!m->err) {
		b->n_settled++;
		l->answered = true;
		l->down = false;
	} else if (is_of_one(m->err) && (int64_t)b->rows[row].value_size > l->request_bytes) {
		refuse_one(b, row, m->err); /* it was alone */
	} else {
		want_again(b, row);
		if (is_of_one(m->err))
			l->smaller = true;
		else if (!is_unknown(rk, m->err) && l->final.code == WEIR_OK)
			refuse_all(l, rd_kafka_topic_name(m->rkt), m->err);
	}
}

/* All for the same reason: they are too large. */
static void tell_refused(struct kafka_landing *l, const struct kafka_batch *b)
{
	weir_landing_note_refused(&l->counts, b->stream, b->rows[b->first_refused].position, b->reason);
	for (uint32_t i = 0; i < b->n_rows; i++)
		if (b->rows[i].refused)
			weir_landing_refuse(&l->base, b->batch, b->rows[i].at, b->reason);
}

/* Batches that have all their answers count, in their order. */
static void settle(struct kafka_landing *l)
{
	struct kafka_flight *f = &l->flight;

	while (f->given) {
		struct kafka_batch *b = at(f, 0);
		if (b->n_settled < b->n_rows)
			return;
		l->counts.landed += b->n_rows - b->n_refused;
		l->counts.refused += b->n_refused;
		l->counts.bytes += b->values.size;
		if (b->n_refused)
			tell_refused(l, b);
		kafka_rows_release(l, b);
		f->first = (f->first + 1) % KAFKA_MOST_BATCHES;
		f->n--;
		f->given--;
	}
}

/* ---- sending ---- */

/* The producer lost track of what it has sent; another one sends again what has no answer. */
static enum weir_status lost_track(struct kafka_landing *l, struct weir_error *err)
{
	char text[200] = "";
	rd_kafka_resp_err_t code = rd_kafka_fatal_error(l->rk, text, sizeof text);
	bool denied = weir_kafka_status(code) == WEIR_DENIED;

	kafka_landing_drop(l);
	weir_fail(err, denied ? WEIR_DENIED : WEIR_IO, l->hosts, "the broker does not go on with what was sent: %s",
		  text);
	if (denied)
		weir_error_hint(err, "the cluster's access rules must allow IDEMPOTENT_WRITE, or WRITE on the topic");
	else if (err)
		err->retriable = true;
	return denied ? WEIR_DENIED : WEIR_IO;
}

/* Serves answers for a moment. `since`: when there was one last. An error: it is of no use to wait any longer. */
static enum weir_status serve(struct kafka_landing *l, bool hurry, int64_t *since_us, struct weir_error *err)
{
	uint64_t before = l->flight.n_answers;
	char text[8];

	if (hurry)
		rd_kafka_flush(l->rk, SERVE_MS); /* it does not linger for more */
	else
		rd_kafka_poll(l->rk, SERVE_MS);
	if (rd_kafka_fatal_error(l->rk, text, sizeof text))
		return lost_track(l, err);
	if (l->final.code != WEIR_OK) {
		if (err)
			*err = l->final;
		return l->final.code;
	}
	int64_t now_us = weir_clock_mono_us(l->clock);
	if (l->flight.n_answers != before)
		*since_us = now_us;
	else if ((l->down && now_us - *since_us >= BEFORE_AWAY_US) || now_us - *since_us >= l->call_us) {
		enum weir_status st = kafka_landing_unanswered(l, now_us - *since_us, err);
		kafka_landing_look(l);
		return st;
	}
	return WEIR_OK;
}

/* Ours until a message has them: those that it makes by itself librdkafka 2.0.2 frees twice where a message is not taken. */
static rd_kafka_headers_t *headers_of(const struct kafka_batch *b, const struct kafka_row *r)
{
	rd_kafka_headers_t *headers = r->place_size ? rd_kafka_headers_new(1) : NULL;

	if (headers)
		rd_kafka_header_add(headers, "weir.row", -1, b->rest.data + r->place, (ssize_t)r->place_size);
	return headers;
}

/* What librdkafka says to the message. */
static rd_kafka_resp_err_t offer(struct kafka_landing *l, struct kafka_batch *b, uint32_t row)
{
	const struct kafka_row *r = &b->rows[row];
	uintptr_t mark = (uintptr_t)row * KAFKA_MOST_BATCHES + (uintptr_t)(b - l->flight.ring);
	rd_kafka_headers_t *headers = headers_of(b, r);
	rd_kafka_vu_t v[5] = {
	    {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = l->handles[b->stream]},
	    {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {b->values.data + r->value, r->value_size}},
	    {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = (void *)mark},
	};
	size_t n = 3;

	if (r->has_key)
		v[n++] = (rd_kafka_vu_t){
		    .vtype = RD_KAFKA_VTYPE_KEY,
		    .u.mem = {(void *)(uintptr_t)(b->rest.data ? b->rest.data + r->key : ""), r->key_size}};
	if (headers)
		v[n++] = (rd_kafka_vu_t){.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers};
	rd_kafka_error_t *e = rd_kafka_produceva(l->rk, v, n);
	rd_kafka_resp_err_t code = e ? rd_kafka_error_code(e) : RD_KAFKA_RESP_ERR_NO_ERROR;
	if (e)
		rd_kafka_error_destroy(e);
	if (code && headers)
		rd_kafka_headers_destroy(headers);
	l->flight.n_sent += !code;
	return code;
}

static enum weir_status send_row(struct kafka_landing *l, struct kafka_batch *b, uint32_t row, struct weir_error *err)
{
	int64_t since_us = weir_clock_mono_us(l->clock);
	rd_kafka_resp_err_t code;
	enum weir_status st = WEIR_OK;

	while (st == WEIR_OK && (code = offer(l, b, row)) != RD_KAFKA_RESP_ERR_NO_ERROR) {
		if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
			refuse_one(b, row, code);
			return WEIR_OK;
		}
		if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL && code != RD_KAFKA_RESP_ERR__FATAL)
			refuse_all(l, l->topics[b->stream], code);
		st = serve(l, false, &since_us, err);
	}
	return st;
}

/* Rows that were sent, and came back. */
static enum weir_status send_again(struct kafka_landing *l, struct kafka_batch *b, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	for (uint32_t row = 0; row < b->next && b->n_again && st == WEIR_OK; row++) {
		if (!weir_bit_get(b->again, row))
			continue;
		b->again[row / 64] &= ~(UINT64_C(1) << row % 64);
		b->n_again--;
		st = send_row(l, b, row, err);
		if (st != WEIR_OK)
			want_again(b, row);
	}
	return st;
}

static enum weir_status send_batch(struct kafka_landing *l, struct kafka_batch *b, struct weir_error *err)
{
	enum weir_status st = send_again(l, b, err);

	while (b->next < b->n_rows && st == WEIR_OK) {
		st = send_row(l, b, b->next, err);
		b->next += st == WEIR_OK;
	}
	return st;
}

/* ---- waiting ---- */

/* What a producer of larger requests could not get through: all that is on its way has its answer. */
static enum weir_status take_smaller(struct kafka_landing *l, struct weir_error *err)
{
	l->smaller = false;
	l->request_bytes = l->request_bytes > 1 ? l->request_bytes / 2 : 1;
	kafka_landing_drop(l);
	return kafka_landing_connect(l, err);
}

/* All that came back is sent once more. */
static enum weir_status send_all_again(struct kafka_landing *l, struct weir_error *err)
{
	enum weir_status st = l->smaller ? take_smaller(l, err) : WEIR_OK;

	for (uint32_t i = 0; i < l->flight.given && st == WEIR_OK; i++)
		st = send_again(l, at(&l->flight, i), err);
	return st;
}

static bool any_again(struct kafka_flight *f)
{
	for (uint32_t i = 0; i < f->given; i++)
		if (at(f, i)->n_again)
			return true;
	return false;
}

/* Until there is room for another batch, or with `all` until nothing is on its way. */
static enum weir_status await(struct kafka_landing *l, bool all, struct weir_error *err)
{
	struct kafka_flight *f = &l->flight;
	int64_t since_us = weir_clock_mono_us(l->clock);
	enum weir_status st = WEIR_OK;

	for (;;) {
		settle(l);
		if (all ? !f->given : f->n < KAFKA_MOST_BATCHES && f->n_sent < MOST_SENT)
			return WEIR_OK;
		if (!f->n_sent && any_again(f))
			st = send_all_again(l, err);
		if (st == WEIR_OK)
			st = serve(l, all || l->smaller, &since_us, err);
		if (st != WEIR_OK)
			return st;
	}
}

enum weir_status kafka_flight_give(struct kafka_landing *l, const struct weir_batch *batch, const uint64_t *rows,
				   struct weir_error *err)
{
	struct kafka_flight *f = &l->flight;

	if (f->given == f->n) {
		enum weir_status st = await(l, false, err);
		if (st == WEIR_OK)
			st = kafka_avro_follow(l, batch, err);
		if (st != WEIR_OK)
			return st;
		if (!kafka_rows_make(l, at(f, f->n), batch, rows)) {
			kafka_rows_release(l, at(f, f->n));
			return kafka_landing_no_memory(err);
		}
		f->n++;
	}
	return send_batch(l, at(f, f->given++), err);
}

void kafka_flight_rewind(struct kafka_flight *f)
{
	f->given = 0;
}

enum weir_status kafka_flight_land(struct kafka_landing *l, struct weir_error *err)
{
	return l->flight.given ? await(l, true, err) : WEIR_OK;
}

void kafka_flight_release(struct kafka_landing *l)
{
	for (uint32_t i = 0; i < KAFKA_MOST_BATCHES; i++)
		kafka_rows_release(l, &l->flight.ring[i]);
	l->flight = (struct kafka_flight){0};
}
