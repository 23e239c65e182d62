/* Whole batch runs in which allocation n fails, for n = 1, 2, 3, …: each must end by itself with exit status 0 or 1 and one
 * line of error at most; AddressSanitizer and LeakSanitizer (make sanitize) watch for what is freed twice or not at all.
 *
 *   alloc FILE [ARG…]   calls weir --batch FILE ARG… in this process; WEIR_FAULT_MAX bounds n (default 400)
 *
 * After an idea of jansson's test_chaos.c: fail the n-th allocation until nothing fails any more. */
#include "weir/base/memory.h"
#include "weir/session/session.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const volatile bool never;

static int run_once(int argc, char **argv, uint64_t n, bool sticky)
{
	struct weir_options options;
	struct weir_error err = {0};
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	int status = 2;
	weir_options_init(&options);
	if (null_fd >= 0 && weir_options_parse(argc, argv, 0, &options, &err) == WEIR_OK) {
		weir_alloc_fail_at(n, sticky);
		status = weir_batch_run(&options, &weir_clock_system, null_fd, null_fd, null_fd, &never);
		weir_alloc_fail_at(0, false);
	}
	weir_options_release(&options);
	if (null_fd >= 0)
		close(null_fd);
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("usage: alloc FILE [ARG…]\n", stderr);
		return 2;
	}
	const char *text = getenv("WEIR_FAULT_MAX");
	uint64_t most = text ? strtoull(text, NULL, 10) : 400;
	unsigned failed = 0, survived = 0;
	for (int sticky = 0; sticky < 2; sticky++)
		for (uint64_t n = 1; n <= most; n++) {
			int status = run_once(argc, argv, n, sticky != 0);
			if (status != 0 && status != 1) {
				fprintf(stderr, "allocation %llu%s: exit status %d\n", (unsigned long long)n,
					sticky ? " and all after it" : "", status);
				return 1;
			}
			*(status ? &failed : &survived) += 1;
		}
	printf("%u runs failed calmly, %u went on to the end\n", failed, survived);
	return failed > 0 ? 0 : 1; /* not one failure seen: the hook does not reach the program */
}
