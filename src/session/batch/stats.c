/* --stats: the ledger of a result and its warnings, as one line of JSON. */
#include "batch.h"

#include "weir/base/file.h"
#include "weir/base/print.h"
#include "weir/session/warning.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void count(struct weir_buf *out, const char *name, uint64_t n)
{
	weir_buf_addf(out, "\"%s\":%llu,", name, (unsigned long long)n);
}

static void malformed_by(struct weir_buf *out, const struct weir_ledger *l)
{
	const char *between = "";

	weir_buf_add_c(out, "\"malformed_by\":{");
	for (int i = 0; i < WEIR_BAD_COUNT; i++) {
		if (!l->malformed_by[i])
			continue;
		weir_buf_addf(out, "%s\"%s\":%llu", between, weir_malformed_text((enum weir_malformed)i),
			      (unsigned long long)l->malformed_by[i]);
		between = ",";
	}
	weir_buf_add_c(out, "},");
}

static void moment(struct weir_buf *out, const char *name, int64_t us)
{
	char text[40];

	if (us == WEIR_TIME_NONE) {
		weir_buf_addf(out, "\"%s\":null,", name);
		return;
	}
	size_t n = weir_time_format_iso(us, text);
	weir_buf_addf(out, "\"%s\":\"%.*s\",", name, (int)n, text);
}

/* Members of one ledger, the last without a comma. */
static void ledger(struct weir_buf *out, const struct weir_ledger *l)
{
	char text[32];

	count(out, "received", l->received);
	count(out, "matched", l->matched);
	count(out, "filtered", l->filtered);
	count(out, "malformed", l->malformed);
	count(out, "duplicate", l->duplicate);
	count(out, "late", l->late);
	count(out, "shed", l->shed);
	count(out, "in_window", l->in_window);
	count(out, "expired", l->expired);
	count(out, "no_time", l->no_time);
	count(out, "future", l->future);
	count(out, "bytes", l->bytes);
	count(out, "truncated_by_memory", l->truncated_by_memory);
	count(out, "lost", l->lost);
	malformed_by(out, l);
	moment(out, "watermark", l->watermark_us);
	moment(out, "newest", l->newest_us);
	if (l->arrival_delay_us == WEIR_TIME_NONE)
		weir_buf_add_c(out, "\"arrival_delay\":null,");
	else
		weir_buf_addf(out, "\"arrival_delay\":%.*s,",
			      (int)weir_format_double((double)l->arrival_delay_us / (double)WEIR_US_PER_S, text), text);
	if (l->lag < 0)
		weir_buf_add_c(out, "\"lag\":null");
	else
		weir_buf_addf(out, "\"lag\":%lld", (long long)l->lag);
}

static void partition_name(struct weir_buf *out, const struct weir_stream_info *info, uint32_t i)
{
	char name[300];

	if (info && i < weir_partitions_count(info->all))
		weir_partition_name(weir_partitions_get(info->all, i), name, sizeof name);
	else
		snprintf(name, sizeof name, "%u", i);
	weir_json_quote(weir_str_of(name), out);
}

/* Only where there are any. */
static void landings(const struct weir_session_info *info, struct weir_buf *out)
{
	for (uint32_t i = 0; info && i < info->n_landings; i++) {
		const struct weir_landing_status *s = &info->landings[i];
		weir_buf_add_c(out, i ? ",{\"address\":" : "\"landings\":[{\"address\":");
		weir_json_quote(weir_str_of(s->address), out);
		weir_buf_add_char(out, ',');
		count(out, "landed", s->landed);
		count(out, "waiting", s->waiting);
		count(out, "refused", s->refused);
		count(out, "spilled", s->spilled);
		count(out, "shed", s->shed);
		count(out, "bytes", s->bytes);
		count(out, "files", s->files);
		count(out, "kept", s->kept);
		weir_buf_add_c(out, "\"kept_in\":");
		if (s->kept_in[0])
			weir_json_quote(weir_str_of(s->kept_in), out);
		else
			weir_buf_add_c(out, "null");
		weir_buf_add_char(out, ',');
		weir_buf_add_c(out, "\"error\":");
		if (s->failure.code == WEIR_OK)
			weir_buf_add_c(out, "null");
		else
			weir_json_quote(weir_str_of(s->failure.what), out);
		weir_buf_add_c(out, i + 1 < info->n_landings ? "}" : "}],");
	}
}

/* Only where there is one. */
static void capture(const struct weir_session_info *info, struct weir_buf *out)
{
	if (!info || !info->capturing)
		return;
	const struct weir_capture_status *s = &info->capture;
	weir_buf_add_c(out, "\"capture\":{\"file\":");
	weir_json_quote(weir_str_of(s->path), out);
	weir_buf_add_char(out, ',');
	count(out, "captured", s->captured);
	count(out, "missed", s->missed);
	count(out, "bytes", s->bytes);
	count(out, "file_bytes", s->file_bytes);
	weir_buf_add_c(out, "\"error\":");
	if (s->failure.code == WEIR_OK)
		weir_buf_add_c(out, "null");
	else
		weir_json_quote(weir_str_of(s->failure.what), out);
	weir_buf_add_c(out, "},");
}

