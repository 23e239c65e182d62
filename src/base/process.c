/* How other programs are started. */
#include "weir/base/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

static int start(const struct weir_spawn *s, posix_spawn_file_actions_t *files, posix_spawnattr_t *attributes,
		 pid_t *out)
{
	short flags = (short)((s->session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP) | POSIX_SPAWN_SETSIGMASK |
			      POSIX_SPAWN_SETSIGDEF);
	sigset_t none, standard;
	int number;

	sigemptyset(&none);
	sigemptyset(&standard);
	sigaddset(&standard, SIGPIPE);
	sigaddset(&standard, SIGINT);
	if (s->hangs_up)
		sigaddset(&standard, SIGHUP);
	if (!(number = posix_spawnattr_setflags(attributes, flags)) &&
	    !(number = posix_spawnattr_setsigmask(attributes, &none)) &&
	    !(number = posix_spawnattr_setsigdefault(attributes, &standard)) &&
	    !(number = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0)) &&
	    !(number = posix_spawn_file_actions_adddup2(files, s->output, 1)) &&
	    !(number = posix_spawn_file_actions_adddup2(files, s->error, 2)))
		number = posix_spawn(out, s->path, files, attributes, s->arguments, s->environment);
	return number;
}

int weir_process_start(const struct weir_spawn *how, pid_t *out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int number = posix_spawn_file_actions_init(&files);

	if (number)
		return number;
	if (!(number = posix_spawnattr_init(&attributes))) {
		number = start(how, &files, &attributes, out);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&files);
	return number;
}
