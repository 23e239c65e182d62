/* Numbers, sizes and times as text. */
#include "tui/draw/draw.h"

#include <math.h>
#include <string.h>
#include <stdio.h>

static const int64_t DAY_US = 86400 * WEIR_US_PER_S;

char *weir_format_fixed(double v, int decimals, char *out)
{
	char plain[48];
	if (isnan(v)) {
		memcpy(out, "-", 2);
		return out;
	}
	if (fabs(v) >= 1e15 || isinf(v)) {
		snprintf(out, WEIR_FORMAT_BYTES, "%.3g", v);
		return out;
	}
	snprintf(plain, sizeof(plain), "%.*f", decimals, v);
	return weir_format_thousands(plain, out, WEIR_FORMAT_BYTES);
}

char *weir_format_short(double v, char *out)
{
	static const char units[] = {0, 'k', 'M', 'G', 'T', 'P'};
	double size = fabs(v);
	size_t unit = 0;
	if (isnan(v) || isinf(v)) {
		memcpy(out, "-", 2);
		return out;
	}
	while (size >= 999.5 && unit + 1 < sizeof(units)) {
		size /= 1000;
		unit++;
	}
	int decimals = size == floor(size) && (unit == 0 || size >= 100) ? 0
		       : size < 10                                       ? (unit ? 1 : 2)
		       : size < 99.95                                    ? 1
									 : 0;
	if (size > 0 && size < 0.01) {
		snprintf(out, WEIR_FORMAT_BYTES, "%.0e", v);
		return out;
	}
	int n = snprintf(out, WEIR_FORMAT_BYTES - 2, "%s%.*f", v < 0 ? "-" : "", decimals, size);
	if (decimals)
		while (n > 1 && (out[n - 1] == '0' || out[n - 1] == '.')) {
			bool point = out[--n] == '.';
			out[n] = '\0';
			if (point)
				break;
		}
	if (unit) {
		out[n] = units[unit];
		out[n + 1] = '\0';
	}
	return out;
}

char *weir_format_size(uint64_t bytes, char *out)
{
	static const char units[] = {'B', 'K', 'M', 'G', 'T', 'P'};
	double size = (double)bytes;
	size_t unit = 0;
	while (size >= 1000 && unit + 1 < sizeof(units)) {
		size /= 1024;
		unit++;
	}
	snprintf(out, WEIR_FORMAT_BYTES, "%.*f%c", unit && size < 9.95 ? 1 : 0, size, units[unit]);
	return out;
}

char *weir_format_span(int64_t us, char *out)
{
	const char *sign = us < 0 ? "-" : "";
	double s = fabs((double)us) / 1e6;
	if (s < 0.9995)
		snprintf(out, WEIR_FORMAT_BYTES, "%s%.0fms", sign, s * 1e3);
	else if (s < 9.95)
		snprintf(out, WEIR_FORMAT_BYTES, "%s%.1fs", sign, s);
	else if (s < 59.5)
		snprintf(out, WEIR_FORMAT_BYTES, "%s%.0fs", sign, s);
	else if (s >= 60.5 && s < 119.5)
		snprintf(out, WEIR_FORMAT_BYTES, "%s1m%.0fs", sign, s - 60);
	else if (s < 7170)
		snprintf(out, WEIR_FORMAT_BYTES, "%s%.0fm", sign, s / 60);
	else if (s < 172000)
		snprintf(out, WEIR_FORMAT_BYTES, "%s%.0fh", sign, s / 3600);
	else if (s < 730.5 * 86400)
		snprintf(out, WEIR_FORMAT_BYTES, "%s%.0fd", sign, s / 86400);
	else
		snprintf(out, WEIR_FORMAT_BYTES, "%s%.0f y", sign, s / (365.2425 * 86400));
	return out;
}

char *weir_format_length(int64_t us, char *out)
{
	if (us > 7 * DAY_US || us < -7 * DAY_US)
		return weir_format_span(us, out);
	out[weir_format_duration_us(us, out)] = '\0';
	return out;
}

char *weir_format_speed(double x, char *out)
{
	double under = x > 0 ? 1 / x : 0;
	if (under > 1.5 && fabs(under - round(under)) < 1e-6 * under)
		snprintf(out, WEIR_FORMAT_BYTES, "1/%.0fx", under);
	else
		snprintf(out, WEIR_FORMAT_BYTES, "%gx", x);
	return out;
}

char *weir_format_percent(double fraction, char *out)
{
	double percent = fabs(fraction) * 100;
	if (percent > 9999)
		snprintf(out, WEIR_FORMAT_BYTES, ">9999 %%");
	else
		snprintf(out, WEIR_FORMAT_BYTES, "%.*f %%", percent < 99.95 ? 1 : 0, percent);
	return out;
}

