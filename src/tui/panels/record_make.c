/* What there is to see of a record: its fields as a tree with their types, what is known of it, and its bytes. */
#include "tui/panels/record.h"
#include "weir/base/time.h"
#include "weir/query/view.h"

#include <stdio.h>

enum { MOST_DEPTH = 30 }; /* of a column's name */

static struct weir_str keep(struct weir_record *d, struct weir_buf *text)
{
	struct weir_str copy = text->failed ? (struct weir_str){0} : weir_arena_str(&d->arena, weir_buf_str(text));
	d->failed = d->failed || !copy.data;
	weir_buf_release(text);
	return copy;
}

static struct weir_str keep_str(struct weir_record *d, struct weir_str s)
{
	struct weir_str copy = weir_arena_str(&d->arena, s);
	d->failed = d->failed || !copy.data;
	return copy;
}

static void heading(struct weir_record *d, const char *title)
{
	struct weir_record_item *item = weir_record_add(d, 0, weir_str_of(title), NULL, (struct weir_str){0});
	if (item)
		item->heading = true;
}

/* A text of the record's own, kept. */
static struct weir_record_item *fact(struct weir_record *d, const char *label, const char *type, struct weir_str text,
				     const char *expression, struct weir_value v)
{
	struct weir_record_item *item = weir_record_add(d, 0, weir_str_of(label), type, text);
	if (item) {
		item->expression = weir_str_of(expression);
		item->value = v;
	}
	return item;
}

/* Depth of the parts that this name has in common with the one before: they were written already. */
static int common_depth(struct weir_str name, struct weir_str before, size_t *bytes)
{
	int depth = 0;
	*bytes = 0;
	for (size_t i = 0; i < name.size && i < before.size && name.data[i] == before.data[i]; i++)
		if (name.data[i] == '.' && depth < MOST_DEPTH) {
			depth++;
			*bytes = i + 1;
		}
	return depth;
}

/* Fields a.b.c and a.b.d stand below a and b. Returns the depth of the last part, and that part. */
static int add_branches(struct weir_record *d, struct weir_str name, struct weir_str before, struct weir_str *last)
{
	size_t from;
	int depth = common_depth(name, before, &from);
	for (size_t i = from; i < name.size && depth < MOST_DEPTH; i++)
		if (name.data[i] == '.' && i > from && i + 1 < name.size) {
			struct weir_str part = {name.data + from, i - from};
			struct weir_record_item *item =
			    weir_record_add(d, depth++, part, "object", (struct weir_str){0});
			if (item)
				item->ink = WEIR_INK_DIM;
			from = i + 1;
		}
	*last = (struct weir_str){name.data + from, name.size - from};
	return depth;
}

static void add_field(struct weir_record *d, const struct weir_record_field *f, struct weir_str *before)
{
	struct weir_buf quoted = {0}, text = {0};
	struct weir_str name = keep_str(d, f->name), last = {0};
	int depth = add_branches(d, name, *before, &last);
	struct weir_value v = f->value;
	*before = name;
	weir_view_quote(name, &quoted);
	if (v.type == WEIR_STRING)
		v.s = keep_str(d, v.s);
	if (v.type == WEIR_STRING && v.s.size)
		weir_buf_add_str(&text, v.s);
	else if (v.type == WEIR_INT64)
		weir_value_text(&v, &text);
	else if (v.type == WEIR_FLOAT64)
		weir_value_text(&v, &text);
	else
		weir_format_name(&v, 3, &text);
	const char *type = v.type == WEIR_NULL ? "null" : weir_type_name(v.type);
	struct weir_str expression = keep(d, &quoted), shown = keep(d, &text);
	struct weir_record_item *item = weir_record_add(d, depth, last, type, shown);
	if (!item)
		return;
	size_t at = d->n_items - 1;
	item->expression = expression;
	item->value = v;
	item->ink = v.type == WEIR_NULL ? WEIR_INK_FAINT : f->computed ? WEIR_INK_KEY : weir_records_level(name, &v);
	if (v.type == WEIR_STRING && weir_record_add_json(d, depth + 1, v.s, expression)) {
		d->items[at].type = *weir_str_trim(v.s).data == '[' ? "array" : "object";
		d->items[at].text = (struct weir_str){0};
	}
}

static void add_fields(struct weir_record *d, const struct weir_record_field *fields, uint32_t n)
{
	struct weir_str before = {0};
	uint32_t missing = 0;
	char text[80];
	for (uint32_t i = 0; i < n; i++) {
		missing += fields[i].missing;
		if (!fields[i].missing)
			add_field(d, &fields[i], &before);
	}
	if (!missing)
		return;
	snprintf(text, sizeof(text), "%s column%s %s not in this record", WEIR_COUNT(missing), missing == 1 ? "" : "s",
		 missing == 1 ? "is" : "are");
	struct weir_record_item *item =
	    weir_record_add(d, 0, keep_str(d, weir_str_of(text)), NULL, (struct weir_str){0});
	if (item)
		item->heading = true, item->ink = WEIR_INK_DIM;
}

