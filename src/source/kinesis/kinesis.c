/* Opens a Kinesis stream, and its row in the table of sources. */
#include "kinesis.h"

#include <stdlib.h>

static const struct weir_uri_option options[] = {
    {"from", "earliest|latest|-15m|TIME", "where to start, in each shard (earliest)"},
    {"until", "latest|-15m|TIME", "where to stop, by the time of arrival at the service (never)"},
    {"position", "SHARD=SEQUENCE.N,…", "where to resume, by shard"},
    {"endpoint", "URL", "another address of the service: http://127.0.0.1:4567"},
    {"profile", "NAME", "of ~/.aws/credentials"},
    {"password-file", "FILE", "the secret key to the access key that is the address's user, its first line"},
    {"ssl.ca.location", "FILE", "certificates to trust in place of the system's"},
    {NULL, NULL, NULL},
};

static void nothing(struct weir_partitioned *p)
{
	(void)p;
}

static void end_part(struct weir_partitioned *p, const struct weir_part *part)
{
	(void)p, (void)part; /* the fetch thread has told it */
}

static void release(struct weir_partitioned *p)
{
	struct kinesis *k = (struct kinesis *)p;

	for (size_t i = 0; i < k->n_shards; i++) {
		struct kinesis_shard *s = k->shards[i];
		if (s->call.easy && k->multi)
			curl_multi_remove_handle(k->multi, s->call.easy);
		kinesis_call_release(&s->call);
		free(s->id);
		free(s->iterator);
		free(s->sequence);
		free(s);
	}
	for (size_t i = k->queue_from; i < k->n_queue; i++)
		free(k->queue[i]);
	if (k->multi)
		curl_multi_cleanup(k->multi);
	kinesis_login_release(&k->login);
	kinesis_role_release(&k->role);
	free(k->shards);
	free(k->queue);
	free(k->read);
	free(k->stream);
	free(k->region);
	free(k->endpoint);
	free(k->sigv4);
	free(k->ca);
	free(k->position);
	pthread_mutex_destroy(&k->shards_lock);
	pthread_mutex_destroy(&k->login_lock);
}

static const struct weir_partitioned_ops methods = {
    .find = kinesis_find,
    .watch = kinesis_watch,
    .fetch = kinesis_fetch,
    .wait = kinesis_wait,
    .give_back = kinesis_give_back,
    .begin = kinesis_begin,
    .end = end_part,
    .convert = kinesis_convert,
    .end_offset = kinesis_end_offset,
    .tend = kinesis_tend,
    .let_go = nothing,
    .release = release,
};

static bool put(char **to, const char *before, const char *text, const char *after)
{
	struct weir_buf b = {0};

	weir_buf_addf(&b, "%s%s%s", before, text, after);
	*to = b.failed ? NULL : b.data;
	return *to != NULL;
}

static enum weir_status read_places(struct kinesis *k, const struct weir_uri *uri, struct weir_error *err)
{
	struct weir_place until;
	enum weir_status st = weir_uri_params_place(uri, "from", k->opened_us, &k->from, err);

	if (st == WEIR_OK)
		st = weir_uri_params_place(uri, "until", k->opened_us, &until, err);
	if (st == WEIR_OK)
		st = kinesis_check_position(weir_uri_param(uri, "position"), err);
	if (st != WEIR_OK)
		return st;
	if (k->from.kind == WEIR_PLACE_OFFSET || until.kind == WEIR_PLACE_OFFSET || until.kind == WEIR_PLACE_EARLIEST) {
		weir_fail(err, WEIR_USAGE, "kinesis", "from= and until= take a time or latest, and from= earliest");
		weir_error_hint(err, "position= resumes behind a sequence number");
		return WEIR_USAGE;
	}
	k->until_us = until.kind == WEIR_PLACE_TIME ? until.value : until.kind == WEIR_PLACE_LATEST ? k->opened_us : -1;
	k->p.finite = k->until_us >= 0;
	return WEIR_OK;
}

