/* Fields of documents. */
#include "fields.h"

#include "hash.h"
#include "options.h"

#include <stdlib.h>

void weir_landing_fields_init(struct weir_landing_fields *f, const struct weir_landing_config *config, uint32_t stream,
			      const char *columns)
{
	f->stream = config->streams[stream].name;
	f->run = config->streams[stream].once ? weir_clock_wall_us(config->clock) : 0;
	f->columns = weir_str_of(columns ? columns : "");
}

void weir_landing_fields_forget(struct weir_landing_fields *f)
{
	weir_schema_unref(f->schema);
	free(f->seed);
	free(f->wanted);
	free(f->time);
	f->schema = NULL;
	f->seed = NULL;
	f->wanted = NULL;
	f->time = NULL;
}

bool weir_landing_fields_learn(struct weir_landing_fields *f, const struct weir_schema *schema)
{
	int time = weir_schema_time_field(schema);

	weir_landing_fields_forget(f);
	f->schema = weir_schema_ref(schema);
	f->seed = weir_calloc(schema->n_fields + (size_t)1, sizeof *f->seed);
	f->wanted = weir_calloc(schema->n_fields + (size_t)1, sizeof *f->wanted);
	bool good = f->seed && f->wanted;
	for (uint32_t i = 0; i < schema->n_fields && good; i++) {
		f->seed[i] = weir_landing_hash_name(schema->fields[i].name);
		f->wanted[i] = weir_landing_wants(f->columns, schema->fields[i].name);
	}
	if (good && time >= 0 && f->wanted[time])
		good = (f->time = weir_str_dup(schema->fields[time].name)) != NULL;
	if (!good)
		weir_landing_fields_forget(f);
	return good;
}
