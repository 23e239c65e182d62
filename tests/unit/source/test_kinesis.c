/* The Kinesis source against a service of the test, which answers with what its script has; aggregated records. */
#include "config.h"

#include "kinesis_service.h"

static enum weir_status open_more(struct reading *r, const char *more)
{
	char address[600];

	snprintf(address, sizeof address, "%s%s", service.address, more);
	return reading_open_address(r, address, false, NULL);
}

/* Throttled: it waits and asks again. An iterator that expired: another one, behind the last record. */
static void throttling_and_expiry_lose_nothing(void **state)
{
	static const char *const answers[] = {
	    ONE_SHARD,
	    ITERATOR("i1"),
	    RECORDS(RECORD("11", "YQ==") "," RECORD("12", "Yg=="), "i2", "500"),
	    "400 {\"__type\":\"com.amazonaws#ProvisionedThroughputExceededException\",\"message\":\"slow\"}",
	    "500 {}",
	    "400 {\"__type\":\"ExpiredIteratorException\",\"message\":\"old\"}",
	    ITERATOR("i3"),
	    RECORDS(RECORD("13", "Yw=="), "i4", "0"),
	    NULL};
	struct reading r;
	struct weir_buf position = {0};

	(void)state;
	start(answers);
	assert_int_equal(open_more(&r, "&until=latest"), WEIR_OK);
	assert_true(weir_source_finite(r.source));
	assert_int_equal(read_all(&r), WEIR_END);
	assert_string_equal(r.text.data, "k/a\nk/b\nk/c\n");
	assert_int_equal(weir_source_position(r.source, &position), WEIR_OK);
	assert_string_equal(position.data, "shardId-000000000004=13.1");
	weir_buf_release(&position);
	reading_close(&r);
	stop();
	assert_non_null(strstr(service.requests[0], "Kinesis_20131202.ListShards"));
	assert_non_null(strstr(service.requests[0], "AWS4-HMAC-SHA256 Credential=key/"));
	assert_null(strstr(service.requests[0], "secret"));
	assert_non_null(strstr(service.requests[1], "\"TRIM_HORIZON\""));
	assert_non_null(strstr(service.requests[3], "\"i2\""));
	assert_non_null(strstr(service.requests[5], "\"i2\""));
	assert_non_null(strstr(service.requests[6], "\"AFTER_SEQUENCE_NUMBER\""));
	assert_non_null(strstr(service.requests[6], "\"12\""));
	assert_non_null(strstr(service.requests[7], "\"i3\""));
}

/* Throttled until the test has seen it; then the record comes. */
static _Atomic bool throttled;
static const char *throttling(const char *request, int n)
{
	(void)n;
	if (strstr(request, ".ListShards"))
		return ONE_SHARD;
	if (strstr(request, ".GetShardIterator"))
		return ITERATOR("i1");
	return throttled ? "400 {\"__type\":\"ProvisionedThroughputExceededException\",\"message\":\"slow\"}"
			 : RECORDS(RECORD("11", "YQ=="), "i1", "0");
}

/* A stream that is throttled is not down: what it waits for is shown, and gone once records come. */
static void throttling_is_shown(void **state)
{
	struct weir_source_status status = {0};
	struct weir_chunk c = {0};
	struct reading r;

	(void)state;
	throttled = true;
	start_with(NULL, throttling);
	assert_int_equal(open_more(&r, ""), WEIR_OK);
	for (int n = 0; !status.unread[0] && n < PATIENCE; n++) {
		assert_int_equal(weir_source_poll(r.source, 100000, &c, &r.err), WEIR_AGAIN);
		weir_source_status(r.source, &status);
	}
	assert_non_null(
	    strstr(status.unread, "shardId-000000000004 is throttled: ProvisionedThroughputExceededException"));
	assert_non_null(strstr(status.unread, "next try in"));
	assert_int_not_equal(status.state, WEIR_SOURCE_RECONNECTING);
	throttled = false;
	enum weir_status st = WEIR_AGAIN;
	for (int n = 0; st == WEIR_AGAIN && n < PATIENCE; n++)
		st = weir_source_poll(r.source, 250000, &c, &r.err);
	assert_int_equal(st, WEIR_OK);
	weir_source_status(r.source, &status);
	assert_string_equal(status.unread, "");
	reading_close(&r);
	stop();
}

