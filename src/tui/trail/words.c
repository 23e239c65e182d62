/* What changed between two views, in a few words. */
#include "tui/prompt/prompt.h"
#include "tui/trail/trail.h"
#include "weir/base/bounds.h"

enum { MOST_ENTRIES = WEIR_MAX_DERIVED };

static void add_word(struct weir_buf *out, size_t begin, const char *word)
{
	weir_buf_add_c(out, out->size > begin ? ", " : "");
	weir_buf_add_c(out, word);
}

static bool has(const struct weir_str *entries, size_t n, struct weir_str one)
{
	for (size_t i = 0; i < n; i++)
		if (weir_str_equal(entries[i], one))
			return true;
	return false;
}

/* Entries of `a` that `b` lacks. */
static void add_entries(const struct weir_view *a, const struct weir_view *b, enum weir_view_text which,
			const char *sign, int64_t moment_us, size_t begin, struct weir_buf *out)
{
	struct weir_str mine[MOST_ENTRIES], others[MOST_ENTRIES];
	size_t n = weir_view_entries(a, which, mine, MOST_ENTRIES),
	       m = weir_view_entries(b, which, others, MOST_ENTRIES);
	for (size_t i = 0; i < n; i++) {
		if (has(others, m, mine[i]))
			continue;
		add_word(out, begin, sign);
		if (which == WEIR_VIEW_WHERE)
			weir_chip_text(mine[i], moment_us, out);
		else
			weir_buf_add_str(out, mine[i]);
	}
}

/* "group by region", "no group". */
static void add_text(const struct weir_view *to, enum weir_view_text which, size_t begin, struct weir_buf *out)
{
	const char *text = to->text[which], *name = weir_view_option(which);
	if (text && *text) {
		add_word(out, begin, name);
		weir_buf_add_c(out, which == WEIR_VIEW_GROUP || which == WEIR_VIEW_SORT ? " by " : " ");
		weir_buf_add_c(out, text);
	} else if (which == WEIR_VIEW_MEASURE) {
		add_word(out, begin, "measure count");
	} else {
		add_word(out, begin, which == WEIR_VIEW_GROUP ? "no " : "usual ");
		weir_buf_add_c(out, name);
	}
}

void weir_trail_words(const struct weir_view *from, const struct weir_view *to, int64_t moment_us, struct weir_buf *out)
{
	size_t begin = out->size;
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++) {
		enum weir_view_text which = (enum weir_view_text)i;
		if (which == WEIR_VIEW_AT || weir_str_equal(weir_str_of(from->text[i]), weir_str_of(to->text[i])))
			continue;
		if (which == WEIR_VIEW_WHERE || which == WEIR_VIEW_DERIVE) {
			const char *name = which == WEIR_VIEW_DERIVE ? "+ column " : "+ ";
			add_entries(to, from, which, name, moment_us, begin, out);
			add_entries(from, to, which, which == WEIR_VIEW_DERIVE ? "- column " : "- ", moment_us, begin,
				    out);
			if (out->size == begin) /* the same ones in another order, or one of them twice */
				add_word(out, begin, "filter in another order");
		} else {
			add_text(to, which, begin, out);
		}
	}
}
