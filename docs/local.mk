# What is read, installed as it lies here, so that the links between the documents hold.
nobase_dist_doc_DATA = README.md CHANGELOG.md LICENSE \
	docs/adding-a-codec.md \
	docs/adding-a-panel.md \
	docs/adding-a-function.md \
	docs/adding-a-landing.md \
	docs/adding-a-source.md \
	docs/adding-a-theme.md \
	docs/adding-an-aggregate.md \
	docs/architecture.md \
	docs/avro.md \
	docs/benchmarks.md \
	docs/demo.md \
	docs/expressions.md \
	docs/hacking.md \
	docs/internals/capture.md \
	docs/internals/hot-path.md \
	docs/kafka.md \
	docs/landings.md \
	docs/scale.md \
	docs/screen.png \
	docs/security.md \
	docs/spark.md \
	docs/tour.md
