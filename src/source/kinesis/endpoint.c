/* Who gives credentials that end: the environment names the endpoint of a container, or it is that of the instance. */
#include "kinesis.h"

#include "weir/client/secret.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIRST_PAUSE_US = 1000000, MOST_PAUSE_US = 60000000 };
#define CONTAINER_HOST "http://169.254.170.2"
#define INSTANCE_HOST "http://169.254.169.254"
#define INSTANCE_HOST_6 "http://[fd00:ec2::254]"

const char *kinesis_variable(const struct weir_source_config *config, const char *name)
{
	const char *value = config->lookup ? config->lookup(name) : NULL;

	return value && *value ? value : NULL;
}

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "credentials", "out of memory while opening");
}

static bool join(char **to, const char *a, const char *b)
{
	struct weir_buf text = {0};

	weir_buf_addf(&text, "%s%s", a, b);
	*to = text.failed ? NULL : text.data;
	return *to != NULL;
}

/* Not encrypted: only where nobody else listens. */
static bool is_near(const char *host)
{
	static const char *const near[] = {"localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};

	for (size_t i = 0; i < sizeof near / sizeof *near; i++)
		if (strcmp(host, near[i]) == 0)
			return true;
	return strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host);
}

static enum weir_status check_url(const char *name, const char *text, bool anywhere, struct weir_error *err)
{
	struct kinesis_url url;

	if (!kinesis_url_read(text, &url))
		return weir_fail(err, WEIR_USAGE, name, "this is no address that begins with http:// or https://");
	bool near = anywhere || url.encrypted || is_near(url.host);
	curl_free(url.host);
	if (near)
		return WEIR_OK;
	weir_fail(err, WEIR_DENIED, name,
		  "credentials are not asked for without encryption at a host that is not this one");
	weir_error_hint(err, "https:// may be any host, http:// this one or an address of ECS or EKS");
	return WEIR_DENIED;
}

static enum weir_status find_container(const struct weir_source_config *config, const char *relative, const char *full,
				       struct kinesis_role *role, struct weir_error *err)
{
	const char *file = kinesis_variable(config, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
		   *token = kinesis_variable(config, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
	enum weir_status st = relative ? WEIR_OK : check_url("AWS_CONTAINER_CREDENTIALS_FULL_URI", full, false, err);

	if (st != WEIR_OK)
		return st;
	role->kind = KINESIS_CONTAINER;
	bool good = join(&role->url, relative ? CONTAINER_HOST : "", relative ? relative : full);
	if (good && file)
		good = join(&role->token_file, file, "");
	else if (good && token)
		good = join(&role->authorization, token, "");
	return good ? WEIR_OK : no_memory(err);
}

static enum weir_status find_instance(const struct weir_source_config *config, struct kinesis_role *role,
				      struct weir_error *err)
{
	const char *given = kinesis_variable(config, "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
		   *mode = kinesis_variable(config, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
	bool six = mode && weir_str_equal_nocase(weir_str_of(mode), WEIR_STR("IPv6"));
	enum weir_status st = given ? check_url("AWS_EC2_METADATA_SERVICE_ENDPOINT", given, true, err) : WEIR_OK;

	if (st != WEIR_OK)
		return st;
	role->kind = KINESIS_INSTANCE;
	if (!join(&role->url, given ? given : six ? INSTANCE_HOST_6 : INSTANCE_HOST, ""))
		return no_memory(err);
	for (size_t n = strlen(role->url); n && role->url[n - 1] == '/';)
		role->url[--n] = 0;
	return WEIR_OK;
}

enum weir_status kinesis_role_find(const struct weir_source_config *config, struct kinesis_role *role,
				   struct weir_error *err)
{
	const char *relative = kinesis_variable(config, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
		   *full = kinesis_variable(config, "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
		   *off = kinesis_variable(config, "AWS_EC2_METADATA_DISABLED");

	role->backoff = (struct weir_backoff){.first_us = FIRST_PAUSE_US, .most_us = MOST_PAUSE_US};
	if (relative || full)
		return find_container(config, relative, full, role, err);
	if (!off || !weir_str_equal_nocase(weir_str_of(off), WEIR_STR("true")))
		return find_instance(config, role, err);
	weir_fail(
	    err, WEIR_DENIED, "kinesis",
	    "no credentials: neither the environment nor the default profile has any, and AWS_EC2_METADATA_DISABLED is set");
	weir_error_hint(err, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with profile=");
	return WEIR_DENIED;
}

void kinesis_role_release(struct kinesis_role *r)
{
	weir_secret_free(r->url);
	weir_secret_free(r->authorization);
	free(r->token_file);
}
