/* Builds without librdkafka: there are no topics. */
#include "ends.h"
#include "topics.h"

const char *const weir_spark_topics_absent = "built without librdkafka, which carries its results";

enum weir_status weir_spark_topics_open(const char *brokers, const char *id, struct weir_log *log,
					struct weir_spark_topics **out, struct weir_error *err)
{
	(void)brokers, (void)id, (void)log;
	*out = NULL;
	return weir_fail(err, WEIR_UNSUPPORTED, "--fabric", "%s", weir_spark_topics_absent);
}

void weir_spark_topics_close(struct weir_spark_topics *t)
{
	(void)t;
}

const char *weir_spark_topics_results(const struct weir_spark_topics *t)
{
	(void)t;
	return "";
}

const char *weir_spark_topics_control(const struct weir_spark_topics *t)
{
	(void)t;
	return "";
}

enum weir_status weir_spark_topics_make(struct weir_spark_topics *t, struct weir_error *err)
{
	return weir_spark_topics_order(t, "", (struct weir_str){0}, err);
}

enum weir_status weir_spark_topics_remove(struct weir_spark_topics *t, struct weir_error *err)
{
	return weir_spark_topics_order(t, "", (struct weir_str){0}, err);
}

enum weir_status weir_spark_topics_order(struct weir_spark_topics *t, const char *key, struct weir_str value,
					 struct weir_error *err)
{
	(void)t, (void)key, (void)value;
	return weir_fail(err, WEIR_UNSUPPORTED, "--fabric", "%s", weir_spark_topics_absent);
}

enum weir_status weir_spark_topics_ordered(struct weir_spark_topics *t, const char *key, struct weir_buf *out,
					   struct weir_error *err)
{
	(void)out;
	return weir_spark_topics_order(t, key, (struct weir_str){0}, err);
}

int weir_spark_topics_read(struct weir_spark_topics *t, int64_t wait_us, weir_spark_message_visitor *visit, void *ctx,
			   struct weir_error *err)
{
	(void)t, (void)wait_us, (void)visit, (void)ctx;
	weir_fail(err, WEIR_UNSUPPORTED, "--fabric", "%s", weir_spark_topics_absent);
	return -1;
}

enum weir_status weir_spark_ends_open(const struct weir_uri *source, struct weir_log *log, struct weir_spark_ends **out,
				      struct weir_error *err)
{
	(void)source, (void)log;
	*out = NULL;
	return weir_fail(err, WEIR_UNSUPPORTED, "--fabric", "%s", weir_spark_topics_absent);
}

void weir_spark_ends_close(struct weir_spark_ends *e)
{
	(void)e;
}

int64_t weir_spark_ends_behind(struct weir_spark_ends *e, const struct weir_spark_place *places, size_t n)
{
	(void)e, (void)places, (void)n;
	return -1;
}
