/* The schemas that are known and wanted, and the thread that asks for them. */
#include "weir/client/registry.h"

#include "weir/base/bounds.h"
#include "weir/base/memory.h"

#include <stdio.h>
#include <stdlib.h>

/* A new number is asked for once, however long the registry has been away: it may be back. */
enum { LEAST_WAIT_US = 1000000 };

/* WANTED: somebody waits for it. LACKING: it was given up, and is asked for again when somebody wants it. */
enum state { WANTED, LACKING, HAVE };

struct entry {
	uint32_t id;
	enum state state;
	bool asked;            /* the thread is to ask, not before */
	int64_t next_us;       /* this moment */
	int64_t give_up_us;    /* of WANTED */
	unsigned tries;        /* that failed, in a row */
	struct weir_error why; /* of LACKING */
	struct weir_registry_schema *schema;
	uint32_t order;                             /* it came to be known as the nth, from 1 */
	struct weir_registry_schema *contradiction; /* owned: another of this number; NULL: there is none */
};

struct weir_registry {
	struct weir_registry_config config;
	char name[100];
	struct weir_registry_door door;
	pthread_t thread;
	bool started, locked;
	_Atomic bool stop;
	struct weir_wake work, news; /* for the thread; for who waits */
	pthread_mutex_t lock;        /* over what follows */
	struct entry *entries;       /* owned */
	size_t n, capacity;
	uint32_t n_known;
	int64_t away_since_us; /* no try has reached it since; 0: it answers */
};

static int64_t now_of(const struct weir_registry *r)
{
	return weir_clock_mono_us(r->config.clock);
}

static struct entry *find(struct weir_registry *r, uint32_t id)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->entries[i].id == id)
			return &r->entries[i];
	return NULL;
}

/* ---- the thread ---- */

static int64_t pause_after(const struct weir_registry *r, unsigned tries)
{
	int64_t pause = r->config.first_pause_us;
	for (unsigned i = 1; i < tries && pause < r->config.longest_pause_us; i++)
		pause *= 2;
	return pause < r->config.longest_pause_us ? pause : r->config.longest_pause_us;
}

/* Which to ask for now; NULL: none, and *wait_us says for how long. */
static const struct entry *next_asked(const struct weir_registry *r, int64_t *wait_us)
{
	int64_t now = now_of(r);
	*wait_us = -1;
	for (size_t i = 0; i < r->n; i++) {
		const struct entry *e = &r->entries[i];
		if (!e->asked || e->state == HAVE)
			continue;
		if (e->next_us <= now)
			return e;
		if (*wait_us < 0 || e->next_us - now < *wait_us)
			*wait_us = e->next_us - now;
	}
	return NULL;
}

static void have(struct weir_registry *r, struct entry *e, struct weir_registry_schema *schema)
{
	if (e->state == HAVE) { /* meanwhile it was put */
		weir_registry_schema_free(schema);
		return;
	}
	e->state = HAVE;
	e->schema = schema;
	e->order = ++r->n_known;
	r->away_since_us = 0;
	for (size_t i = 0; i < r->n; i++) /* what could not be had because it was away can be had now */
		if (r->entries[i].why.retriable)
			r->entries[i].next_us = 0;
}

static void lack(struct weir_registry *r, struct entry *e, const struct weir_error *why)
{
	int64_t now = now_of(r);
	if (e->state == HAVE) /* meanwhile it was put */
		return;
	e->why = *why;
	e->tries++;
	e->next_us = now + pause_after(r, e->tries);
	if (why->retriable && !r->away_since_us)
		r->away_since_us = now;
	if (e->tries == 1)
		weir_log_add(r->config.log, WEIR_LOG_WARNING, "registry", "%s: schema %u: %s", r->name, e->id,
			     why->what);
	if (!why->retriable || now >= e->give_up_us) {
		e->state = LACKING;
		e->asked = false;
	}
}

