# The worked examples of docs/adding-*.md, built and run; and that a wrong one fails.
TESTS += tests/adding/run tests/adding/test_run
EXTRA_DIST += tests/adding/run tests/adding/test_run

# What tests/adding/run needs of this build. Flags may hold quotes of the shell, so they are printed by make itself.
.PHONY: adding-flags
adding-flags:
	@: $(info compile: $(COMPILE)) $(info link: $(CCLD) $(AM_CFLAGS) $(CFLAGS) $(AM_LDFLAGS) $(LDFLAGS)) $(info main: $(weir_OBJECTS)) $(info libs: $(weir_LDADD) $(LIBS))
