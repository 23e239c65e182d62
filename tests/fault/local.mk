# Failing allocation n, input cut at byte n.
fault_sources = tests/fault/hook.c tests/fault/hook.h tests/fault/input.c tests/fault/input.h
EXTRA_PROGRAMS += tests/fault/alloc tests/fault/live
tests_fault_alloc_SOURCES = tests/fault/alloc.c $(fault_sources)
tests_fault_alloc_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS)
tests_fault_live_SOURCES = tests/fault/live.c tests/limit.h $(fault_sources)
tests_fault_live_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS)
EXTRA_DIST += tests/fault/run

fault: weir tests/fault/alloc tests/fault/live
	$(top_srcdir)/tests/fault/run ./weir tests/fault/alloc tests/fault/live $(top_srcdir)/samples
