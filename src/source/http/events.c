/* Server-sent events, as the HTML standard describes their stream. */
#include "http.h"

#include "weir/base/bounds.h"

static void end_event(struct weir_events *e, struct weir_buf *out)
{
	weir_buf_add_str(out, weir_buf_str(&e->data));
	weir_buf_add_char(out, '\n');
	weir_buf_clear(&e->data);
	e->has_data = false;
}

static void take_field(struct weir_events *e)
{
	struct weir_str value, name = weir_str_cut(weir_buf_str(&e->line), ':', &value);

	if (value.size && value.data[0] == ' ')
		value = (struct weir_str){value.data + 1, value.size - 1};
	if (weir_str_equal(name, WEIR_STR("data"))) {
		if (e->has_data)
			weir_buf_add_char(&e->data, '\n');
		weir_buf_add_str(&e->data, value);
		e->has_data = true;
	} else if (weir_str_equal(name, WEIR_STR("id")) && !(value.size && memchr(value.data, 0, value.size))) {
		weir_buf_clear(&e->id);
		weir_buf_add_str(&e->id, value);
	} else if (weir_str_equal(name, WEIR_STR("retry"))) {
		int64_t ms;
		if (weir_parse_int64(value, false, &ms) && ms >= 0)
			e->retry_ms = ms;
	}
}

/* False: the caller wants no more. */
static bool end_line(struct weir_events *e, struct weir_buf *out, bool (*event)(void *, const struct weir_events *),
		     void *ctx)
{
	bool good = true;

	if (e->line.size) {
		take_field(e);
	} else if (e->has_data) {
		end_event(e, out);
		good = event(ctx, e);
	}
	weir_buf_clear(&e->line);
	return good;
}

bool weir_events_read(struct weir_events *e, struct weir_str bytes, struct weir_buf *out,
		      bool (*event)(void *ctx, const struct weir_events *e), void *ctx)
{
	static const char mark[] = "\xef\xbb\xbf";

	for (size_t i = 0; i < bytes.size;) {
		if (e->after_cr && bytes.data[i] == '\n') {
			e->after_cr = false;
			i++;
			continue;
		}
		e->after_cr = false;
		size_t n = 0;
		while (i + n < bytes.size && bytes.data[i + n] != '\n' && bytes.data[i + n] != '\r')
			n++;
		weir_buf_add(&e->line, bytes.data + i, n);
		if (e->line.size + e->data.size > WEIR_MAX_RECORD_BYTES)
			return false;
		i += n;
		if (i == bytes.size)
			break;
		e->after_cr = bytes.data[i++] == '\r';
		if (!e->passed_start && e->line.size >= 3 && memcmp(e->line.data, mark, 3) == 0) {
			e->line.size -= 3;
			memmove(e->line.data, e->line.data + 3, e->line.size);
		}
		e->passed_start = true;
		if (!end_line(e, out, event, ctx))
			return false;
	}
	return !e->line.failed && !e->data.failed && !e->id.failed && !out->failed;
}

void weir_events_cut(struct weir_events *e)
{
	weir_buf_clear(&e->line);
	weir_buf_clear(&e->data);
	e->has_data = e->after_cr = e->passed_start = false;
}

void weir_events_release(struct weir_events *e)
{
	weir_buf_release(&e->line);
	weir_buf_release(&e->data);
	weir_buf_release(&e->id);
}
