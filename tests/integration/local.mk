# Tests against real servers; built and run by `make integration` only, all of them or those in SUITES.
EXTRA_DIST += tests/integration/run tests/integration/capture/test tests/integration/disk/test tests/integration/kafka/broker tests/integration/kafka/land tests/integration/kafka/readme tests/integration/kafka/record tests/integration/kafka/screen.py tests/integration/kafka/test tests/integration/kafka/pom.xml
EXTRA_DIST += tests/integration/asked
EXTRA_DIST += tests/integration/registry/records tests/integration/registry/registry tests/integration/registry/test
EXTRA_DIST += tests/integration/registry/land tests/integration/registry/records tests/integration/registry/registry tests/integration/registry/test
EXTRA_DIST += tests/integration/kinesis/host.js tests/integration/kinesis/package.json tests/integration/kinesis/server tests/integration/kinesis/test
EXTRA_DIST += tests/integration/moto/keys.py tests/integration/moto/server tests/integration/moto/test
EXTRA_DIST += tests/integration/scenario/test
integration_tools = tests/integration/scenario/part
EXTRA_PROGRAMS += tests/integration/scenario/part
tests_integration_scenario_part_SOURCES = tests/integration/scenario/part.c
tests_integration_scenario_part_LDADD =
EXTRA_DIST += tests/integration/mysql/server tests/integration/mysql/test
EXTRA_DIST += tests/integration/mongodb/Host.java tests/integration/mongodb/pom.xml tests/integration/mongodb/server tests/integration/mongodb/test
EXTRA_DIST += tests/integration/postgresql/server tests/integration/postgresql/test
EXTRA_DIST += tests/integration/solr/Node.java tests/integration/solr/conf/managed-schema.xml tests/integration/solr/conf/solrconfig.xml tests/integration/solr/pom.xml tests/integration/solr/server tests/integration/solr/test
EXTRA_DIST += tests/integration/jms/Put.java tests/integration/jms/artemis/Host.java tests/integration/jms/artemis/pom.xml
EXTRA_DIST += tests/integration/jms/classic/Host.java tests/integration/jms/classic/pom.xml tests/integration/jms/server tests/integration/jms/test
EXTRA_DIST += tests/integration/spark/agreement.py tests/integration/spark/data.py tests/integration/spark/differ.py tests/integration/spark/expressions.py tests/integration/spark/readers.py tests/integration/spark/test tests/integration/spark/views.py
EXTRA_DIST += tests/integration/kudu/read tests/integration/kudu/server tests/integration/kudu/test
EXTRA_DIST += tests/integration/spark/pom.xml tests/integration/spark/server
EXTRA_DIST += demo/start demo/stop tests/integration/demo/pictures.py tests/integration/demo/test
EXTRA_DIST += tests/job/test_pure.py tests/job/test_session.py tests/integration/spark-job/harness.py tests/integration/spark-job/job.py tests/integration/spark-job/test
EXTRA_DIST += tests/integration/spark/counted.py
EXTRA_DIST += tests/integration/spark-fabric/test tests/integration/spark-tables/test
integration_tools += tests/integration/spark/partials
EXTRA_PROGRAMS += tests/integration/spark/partials
tests_integration_spark_partials_SOURCES = tests/integration/spark/partials.c
tests_integration_spark_partials_LDADD = libquery.a libbuffer.a libmodel.a libbase.a $(OUTSIDE_LIBS)
if WITH_KAFKA
integration_tools += tests/integration/registry/frames
integration_tools += tests/integration/kafka/topic tests/integration/kafka/read tests/integration/kafka/proxy
endif
if WITH_CURL
integration_tools += tests/integration/kinesis/call
endif
if WITH_MONGODB
integration_tools += tests/integration/mongodb/ask
endif
EXTRA_PROGRAMS += tests/integration/mongodb/ask
tests_integration_mongodb_ask_SOURCES = tests/integration/mongodb/ask.c
tests_integration_mongodb_ask_LDADD = $(MONGOC_LIBS)
EXTRA_PROGRAMS += tests/integration/kinesis/call
tests_integration_kinesis_call_SOURCES = tests/integration/kinesis/call.c
tests_integration_kinesis_call_LDADD = $(CURL_LIBS) $(JANSSON_LIBS)
EXTRA_PROGRAMS += tests/integration/kafka/topic tests/integration/kafka/read tests/integration/kafka/proxy
EXTRA_PROGRAMS += tests/integration/registry/frames
tests_integration_registry_frames_SOURCES = tests/integration/registry/frames.c
tests_integration_registry_frames_LDADD = $(RDKAFKA_LIBS)
tests_integration_kafka_proxy_SOURCES = tests/integration/kafka/proxy.c
tests_integration_kafka_proxy_LDADD =
tests_integration_kafka_topic_SOURCES = tests/integration/kafka/topic.c
tests_integration_kafka_topic_LDADD = $(RDKAFKA_LIBS)
tests_integration_kafka_read_SOURCES = tests/integration/kafka/read.c
tests_integration_kafka_read_LDADD = libsource.a libclient.a libcapture.a libmodel.a libbase.a $(OUTSIDE_LIBS)

integration: weir $(integration_tools)
	$(top_srcdir)/tests/integration/run . $(SUITES)
