/* All kinds of sources: one line a kind, in the order of `weir --list sources`. A kind that this version or this build does
 * not have stays here with the reason, so that the list and the error for its address can give it. */
#include "config.h"

#include "weir/source/source.h"

/* The row of a kind is `weir_source_KIND`, in a file of its own. */
#define KINDS(X)                                                                                                       \
	X(file)                                                                                                        \
	X(stdin)                                                                                                       \
	X(tcp)                                                                                                         \
	X(tcp_listen)                                                                                                  \
	X(udp_listen)                                                                                                  \
	X(unix)                                                                                                        \
	X(exec)                                                                                                        \
	X(http)                                                                                                        \
	X(kafka)                                                                                                       \
	X(demo)                                                                                                        \
	X(kinesis)                                                                                                     \
	X(amqp)                                                                                                        \
	X(stomp)                                                                                                       \
	X(mysql)                                                                                                       \
	X(solr)                                                                                                        \
	X(kudu)                                                                                                        \
	X(mongodb)                                                                                                     \
	X(postgresql)                                                                                                  \
	X(sqlite)                                                                                                      \
	X(replay)

#define X(kind) extern const struct weir_source_ops weir_source_##kind;
KINDS(X)
#undef X

#define ABSENT(id, word, scheme_list, what, call, why)                                                                 \
	const struct weir_source_ops weir_source_##id = {                                                              \
	    .name = (word), .schemes = (scheme_list), .help = (what), .example = (call), .absent = (why)}
#ifndef WEIR_WITH_MONGODB
ABSENT(mongodb, "mongodb", "mongodb", "a collection in MongoDB: what is there, then new documents",
       "mongodb://user@host/db/orders",
       "MongoDB was left out of this build: libmongoc-dev was not found, or --without-mongodb was given");
#endif
#ifndef WEIR_WITH_CURL
ABSENT(solr, "solr", "solr", "a collection in Apache Solr: what is there, then new documents",
       "solr://127.0.0.1:8983/orders",
       "Solr was left out of this build: libcurl was not found (libcurl4-openssl-dev), or --without-curl was given");
ABSENT(kinesis, "kinesis", "kinesis", "an Amazon Kinesis stream; nothing is written to its account",
       "kinesis://eu-west-1/orders?from=-15m",
       "Kinesis was left out of this build: libcurl was not found (libcurl4-openssl-dev), or --without-curl was given");
ABSENT(http, "http", "http https", "a file, a body that does not end, or server-sent events, from a web server",
       "https://example.org/events?format=json",
       "HTTP was left out of this build: libcurl was not found (libcurl4-openssl-dev), or --without-curl was given");
#endif
#ifndef WEIR_WITH_AMQP
ABSENT(amqp, "amqp", "amqp amqps",
       "a topic or queue of a JMS broker, over AMQP 1.0; queues are browsed, never consumed",
       "amqps://host/topic/orders?durable=weir",
       "AMQP 1.0 was left out of this build: libqpid-proton11-dev was not found, or --without-amqp was given");
#endif
#ifndef WEIR_WITH_SQLITE
ABSENT(sqlite, "sqlite", "sqlite", "a table in an SQLite file: what is there, then new rows",
       "sqlite:orders.db?table=orders",
       "SQLite was left out of this build: libsqlite3-dev was not found, or --without-sqlite was given");
#endif
#ifndef WEIR_WITH_MYSQL
ABSENT(mysql, "mysql", "mysql mariadb singlestore",
       "a table in MariaDB, MySQL or SingleStore: what is there, then new rows", "mysql://user@host/db?table=orders",
       "MySQL was left out of this build: libmariadb-dev was not found, or --without-mysql was given");
#endif
#ifndef WEIR_WITH_POSTGRESQL
ABSENT(postgresql, "postgresql", "postgresql postgres", "a table in PostgreSQL: what is there, then new rows",
       "postgresql://user@host/db?table=orders",
       "PostgreSQL was left out of this build: libpq-dev was not found, or --without-postgresql was given");
#endif
#ifndef WEIR_WITH_KUDU
ABSENT(
    kudu, "kudu", "kudu", "a table in Apache Kudu: what is there, then new rows", "kudu://master1,master2/orders",
    "Kudu was left out of this build: libprotobuf-c-dev or protobuf-c-compiler was not found, or --without-kudu was given");
#endif
#ifndef WEIR_WITH_KAFKA
ABSENT(kafka, "kafka", "kafka", "Apache Kafka topics: joins no group, commits nothing, creates nothing",
       "kafka://127.0.0.1:9092/orders?from=-15m",
       "Kafka was left out of this build: librdkafka-dev was not found, or --without-kafka was given");
#endif

const struct weir_source_ops *const weir_source_table[] = {
#define X(kind) &weir_source_##kind,
    KINDS(X)
#undef X
	NULL};