char *weir_format_clock(int64_t us, int decimals, char *out)
{
	struct weir_civil c = weir_time_to_civil(us);
	if (decimals < 0)
		snprintf(out, WEIR_FORMAT_BYTES, "%02d:%02d", c.hour, c.minute);
	else if (decimals == 0)
		snprintf(out, WEIR_FORMAT_BYTES, "%02d:%02d:%02d", c.hour, c.minute, c.second);
	else
		snprintf(out, WEIR_FORMAT_BYTES, "%02d:%02d:%02d.%0*d", c.hour, c.minute, c.second, decimals,
			 decimals == 3 ? c.us / 1000 : c.us);
	return out;
}

bool weir_same_day(int64_t a_us, int64_t b_us)
{
	struct weir_civil a = weir_time_to_civil(a_us), b = weir_time_to_civil(b_us);
	return a.year == b.year && a.month == b.month && a.day == b.day;
}

char *weir_format_day(int64_t us, char *out)
{
	struct weir_civil c = weir_time_to_civil(us);
	snprintf(out, WEIR_FORMAT_BYTES, "%04d-%02d-%02d", c.year, c.month, c.day);
	return out;
}

char *weir_format_day_of_year(int64_t us, char *out)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct weir_civil c = weir_time_to_civil(us);
	snprintf(out, WEIR_FORMAT_BYTES, "%.3s %d", months + 3 * (c.month - 1), c.day);
	return out;
}

char *weir_format_moment(int64_t us, int64_t now_us, int decimals, char *out)
{
	char clock[WEIR_FORMAT_BYTES];
	if (weir_same_day(us, now_us))
		return weir_format_clock(us, decimals, out);
	weir_format_day(us, out);
	size_t n = strlen(out);
	snprintf(out + n, WEIR_FORMAT_BYTES - n, " %.20s", weir_format_clock(us, decimals, clock));
	return out;
}

int weir_format_decimals(double largest)
{
	largest = fabs(largest);
	if (isnan(largest) || largest >= 100)
		return 0;
	return largest >= 10 ? 1 : largest >= 1 ? 2 : 3;
}

double weir_number_of(const struct weir_value *v)
{
	switch (v->type) {
	case WEIR_BOOL:
		return v->b;
	case WEIR_INT64:
		return v->wide ? (double)v->hi * 18446744073709551616.0 + (double)(uint64_t)v->i : (double)v->i;
	case WEIR_TIMESTAMP:
		return (double)v->i;
	case WEIR_FLOAT64:
		return v->f;
	case WEIR_NULL:
	case WEIR_STRING:
	case WEIR_TYPE_COUNT:
		break;
	}
	return NAN;
}

void weir_format_value(const struct weir_value *v, int decimals, struct weir_buf *out)
{
	char text[WEIR_FORMAT_BYTES], number[WEIR_FORMAT_BYTES];
	struct weir_buf plain = {0};
	switch (v->type) {
	case WEIR_INT64:
		weir_value_text(v, &plain);
		if (plain.size < 40 && plain.data)
			weir_buf_add_c(out, weir_format_thousands(plain.data, number, sizeof(number)));
		weir_buf_release(&plain);
		break;
	case WEIR_FLOAT64:
		weir_buf_add_c(out, weir_format_fixed(v->f, decimals, text));
		break;
	case WEIR_STRING:
		weir_buf_add_str(out, v->s);
		break;
	case WEIR_TIMESTAMP:
		weir_time_format_iso(v->i, text);
		weir_buf_add_c(out, text);
		break;
	case WEIR_BOOL:
		weir_buf_add_c(out, v->b ? "true" : "false");
		break;
	case WEIR_NULL:
	case WEIR_TYPE_COUNT:
		break;
	}
}

/* Nothing, blanks, and what the screen itself writes where there is no text. */
static bool is_mistakable(struct weir_str s)
{
	static const char *const own[] = {"null", "\xc2\xb7"};
	if (!s.size || s.data[0] == ' ' || s.data[s.size - 1] == ' ' || s.data[0] == '"')
		return true;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (weir_str_equal(s, weir_str_of(own[i])))
			return true;
	return s.size >= 6 && memcmp(s.data, "others", 6) == 0 && (s.size == 6 || s.data[6] == ' ');
}

void weir_format_name(const struct weir_value *v, int decimals, struct weir_buf *out)
{
	if (v->type == WEIR_NULL)
		weir_buf_add_c(out, "null");
	else if (v->type == WEIR_STRING && is_mistakable(v->s))
		weir_buf_addf(out, "\"" WEIR_STR_FMT "\"", WEIR_STR_ARG(v->s));
	else
		weir_format_value(v, decimals, out);
}
