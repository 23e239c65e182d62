/* Borrowed byte strings, a growing string buffer, UTF-8, and number text.
 *
 * struct weir_str borrows: whoever made it says how long it lives. struct weir_buf owns its bytes: init with {0}, end with
 * weir_buf_release. A weir_buf whose allocation failed stays valid, keeps what it had, and has `failed` set, so a long
 * chain of appends needs one check at its end. Thread: none of these objects is shared. */
#ifndef WEIR_BASE_STR_H
#define WEIR_BASE_STR_H

#include "weir/base/status.h"

#include <string.h>

struct weir_str {
	const char *data; /* not NUL-terminated; may be NULL when size is 0 */
	size_t size;      /* bytes */
};

#define WEIR_STR(literal) ((struct weir_str){(literal), sizeof(literal) - 1})
#define WEIR_STR_FMT "%.*s"
#define WEIR_STR_ARG(s) (int)(s).size, (s).data ? (s).data : ""

static inline struct weir_str weir_str_of(const char *c_string)
{
	return (struct weir_str){c_string, c_string ? strlen(c_string) : 0};
}

static inline bool weir_str_equal(struct weir_str a, struct weir_str b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Bytewise order, shorter first on a common prefix; <0, 0, >0. */
int weir_str_compare(struct weir_str a, struct weir_str b);
bool weir_str_equal_nocase(struct weir_str a, struct weir_str b); /* ASCII only */
struct weir_str weir_str_trim(struct weir_str s);                 /* ASCII white space, both ends */
/* Splits at the first `sep`: returns the head, leaves the tail in *rest (size 0 and data NULL when there was no sep). */
struct weir_str weir_str_cut(struct weir_str s, char sep, struct weir_str *rest);

/* Owned, NUL-terminated heap copy; NULL when out of memory; free with free(). */
char *weir_str_dup(struct weir_str s) WEIR_MUST_USE;

struct weir_buf {
	char *data; /* owned; NUL-terminated whenever not NULL */
	size_t size;
	size_t capacity;
	bool failed; /* an append ran out of memory and was left out */
};

void weir_buf_release(struct weir_buf *b); /* frees, leaves {0} */
void weir_buf_clear(struct weir_buf *b);   /* size 0, keeps the memory, clears failed */
bool weir_buf_reserve(struct weir_buf *b, size_t more_bytes);
void weir_buf_add(struct weir_buf *b, const void *bytes, size_t size);
void weir_buf_add_str(struct weir_buf *b, struct weir_str s);
void weir_buf_add_c(struct weir_buf *b, const char *c_string);
void weir_buf_add_char(struct weir_buf *b, char c);
void weir_buf_addf(struct weir_buf *b, const char *fmt, ...) WEIR_PRINTF(2, 3);
static inline struct weir_str weir_buf_str(const struct weir_buf *b)
{
	return (struct weir_str){b->data, b->size};
}

/* Decodes one code point at s[0..size). Returns the bytes used (1-4), or 0 when the bytes are no valid UTF-8 there
 * (overlong, surrogate, beyond U+10FFFF, cut off). *cp is set only when the result is not 0. */
size_t weir_utf8_decode(const char *s, size_t size, uint32_t *cp);
size_t weir_utf8_encode(uint32_t cp, char out[4]); /* returns bytes; invalid code points become U+FFFD */
bool weir_utf8_valid(struct weir_str s);
/* Appends the text with U+FFFD in place of each NUL and of each byte that belongs to no UTF-8 sequence. */
void weir_utf8_repair(struct weir_str s, struct weir_buf *out);

/* Base64. Both append; decode says false where the text is none; padding may be left out. */
void weir_base64_encode(struct weir_str bytes, struct weir_buf *out);
bool weir_base64_decode(struct weir_str text, struct weir_buf *out);

/* Fewest digits that read back the same double (what JSON and CSV print): "12.5", "1e+300", "NaN", "Infinity". Plain from
 * 1e-4 to below 1e16, and 3.0 prints "3.0", so that it stays a float on the way back. `out` needs 32 bytes. Locale-free.
 * Returns bytes written. */
size_t weir_format_double(double v, char out[32]);
size_t weir_format_int64(int64_t v, char out[24]);
/* "3,712,004", as all counts are written where people read them; returns out. WEIR_COUNT is for the arguments of one printf. */
char *weir_format_count(uint64_t n, char out[32]);
#define WEIR_COUNT(n) weir_format_count((uint64_t)(n), (char[32]){0})
/* Puts commas between the thousands of the digits in front of the text's point. `bytes`: room in out. Returns out. */
char *weir_format_thousands(const char *text, char *out, size_t bytes);
/* Exact, correctly rounded, locale-free. The whole string must be the number (no blanks); false otherwise.
 * int64: canonical only when `canonical` (no '+', no leading zeros, no "-0"). Out of range is false. */
bool weir_parse_int64(struct weir_str s, bool canonical, int64_t *out);
bool weir_parse_double(struct weir_str s, double *out);
/* The number of six digits, or as many more as it takes, that is this float: 0.1, and not 0.10000000149011612. */
double weir_float_number(float v);
/* "10", "512M", "1.5G", "64KiB" (powers of 1024) in bytes; false when it is not a size. */
bool weir_parse_bytes(struct weir_str s, uint64_t *out);
/* "5m", "1h30m", "250ms", "10us", "2 days", "1.5s" in microseconds, > 0 unless "0" is written; false when it is none. */
bool weir_parse_duration_us(struct weir_str s, int64_t *out);
/* The shortest such text that reads back the same ("5m", "1m30s", "250ms"). `out` needs 40 bytes. Returns bytes. */
size_t weir_format_duration_us(int64_t us, char out[40]);

/* Edit distance for "did you mean": the index of the nearest of `names` (case-insensitive Damerau-Levenshtein of at most
 * 2, or 1 for words under 4 letters), or -1. */
int weir_nearest(struct weir_str word, const struct weir_str *names, size_t n_names);
/* Is it one of the words, which single blanks separate? In either case. */
bool weir_str_among(const char *words, struct weir_str word);

#endif
