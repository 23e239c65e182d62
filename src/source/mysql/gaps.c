/* Numbers that were passed over: a transaction that had them may still commit. */
#include "mysql.h"

#include <string.h>

enum { GAPS = 1000 };

bool weir_my_gap_add(struct weir_my_gaps *g, int64_t from, int64_t to, int64_t now_us)
{
	if (!weir_grow((void **)&g->all, &g->room, g->n + 1, sizeof *g->all))
		return false;
	size_t over = g->n >= GAPS ? g->n - GAPS + 1 : 0; /* one that was filled in the middle became two */
	if (over) {
		g->n -= over;
		memmove(g->all, g->all + over, g->n * sizeof *g->all);
	}
	g->all[g->n++] = (struct weir_my_gap){from, to, now_us + g->late_us};
	return true;
}

bool weir_my_gap_fill(struct weir_my_gaps *g, int64_t id)
{
	size_t i = 0;

	while (i < g->n && (id < g->all[i].from || id > g->all[i].to))
		i++;
	if (i == g->n)
		return true;
	struct weir_my_gap before = g->all[i], after = g->all[i];
	before.to = id - 1;
	after.from = id + 1;
	if (!weir_grow((void **)&g->all, &g->room, g->n + 1, sizeof *g->all))
		return false;
	size_t n = (size_t)(before.from <= before.to) + (size_t)(after.from <= after.to);
	memmove(g->all + i + n, g->all + i + 1, (g->n - i - 1) * sizeof *g->all);
	if (before.from <= before.to)
		g->all[i++] = before;
	if (after.from <= after.to)
		g->all[i] = after;
	g->n = g->n + n - 1;
	return true;
}

void weir_my_gap_expire(struct weir_my_gaps *g, int64_t now_us)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		if (g->all[i].end_us > now_us)
			g->all[n++] = g->all[i];
	g->n = n;
}

void weir_my_gap_condition(const struct weir_my_gaps *g, struct weir_buf *sql)
{
	for (size_t i = 0; i < g->n; i++)
		weir_buf_addf(sql, "%s_id BETWEEN %lld AND %lld", i ? " OR " : "(", (long long)g->all[i].from,
			      (long long)g->all[i].to);
	weir_buf_add_char(sql, ')');
}

void weir_my_position_write(const struct weir_my_source *q, struct weir_buf *out)
{
	weir_buf_addf(out, "%lld", (long long)q->last);
	for (size_t i = 0; i < q->gaps.n; i++)
		weir_buf_addf(out, "%c%lld-%lld", i ? ',' : ';', (long long)q->gaps.all[i].from,
			      (long long)q->gaps.all[i].to);
}

enum weir_status weir_my_position_read(struct weir_my_source *q, const char *text, struct weir_error *err)
{
	struct weir_str rest, last = weir_str_cut(weir_str_of(text), ';', &rest);
	int64_t now_us = weir_clock_mono_us(q->clock);
	bool good = weir_parse_int64(last, false, &q->last) && q->last >= 0;

	while (rest.data && good) {
		struct weir_str to, gap = weir_str_cut(rest, ',', &rest), from = weir_str_cut(gap, '-', &to);
		int64_t first, end;
		good = weir_parse_int64(from, false, &first) && weir_parse_int64(to, false, &end) && first <= end;
		if (good && !weir_my_gap_add(&q->gaps, first, end, now_us))
			return weir_fail(err, WEIR_NO_MEMORY, "mysql", "out of memory");
	}
	if (good)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "position", "position=%.60s is none", text);
	weir_error_hint(err, "--stats has the one of an earlier run");
	return WEIR_USAGE;
}
