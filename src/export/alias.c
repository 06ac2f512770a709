/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alias - numbers for names, and how a number is spelt.
 *
 * Each name gets the next number of its length.  A word spells it from its end
 * in letters and digits as they stood there.  An IPv4 address spells it in the
 * digits of one that nobody has: 0/8 or 240/4 (RFC 6890 2.2.2), 10/8 and 192.168/16
 * for private ones, network by network; IPv6 in 3fff::/16 and 100::/64, from
 * which nobody speaks (RFC 9637, RFC 6666), fd00::/8 for private ones.  Addresses of
 * a host for itself stay.
 *
 * The letter x never comes first: a word that begins with it is a private one in
 * SMTP, and stays so (RFC 5321 4.1.5).
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "export/alias.h"
#include "report/redact_names.h"

enum { LENGTHS = 64, LETTERS = 25, DIGITS = 10, KINDS = 5 };

enum kind { KIND_WORD, KIND_IP4, KIND_HOST, KIND_IP6, KIND_MAC };

struct aliases {
	struct names names;
	uint64_t numbers[KINDS][LENGTHS]; /* last one given, by kind and length */
	uint64_t shared;
};

static const char letters[LETTERS + 1] = "oabcdefghijklmnpqrstuvwyz";
static const char digits[DIGITS + 1] = "1234567890";

struct aliases *
aliases_new(void)
{
	return xcalloc(1, sizeof(struct aliases));
}

void
aliases_free(struct aliases *a)
{
	if (!a)
		return;
	names_clear(&a->names);
	free(a);
}

uint64_t
aliases_shared(const struct aliases *a)
{
	return a->shared;
}

