/* The beginning of a connection: what both can, and who we are. It is plain, and the password of SASL's PLAIN is not looked at by a
 * server that takes it: so none is sent. */
#include "kudu.h"

#include <stdio.h>
#include <stdlib.h>

enum { NEGOTIATE = 1, SUCCESS = 0, INITIATE = 2 }; /* steps */
enum { APPLICATION_FLAGS = 1 };                    /* a feature */

static enum weir_status send_step(struct kudu_connection *c, int32_t call, const ProtobufCMessage *m,
				  struct weir_error *err)
{
	Kw__Asked head = KW__ASKED__INIT;

	head.call = call;
	kudu_frame_write(&head, m, &c->out);
	return kudu_send(c, &c->out, err);
}

static enum weir_status refused(struct kudu_connection *c, const char *why, struct weir_error *err)
{
	enum weir_status st = weir_fail(err, WEIR_DENIED, c->address, "the server does not let us in: %.300s", why);

	if (strstr(why, "TLS") || strstr(why, "encrypt") || strstr(why, "GSSAPI") || strstr(why, "authenti"))
		weir_error_hint(err, "weir speaks to Kudu without TLS and Kerberos: the server must allow "
				     "--rpc_encryption=optional and --rpc_authentication=optional");
	kudu_disconnect(c, err);
	return st;
}

/* The server's step. Owned by the caller. */
static enum weir_status hear(struct kudu_connection *c, Kw__Step **out, struct weir_error *err)
{
	struct weir_buf frame = {0};
	struct kudu_answer answer;
	enum weir_status st = kudu_receive(c, weir_clock_mono_us(c->clock) + c->timeout_us, &frame, err);

	*out = NULL;
	if (st == WEIR_AGAIN)
		st = kudu_connection_fail(c, err, "the server does not answer: it hangs");
	if (st != WEIR_OK)
		return st;
	bool good = kudu_answer_read((struct weir_str){frame.data + 4, frame.size - 4}, &answer);
	const uint8_t *bytes = good ? (const uint8_t *)answer.message.data : NULL;
	Kw__Failure *failure = good && answer.failed ? kw__failure__unpack(NULL, answer.message.size, bytes) : NULL;
	if (failure)
		st = refused(c, failure->text, err);
	else if (!good || answer.failed || !(*out = kw__step__unpack(NULL, answer.message.size, bytes)))
		st = kudu_connection_fail(c, err, "it does not answer as a Kudu server does");
	if (failure)
		kw__failure__free_unpacked(failure, NULL);
	weir_buf_release(&frame);
	return st;
}

static enum weir_status say_what_we_can(struct kudu_connection *c, struct weir_error *err)
{
	Kw__Step step = KW__STEP__INIT;
	Kw__Nothing nothing = KW__NOTHING__INIT;
	Kw__Login login = KW__LOGIN__INIT, *logins[] = {&login};
	int32_t features[] = {APPLICATION_FLAGS};

	login.sasl = &nothing;
	step.step = NEGOTIATE;
	step.features = features;
	step.n_features = 1;
	step.logins = logins;
	step.n_logins = 1;
	weir_buf_clear(&c->out);
	weir_buf_add(&c->out, "hrpc\x09\0\0", 7);
	return send_step(c, KUDU_NEGOTIATION, &step.base, err);
}

static enum weir_status say_who_we_are(struct kudu_connection *c, const char *user, struct weir_error *err)
{
	Kw__Step step = KW__STEP__INIT;
	Kw__Mechanism plain = KW__MECHANISM__INIT, *mechanisms[] = {&plain};
	struct weir_buf token = {0};

	weir_buf_add_char(&token, '\0');
	weir_buf_add_c(&token, user);
	weir_buf_add(&token, "\0weir", 5);
	plain.name = (char *)"PLAIN";
	step.step = INITIATE;
	step.has_token = true;
	step.token = (ProtobufCBinaryData){token.size, (uint8_t *)token.data};
	step.mechanisms = mechanisms;
	step.n_mechanisms = 1;
	weir_buf_clear(&c->out);
	enum weir_status st = token.failed ? kudu_out_of_memory(err) : send_step(c, KUDU_NEGOTIATION, &step.base, err);
	weir_buf_release(&token);
	return st;
}

static bool takes_plain(const Kw__Step *step)
{
	bool plain = !step->n_mechanisms;

	for (size_t i = 0; i < step->n_mechanisms; i++)
		plain = plain || strcmp(step->mechanisms[i]->name, "PLAIN") == 0;
	return step->step == NEGOTIATE && plain;
}

enum weir_status kudu_negotiate(struct kudu_connection *c, const char *user, struct weir_error *err)
{
	Kw__Context context = KW__CONTEXT__INIT;
	Kw__Step *step = NULL;
	enum weir_status st = say_what_we_can(c, err);

	if (st == WEIR_OK)
		st = hear(c, &step, err);
	if (st == WEIR_OK && !takes_plain(step))
		st = refused(c, "it wants GSSAPI (Kerberos)", err);
	if (step)
		kw__step__free_unpacked(step, NULL);
	step = NULL;
	if (st == WEIR_OK)
		st = say_who_we_are(c, user, err);
	if (st == WEIR_OK)
		st = hear(c, &step, err);
	if (st == WEIR_OK && step->step != SUCCESS)
		st = refused(c, "it wants more than SASL's PLAIN to authenticate", err);
	if (step)
		kw__step__free_unpacked(step, NULL);
	weir_buf_clear(&c->out);
	return st == WEIR_OK ? send_step(c, KUDU_CONTEXT, &context.base, err) : st;
}
