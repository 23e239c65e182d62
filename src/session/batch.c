/* No screen: read, print, leave. The caller's thread is the engine; the streams decode in their own. */
#include "batch_read.h"
#include "rows.h"
#include "stats.h"

#include <errno.h>
#include <unistd.h>

struct run {
	struct weir_pipeline pipeline;
	struct weir_options *options;
	struct weir_view view; /* resolved */
	struct weir_out out;
	struct weir_rows *rows; /* NULL until the first batch, or when there is something to compute */
	int err_fd;
	bool color;
	bool header_printed;
	bool enough; /* as many rows as --top wants are printed */
	const volatile bool *interrupted;
};

static void say(int fd, const struct weir_error *err)
{
	struct weir_out out = {.fd = fd};

	weir_error_print(err, &out.text);
	weir_out_flush(&out);
	weir_out_release(&out);
}

static bool asks_for_rows(const struct weir_view *v)
{
	return !v->text[WEIR_VIEW_GROUP] && !v->text[WEIR_VIEW_MEASURE];
}

static bool is_rows(const struct run *r)
{
	return asks_for_rows(&r->view);
}

static enum weir_status on_opened(void *ctx, struct weir_error *err)
{
	struct run *r = ctx;
	bool fixed = weir_pipeline_columns_fixed(&r->pipeline);

	if (fixed) { /* a wrong name need not wait for the end */
		enum weir_status st = weir_pipeline_check_names(&r->pipeline, &r->options->view, err);
		if (st != WEIR_OK)
			return st;
	}
	if (!is_rows(r))
		return WEIR_OK;
	struct weir_rows_config c = {r->options->output, r->color, fixed, &r->view};
	return weir_rows_new(&c, &r->out, &r->rows, err);
}

static enum weir_status on_added(void *ctx, const struct weir_batch *kept, struct weir_error *err)
{
	struct run *r = ctx;

	if (!r->rows || !kept || !kept->n_rows)
		return WEIR_OK;
	enum weir_status st = weir_rows_add(r->rows, r->pipeline.fabric->ops->plan(r->pipeline.fabric), kept, err);
	/* the ledger accounts for all of the input, so it is read to its end when it is asked for */
	r->enough = weir_rows_full(r->rows) && !r->options->stats;
	return st;
}

static enum weir_status result_at(struct run *r, int64_t at_us, struct weir_result **out, struct weir_error *err)
{
	struct weir_result_request request = {.at_us = at_us, .max_rows = r->view.top > UINT32_MAX ? 0 : (uint32_t)r->view.top};

	weir_pipeline_set_lag(&r->pipeline);
	enum weir_status st = r->pipeline.fabric->ops->result(r->pipeline.fabric, &request, out, err);
	if (st == WEIR_OK && (*out)->error.code != WEIR_OK) {
		st = (*out)->error.code;
		*err = (*out)->error;
		weir_result_unref(*out);
		*out = NULL;
	}
	return st;
}

/* Rows of the answer carry their own windows, [start, end). */
static bool has_windows(const struct run *r)
{
	return r->view.window.kind == WEIR_WINDOW_TUMBLING || r->view.window.kind == WEIR_WINDOW_HOPPING;
}

static void print_result(struct run *r, const struct weir_result *result)
{
	struct weir_print_form form = {
		.how = r->options->output,
		.color = r->color,
		.header = !r->header_printed || r->options->output == WEIR_OUT_TABLE,
		.windows = has_windows(r),
	};

	if (r->header_printed && r->options->output == WEIR_OUT_TABLE)
		weir_buf_add_char(&r->out.text, '\n');
	weir_result_print_part(result, &form, &r->out.text);
	r->header_printed = true;
	weir_out_flush(&r->out);
}

static enum weir_status on_passed(void *ctx, int64_t at_us, struct weir_error *err)
{
	struct run *r = ctx;
	struct weir_result *result = NULL;

	if (r->rows)
		return WEIR_OK;
	/* Only a sliding window ends at that moment; the others hold what has come. */
	bool sliding = r->view.window.kind == WEIR_WINDOW_SLIDING;
	enum weir_status st = result_at(r, sliding ? at_us : WEIR_TIME_NONE, &result, err);
	if (st == WEIR_OK)
		print_result(r, result);
	weir_result_unref(result);
	return st;
}

/* After the input: what was computed, then the ledger. */
static enum weir_status finish(struct run *r, struct weir_error *err)
{
	struct weir_fabric *f = r->pipeline.fabric;
	struct weir_result *result = NULL;
	enum weir_status st = WEIR_OK;

	if (!*r->interrupted)
		st = weir_pipeline_check_names(&r->pipeline, &r->options->view, err);
	if (st == WEIR_OK)
		st = result_at(r, r->view.at_us, &result, err);
	if (st == WEIR_OK && r->rows)
		st = weir_rows_end(r->rows, f->ops->plan(f), f->ops->newest_us(f), err);
	else if (st == WEIR_OK && !is_rows(r))
		print_result(r, result);
	weir_out_flush(&r->out);
	if (st == WEIR_OK && r->options->stats)
		st = weir_stats_write(&r->pipeline, result, r->options->stats, r->err_fd, err);
	weir_result_unref(result);
	return st;
}

