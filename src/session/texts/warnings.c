/* The sentences. A new kind of note needs none here (weir/model/note.h); a new counter of the ledger needs one function. */
#include "weir/session/warning.h"
#include "weir/source/source.h"

#include <stdio.h>

enum { CAPTURE_WAIT_US = 1000000 }; /* a disk may be slow for a moment */

struct list {
	struct weir_warning *items;
	size_t n, room;
	const struct weir_stream_info *stream;
	const struct weir_view *view;
	const struct weir_ledger *ledger;
};

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* The next warning of the list to write the text of; a scratch one when the list is full. */
static struct weir_warning *add(struct list *l, const char *code, uint64_t count)
{
	static _Thread_local struct weir_warning beyond;
	struct weir_warning *w = l->n < l->room ? &l->items[l->n++] : &beyond;

	w->count = count;
	w->text[0] = 0;
	snprintf(w->code, sizeof w->code, "%s", code);
	snprintf(w->stream, sizeof w->stream, "%s", l->stream->name);
	return w;
}

static bool needs_time(const struct weir_view *v)
{
	return v->window.kind == WEIR_WINDOW_SLIDING || v->window.kind == WEIR_WINDOW_TUMBLING ||
	       v->window.kind == WEIR_WINDOW_HOPPING || v->window.kind == WEIR_WINDOW_SINCE;
}

#define N(n) WEIR_COUNT(n)

static void malformed(struct list *l)
{
	uint64_t n = l->ledger->malformed;

	if (!n)
		return;
	struct weir_warning *w = add(l, "malformed", n);
	snprintf(w->text, sizeof w->text, "%s of %s records %s malformed and left out%s%s", N(n),
		 N(l->ledger->received), n == 1 ? "is" : "are", l->stream->malformed_first[0] ? "; the first: " : "",
		 l->stream->malformed_first);
}

static void notes(struct list *l)
{
	for (int i = 0; i < WEIR_NOTE_COUNT; i++) {
		const struct weir_note_text *t = weir_note_text((enum weir_note)i);
		uint64_t n = l->ledger->noted[i];
		if (!n)
			continue;
		struct weir_warning *w = add(l, t->code, n);
		const char *first = l->stream->first_noted[i];
		snprintf(w->text, sizeof w->text, "%s %s%s %s%s%s%s%s%s", N(n), t->unit, plural(n), t->rest,
			 first[0] ? "; the first: " : "", first, t->hint[0] ? " (" : "", t->hint,
			 t->hint[0] ? ")" : "");
	}
}

static void no_time(struct list *l)
{
	uint64_t n = l->ledger->no_time;

	if (!n || !needs_time(l->view))
		return;
	struct weir_warning *w = add(l, "no_time", n);
	snprintf(w->text, sizeof w->text,
		 "%s of %s records %s no event time and %s in no window (--time names the column)", N(n),
		 N(l->ledger->matched), n == 1 ? "has" : "have", n == 1 ? "is" : "are");
}

/* With the offsets of the first partition that lost some. A connection has no offsets: it broke off within a record. */
static void lost(struct list *l)
{
	const struct weir_partitions *all = l->stream->all;
	char where[160] = "";
	uint64_t n = l->ledger->lost;
	uint32_t n_partitions = 0;
	bool has_offsets = !n;

	for (uint32_t i = 0; n && i < weir_partitions_count(all); i++) {
		const struct weir_partition *p = weir_partitions_get(all, i);
		has_offsets |= p->lost_to >= p->lost_from && (p->lost_to > 0 || p->topic.size);
		if (p->lost && !n_partitions++)
			snprintf(where, sizeof where, ": %.80s/%d, offsets %lld to %lld", p->topic.data, (int)p->number,
				 (long long)p->lost_from, (long long)p->lost_to);
	}
	if (n && l->stream->lost_how)
		snprintf(add(l, "lost", n)->text, sizeof l->items->text, "%s record%s %s lost: %s", N(n), plural(n),
			 n == 1 ? "is" : "are", l->stream->lost_how);
	else if (n && !has_offsets)
		snprintf(add(l, "lost", n)->text, sizeof l->items->text,
			 "%s record%s %s broken off when a connection ended, and left out; more may be missing", N(n),
			 plural(n), n == 1 ? "was" : "were");
	else if (n)
		snprintf(add(l, "lost", n)->text, sizeof l->items->text,
			 "%s record%s %s discarded by the server before %s read%s%s", N(n), plural(n),
			 n == 1 ? "was" : "were", n == 1 ? "it was" : "they were", where,
			 n_partitions > 1 ? ", and others" : "");
}

