/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timefmt - capture time as text, always in UTC.
 *
 * Times of day are cut, never rounded, to the digits shown: a frame is not
 * printed with a time at which it had not been captured.  Durations are rounded
 * to three digits.  The calendar is computed here rather than by gmtime(3),
 * which takes a lock and looks at TZ for every frame.  Every int64_t is legal:
 * the years run from 1677 to 2262.
 */
#include <string.h>

#include "base/timefmt.h"

enum { S_PER_DAY = 86400 };

struct civil {
	int64_t year;
	unsigned month, day; /* from 1 */
};

/*
 * Days since 1970-01-01 to a date of the Gregorian calendar.  Years are counted
 * from 1 March so that the leap day is the last of its year; an era is the 400
 * years, 146097 days, after which the calendar repeats.
 */
static struct civil
civil_from_days(int64_t days)
{
	int64_t since = days + 719468; /* days since 0000-03-01 */
	int64_t era = (since >= 0 ? since : since - 146096) / 146097;
	unsigned doe = (unsigned)(since - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned month = (5 * doy + 2) / 153; /* from March */
	struct civil c;

	c.day = doy - (153 * month + 2) / 5 + 1;
	c.month = month < 10 ? month + 3 : month - 9;
	c.year = era * 400 + yoe + (c.month <= 2);
	return c;
}

/* v in decimal, at least `width' digits; the place behind it. */
static char *
put_number(char *p, uint64_t v, int width)
{
	char digits[20];
	int n = 0;

	do {
		digits[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v || n < width);
	while (n)
		*p++ = digits[--n];
	return p;
}

/* The lowest `width' digits of v. */
static char *
put_fixed(char *p, uint32_t v, int width)
{
	int i;

	for (i = width; i-- > 0; v /= 10)
		p[i] = (char)('0' + v % 10);
	return p + width;
}

static char *
put_text(char *p, const char *text)
{
	size_t n = strlen(text);

	memcpy(p, text, n);
	return p + n;
}

static char *
put_clock(char *p, int64_t second, int64_t frac, int digits)
{
	uint32_t s = (uint32_t)second, ns = (uint32_t)frac;

	p = put_fixed(p, s / 3600, 2);
	*p++ = ':';
	p = put_fixed(p, s / 60 % 60, 2);
	*p++ = ':';
	p = put_fixed(p, s % 60, 2);
	*p++ = '.';
	return digits == 9 ? put_fixed(p, ns, 9) : put_fixed(p, ns / (uint32_t)NS_PER_US, 6);
}

/* The second of the day; *days are those before it, *frac the nanoseconds above it. */
static int64_t
split_time(int64_t ns, int64_t *days, int64_t *frac)
{
	int64_t s = ns / NS_PER_S, second;

	*frac = ns % NS_PER_S;
	if (*frac < 0) {
		*frac += NS_PER_S;
		s--;
	}
	second = (s % S_PER_DAY + S_PER_DAY) % S_PER_DAY;
	*days = (s - second) / S_PER_DAY;
	return second;
}

void
time_rfc3339(char out[TIME_TEXT_MAX], int64_t ns, int digits)
{
	int64_t days, frac, second = split_time(ns, &days, &frac);
	struct civil c = civil_from_days(days);
	char *p = put_fixed(out, (uint32_t)c.year, 4);

	*p++ = '-';
	p = put_fixed(p, c.month, 2);
	*p++ = '-';
	p = put_fixed(p, c.day, 2);
	*p++ = 'T';
	p = put_clock(p, second, frac, digits);
	*p++ = 'Z';
	*p = '\0';
}

void
time_of_day(char out[TIME_TEXT_MAX], int64_t ns, int digits)
{
	int64_t days, frac, second = split_time(ns, &days, &frac);

	*put_clock(out, second, frac, digits) = '\0';
}

struct unit {
	uint64_t ns;    /* its length */
	uint64_t below; /* values from here on belong to the next row */
	const char *name;
};

static const struct unit short_units[] = {
	{ 1, 1000, " ns" },
	{ NS_PER_US, 1000, " us" },
	{ NS_PER_MS, 1000, " ms" },
	{ NS_PER_S, 60, " s" },
};

/*
 * Three digits that matter, without trailing zeros.  NULL if the rounded value
 * belongs to the next unit: 999.6 ms is 1 s.
 */
static char *
put_short(char *p, uint64_t ns, const struct unit *unit)
{
	uint64_t step = unit->ns, parts = 1, n;
	int digits = 0;

	for (; step >= 10 && ns / step < 100; step /= 10) {
		parts *= 10;
		digits++;
	}
	n = ns / step + (ns % step >= step - step / 2);
	if (n / parts >= unit->below)
		return NULL;
	for (; digits > 0 && n % 10 == 0; digits--) {
		n /= 10;
		parts /= 10;
	}
	p = put_number(p, n / parts, 1);
	if (digits) {
		*p++ = '.';
		p = put_number(p, n % parts, digits);
	}
	return put_text(p, unit->name);
}

/* From a minute on: two units, the smaller one rounded. */
static char *
put_long(char *p, uint64_t ns)
{
	static const struct long_unit {
		uint64_t unit, sub, below; /* seconds */
		const char *name, *subname;
	} rows[] = {
		{ 60, 1, 3600, " min ", " s" },
		{ 3600, 60, S_PER_DAY, " h ", " min" },
		{ S_PER_DAY, 3600, UINT64_MAX, " d ", " h" },
	};
	const struct long_unit *row = rows;
	uint64_t n;

	for (;; row++) {
		uint64_t sub = row->sub * (uint64_t)NS_PER_S;

		n = (ns / sub + (ns % sub >= sub / 2)) * row->sub;
		if (n < row->below)
			break;
	}
	p = put_number(p, n / row->unit, 1);
	p = put_text(p, row->name);
	p = put_number(p, n % row->unit / row->sub, 1);
	return put_text(p, row->subname);
}

void
time_duration(char out[TIME_TEXT_MAX], int64_t ns)
{
	uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	char *end = NULL;
	size_t i;

	if (ns < 0)
		*out++ = '-';
	for (i = 0; !end && i < sizeof short_units / sizeof short_units[0]; i++)
		if (v / short_units[i].ns < short_units[i].below)
			end = put_short(out, v, &short_units[i]);
	if (!end)
		end = put_long(out, v);
	*end = '\0';
}
