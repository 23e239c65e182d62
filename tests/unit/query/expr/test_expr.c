/* Values of expressions, one line each: expression, type and value. */
#include "expr_fixture.h"

static const struct fixture_field fields[] = {
    {"i", WEIR_INT64, "7"},
    {"j", WEIR_INT64, "-3"},
    {"zero", WEIR_INT64, "0"},
    {"big", WEIR_INT64, "9223372036854775807"},
    {"small", WEIR_INT64, "-9223372036854775808"},
    {"f", WEIR_FLOAT64, "2.5"},
    {"s", WEIR_STRING, "Hello, World"},
    {"num", WEIR_STRING, "12.50"},
    {"zip", WEIR_STRING, "00501"},
    {"odd name", WEIR_INT64, "1"},
    {"user.id", WEIR_INT64, "42"},
    {"t", WEIR_TIMESTAMP, "2026-11-22T10:30:45.250Z"},
    {"yes", WEIR_BOOL, "true"},
    {"no", WEIR_BOOL, "false"},
    {"nul", WEIR_INT64, NULL},
    {"nuls", WEIR_STRING, NULL},
    {"unk", WEIR_BOOL, NULL},
    {"end", WEIR_INT64, "5"},
    {"count", WEIR_INT64, "6"},
    {"time", WEIR_TIMESTAMP, "2026-01-01T00:00:00Z"},
    {"uni", WEIR_STRING, "Ärger 日本"},
    {"commits", WEIR_STRING, "[{\"id\":1,\"author\":{\"name\":\"a\\\"\\u00e9\"}},{\"id\":2,\"x y\":[null,3]}]"},
    {"Host", WEIR_STRING, "h1"},
    {"path", WEIR_STRING, "/api/v1/users"},
};

struct row {
	const char *expr, *expected;
};

static void run(const struct row *rows, size_t n)
{
	struct fixture f;
	size_t bad = 0;
	char got[512];

	fixture_open(&f, fields, sizeof fields / sizeof fields[0]);
	for (size_t i = 0; i < n; i++) {
		fixture_eval(&f, rows[i].expr, got, sizeof got);
		if (strcmp(got, rows[i].expected) != 0) {
			print_error("%s: %s, expected %s\n", rows[i].expr, got, rows[i].expected);
			bad++;
		}
	}
	fixture_close(&f);
	assert_int_equal(bad, 0);
}
#define RUN(rows) run(rows, sizeof(rows) / sizeof((rows)[0]))

