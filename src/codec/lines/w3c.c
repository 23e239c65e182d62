/* w3c: the extended log format of IIS, CloudFront and others (W3C working draft WD-logfile-960323). Lines that begin with # are
 * directives; #Fields: names the columns of the lines that follow. Fields are separated by blanks or, where a line has them, by
 * tabs; - is NULL. */
#include "codec/lines/lines.h"

enum { W3C_FIELDS = 256 }; /* of a line; the format has a few dozen */

enum { W3C_BEYOND = UINT16_MAX }; /* it has a name, but is no column: there are too many */
_Static_assert((int)WEIR_MAX_COLUMNS < (int)W3C_BEYOND, "a column's index fits");

struct w3c_codec {
	struct weir_line_codec lines;
	struct weir_named_fields named;
	bool has_fields, of_sample;  /* a #Fields: line came; it was the sample's, and the stream begins with its own */
	size_t n_fields;             /* of the last #Fields: */
	uint16_t fields[W3C_FIELDS]; /* index among the named columns, or W3C_BEYOND */
	struct weir_buf names;       /* what follows #Fields:, while one is W3C_BEYOND; else empty */
	struct weir_buf text;        /* a quoted field without its doubled quotes */
};

static const char fields_directive[] = "#Fields:";

static struct weir_str next_word(const char **p, const char *end)
{
	while (*p < end && (**p == ' ' || **p == '\t'))
		(*p)++;
	const char *from = *p;
	while (*p < end && **p != ' ' && **p != '\t')
		(*p)++;
	return (struct weir_str){from, (size_t)(*p - from)};
}

static bool is_fields(struct weir_str line)
{
	const size_t n = sizeof fields_directive - 1;

	return line.size >= n && weir_str_equal_nocase((struct weir_str){line.data, n}, weir_str_of(fields_directive));
}

/* False: no memory. *detail: why the names cannot be used. */
static bool read_fields(struct w3c_codec *w, struct weir_str line, const char **detail)
{
	const char *begin = line.data + sizeof fields_directive - 1, *p = begin, *end = line.data + line.size;
	uint16_t fields[W3C_FIELDS] = {0};
	size_t n = 0;
	bool beyond = false;

	for (struct weir_str name = next_word(&p, end); name.size; name = next_word(&p, end)) {
		if (n == W3C_FIELDS) {
			*detail = "more than 256 fields";
			return true;
		}
		int i = weir_named_fields_find(&w->named, name);
		if (i == WEIR_FIELDS_NO_MEMORY)
			return false;
		beyond |= i == WEIR_FIELDS_BEYOND;
		fields[n++] = i == WEIR_FIELDS_BEYOND ? W3C_BEYOND : (uint16_t)i;
	}
	memcpy(w->fields, fields, n * sizeof *fields);
	w->n_fields = n;
	w->has_fields = true;
	w->of_sample = w->lines.texts.surveying;
	weir_buf_clear(&w->names);
	if (beyond)
		weir_buf_add(&w->names, begin, (size_t)(end - begin));
	return !w->names.failed;
}

/* A field in quotes, with "" for one inside; moves *p behind it. data NULL: it does not end, or no memory. */
static struct weir_str quoted(struct w3c_codec *w, const char **p, const char *end)
{
	const char *from = *p + 1, *at = from;

	weir_buf_clear(&w->text);
	for (;;) {
		const char *quote = at < end ? memchr(at, '"', (size_t)(end - at)) : NULL;
		if (!quote)
			return (struct weir_str){NULL, 0};
		if (quote + 1 == end || quote[1] != '"') {
			*p = quote + 1;
			if (!w->text.size)
				return (struct weir_str){from, (size_t)(quote - from)};
			weir_buf_add(&w->text, at, (size_t)(quote - at));
			return weir_buf_str(&w->text);
		}
		weir_buf_add(&w->text, at, (size_t)(quote + 1 - at));
		at = quote + 2;
	}
}

/* The field at *p, which moves behind it and its separator. */
static struct weir_str next_field(struct w3c_codec *w, const char **p, const char *end, char separator)
{
	const char *after = *p;
	struct weir_str s;

	/* what has text behind its closing quote is no quoted field */
	if (separator == ' ' && **p == '"' && (s = quoted(w, &after, end)).data && (after == end || *after == ' ')) {
		while (after < end && *after == ' ')
			after++;
		*p = after;
		return s;
	}
	const char *stop = memchr(*p, separator, (size_t)(end - *p));
	s = (struct weir_str){*p, (size_t)((stop ? stop : end) - *p)};
	*p = stop ? stop + 1 : end;
	while (separator == ' ' && *p < end && **p == ' ')
		(*p)++;
	return s;
}

