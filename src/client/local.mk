noinst_LIBRARIES += libclient.a
libclient_a_SOURCES = \
	src/client/described.c \
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
