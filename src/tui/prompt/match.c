/* How well a text fits what was typed: the letters in their order, gaps allowed. */
#include "tui/prompt/menu.h"

#include <ctype.h>

enum {
	MOST_LETTERS = 48, /* of one typed word */
	HIT = 16,
	GAP_BEGINS = -4,
	GAP_GOES_ON = -1,
	RUN = 8, /* the letter before it is matched too */
	AT_START = 12,
	AT_WORD = 9,
	AT_HUMP = 7, /* camelCase, letter2digit */
	SAME_CASE = 1,
	WHOLE = 40, /* nothing of the text is left over */
	NONE = -10000,
};

static int kind_of(char c)
{
	return islower((unsigned char)c)                            ? 1
	       : isupper((unsigned char)c)                          ? 2
	       : isdigit((unsigned char)c)                          ? 3
	       : ((unsigned char)c & 0x80) || c == '\'' || c == '"' ? 4
								    : 0;
}

/* What it is worth to meet the letter at `at`. */
static int worth_of(struct weir_str text, size_t at, char typed)
{
	int same = text.data[at] == typed ? SAME_CASE : 0, here = kind_of(text.data[at]);
	if (at == 0)
		return AT_START + same;
	int before = kind_of(text.data[at - 1]);
	if (here && !before)
		return AT_WORD + same;
	if (here != before && (here == 2 || here == 3))
		return AT_HUMP + same;
	return same;
}

static bool is_same(char a, char b)
{
	return a == b || tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* One letter of a word after another over the whole text (Smith and Waterman's recurrence, with gaps that cost more to
 * begin than to go on). */
struct table {
	int16_t best[MOST_LETTERS][WEIR_MATCH_BYTES]; /* [i][k]: of all ways to place the letters 0 … i with i at k */
	uint8_t from[MOST_LETTERS][WEIR_MATCH_BYTES]; /* where that has letter i - 1 */
};

static void fill_row(struct table *t, struct weir_str word, size_t i, struct weir_str text)
{
	int apart = NONE; /* the best end of the letters before, less the gap since */
	size_t apart_at = 0;
	for (size_t k = 0; k < text.size; k++) {
		/* A number is met from its first digit on: 0s is not 10s. */
		bool inside = k && isdigit((unsigned char)text.data[k]) && isdigit((unsigned char)text.data[k - 1]);
		int from = i || inside ? NONE : 0;
		if (i && k) {
			int near = t->best[i - 1][k - 1];
			bool runs = inside || near + RUN > apart;
			from = runs ? near + RUN : apart;
			t->from[i][k] = (uint8_t)(runs ? k - 1 : apart_at);
			apart = apart > NONE ? apart + GAP_GOES_ON : NONE;
			if (near + GAP_BEGINS > apart) {
				apart = near + GAP_BEGINS;
				apart_at = k - 1;
			}
		}
		bool hit = from > NONE / 2 && is_same(text.data[k], word.data[i]);
		t->best[i][k] = (int16_t)(hit ? from + HIT + worth_of(text, k, word.data[i]) : NONE);
	}
}

static bool match_word(struct weir_str word, struct weir_str text, int *score, uint64_t *marks)
{
	struct table t;
	size_t letters = word.size < MOST_LETTERS ? word.size : MOST_LETTERS, found = 0, best = 0;
	for (size_t k = 0; k < text.size && found < letters; k++)
		found += is_same(text.data[k], word.data[found]);
	if (found < letters || word.size > MOST_LETTERS)
		return false;
	for (size_t i = 0; i < letters; i++)
		fill_row(&t, word, i, text);
	for (size_t k = 1; k < text.size; k++)
		if (t.best[letters - 1][k] > t.best[letters - 1][best])
			best = k;
	if (t.best[letters - 1][best] <= NONE / 2)
		return false;
	*score += t.best[letters - 1][best] + (letters == text.size ? WHOLE : 0);
	for (size_t i = letters; marks && i-- > 0; best = t.from[i][best])
		marks[best / 64] |= UINT64_C(1) << best % 64;
	return true;
}

bool weir_match(struct weir_str typed, struct weir_str text, int *score, uint64_t *marks)
{
	struct weir_str rest = typed;
	*score = 0;
	if (marks)
		memset(marks, 0, WEIR_MATCH_WORDS * sizeof(*marks));
	text.size = text.size < WEIR_MATCH_BYTES ? text.size : WEIR_MATCH_BYTES;
	while (rest.size) {
		struct weir_str tail = {0}, word = weir_str_cut(rest, ' ', &tail);
		if (word.size && !match_word(word, text, score, marks))
			return false;
		rest = tail;
	}
	return true;
}
