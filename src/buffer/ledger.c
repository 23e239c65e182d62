/* The ledger: where each record went. */
#include "weir/buffer/ledger.h"

void weir_ledger_init(struct weir_ledger *l)
{
	*l = (struct weir_ledger){
	    .lag = -1, .watermark_us = WEIR_TIME_NONE, .newest_us = WEIR_TIME_NONE, .arrival_delay_us = WEIR_TIME_NONE};
}

bool weir_ledger_balances(const struct weir_ledger *l)
{
	return l->received == l->matched + l->filtered + l->malformed + l->duplicate + l->late + l->shed &&
	       l->matched == l->in_window + l->expired;
}

void weir_ledger_add(struct weir_ledger *into, const struct weir_ledger *one)
{
	into->received += one->received;
	into->matched += one->matched;
	into->filtered += one->filtered;
	into->malformed += one->malformed;
	into->duplicate += one->duplicate;
	into->late += one->late;
	into->shed += one->shed;
	into->in_window += one->in_window;
	into->expired += one->expired;
	into->bytes += one->bytes;
	into->no_time += one->no_time;
	into->future += one->future;
	into->lost += one->lost;
	into->shed_by_source += one->shed_by_source;
	into->truncated_by_memory += one->truncated_by_memory;
	for (int i = 0; i < WEIR_BAD_COUNT; i++)
		into->malformed_by[i] += one->malformed_by[i];
	for (int i = 0; i < WEIR_NOTE_COUNT; i++)
		into->noted[i] += one->noted[i];
	if (one->lag >= 0)
		into->lag = (into->lag > 0 ? into->lag : 0) + one->lag;
	if (one->watermark_us != WEIR_TIME_NONE &&
	    (into->watermark_us == WEIR_TIME_NONE || one->watermark_us < into->watermark_us))
		into->watermark_us = one->watermark_us;
	if (one->newest_us != WEIR_TIME_NONE &&
	    (into->newest_us == WEIR_TIME_NONE || one->newest_us > into->newest_us)) {
		into->newest_us = one->newest_us;
		into->arrival_delay_us = one->arrival_delay_us;
	}
}
