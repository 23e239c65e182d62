/* Forty sensors at six sites that follow the time of day, with noise; a dead battery now and then leaves nulls. */
#include "demo.h"

#include <math.h>

static const struct {
	const char *name;
	int tenths; /* mean temperature in tenths of a degree */
	int humid;  /* mean relative humidity */
} sites[] = {{"harbour", 124, 78}, {"forest", 96, 84},  {"roof", 161, 52},
	     {"cellar", 118, 71},  {"summit", -32, 63}, {"desert", 274, 18}};

enum { N_SITES = sizeof sites / sizeof *sites, N_SENSORS = 40 };

static char *make_reading(struct weir_demo_gen *g, int64_t event_us, char *out)
{
	const double turn = 6.283185307179586, day_us = 86400e6;
	uint64_t a = weir_demo_random(g);
	uint32_t sensor = weir_demo_pick((uint32_t)a, N_SENSORS), site = sensor % N_SITES;
	double sun = sin(turn * ((double)(event_us % INT64_C(86400000000)) / day_us - 0.3));
	float noise = g->normal[a >> 32 & (WEIR_DEMO_SAMPLES - 1)],
	      noise2 = g->normal[a >> 44 & (WEIR_DEMO_SAMPLES - 1)];
	int64_t celsius = (int64_t)((sites[site].tenths + 60 * sun) * 10 + 45 * (double)noise + sensor);
	int64_t humidity = (int64_t)(sites[site].humid * 10 - 80 * sun + 20 * (double)noise2);
	size_t size = strlen(sites[site].name);

	humidity = humidity < 0 ? 0 : humidity > 1000 ? 1000 : humidity;
	out = WEIR_DEMO_PUT(out, "{\"time\":\"");
	out = weir_demo_put_time(g, out, event_us, 3);
	out = WEIR_DEMO_PUT(out, "\",\"sensor\":\"s-");
	out = weir_demo_put_uint(out, 100 + sensor);
	out = WEIR_DEMO_PUT(out, "\",\"site\":\"");
	out = weir_demo_put(out, sites[site].name, size);
	out = WEIR_DEMO_PUT(out, "\",\"temperature\":");
	out = (a >> 58) == 0 ? WEIR_DEMO_PUT(out, "null") : weir_demo_put_fixed(out, celsius, 2);
	out = WEIR_DEMO_PUT(out, ",\"humidity\":");
	out = weir_demo_put_fixed(out, humidity, 1);
	out = WEIR_DEMO_PUT(out, ",\"pressure\":");
	out = weir_demo_put_fixed(out, 10132 + (int64_t)(60 * noise2), 1);
	out = WEIR_DEMO_PUT(out, ",\"battery\":");
	out = weir_demo_put_uint(out, 100 - (sensor * 7 + (uint32_t)(event_us / (600 * WEIR_US_PER_S))) % 90);
	return WEIR_DEMO_PUT(out, "}\n");
}

const struct weir_demo_maker weir_demo_sensors = {
    .name = "sensors",
    .help = "readings of sensors: time, sensor, site, temperature, humidity, pressure, battery",
    .make = make_reading,
};
