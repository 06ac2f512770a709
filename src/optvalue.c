/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optvalue - strict readers for the values of options.
 *
 * No strtol(): it skips blanks, takes signs and stops silently at the first
 * octet it does not know.  A number is digits, all of them, and in its range.
 * The texts of errors do not name the option; the caller puts that before them.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "optvalue.h"

enum { SIZE_TEXT_MAX = 32 };

/* Digits at `s' up to the first other octet; false if there are none or they pass 64 bits. */
static bool
read_digits(const char *s, uint64_t *out, const char **end)
{
	uint64_t n = 0;
	const char *p = s;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
			return false;
	*out = n;
	*end = p;
	return p != s;
}

int
optvalue_number(const char *s, uint64_t min, uint64_t max, uint64_t *out, struct error *err)
{
	uint64_t n = 0;
	const char *end;
	bool fits = read_digits(s, &n, &end);

	if (s[0] == '\0' || s[strspn(s, "0123456789")] != '\0') {
		error_set(err, "\"%s\" is not a whole number", s);
		return -1;
	}
	if (!fits || n < min || n > max) {
		if (max == UINT64_MAX)
			error_set(err, "%s is out of range: %" PRIu64 " or more", s, min);
		else
			error_set(err, "%s is out of range: %" PRIu64 " to %" PRIu64, s, min, max);
		return -1;
	}
	*out = n;
	return 0;
}

/* In the largest unit that leaves no rest. */
static const char *
size_text(char out[SIZE_TEXT_MAX], uint64_t n)
{
	static const char suffixes[] = "KMG";
	int i = -1;

	while (n && n % 1024 == 0 && suffixes[i + 1]) {
		n /= 1024;
		i++;
	}
	if (i < 0)
		snprintf(out, SIZE_TEXT_MAX, "%" PRIu64, n);
	else
		snprintf(out, SIZE_TEXT_MAX, "%" PRIu64 "%c", n, suffixes[i]);
	return out;
}

/* The octets that a suffix stands for; 0: no such suffix. */
static uint64_t
size_unit(const char *suffix, uint64_t bare)
{
	if (suffix[0] == '\0')
		return bare;
	if (suffix[1] != '\0')
		return 0;
	switch (toupper((unsigned char)suffix[0])) {
	case 'K':
		return UINT64_C(1) << 10;
	case 'M':
		return UINT64_C(1) << 20;
	case 'G':
		return UINT64_C(1) << 30;
	}
	return 0;
}

int
optvalue_size(const char *s, const struct optvalue_size *limits, uint64_t *out, struct error *err)
{
	char low[SIZE_TEXT_MAX], high[SIZE_TEXT_MAX];
	size_t digits = strspn(s, "0123456789");
	uint64_t unit = size_unit(s + digits, limits->unit), n;
	const char *end;

	if (digits == 0 || unit == 0) {
		error_set(err, "\"%s\" is not a size: digits, then K, M, G or nothing", s);
		return -1;
	}
	if (!read_digits(s, &n, &end) || __builtin_mul_overflow(n, unit, &n) || n < limits->min ||
	    n > limits->max) {
		error_set(err, "%s is out of range: %s to %s", s, size_text(low, limits->min),
		    size_text(high, limits->max));
		return -1;
	}
	*out = n;
	return 0;
}

int
optvalue_time(const char *s, enum time_style *out, struct error *err)
{
	static const struct {
		const char *word;
		enum time_style style;
	} rows[] = {
		{ "r", TIME_RELATIVE },
		{ "d", TIME_DELTA },
		{ "a", TIME_DAY },
		{ "u", TIME_DAY },
		{ "ad", TIME_DATE },
		{ "ud", TIME_DATE },
		{ "e", TIME_EPOCH },
		{ "none", TIME_NONE },
		/* tcpdump: -tt, -ttt, -tttt, -ttttt. */
		{ "t", TIME_EPOCH },
		{ "tt", TIME_DELTA },
		{ "ttt", TIME_DATE },
		{ "tttt", TIME_RELATIVE },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strcmp(s, rows[i].word) == 0) {
			*out = rows[i].style;
			return 0;
		}
	}
	error_set(err, "\"%s\" is not a time format: r, d, a, u, ad, ud, e or none", s);
	return -1;
}

int
optvalue_name(const char *s, struct address_name *out, struct error *err)
{
	const char *equals = strchr(s, '=');
	char addr[IPADDR_TEXT_MAX];
	struct ipaddr ip = { 0, { 0 } };
	size_t n = equals ? (size_t)(equals - s) : 0;

	if (n == 0 || equals[1] == '\0') {
		error_set(err, "\"%s\" is not of the form ADDRESS=NAME", s);
		return -1;
	}
	if (n < sizeof addr) {
		memcpy(addr, s, n);
		addr[n] = '\0';
		if (inet_pton(AF_INET, addr, ip.b) == 1)
			ip.family = 4;
		else if (inet_pton(AF_INET6, addr, ip.b) == 1)
			ip.family = 6;
	}
	if (ip.family == 0) {
		error_set(err, "\"%.*s\" is not an IPv4 or IPv6 address", (int)n, s);
		return -1;
	}
	*out = (struct address_name){ ip, equals + 1 };
	return 0;
}

/* "a", "a or b", "a, b or c", for the text of an error. */
static void
choice_text(char *out, size_t size, const char *const words[])
{
	size_t n = 0;
	unsigned i;

	out[0] = '\0';
	for (i = 0; words[i] && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s",
		    i == 0           ? "" :
		        words[i + 1] ? ", " :
		                       " or ",
		    words[i]);
}

int
optvalue_choice(const char *s, const char *const words[], unsigned *out, struct error *err)
{
	char text[200];
	unsigned i;

	for (i = 0; words[i]; i++) {
		if (strcmp(s, words[i]) == 0) {
			*out = i;
			return 0;
		}
	}
	choice_text(text, sizeof text, words);
	error_set(err, "\"%s\" is unknown: give %s", s, text);
	return -1;
}
