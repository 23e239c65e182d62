/* What time it is: by the wall clock, and for a question. */
#include "tui/screen/screen.h"

int64_t weir_screen_now_us(const struct weir_screen *s)
{
	return weir_clock_wall_us(s->config->clock);
}

int64_t weir_screen_reference_us(const struct weir_screen *s)
{
	bool ended = s->info.ended && s->result && s->result->ledger.newest_us != WEIR_TIME_NONE;
	return ended ? s->result->ledger.newest_us : weir_screen_now_us(s);
}
