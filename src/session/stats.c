#include "stats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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
	count(out, "bytes", l->bytes);
	count(out, "truncated_by_memory", l->truncated_by_memory);
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
	char number[16];

	snprintf(number, sizeof number, "%u", i);
	bool named = info && i < info->n_partitions && info->partitions[i].name[0];
	weir_json_quote(weir_str_of(named ? info->partitions[i].name : number), out);
}

void weir_stats_json(const struct weir_result *r, const struct weir_session_info *info, struct weir_buf *out)
{
	weir_buf_add_char(out, '{');
	ledger(out, &r->ledger);
	weir_buf_add_c(out, ",\"streams\":[");
	for (uint32_t i = 0; i < r->n_streams; i++) {
		const struct weir_stream_info *one = info && i < info->n_streams ? &info->streams[i] : NULL;
		weir_buf_add_c(out, i ? ",{\"name\":" : "{\"name\":");
		weir_json_quote(weir_str_of(one ? one->name : ""), out);
		weir_buf_add_char(out, ',');
		ledger(out, &r->streams[i]);
		weir_buf_add_c(out, ",\"partitions\":[");
		for (uint32_t k = 0; k < r->n_partitions[i]; k++) {
			weir_buf_add_c(out, k ? ",{\"partition\":" : "{\"partition\":");
			partition_name(out, one, k);
			weir_buf_add_char(out, ',');
			ledger(out, &r->partitions[i][k]);
			weir_buf_add_char(out, '}');
		}
		weir_buf_add_c(out, "]}");
	}
	weir_buf_add_c(out, "]}\n");
}

static enum weir_status write_all(const char *path, int err_fd, const struct weir_buf *text, struct weir_error *err)
{
	bool to_err = strcmp(path, "-") == 0;
	int fd = to_err ? err_fd : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	size_t done = 0;
	int failed = fd < 0 ? errno : 0;

	while (!failed && done < text->size) {
		ssize_t n = write(fd, text->data + done, text->size - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			failed = errno;
	}
	if (fd >= 0 && !to_err && close(fd) != 0 && !failed)
		failed = errno;
	return failed ? weir_fail(err, WEIR_IO, path, "could not write the ledger: %s", strerror(failed)) : WEIR_OK;
}

enum weir_status weir_stats_write(const struct weir_pipeline *p, const struct weir_result *r, const char *path, int err_fd,
				  struct weir_error *err)
{
	struct weir_session_info info = {0};
	struct weir_buf text = {0};
	struct weir_source_status status;

	if (!(info.streams = weir_calloc(p->n_streams, sizeof *info.streams)))
		return weir_fail(err, WEIR_NO_MEMORY, "--stats", "out of memory");
	info.n_streams = p->n_streams;
	for (uint32_t i = 0; i < p->n_streams; i++) {
		struct weir_stream_info *one = &info.streams[i];
		snprintf(one->name, sizeof one->name, "%s", p->streams[i].name);
		weir_source_status(p->streams[i].source, &status);
		for (uint32_t k = 0; k < status.n_partitions && k < sizeof one->partitions / sizeof *one->partitions; k++) {
			memcpy(one->partitions[k].name, status.partitions[k].name, sizeof one->partitions[k].name);
			one->n_partitions = k + 1;
		}
	}
	weir_stats_json(r, &info, &text);
	enum weir_status st = text.failed ? weir_fail(err, WEIR_NO_MEMORY, "--stats", "out of memory")
					  : write_all(path, err_fd, &text, err);
	weir_buf_release(&text);
	weir_session_info_release(&info);
	return st;
}
