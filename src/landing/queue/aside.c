/* Rows that a landing refused, in a capture of their own, so that they can be mended and landed again. A row is noted when it is
 * refused, and written when its batch is settled: a batch that is given again may have other ones refused. */
#include "queue.h"

#include "weir/capture/reader.h"
#include "weir/codec/codec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST_BYTES (UINT64_C(1) << 30) /* of a file that nobody asked for */

static const char format[] = "json";

/* ---- noting ---- */

static void forget_of(struct weir_landing_aside *a, const struct weir_batch *batch)
{
	while (a->n && a->list[a->n - 1].batch == batch)
		a->n--;
}

void weir_landing_aside_note(void *queue, const struct weir_batch *batch, uint32_t row, const char *reason)
{
	struct weir_landing_aside *a = &((struct weir_landing_queue *)queue)->aside;

	if (!reason) {
		forget_of(a, batch);
		return;
	}
	if (a->off)
		return;
	bool same = a->n && strcmp(a->reasons.data + a->list[a->n - 1].reason, reason) == 0;
	size_t at = same ? a->list[a->n - 1].reason : a->reasons.size;
	if (!same)
		weir_buf_add(&a->reasons, reason, strlen(reason) + 1);
	if (a->reasons.failed || !weir_grow((void **)&a->list, &a->room, a->n + 1, sizeof *a->list)) {
		a->n_lost += 1 + a->n;
		weir_buf_release(&a->reasons);
		a->n = 0;
		return;
	}
	a->list[a->n++] = (struct weir_landing_refusal){batch, row, at};
}

void weir_landing_aside_rewind(struct weir_landing_aside *a)
{
	a->n = 0;
	weir_buf_clear(&a->reasons);
}

/* ---- the file ---- */

static void show_trouble(struct weir_landing_queue *q, const char *origin, const char *why)
{
	pthread_mutex_lock(&q->lock);
	if (!q->status.keep_trouble[0])
		snprintf(q->status.keep_trouble, sizeof q->status.keep_trouble, "%s%s%.120s", origin,
			 *origin ? ": " : "", why);
	pthread_mutex_unlock(&q->lock);
}

/* A name that nobody has, in the folder for temporary files; what is in it is nobody else's to read. 0 or an errno. */
static int choose_name(struct weir_landing_aside *a)
{
	static const char end[] = ".weir";
	struct weir_buf name = {0};

	weir_buf_addf(&name, "%s/weir-refused-XXXXXX%s", a->folder, end);
	int fd = name.failed ? -1 : mkostemps(name.data, sizeof end - 1, O_CLOEXEC);
	int number = fd >= 0 ? 0 : name.failed ? ENOMEM : errno;
	if (fd < 0) {
		weir_buf_release(&name);
		return number;
	}
	close(fd);
	a->path = name.data;
	return 0;
}

static bool open_file(struct weir_landing_queue *q)
{
	struct weir_landing_aside *a = &q->aside;
	struct weir_error err = {0};
	bool bounded = !a->path;
	int number = bounded ? choose_name(a) : 0;

	if (number) {
		a->off = true;
		show_trouble(q, a->folder, strerror(number));
		return false;
	}
	a->most_bytes = bounded ? MOST_BYTES : UINT64_MAX;
	const struct weir_capture_config config = {
	    .path = a->path, .clock = q->clock, .budget = q->budget, .wake = q->wake, .n_lanes = a->n_streams};
	if (weir_capture_writer_open(&config, &a->writer, &err) != WEIR_OK) {
		a->off = true;
		show_trouble(q, err.origin, err.what);
		return false;
	}
	pthread_mutex_lock(&q->lock);
	snprintf(q->status.kept_in, sizeof q->status.kept_in, "%s", a->path);
	pthread_mutex_unlock(&q->lock);
	return true;
}

