/* Functions on timestamps, in UTC. */
#include "query/expr/bind/bind.h"
#include "query/expr/functions/functions.h"
#include "query/expr/spark/spark.h"

#include "weir/base/time.h"

#define DAY_US (86400 * WEIR_US_PER_S)

static int64_t floor_to(int64_t x, int64_t width) /* |x| is far from the ends */
{
	int64_t rest = x % width;

	return x - (rest < 0 ? rest + width : rest);
}

enum unit {
	UNIT_MICROSECOND,
	UNIT_MILLISECOND,
	UNIT_SECOND,
	UNIT_MINUTE,
	UNIT_HOUR,
	UNIT_DAY,
	UNIT_WEEK,
	UNIT_MONTH,
	UNIT_QUARTER,
	UNIT_YEAR,
	UNIT_DAYOFWEEK, /* the rest for extract only */
	UNIT_DOY,
	UNIT_COUNT,
};

static const char *const unit_names[UNIT_COUNT] = {"microsecond", "millisecond", "second",    "minute",
						   "hour",        "day",         "week",      "month",
						   "quarter",     "year",        "dayofweek", "doy"};

static const int64_t unit_us[] = {1, 1000, WEIR_US_PER_S, 60 * WEIR_US_PER_S, 3600 * WEIR_US_PER_S, DAY_US};

static int64_t trunc_fixed(int64_t t, int64_t width, bool *ok)
{
	*ok = weir_time_exists(t);
	return *ok ? floor_to(t, width) : 0;
}

static int64_t trunc_week(int64_t t, int64_t param, bool *ok) /* Monday; 1970-01-01 was a Thursday */
{
	(void)param;
	*ok = weir_time_exists(t);
	return *ok ? floor_to(t + 3 * DAY_US, 7 * DAY_US) - 3 * DAY_US : 0;
}

static int64_t trunc_civil(int64_t t, int64_t unit, bool *ok)
{
	*ok = weir_time_exists(t);
	if (!*ok)
		return 0;
	struct weir_civil c = weir_time_to_civil(t);
	struct weir_civil start = {.year = c.year, .month = 1, .day = 1};
	if (unit == UNIT_MONTH)
		start.month = c.month;
	else if (unit == UNIT_QUARTER)
		start.month = (c.month - 1) / 3 * 3 + 1;
	return weir_time_from_civil(&start);
}

static int64_t day_of_year(const struct weir_civil *c)
{
	struct weir_civil first = {.year = c->year, .month = 1, .day = 1},
			  day = {.year = c->year, .month = c->month, .day = c->day};

	return (weir_time_from_civil(&day) - weir_time_from_civil(&first)) / DAY_US + 1;
}

/* ISO 8601: the week of the year that its Thursday lies in. */
static int64_t iso_week(int64_t t)
{
	int64_t thursday = floor_to(t + 3 * DAY_US, 7 * DAY_US); /* Monday + 3 days */
	struct weir_civil c = weir_time_to_civil(thursday);

	return (day_of_year(&c) - 1) / 7 + 1;
}

static int64_t extract_part(int64_t t, int64_t unit, bool *ok)
{
	*ok = weir_time_exists(t);
	if (!*ok)
		return 0;
	if (unit == UNIT_HOUR)
		return (t - floor_to(t, DAY_US)) / (3600 * WEIR_US_PER_S);
	if (unit == UNIT_MINUTE)
		return (t - floor_to(t, 3600 * WEIR_US_PER_S)) / (60 * WEIR_US_PER_S);
	struct weir_civil c = weir_time_to_civil(t);
	switch (unit) {
	case UNIT_DAY:
		return c.day;
	case UNIT_WEEK:
		return iso_week(t);
	case UNIT_MONTH:
		return c.month;
	case UNIT_QUARTER:
		return (c.month - 1) / 3 + 1;
	case UNIT_YEAR:
		return c.year;
	case UNIT_DAYOFWEEK:
		return c.weekday;
	default:
		return day_of_year(&c);
	}
}

/* Second of the minute with its fraction, as Spark has it. */
static double extract_second(int64_t t, int64_t param)
{
	int64_t minute = 60 * WEIR_US_PER_S, rest = t % minute;

	(void)param;
	return (double)(rest < 0 ? rest + minute : rest) / 1e6;
}

static int64_t to_seconds(int64_t t, int64_t param, bool *ok)
{
	(void)param;
	(void)ok;
	return t / WEIR_US_PER_S - (t % WEIR_US_PER_S < 0);
}

static struct weir_bnode *map_time(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode *t,
				   enum weir_type type, int64_t (*map)(int64_t, int64_t, bool *), int64_t param)
{
	t = weir_as_time(b, t);
	struct weir_bnode *n = weir_bnode_new(b, e, type, weir_eval_map_ii, 1, &t);
	if (n) {
		n->map_ii = map;
		n->param = param;
	}
	return weir_bind_finish(b, n);
}

