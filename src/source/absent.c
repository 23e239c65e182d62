/* Sources that this version names and does not have. Each stays in the table with its reason, so that `--list sources`
 * and the error for its address can say it. */
#include "config.h"

#include "weir/source/source.h"

#define ABSENT(id, word, scheme_list, what, call, why)                                                                 \
	extern const struct weir_source_ops weir_source_##id;                                                          \
	const struct weir_source_ops weir_source_##id = {                                                              \
	    .name = (word), .schemes = (scheme_list), .help = (what), .example = (call), .absent = (why)}

ABSENT(kinesis, "kinesis", "kinesis", "an Amazon Kinesis stream", "kinesis://eu-west-1/orders",
       "Kinesis is not in this version");
ABSENT(amqp, "amqp", "amqp amqps", "a topic or queue of a JMS broker, over AMQP 1.0", "amqp://host/topic/orders",
       "AMQP 1.0 is not in this version");
ABSENT(stomp, "stomp", "stomp", "a topic or queue of a JMS broker, over STOMP", "stomp://host/topic/orders",
       "STOMP is not in this version");
ABSENT(mysql, "mysql", "mysql", "a landing area in MySQL, MariaDB or SingleStore, read back", "mysql://host/db/orders",
       "reading back from MySQL is not in this version");
ABSENT(solr, "solr", "solr", "a landing area in Apache Solr, read back", "solr://host/orders",
       "reading back from Solr is not in this version");
ABSENT(kudu, "kudu", "kudu", "a landing area in Apache Kudu, read back", "kudu://host/orders",
       "reading back from Kudu is not in this version");
ABSENT(mongodb, "mongodb", "mongodb", "a landing area in MongoDB, read back", "mongodb://host/db/orders",
       "reading back from MongoDB is not in this version");
ABSENT(sqlite, "sqlite", "sqlite", "a landing area in an SQLite file, read back", "sqlite:orders.db?table=orders",
       "reading back from SQLite is not in this version");
ABSENT(capture, "capture", "capture", "a capture that weir wrote, replayed", "orders.weir",
       "captures are not in this version");
#ifndef WEIR_WITH_KAFKA
ABSENT(kafka, "kafka", "kafka", "topics of Apache Kafka, read with assign(): no group is joined, nothing is committed",
       "kafka://127.0.0.1:9092/orders?from=-15m",
       "Kafka was left out of this build: librdkafka-dev was not found, or --without-kafka was given");
#endif
