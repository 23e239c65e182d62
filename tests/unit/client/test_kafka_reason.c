/* librdkafka's texts in our words. */
#include "weir/client/kafka.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_reason(const char *text, const char *reason)
{
	char out[200];

	assert_string_equal(weir_kafka_reason(text, out, sizeof out), reason);
}

/* The address stands in the error already. */
static void test_the_broker_is_left_out(void **state)
{
	(void)state;
	assert_reason(
	    "127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in "
	    "state CONNECT)",
	    "Connect to 127.0.0.1:9092 failed: Connection refused");
	assert_reason("127.0.0.1:9092/1: Disconnected (after 3210ms in state UP)", "Disconnected");
	assert_reason("sasl_ssl://127.0.0.1:9092/12: SASL authentication error: Invalid username or password",
		      "SASL authentication error: Invalid username or password");
	assert_reason("Failed to read ../ssl/1: no such file", "Failed to read ../ssl/1: no such file");
	assert_reason("timed out", "timed out");
}

static void test_what_an_error_says_of_the_brokers(void **state)
{
	enum { TRANSPORT = -195, ALL_BROKERS_DOWN = -187, CERTIFICATE_EXPIRED = 10 };
	char out[200] = "as it was";

	(void)state;
	assert_int_equal(weir_kafka_complaint(ALL_BROKERS_DOWN, "1/1 brokers are down", 0, out, sizeof out), WEIR_OK);
	assert_string_equal(out, "as it was");
	assert_int_equal(weir_kafka_complaint(TRANSPORT, "a:1/1: Disconnected", 0, out, sizeof out), WEIR_UNREACHABLE);
	assert_string_equal(out, "Disconnected");
	assert_int_equal(weir_kafka_complaint(-181, "a:1/1: SSL handshake failed: certificate verify failed",
					      CERTIFICATE_EXPIRED, out, sizeof out),
			 WEIR_DENIED);
	assert_string_equal(out, "the broker's certificate has expired");
}

static void test_brokers_that_do_not_answer(void **state)
{
	struct weir_error err;

	(void)state;
	assert_int_equal(weir_kafka_unanswered("a:1", WEIR_UNREACHABLE, "nothing came in 3 s", &err), WEIR_UNREACHABLE);
	assert_true(err.retriable);
	assert_string_equal(err.what, "no broker answers: nothing came in 3 s");
	assert_int_equal(weir_kafka_unanswered("a:1", WEIR_DENIED, "invalid credentials", &err), WEIR_DENIED);
	assert_false(err.retriable);
	assert_string_equal(err.what, "the broker refused: invalid credentials");
	assert_string_equal(err.hint, "check user and password");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_broker_is_left_out),
	    cmocka_unit_test(test_what_an_error_says_of_the_brokers),
	    cmocka_unit_test(test_brokers_that_do_not_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
