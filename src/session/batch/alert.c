/* --alert in batch: what it needs of the call, and what it says of an answer. */
#include "batch.h"

#include "weir/base/print.h"

/* How long it lasts is seen where answers follow one another. */
enum weir_status weir_batch_take_alert(struct weir_options *o, struct weir_alert *alert, struct weir_error *err)
{
	const struct weir_view *v = &o->view;

	if (!o->alert)
		return WEIR_OK;
	enum weir_status st = weir_options_measure_alert(o, true, 0, err);
	if (st == WEIR_OK)
		st = weir_alert_parse(weir_str_of(o->alert), alert, err);
	bool windows = v->window.kind == WEIR_WINDOW_TUMBLING || v->window.kind == WEIR_WINDOW_HOPPING;
	bool sorted = v->text[WEIR_VIEW_SORT] && strstr(v->text[WEIR_VIEW_SORT], "window_start");
	if (st == WEIR_OK && alert->for_us && (sorted || (o->every_us <= 0 && !windows))) {
		st = weir_fail(err, WEIR_USAGE, "--alert", "\"for\" needs answers that follow one another in time");
		weir_error_hint(err, "give --every, or --window 'tumbling 1m' without a sort by window_start");
	}
	return st;
}

bool weir_batch_judge(struct weir_alert *alert, bool quiet, int err_fd, const struct weir_result *result)
{
	struct weir_out out = {.fd = err_fd};
	struct weir_buf what = {0};
	bool alerted = alert->text && weir_alert_judge(alert, result, &what);

	if (alerted) {
		weir_buf_add_c(&out.text, "weir: alert: ");
		weir_print_safe(weir_buf_str(&what), &out.text);
		weir_buf_add_char(&out.text, '\n');
		if (!quiet)
			weir_out_flush(&out);
	}
	weir_out_release(&out);
	weir_buf_release(&what);
	return alerted;
}