static void numbers(void **state)
{
	static const struct row rows[] = {
	    {"i + j", "int64 4"},
	    {"i - j", "int64 10"},
	    {"i * j", "int64 -21"},
	    {"i / 2", "float64 3.5"},
	    {"i / zero", "float64 NULL"},
	    {"i % 4", "int64 3"},
	    {"j % 2", "int64 -1"},
	    {"i % zero", "int64 NULL"},
	    {"small % -1", "int64 0"},
	    {"f % 2", "float64 0.5"},
	    {"f % 0", "float64 NULL"},
	    {"-i", "int64 -7"},
	    {"- -i", "int64 7"},
	    {"+i", "int64 7"},
	    {"-small", "int64 NULL"},
	    {"big + 1", "int64 NULL"},
	    {"small - 1", "int64 NULL"},
	    {"big * 2", "int64 NULL"},
	    {"big + 0", "int64 9223372036854775807"},
	    {"9223372036854775807 + 1", "int64 NULL"},
	    {"-9223372036854775808", "int64 -9223372036854775808"},
	    {"9223372036854775808", "float64 9.223372036854776e+18"},
	    {"i + f", "float64 9.5"},
	    {"1 + 2 * 3 - 4", "int64 3"},
	    {"(1 + 2) * 3", "int64 9"},
	    {"10 - 4 - 3", "int64 3"},
	    {"i + nul", "int64 NULL"},
	    {"i + null", "int64 NULL"},
	    {"num + 1", "float64 13.5"},
	    {"s + 1", "float64 NULL"},
	    {".5 + 1.", "float64 1.5"},
	    {"1e3", "float64 1000.0"},
	    {"abs(j)", "int64 3"},
	    {"abs(-2.5)", "float64 2.5"},
	    {"abs(small)", "int64 NULL"},
	    {"floor(-2.5)", "int64 -3"},
	    {"floor(i)", "int64 7"},
	    {"ceil(f)", "int64 3"},
	    {"floor(1e300)", "int64 NULL"},
	    {"round(f)", "float64 3.0"},
	    {"round(-2.5)", "float64 -3.0"},
	    {"round(0.285, 2)", "float64 0.29"},
	    {"round(1.005, 2)", "float64 1.01"},
	    {"log_bucket(5e-324)", "float64 5e-324"},
	    {"log_bucket(-5e-23)", "float64 -5e-23"},
	    {"log_bucket(9.99e-5)", "float64 5e-05"},
	    {"log_bucket(1e300)", "float64 1e+300"},
	    {"round(12345678901234.5, 2)", "float64 12345678901234.5"},
	    {"round(1e15)", "float64 1000000000000000.0"},
	    {"round(1234567890123.25, 3)", "float64 1234567890123.25"},
	    {"round(1e-5, 20)", "float64 1e-05"},
	    {"round(9007199254740993.0, -1)", "float64 9007199254740990.0"},
	    {"round(1e308, -308)", "float64 1e+308"},
	    {"round(9.5e307, -308)", "float64 1e+308"},
	    {"round(1.7e308, -308)", "float64 NULL"},
	    {"round(-0.4)", "float64 0.0"},
	    {"round(9223372036854775807, -19)", "int64 NULL"},
	    {"round(4999999999999999999, -19)", "int64 0"},
	    {"round(9223372036854775807, -20)", "int64 0"},
	    {"round(2.4999, 0)", "float64 2.0"},
	    {"round(1234.5, -2)", "float64 1200.0"},
	    {"round(1250, -2)", "int64 1300"},
	    {"round(-1250, -2)", "int64 -1300"},
	    {"round(big, -1)", "int64 NULL"},
	    {"sqrt(16)", "float64 4.0"},
	    {"sqrt(j)", "float64 NULL"},
	    {"ln(1)", "float64 0.0"},
	    {"ln(0)", "float64 NULL"},
	    {"log10(1000)", "float64 3.0"},
	    {"exp(0)", "float64 1.0"},
	    {"power(2, 10)", "float64 1024.0"},
	    {"power(-8, 0.5)", "float64 NULL"},
	    {"sign(j)", "float64 -1.0"},
	    {"sign(zero)", "float64 0.0"},
	    {"bucket(i, 5)", "int64 5"},
	    {"bucket(j, 5)", "int64 -5"},
	    {"bucket(f, 2)", "float64 2.0"},
	    {"bucket(i, 0)", "int64 NULL"},
	    {"bucket(f, 0.5)", "float64 2.5"},
	    {"log_bucket(i)", "int64 5"},
	    {"log_bucket(big)", "int64 5000000000000000000"},
	    {"log_bucket(small)", "int64 -5000000000000000000"},
	    {"log_bucket(1000)", "int64 1000"},
	    {"log_bucket(999.9)", "float64 500.0"},
	    {"log_bucket(1000.0)", "float64 1000.0"},
	    {"log_bucket(-f)", "float64 -2.0"},
	    {"log_bucket(0.03)", "float64 0.02"},
	    {"log_bucket(zero)", "int64 0"},
	};
	(void)state;
	RUN(rows);
}

