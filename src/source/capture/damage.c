/* What of a capture is damaged or missing, as a sentence. */
#include "capture.h"

#include <inttypes.h>
#include <stdio.h>

enum { TEXT_BYTES = sizeof((struct weir_source_status *)NULL)->unread };

static void publish_lost(struct replay *r)
{
	if (!r->runs.lost)
		return;
	if (!weir_partitions_count(r->progress.partitions) &&
	    weir_partitions_add(r->progress.partitions, WEIR_STR(""), 0) < 0)
		return;
	struct weir_partition *p = weir_partitions_at(r->progress.partitions, 0);
	p->lost_from = p->lost_to = -1; /* of which partitions they were is not known */
	p->lost = r->runs.lost;
}

/* It stopped at what was whole when it was opened. True: more has come since, so that was no end. */
static bool has_grown(struct replay *r)
{
	struct weir_capture_block beyond;

	return weir_capture_reader_next(r->runs.reader, &beyond, NULL) == WEIR_OK;
}

/* How much the damage costs, as far as that is known. */
static const char *cost(const struct replay *r, bool last)
{
	if (last)
		return "; more records may be missing at its end";
	if (r->runs.unsure)
		return "; how many records are missing is not known";
	if (r->runs.lost)
		return "";
	return r->runs.bad_words ? "; a description or schema of the stream is lost"
				 : "; no record of the stream is missing";
}

static void say_damage(const struct replay *r, bool last, char text[TEXT_BYTES])
{
	const struct weir_capture_damage *d = weir_capture_reader_damage(r->runs.reader);

	snprintf(text, TEXT_BYTES, "%.60s is damaged in %" PRIu64 " place%s, first at byte %" PRIu64 "%s%.40s%s",
		 r->path, d->places, d->places == 1 ? "" : "s", d->first_at, d->why[0] ? ": " : "", d->why,
		 cost(r, last));
}

void replay_tell_damage(struct replay *r, bool at_end)
{
	const struct weir_capture_damage *d = weir_capture_reader_damage(r->runs.reader);
	bool over = at_end && !r->runs.stopped, grown = over && has_grown(r);
	bool last = over && !r->runs.total && d->places > r->runs.places_seen;
	char text[TEXT_BYTES] = "";

	if (over && !grown && r->stream && d->tail_stream == r->stream->id)
		r->runs.lost += d->tail_records;
	if (over && r->runs.counting && r->runs.total > r->runs.expected)
		r->runs.lost += r->runs.total - r->runs.expected;
	publish_lost(r);
	if (d->places && (over || r->runs.lost || r->runs.bad_words || r->runs.places_seen))
		say_damage(r, last, text);
	else if (over && !grown && d->tail_bytes)
		snprintf(text, sizeof text,
			 "the last %" PRIu64
			 " bytes of %.60s are no whole block: it was cut off, or is still being written",
			 d->tail_bytes, r->path);
	else if (over && !grown && !r->closed)
		snprintf(
		    text, sizeof text,
		    "%.60s was not closed: it is still being written, or was cut off and may lack its last records",
		    r->path);
	else if (r->runs.unsure)
		snprintf(text, sizeof text,
			 "the blocks of %.60s contradict each other: how many records are missing is not known",
			 r->path);
	if (weir_progress_unread(&r->progress, text) && *text)
		weir_log_add(r->log, WEIR_LOG_WARNING, r->path, "%s", text);
}
