# The themes that come with weir. They are installed, so that one can be copied and changed, and built into the program, so that it
# has colours wherever it runs; the first is the one that a dark background gets.
themes = themes/dark.theme themes/light.theme themes/contrast.theme themes/basic.theme themes/mono.theme
themesdir = $(pkgdatadir)/themes
dist_themes_DATA = $(themes)

nodist_libsession_a_SOURCES = src/session/themes/built_in.c
CLEANFILES += src/session/themes/built_in.c
EXTRA_DIST += src/session/themes/embed.awk
src/session/themes/built_in.c: $(themes) src/session/themes/embed.awk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && cd $(top_srcdir) && $(AWK) -f src/session/themes/embed.awk $(themes) >"$(abs_builddir)/$@.tmp" && \
	mv "$(abs_builddir)/$@.tmp" "$(abs_builddir)/$@"
