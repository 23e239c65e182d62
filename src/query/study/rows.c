/* What studies go over, and what they find: references, and a plan of the view's rows. */
#include "weir/query/study.h"

#include <stdlib.h>

struct weir_study_rows *weir_study_rows_new(struct weir_relation_snapshot *snapshot,
					    struct weir_relation_schema *schema, const struct weir_view *view)
{
	struct weir_study_rows *r = weir_calloc(1, sizeof *r);
	if (!r) {
		weir_relation_snapshot_free(snapshot);
		return NULL;
	}
	r->refs = 1;
	r->snapshot = snapshot;
	r->schema = weir_relation_schema_ref(schema);
	r->moment_us = r->arrived_us = WEIR_TIME_NONE;
	weir_view_init(&r->view);
	if (weir_view_copy(&r->view, view, NULL) == WEIR_OK)
		return r;
	weir_study_rows_unref(r);
	return NULL;
}

struct weir_study_rows *weir_study_rows_ref(struct weir_study_rows *r)
{
	atomic_fetch_add(&r->refs, 1);
	return r;
}

void weir_study_rows_unref(struct weir_study_rows *r)
{
	if (!r || atomic_fetch_sub(&r->refs, 1) != 1)
		return;
	weir_relation_snapshot_free(r->snapshot);
	weir_relation_schema_unref(r->schema);
	weir_view_release(&r->view);
	free(r);
}

enum weir_status weir_study_rows_bind(const struct weir_study_rows *r, struct weir_plan **out, struct weir_error *err)
{
	static const enum weir_view_text left_out[] = {WEIR_VIEW_GROUP, WEIR_VIEW_MEASURE, WEIR_VIEW_SORT,
						       WEIR_VIEW_COMPARE};
	struct weir_view view;
	weir_view_init(&view);
	enum weir_status st = weir_view_copy(&view, &r->view, err);
	for (size_t i = 0; st == WEIR_OK && i < sizeof left_out / sizeof *left_out; i++)
		st = weir_view_set(&view, left_out[i], NULL, 0, err);
	view.window = (struct weir_window){.kind = WEIR_WINDOW_ALL};
	struct weir_plan_config config = {
	    .view = &view,
	    .view_generation = r->generation,
	    .schema = r->schema,
	    .finite = r->finite,
	    .budget = r->budget,
	};
	if (st == WEIR_OK)
		st = weir_plan_bind(&config, out, err);
	weir_view_release(&view);
	return st;
}

struct weir_study_answer *weir_study_answer_ref(struct weir_study_answer *a)
{
	atomic_fetch_add(&a->refs, 1);
	return a;
}

void weir_study_answer_unref(struct weir_study_answer *a)
{
	if (a && atomic_fetch_sub(&a->refs, 1) == 1)
		a->free(a);
}

void weir_study_free(struct weir_study *s)
{
	if (s)
		s->ops->free(s);
}
