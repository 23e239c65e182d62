/* A schema registry without a network: answers by path, and the faults that one can have. */
#ifndef WEIR_TESTS_FAKE_REGISTRY_H
#define WEIR_TESTS_FAKE_REGISTRY_H

#include "weir/client/registry.h"

#include <stdatomic.h>

struct fake_answer {
	const char *path, *body;
	long status;
};

struct fake_registry {
	const struct fake_answer *answers; /* ends with path NULL */
	_Atomic bool away;                 /* nothing can reach it */
	_Atomic bool hangs;                /* a request ends only when it is cancelled, or this does */
	_Atomic int broken;                /* so many answers are 500 */
	_Atomic unsigned asked, closed;
	_Atomic bool cancelled;
	struct weir_wake cancel;
};

static inline enum weir_status fake_get(void *ctx, const char *path, long *status, struct weir_buf *body,
					struct weir_error *err)
{
	struct fake_registry *f = ctx;
	f->asked++;
	weir_buf_clear(body);
	while (f->hangs && !f->cancelled)
		weir_wake_wait(&f->cancel, 10000);
	if (f->cancelled)
		return weir_fail(err, WEIR_CANCELLED, "", "interrupted");
	if (f->away) {
		weir_fail(err, WEIR_UNREACHABLE, "", "could not connect");
		err->retriable = true;
		return WEIR_UNREACHABLE;
	}
	if (f->broken > 0) {
		f->broken--;
		*status = 500;
		return WEIR_OK;
	}
	*status = 404;
	for (const struct fake_answer *a = f->answers; a->path; a++)
		if (strcmp(a->path, path) == 0) {
			*status = a->status ? a->status : 200;
			weir_buf_add_c(body, a->body);
			return WEIR_OK;
		}
	weir_buf_add_c(body, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
	return WEIR_OK;
}

static inline void fake_cancel(void *ctx)
{
	struct fake_registry *f = ctx;
	f->cancelled = true;
	weir_wake_signal(&f->cancel);
}

static inline void fake_close(void *ctx)
{
	struct fake_registry *f = ctx;
	f->closed++;
	weir_wake_release(&f->cancel);
}

static inline struct weir_registry *fake_open(struct fake_registry *f, int64_t patience_us)
{
	const struct weir_registry_config config = {.name = "fake",
						    .patience_us = patience_us,
						    .first_pause_us = 1000,
						    .longest_pause_us = 20000,
						    .clock = &weir_clock_system};
	struct weir_registry *r = NULL;
	struct weir_error err = {0};
	if (weir_wake_init(&f->cancel, &err) != WEIR_OK ||
	    weir_registry_new(&config, (struct weir_registry_door){fake_get, NULL, fake_cancel, fake_close, f}, &r,
			      &err) != WEIR_OK)
		return NULL;
	return r;
}

#endif
