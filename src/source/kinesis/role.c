/* Credentials that end: the endpoint of a container or of an instance gives them, and new ones in time. */
#include "kinesis.h"

#include "weir/client/secret.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	CONNECT_MS = 1000, /* as AWS's tools wait: off the cloud nobody answers */
	TIMEOUT_MS = 2000,
	MOST_BODY_BYTES = 16 << 10,
	LEAST_LIFE_US = 1000000,
};
#define EARLY_US (10 * 60 * WEIR_US_PER_S) /* before they end, or half of their life before, if that is shorter */

/* ---- asking ---- */

struct answer {
	long status;
	struct weir_buf body; /* has room for the longest, so that no copy of it is left behind */
	char text[CURL_ERROR_SIZE];
};

static void release(struct answer *a)
{
	if (a->body.data)
		explicit_bzero(a->body.data, a->body.capacity);
	weir_buf_release(&a->body);
}

static size_t take_body(char *bytes, size_t one, size_t n, void *answer)
{
	struct answer *a = answer;

	if (a->body.size + one * n > MOST_BODY_BYTES)
		return 0;
	weir_buf_add(&a->body, bytes, one * n);
	return a->body.failed ? 0 : one * n;
}

static bool set_up(CURL *e, const char *url, bool put, struct curl_slist *headers, struct answer *a)
{
	return e && weir_curl_set_up(e, &(const struct weir_curl_tls){0}, headers, a->text) &&
	       weir_curl_set_text(e, CURLOPT_URL, url) && weir_curl_set_text(e, CURLOPT_NOPROXY, "*") &&
	       (!put || (weir_curl_set_text(e, CURLOPT_POSTFIELDS, "") &&
			 weir_curl_set_text(e, CURLOPT_CUSTOMREQUEST, "PUT"))) &&
	       curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_WRITEDATA, a) == CURLE_OK;
}

static const char *who(const struct kinesis *k)
{
	return k->role.kind == KINESIS_CONTAINER ? "the container's endpoint" : "the instance's endpoint";
}

/* FINE: it answered with 200. `header` is a whole line, or NULL. */
static enum kinesis_fault ask(struct kinesis *k, const char *url, bool put, const char *header, struct answer *a,
			      struct weir_error *err)
{
	struct curl_slist *headers = header ? curl_slist_append(NULL, header) : NULL;
	CURL *e = curl_easy_init();
	bool ready =
	    (!header || headers) && weir_buf_reserve(&a->body, MOST_BODY_BYTES + 1) && set_up(e, url, put, headers, a);
	CURLcode result = ready ? kinesis_perform(k, e) : CURLE_OUT_OF_MEMORY;
	enum kinesis_fault fault = KINESIS_FINE;

	k->role.answered |= result == CURLE_OK;
	if (e) {
		curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &a->status);
		curl_easy_cleanup(e);
	}
	if (headers)
		explicit_bzero(headers->data, strlen(headers->data));
	curl_slist_free_all(headers);
	if (result == CURLE_OUT_OF_MEMORY) {
		weir_fail(err, WEIR_NO_MEMORY, "credentials", "out of memory while asking for them");
		fault = KINESIS_REFUSED;
	} else if (result != CURLE_OK) {
		weir_fail(err, WEIR_UNREACHABLE, "credentials", "%s does not answer: %s", who(k),
			  a->text[0] ? a->text : curl_easy_strerror(result));
		fault = KINESIS_AWAY;
	} else if (a->status != 200) {
		bool later = a->status >= 500 || a->status == 429;
		weir_fail(err, later ? WEIR_UNREACHABLE : WEIR_DENIED, "credentials", "%s answers %ld", who(k),
			  a->status);
		fault = later ? KINESIS_AWAY : KINESIS_REFUSED;
	}
	return fault;
}

static bool keep(char **to, const json_t *answer, const char *name)
{
	const char *text = json_string_value(json_object_get(answer, name));

	*to = text ? weir_str_dup(weir_str_of(text)) : NULL;
	return *to != NULL;
}

/* The object that both endpoints give. */
static enum kinesis_fault read_login(const struct kinesis *k, const struct answer *a, struct kinesis_login *out,
				     struct weir_error *err)
{
	json_error_t where;
	json_t *o = json_loadb(a->body.data ? a->body.data : "", a->body.size, 0, &where);
	const char *code = json_string_value(json_object_get(o, "Code")),
		   *end = json_string_value(json_object_get(o, "Expiration"));
	bool good = keep(&out->key, o, "AccessKeyId") && keep(&out->secret, o, "SecretAccessKey");