static void losses(struct list *l)
{
	const struct weir_ledger *g = l->ledger;

	if (g->late)
		snprintf(
		    add(l, "late", g->late)->text, sizeof l->items->text,
		    "%s record%s came late, after the window was closed, and %s left out (--late and --grace keep windows open longer)",
		    N(g->late), plural(g->late), g->late == 1 ? "is" : "are");
	if (g->future)
		snprintf(
		    add(l, "future", g->future)->text, sizeof l->items->text,
		    "%s record%s from the future %s in no window before %s time and %s no clock (--skew sets how far ahead a time may be)",
		    N(g->future), plural(g->future), g->future == 1 ? "is" : "are", g->future == 1 ? "its" : "their",
		    g->future == 1 ? "moves" : "move");
	if (g->shed)
		snprintf(add(l, "shed", g->shed)->text, sizeof l->items->text,
			 "%s record%s could not be taken in and %s dropped", N(g->shed), plural(g->shed),
			 g->shed == 1 ? "was" : "were");
	if (g->truncated_by_memory)
		snprintf(add(l, "truncated_by_memory", g->truncated_by_memory)->text, sizeof l->items->text,
			 "%s record%s left memory before the window was over (--memory sets the limit)",
			 N(g->truncated_by_memory), plural(g->truncated_by_memory));
}

static void without_raw(struct list *l)
{
	uint64_t n = l->stream->without_raw;

	if (n)
		snprintf(add(l, "without_raw", n)->text, sizeof l->items->text,
			 "%s record%s came before a question named _raw and %s none", N(n), plural(n),
			 n == 1 ? "has" : "have");
}

/* An answer without rows needs a reason. */
static void emptiness(struct list *l, const struct weir_result *r)
{
	const struct weir_ledger *g = l->ledger;

	if (!g->received && l->stream->state != WEIR_STREAM_FAILED)
		snprintf(add(l, "empty", 0)->text, sizeof l->items->text, "no record came%s%s",
			 l->stream->state != WEIR_STREAM_END ? " yet" : ": ",
			 l->stream->state != WEIR_STREAM_END ? ""
			 : l->stream->none_why               ? l->stream->none_why
			 : g->bytes                          ? "the input holds none"
							     : "the input is empty");
	else if (g->filtered && !g->matched && !r->ledger.matched)
		snprintf(add(l, "filtered", g->filtered)->text, sizeof l->items->text,
			 "no record passes --where: all %s are filtered out", N(g->filtered));
	else if (g->matched && g->matched == g->future && !r->ledger.in_window)
		snprintf(add(l, "outside_window", g->matched)->text, sizeof l->items->text,
			 "no record is in the window: all of them are from the future");
	else if (g->matched > g->no_time && !g->in_window && !r->ledger.in_window && g->newest_us != WEIR_TIME_NONE) {
		char newest[40];
		size_t n = weir_time_format_iso(g->newest_us, newest);
		snprintf(add(l, "outside_window", g->matched)->text, sizeof l->items->text,
			 "no record is in the window; the newest is from %.*s", (int)n, newest);
	}
}

static void not_compared(struct list *l, const struct weir_comparison_account *c, uint32_t n, const char *why)
{
	if (!n)
		return;
	struct weir_warning *w = add(l, "not_compared", n);
	if (c->n_windows == 1)
		snprintf(w->text, sizeof w->text, "the window is compared with nothing: %s", why);
	else
		snprintf(w->text, sizeof w->text, "%s of %s windows %s compared with nothing: %s", N(n),
			 N(c->n_windows), n == 1 ? "is" : "are", why);
}

/* Why there is no change where one was asked for, and where it is of less than a window. */
static void comparison(struct list *l, const struct weir_result *r)
{
	const struct weir_comparison_account *c = &r->comparison;
	char why[160], data[40] = "", part[40];

	if (c->n_early)
		data[weir_time_format_iso(r->covered_from_us, data)] = '\0';
	snprintf(why, sizeof why, "the data begins at %s, later than %s", data,
		 c->n_early == 1 ? "it or the earlier one" : "they or the earlier ones");
	not_compared(l, c, c->n_early, why);
	not_compared(l, c, c->n_not_over, "the period to compare with is not over where the data ends");
	not_compared(l, c, c->n_unheld,
		     "memory does not hold the rows of the earlier period (--memory sets the limit)");
	if (!c->n_parts)
		return;
	struct weir_warning *w = add(l, "compared_in_part", c->n_parts);
	int64_t part_us = c->part_us - c->part_us % (c->part_us < 1000 ? 1 : 1000); /* the last row is part of it */
	part[weir_format_duration_us(part_us, part)] = '\0';
	if (c->n_parts == 1)
		snprintf(
		    w->text, sizeof w->text,
		    "a window is not over where the data ends: its first %s are compared with as much of the earlier one",
		    part);
	else
		snprintf(
		    w->text, sizeof w->text,
		    "%s windows are not over where the data ends: each is compared with as much of an earlier one, the last with %s",
		    N(c->n_parts), part);
}

