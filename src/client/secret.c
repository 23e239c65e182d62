/* The password of an address, from the address itself or from a file. */
#include "weir/client/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum weir_status cannot_open(const char *path, struct weir_error *err)
{
	enum weir_status code = errno == ENOENT ? WEIR_NOT_FOUND : errno == EACCES ? WEIR_DENIED : WEIR_IO;

	weir_fail(err, code, path, "the password file could not be opened: %s", strerror(errno));
	weir_error_hint(err, "password-file= names a file whose first line is the password");
	return code;
}

static enum weir_status read_first_line(const char *path, char **out, struct weir_error *err)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	if (!f)
		return cannot_open(path, err);
	ssize_t n = getline(&line, &room, f);
	fclose(f);
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		line[--n] = '\0';
	if (n <= 0) {
		free(line);
		return weir_fail(err, WEIR_MALFORMED, path, "the password file has no password in its first line");
	}
	*out = line;
	return WEIR_OK;
}

enum weir_status weir_secret_of(const struct weir_uri *uri, char **out, struct weir_error *err)
{
	return weir_secret_from(uri->password, weir_uri_param(uri, "password-file"), out, err);
}

enum weir_status weir_secret_from(const char *given, const char *path, char **out, struct weir_error *err)
{
	*out = NULL;
	if (path && given) {
		weir_fail(err, WEIR_USAGE, "password-file", "the address has a password as well");
		weir_error_hint(err, "give it only once");
		return WEIR_USAGE;
	}
	if (path)
		return read_first_line(path, out, err);
	if (given && !(*out = weir_str_dup(weir_str_of(given))))
		return weir_fail(err, WEIR_NO_MEMORY, "password", "out of memory");
	return WEIR_OK;
}

void weir_secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}