/* As many records as were asked for are not all, whatever the service says: kinesalite says in each answer that nothing follows. */
static void a_full_answer_is_not_the_last(void **state)
{
	enum { A_CALL = 10000 };
	struct weir_buf full = {0};
	struct reading r;
	size_t n = 0;

	(void)state;
	weir_buf_add_c(&full, "200 {\"Records\":[");
	for (int i = 0; i < A_CALL; i++)
		weir_buf_addf(&full,
			      "%s{\"SequenceNumber\":\"%d\",\"Data\":\"YQ==\",\"PartitionKey\":\"k\","
			      "\"ApproximateArrivalTimestamp\":1600000000.5}",
			      i ? "," : "", 100 + i);
	weir_buf_add_c(&full, "],\"NextShardIterator\":\"i2\",\"MillisBehindLatest\":0}");
	assert_false(full.failed);
	start((const char *const[]){ONE_SHARD, ITERATOR("i1"), full.data, RECORDS(RECORD("99999", "Yg=="), "i3", "0"),
				    NULL});
	assert_int_equal(open_more(&r, "&until=latest"), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	for (size_t i = 0; i < r.text.size; i++)
		n += r.text.data[i] == '\n';
	assert_int_equal(n, A_CALL + 1);
	reading_close(&r);
	stop();
	weir_buf_release(&full);
}

/* Two shards: the first is behind by so much, and the second answers nothing of use until the test has seen that. */
static _Atomic(const char *) first_behind;
static const char *two_shards(const char *request, int n)
{
	(void)n;
	if (strstr(request, ".ListShards"))
		return "200 {\"Shards\":[{\"ShardId\":\"shardId-000000000003\"},{\"ShardId\":\"shardId-000000000004\"}]}";
	if (strstr(request, ".GetShardIterator"))
		return strstr(request, "shardId-000000000003") ? ITERATOR("i3") : ITERATOR("i4");
	if (strstr(request, "\"i3\""))
		return first_behind;
	return throttled ? "400 {\"__type\":\"ProvisionedThroughputExceededException\",\"message\":\"slow\"}"
			 : RECORDS("", "i4", "0");
}

static int64_t lag_of(const struct weir_source_status *status, uint32_t shard)
{
	return weir_partitions_count(status->partitions) > shard ? weir_partitions_get(status->partitions, shard)->lag
								 : -2;
}

/* Polls until the lags are these: -1 is that nobody knows how many records follow. */
static void await_lags(struct reading *r, int64_t all, int64_t first, int64_t second, struct weir_source_status *status)
{
	struct weir_chunk c;

	for (int n = 0; n < PATIENCE; n++) {
		assert_int_equal(weir_source_poll(r->source, 100000, &c, &r->err), WEIR_AGAIN);
		weir_source_status(r->source, status);
		if (lag_of(status, 0) == first && lag_of(status, 1) == second && status->lag == all)
			break;
	}
	assert_int_equal(lag_of(status, 0), first);
	assert_int_equal(lag_of(status, 1), second);
	assert_int_equal(status->lag, all);
}

/* MillisBehindLatest: a shard that has come to its end has no lag, whatever the others have; one that has not told yet is not there. */
static void lag_is_told_by_shard(void **state)
{
	struct weir_source_status status;
	struct reading r;

	(void)state;
	throttled = true;
	first_behind = RECORDS("", "i3", "0");
	start_with(NULL, two_shards);
	assert_int_equal(reading_open_address(&r, service.address, true, NULL), WEIR_OK);
	await_lags(&r, -1, 0, -1, &status);
	throttled = false;
	await_lags(&r, 0, 0, 0, &status);
	first_behind = RECORDS("", "i3", "65000");
	await_lags(&r, -1, -1, 0, &status);
	assert_string_equal(status.detail, "1m5s behind the newest record");
	first_behind = RECORDS("", "i3", "0");
	await_lags(&r, 0, 0, 0, &status);
	assert_string_equal(status.detail, "");
	reading_close(&r);
	stop();
}

/* A batch prints what a source has to say: it would be a line for each answer. */
static void a_batch_is_not_told_how_far_it_has_come(void **state)
{
	struct weir_source_status status;
	struct reading r;

	(void)state;
	throttled = false;
	first_behind = RECORDS("", "i3", "65000");
	start_with(NULL, two_shards);
	assert_int_equal(open_more(&r, "&until=latest"), WEIR_OK);
	await_lags(&r, -1, -1, 0, &status);
	assert_string_equal(status.detail, "");
	reading_close(&r);
	stop();
}

/* Within the records under one sequence number. */
static void a_position_may_lie_within_an_aggregate(void **state)
{
	/* keys x and y; records x: one, y: two, x: three; a digest of zeros */
	static const char *const answers[] = {
	    ONE_SHARD, ITERATOR("i1"),
	    RECORDS(RECORD("21", "84mawgoBeAoBeRoHCAAaA29uZRoHCAEaA3R3bxoJCAAaBXRocmVlAAAAAAAAAAAAAAAAAAAAAA=="), "i2",
		    "0"),
	    NULL};
	struct reading r;

	(void)state;
	start(answers);
	assert_int_equal(open_more(&r, "&until=latest"), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	assert_string_equal(r.text.data, "x/one\ny/two\nx/three\n");
	reading_close(&r);
	stop();

	start(answers);
	assert_int_equal(open_more(&r, "&until=latest&position=shardId-000000000004=21.2"), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	assert_string_equal(r.text.data, "x/three\n");
	reading_close(&r);
	stop();
	assert_non_null(strstr(service.requests[1], "\"AT_SEQUENCE_NUMBER\""));

	/* As a capture has it, before what `position` said when that began. */
	start(answers);
	assert_int_equal(open_more(&r, "&until=latest&position=orders/4=21.1,shardId-000000000004=@0"), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	assert_string_equal(r.text.data, "y/two\nx/three\n");
	reading_close(&r);
	stop();
}

static void refusals_are_errors(void **state)
{
	static const struct {
		const char *answer;
		enum weir_status st;
	} cases[] = {
	    {"400 {\"__type\":\"ResourceNotFoundException\",\"message\":\"no stream\"}", WEIR_NOT_FOUND},
	    {"403 {\"__type\":\"InvalidSignatureException\",\"message\":\"wrong\"}", WEIR_DENIED},
	    {"400 {\"__type\":\"SomethingElse\"}", WEIR_IO},
	    {"200 {\"Shards\":[]}", WEIR_NOT_FOUND},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reading r;
		start((const char *const[]){cases[i].answer, NULL});
		assert_int_equal(open_more(&r, "&until=latest"), WEIR_OK);
		assert_int_equal(read_all(&r), cases[i].st);
		reading_close(&r);
		stop();
	}
}

static void addresses_are_checked(void **state)
{
	static const char *const bad[] = {"kinesis://k:s@eu-west-1/",
					  "kinesis://k:s@eu-west-1/a/b",
					  "kinesis://k:s@eu-west-1/a?from=17",
					  "kinesis://k:s@eu-west-1/a?position=x",
					  "kinesis://k:s@eu-west-1/a?position=shardId-1=5.x",
					  "kinesis://k:s@eu-west-1/a?position=a/1=5",
					  "kinesis://k:s@eu-west-1/a?form=latest",
					  "kinesis://k@eu-west-1/a",
					  "kinesis://k:s@eu-west-1/a?endpoint=127.0.0.1:4567",
					  "kinesis://k:s@eu-west-1/a?endpoint=ftp://127.0.0.1/",
					  "kinesis://k:s@eu-west-1/a?endpoint=http://",
					  "kinesis://k:s@eu-west-1/a?endpoint=http://k:s@127.0.0.1/",
					  "kinesis://k:s@eu-west-1/a?endpoint=http://127.0.0.1/%3Fa=b"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct reading r;
		assert_int_equal(reading_open_address(&r, bad[i], false, NULL), WEIR_USAGE);
	}
}

static bool add_text(void *ctx, struct weir_str data, struct weir_str key)
{
	weir_buf_addf(ctx, WEIR_STR_FMT "=" WEIR_STR_FMT ";", WEIR_STR_ARG(key), WEIR_STR_ARG(data));
	return true;
}

/* What is cut or damaged is a plain record, never half an aggregate. */
static void what_is_no_aggregate_is_a_record(void **state)
{
	static const char whole[] = "\xf3\x89\x9a\xc2\x0a\x01x\x1a\x05\x08\x00\x1a\x01"
				    "a0123456789abcdef";
	struct weir_str data = {whole, sizeof whole - 1};
	struct weir_buf out = {0};

	(void)state;
	assert_true(kinesis_is_aggregated(data));
	assert_true(kinesis_disaggregate(data, add_text, &out));
	assert_string_equal(out.data, "x=a;");
	weir_buf_release(&out);
	for (size_t n = 0; n < data.size; n++)
		assert_false(kinesis_is_aggregated((struct weir_str){whole, n}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(throttling_and_expiry_lose_nothing),
	    cmocka_unit_test(throttling_is_shown),
	    cmocka_unit_test(a_full_answer_is_not_the_last),
	    cmocka_unit_test(lag_is_told_by_shard),
	    cmocka_unit_test(a_batch_is_not_told_how_far_it_has_come),
	    cmocka_unit_test(a_position_may_lie_within_an_aggregate),
	    cmocka_unit_test(refusals_are_errors),
	    cmocka_unit_test(addresses_are_checked),
	    cmocka_unit_test(what_is_no_aggregate_is_a_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
