/* What stands below the streams, a line each: what is wrong with one, where rows go, what is captured. */
#include "tui/panels/streams.h"

#include <stdio.h>

void weir_streams_put_remark(struct weir_canvas c, int *y, const char *label, const char *text, enum weir_ink ink)
{
	if (!text[0])
		return;
	int x = 3 + weir_cell_put(c, 3, *y, label, weir_style(WEIR_INK_DIM)) + 1;
	weir_cell_put_text(c, x, *y, c.columns - x - 1, weir_str_of(text), weir_style(ink), WEIR_LEFT);
	++*y;
}

void weir_streams_put_malformed(struct weir_canvas c, int *y, const struct weir_ledger *l)
{
	struct weir_buf text = {0};
	char count[WEIR_FORMAT_BYTES];
	for (int why = 0; why < WEIR_BAD_COUNT; why++)
		if (l->malformed_by[why])
			weir_buf_addf(&text, "%s%s %s", text.size ? ", " : "",
				      weir_malformed_text((enum weir_malformed)why),
				      weir_format_count(l->malformed_by[why], count));
	if (text.data)
		weir_streams_put_remark(c, y, "malformed", text.data, WEIR_INK_WARN);
	weir_buf_release(&text);
}

void weir_streams_put_warnings(const struct weir_picture *pic, struct weir_canvas c, int *y,
			       const struct weir_stream_info *s)
{
	for (size_t i = 0; i < pic->n_warnings; i++)
		if (strcmp(pic->warnings[i].stream, s->name) == 0 && strcmp(pic->warnings[i].code, "malformed") != 0)
			weir_streams_put_remark(c, y, "warning", pic->warnings[i].text, WEIR_INK_WARN);
}

static const char *rate(double per_s, char out[WEIR_FORMAT_BYTES])
{
	return per_s >= 0 ? weir_format_count((uint64_t)per_s, out) : "?"; /* NaN is not */
}

/* What the sources have and the job has not counted; nothing where one of them does not say. */
static void add_behind(const struct weir_session_info *info, char *out, size_t size)
{
	char count[WEIR_FORMAT_BYTES];
	uint64_t behind = 0;
	for (uint32_t i = 0; i < info->n_streams; i++) {
		if (info->fabric.lags[i] < 0)
			return;
		behind += (uint64_t)info->fabric.lags[i];
	}
	snprintf(out, size, ", %s record%s behind", weir_format_count(behind, count), behind == 1 ? "" : "s");
}

void weir_streams_put_fabric(const struct weir_picture *pic, struct weir_canvas c, int *y)
{
	const struct weir_fabric_status *f = &pic->info->fabric;
	char text[400], in[WEIR_FORMAT_BYTES], done[WEIR_FORMAT_BYTES], took[WEIR_FORMAT_BYTES],
	    mark[WEIR_FORMAT_BYTES];
	bool bad = strcmp(f->state, "failed") == 0;

	if (!f->is_elsewhere)
		return;
	int n = snprintf(text, sizeof(text), "%s: %s", f->where, f->state);
	if (f->batch_us >= 0)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", %s/s in, %s/s done, a batch takes %s",
			      rate(f->input_per_s, in), rate(f->done_per_s, done), weir_format_span(f->batch_us, took));
	if (f->watermark_us != WEIR_TIME_NONE)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", watermark %s",
			      weir_format_clock(f->watermark_us, 0, mark));
	if (f->batch_us >= 0 && !pic->info->ended)
		add_behind(pic->info, text + n, sizeof(text) - (size_t)n);
	weir_streams_put_remark(c, y, "fabric", text, bad ? WEIR_INK_BAD : WEIR_INK_TEXT);
	weir_streams_put_remark(c, y, "", f->detail, bad ? WEIR_INK_BAD : WEIR_INK_WARN);
	if (f->come_back[0]) {
		snprintf(text, sizeof(text), "weir --attach %s", f->come_back);
		weir_streams_put_remark(c, y, "goes on after q", text, WEIR_INK_TEXT);
	}
	weir_streams_put_remark(c, y, "records", "those of the sample that columns were learned from", WEIR_INK_DIM);
}

void weir_streams_put_landing(struct weir_canvas c, int *y, const struct weir_landing_status *s)
{
	char landed[WEIR_FORMAT_BYTES], waiting[WEIR_FORMAT_BYTES], lacking[WEIR_FORMAT_BYTES], size[WEIR_FORMAT_BYTES];
	char text[640], spilled[WEIR_FORMAT_BYTES], rate[WEIR_FORMAT_BYTES];
	int n = snprintf(text, sizeof(text), "%s: %s rows landed", s->address, weir_format_count(s->landed, landed));
	if (!s->done)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", %s/s", weir_format_count(s->rows_per_s, rate));
	if (s->bytes || s->files)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", %s in %s whole file%s",
			      weir_format_size(s->bytes, size), WEIR_COUNT(s->files), s->files == 1 ? "" : "s");
	if (s->waiting)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", %s waiting",
			      weir_format_count(s->waiting, waiting));
	if (s->spilled)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", %s took the way over the disk",
			      weir_format_count(s->spilled, spilled));
	if (s->refused + s->shed)
		snprintf(text + n, sizeof(text) - (size_t)n, ", %s not landed",
			 weir_format_count(s->refused + s->shed, lacking));
	weir_streams_put_remark(c, y, "landing", text, s->refused + s->shed ? WEIR_INK_BAD : WEIR_INK_TEXT);
	if (s->failure.code != WEIR_OK)
		weir_streams_put_remark(c, y, "", s->failure.what, WEIR_INK_BAD);
	if (s->refused && s->reason[0] && s->failure.code == WEIR_OK)
		weir_streams_put_remark(c, y, "refused", s->reason, WEIR_INK_BAD);
	if (s->kept) {
		snprintf(text, sizeof(text), "%s of the refused rows, in %s", weir_format_count(s->kept, lacking),
			 s->kept_in);
		weir_streams_put_remark(c, y, "kept", text, WEIR_INK_TEXT);
	}
	if (s->keep_trouble[0])
		weir_streams_put_remark(c, y, "not kept", s->keep_trouble, WEIR_INK_WARN);
	if (s->spill_trouble[0])
		weir_streams_put_remark(c, y, "temporary file", s->spill_trouble, WEIR_INK_WARN);
	if (s->state != WEIR_LANDING_RECONNECTING)
		return;
	snprintf(text, sizeof(text), "%s; next try in %lld s", s->trouble, (long long)s->next_try_s);
	weir_streams_put_remark(c, y, "RECONNECTING", text, WEIR_INK_WARN);
}

void weir_streams_put_capture(struct weir_canvas c, int *y, const struct weir_capture_status *s)
{
	char captured[WEIR_FORMAT_BYTES], size[WEIR_FORMAT_BYTES], missed[WEIR_FORMAT_BYTES], text[640];
	int n = snprintf(text, sizeof(text), "%s: %s records captured, %s in the file", s->path,
			 weir_format_count(s->captured, captured), weir_format_size(s->file_bytes, size));
	if (s->missed)
		snprintf(text + n, sizeof(text) - (size_t)n, ", %s not captured", weir_format_count(s->missed, missed));
	weir_streams_put_remark(c, y, "capture", text, s->missed ? WEIR_INK_BAD : WEIR_INK_TEXT);
	if (s->failure.code != WEIR_OK)
		weir_streams_put_remark(c, y, "", s->failure.what, WEIR_INK_BAD);
}
