/* History, and polling for what came since. */
#include "mongodb.h"

#include <stdio.h>
#include <stdlib.h>

#define LATE_LOOK_US WEIR_US_PER_S /* what comes late is asked for so often */

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "mongodb", "out of memory");
}

const char *weir_mg_key(const struct weir_mg_source *q)
{
	return q->by ? q->by : q->landed ? WEIR_MONGODB_AT : WEIR_MONGODB_ID;
}

/* A key that grows with time as a number, and late= in the same unit. False: it is none of these. */
static bool number_of(const struct weir_mg_source *q, const bson_value_t *v, int64_t *number, int64_t *span)
{
	if (v->value_type == BSON_TYPE_INT64 && q->landed && !q->by) {
		*number = v->value.v_int64;
		*span = q->late_us;
	} else if (v->value_type == BSON_TYPE_DATE_TIME) {
		*number = v->value.v_datetime;
		*span = q->late_us / 1000;
	} else if (v->value_type == BSON_TYPE_OID) {
		*number = (int64_t)bson_oid_get_time_t(&v->value.v_oid);
		*span = q->late_us / WEIR_US_PER_S + 1;
	} else {
		return false;
	}
	return true;
}

/* The smallest key with that number, of the type of `like`. */
static bson_value_t key_with(const bson_value_t *like, int64_t number)
{
	bson_value_t v = {.value_type = like->value_type};
	uint32_t seconds = BSON_UINT32_TO_BE((uint32_t)number);

	if (like->value_type == BSON_TYPE_OID)
		memcpy(v.value.v_oid.bytes, &seconds, sizeof seconds);
	else
		v.value.v_int64 = number; /* a date has its milliseconds in the same place */
	return v;
}

/* ---- what is asked ---- */

/* The conditions of a find, as the elements of an $and. */
struct conditions {
	bson_t *list;
	uint32_t n;
};

static void add_condition(struct conditions *c, const char *field, const char *low_op, const bson_value_t *low,
			  const char *high_op, const bson_value_t *high)
{
	char index[12];
	bson_t item, range;

	snprintf(index, sizeof index, "%u", c->n++);
	BSON_APPEND_DOCUMENT_BEGIN(c->list, index, &item);
	BSON_APPEND_DOCUMENT_BEGIN(&item, field, &range);
	if (low)
		bson_append_value(&range, low_op, -1, low);
	if (high)
		bson_append_value(&range, high_op, -1, high);
	bson_append_document_end(&item, &range);
	bson_append_document_end(c->list, &item);
}

/* from= and until=, to the millisecond; the source looks at the rest. */
static void add_times(const struct weir_mg_source *q, struct conditions *c)
{
	const char *column = q->time ? q->time : q->reader.landed_time;
	bool from = q->from.kind == WEIR_PLACE_TIME, until = q->until.kind == WEIR_PLACE_TIME;
	struct weir_buf field = {0};
	bson_value_t low = {.value_type = BSON_TYPE_DATE_TIME}, high = low;

	if (!q->times_are_dates || !column || (!from && !until))
		return;
	low.value.v_datetime = q->from.value / 1000 - (q->from.value % 1000 < 0);
	high.value.v_datetime = q->until.value / 1000 - (q->until.value % 1000 < 0);
	if (q->landed)
		weir_mongodb_field_name(weir_str_of(column), &field);
	else
		weir_buf_add_c(&field, column);
	if (!field.failed)
		add_condition(c, field.data, "$gte", from ? &low : NULL, "$lte", until ? &high : NULL);
	weir_buf_release(&field);
}

static void add_projection(const struct weir_mg_source *q, bson_t *command)
{
	struct weir_str rest = weir_str_of(q->columns ? q->columns : "");
	struct weir_buf field = {0};
	bson_t fields;

	if (!q->columns)
		return;
	BSON_APPEND_DOCUMENT_BEGIN(command, "projection", &fields);
	BSON_APPEND_INT32(&fields, WEIR_MONGODB_OWN, 1);
	if (q->by)
		BSON_APPEND_INT32(&fields, q->by, 1);
	while (rest.size) {
		struct weir_str one = weir_str_cut(rest, ',', &rest);
		weir_buf_clear(&field);
		if (q->landed)
			weir_mongodb_field_name(one, &field);
		else
			weir_buf_add_str(&field, one);
		if (field.size && !(q->by && weir_str_equal(weir_buf_str(&field), weir_str_of(q->by))))
			bson_append_int32(&fields, field.data, (int)field.size, 1);
	}
	bson_append_document_end(command, &fields);
	weir_buf_release(&field);
}

