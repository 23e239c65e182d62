/* --explain: what reading found out, and what is computed how. */
#include "batch.h"

#include "weir/base/print.h"

/* What reading found out, and what it is not certain of. */
static void explain_reading(struct weir_pipeline *p, bool rows, struct weir_buf *out)
{
	char guess[sizeof p->streams->guess], doubt[sizeof p->streams->doubt];

	for (uint32_t i = 0; i < p->n_streams; i++) {
		struct weir_stream *s = &p->streams[i];
		pthread_mutex_lock(&s->lock);
		memcpy(guess, s->guess, sizeof guess);
		memcpy(doubt, s->doubt, sizeof doubt);
		pthread_mutex_unlock(&s->lock);
		if (!guess[0])
			continue;
		weir_buf_add_c(out, "read     ");
		weir_print_safe(weir_str_of(s->name), out);
		weir_buf_add_c(out, ": ");
		weir_print_safe(weir_str_of(guess), out);
		if (doubt[0])
			weir_buf_add_c(out, "\ndoubt    ");
		weir_print_safe(weir_str_of(doubt), out);
		weir_buf_add_char(out, '\n');
		if (s->source && s->source->pushed)
			weir_explain_pushed(s->name, s->source->pushed, !rows, out);
	}
}

enum weir_status weir_batch_explain(struct weir_pipeline *p, bool rows, const volatile bool *interrupted,
				    struct weir_out *out, struct weir_error *err)
{
	bool no_answer, final;

	while (!weir_pipeline_opened(p)) {
		if (*interrupted)
			weir_pipeline_finish(p);
		weir_wake_wait(&p->wake, 50000);
	}
	if (weir_notices_failure(p, &no_answer, err))
		return err->code;
	weir_pipeline_give_columns(p);
	enum weir_status st = weir_pipeline_check_names(p, &final, err);
	if (st == WEIR_OK)
		st = weir_pipeline_give_readings(p, err);
	if (st == WEIR_OK) {
		explain_reading(p, rows, &out->text);
		st = p->ops->explain(p->fabric, out->terminal, &out->text, err);
	}
	weir_out_flush(out);
	return st;
}
