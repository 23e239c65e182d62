/* No screen: read, print, leave. The caller's thread is the engine; the streams decode in their own. */
#include "batch.h"

#include "weir/query/alert.h"
#include "weir/session/warning.h"

#include "weir/base/print.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { ALERT_CODE = 3 };       /* exit status of --fail-on-alert */
enum { LANDINGS_US = 250000 }; /* how often it is looked what a landing that is waited for has to say */

struct run {
	struct weir_pipeline pipeline;
	struct weir_options *options;
	struct weir_view view; /* resolved */
	struct weir_out out;
	struct weir_rows *rows; /* NULL until the first batch, or when there is something to compute */
	int err_fd;
	bool color;
	bool header_printed;
	uint32_t n_columns; /* that the names of the view were last looked for among */
	bool enough;        /* as many rows as --top wants are printed */
	const volatile bool *interrupted;
	struct weir_notices notices;
	bool ended; /* all streams were read to their end */
	struct weir_alert alert;
	bool alerted;
	uint64_t n_early; /* answers on the way that were printed before all partitions had come so far */
};

static bool asks_for_rows(const struct weir_view *v)
{
	return !v->text[WEIR_VIEW_GROUP] && !v->text[WEIR_VIEW_MEASURE];
}

static bool is_rows(const struct run *r)
{
	return asks_for_rows(&r->view) && !r->options->why;
}

static enum weir_status on_opened(void *ctx, struct weir_error *err)
{
	struct run *r = ctx;
	bool refused = false, final;

	if (weir_notices_failure(&r->pipeline, &refused, err) && refused)
		return err->code;
	weir_pipeline_give_columns(&r->pipeline);
	enum weir_status st = weir_pipeline_check_names(&r->pipeline, &final, err);

	if (st != WEIR_OK && final) /* a wrong name need not wait for the end */
		return st;
	r->out.held = st != WEIR_OK; /* columns may come that have those names */
	if (!is_rows(r))
		return WEIR_OK;
	struct weir_rows_config c = {r->options->output, r->color, weir_pipeline_columns_fixed(&r->pipeline), &r->view};
	return weir_rows_new(&c, &r->out, &r->rows, err);
}

/* New columns may be all that was missing. */
static void look_again(struct run *r)
{
	uint32_t n = 0;
	bool final;

	for (uint32_t i = 0; i < r->pipeline.n_streams; i++)
		n += r->pipeline.schemas[i] ? r->pipeline.schemas[i]->n_fields : 0;
	if (n == r->n_columns)
		return;
	r->n_columns = n;
	if (weir_pipeline_check_names(&r->pipeline, &final, NULL) == WEIR_OK)
		weir_out_let_go(&r->out);
}

static enum weir_status on_added(void *ctx, const struct weir_batch *kept, struct weir_error *err)
{
	struct run *r = ctx;

	if (r->out.held)
		look_again(r);
	if (!r->rows || !kept || !kept->n_rows)
		return WEIR_OK;
	enum weir_status st = weir_rows_add(r->rows, r->pipeline.fabric, err);
	/* what the ledger accounts for, and what is landed or captured, is read to its end */
	r->enough = weir_rows_full(r->rows) && !r->options->stats && !r->options->land.n && !r->options->capture;
	if (st == WEIR_CANCELLED && r->out.gone &&
	    (r->options->land.n || r->options->capture)) { /* nobody reads, but rows are landed */
		weir_rows_free(r->rows);
		r->rows = NULL;
		return WEIR_OK;
	}
	return st;
}

static enum weir_status result_at(struct run *r, int64_t at_us, struct weir_result **out, struct weir_error *err)
{
	struct weir_result_request request = {.at_us = at_us,
					      .max_rows = r->view.top > UINT32_MAX ? 0 : (uint32_t)r->view.top};

