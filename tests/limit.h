/* How long a test waits for what must come before it fails. Nothing waits without an end: a wake-up that is lost fails
 * `make check` rather than hanging it. Programs under a sanitizer are many times slower. */
#ifndef WEIR_TESTS_LIMIT_H
#define WEIR_TESTS_LIMIT_H

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#elif __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#if defined(__SANITIZE_THREAD__)
enum { TEST_LIMIT_S = 120 };
#elif defined(__SANITIZE_ADDRESS__)
enum { TEST_LIMIT_S = 60 };
#else
enum { TEST_LIMIT_S = 20 };
#endif

#endif
