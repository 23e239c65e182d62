/* spark-submit as a child process: its command line, a process group of its own, what it says, and its end. Private to src/fabric.
 * Thread: one at a time. */
#ifndef WEIR_FABRIC_SPARK_CHILD_H
#define WEIR_FABRIC_SPARK_CHILD_H

#include "master.h"
#include "places.h"

#include "weir/base/log.h"

#include <sys/types.h>

struct weir_spark_command {
	const struct weir_spark_master *master;
	const struct weir_spark_places *places;
	const char *id, *brokers, *control, *results;
};

/* The arguments, the program first; ends with NULL. Owned by the caller: weir_spark_arguments_free. NULL: no memory. */
char **weir_spark_arguments(const struct weir_spark_command *c);
void weir_spark_arguments_free(char **arguments);

/* Passwords of streams, as variables of the environment: WEIR_PASSWORD_0 is that of the first. Private to this process and its
 * children; wiped. */
struct weir_spark_passwords {
	char **items; /* owned: "WEIR_PASSWORD_N=…" */
	uint32_t *of; /* owned: the stream of each */
	size_t n, capacity, of_capacity;
};
bool weir_spark_passwords_add(struct weir_spark_passwords *p, uint32_t stream, const char *password) WEIR_MUST_USE;
void weir_spark_passwords_release(struct weir_spark_passwords *p);

struct weir_spark_child {
	pid_t pid;      /* 0: there is none. The number of its process group */
	int output;     /* what it says; -1: nothing more comes, or it goes to a file */
	char line[600]; /* the one that is being read */
	size_t line_bytes;
	char last[400], last_error[400]; /* lines; "": none */
	struct weir_log *log;            /* gets all it says; may be NULL */
};

/* file: where its output goes, appended; NULL: it is read here. passwords: NULL: none. IO. */
enum weir_status weir_spark_child_start(struct weir_spark_child *c, char *const *arguments, const char *home,
					const struct weir_spark_passwords *passwords, const char *file,
					struct weir_error *err) WEIR_MUST_USE;
/* Reads what it said since; never waits. */
void weir_spark_child_listen(struct weir_spark_child *c);
/* True: it has ended, with that status of wait(2); reads the rest of what it said. */
bool weir_spark_child_ended(struct weir_spark_child *c, int *status);
/* Ends it with all that it started: SIGTERM, and SIGKILL after grace_us. Waits for the end. */
void weir_spark_child_end(struct weir_spark_child *c, int64_t grace_us);
/* It goes on without us. */
void weir_spark_child_let_go(struct weir_spark_child *c);

#endif
