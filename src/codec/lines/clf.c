/* clf: the common and combined log formats of web servers, one request a line. */
#include "codec/lines/lines.h"

enum {
	CLF_HOST,
	CLF_IDENT,
	CLF_USER,
	CLF_TIME,
	CLF_METHOD,
	CLF_PATH,
	CLF_PROTOCOL,
	CLF_STATUS,
	CLF_BYTES,
	CLF_REFERRER,
	CLF_AGENT,
	CLF_EXTRA,
	CLF_VHOST, /* these two only where lines have them */
	CLF_N_COLUMNS
};

/* Parts of a plain line, separated by blanks: the time is two of them, the request in quotes one. Others may follow. */
enum { CLF_PARTS_COMMON = 8, CLF_PARTS_COMBINED = 10 };

struct clf_codec {
	struct weir_line_codec lines;
	struct weir_text_field columns[CLF_N_COLUMNS];
	struct weir_buf text; /* a quoted field without its escapes */
	struct weir_bulk_field fields[CLF_N_COLUMNS];
	uint32_t n_fields;
	uint32_t n_parts,
	    n_extra;    /* expected of the next lines: all, and those behind the format's own; 0: nothing is */
	uint32_t front; /* 1: a virtual host stands before them */
	bool split;     /* what is in the request is wanted */
	/* four marks a line: before the method, behind it, behind the path, behind the protocol */
	uint32_t request[4 * (WEIR_BULK_WINDOW_MOST * WEIR_BULK_BLOCK / CLF_PARTS_COMMON)];
};

static bool is_digits(struct weir_str s)
{
	bool all = s.size > 0;
	for (size_t i = 0; i < s.size; i++)
		all &= (unsigned char)(s.data[i] - '0') < 10;
	return all;
}

/* What status and bytes may be. */
static bool is_number(struct weir_str s)
{
	return s.size < 19 && is_digits(s);
}

static bool is_dash(struct weir_str s)
{
	return s.size == 1 && *s.data == '-';
}

static bool is_method(struct weir_str s)
{
	for (size_t i = 0; i < s.size; i++)
		if ((unsigned char)((s.data[i] | 32) - 'a') >= 26 && s.data[i] != '-' && s.data[i] != '_')
			return false;
	return s.size > 0 && s.size <= 32;
}

/* The texts of a line. data NULL: not there. */
struct request_line {
	struct weir_str field[CLF_N_COLUMNS];
	struct weir_str request; /* between the quotes */
	const char *trouble;     /* what is wrong with the line, NULL: nothing */
	bool cut;                /* it ended too early */
};

static bool fail(struct request_line *r, const char *trouble, bool cut)
{
	r->trouble = trouble;
	r->cut = cut;
	return false;
}

/* Between quotes, with \" inside; moves *p behind the closing one. */
static bool take_quoted(const char **p, const char *end, struct weir_str *out)
{
	if (*p == end || **p != '"')
		return false;
	const char *from = *p + 1, *quote = from;
	for (;;) {
		quote = memchr(quote, '"', (size_t)(end - quote));
		if (!quote)
			return false;
		const char *slash = quote;
		while (slash > from && slash[-1] == '\\')
			slash--;
		if ((quote - slash) % 2 == 0)
			break;
		quote++;
	}
	*out = (struct weir_str){from, (size_t)(quote - from)};
	*p = quote + 1;
	return true;
}

/* 203.0.113.5 or 2001:db8::7 */
static bool is_address(struct weir_str s)
{
	size_t dots = 0, colons = 0;

	for (size_t i = 0; i < s.size; i++) {
		char c = s.data[i];
		dots += c == '.';
		colons += c == ':';
		if (c != '.' && c != ':' && (unsigned char)(c - '0') > 9 && (unsigned char)((c | 32) - 'a') > 5)
			return false;
	}
	return colons > 1 || (dots == 3 && colons == 0 && is_digits((struct weir_str){s.data, 1}));
}

/* The first two words of a line are a virtual host and the client: shop.example:443 203.0.113.5. */
static bool is_vhost(struct weir_str first, struct weir_str second)
{
	const char *end = first.data + first.size, *colon = memrchr(first.data, ':', first.size);

	if (!first.size || !second.size || is_dash(second))
		return false;
	bool port = colon && colon > first.data && is_digits((struct weir_str){colon + 1, (size_t)(end - colon - 1)}) &&
		    (colon[-1] == ']' || !memchr(first.data, ':', (size_t)(colon - first.data)));
	return port || (is_address(second) && !is_address(first));
}

