UNIT_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
UNIT_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS) $(CMOCKA_LIBS)
if HAVE_CMOCKA
include tests/unit/base/local.mk
include tests/unit/model/local.mk
include tests/unit/capture/local.mk
include tests/unit/client/local.mk
include tests/unit/source/local.mk
include tests/unit/codec/local.mk
include tests/unit/buffer/local.mk
include tests/unit/query/local.mk
include tests/unit/landing/local.mk
include tests/unit/fabric/local.mk
include tests/unit/session/local.mk
include tests/unit/tui/local.mk
endif
include tests/adding/local.mk
include tests/batch/local.mk
include tests/golden/local.mk
include tests/fuzz/local.mk
include tests/fault/local.mk
include tests/integration/local.mk
include tests/lint/local.mk
include tests/bench/local.mk

# The Debian package, built, looked at by lintian, installed and tested.
package:
	$(top_srcdir)/tests/package/debian || test $$? = 77

# A build without any optional library, and its unit tests.
without:
	$(top_srcdir)/tests/package/without

.PHONY: package without sanitize random tsan coverage fault bench integration golden-update
EXTRA_DIST += tests/package tests/tsan.supp

# A second build beside this one, with the sanitizers named, and its own `make check`: built by all processors, tested by one, for what
# is ten times slower should not wait for its neighbour as well.
build_checks = $(MAKE) $(AM_MAKEFLAGS) -j`getconf _NPROCESSORS_ONLN || echo 1` check TESTS=
sanitize:
	$(MKDIR_P) san-address && cd san-address && \
	{ test -f Makefile || $(abs_top_srcdir)/configure -q --enable-sanitizer=address,undefined CC="$(CC)" CFLAGS='-O1 -g'; } && \
	$(build_checks) && \
	WEIR_PROPERTY_CASES=$${WEIR_PROPERTY_CASES:-2000} ASAN_OPTIONS=detect_stack_use_after_return=0 UBSAN_OPTIONS=print_stacktrace=1 $(MAKE) $(AM_MAKEFLAGS) check

# Random keys, mouse events and sizes of the screen, in the build with AddressSanitizer.
RANDOM_KEYS = 100000
RANDOM_SIZES = 10000
RANDOM_SEED = 1
random:
	$(MKDIR_P) san-address && cd san-address && \
	{ test -f Makefile || $(abs_top_srcdir)/configure -q --enable-sanitizer=address,undefined CC="$(CC)" CFLAGS='-O1 -g'; } && \
	$(MAKE) $(AM_MAKEFLAGS) weir && \
	UBSAN_OPTIONS=print_stacktrace=1 $(abs_top_srcdir)/tests/golden/random ./weir --keys $(RANDOM_KEYS) --resizes $(RANDOM_SIZES) --seed $(RANDOM_SEED)

# Ten times slower: fewer random cases of each property, unless told otherwise, and without the tests of what one thread does alone.
one_thread = tests/adding/% tests/fuzz/% tests/lint/% tests/unit/model/% tests/unit/buffer/% tests/unit/codec/% tests/unit/tui/test_cell \
	$(filter-out tests/unit/query/records/% tests/unit/query/study/% tests/unit/query/why/%,$(filter tests/unit/query/%,$(TESTS))) \
	$(filter-out tests/unit/base/test_dict tests/unit/base/test_shares tests/unit/base/test_thread,$(filter tests/unit/base/%,$(TESTS)))
tsan_checks = TESTS="$(filter-out $(one_thread),$(TESTS))" check_PROGRAMS="$(filter-out $(one_thread),$(check_PROGRAMS))"
tsan:
	$(MKDIR_P) san-thread && cd san-thread && \
	{ test -f Makefile || $(abs_top_srcdir)/configure -q --enable-sanitizer=thread CC="$(CC)" CFLAGS='-O1 -g'; } && \
	$(MAKE) $(AM_MAKEFLAGS) -j`getconf _NPROCESSORS_ONLN || echo 1` check $(tsan_checks) TESTS= && \
	WEIR_PROPERTY_CASES=$${WEIR_PROPERTY_CASES:-300} TSAN_OPTIONS="suppressions=$(abs_top_srcdir)/tests/tsan.supp halt_on_error=1" \
		WEIR_GOLDEN_FIRST_LOOK=1 $(MAKE) $(AM_MAKEFLAGS) check $(tsan_checks)

coverage:
	$(MKDIR_P) cov && cd cov && \
	{ test -f Makefile || $(abs_top_srcdir)/configure -q --enable-coverage CC="$(CC)" CFLAGS='-O0 -g'; } && \
	$(MAKE) $(AM_MAKEFLAGS) check && lcov -q -c -d . -o lcov.info && lcov --summary lcov.info
