/* Passwords of addresses: written in them, in a file, in both, nowhere. */
#include "weir/client/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char file[] = "/tmp/weir-secret-XXXXXX";

static int make_file(void **state)
{
	(void)state;
	int fd = mkstemp(file);
	return fd < 0 || close(fd) != 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(file);
}

static void file_holds(const char *text)
{
	FILE *out = fopen(file, "w");
	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

/* The status and the secret of an address with the parameters given. */
static enum weir_status secret_of(const char *user, const char *path, char **out, struct weir_error *err)
{
	char address[200];
	struct weir_uri uri = {0};
	snprintf(address, sizeof(address), "kafka://%sbroker/topic%s%s", user, path ? "?password-file=" : "",
		 path ? path : "");
	assert_int_equal(weir_uri_parse((struct weir_str){address, strlen(address)}, false, &uri, err), WEIR_OK);
	enum weir_status st = weir_secret_of(&uri, out, err);
	weir_uri_release(&uri);
	return st;
}

static void written_in_the_address(void **state)
{
	(void)state;
	struct weir_error err = {0};
	char *secret = NULL;
	assert_int_equal(secret_of("me:open%20sesame@", NULL, &secret, &err), WEIR_OK);
	assert_string_equal(secret, "open sesame");
	weir_secret_free(secret);
	assert_int_equal(secret_of("me@", NULL, &secret, &err), WEIR_OK);
	assert_null(secret);
	weir_secret_free(secret);
}

static void first_line_of_a_file(void **state)
{
	(void)state;
	static const char *const texts[] = {"open sesame", "open sesame\n", "open sesame\r\n", "open sesame\nsecond\n"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct weir_error err = {0};
		char *secret = NULL;
		file_holds(texts[i]);
		assert_int_equal(secret_of("me@", file, &secret, &err), WEIR_OK);
		assert_string_equal(secret, "open sesame");
		weir_secret_free(secret);
	}
}

static void what_cannot_be(void **state)
{
	(void)state;
	struct weir_error err = {0};
	char *secret = NULL;
	file_holds("x\n");
	assert_int_equal(secret_of("me:too@", file, &secret, &err), WEIR_USAGE);
	assert_null(secret);
	file_holds("");
	assert_int_equal(secret_of("", file, &secret, &err), WEIR_MALFORMED);
	file_holds("\nsecond\n");
	assert_int_equal(secret_of("", file, &secret, &err), WEIR_MALFORMED);
	assert_int_equal(secret_of("", "/nonexistent/file", &secret, &err), WEIR_NOT_FOUND);
	assert_non_null(strstr(err.what, "could not be opened"));
	assert_null(secret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(written_in_the_address),
	    cmocka_unit_test(first_line_of_a_file),
	    cmocka_unit_test(what_cannot_be),
	};
	return cmocka_run_group_tests(tests, make_file, remove_file);
}
