# Failing allocation n, input cut at byte n.
EXTRA_PROGRAMS += tests/fault/alloc
tests_fault_alloc_SOURCES = tests/fault/alloc.c
tests_fault_alloc_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS)
EXTRA_DIST += tests/fault/run

fault: weir tests/fault/alloc
	$(top_srcdir)/tests/fault/run ./weir tests/fault/alloc $(top_srcdir)/samples