/* A find in the order of the key, between two keys where these are given. */
static enum weir_status begin_find(struct weir_mg_source *q, const char *low_op, const bson_value_t *low,
				   const bson_value_t *high, struct weir_error *err)
{
	bson_t command = BSON_INITIALIZER, filter, list, sort;
	struct conditions c = {.list = &list};

	BSON_APPEND_UTF8(&command, "find", q->server.collection);
	BSON_APPEND_DOCUMENT_BEGIN(&command, "filter", &filter);
	BSON_APPEND_ARRAY_BEGIN(&filter, "$and", &list);
	if (q->query) {
		BSON_APPEND_DOCUMENT(&list, "0", q->query);
		c.n++;
	}
	add_times(q, &c);
	if (low || high)
		add_condition(&c, weir_mg_key(q), low_op, low, "$lte", high);
	bson_append_array_end(&filter, &list);
	bson_append_document_end(&command, &filter);
	if (!c.n) { /* an $and of nothing is none */
		bson_reinit(&command);
		BSON_APPEND_UTF8(&command, "find", q->server.collection);
	}
	BSON_APPEND_DOCUMENT_BEGIN(&command, "sort", &sort);
	BSON_APPEND_INT32(&sort, weir_mg_key(q), 1);
	bson_append_document_end(&command, &sort);
	add_projection(q, &command);
	BSON_APPEND_INT32(&command, "batchSize", WEIR_MG_BATCH);
	enum weir_status st = weir_mongodb_cursor_begin(&q->server, &q->found, &command, NULL, err);
	bson_destroy(&command);
	return st;
}

/* One document: the last in the order of the key, or (first) just one. */
static enum weir_status find_one(struct weir_mg_source *q, bool newest, bson_t *document, bool *found,
				 struct weir_error *err)
{
	bson_t command = BSON_INITIALIZER, sort;

	BSON_APPEND_UTF8(&command, "find", q->server.collection);
	if (newest) {
		BSON_APPEND_DOCUMENT_BEGIN(&command, "sort", &sort);
		BSON_APPEND_INT32(&sort, weir_mg_key(q), -1);
		bson_append_document_end(&command, &sort);
	}
	BSON_APPEND_INT32(&command, "batchSize", 1);
	BSON_APPEND_INT64(&command, "limit", 1);
	enum weir_status st = weir_mongodb_cursor_begin(&q->server, &q->found, &command, NULL, err);
	bson_destroy(&command);
	*found = st == WEIR_OK && weir_mongodb_cursor_peek(&q->found, document);
	return st;
}

enum weir_status weir_mg_find_key(struct weir_mg_source *q, struct weir_error *err)
{
	bson_t document;
	bson_iter_t own, at, value;
	struct weir_buf field = {0};
	enum weir_status st = find_one(q, false, &document, &q->known, err);

	if (q->known) {
		q->landed = weir_mg_is_landed(&document, &own);
		if (q->landed && bson_iter_find(&own, "time") && BSON_ITER_HOLDS_UTF8(&own) && !q->reader.landed_time &&
		    !(q->reader.landed_time = weir_str_dup(weir_str_of(bson_iter_utf8(&own, NULL)))))
			st = out_of_memory(err);
		const char *column = q->time ? q->time : q->reader.landed_time;
		if (column && q->landed)
			weir_mongodb_field_name(weir_str_of(column), &field);
		else
			weir_buf_add_c(&field, column ? column : "");
		/* A date in one document, that is: MongoDB compares dates with dates alone, so others would be left out. */
		q->times_are_dates = field.size && !field.failed && bson_iter_init(&at, &document) &&
				     bson_iter_find_descendant(&at, field.data, &value) &&
				     BSON_ITER_HOLDS_DATE_TIME(&value);
		weir_buf_release(&field);
	}
	weir_mongodb_cursor_release(&q->found);
	return st;
}