/* [vhost] host ident user [time], where the user may hold blanks. */
static bool split_head(const char **p, const char *end, struct request_line *r)
{
	if (!(r->field[CLF_HOST] = weir_line_word(p, end)).size || !(r->field[CLF_IDENT] = weir_line_word(p, end)).size)
		return fail(r, "no host and ident", *p == end);
	const char *open = *p;
	do {
		open = memchr(open, '[', (size_t)(end - open));
		if (!open)
			return fail(r, "no [time]", true);
		open++;
	} while (open - 2 < *p || open[-2] != ' ');
	r->field[CLF_USER] = (struct weir_str){*p, (size_t)(open - 2 - *p)};
	const char *blank = memchr(*p, ' ', r->field[CLF_USER].size);
	if (blank && is_vhost(r->field[CLF_HOST], r->field[CLF_IDENT])) {
		r->field[CLF_VHOST] = r->field[CLF_HOST];
		r->field[CLF_HOST] = r->field[CLF_IDENT];
		r->field[CLF_IDENT] = (struct weir_str){*p, (size_t)(blank - *p)};
		r->field[CLF_USER] = (struct weir_str){blank + 1, (size_t)(open - 3 - blank)};
	}
	const char *close = memchr(open, ']', (size_t)(end - open));
	if (!close)
		return fail(r, "the time is not closed", true);
	r->field[CLF_TIME] = (struct weir_str){open, (size_t)(close - open)};
	*p = close + 1 < end && close[1] == ' ' ? close + 2 : close + 1;
	return true;
}

/* "request" status bytes, and in the combined format "referrer" "agent"; what a server adds after them is kept as it
 * is. */
static bool split_tail(const char *p, const char *end, struct request_line *r)
{
	if (!take_quoted(&p, end, &r->request))
		return fail(r, "no \"request\"", true);
	p += p < end && *p == ' ';
	if (!(r->field[CLF_STATUS] = weir_line_word(&p, end)).size)
		return fail(r, "no status", true);
	if (!is_number(r->field[CLF_STATUS]) && !is_dash(r->field[CLF_STATUS]))
		return fail(r, "the status is not a number", false);
	if (!(r->field[CLF_BYTES] = weir_line_word(&p, end)).size)
		return fail(r, "no bytes", true);
	if (!is_number(r->field[CLF_BYTES]) && !is_dash(r->field[CLF_BYTES]))
		return fail(r, "the bytes are not a number", false);
	if (p < end && *p == '"') {
		if (!take_quoted(&p, end, &r->field[CLF_REFERRER]))
			return fail(r, "the referrer is not closed", true);
		p += p < end && *p == ' ';
		if (p < end && *p == '"' && !take_quoted(&p, end, &r->field[CLF_AGENT]))
			return fail(r, "the agent is not closed", true);
		p += p < end && *p == ' ';
	}
	if (p < end)
		r->field[CLF_EXTRA] = (struct weir_str){p, (size_t)(end - p)};
	return true;
}

/* METHOD PATH [PROTOCOL]; what is no such thing is kept whole as the path. */
static void split_request(struct request_line *r)
{
	const char *p = r->request.data, *end = p + r->request.size;
	struct weir_str method, path = r->request;
	bool has_method = (method = weir_line_word(&p, end)).size && is_method(method) && p < end;
	if (has_method) {
		const char *blank = memrchr(p, ' ', (size_t)(end - p));
		bool has_protocol = blank && end - blank > 5 && memcmp(blank + 1, "HTTP/", 5) == 0;
		path = (struct weir_str){p, (size_t)((has_protocol ? blank : end) - p)};
		r->field[CLF_METHOD] = method;
		if (has_protocol)
			r->field[CLF_PROTOCOL] = (struct weir_str){blank + 1, (size_t)(end - blank - 1)};
	}
	r->field[CLF_PATH] = path;
}

static bool split_line(struct weir_str line, struct request_line *r)
{
	const char *p = line.data, *end = line.data + line.size;
	*r = (struct request_line){0};
	if (!split_head(&p, end, r) || !split_tail(p, end, r))
		return false;
	split_request(r);
	return true;
}

/* \" and \\ are what a server had to write for " and \; other escapes (\x16) stay readable as they are. */
static struct weir_str unescape(struct weir_str s, struct weir_buf *out)
{
	if (!memchr(s.data, '\\', s.size))
		return s;
	weir_buf_clear(out);
	for (size_t i = 0; i < s.size; i++) {
		if (s.data[i] == '\\' && i + 1 < s.size && (s.data[i + 1] == '"' || s.data[i + 1] == '\\'))
			i++;
		weir_buf_add_char(out, s.data[i]);
	}
	return weir_buf_str(out);
}

