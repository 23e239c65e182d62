/* The landing in files: rows become text, and text becomes files that begin anew by size, by time, and where a header no longer fits. */
#include "files.h"

#include "weir/codec/codec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { WRITE_BYTES = 256 << 10 }; /* so much text is gathered for one write */

struct files {
	struct weir_landing base;
	const struct weir_clock *clock;
	const struct weir_codec_ops *format;
	char *path, *null;     /* owned */
	uint64_t rotate_bytes; /* a file is at most so large, but for one row that is larger; 0: no limit */
	int64_t rotate_us;     /* and takes rows for so long; 0: no limit */
	bool numbered;         /* names have numbers from the first file on */
	uint32_t number;       /* of the next file with a number; 0: not looked for yet */

	struct weir_part part;
	int64_t opened_us;              /* of the monotonic clock */
	const struct weir_schema *head; /* the columns that its header names; one reference; NULL: none yet */
	struct weir_buf text;           /* whole rows of this part that are not written yet */
	uint64_t part_rows;
	uint16_t first_stream; /* of the part's first row */
	int64_t first_position;
	bool full;       /* the disk was, at the last try: `text` is to be written before anything else */
	uint32_t resume; /* the row at which the batch goes on that is given again */
	char why[200];   /* it was not written then */

	struct weir_landing_status counts; /* bytes: without `text` */
};

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

/* What is in the part will not be under its name: its rows are not landed. */
static void abandon(struct files *f, const char *why)
{
	if (f->part_rows)
		weir_landing_note_refused(&f->counts, f->first_stream, f->first_position, why);
	f->counts.landed -= f->part_rows;
	f->counts.bytes -= f->part.bytes;
	f->part_rows = 0;
	weir_buf_clear(&f->text);
	if (f->part.bytes)
		weir_part_leave(&f->part);
	else
		weir_part_discard(&f->part);
}

/* There may be room again later. What is in the part stays, and so does the text. */
static enum weir_status full(struct files *f, int number, struct weir_error *err)
{
	snprintf(f->why, sizeof f->why, "could not be written: %s", strerror(number));
	weir_fail(err, WEIR_IO, f->part.path.data ? f->part.path.data : f->path, "%s", f->why);
	weir_error_hint(err, "make room on the disk%s%s", f->part.bytes ? "; the rows that were written are in " : "",
			f->part.bytes ? f->part.name.data : "");
	if (err)
		err->retriable = true;
	f->full = true;
	return WEIR_IO;
}

static enum weir_status lost(struct files *f, int number, struct weir_error *err)
{
	char why[200];
	enum weir_status code = number == ENOMEM                                         ? WEIR_NO_MEMORY
				: number == EACCES || number == EPERM || number == EROFS ? WEIR_DENIED
											 : WEIR_IO;

	snprintf(why, sizeof why, "could not be written: %s", strerror(number));
	weir_fail(err, code, f->part.path.data ? f->part.path.data : f->path, "%s", why);
	if (number == EEXIST)
		weir_error_hint(err, "give another name, or rotate= for names with numbers");
	else if (f->part.bytes)
		weir_error_hint(err, "the rows that were written are in %s", f->part.name.data);
	abandon(f, why);
	return code;
}

static enum weir_status failed(struct files *f, int number, struct weir_error *err)
{
	return number == ENOSPC || number == EDQUOT ? full(f, number, err) : lost(f, number, err);
}

static enum weir_status write_text(struct files *f, struct weir_error *err)
{
	int number = f->text.size ? weir_part_write(&f->part, weir_buf_str(&f->text)) : 0;

	if (number)
		return failed(f, number, err);
	f->counts.bytes += f->text.size;
	weir_buf_clear(&f->text);
	f->full = false;
	return WEIR_OK;
}

