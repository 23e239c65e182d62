/* Where the credentials of Kinesis come from: the order, and the endpoints of containers and instances, which the service of the
 * test plays as well. */
#include "config.h"

#include "kinesis_service.h"

static const char *variables[12];
static const char *lookup(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < 12 && variables[i]; i++)
		if (strncmp(variables[i], name, n) == 0 && variables[i][n] == '=')
			return variables[i] + n + 1;
	return NULL;
}

static void check_login(const char *address, const char *key, const char *secret, const char *token)
{
	struct weir_source_config config = {.lookup = lookup};
	struct kinesis_login l = {0};
	struct kinesis_role role = {0};
	struct weir_error err = {0};

	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &config.uri, NULL), WEIR_OK);
	assert_int_equal(kinesis_login_find(&config, &l, &role, &err), key ? WEIR_OK : WEIR_DENIED);
	if (key) {
		assert_string_equal(l.key, key);
		assert_string_equal(l.secret, secret);
		assert_string_equal(l.token ? l.token : "", token);
		assert_int_equal(role.kind, KINESIS_NO_ROLE);
	}
	kinesis_login_release(&l);
	kinesis_role_release(&role);
	weir_uri_release(&config.uri);
}

static void credentials_have_an_order(void **state)
{
	static const char file[] = "# none\n[default]\naws_access_key_id = dk\naws_secret_access_key=ds\n\n[other]\n"
				   "aws_access_key_id=ok\naws_secret_access_key = os\naws_session_token = ot\n";
	char at[200];

	(void)state;
	folder_make();
	write_file(in_folder("credentials"), file, sizeof file - 1);
	snprintf(at, sizeof at, "AWS_SHARED_CREDENTIALS_FILE=%s", in_folder("credentials"));
	variables[0] = at;
	variables[1] = NULL;
	check_login("kinesis://r/s", "dk", "ds", "");
	check_login("kinesis://r/s?profile=other", "ok", "os", "ot");
	check_login("kinesis://r/s?profile=none", NULL, NULL, NULL);
	variables[1] = "AWS_PROFILE=other";
	check_login("kinesis://r/s", "ok", "os", "ot");
	variables[2] = "AWS_ACCESS_KEY_ID=ek";
	variables[3] = NULL;
	check_login("kinesis://r/s", NULL, NULL, NULL);
	variables[3] = "AWS_SECRET_ACCESS_KEY=es";
	variables[4] = "AWS_SESSION_TOKEN=et";
	check_login("kinesis://r/s", "ek", "es", "et");
	check_login("kinesis://r/s?profile=default", "dk", "ds", "");
	check_login("kinesis://uk:us@r/s", "uk", "us", "");
	variables[5] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x";
	variables[6] = NULL;
	check_login("kinesis://r/s", "ek", "es", "et");
	variables[1] = "X=";
	variables[2] = "X=";
	variables[3] = "X=";
	check_login("kinesis://r/s", "dk", "ds", "");
	folder_remove();
}

/* Whom to ask, where nothing else has any. `url` NULL: nobody, with this status. */
static void check_role(int kind, const char *url, enum weir_status st)
{
	struct weir_source_config config = {.lookup = lookup};
	struct kinesis_login l = {0};
	struct kinesis_role role = {0};
	struct weir_error err = {0};

	assert_int_equal(weir_uri_parse(WEIR_STR("kinesis://r/s"), false, &config.uri, NULL), WEIR_OK);
	assert_int_equal(kinesis_login_find(&config, &l, &role, &err), st);
	assert_int_equal(role.kind, kind);
	if (url)
		assert_string_equal(role.url, url);
	kinesis_login_release(&l);
	kinesis_role_release(&role);
	weir_uri_release(&config.uri);
}

static void set(size_t i, const char *text)
{
	variables[i] = text;
	variables[i + 1] = NULL;
}

