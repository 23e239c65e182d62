/* --attach: the options of a job that was left running take the place of those that were not given. */
#include "weir/fabric/fabric.h"
#include "weir/session/session.h"

#include <stdlib.h>

static bool take(char **to, char **from)
{
	if (*to)
		return true;
	*to = *from;
	*from = NULL;
	return *to != NULL;
}

enum weir_status weir_options_recall(struct weir_options *o, int64_t now_us, struct weir_error *err)
{
	struct weir_fabric_recalled r;

	if (!o->attach)
		return WEIR_OK;
	if (o->n_sources)
		return weir_fail(err, WEIR_USAGE, "--attach", "the job has sources of its own");
	enum weir_status st = weir_fabric_recall(o->attach, &r, err);
	char **sources = st == WEIR_OK ? weir_calloc(r.n_sources, sizeof(char *)) : NULL;
	if (st == WEIR_OK && !sources)
		st = weir_fail(err, WEIR_NO_MEMORY, "--attach", "out of memory");
	if (st == WEIR_OK) {
		free(o->sources);
		o->sources = sources;
		for (size_t i = 0; i < r.n_sources; i++)
			o->n_sources += take(&o->sources[i], &r.sources[i]);
		take(&o->fabric, &r.fabric);
	}
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT && st == WEIR_OK; i++)
		if (r.view[i] && !o->view.text[i])
			st = weir_view_set(&o->view, (enum weir_view_text)i, r.view[i], now_us, err);
	weir_fabric_recalled_release(&r);
	return st;
}
