/* A ring of the newest log lines. */
#include "weir/base/log.h"

#include "weir/base/memory.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE_BYTES = 512 };

struct weir_log {
	pthread_mutex_t mutex;
	size_t max_lines;
	uint64_t n_lines; /* ever added */
	uint64_t by_level[WEIR_LOG_DEBUG + 1];
	char (*lines)[LINE_BYTES]; /* owned ring */
};

struct weir_log *weir_log_new(size_t max_lines)
{
	struct weir_log *log = weir_calloc(1, sizeof *log);
	if (!log)
		return NULL;
	log->max_lines = max_lines ? max_lines : 1;
	log->lines = weir_calloc(log->max_lines, LINE_BYTES);
	if (!log->lines) {
		free(log);
		return NULL;
	}
	pthread_mutex_init(&log->mutex, NULL);
	return log;
}

void weir_log_free(struct weir_log *log)
{
	if (!log)
		return;
	pthread_mutex_destroy(&log->mutex);
	free(log->lines);
	free(log);
}

void weir_log_add(struct weir_log *log, enum weir_log_level level, const char *origin, const char *fmt, ...)
{
	if (!log)
		return;
	char text[LINE_BYTES - 64];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	pthread_mutex_lock(&log->mutex);
	snprintf(log->lines[log->n_lines % log->max_lines], LINE_BYTES, "%.60s: %s", origin ? origin : "weir", text);
	log->n_lines++;
	log->by_level[level]++;
	pthread_mutex_unlock(&log->mutex);
}

size_t weir_log_tail(struct weir_log *log, size_t max, struct weir_buf *out)
{
	if (!log)
		return 0;
	pthread_mutex_lock(&log->mutex);
	uint64_t held = log->n_lines < log->max_lines ? log->n_lines : log->max_lines;
	uint64_t n = max < held ? max : held;
	for (uint64_t i = log->n_lines - n; i < log->n_lines; i++) {
		weir_buf_add_c(out, log->lines[i % log->max_lines]);
		weir_buf_add_char(out, '\n');
	}
	pthread_mutex_unlock(&log->mutex);
	return (size_t)n;
}

uint64_t weir_log_count(struct weir_log *log, enum weir_log_level level)
{
	if (!log)
		return 0;
	pthread_mutex_lock(&log->mutex);
	uint64_t n = log->by_level[level];
	pthread_mutex_unlock(&log->mutex);
	return n;
}
