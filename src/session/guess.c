#include "guess.h"

#include <ctype.h>

static struct weir_guess_column *column_of(struct weir_guesser *g, const struct weir_field *f)
{
	if (!g->columns && !(g->columns = weir_arena_zalloc(&g->arena, WEIR_GUESS_COLUMNS * sizeof *g->columns)))
		return NULL;
	for (uint32_t i = 0; i < g->n_columns; i++)
		if (weir_str_equal(g->columns[i].name, f->name))
			return &g->columns[i];
	if (g->n_columns == WEIR_GUESS_COLUMNS)
		return NULL;
	struct weir_guess_column *c = &g->columns[g->n_columns];
	c->name = weir_arena_str(&g->arena, f->name);
	if (!c->name.data)
		return NULL;
	c->rising = true;
	g->n_columns++;
	return c;
}

static void add_hash(struct weir_guess_column *c, uint64_t h)
{
	for (uint32_t i = 0; i < c->n_values; i++)
		if (c->hashes[i] == h)
			return;
	if (c->n_values == WEIR_GUESS_VALUES)
		c->many = true;
	else
		c->hashes[c->n_values++] = h;
}

static void add_value(struct weir_guess_column *c, const struct weir_value *v)
{
	double number;

	switch (v->type) {
	case WEIR_STRING:
		c->bytes += v->s.size;
		add_hash(c, weir_hash(v->s.data, v->s.size));
		break;
	case WEIR_BOOL:
		add_hash(c, v->b);
		break;
	case WEIR_INT64:
	case WEIR_FLOAT64:
		number = v->type == WEIR_INT64 ? (double)v->i : v->f;
		c->rising = c->rising && (c->n == 0 || number > c->last);
		c->last = number;
		add_hash(c, weir_hash(&number, sizeof number));
		break;
	default:
		return;
	}
	c->n++;
}

bool weir_guesser_add(struct weir_guesser *g, const struct weir_batch *b)
{
	uint32_t n = g->n_rows < WEIR_GUESS_ROWS ? WEIR_GUESS_ROWS - g->n_rows : 0;

	n = b->n_rows < n ? b->n_rows : n;
	if (!n || !b->schema)
		return true;
	for (uint32_t i = 0; i < b->n_columns && i < b->schema->n_fields; i++) {
		const struct weir_field *f = &b->schema->fields[i];
		struct weir_guess_column *c = column_of(g, f);

		if (!c && g->n_columns < WEIR_GUESS_COLUMNS)
			return false;
		if (!c)
			continue;
		c->type = f->type;
		c->is_time = f->is_time;
		for (uint32_t row = 0; row < n; row++) {
			struct weir_value v = weir_column_get(&b->columns[i], row);
			add_value(c, &v);
		}
	}
	g->n_rows += n;
	return true;
}

void weir_guesser_release(struct weir_guesser *g)
{
	weir_arena_release(&g->arena);
	*g = (struct weir_guesser){0};
}

/* Words that tell what a column is, the telling ones first. */
static const char *const kinds[] = {"service", "app", "application", "fruit", "product", "item", "sku", "sensor", "symbol",
				    "category", "kind", "type", "event", "component", "unit", "level", "severity", "status", "state",
				    "host", "hostname", "method", "region", "country", "city", "place", "zone", "channel", "name",
				    "logger", "device", "path", "user", "source", "code"};
static const char *const durations[] = {"latency", "duration", "elapsed", "response", "took", "delay", "runtime", "time", "rtt", "wait"};
static const char *const amounts[] = {"price", "amount", "total", "revenue", "cost", "value", "bytes", "size", "quantity", "qty",
				      "sales", "volume"};
static const char *const readings[] = {"temperature", "temp", "humidity", "pressure", "load", "cpu", "usage", "speed", "score",
				       "magnitude", "mag", "voltage", "power", "depth"};
static const char *const keys[] = {"id", "pid", "port", "status", "code", "year", "zip", "lat", "lon", "lng", "latitude", "longitude",
				   "version", "index", "seq", "offset", "uid", "gid", "line"};