static void endpoints_are_named_by_the_environment(void **state)
{
	static const char *const far[] = {"http://example.com/x", "http://127.evil.example/", "http://169.254.1.1/"};
	char text[100];

	(void)state;
	set(0, "HOME=/nonexistent");
	check_role(KINESIS_INSTANCE, "http://169.254.169.254", WEIR_OK);
	set(1, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=ipv6");
	check_role(KINESIS_INSTANCE, "http://[fd00:ec2::254]", WEIR_OK);
	set(1, "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1338/");
	check_role(KINESIS_INSTANCE, "http://127.0.0.1:1338", WEIR_OK);
	set(1, "AWS_EC2_METADATA_SERVICE_ENDPOINT=127.0.0.1:1338");
	check_role(KINESIS_NO_ROLE, NULL, WEIR_USAGE);
	set(1, "AWS_EC2_METADATA_DISABLED=True");
	check_role(KINESIS_NO_ROLE, NULL, WEIR_DENIED);
	set(1, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x");
	set(2, "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1/y");
	check_role(KINESIS_CONTAINER, "http://169.254.170.2/v2/x", WEIR_OK);
	set(1, "AWS_CONTAINER_CREDENTIALS_FULL_URI=https://example.com/y");
	check_role(KINESIS_CONTAINER, "https://example.com/y", WEIR_OK);
	set(1, "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials");
	check_role(KINESIS_CONTAINER, "http://169.254.170.23/v1/credentials", WEIR_OK);
	set(1, "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[::1]:80/y");
	check_role(KINESIS_CONTAINER, "http://[::1]:80/y", WEIR_OK);
	for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
		snprintf(text, sizeof text, "AWS_CONTAINER_CREDENTIALS_FULL_URI=%s", far[i]);
		set(1, text);
		check_role(KINESIS_NO_ROLE, NULL, WEIR_DENIED);
	}
}

/* ---- the endpoints ---- */

static int n_given;
static char given[300];

/* The key is k1, then k2, …; they end in some seconds. */
static const char *give(int seconds)
{
	char end[40];

	weir_time_format_iso(weir_clock_wall_us(&weir_clock_system) + seconds * WEIR_US_PER_S, end);
	snprintf(
	    given, sizeof given,
	    "200 {\"Code\":\"Success\",\"AccessKeyId\":\"k%d\",\"SecretAccessKey\":\"hush\",\"Token\":\"t%d\",\"Expiration\":"
	    "\"%s\"}",
	    n_given + 1, n_given + 1, end);
	n_given++;
	return given;
}

static bool begins(const char *request, const char *with)
{
	return strncmp(request, with, strlen(with)) == 0;
}

static const char *kinesis(const char *request, const char *records)
{
	return strstr(request, ".ListShards")         ? ONE_SHARD
	       : strstr(request, ".GetShardIterator") ? ITERATOR("i1")
						      : records;
}

#define NOTHING RECORDS("", "i2", "0")
#define ONE RECORDS(RECORD("11", "YQ=="), "i3", "0")

/* The records come to those who sign with the second key. */
static const char *instance(const char *request, int n)
{
	(void)n;
	if (begins(request, "PUT /latest/api/token HTTP") && strstr(request, "X-aws-ec2-metadata-token-ttl-seconds: "))
		return "200 mt";
	if (begins(request, "GET /latest/meta-data/iam/security-credentials/ HTTP") &&
	    strstr(request, "X-aws-ec2-metadata-token: mt\r\n"))
		return "200 the-role\n";
	if (begins(request, "GET /latest/meta-data/iam/security-credentials/the-role HTTP") &&
	    strstr(request, "X-aws-ec2-metadata-token: mt\r\n"))
		return give(2);
	if (!begins(request, "POST / HTTP"))
		return "404 none";
	bool second = strstr(request, "Credential=k2/") && strstr(request, "X-Amz-Security-Token: t2\r\n");
	return kinesis(request, second ? ONE : NOTHING);
}

/* The first key has ended, though it was to last; and the endpoint is busy at first. */
static const char *container(const char *request, int n)
{
	if (n == 0)
		return "503 {}";
	if (begins(request, "GET /creds HTTP")) {
		assert_non_null(strstr(request, n_given ? "Authorization: second\r\n" : "Authorization: first\r\n"));
		write_file(in_folder("token"), "second\n", 7);
		return give(3600);
	}
	if (!begins(request, "POST / HTTP"))
		return "404 none";
	return strstr(request, "Credential=k2/") || !strstr(request, ".GetRecords")
		   ? kinesis(request, ONE)
		   : "400 {\"__type\":\"com.amazon#ExpiredTokenException\",\"message\":\"old\"}";
}

static const char *refusing(const char *request, int n)
{
	static const char *const answers[] = {"403 no", "404 none", "200 {\"Code\":\"AssumeRoleUnauthorizedAccess\"}",
					      "200 hush"};

	(void)n;
	if (n_given == 1 && begins(request, "PUT "))
		return "200 mt";
	return answers[n_given];
}

static enum weir_status open_source(struct reading *r, const char *more, bool live)
{
	struct weir_source_config config = {
	    .clock = &weir_clock_system, .stdin_fd = -1, .live = live, .lookup = lookup};
	char address[200];

	*r = (struct reading){0};
	snprintf(address, sizeof address, "kinesis://eu-west-1/orders?endpoint=http://127.0.0.1:%d/%s", service.port,
		 more);
	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &config.uri, &r->err), WEIR_OK);
	enum weir_status st = weir_source_open(&config, &r->source, &r->err);
	weir_uri_release(&config.uri);
	return st;
}