/* As --time takes it. */
static void put_time(const struct weir_schema *s, struct weir_buf *out)
{
	for (uint32_t i = 0; i < s->n_fields; i++) {
		if (!s->fields[i].is_time)
			continue;
		const char *quote = memchr(s->fields[i].name.data, ':', s->fields[i].name.size) ? "\"" : "";
		weir_buf_addf(out, "%s" WEIR_STR_FMT "%s", quote, WEIR_STR_ARG(s->fields[i].name), quote);
	}
}

static void name_stream(struct weir_landing_aside *a, const struct weir_batch *b)
{
	struct weir_buf time = {0};

	put_time(b->schema, &time);
	const struct weir_capture_stream is = {.name = a->streams[b->stream].name,
					       .format = WEIR_STR(format),
					       .guessed_format = WEIR_STR(format),
					       .time = weir_buf_str(&time),
					       .guessed_time = weir_buf_str(&time)};
	weir_capture_writer_stream(a->writer, b->stream, &is);
	weir_buf_release(&time);
	a->named[b->stream] = true;
}

/* ---- writing ---- */

/* The row as a message at its place, with the reason as a header. False: no memory. */
static bool write_row(struct weir_landing_aside *a, const struct weir_batch *b, uint64_t *bits, uint32_t row,
		      const char *reason)
{
	const struct weir_encode e = {.batch = b, .rows = bits, .columns = b->schema};
	uint32_t partition = b->partition ? b->partition[row] : 0;
	struct weir_partitions *all =
	    b->partitions && partition < weir_partitions_count(b->partitions) ? b->partitions : a->no_partitions;

	weir_buf_clear(&a->text);
	weir_buf_clear(&a->header);
	weir_bit_set(bits, row);
	weir_codec_for_writing(WEIR_STR("ndjson"))->encode(&e, row, 1, &a->text);
	bits[row / 64] = 0;
	weir_buf_add_c(&a->header, "{\"weir.refused\":");
	weir_json_quote(weir_str_of(reason), &a->header);
	weir_buf_add_char(&a->header, '}');
	if (a->text.failed || a->header.failed)
		return false;
	const struct weir_message m = {.payload = {a->text.data, a->text.size - 1}, /* without the end of the line */
				       .headers = weir_buf_str(&a->header),
				       .partition = (uint16_t)(all == a->no_partitions ? 0 : partition),
				       .offset = weir_batch_position(b, row),
				       .time_us = WEIR_TIME_NONE};
	weir_capture_writer_messages(a->writer, b->stream, &m, 1, all, b->arrival_us);
	a->n_given++;
	return true;
}

static bool has_room(struct weir_landing_queue *q)
{
	struct weir_landing_aside *a = &q->aside;
	struct weir_capture_status now;

	if (a->most_bytes == UINT64_MAX)
		return true;
	weir_capture_writer_status(a->writer, &now);
	if (now.file_bytes < a->most_bytes)
		return true;
	show_trouble(q, "", "it has 1 GiB, which is the most where no refused= is given");
	return false;
}

static void keep(struct weir_landing_queue *q, const struct weir_landing_refusal *r, uint64_t *bits)
{
	struct weir_landing_aside *a = &q->aside;

	if (a->off || (!a->writer && !open_file(q)) || !has_room(q))
		return;
	if (!a->named[r->batch->stream])
		name_stream(a, r->batch);
	if (!bits || !write_row(a, r->batch, bits, r->row, a->reasons.data + r->reason))
		a->n_lost++;
}

/* The first n batches that the queue keeps. */
static bool is_among(const struct weir_landing_queue *q, size_t n, const struct weir_batch *batch)
{
	for (size_t i = 0; i < n; i++)
		if (q->kept.rows[i]->batch == batch)
			return true;
	return false;
}

void weir_landing_aside_settle(struct weir_landing_queue *q, size_t n)
{
	struct weir_landing_aside *a = &q->aside;
	size_t left = 0;
	uint64_t *bits = NULL;
	const struct weir_batch *of = NULL;

	for (size_t i = 0; i < a->n; i++) {
		const struct weir_landing_refusal r = a->list[i];
		if (!is_among(q, n, r.batch)) {
			a->list[left++] = r;
			continue;
		}
		if (of != r.batch) {
			free(bits);
			bits = weir_calloc(weir_bit_words(r.batch->n_rows) + (size_t)1, sizeof *bits);
			of = r.batch;
		}
		keep(q, &r, bits);
	}
	free(bits);
	a->n = left;
	if (!left)
		weir_buf_clear(&a->reasons);
}