	keep(&out->token, o, "Token");
	if (!end || !weir_time_parse_iso(weir_str_of(end), &out->expires_us))
		out->expires_us = WEIR_TIME_NONE;
	if (!good || (code && strcmp(code, "Success") != 0)) {
		weir_fail(err, WEIR_DENIED, "credentials", "%s gives none%s%.60s", who(k), code ? ": " : "",
			  code ? code : "");
		good = false;
	}
	json_decref(o);
	return good ? KINESIS_FINE : KINESIS_REFUSED;
}

/* One line that goes into a header. */
static bool is_line(struct weir_str s)
{
	for (size_t i = 0; i < s.size; i++)
		if ((unsigned char)s.data[i] < ' ' || s.data[i] == 0x7f)
			return false;
	return s.size > 0;
}

static enum kinesis_fault add_token(const struct kinesis *k, const char *name, struct weir_str token,
				    struct weir_buf *header, struct weir_error *err)
{
	token = weir_str_trim(token);
	if (!is_line(token)) {
		weir_fail(err, WEIR_DENIED, "credentials", "the token for %s is not one line of text", who(k));
		return KINESIS_REFUSED;
	}
	if (!weir_buf_reserve(header, strlen(name) + token.size + 1)) {
		weir_fail(err, WEIR_NO_MEMORY, "credentials", "out of memory while asking for them");
		return KINESIS_REFUSED;
	}
	weir_buf_add_c(header, name);
	weir_buf_add_str(header, token);
	return KINESIS_FINE;
}

static void drop(struct weir_buf *secret)
{
	if (secret->data)
		explicit_bzero(secret->data, secret->capacity);
	weir_buf_release(secret);
}

static enum kinesis_fault read_token_file(const struct kinesis *k, struct weir_buf *header, struct weir_error *err)
{
	char text[MOST_BODY_BYTES];
	FILE *f = fopen(k->role.token_file, "re");

	if (!f) {
		weir_fail(err, WEIR_DENIED, k->role.token_file,
			  "the token for the container's endpoint could not be read");
		weir_error_hint(err, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names this file");
		return KINESIS_REFUSED;
	}
	size_t n = fread(text, 1, sizeof text, f);
	fclose(f);
	enum kinesis_fault fault = add_token(k, "Authorization: ", (struct weir_str){text, n}, header, err);
	explicit_bzero(text, n);
	return fault;
}

static enum kinesis_fault ask_container(struct kinesis *k, struct kinesis_login *out, struct weir_error *err)
{
	struct weir_buf header = {0};
	struct answer a = {0};
	enum kinesis_fault fault = KINESIS_FINE;

	if (k->role.token_file)
		fault = read_token_file(k, &header, err);
	else if (k->role.authorization)
		fault = add_token(k, "Authorization: ", weir_str_of(k->role.authorization), &header, err);
	if (fault == KINESIS_FINE)
		fault = ask(k, k->role.url, false, header.data, &a, err);
	if (fault == KINESIS_FINE)
		fault = read_login(k, &a, out, err);
	drop(&header);
	release(&a);
	return fault;
}

/* One page below the metadata, whose address ends in `name`. */
static enum kinesis_fault ask_page(struct kinesis *k, struct weir_str name, const char *header, struct answer *a,
				   struct weir_error *err)
{
	struct weir_buf url = {0};
	enum kinesis_fault fault = KINESIS_REFUSED;

	weir_buf_addf(&url, "%s/latest/meta-data/iam/security-credentials/" WEIR_STR_FMT, k->role.url,
		      WEIR_STR_ARG(name));
	if (url.failed)
		weir_fail(err, WEIR_NO_MEMORY, "credentials", "out of memory while asking for them");
	else
		fault = ask(k, url.data, false, header, a, err);
	weir_buf_release(&url);
	return fault;
}

static enum kinesis_fault ask_for_token(struct kinesis *k, struct weir_buf *header, struct weir_error *err)
{
	struct answer a = {0};
	struct weir_buf url = {0};
	enum kinesis_fault fault = KINESIS_REFUSED;

