/* Documents to the server. One that it refuses ends a request: it is found, left out, and the rest is sent again; those that
 * were added before it are there already, which the server passes over. */
#include "solr.h"

#include <stdio.h>

enum { CAREFUL = 64 }; /* documents of a request, after one that was refused */

/* The text of the documents from…to that are not refused; *n: how many. */
static struct weir_str text_of(const struct weir_solr_documents *d, size_t from, size_t to, struct weir_buf *copy,
			       size_t *n)
{
	*n = 0;
	for (size_t i = from; i < to; i++)
		*n += !d->list[i].refused;
	if (*n == to - from)
		return (struct weir_str){d->text.data + d->list[from].from,
					 d->list[to - 1].from + d->list[to - 1].size - d->list[from].from};
	weir_buf_clear(copy);
	for (size_t i = from; i < to; i++)
		if (!d->list[i].refused)
			weir_buf_add(copy, d->text.data + d->list[i].from, d->list[i].size);
	return weir_buf_str(copy);
}

/* The document that the server's reason names; `to`: none. */
static size_t find_named(const struct weir_solr_documents *d, size_t from, size_t to, const char *reason)
{
	static const char *const before[] = {"[doc=", "document id "};
	struct weir_str id = {0};

	for (size_t i = 0; i < sizeof before / sizeof *before && !id.data; i++) {
		const char *at = strstr(reason, before[i]);
		if (at)
			id = (struct weir_str){at + strlen(before[i]), strcspn(at + strlen(before[i]), "] ")};
	}
	while (from < to && (d->list[from].refused || !weir_str_equal(weir_solr_document_id(d, from), id)))
		from++;
	return from;
}

static size_t find_only(const struct weir_solr_documents *d, size_t from, size_t to, size_t n)
{
	while (from < to && (n != 1 || d->list[from].refused))
		from++;
	return from;
}

static void refuse(struct weir_landing *l, struct weir_solr_document *d, const char *reason,
		   struct weir_landing_status *counts)
{
	weir_landing_refuse(l, d->batch, d->row, reason);
	d->refused = true;
	counts->refused++;
	weir_landing_note_refused(counts, d->stream, d->position, reason);
}

enum weir_status weir_solr_send(struct weir_landing *l, struct weir_solr *s, struct weir_solr_documents *d, size_t most,
				int64_t within_us, struct weir_landing_status *counts, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	struct weir_buf copy = {0};
	struct weir_error why;
	size_t size = most, n;
	char path[120];

	snprintf(path, sizeof path, "/update/json/docs?failOnVersionConflicts=false&commitWithin=%lld",
		 (long long)(within_us < 1000 ? 1 : within_us / 1000));
	for (size_t from = 0; from < d->n && st == WEIR_OK;) {
		size_t to = d->n - from < size ? d->n : from + size;
		struct weir_str text = text_of(d, from, to, &copy, &n);
		json_t *answer = NULL;
		st = copy.failed ? weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory")
		     : n         ? weir_solr_ask(s, path, &text, &answer, &why)
				 : WEIR_OK;
		json_decref(answer);
		if (st == WEIR_OK) {
			from = to;
			size = 2 * size < most ? 2 * size : most;
			continue;
		}
		if (st != WEIR_MALFORMED && st != WEIR_TOO_LARGE) {
			if (err && !copy.failed)
				*err = why;
			break;
		}
		size_t at = find_named(d, from, to, why.what);
		at = at < to ? at : find_only(d, from, to, n);
		if (at < to)
			refuse(l, &d->list[at], why.what, counts);
		/* Else half of them has it, or the other half. */
		size = at == to ? (to - from) / 2 : most < CAREFUL ? most : CAREFUL;
		st = WEIR_OK;
	}
	weir_buf_release(&copy);
	return st;
}