/* ---- its life ---- */

/* refused= of the address: it can be written, as far as that can be said now. */
static enum weir_status check_path(const char *path, struct weir_error *err)
{
	struct weir_capture_reader *r = NULL;
	enum weir_status st = weir_capture_reader_open(path, NULL, &r, err);

	weir_capture_reader_close(r);
	if (st == WEIR_MALFORMED || st == WEIR_USAGE) {
		weir_fail(err, WEIR_USAGE, "--land", "refused=%s is there and is no capture; it is left as it is",
			  path);
		weir_error_hint(err, "rows that are refused go to a capture: give another name");
		return WEIR_USAGE;
	}
	if (st != WEIR_NOT_FOUND)
		return st;
	const char *slash = strrchr(path, '/');
	char *folder = slash ? weir_str_dup((struct weir_str){path, (size_t)(slash - path) + 1}) : NULL;
	if (slash && !folder)
		return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	st = WEIR_OK;
	if (access(folder ? folder : ".", W_OK) != 0)
		st =
		    weir_fail(err, WEIR_DENIED, "--land", "refused=%s could not be written: %s", path, strerror(errno));
	free(folder);
	return st;
}

enum weir_status weir_landing_aside_init(struct weir_landing_aside *a, const struct weir_landing_config *config,
					 struct weir_error *err)
{
	const char *path = weir_uri_param(config->uri, "refused");

	a->streams = config->streams;
	a->n_streams = config->n_streams;
	a->off = (path && strcmp(path, "no") == 0) || (!path && !config->spill_folder) || !config->n_streams;
	if (path && !*path)
		return weir_fail(err, WEIR_USAGE, "--land", "refused= is empty: it takes a file, or no");
	if (a->off)
		return WEIR_OK;
	enum weir_status st = path ? check_path(path, err) : WEIR_OK;
	if (st != WEIR_OK)
		return st;
	char **to = path ? &a->path : &a->folder;
	*to = weir_str_dup(weir_str_of(path ? path : config->spill_folder));
	a->named = weir_calloc(a->n_streams, sizeof *a->named);
	a->no_partitions = weir_partitions_new();
	if (!*to || !a->named || !a->no_partitions || weir_partitions_add(a->no_partitions, WEIR_STR(""), 0) < 0)
		return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	return WEIR_OK;
}

void weir_landing_aside_publish(struct weir_landing_queue *q)
{
	struct weir_landing_aside *a = &q->aside;
	struct weir_capture_status now = {0};

	if (a->writer)
		weir_capture_writer_status(a->writer, &now);
	if (now.failure.code != WEIR_OK)
		show_trouble(q, "", now.failure.what);
	else if (now.missed || a->n_lost)
		show_trouble(q, "", "out of memory, or a row is too large");
	pthread_mutex_lock(&q->lock);
	q->status.kept = a->n_given > now.missed ? a->n_given - now.missed : 0;
	pthread_mutex_unlock(&q->lock);
}

void weir_landing_aside_finish(struct weir_landing_queue *q)
{
	if (q->aside.writer)
		(void)!weir_capture_writer_finish(q->aside.writer, NULL); /* its status tells */
	weir_landing_aside_publish(q);
}

void weir_landing_aside_release(struct weir_landing_aside *a)
{
	weir_capture_writer_close(a->writer);
	weir_partitions_unref(a->no_partitions);
	free(a->path);
	free(a->folder);
	free(a->named);
	free(a->list);
	weir_buf_release(&a->reasons);
	weir_buf_release(&a->text);
	weir_buf_release(&a->header);
	*a = (struct weir_landing_aside){0};
}
