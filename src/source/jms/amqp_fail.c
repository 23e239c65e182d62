/* Errors of AMQP, in our words. */
#include "amqp.h"

/* What the broker, or the engine, says is wrong. A name that is taken may be one of our own, of a connection that broke off and
 * that the broker has not missed yet. */
enum weir_status amqp_fail(struct jms *j, pn_condition_t *c, const char *what, struct weir_error *err)
{
	static const struct {
		const char *name;
		enum weir_status code;
	} final[] = {
	    {"amqp:unauthorized-access", WEIR_DENIED},  {"amqp:not-allowed", WEIR_DENIED},
	    {"amqp:not-found", WEIR_NOT_FOUND},         {"amqp:invalid-field", WEIR_USAGE},
	    {"amqp:not-implemented", WEIR_UNSUPPORTED}, {"amqp:link:message-size-exceeded", WEIR_TOO_LARGE},
	};
	struct amqp *a = j->state;
	const char *name = c ? pn_condition_get_name(c) : NULL, *text = c ? pn_condition_get_description(c) : NULL;
	enum weir_status code = WEIR_UNREACHABLE;

	for (size_t i = 0; name && i < sizeof final / sizeof *final; i++)
		if (strcmp(final[i].name, name) == 0)
			code = final[i].code;
	if (!a->session && code == WEIR_USAGE)
		code = WEIR_UNREACHABLE;
	weir_fail(err, code, j->address, "%s%s%.250s", what, text || name ? ": " : "", text ? text : name ? name : "");
	err->retriable = code == WEIR_UNREACHABLE;
	if (jms_blame_certificate(j, text, err))
		return err->code;
	if (code == WEIR_DENIED && text && strstr(text, "mech=none"))
		weir_error_hint(err, "the broker takes no login by %s; sasl.mechanism= names another", amqp_logins(j));
	else if (code == WEIR_DENIED)
		weir_error_hint(err, "check user and password");
	return err->code;
}
