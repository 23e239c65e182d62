#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "config.h"

#ifdef WEIR_WITH_ZSTD
#include <zstd.h>
#endif

enum { ROWS = 120 };

const struct fault_input fault_inputs[] = {
    {"a.ndjson", NULL, {NULL}},
    {"a.csv", NULL, {NULL}},
    {"a.tsv", NULL, {NULL}},
    {"a.logfmt", NULL, {NULL}},
    {"a.clf", NULL, {"a=bytes", "b=path", "c=agent", NULL}},
    {"a.txt", "text", {"a=length(line)", "b=substr(line,1,7)", "c=line", NULL}},
    {"a.logfmt", "regex:ts=(?<ts>\\S+) b=(?<b>\\w+) a=(?<a>\\d+)", {"c=concat(b,'x')", NULL}},
    {"a.ndjson.gz", NULL, {NULL}},
#ifdef WEIR_WITH_ZSTD
    {"a.ndjson.zst", NULL, {NULL}},
#endif
    {"a.json", NULL, {NULL}},
    {"paths.json", "json:data.rows", {NULL}},
    {NULL, NULL, {NULL}},
};

static const char *long_text(int i)
{
	static const char *const texts[] = {"a text of more than sixteen bytes",
					    "another text, with \\\"quotes\\\" and more", "kürzer"};
	return texts[i % 3];
}

static void object(char *out, size_t size, int i)
{
	int n = snprintf(out, size, "{\"ts\":\"2026-01-01T00:%02d:%02d.5Z\",\"b\":\"k%d\",\"a\":%d,\"c\":\"%s\"",
			 i / 12, i % 12 * 5, i % 7, i * 37 % 101, long_text(i));
	if (i % 5 == 0)
		n += snprintf(out + n, size - (size_t)n, ",\"f\":%d.25,\"o\":{\"p\":[1,%d],\"q\":true}", i, i);
	if (i % 11 == 0)
		n += snprintf(out + n, size - (size_t)n, ",\"m\":%s", i % 2 ? "\"word\"" : "7");
	snprintf(out + n, size - (size_t)n, "}");
}

static FILE *create(const char *name)
{
	FILE *f = fopen(name, "w");
	if (!f) {
		perror(name);
		exit(2);
	}
	return f;
}

static void write_json(void)
{
	FILE *lines = create("a.ndjson"), *array = create("a.json"), *paths = create("paths.json");
	gzFile packed = gzopen("a.ndjson.gz", "wb");
	char text[400];
	fputs("[", array);
	fputs("{\"n\":1,\"data\":{\"rows\":[", paths);
	for (int i = 0; i < ROWS; i++) {
		object(text, sizeof text, i);
		fprintf(lines, "%s\n", i == 77 ? "{\"broken\":" : text);
		fprintf(array, "%s\n%s", i ? "," : "", text);
		fprintf(paths, "%s%s", i ? "," : "", text);
		gzprintf(packed, "%s\n", text);
	}
	fputs("]\n", array);
	fputs("]},\"end\":true}\n", paths);
	fclose(lines);
	fclose(array);
	fclose(paths);
	gzclose(packed);
}

static void write_zstd(void)
{
#ifdef WEIR_WITH_ZSTD
	static char plain[1 << 16], packed[1 << 17];
	size_t n = 0;
	for (int i = 0; i < ROWS; i++) {
		object(plain + n, sizeof plain - n - 1, i);
		n += strlen(plain + n);
		plain[n++] = '\n';
	}
	size_t size = ZSTD_compress(packed, sizeof packed, plain, n, 3);
	FILE *f = create("a.ndjson.zst");
	if (ZSTD_isError(size) || fwrite(packed, 1, size, f) != size)
		exit(2);
	fclose(f);
#endif
}

static void write_lines(void)
{
	FILE *csv = create("a.csv"), *tsv = create("a.tsv"), *logfmt = create("a.logfmt"), *clf = create("a.clf"),
	     *txt = create("a.txt");
	fputs("ts,b,a,c,f\n", csv);
	fputs("ts\tb\ta\tc\n", tsv);
	for (int i = 0; i < ROWS; i++) {
		char ts[40], quoted[64] = "x";
		int a = i * 37 % 101;
		snprintf(ts, sizeof ts, "2026-01-01T00:%02d:%02dZ", i / 12, i % 12 * 5);
		if (i % 3 == 0)
			snprintf(quoted, sizeof quoted, "\"a \"\"quoted\"\" text,\n%d\"", i % 2);
		fprintf(csv, "%s,k%d,%d,%s,%d.5\n", ts, i % 7, a, quoted, i);
		fprintf(tsv, "%s\tk%d\t%d\tword %d of many in this column\n", ts, i % 7, a, i % 4);
		fprintf(logfmt, "ts=%s b=k%d a=%d c=\"some \\\"text\\\" %d\"%s\n", ts, i % 7, a, i % 9,
			i % 10 ? "" : " f=2.5 new");
		fprintf(
		    clf,
		    "10.0.0.%d - - [01/Jan/2026:00:%02d:%02d +0000] \"GET /a/%d HTTP/1.1\" 200 %d \"-\" \"agent %d of some length\"\n",
		    i % 7, i / 12, i % 12 * 5, i % 5, a, i % 4);
		fprintf(txt, "line %d of a text\n", i % 20);
	}
	fclose(csv);
	fclose(tsv);
	fclose(logfmt);
	fclose(clf);
	fclose(txt);
}

void fault_inputs_write(void)
{
	write_json();
	write_zstd();
	write_lines();
}
