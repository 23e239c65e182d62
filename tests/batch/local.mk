# Calls with their input and output, and the examples of the documents.
TESTS += tests/batch/channels tests/batch/run tests/batch/examples tests/batch/parts tests/batch/signals tests/batch/sources
EXTRA_DIST += tests/batch/avro_files tests/batch/channels tests/batch/run tests/batch/examples tests/batch/parts tests/batch/signals tests/batch/sources tests/batch/cases
check_PROGRAMS += tests/batch/peer
tests_batch_peer_SOURCES = tests/batch/peer.c
tests_batch_peer_LDADD =

.PHONY: batch-update
batch-update: weir$(EXEEXT)
	$(top_srcdir)/tests/batch/run --update