static void add_time(struct weir_record *d, const char *label, int64_t us, const char *expression)
{
	char text[64];
	if (us == WEIR_TIME_NONE || us == 0)
		return;
	weir_time_format_iso(us, text);
	fact(d, label, "timestamp", keep_str(d, weir_str_of(text)), expression,
	     (struct weir_value){.type = WEIR_TIMESTAMP, .i = us});
}

static void add_number(struct weir_record *d, const char *label, int64_t n, const char *expression)
{
	char text[WEIR_FORMAT_BYTES];
	snprintf(text, sizeof(text), "%lld", (long long)n);
	fact(d, label, "int64", keep_str(d, weir_str_of(text)), expression,
	     (struct weir_value){.type = WEIR_INT64, .i = n});
}

static void add_text(struct weir_record *d, const char *label, struct weir_str s, const char *expression)
{
	if (!s.data)
		return;
	struct weir_value v = {.type = WEIR_STRING, .s = keep_str(d, s)};
	struct weir_record_item *item = fact(d, label, "string", v.s, expression, v);
	size_t at = d->n_items - 1;
	if (item && weir_record_add_json(d, 1, v.s, weir_str_of(expression)))
		d->items[at].text = (struct weir_str){0};
}

static void add_delay(struct weir_record *d, int64_t time_us, int64_t arrival_us)
{
	char text[WEIR_FORMAT_BYTES];
	if (time_us == WEIR_TIME_NONE || arrival_us == 0)
		return;
	weir_format_length(arrival_us - time_us, text);
	fact(d, "delay", NULL, keep_str(d, weir_str_of(text)), NULL, (struct weir_value){.type = WEIR_NULL});
}

static void add_origin(struct weir_record *d, const struct weir_record_full *f)
{
	heading(d, "the record");
	add_text(d, "stream", f->stream, "_stream");
	if (f->topic.size) {
		add_text(d, "topic", f->topic, "_topic");
		add_number(d, "partition", f->partition, "_partition");
	}
	if (f->position >= 0)
		add_number(d, "position", f->position, "_offset");
	add_time(d, "server time", f->stamp_us, "_timestamp");
	add_time(d, "arrival", f->arrival_us, "_arrival");
	add_delay(d, f->time_us, f->arrival_us);
	add_text(d, "key", f->key, "_key");
	add_text(d, "headers", f->headers, "_headers");
}

static bool is_text(struct weir_str s)
{
	for (size_t i = 0; i < s.size; i++)
		if ((unsigned char)s.data[i] < 0x20 && !strchr("\t\n\r", s.data[i]))
			return false;
	return !s.size || (!memchr(s.data, '\0', s.size) && weir_utf8_valid(s));
}

/* "00000010  7b 22 61 22 …  {"a"", as many bytes a line as there is room for. */
static struct weir_str hex_dump(struct weir_record *d, struct weir_str s)
{
	struct weir_buf out = {0};
	size_t per_line = d->columns >= 80 ? 16 : 8;
	for (size_t at = 0; at < s.size; at += per_line) {
		weir_buf_addf(&out, "%s%08zx ", at ? "\n" : "", at);
		for (size_t i = at; i < at + per_line; i++)
			if (i < s.size)
				weir_buf_addf(&out, "%s%02x", i % 8 ? " " : "  ", (unsigned char)s.data[i]);
			else
				weir_buf_addf(&out, "%s", i % 8 ? "   " : "    ");
		weir_buf_add_c(&out, "  ");
		for (size_t i = at; i < at + per_line && i < s.size; i++)
			weir_buf_add_char(&out, s.data[i] >= ' ' && s.data[i] < 0x7f ? s.data[i] : '.');
	}
	return keep(d, &out);
}

static void add_remark(struct weir_record *d, struct weir_str text)
{
	struct weir_record_item *remark = weir_record_add(d, 0, (struct weir_str){0}, NULL, text);
	if (remark)
		remark->ink = WEIR_INK_DIM;
}

