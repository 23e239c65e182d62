/* How fit a column is to group by or to measure, by its values and by the words in its name. */
#include "weir/session/guess.h"

#include <ctype.h>
#include <string.h>

/* Words that tell what a column is, the telling ones first. */
static const char *const kinds[] = {"service", "app",    "application", "fruit",  "product", "item",   "sku",
				    "sensor",  "symbol", "category",    "kind",   "type",    "event",  "component",
				    "unit",    "level",  "severity",    "status", "state",   "host",   "hostname",
				    "method",  "region", "country",     "city",   "place",   "zone",   "channel",
				    "name",    "logger", "device",      "path",   "user",    "source", "code"};
static const char *const durations[] = {"latency", "duration", "elapsed", "response", "took",
					"delay",   "runtime",  "time",    "rtt",      "wait"};
static const char *const amounts[] = {"price", "amount", "total",    "revenue", "cost",  "value",
				      "bytes", "size",   "quantity", "qty",     "sales", "volume"};
static const char *const readings[] = {"temperature", "temp",  "humidity",  "pressure", "load",    "cpu",   "usage",
				       "speed",       "score", "magnitude", "mag",      "voltage", "power", "depth"};
static const char *const keys[] = {"id",  "pid",    "port", "status",   "code",      "year",    "zip",
				   "lat", "lon",    "lng",  "latitude", "longitude", "version", "index",
				   "seq", "offset", "uid",  "gid",      "line"};

/* The last word of a dotted, snake or camel case name decides first; then any word of it. */
static bool has_word(struct weir_str name, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i + size <= name.size; i++) {
		bool begin =
		    i == 0 || !isalnum((unsigned char)name.data[i - 1]) || isupper((unsigned char)name.data[i]);
		char next = i + size < name.size ? name.data[i + size] : 0;
		bool end = !isalpha((unsigned char)next) ||
			   (isupper((unsigned char)next) && !isupper((unsigned char)name.data[i + size - 1]));

		if (begin && end && weir_str_equal_nocase((struct weir_str){name.data + i, size}, weir_str_of(word)))
			return true;
	}
	return false;
}

/* Points for the first word that the name has: 2 n for the first of n words, n + 1 for the last; 0: none. */
static int word_points(struct weir_str name, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (has_word(name, words[i]))
			return (int)(2 * n - i);
	return 0;
}
#define POINTS(name, words) word_points(name, words, sizeof words / sizeof *words)

int weir_guess_group(const struct weir_column_traits *c)
{
	bool few = !c->many && c->n_distinct >= 2 && c->n_distinct <= WEIR_GUESS_VALUES &&
		   (c->n < 20 || c->n_distinct * 3 <= c->n);
	int points = POINTS(c->name, kinds);

	if (c->is_time || !c->n || !few)
		return 0;
	if (c->type == WEIR_INT64)
		return c->n_distinct <= 20 && points ? points : 0;
	if (c->type != WEIR_STRING && c->type != WEIR_BOOL)
		return 0;
	if (c->type == WEIR_BOOL)
		return 5;
	if (c->mean_bytes > 60) /* sentences */
		return 1;
	return 10 + points + (c->n_distinct >= 3 && c->n_distinct <= 60 ? 20 : 0);
}

int weir_guess_measure(const struct weir_column_traits *c, const char **form)
{
	int points = 0;

	*form = "avg";
	if (c->is_time || (c->type != WEIR_INT64 && c->type != WEIR_FLOAT64) || !c->n ||
	    (c->n > 10 && c->n_distinct < 3))
		return 0;
	if (POINTS(c->name, durations)) {
		*form = "p95";
		points = 200 + POINTS(c->name, durations);
	} else if (POINTS(c->name, amounts)) {
		*form = "sum";
		points = 100 + POINTS(c->name, amounts);
	} else if (POINTS(c->name, readings)) {
		points = 60 + POINTS(c->name, readings);
	} else if (POINTS(c->name, keys)) {
		return 0;
	} else {
		points = c->type == WEIR_FLOAT64 ? 20 : 10;
	}
	return c->rising ? 0 : points;
}