/* From 0; the same for the same key.  `other': not the one it had before. */
static uint64_t
number_of(struct aliases *a, enum kind kind, struct slice key, size_t length, bool other)
{
	uint8_t text[NAME_OCTETS];
	size_t n = key.n < sizeof text - 1 ? key.n : sizeof text - 1;
	uint64_t *last = &a->numbers[kind][length < LENGTHS ? length : LENGTHS - 1];
	struct name *e;

	text[0] = (uint8_t)('0' + kind);
	memcpy(text + 1, key.p, n);
	e = names_get(&a->names, slice_of(text, n + 1), ALIASES_MAX);
	if (!e) {
		a->shared++;
		return other;
	}
	if (e->number == 0 || other)
		e->number = ++*last;
	return e->number - 1;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* One octet of UTF-8, or of what is none. */
static uint8_t
alias_high(uint8_t c)
{
	if (c < 0xc0)
		return 0xa9;
	if (c < 0xe0)
		return 0xc3;
	if (c < 0xf0)
		return 0xe2;
	return c < 0xf5 ? 0xf0 : 0xff;
}

/* Takes the lowest part of the number; what is there says of which kind it is spelt. */
static uint8_t
spell(uint8_t c, uint64_t *number, bool first)
{
	uint8_t letter;

	if (c >= 0x80)
		return alias_high(c);
	if (is_digit(c)) {
		letter = (uint8_t)digits[*number % DIGITS];
		*number /= DIGITS;
		return letter;
	}
	if (first && ascii_lower(c) == 'x')
		return c;
	letter = (uint8_t)letters[*number % LETTERS];
	*number /= LETTERS;
	return c >= 'A' && c <= 'Z' ? (uint8_t)(letter - 'a' + 'A') : letter;
}

void
alias_word(struct aliases *a, uint8_t *word, size_t n)
{
	uint64_t number = number_of(a, KIND_WORD, slice_of(word, n), n, false);
	size_t i;

	for (i = n; i-- > 0;)
		word[i] = spell(word[i], &number, i == 0);
	a->shared += number > 0;
}

/* -- addresses --------------------------------------------------------------------------- */

/* Part of the number in `want' digits without a zero in front: 1 to 9, 10 to 99, 100 to 199. */
static unsigned
take_part(uint64_t *number, size_t want)
{
	static const unsigned first[] = { 0, 1, 10, 100 }, count[] = { 1, 9, 90, 100 };
	unsigned v = first[want] + (unsigned)(*number % count[want]);

	*number /= count[want];
	return v;
}

/* The checks tell private networks from the rest of the world, and so do the new names. */
static bool
is_private(const struct ipaddr *addr)
{
	const uint8_t *b = addr->b;

	if (addr->family == 6)
		return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
	return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
	    (b[0] == 169 && b[1] == 254);
}

static bool
is_loopback(const struct ipaddr *addr)
{
	static const uint8_t one[16] = { [15] = 1 };

	return addr->family == 4 ? addr->b[0] == 127 : memcmp(addr->b, one, 16) == 0;
}

/* The first three octets; their text has n characters, dots included. */
static void
alias_network(struct aliases *a, uint8_t *b, bool private, size_t n, bool other)
{
	char text[INET_ADDRSTRLEN];
	uint64_t number;
	size_t left;

	snprintf(text, sizeof text, "%u.%u.%u", b[0], b[1], b[2]);
	number = number_of(a, KIND_IP4, slice_str(text), n, other);
	if (private && n == 11) {
		b[0] = 192;
		b[1] = 168;
		b[2] = (uint8_t)take_part(&number, 3);
		a->shared += number > 0;
		return;
	}
	/* Digits of the last two, and the first. */
	left = n - 2 - (private ? 2 : n >= 10 ? 3 : 1);
	b[2] = (uint8_t)take_part(&number, left > 3 ? left - 1 < 3 ? left - 1 : 3 : left - 1);
	left -= b[2] > 99 ? 3 : b[2] > 9 ? 2 : 1;
	b[1] = (uint8_t)take_part(&number, left);
	b[0] = private ? 10 : 0;
	if (!private && n >= 10) {
		b[0] = (uint8_t)(240 + number % 15);
		number /= 15;
	}
	a->shared += number > 0;
}

/* The last octet: each has another one with as many digits. */
static uint8_t
alias_host(struct aliases *a, uint8_t host)
{
	size_t n = host > 99 ? 3 : host > 9 ? 2 : 1;
	static const unsigned first[] = { 0, 0, 10, 100 };
	char text[8];

	snprintf(text, sizeof text, "%u", host);
	/* No more of each length are asked for than there are. */
	return (uint8_t)(first[n] + number_of(a, KIND_HOST, slice_str(text), n, false));
}

/* Networks stay networks; `other': as in number_of(). */
static void
alias_ip4(struct aliases *a, struct ipaddr *addr, bool other)
{
	char text[INET_ADDRSTRLEN];
	bool private = is_private(addr);

	inet_ntop(AF_INET, addr->b, text, sizeof text);
	alias_network(a, addr->b, private, (size_t)(strrchr(text, '.') - text), other);
	addr->b[3] = alias_host(a, addr->b[3]);
}

/* As many hexadecimal digits of the number as groups of four with colons between them. */
static void
groups_text(char *out, size_t n, uint64_t number)
{
	size_t i, in_group = n % 5 == 0; /* so that no colon comes first */

	out[n] = '\0';
	for (i = n; i-- > 0;) {
		if (in_group == 4) {
			out[i] = ':';
			in_group = 0;
			continue;
		}
		/* No group begins with a zero, or the text would be shorter. */
		out[i] = "123456789abcdef"[number % 15];
		number /= 15;
		in_group++;
	}
}

static void
alias_ip6(struct aliases *a, struct ipaddr *addr, bool other)
{
	char text[INET6_ADDRSTRLEN], made[INET6_ADDRSTRLEN + 16], tail[INET6_ADDRSTRLEN];
	bool private = is_private(addr);
	const char *head;
	uint64_t number;
	size_t n, rest;

	inet_ntop(AF_INET6, addr->b, text, sizeof text);
	n = strlen(text); /* 2 to 39 */
	if (n == 2)
		return; /* "::" is nobody's */
	number = number_of(a, KIND_IP6, slice_of(text, n), n, other);
	if (private)
		head = n >= 35 ? "fd00:" : n >= 7 ? "fd00::" : "::";
	else
		head = n >= 35 ? "3fff:" : n >= 11 ? "3fff::" : n >= 6 ? "100::" : "::";
	rest = n - strlen(head);
	groups_text(tail, rest, number);
	snprintf(made, sizeof made, "%s%s", head, tail);
	if (inet_pton(AF_INET6, made, addr->b) != 1) {
		/* A length that no such address has: one of the same kind, as near as can be. */
		memset(addr->b, 0, 16);
		memcpy(addr->b, private ? "\xfd" : "\x3f", 1);
		addr->b[12] = (uint8_t)(number >> 24);
		addr->b[13] = (uint8_t)(number >> 16);
		addr->b[14] = (uint8_t)(number >> 8);
		addr->b[15] = (uint8_t)number;
	}
}

void
alias_ip(struct aliases *a, struct ipaddr *addr)
{
	struct ipaddr own = *addr;
	size_t n = addr->family == 4 ? 3 : 16;
	unsigned turn;

	if (is_loopback(addr))
		return;
	/* Nothing is called by its own name. */
	for (turn = 0; turn == 0 || (turn == 1 && memcmp(own.b, addr->b, n) == 0); turn++) {
		*addr = own;
		if (addr->family == 4)
			alias_ip4(a, addr, turn > 0);
		else
			alias_ip6(a, addr, turn > 0);
	}
}

void
alias_mac(struct aliases *a, uint8_t mac[6])
{
	static const uint8_t zero[6], all[6] = { 255, 255, 255, 255, 255, 255 };
	char text[16];
	uint64_t number;

	if (memcmp(mac, zero, 6) == 0 || memcmp(mac, all, 6) == 0)
		return;
	snprintf(text, sizeof text, "%02x%02x%02x%02x%02x%02x", mac[0], mac[1], mac[2], mac[3],
	    mac[4], mac[5]);
	number = number_of(a, KIND_MAC, slice_str(text), 6, false) + 1;
	mac[0] = (uint8_t)(0x02 | (mac[0] & 1)); /* locally administered */
	mac[1] = mac[2] = 0;
	mac[3] = (uint8_t)(number >> 16);
	mac[4] = (uint8_t)(number >> 8);
	mac[5] = (uint8_t)number;
}
