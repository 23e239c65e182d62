/* `${NAME}` in source addresses. */
#ifndef WEIR_SESSION_SECRET_H
#define WEIR_SESSION_SECRET_H

#include "weir/base/uri.h"

/* Replaces every ${NAME} in user, password, hosts, path (but of a file) and parameter values of a parsed address by the variable's value;
 * so a value may hold any character and is never taken apart again. An unknown variable is a
 * USAGE error that names it, never its value. lookup may be NULL. */
enum weir_status weir_secrets_expand(struct weir_uri *u, const char *(*lookup)(const char *name), struct weir_error *err);

#endif
