/* Of the columns that hold times, the one that is the event's. */
#include "codec/time/time.h"

#include <limits.h>

/* Names that mean the moment of the event, best first. Compared without case; the last part of a dotted path counts too. */
static const char *const time_names[] = {"@timestamp",
					 "timestamp",
					 "event_time",
					 "eventtime",
					 "time",
					 "ts",
					 "datetime",
					 "date_time",
					 "@t",
					 "when",
					 "occurred_at",
					 "created_at",
					 "date",
					 "__realtime_timestamp",
					 "_source_realtime_timestamp",
					 "timestamp_ms",
					 "time_ms",
					 "ts_ms",
					 "updated_at",
					 "t",
					 "epoch"};
enum { N_NAMES = sizeof time_names / sizeof *time_names };

/* Words of a name that speak of a moment, of a moment that is not when it happened, of a length of time. */
static const char *const moment_words[] = {"time",  "timestamp", "datetime", "date", "ts",    "at",      "when",
					   "epoch", "stamp",     "day",      "dt",   "utc",   "created", "logged",
					   "datum", "zeit",      "fecha",    "hora", "heure", "data"};
static const char *const other_moment_words[] = {"end",     "ended",   "stop",       "finish",  "finished", "expire",
						 "expires", "expiry",  "expiration", "until",   "birth",    "birthday",
						 "due",     "updated", "modified",   "deleted", "closed",   "next",
						 "last",    "prev",    "previous",   "valid",   "scheduled"};
static const char *const length_words[] = {
    "duration", "elapsed",  "uptime",  "latency",  "took",     "taken",      "timeout", "ttl",  "age",       "lag",
    "delay",    "rtt",      "runtime", "response", "upstream", "processing", "cpu",     "exec", "execution", "wait",
    "waiting",  "interval", "period",  "connect",  "idle",     "busy",       "lock",    "cost", "spent"};

static bool is_among(struct weir_str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (weir_str_equal_nocase(word, weir_str_of(words[i])))
			return true;
	return false;
}

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}
static bool lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* The next word of a name such as "log_time", "createdAt" or "(W. Europe Standard Time)"; size 0: no more. */
static struct weir_str next_word(struct weir_str name, size_t *at)
{
	size_t from = *at;
	while (from < name.size && !upper(name.data[from]) && !lower(name.data[from]))
		from++;
	size_t to = from;
	while (to < name.size &&
	       (lower(name.data[to]) || (upper(name.data[to]) && (to == from || !lower(name.data[to - 1])))))
		to++;
	*at = to;
	return (struct weir_str){name.data + from, to - from};
}

static bool has_word(struct weir_str name, const char *const *words, size_t n)
{
	size_t at = 0;
	for (struct weir_str word; (word = next_word(name, &at)).size;)
		if (is_among(word, words, n))
			return true;
	return false;
}
#define HAS_WORD(name, words) has_word(name, words, sizeof(words) / sizeof *(words))

static struct weir_str last_part(struct weir_str name)
{
	struct weir_str last = name;
	for (size_t i = 0; i < name.size; i++)
		if (name.data[i] == '.')
			last = (struct weir_str){name.data + i + 1, name.size - i - 1};
	return last;
}

/* How well a name fits, 0 best; INT_MAX: it says nothing of a time. */
static int name_rank(struct weir_str name)
{
	struct weir_str last = last_part(name);
	for (int i = 0; i < N_NAMES; i++)
		if (weir_str_equal_nocase(name, weir_str_of(time_names[i])))
			return i;
	for (int i = 0; i < N_NAMES; i++)
		if (last.size < name.size && weir_str_equal_nocase(last, weir_str_of(time_names[i])))
			return N_NAMES + i;
	if (!HAS_WORD(last, moment_words))
		return INT_MAX;
	return 2 * N_NAMES + (HAS_WORD(last, other_moment_words) ? 1 : 0);
}

enum { SAMPLED = 1000 };

struct candidate {
	struct weir_time_columns columns;
	bool has_time; /* of day */
	bool full;     /* hardly a row without one */
	int rank;
};

/* Whether the votes make a candidate of columns whose name has that rank. */
static bool judge(const struct weir_time_votes *v, struct weir_str name, int rank, bool numbers, struct candidate *out)
{
	struct weir_time_pick pick = weir_time_votes_pick(v);
	if (!pick.vote || v->read * 2 < v->values)
		return false;
	if (numbers && (rank == INT_MAX || HAS_WORD(last_part(name), length_words)))
		return false;
	if (rank == INT_MAX && !pick.vote->has_time)
		return false;
	out->has_time = pick.vote->has_time;
	out->full = v->read * 20 >= v->rows * 19;
	out->rank = rank;
	return true;
}