static void comparisons(void **state)
{
	static const struct row rows[] = {
	    {"i = 7", "bool true"},
	    {"i == 7.0", "bool true"},
	    {"i <> 7", "bool false"},
	    {"i != 8", "bool true"},
	    {"7 < i", "bool false"},
	    {"6 < i", "bool true"},
	    {"i >= 7 and i <= 7", "bool true"},
	    {"i > 6.5", "bool true"},
	    {"i < 6.5", "bool false"},
	    {"f > i", "bool false"},
	    {"i > f", "bool true"},
	    {"f = 2.5", "bool true"},
	    {"big = 9223372036854775807", "bool true"},
	    {"big = 9223372036854775808", "bool false"},
	    {"big < 9223372036854775808", "bool true"},
	    {"9007199254740993 > 9007199254740992.0", "bool true"},
	    {"i = nul", "bool NULL"},
	    {"i = null", "bool NULL"},
	    {"s = 'Hello, World'", "bool true"},
	    {"s < 'hello'", "bool true"},
	    {"zip = 501", "bool true"},
	    {"zip = '501'", "bool false"},
	    {"i = '7'", "bool true"},
	    {"i = 'seven'", "bool NULL"},
	    {"big = '9223372036854775807'", "bool true"},
	    {"yes = true", "bool true"},
	    {"yes > no", "bool true"},
	    {"yes = 'TRUE'", "bool true"},
	    {"t > '2026-11-22'", "bool true"},
	    {"t < timestamp '2026-11-22T10:30:45.251Z'", "bool true"},
	    {"i between 7 and 9", "bool true"},
	    {"i not between 8 and 9", "bool true"},
	    {"i between nul and 3", "bool false"},
	    {"i between nul and 9", "bool NULL"},
	    {"t between '2026-11-22' and '2026-11-23'", "bool true"},
	    {"i in (1, 7)", "bool true"},
	    {"i in (1, 2)", "bool false"},
	    {"i in (1, null)", "bool NULL"},
	    {"i in (7, null)", "bool true"},
	    {"i not in (1, null)", "bool NULL"},
	    {"i in (1, 7.0)", "bool true"},
	    {"i in (1, 7.5)", "bool false"},
	    {"i in (j, i)", "bool true"},
	    {"nul in (1)", "bool NULL"},
	    {"s in ('a', 'Hello, World')", "bool true"},
	    {"zip in (501, 502)", "bool true"},
	    {"i in ('7')", "bool true"},
	    {"f in (1, 2.5)", "bool true"},
	    {"t in ('2026-11-22T10:30:45.25Z')", "bool true"},
	    {"nul is null", "bool true"},
	    {"nul is not null", "bool false"},
	    {"(i = null) is null", "bool true"},
	    {"cast('NaN' as double) = cast('NaN' as double)", "bool true"},
	    {"cast('NaN' as double) > 1e308", "bool true"},
	    {"f < cast('NaN' as double)", "bool true"},
	    {"f >= cast('NaN' as double)", "bool false"},
	};
	(void)state;
	RUN(rows);
}

static void logic(void **state)
{
	static const struct row rows[] = {
	    {"yes and yes", "bool true"},
	    {"yes and no", "bool false"},
	    {"yes and unk", "bool NULL"},
	    {"no and unk", "bool false"},
	    {"unk and no", "bool false"},
	    {"unk and unk", "bool NULL"},
	    {"no and no", "bool false"},
	    {"unk and yes", "bool NULL"},
	    {"yes or unk", "bool true"},
	    {"unk or yes", "bool true"},
	    {"no or unk", "bool NULL"},
	    {"unk or unk", "bool NULL"},
	    {"no or no", "bool false"},
	    {"no or yes", "bool true"},
	    {"not yes", "bool false"},
	    {"not no", "bool true"},
	    {"not unk", "bool NULL"},
	    {"not not yes", "bool true"},
	    {"no or yes and no", "bool false"},
	    {"not no and no", "bool false"},
	    {"NOT (no AND no)", "bool true"},
	    {"true", "bool true"},
	    {"null", "null NULL"},
	    {"null and no", "bool false"},
	};
	(void)state;
	RUN(rows);
}

/* Decimal numbers of up to 16 digits are rounded as whole numbers are. */
static void rounding(void **state)
{
	struct fixture f;
	uint64_t seed = 42;
	(void)state;
	fixture_open(&f, NULL, 0);
	for (int i = 0; i < 20000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		int places = (int)(seed >> 33) % 13, digits = (int)(seed >> 40) % (places + 1);
		int64_t n = (int64_t)(seed >> 11) % 1000000000000000 / (i % 2 ? 1 : 100000000), cut = 1;
		if (i % 3 == 0) /* halves */
			n = n / 10 * 10 + 5;
		for (int k = digits; k < places; k++)
			cut *= 10;
		char text[100], got[200], wanted[100], number[64];
		double expected;
		int size = snprintf(number, sizeof number, "%llde-%d", (long long)((n + cut / 2) / cut), digits);
		assert_true(weir_parse_double((struct weir_str){number, (size_t)size}, &expected));
		snprintf(text, sizeof text, "round(-%llde-%d, %d)", (long long)n, places, digits);
		size = snprintf(wanted, sizeof wanted, "float64 ");
		wanted[(size_t)size + weir_format_double(expected == 0 ? 0 : -expected, wanted + size)] = 0;
		fixture_eval(&f, text, got, sizeof got);
		if (strcmp(got, wanted) != 0)
			fail_msg("%s is %s, expected %s", text, got, wanted);
	}
	fixture_close(&f);
}

