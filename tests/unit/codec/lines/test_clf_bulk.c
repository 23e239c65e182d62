/* Lines of access logs, many at once, store what is stored line by line: generated lines in the common and combined
 * formats and with parts of a server's own, with odd users, times, requests, quotes, bytes and line ends, in pieces. */
#include "../bulk_compare.h"

static const char *const hosts[] = {"10.0.0.1", "::1", "a.long.host.name.example.org", "\xc3\xa9.example"};
static const char *const odd_hosts[] = {"", "\"", "\"a b\"", "-", "a\tb", "h\xff"};
static const char *const users[] = {"-", "frank", "u\"x", "[x]"};
static const char *const odd_users[] = {"two words", "", "\"q\"", "[", "a [b", "\"a b\"", "x]"};
static const char *const odd_times[] = {
    "[22/Nov/2026:10:00:00]",       "[22/Nov/2026:10:00:00 +0000",   "[x y]", "22/Nov/2026 +0000]",
    "[22/Nov/2026:1]:00:00 +0000]", "[22/Nov/2026:10:00:00 +0000]]", "[]",    "[\" +0000]"};
static const char *const requests[] = {"GET / HTTP/1.1", "GET /a/path?with=query HTTP/2.0",
				       "POST /with blanks/in it HTTP/1.0", "DELETE /x HTTP/1.1"};
static const char *const odd_requests[] = {"-",
					   "",
					   "GET /",
					   "GET",
					   "\\x16\\x03",
					   "a\\\"b / HTTP/1.1",
					   "G1T /x HTTP/1.1",
					   "GET  HTTP/1.1",
					   "GET / HTTP",
					   " / HTTP/1.1",
					   "GET / HTTP/",
					   "GET /\x01 HTTP/1.1"};
static const char *const odd_counts[] = {
    "007", "x", "", "1.5", "-1", "\"200\"", "1234567890123456789", "999999999999999999"};
static const char *const agents[] = {"-", "", "curl/8.1",
				     "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"};
static const char *const odd_agents[] = {"a\\\"b", "\\\\", "x\"y", "cr\r", "back\\slash", "\xed\xa0\x80"};
static const char *const extras[] = {" 0.005", " \"-\"", " -", " 0.1 0.2", " \"a b\" c", " x=\"y\""};
#define PICK(list) (list)[below(seed, sizeof(list) / sizeof *(list))]

static void add_time(uint64_t *seed, uint32_t odd, struct weir_buf *out)
{
	if (below(seed, odd) == 0)
		weir_buf_add_c(out, PICK(odd_times));
	else
		weir_buf_addf(out, "[22/Nov/2026:10:%02u:%02u +0%u00]", below(seed, 2), below(seed, 61),
			      below(seed, 9) == 0);
}

static void add_count(uint64_t *seed, uint32_t odd, uint32_t most, struct weir_buf *out)
{
	if (below(seed, odd) == 0)
		weir_buf_add_c(out, PICK(odd_counts));
	else if (below(seed, 20) == 0)
		weir_buf_add_c(out, "-");
	else
		weir_buf_addf(out, "%u", below(seed, most));
}

/* style: bit 0 combined, bits 1 and 2 what follows, bit 3 CRLF. One part in `odd` is odd. */
static void add_line(uint64_t *seed, uint32_t style, uint32_t odd, struct weir_buf *out)
{
	weir_buf_addf(out, "%s - %s ", below(seed, odd) == 0 ? PICK(odd_hosts) : PICK(hosts),
		      below(seed, odd) == 0 ? PICK(odd_users) : users[below(seed, below(seed, odd) == 0 ? 4 : 2)]);
	add_time(seed, odd, out);
	weir_buf_addf(out, "%s\"%s\" ", below(seed, odd) == 0 ? "" : " ",
		      below(seed, odd) == 0 ? PICK(odd_requests) : PICK(requests));
	add_count(seed, odd, 600, out);
	weir_buf_add_char(out, ' ');
	add_count(seed, odd, 100000, out);
	if (style & 1) {
		weir_buf_addf(out, " \"%s\"", below(seed, odd) == 0 ? PICK(odd_agents) : PICK(agents));
		if (below(seed, odd))
			weir_buf_addf(out, " \"%s\"", below(seed, odd) == 0 ? PICK(odd_agents) : PICK(agents));
	}
	if (style & 6)
		weir_buf_add_c(out, below(seed, odd) == 0 ? PICK(extras) : extras[style % 6]);
	if (below(seed, odd) == 0)
		weir_buf_add_c(out, below(seed, 2) ? " " : "\"");
	weir_buf_add_c(out, (style & 8) != (below(seed, odd) == 0 ? 8u : 0u) ? "\r\n" : "\n");
	if (below(seed, odd) == 0)
		weir_buf_add_c(out, below(seed, 2) ? "\n" : "\r");
}

static void test_same_as_line_by_line(void **state)
{
	(void)state;
	uint64_t n_bulk = 0;
	for (uint64_t round = 1; round <= 300; round++) {
		uint64_t seed_of = round * 0x9e3779b97f4a7c15ull, *seed = &seed_of;
		struct weir_buf text = {0};
		uint32_t style = below(seed, 16), odd = 30 << below(seed, 8);
		for (uint32_t i = 50 + below(seed, 600); i > 0; i--)
			add_line(seed, below(seed, odd) ? style : below(seed, 16), odd, &text);
		struct weir_str some[] = {WEIR_STR("status"), WEIR_STR("bytes"), WEIR_STR("path"), WEIR_STR("extra")};
		struct input in = {
		    .config = {.format = "clf",
			       .time = below(seed, 3) ? "time:%d/%b/%Y:%H:%M:%S %z" : "none",
			       .on_malformed = below(seed, 2) ? WEIR_MALFORMED_DROP : WEIR_MALFORMED_KEEP},
		    .text = weir_buf_str(&text),
		    .batch_rows = below(seed, 2) ? WEIR_BATCH_ROWS : 1 + below(seed, 300),
		    .piece = below(seed, 2) ? text.size : 200 + below(seed, 9000)};
		in.config.want = below(seed, 3)
				     ? (struct weir_decode_want){.all = true, .raw = below(seed, 4) == 0}
				     : (struct weir_decode_want){.names = some, .n_names = 1 + below(seed, 4)};
		n_bulk += compare(&in, round);
		weir_buf_release(&text);
	}
	assert_true(n_bulk > 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_as_line_by_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
