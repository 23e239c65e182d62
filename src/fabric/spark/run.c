/* The thread of a job. */
#include "run.h"

#include <ftw.h>
#include <sys/wait.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	READ_US = 50000,
	FIRST_BACKOFF_US = 1000000,
	MOST_BACKOFF_US = 60000000,
	STOP_US = 8000000, /* for the job to end after its order */
	STOP_BATCH_US = 1000000,
	TERM_US = 4000000,       /* and after a signal */
	LAST_WORDS_US = 3000000, /* what it wrote before it ended is still on its way */
	LOST_US = 45000000,      /* a job says every few seconds that it is there */
	MOST_WAITING_BYTES = 64 << 20,
};

struct weir_spark_run {
	struct weir_spark_run_config config;
	char id[64];
	char *brokers; /* owned */
	pthread_t thread;
	bool started;
	_Atomic bool stop;

	/* the thread's own */
	struct weir_spark_topics *topics;
	struct weir_spark_child child;
	struct weir_spark_mail coming;   /* of a batch that is not whole */
	bool made, ordered, begun;       /* the topics are there; the job has an order; it was started once */
	bool ran;                        /* it did work once: worth starting again */
	bool ended;                      /* it said so */
	int64_t heard_us;                /* of the monotonic clock: its last message */
	int64_t next_try_us, backoff_us; /* of the monotonic clock; 0: now */
	int64_t begun_us;                /* the same: when its process was started last */
	int64_t gone_us;                 /* when its process ended; 0: it has not */
	char said[400];                  /* the error that it told of itself */

	pthread_mutex_t lock; /* over the rest */
	bool lock_made;
	struct weir_buf description; /* the newest */
	bool has_order;
	struct weir_spark_mail ready;
	struct weir_spark_run_status status;
	bool news;
};

/* ---- telling ---- */

static void tell_locked(struct weir_spark_run *r)
{
	r->news = true;
	weir_wake_signal(r->config.wake);
}

static void tell_error(struct weir_spark_run *r, const struct weir_error *err, bool failed)
{
	pthread_mutex_lock(&r->lock);
	bool same = strcmp(r->status.error.what, err->what) == 0 && r->status.failed == failed;
	r->status.error = *err;
	r->status.failed = r->status.failed || failed;
	if (!same)
		tell_locked(r);
	pthread_mutex_unlock(&r->lock);
	if (!same)
		weir_log_add(r->config.log, WEIR_LOG_WARNING, "spark", "%s", err->what);
}

static void tell_well(struct weir_spark_run *r)
{
	pthread_mutex_lock(&r->lock);
	if (r->status.error.code != WEIR_OK && !r->status.failed) {
		r->status.error = (struct weir_error){0};
		tell_locked(r);
	}
	pthread_mutex_unlock(&r->lock);
}

/* ---- results ---- */

static bool has(struct weir_str text, const char *what)
{
	return memmem(text.data, text.size, what, strlen(what)) != NULL;
}

/* The text of "error" in a state, without the fuss of JSON: it is only read for a person. */
static void hear_state(struct weir_spark_run *r, struct weir_str value)
{
	r->ran = r->ran || has(value, "\"running\"");
	r->ended = has(value, "\"ended\"") || has(value, "\"stopped\"");
	if (has(value, "\"failed\"")) {
		struct weir_str rest = value;
		const char *at = memmem(rest.data, rest.size, "\"error\"", 7);
		if (at)
			snprintf(r->said, sizeof r->said, "%.*s", (int)(value.size - (size_t)(at - value.data)), at);
	}
}

static bool hand_over(struct weir_spark_run *r)
{
	pthread_mutex_lock(&r->lock);
	bool good = weir_spark_mail_move(&r->coming, &r->ready);
	tell_locked(r);
	pthread_mutex_unlock(&r->lock);
	return good;
}

