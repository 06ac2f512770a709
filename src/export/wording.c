/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wording - a text is cut into chunks: words and what joins them to addresses
 * and names of hosts.  A chunk of one word stays if everybody uses that word; one
 * with joints is a name, unless it is a number with dots (a status code) or known
 * words with hyphens.  What lies between chunks stays.
 */
#include <arpa/inet.h>

#include "export/wording.h"
#include "export/wording_table.h"

enum { SHORT_NUMBER = 3, IP_TEXT = 46 };

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(uint8_t c)
{
	int l = ascii_lower(c);

	return (l >= 'a' && l <= 'z') || is_digit(c) || c >= 0x80;
}

static bool
is_joint(uint8_t c)
{
	return c == '.' || c == '-' || c == '_' || c == '@' || c == '+';
}

uint8_t
wording_octet(uint8_t c)
{
	if (c >= 0x80)
		return c < 0xc0 ? 0xa9 : c < 0xe0 ? 0xc3 : c < 0xf0 ? 0xe2 : c < 0xf5 ? 0xf0 : 0xff;
	return c <= ' ' || c == 0x7f || c == '.' || c == '=' ? c : 'x';
}

/* Is it one of the words that stay? */
static bool
is_known(struct slice word)
{
	size_t high, low = 0, middle, i;
	const char *const *words = wording_table(&high);
	int d;

	while (low < high) {
		middle = low + (high - low) / 2;
		for (d = 0, i = 0; d == 0 && i < word.n; i++)
			d = ascii_lower(word.p[i]) - (unsigned char)words[middle][i];
		if (d == 0)
			d = words[middle][word.n] ? -1 : 0;
		if (d == 0)
			return true;
		if (d > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool
is_short_number(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n && is_digit(s.p[i]); i++)
		;
	return i == s.n && s.n > 0 && s.n <= SHORT_NUMBER;
}

/* Octets of the first word, or of what is in front of it. */
static size_t
run(const uint8_t *p, size_t n, bool word)
{
	size_t i = 0;

	while (i < n && is_word(p[i]) == word)
		i++;
	return i;
}

/* "5.1.1" and the like, or known words with hyphens, one number among them at most. */
static bool
is_harmless(const uint8_t *p, size_t n)
{
	bool dots = false, hyphens = false, numbers = true, known = true;
	unsigned parts = 0, some = 0;
	size_t at, len;

	for (at = 0; at < n; at += len) {
		len = run(p + at, n - at, true);
		if (len == 0) {
			len = 1;
			dots |= p[at] == '.';
			hyphens |= p[at] == '-';
			if (p[at] != '.' && p[at] != '-')
				return false;
			continue;
		}
		parts++;
		if (is_short_number(slice_of(p + at, len)))
			some++;
		else
			numbers = false;
		known = known && (is_known(slice_of(p + at, len)) || some == 1);
	}
	return dots ? numbers && !hyphens && parts < 4 : known && some < parts;
}

/* The text of an address, in its place if it is as long. */
static bool
put_ip(struct aliases *a, uint8_t *p, size_t n, uint8_t family)
{
	struct ipaddr addr = { .family = family };
	char text[IP_TEXT];

	if (n >= sizeof text)
		return false;
	memcpy(text, p, n);
	text[n] = '\0';
	if (inet_pton(family == 4 ? AF_INET : AF_INET6, text, addr.b) != 1)
		return false;
	alias_ip(a, &addr);
	ipaddr_text(text, &addr);
	if (strlen(text) != n)
		return false;
	memcpy(p, text, n);
	return true;
}

/* Hexadecimal digits of an address whose other text has not its length: the same form. */
static void
put_digits(uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (is_word(p[i]))
			p[i] = '1';
}

/* An IPv6 address at the start; returns its octets, 0 if there is none. */
static size_t
take_ip6(struct aliases *a, uint8_t *p, size_t n)
{
	struct ipaddr addr;
	char text[IP_TEXT];
	size_t i = 0, colons = 0;

	while (i < n && i < sizeof text - 1 && p[i] && strchr("0123456789abcdefABCDEF:.", p[i]))
		colons += p[i++] == ':';
	while (i > 0 && (p[i - 1] == '.' || (i > 1 && p[i - 1] == ':' && p[i - 2] != ':')))
		i--;
	if (colons < 2 || i < 3 || (i < n && is_word(p[i])))
		return 0;
	memcpy(text, p, i);
	text[i] = '\0';
	if (inet_pton(AF_INET6, text, addr.b) != 1)
		return 0;
	if (!put_ip(a, p, i, 6))
		put_digits(p, i);
	return i;
}

static void
put_chunk(struct aliases *a, uint8_t *p, size_t n, bool plain)
{
	size_t at, len;

	while (n > 0 && is_joint(p[n - 1]))
		n--;
	if (run(p, n, true) == n) {
		if (n && !slice_caseeq(slice_of(p, n), "IPv6") &&
		    !(plain && (is_known(slice_of(p, n)) || is_short_number(slice_of(p, n)))))
			alias_word(a, p, n);
		return;
	}
	if ((plain && is_harmless(p, n)) || put_ip(a, p, n, 4))
		return;
	for (at = 0; at < n; at += len) {
		len = run(p + at, n - at, true);
		if (len)
			alias_word(a, p + at, len);
		else
			len = 1;
	}
}

void
wording_words(struct aliases *a, uint8_t *text, size_t n, bool plain)
{
	size_t i = 0, len;

	while (i < n) {
		if (i == 0 || !is_word(text[i - 1])) {
			len = take_ip6(a, text + i, n - i);
			if (len) {
				i += len;
				continue;
			}
		}
		if (!is_word(text[i])) {
			i++;
			continue;
		}
		for (len = 0; i + len < n && (is_word(text[i + len]) || is_joint(text[i + len]));)
			len++;
		put_chunk(a, text + i, len, plain);
		i += len;
	}
}
