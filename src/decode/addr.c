/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * addr - addresses as text, IPv6 in the form of RFC 5952.
 *
 * An IPv4-mapped IPv6 address stays what it was on the wire.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

#include "decode/decode.h"

/* By hand: inet_ntop() goes through printf, which shows where every record has addresses. */
static void
ip4_text(char *out, const uint8_t b[4])
{
	int i;

	for (i = 0; i < 4; i++) {
		if (b[i] >= 100)
			*out++ = (char)('0' + b[i] / 100);
		if (b[i] >= 10)
			*out++ = (char)('0' + b[i] / 10 % 10);
		*out++ = (char)('0' + b[i] % 10);
		*out++ = i < 3 ? '.' : '\0';
	}
}

void
ipaddr_text(char out[IPADDR_TEXT_MAX], const struct ipaddr *a)
{
	if (a->family == 4)
		ip4_text(out, a->b);
	else if (!inet_ntop(AF_INET6, a->b, out, IPADDR_TEXT_MAX))
		out[0] = '\0';
}

void
endpoint_text(char out[ENDPOINT_TEXT_MAX], const struct endpoint *e)
{
	char addr[IPADDR_TEXT_MAX];

	ipaddr_text(addr, &e->addr);
	snprintf(out, ENDPOINT_TEXT_MAX, e->addr.family == 4 ? "%s:%u" : "[%s]:%u", addr, e->port);
}
