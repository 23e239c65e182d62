/* Texts of what a window is compared with. */
#include "weir/query/view.h"

#include "weir/base/bounds.h"

enum weir_status weir_comparison_parse(struct weir_str text, int64_t now_us, struct weir_comparison *out,
				       struct weir_error *err)
{
	struct weir_comparison c = {0};
	struct weir_str s = weir_str_trim(text);

	if (weir_str_equal_nocase(s, WEIR_STR("none"))) {
		c.kind = WEIR_COMPARISON_NONE;
	} else if (weir_str_equal_nocase(s, WEIR_STR("window"))) {
		c.kind = WEIR_COMPARISON_WINDOW;
	} else if (weir_parse_duration_us(s, &c.offset_us)) {
		c.kind = WEIR_COMPARISON_AGO;
		if (c.offset_us <= 0 || c.offset_us > WEIR_MAX_WINDOW_US)
			return weir_fail(err, WEIR_USAGE, "compare", "not a time to go back by: " WEIR_STR_FMT,
					 WEIR_STR_ARG(s));
	} else if (weir_moment_parse(s, now_us, &c.at_us, NULL) == WEIR_OK) {
		c.kind = WEIR_COMPARISON_AT;
	} else {
		weir_fail(err, WEIR_USAGE, "compare", "nothing to compare with: " WEIR_STR_FMT, WEIR_STR_ARG(s));
		weir_error_hint(err, "write none, window, a duration such as 10m, or a time such as 10:00");
		return WEIR_USAGE;
	}
	*out = c;
	return WEIR_OK;
}

bool weir_window_compares(const struct weir_window *w)
{
	return w->kind == WEIR_WINDOW_SLIDING || w->kind == WEIR_WINDOW_TUMBLING || w->kind == WEIR_WINDOW_HOPPING ||
	       w->kind == WEIR_WINDOW_SINCE;
}

const char *weir_window_uncompared(enum weir_window_kind kind)
{
	return kind == WEIR_WINDOW_ROWS ? "no other window of rows is equally long"
					: "nothing is before a window that holds everything";
}
