/* What the two files of AMQP share. */
#ifndef WEIR_SOURCE_JMS_AMQP_H
#define WEIR_SOURCE_JMS_AMQP_H

#include "jms.h"

#include <proton/condition.h>
#include <proton/connection.h>
#include <proton/connection_driver.h>
#include <proton/link.h>
#include <proton/transport.h>

struct amqp {
	pn_connection_driver_t driver;
	pn_session_t *session; /* NULL: the broker has not answered yet */
	pn_link_t *link;
	bool artemis;  /* goes on with a browse where others end it */
	bool draining; /* the broker was asked to use up what it may send, or say that there is no more */
	bool again;    /* the link is closed to browse from the front */
	bool any;      /* messages came since more were allowed */
	int64_t came_us;
	int64_t tick_us; /* when the engine wants to be asked; INT64_MAX: never */
};

extern const struct jms_wire jms_amqp; /* amqp.c */

/* amqp_login.c. The names of the ways to log in that may be used. */
const char *amqp_logins(const struct jms *j);
/* Of the wire. */
enum weir_status amqp_check(const struct jms *j, struct weir_error *err);

/* What the broker, or the engine, says is wrong; `c` may be NULL. */
enum weir_status amqp_fail(struct jms *j, pn_condition_t *c, const char *what, struct weir_error *err);

/* amqp_link.c. The broker has answered: asks for the subscription. */
enum weir_status amqp_begin(struct jms *j, struct amqp *a, struct weir_error *err);
enum weir_status amqp_open_link(struct jms *j, struct amqp *a, struct weir_error *err);
/* The broker has answered that. */
enum weir_status amqp_answered(struct jms *j, struct amqp *a, struct weir_error *err);
/* Whole messages that have come, as far as there is room. *any is set if there was one. */
enum weir_status amqp_take(struct jms *j, struct amqp *a, bool *any, struct weir_error *err);
void amqp_acknowledge(struct jms *j, void *const *deliveries, size_t n);
/* Lets the broker send more, or asks whether there is more. */
enum weir_status amqp_flow(struct jms *j, struct amqp *a, struct weir_error *err);
/* When that is due again, if nothing comes; INT64_MAX: never. */
int64_t amqp_due(const struct jms *j, const struct amqp *a);

#endif