	weir_pipeline_set_lag(&r->pipeline);
	enum weir_status st = r->pipeline.ops->result(r->pipeline.fabric, &request, out, err);
	if (st == WEIR_AGAIN)
		st = weir_fail(err, WEIR_UNREACHABLE, r->pipeline.ops->name, "gave no answer in time");
	if (st == WEIR_OK)
		st = weir_pipeline_check_memory(&r->pipeline, true, err);
	if (st == WEIR_OK && (*out)->error.code != WEIR_OK) {
		st = (*out)->error.code;
		*err = (*out)->error;
	}
	if (st != WEIR_OK) {
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

static bool goes_on(void *out)
{
	return weir_out_flush_if_full(out);
}

static void print_result(struct run *r, const struct weir_result *result)
{
	struct weir_print_form form = {
	    .goes_on = goes_on,
	    .ctx = &r->out,
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

	if (r->rows || r->options->why)
		return WEIR_OK;
	/* Only a sliding window ends at that moment; the others hold what has come. */
	bool sliding = r->view.window.kind == WEIR_WINDOW_SLIDING;
	enum weir_status st = result_at(r, sliding ? at_us : WEIR_TIME_NONE, &result, err);
	if (st == WEIR_OK) {
		print_result(r, result);
		r->alerted |= weir_batch_judge(&r->alert, r->options->quiet, r->err_fd, result);
	}
	weir_result_unref(result);
	return st;
}

/* One line each on standard error, after the answer. */
static enum weir_status warn(const struct run *r, const struct weir_result *result,
			     const struct weir_session_info *info, struct weir_error *err)
{
	struct weir_warning *w = r->options->quiet ? NULL : weir_calloc(WEIR_MAX_WARNINGS, sizeof *w);
	size_t n = w ? weir_warnings(result, info, w, WEIR_MAX_WARNINGS) : 0;
	struct weir_out out = {.fd = r->err_fd};
	bool whole = w || r->options->quiet;

	for (size_t i = 0; i < n; i++) {
		weir_buf_add_c(&out.text, "weir: warning: ");
		weir_print_safe(weir_str_of(w[i].stream), &out.text);
		weir_buf_add_c(&out.text, w[i].stream[0] ? ": " : "");
		weir_print_safe(weir_str_of(w[i].text), &out.text);
		weir_buf_add_char(&out.text, '\n');
	}
	weir_out_flush(&out);
	whole = whole && out.failed != ENOMEM;
	weir_out_release(&out);
	free(w);
	return whole ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "warnings", "out of memory");
}

static enum weir_status print_why(struct run *r, struct weir_session_info *info, struct weir_error *err)
{
	struct weir_result *ranking = NULL;
	enum weir_status st = weir_batch_why(&r->pipeline, &r->view, info, &ranking, err);

	if (st == WEIR_OK)
		print_result(r, ranking);
	weir_result_unref(ranking);
	return st;
}

static enum weir_status print_answer(struct run *r, const struct weir_result *result, struct weir_session_info *info,
				     struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	if (r->options->why)
		return print_why(r, info, err);
	weir_out_let_go(&r->out);
	if (r->rows)
		st = weir_rows_end(r->rows, r->pipeline.fabric, result->ledger.newest_us, err);
	else if (!is_rows(r))
		print_result(r, result);
	weir_out_flush(&r->out);
	if (!is_rows(r))
		r->alerted |= weir_batch_judge(&r->alert, r->options->quiet, r->err_fd, result);
	return st;
}

static void say_early(const struct run *r, struct weir_session_info *info)
{
	if (r->n_early)
		snprintf(info->remarks[0], sizeof *info->remarks,
			 "%s of the answers of --every lack rows: partitions lie too far apart in time to wait for the "
			 "slowest within --memory (raise it, or read them apart with partitions=)",
			 WEIR_COUNT(r->n_early));
}

/* After an interrupt only as long as they get on. */
static void wait_for_landings(struct run *r)
{
	while (!weir_landings_wait_us(&r->pipeline.landings, LANDINGS_US)) {
		if (*r->interrupted)
			weir_landings_hurry(&r->pipeline.landings);
		weir_notices_look(&r->notices, &r->pipeline);
	}
}

/* Waits for landings and capture, for the warnings and the ledger. end_landings says what failed. */
static void finish_landings(struct run *r, struct weir_session_info *info)
{
	weir_pipeline_end_landings(&r->pipeline, *r->interrupted, r->ended);
	wait_for_landings(r);
	info->n_landings = weir_landings_describe(&r->pipeline.landings, info->landings);
	weir_pipeline_finish_capture(&r->pipeline);
	weir_pipeline_describe_capture(&r->pipeline, info);
}

/* After the input: what was computed, what is to be said of it, then the ledger. A refusal prints no answer, but the ledger. */
static enum weir_status finish(struct run *r, struct weir_error *err)
{
	struct weir_session_info info = {0};
	struct weir_result *result = NULL;
	struct weir_error refusal = {0};
	enum weir_status st = WEIR_OK;
	bool final;

	if (!*r->interrupted)
		st = weir_pipeline_check_names(&r->pipeline, &final, err);
	if (st == WEIR_OK)
		st = result_at(r, r->view.at_us, &result, err);
	if (st == WEIR_OK)
		st = weir_pipeline_describe(&r->pipeline, &r->view, &info, err);
	say_early(r, &info);
	if (st == WEIR_OK && (*r->interrupted || weir_notices_unanswered(&r->pipeline, result, &refusal) == WEIR_OK) &&
	    weir_warning_refusal(result, &info, &refusal) == WEIR_OK)
		st = print_answer(r, result, &info, err);
	if (st == WEIR_OK)
		finish_landings(r, &info);
	if (st == WEIR_OK && refusal.code == WEIR_OK)
		st = warn(r, result, &info, err);
	if (st == WEIR_OK && r->options->stats)
		st = weir_stats_write(result, &info, r->options->stats, r->err_fd, err);
	if (st == WEIR_OK && refusal.code != WEIR_OK) {
		*err = refusal;
		st = refusal.code;
	}
	weir_session_info_release(&info);
	weir_result_unref(result);
	return st;
}

static void on_idle(void *ctx)
{
	struct run *r = ctx;

	weir_notices_look(&r->notices, &r->pipeline);
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
	    .skew_us = weir_view_skew_us(&o->view, r->pipeline.finite),
	    .excludes_end = has_windows(r),
	    .opened = on_opened,
	    .added = on_added,
	    .passed = on_passed,
	    .idle = on_idle,
	    .ctx = r,
	};
	enum weir_status st = weir_reader_run(&reader, err);

	r->n_early = reader.n_early;
	r->ended = reader.ended;
	if (st != WEIR_OK)
		return st;
	bool no_answer = false, cut = false;
	if (reader.deadline_us >= 0 && weir_clock_mono_us(r->pipeline.clock) >= reader.deadline_us)
		cut = weir_notices_cut(&r->pipeline, &no_answer, &failure) != WEIR_OK;
	weir_pipeline_stop(&r->pipeline);
	bool failed = cut || weir_notices_failure(&r->pipeline, &no_answer, &failure);
	if (!no_answer) /* any other failure leaves what came before */
		st = finish(r, err);
	if (failed && st != WEIR_CANCELLED) { /* what else went wrong may come of it */
		*err = failure;
		st = failure.code;
	}
	return st;
}

/* What a fabric that brings results has no part in. */
static enum weir_status refuse_elsewhere(const struct run *r, struct weir_error *err)
{
	const struct weir_fabric_ops *ops = r->pipeline.ops;

