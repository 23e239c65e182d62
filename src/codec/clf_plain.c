/* clf: lines without anything odd, many at once. */
#include "codec/clf.h"

enum { TIME_PART = 3, ZONE_PART, REQUEST_PART, STATUS_PART, BYTES_PART, REFERRER_PART, AGENT_PART };

static const struct weir_plain_field places[CLF_EXTRA] = {
    [CLF_HOST] = {.place = 0},
    [CLF_IDENT] = {.place = 1},
    [CLF_USER] = {.place = 2},
    [CLF_TIME] = {.place = TIME_PART, .span = 2, .skip = 1, .cut = 1},
    [CLF_METHOD] = {.place = 0, .step = 4},
    [CLF_PATH] = {.place = 1, .step = 4},
    [CLF_PROTOCOL] = {.place = 2, .step = 4},
    [CLF_STATUS] = {.place = STATUS_PART},
    [CLF_BYTES] = {.place = BYTES_PART},
    [CLF_REFERRER] = {.place = REFERRER_PART},
    [CLF_AGENT] = {.place = AGENT_PART},
};

/* Parts of what follows the format's own; 0 when there is nothing. */
static uint32_t count_parts(struct weir_str s)
{
	bool in_quote = false;
	uint32_t n = s.data != NULL;
	for (size_t i = 0; i < s.size; i++) {
		in_quote ^= s.data[i] == '"';
		n += s.data[i] == ' ' && !in_quote;
	}
	return n;
}

void weir_clf_expect(struct clf_codec *c, const struct weir_str *fields)
{
	const bool combined = fields[CLF_AGENT].data;
	const uint32_t own = combined ? CLF_PARTS_COMBINED : CLF_PARTS_COMMON, extra = count_parts(fields[CLF_EXTRA]);
	if (combined != (fields[CLF_REFERRER].data != NULL) || (c->n_parts == own + extra && c->n_extra == extra))
		return;
	c->n_parts = own + extra;
	c->n_extra = extra;
	c->n_fields = 0;
	c->split = false;
	for (int i = 0; i < CLF_EXTRA; i++) {
		if (c->columns[i].column < 0)
			continue;
		struct weir_plain_field *f = &c->fields[c->n_fields++];
		*f = places[i];
		f->cell = &c->columns[i];
		f->absent = !f->step && f->place >= own;
		f->marks = f->step ? c->request : NULL;
		c->split |= f->step > 0;
	}
	if (extra && c->columns[CLF_EXTRA].column >= 0)
		c->fields[c->n_fields++] = (struct weir_plain_field){
		    .cell = &c->columns[CLF_EXTRA], .place = own, .span = extra, .as_is = true};
}

/* "METHOD PATH PROTOCOL", quotes included, into four marks relative to `text`. */
static bool split_request(struct weir_str s, const char *text, uint32_t *marks)
{
	const char *from = s.data + 1, *end = s.data + s.size - 1;
	const char *first = memchr(from, ' ', (size_t)(end - from));
	if (!first || !clf_is_method((struct weir_str){from, (size_t)(first - from)}))
		return false;
	const char *last = memrchr(first + 1, ' ', (size_t)(end - first - 1));
	if (!last || end - last <= 5 || memcmp(last + 1, "HTTP/", 5) != 0)
		return false;
	marks[0] = (uint32_t)(s.data - text);
	marks[1] = (uint32_t)(first - text);
	marks[2] = (uint32_t)(last - text);
	marks[3] = (uint32_t)(end - text);
	return true;
}

static bool is_count(struct weir_str s)
{
	return clf_is_number(s) || clf_is_dash(s);
}

static bool is_word(struct weir_str s)
{
	return s.size && *s.data != '"';
}

/* "[22/Nov/2026:10:00:00 +0000]" in two parts; many lines in a row have the same. */
static bool is_time(const struct weir_plain_window *w, uint32_t row, struct weir_str *same)
{
	struct weir_str time = weir_plain_part(w, row, TIME_PART), zone = weir_plain_part(w, row, ZONE_PART);
	time.size = (size_t)(zone.data + zone.size - time.data);
	if (weir_str_equal(time, *same))
		return true;
	if (time.size < 2 || *time.data != '[' || memchr(time.data, ']', time.size) != time.data + time.size - 1)
		return false;
	*same = time;
	return true;
}

static bool is_quoted(struct weir_str s)
{
	return s.size && *s.data == '"';
}

static bool is_line(const struct weir_plain_window *w, uint32_t row, uint32_t own, struct weir_str *time)
{
	if (!is_word(weir_plain_part(w, row, 0)) || !is_word(weir_plain_part(w, row, 1)) ||
	    is_quoted(weir_plain_part(w, row, 2)) || !is_time(w, row, time))
		return false;
	if (!is_quoted(weir_plain_part(w, row, REQUEST_PART)) || !is_count(weir_plain_part(w, row, STATUS_PART)) ||
	    !is_count(weir_plain_part(w, row, BYTES_PART)))
		return false;
	if (own < w->n_places) { /* a blank at the end is nothing, and a quote belongs to the combined format */
		struct weir_str extra = weir_plain_part(w, row, own);
		if (!extra.size || (own == CLF_PARTS_COMMON && is_quoted(extra)))
			return false;
	}
	if (own == CLF_PARTS_COMMON)
		return true;
	return is_quoted(weir_plain_part(w, row, REFERRER_PART)) && is_quoted(weir_plain_part(w, row, AGENT_PART));
}

static uint32_t check(struct weir_codec *codec, const struct weir_plain_window *w)
{
	struct clf_codec *c = (struct clf_codec *)codec;
	struct weir_str time = {0};
	const uint32_t own = c->n_parts - c->n_extra;
	for (uint32_t row = 0; row < w->rows; row++) {
		if (!is_line(w, row, own, &time))
			return row;
		if (c->split &&
		    !split_request(weir_plain_part(w, row, REQUEST_PART), w->text, c->request + 4 * (size_t)row))
			return row;
	}
	return w->rows;
}

bool weir_clf_read_plain(struct weir_codec *codec, struct weir_chunk *chunk)
{
	struct clf_codec *c = (struct clf_codec *)codec;
	const struct weir_plain_run run = {.builder = &codec->builder,
					   .nulls = &c->cells.nulls,
					   .fields = c->fields,
					   .n_fields = c->n_fields,
					   .n_places = c->n_parts,
					   .syntax = {.separator = ' ', .lines = true},
					   .check = check,
					   .codec = codec};
	return !c->n_parts || weir_plain_read(&c->plain, &run, chunk);
}
