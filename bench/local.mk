# Bench programs; built by `make bench`, not by `make`.
EXTRA_PROGRAMS += bench/gen
bench_gen_SOURCES = bench/gen.c
bench_gen_LDADD = -lm
EXTRA_PROGRAMS += bench/feed
bench_feed_SOURCES = bench/feed.c
EXTRA_PROGRAMS += bench/plan
bench_plan_SOURCES = bench/plan.c
bench_plan_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS) -lm
EXTRA_PROGRAMS += bench/decode
bench_decode_SOURCES = bench/decode.c
bench_decode_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS)
EXTRA_PROGRAMS += bench/kafka_read
bench_kafka_read_SOURCES = bench/kafka_read.c
bench_kafka_read_LDADD = libcodec.a libsource.a libclient.a libmodel.a libbase.a $(OUTSIDE_LIBS)
EXTRA_DIST += bench/run bench/peers bench/screen bench/terminal.py bench/kafka bench/agree

# `make bench` measures and prints docs/benchmarks.md's table; BENCH_ROWS for another size. Peers that are installed run
# beside weir in the same run; `bench/peers install` fetches them into a cache folder.
bench: weir bench/gen bench/feed bench/plan
	$(top_srcdir)/bench/run --weir ./weir --gen bench/gen --plan bench/plan $(BENCH_FLAGS)
	$(top_srcdir)/bench/screen --weir ./weir --gen bench/gen --feed bench/feed \
		--sample $(top_srcdir)/samples/web.ndjson $(BENCH_SCREEN_FLAGS)
	@$(MAKE) --no-print-directory bench-kafka || echo "Kafka is left out: ./quickstart install-tools brings what it needs."

# A real broker of its own; needs what `./quickstart install-tools` brings.
.PHONY: bench-kafka
bench-kafka: weir bench/gen bench/kafka_read tests/integration/kafka/topic
	$(top_srcdir)/bench/kafka . $(BENCH_KAFKA_FLAGS)
