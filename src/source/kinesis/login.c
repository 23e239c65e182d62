/* Who asks: the address, the environment, or a profile in ~/.aws/credentials, in this order; else role.c says who is asked. */
#include "kinesis.h"

#include "weir/client/secret.h"

#include <stdio.h>
#include <stdlib.h>

static bool keep(char **to, struct weir_str text)
{
	weir_secret_free(*to);
	return (*to = weir_str_dup(text)) != NULL;
}

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "kinesis", "out of memory while opening");
}

static enum weir_status from_address(const struct weir_uri *uri, struct kinesis_login *out, struct weir_error *err)
{
	enum weir_status st = weir_secret_of(uri, &out->secret, err);

	if (st == WEIR_OK && !out->secret)
		return weir_fail(err, WEIR_USAGE, "kinesis", "the address has a user and no password");
	return st != WEIR_OK || keep(&out->key, weir_str_of(uri->user)) ? st : no_memory(err);
}

static enum weir_status from_environment(const struct weir_source_config *config, struct kinesis_login *out,
					 struct weir_error *err)
{
	const char *key = kinesis_variable(config, "AWS_ACCESS_KEY_ID"),
		   *secret = kinesis_variable(config, "AWS_SECRET_ACCESS_KEY"),
		   *token = kinesis_variable(config, "AWS_SESSION_TOKEN");

	if (!key && !secret)
		return WEIR_NOT_FOUND;
	if (!key || !secret)
		return weir_fail(err, WEIR_DENIED, "kinesis", "%s is set, and %s is not",
				 key ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
				 key ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
	return keep(&out->key, weir_str_of(key)) && keep(&out->secret, weir_str_of(secret)) &&
		       (!token || keep(&out->token, weir_str_of(token)))
		   ? WEIR_OK
		   : no_memory(err);
}

/* One line "name = value" of the profile. False: no memory. */
static bool take_setting(struct weir_str line, struct kinesis_login *out)
{
	struct weir_str value, name = weir_str_trim(weir_str_cut(line, '=', &value));

	value = weir_str_trim(value);
	if (weir_str_equal(name, WEIR_STR("aws_access_key_id")))
		return keep(&out->key, value);
	if (weir_str_equal(name, WEIR_STR("aws_secret_access_key")))
		return keep(&out->secret, value);
	return !weir_str_equal(name, WEIR_STR("aws_session_token")) || keep(&out->token, value);
}

static enum weir_status read_profile(FILE *f, struct weir_str profile, struct kinesis_login *out,
				     struct weir_error *err)
{
	char line[4096];
	bool ours = false, good = true;

	while (good && fgets(line, sizeof line, f)) {
		struct weir_str text = weir_str_trim(weir_str_of(line));
		if (text.size > 1 && text.data[0] == '[' && text.data[text.size - 1] == ']')
			ours = weir_str_equal(weir_str_trim((struct weir_str){text.data + 1, text.size - 2}), profile);
		else if (ours && text.size && text.data[0] != '#')
			good = take_setting(text, out);
	}
	explicit_bzero(line, sizeof line);
	return good ? WEIR_OK : no_memory(err);
}

/* NOT_FOUND: no profile is named, and there is none called default. */
static enum weir_status from_profile(const struct weir_source_config *config, struct kinesis_login *out,
				     struct weir_error *err)
{
	const char *named = weir_uri_param(&config->uri, "profile"),
		   *at = kinesis_variable(config, "AWS_SHARED_CREDENTIALS_FILE"),
		   *home = kinesis_variable(config, "HOME");
	struct weir_buf path = {0};

	named = named ? named : kinesis_variable(config, "AWS_PROFILE");
	if (at)
		weir_buf_add_c(&path, at);
	else
		weir_buf_addf(&path, "%s/.aws/credentials", home ? home : "");
	FILE *f = path.failed ? NULL : fopen(path.data, "re");
	enum weir_status st = f ? read_profile(f, weir_str_of(named ? named : "default"), out, err) : WEIR_OK;
	if (f)
		fclose(f);
	if (st == WEIR_OK && (!out->key || !out->secret)) {
		st = named ? WEIR_DENIED : WEIR_NOT_FOUND;
		if (f)
			weir_fail(err, st, "kinesis", "no credentials: %s has no keys of a profile %s", path.data,
				  named ? named : "default");
		else
			weir_fail(err, st, "kinesis", "no credentials: there is no file %s",
				  path.data ? path.data : "");
		weir_error_hint(
		    err, "profile= or AWS_PROFILE names a profile with aws_access_key_id and aws_secret_access_key");
	}
	weir_buf_release(&path);
	return st;
}

enum weir_status kinesis_login_find(const struct weir_source_config *config, struct kinesis_login *login,
				    struct kinesis_role *role, struct weir_error *err)
{
	login->expires_us = WEIR_TIME_NONE;
	if (config->uri.user)
		return from_address(&config->uri, login, err);
	enum weir_status st =
	    weir_uri_param(&config->uri, "profile") ? WEIR_NOT_FOUND : from_environment(config, login, err);
	if (st == WEIR_NOT_FOUND)
		st = from_profile(config, login, err);
	return st == WEIR_NOT_FOUND ? kinesis_role_find(config, role, err) : st;
}

void kinesis_login_release(struct kinesis_login *l)
{
	weir_secret_free(l->key);
	weir_secret_free(l->secret);
	weir_secret_free(l->token);
}
