/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * value_time - durations, sizes and times as people write them.
 *
 * Strict: digits, a unit, nothing else, and nothing that passes 64 bits.  A time
 * means all that has its digits: "03:11" is a minute, "2026-11-22" a day.  Times are
 * UTC.
 */
#include "base/timefmt.h"
#include "filter/value.h"

enum { FRACTION_DIGITS = 9 };

/* Reads from the front of the text. */
struct reader {
	struct slice s;
};

/* A number of `min' to `max' digits; false when there are more or fewer. */
static bool
read_number(struct reader *r, size_t min, size_t max, int64_t *out)
{
	size_t n = 0;
	int64_t v = 0;

	for (; n < r->s.n && r->s.p[n] >= '0' && r->s.p[n] <= '9'; n++) {
		if (n == max)
			return false;
		v = v * 10 + (r->s.p[n] - '0');
	}
	if (n < min)
		return false;
	r->s = slice_from(r->s, n);
	*out = v;
	return true;
}

static bool
read_octet(struct reader *r, char c)
{
	if (!r->s.n || r->s.p[0] != (uint8_t)c)
		return false;
	r->s = slice_from(r->s, 1);
	return true;
}

/* ".5" as nanoseconds, and how many of them the last digit stands for; none is right, too. */
static bool
read_fraction(struct reader *r, int64_t *ns, int64_t *unit)
{
	size_t before, digits;

	*ns = 0;
	*unit = NS_PER_S;
	if (!read_octet(r, '.'))
		return true;
	before = r->s.n;
	if (!read_number(r, 1, FRACTION_DIGITS, ns))
		return false;
	for (digits = before - r->s.n; digits < FRACTION_DIGITS; digits++)
		*ns *= 10;
	for (digits = before - r->s.n; digits > 0; digits--)
		*unit /= 10;
	return true;
}

/* -- durations and sizes ---------------------------------------------------------------- */

static bool
read_unit(struct reader *r, int64_t *unit)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = {
		/* What begins like another comes first. */
		{ "ns", 1 },
		{ "us", NS_PER_US },
		{ "ms", NS_PER_MS },
		{ "min", 60 * NS_PER_S },
		{ "s", NS_PER_S },
		{ "m", 60 * NS_PER_S },
		{ "h", 3600 * NS_PER_S },
		{ "d", 86400 * NS_PER_S },
	};
	size_t i;

	for (i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (!slice_caseprefix(r->s, units[i].name))
			continue;
		r->s = slice_from(r->s, strlen(units[i].name));
		*unit = units[i].ns;
		return true;
	}
	return false;
}

/* Whole and fraction (in 1/10^9) of a unit, added to the sum. */
static bool
add_time(int64_t *sum, int64_t whole, int64_t fraction, int64_t unit)
{
	int64_t part;

	/* The fraction is below 10^9 and the unit at most a day: split, so that it fits. */
	part = unit >= NS_PER_S ? fraction * (unit / NS_PER_S) : fraction / (NS_PER_S / unit);
	return !__builtin_mul_overflow(whole, unit, &whole) &&
	    !__builtin_add_overflow(*sum, whole, sum) && !__builtin_add_overflow(*sum, part, sum);
}

bool
value_duration(struct slice s, int64_t *ns)
{
	struct reader r = { s };
	int64_t whole, fraction, unit;

	*ns = 0;
	do {
		if (!read_number(&r, 1, 18, &whole) || !read_fraction(&r, &fraction, &unit))
			return false;
		/* The records have durations in seconds. */
		if (!read_unit(&r, &unit)) {
			if (r.s.n || *ns)
				return false;
			unit = NS_PER_S;
		}
		if (!add_time(ns, whole, fraction, unit))
			return false;
	} while (r.s.n);
	return true;
}

bool
value_size(struct slice s, int64_t *octets)
{
	static const char suffixes[] = "kmg";
	struct reader r = { s };
	const char *suffix;

	if (!read_number(&r, 1, 18, octets) || r.s.n > 1)
		return false;
	if (!r.s.n)
		return true;
	suffix = memchr(suffixes, ascii_lower(r.s.p[0]), sizeof suffixes - 1);
	return suffix &&
	    !__builtin_mul_overflow(*octets, INT64_C(1) << (10 * (suffix - suffixes + 1)), octets);
}

/* -- times ------------------------------------------------------------------------------ */

/* Days since 1970-01-01 of a date in the Gregorian calendar: years from March, so that the leap
 * day is the last of its year. */
static int64_t
days_before(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1, m = (month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static bool
read_date(struct reader *r, int64_t *days)
{
	static const uint8_t most[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t year, month, day;
	bool leap;

	if (!read_number(r, 4, 4, &year) || !read_octet(r, '-') || !read_number(r, 2, 2, &month) ||
	    !read_octet(r, '-') || !read_number(r, 2, 2, &day))
		return false;
	/* Nanoseconds in 64 bits reach from 1677 to 2262. */
	if (year < 1700 || year > 2261 || month < 1 || month > 12 || day < 1)
		return false;
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (day > most[month - 1] + (leap && month == 2))
		return false;
	*days = days_before(year, month, day);
	return true;
}

/* "03:11", "03:11:02", "03:11:02.5". */
static bool
read_clock(struct reader *r, int64_t *ns, int64_t *unit)
{
	int64_t hour, minute, second = 0, fraction = 0;

	if (!read_number(r, 2, 2, &hour) || !read_octet(r, ':') || !read_number(r, 2, 2, &minute))
		return false;
	*unit = 60 * NS_PER_S;
	if (read_octet(r, ':') &&
	    (!read_number(r, 2, 2, &second) || !read_fraction(r, &fraction, unit)))
		return false;
	*ns = ((hour * 60 + minute) * 60 + second) * NS_PER_S + fraction;
	return hour < 24 && minute < 60 && second < 60;
}

static bool
is_date(struct slice s)
{
	return s.n > 4 && s.p[4] == '-';
}

bool
value_time(struct slice s, struct range *out)
{
	struct reader r = { s };
	int64_t base = 0, ns = 0, unit = 86400 * NS_PER_S;

	out->of_day = false;
	if (is_date(s)) {
		if (!read_date(&r, &base))
			return false;
		base *= 86400 * NS_PER_S;
		if ((read_octet(&r, 'T') || read_octet(&r, 't') || read_octet(&r, ' ')) &&
		    !read_clock(&r, &ns, &unit))
			return false;
	} else if (s.n > 2 && s.p[2] == ':') {
		out->of_day = true;
		if (!read_clock(&r, &ns, &unit))
			return false;
	} else {
		/* Seconds since 1970, as -t e shows them. */
		if (!read_number(&r, 1, 10, &base) || !read_fraction(&r, &ns, &unit))
			return false;
		if (__builtin_mul_overflow(base, NS_PER_S, &base))
			return false;
	}
	if (!read_octet(&r, 'Z'))
		read_octet(&r, 'z');
	out->low = base + ns;
	out->high = out->low + unit - 1;
	return r.s.n == 0;
}