static void *run(void *registry)
{
	struct weir_registry *r = registry;
	while (!r->stop) {
		int64_t wait_us;
		pthread_mutex_lock(&r->lock);
		const struct entry *e = next_asked(r, &wait_us);
		uint32_t id = e ? e->id : 0;
		bool any = e != NULL;
		pthread_mutex_unlock(&r->lock);
		if (!any) {
			weir_wake_wait(&r->work, wait_us);
			continue;
		}
		struct weir_registry_schema *schema = NULL;
		struct weir_error err = {0};
		enum weir_status st = weir_registry_read(&r->door, id, &schema, &err);
		pthread_mutex_lock(&r->lock);
		if (st == WEIR_OK)
			have(r, find(r, id), schema);
		else
			lack(r, find(r, id), &err);
		pthread_mutex_unlock(&r->lock);
		weir_wake_signal(&r->news);
	}
	return NULL;
}

/* ---- who wants a schema ---- */

static enum weir_status add(struct weir_registry *r, uint32_t id, struct entry **out, struct weir_error *err)
{
	int64_t now = now_of(r), since = r->away_since_us ? r->away_since_us : now;
	if (r->n >= WEIR_MAX_SCHEMAS)
		return weir_fail(err, WEIR_TOO_LARGE, "registry", "there are more than %d schemas", WEIR_MAX_SCHEMAS);
	if (!weir_grow((void **)&r->entries, &r->capacity, r->n + 1, sizeof *r->entries))
		return weir_fail(err, WEIR_NO_MEMORY, "registry", "out of memory");
	*out = &r->entries[r->n++];
	**out = (struct entry){.id = id, .asked = true, .give_up_us = since + r->config.patience_us};
	weir_wake_signal(&r->work);
	return WEIR_OK;
}

/* One that could not be had is asked for again, but not waited for. */
static void want_again(struct weir_registry *r, struct entry *e)
{
	if (e->asked || e->next_us > now_of(r))
		return;
	e->asked = true;
	weir_wake_signal(&r->work);
}

/* What is to be said at once; false: it is to be waited for, *wait_us at most. */
static bool settled(struct weir_registry *r, uint32_t id, const struct weir_registry_schema **out, int64_t *wait_us,
		    enum weir_status *st, struct weir_error *err)
{
	struct entry *e = find(r, id);
	*st = WEIR_OK;
	if (!e && (*st = add(r, id, &e, err)) != WEIR_OK)
		return true;
	if (e->state == HAVE && e->contradiction) {
		*st = weir_fail(err, WEIR_MALFORMED, "registry",
				"the capture has two schemas of this number, of different registries");
		return true;
	}
	if (e->state == HAVE) {
		*out = e->schema;
		return true;
	}
	if (r->stop) {
		*st = weir_fail(err, WEIR_CANCELLED, "registry", "interrupted");
		return true;
	}
	if (e->state == WANTED && *wait_us < 0) {
		*wait_us = e->give_up_us - now_of(r);
		int64_t least = r->config.patience_us < LEAST_WAIT_US ? r->config.patience_us : LEAST_WAIT_US;
		*wait_us = *wait_us > least ? *wait_us : least;
		return false;
	}
	if (e->state == WANTED && *wait_us > 0)
		return false;
	if (e->state == WANTED) { /* the thread goes on asking */
		e->state = LACKING;
		if (!e->why.code) {
			weir_fail(&e->why, WEIR_UNREACHABLE, "registry", "it has not answered yet");
			e->why.retriable = true;
		}
	}
	want_again(r, e);
	*st = e->why.code;
	if (err)
		*err = e->why;
	return true;
}

