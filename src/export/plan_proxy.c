/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_proxy - what a proxy says, or is told, in front of the dialogue: the two
 * headers of the PROXY protocol, HTTP CONNECT, SOCKS 4 and 5 (RFC 1928, RFC 1929).
 *
 * Only addresses, names and passwords are changed; lengths and kinds stay, so that
 * the dialogue behind them is found again.
 */
#include "export/plan.h"
#include "export/wording.h"

enum { SOCKS_IP4 = 1, SOCKS_NAME = 3, SOCKS_IP6 = 4, BINARY_HEAD = 16 };

static const uint8_t signature[12] = "\r\n\r\n\0\r\nQUIT\n";

static void
put_ip(struct aliases *a, uint8_t *p, uint8_t family)
{
	struct ipaddr addr = { .family = family };
	size_t n = family == 4 ? 4 : 16;

	memcpy(addr.b, p, n);
	alias_ip(a, &addr);
	memcpy(p, addr.b, n);
}

/* Behind the head: source and destination, ports, and whatever else there is room for. */
static void
put_binary(struct aliases *a, uint8_t *p, size_t n)
{
	size_t size = p[13] >> 4 == 1 ? 4 : p[13] >> 4 == 2 ? 16 : 0, used = 2 * size + 4;

	p += BINARY_HEAD;
	n -= BINARY_HEAD;
	if (size == 0 || n < used) {
		memset(p, 0, n);
		return;
	}
	put_ip(a, p, size == 4 ? 4 : 6);
	put_ip(a, p + size, size == 4 ? 4 : 6);
	memset(p + used, 0, n - used);
}

/* Address of a SOCKS 5 request or reply, from its kind on; returns its octets with the port. */
static size_t
put_socks_address(struct aliases *a, uint8_t *p, size_t n)
{
	size_t len = n == 0 ? 0 : p[0] == SOCKS_IP4 ? 4 : p[0] == SOCKS_IP6 ? 16 : n > 1 ? p[1] : 0;
	size_t head = n && p[0] == SOCKS_NAME ? 2 : 1;

	if (head + len > n) {
		memset(p, 0, n);
		return n;
	}
	if (head == 2)
		wording_words(a, p + head, len, false);
	else
		put_ip(a, p + head, len == 4 ? 4 : 6);
	return head + len + 2 < n ? head + len + 2 : n;
}

/* Lengths in one octet, each in front of what it counts: name and password. */
static size_t
put_counted(uint8_t *p, size_t n)
{
	size_t at = 0, i, len;
	unsigned part;

	for (part = 0; part < 2 && at < n; part++) {
		len = p[at++];
		for (i = 0; i < len && at < n; i++)
			p[at++] = 'x';
	}
	return at;
}

/* Messages begin with their version: 5, or 1 for a name and a password. */
static void
put_socks5(struct aliases *a, uint8_t *p, size_t n, bool client)
{
	size_t at = client && n > 1 ? 2u + p[1] : 2;

	while (at < n) {
		if (p[at] == 1)
			at += client ? 1 + put_counted(p + at + 1, n - at - 1) : 2;
		else if (n - at > 3)
			at += 3 + put_socks_address(a, p + at + 3, n - at - 3);
		else
			break;
	}
}

static void
put_socks4(struct aliases *a, uint8_t *p, size_t n)
{
	size_t i;

	if (n >= 8 && (p[4] | p[5] | p[6])) /* else a name follows */
		put_ip(a, p + 4, 4);
	for (i = 8; i < n; i++)
		p[i] = wording_octet(p[i]);
}

bool
plan_proxy(struct aliases *a, uint8_t *p, size_t n, bool client)
{
	static const char *const starts[] = { "PROXY ", "CONNECT ", "HTTP/" };
	size_t i;

	for (i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		if (slice_caseprefix(slice_of(p, n), starts[i])) {
			wording_words(a, p, n, true);
			return true;
		}
	}
	if (n >= BINARY_HEAD && memcmp(p, signature, sizeof signature) == 0)
		put_binary(a, p, n);
	else if (n > 1 && p[0] == 5)
		put_socks5(a, p, n, client);
	else if (n > 1 && (p[0] == 4 || p[0] == 0))
		put_socks4(a, p, n);
	else
		return false;
	return true;
}
