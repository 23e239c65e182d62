/* A view as a command line: the shells read back the very options, whatever bytes are in them, and no secret leaves. */
#include "session/options/options.h"
#include "weir/base/uri.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static struct weir_options *parse(const char *const *words, struct weir_options *o)
{
	char *argv[32];
	int argc = 0;
	struct weir_error err = {0};
	argv[argc++] = (char *)(size_t) "weir";
	while (*words)
		argv[argc++] = (char *)(size_t)*words++;
	weir_options_init(o);
	if (weir_options_parse(argc, argv, 0, o, &err) != WEIR_OK)
		fail_msg("%s: %s", err.origin, err.what);
	return o;
}

static void check_command(const char *const *words, const char *wanted)
{
	struct weir_options o;
	struct weir_buf text = {0};
	bool hidden;
	parse(words, &o);
	weir_options_command(&o, &o.view, " ", &hidden, &text);
	assert_string_equal(text.data, wanted);
	weir_buf_release(&text);
	weir_options_release(&o);
}

static void test_what_bears_on_the_answer(void **state)
{
	(void)state;
	check_command((const char *[]){"a.csv", NULL}, "weir a.csv");
	check_command(
	    (const char *[]){"-w", "status >= 500", "-w", "a = 'x'", "-g", "region", "a.csv", "b=demo:web", NULL},
	    "weir --where 'status >= 500' --where 'a = '\\''x'\\' --group region a.csv 'b=demo:web'");
	check_command((const char *[]){"--theme", "light", "--batch", "-o", "json", "--stats", "x", "--ascii", "-f",
				       "csv", "--memory", "1G", "--memory", "512M", "--malformed", "drop", "a", NULL},
		      "weir --format csv --malformed drop a");
	check_command((const char *[]){"--", "-odd", "-", NULL}, "weir -- -odd -");
	check_command((const char *[]){"-d", "s=a/1000", "-d", "t=s+1", "", NULL},
		      "weir --derive 's=a/1000' --derive 't=s+1' ''");
}

/* "15m ago" would be another moment later. */
static void test_moments_are_pinned(void **state)
{
	struct weir_options o;
	struct weir_buf text = {0};
	bool hidden;
	char *const argv[] = {(char *)(size_t) "weir", (char *)(size_t) "-Wsince -15m", (char *)(size_t) "--at=-1m"};
	(void)state;
	weir_options_init(&o);
	assert_int_equal(weir_options_parse(3, argv, 3600 * WEIR_US_PER_S, &o, NULL), WEIR_OK);
	weir_options_command(&o, &o.view, " ", &hidden, &text);
	assert_string_equal(text.data, "weir --window 'since 1970-01-01T00:45:00Z' --at 1970-01-01T00:59:00Z");
	weir_buf_release(&text);
	weir_options_release(&o);
}

static void check_address(const char *from, const char *to)
{
	struct weir_buf text = {0};
	bool hidden;
	weir_uri_write(weir_str_of(from), &hidden, &text);
	assert_string_equal(text.data ? text.data : "", to);
	assert_int_equal(hidden, strcmp(from, to) != 0);
	weir_buf_release(&text);
}

static void test_secrets_stay(void **state)
{
	(void)state;
	check_address("kafka://h:9092/t?client.id=x", "kafka://h:9092/t?client.id=x");
	check_address("kafka://me:pw%40@h:9092/t?client.id=x&sasl.password=s3cret&ssl.ca.location=/k",
		      "kafka://me:${PASSWORD}@h:9092/t?client.id=x&sasl.password=${SASL_PASSWORD}&ssl.ca.location=/k");
	check_address("kafka://me:${PW}@h/t?sasl.password=${X}", "kafka://me:${PW}@h/t?sasl.password=${X}");
	check_address("kafka://me:a${PW}@h/t", "kafka://me:${PASSWORD}@h/t");
	check_address("web=postgresql://u:p@h/db/t", "web=postgresql://u:${PASSWORD}@h/db/t");
	check_address("postgresql://u@h/db?password-file=/etc/pw", "postgresql://u@h/db?password-file=/etc/pw");
	check_address("x?TOKEN=t", "x?TOKEN=${TOKEN}");
	check_address("a:b@c", "a:b@c"); /* a file */
}

