/* clf: the common and combined log formats of web servers, one request a line. */
#include "codec/clf.h"

/* The texts of a line. data NULL: not there. */
struct request_line {
	struct weir_str field[CLF_N_COLUMNS];
	struct weir_str request; /* between the quotes */
	const char *trouble;	 /* what is wrong with the line, NULL: nothing */
	bool cut;		 /* it ended too early */
};

static bool fail(struct request_line *r, const char *trouble, bool cut)
{
	r->trouble = trouble;
	r->cut = cut;
	return false;
}

/* Up to the next blank; moves *p behind it. */
static bool take_word(const char **p, const char *end, struct weir_str *out)
{
	const char *blank = *p < end ? memchr(*p, ' ', (size_t)(end - *p)) : NULL;
	const char *stop = blank ? blank : end;
	*out = (struct weir_str){*p, (size_t)(stop - *p)};
	*p = blank ? blank + 1 : end;
	return stop > out->data;
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

/* host ident user [time], where the user may hold blanks. */
static bool split_head(const char **p, const char *end, struct request_line *r)
{
	if (!take_word(p, end, &r->field[CLF_HOST]) || !take_word(p, end, &r->field[CLF_IDENT]))
		return fail(r, "no host and ident", *p == end);
	const char *open = *p;
	do {
		open = memchr(open, '[', (size_t)(end - open));
		if (!open)
			return fail(r, "no [time]", true);
		open++;
	} while (open - 2 < *p || open[-2] != ' ');
	r->field[CLF_USER] = (struct weir_str){*p, (size_t)(open - 2 - *p)};
	const char *close = memchr(open, ']', (size_t)(end - open));
	if (!close)
		return fail(r, "the time does not end", true);
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
	if (!take_word(&p, end, &r->field[CLF_STATUS]))
		return fail(r, "no status", true);
	if (!clf_is_number(r->field[CLF_STATUS]) && !clf_is_dash(r->field[CLF_STATUS]))
		return fail(r, "the status is no number", false);
	if (!take_word(&p, end, &r->field[CLF_BYTES]))
		return fail(r, "no bytes", true);
	if (!clf_is_number(r->field[CLF_BYTES]) && !clf_is_dash(r->field[CLF_BYTES]))
		return fail(r, "the bytes are no number", false);
	if (p < end && *p == '"') {
		if (!take_quoted(&p, end, &r->field[CLF_REFERRER]))
			return fail(r, "the referrer does not end", true);
		p += p < end && *p == ' ';
		if (p < end && *p == '"' && !take_quoted(&p, end, &r->field[CLF_AGENT]))
			return fail(r, "the agent does not end", true);
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
	bool has_method = take_word(&p, end, &method) && clf_is_method(method) && p < end;
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
	struct weir_builder *b = &c->codec.builder;
	struct weir_cells_column *column = &c->columns[i];
	int64_t number;
	if (column->column < 0)
		return true;
	if (!s.data || clf_is_dash(s))
		return weir_builder_null(b, column->column);
	if ((i == CLF_STATUS || i == CLF_BYTES) && weir_parse_int64(s, false, &number))
		return weir_builder_int64(b, column->column, number);
	if (i != CLF_PATH && i != CLF_REFERRER && i != CLF_AGENT)
		return weir_builder_text(b, column->column, s);
	s = unescape(s, &c->text);
	return !c->text.failed && weir_builder_text(b, column->column, s);
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
	for (int i = 0; i < CLF_EXTRA; i++) {
		if (!c->columns[i].bound)
			weir_cells_bind(&c->cells, &c->columns[i]);
		if (!put_field(c, i, r.field[i]))
			return false;
	}
	if (!r.field[CLF_EXTRA].data) {
		weir_clf_expect(c, r.field);
		return true;
	}
	if (!c->columns[CLF_EXTRA].bound)
		weir_cells_bind(&c->cells, &c->columns[CLF_EXTRA]);
	weir_clf_expect(c, r.field);
	return put_field(c, CLF_EXTRA, r.field[CLF_EXTRA]);
}

static int detect(struct weir_str sample, bool complete)
{
	enum { LINES = 100 };
	size_t lines = 0, good = 0;
	const char *at = sample.data, *end = sample.data + sample.size;
	struct request_line r;
	for (const char *stop; at < end && lines < LINES; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop && !complete)
			break;
		if (!stop)
			stop = end;
		struct weir_str line = weir_str_trim((struct weir_str){at, (size_t)(stop - at)});
		lines += line.size > 0;
		good += line.size && split_line(line, &r);
	}
	return lines && good * 2 >= lines ? (int)(50 + good * 49 / lines) : 0;
}

static void close_clf(struct weir_codec *codec)
{
	struct clf_codec *c = (struct clf_codec *)codec;
	weir_plain_release(&c->plain);
	weir_buf_release(&c->text);
	weir_codec_free(codec);
}

static enum weir_status open_clf(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				 struct weir_codec **out, struct weir_error *err)
{
	static const char *const names[CLF_N_COLUMNS] = {"host",     "ident",  "user",	"time",	    "method", "path",
							 "protocol", "status", "bytes", "referrer", "agent",  "extra"};
	(void)sample;
	(void)complete;
	struct clf_codec *c = weir_codec_alloc(&weir_codec_clf, config, sizeof *c, err);
	if (!c)
		return WEIR_NO_MEMORY;
	c->cells.builder = &c->codec.builder;
	for (int i = 0; i < CLF_N_COLUMNS; i++) {
		bool number = i == CLF_STATUS || i == CLF_BYTES;
		c->columns[i] = (struct weir_cells_column){.name = weir_str_of(names[i]),
							   .type = number ? WEIR_INT64 : WEIR_STRING};
	}
	c->codec.read_plain = weir_clf_read_plain;
	if (!weir_cell_nulls_init(&c->cells.nulls, "-") || !weir_plain_init(&c->plain)) {
		close_clf(&c->codec);
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	}
	*out = &c->codec;
	return WEIR_OK;
}

static enum weir_status decode(struct weir_codec *codec, struct weir_chunk *chunk, struct weir_batch *batch,
			       struct weir_error *err)
{
	return weir_lines(codec, chunk, batch, one_line, err);
}

const struct weir_codec_ops weir_codec_clf = {
    .name = "clf",
    .help = "the common and combined log formats of web servers",
    .detect = detect,
    .open = open_clf,
    .decode = decode,
    .close = close_clf,
};
