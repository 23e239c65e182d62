# The manual page and the completions are made from the tables of the program that was just built. A cross build cannot run it
# and goes without them.
EXTRA_DIST += man/weir.1.in man/weir-sources.7.in man/weir-landings.7.in
dist_man_MANS = man/weir-capture.5
noinst_PROGRAMS += man/generate
man_generate_SOURCES = man/generate.c
man_generate_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS)

GENERATED = man/weir.1 man/weir-sources.7 man/weir-landings.7 man/completions/weir man/completions/_weir man/completions/weir.fish
CLEANFILES += $(GENERATED)
if !CROSS_COMPILING
man_MANS = man/weir.1 man/weir-sources.7 man/weir-landings.7
bashcompletion_DATA = man/completions/weir
zshcompletion_DATA = man/completions/_weir
fishcompletion_DATA = man/completions/weir.fish
endif

man/weir.1: man/weir.1.in man/generate$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man && man/generate man $(srcdir)/man/weir.1.in >$@.new && mv $@.new $@
man/weir-sources.7: man/weir-sources.7.in man/generate$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man && man/generate man $(srcdir)/man/weir-sources.7.in >$@.new && mv $@.new $@
man/weir-landings.7: man/weir-landings.7.in man/generate$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man && man/generate man $(srcdir)/man/weir-landings.7.in >$@.new && mv $@.new $@
man/completions/weir: man/generate$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man/completions && man/generate bash >$@.new && mv $@.new $@
man/completions/_weir: man/generate$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man/completions && man/generate zsh >$@.new && mv $@.new $@
man/completions/weir.fish: man/generate$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man/completions && man/generate fish >$@.new && mv $@.new $@

# docs/expressions.md is read as it lies in the tree, so what it has from the tables is kept there: this writes it,
# tests/lint/generated compares it.
.PHONY: docs-update
docs-update: man/generate$(EXEEXT)
	f=$(top_srcdir)/docs/expressions.md && \
	{ sed '/^<!-- measures:/q' $$f; man/generate measures; sed -n '/^<!-- end of measures/,$$p' $$f; } >expressions.new && \
	cat expressions.new >$$f && rm expressions.new
