/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hide_header - what a header names is hidden, the rest stays: addresses become
 * their aliases, and whatever is not read here but may name somebody becomes zeros
 * (options of IPv4: no-operations).
 */
#include "export/hide_header.h"

enum {
	MAC = 6,
	SLL_LENGTH = 4,
	SLL_ADDRESS = 6,
	SLL2_LENGTH = 10, /* in 16 bits with the octet before it */
	SLL2_ADDRESS = 12,
	NFLOG_HEAD = 4,
	NFLOG_PAYLOAD = 9,
	PKTAP_KNOWN = 12,
	ROUTE_ADDRESSES = 8,
	ROUTE_SEGMENT = 4
};

static void
hide_macs(struct aliases *a, uint8_t *p, size_t n, size_t first, unsigned count)
{
	for (; count > 0 && first + MAC <= n; count--, first += MAC)
		alias_mac(a, p + first);
}

/* Linux cooked: eight octets, of which as many are used as the length says. */
static void
hide_cooked(struct aliases *a, uint8_t *p, size_t n, size_t length, size_t address)
{
	if (n < address + 8)
		return;
	if (p[length + 1] == MAC)
		alias_mac(a, p + address);
	else
		memset(p + address, 0, MAC);
	memset(p + address + MAC, 0, 2);
}

/* Type, length, value in the order of the host; only the heads are kept. */
static void
hide_nflog(uint8_t *p, size_t n)
{
	size_t at = NFLOG_HEAD, len, type;

	while (at + 4 <= n) {
		len = (size_t)p[at] | (size_t)p[at + 1] << 8;
		type = (size_t)p[at + 2] | (size_t)p[at + 3] << 8;
		if (type > UINT8_MAX) {
			len = (size_t)p[at] << 8 | p[at + 1];
			type >>= 8;
		}
		if (len < 4 || type == NFLOG_PAYLOAD)
			return;
		len = (len + 3) & ~(size_t)3;
		memset(p + at + 4, 0, (len < n - at ? len : n - at) - 4);
		at += len;
	}
}

static void
hide_wifi(struct aliases *a, uint8_t *p, size_t n)
{
	hide_macs(a, p, n, 4, 3);
	if (n >= 30 && (p[1] & 3) == 3) /* to and from the distribution system */
		hide_macs(a, p, n, 24, 1);
}

static void
hide_address(struct aliases *a, uint8_t *p, uint8_t family)
{
	struct ipaddr addr = { .family = family };

	memcpy(addr.b, p, family == 4 ? 4 : 16);
	alias_ip(a, &addr);
	memcpy(p, addr.b, family == 4 ? 4 : 16);
}

static void
hide_ip4(struct aliases *a, uint8_t *p, size_t n)
{
	hide_address(a, p + IP4_ADDRESSES, 4);
	hide_address(a, p + IP4_ADDRESSES + 4, 4);
	memset(p + IP4_HEADER, 1, n - IP4_HEADER); /* options: there may be addresses */
}

static void
hide_ip6(struct aliases *a, uint8_t *p, size_t n)
{
	(void)n;
	hide_address(a, p + IP6_ADDRESSES, 6);
	hide_address(a, p + IP6_ADDRESSES + 16, 6);
}

static void
hide_route(struct aliases *a, uint8_t *p, size_t n)
{
	size_t at = ROUTE_ADDRESSES, left = (n - at) / 16;

	if (p[2] == ROUTE_SEGMENT && left > p[4] + 1u)
		left = p[4] + 1u;
	for (; left > 0; left--, at += 16)
		hide_address(a, p + at, 6);
	memset(p + at, 0, n - at);
}

/* Options that are not read here may hold anything. */
static void
hide_tcp_options(uint8_t *p, size_t n)
{
	static const bool known[] = {
		[0] = true, [1] = true, [2] = true, [3] = true, [4] = true, [5] = true, [8] = true
	};
	size_t at = TCP_HEADER, len;

	while (at + 1 < n && p[at] != 0) {
		if (p[at] == 1) {
			at++;
			continue;
		}
		len = p[at + 1];
		if (len < 2 || len > n - at)
			return;
		if (p[at] >= sizeof known || !known[p[at]])
			memset(p + at + 2, 0, len - 2);
		at += len;
	}
}

void
hide_header(struct aliases *a, const struct layout_part *part, uint8_t *p)
{
	static const size_t least[] = { [LAYOUT_IP4] = IP4_HEADER,
		[LAYOUT_IP6] = IP6_HEADER,
		[LAYOUT_IP6_OPTIONS] = 2,
		[LAYOUT_IP6_ROUTING] = ROUTE_ADDRESSES,
		[LAYOUT_TCP] = TCP_HEADER };
	size_t n = part->len;

	if (n < least[part->kind]) { /* cut */
		memset(p, 0, n);
		return;
	}
	switch (part->kind) {
	case LAYOUT_ETHERNET:
		hide_macs(a, p, n, 0, 2);
		break;
	case LAYOUT_SLL:
		hide_cooked(a, p, n, SLL_LENGTH, SLL_ADDRESS);
		break;
	case LAYOUT_SLL2:
		hide_cooked(a, p, n, SLL2_LENGTH, SLL2_ADDRESS);
		break;
	case LAYOUT_NFLOG:
		hide_nflog(p, n);
		break;
	case LAYOUT_PKTAP:
		if (n > PKTAP_KNOWN)
			memset(p + PKTAP_KNOWN, 0, n - PKTAP_KNOWN);
		break;
	case LAYOUT_WIFI:
		hide_wifi(a, p, n);
		break;
	case LAYOUT_IP4:
		hide_ip4(a, p, n);
		break;
	case LAYOUT_IP6:
		hide_ip6(a, p, n);
		break;
	case LAYOUT_IP6_OPTIONS:
		memset(p + 2, 0, n - 2);
		break;
	case LAYOUT_IP6_ROUTING:
		hide_route(a, p, n);
		break;
	case LAYOUT_TCP:
		hide_tcp_options(p, n);
		break;
	case LAYOUT_GRE:
	case LAYOUT_IP6_FRAGMENT:
	case LAYOUT_UDP:
	case LAYOUT_OTHER:
		break;
	}
}