/* Rows wait for the message of their batch. */
static void on_message(void *ctx, struct weir_str key, struct weir_str value)
{
	struct weir_spark_run *r = ctx;
	bool row = has(key, "\"k\":"), state = !row && has(key, "\"state\":");

	if (!value.size) /* the topic forgets a key */
		return;
	r->heard_us = weir_clock_mono_us(r->config.clock);
	bool good = true;
	if (state) { /* it says nothing of the rows that wait */
		hear_state(r, value);
		pthread_mutex_lock(&r->lock);
		good = weir_spark_mail_add(&r->ready, key, value);
		tell_locked(r);
		pthread_mutex_unlock(&r->lock);
	} else {
		good = weir_spark_mail_add(&r->coming, key, value);
	}
	if (good && !row && !state)
		good = hand_over(r);
	if (!good) {
		struct weir_error err = {0};
		weir_fail(&err, WEIR_NO_MEMORY, "spark", "out of memory for results");
		tell_error(r, &err, true);
	}
}

static void read_results(struct weir_spark_run *r)
{
	struct weir_error err = {0};

	pthread_mutex_lock(&r->lock);
	bool full = r->ready.bytes.size > MOST_WAITING_BYTES;
	pthread_mutex_unlock(&r->lock);
	int n = full ? 0 : weir_spark_topics_read(r->topics, READ_US, on_message, r, &err);
	if (full)
		r->config.clock->sleep_us(r->config.clock->ctx, READ_US);
	if (n < 0)
		tell_error(r, &err, false);
	else if (n > 0 && !r->gone_us)
		tell_well(r);
}

/* ---- the child ---- */

static void start_child(struct weir_spark_run *r)
{
	struct weir_error err = {0};
	char file[128] = "";
	const struct weir_spark_command command = {r->config.master,
						   r->config.places,
						   r->id,
						   r->brokers,
						   weir_spark_topics_control(r->topics),
						   weir_spark_topics_results(r->topics)};
	char **arguments = weir_spark_arguments(&command);
	enum weir_status st = arguments ? WEIR_OK : weir_fail(&err, WEIR_NO_MEMORY, "spark", "out of memory");

	if (r->config.detach)
		snprintf(file, sizeof file, "/tmp/weir-%s.log", r->id);
	r->said[0] = '\0';
	r->begun_us = weir_clock_mono_us(r->config.clock);
	if (st == WEIR_OK)
		st = weir_spark_child_start(&r->child, arguments, r->config.places->home, r->config.passwords,
					    file[0] ? file : NULL, &err);
	weir_spark_arguments_free(arguments);
	r->gone_us = 0;
	if (st != WEIR_OK)
		tell_error(r, &err, true);
	pthread_mutex_lock(&r->lock);
	r->status.n_restarts += r->begun;
	pthread_mutex_unlock(&r->lock);
	r->begun = true;
}

int64_t weir_spark_backoff_us(int64_t waited_us, int64_t ran_us)
{
	if (waited_us <= 0 || ran_us > MOST_BACKOFF_US)
		return FIRST_BACKOFF_US;
	return waited_us > MOST_BACKOFF_US / 2 ? MOST_BACKOFF_US : waited_us * 2;
}

/* It ended without saying that all is done. */
static void mourn(struct weir_spark_run *r, int status)
{
	struct weir_error err = {0};
	const char *why = r->child.last_error[0] ? r->child.last_error : r->child.last;
	char how[64];
	int64_t now = weir_clock_mono_us(r->config.clock);

	if (WIFSIGNALED(status))
		snprintf(how, sizeof how, "was ended by signal %d", WTERMSIG(status));
	else
		snprintf(how, sizeof how, "ended with status %d", WEXITSTATUS(status));
	weir_fail(&err, WEIR_IO, "spark-submit", "%s%s%.300s", how, *why ? ": " : "", why);
	bool again = r->ran && !r->config.finite;
	if (strstr(err.what, "data source: kafka") || strstr(err.what, "DATA_SOURCE_NOT_FOUND"))
		weir_error_hint(
		    &err,
		    "Spark lacks its Kafka connector: packages=org.apache.spark:spark-sql-kafka-0-10_2.12:VERSION "
		    "behind the master, or jars=");
	else if (again)
		weir_error_hint(&err, "it is started again from where it was");
	r->backoff_us = weir_spark_backoff_us(r->backoff_us, now - r->begun_us);
	r->next_try_us = now + r->backoff_us;
	tell_error(r, &err, !again);
}

