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

void
ipaddr_text(char out[IPADDR_TEXT_MAX], const struct ipaddr *a)
{
	if (!inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->b, out, IPADDR_TEXT_MAX))
		out[0] = '\0';
}

void
endpoint_text(char out[ENDPOINT_TEXT_MAX], const struct endpoint *e)
{
	char addr[IPADDR_TEXT_MAX];

	ipaddr_text(addr, &e->addr);
	snprintf(out, ENDPOINT_TEXT_MAX, e->addr.family == 4 ? "%s:%u" : "[%s]:%u", addr, e->port);
}