/* Texts that are no number where one was needed are NULL, and so are missing from sums, and pass no condition. */
static void unread(struct list *l, const struct weir_unread *u)
{
	if (u->any)
		snprintf(add(l, "unread_text", 0)->text, sizeof l->items->text,
			 "some texts are no %s where one is needed, and count as NULL; the first: \"%s\"%s",
			 u->as == WEIR_TIMESTAMP ? "time"
			 : u->as == WEIR_BOOL    ? "truth value"
						 : "number",
			 u->text,
			 u->as == WEIR_INT64 || u->as == WEIR_FLOAT64
			     ? " (replace and regexp_extract take out what does not belong)"
			     : "");
}

/* Where the rows are that a landing refused. */
static void kept(struct list *l, const struct weir_landing_status *s)
{
	if (s->kept)
		snprintf(add(l, "kept", s->kept)->text, sizeof l->items->text,
			 "%s row%s that %.120s refused %s in %.230s: read it with the same --land to try again",
			 N(s->kept), plural(s->kept), s->address, s->kept == 1 ? "is" : "are", s->kept_in);
	if (s->keep_trouble[0])
		snprintf(add(l, "not_kept", 0)->text, sizeof l->items->text,
			 "not all rows that %.120s refused are kept: %.160s", s->address, s->keep_trouble);
}

/* Rows that were not landed. */
static void landings(struct list *l, const struct weir_session_info *info)
{
	for (uint32_t i = 0; i < info->n_landings; i++) {
		const struct weir_landing_status *s = &info->landings[i];
		bool named = s->refused_position >= 0 && s->refused_stream < info->n_streams;
		char first[120] = "";
		if (named)
			snprintf(first, sizeof first, "; the first is the one at %lld of %.60s",
				 (long long)s->refused_position, info->streams[s->refused_stream].name);
		if (s->refused)
			snprintf(add(l, "refused", s->refused)->text, sizeof l->items->text,
				 "%.120s lacks %s row%s: %s%s", s->address, N(s->refused), plural(s->refused),
				 s->reason, first);
		kept(l, s);
		if (s->absent[0])
			snprintf(add(l, "absent_column", 0)->text, sizeof l->items->text,
				 "%.120s: columns= names %s, which no row has", s->address, s->absent);
		if (s->shed)
			snprintf(add(l, "not_landed", s->shed)->text, sizeof l->items->text,
				 "%.120s lacks %s row%s that came faster than it could take them", s->address,
				 N(s->shed), plural(s->shed));
	}
}

static void capture(struct list *l, const struct weir_session_info *info)
{
	const struct weir_capture_status *s = &info->capture;
	char size[40];

	if (!info->capturing)
		return;
	if (s->cut_bytes)
		snprintf(add(l, "capture_cut", s->cut_records)->text, sizeof l->items->text,
			 "the last %s bytes of %.120s were no whole block and are cut off%s%s%s", N(s->cut_bytes),
			 s->path, s->cut_records ? ", with " : "", s->cut_records ? N(s->cut_records) : "",
			 s->cut_records ? " records" : "");
	if (s->missed)
		snprintf(add(l, "not_captured", s->missed)->text, sizeof l->items->text,
			 "%.120s lacks %s record%s%s%.160s", s->path, N(s->missed), plural(s->missed),
			 s->failure.code != WEIR_OK ? ": it " : "", s->failure.code != WEIR_OK ? s->failure.what : "");
	else if (s->failure.code != WEIR_OK)
		snprintf(add(l, "not_captured", 0)->text, sizeof l->items->text, "%.120s %.160s", s->path,
			 s->failure.what);
	if (s->waits_us > CAPTURE_WAIT_US) {
		size[weir_format_duration_us(s->waits_us - s->waits_us % WEIR_US_PER_S, size)] = '\0';
		snprintf(add(l, "capture_waits", 0)->text, sizeof l->items->text,
			 "reading waits for %.120s to be written, for %s now", s->path, size);
	}
}

