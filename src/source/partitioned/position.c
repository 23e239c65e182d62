/* Positions as text: written when a run ends, read by the run that resumes there. */
#include "partitioned.h"

#include <stdio.h>
#include <stdlib.h>

static int compare(const void *one, const void *other)
{
	const struct weir_position_item *a = one, *b = other;
	int by_topic = weir_str_compare(a->topic, b->topic);

	return by_topic ? by_topic : a->number < b->number ? -1 : a->number > b->number;
}

/* "topic/0=123" or "0=123" */
static bool parse_item(struct weir_str text, struct weir_position_item *out)
{
	const char *slash = text.size ? memrchr(text.data, '/', text.size) : NULL;
	size_t topic_size = slash ? (size_t)(slash - text.data) : 0;
	struct weir_str rest = {slash ? slash + 1 : text.data, text.size - topic_size - (slash ? 1 : 0)}, offset;
	struct weir_str number = weir_str_cut(rest, '=', &offset);
	int64_t v;

	if (!offset.data || !weir_parse_int64(number, false, &v) || v < 0 || v > INT32_MAX ||
	    !weir_parse_int64(offset, false, &out->offset) || out->offset < 0 || (slash && !topic_size))
		return false;
	out->topic = (struct weir_str){text.data, topic_size};
	out->number = (int32_t)v;
	return true;
}

enum weir_status weir_position_parse(const char *text, struct weir_position *out, struct weir_error *err)
{
	struct weir_str rest;
	bool good = true;

	*out = (struct weir_position){0};
	if (!text)
		return WEIR_OK;
	if (!(out->text = weir_str_dup(weir_str_of(text))))
		return weir_fail(err, WEIR_NO_MEMORY, "position", "out of memory");
	rest = weir_str_of(out->text);
	do {
		struct weir_str item = weir_str_cut(rest, ',', &rest);
		if (!weir_grow((void **)&out->items, &out->capacity, out->n + 1, sizeof *out->items))
			return weir_fail(err, WEIR_NO_MEMORY, "position", "out of memory");
		good = parse_item(item, &out->items[out->n]);
		out->n += good;
	} while (good && rest.data);
	if (good)
		qsort(out->items, out->n, sizeof *out->items, compare);
	for (size_t i = 1; good && i < out->n; i++)
		good = compare(&out->items[i - 1], &out->items[i]) != 0 &&
		       (out->items[0].topic.size > 0) == (out->items[i].topic.size > 0);
	if (good)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "position", "%.100s is not a position", text);
	weir_error_hint(err, "for example 0=123,1=456, or orders/0=123,returns/0=456, each partition once");
	return WEIR_USAGE;
}

int64_t weir_position_find(const struct weir_position *p, const char *topic, int32_t number)
{
	bool named = p->n && p->items[0].topic.size;
	struct weir_position_item want = {named ? weir_str_of(topic) : (struct weir_str){p->text, 0}, number, 0};
	const struct weir_position_item *found =
	    p->n ? bsearch(&want, p->items, p->n, sizeof *p->items, compare) : NULL;

	return found ? found->offset : -1;
}

static bool matches(const struct weir_position_item *item, const struct weir_part_set *set)
{
	for (size_t i = 0; i < set->n_topics; i++)
		if (!item->topic.size || weir_str_equal(item->topic, weir_str_of(set->topics[i].name)))
			return weir_part_of(set, &set->topics[i], item->number) != NULL;
	return false;
}

char *weir_position_unmatched(const struct weir_position *p, const struct weir_part_set *set, char *out, size_t size)
{
	const struct weir_position_item *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (matches(&p->items[i], set))
			continue;
		first = first ? first : &p->items[i];
		n++;
	}
	out[0] = 0;
	if (first)
		snprintf(out, size, WEIR_STR_FMT "%s%d", WEIR_STR_ARG(first->topic), first->topic.size ? "/" : "",
			 (int)first->number);
	if (n > 1)
		snprintf(out + strlen(out), size - strlen(out), " and %zu more", n - 1);
	return out;
}

void weir_position_release(struct weir_position *p)
{
	free(p->items);
	free(p->text);
	*p = (struct weir_position){0};
}

/* What was handed out and not consumed comes first. */
enum weir_status weir_partitioned_position(struct weir_source *s, struct weir_buf *out)
{
	struct weir_partitioned *p = (struct weir_partitioned *)s;

	if (!p->assigned)
		return WEIR_AGAIN;
	int64_t *next = weir_alloc(p->set.n_parts * sizeof *next);
	if (!next)
		return WEIR_NO_MEMORY;
	for (size_t i = 0; i < p->set.n_parts; i++)
		next[i] = p->set.parts[i].next;
	for (size_t i = p->n_held; i-- > p->n_used;)
		next[p->messages[i].partition] = p->messages[i].offset;
	for (size_t i = 0; i < p->set.n_parts; i++) {
		const struct weir_part *part = &p->set.parts[i];
		weir_buf_addf(out, "%s", i ? "," : "");
		if (p->set.n_topics > 1)
			weir_buf_addf(out, "%s/", weir_part_topic(&p->set, part));
		weir_buf_addf(out, "%d=%lld", (int)part->number, (long long)next[i]);
	}
	free(next);
	return out->failed ? WEIR_NO_MEMORY : WEIR_OK;
}