static void text(void **state)
{
	static const struct row rows[] = {
	    {"'9007199254740993' = 9007199254740993", "bool true"},
	    {"'9007199254740993' = 9007199254740992", "bool false"},
	    {"'18446744073709551615' = 18446744073709551615", "bool true"},
	    {"'18446744073709551615' = 18446744073709551614", "bool false"},
	    {"18446744073709551614 < '18446744073709551615'", "bool true"},
	    {"'-18446744073709551615' < -18446744073709551614", "bool true"},
	    {"'+00018446744073709551615 ' in (1, 18446744073709551615)", "bool true"},
	    {"'nan' > 18446744073709551615", "bool true"},
	    {"'1e30' > 18446744073709551615", "bool true"},
	    {"'x' > 18446744073709551615", "bool NULL"},
	    {"'it''s'", "string it's"},
	    {"lower(s)", "string hello, world"},
	    {"upper(s)", "string HELLO, WORLD"},
	    {"lower(uni)", "string ärger 日本"},
	    {"upper('straße é')", "string STRAßE É"},
	    {"trim('  a b ')", "string a b"},
	    {"length(uni)", "int64 8"},
	    {"length('')", "int64 0"},
	    {"substr(s, 1, 5)", "string Hello"},
	    {"substr(s, 8)", "string World"},
	    {"substr(s, 0, 2)", "string He"},
	    {"substr(s, -5)", "string World"},
	    {"substr(s, -5, 2)", "string Wo"},
	    {"substr('abc', -5, 3)", "string a"},
	    {"substr(s, 100)", "string "},
	    {"substr(s, 2, -1)", "string "},
	    {"substr(uni, 7, 1)", "string 日"},
	    {"substr(i, 1)", "string 7"},
	    {"replace(s, 'l', 'LL')", "string HeLLLLo, WorLLd"},
	    {"replace(s, '', 'x')", "string Hello, World"},
	    {"replace(s, 'o', '')", "string Hell, Wrld"},
	    {"s || '!' || i", "string Hello, World!7"},
	    {"s || nul", "string NULL"},
	    {"i || 1 + 2", "string 73"},
	    {"concat(i, '-', f, '-', yes)", "string 7-2.5-true"},
	    {"concat(s, nuls)", "string NULL"},
	    {"split_part(path, '/', 2)", "string api"},
	    {"split_part(path, '/', -1)", "string users"},
	    {"split_part(path, '/', 9)", "string "},
	    {"split_part(path, '/', -9)", "string "},
	    {"split_part(path, '/', 0)", "string NULL"},
	    {"split_part(path, '', 1)", "string /api/v1/users"},
	    {"starts_with(path, '/api')", "bool true"},
	    {"starts_with(path, 'api')", "bool false"},
	    {"contains(path, 'v1')", "bool true"},
	    {"contains(path, '')", "bool true"},
	    {"s like 'Hello%'", "bool true"},
	    {"s like '%World'", "bool true"},
	    {"s like 'hello%'", "bool false"},
	    {"s like 'H_llo, W%d'", "bool true"},
	    {"s like '%l%l%l%'", "bool true"},
	    {"s like '%l%l%l%l%'", "bool false"},
	    {"s not like '%x%'", "bool true"},
	    {"uni like '_rger __'", "bool true"},
	    {"'100%' like '100!%' escape '!'", "bool true"},
	    {"'100x' like '100!%' escape '!'", "bool false"},
	    {"'a_b' like 'a\\_b'", "bool true"},
	    {"'axb' like 'a\\_b'", "bool false"},
	    {"'' like '%'", "bool true"},
	    {"'' like '_'", "bool false"},
	    {"nuls like '%'", "bool NULL"},
	    {"s rlike 'W.r'", "bool true"},
	    {"s rlike '^W'", "bool false"},
	    {"s not rlike '^W'", "bool true"},
	    {"regexp_extract(path, '/v([0-9]+)/')", "string 1"},
	    {"regexp_extract(path, '/v([0-9]+)/', 0)", "string /v1/"},
	    {"regexp_extract(path, 'v[0-9]')", "string v1"},
	    {"regexp_extract(path, 'x([0-9])')", "string "},
	    {"json_value(commits, '$[0].id')", "string 1"},
	    {"json_value(commits, '$[0].author.name')", "string a\"é"},
	    {"json_value(commits, '$[1][''x y'']')", "string [null,3]"},
	    {"json_value(commits, '$[1][''x y''][0]')", "string NULL"},
	    {"json_value(commits, '$[9].id')", "string NULL"},
	    {"json_value(s, '$.a')", "string NULL"},
	    {"json_value('{\"a\":{\"b\":[10,20]}}', '$.a.b[1]')", "string 20"},
	    {"commits[0].author.name", "string a\"é"},
	    {"commits[1].id = 2", "bool true"},
	    {"commits[1].\"x y\"[1]", "string 3"},
	    {"json_value('{\"k\\u00e9y\":\"\\ud83d\\ude00x\\ud83d!\"}', '$.kéy')", "string 😀x\xef\xbf\xbd!"},
	    {"json_value('not json', '$')", "string NULL"},
	    {"json_value('[1,2] x', '$[0]')", "string NULL"},
	    {"json_value('[1,2', '$[0]')", "string NULL"},
	    {"json_value('[1,2}', '$[0]')", "string NULL"},
	    {"json_value('[1,,2]', '$[0]')", "string NULL"},
	    {"json_value('[1,]', '$[0]')", "string NULL"},
	    {"json_value('[01]', '$[0]')", "string NULL"},
	    {"json_value('[1.]', '$[0]')", "string NULL"},
	    {"json_value('{\"a\":1,\"b\"}', '$.a')", "string NULL"},
	    {"json_value('{\"a\":1,2:3}', '$.a')", "string NULL"},
	    {"json_value('{\"a\":\"\\q\"}', '$.a')", "string NULL"},
	    {"json_value('{\"a\":\"\\u12\"}', '$.a')", "string NULL"},
	    {"json_value('{\"a\" : 1 , \"b\" : [ ] }', '$.a')", "string 1"},
	    {"json_value('[-0.5e+3,NaN,-Infinity,true]', '$[0]')", "string -0.5e+3"},
	    {"json_value('[NaN,-Infinity,true]', '$[0]')", "string NULL"},
	    {"json_value('[NaN,-Infinity,true]', '$[1]')", "string NULL"},
	    {"json_value('[NaN,-Infinity,true]', '$[2]')", "string true"},
	    {"size('[1,2] x')", "int64 NULL"},
	    {"size('[1 2]')", "int64 NULL"},
	    {"'é' rlike '\\S'", "bool true"},
	    {"'日本' rlike '^\\W\\D$'", "bool true"},
	    {"regexp_extract('xﬁ', '\\S+')", "string xﬁ"},
	    {"size(commits)", "int64 2"},
	    {"size('{\"a\":1,\"b\":[1,2]}')", "int64 2"},
	    {"size('[]')", "int64 0"},
	    {"size(s)", "int64 NULL"},
	    {"lower(nuls)", "string NULL"},
	};
	(void)state;
	RUN(rows);
}

