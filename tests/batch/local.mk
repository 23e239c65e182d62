# Calls with their input and output, and the examples of the documents.
TESTS += tests/batch/channels tests/batch/run tests/batch/examples tests/batch/parts
EXTRA_DIST += tests/batch/avro_files tests/batch/channels tests/batch/run tests/batch/examples tests/batch/parts tests/batch/cases

.PHONY: batch-update
batch-update: weir$(EXEEXT)
	$(top_srcdir)/tests/batch/run --update
