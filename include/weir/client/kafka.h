/* What every user of Kafka needs: a librdkafka configuration made from an address, its log sent to ours, and its errors
 * in our words. Only in builds with librdkafka (WEIR_WITH_KAFKA). Thread: as said at each function. */
#ifndef WEIR_CLIENT_KAFKA_H
#define WEIR_CLIENT_KAFKA_H

#include "weir/base/log.h"
#include "weir/base/uri.h"

struct rd_kafka_conf_s; /* librdkafka's rd_kafka_conf_t */
struct rd_kafka_s;      /* and rd_kafka_t */

struct weir_kafka_setting {
	const char *name, *value;
	bool if_known; /* left out if this librdkafka has no such property */
};

struct weir_kafka_request {
	const struct weir_uri *uri;
	const char *list;                          /* "weir --list LIST" shows what the address takes */
	const char *const *own;                    /* names of parameters that are not librdkafka's; ends with NULL */
	const struct weir_kafka_setting *defaults; /* what the address may override; ends with name NULL */
	const struct weir_kafka_setting *fixed;    /* what it may not; ends with name NULL */
};

/* Brokers, user and password, and all other parameters under librdkafka's own names. A user without `security.protocol`
 * gets SASL_SSL, and PLAIN without `sasl.mechanism`. Owned by the caller until rd_kafka_new takes it. USAGE: a name
 * that librdkafka does not know (with the nearest), a value it refuses, a fixed one, a file that cannot be read. */
enum weir_status weir_kafka_conf_make(const struct weir_kafka_request *request, struct rd_kafka_conf_s **out,
				      struct weir_error *err) WEIR_MUST_USE;

/* Another one with all that was set in it. */
struct rd_kafka_conf_s *weir_kafka_conf_copy(const struct rd_kafka_conf_s *conf);
/* The address names brokers at ports that there are, and a user where the way to log in wants one. USAGE. */
enum weir_status weir_kafka_check_address(const struct weir_uri *uri, struct weir_error *err) WEIR_MUST_USE;
/* A client of that type (rd_kafka_type_t); takes the configuration, also on failure. Owned by the caller. USAGE: settings that do
 * not go together. */
enum weir_status weir_kafka_client_make(int type, struct rd_kafka_conf_s *conf, struct rd_kafka_s **out,
					struct weir_error *err) WEIR_MUST_USE;

/* A line of librdkafka's log. `level` is syslog's. Thread: any. */
void weir_kafka_log(struct weir_log *log, int level, const char *facility, const char *text);

/* The status for a librdkafka error code (rd_kafka_resp_err_t). Thread: any. */
enum weir_status weir_kafka_status(int rd_error);
/* The part of librdkafka's text that helps a person, without the broker's internal name, timings, and the insides of OpenSSL.
 * Returns `out`. */
char *weir_kafka_reason(const char *text, char *out, size_t out_bytes);
/* A fault of the broker's certificate (OpenSSL's X509_V_ERR_…) as a reason. Returns `out`. */
char *weir_kafka_certificate_fault(int code, char *out, size_t out_bytes);
/* Whether librdkafka's text says that the broker closed the connection because it does not want us. */
bool weir_kafka_is_refusal(const char *text);
/* What an error of librdkafka (of rd_kafka_conf_set_error_cb) says of the brokers: UNREACHABLE or DENIED, and the reason in `out`.
 * OK: nothing, and `out` stays. `certificate_fault`: the last one that was found, or 0. Thread: any. */
enum weir_status weir_kafka_complaint(int rd_error, const char *text, int certificate_fault, char *out,
				      size_t out_bytes);
/* No broker answers, or each refuses (DENIED), for that reason; where none is known, it begins with "nothing". Returns the code of
 * the error; UNREACHABLE is retriable. */
enum weir_status weir_kafka_unanswered(const char *address, enum weir_status is, const char *why,
				       struct weir_error *err);
/* What to do about a reason; NULL: nothing that the reason tells. */
const char *weir_kafka_hint(const char *reason);

#endif
