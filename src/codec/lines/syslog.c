/* syslog: lines as RFC 3164 describes them and as RFC 5424 defines them, with or without <PRI>. Columns: time, host, app, pid,
 * message, severity, facility, msgid; structured data as columns ID.NAME. What a line does not have is missing. */
#include "codec/lines/lines.h"

enum {
	SYSLOG_TIME,
	SYSLOG_HOST,
	SYSLOG_APP,
	SYSLOG_PID,
	SYSLOG_MESSAGE,
	SYSLOG_SEVERITY,
	SYSLOG_FACILITY,
	SYSLOG_MSGID,
	SYSLOG_COLUMNS
};

static const char *const column_names[SYSLOG_COLUMNS] = {"time",    "host",     "app",      "pid",
							 "message", "severity", "facility", "msgid"};
/* RFC 5424, 6.2.1 */
static const char *const severities[] = {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};
static const char *const facilities[] = {"kern",   "user",   "mail",   "daemon", "auth",     "syslog",
					 "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
					 "ntp",    "audit",  "alert",  "clock",  "local0",   "local1",
					 "local2", "local3", "local4", "local5", "local6",   "local7"};

struct syslog_codec {
	struct weir_line_codec lines;
	struct weir_text_field columns[SYSLOG_COLUMNS];
	struct weir_named_fields named; /* of structured data */
	struct weir_buf name, text;
};

/* The parts of a line; data NULL: not there. */
struct parts {
	struct weir_str field[SYSLOG_COLUMNS];
	struct weir_str data; /* structured: [id name="value" …]… */
	bool has_priority;
};

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* <0> to <191>; moves *p behind it. */
static bool take_priority(const char **p, const char *end, struct parts *out)
{
	unsigned value = 0, digits = 0;
	const char *at = *p + 1;

	if (*p == end || **p != '<')
		return false;
	for (; at < end && is_digit(*at) && digits < 3; at++, digits++)
		value = value * 10 + (unsigned)(*at - '0');
	if (!digits || at == end || *at != '>' || value > 191)
		return false;
	out->field[SYSLOG_SEVERITY] = weir_str_of(severities[value % 8]);
	out->field[SYSLOG_FACILITY] = weir_str_of(facilities[value / 8]);
	out->has_priority = true;
	*p = at + 1;
	return true;
}

static struct weir_str or_nothing(struct weir_str s)
{
	return s.size == 1 && *s.data == '-' ? (struct weir_str){NULL, 0} : s;
}

/* The elements in brackets; NULL when they do not end. */
static const char *data_end(const char *p, const char *end)
{
	while (p < end && *p == '[') {
		bool in_quote = false;
		for (p++; p < end && (in_quote || *p != ']'); p++) {
			if (in_quote && *p == '\\' && p + 1 < end)
				p++;
			else if (*p == '"')
				in_quote = !in_quote;
		}
		if (p == end)
			return NULL;
		p++;
	}
	return p;
}

/* NAME="VALUE" at *p, which moves behind it. False: that is not what stands there. */
static bool take_parameter(const char **p, const char *end, struct weir_str *name, struct weir_str *value)
{
	const char *at = *p, *text;

	while (at < end && *at != '=' && *at != ' ' && *at != '"' && *at != ']')
		at++;
	if (at == *p || end - at < 3 || at[0] != '=' || at[1] != '"')
		return false;
	*name = (struct weir_str){*p, (size_t)(at - *p)};
	for (at = text = at + 2; at < end && *at != '"'; at++)
		at += *at == '\\' && at + 1 < end;
	*value = (struct weir_str){text, (size_t)(at - text)};
	*p = at + 1;
	return at < end;
}

/* The id behind a bracket; moves *p behind it. */
static struct weir_str take_id(const char **p, const char *end)
{
	const char *from = *p;

	while (*p < end && **p != ' ' && **p != ']' && **p != '=' && **p != '"')
		(*p)++;
	return (struct weir_str){from, (size_t)(*p - from)};
}

/* Every element is [ID NAME="VALUE" …]. */
static bool is_structured(const char *p, const char *end)
{
	struct weir_str name, value;

	while (p < end) {
		p++;
		if (!take_id(&p, end).size)
			return false;
		while (p < end && *p == ' ') {
			while (p < end && *p == ' ')
				p++;
			if (p < end && *p != ']' && !take_parameter(&p, end, &name, &value))
				return false;
		}
		if (p == end || *p != ']')
			return false;
		p++;
	}
	return true;
}

static struct weir_str without_mark(struct weir_str s)
{
	if (s.size >= 3 && memcmp(s.data, "\xef\xbb\xbf", 3) == 0)
		return (struct weir_str){s.data + 3, s.size - 3};
	return s;
}