static void look_after_child(struct weir_spark_run *r)
{
	int64_t now = weir_clock_mono_us(r->config.clock);
	int status = 0;

	if (r->status.failed)
		return;
	if (r->config.attached && !r->child.pid && !r->gone_us) {
		if (now - r->heard_us < LOST_US || r->ended)
			return;
		r->ran = true; /* it did, for somebody else */
	}
	if (!r->child.pid && !r->gone_us && r->ordered && now >= r->next_try_us) {
		start_child(r);
		return;
	}
	weir_spark_child_listen(&r->child);
	if (r->child.pid && weir_spark_child_ended(&r->child, &status)) {
		r->gone_us = now;
		if (status != 0 && !r->ended)
			mourn(r, status);
	}
	if (!r->gone_us || r->child.pid)
		return;
	bool settled = r->ended || now - r->gone_us > LAST_WORDS_US;
	if (!settled || r->status.over)
		return;
	if (!r->ended && status == 0 && r->next_try_us < r->gone_us)
		mourn(r, 0);
	if (r->ended || r->status.failed) {
		pthread_mutex_lock(&r->lock);
		r->status.over = true;
		tell_locked(r);
		pthread_mutex_unlock(&r->lock);
		return;
	}
	r->gone_us = 0; /* it is started again when its time comes */
}

/* ---- the thread ---- */

static void send_order(struct weir_spark_run *r)
{
	struct weir_error err = {0};
	struct weir_buf text = {0};

	pthread_mutex_lock(&r->lock);
	if (r->has_order)
		weir_buf_add_str(&text, weir_buf_str(&r->description));
	bool has_order = r->has_order;
	r->has_order = false;
	pthread_mutex_unlock(&r->lock);
	if (!has_order)
		return;
	if (text.failed || weir_spark_topics_order(r->topics, "job", weir_buf_str(&text), &err) != WEIR_OK) {
		if (err.code == WEIR_OK)
			weir_fail(&err, WEIR_NO_MEMORY, "spark", "out of memory");
		tell_error(r, &err, !err.retriable);
		pthread_mutex_lock(&r->lock);
		r->has_order = err.retriable; /* once more */
		pthread_mutex_unlock(&r->lock);
		r->config.clock->sleep_us(r->config.clock->ctx, FIRST_BACKOFF_US);
	} else {
		r->ordered = true;
	}
	weir_buf_release(&text);
}

static void make_topics(struct weir_spark_run *r)
{
	struct weir_error err = {0};

	if (r->made || r->status.failed)
		return;
	enum weir_status st = weir_spark_topics_make(r->topics, &err);
	r->made = st == WEIR_OK;
	if (r->made)
		return;
	tell_error(r, &err, !err.retriable || r->config.finite);
	for (int i = 0; i < 10 && !r->stop; i++)
		r->config.clock->sleep_us(r->config.clock->ctx, 100000);
}

static int remove_one(const char *path, const struct stat *meta, int kind, struct FTW *where)
{
	(void)meta, (void)kind, (void)where;
	return remove(path);
}

