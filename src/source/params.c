#include "params.h"

static const char *const common[] = {"format", "time"};

bool weir_params_common(const char *name)
{
	for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
		if (strcmp(common[i], name) == 0)
			return true;
	}
	return false;
}

static bool knows(const struct weir_source_ops *ops, const char *name)
{
	for (const struct weir_source_option *o = ops->options; o && o->name; o++) {
		if (strcmp(o->name, name) == 0)
			return true;
	}
	return weir_params_common(name);
}

static enum weir_status unknown(const char *name, const struct weir_source_ops *ops, struct weir_error *err)
{
	struct weir_str names[64];
	size_t n = 0;

	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		names[n++] = weir_str_of(common[i]);
	for (const struct weir_source_option *o = ops->options; o && o->name && n < 64; o++)
		names[n++] = weir_str_of(o->name);
	weir_fail(err, WEIR_USAGE, ops->name, "unknown parameter %s=", name);
	int near = weir_nearest(weir_str_of(name), names, n);
	if (near >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "=?", WEIR_STR_ARG(names[near]));
	else
		weir_error_hint(err, "weir --list sources shows what %s takes", ops->name);
	return WEIR_USAGE;
}

enum weir_status weir_params_check(const struct weir_uri *uri, const struct weir_source_ops *ops,
				   struct weir_error *err)
{
	for (size_t i = 0; i < uri->n_params; i++) {
		if (!knows(ops, uri->params[i].name))
			return unknown(uri->params[i].name, ops, err);
	}
	return WEIR_OK;
}

enum weir_status weir_params_bound(const struct weir_uri *uri, const char *name, int64_t now_us, struct weir_bound *out,
				   struct weir_error *err)
{
	const char *text = weir_uri_param(uri, name);
	struct weir_str s = weir_str_of(text);
	int64_t v;

	*out = (struct weir_bound){WEIR_BOUND_NONE, 0};
	if (!text)
		return WEIR_OK;
	if (strcmp(text, "earliest") == 0)
		*out = (struct weir_bound){WEIR_BOUND_EARLIEST, 0};
	else if (strcmp(text, "latest") == 0)
		*out = (struct weir_bound){WEIR_BOUND_LATEST, 0};
	else if (*text == '-' && weir_parse_duration_us((struct weir_str){s.data + 1, s.size - 1}, &v))
		*out = (struct weir_bound){WEIR_BOUND_TIME, now_us - v};
	else if (weir_parse_int64(s, false, &v) && v >= 0)
		*out = (struct weir_bound){WEIR_BOUND_OFFSET, v};
	else if (weir_time_parse_iso(s, &v))
		*out = (struct weir_bound){WEIR_BOUND_TIME, v};
	else {
		weir_fail(err, WEIR_USAGE, name, "%s is no place in a stream", text);
		weir_error_hint(err, "use earliest, latest, -15m, 2026-11-22T10:00:00Z or an offset");
		return WEIR_USAGE;
	}
	return WEIR_OK;
}

enum weir_status weir_params_bool(const struct weir_uri *uri, const char *name, bool *out, struct weir_error *err)
{
	static const struct {
		const char *word;
		bool is;
	} words[] = {{"yes", true}, {"no", false}, {"true", true}, {"false", false},
		     {"1", true},   {"0", false},  {"", true}};
	const char *text = weir_uri_param(uri, name);

	if (!text)
		return WEIR_OK;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(text, words[i].word) == 0) {
			*out = words[i].is;
			return WEIR_OK;
		}
	}
	weir_fail(err, WEIR_USAGE, name, "%s is neither yes nor no", text);
	return WEIR_USAGE;
}

enum weir_status weir_params_int(const struct weir_uri *uri, const char *name, int64_t least, int64_t *out,
				 struct weir_error *err)
{
	const char *text = weir_uri_param(uri, name);
	int64_t v;

	if (!text)
		return WEIR_OK;
	if (!weir_parse_int64(weir_str_of(text), false, &v) || v < least)
		return weir_fail(err, WEIR_USAGE, name, "%s is no whole number of at least %lld", text,
				 (long long)least);
	*out = v;
	return WEIR_OK;
}
