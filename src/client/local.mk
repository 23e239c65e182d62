noinst_LIBRARIES += libclient.a
libclient_a_SOURCES = \
	src/client/described.c \
	src/client/escaped.c \
	src/client/registry.c \
	src/client/registry_address.c \
	src/client/registry_read.c \
	src/client/secret.c
if WITH_MYSQL
libclient_a_SOURCES += src/client/mysql.c
endif
if WITH_CURL
libclient_a_SOURCES += \
	src/client/curl.c \
	src/client/http.c \
	src/client/solr.c \
	src/client/solr_fields.c
endif
if WITH_KAFKA
libclient_a_SOURCES += \
	src/client/kafka.c \
	src/client/kafka_address.c \
	src/client/kafka_reason.c
endif
if WITH_SQLITE
libclient_a_SOURCES += \
	src/client/sqlite.c
endif
if WITH_POSTGRESQL
libclient_a_SOURCES += \
	src/client/postgres.c \
	src/client/postgres_address.c \
	src/client/postgres_wait.c \
	src/client/postgres_wait.h
endif
if WITH_MONGODB
libclient_a_SOURCES += \
	src/client/mongodb.c \
	src/client/mongodb_address.c \
	src/client/mongodb_cursor.c \
	src/client/mongodb_fields.c \
	src/client/mongodb_stream.c \
	src/client/mongodb_stream.h
endif
if WITH_KUDU
libclient_a_SOURCES += \
	src/client/kudu/block.c \
	src/client/kudu/cluster.c \
	src/client/kudu/connection.c \
	src/client/kudu/cursor.c \
	src/client/kudu/cursor.h \
	src/client/kudu/description.c \
	src/client/kudu/division.c \
	src/client/kudu/frame.c \
	src/client/kudu/kudu.h \
	src/client/kudu/make.c \
	src/client/kudu/moment.c \
	src/client/kudu/negotiate.c \
	src/client/kudu/ordered.c \
	src/client/kudu/scan.c \
	src/client/kudu/table.c \
	src/client/kudu/write.c
nodist_libclient_a_SOURCES = src/client/kudu/wire.pb-c.c
$(libclient_a_OBJECTS): src/client/kudu/wire.pb-c.h
src/client/kudu/wire.pb-c.h: src/client/kudu/wire.pb-c.c
	@test -f $@ || { rm -f $<; $(MAKE) $<; }
src/client/kudu/wire.pb-c.c: src/client/kudu/wire.proto
	@$(MKDIR_P) src/client/kudu
	$(AM_V_GEN)$(PROTOC_C) --proto_path=$(srcdir)/src/client/kudu --c_out=src/client/kudu wire.proto
BUILT_SOURCES += src/client/kudu/wire.pb-c.c
CLEANFILES += src/client/kudu/wire.pb-c.c src/client/kudu/wire.pb-c.h
endif
EXTRA_DIST += src/client/kudu/wire.proto