static size_t count_fields(struct w3c_codec *w, struct weir_str line, char separator)
{
	const char *p = line.data, *end = line.data + line.size;
	size_t n = 0;

	for (; p < end && n <= W3C_FIELDS; n++)
		next_field(w, &p, end, separator);
	return n + (line.size && end[-1] == separator); /* an empty field behind the last tab */
}

/* They are counted first: a line that is no record changes no type. */
static bool put_fields(struct w3c_codec *w, struct weir_str line, int *why, const char **detail)
{
	const char *p = line.data, *end = line.data + line.size;
	const char separator = memchr(line.data, '\t', line.size) ? '\t' : ' ';
	const char *names = w->names.data, *names_end = names ? names + w->names.size : NULL;
	const size_t n = count_fields(w, line, separator);

	if (n != w->n_fields) {
		*why = n < w->n_fields ? WEIR_BAD_TRUNCATED : WEIR_BAD_FIELDS;
		*detail = n < w->n_fields ? "fewer fields than #Fields: names" : "more fields than #Fields: names";
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		struct weir_str s = next_field(w, &p, end, separator);
		struct weir_str name = w->names.size ? next_word(&names, names_end) : (struct weir_str){NULL, 0};
		bool ok = !w->text.failed;
		if (ok && w->fields[i] == W3C_BEYOND)
			ok = weir_text_fields_put_beyond(&w->lines.texts, name, s);
		else
			ok = ok && weir_text_field_put(&w->lines.texts, &w->named.fields[w->fields[i]], s);
		if (!ok)
			return false;
	}
	return true;
}

static bool one_line(struct weir_codec *codec, struct weir_str line, int *why, const char **detail)
{
	struct w3c_codec *w = (struct w3c_codec *)codec;

	while (line.size && line.data[line.size - 1] == ' ')
		line.size--;
	if (line.size == 0 || *line.data == '#') {
		*why = WEIR_LINE_NONE;
		if (!is_fields(line))
			return true;
		if (!read_fields(w, line, detail))
			return false;
		*why = *detail ? WEIR_BAD_FIELDS : WEIR_LINE_NONE;
		return true;
	}
	if (!w->has_fields || w->of_sample != w->lines.texts.surveying) {
		*why = WEIR_BAD_SYNTAX;
		*detail = "no #Fields: line names the columns yet";
		return true;
	}
	return put_fields(w, line, why, detail);
}

static int detect(struct weir_str sample, bool complete)
{
	const char *at = sample.data, *end = sample.data + sample.size;

	(void)complete;
	while (at < end && (*at == '#' || *at == '\r' || *at == '\n')) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		if (is_fields((struct weir_str){at, (size_t)((stop ? stop : end) - at)}))
			return 100;
		at = stop ? stop + 1 : end;
	}
	return 0;
}

static void close_w3c(struct weir_codec *codec)
{
	struct w3c_codec *w = (struct w3c_codec *)codec;

	weir_named_fields_release(&w->named);
	weir_buf_release(&w->names);
	weir_buf_release(&w->text);
}

static enum weir_status prepare(struct weir_codec *codec, const struct weir_codec_config *config,
				struct weir_error *err)
{
	struct w3c_codec *w = (struct w3c_codec *)codec;

	(void)config;
	if (weir_text_nulls_add(&w->lines.texts.nulls, WEIR_STR("-")))
		return WEIR_OK;
	return weir_fail(err, WEIR_USAGE, "null", "more than %d texts that mean NULL", WEIR_TEXT_NULLS);
}

static bool clone(const struct weir_codec *from, struct weir_codec *to)
{
	const struct w3c_codec *f = (const struct w3c_codec *)from;
	struct w3c_codec *w = (struct w3c_codec *)to;

	w->names = w->text = (struct weir_buf){0};
	weir_buf_add_str(&w->names, weir_buf_str(&f->names));
	return weir_named_fields_copy(&w->named, &f->named) && !w->names.failed;
}

static const struct weir_line_format lines = {
    .line = one_line,
    .prepare = prepare,
    .clone = clone,
    .surveys = true,
    .depend = true,
};

const struct weir_codec_ops weir_codec_w3c = {
    .name = "w3c",
    .help = "extended logs of IIS and CloudFront, with #Fields: lines",
    .detect = detect,
    .bytes = sizeof(struct w3c_codec),
    .named_ahead = true,
    .open = weir_lines_open,
    .decode = weir_lines_decode,
    .clone = weir_lines_clone,
    .lines = &lines,
    .close = close_w3c,
};
