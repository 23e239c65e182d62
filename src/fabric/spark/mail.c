/* Messages of a job, put together by batches. */
#include "mail.h"

#include "weir/base/memory.h"

#include <stdlib.h>
#include <string.h>

void weir_spark_mail_release(struct weir_spark_mail *m)
{
	weir_buf_release(&m->bytes);
	free(m->items);
	*m = (struct weir_spark_mail){0};
}

struct weir_str weir_spark_mail_key(const struct weir_spark_mail *m, size_t i)
{
	return (struct weir_str){m->bytes.data + m->items[i].at, m->items[i].key_bytes};
}

struct weir_str weir_spark_mail_value(const struct weir_spark_mail *m, size_t i)
{
	return (struct weir_str){m->bytes.data + m->items[i].at + m->items[i].key_bytes, m->items[i].value_bytes};
}

bool weir_spark_mail_add(struct weir_spark_mail *m, struct weir_str key, struct weir_str value)
{
	size_t at = m->bytes.size;

	if (!weir_grow((void **)&m->items, &m->capacity, m->n + 1, sizeof *m->items))
		return false;
	weir_buf_add_str(&m->bytes, key);
	weir_buf_add_str(&m->bytes, value);
	m->items[m->n++] = (struct weir_spark_letter){at, (uint32_t)key.size, (uint32_t)value.size};
	return !m->bytes.failed;
}

/* The number of a row's batch, "{"b":N,…", or INT64_MIN. */
static int64_t batch_of(struct weir_str value)
{
	static const char beginning[] = "{\"b\":";
	struct weir_str number, rest;
	int64_t n;

	if (value.size < sizeof beginning || memcmp(value.data, beginning, sizeof beginning - 1) != 0)
		return INT64_MIN;
	number = (struct weir_str){value.data + sizeof beginning - 1, value.size - sizeof beginning + 1};
	number = weir_str_trim(weir_str_cut(number, ',', &rest));
	return weir_parse_int64(number, false, &n) ? n : INT64_MIN;
}

bool weir_spark_mail_move(struct weir_spark_mail *coming, struct weir_spark_mail *ready)
{
	struct weir_spark_mail left = {0};
	struct weir_str number, rest, last = weir_spark_mail_value(coming, coming->n - 1);
	const char *at = memmem(last.data, last.size, "\"batch\":", 8);
	int64_t batch = INT64_MAX;
	bool good = true;

	if (at) {
		number = (struct weir_str){at + 8, last.size - (size_t)(at + 8 - last.data)};
		if (!weir_parse_int64(weir_str_trim(weir_str_cut(number, ',', &rest)), false, &batch))
			batch = INT64_MAX;
	}
	for (size_t i = 0; i < coming->n && good; i++) {
		struct weir_str value = weir_spark_mail_value(coming, i);
		good =
		    weir_spark_mail_add(batch_of(value) > batch ? &left : ready, weir_spark_mail_key(coming, i), value);
	}
	weir_spark_mail_release(coming);
	*coming = left;
	return good;
}
