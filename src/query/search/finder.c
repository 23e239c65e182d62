/* Compares a text with what is searched for: plain, byte by byte, or a pattern by PCRE2. */
#include "query/search/search.h"

#include "weir/base/pattern.h"
#include "weir/base/print.h"

#include <stdio.h>
#include <stdlib.h>

struct weir_finder {
	struct weir_str what; /* owned; plain text, in lower case where that does not matter */
	bool any_case;
	size_t rare;                  /* plain: byte of it that is likely to be rare in texts */
	struct weir_pattern *pattern; /* owned; NULL: plain */
};

/* In a pattern what follows a backslash is no letter. */
static bool has_upper(struct weir_str s, bool pattern)
{
	for (size_t i = 0; i < s.size;) {
		uint32_t cp = 0;
		size_t n = weir_utf8_decode(s.data + i, s.size - i, &cp);
		if (pattern && s.data[i] == '\\')
			i++;
		else if (n && weir_is_upper_case(cp))
			return true;
		i += n ? n : 1;
	}
	return false;
}

static bool is_ascii(struct weir_str s)
{
	for (size_t i = 0; i < s.size; i++)
		if ((unsigned char)s.data[i] >= 0x80)
			return false;
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* From the rarest character of logs to the commonest; what is not listed is rarer still. */
static int commonness(char c)
{
	static const char order[] = "zqjxvkw~^`|@!$%&*+=<>#';?ybgfpmu_9876h5dlc43s2inr1ao0te[](){}.,-:/\" ";
	const char *at = c ? strchr(order, c) : NULL;
	return at ? (int)(at - order) + 1 : 0;
}

static size_t rarest(struct weir_str s)
{
	size_t at = 0;
	for (size_t i = 1; i < s.size; i++)
		if (commonness(s.data[i]) < commonness(s.data[at]))
			at = i;
	return at;
}

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "search", "out of memory");
}

/* Letters beyond ASCII are compared by PCRE2, which knows which belong together. */
static bool quote(struct weir_str s, struct weir_buf *out)
{
	for (size_t i = 0; i < s.size; i++) {
		unsigned char c = (unsigned char)s.data[i];
		bool plain = c >= 0x80 || (c >= '0' && c <= '9') || (lower((char)c) >= 'a' && lower((char)c) <= 'z');
		char hex[8];
		if (plain)
			weir_buf_add_char(out, (char)c);
		else
			weir_buf_add(out, hex, (size_t)snprintf(hex, sizeof hex, "\\x%02x", c));
	}
	return !out->failed;
}

static enum weir_status compile(struct weir_finder *f, struct weir_str pattern, bool plain, struct weir_error *err)
{
	struct weir_buf text = {0};
	char why[160] = "";
	size_t at = 0, before;
	weir_buf_add_c(&text, f->any_case ? "(?i)" : "");
	before = text.size;
	if (plain)
		(void)quote(pattern, &text);
	else
		weir_buf_add(&text, pattern.data, pattern.size);
	if (!text.failed)
		f->pattern = weir_pattern_new(weir_buf_str(&text), why, &at);
	weir_buf_release(&text);
	if (f->pattern)
		return WEIR_OK;
	if (text.failed || !*why)
		return no_memory(err);
	return weir_fail(err, WEIR_EXPRESSION, "search", "the pattern is wrong at character %zu: %s",
			 at > before ? at - before + 1 : 1, why);
}

static enum weir_status set(struct weir_finder *f, struct weir_str what, struct weir_error *err)
{
	bool pattern = what.size > 2 && what.data[0] == '/' && what.data[what.size - 1] == '/';
	if (pattern)
		what = (struct weir_str){what.data + 1, what.size - 2};
	f->any_case = !has_upper(what, pattern);
	if (pattern || (f->any_case && !is_ascii(what)))
		return compile(f, what, !pattern, err);
	char *copy = weir_str_dup(what);
	for (size_t i = 0; copy && f->any_case && i < what.size; i++)
		copy[i] = lower(copy[i]);
	f->what = (struct weir_str){copy, what.size};
	if (!copy)
		return no_memory(err);
	f->rare = rarest(f->what);
	return WEIR_OK;
}

enum weir_status weir_finder_new(struct weir_str what, struct weir_finder **out, struct weir_error *err)
{
	*out = NULL;
	if (!what.size)
		return weir_fail(err, WEIR_USAGE, "search", "there is nothing to search for");
	struct weir_finder *f = weir_calloc(1, sizeof *f);
	enum weir_status status = f ? set(f, what, err) : no_memory(err);
	if (status == WEIR_OK)
		*out = f;
	else
		weir_finder_free(f);
	return status;
}

void weir_finder_free(struct weir_finder *f)
{
	if (!f)
		return;
	weir_pattern_free(f->pattern);
	free((char *)(uintptr_t)f->what.data);
	free(f);
}

bool weir_finder_is_plain(const struct weir_finder *f)
{
	return !f->pattern;
}

bool weir_finder_may_be_of(const struct weir_finder *f, const char *characters)
{
	for (size_t i = 0; !f->pattern && i < f->what.size; i++)
		if (!f->what.data[i] || !strchr(characters, f->what.data[i]))
			return false;
	return true;
}

static bool is_here(const struct weir_finder *f, const char *at)
{
	for (size_t i = 0; i < f->what.size; i++)
		if (lower(at[i]) != f->what.data[i])
			return false;
	return true;
}

/* Goes from one place of the rarest character to the next, in either case. */
static const char *find_any_case(const struct weir_finder *f, const char *from, size_t size)
{
	char small = f->what.data[f->rare], large = small >= 'a' && small <= 'z' ? (char)(small & ~0x20) : small;
	const char *at = from + f->rare, *end = from + size - f->what.size + f->rare + 1, *s = NULL, *l = NULL;
	while (at < end) {
		if (!s || s < at)
			s = memchr(at, small, (size_t)(end - at));
		if (!s)
			s = end;
		if (large == small)
			l = end;
		else if (!l || l < at)
			l = memchr(at, large, (size_t)(end - at));
		if (!l)
			l = end;
		at = s < l ? s : l;
		if (at < end && is_here(f, at - f->rare))
			return at - f->rare;
		at++;
	}
	return NULL;
}

static bool find_pattern(struct weir_finder *f, struct weir_str text, size_t from, size_t *at, size_t *size,
			 bool *undecided)
{
	while (from < text.size && ((unsigned char)text.data[from] & 0xc0) == 0x80)
		from++; /* a match begins where a character does */
	enum weir_found found = weir_pattern_find_from(f->pattern, text, from);
	if (undecided)
		*undecided = found == WEIR_FOUND_TOO_LONG || found == WEIR_FOUND_NO_MEMORY;
	if (found != WEIR_FOUND)
		return false;
	struct weir_str hit = weir_pattern_group(f->pattern, text, 0);
	*at = hit.data ? (size_t)(hit.data - text.data) : from;
	*size = hit.size;
	return true;
}

bool weir_finder_find(struct weir_finder *f, struct weir_str text, size_t from, size_t *at, size_t *size,
		      bool *undecided)
{
	if (undecided)
		*undecided = false;
	if (!text.data)
		text = WEIR_STR("");
	if (from > text.size)
		return false;
	if (f->pattern)
		return find_pattern(f, text, from, at, size, undecided);
	if (text.size - from < f->what.size)
		return false;
	const char *hit = f->any_case ? find_any_case(f, text.data + from, text.size - from)
				      : memmem(text.data + from, text.size - from, f->what.data, f->what.size);
	if (!hit)
		return false;
	*at = (size_t)(hit - text.data);
	*size = f->what.size;
	return true;
}