/* What the answer itself has to say. These belong to no stream either. */
static void remarks(struct list *l, const struct weir_session_info *info)
{
	static const struct weir_stream_info none;

	l->stream = &none;
	for (size_t i = 0; i < WEIR_MAX_REMARKS; i++)
		if (info->remarks[i][0])
			snprintf(add(l, "answer", 0)->text, sizeof l->items->text, "%s", info->remarks[i]);
}

/* What a fabric elsewhere made of values that the sample had not shown, and how often it broke down. */
static void fabric(struct list *l, const struct weir_session_info *info)
{
	const struct weir_fabric_status *f = &info->fabric;

	if (f->unfit)
		snprintf(add(l, "unfit", f->unfit)->text, sizeof l->items->text,
			 "%s value%s %s not of the type that the sample showed and count as NULL (--explain lists the "
			 "types)",
			 N(f->unfit), plural(f->unfit), f->unfit == 1 ? "is" : "are");
	if (f->n_restarts)
		snprintf(add(l, "restarted", f->n_restarts)->text, sizeof l->items->text,
			 "%s was started again %u time%s%s%s", f->where, f->n_restarts, plural(f->n_restarts),
			 f->detail[0] ? ": " : "", f->detail);
}

size_t weir_warnings(const struct weir_result *r, const struct weir_session_info *info, struct weir_warning *out,
		     size_t room)
{
	static const struct weir_stream_info none;
	struct list l = {.items = out, .room = room, .view = &info->view};

	for (uint32_t i = 0; i < info->n_streams; i++) {
		l.stream = &info->streams[i];
		l.ledger = r && i < r->n_streams ? &r->streams[i] : NULL;
		if (l.ledger) {
			malformed(&l);
			notes(&l);
			no_time(&l);
			lost(&l);
			losses(&l);
			without_raw(&l);
			emptiness(&l, r);
		}
		if (l.stream->same_as[0])
			snprintf(add(&l, "repeated", 0)->text, sizeof out->text,
				 "is the same file as %s: its records count twice", l.stream->same_as);
		if (l.stream->unread[0])
			snprintf(add(&l, "unread", 0)->text, sizeof out->text, "%s", l.stream->unread);
		if (l.stream->doubt[0])
			snprintf(add(&l, "guess", 0)->text, sizeof out->text, "%s", l.stream->doubt);
	}
	l.stream = &none; /* what belongs to no stream */
	if (r) {
		unread(&l, &r->unread);
		comparison(&l, r);
	}
	fabric(&l, info);
	landings(&l, info);
	capture(&l, info);
	remarks(&l, info);
	return l.n;
}

static enum weir_status nothing_read(const struct weir_result *r, const struct weir_session_info *info,
				     struct weir_error *err)
{
	const char *first = "", *name = "", *unread = "";

	for (uint32_t i = 0; i < info->n_streams && !first[0]; i++) {
		first = info->streams[i].malformed_first;
		name = info->streams[i].name;
		unread = info->streams[i].unread;
	}
	weir_fail(err, WEIR_MALFORMED, name, "no record could be read: %s malformed%s%s", N(r->ledger.malformed),
		  first[0] ? "; the first: " : "", first);
	if (unread[0])
		weir_error_hint(err, "%s", unread);
	else
		weir_error_hint(err, "--format names the format, --malformed keep shows them");
	return WEIR_MALFORMED;
}

enum weir_status weir_warning_refusal(const struct weir_result *r, const struct weir_session_info *info,
				      struct weir_error *err)
{
	const struct weir_ledger *g = &r->ledger;

	if (g->received && g->received == g->malformed)
		return nothing_read(r, info, err);
	if (!g->matched || g->future || g->newest_us != WEIR_TIME_NONE || !needs_time(&info->view))
		return WEIR_OK;
	for (size_t i = 0; i < info->n_streams; i++) /* those that a server left out may have had times */
		if (info->streams[i].pushed && info->streams[i].pushed->leaves_out)
			return WEIR_OK;
	const char *name = info->n_streams ? info->streams[0].name : "";
	uint64_t unread = g->noted[WEIR_NOTE_TIME_UNREAD] + g->noted[WEIR_NOTE_TIME_RANGE];
	if (unread)
		weir_fail(err, WEIR_MALFORMED, name, "the window needs an event time, and none of %s could be read%s%s",
			  N(unread), info->streams[0].first_noted[WEIR_NOTE_TIME_UNREAD][0] ? "; the first: " : "",
			  info->streams[0].first_noted[WEIR_NOTE_TIME_UNREAD]);
	else
		weir_fail(err, WEIR_MALFORMED, name, "the window needs an event time, and no column is one");
	weir_error_hint(err, "name it with --time COLUMN[:FORMAT], or use --window all");
	return WEIR_MALFORMED;
}
