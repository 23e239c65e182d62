/* Errors that the service reports, and the log, for any thread. */
#include "partitioned.h"

#include <stdarg.h>
#include <stdio.h>

void weir_partitioned_log(struct weir_partitioned *p, enum weir_log_level level, const char *origin, const char *fmt,
			  ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	pthread_mutex_lock(&p->lock);
	weir_log_add(p->log, level, origin, "%s", text);
	pthread_mutex_unlock(&p->lock);
}

void weir_partitioned_complain(struct weir_partitioned *p, enum weir_status is, const char *why)
{
	pthread_mutex_lock(&p->lock);
	snprintf(p->trouble, sizeof p->trouble, "%s", why);
	p->trouble_is = is;
	pthread_mutex_unlock(&p->lock);
}

void weir_partitioned_trouble(struct weir_partitioned *p, enum weir_status *is, char *out, size_t out_bytes)
{
	pthread_mutex_lock(&p->lock);
	*is = p->trouble_is;
	snprintf(out, out_bytes, "%s", p->trouble);
	pthread_mutex_unlock(&p->lock);
}
