/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapng_value - times and link types as files have them, and as the program has.
 *
 * A time is 64 bits in units of a power of 10 or of 2, and the file chooses the
 * power: units of 10^-127 s are legal.  All arithmetic here is exact up to the
 * nanosecond, rounds down, and ends at the limits of int64_t.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <pcap/pcap.h>

#include "base/timefmt.h"
#include "capture/pcapng.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

enum {
	RESOLUTION_BINARY = 0x80, /* a power of 2, not of 10 */
	NANO = 9
};

static const uint64_t power10[] = {
	UINT64_C(1),
	UINT64_C(10),
	UINT64_C(100),
	UINT64_C(1000),
	UINT64_C(10000),
	UINT64_C(100000),
	UINT64_C(1000000),
	UINT64_C(10000000),
	UINT64_C(100000000),
	UINT64_C(1000000000),
	UINT64_C(10000000000),
	UINT64_C(100000000000),
	UINT64_C(1000000000000),
	UINT64_C(10000000000000),
	UINT64_C(100000000000000),
	UINT64_C(1000000000000000),
	UINT64_C(10000000000000000),
	UINT64_C(100000000000000000),
	UINT64_C(1000000000000000000),
	UINT64_C(10000000000000000000),
};

struct instant {
	uint64_t s;
	uint32_t ns;
};

static struct instant
instant_decimal(uint64_t ticks, unsigned power)
{
	uint64_t s = 0, rest = ticks;

	if (power < COUNT(power10)) {
		s = ticks / power10[power];
		rest = ticks % power10[power];
	}
	if (power <= NANO)
		return (struct instant){ s, (uint32_t)(rest * power10[NANO - power]) };
	if (power - NANO < COUNT(power10))
		return (struct instant){ s, (uint32_t)(rest / power10[power - NANO]) };
	return (struct instant){ 0, 0 };
}

/* rest * 10^9 / 2^power has up to 94 bits on its way, hence the two halves. */
static struct instant
instant_binary(uint64_t ticks, unsigned power)
{
	uint64_t s = power < 64 ? ticks >> power : 0;
	uint64_t rest = power < 64 ? ticks - (s << power) : ticks;
	uint64_t high;

	if (power <= 32)
		return (struct instant){ s, (uint32_t)(rest * NS_PER_S >> power) };
	high = (rest >> 32) * NS_PER_S + ((rest & UINT32_MAX) * NS_PER_S >> 32);
	power -= 32;
	return (struct instant){ s, power < 64 ? (uint32_t)(high >> power) : 0 };
}

int64_t
pcapng_time(uint64_t ticks, uint8_t resolution, int64_t offset)
{
	unsigned power = resolution & ~RESOLUTION_BINARY;
	struct instant t = resolution & RESOLUTION_BINARY ? instant_binary(ticks, power) :
	                                                    instant_decimal(ticks, power);
	int64_t s, ns;

	if (t.s > INT64_MAX || __builtin_add_overflow((int64_t)t.s, offset, &s))
		s = t.s > INT64_MAX || offset > 0 ? INT64_MAX : INT64_MIN;
	if (__builtin_mul_overflow(s, NS_PER_S, &ns) || __builtin_add_overflow(ns, t.ns, &ns))
		return s < 0 ? INT64_MIN : INT64_MAX;
	return ns;
}

/*
 * The two differ only where systems disagreed on the numbers of DLT_ values
 * before there were files to exchange (libpcap's pcap-linktype(7)).
 */
static const struct link_row {
	uint16_t linktype;
	int dlt;
} link_rows[] = {
	{ 100, DLT_ATM_RFC1483 },
	{ 101, DLT_RAW },
	{ 102, DLT_SLIP_BSDOS },
	{ 103, DLT_PPP_BSDOS },
	{ 106, DLT_ATM_CLIP },
	{ 107, DLT_FRELAY },
	{ 108, DLT_LOOP },
	{ 109, DLT_ENC },
	{ 246, DLT_PFSYNC },
	{ 258, DLT_PKTAP },
};

int
pcapng_linktype_dlt(uint16_t linktype)
{
	size_t i;

	for (i = 0; i < COUNT(link_rows); i++)
		if (link_rows[i].linktype == linktype)
			return link_rows[i].dlt;
	return linktype;
}

uint16_t
pcapng_dlt_linktype(int dlt)
{
	size_t i;

	for (i = 0; i < COUNT(link_rows); i++)
		if (link_rows[i].dlt == dlt)
			return link_rows[i].linktype;
	return (uint16_t)dlt;
}
