/* --capture: the writer that all streams of a call share, and what it says of itself. */
#include "engine.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool same_file(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 && S_ISREG(one.st_mode) && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

/* A file that is read and written at once would never end. What continues it (continue=) is another thing: what is in it already is not
 * captured again. */
static enum weir_status check_sources(struct weir_pipeline *p, const char *path, struct weir_error *err)
{
	for (uint32_t i = 0; i < p->n_streams; i++) {
		struct weir_stream *s = &p->streams[i];
		const char *continued = weir_uri_param(&s->uri, "continue");
		if (weir_uri_is_file(&s->uri) && !continued && same_file(path, s->uri.path))
			return weir_fail(err, WEIR_USAGE, "--capture", "%s is read and cannot be written at once",
					 path);
		if (weir_source_is_typed(s->source)) {
			weir_fail(err, WEIR_UNSUPPORTED, "--capture",
				  "the rows of %s have types already and cannot be captured", s->name);
			weir_error_hint(err, "--land writes rows");
			return WEIR_UNSUPPORTED;
		}
	}
	return WEIR_OK;
}

enum weir_status weir_pipeline_open_capture(struct weir_pipeline *p, struct weir_error *err)
{
	const char *path = p->options->capture;
	enum weir_status st;

	if (!path || p->options->explain)
		return WEIR_OK;
	if (weir_fabric_reads_elsewhere(p->ops))
		return weir_fail(err, WEIR_UNSUPPORTED, "--capture",
				 "the records do not come here: the fabric reads the sources itself");
	if ((st = check_sources(p, path, err)) != WEIR_OK)
		return st;
	const struct weir_capture_config c = {
	    .path = path,
	    .out_fd = STDOUT_FILENO,
	    .clock = p->clock,
	    .budget = &p->budget,
	    .log = p->log,
	    .wake = &p->wake,
	    .n_lanes = p->n_streams,
	};
	st = weir_capture_writer_open(&c, &p->capture, err);
	for (uint32_t i = 0; i < p->n_streams && st == WEIR_OK; i++) {
		struct weir_stream *s = &p->streams[i];
		const char *continued = weir_uri_param(&s->uri, "continue");
		s->config.capture = p->capture;
		s->config.captured_already = continued && same_file(path, continued);
	}
	return st;
}

bool weir_pipeline_capture_only(const struct weir_pipeline *p)
{
	return p->options->capture && strcmp(p->options->capture, "-") == 0;
}

bool weir_pipeline_capture_failed(const struct weir_pipeline *p)
{
	struct weir_capture_status status;

	if (!p->capture)
		return false;
	weir_capture_writer_status(p->capture, &status);
	return status.failure.code != WEIR_OK;
}

void weir_pipeline_describe_capture(const struct weir_pipeline *p, struct weir_session_info *out)
{
	out->capturing = p->capture != NULL;
	if (!p->capture)
		return;
	weir_capture_writer_status(p->capture, &out->capture);
	for (uint32_t i = 0; i < out->n_streams; i++)
		out->streams[i].captured = weir_capture_writer_captured(p->capture, i);
}

void weir_pipeline_finish_capture(struct weir_pipeline *p)
{
	if (p->capture)
		(void)!weir_capture_writer_finish(p->capture, NULL); /* close says what failed */
}

enum weir_status weir_pipeline_close_capture(struct weir_pipeline *p, struct weir_error *err)
{
	enum weir_status st = p->capture ? weir_capture_writer_finish(p->capture, err) : WEIR_OK;

	weir_capture_writer_close(p->capture);
	p->capture = NULL;
	return st;
}