	weir_buf_addf(&url, "%s/latest/api/token", k->role.url);
	if (url.failed)
		weir_fail(err, WEIR_NO_MEMORY, "credentials", "out of memory while asking for them");
	else
		fault = ask(k, url.data, true, "X-aws-ec2-metadata-token-ttl-seconds: 60", &a, err);
	if (fault == KINESIS_FINE)
		fault = add_token(k, "X-aws-ec2-metadata-token: ", weir_buf_str(&a.body), header, err);
	weir_buf_release(&url);
	release(&a);
	return fault;
}

static enum kinesis_fault ask_instance(struct kinesis *k, struct kinesis_login *out, struct weir_error *err)
{
	struct weir_buf header = {0};
	struct weir_str rest, role = {0};
	struct answer roles = {0}, a = {0};
	enum kinesis_fault fault = ask_for_token(k, &header, err);

	if (fault == KINESIS_FINE) {
		fault = ask_page(k, (struct weir_str){0}, header.data, &roles, err);
		role = weir_str_trim(weir_str_cut(weir_buf_str(&roles.body), '\n', &rest));
		if (roles.status == 404 || (fault == KINESIS_FINE && !is_line(role))) {
			weir_fail(err, WEIR_DENIED, "credentials", "no role is attached to this instance");
			fault = KINESIS_REFUSED;
		}
	}
	if (fault == KINESIS_FINE)
		fault = ask_page(k, role, header.data, &a, err);
	if (fault == KINESIS_FINE)
		fault = read_login(k, &a, out, err);
	drop(&header);
	release(&roles);
	release(&a);
	return fault;
}

/* ---- when ---- */

static void put(struct kinesis *k, struct kinesis_login *login, int64_t now_us)
{
	struct kinesis_login old;
	int64_t life_us = login->expires_us == WEIR_TIME_NONE ? INT64_MAX / 4 : login->expires_us - now_us;
	int64_t early_us = life_us / 2 < EARLY_US ? life_us / 2 : EARLY_US;

	pthread_mutex_lock(&k->login_lock);
	old = k->login;
	k->login = *login;
	pthread_mutex_unlock(&k->login_lock);
	kinesis_login_release(&old);
	k->role.given = true;
	k->role.due_us = now_us + (life_us - early_us > LEAST_LIFE_US ? life_us - early_us : LEAST_LIFE_US);
	weir_backoff_reset(&k->role.backoff);
}

/* Outside AWS no instance's endpoint answers: at first that is an error, and nothing to wait for. */
static enum kinesis_fault first_failed(struct kinesis *k, enum kinesis_fault fault, struct weir_error *err)
{
	if (k->role.kind != KINESIS_INSTANCE || (fault == KINESIS_AWAY && k->role.answered))
		return fault;
	struct weir_error why = *err;
	weir_fail(err, WEIR_DENIED, "kinesis",
		  "no credentials: neither the environment nor the default profile has any, and %.200s", why.what);
	weir_error_hint(err, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with profile=");
	return KINESIS_REFUSED;
}

enum kinesis_fault kinesis_role_tend(struct kinesis *k, struct weir_error *err)
{
	struct kinesis_role *r = &k->role;
	struct kinesis_login login = {0};
	int64_t now_us = weir_clock_wall_us(k->p.clock);
	bool ended = atomic_exchange(&k->login_ended, false);

	if (r->kind == KINESIS_NO_ROLE)
		return KINESIS_FINE;
	if (r->given && now_us < r->due_us && (!ended || r->backoff.wait_us))
		return KINESIS_FINE;
	enum kinesis_fault fault =
	    r->kind == KINESIS_CONTAINER ? ask_container(k, &login, err) : ask_instance(k, &login, err);
	if (fault == KINESIS_FINE) {
		put(k, &login, now_us);
		return KINESIS_FINE;
	}
	kinesis_login_release(&login);
	if (!r->given)
		return first_failed(k, fault, err);
	int64_t wait_us = weir_backoff_next(&r->backoff);
	r->due_us = now_us + wait_us;
	weir_partitioned_log(&k->p, WEIR_LOG_NOTICE, k->p.address,
			     "credentials were not renewed: %s; next try in %lld s", err->what,
			     (long long)((wait_us + WEIR_US_PER_S - 1) / WEIR_US_PER_S));
	if (k->login.expires_us != WEIR_TIME_NONE && now_us >= k->login.expires_us)
		weir_partitioned_complain(&k->p, WEIR_UNREACHABLE, err->what);
	return KINESIS_FINE;
}

int64_t kinesis_role_wait_us(const struct kinesis *k, int64_t most_us)
{
	int64_t left_us = k->role.given ? k->role.due_us - weir_clock_wall_us(k->p.clock) : most_us;

	return left_us < 0 ? 0 : left_us < most_us ? left_us : most_us;
}