enum weir_status weir_registry_get(struct weir_registry *r, uint32_t id, const struct weir_registry_schema **out,
				   struct weir_error *err)
{
	int64_t wait_us = -1, until_us = 0;
	enum weir_status st;
	*out = NULL;
	for (;;) {
		pthread_mutex_lock(&r->lock);
		bool done = settled(r, id, out, &wait_us, &st, err);
		pthread_mutex_unlock(&r->lock);
		if (done)
			return st;
		int64_t now = now_of(r);
		until_us = until_us ? until_us : now + wait_us;
		wait_us = until_us > now ? until_us - now : 0;
		if (wait_us)
			weir_wake_wait(&r->news, wait_us);
	}
}

static bool is_same(const struct weir_registry_schema *a, const struct weir_registry_schema *b)
{
	bool same = a->kind == b->kind && a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = strcmp(a->texts[i].name, b->texts[i].name) == 0 &&
		       weir_str_equal(a->texts[i].text, b->texts[i].text);
	return same;
}

enum weir_status weir_registry_put(struct weir_registry *r, struct weir_registry_schema *schema, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	pthread_mutex_lock(&r->lock);
	struct entry *e = find(r, schema->id);
	if (!e && (st = add(r, schema->id, &e, err)) != WEIR_OK) {
		weir_registry_schema_free(schema);
	} else if (e->state != HAVE) {
		have(r, e, schema);
	} else if (e->contradiction || is_same(e->schema, schema)) {
		weir_registry_schema_free(schema);
	} else {
		e->contradiction = schema;
	}
	pthread_mutex_unlock(&r->lock);
	weir_wake_signal(&r->news);
	return st;
}

const struct weir_registry_schema *weir_registry_known(struct weir_registry *r, uint32_t n)
{
	const struct weir_registry_schema *found = NULL;

	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; n < r->n_known && i < r->n && !found; i++)
		if (r->entries[i].order == n + 1)
			found = r->entries[i].schema;
	pthread_mutex_unlock(&r->lock);
	return found;
}

void weir_registry_interrupt(struct weir_registry *r)
{
	if (!r || r->stop)
		return;
	r->stop = true;
	r->door.cancel(r->door.ctx);
	weir_wake_signal(&r->work);
	weir_wake_signal(&r->news);
}

enum weir_status weir_registry_new(const struct weir_registry_config *config, struct weir_registry_door door,
				   struct weir_registry **out, struct weir_error *err)
{
	struct weir_registry *r = weir_calloc(1, sizeof *r);
	*out = NULL;
	if (!r) {
		door.close(door.ctx);
		return weir_fail(err, WEIR_NO_MEMORY, "registry", "out of memory");
	}
	r->config = *config;
	r->door = door;
	r->work.fd = r->news.fd = -1;
	snprintf(r->name, sizeof r->name, "%s", config->name ? config->name : "");
	r->locked = pthread_mutex_init(&r->lock, NULL) == 0;
	enum weir_status st = weir_wake_init(&r->work, err);
	if (st == WEIR_OK)
		st = weir_wake_init(&r->news, err);
	if (st == WEIR_OK && (!r->locked || weir_thread_start(&r->thread, run, r) != 0))
		st = weir_fail(err, WEIR_NO_MEMORY, "registry", "could not start a thread");
	r->started = st == WEIR_OK;
	if (st == WEIR_OK)
		*out = r;
	else
		weir_registry_close(r);
	return st;
}

void weir_registry_close(struct weir_registry *r)
{
	if (!r)
		return;
	if (r->started) {
		weir_registry_interrupt(r);
		pthread_join(r->thread, NULL);
	}
	r->door.close(r->door.ctx);
	for (size_t i = 0; i < r->n; i++) {
		weir_registry_schema_free(r->entries[i].schema);
		weir_registry_schema_free(r->entries[i].contradiction);
	}
	free(r->entries);
	if (r->work.fd >= 0)
		weir_wake_release(&r->work);
	if (r->news.fd >= 0)
		weir_wake_release(&r->news);
	if (r->locked)
		pthread_mutex_destroy(&r->lock);
	free(r);
}
