/* Landings that Spark writes itself: the rows of one topic of Kafka, into a table that weir has made, by JDBC. The rows' keys are those of
 * weir's own landings: what is there already is passed over. Private to src/fabric. */
#ifndef WEIR_FABRIC_SPARK_LAND_H
#define WEIR_FABRIC_SPARK_LAND_H

#include "child.h"
#include "description.h"
#include "driver.h"

#include "weir/base/bounds.h"

struct weir_spark_landing {
	struct weir_uri uri; /* owned */
	const struct weir_spark_driver *driver;
	bool has_password;
};

struct weir_spark_landings {
	struct weir_spark_landing items[WEIR_MAX_LANDINGS];
	uint32_t n;
	json_t *
	    told; /* owned: of the first question, or of a job that was left: in force whatever is asked later; NULL: not yet */
};

/* One more. UNSUPPORTED: why Spark does not write there. */
enum weir_status weir_spark_landing_add(struct weir_spark_landings *l, const char *address,
					const struct weir_spark_master *master, const struct weir_spark_places *places,
					struct weir_spark_passwords *passwords, struct weir_error *err) WEIR_MUST_USE;
/* The part "landings" of a description: one reference for the caller. NULL: err says why. */
json_t *weir_spark_landings_describe(struct weir_spark_landings *l, const struct weir_spark_description *d,
				     struct weir_error *err);
bool weir_spark_landings_any(const struct weir_spark_landings *l);
void weir_spark_landings_release(struct weir_spark_landings *l);

#endif
