/* Reading what --fabric says of Spark. */
#include "master.h"

#include <stdio.h>
#include <stdlib.h>

enum { TRIGGER_US = 1000000, LEAST_TRIGGER_US = 10000, MOST_TRIGGER_US = 600000000 };

const struct weir_uri_option weir_spark_options[] = {
    {"brokers", "HOST:PORT,…", "the Kafka brokers that carry results and orders (those of the first kafka:// source)"},
    {"checkpoint", "URI",
     "a folder that all workers reach, for the state of a stream (local masters: a temporary one)"},
    {"trigger", "DURATION", "how often a stream is counted (1s)"},
    {"jars", "FILE,…", "more jars for Spark, such as its Kafka connector"},
    {"packages", "COORDINATES,…", "the same by Maven coordinates, which Spark fetches"},
    {"deploy-mode", "client|cluster", "where the driver runs (client)"},
    {"spark.PROPERTY", "VALUE", "any property of Spark: spark.executor.memory=2g, …"},
    {"kafka.PROPERTY", "VALUE", "any property of Kafka's Java client, for results and orders"},
    {NULL, NULL, NULL},
};

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

bool weir_spark_is_master(const char *text)
{
	static const char *const kinds[] = {"local[", "spark://", "k8s://", "mesos://", "yarn"};

	for (size_t i = 0; text && i < sizeof kinds / sizeof *kinds; i++)
		if (begins(text, kinds[i]))
			return strcmp(kinds[i], "yarn") != 0 || text[4] == '\0' || text[4] == '?' || text[4] == '-';
	return false;
}

const char *weir_spark_param(const struct weir_spark_master *m, const char *name)
{
	return weir_uri_param(&m->params, name);
}

static bool is_listed(const char *name)
{
	for (const struct weir_uri_option *o = weir_spark_options; o->name; o++)
		if (strcmp(o->name, name) == 0)
			return true;
	return (begins(name, "spark.") && name[6]) || (begins(name, "kafka.") && name[6]);
}

static enum weir_status unknown(const char *name, struct weir_error *err)
{
	struct weir_str names[16];
	size_t n = 0;

	for (const struct weir_uri_option *o = weir_spark_options; o->name && n < 16; o++)
		names[n++] = weir_str_of(o->name);
	int near = weir_nearest(weir_str_of(name), names, n);
	weir_fail(err, WEIR_USAGE, "--fabric", "unknown parameter %s=", name);
	if (near >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "=?", WEIR_STR_ARG(names[near]));
	else
		weir_error_hint(err,
				"brokers, checkpoint, trigger, jars, packages, deploy-mode, spark.… and kafka.… there "
				"are");
	return WEIR_USAGE;
}

static enum weir_status check(struct weir_spark_master *m, struct weir_error *err)
{
	const char *trigger = weir_spark_param(m, "trigger"), *mode = weir_spark_param(m, "deploy-mode");

	for (size_t i = 0; i < m->params.n_params; i++) {
		const struct weir_param *p = &m->params.params[i];
		if (!is_listed(p->name))
			return unknown(p->name, err);
		for (size_t k = 0; k < i; k++)
			if (strcmp(m->params.params[k].name, p->name) == 0)
				return weir_fail(err, WEIR_USAGE, "--fabric", "%s= is given twice", p->name);
	}
	m->trigger_us = TRIGGER_US;
	if (trigger && (!weir_parse_duration_us(weir_str_of(trigger), &m->trigger_us) ||
			m->trigger_us < LEAST_TRIGGER_US || m->trigger_us > MOST_TRIGGER_US)) {
		weir_fail(err, WEIR_USAGE, "--fabric", "trigger=%s is no duration from 10ms to 10m", trigger);
		return WEIR_USAGE;
	}
	if (mode && strcmp(mode, "client") != 0 && strcmp(mode, "cluster") != 0)
		return weir_fail(err, WEIR_USAGE, "--fabric", "deploy-mode=%s is neither client nor cluster", mode);
	return WEIR_OK;
}

enum weir_status weir_spark_master_parse(const char *text, struct weir_spark_master *out, struct weir_error *err)
{
	struct weir_str params, master = weir_str_cut(weir_str_of(text), '?', &params);
	struct weir_buf address = {0};

	*out = (struct weir_spark_master){.trigger_us = TRIGGER_US};
	out->local = begins(text, "local[");
	if (!master.size || (out->local && master.data[master.size - 1] != ']')) {
		weir_fail(err, WEIR_USAGE, "--fabric", WEIR_STR_FMT " is no master of Spark", WEIR_STR_ARG(master));
		weir_error_hint(err, "such as local[2], local[*], spark://HOST:7077, yarn or k8s://https://HOST:PORT");
		return WEIR_USAGE;
	}
	weir_buf_add_c(&address, "demo:spark?");
	weir_buf_add_str(&address, params);
	out->master = weir_str_dup(master);
	enum weir_status st = address.failed || !out->master
				  ? weir_fail(err, WEIR_NO_MEMORY, "--fabric", "out of memory")
				  : weir_uri_parse(weir_buf_str(&address), false, &out->params, err);
	weir_buf_release(&address);
	return st == WEIR_OK ? check(out, err) : st;
}

void weir_spark_master_release(struct weir_spark_master *m)
{
	free(m->master);
	weir_uri_release(&m->params);
	*m = (struct weir_spark_master){0};
}
