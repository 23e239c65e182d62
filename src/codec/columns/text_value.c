/* What type a text is, and its value. */
#include "codec/columns/columns.h"

#include "codec/columns/digits.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* A number taken apart: value = mantissa * 10^exponent while no digit had to be left out. */
struct number {
	uint64_t mantissa;
	int exponent;
	unsigned digits; /* without leading zeros */
	bool negative, is_float;
};

static const char *read_exponent(const char *p, const char *end, int *exponent)
{
	bool negative = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	const char *first = p;
	int e = 0;
	for (; p < end && is_digit(*p); p++)
		e = e < 10000 ? e * 10 + (*p - '0') : e;
	*exponent += negative ? -e : e;
	return p > first ? p : NULL;
}

static bool read_number(struct weir_str s, struct number *n)
{
	*n = (struct number){0};
	const char *p = s.data, *end = s.data + s.size;
	if (p < end && *p == '-') {
		n->negative = true;
		p++;
	}
	const char *first = p;
	uint64_t m = 0;
	while (p < end && is_digit(*p))
		m = m * 10 + (uint64_t)(*p++ - '0');
	unsigned whole = (unsigned)(p - first);
	if (whole > 1 && *first == '0')
		return false;
	n->digits = whole;
	if (p < end && *p == '.') {
		const char *fraction = ++p;
		while (p < end && is_digit(*p))
			m = m * 10 + (uint64_t)(*p++ - '0');
		n->exponent = -(int)(p - fraction);
		n->digits += (unsigned)(p - fraction);
		n->is_float = true;
	}
	if (n->digits == 0)
		return false;
	if (p < end && (*p | 32) == 'e') {
		n->is_float = true;
		p = read_exponent(p + 1, end, &n->exponent);
	}
	n->mantissa = m;
	return p == end;
}

/* 19 digits always fit 64 bits. */
enum { SAFE_DIGITS = 19 };

bool weir_text_int64(struct weir_str s, int64_t *out)
{
	const char *p = s.data, *end = s.data + s.size;
	bool negative = s.size > 1 && *p == '-';
	p += negative;
	size_t digits = (size_t)(end - p);
	if (digits == 0 || digits > SAFE_DIGITS || (*p == '0' && s.size > 1))
		return false;
	uint64_t v = 0;
	for (; p < end; p++) {
		if (!is_digit(*p))
			return false;
		v = v * 10 + (uint64_t)(*p - '0');
	}
	if (v > (uint64_t)INT64_MAX + negative)
		return false;
	*out = (int64_t)(negative ? 0 - v : v);
	return true;
}

const double weir_powers_of_ten[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
				       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool weir_text_float64(struct weir_str s, double *out)
{
	struct number n;
	if (s.size == 0 || !read_number(s, &n))
		return false;
	int e = n.exponent;
	int64_t i;
	if (!n.is_float && n.digits >= SAFE_DIGITS) {
		bool whole = weir_text_int64(s, &i);
		*out = whole ? (double)i : 0;
		return whole;
	}
	if (n.digits > SAFE_DIGITS || n.mantissa > UINT64_C(1) << 53 || e < -22 || e > 22)
		return weir_parse_double(s, out) && *out - *out == 0;
	double v = (double)n.mantissa;
	v = e < 0 ? v / weir_powers_of_ten[-e] : v * weir_powers_of_ten[e];
	*out = n.negative ? -v : v;
	return true;
}

bool weir_text_bool(struct weir_str s, bool *out)
{
	*out = s.size == 4;
	if (s.size == 4)
		return memcmp(s.data, "true", 4) == 0 || memcmp(s.data, "TRUE", 4) == 0 ||
		       memcmp(s.data, "True", 4) == 0;
	return s.size == 5 &&
	       (memcmp(s.data, "false", 5) == 0 || memcmp(s.data, "FALSE", 5) == 0 || memcmp(s.data, "False", 5) == 0);
}

struct weir_str weir_text_bare(struct weir_str s)
{
	while (s.size && s.data[s.size - 1] == ' ')
		s.size--;
	while (s.size && *s.data == ' ') {
		s.data++;
		s.size--;
	}
	return s;
}

enum weir_type weir_text_type(struct weir_str s)
{
	int64_t i;
	double f;
	bool b;
	s = weir_text_bare(s);
	if (s.size == 0)
		return WEIR_STRING;
	if (is_digit(s.data[0]) || s.data[0] == '-' || s.data[0] == '.')
		return weir_text_int64(s, &i) ? WEIR_INT64 : weir_text_float64(s, &f) ? WEIR_FLOAT64 : WEIR_STRING;
	return weir_text_bool(s, &b) ? WEIR_BOOL : WEIR_STRING;
}

bool weir_text_clean(struct weir_str s)
{
	size_t i = 0;
#ifdef __SSE2__
	const __m128i zero = _mm_setzero_si128();
	__m128i odd = zero;
	for (; i + 16 <= s.size; i += 16) {
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(s.data + i));
		/* min(b, 1) as signed bytes is 1 only for ASCII other than NUL */
		odd = _mm_or_si128(odd, _mm_cmpgt_epi8(_mm_set1_epi8(1), b));
	}
	bool plain = _mm_movemask_epi8(odd) == 0;
#else
	bool plain = true;
#endif
	for (; i < s.size; i++)
		plain &= (signed char)s.data[i] > 0;
	return plain || (!memchr(s.data, 0, s.size) && weir_utf8_valid(s));
}

bool weir_text_binary(struct weir_str s)
{
	size_t nuls = 0;
	for (size_t i = 0; i < s.size; i++)
		nuls += s.data[i] == 0;
	return nuls && nuls * 4 >= s.size;
}

bool weir_text_nulls_add(struct weir_text_nulls *n, struct weir_str text)
{
	if (text.size == 0) {
		n->empty = true;
		return true;
	}
	if (n->n == WEIR_TEXT_NULLS)
		return false;
	n->texts[n->n++] = text;
	if (text.size > n->longest)
		n->longest = text.size;
	return true;
}

bool weir_text_nulls_init(struct weir_text_nulls *n, const char *list)
{
	*n = (struct weir_text_nulls){.empty = true};
	if (!list)
		return true;
	n->empty = false;
	struct weir_str rest = weir_str_of(list);
	do {
		if (!weir_text_nulls_add(n, weir_str_cut(rest, ',', &rest)))
			return false;
	} while (rest.data);
	return true;
}

bool weir_text_is_null_text(const struct weir_text_nulls *n, struct weir_str s)
{
	for (size_t i = 0; i < n->n; i++)
		if (weir_str_equal(n->texts[i], s))
			return true;
	return false;
}
