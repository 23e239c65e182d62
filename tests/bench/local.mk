# Bench programs; built by `make bench`, not by `make`.
EXTRA_DIST += tests/bench/tables
EXTRA_PROGRAMS += tests/bench/gen
tests_bench_gen_SOURCES = tests/bench/gen.c
tests_bench_gen_LDADD = -lm
# A Kinesis server of its own, from npm.
EXTRA_DIST += tests/bench/kinesis
.PHONY: bench-kinesis
bench-kinesis: weir tests/bench/gen tests/integration/kinesis/call
	$(top_srcdir)/tests/bench/kinesis . $(BENCH_KINESIS_FLAGS)
# What a job on Spark costs; docs/scale.md.
EXTRA_DIST += tests/bench/spark tests/bench/spark.py
.PHONY: bench-spark
bench-spark: weir
	$(top_srcdir)/tests/bench/spark .
EXTRA_PROGRAMS += tests/bench/feed
tests_bench_feed_SOURCES = tests/bench/feed.c
EXTRA_PROGRAMS += tests/bench/plan
tests_bench_plan_SOURCES = tests/bench/plan.c tests/bench/rows.h tests/bench/draw.h
tests_bench_plan_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS) -lm
EXTRA_PROGRAMS += tests/bench/why
tests_bench_why_SOURCES = tests/bench/why.c tests/bench/draw.h
tests_bench_why_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS) -lm
EXTRA_PROGRAMS += tests/bench/records
tests_bench_records_SOURCES = tests/bench/records.c tests/bench/rows.h tests/bench/draw.h
tests_bench_records_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS) -lm
EXTRA_PROGRAMS += tests/bench/decode
tests_bench_decode_SOURCES = tests/bench/decode.c
tests_bench_decode_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS)
EXTRA_PROGRAMS += tests/bench/kafka_read
tests_bench_kafka_read_SOURCES = tests/bench/kafka_read.c
tests_bench_kafka_read_LDADD = libcodec.a libsource.a libclient.a libcapture.a libmodel.a libbase.a $(OUTSIDE_LIBS)
EXTRA_PROGRAMS += tests/bench/jms_read
tests_bench_jms_read_SOURCES = tests/bench/jms_read.c
tests_bench_jms_read_LDADD = $(PROTON_LIBS)
EXTRA_DIST += tests/bench/jms
EXTRA_DIST += tests/bench/run tests/bench/peers tests/bench/screen tests/bench/terminal.py tests/bench/kafka tests/bench/kafka_avro tests/bench/agree

# `make bench` measures and prints docs/benchmarks.md's table; BENCH_ROWS for another size. Peers that are installed run
# beside weir in the same run; `tests/bench/peers install` fetches them into a cache folder.
bench: weir tests/bench/gen tests/bench/feed tests/bench/plan tests/bench/why tests/bench/records
	$(top_srcdir)/tests/bench/run --weir ./weir --gen tests/bench/gen --plan tests/bench/plan $(BENCH_FLAGS)
	$(top_srcdir)/tests/bench/screen --weir ./weir --gen tests/bench/gen --feed tests/bench/feed \
		--sample $(top_srcdir)/samples/web.ndjson $(BENCH_SCREEN_FLAGS)
	tests/bench/why
	@$(MAKE) --no-print-directory bench-kafka || echo "Kafka is left out: ./quickstart install-tools brings what it needs."
	@$(MAKE) --no-print-directory bench-jms || echo "JMS is left out: it needs libqpid-proton11-dev and ./quickstart install-tools."

# A real broker of its own; needs what `./quickstart install-tools` brings.
.PHONY: bench-kafka
bench-kafka: weir tests/bench/gen tests/bench/kafka_read tests/integration/kafka/topic tests/integration/registry/frames
	$(top_srcdir)/tests/bench/kafka . $(BENCH_KAFKA_FLAGS)
	$(top_srcdir)/tests/bench/kafka_avro . $(BENCH_AVRO_FLAGS)

# The same for JMS, in a build with qpid-proton.
.PHONY: bench-jms
bench-jms: weir tests/bench/gen tests/bench/jms_read
	$(top_srcdir)/tests/bench/jms . $(BENCH_JMS_FLAGS)