static bool precedes(const struct candidate *a, const struct candidate *b)
{
	if (a->has_time != b->has_time)
		return a->has_time;
	if (a->full != b->full)
		return a->full;
	return a->rank < b->rank;
}

static bool numeric(const struct weir_batch *sample, int column)
{
	for (uint32_t row = 0; row < sample->n_rows && row < SAMPLED; row++) {
		struct weir_value v = weir_column_get(&sample->columns[column], row);
		double number;
		if (v.type == WEIR_INT64 || v.type == WEIR_FLOAT64)
			return true;
		if (v.type == WEIR_STRING && v.s.size)
			return weir_parse_double(weir_str_trim(v.s), &number);
	}
	return false;
}

static struct weir_str name_of(const struct weir_batch *sample, int column)
{
	return sample->schema->fields[column].name;
}

static void vote(const struct weir_batch *sample, struct weir_time_columns c, int64_t newest_us,
		 struct weir_time_votes *votes)
{
	weir_time_votes_init(votes, newest_us, NULL);
	weir_time_votes_add(votes, &sample->columns[c.date], c.time < 0 ? NULL : &sample->columns[c.time],
			    sample->n_rows, SAMPLED);
}

/* A bare date whose time of day stands in another column: one beside it, or one with a name that says so. */
static bool join_time_of_day(const struct weir_batch *sample, int64_t newest_us, struct weir_time_votes *votes,
			     struct candidate *best)
{
	static const char *const clock_words[] = {"time", "hour", "clock", "zeit", "uhrzeit", "heure", "hora"};
	int date = best->columns.date;
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < (int)sample->n_columns; i++) {
			bool beside = i == date + 1 || i == date - 1;
			struct weir_time_columns two = {date, i};
			struct candidate joined = {.columns = two};
			if (i == date || (pass == 0 ? !beside : !HAS_WORD(name_of(sample, i), clock_words)))
				continue;
			if (numeric(sample, i) && !HAS_WORD(name_of(sample, i), clock_words))
				continue;
			vote(sample, two, newest_us, votes);
			if (judge(votes, name_of(sample, date), best->rank, false, &joined) && joined.has_time) {
				*best = joined;
				return true;
			}
		}
	return false;
}

static bool has_values(const struct weir_column *c, uint32_t rows)
{
	if (c->encoding == WEIR_ENC_ABSENT)
		return false;
	for (uint32_t i = 0; c->valid && i < (rows + 63) / 64; i++)
		if (c->valid[i])
			return true;
	return !c->valid && rows;
}

/* Whether the column is worth a look, which is counted. */
static bool look_again(const struct weir_batch *sample, int column, struct weir_time_looks *looks)
{
	enum { LOOKS_MOST = 10 };
	uint8_t *n = (size_t)column < looks->n ? &looks->looks[column] : NULL;
	if (!has_values(&sample->columns[column], sample->n_rows) || (n && *n >= LOOKS_MOST))
		return false;
	looks->votes++;
	if (n)
		++*n;
	return true;
}

struct weir_time_columns weir_time_columns_guess(const struct weir_batch *sample, int64_t newest_us,
						 struct weir_time_looks *looks, struct weir_time_votes *votes)
{
	struct candidate best = {.columns = {-1, -1}}, date = best;
	for (int i = 0; i < (int)sample->n_columns; i++) {
		struct candidate c = {.columns = {i, -1}};
		struct weir_str name = name_of(sample, i);
		if (!look_again(sample, i, looks))
			continue;
		vote(sample, c.columns, newest_us, votes);
		if (!judge(votes, name, name_rank(name), numeric(sample, i), &c))
			continue;
		if (best.columns.date < 0 || precedes(&c, &best))
			best = c;
		if (!c.has_time && (date.columns.date < 0 || precedes(&c, &date)))
			date = c;
	}
	if (date.columns.date >= 0 && join_time_of_day(sample, newest_us, votes, &date) && precedes(&date, &best))
		best = date;
	if (best.columns.date >= 0)
		vote(sample, best.columns, newest_us, votes);
	return best.columns;
}
