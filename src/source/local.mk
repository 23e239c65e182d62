noinst_LIBRARIES += libsource.a
libsource_a_SOURCES = \
	src/source/away.c \
	src/source/away.h \
	src/source/backoff.h \
	src/source/byte_window.c \
	src/source/byte_window.h \
	src/source/bytes.c \
	src/source/bytes.h \
	src/source/bytes_fill.c \
	src/source/capture/capture.h \
	src/source/capture/continued.c \
	src/source/capture/damage.c \
	src/source/capture/open.c \
	src/source/capture/replay.c \
	src/source/capture/runs.c \
	src/source/capture/schemas.c \
	src/source/capture/streams.c \
	src/source/cells.c \
	src/source/cells.h \
	src/source/demo/demo.c \
	src/source/demo/demo.h \
	src/source/demo/generator.c \
	src/source/demo/orders.c \
	src/source/demo/sensors.c \
	src/source/demo/web.c \
	src/source/file.c \
	src/source/inflate.c \
	src/source/inflate.h \
	src/source/jms/amqp_message.c \
	src/source/jms/amqp_value.c \
	src/source/jms/amqp_value.h \
	src/source/jms/connection.c \
	src/source/jms/jms.c \
	src/source/jms/jms.h \
	src/source/jms/json.c \
	src/source/jms/seen.c \
	src/source/jms/stomp.c \
	src/source/jms/stomp.h \
	src/source/jms/stomp_frame.c \
	src/source/jms/stomp_io.c \
	src/source/jms/take.c \
	src/source/listen/frame.c \
	src/source/listen/listen.c \
	src/source/listen/listen.h \
	src/source/listen/tcp.c \
	src/source/listen/udp.c \
	src/source/partitioned/fetch_thread.c \
	src/source/partitioned/partitioned.c \
	src/source/partitioned/partitioned.h \
	src/source/partitioned/poll.c \
	src/source/partitioned/position.c \
	src/source/partitioned/set.c \
	src/source/partitioned/trouble.c \
	src/source/peer/exec.c \
	src/source/peer/peer.c \
	src/source/peer/peer.h \
	src/source/peer/tcp.c \
	src/source/peer/unix.c \
	src/source/progress.c \
	src/source/pushdown.c \
	src/source/pushdown.h \
	src/source/progress.h \
	src/source/recode.c \
	src/source/recode.h \
	src/source/source.c \
	src/source/stdin.c \
	src/source/table.c \
	src/source/uri_params.c \
	src/source/uri_params.h
if WITH_CURL
libsource_a_SOURCES += \
	src/source/http/body.c \
	src/source/http/events.c \
	src/source/http/http.c \
	src/source/http/http.h \
	src/source/http/request.c \
	src/source/kinesis/aggregate.c \
	src/source/kinesis/call.c \
	src/source/kinesis/endpoint.c \
	src/source/kinesis/fetch.c \
	src/source/kinesis/kinesis.c \
	src/source/kinesis/kinesis.h \
	src/source/kinesis/login.c \
	src/source/kinesis/place.c \
	src/source/kinesis/records.c \
	src/source/kinesis/role.c \
	src/source/kinesis/shards.c \
	src/source/solr/fields.c \
	src/source/solr/leaves.c \
	src/source/solr/rows.c \
	src/source/solr/seen.c \
	src/source/solr/solr.c \
	src/source/solr/solr.h
endif
if WITH_MYSQL
libsource_a_SOURCES += \
	src/source/mysql/columns.c \
	src/source/mysql/group.c \
	src/source/mysql/gaps.c \
	src/source/mysql/leaves.c \
	src/source/mysql/mysql.c \
	src/source/mysql/mysql.h \
	src/source/mysql/rows.c
endif
if WITH_MONGODB
libsource_a_SOURCES += \
	src/source/mongodb/changes.c \
	src/source/mongodb/documents.c \
	src/source/mongodb/find.c \
	src/source/mongodb/mongodb.c \
	src/source/mongodb/mongodb.h \
	src/source/mongodb/position.c \
	src/source/mongodb/seen.c \
	src/source/mongodb/values.c
endif
if WITH_POSTGRESQL
libsource_a_SOURCES += \
	src/source/postgresql/columns.c \
	src/source/postgresql/group.c \
	src/source/postgresql/leaves.c \
	src/source/postgresql/postgresql.c \
	src/source/postgresql/postgresql.h \
	src/source/postgresql/rows.c \
	src/source/postgresql/steps.c
endif
if WITH_KUDU
libsource_a_SOURCES += \
	src/source/kudu/bounds.c \
	src/source/kudu/columns.c \
	src/source/kudu/kudu.c \
	src/source/kudu/kudu.h \
	src/source/kudu/origins.c \
	src/source/kudu/position.c \
	src/source/kudu/rounds.c \
	src/source/kudu/rows.c
endif
if WITH_AMQP
libsource_a_SOURCES += \
	src/source/jms/amqp.c \
	src/source/jms/amqp.h \
	src/source/jms/amqp_fail.c \
	src/source/jms/amqp_link.c \
	src/source/jms/amqp_login.c \
	src/source/jms/amqp_source.c
endif
if WITH_SQLITE
libsource_a_SOURCES += \
	src/source/sqlite/ask.c \
	src/source/sqlite/columns.c \
	src/source/sqlite/group.c \
	src/source/sqlite/sqlite.c \
	src/source/sqlite/sqlite.h
endif
if WITH_KAFKA
libsource_a_SOURCES += \
	src/source/kafka/brokers.c \
	src/source/kafka/doubts.c \
	src/source/kafka/fetch.c \
	src/source/kafka/find.c \
	src/source/kafka/kafka.c \
	src/source/kafka/kafka.h \
	src/source/kafka/messages.c \
	src/source/kafka/partitions.c \
	src/source/kafka/topics.c
endif