	if ((!ops->rows || weir_fabric_reads_elsewhere(ops)) && is_rows(r) && !r->options->explain) {
		weir_fail(err, WEIR_UNSUPPORTED, "--fabric", "%s computes answers, and hands out no rows", ops->name);
		weir_error_hint(err, "say what to compute with --group or --measure");
		return WEIR_UNSUPPORTED;
	}
	if (r->options->why && (!ops->held || weir_fabric_reads_elsewhere(ops)))
		return weir_fail(err, WEIR_UNSUPPORTED, "--why", "%s holds no rows here that could be compared",
				 ops->name);
	if (weir_fabric_reads_elsewhere(ops) && r->options->every_us > 0)
		return weir_fail(err, WEIR_UNSUPPORTED, "--every", "%s says by itself when it has an answer",
				 ops->name);
	return WEIR_OK;
}

static enum weir_status start(struct run *r, const struct weir_clock *clock, int stdin_fd, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	if (asks_for_rows(&r->options->view))
		st = weir_view_mark_malformed(&r->options->view, r->options, err);
	if (st == WEIR_OK && r->options->view.compare.kind > WEIR_COMPARISON_NONE && asks_for_rows(&r->options->view)) {
		st = weir_fail(err, WEIR_USAGE, "--compare", "rows are printed as they are, and compared with nothing");
		weir_error_hint(err, "use --group or --measure to say what to compare");
	}
	if (st == WEIR_OK && r->options->every_us > 0 && asks_for_rows(&r->options->view)) {
		st = weir_fail(err, WEIR_USAGE, "--every", "rows are printed once, as they arrive");
		weir_error_hint(err, "use --group or --measure to say what to compute again");
	}
	if (st == WEIR_OK)
		st = weir_batch_why_check(r->options, &r->options->view, err);
	if (st == WEIR_OK)
		st = weir_pipeline_open(&r->pipeline, r->options, clock, stdin_fd, false, err);
	const struct weir_question question = {.view = &r->view, .generation = 1};

	r->pipeline.landings.interrupted = r->interrupted;
	r->pipeline.landings.waiting = on_idle;
	r->pipeline.landings.waiting_ctx = r;
	if (st == WEIR_OK)
		st = weir_pipeline_resolve(&r->pipeline, &r->options->view, &r->view, err);
	if (st == WEIR_OK)
		st = refuse_elsewhere(r, err);
	if (st == WEIR_OK)
		st = r->pipeline.ops->set_view(r->pipeline.fabric, &question, err);
	if (st == WEIR_OK)
		st = weir_pipeline_start(&r->pipeline, err);
	return st;
}

/* Waits for the landings, also where there was no answer, and says what failed. Returns the exit status: `code`, or where that is 0
 * the one of the failure. */
static int end_landings(struct run *r, int code)
{
	struct weir_error err = {0};

	weir_landings_end(&r->pipeline.landings, false);
	wait_for_landings(r);
	if (weir_landings_wait(&r->pipeline.landings, &err) == WEIR_OK)
		return code;
	weir_error_say(&err, r->err_fd);
	return code == 0 ? weir_status_exit_code(err.code) : code;
}

int weir_batch_run(struct weir_options *options, const struct weir_clock *clock, int stdin_fd, int out_fd, int err_fd,
		   const volatile bool *interrupted)
{
	struct run r = {.options = options,
			.out.fd = out_fd,
			.err_fd = err_fd,
			.interrupted = interrupted,
			.pipeline.wake.fd = -1,
			.notices = {.fd = err_fd, .quiet = options->quiet}};
	struct weir_error err = {0};

	r.color = options->output == WEIR_OUT_TABLE && options->color && strcmp(options->color, "always") == 0;
	r.out.terminal = (options->output != WEIR_OUT_TABLE || options->explain) && isatty(out_fd);
	weir_view_init(&r.view);
	/* to standard output */
	bool captured = options->capture && strcmp(options->capture, "-") == 0 && !options->explain;
	r.out.fd = captured ? open("/dev/null", O_WRONLY | O_CLOEXEC) : out_fd;
	enum weir_status st = weir_batch_take_alert(options, &r.alert, &err);
	if (st == WEIR_OK)
		st = start(&r, clock, stdin_fd, &err);
	if (st == WEIR_OK)
		st = options->explain ? weir_batch_explain(&r.pipeline, is_rows(&r), interrupted, &r.out, &err)
				      : read_and_print(&r, &err);
	/* Rows stop with CANCELLED when they could not be written. */
	if (r.out.failed && (st == WEIR_OK || st == WEIR_CANCELLED))
		st = weir_out_error(r.out.failed, &err);
	int code = *interrupted && !r.out.failed ? weir_status_exit_code(WEIR_CANCELLED) : weir_status_exit_code(st);
	if (st != WEIR_OK && err.code == WEIR_OK)
		weir_fail(&err, st, "", "%s", weir_status_text(st));
	if (st != WEIR_OK && st != WEIR_CANCELLED) {
		weir_error_say(&err, err_fd);
		weir_notices_say_others(&r.pipeline, &err, err_fd);
	}
	if (r.out.gone)
		code = 0;
	weir_rows_free(r.rows);
	weir_out_release(&r.out);
	code = end_landings(&r, code);
	weir_pipeline_say_left(&r.pipeline, err_fd);
	st = weir_pipeline_close(&r.pipeline, &err);
	if (st != WEIR_OK)
		weir_error_say(&err, err_fd);
	weir_view_release(&r.view);
	if (captured)
		close(r.out.fd);
	bool alerted = r.alerted && options->fail_on_alert;
	weir_alert_release(&r.alert);
	code = code == 0 ? weir_status_exit_code(st) : code;
	return code == 0 && alerted ? ALERT_CODE : code;
}
