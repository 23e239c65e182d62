# The manual page and the completions are made from the program's tables by tools/gen-docs, and kept in the tree, so that a
# reader of the source and a build without the tool have them too. `make docs-update` writes them; `make check` fails
# when they are old.
noinst_PROGRAMS += tools/gen-docs
tools_gen_docs_SOURCES = tools/gen-docs.c
tools_gen_docs_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS)

dist_man_MANS += man/weir.1
EXTRA_DIST += docs/internals/hot-path.md man/weir.1.in docs/check-generated completions/weir.bash completions/_weir completions/weir.fish

bashcompdir = $(datadir)/bash-completion/completions
zshcompdir = $(datadir)/zsh/site-functions
fishcompdir = $(datadir)/fish/vendor_completions.d
zshcomp_DATA = completions/_weir
fishcomp_DATA = completions/weir.fish

install-data-local:
	$(MKDIR_P) $(DESTDIR)$(bashcompdir)
	$(INSTALL_DATA) $(top_srcdir)/completions/weir.bash $(DESTDIR)$(bashcompdir)/weir

uninstall-local:
	rm -f $(DESTDIR)$(bashcompdir)/weir

.PHONY: docs-update
docs-update: tools/gen-docs$(EXEEXT)
	$(MKDIR_P) $(top_srcdir)/man $(top_srcdir)/completions
	./tools/gen-docs man $(top_srcdir)/man/weir.1.in > $(top_srcdir)/man/weir.1
	./tools/gen-docs bash > $(top_srcdir)/completions/weir.bash
	./tools/gen-docs zsh > $(top_srcdir)/completions/_weir
	./tools/gen-docs fish > $(top_srcdir)/completions/weir.fish

TESTS += docs/check-generated