/* Until a record has come. */
static void read_one(struct reading *r)
{
	struct weir_chunk c;
	enum weir_status st = WEIR_AGAIN;

	for (int n = 0; st == WEIR_AGAIN && n < PATIENCE; n++)
		st = weir_source_poll(r->source, 250000, &c, &r->err);
	assert_int_equal(st, WEIR_OK);
	assert_int_equal(c.n_messages, 1);
	assert_true(weir_str_equal(c.messages->payload, WEIR_STR("a")));
}

static void credentials_of_an_instance_are_renewed_before_they_end(void **state)
{
	char text[100];
	struct reading r;

	(void)state;
	n_given = 0;
	start_with(NULL, instance);
	snprintf(text, sizeof text, "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:%d/", service.port);
	set(0, text);
	assert_int_equal(open_source(&r, "", true), WEIR_OK);
	read_one(&r);
	reading_close(&r);
	stop();
	assert_true(n_given >= 2);
}

static void credentials_of_a_container_that_ended_are_asked_for_anew(void **state)
{
	char text[100], file[200];
	struct reading r;

	(void)state;
	n_given = 0;
	folder_make();
	write_file(in_folder("token"), "first\n", 6);
	snprintf(file, sizeof file, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=%s", in_folder("token"));
	start_with(NULL, container);
	snprintf(text, sizeof text, "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:%d/creds", service.port);
	set(0, text);
	set(1, file);
	set(2, "AWS_CONTAINER_AUTHORIZATION_TOKEN=other");
	assert_int_equal(open_source(&r, "&until=latest", false), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	assert_string_equal(r.text.data, "k/a\n");
	reading_close(&r);
	stop();
	folder_remove();
	assert_int_equal(n_given, 2);
}

static void what_gives_none_is_an_error(void **state)
{
	static const struct {
		const char *variable, *says;
	} cases[] = {
	    {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "the container's endpoint answers 403"},
	    {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "no role is attached"},
	    {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "gives none: AssumeRoleUnauthorizedAccess"},
	    {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "the container's endpoint gives none"},
	};
	char text[100];
	struct reading r;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		n_given = (int)i;
		start_with(NULL, refusing);
		snprintf(text, sizeof text, "%s=http://127.0.0.1:%d", cases[i].variable, service.port);
		set(0, text);
		set(1, "AWS_CONTAINER_AUTHORIZATION_TOKEN=hush");
		assert_int_equal(open_source(&r, "", true), WEIR_OK);
		assert_int_equal(read_all(&r), WEIR_DENIED);
		assert_non_null(strstr(r.err.what, cases[i].says));
		assert_null(strstr(r.err.what, "hush"));
		reading_close(&r);
		stop();
	}
	/* Nobody listens there any more. */
	snprintf(text, sizeof text, "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:%d", service.port);
	set(0, text);
	assert_int_equal(open_source(&r, "", true), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_DENIED);
	assert_non_null(strstr(r.err.what, "neither the environment nor the default profile"));
	reading_close(&r);
}

/* It goes into a header. */
static void a_token_is_one_line(void **state)
{
	struct reading r;

	(void)state;
	set(0, "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1/");
	set(1, "AWS_CONTAINER_AUTHORIZATION_TOKEN=a\r\nX: y");
	assert_int_equal(open_source(&r, "", true), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_DENIED);
	assert_non_null(strstr(r.err.what, "not one line"));
	reading_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(credentials_have_an_order),
	    cmocka_unit_test(endpoints_are_named_by_the_environment),
	    cmocka_unit_test(credentials_of_an_instance_are_renewed_before_they_end),
	    cmocka_unit_test(credentials_of_a_container_that_ended_are_asked_for_anew),
	    cmocka_unit_test(what_gives_none_is_an_error),
	    cmocka_unit_test(a_token_is_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
