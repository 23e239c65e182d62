/* The kinds of landings, in the order in which --list shows them. A new one is a file with its ops and one line here. */
#include "config.h"

#include "weir/landing/landing.h"

#define LANDINGS(LANDING)                                                                                              \
	LANDING(weir_landing_files)                                                                                    \
	LANDING(weir_landing_capture)                                                                                  \
	LANDING(weir_landing_kafka)                                                                                    \
	LANDING(weir_landing_mysql)                                                                                    \
	LANDING(weir_landing_solr)                                                                                     \
	LANDING(weir_landing_kudu)                                                                                     \
	LANDING(weir_landing_mongodb)                                                                                  \
	LANDING(weir_landing_postgresql)                                                                               \
	LANDING(weir_landing_sqlite)

#define DECLARE(ops) extern const struct weir_landing_ops ops;
LANDINGS(DECLARE)

#define ABSENT(id, kind, scheme, text, why)                                                                            \
	const struct weir_landing_ops weir_landing_##id = {                                                            \
	    .name = kind, .schemes = scheme, .help = text, .absent = why};
ABSENT(capture, "capture", "weir", "a capture that weir replays",
       "captures are of records as they arrive: --capture FILE")

#ifndef WEIR_WITH_KAFKA
const struct weir_landing_ops weir_landing_kafka = {
    .name = "kafka",
    .schemes = "kafka",
    .help = "a topic of Apache Kafka, a row a message, as JSON or Avro; each row at least once",
    .absent = "Kafka was left out of this build: librdkafka-dev was not found, or --without-kafka was given",
};
#endif

#ifndef WEIR_WITH_SQLITE
const struct weir_landing_ops weir_landing_sqlite = {
    .name = "sqlite",
    .schemes = "sqlite",
    .help = "tables of an SQLite file",
    .absent = "SQLite was left out of this build: libsqlite3-dev was not found, or --without-sqlite was given",
};
#endif

#ifndef WEIR_WITH_MYSQL
const struct weir_landing_ops weir_landing_mysql = {
    .name = "mysql",
    .schemes = "mysql mariadb singlestore",
    .help = "tables of MariaDB, MySQL or SingleStore; each row once, also where it is read again",
    .absent = "MySQL was left out of this build: libmariadb-dev was not found, or --without-mysql was given",
};
#endif

#ifndef WEIR_WITH_POSTGRESQL
const struct weir_landing_ops weir_landing_postgresql = {
    .name = "postgresql",
    .schemes = "postgresql postgres",
    .help = "tables of a PostgreSQL server; each row once, also where it is read again",
    .absent = "PostgreSQL was left out of this build: libpq-dev was not found, or --without-postgresql was given",
};
#endif
#ifndef WEIR_WITH_KUDU
const struct weir_landing_ops weir_landing_kudu = {
    .name = "kudu",
    .schemes = "kudu",
    .help = "tables in Apache Kudu",
    .absent = "Kudu was left out of this build: libprotobuf-c-dev or protobuf-c-compiler was not found, or "
	      "--without-kudu was given",
};
#endif

#ifndef WEIR_WITH_MONGODB
const struct weir_landing_ops weir_landing_mongodb = {
    .name = "mongodb",
    .schemes = "mongodb",
    .help = "documents of a MongoDB collection; each row once, also where it is read again",
    .absent = "MongoDB was left out of this build: libmongoc-dev was not found, or --without-mongodb was given",
};
#endif

#ifndef WEIR_WITH_CURL
const struct weir_landing_ops weir_landing_solr = {
    .name = "solr",
    .schemes = "solr",
    .help = "documents of a collection in Apache Solr",
    .absent =
	"Solr was left out of this build: libcurl was not found (libcurl4-openssl-dev), or --without-curl was given",
};
#endif

#define LIST(ops) &(ops),
const struct weir_landing_ops *const weir_landing_table[] = {LANDINGS(LIST) NULL};