static bool keep_last(struct weir_mg_source *q, const bson_value_t *v)
{
	if (q->has_last)
		bson_value_destroy(&q->last);
	bson_value_copy(v, &q->last);
	q->has_last = true;
	return true;
}

static const bson_value_t *key_of(const struct weir_mg_source *q, const bson_t *document, bson_iter_t *value)
{
	bson_iter_t at;

	return bson_iter_init(&at, document) && bson_iter_find_descendant(&at, weir_mg_key(q), value)
		   ? bson_iter_value(value)
		   : NULL;
}

enum weir_status weir_mg_find_newest(struct weir_mg_source *q, struct weir_error *err)
{
	bson_t document;
	bson_iter_t value;
	int64_t span;
	bool found;
	enum weir_status st = find_one(q, true, &document, &found, err);
	const bson_value_t *v = found ? key_of(q, &document, &value) : NULL;

	if (v) {
		keep_last(q, v);
		(void)!number_of(q, v, &q->floor, &span);
	}
	weir_mongodb_cursor_release(&q->found);
	return st;
}

/* Where a find begins that may meet again what was read: `late` before the last one, and not before the floor. */
static bool window(const struct weir_mg_source *q, bson_value_t *low)
{
	int64_t number, span;

	if (!q->has_last || !q->seen.younger.n || !number_of(q, &q->last, &number, &span))
		return false;
	int64_t from = number - span > q->floor ? number - span : q->floor + 1;
	*low = key_with(&q->last, from);
	return true;
}

enum weir_status weir_mg_find_history(struct weir_mg_source *q, bool *done, struct weir_error *err)
{
	bson_value_t low;
	bool windowed = window(q, &low);

	*done = q->found.begun && !q->found.id;
	if (*done)
		return WEIR_OK;
	if (q->found.begun)
		return weir_mongodb_cursor_more(&q->server, &q->found, q->server.collection, WEIR_MG_BATCH, 0, NULL,
						err);
	q->asks_late = false;
	return begin_find(q, windowed ? "$gte" : "$gt", windowed ? &low : q->has_last ? &q->last : NULL, NULL, err);
}

enum weir_status weir_mg_poll(struct weir_mg_source *q, bool *done, struct weir_error *err)
{
	int64_t now_us = weir_clock_mono_us(q->clock);
	bson_value_t low;
	enum weir_status st;

	if (!q->known)
		st = weir_mg_find_key(q, err);
	else if (q->found.begun && q->found.id)
		st = weir_mongodb_cursor_more(&q->server, &q->found, q->server.collection, WEIR_MG_BATCH, 0, NULL, err);
	else if (now_us >= q->late_look_us && now_us - q->news_us <= q->late_us + LATE_LOOK_US && window(q, &low)) {
		q->late_look_us = now_us + LATE_LOOK_US;
		q->asks_late = true;
		st = begin_find(q, "$gte", &low, &q->last, err);
	} else {
		q->asks_late = false;
		st = begin_find(q, "$gt", q->has_last ? &q->last : NULL, NULL, err);
	}
	*done = st == WEIR_OK && !q->asks_late && !weir_mongodb_cursor_peek(&q->found, &(bson_t){0});
	return st;
}

bool weir_mg_take_key(struct weir_mg_source *q, const bson_t *document, bool *fresh)
{
	int64_t number, span, last;
	bson_iter_t value;
	const bson_value_t *v = key_of(q, document, &value);

	*fresh = true;
	if (!v)
		return true;
	if (!number_of(q, v, &number, &span))
		return keep_last(q, v);
	if (!weir_mg_seen_add(&q->seen, number, span, weir_mg_id_hash(document), fresh))
		return false;
	q->news_us = *fresh ? weir_clock_mono_us(q->clock) : q->news_us;
	return q->has_last && number_of(q, &q->last, &last, &span) &&
		       (last > number || (last == number && v->value_type != BSON_TYPE_OID))
		   ? true
		   : keep_last(q, v);
}
