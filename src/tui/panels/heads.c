/* Short names of measures, each another: p95(latency_ms) where method = 'GET' and where method = 'PUT' are no two columns p95. */
#include "tui/panels/panels.h"

#include <stdio.h>
#include <string.h>

enum { KIND_COLUMNS = 10, PART_COLUMNS = WEIR_HEAD_COLUMNS - KIND_COLUMNS - 1 };

/* The condition in the name of a measure that has none of its own, where blanks are left out; NULL: there is none. */
static const char *condition_of(struct weir_str name)
{
	static const char count[] = "countwhere", behind[] = ")where";
	if (name.size > sizeof(count) - 1 && memcmp(name.data, count, sizeof(count) - 1) == 0)
		return name.data + sizeof(count) - 1;
	const char *where = memmem(name.data, name.size, behind, sizeof(behind) - 1);
	return where ? where + sizeof(behind) - 1 : NULL;
}

/* "p95" of p95(latency_ms), "count" of countwherestatus>=500; of an alias, all of it. */
static struct weir_str kind_of(struct weir_str name)
{
	struct weir_str kind = weir_short_name(name);
	bool counts = kind.size == name.size && condition_of(name);
	return counts ? (struct weir_str){name.data, 5} : kind;
}

/* What tells a measure from others of its kind: the end of its condition, "GET" of where method = 'GET', or what it is of. */
static struct weir_str own_part(struct weir_str name)
{
	const char *from = condition_of(name), *end = name.data + name.size;
	if (!from) {
		from = name.data + kind_of(name).size;
		from += from < end;
		return (struct weir_str){from, (size_t)(end - from) - (from < end && end[-1] == ')')};
	}
	for (const char *c = from; c + 1 < end; c++)
		if (strchr("<>!", *c) || (*c == '=' && !strchr("<>!", c[-1])))
			from = *c == '=' ? c + 1 : c;
	struct weir_str part = {from, (size_t)(end - from)};
	bool quoted = part.size > 2 && part.data[0] == '\'' && part.data[part.size - 1] == '\'';
	return quoted ? (struct weir_str){part.data + 1, part.size - 2} : part;
}

static bool is_alone(const struct weir_result *r, uint32_t m)
{
	struct weir_str kind = kind_of(r->measures[m].name);
	for (uint32_t i = 0; i < r->n_measures; i++)
		if (i != m && weir_str_equal(kind_of(r->measures[i].name), kind))
			return false;
	return true;
}

void weir_measure_head(const struct weir_result *r, uint32_t m, char *out)
{
	struct weir_str name = r->measures[m].name, kind = kind_of(name), part = {0};
	if (kind.size < name.size && (condition_of(name) || !is_alone(r, m)))
		part = own_part(name);
	size_t fits = weir_text_fit(part, PART_COLUMNS);
	if (fits < part.size)
		fits = weir_text_fit(part, PART_COLUMNS - 1);
	snprintf(out, WEIR_HEAD_BYTES, "%.*s%s%.*s%s",
		 (int)weir_text_fit(kind, kind.size < name.size ? KIND_COLUMNS : WEIR_HEAD_COLUMNS), kind.data,
		 part.size ? " " : "", (int)fits, part.data ? part.data : "", fits < part.size ? "\xe2\x80\xa6" : "");
}
