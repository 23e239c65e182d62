/* Failing cases, made small and printed so that a person can run them by hand. */
#include "property.h"

struct shrinking less = {.most_keys = UINT_MAX, .most_measures = UINT_MAX};

static jmp_buf way_out;
static char why[4000];
static size_t same; /* bytes of `why` that tell one failure from another */
static char first_why[4000];
static void (*runs)(uint64_t seed);

void case_failed(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(why, sizeof why, format, args);
	va_end(args);
	longjmp(way_out, 1);
}

/* What a failing case held stays where it is: the test ends soon. */
static bool fails(uint64_t seed)
{
	if (setjmp(way_out))
		return !strncmp(why, first_why, same);
	runs(seed);
	return false;
}

static bool still_fails_without(uint64_t seed, size_t from, size_t n)
{
	struct shrinking before = less;
	for (size_t i = from; i < from + n && i < MAX_ROWS; i++)
		less.gone[i] = true;
	if (memcmp(&before, &less, sizeof less) && fails(seed))
		return true;
	less = before;
	return false;
}

static void shrink_question(uint64_t seed)
{
	struct shrinking before = less;
	for (int what = 0; what < 12; what++, before = less) {
		less.no_where |= what == 0;
		less.no_conditions |= what == 1;
		if (what >= 2 && what < 5)
			less.most_keys = (unsigned)what - 2 < less.most_keys ? (unsigned)what - 2 : less.most_keys;
		if (what >= 5 && what < 11)
			less.most_measures =
			    (unsigned)what - 4 < less.most_measures ? (unsigned)what - 4 : less.most_measures;
		if (!fails(seed))
			less = before;
	}
}

static void shrink(uint64_t seed)
{
	shrink_question(seed);
	for (bool better = true; better;) {
		better = false;
		for (size_t n = MAX_ROWS / 2; n; n /= 2)
			for (size_t from = 0; from < MAX_ROWS; from += n)
				better |= still_fails_without(seed, from, n);
	}
	shrink_question(seed);
	(void)!fails(seed); /* the message of the smallest case */
}

static void print_rows(void)
{
	static const char *const names[] = {"time", "word", "text", "i", "f", "flag"};
	const struct ref_row *rows = now.came ? now.came : now.rows;
	for (size_t i = 0, n = now.came ? now.n_came : now.n_rows; i < n; i++) {
		const struct ref_row *r = rows + i;
		struct weir_value at = {.type = r->time_us == WEIR_TIME_NONE ? WEIR_NULL : WEIR_TIMESTAMP,
					.i = r->time_us};
		struct weir_buf line = {0};
		weir_buf_addf(&line, "  {\"stream\":%u,\"partition\":%u,\"position\":%lld,\"time\":", r->stream,
			      r->partition, (long long)r->position);
		weir_value_json(&at, &line);
		for (int c = REF_WORD; c < REF_MIX; c++) {
			weir_buf_addf(&line, ",\"%s\":", names[c]);
			weir_value_json(r->cells + c, &line);
		}
		weir_buf_add_c(&line, ",\"mix\":");
		weir_value_json(&r->mix, &line);
		if (now.has_weights)
			weir_buf_addf(&line, ",\"weight\":%d", r->weight);
		print_error("%s}\n", line.data);
		weir_buf_release(&line);
	}
}

void run_cases(void (*run)(uint64_t seed), uint64_t usual)
{
	const char *cases = getenv("WEIR_PROPERTY_CASES"), *first = getenv("WEIR_PROPERTY_SEED");
	uint64_t n = cases ? strtoull(cases, NULL, 10) : usual, seed = first ? strtoull(first, NULL, 10) : 1;
	uint64_t last = seed + n;
	runs = run;
	while (seed < last && !fails(seed))
		seed++;
	memcpy(first_why, why, sizeof why);
	same = strcspn(why, "0123456789");
	if (seed == last)
		return;
	print_error("seed %llu fails: %s", (unsigned long long)seed, why);
	shrink(seed);
	print_error("the least of it that fails: %sview:\n", why);
	for (int t = 0; t < WEIR_VIEW_TEXT_COUNT; t++)
		if (now.view.text[t])
			print_error("  --%s '%s'\n", weir_view_option(t), now.view.text[t]);
	print_error("rows in order of arrival:\n");
	print_rows();
	print_error("again: WEIR_PROPERTY_SEED=%llu WEIR_PROPERTY_CASES=1\n", (unsigned long long)seed);
	fail();
}
