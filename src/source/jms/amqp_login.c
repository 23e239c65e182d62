/* How to log in at a broker of AMQP. qpid-proton has three ways of its own, and more where it was built with Cyrus SASL. */
#include "amqp.h"

#include <proton/sasl.h>

/* A password goes in the clear only where the address asks for that. */
const char *amqp_logins(const struct jms *j)
{
	if (j->mechanism)
		return j->mechanism;
	if (!j->user)
		return j->certificate ? "EXTERNAL ANONYMOUS" : "ANONYMOUS";
	if (!pn_sasl_extended())
		return "PLAIN";
	return j->tls ? "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 PLAIN" : "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1";
}

/* One of several names is enough. */
static bool is_built_in(const char *names)
{
	static const char *const own[] = {"PLAIN", "EXTERNAL", "ANONYMOUS"};
	struct weir_str rest = weir_str_of(names);

	while (rest.data) {
		struct weir_str name = weir_str_cut(rest, ' ', &rest);
		for (size_t i = 0; i < sizeof own / sizeof *own; i++)
			if (weir_str_equal(name, weir_str_of(own[i])))
				return true;
	}
	return false;
}

enum weir_status amqp_check(const struct jms *j, struct weir_error *err)
{
	if (pn_sasl_extended())
		return WEIR_OK;
	if (j->mechanism && !is_built_in(j->mechanism)) {
		weir_fail(err, WEIR_USAGE, "amqp", "sasl.mechanism=%.60s is not possible with this libqpid-proton",
			  j->mechanism);
		weir_error_hint(err, "it was built without Cyrus SASL, as Debian's is: PLAIN, EXTERNAL or ANONYMOUS");
		return WEIR_USAGE;
	}
	if (!j->mechanism && j->user && !j->tls) {
		weir_fail(err, WEIR_USAGE, "amqp", "the password would go to the broker in the clear");
		weir_error_hint(err, "amqps:// is TLS; sasl.mechanism=PLAIN sends it all the same");
		return WEIR_USAGE;
	}
	return WEIR_OK;
}
