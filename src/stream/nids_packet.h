/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nids_packet - a segment written anew as the plainest datagram that libnids
 * reads: IPv4 without options, TCP without URG, FIN and RST, windows wide open.
 */
#ifndef SMTPSCOPE_STREAM_NIDS_PACKET_H
#define SMTPSCOPE_STREAM_NIDS_PACKET_H

#include "decode/decode.h"

enum {
	NIDS_CHUNK = 32768, /* payload octets in one datagram */
	NIDS_PACKET_MAX = 20 + 24 + NIDS_CHUNK
};

/* Octets written to `p'; payload.n is at most NIDS_CHUNK, and 0 with a SYN. */
size_t nids_packet(
    uint8_t p[NIDS_PACKET_MAX], const struct segment *, uint32_t seq, struct slice payload);

#endif
