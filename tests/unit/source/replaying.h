/* What the tests of captures as sources share: opening one, reading as far as it goes, and what its status says then. */
#ifndef TESTS_UNIT_SOURCE_REPLAYING_H
#define TESTS_UNIT_SOURCE_REPLAYING_H

#include "../capture/blocks.h"

#include "weir/client/registry.h"
#include "weir/source/source.h"

struct replayed {
	struct weir_source *source;
	unsigned lines, chunks;
	int64_t first_us, last_us;
	uint64_t lost;
	char unread[200];
	struct weir_error err;
};

static inline enum weir_status start_with(struct replayed *r, const char *path, const char *name, const char *value,
					  struct weir_registry *registry)
{
	struct weir_param params[] = {{(char *)(uintptr_t)name, (char *)(uintptr_t)value}};
	struct weir_source_config c = {.clock = &weir_clock_system, .stdin_fd = -1, .registry = registry};

	*r = (struct replayed){0};
	c.uri = (struct weir_uri){.scheme = (char *)(uintptr_t) "file",
				  .path = (char *)(uintptr_t)path,
				  .params = params,
				  .n_params = name ? 1 : 0};
	return weir_source_open(&c, &r->source, &r->err);
}

static inline enum weir_status start(struct replayed *r, const char *path, const char *name, const char *value)
{
	return start_with(r, path, name, value, NULL);
}

/* As far as it goes now. */
static inline enum weir_status read_on(struct replayed *r)
{
	struct weir_chunk c;
	enum weir_status st;

	while ((st = weir_source_poll(r->source, 0, &c, &r->err)) == WEIR_OK) {
		assert_true(c.recorded && c.idle);
		for (size_t i = 0; i + LINE_BYTES <= c.size; i += LINE_BYTES)
			r->lines++;
		if (c.size && !r->chunks++)
			r->first_us = c.arrival_us;
		r->last_us = c.size ? c.arrival_us : r->last_us;
		c.bytes += c.size;
		c.offset += c.size;
		c.size = 0;
		weir_source_consume(r->source, &c);
	}
	return st;
}

static inline void finish(struct replayed *r)
{
	struct weir_source_status s;

	weir_source_status(r->source, &s);
	for (uint32_t i = 0; i < weir_partitions_count(s.partitions); i++)
		r->lost += weir_partitions_get(s.partitions, i)->lost;
	snprintf(r->unread, sizeof r->unread, "%s", s.unread);
	weir_source_close(r->source);
}

#endif
