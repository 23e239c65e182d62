/* What plans count in the ledgers: kept, put back, and begun again. */
#include "local.h"

void weir_local_save_counts(struct weir_local_stream *s)
{
	for (uint32_t p = 0; p < s->n_partitions; p++)
		s->before[p] =
		    (struct weir_counts){s->ledgers[p]->matched, s->ledgers[p]->filtered, s->ledgers[p]->no_time};
}

void weir_local_restore_counts(struct weir_local_stream *s)
{
	for (uint32_t p = 0; p < s->n_partitions; p++) {
		s->ledgers[p]->matched = s->before[p].matched;
		s->ledgers[p]->filtered = s->before[p].filtered;
		s->ledgers[p]->no_time = s->before[p].no_time;
	}
}

void weir_local_restart_counts(struct weir_local *l)
{
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		for (uint32_t p = 0; p < l->streams[i].n_partitions; p++) {
			l->streams[i].ledgers[p]->matched = l->streams[i].gone[p].matched;
			l->streams[i].ledgers[p]->filtered = l->streams[i].gone[p].filtered;
			l->streams[i].ledgers[p]->no_time = l->streams[i].gone[p].no_time;
		}
}