/* Behind "<PRI>1 ": TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]. */
static bool split_5424(const char *p, const char *end, struct parts *out)
{
	static const int order[] = {SYSLOG_TIME, SYSLOG_HOST, SYSLOG_APP, SYSLOG_PID, SYSLOG_MSGID};

	const char *last = p;
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		if (p == end)
			return false;
		last = p;
		out->field[order[i]] = or_nothing(weir_line_word(&p, end));
	}
	if (p < end && *p == '[') {
		const char *stop = data_end(p, end);
		if (!stop || (stop < end && *stop != ' '))
			return false;
		if (!is_structured(p, stop)) { /* text in brackets */
			out->field[SYSLOG_MESSAGE] = (struct weir_str){p, (size_t)(end - p)};
			return true;
		}
		out->data = (struct weir_str){p, (size_t)(stop - p)};
		p = stop;
	} else if (p < end && *p == '-' && (p + 1 == end || p[1] == ' ')) {
		p++;
	} else { /* some programs leave MSGID and structured data out: all of it is text */
		out->field[SYSLOG_MSGID] = (struct weir_str){NULL, 0};
		out->field[SYSLOG_MESSAGE] = (struct weir_str){last, (size_t)(end - last)};
		return true;
	}
	if (p < end)
		out->field[SYSLOG_MESSAGE] = without_mark((struct weir_str){p + 1, (size_t)(end - p - 1)});
	return true;
}

static bool is_month(const char *p)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (size_t i = 0; i + 3 < sizeof months; i += 3)
		if (memcmp(p, months + i, 3) == 0)
			return true;
	return false;
}

/* 10:00:00, perhaps with a fraction; NULL: none is there. */
static const char *clock_end(const char *p, const char *end)
{
	if (end - p < 8 || !is_digit(p[0]) || !is_digit(p[1]) || p[2] != ':' || !is_digit(p[3]) || !is_digit(p[4]) ||
	    p[5] != ':' || !is_digit(p[6]) || !is_digit(p[7]))
		return NULL;
	p += 8;
	if (p < end && *p == '.')
		for (p++; p < end && is_digit(*p);)
			p++;
	return p;
}

/* "Nov  2 10:00:00", "Nov 22 2026 10:00:00" or ISO 8601 in one word. data NULL: neither. */
static struct weir_str take_time(const char **p, const char *end)
{
	const char *from = *p, *at = from, *stop = NULL;

	if (end - at >= 16 && is_month(at) && at[3] == ' ') {
		at += 4;
		while (at < end && *at == ' ')
			at++;
		while (at < end && is_digit(*at))
			at++;
		at += at < end && *at == ' ';
		stop = clock_end(at, end);
		if (!stop && end - at > 5 && is_digit(at[0]) && is_digit(at[1]) && is_digit(at[2]) && is_digit(at[3]) &&
		    at[4] == ' ')
			stop = clock_end(at + 5, end);
	} else if (end - at >= 19 && is_digit(at[0]) && at[4] == '-' && at[7] == '-' && at[10] == 'T' &&
		   clock_end(at + 11, end)) {
		stop = memchr(at, ' ', (size_t)(end - at));
	}
	if (!stop || stop == end || (*stop != ' ' && *stop != ':'))
		return (struct weir_str){NULL, 0};
	*p = stop + (*stop == ':') + 1;
	while (*p < end && **p == ' ')
		(*p)++;
	return (struct weir_str){from, (size_t)(stop - from)};
}

/* "app[12]: text", "app: text". False: there is no such tag, and nothing was taken. */
static bool take_tag(const char **p, const char *end, struct parts *out)
{
	const char *at = *p;

	while (at < end && *at != ' ' && *at != ':' && *at != '[')
		at++;
	if (at == *p || at == end || *at == ' ')
		return false;
	out->field[SYSLOG_APP] = (struct weir_str){*p, (size_t)(at - *p)};
	if (*at == '[') {
		const char *close = memchr(at, ']', (size_t)(end - at));
		if (!close)
			return false;
		out->field[SYSLOG_PID] = (struct weir_str){at + 1, (size_t)(close - at - 1)};
		at = close + 1;
	}
	at += at < end && *at == ':';
	at += at < end && *at == ' ';
	*p = at;
	return true;
}

/* Behind <PRI>, if there is one: TIME HOST TAG: text. Relays leave out any of them. */
static bool split_3164(const char *p, const char *end, struct parts *out, bool strict)
{
	out->field[SYSLOG_TIME] = take_time(&p, end);
	if (!out->field[SYSLOG_TIME].data && !out->has_priority)
		return false;
	if (out->field[SYSLOG_TIME].data) {
		const char *at = p;
		struct weir_str host = weir_line_word(&at, end);
		bool is_tag = host.size && (host.data[host.size - 1] == ':' || memchr(host.data, '[', host.size));
		if (host.size && !is_tag) {
			out->field[SYSLOG_HOST] = host;
			p = at;
		}
	}
	bool tag = take_tag(&p, end, out);
	out->field[SYSLOG_MESSAGE] = (struct weir_str){p, (size_t)(end - p)};
	return !strict || tag;
}

