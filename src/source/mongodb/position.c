/* Where another run goes on, as a text: the kind of the place, and the place.
 *
 *   change-HEX    behind an event of the change stream: the _data of its token
 *   at-N          behind `_weir.at` N
 *   date-N        behind a date, in milliseconds
 *   id-HEX        behind an ObjectId */
#include "mongodb.h"

#include <stdio.h>
#include <stdlib.h>

static enum weir_status wrong(const char *text, struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, "position", "%.80s is no place of this source", text);
	weir_error_hint(err, "--stats says where a run ended");
	return WEIR_USAGE;
}

static bool read_number(const char *text, bson_type_t type, bson_value_t *out)
{
	int64_t n;

	if (!weir_parse_int64(weir_str_of(text), false, &n))
		return false;
	out->value_type = type;
	out->value.v_int64 = n; /* a date has its milliseconds in the same place */
	return true;
}

enum weir_status weir_mg_position_read(struct weir_mg_source *q, const char *text, struct weir_error *err)
{
	bool good = false;

	if (strncmp(text, "change-", 7) == 0) {
		good = text[7] && strspn(text + 7, "0123456789abcdefABCDEF") == strlen(text + 7);
		if (good)
			q->place = BCON_NEW("_data", BCON_UTF8(text + 7));
	} else if (strncmp(text, "at-", 3) == 0) {
		good = read_number(text + 3, BSON_TYPE_INT64, &q->last);
		q->landed = q->known = true;
	} else if (strncmp(text, "date-", 5) == 0) {
		good = read_number(text + 5, BSON_TYPE_DATE_TIME, &q->last);
	} else if (strncmp(text, "id-", 3) == 0 && bson_oid_is_valid(text + 3, strlen(text + 3))) {
		q->last.value_type = BSON_TYPE_OID;
		bson_oid_init_from_string(&q->last.value.v_oid, text + 3);
		good = true;
	}
	if (!good)
		return wrong(text, err);
	q->has_last = !q->place;
	if (q->last.value_type == BSON_TYPE_INT64 || q->last.value_type == BSON_TYPE_DATE_TIME)
		q->floor = q->last.value.v_int64;
	else if (q->last.value_type == BSON_TYPE_OID)
		q->floor = (int64_t)bson_oid_get_time_t(&q->last.value.v_oid);
	return WEIR_OK;
}

static enum weir_status write_place(const struct weir_mg_source *q, struct weir_buf *out)
{
	bson_iter_t at;

	if (!bson_iter_init_find(&at, q->place, "_data") || !BSON_ITER_HOLDS_UTF8(&at))
		return WEIR_UNSUPPORTED;
	weir_buf_addf(out, "change-%s", bson_iter_utf8(&at, NULL));
	return WEIR_OK;
}

enum weir_status weir_mg_position_write(const struct weir_mg_source *q, struct weir_buf *out)
{
	char oid[25];

	if (q->has_changes)
		return q->phase != WEIR_MG_CHANGES || !q->place ? WEIR_AGAIN : write_place(q, out);
	if (!q->has_last)
		return WEIR_AGAIN;
	switch (q->last.value_type) {
	case BSON_TYPE_INT64:
		if (!q->landed || q->by)
			return WEIR_UNSUPPORTED;
		weir_buf_addf(out, "at-%lld", (long long)q->last.value.v_int64);
		return WEIR_OK;
	case BSON_TYPE_DATE_TIME:
		weir_buf_addf(out, "date-%lld", (long long)q->last.value.v_datetime);
		return WEIR_OK;
	case BSON_TYPE_OID:
		bson_oid_to_string(&q->last.value.v_oid, oid);
		weir_buf_addf(out, "id-%s", oid);
		return WEIR_OK;
	default:
		return WEIR_UNSUPPORTED;
	}
}