static void warnings(const struct weir_result *r, const struct weir_session_info *info, struct weir_buf *out)
{
	struct weir_warning *w = info ? weir_calloc(WEIR_MAX_WARNINGS, sizeof *w) : NULL;
	size_t n = w ? weir_warnings(r, info, w, WEIR_MAX_WARNINGS) : 0;

	out->failed = out->failed || (info && !w);
	weir_buf_add_c(out, "\"warnings\":[");
	for (size_t i = 0; i < n; i++) {
		weir_buf_addf(out, "%s{\"code\":\"%s\",\"stream\":", i ? "," : "", w[i].code);
		weir_json_quote(weir_str_of(w[i].stream), out);
		weir_buf_addf(out, ",\"count\":%llu,\"text\":", (unsigned long long)w[i].count);
		weir_json_quote(weir_str_of(w[i].text), out);
		weir_buf_add_char(out, '}');
	}
	weir_buf_add_char(out, ']');
	free(w);
}

/* The offsets of what was lost last, both included. */
static void lost_range(struct weir_buf *out, const struct weir_stream_info *info, uint32_t i)
{
	if (!info || i >= weir_partitions_count(info->all) || !weir_partitions_get(info->all, i)->lost)
		return;
	const struct weir_partition *p = weir_partitions_get(info->all, i);
	if (p->lost_from >= 0) /* else nobody knows */
		weir_buf_addf(out, ",\"lost_offsets\":[%lld,%lld]", (long long)p->lost_from, (long long)p->lost_to);
}

static void stats_json(const struct weir_result *r, const struct weir_session_info *info, struct weir_buf *out)
{
	weir_buf_add_char(out, '{');
	if (info && info->capturing)
		count(out, "captured", info->capture.captured);
	ledger(out, &r->ledger);
	weir_buf_add_c(out, ",\"streams\":[");
	for (uint32_t i = 0; i < r->n_streams; i++) {
		const struct weir_stream_info *one = info && i < info->n_streams ? &info->streams[i] : NULL;
		weir_buf_add_c(out, i ? ",{\"name\":" : "{\"name\":");
		weir_json_quote(weir_str_of(one ? one->name : ""), out);
		weir_buf_add_char(out, ',');
		if (one && info->capturing)
			count(out, "captured", one->captured);
		weir_stats_pushed(one ? one->pushed : NULL, out);
		ledger(out, &r->streams[i]);
		weir_buf_add_c(out, ",\"position\":");
		if (one && one->position)
			weir_json_quote(weir_str_of(one->position), out);
		else
			weir_buf_add_c(out, "null");
		weir_buf_add_c(out, ",\"partitions\":[");
		for (uint32_t k = 0; k < r->n_partitions[i]; k++) {
			weir_buf_add_c(out, k ? ",{\"partition\":" : "{\"partition\":");
			partition_name(out, one, k);
			weir_buf_add_char(out, ',');
			ledger(out, &r->partitions[i][k]);
			lost_range(out, one, k);
			weir_buf_add_char(out, '}');
		}
		weir_buf_add_c(out, "]}");
	}
	weir_buf_add_c(out, "],");
	landings(info, out);
	capture(info, out);
	warnings(r, info, out);
	weir_buf_add_c(out, "}\n");
}

static enum weir_status write_all(const char *path, int err_fd, const struct weir_buf *text, struct weir_error *err)
{
	bool to_err = strcmp(path, "-") == 0;
	int fd = to_err ? err_fd : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	struct weir_buf safe = {0};
	int failed = fd < 0 ? errno : 0;

	if (fd >= 0 && isatty(fd)) {
		weir_print_lines(weir_buf_str(text), &safe);
		failed = safe.failed ? ENOMEM : 0;
		text = &safe;
	}
	if (!failed)
		failed = weir_write_all(fd, text->data, text->size);
	if (fd >= 0 && !to_err && close(fd) != 0 && !failed)
		failed = errno;
	weir_buf_release(&safe);
	return failed ? weir_fail(err, WEIR_IO, path, "could not write the ledger: %s", strerror(failed)) : WEIR_OK;
}

enum weir_status weir_stats_write(const struct weir_result *r, const struct weir_session_info *info, const char *path,
				  int err_fd, struct weir_error *err)
{
	struct weir_buf text = {0};

	stats_json(r, info, &text);
	enum weir_status st = text.failed ? weir_fail(err, WEIR_NO_MEMORY, "--stats", "out of memory")
					  : write_all(path, err_fd, &text, err);
	weir_buf_release(&text);
	return st;
}
