/* Values of the parameters of a source's address: places in a stream, yes and no, whole numbers, texts, durations. */
#include "uri_params.h"

static enum weir_status read_place(const struct weir_uri *uri, const char *name, int64_t now_us, bool counts,
				   struct weir_place *out, struct weir_error *err)
{
	const char *text = weir_uri_param(uri, name);
	struct weir_str s = weir_str_of(text);
	int64_t v;

	*out = (struct weir_place){WEIR_PLACE_NONE, 0};
	if (!text)
		return WEIR_OK;
	if (strcmp(text, "earliest") == 0)
		*out = (struct weir_place){WEIR_PLACE_EARLIEST, 0};
	else if (strcmp(text, "latest") == 0)
		*out = (struct weir_place){WEIR_PLACE_LATEST, 0};
	else if (*text == '-' && weir_parse_duration_us((struct weir_str){s.data + 1, s.size - 1}, &v))
		*out = (struct weir_place){WEIR_PLACE_TIME, now_us - v};
	else if (weir_parse_int64(s, false, &v) && v < 0 && counts)
		*out = (struct weir_place){WEIR_PLACE_LAST, -v};
	else if (weir_parse_int64(s, false, &v) && v >= 0)
		*out = (struct weir_place){WEIR_PLACE_OFFSET, v};
	else if (weir_time_parse_iso(s, &v))
		*out = (struct weir_place){WEIR_PLACE_TIME, v};
	else {
		weir_fail(err, WEIR_USAGE, name, "%s is not a place in a stream", text);
		weir_error_hint(err, "use earliest, latest, -15m, %s2026-11-22T10:00:00Z or an offset",
				counts ? "-10 for the last ten, " : "");
		return WEIR_USAGE;
	}
	return WEIR_OK;
}

enum weir_status weir_uri_params_place(const struct weir_uri *uri, const char *name, int64_t now_us,
				       struct weir_place *out, struct weir_error *err)
{
	return read_place(uri, name, now_us, false, out, err);
}

enum weir_status weir_uri_params_place_or_last(const struct weir_uri *uri, const char *name, int64_t now_us,
					       struct weir_place *out, struct weir_error *err)
{
	return read_place(uri, name, now_us, true, out, err);
}

enum weir_status weir_uri_params_bool(const struct weir_uri *uri, const char *name, bool *out, struct weir_error *err)
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

enum weir_status weir_uri_params_int(const struct weir_uri *uri, const char *name, int64_t least, int64_t *out,
				     struct weir_error *err)
{
	const char *text = weir_uri_param(uri, name);
	int64_t v;

	if (!text)
		return WEIR_OK;
	if (!weir_parse_int64(weir_str_of(text), false, &v) || v < least)
		return weir_fail(err, WEIR_USAGE, name, "%s is not a whole number of at least %lld", text,
				 (long long)least);
	*out = v;
	return WEIR_OK;
}

enum weir_status weir_uri_params_text(const struct weir_uri *uri, const char *name, char **out, struct weir_error *err)
{
	const char *text = weir_uri_param(uri, name);

	if (!text)
		return WEIR_OK;
	if (!*text)
		return weir_fail(err, WEIR_USAGE, name, "%s= is empty", name);
	*out = weir_str_dup(weir_str_of(text));
	return *out ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, uri->scheme, "out of memory");
}

enum weir_status weir_uri_params_duration(const struct weir_uri *uri, const char *name, int64_t *out_us,
					  struct weir_error *err)
{
	const char *text = weir_uri_param(uri, name);
	int64_t us;

	if (!text)
		return WEIR_OK;
	if (!weir_parse_duration_us(weir_str_of(text), &us) || us < 1000)
		return weir_fail(err, WEIR_USAGE, name, "%s is not a duration, such as 30s", text);
	*out_us = us;
	return WEIR_OK;
}
