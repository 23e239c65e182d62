/* Writes bench records: about 178 bytes as NDJSON, nine columns, the same rows in each format for the same seed.
 *
 *   gen FORMAT ROWS [SEED] [RATE]   FORMAT: ndjson csv logfmt clf; RATE: records a second (paced; 0 = as fast as it goes)
 *
 * time: steps of 1 ms, one row in 16 up to 2 s behind; service: 20, Zipf-like; status: 6; latency: lognormal, 3 decimals;
 * region: 8; user: 100,000, skewed; method: 4; bytes; trace: 16 hex digits that never repeat. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const services[20] = {
    "checkout", "payments", "search",  "catalog", "auth",   "cart",    "inventory", "shipping", "recommend", "notify",
    "gateway",  "profile",  "reviews", "pricing", "orders", "returns", "media",     "geo",      "fraud",     "audit"};
static const char *const regions[8] = {"eu-west-1", "eu-north-1", "us-east-1", "us-east-2",
				       "us-west-2", "ap-south-1", "ap-east-1", "sa-east-1"};
static const char *const methods[4] = {"GET", "POST", "PUT", "DELETE"};
static const int statuses[6] = {200, 201, 301, 404, 500, 503};
static const int status_limit[6] = {860, 920, 940, 975, 990, 1000}; /* out of 1,000 */

struct record {
	int64_t ms;
	const char *service, *region, *method;
	int status, bytes;
	unsigned user;
	double latency;
	uint64_t trace;
};

static uint64_t state;

static uint64_t next_random(void) /* splitmix64, Steele et al., OOPSLA 2014 */
{
	uint64_t z = state += 0x9e3779b97f4a7c15ull;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static double uniform(void)
{
	return (double)(next_random() >> 11) * 0x1p-53;
}

static void fill(struct record *r, int64_t n)
{
	const int64_t start_ms = INT64_C(1795341600000); /* 2026-11-22T10:00:00Z */
	uint64_t dice = next_random();
	r->ms = start_ms + n - ((dice & 15) == 0 ? (int64_t)(dice >> 32) % 2000 : 0);
	r->service = services[(int)(20 * pow(uniform(), 2.2))];
	int p = (int)(dice >> 8 & 0xffff) % 1000, s = 0;
	while (p >= status_limit[s])
		s++;
	r->status = statuses[s];
	double normal = sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform()); /* Box-Muller */
	r->latency = exp(3.4 + 0.9 * normal);
	r->region = regions[dice >> 4 & 7];
	r->user = (unsigned)(100000 * pow(uniform(), 3));
	r->method = methods[(dice >> 24 & 15) < 10 ? 0 : (dice >> 24 & 15) < 13 ? 1 : (dice >> 24 & 15) < 15 ? 2 : 3];
	r->bytes = 200 + (int)(dice >> 40 & 0xffff);
	r->trace = next_random();
}

static char second_text[32];
static int64_t second_known = -1;

static void put_time(char *out, int64_t ms, const char *strftime_format)
{
	if (ms / 1000 != second_known) {
		time_t t = (time_t)(ms / 1000);
		struct tm tm;
		gmtime_r(&t, &tm);
		strftime(second_text, sizeof second_text, strftime_format, &tm);
		second_known = ms / 1000;
	}
	strcpy(out, second_text);
}

static int write_record(FILE *f, const char *format, const struct record *r)
{
	char when[40];
	int ms = (int)(r->ms % 1000);
	if (strcmp(format, "clf") == 0) {
		put_time(when, r->ms, "%d/%b/%Y:%H:%M:%S +0000");
		return fprintf(f, "10.%u.%u.%u - u%u [%s] \"%s /%s/%s/%016llx HTTP/1.1\" %d %d \"-\" \"bench/%.3f\"\n",
			       r->user >> 16 & 255, r->user >> 8 & 255, r->user & 255, r->user, when, r->method,
			       r->service, r->region, (unsigned long long)r->trace, r->status, r->bytes, r->latency);
	}
	put_time(when, r->ms, "%Y-%m-%dT%H:%M:%S");
	const char *shape =
	    strcmp(format, "csv") == 0 ? "%s.%03dZ,%s,%d,%.3f,%s,u%u,%s,%d,%016llx\n"
	    : strcmp(format, "logfmt") == 0
		? "time=%s.%03dZ service=%s status=%d latency=%.3f region=%s user=u%u method=%s bytes=%d trace=%016llx\n"
		: "{\"time\":\"%s.%03dZ\",\"service\":\"%s\",\"status\":%d,\"latency\":%.3f,\"region\":\"%s\","
		  "\"user\":\"u%u\",\"method\":\"%s\",\"bytes\":%d,\"trace\":\"%016llx\"}\n";
	return fprintf(f, shape, when, ms, r->service, r->status, r->latency, r->region, r->user, r->method, r->bytes,
		       (unsigned long long)r->trace);
}

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: gen ndjson|csv|logfmt|clf ROWS [SEED] [RATE]\n", stderr);
		return 2;
	}
	const char *format = argv[1];
	int64_t rows = strtoll(argv[2], NULL, 10);
	state = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	double rate = argc > 4 ? strtod(argv[4], NULL) : 0, began = now_s();
	static char buffer[1 << 20];
	setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
	if (strcmp(format, "csv") == 0)
		puts("time,service,status,latency,region,user,method,bytes,trace");
	for (int64_t n = 0; n < rows; n++) {
		struct record r;
		fill(&r, n);
		if (write_record(stdout, format, &r) < 0)
			return 1;
		if (rate > 0 && n % 256 == 255) {
			fflush(stdout);
			double ahead = began + (double)n / rate - now_s();
			if (ahead > 0)
				usleep((useconds_t)(ahead * 1e6));
		}
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