/* Bytes that a shell or a terminal might take amiss stand more often than others. */
static size_t random_text(char *out, size_t max)
{
	static const char odd[] = "'\"\\$`!*?[]{}()<>|&;~#=%^\n\t\r \033\007\177\xff\xc3\xa4\xe2\x80\xae-";
	size_t n = (size_t)rand() % max;
	for (size_t i = 0; i < n; i++) {
		int c = rand() % 3 ? odd[(size_t)rand() % (sizeof(odd) - 1)] : rand() % 255 + 1;
		out[i] = (char)c;
	}
	out[n] = '\0';
	return n;
}

enum { TEXTS = 400, LONGEST = 40 };

/* Runs the script and reads what it prints. */
static void run_shell(const char *shell, const struct weir_buf *script, struct weir_buf *out)
{
	char path[] = "/tmp/weir-command-XXXXXX", command[64], bytes[4096];
	int fd = mkstemp(path);
	size_t n;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, script->data, script->size), script->size);
	close(fd);
	snprintf(command, sizeof(command), "%s %s", shell, path);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		weir_buf_add(out, bytes, n);
	assert_int_equal(pclose(f), 0);
	unlink(path);
}

static bool has_shell(const char *shell)
{
	char command[80];
	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", shell);
	return system(command) == 0;
}

static void test_shells_read_every_byte_back(void **state)
{
	static char texts[TEXTS][LONGEST + 1];
	struct weir_buf script = {0};
	(void)state;
	srand(11);
	weir_buf_add_c(&script, "show() { for word; do printf '%s\\0' \"$word\"; done; }\n");
	for (int i = 0; i < TEXTS; i++) {
		random_text(texts[i], LONGEST);
		weir_buf_add_c(&script, "show ");
		weir_shell_quote(weir_str_of(texts[i]), &script);
		weir_buf_add_char(&script, '\n');
	}
	for (size_t i = 0; i < script.size; i++) /* nothing that a terminal would obey */
		assert_true((unsigned char)script.data[i] >= 0x20 || script.data[i] == '\n');
	for (size_t k = 0; k < 3; k++) {
		static const char *const shells[] = {"sh", "bash", "zsh"};
		struct weir_buf out = {0};
		if (!has_shell(shells[k]))
			continue;
		run_shell(shells[k], &script, &out);
		const char *at = out.data;
		for (int i = 0; i < TEXTS; i++) {
			assert_true(at < out.data + out.size);
			if (strcmp(at, texts[i]) != 0)
				fail_msg("%s: text %d: \"%s\" became \"%s\"", shells[k], i, texts[i], at);
			at += strlen(at) + 1;
		}
		weir_buf_release(&out);
	}
	weir_buf_release(&script);
}

/* All the way: the words that a shell makes of the command give the same options. */
static void test_the_command_gives_the_same_options(void **state)
{
	static const char *const words[] = {"-w",
					    "name = 'it''s $HOME `x` \\ \033[1m'",
					    "-w",
					    "a like '%\"!!\"%'",
					    "-d",
					    "b=a + 1",
					    "-g",
					    "region,\"odd name\"",
					    "-m",
					    "count,p95(latency_ms) as p",
					    "-W",
					    "tumbling 1m",
					    "-s",
					    "p desc",
					    "-n",
					    "7",
					    "-t",
					    "\"a:b\":iso",
					    "odd name's file",
					    "x=demo:web?rate=5",
					    NULL};
	struct weir_options o, again;
	struct weir_buf script = {0}, out = {0};
	bool hidden;
	const char *argv[32];
	int n = 0;
	(void)state;
	parse(words, &o);
	weir_buf_add_c(&script, "weir() { for word; do printf '%s\\0' \"$word\"; done; }\n");
	weir_options_command(&o, &o.view, " \\\n  ", &hidden, &script);
	weir_buf_add_char(&script, '\n');
	run_shell("sh", &script, &out);
	for (const char *at = out.data; at < out.data + out.size; at += strlen(at) + 1)
		argv[n++] = at;
	argv[n] = NULL;
	parse(argv, &again);
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++)
		assert_true(weir_str_equal(weir_str_of(o.view.text[i]), weir_str_of(again.view.text[i])));
	assert_string_equal(o.time, again.time);
	assert_int_equal(o.n_sources, again.n_sources);
	for (size_t i = 0; i < o.n_sources; i++)
		assert_string_equal(o.sources[i], again.sources[i]);
	weir_buf_release(&script);
	weir_buf_release(&out);
	weir_options_release(&o);
	weir_options_release(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_bears_on_the_answer),
	    cmocka_unit_test(test_moments_are_pinned),
	    cmocka_unit_test(test_secrets_stay),
	    cmocka_unit_test(test_shells_read_every_byte_back),
	    cmocka_unit_test(test_the_command_gives_the_same_options),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
