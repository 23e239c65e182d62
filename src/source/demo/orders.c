/* Orders of fruit as text messages: "apple 10". One in a thousand is cut off. */
#include "demo.h"

static const struct {
	const char *name;
	uint32_t cents; /* for one */
	uint32_t share; /* of 100 orders */
} fruits[] = {
    {"apple", 35, 22}, {"banana", 25, 17}, {"orange", 45, 13}, {"pear", 40, 10},  {"mango", 140, 8}, {"grape", 12, 7},
    {"lemon", 30, 6},  {"peach", 55, 5},   {"cherry", 9, 4},   {"melon", 290, 3}, {"plum", 28, 3},   {"kiwi", 38, 2},
};
static const char *const customers[] = {
    "Ada",  "Amir", "Anna",  "Ben",  "Bruno", "Carla", "Chen", "Dana", "David", "Elif",  "Emma",
    "Femi", "Finn", "Grace", "Hana", "Hugo",  "Ines",  "Ivan", "Jana", "Jose",  "Kofi",  "Lena",
    "Lin",  "Luca", "Maya",  "Mia",  "Nadia", "Noah",  "Olga", "Omar", "Petra", "Priya", "Quinn",
    "Rosa", "Ravi", "Sara",  "Sven", "Tariq", "Tess",  "Uma",  "Vera", "Wei",   "Yara",  "Zoe",
};
static const char *const regions[] = {"north", "south", "east", "west", "centre"};
static const uint32_t region_share[] = {30, 24, 20, 16, 10};
static const uint8_t quantities[] = {1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 6, 6, 8, 10, 10, 10, 12, 12, 15, 20, 24};

enum {
	N_FRUITS = sizeof fruits / sizeof *fruits,
	N_CUSTOMERS = sizeof customers / sizeof *customers,
	N_REGIONS = sizeof regions / sizeof *regions,
	N_QUANTITIES = sizeof quantities,
};

/* Every so often one fruit is in fashion for a while, so that the ranking moves. */
static uint32_t pick_fruit(uint64_t bits, int64_t event_us)
{
	uint32_t spell = (uint32_t)(event_us / (45 * WEIR_US_PER_S));
	uint32_t point = weir_demo_pick((uint32_t)bits, 100), i = 0;

	if ((bits >> 32 & 7) == 0)
		return spell * 2654435761u % N_FRUITS;
	while (point >= fruits[i].share)
		point -= fruits[i++].share;
	return i;
}

static uint32_t pick_region(uint32_t bits)
{
	uint32_t point = weir_demo_pick(bits, 100), i = 0;

	while (point >= region_share[i])
		point -= region_share[i++];
	return i;
}

static char *put_name(char *out, const char *name)
{
	return weir_demo_put(out, name, strlen(name));
}

static char *make_order(struct weir_demo_gen *g, int64_t event_us, char *out)
{
	uint64_t a = weir_demo_random(g), b = weir_demo_random(g);
	uint32_t fruit = pick_fruit(a, event_us), quantity = quantities[weir_demo_pick((uint32_t)b, N_QUANTITIES)];
	/* The price of one swings by a tenth with the day's market. */
	uint32_t each = fruits[fruit].cents * (90 + weir_demo_pick((uint32_t)(b >> 32), 21)) / 100;
	char *begin = out;

	out = WEIR_DEMO_PUT(out, "{\"time\":\"");
	out = weir_demo_put_time(g, out, event_us, 3);
	out = WEIR_DEMO_PUT(out, "\",\"customer\":\"");
	out = put_name(out, customers[weir_demo_pick((uint32_t)(a >> 24), N_CUSTOMERS)]);
	out = WEIR_DEMO_PUT(out, "\",\"text\":\"");
	out = put_name(out, fruits[fruit].name);
	*out++ = ' ';
	out = weir_demo_put_uint(out, quantity);
	char *after_text = out;
	out = WEIR_DEMO_PUT(out, "\",\"item\":\"");
	out = put_name(out, fruits[fruit].name);
	out = WEIR_DEMO_PUT(out, "\",\"quantity\":");
	out = weir_demo_put_uint(out, quantity);
	out = WEIR_DEMO_PUT(out, ",\"price\":");
	out = weir_demo_put_fixed(out, (int64_t)each * quantity, 2);
	out = WEIR_DEMO_PUT(out, ",\"region\":\"");
	out = put_name(out, regions[pick_region((uint32_t)(b >> 16))]);
	out = WEIR_DEMO_PUT(out, "\"}\n");
	if (weir_demo_pick((uint32_t)(a >> 8), 1000) == 0) { /* a message that broke off */
		out = after_text - begin > 60 && (b & 1) ? begin + 47 : after_text;
		*out++ = '\n';
	}
	return out;
}

const struct weir_demo_maker weir_demo_orders = {
    .name = "orders",
    .help = "orders of fruit as text messages: time, customer, text, item, quantity, price, region",
    .make = make_order,
};
