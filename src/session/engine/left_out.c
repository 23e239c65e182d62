/* What a batch asks of sources that have a server to ask: the columns that it needs, and which rows are in no answer. */
#include "engine.h"

#include "weir/query/filter.h"

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
	p->question = (struct weir_source_question){
	    .all_columns = want->all || o->land.n || o->capture || o->why,
	    .columns = want->names,
	    .n_columns = want->n_names,
	    .filter = any && !whole ? filter : NULL,
	    .places = o->land.n || names_places(&o->view),
	    .whole = whole,
	    .ctx = p,
	};
	return &p->question;
}
