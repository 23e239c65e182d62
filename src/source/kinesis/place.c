/* Shards by number, where they begin, and positions as text: "shardId-000000000003=SEQUENCE.N,…"; "end": it was read to its end; "@MS": nothing
 * was read of it since then. Who goes on behind a capture says "STREAM/3=SEQUENCE.N"; of several items of a shard the first holds. */
#include "kinesis.h"

struct kinesis_shard *kinesis_shard_of(struct kinesis *k, int32_t number)
{
	struct kinesis_shard *found = NULL;

	pthread_mutex_lock(&k->shards_lock);
	for (size_t i = 0; i < k->n_shards && !found; i++)
		if (k->shards[i]->number == number)
			found = k->shards[i];
	pthread_mutex_unlock(&k->shards_lock);
	return found;
}

static bool is_digits(struct weir_str s)
{
	for (size_t i = 0; i < s.size; i++)
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
	return s.size > 0;
}

/* One item's value. */
static bool is_place(struct weir_str value)
{
	struct weir_str n, sequence = weir_str_cut(value, '.', &n);

	if (weir_str_equal(value, WEIR_STR("end")))
		return true;
	if (value.size > 1 && value.data[0] == '@')
		return is_digits((struct weir_str){value.data + 1, value.size - 1});
	return is_digits(sequence) && sequence.size < 130 && (!n.data || is_digits(n));
}

enum weir_status kinesis_check_position(const char *text, struct weir_error *err)
{
	struct weir_str rest = weir_str_of(text);

	while (text && rest.data) {
		struct weir_str value, id = weir_str_cut(weir_str_cut(rest, ',', &rest), '=', &value);
		bool counted = memchr(id.data, '/', id.size) && !memchr(value.data, '.', value.size);
		if (!id.size || !is_place(value) || counted) {
			weir_fail(err, WEIR_USAGE, "position", "%.100s is not a position", text);
			weir_error_hint(
			    err,
			    "for example shardId-000000000000=49590338271490256608559692538361571095921575989136588898.1");
			return WEIR_USAGE;
		}
	}
	return WEIR_OK;
}

/* Of a shard, or of a partition of a capture. */
static bool is_of(struct weir_str name, int32_t number)
{
	size_t from = name.size;
	int64_t n;

	while (from && name.data[from - 1] != '-' && name.data[from - 1] != '/')
		from--;
	return weir_parse_int64((struct weir_str){name.data + from, name.size - from}, false, &n) && n == number;
}

static bool find_place(const char *text, int32_t number, struct weir_str *out)
{
	struct weir_str rest = weir_str_of(text);

	while (rest.data) {
		struct weir_str value, name = weir_str_cut(weir_str_cut(rest, ',', &rest), '=', &value);
		if (is_of(name, number)) {
			*out = value;
			return true;
		}
	}
	return false;
}

static void place_by_from(struct kinesis *k, struct kinesis_shard *s)
{
	bool later = atomic_load(&k->n_listings) > 0; /* it came while we read: nothing of it was read before */

	s->start = "TRIM_HORIZON";
	if (later || k->position)
		return;
	if (k->from.kind == WEIR_PLACE_LATEST)
		s->start = "LATEST";
	if (k->from.kind == WEIR_PLACE_TIME) {
		s->start = "AT_TIMESTAMP";
		s->start_us = k->from.value;
	}
}

bool kinesis_place(struct kinesis *k, struct kinesis_shard *s)
{
	struct weir_str value, n;
	int64_t number;

	place_by_from(k, s);
	if (!k->position || atomic_load(&k->n_listings) > 0)
		return true;
	if (!find_place(k->position, s->number, &value)) {
		/* A child that came after the position, or what lies before it: then one of its children is in it. */
		struct weir_str parent;
		bool child = false;
		for (int i = 0; i < 2; i++)
			child |= s->parents[i] >= 0 && (find_place(k->position, s->parents[i], &parent) ||
							kinesis_shard_of(k, s->parents[i]));
		return child;
	}
	if (weir_str_equal(value, WEIR_STR("end")))
		return false;
	if (value.data[0] == '@') {
		s->start = "AT_TIMESTAMP";
		if (weir_parse_int64((struct weir_str){value.data + 1, value.size - 1}, false, &number))
			s->start_us = number * 1000;
		return true;
	}
	struct weir_str sequence = weir_str_cut(value, '.', &n);
	s->start = n.data ? "AT_SEQUENCE_NUMBER" : "AFTER_SEQUENCE_NUMBER";
	s->skip = n.data && weir_parse_int64(n, false, &number) ? (uint32_t)number : 0;
	s->sequence = weir_str_dup(sequence);
	return true;
}

/* What was handed out and not consumed is read again. */
enum weir_status kinesis_position(struct weir_source *source, struct weir_buf *out)
{
	struct weir_partitioned *p = (struct weir_partitioned *)source;
	struct kinesis *k = (struct kinesis *)p;

	if (!p->assigned)
		return WEIR_AGAIN;
	for (size_t i = 0; i < p->set.n_parts; i++) {
		const struct kinesis_shard *s = kinesis_shard_of(k, p->set.parts[i].number);
		const struct kinesis_record *first = NULL;
		for (size_t m = p->n_held; m-- > p->n_used;)
			if (p->messages[m].partition == i)
				first = p->held[m];
		weir_buf_addf(out, "%s%s=", i ? "," : "", s ? s->id : "");
		if (first)
			weir_buf_addf(out, WEIR_STR_FMT ".%u", WEIR_STR_ARG(first->sequence), (unsigned)first->sub);
		else if (i < k->n_read && k->read[i].ended)
			weir_buf_add_c(out, k->until_us >= 0 && k->read[i].sequence[0] ? "" : "end");
		if (!first && i < k->n_read && k->read[i].sequence[0] && (!k->read[i].ended || k->until_us >= 0))
			weir_buf_addf(out, "%s.%u", k->read[i].sequence, (unsigned)k->read[i].n);
		else if (!first && !(i < k->n_read && k->read[i].ended))
			weir_buf_addf(out, "@%lld",
				      k->from.kind == WEIR_PLACE_LATEST ? (long long)(k->opened_us / 1000) : 0LL);
	}
	return out->failed ? WEIR_NO_MEMORY : WEIR_OK;
}
