#include "codec/time_guess.h"

#include "codec/timefmt.h"

#include <math.h>

/* Names that mean the moment of the event, best first. Compared without case; the last part of a dotted path counts too. */
static const char *const time_names[] = {"@timestamp", "timestamp", "event_time", "eventtime", "time", "ts", "datetime",
	"date_time", "@t", "when", "occurred_at", "created_at", "date", "__realtime_timestamp", "_source_realtime_timestamp",
	"timestamp_ms", "time_ms", "ts_ms", "updated_at", "t", "epoch"};

static const char *const patterns[] = {"%d/%b/%Y:%H:%M:%S %z", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S,%f",
	"%a, %d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%b %d %H:%M:%S"};

/* 1990 to 2100, in seconds. */
static const double epoch_low = 631152000.0, epoch_high = 4102444800.0;

static const char *epoch_format(double v)
{
	if (v >= epoch_low && v <= epoch_high)
		return "s";
	if (v >= epoch_low * 1e3 && v <= epoch_high * 1e3)
		return "ms";
	if (v >= epoch_low * 1e6 && v <= epoch_high * 1e6)
		return "us";
	if (v >= epoch_low * 1e9 && v <= epoch_high * 1e9)
		return "ns";
	return NULL;
}

static const char *text_format(struct weir_str s)
{
	int64_t us, digits;
	if (weir_time_parse_iso(s, &us))
		return "iso";
	if (weir_parse_int64(s, true, &digits))
		return epoch_format((double)digits);
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
		if (weir_time_parse_format(s, patterns[i], &us))
			return patterns[i];
	return NULL;
}

static const char *value_format(const struct weir_value *v)
{
	switch (v->type) {
	case WEIR_INT64: return epoch_format((double)v->i);
	case WEIR_FLOAT64: return epoch_format(v->f);
	case WEIR_STRING: return text_format(v->s);
	case WEIR_TIMESTAMP: return "iso";
	case WEIR_NULL:
	case WEIR_BOOL:
	case WEIR_TYPE_COUNT: break;
	}
	return NULL;
}

const char *weir_time_format_guess(const struct weir_column *c, uint32_t rows)
{
	enum { SAMPLED = 100 };
	const char *format = NULL;
	uint32_t seen = 0;
	for (uint32_t row = 0; row < rows && seen < SAMPLED; row++) {
		struct weir_value v = weir_column_get(c, row);
		if (v.type == WEIR_NULL || (v.type == WEIR_STRING && v.s.size == 0))
			continue;
		const char *f = value_format(&v);
		if (!f || (format && strcmp(f, format) != 0))
			return NULL;
		format = f;
		seen++;
	}
	return format;
}

static int name_rank(struct weir_str name)
{
	const char *dot = NULL;
	for (size_t i = 0; i < name.size; i++)
		if (name.data[i] == '.')
			dot = name.data + i;
	struct weir_str last = dot ? (struct weir_str){dot + 1, name.size - (size_t)(dot + 1 - name.data)} : name;
	int n = (int)(sizeof time_names / sizeof time_names[0]);
	for (int i = 0; i < n; i++)
		if (weir_str_equal_nocase(name, weir_str_of(time_names[i])))
			return i;
	for (int i = 0; i < n; i++)
		if (dot && weir_str_equal_nocase(last, weir_str_of(time_names[i])))
			return n + i;
	return INT32_MAX;
}

/* Only dates with a time of day count when the name does not say what it is. */
static bool full_iso(const struct weir_column *c, uint32_t rows)
{
	uint32_t seen = 0;
	for (uint32_t row = 0; row < rows && row < 100; row++) {
		struct weir_value v = weir_column_get(c, row);
		if (v.type == WEIR_NULL)
			continue;
		if (v.type != WEIR_STRING || v.s.size < 16)
			return false;
		seen++;
	}
	return seen > 0;
}

int weir_time_column_guess(const struct weir_batch *sample, const char **format)
{
	int best = -1, best_rank = INT32_MAX;
	*format = NULL;
	for (uint32_t i = 0; i < sample->n_columns; i++) {
		int rank = name_rank(sample->schema->fields[i].name);
		const char *f = rank < best_rank ? weir_time_format_guess(&sample->columns[i], sample->n_rows) : NULL;
		if (f) {
			best = (int)i;
			best_rank = rank;
			*format = f;
		}
	}
	for (uint32_t i = 0; best < 0 && i < sample->n_columns; i++) {
		const char *f = weir_time_format_guess(&sample->columns[i], sample->n_rows);
		if (f && (strcmp(f, "iso") == 0 || strchr(f, '%')) && full_iso(&sample->columns[i], sample->n_rows)) {
			best = (int)i;
			*format = f;
		}
	}
	return best;
}