static enum weir_status check_endpoint(const char *endpoint, struct weir_error *err)
{
	struct kinesis_url url = {.bare = true};
	bool good = !endpoint || kinesis_url_read(endpoint, &url);

	curl_free(url.host);
	if (good && url.bare)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "endpoint",
		  "this is no address of a service: it must be http:// or https://, a host, and no user or query");
	weir_error_hint(err, "for example endpoint=http://127.0.0.1:4567/");
	return WEIR_USAGE;
}

static enum weir_status set_up(struct kinesis *k, const struct weir_source_config *config, struct weir_error *err)
{
	const struct weir_uri *uri = &config->uri;
	const char *endpoint = weir_uri_param(uri, "endpoint"), *ca = weir_uri_param(uri, "ssl.ca.location"),
		   *position = weir_uri_param(uri, "position");

	if (!uri->hosts || !*uri->hosts || !*uri->path || strchr(uri->path, '/') || strpbrk(uri->hosts, ":,[")) {
		weir_fail(err, WEIR_USAGE, "kinesis", "the address is not of the form kinesis://REGION/STREAM");
		weir_error_hint(err, "for example kinesis://eu-west-1/orders");
		return WEIR_USAGE;
	}
	enum weir_status st = read_places(k, uri, err);
	if (st == WEIR_OK)
		st = check_endpoint(endpoint, err);
	if (st == WEIR_OK)
		st = kinesis_login_find(config, &k->login, &k->role, err);
	if (st != WEIR_OK)
		return st;
	bool good = put(&k->stream, "", uri->path, "") && put(&k->region, "", uri->hosts, "") &&
		    put(&k->sigv4, "aws:amz:", uri->hosts, ":kinesis") && (!ca || put(&k->ca, "", ca, "")) &&
		    (!position || put(&k->position, "", position, "")) &&
		    (endpoint ? put(&k->endpoint, "", endpoint, "")
			      : put(&k->endpoint, "https://kinesis.", uri->hosts, ".amazonaws.com/")) &&
		    curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && (k->multi = curl_multi_init());
	return good ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "kinesis", "out of memory while opening");
}

static enum weir_status kinesis_open(const struct weir_source_config *config, struct weir_source **out,
				     struct weir_error *err)
{
	struct weir_error local = {0};
	struct weir_source_config plain = *config; /* positions of this kind are read here */

	plain.uri.n_params = 0;
	struct kinesis *k =
	    (struct kinesis *)weir_partitioned_new(sizeof *k, &methods, &plain, config->uri.path, &local);
	if (!k) {
		if (err)
			*err = local;
		return local.code;
	}
	pthread_mutex_init(&k->shards_lock, NULL);
	pthread_mutex_init(&k->login_lock, NULL);
	k->live = config->live;
	k->skip_headers = config->skip_headers;
	k->opened_us = weir_clock_wall_us(config->clock);
	enum weir_status st = set_up(k, config, err);
	if (st == WEIR_OK)
		st = weir_partitioned_start(&k->p, err);
	if (st != WEIR_OK) {
		weir_partitioned_close(&k->p.base);
		return st;
	}
	*out = &k->p.base;
	return WEIR_OK;
}

const struct weir_source_ops weir_source_kinesis = {
    .name = "kinesis",
    .schemes = "kinesis",
    .help = "an Amazon Kinesis stream; nothing is written to its account",
    .example = "kinesis://eu-west-1/orders?from=-15m",
    .can_wait = true,
    .places_in_headers = true,
    .options = options,
    .open = kinesis_open,
    .poll = weir_partitioned_poll,
    .consume = weir_partitioned_consume,
    .wake = weir_partitioned_wake,
    .status = weir_partitioned_status,
    .position = kinesis_position,
    .finite = weir_partitioned_finite,
    .close = weir_partitioned_close,
};
