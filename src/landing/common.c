/* What every address of a landing may carry. */
#include "weir/landing/landing.h"

const struct weir_uri_option weir_landing_common[] = {
    {"timeout", "DURATION", "how long a server may take to answer, and a batch waits for one that is away (30s)"},
    {"spill-bytes", "SIZE",
     "what waits and exceeds the memory goes to a temporary file of at most that (1G; batch: 0)"},
    {"refused", "FILE|no", "rows that are refused go to this capture, which is continued (a new temporary file)"},
    {NULL},
};

#define TIMEOUT_US (INT64_C(30) * WEIR_US_PER_S)

enum weir_status weir_landing_timeout(const struct weir_uri *uri, int64_t *out_us, struct weir_error *err)
{
	const char *text = weir_uri_param(uri, "timeout");

	*out_us = TIMEOUT_US;
	if (!text || (weir_parse_duration_us(weir_str_of(text), out_us) && *out_us >= 0))
		return WEIR_OK;
	return weir_fail(err, WEIR_USAGE, "--land", "timeout=%s is not a duration, such as 30s", text);
}

enum weir_status weir_landing_spill_bytes(const struct weir_landing_config *config, uint64_t *out,
					  struct weir_error *err)
{
	const char *text = weir_uri_param(config->uri, "spill-bytes");

	*out = config->spill_bytes;
	if (!text || weir_parse_bytes(weir_str_of(text), out))
		return WEIR_OK;
	return weir_fail(err, WEIR_USAGE, "--land", "spill-bytes=%s is not a size, such as 1G", text);
}
