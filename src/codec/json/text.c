/* String literals: finding their end 16 bytes at a time, checking UTF-8 and mending it, resolving escapes. */
#include "codec/json/json.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

const char *json_plain_run(const char *p, const char *end, bool *high)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x20);
	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)p);
		/* unsigned v < 0x20, as max(v, 0x20) != v */
		__m128i control = _mm_xor_si128(_mm_cmpeq_epi8(_mm_max_epu8(v, space), v), _mm_set1_epi8(-1));
		__m128i stop = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)), control);
		unsigned stops = (unsigned)_mm_movemask_epi8(stop), highs = (unsigned)_mm_movemask_epi8(v);
		if (stops) {
			unsigned at = (unsigned)__builtin_ctz(stops);
			*high |= (highs & ((1u << at) - 1)) != 0;
			return p + at;
		}
		*high |= highs != 0;
	}
#endif
	for (; p < end; p++) {
		unsigned char c = (unsigned char)*p;
		if (c == '"' || c == '\\' || c < 0x20)
			break;
		*high |= c >= 0x80;
	}
	return p;
}

int json_read_string(struct json_codec *j, const char **p, struct weir_str *out, bool *escaped)
{
	const char *from = *p + 1, *q = from;
	bool high = false;
	*escaped = false;
	for (;;) {
		q = json_plain_run(q, j->end, &high);
		if (q >= j->end)
			return json_ends(j, q);
		if (*q == '"')
			break;
		if (*q != '\\')
			return *q == '\n' ? json_bad(j, q, j->lines ? WEIR_BAD_TRUNCATED : WEIR_BAD_SYNTAX, NULL)
					  : json_bad(j, q, *q == 0 ? WEIR_BAD_ENCODING : WEIR_BAD_SYNTAX,
						     "a control character in a string");
		if (j->end - q < 2)
			return json_ends(j, j->end);
		if (q[1] == '\n')
			return json_bad(j, q + 1, WEIR_BAD_TRUNCATED, NULL);
		*escaped = true;
		q += 2;
	}
	*out = (struct weir_str){from, (size_t)(q - from)};
	if (high && !weir_utf8_valid(*out)) { /* each such byte costs a character, not the record */
		*escaped = true;
		j->n_undecoded++;
	}
	*p = q + 1;
	return JSON_OK;
}

static int hex4(const char *p, const char *end, uint32_t *out)
{
	if (end - p < 4)
		return 0;
	uint32_t v = 0;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
		if (d < 0)
			return 0;
		v = v << 4 | (uint32_t)d;
	}
	*out = v;
	return 4;
}

/* \uXXXX at p (behind the u), with its low surrogate when one follows. Bytes used, 0 when malformed. */
static size_t unicode(const char *p, const char *end, struct weir_buf *out, uint64_t *lone)
{
	uint32_t cp, low;
	if (!hex4(p, end, &cp))
		return 0;
	size_t used = 4;
	if (cp >= 0xd800 && cp < 0xdc00 && end - p >= 10 && p[4] == '\\' && p[5] == 'u' && hex4(p + 6, end, &low) &&
	    low >= 0xdc00 && low < 0xe000) {
		cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
		used = 10;
	}
	char text[4];
	*lone += cp >= 0xd800 && cp < 0xe000;
	weir_buf_add(out, text, weir_utf8_encode(cp, text));
	return used;
}

/* Bytes that are not UTF-8 become U+FFFD. */
static void add_decoded(struct weir_str s, struct weir_buf *out)
{
	if (weir_utf8_valid(s))
		weir_buf_add_str(out, s);
	else
		weir_utf8_repair(s, out);
}

bool json_unescape(struct weir_str s, struct weir_buf *out, uint64_t *undecoded)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *p = s.data, *end = s.data + s.size;
	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		if (!slash) {
			add_decoded((struct weir_str){p, (size_t)(end - p)}, out);
			break;
		}
		add_decoded((struct weir_str){p, (size_t)(slash - p)}, out);
		if (end - slash < 2)
			return false;
		const char *known = slash[1] ? strchr(from, slash[1]) : NULL;
		p = slash + 2;
		if (known) {
			weir_buf_add_char(out, to[known - from]);
		} else {
			size_t used = slash[1] == 'u' ? unicode(p, end, out, undecoded) : 0;
			if (!used)
				return false;
			p += used;
		}
	}
	return true;
}
