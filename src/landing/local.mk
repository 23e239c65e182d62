noinst_LIBRARIES += liblanding.a
liblanding_a_SOURCES = \
	src/landing/fields.c \
	src/landing/fields.h \
	src/landing/hash.c \
	src/landing/hash.h \
	src/landing/options.c \
	src/landing/options.h \
	src/landing/common.c \
	src/landing/landing.c \
	src/landing/origin.h \
	src/landing/table.c \
	src/landing/files/files.c \
	src/landing/files/files.h \
	src/landing/files/names.c \
	src/landing/files/part.c \
	src/landing/queue/aside.c \
	src/landing/queue/line.c \
	src/landing/queue/queue.c \
	src/landing/queue/queue.h \
	src/landing/queue/record.c \
	src/landing/queue/rows.c \
	src/landing/queue/spill.c \
	src/landing/queue/thread.c \
	src/landing/sql/landing.c \
	src/landing/sql/merge.c \
	src/landing/sql/plan.c \
	src/landing/sql/rows.c \
	src/landing/sql/segment.c \
	src/landing/sql/sql.h \
	src/landing/sql/table.c
if WITH_KAFKA
liblanding_a_SOURCES += \
	src/landing/kafka/avro.c \
	src/landing/kafka/client.c \
	src/landing/kafka/flight.c \
	src/landing/kafka/kafka.c \
	src/landing/kafka/kafka.h \
	src/landing/kafka/rows.c \
	src/landing/kafka/topics.c
endif
if WITH_MYSQL
liblanding_a_SOURCES += \
	src/landing/mysql/ddl.c \
	src/landing/mysql/load.c \
	src/landing/mysql/mysql.c \
	src/landing/mysql/mysql.h \
	src/landing/mysql/rows.c
endif
if WITH_POSTGRESQL
liblanding_a_SOURCES += \
	src/landing/postgresql/copy.c \
	src/landing/postgresql/ddl.c \
	src/landing/postgresql/postgresql.c \
	src/landing/postgresql/postgresql.h \
	src/landing/postgresql/rows.c
endif
if WITH_SQLITE
liblanding_a_SOURCES += \
	src/landing/sqlite/rows.c \
	src/landing/sqlite/sqlite.c \
	src/landing/sqlite/sqlite.h \
	src/landing/sqlite/table.c
endif
if WITH_CURL
liblanding_a_SOURCES += \
	src/landing/solr/documents.c \
	src/landing/solr/schema.c \
	src/landing/solr/send.c \
	src/landing/solr/solr.c \
	src/landing/solr/solr.h
endif
if WITH_KUDU
liblanding_a_SOURCES += \
	src/landing/kudu/kudu.c \
	src/landing/kudu/kudu.h \
	src/landing/kudu/rows.c \
	src/landing/kudu/same.c \
	src/landing/kudu/table.c
endif
if WITH_MONGODB
liblanding_a_SOURCES += \
	src/landing/mongodb/collection.c \
	src/landing/mongodb/documents.c \
	src/landing/mongodb/mongodb.c \
	src/landing/mongodb/mongodb.h \
	src/landing/mongodb/send.c
endif