static void end_job(struct weir_spark_run *r)
{
	struct weir_buf folder = {0};
	struct weir_error err = {0};
	char stop[64];
	int status;

	if (r->config.detach) {
		weir_spark_child_let_go(&r->child);
		return;
	}
	if (r->made && r->begun && (r->child.pid || r->config.attached) && !r->ended) {
		snprintf(stop, sizeof stop, "{\"time_us\":%lld}", (long long)weir_clock_wall_us(r->config.clock));
		if (weir_spark_topics_order(r->topics, "stop", weir_str_of(stop), &err) != WEIR_OK)
			weir_log_add(r->config.log, WEIR_LOG_WARNING, "spark", "%s", err.what);
		int64_t until_us =
		    weir_clock_mono_us(r->config.clock) + (r->config.finite || !r->ran ? STOP_BATCH_US : STOP_US);
		while (weir_clock_mono_us(r->config.clock) < until_us && !weir_spark_child_ended(&r->child, &status) &&
		       !(r->config.attached && r->ended)) {
			weir_spark_child_listen(&r->child);
			read_results(r);
		}
	}
	weir_spark_child_end(&r->child, TERM_US);
	if (r->made && weir_spark_topics_remove(r->topics, &err) != WEIR_OK)
		weir_log_add(r->config.log, WEIR_LOG_WARNING, "spark", "%s", err.what);
	weir_buf_addf(&folder, "/tmp/weir-spark/%s", r->id);
	if (!weir_spark_param(r->config.master, "checkpoint") && !folder.failed && access(folder.data, F_OK) == 0)
		(void)nftw(folder.data, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	weir_buf_release(&folder);
}

static void *follow(void *run)
{
	struct weir_spark_run *r = run;

	while (!r->stop) {
		make_topics(r);
		if (!r->made || r->status.over) {
			r->config.clock->sleep_us(r->config.clock->ctx, READ_US);
			continue;
		}
		send_order(r);
		look_after_child(r);
		if (r->ordered)
			read_results(r);
		else
			r->config.clock->sleep_us(r->config.clock->ctx, READ_US);
	}
	end_job(r);
	return NULL;
}

/* ---- the engine's side ---- */

enum weir_status weir_spark_run_open(const struct weir_spark_run_config *config, struct weir_spark_run **out,
				     struct weir_error *err)
{
	struct weir_spark_run *r = weir_calloc(1, sizeof *r);

	*out = r;
	if (!r || !(r->brokers = weir_str_dup(weir_str_of(config->brokers))) || pthread_mutex_init(&r->lock, NULL) != 0)
		return weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
	r->lock_made = true;
	r->config = *config;
	r->made = r->ordered = r->begun = r->ran = config->attached;
	r->heard_us = weir_clock_mono_us(config->clock);
	r->child = (struct weir_spark_child){.output = -1, .log = config->log};
	snprintf(r->id, sizeof r->id, "%s", config->id);
	enum weir_status st = weir_spark_topics_open(config->brokers, r->id, config->log, &r->topics, err);
	if (st != WEIR_OK)
		return st;
	if (weir_thread_start(&r->thread, follow, r) != 0)
		return weir_fail(err, WEIR_NO_MEMORY, "spark", "could not start a thread");
	r->started = true;
	return WEIR_OK;
}

bool weir_spark_run_order(struct weir_spark_run *r, struct weir_str description)
{
	pthread_mutex_lock(&r->lock);
	weir_buf_clear(&r->description);
	weir_buf_add_str(&r->description, description);
	bool good = !r->description.failed;
	r->has_order = good;
	pthread_mutex_unlock(&r->lock);
	return good;
}

bool weir_spark_run_take(struct weir_spark_run *r, struct weir_spark_mail *mail, struct weir_spark_run_status *status)
{
	pthread_mutex_lock(&r->lock);
	bool news = r->news;
	r->news = false;
	*mail = r->ready;
	r->ready = (struct weir_spark_mail){0};
	*status = r->status;
	pthread_mutex_unlock(&r->lock);
	return news;
}

bool weir_spark_run_has_news(struct weir_spark_run *r)
{
	pthread_mutex_lock(&r->lock);
	bool news = r->news;
	pthread_mutex_unlock(&r->lock);
	return news;
}

void weir_spark_run_close(struct weir_spark_run *r)
{
	if (!r)
		return;
	r->stop = true;
	if (r->started)
		pthread_join(r->thread, NULL);
	weir_spark_topics_close(r->topics);
	weir_spark_mail_release(&r->coming);
	weir_spark_mail_release(&r->ready);
	weir_buf_release(&r->description);
	if (r->lock_made)
		pthread_mutex_destroy(&r->lock);
	free(r->brokers);
	free(r);
}
