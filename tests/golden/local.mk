# Screens by script on a pseudo terminal. `make golden-update` rewrites what is expected: read the difference before you
# commit it.
EXTRA_DIST += tests/golden/cases tests/golden/screens tests/golden/data tests/golden/random tests/golden/tour
TESTS += tests/golden/tour
.PHONY: golden-update-screens
if HAVE_VTERM
check_PROGRAMS += tests/golden/doors
tests_golden_doors_SOURCES = tests/golden/doors.c tests/golden/pty.c tests/golden/pty.h tests/golden/strict.c tests/golden/strict.h tests/limit.h
tests_golden_doors_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS) -lutil
check_PROGRAMS += tests/golden/golden tests/golden/test_look tests/golden/test_matrix
TESTS += tests/golden/test_look tests/golden/test_matrix
tests_golden_test_look_SOURCES = tests/golden/test_look.c tests/golden/look.c tests/golden/look.h
tests_golden_test_look_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
tests_golden_test_look_LDADD = $(VTERM_LIBS)
tests_golden_test_matrix_SOURCES = tests/golden/test_matrix.c tests/golden/matrix.c tests/golden/matrix.h tests/golden/run.c \
	tests/golden/run.h tests/golden/look.c tests/golden/look.h tests/golden/pty.c tests/golden/pty.h tests/golden/strict.c \
	tests/golden/strict.h tests/limit.h
tests_golden_test_matrix_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
tests_golden_test_matrix_LDADD = $(VTERM_LIBS) -lutil
tests_golden_golden_SOURCES = tests/golden/golden.c tests/golden/run.c tests/golden/run.h tests/golden/step.c \
	tests/golden/type.c tests/golden/compare.c tests/golden/matrix.c tests/golden/matrix.h tests/golden/pty.c tests/golden/pty.h tests/golden/strict.c tests/golden/strict.h \
	tests/golden/look.c tests/golden/look.h tests/limit.h
tests_golden_golden_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
tests_golden_golden_LDADD = $(VTERM_LIBS) -lutil
check_SCRIPTS = tests/golden/check tests/golden/check-doors
TESTS += tests/golden/check tests/golden/check-doors
golden-update-screens: weir tests/golden/golden
	cd $(top_srcdir) && { $(abs_builddir)/tests/golden/golden --update $(abs_builddir)/weir; all=$$?; } ; \
	tests/golden/tour --update && exit $$all
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
tests/golden/check-doors: $(top_srcdir)/tests/golden/local.mk
	@$(MKDIR_P) tests/golden
	@{ echo '#!/bin/sh'; \
	  echo 'exec "$(abs_builddir)/tests/golden/doors" "$(abs_builddir)/weir"'; } >$@
	@chmod +x $@
CLEANFILES += tests/golden/check tests/golden/check-doors
