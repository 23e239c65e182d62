/* How much two distributions differ, and how much of that chance explains. The measure and its sources: weir/query/why.h. */
#include "query/why/why.h"

#include <math.h>

enum {
	MANY = 50,    /* rows of a cell that chance puts on either side: from then on the mean has a simple form */
	FAR = 8,      /* standard deviations that are looked at */
	ONE_OF = 100, /* rankings that may hold something that is chance */
};

static double part(double share, double mean)
{
	return share > 0 ? share * log2(share / mean) : 0;
}

static double term(double selected, double rest, const uint64_t *rows)
{
	double p = selected / (double)rows[WEIR_WHY_SELECTED], q = rest / (double)rows[WEIR_WHY_REST];
	double mean = (p + q) / 2;
	return (part(p, mean) + part(q, mean)) / 2;
}

double weir_why_term(const uint64_t *counts, const uint64_t *rows)
{
	return term((double)counts[WEIR_WHY_SELECTED], (double)counts[WEIR_WHY_REST], rows);
}

/* What a cell of many rows adds by chance: the second order of the divergence, whose mean is that of a chi-square. */
static double unit(const uint64_t *rows)
{
	return (1 / (double)rows[WEIR_WHY_SELECTED] + 1 / (double)rows[WEIR_WHY_REST]) / (8 * log(2));
}

/* The mean over all ways to put the rows of a cell on one side or the other, row by row: of a binomial distribution. */
static double binomial_mean(double count, double chance, const uint64_t *rows)
{
	double middle = count * chance, deviation = sqrt(middle * (1 - chance)), sum = 0;
	double from = floor(fmax(0, middle - FAR * deviation - FAR)), to = fmin(count, middle + FAR * deviation + FAR);
	double log_p = lgamma(count + 1) - lgamma(from + 1) - lgamma(count - from + 1) + from * log(chance) +
		       (count - from) * log1p(-chance);
	for (uint64_t i = 0; from + (double)i <= to; i++) {
		double k = from + (double)i;
		sum += exp(log_p) * term(k, count - k, rows);
		log_p += log((count - k) / (k + 1)) + log(chance) - log1p(-chance);
	}
	return sum;
}

double weir_why_expected_term(uint64_t count, const uint64_t *rows)
{
	double all = (double)rows[WEIR_WHY_SELECTED] + (double)rows[WEIR_WHY_REST], n = (double)count;
	double chance = (double)rows[WEIR_WHY_SELECTED] / all, middle = n * chance;
	double left = all > 1 ? (all - n) / (all - 1) : 0; /* a cell of all rows cannot differ */
	if (middle >= MANY && n - middle >= MANY)
		return unit(rows) * left;
	return binomial_mean(n, chance, rows) * left;
}

/* Pr(X >= k + 2 sqrt(kx) + 2x) <= exp(-x) for a chi-square X of k degrees of freedom. */
bool weir_why_beyond_chance(double divergence, double expected, const uint64_t *rows, double tries)
{
	double u = unit(rows), k = expected / u, x = log(ONE_OF * fmax(1, tries));
	return divergence > expected + u * (2 * sqrt(k * x) + 2 * x);
}

double weir_why_adjusted(double divergence, double expected)
{
	return expected < 1 && divergence > expected ? (divergence - expected) / (1 - expected) : 0;
}

double weir_why_yes_no(const uint64_t *counts, const uint64_t *rows, double tries)
{
	const uint64_t without[] = {rows[WEIR_WHY_SELECTED] - counts[WEIR_WHY_SELECTED],
				    rows[WEIR_WHY_REST] - counts[WEIR_WHY_REST]};
	double divergence = weir_why_term(counts, rows) + weir_why_term(without, rows);
	double expected =
	    weir_why_expected_term(counts[0] + counts[1], rows) + weir_why_expected_term(without[0] + without[1], rows);
	return weir_why_beyond_chance(divergence, expected, rows, tries) ? weir_why_adjusted(divergence, expected) : 0;
}