/* A number that nobody has, from f->number on. */
static int create_numbered(struct files *f)
{
	struct weir_buf name = {0};
	int number;
	bool part;

	if (!f->number)
		f->number = weir_files_next_number(weir_str_of(f->path));
	if (!f->numbered && f->number < 2) /* the one without a number is the first */
		f->number = 2;
	do {
		weir_buf_clear(&name);
		weir_files_name(weir_str_of(f->path), f->number++, &name);
		number = name.failed ? ENOMEM : weir_part_create(&f->part, name.data, &part);
	} while (number == EEXIST);
	f->number -= number != 0; /* nobody has it yet */
	weir_buf_release(&name);
	return number;
}

static enum weir_status part_is_there(struct files *f, struct weir_error *err)
{
	weir_fail(err, WEIR_IO, f->path, "%s.part is there already", f->path);
	weir_error_hint(
	    err,
	    "another --land or another weir is writing it, or one was stopped before it was whole: then move it away first");
	return WEIR_IO;
}

static enum weir_status begin_part(struct files *f, struct weir_error *err)
{
	bool part = false;
	/* Without rotate= only what the first file cannot hold goes into one with a number. */
	int number = f->numbered || f->counts.files ? create_numbered(f) : weir_part_create(&f->part, f->path, &part);

	if (part)
		return part_is_there(f, err);
	if (number)
		return failed(f, number, err);
	f->part_rows = 0;
	f->opened_us = weir_clock_mono_us(f->clock);
	weir_schema_unref(f->head);
	f->head = NULL;
	return WEIR_OK;
}

static enum weir_status end_part(struct files *f, struct weir_error *err)
{
	enum weir_status st = write_text(f, err);

	if (st != WEIR_OK)
		return st;
	int number = weir_part_publish(&f->part);
	while (number == EEXIST && f->numbered) { /* somebody took the name meanwhile */
		struct weir_buf name = {0};
		weir_files_name(weir_str_of(f->path), f->number++, &name);
		number = name.failed ? ENOMEM : weir_part_publish_as(&f->part, name.data);
		weir_buf_release(&name);
	}
	if (number) /* it is closed: what the disk has of it is not known */
		return lost(f, number, err);
	f->counts.files++;
	f->part_rows = 0;
	f->part.bytes = 0;
	return WEIR_OK;
}

/* Every column of the batch is named by the header. */
static bool fits_head(const struct files *f, const struct weir_schema *columns)
{
	if (f->head == columns)
		return true;
	for (uint32_t i = 0; i < columns->n_fields; i++) {
		bool same = i < f->head->n_fields && weir_str_equal(f->head->fields[i].name, columns->fields[i].name);
		if (!same && weir_schema_find(f->head, columns->fields[i].name) < 0)
			return false;
	}
	return true;
}

static bool is_due(const struct files *f)
{
	return f->rotate_us && f->part_rows && weir_clock_mono_us(f->clock) - f->opened_us >= f->rotate_us;
}

/* A part that takes rows of these columns. */
static enum weir_status prepare(struct files *f, const struct weir_encode *e, struct weir_error *err)
{
	bool heads = f->format->encode_head != NULL;
	enum weir_status st = WEIR_OK;

	if (f->part.fd >= 0 && (is_due(f) || (heads && f->head && !fits_head(f, e->columns))))
		st = end_part(f, err);
	if (st == WEIR_OK && f->part.fd < 0)
		st = begin_part(f, err);
	if (st != WEIR_OK || !heads || f->head)
		return st;
	f->format->encode_head(e, &f->text);
	f->head = weir_schema_ref(e->columns);
	return f->text.failed || !f->head ? failed(f, ENOMEM, err) : WEIR_OK;
}

static uint32_t count(const uint64_t *rows, uint32_t from, uint32_t to)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < to; i++)
		n += weir_bit_get(rows, i);
	return n;
}

static uint32_t next_row(const uint64_t *rows, uint32_t from, uint32_t end)
{
	while (from < end && !weir_bit_get(rows, from))
		from++;
	return from;
}

