/* What the tests of sources share: an address built by hand, and a reader that behaves as the pipeline does: takes
 * whole lines, leaves halves, and keeps all it took. */
#ifndef TESTS_UNIT_SOURCE_READING_H
#define TESTS_UNIT_SOURCE_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "weir/source/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether sources are opened for reading ahead, and do so between hand-out and consume. */
static bool reading_ahead;

struct reading {
	struct weir_source *source;
	struct weir_buf text; /* all that was taken */
	struct weir_error err;
	enum weir_status last;
	uint64_t begin;           /* offset that the first byte must have */
	size_t n_chunks, largest; /* hand-outs; bytes of the largest */
	unsigned n_restarts;
	bool saw_end, saw_full;
};

/* "name=value" parameters, NULL-terminated. */
static inline enum weir_status reading_open(struct reading *r, const char *scheme, const char *path,
					    const char *const *params)
{
	struct weir_param list[16];
	struct weir_source_config config = {.clock = &weir_clock_system, .stdin_fd = -1, .ahead = reading_ahead};
	size_t n = 0;

	*r = (struct reading){0};
	for (; params && params[n]; n++) {
		const char *eq = strchr(params[n], '=');
		list[n].name = strndup(params[n], (size_t)(eq - params[n]));
		list[n].value = strdup(eq + 1);
	}
	config.uri = (struct weir_uri){
	    .scheme = (char *)(uintptr_t)scheme, .path = (char *)(uintptr_t)path, .params = list, .n_params = n};
	r->last = weir_source_open(&config, &r->source, &r->err);
	while (n--) {
		free(list[n].name);
		free(list[n].value);
	}
	return r->last;
}

/* By an address as a person writes it. */
static inline enum weir_status reading_open_address(struct reading *r, const char *address, bool live,
						    struct weir_log *log)
{
	struct weir_source_config config = {.clock = &weir_clock_system, .stdin_fd = -1, .live = live, .log = log};

	*r = (struct reading){0};
	r->last = weir_uri_parse(weir_str_of(address), false, &config.uri, &r->err);
	if (r->last == WEIR_OK)
		r->last = weir_source_open(&config, &r->source, &r->err);
	weir_uri_release(&config.uri);
	return r->last;
}

static inline enum weir_status reading_open_fd(struct reading *r, int fd, bool live)
{
	struct weir_source_config config = {
	    .clock = &weir_clock_system, .stdin_fd = fd, .live = live, .ahead = reading_ahead};

	*r = (struct reading){0};
	config.uri = (struct weir_uri){.scheme = (char *)(uintptr_t) "stdin", .path = (char *)(uintptr_t) ""};
	return r->last = weir_source_open(&config, &r->source, &r->err);
}

/* What was handed out stays where it is and as it is. */
static inline void reading_read_ahead(struct reading *r, const struct weir_chunk *c)
{
	char *before = c->size ? malloc(c->size) : NULL;

	if (before)
		memcpy(before, c->bytes, c->size);
	weir_source_ahead(r->source);
	if (before)
		assert_memory_equal(before, c->bytes, c->size);
	free(before);
}

/* One poll; takes the whole lines of what comes (all of it at the end). */
static inline enum weir_status reading_step(struct reading *r, int64_t timeout_us)
{
	struct weir_chunk c = {0};

	r->last = weir_source_poll(r->source, timeout_us, &c, &r->err);
	if (r->last != WEIR_OK)
		return r->last;
	r->n_chunks++;
	r->largest = c.size > r->largest ? c.size : r->largest;
	r->saw_end = c.at_end;
	r->n_restarts += c.restarts;
	r->saw_full |= c.full;
	assert_int_equal(c.offset, r->begin + r->text.size);
	if (reading_ahead)
		reading_read_ahead(r, &c);
	const char *line_end = c.size ? memrchr(c.bytes, '\n', c.size) : NULL;
	size_t take = c.at_end || c.full ? c.size : line_end ? (size_t)(line_end - c.bytes) + 1 : 0;
	weir_buf_add(&r->text, c.bytes, take);
	c.bytes += take;
	c.size -= take;
	weir_source_consume(r->source, &c);
	return WEIR_OK;
}

static inline enum weir_status reading_all(struct reading *r)
{
	while (reading_step(r, 1000000) == WEIR_OK)
		;
	return r->last;
}

static inline void reading_close(struct reading *r)
{
	weir_source_close(r->source);
	weir_buf_release(&r->text);
	r->source = NULL;
}

static inline enum weir_source_state reading_state(struct reading *r)
{
	static struct weir_source_status st;

	weir_source_status(r->source, &st);
	return st.state;
}

/* A folder of the test's own; remove it with folder_remove. */
static char folder[64];
static char folder_path[128];

static inline void folder_make(void)
{
	strcpy(folder, "weir-source-XXXXXX");
	assert_non_null(mkdtemp(folder));
}
static inline const char *in_folder(const char *name)
{
	snprintf(folder_path, sizeof folder_path, "%s/%s", folder, name);
	return folder_path;
}
static inline void folder_remove(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
}
static inline void write_file(const char *path, const void *bytes, size_t size)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	fclose(f);
}

#endif
