/* Batches on the disk, while a landing is behind: a file without a name in the folder for such, of which every part is freed when its
 * batch was read again. The thread here takes from the end of the line what exceeds half of the memory, so that neither the caller nor
 * the landing waits for a slow disk. */
#include "queue.h"

#include "weir/base/crc32c.h"
#include "weir/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOOK_US = 1000000 }; /* after a full disk it is tried again */

static int open_file(const char *folder)
{
	char name[4096];
	int fd = -1;

#ifdef O_TMPFILE
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#endif
	if (fd >= 0 || snprintf(name, sizeof name, "%s/weir-XXXXXX", folder) >= (int)sizeof name)
		return fd;
	fd = mkostemp(name, O_CLOEXEC); /* 0600 */
	if (fd >= 0)
		unlink(name);
	return fd;
}

/* Room that no batch needs any more goes back to the disk; where that cannot be, the file just grows to its bound. */
static void free_part(struct weir_landing_spill *s, uint64_t at, uint32_t size)
{
	s->used -= size;
	if (!s->used) {
		s->end = 0;
		(void)!ftruncate(s->fd, 0);
	}
#ifdef FALLOC_FL_PUNCH_HOLE
	else
		(void)!fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at, size);
#else
	(void)at;
#endif
}

/* 0 or an errno. *at: where it begins. */
static int write_part(struct weir_landing_spill *s, struct weir_str bytes, uint64_t *at)
{
	if (s->fd < 0)
		s->fd = open_file(s->folder);
	if (s->fd < 0)
		return errno;
	pthread_mutex_lock(&s->lock);
	*at = s->end;
	s->end += bytes.size;
	s->used += bytes.size;
	pthread_mutex_unlock(&s->lock);
	for (size_t done = 0; done < bytes.size;) {
		ssize_t n = pwrite(s->fd, bytes.data + done, bytes.size - done, (off_t)(*at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			int number = n < 0 ? errno : EIO;
			weir_landing_spill_free(s, *at, (uint32_t)bytes.size);
			return number;
		}
		done += (size_t)n;
	}
	return 0;
}

void weir_landing_spill_free(struct weir_landing_spill *s, uint64_t at, uint32_t size)
{
	pthread_mutex_lock(&s->lock);
	free_part(s, at, size);
	pthread_mutex_unlock(&s->lock);
}

struct weir_landing_rows *weir_landing_spill_read(struct weir_landing_queue *q, const struct weir_landing_entry *e)
{
	struct weir_landing_rows *rows = NULL;
	struct weir_batch *b = NULL;
	char *bytes = weir_alloc(e->size ? e->size : 1);
	uint64_t *bits = weir_calloc(weir_bit_words(e->n_rows) + (size_t)1, sizeof *bits);
	size_t done = 0;
	ssize_t n = 1;

	while (bytes && bits && done < e->size && (n > 0 || errno == EINTR)) {
		n = pread(q->spill.fd, bytes + done, e->size - done, (off_t)(e->at + done));
		done += n > 0 ? (size_t)n : 0;
		if (n == 0)
			break;
	}
	if (bytes && bits && done == e->size && weir_crc32c(0, bytes, e->size) == e->crc)
		b = weir_landing_record_read(e, (struct weir_str){bytes, e->size});
	for (uint32_t i = 0; b && i < e->n_rows; i++)
		weir_bit_set(bits, i);
	free(bytes);
	if (b)
		rows = weir_landing_rows_take(b, bits, q->budget);
	else
		free(bits);
	weir_landing_spill_free(&q->spill, e->at, e->size);
	return rows;
}

/* The newest batch that is in memory, while there is more than half of what may be. One reference. */
static struct weir_landing_rows *choose(struct weir_landing_queue *q, uint64_t *number)
{
	struct weir_landing_rows *rows = NULL;

	pthread_mutex_lock(&q->lock);
	bool much = q->waiting_bytes > q->limit_bytes / 2 || q->line.n_memory > WEIR_LANDING_BATCHES / 2;
	for (size_t i = q->line.n; much && !q->failed && i-- > 0 && !rows;) {
		struct weir_landing_entry *e = weir_landing_line_at(&q->line, i);
		rows = e->rows;
		*number = e->number;
	}
	if (rows)
		atomic_fetch_add(&rows->refs, 1);
	pthread_mutex_unlock(&q->lock);
	return rows;
}

/* Puts what was written in the place of what was chosen. False: the landing took it meanwhile. */
static bool replace(struct weir_landing_queue *q, uint64_t number, const struct weir_landing_entry *part)
{
	struct weir_landing_entry *e = NULL;

	pthread_mutex_lock(&q->lock);
	for (size_t i = q->line.n; i-- > 0 && !e;)
		if (weir_landing_line_at(&q->line, i)->number == number)
			e = weir_landing_line_at(&q->line, i);
	struct weir_landing_rows *rows = e ? e->rows : NULL;
	if (e) {
		*e = *part;
		q->line.n_memory--;
		q->status.spilled += part->n_rows;
		atomic_fetch_sub(&q->waiting_bytes, rows->bytes);
	}
	pthread_mutex_unlock(&q->lock);
	weir_landing_rows_unref(rows);
	return e != NULL;
}

static void show_trouble(struct weir_landing_queue *q, const char *why)
{
	pthread_mutex_lock(&q->lock);
	snprintf(q->status.spill_trouble, sizeof q->status.spill_trouble, "%s", why);
	pthread_mutex_unlock(&q->lock);
}

/* False: there is no room on the disk, or it fails. */
static bool spill(struct weir_landing_queue *q, struct weir_landing_rows *rows, uint64_t number, struct weir_buf *text)
{
	struct weir_landing_spill *s = &q->spill;
	const struct weir_batch *b = rows->batch;

	weir_buf_clear(text);
	if (!weir_landing_record_write(rows, text) || text->size > UINT32_MAX)
		return false;
	pthread_mutex_lock(&s->lock);
	bool fits = s->used + text->size <= s->limit_bytes;
	pthread_mutex_unlock(&s->lock);
	if (!fits)
		return false;
	struct weir_landing_entry part = {
	    .number = number,
	    .size = (uint32_t)text->size,
	    .crc = weir_crc32c(0, text->data, text->size),
	    .n_rows = rows->n_rows,
	    .n_columns = b->n_columns,
	    .stream = b->stream,
	    .arrival_us = b->arrival_us,
	    .first_position = weir_landing_first_position(rows),
	    .schema = weir_schema_ref(b->schema),
	    .partitions = weir_partitions_ref(b->partitions),
	    .by_row = b->partition != NULL,
	};
	int failed = write_part(s, weir_buf_str(text), &part.at);
	if (failed) {
		show_trouble(q, strerror(failed));
	} else if (!replace(q, number, &part)) {
		weir_landing_spill_free(s, part.at, part.size);
		failed = -1;
	} else {
		show_trouble(q, "");
		return true;
	}
	weir_landing_entry_release(&part);
	return failed < 0;
}

void *weir_landing_spill_run(void *queue)
{
	struct weir_landing_queue *q = queue;
	struct weir_buf text = {0};

	while (!q->spill.stop) {
		uint64_t number = 0;
		struct weir_landing_rows *rows = choose(q, &number);
		bool good = rows && spill(q, rows, number, &text);
		weir_landing_rows_unref(rows);
		if (good)
			weir_landing_signal_room(q);
		else
			weir_wake_wait(&q->spill.work, rows ? LOOK_US : -1);
	}
	weir_buf_release(&text);
	return NULL;
}
