# What is looked at rather than run: the tree, the objects, the program as it was built, the texts it generates.
TESTS += tests/lint/paths tests/lint/hardening tests/lint/generated tests/lint/dist tests/lint/test_floors tests/lint/names
EXTRA_DIST += tests/lint/paths tests/lint/hardening tests/lint/generated tests/lint/dist tests/lint/test_floors tests/lint/names tests/lint/check-floors \
	tests/lint/check-format tests/lint/check-headers tests/lint/check-python tests/lint/run

# Objects are those that the lists of files name, so what an earlier layout left behind does not count.
FLOOR_OBJECTS = $(weir_OBJECTS) $(libtui_a_OBJECTS) $(libsession_a_OBJECTS) $(libfabric_a_OBJECTS) $(liblanding_a_OBJECTS) \
	$(libquery_a_OBJECTS) $(libbuffer_a_OBJECTS) $(libcodec_a_OBJECTS) $(libsource_a_OBJECTS) $(libclient_a_OBJECTS) $(libcapture_a_OBJECTS) \
	$(libmodel_a_OBJECTS) $(libbase_a_OBJECTS)
.PHONY: check-floors graph check-headers lint format
check-floors: weir$(EXEEXT)
	@$(top_srcdir)/tests/lint/check-floors $(top_srcdir) $(FLOOR_OBJECTS)
graph: weir$(EXEEXT)
	@$(top_srcdir)/tests/lint/check-floors --graph $(top_srcdir) $(FLOOR_OBJECTS)

check-headers:
	$(top_srcdir)/tests/lint/check-headers "$(CC)"

check-local: check-floors check-headers

lint: man/weir.1 man/weir-sources.7 man/weir-landings.7
	$(top_srcdir)/tests/lint/run "$(abs_top_builddir)"

format:
	$(top_srcdir)/tests/lint/check-format --mend