static void time_functions(void **state)
{
	static const struct row rows[] = {
	    {"timestamp '2026-11-22T10:00:00Z'", "timestamp 2026-11-22T10:00:00Z"},
	    {"TIMESTAMP '2026-11-22 10:00:00+01:00'", "timestamp 2026-11-22T09:00:00Z"},
	    {"t + interval '5' minute", "timestamp 2026-11-22T10:35:45.250Z"},
	    {"interval 2 hours + t", "timestamp 2026-11-22T12:30:45.250Z"},
	    {"t - interval '1.5' day", "timestamp 2026-11-20T22:30:45.250Z"},
	    {"t - interval '90 seconds'", "timestamp 2026-11-22T10:29:15.250Z"},
	    {"timestamp 'Sun, 22 Nov 2026 10:00:00 GMT'", "timestamp 2026-11-22T10:00:00Z"},
	    {"timestamp '9999-12-31T23:59:59.999999Z' + interval '1' microsecond", "timestamp NULL"},
	    {"timestamp '0001-01-01T00:00:00Z' - interval '1' day", "timestamp NULL"},
	    {"t + interval '3650000' day", "timestamp NULL"},
	    {"hour(t - interval '1' hour)", "int64 9"},
	    {"to_timestamp('22/Nov/2026:10:00:00 +0000')", "timestamp 2026-11-22T10:00:00Z"},
	    {"to_timestamp('Sun Nov 22 10:00:00 2026')", "timestamp 2026-11-22T10:00:00Z"},
	    {"to_timestamp('2026-11-22 10:00:00 AM UTC')", "timestamp 2026-11-22T10:00:00Z"},
	    {"to_timestamp('1795341600.5')", "timestamp 2026-11-22T10:00:00.500Z"},
	    {"to_timestamp('1795341600500')", "timestamp 2026-11-22T10:00:00.500Z"},
	    {"to_timestamp('11/12/2026')", "timestamp NULL"},
	    {"to_timestamp('22/11/2026')", "timestamp NULL"},
	    {"to_timestamp('Nov 22 10:00:00')", "timestamp NULL"},
	    {"to_timestamp('2026')", "timestamp NULL"},
	    {"to_timestamp(253402300800)", "timestamp NULL"},
	    {"to_timestamp(253402300799.5)", "timestamp 9999-12-31T23:59:59.500Z"},
	    {"to_timestamp(1e15)", "timestamp NULL"},
	    {"t - time", "float64 28117845.25"},
	    {"t - '2026-11-22T10:30:00Z'", "float64 45.25"},
	    {"t - time > interval '300' day", "bool true"},
	    {"timestamp '9999-12-31T23:59:59.999999Z' + interval '1' microsecond", "timestamp NULL"},
	    {"timestamp '0001-01-01T00:00:00Z' - interval '1' microsecond", "timestamp NULL"},
	    {"to_timestamp(253402300799)", "timestamp 9999-12-31T23:59:59Z"},
	    {"to_timestamp(253402300800)", "timestamp NULL"},
	    {"to_timestamp(1e15)", "timestamp NULL"},
	    {"bucket(timestamp '0001-01-01T00:00:00Z', interval '11' hour)", "timestamp NULL"},
	    {"hour(null - interval '1' hour)", "int64 NULL"},
	    {"interval '1' hour / interval '1' minute", "float64 60.0"},
	    {"2 * interval '1' minute", "float64 120.0"},
	    {"date_trunc('hour', t)", "timestamp 2026-11-22T10:00:00Z"},
	    {"date_trunc('second', t)", "timestamp 2026-11-22T10:30:45Z"},
	    {"date_trunc('day', t)", "timestamp 2026-11-22T00:00:00Z"},
	    {"date_trunc('week', t)", "timestamp 2026-11-16T00:00:00Z"},
	    {"date_trunc('MONTH', t)", "timestamp 2026-11-01T00:00:00Z"},
	    {"date_trunc('quarter', t)", "timestamp 2026-10-01T00:00:00Z"},
	    {"date_trunc('year', t)", "timestamp 2026-01-01T00:00:00Z"},
	    {"date_trunc('day', timestamp '1969-12-31T23:00:00Z')", "timestamp 1969-12-31T00:00:00Z"},
	    {"extract(year from t)", "int64 2026"},
	    {"extract(month from t)", "int64 11"},
	    {"extract(day from t)", "int64 22"},
	    {"extract(hour from t)", "int64 10"},
	    {"extract(second from t)", "float64 45.25"},
	    {"extract(dow from t)", "int64 1"},
	    {"extract(week from t)", "int64 47"},
	    {"extract(week from timestamp '2027-01-01T00:00:00Z')", "int64 53"},
	    {"extract(doy from t)", "int64 326"},
	    {"hour(t)", "int64 10"},
	    {"minute(t)", "int64 30"},
	    {"hour(timestamp '1969-12-31T23:59:00Z')", "int64 23"},
	    {"dayofweek(t)", "int64 1"},
	    {"unix_seconds(t)", "int64 1795343445"},
	    {"unix_seconds(timestamp '1969-12-31T23:59:59.5Z')", "int64 -1"},
	    {"to_timestamp('2026-11-22T10:00:00Z')", "timestamp 2026-11-22T10:00:00Z"},
	    {"to_timestamp(1795343445)", "timestamp 2026-11-22T10:30:45Z"},
	    {"to_timestamp(1795343445.25)", "timestamp 2026-11-22T10:30:45.250Z"},
	    {"to_timestamp('yesterday')", "timestamp NULL"},
	    {"bucket(t, interval '5' minute)", "timestamp 2026-11-22T10:30:00Z"},
	    {"t + interval '90000000' day + interval '90000000' day", "timestamp NULL"},
	};
	(void)state;
	RUN(rows);
}

