/* The landing areas that weir will know, each with the reason why it is not here yet. */
#include "weir/landing/landing.h"

#define LATER "landing areas are not in this version"

static const struct weir_landing_ops file = {"file", "file", "a file of JSON, CSV or Avro", LATER};
static const struct weir_landing_ops capture = {"capture", "weir", "a capture that weir replays", LATER};
static const struct weir_landing_ops kafka = {"kafka", "kafka", "a Kafka topic", LATER};
static const struct weir_landing_ops mysql = {"mysql", "mysql", "a MySQL or SingleStore table", LATER};
static const struct weir_landing_ops solr = {"solr", "solr", "a Solr collection", LATER};
static const struct weir_landing_ops kudu = {"kudu", "kudu", "a Kudu table", LATER};
static const struct weir_landing_ops mongodb = {"mongodb", "mongodb", "a MongoDB collection", LATER};
static const struct weir_landing_ops sqlite = {"sqlite", "sqlite", "an SQLite table", LATER};

const struct weir_landing_ops *const weir_landing_table[] = {&file, &capture, &kafka, &mysql, &solr, &kudu, &mongodb, &sqlite, NULL};