/* *strict: it failed because it was told to stop at the first malformed record. */
static bool first_failure(struct run *r, bool *strict, struct weir_error *err)
{
	for (uint32_t i = 0; i < r->pipeline.n_streams; i++) {
		struct weir_stream *s = &r->pipeline.streams[i];
		if (!weir_stream_error(s, err))
			continue;
		*strict = s->on_malformed == WEIR_MALFORMED_FAIL && err->code == WEIR_MALFORMED;
		return true;
	}
	return false;
}

static enum weir_status explain(struct run *r, struct weir_error *err)
{
	struct weir_plan *plan = NULL;
	enum weir_status st;
	bool strict;

	while (!weir_pipeline_opened(&r->pipeline) && !*r->interrupted)
		weir_wake_wait(&r->pipeline.wake, 50000);
	if (first_failure(r, &strict, err))
		return err->code;
	st = weir_pipeline_bind(&r->pipeline, &r->options->view, &plan, err);
	if (st == WEIR_OK)
		weir_plan_explain(plan, &r->out.text);
	weir_plan_free(plan);
	weir_out_flush(&r->out);
	return st;
}

static enum weir_status read_and_print(struct run *r, struct weir_error *err)
{
	const struct weir_options *o = r->options;
	struct weir_error failure = {0};
	struct weir_reader reader = {
		.pipeline = &r->pipeline,
		.out = &r->out,
		.interrupted = r->interrupted,
		.enough = &r->enough,
		.deadline_us = o->for_us > 0 ? weir_clock_mono_us(r->pipeline.clock) + o->for_us : -1,
		.one_after_another = is_rows(r) && r->pipeline.finite,
		.every_us = is_rows(r) ? -1 : o->every_us,
		.late_us = o->view.late_us > 0 ? o->view.late_us : 0,
		.excludes_end = has_windows(r),
		.opened = on_opened,
		.added = on_added,
		.passed = on_passed,
		.ctx = r,
	};
	enum weir_status st = weir_reader_run(&reader, err);

	if (st != WEIR_OK)
		return st;
	weir_pipeline_stop(&r->pipeline);
	bool strict = false, failed = first_failure(r, &strict, &failure);
	/* Who asked to stop at the first malformed record wants no answer without it; any other failure leaves what came before. */
	if (!strict)
		st = finish(r, err);
	if (st == WEIR_OK && failed) {
		*err = failure;
		st = failure.code;
	}
	return st;
}

/* Rows that are kept although they did not parse would be empty ones: they are marked, and show what came. */
static enum weir_status mark_malformed(struct weir_options *o, struct weir_error *err)
{
	if (!asks_for_rows(&o->view) || !o->malformed || strcmp(o->malformed, "keep") != 0)
		return WEIR_OK;
	enum weir_status st = weir_view_add(&o->view, WEIR_VIEW_DERIVE, "_malformed=_malformed", 0, err);
	if (st == WEIR_OK)
		st = weir_view_add(&o->view, WEIR_VIEW_DERIVE, "_raw=case when _malformed then _raw end", 0, err);
	return st;
}

static enum weir_status start(struct run *r, const struct weir_clock *clock, int stdin_fd, struct weir_error *err)
{
	enum weir_status st = mark_malformed(r->options, err);

	if (st == WEIR_OK && r->options->every_us > 0 && asks_for_rows(&r->options->view)) {
		st = weir_fail(err, WEIR_USAGE, "--every", "rows are printed once, as they come");
		weir_error_hint(err, "say what to compute again with --group or --measure");
	}
	if (st == WEIR_OK)
		st = weir_pipeline_open(&r->pipeline, r->options, clock, stdin_fd, false, err);
	struct weir_fabric *f = r->pipeline.fabric;

	if (st == WEIR_OK)
		st = weir_pipeline_resolve(&r->pipeline, &r->options->view, &r->view, err);
	if (st == WEIR_OK)
		st = f->ops->set_view(f, &r->view, 1, r->pipeline.finite, false, err);
	if (st == WEIR_OK)
		st = weir_pipeline_start(&r->pipeline, err);
	return st;
}

int weir_batch_run(struct weir_options *options, const struct weir_clock *clock, int stdin_fd, int out_fd, int err_fd,
		   const volatile bool *interrupted)
{
	struct run r = {.options = options, .out.fd = out_fd, .err_fd = err_fd, .interrupted = interrupted, .pipeline.wake.fd = -1};
	struct weir_error err = {0};

	r.color = options->output == WEIR_OUT_TABLE && options->color && strcmp(options->color, "always") == 0;
	r.out.terminal = options->output != WEIR_OUT_TABLE && isatty(out_fd); /* a table is safe as it is, and has colours */
	weir_view_init(&r.view);
	enum weir_status st = start(&r, clock, stdin_fd, &err);
	if (st == WEIR_OK)
		st = options->explain ? explain(&r, &err) : read_and_print(&r, &err);
	int code = *interrupted ? 130 : weir_status_exit_code(st);
	if (r.out.failed && st == WEIR_OK) {
		st = weir_fail(&err, WEIR_IO, "output", "could not write the result: %s", strerror(r.out.failed));
		code = 1;
	}
	if (st != WEIR_OK && st != WEIR_CANCELLED)
		say(err_fd, &err);
	if (r.out.gone)
		code = 0;
	weir_rows_free(r.rows);
	weir_out_release(&r.out);
	weir_pipeline_close(&r.pipeline);
	weir_view_release(&r.view);
	return code;
}