/* Rows from *from on, as many as the part and one write take. */
static enum weir_status write_some(struct files *f, struct weir_encode *e, uint32_t *from, struct weir_error *err)
{
	size_t before = f->text.size;
	uint64_t room = f->rotate_bytes > f->part.bytes ? f->rotate_bytes - f->part.bytes : 0;
	bool limited = f->rotate_bytes && room < WRITE_BYTES;
	uint32_t next = f->format->encode(e, *from, limited ? (size_t)room : WRITE_BYTES, &f->text);

	if (f->text.failed)
		return failed(f, ENOMEM, err);
	if (limited && f->text.size > room && f->part_rows) { /* it belongs into the next file */
		f->text.data[f->text.size = before] = '\0';
		return end_part(f, err);
	}
	uint32_t n = count(e->rows, *from, next);
	if (!f->part_rows) {
		f->first_stream = e->batch->stream;
		f->first_position = weir_batch_position(e->batch, next_row(e->rows, *from, next));
	}
	f->part_rows += n;
	f->counts.landed += n;
	*from = next;
	return f->text.size >= WRITE_BYTES ? write_text(f, err) : WEIR_OK;
}

static enum weir_status files_write(struct weir_landing *l, const struct weir_batch *batch, const uint64_t *rows,
				    struct weir_error *err)
{
	struct files *f = (struct files *)l;
	uint32_t from = next_row(rows, f->resume, batch->n_rows);
	enum weir_status st = f->full ? write_text(f, err) : WEIR_OK;

	if (from < batch->n_rows && f->format->encode_head && !batch->schema->n_fields) {
		static const char why[] = "a row without columns is none in csv";
		f->counts.refused += count(rows, from, batch->n_rows);
		weir_landing_note_refused(&f->counts, batch->stream, weir_batch_position(batch, from), why);
		for (; from < batch->n_rows; from = next_row(rows, from + 1, batch->n_rows))
			weir_landing_refuse(l, batch, from, why);
		return WEIR_OK;
	}
	struct weir_encode e = {
	    .batch = batch, .rows = rows, .columns = batch->schema, .null = weir_str_of(f->null ? f->null : "")};
	while (st == WEIR_OK && from < batch->n_rows) {
		e.columns = batch->schema;
		st = prepare(f, &e, err);
		if (f->head)
			e.columns = f->head;
		if (st == WEIR_OK)
			st = write_some(f, &e, &from, err);
		from = next_row(rows, from, batch->n_rows);
	}
	f->resume = st == WEIR_OK ? 0 : from;
	return st;
}

static enum weir_status files_flush(struct weir_landing *l, struct weir_error *err)
{
	struct files *f = (struct files *)l;

	if (f->part.fd < 0)
		return WEIR_OK;
	return is_due(f) ? end_part(f, err) : write_text(f, err);
}

static void files_status(const struct weir_landing *l, struct weir_landing_status *out)
{
	const struct files *f = (const struct files *)l;

	*out = f->counts;
	out->bytes += f->text.size;
}

static enum weir_status files_close(struct weir_landing *l, bool complete, struct weir_error *err)
{
	struct files *f = (struct files *)l;

	if (f->part.fd < 0)
		return WEIR_OK;
	/* No rows are an answer too, if they are all; but a file of them needs no number. */
	if (f->part_rows || (complete && !f->numbered && !f->counts.files))
		return end_part(f, err);
	weir_part_discard(&f->part);
	return WEIR_OK;
}

static void files_give_up(struct weir_landing *l)
{
	struct files *f = (struct files *)l;

	if (f->part.fd >= 0)
		abandon(f, f->why);
}

static void files_release(struct weir_landing *l)
{
	struct files *f = (struct files *)l;

	weir_part_release(&f->part);
	weir_schema_unref(f->head);
	weir_buf_release(&f->text);
	free(f->path);
	free(f->null);
	free(f);
}

/* "64M", "1h", or both with a comma between. */
static enum weir_status parse_rotate(struct files *f, const char *text, struct weir_error *err)
{
	struct weir_str rest = weir_str_of(text);