/* `strict`: as detection wants it, with a tag. */
static bool split(struct weir_str line, struct parts *out, bool strict)
{
	const char *p = line.data, *end = line.data + line.size;

	*out = (struct parts){0};
	if (take_priority(&p, end, out) && end - p > 2 && p[0] == '1' && p[1] == ' ')
		return split_5424(p + 2, end, out);
	return split_3164(p, end, out, strict);
}

static bool put_parameter(struct syslog_codec *s, struct weir_str id, struct weir_str name, struct weir_str value)
{
	const char *at = value.data, *end = value.data + value.size;

	weir_buf_clear(&s->name);
	weir_buf_addf(&s->name, WEIR_STR_FMT "." WEIR_STR_FMT, WEIR_STR_ARG(id), WEIR_STR_ARG(name));
	weir_buf_clear(&s->text);
	for (; at < end; at++) {
		if (*at == '\\' && at + 1 < end && (at[1] == '"' || at[1] == '\\' || at[1] == ']'))
			at++;
		weir_buf_add_char(&s->text, *at);
	}
	if (s->name.failed || s->text.failed)
		return false;
	value = s->text.data ? weir_buf_str(&s->text) : WEIR_STR("");
	return weir_named_fields_put(&s->lines.texts, &s->named, weir_buf_str(&s->name), value);
}

static bool put_data(struct syslog_codec *s, struct weir_str data)
{
	const char *p = data.data, *end = data.data + data.size;
	struct weir_str name, value;

	while (p < end) {
		p++;
		struct weir_str id = take_id(&p, end);
		while (p < end && *p != ']') {
			if (*p == ' ')
				p++;
			else if (!take_parameter(&p, end, &name, &value) || !put_parameter(s, id, name, value))
				return false;
		}
		p++;
	}
	return true;
}

static bool one_line(struct weir_codec *codec, struct weir_str line, int *why, const char **detail)
{
	struct syslog_codec *s = (struct syslog_codec *)codec;
	struct parts parts;

	if (!split(line, &parts, false)) {
		*why = WEIR_BAD_SYNTAX;
		*detail = parts.has_priority ? "the header of RFC 5424 is incomplete" : "no time at the start";
		return true;
	}
	for (int i = 0; i < SYSLOG_COLUMNS; i++)
		if (parts.field[i].data && !weir_text_field_put(&s->lines.texts, &s->columns[i], parts.field[i]))
			return false;
	return !parts.data.data || put_data(s, parts.data);
}

static bool is_one(struct weir_str line)
{
	struct parts parts;

	return split(line, &parts, true);
}

static int detect(struct weir_str sample, bool complete)
{
	const unsigned percent = weir_lines_percent_joined(sample, complete, is_one);

	return percent >= 70 ? (int)(40 + percent * 59 / 100) : 0;
}

static void close_syslog(struct weir_codec *codec)
{
	struct syslog_codec *s = (struct syslog_codec *)codec;

	weir_named_fields_release(&s->named);
	weir_buf_release(&s->name);
	weir_buf_release(&s->text);
}

static enum weir_status prepare(struct weir_codec *codec, const struct weir_codec_config *config,
				struct weir_error *err)
{
	struct syslog_codec *s = (struct syslog_codec *)codec;

	(void)config;
	(void)err;
	for (int i = 0; i < SYSLOG_COLUMNS; i++)
		s->columns[i] = (struct weir_text_field){.name = weir_str_of(column_names[i]),
							 .type = i == SYSLOG_PID ? WEIR_NULL : WEIR_STRING};
	return WEIR_OK;
}

static bool clone(const struct weir_codec *from, struct weir_codec *to)
{
	struct syslog_codec *s = (struct syslog_codec *)to;

	s->name = s->text = (struct weir_buf){0};
	return weir_named_fields_copy(&s->named, &((const struct syslog_codec *)from)->named);
}

static const struct weir_line_format lines = {
    .line = one_line,
    .prepare = prepare,
    .clone = clone,
    .surveys = true,
    .joins = true,
};

const struct weir_codec_ops weir_codec_syslog = {
    .name = "syslog",
    .help = "RFC 3164 and 5424: time host app pid message severity facility, structured data as columns",
    .detect = detect,
    .bytes = sizeof(struct syslog_codec),
    .named_ahead = true,
    .open = weir_lines_open,
    .decode = weir_lines_decode,
    .clone = weir_lines_clone,
    .lines = &lines,
    .close = close_syslog,
};