static void add_bytes(struct weir_record *d, struct weir_str raw)
{
	char size[WEIR_FORMAT_BYTES], title[120];
	bool hex = d->hex || !is_text(raw);
	snprintf(title, sizeof(title), "its bytes: %s%s", weir_format_count(raw.size, size),
		 !hex     ? ""
		 : d->hex ? ", as numbers"
			  : ", which are no text");
	heading(d, keep_str(d, weir_str_of(title)).data);
	struct weir_value v = {.type = WEIR_STRING, .s = keep_str(d, raw)};
	struct weir_record_item *item = weir_record_add(d, 0, (struct weir_str){0}, NULL, hex ? hex_dump(d, v.s) : v.s);
	if (item) {
		item->expression = WEIR_STR("_raw");
		item->value = v;
		item->bytes = true;
	}
}

static void add_raw(struct weir_record *d, const struct weir_record_full *f)
{
	if (f->raw.data) {
		add_bytes(d, f->raw);
		return;
	}
	heading(d, "its bytes");
	add_remark(d, keep_str(d, f->no_raw));
}

/* What the list has of the record, until the record itself comes. */
static void add_cells(struct weir_record *d, const struct weir_records_rows *rows,
		      const struct weir_result_record *record)
{
	struct weir_str before = {0};
	for (uint32_t i = 0; i < rows->n_columns; i++) {
		struct weir_record_field f = {.name = rows->columns[i].name, .value = record->cells[i]};
		if (!record->missing || !record->missing[i])
			add_field(d, &f, &before);
	}
}

struct weir_record *weir_record_make(const struct weir_records_rows *rows, const struct weir_result_record *record,
				     const struct weir_record_full *full, int columns, bool hex)
{
	struct weir_record *d = weir_calloc(1, sizeof(*d));
	if (!d)
		return NULL;
	d->noun = "record";
	d->columns = columns;
	d->hex = hex;
	d->generation = rows->r->view_generation;
	d->whole = full != NULL;
	d->reading = full && full->reading;
	d->held = true;
	d->place = full ? full->place : record->place;
	d->time_us = full ? full->time_us : record->time_us;
	if (full) {
		d->stream = keep_str(d, full->stream);
		if (full->malformed) {
			heading(d, "this record could not be read: it is kept as it came");
			add_raw(d, full);
		} else {
			add_fields(d, full->fields, full->n_fields);
		}
		add_origin(d, full);
		if (!full->malformed)
			add_raw(d, full);
	} else {
		add_cells(d, rows, record);
	}
	weir_record_break(d);
	return d;
}

static const char *const left_nouns[WEIR_LEFT_KINDS] = {
    [WEIR_LEFT_MALFORMED] = "malformed record", [WEIR_LEFT_LATE] = "late record", [WEIR_LEFT_FUTURE] = "future record"};

/* Why it was left out, and where it came from. */
static void add_left(struct weir_record *d, const struct weir_left_out *l, struct weir_str stream)
{
	char text[WEIR_FORMAT_BYTES];
	add_text(d, "reason", l->reason, NULL);
	if (l->by_us) {
		weir_format_span(l->by_us, text);
		fact(d, l->kind == WEIR_LEFT_LATE ? "too late by" : "ahead by", NULL, keep_str(d, weir_str_of(text)),
		     NULL, (struct weir_value){.type = WEIR_NULL});
	}
	add_text(d, "stream", stream, "_stream");
	if (l->topic.size) {
		add_text(d, "topic", l->topic, "_topic");
		add_number(d, "partition", l->partition, "_partition");
	}
	if (l->record)
		add_number(d, "record", (int64_t)l->record, NULL);
	if (l->position >= 0)
		add_number(d, "position", l->position, "_offset");
	add_time(d, "time", l->time_us, NULL);
	add_time(d, "arrival", l->arrival_us, "_arrival");
}

struct weir_record *weir_record_make_left(const struct weir_left_out *l, struct weir_str stream, int columns, bool hex)
{
	char text[120], kept[WEIR_FORMAT_BYTES], all[WEIR_FORMAT_BYTES];
	struct weir_record *d = weir_calloc(1, sizeof(*d));
	if (!d)
		return NULL;
	d->noun = left_nouns[l->kind];
	d->columns = columns;
	d->hex = hex;
	d->whole = d->held = true;
	d->place.number = l->number;
	d->time_us = l->time_us;
	d->stream = keep_str(d, stream);
	add_left(d, l, stream);
	if (l->rebuilt) {
		heading(d, "its columns, since its text is not kept");
		struct weir_str json = keep_str(d, l->text);
		if (!weir_record_add_json(d, 0, json, (struct weir_str){0}))
			add_remark(d, json);
	} else {
		add_bytes(d, l->text);
	}
	if (l->text_bytes > l->text.size) {
		snprintf(text, sizeof(text), "%s of its %s bytes are kept", weir_format_count(l->text.size, kept),
			 weir_format_count(l->text_bytes, all));
		add_remark(d, keep_str(d, weir_str_of(text)));
	}
	weir_record_break(d);
	return d;
}