	do {
		struct weir_str one = weir_str_cut(rest, ',', &rest);
		if (weir_parse_duration_us(one, &f->rotate_us) && f->rotate_us > 0)
			continue;
		if (weir_parse_bytes(one, &f->rotate_bytes) && f->rotate_bytes > 0)
			continue;
		weir_fail(err, WEIR_USAGE, "--land", "rotate=%s is neither a size nor a duration", text);
		weir_error_hint(err, "write it as 64M or 1h, or both as 64M,1h");
		return WEIR_USAGE;
	} while (rest.data);
	f->numbered = true;
	return WEIR_OK;
}

/* "ndjson, jsonl, json and csv": what files can be. Appends. */
static void list_formats(struct weir_buf *out)
{
	for (size_t i = 0; weir_codec_table[i]; i++)
		for (struct weir_str rest = weir_str_of(weir_codec_table[i]->written_as); rest.size;) {
			weir_buf_add_c(out, out->size ? ", ." : ".");
			weir_buf_add_str(out, weir_str_cut(rest, ' ', &rest));
		}
}

static enum weir_status choose_format(struct files *f, const char *word, struct weir_error *err)
{
	const char *dot = strrchr(f->path, '.'), *slash = strrchr(f->path, '/');
	struct weir_buf known = {0};

	f->format = weir_codec_for_writing(weir_str_of(word ? word : dot && (!slash || dot > slash) ? dot + 1 : ""));
	if (f->format)
		return WEIR_OK;
	if (word)
		weir_fail(err, WEIR_USAGE, "--land", "rows cannot be written as %s", word);
	else
		weir_fail(err, WEIR_USAGE, "--land", "%s does not say in which format rows are written", f->path);
	list_formats(&known);
	weir_error_hint(err, "a file that ends in %s does, or ?format= in the address", known.data ? known.data : "");
	weir_buf_release(&known);
	return WEIR_USAGE;
}

static enum weir_status configure(struct files *f, const struct weir_uri *uri, struct weir_error *err)
{
	const char *rotate = weir_uri_param(uri, "rotate"), *null = weir_uri_param(uri, "null");

	if (!(f->path = weir_str_dup(weir_str_of(uri->path))) || (null && !(f->null = weir_str_dup(weir_str_of(null)))))
		return out_of_memory(err);
	size_t size = strlen(f->path);
	if (!size || f->path[size - 1] == '/')
		return weir_fail(err, WEIR_USAGE, "--land", "\"%s\" is no name of a file", f->path);
	if (null && strpbrk(null, ",\"\r\n"))
		return weir_fail(err, WEIR_USAGE, "--land", "null= cannot hold commas, quotes or ends of lines");
	enum weir_status st = choose_format(f, weir_uri_param(uri, "format"), err);
	return st == WEIR_OK && rotate ? parse_rotate(f, rotate, err) : st;
}

static enum weir_status files_open(const struct weir_landing_config *config, struct weir_landing **out,
				   struct weir_error *err)
{
	struct files *f = weir_calloc(1, sizeof *f);

	if (!f)
		return out_of_memory(err);
	f->part.fd = -1;
	f->clock = config->clock;
	f->counts.refused_position = -1;
	enum weir_status st = configure(f, config->uri, err);
	if (st == WEIR_OK) /* now, so that what cannot be written is said before anything is read */
		st = begin_part(f, err);
	if (st != WEIR_OK)
		files_release(&f->base);
	else
		*out = &f->base;
	return st;
}

static const struct weir_uri_option options[] = {
    {"format", "ndjson|csv", "how rows are written, whatever the file is called"},
    {"rotate", "64M|1h", "begin a new file at a size or an age; names get numbers: NAME-000001"},
    {"null", "TEXT", "csv: the text for NULL (nothing)"},
    {NULL},
};

const struct weir_landing_ops weir_landing_files = {
    .name = "file",
    .schemes = "file",
    .help = "a file of NDJSON or CSV",
    .example = "orders.ndjson?rotate=64M",
    .options = options,
    .open = files_open,
    .write = files_write,
    .flush = files_flush,
    .status = files_status,
    .close = files_close,
    .give_up = files_give_up,
    .release = files_release,
};
