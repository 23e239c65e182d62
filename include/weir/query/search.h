/* Searching in records: which of the rows that pass hold a text. The search is a study (weir/query/study.h); the finder below
 * is what it compares with, and lights what was found.
 *
 * What is searched is plain, or, between two slashes, a pattern: /time(d)?out/. Upper and lower case are alike unless it
 * has an upper-case letter. A row matches where any of its cells does, in the text that it is written as: numbers with a
 * point and without commas, times as in ISO 8601; key, headers and _raw are searched as well, NULL is not.
 *
 * A dictionary's texts are tried once each. Rows nearest to the place it begins at come first, so the next match is
 * offered at once, long before all are counted. */
#ifndef WEIR_QUERY_SEARCH_H
#define WEIR_QUERY_SEARCH_H

#include "weir/query/records.h"
#include "weir/query/study.h"

/* ---- the finder. Thread: one at a time; each has its own. ---- */

struct weir_finder; /* owned; weir_finder_free */

/* EXPRESSION (origin "search"): what is between the slashes is no pattern; it says where and why. USAGE: it is empty. */
enum weir_status weir_finder_new(struct weir_str what, struct weir_finder **out, struct weir_error *err) WEIR_MUST_USE;
void weir_finder_free(struct weir_finder *f); /* NULL allowed */
/* The first match in `text` that begins at byte `from` or behind; false: there is none. A match of a pattern may be empty.
 * A pattern that takes too many steps finds nothing; *undecided, when given, tells. */
bool weir_finder_find(struct weir_finder *f, struct weir_str text, size_t from, size_t *at, size_t *size,
		      bool *undecided);

/* ---- the study ---- */

enum { WEIR_SEARCH_PLACES = 65536 }; /* matches whose places an answer has: those around where it began */

struct weir_search_answer {
	struct weir_study_answer base; /* base.whole: every row was looked at */
	struct weir_str what;          /* that was searched for */
	uint64_t generation;           /* of the view whose rows were searched */
	uint64_t n_matches;            /* rows; so far, unless whole */
	uint64_t n_newer;              /* of them newer than places[0] */
	uint64_t n_undecided;          /* texts that the pattern took too many steps for; they count as no match */
	/* Matches, newest first: all that there are from `from` to `to`, both included, around where the search began. */
	uint32_t n_places;
	const struct weir_row_place *places;
	struct weir_row_place from, to;
	bool reaches_newest, reaches_oldest; /* no match lies beyond them */
	/* The rows that were searched: of each stream those with lower numbers. */
	uint32_t n_streams;
	const uint64_t *searched;
};

struct weir_search_config {
	struct weir_str what;           /* copied */
	struct weir_row_place from;     /* where the search begins */
	bool newer;                     /* which way the first match is wanted; all are found in the end */
	bool nearest_only;              /* it ends when that one is found: nothing is counted */
	const struct weir_str *columns; /* names, copied; only these, key, headers and _raw; n_columns 0: all columns */
	uint32_t n_columns;
	/* An earlier answer to the same, of the same view and columns, or NULL: what it searched wholly is not searched
	 * again. The study takes a reference of its own. */
	struct weir_search_answer *earlier;
};
extern const struct weir_study_ops weir_search_ops;
/* Owned by the caller until weir_session_study or weir_study_run takes it. Errors as weir_finder_new. */
enum weir_status weir_search_new(const struct weir_search_config *config, struct weir_study **out,
				 struct weir_error *err) WEIR_MUST_USE;

enum weir_search_next { WEIR_SEARCH_NONE, WEIR_SEARCH_FOUND, WEIR_SEARCH_UNKNOWN };
/* The match next to a place on that side of it, which need not be a match. UNKNOWN: it lies beyond what the answer has;
 * another search from there finds it. */
enum weir_search_next weir_search_step(const struct weir_search_answer *a, const struct weir_row_place *at, bool newer,
				       struct weir_row_place *out);
/* Whether the row there is a known match, and which, counted from the newest, which is 0. */
bool weir_search_holds(const struct weir_search_answer *a, const struct weir_row_place *at, uint64_t *index);

#endif
