# Screens by script on a pseudo terminal. `make golden-update` rewrites what is expected: read the difference before you
# commit it.
EXTRA_DIST += tests/golden/cases tests/golden/screens tests/golden/data
.PHONY: golden-update-screens
if HAVE_VTERM
check_PROGRAMS += tests/golden/golden
tests_golden_golden_SOURCES = tests/golden/golden.c tests/golden/run.c tests/golden/run.h tests/golden/step.c \
	tests/golden/type.c tests/golden/compare.c tests/golden/pty.c tests/golden/pty.h tests/golden/strict.c tests/golden/strict.h \
	tests/golden/look.c tests/golden/look.h
tests_golden_golden_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
tests_golden_golden_LDADD = $(VTERM_LIBS) -lutil
check_SCRIPTS = tests/golden/check
TESTS += tests/golden/check
golden-update-screens: weir tests/golden/golden
	cd $(top_srcdir) && $(abs_builddir)/tests/golden/golden --update $(abs_builddir)/weir
else
golden-update-screens:
	@echo "libvterm was not found by configure" >&2; exit 1
endif
golden-update: golden-update-screens
tests/golden/check: $(top_srcdir)/tests/golden/local.mk
	@$(MKDIR_P) tests/golden
	@{ echo '#!/bin/sh'; \
	  echo 'cd "$(abs_top_srcdir)" && exec "$(abs_builddir)/tests/golden/golden" "$(abs_builddir)/weir"'; } >$@
	@chmod +x $@
CLEANFILES += tests/golden/check