static bool put_field(struct clf_codec *c, int i, struct weir_str s)
{
	struct weir_builder *b = &c->lines.codec.builder;
	struct weir_text_field *column = &c->columns[i];
	int64_t number;
	if (column->column < 0)
		return true;
	if (!s.data || is_dash(s))
		return weir_builder_null(b, column->column);
	if ((i == CLF_STATUS || i == CLF_BYTES) && weir_parse_int64(s, false, &number))
		return weir_builder_int64(b, column->column, number);
	if (i != CLF_PATH && i != CLF_REFERRER && i != CLF_AGENT)
		return weir_builder_text(b, column->column, s);
	s = unescape(s, &c->text);
	return !c->text.failed && weir_builder_text(b, column->column, s);
}

enum { TIME_PART = 3, ZONE_PART, REQUEST_PART, STATUS_PART, BYTES_PART, REFERRER_PART, AGENT_PART };

/* Behind a virtual host, if there is one. */
static const struct weir_bulk_field places[CLF_EXTRA] = {
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

/* After a line with these fields (of CLF_N_COLUMNS) was read and its columns bound: the next are likely to be as it was. */
static void expect(struct clf_codec *c, const struct weir_str *fields)
{
	const bool combined = fields[CLF_AGENT].data;
	const uint32_t front = fields[CLF_VHOST].data != NULL;
	const uint32_t own = front + (combined ? CLF_PARTS_COMBINED : CLF_PARTS_COMMON),
		       extra = count_parts(fields[CLF_EXTRA]);
	if (combined != (fields[CLF_REFERRER].data != NULL) ||
	    (c->n_parts == own + extra && c->n_extra == extra && c->front == front))
		return;
	c->front = front;
	c->n_parts = own + extra;
	c->n_extra = extra;
	c->n_fields = 0;
	c->split = false;
	for (int i = 0; i < CLF_EXTRA; i++) {
		if (c->columns[i].column < 0)
			continue;
		struct weir_bulk_field *f = &c->fields[c->n_fields++];
		*f = places[i];
		f->field = &c->columns[i];
		f->place += f->step ? 0 : front;
		f->absent = !f->step && f->place >= own;
		f->marks = f->step ? c->request : NULL;
		c->split |= f->step > 0;
	}
	if (front && c->columns[CLF_VHOST].column >= 0)
		c->fields[c->n_fields++] = (struct weir_bulk_field){.field = &c->columns[CLF_VHOST], .place = 0};
	if (extra && c->columns[CLF_EXTRA].column >= 0)
		c->fields[c->n_fields++] = (struct weir_bulk_field){
		    .field = &c->columns[CLF_EXTRA], .place = own, .span = extra, .as_is = true};
}

/* "METHOD PATH PROTOCOL", quotes included, into four marks relative to `text`. */
static bool mark_request(struct weir_str s, const char *text, uint32_t *marks)
{
	const char *from = s.data + 1, *end = s.data + s.size - 1;
	const char *first = memchr(from, ' ', (size_t)(end - from));
	if (!first || !is_method((struct weir_str){from, (size_t)(first - from)}))
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
	return is_number(s) || is_dash(s);
}

static bool is_word(struct weir_str s)
{
	return s.size && *s.data != '"';
}

/* "[22/Nov/2026:10:00:00 +0000]" in two parts; many lines in a row have the same. */
static bool is_time(const struct weir_bulk_window *w, uint32_t row, uint32_t front, struct weir_str *same)
{
	struct weir_str time = weir_bulk_part(w, row, front + TIME_PART),
			zone = weir_bulk_part(w, row, front + ZONE_PART);
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

static bool is_line(const struct weir_bulk_window *w, uint32_t row, uint32_t own, uint32_t front, struct weir_str *time)
{
	struct weir_str first = weir_bulk_part(w, row, 0), second = weir_bulk_part(w, row, 1);
	if (!is_word(first) || !is_word(second) || (front && !is_vhost(first, second)) ||
	    is_quoted(weir_bulk_part(w, row, front + 2)) || !is_time(w, row, front, time))
		return false;
	if (!is_quoted(weir_bulk_part(w, row, front + REQUEST_PART)) ||
	    !is_count(weir_bulk_part(w, row, front + STATUS_PART)) ||
	    !is_count(weir_bulk_part(w, row, front + BYTES_PART)))
		return false;
	if (own < w->n_places) { /* a blank at the end is nothing, and a quote belongs to the combined format */
		struct weir_str extra = weir_bulk_part(w, row, own);
		if (!extra.size || (own == front + CLF_PARTS_COMMON && is_quoted(extra)))
			return false;
	}
	if (own == front + CLF_PARTS_COMMON)
		return true;
	return is_quoted(weir_bulk_part(w, row, front + REFERRER_PART)) &&
	       is_quoted(weir_bulk_part(w, row, front + AGENT_PART));
}

static uint32_t check(struct weir_codec *codec, const struct weir_bulk_window *w)
{
	struct clf_codec *c = (struct clf_codec *)codec;
	struct weir_str time = {0};
	const uint32_t own = c->n_parts - c->n_extra, front = c->front;
	for (uint32_t row = 0; row < w->rows; row++) {
		if (!is_line(w, row, own, front, &time))
			return row;
		if (c->split &&
		    !mark_request(weir_bulk_part(w, row, front + REQUEST_PART), w->text, c->request + 4 * (size_t)row))
			return row;
	}
	return w->rows;
}

/* The lines at the front of the chunk that are so. False: no memory. */
static bool read_bulk(struct weir_codec *codec, struct weir_chunk *chunk)
{
	struct clf_codec *c = (struct clf_codec *)codec;
	const struct weir_bulk_run run = {.builder = &codec->builder,
					  .nulls = &c->lines.texts.nulls,
					  .fields = c->fields,
					  .n_fields = c->n_fields,
					  .n_places = c->n_parts,
					  .syntax = {.separator = ' ', .lines = true},
					  .check = check,
					  .codec = codec};
	return !c->n_parts || weir_bulk_read(&codec->bulk, &run, chunk);
}

static bool one_line(struct weir_codec *codec, struct weir_str line, int *why, const char **detail)
{
	struct clf_codec *c = (struct clf_codec *)codec;
	struct request_line r;
	if (!split_line(line, &r)) {
		*why = r.cut ? WEIR_BAD_TRUNCATED : WEIR_BAD_SYNTAX;
		*detail = r.trouble;
		return true;
	}
	if (r.field[CLF_VHOST].data) {
		if (!c->columns[CLF_VHOST].bound)
			weir_text_field_bind(&c->lines.texts, &c->columns[CLF_VHOST]);
		if (!put_field(c, CLF_VHOST, r.field[CLF_VHOST]))
			return false;
	}
	for (int i = 0; i < CLF_EXTRA; i++) {
		if (!c->columns[i].bound)
			weir_text_field_bind(&c->lines.texts, &c->columns[i]);
		if (!put_field(c, i, r.field[i]))
			return false;
	}
	if (!r.field[CLF_EXTRA].data) {
		expect(c, r.field);
		return true;
	}
	if (!c->columns[CLF_EXTRA].bound)
		weir_text_field_bind(&c->lines.texts, &c->columns[CLF_EXTRA]);
	expect(c, r.field);
	return put_field(c, CLF_EXTRA, r.field[CLF_EXTRA]);
}

static bool is_one(struct weir_str line)
{
	struct request_line r;
	return split_line(line, &r);
}

static int detect(struct weir_str sample, bool complete)
{
	const unsigned percent = weir_lines_percent(sample, complete, is_one);

	return percent >= 50 ? (int)(50 + percent * 49 / 100) : 0;
}

static void close_clf(struct weir_codec *codec)
{
	weir_buf_release(&((struct clf_codec *)codec)->text);
}

static enum weir_status prepare(struct weir_codec *codec, const struct weir_codec_config *config,
				struct weir_error *err)
{
	static const char *const names[CLF_N_COLUMNS] = {"host",  "ident",    "user",   "time",  "method",
							 "path",  "protocol", "status", "bytes", "referrer",
							 "agent", "extra",    "vhost"};
	struct clf_codec *c = (struct clf_codec *)codec;
	(void)config;
	(void)err;
	for (int i = 0; i < CLF_N_COLUMNS; i++) {
		bool number = i == CLF_STATUS || i == CLF_BYTES;
		c->columns[i] =
		    (struct weir_text_field){.name = weir_str_of(names[i]), .type = number ? WEIR_INT64 : WEIR_STRING};
	}
	return WEIR_OK;
}

/* What lines look like is learned again from the next one. */
static bool clone(const struct weir_codec *from, struct weir_codec *to)
{
	struct clf_codec *c = (struct clf_codec *)to;
	(void)from;
	c->text = (struct weir_buf){0};
	c->n_fields = c->n_parts = c->n_extra = c->front = 0;
	return true;
}

static const struct weir_line_format lines = {
    .line = one_line,
    .read_bulk = read_bulk,
    .prepare = prepare,
    .clone = clone,
    .nulls = "-",
};

const struct weir_codec_ops weir_codec_clf = {
    .name = "clf",
    .help = "the common, combined and vhost_combined access logs of web servers",
    .detect = detect,
    .bytes = sizeof(struct clf_codec),
    .columns_fixed = true,
    .open = weir_lines_open,
    .decode = weir_lines_decode,
    .clone = weir_lines_clone,
    .lines = &lines,
    .close = close_clf,
};
