/* What a batch asks of sources that have a server to ask: the columns that it needs, and which rows are in no answer. */
#include "engine.h"

#include "weir/query/filter.h"
#include "weir/query/grouping.h"

/* Why all rows are needed; NULL: they are not. */
static const char *needs_all(const struct weir_pipeline *p, uint32_t n_streams)
{
	const struct weir_options *o = p->options;

	if (o->capture)
		return "--capture keeps all rows as they came";
	if (o->every_us > 0)
		return "--every shows the answer as it grows, with all rows";
	if (o->why)
		return "--why looks at all rows";
	if (n_streams > 1)
		return "there are several streams, and their columns may have other types together";
	return weir_view_needs_all(&o->view);
}

/* Thread: the stream's; the view of a batch stays as it is. */
static enum weir_status filter(void *ctx, const struct weir_schema *schema, struct weir_arena *arena,
			       struct weir_filter_list *out, struct weir_error *err)
{
	const struct weir_pipeline *p = ctx;
	const struct weir_view *v = &p->options->view;
	enum weir_status st = weir_view_filter(v, schema, weir_str_of(p->streams[0].name), arena, out, err);

	if (st == WEIR_OK && !p->options->land.n && weir_schema_time_field(schema) >= 0)
		weir_view_times(v, &out->from_us, &out->until_us);
	return st;
}

static enum weir_status grouping(void *ctx, const struct weir_schema *schema, struct weir_arena *arena,
				 struct weir_grouping *out, struct weir_error *err)
{
	const struct weir_pipeline *p = ctx;

	return weir_view_grouping(&p->options->view, schema, weir_str_of(p->streams[0].name), arena, out, err);
}

static bool asks_for_rows(const struct weir_view *v)
{
	return !v->text[WEIR_VIEW_GROUP] && !v->text[WEIR_VIEW_MEASURE];
}

/* Why the rows must come, and not what a server counted of them; NULL: they need not. */
static const char *needs_rows(const struct weir_pipeline *p, uint32_t n_streams)
{
	const struct weir_options *o = p->options;
	const char *why = needs_all(p, n_streams);

	if (why)
		return why;
	if (o->time)
		return "--time says what the event time is: say it in the address, with time=";
	if (o->land.n)
		return "--land keeps the rows";
	if (o->land_view.n)
		return "--land-view follows the rows, to see which windows are over";
	return weir_view_needs_rows(&o->view);
}

static bool names_places(const struct weir_view *v)
{
	for (size_t i = 0; i < WEIR_VIEW_TEXT_COUNT; i++)
		if (v->text[i] && strstr(v->text[i], "_offset"))
			return true;
	return false;
}

static bool narrows(const struct weir_view *v)
{
	int64_t from_us, until_us;

	weir_view_times(v, &from_us, &until_us);
	return v->text[WEIR_VIEW_WHERE] || from_us != WEIR_TIME_NONE || until_us != WEIR_TIME_NONE;
}

const struct weir_source_question *weir_pipeline_question(struct weir_pipeline *p, const struct weir_decode_want *want,
							  uint32_t n_streams)
{
	const struct weir_options *o = p->options;
	bool any = narrows(&o->view);
	const char *whole = any ? needs_all(p, n_streams) : NULL;

	if (p->live)
		return NULL;
	const char *ungrouped = asks_for_rows(&o->view) ? NULL : needs_rows(p, n_streams);
	p->question = (struct weir_source_question){
	    .all_columns = want->all || o->land.n || o->capture || o->why,
	    .columns = want->names,
	    .n_columns = want->n_names,
	    .filter = any && !whole ? filter : NULL,
	    .places = o->land.n || names_places(&o->view),
	    .whole = whole,
	    .grouping = asks_for_rows(&o->view) || ungrouped || !p->ops->takes_batches ? NULL : grouping,
	    .ungrouped = ungrouped,
	    .ctx = p,
	};
	return &p->question;
}