/* The unit that a constant text names; UNIT_COUNT after an error. Units from `first` to `last` will do. */
static enum unit unit_of(struct weir_binder *b, const struct weir_bnode *n, enum unit first, enum unit last)
{
	if (!n->constant || n->value.type != WEIR_STRING) {
		weir_bind_fail(b, n->source, "the unit is a text such as 'hour'");
		return UNIT_COUNT;
	}
	struct weir_str s = n->value.s;
	if (weir_str_equal_nocase(s, WEIR_STR("dow")))
		s = WEIR_STR("dayofweek");
	for (enum unit u = first; u <= last; u++)
		if (weir_str_equal_nocase(s, weir_str_of(unit_names[u])))
			return u;
	struct weir_str names[UNIT_COUNT];
	for (enum unit u = first; u <= last; u++)
		names[u - first] = weir_str_of(unit_names[u]);
	int nearest = weir_nearest(s, names, last - first + 1);
	weir_bind_fail(b, n->source, "unknown unit " WEIR_STR_FMT, WEIR_STR_ARG(s));
	if (nearest >= 0)
		weir_error_suggest(b->err, &s, &names[nearest]);
	return UNIT_COUNT;
}

static struct weir_bnode *with_unit(struct weir_bnode *n, enum unit unit)
{
	if (n)
		n->unit = unit_names[unit];
	return n;
}

static struct weir_bnode *bind_date_trunc(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	enum unit unit = unit_of(b, args[0], UNIT_MICROSECOND, UNIT_YEAR);

	if (unit == UNIT_COUNT)
		return NULL;
	if (unit <= UNIT_DAY)
		return with_unit(map_time(b, e, args[1], WEIR_TIMESTAMP, trunc_fixed, unit_us[unit]), unit);
	return with_unit(map_time(b, e, args[1], WEIR_TIMESTAMP, unit == UNIT_WEEK ? trunc_week : trunc_civil, unit),
			 unit);
}

static void date_trunc_spark(const struct weir_bnode *n, struct weir_spark_form *f)
{
	weir_buf_addf(&f->text, "date_trunc('%s', $0)", n->unit);
}

const struct weir_function weir_function_date_trunc = {
    .doc = {"date_trunc", "date_trunc('unit', timestamp)",
	    "start of its microsecond, millisecond, second, minute, hour, day, week, month, quarter or year",
	    "date_trunc('hour', time)", false},
    .min_args = 2,
    .max_args = 2,
    .bind = bind_date_trunc,
    .spark = date_trunc_spark};

static struct weir_bnode *bind_extract(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	enum unit unit = unit_of(b, args[0], UNIT_SECOND, UNIT_DOY);

	if (unit == UNIT_COUNT)
		return NULL;
	if (unit != UNIT_SECOND)
		return with_unit(map_time(b, e, args[1], WEIR_INT64, extract_part, unit), unit);
	struct weir_bnode *t = weir_as_time(b, args[1]);
	struct weir_bnode *n = weir_bnode_new(b, e, WEIR_FLOAT64, weir_eval_map_if, 1, &t);
	if (n)
		n->map_if = extract_second;
	return with_unit(weir_bind_finish(b, n), unit);
}

static void extract_spark(const struct weir_bnode *n, struct weir_spark_form *f)
{
	weir_buf_addf(&f->text, "CAST(extract(%s FROM $0) AS %s)", n->unit, weir_spark_type(n->type));
}

const struct weir_function weir_function_extract = {
    .doc = {"extract", "extract(unit from timestamp)",
	    "year, quarter, month, week, day, dayofweek, doy, hour, minute or second (with fraction)",
	    "extract(hour from time)", false},
    .min_args = 2,
    .max_args = 2,
    .bind = bind_extract,
    .spark = extract_spark,
    .takes_unit = true};

static struct weir_bnode *bind_hour(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_time(b, e, args[0], WEIR_INT64, extract_part, UNIT_HOUR);
}

const struct weir_function weir_function_hour = {
    .doc = {"hour", "hour(timestamp)", "0 to 23, UTC", "hour(time)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_hour,
    .spark_form = "CAST(hour($0) AS BIGINT)"};

static struct weir_bnode *bind_minute(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_time(b, e, args[0], WEIR_INT64, extract_part, UNIT_MINUTE);
}

const struct weir_function weir_function_minute = {
    .doc = {"minute", "minute(timestamp)", "0 to 59", "minute(time)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_minute,
    .spark_form = "CAST(minute($0) AS BIGINT)"};

static struct weir_bnode *bind_dayofweek(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_time(b, e, args[0], WEIR_INT64, extract_part, UNIT_DAYOFWEEK);
}

const struct weir_function weir_function_dayofweek = {
    .doc = {"dayofweek", "dayofweek(timestamp)", "1 = Sunday to 7 = Saturday", "dayofweek(time)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_dayofweek,
    .spark_form = "CAST(dayofweek($0) AS BIGINT)"};

static struct weir_bnode *bind_unix_seconds(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_time(b, e, args[0], WEIR_INT64, to_seconds, 0);
}

const struct weir_function weir_function_unix_seconds = {
    .doc = {"unix_seconds", "unix_seconds(timestamp)", "whole seconds since 1970", "unix_seconds(time)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_unix_seconds};

/* Text is ISO 8601; a number is seconds. Text that is no time is NULL here: whoever calls this expects some to be. */
static struct weir_bnode *bind_to_timestamp(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	(void)e;
	if (args[0]->type == WEIR_BOOL || args[0]->type == WEIR_INTERVAL)
		return weir_bind_wrong_type(b, args[0], "text or a number");
	return weir_cast_node(b, args[0], WEIR_TIMESTAMP);
}

const struct weir_function weir_function_to_timestamp = {.doc = {"to_timestamp", "to_timestamp(text or seconds)",
								 "ISO 8601 text, or seconds since 1970, as a timestamp",
								 "to_timestamp(delta)", false},
							 .min_args = 1,
							 .max_args = 1,
							 .bind = bind_to_timestamp};
