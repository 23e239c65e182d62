/* Requests to a web shop of twenty services: skewed popularity, lognormal latency, errors that come in spells. */
#include "demo.h"

static const struct {
	const char *name;
	uint16_t share;  /* of 1,000 requests */
	uint16_t median; /* latency in tenths of a millisecond */
} services[] = {
    {"web", 240, 80},     {"search", 150, 310},  {"catalog", 120, 150}, {"cart", 90, 110},      {"auth", 70, 60},
    {"images", 60, 40},   {"checkout", 50, 620}, {"price", 40, 70},     {"stock", 35, 90},      {"reviews", 30, 180},
    {"payment", 25, 950}, {"profile", 20, 120},  {"shipping", 16, 410}, {"recommend", 14, 540}, {"coupon", 11, 100},
    {"mail", 9, 230},     {"tax", 7, 130},       {"fraud", 6, 770},     {"export", 4, 2400},    {"admin", 3, 330},
};
static const char *const regions[] = {"eu-west",  "us-east", "eu-north", "us-west",
				      "ap-south", "ap-east", "sa-east",  "af-south"};
static const char *const methods[] = {"GET", "GET", "GET", "GET", "GET", "POST", "PUT", "DELETE"};
static const char *const pages[] = {"", "/items", "/list", "/detail", "/new", "/status", "/history", "/batch"};

enum { N_SERVICES = sizeof services / sizeof *services };

static uint32_t pick_service(uint32_t bits)
{
	uint32_t point = weir_demo_pick(bits, 1000), i = 0;

	while (point >= services[i].share)
		point -= services[i++].share;
	return i;
}

/* One service at a time is ill: more errors, three times as slow. */
static bool is_ill(uint32_t service, int64_t event_us)
{
	uint32_t spell = (uint32_t)(event_us / (30 * WEIR_US_PER_S));

	return spell * 2654435761u % N_SERVICES == service;
}

static uint32_t pick_status(uint32_t bits, bool ill)
{
	uint32_t point = weir_demo_pick(bits, 1000);

	if (point < (ill ? 80 : 4))
		return point & 1 ? 503 : 500;
	if (point < 110)
		return point & 1 ? 404 : 304;
	return point < 140 ? 201 : 200;
}

static char *put_name(char *out, const char *name)
{
	return weir_demo_put(out, name, strlen(name));
}

static char *make_request(struct weir_demo_gen *g, int64_t event_us, char *out)
{
	uint64_t a = weir_demo_random(g), b = weir_demo_random(g);
	uint32_t service = pick_service((uint32_t)a), region = (uint32_t)(a >> 61) & (uint32_t)(a >> 58);
	bool ill = is_ill(service, event_us);
	float spread = g->spread[b & (WEIR_DEMO_SAMPLES - 1)] * (1 + (float)(b >> 12 & 255) / 2560);
	int64_t latency_us = (int64_t)(services[service].median * 100 * (ill ? 3 : 1) * spread);

	out = WEIR_DEMO_PUT(out, "{\"time\":\"");
	out = weir_demo_put_time(g, out, event_us, 6);
	out = WEIR_DEMO_PUT(out, "\",\"service\":\"");
	out = put_name(out, services[service].name);
	out = WEIR_DEMO_PUT(out, "\",\"status\":");
	out = weir_demo_put_uint(out, pick_status((uint32_t)(b >> 32), ill));
	out = WEIR_DEMO_PUT(out, ",\"latency_ms\":");
	out = weir_demo_put_fixed(out, latency_us, 3);
	out = WEIR_DEMO_PUT(out, ",\"region\":\"");
	out = put_name(out, regions[region & 7]);
	out = WEIR_DEMO_PUT(out, "\",\"user\":\"u");
	out = weir_demo_put_uint(out, weir_demo_pick((uint32_t)(a >> 29), 100000));
	out = WEIR_DEMO_PUT(out, "\",\"method\":\"");
	out = put_name(out, methods[b >> 20 & 7]);
	out = WEIR_DEMO_PUT(out, "\",\"bytes\":");
	out = weir_demo_put_uint(out, 200 + (uint64_t)(800 * g->spread[b >> 24 & (WEIR_DEMO_SAMPLES - 1)]));
	out = WEIR_DEMO_PUT(out, ",\"path\":\"/");
	out = put_name(out, services[service].name);
	out = put_name(out, pages[b >> 40 & 7]);
	return WEIR_DEMO_PUT(out, "\"}\n");
}

const struct weir_demo_maker weir_demo_web = {
    .name = "web",
    .help = "web requests: time, service, status, latency_ms, region, user, method, bytes, path",
    .make = make_request,
};
