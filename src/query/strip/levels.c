/* Words for levels, and where a line has one. */
#include "weir/query/levels.h"

enum { BEGINNING = 120, LEAST_WORD = 3, LONGEST_WORD = 11 };

static const struct {
	const char *word;
	enum weir_level level;
} words[] = {
    {"emerg", WEIR_LEVEL_ERROR},  {"emergency", WEIR_LEVEL_ERROR}, {"alert", WEIR_LEVEL_ERROR},
    {"crit", WEIR_LEVEL_ERROR},   {"critical", WEIR_LEVEL_ERROR},  {"fatal", WEIR_LEVEL_ERROR},
    {"panic", WEIR_LEVEL_ERROR},  {"severe", WEIR_LEVEL_ERROR},    {"error", WEIR_LEVEL_ERROR},
    {"err", WEIR_LEVEL_ERROR},    {"warning", WEIR_LEVEL_WARNING}, {"warn", WEIR_LEVEL_WARNING},
    {"notice", WEIR_LEVEL_PLAIN}, {"info", WEIR_LEVEL_PLAIN},      {"information", WEIR_LEVEL_PLAIN},
    {"debug", WEIR_LEVEL_DETAIL}, {"trace", WEIR_LEVEL_DETAIL},    {"verbose", WEIR_LEVEL_DETAIL},
};

enum weir_level weir_level_of_word(struct weir_str word)
{
	if (word.size < LEAST_WORD || word.size > LONGEST_WORD)
		return WEIR_LEVEL_NONE;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if ((word.data[0] | 0x20) == words[i].word[0] &&
		    weir_str_equal_nocase(word, weir_str_of(words[i].word)))
			return words[i].level;
	return WEIR_LEVEL_NONE;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_upper(struct weir_str word)
{
	for (size_t i = 0; i < word.size; i++)
		if (word.data[i] < 'A' || word.data[i] > 'Z')
			return false;
	return true;
}

/* Words that an ordinary sentence may hold as well are levels only in capitals or marked as such. */
static bool is_marked(struct weir_str line, size_t from, size_t to)
{
	char before = from ? line.data[from - 1] : ' ', after = to < line.size ? line.data[to] : ' ';
	return ((before == '[' || before == ':') && after == ']') || (before == '<' && after == '>') || before == '=' ||
	       after == ':' || is_upper((struct weir_str){line.data + from, to - from});
}

enum weir_level weir_level_find(struct weir_str line, size_t at, size_t *from, size_t *to)
{
	size_t end = line.size < BEGINNING ? line.size : BEGINNING;
	while (at < end) {
		while (at < end && !is_letter(line.data[at]))
			at++;
		size_t start = at;
		while (at < end && is_letter(line.data[at]))
			at++;
		if (at - start < LEAST_WORD || at - start > LONGEST_WORD || !is_marked(line, start, at))
			continue;
		enum weir_level level = weir_level_of_word((struct weir_str){line.data + start, at - start});
		if (level == WEIR_LEVEL_NONE)
			continue;
		*from = start;
		*to = at;
		return level;
	}
	return WEIR_LEVEL_NONE;
}
