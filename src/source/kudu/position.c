/* Where another run goes on. */
#include "kudu.h"

enum weir_status weir_kd_position_write(const struct weir_kd_source *q, struct weir_buf *out)
{
	if (!q->since && !q->to)
		return WEIR_AGAIN;
	weir_buf_addf(out, "%llu", (unsigned long long)q->since);
	if (!q->to)
		return WEIR_OK;
	weir_buf_addf(out, ";%llu;", (unsigned long long)q->to);
	for (size_t i = 0; i < q->key.size; i++)
		weir_buf_addf(out, "%02x", (unsigned char)q->key.data[i]);
	return WEIR_OK;
}

static bool read_moment(struct weir_str s, uint64_t *out)
{
	int64_t v;

	if (!weir_parse_int64(s, false, &v) || v < 0)
		return false;
	*out = (uint64_t)v;
	return true;
}

static int digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_key(struct weir_str s, struct weir_buf *out)
{
	for (size_t i = 0; i + 1 < s.size; i += 2) {
		int high = digit_of(s.data[i]), low = digit_of(s.data[i + 1]);
		if (high < 0 || low < 0)
			return false;
		weir_buf_add_char(out, (char)(high << 4 | low));
	}
	return s.size % 2 == 0;
}

enum weir_status weir_kd_position_read(struct weir_kd_source *q, const char *text, struct weir_error *err)
{
	struct weir_str rest, key = {0}, since = weir_str_cut(weir_str_of(text), ';', &rest);
	bool good = read_moment(since, &q->since);

	if (good && rest.data)
		good = read_moment(weir_str_cut(rest, ';', &key), &q->to) && q->to > q->since && key.data &&
		       read_key(key, &q->key);
	else if (good)
		good = q->since > 0;
	if (q->key.failed)
		return weir_kd_out_of_memory(err);
	if (good)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "position", "position=%.60s is none", text);
	weir_error_hint(err, "--stats has the one of an earlier run");
	return WEIR_USAGE;
}