/* The last word of a dotted, snake or camel case name decides first; then any word of it. */
static bool has_word(struct weir_str name, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i + size <= name.size; i++) {
		bool begin = i == 0 || !isalnum((unsigned char)name.data[i - 1]) || isupper((unsigned char)name.data[i]);
		char next = i + size < name.size ? name.data[i + size] : 0;
		bool end = !isalpha((unsigned char)next) || (isupper((unsigned char)next) && !isupper((unsigned char)name.data[i + size - 1]));

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

static int group_points(const struct weir_guess_column *c)
{
	bool few = !c->many && c->n_values >= 2 && (c->n < 20 || c->n_values * 3 <= c->n);
	int points = POINTS(c->name, kinds);

	if (c->is_time || !c->n || !few)
		return 0;
	if (c->type == WEIR_INT64)
		return c->n_values <= 20 && points ? points : 0;
	if (c->type != WEIR_STRING && c->type != WEIR_BOOL)
		return 0;
	if (c->type == WEIR_BOOL)
		return 5;
	if (c->bytes / c->n > 60) /* sentences */
		return 1;
	return 10 + points + (c->n_values >= 3 && c->n_values <= 60 ? 20 : 0);
}

enum measure_kind { MEASURE_NONE, MEASURE_READING, MEASURE_AMOUNT, MEASURE_DURATION };

static int measure_points(const struct weir_guess_column *c, enum measure_kind *kind)
{
	int points = 0;

	*kind = MEASURE_READING;
	if (c->is_time || (c->type != WEIR_INT64 && c->type != WEIR_FLOAT64) || !c->n || (c->n > 10 && c->n_values < 3))
		return 0;
	if (POINTS(c->name, durations)) {
		*kind = MEASURE_DURATION;
		points = 200 + POINTS(c->name, durations);
	} else if (POINTS(c->name, amounts)) {
		*kind = MEASURE_AMOUNT;
		points = 100 + POINTS(c->name, amounts);
	} else if (POINTS(c->name, readings)) {
		points = 60 + POINTS(c->name, readings);
	} else if (POINTS(c->name, keys)) {
		return 0;
	} else {
		points = c->type == WEIR_FLOAT64 ? 20 : 10;
	}
	if (c->rising && c->n > 3) /* a counter or a time of its own */
		return 0;
	return points;
}

static bool is_plain(struct weir_str name)
{
	static const char *const reserved[] = {"and", "or", "not", "between", "in", "like", "rlike", "is", "null", "case", "when", "then",
					       "else", "cast", "interval", "true", "false", "as", "asc", "desc", "where", "end"};
	if (!name.size || !(isalpha((unsigned char)name.data[0]) || name.data[0] == '_'))
		return false;
	for (size_t i = 0; i < name.size; i++)
		if (!isalnum((unsigned char)name.data[i]) && name.data[i] != '_' && name.data[i] != '.')
			return false;
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (weir_str_equal_nocase(name, weir_str_of(reserved[i])))
			return false;
	return true;
}

static void add_name(struct weir_str name, struct weir_buf *out)
{
	if (is_plain(name)) {
		weir_buf_add_str(out, name);
		return;
	}
	weir_buf_add_char(out, '"');
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] == '"')
			weir_buf_add_char(out, '"');
		weir_buf_add_char(out, name.data[i]);
	}
	weir_buf_add_char(out, '"');
}

void weir_guesser_choose(const struct weir_guesser *g, struct weir_buf *group, struct weir_buf *measure)
{
	static const char *const forms[] = {"", "avg(", "sum(", "p95("};
	const struct weir_guess_column *best_group = NULL, *best_measure = NULL;
	enum measure_kind kind, best_kind = MEASURE_NONE;
	int most_group = 0, most_measure = 0;

	for (uint32_t i = 0; i < g->n_columns; i++) {
		const struct weir_guess_column *c = &g->columns[i];
		int points = group_points(c);
		if (points > most_group) {
			most_group = points;
			best_group = c;
		}
		points = measure_points(c, &kind);
		if (points > most_measure) {
			most_measure = points;
			best_measure = c;
			best_kind = kind;
		}
	}
	if (best_group)
		add_name(best_group->name, group);
	weir_buf_add_c(measure, "count");
	if (best_measure && best_measure != best_group) {
		weir_buf_addf(measure, ", %s", forms[best_kind]);
		add_name(best_measure->name, measure);
		weir_buf_add_char(measure, ')');
	}
}