static void choices_and_casts(void **state)
{
	static const struct row rows[] = {
	    {"case when i > 5 then 'big' when i > 1 then 'mid' else 'low' end", "string big"},
	    {"case when j > 5 then 'big' when i > 1 then 'mid' else 'low' end", "string mid"},
	    {"case when unk then 1 else 2 end", "int64 2"},
	    {"case when no then 1 end", "int64 NULL"},
	    {"case i when 7 then 'seven' when 8 then 'eight' end", "string seven"},
	    {"case nul when null then 1 else 2 end", "int64 2"},
	    {"case when yes then 1 else 2.5 end", "float64 1.0"},
	    {"case when yes then 1 else 'x' end", "string 1"},
	    {"CASE WHEN end > 3 THEN end ELSE 0 END", "int64 5"},
	    {"if(i > 5, 'a', 'b')", "string a"},
	    {"if(unk, 'a', 'b')", "string b"},
	    {"coalesce(nul, i)", "int64 7"},
	    {"coalesce(nul, null)", "int64 NULL"},
	    {"coalesce(nuls, 'x')", "string x"},
	    {"coalesce(nul, 1.5)", "float64 1.5"},
	    {"nullif(i, 7)", "int64 NULL"},
	    {"nullif(i, 8)", "int64 7"},
	    {"nullif(i, null)", "int64 7"},
	    {"greatest(i, j, nul)", "int64 7"},
	    {"least(i, j, 2.5)", "float64 -3.0"},
	    {"greatest(nul, null)", "int64 NULL"},
	    {"greatest('a', 'b')", "string b"},
	    {"cast(f as int)", "int64 2"},
	    {"cast(-2.9 as bigint)", "int64 -2"},
	    {"cast(1e300 as long)", "int64 NULL"},
	    {"cast('12' as int)", "int64 12"},
	    {"cast(' 12.9 ' as int)", "int64 12"},
	    {"cast('x' as int)", "int64 NULL"},
	    {"cast(i as double)", "float64 7.0"},
	    {"cast('1e3' as double)", "float64 1000.0"},
	    {"cast(i as string)", "string 7"},
	    {"cast(3.0 as varchar)", "string 3.0"},
	    {"cast(t as text)", "string 2026-11-22 10:30:45.25"},
	    {"t || ''", "string 2026-11-22 10:30:45.25"},
	    {"coalesce(t, s)", "string 2026-11-22 10:30:45.25"},
	    {"cast(date_trunc('second', t) as string)", "string 2026-11-22 10:30:45"},
	    {"cast(timestamp '2026-01-05T03:04:05.678Z' as string)", "string 2026-01-05 03:04:05.678"},
	    {"cast(timestamp '2026-01-05T03:04:05Z' as string)", "string 2026-01-05 03:04:05"},
	    {"timestamp '2026-01-05T03:04:05.000001Z' || '!'", "string 2026-01-05 03:04:05.000001!"},
	    {"cast(yes as string)", "string true"},
	    {"cast('yes' as boolean)", "bool true"},
	    {"cast('maybe' as bool)", "bool NULL"},
	    {"cast(zero as bool)", "bool false"},
	    {"cast(yes as int)", "int64 1"},
	    {"cast('2026-11-22' as timestamp)", "timestamp 2026-11-22T00:00:00Z"},
	    {"cast(60 as timestamp)", "timestamp 1970-01-01T00:01:00Z"},
	    {"cast(t as bigint)", "int64 1795343445"},
	    {"cast(timestamp '1969-12-31T23:59:59.5Z' as bigint)", "int64 -1"},
	    {"cast(t as double)", "float64 1795343445.25"},
	    {"cast(null as int)", "int64 NULL"},
	};
	(void)state;
	RUN(rows);
}

static void names(void **state)
{
	static const struct row rows[] = {
	    {"\"odd name\" + 1", "int64 2"}, {"`odd name` + 1", "int64 2"}, {"user.id", "int64 42"},
	    {"\"user.id\"", "int64 42"},     {"end + count", "int64 11"},   {"hour(time)", "int64 0"},
	    {"host", "string h1"},           {"HOST = 'h1'", "bool true"},  {"I + 1", "int64 8"},
	    {"_stream", "string web"},       {"_partition", "int64 0"},     {"_malformed", "bool false"},
	    {"_raw", "string NULL"},         {"_key is null", "bool true"},
	};
	(void)state;
	RUN(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers),           cmocka_unit_test(comparisons), cmocka_unit_test(logic),
	    cmocka_unit_test(rounding),          cmocka_unit_test(text),        cmocka_unit_test(time_functions),
	    cmocka_unit_test(choices_and_casts), cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
