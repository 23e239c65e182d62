# Targets that look at the tree rather than build it. Each works from any build folder.
.PHONY: check-floors check-headers lint format sanitize tsan coverage fault bench integration golden-update graph

EXTRA_DIST += quickstart README.md ARCHITECTURE.md HACKING.md CHANGELOG.md SECURITY.md LICENSE .clang-format .clang-tidy \
	tools/check-floors tools/check-headers tools/lint docs/benchmarks.md docs/adding-a-source.md docs/screen.png .ci/run

# Headers, and tests with their data: whatever of these the lists of files do not name.
dist-hook:
	cd $(top_srcdir) && find include src tests bench tools samples completions -type f ! -name '*.o' ! -name '*.a' | \
	while read -r f; do $(MKDIR_P) "$(abs_builddir)/$(distdir)/$${f%/*}" && cp -p "$$f" "$(abs_builddir)/$(distdir)/$$f"; done

check-floors:
	$(top_srcdir)/tools/check-floors

check-headers:
	$(top_srcdir)/tools/check-headers "$(CC)"

check-local: check-floors check-headers

lint:
	$(top_srcdir)/tools/lint "$(abs_top_builddir)"

format:
	cd $(top_srcdir) && find src include tests bench -name '*.[ch]' | xargs clang-format -i

# A second build beside this one, with the sanitizers named, and its own `make check`.
sanitize:
	$(MKDIR_P) san-address && cd san-address && \
	{ test -f Makefile || $(abs_top_srcdir)/configure -q --enable-sanitizer=address,undefined CC="$(CC)" CFLAGS='-O1 -g'; } && \
	ASAN_OPTIONS=detect_stack_use_after_return=0 UBSAN_OPTIONS=print_stacktrace=1 $(MAKE) $(AM_MAKEFLAGS) check

# Ten times slower: fewer random cases of each property, unless told otherwise.
tsan:
	$(MKDIR_P) san-thread && cd san-thread && \
	{ test -f Makefile || $(abs_top_srcdir)/configure -q --enable-sanitizer=thread CC="$(CC)" CFLAGS='-O1 -g'; } && \
	WEIR_PROPERTY_CASES=$${WEIR_PROPERTY_CASES:-1500} TSAN_OPTIONS="suppressions=$(abs_top_srcdir)/tests/tsan.supp halt_on_error=1" $(MAKE) $(AM_MAKEFLAGS) check

coverage:
	$(MKDIR_P) cov && cd cov && \
	{ test -f Makefile || $(abs_top_srcdir)/configure -q --enable-coverage CC="$(CC)" CFLAGS='-O0 -g'; } && \
	$(MAKE) $(AM_MAKEFLAGS) check && lcov -q -c -d . -o lcov.info && lcov --summary lcov.info
