/* Literals: numbers, text, intervals, timestamps. */
#include "query/expr/parse/parse.h"

#include "weir/base/time.h"

struct weir_expr *weir_literal(struct weir_parser *p, struct weir_token t, struct weir_value v)
{
	struct weir_expr *e = weir_node(p, WEIR_EXPR_LITERAL, t.from, t.to);

	if (e)
		e->value = v;
	return e;
}

struct weir_expr *weir_parse_number(struct weir_parser *p)
{
	struct weir_token t = weir_peek(p);
	struct weir_str s = weir_token_str(p, t);
	struct weir_value v = {.type = WEIR_INT64};

	p->at++;
	/* An integer beyond 64 bits is the nearest float: it must not wrap. */
	if (t.kind == WEIR_TOKEN_INTEGER && weir_parse_int64(s, false, &v.i))
		return weir_literal(p, t, v);
	v.type = WEIR_FLOAT64;
	char copy[64];
	if (s.size >= sizeof copy)
		return weir_parser_fail(p, t.from, t.to, "number of more than %zu digits", sizeof copy - 1);
	memcpy(copy, s.data, s.size);
	copy[s.size] = 0;
	struct weir_str digits = {copy, s.size};
	if (digits.data[digits.size - 1] == '.')
		digits.size--;
	if (!weir_parse_double(digits, &v.f)) {
		char zero[66] = "0";
		memcpy(zero + 1, copy, s.size); /* .5 */
		if (!weir_parse_double((struct weir_str){zero, s.size + 1}, &v.f))
			return weir_parser_fail(p, t.from, t.to, "not a number");
	}
	return weir_literal(p, t, v);
}

struct weir_expr *weir_parse_text(struct weir_parser *p)
{
	struct weir_token t = weir_peek(p);
	struct weir_value v = {.type = WEIR_STRING};

	p->at++;
	v.s = weir_token_unquote(*p->text, t, p->arena);
	return v.s.data ? weir_literal(p, t, v) : weir_parser_no_memory(p);
}

static int64_t unit_us(struct weir_str unit)
{
	static const struct {
		const char *name;
		int64_t us;
	} units[] = {
	    {"microsecond", 1},
	    {"millisecond", 1000},
	    {"second", WEIR_US_PER_S},
	    {"minute", 60 * WEIR_US_PER_S},
	    {"hour", 3600 * WEIR_US_PER_S},
	    {"day", 86400 * WEIR_US_PER_S},
	    {"week", 7 * 86400 * WEIR_US_PER_S},
	};
	if (unit.size > 1 && (unit.data[unit.size - 1] | 32) == 's')
		unit.size--;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (weir_str_equal_nocase(unit, weir_str_of(units[i].name)))
			return units[i].us;
	return 0;
}

/* interval = "interval" ( 'n' unit | n unit | 'n unit' ); a unit may end in s */
struct weir_expr *weir_parse_interval(struct weir_parser *p)
{
	struct weir_token t = weir_peek(p);
	p->at++;
	bool minus = weir_accept(p, WEIR_TOKEN_MINUS);
	struct weir_token number = weir_peek(p);
	struct weir_str s = weir_token_str(p, number), unit = {NULL, 0};
	double n;

	p->at++;
	if (number.kind == WEIR_TOKEN_TEXT) {
		s = weir_str_trim((struct weir_str){s.data + 1, s.size - 2});
		size_t digits = 0;
		while (digits < s.size && strchr("+-.0123456789", s.data[digits]))
			digits++;
		unit = weir_str_trim((struct weir_str){s.data + digits, s.size - digits});
		s.size = digits;
	}
	if (!weir_parse_double(s, &n))
		return weir_parser_fail(p, number.from, number.to, "not a number of units");
	struct weir_token last = number;
	if (!unit.size) {
		last = weir_peek(p);
		if (last.kind != WEIR_TOKEN_WORD)
			return weir_parser_unexpected(p, "a unit such as minute");
		unit = weir_token_str(p, last);
		p->at++;
	}
	int64_t us = unit_us(unit);
	if (!us) {
		weir_parser_fail(p, last.from, last.to, "unknown unit " WEIR_STR_FMT, WEIR_STR_ARG(unit));
		weir_error_hint(p->err, "microsecond, millisecond, second, minute, hour, day or week");
		return NULL;
	}
	n *= (double)us * (minus ? -1 : 1);
	if (!(n > -9e18 && n < 9e18))
		return weir_parser_fail(p, t.from, last.to, "interval too long");
	struct weir_expr *e = weir_node(p, WEIR_EXPR_INTERVAL, t.from, last.to);
	if (e)
		e->interval_us = (int64_t)(n < 0 ? n - 0.5 : n + 0.5);
	return e;
}

/* timestamp = "timestamp" 'a time' */
struct weir_expr *weir_parse_timestamp(struct weir_parser *p)
{
	struct weir_token t = weir_peek(p), text = weir_peek_next(p);
	struct weir_value v = {.type = WEIR_TIMESTAMP};

	p->at += 2;
	struct weir_str s = weir_str_trim((struct weir_str){p->text->data + text.from + 1, text.to - text.from - 2});
	if (!weir_time_read(s, &v.i)) {
		weir_parser_fail(p, text.from, text.to, "not a time");
		weir_error_hint(p->err, "write it as '2026-11-22T10:00:00Z'");
		return NULL;
	}
	return weir_literal(p, (struct weir_token){WEIR_TOKEN_TEXT, t.from, text.to}, v);
}

/* -9223372036854775808 is a number, though 9223372036854775808 is not one. */
struct weir_expr *weir_parse_negative(struct weir_parser *p, uint32_t from)
{
	struct weir_token t = weir_peek(p);
	char digits[24] = "-";
	int64_t v;

	if (t.kind != WEIR_TOKEN_INTEGER || t.to - t.from >= sizeof digits - 1)
		return NULL;
	memcpy(digits + 1, p->text->data + t.from, t.to - t.from);
	if (!weir_parse_int64((struct weir_str){digits, 1 + t.to - t.from}, false, &v))
		return NULL;
	p->at++;
	struct weir_expr *e = weir_node(p, WEIR_EXPR_LITERAL, from, t.to);
	if (e)
		e->value = (struct weir_value){.type = WEIR_INT64, .i = v};
	return e;
}
