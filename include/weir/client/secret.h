/* Passwords: read from a file, kept no longer than needed, wiped before their memory is given back.
 * Thread: plain functions. */
#ifndef WEIR_CLIENT_SECRET_H
#define WEIR_CLIENT_SECRET_H

#include "weir/base/uri.h"

/* The password of an address: its `password-file=` (the first line, without the line end), or the one written in it, or
 * none (*out NULL). Owned by the caller: weir_secret_free. USAGE when both are given, NOT_FOUND, DENIED, MALFORMED
 * (empty). */
enum weir_status weir_secret_of(const struct weir_uri *uri, char **out, struct weir_error *err) WEIR_MUST_USE;
/* The same for a password that is given, or in the first line of a file, or none (both NULL). */
enum weir_status weir_secret_from(const char *given, const char *path, char **out,
				  struct weir_error *err) WEIR_MUST_USE;
void weir_secret_free(char *secret); /* wipes; NULL allowed */

#endif
